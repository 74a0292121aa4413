"""The characters that a document can have, by the bytes that make them; and how likely they follow
each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

from index.analysis.characters import HAN_NUMERALS
from indexer.repair import gloss
from indexer.repair.gbk import PAIR_TABLE, is_gap
from indexer.repair.language_model import LanguageModel, Style

__all__ = ["MAX_LIKELIEST", "Script", "Sequences"]

# The other byte of a pair, and the character that both make.
ByteRow = list[tuple[int, str]]

# Characters tried where bytes are lost: the likeliest.
MAX_LIKELIEST = 30

# Characters between two lost pairs that are looked at, of which the likeliest are tried.
BETWEEN_TRIED = 300
# Characters of a lead byte that are tried where the trail byte is lost.
BEGUN_TRIED = 90
# How much a sequence counts that our own prose shows, and one that the document itself shows.
PROSE_WEIGHT = 1.0
DOCUMENT_WEIGHT = 3.0
# Nats against a full-width letter or digit: reports mostly write them in half width,
# which cannot be damaged.
WIDE_COST = 7.0


@dataclass(eq=False)
class Script:
    """The characters that a document of this script can have, by lead and by trail byte.

    `excluded` are the characters of the other script. `known` maps lead << 8 | trail to the
    character; `by_lead` and `by_trail` list the other byte and the character.
    """

    model: LanguageModel
    excluded: frozenset[str]
    known: dict[int, str] = field(init=False)
    by_lead: dict[int, ByteRow] = field(init=False)
    by_trail: dict[int, ByteRow] = field(init=False)
    # answers already given, by the arguments of the method
    _after: dict[tuple[int, int], list[str]] = field(init=False)
    _begun: dict[int, list[str]] = field(init=False)
    _read: dict[tuple[int, str], list[str]] = field(init=False)
    _between: dict[tuple[int, str], ByteRow] = field(init=False)

    def __post_init__(self) -> None:
        # PAIR_TABLE is indexed by lead << 8 | trail
        self.known = {}
        self.by_lead = {}
        self.by_trail = {}
        self._after = {}
        self._begun = {}
        self._read = {}
        self._between = {}
        knows = self.model.knows
        simplify = self.model.simplify
        for code, c in enumerate(PAIR_TABLE):
            if not c or c in self.excluded:
                continue
            # an ideographic space indents paragraphs, though prose folded to half width has none
            if c == "　" or knows(simplify(c)):
                lead = code >> 8
                trail = code & 0xFF
                self.known[code] = c
                lead_row = self.by_lead.setdefault(lead, [])
                lead_row.append((trail, c))
                trail_row = self.by_trail.setdefault(trail, [])
                trail_row.append((lead, c))

    @cached_property
    def before_gap(self) -> dict[int, ByteRow]:
        """lead -> (trail, character) whose trail byte can begin a lost pair."""
        gap_rows = self.gap_rows
        rows: dict[int, ByteRow] = {}
        by_lead = self.by_lead
        for lead, row in by_lead.items():
            fitting: ByteRow = []
            for entry in row:
                trail, _ = entry
                if trail in gap_rows:
                    fitting.append(entry)
            rows[lead] = fitting
        return rows

    @cached_property
    def gap_rows(self) -> dict[int, frozenset[int]]:
        """trail -> leads that make a lost pair with it."""
        rows: dict[int, frozenset[int]] = {}
        # lead bytes of GBK; read out of step, a trail byte stands where a lead byte is due
        lead_bytes = range(0x81, 0xFF)
        for trail in lead_bytes:
            fitting = [lead for lead in lead_bytes if is_gap(trail, lead)]
            if fitting:
                rows[trail] = frozenset(fitting)
        return rows

    def after_gap(
        self,
        trail_before: int,
        trail: int,
    ) -> list[str]:
        """The characters with this trail byte whose lead was lost together with `trail_before`."""
        key = trail_before, trail
        if key not in self._after:
            leads = self.gap_rows[trail_before]
            row = self.by_trail.get(trail, [])
            fitting: list[str] = []
            for lead, c in self._common(row):
                if lead in leads:
                    fitting.append(c)
            self._after[key] = fitting[:MAX_LIKELIEST]
        return self._after[key]

    @cached_property
    def between_gaps(self) -> dict[int, ByteRow]:
        """trail -> what can stand between it and a second lost pair, commonest first.

        Each is the trail byte and the character.
        """
        rows: dict[int, ByteRow] = {}
        gap_rows = self.gap_rows
        for trail, leads in gap_rows.items():
            fitting: ByteRow = []
            for lead in leads:
                fitting += self.before_gap.get(lead, ())
            rows[trail] = self._common(fitting)
        return rows

    def between(
        self,
        trail: int,
        before: str,
    ) -> list[tuple[int, str]]:
        """The likeliest of `between_gaps` after a character, which is in simplified form."""
        key = trail, before
        if key not in self._between:
            pair = self.model.pair
            simplify = self.model.simplify
            every = self.between_gaps[trail]
            row = every[:BETWEEN_TRIED]

            def unlikeliness(entry: tuple[int, str]) -> float:
                simplified = simplify(entry[1])
                return -pair(before, simplified)

            likeliest = sorted(
                row,
                key=unlikeliness,
            )
            self._between[key] = likeliest[:MAX_LIKELIEST]
        return self._between[key]

    def begun(self, lead: int) -> list[str]:
        """The commonest characters that this lead byte begins and a byte above 0x7F ends.

        `lead` is as in State: below zero any lead that a lost pair allows.
        """
        if lead not in self._begun:
            leads = [lead]
            if lead <= 0:
                possible = self.gap_rows[-lead]
                leads = sorted(possible)
            by_lead = self.by_lead
            row: ByteRow = []
            for byte in leads:
                begun = by_lead.get(byte, ())
                # a trail byte below 0x80 shows as itself: it is never lost
                for entry in begun:
                    trail, _ = entry
                    if trail >= 0x80:
                        row.append(entry)
            characters: list[str] = []
            for _, c in self._common(row):
                characters.append(c)
            self._begun[lead] = characters
        every = self._begun[lead]
        tried = BEGUN_TRIED
        if lead <= 0:
            # the row of several lead bytes
            tried = 4 * BEGUN_TRIED
        return every[:tried]

    def begun_read(
        self,
        lead: int,
        reading: str,
    ) -> list[str]:
        """Those of all begun characters that are read so, whether common or not."""
        key = lead, reading
        if key not in self._read:
            self.begun(lead)
            every = self._begun[lead]
            readings = gloss.readings
            fitting = [c for c in every if reading in readings(c)]
            self._read[key] = fitting
        return self._read[key]

    def _common(self, row: ByteRow) -> ByteRow:
        """A row of (byte, character), the commonest characters first."""
        single = self.model.single
        simplify = self.model.simplify

        def rarity(entry: tuple[int, str]) -> float:
            # an ideographic space simplifies to nothing: it is as common as a line break
            simplified = simplify(entry[1]) or "\n"
            return -single.get(simplified, -99.0)

        return sorted(
            row,
            key=rarity,
        )


class Sequences:
    """log P(c | two before) of our prose, the document and the language at large, remembered.

    Contexts are given in simplified half-width form, the character in the form received.
    """

    def __init__(
        self,
        model: LanguageModel,
        document: str,
    ) -> None:
        self.model = model
        simplified = model.simplify(document)
        own_style = Style(simplified)
        weight = DOCUMENT_WEIGHT / PROSE_WEIGHT
        prose = model.prose
        self.style = prose.joined(own_style, weight)
        # (two before + character) -> score; character -> its simplified form
        self._memo: dict[str, float] = {}
        self._form: dict[str, str] = {}

    def form(self, c: str) -> str:
        """The simplified half-width form of one character."""
        form = self._form.get(c)
        if form is None:
            form = self.model.simplify(c)
            self._form[c] = form
        return form

    def next(
        self,
        before: str,
        c: str,
    ) -> float:
        """The score of `c` after `before`, of which two characters count."""
        key = before + c
        score = self._memo.get(key)
        if score is None:
            form = self.form(c)
            score = self._score(before, form)
            # ０ to ｚ
            is_wide = "\uff10" <= c <= "\uff5a"
            if is_wide and c.isalnum():
                score -= WIDE_COST
            self._memo[key] = score
        return score

    def _score(
        self,
        before: str,
        c: str,
    ) -> float:
        if not c:
            # an ideographic space: the indent of a paragraph
            if before.endswith("\n"):
                return -0.1
            return -14.0
        last = before[-1]
        if before[0] == "(" and last in HAN_NUMERALS:
            # (一), (十二): after a numeral in brackets they close, or another numeral follows
            if c == ")":
                return math.log(0.9)
            if c in HAN_NUMERALS:
                return math.log(0.02)
            return math.log(1e-4)
        general = self.model.pair(last, c)
        probability = self.style.mix(
            before,
            c,
            general,
        )
        return math.log(probability)

    def text(
        self,
        before: str,
        text: str,
    ) -> float:
        """The score of a whole text after `before`."""
        total = 0.0
        for c in text:
            total += self.next(before, c)
            seen = before + self.form(c)
            before = seen[-2:]
        return total
