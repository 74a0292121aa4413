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
    by_lead: dict[int, list[tuple[int, str]]] = field(init=False)
    by_trail: dict[int, list[tuple[int, str]]] = field(init=False)
    _after: dict[tuple[int, int], list[str]] = field(init=False)
    _begun: dict[int, list[str]] = field(init=False)
    _read: dict[tuple[int, str], list[str]] = field(init=False)
    _between: dict[tuple[int, str], list[tuple[int, str]]] = field(init=False)

    def __post_init__(self) -> None:
        self.known = {}
        self.by_lead = {}
        self.by_trail = {}
        self._after = {}
        self._begun = {}
        self._read = {}
        self._between = {}
        for code, c in enumerate(PAIR_TABLE):
            if not c or c in self.excluded:
                continue
            if c == "　" or self.model.knows(self.model.simplify(c)):
                lead, trail = code >> 8, code & 0xFF
                self.known[code] = c
                self.by_lead.setdefault(lead, []).append((trail, c))
                self.by_trail.setdefault(trail, []).append((lead, c))

    @cached_property
    def before_gap(self) -> dict[int, list[tuple[int, str]]]:
        """lead -> (trail, character) whose trail byte can begin a lost pair."""
        rows: dict[int, list[tuple[int, str]]] = {}
        for lead, row in self.by_lead.items():
            rows[lead] = [(trail, c) for trail, c in row if trail in self.gap_rows]
        return rows

    @cached_property
    def gap_rows(self) -> dict[int, frozenset[int]]:
        """trail -> leads that make a lost pair with it."""
        rows: dict[int, frozenset[int]] = {}
        for trail in range(0x81, 0xFF):
            leads = frozenset(lead for lead in range(0x81, 0xFF) if is_gap(trail, lead))
            if leads:
                rows[trail] = leads
        return rows

    def after_gap(self, trail_before: int, trail: int) -> list[str]:
        """The characters with this trail byte whose lead was lost together with `trail_before`."""
        key = trail_before, trail
        if key not in self._after:
            leads = self.gap_rows[trail_before]
            common = self._common(self.by_trail.get(trail, []))
            fitting = [c for lead, c in common if lead in leads]
            self._after[key] = fitting[:MAX_LIKELIEST]
        return self._after[key]

    @cached_property
    def between_gaps(self) -> dict[int, list[tuple[int, str]]]:
        """trail -> what can stand between it and a second lost pair, commonest first.

        Each is the trail byte and the character.
        """
        rows: dict[int, list[tuple[int, str]]] = {}
        for trail, leads in self.gap_rows.items():
            fitting: list[tuple[int, str]] = []
            for lead in leads:
                fitting += self.before_gap.get(lead, ())
            rows[trail] = self._common(fitting)
        return rows

    def between(self, trail: int, before: str) -> list[tuple[int, str]]:
        """The likeliest of `between_gaps` after a character, which is in simplified form."""
        key = trail, before
        if key not in self._between:
            pair = self.model.pair
            simplify = self.model.simplify
            row = self.between_gaps[trail][:BETWEEN_TRIED]
            likeliest = sorted(row, key=lambda entry: -pair(before, simplify(entry[1])))
            self._between[key] = likeliest[:MAX_LIKELIEST]
        return self._between[key]

    def begun(self, lead: int) -> list[str]:
        """The commonest characters that this lead byte begins and a byte above 0x7F ends.

        `lead` is as in State: below zero any lead that a lost pair allows.
        """
        if lead not in self._begun:
            leads = [lead] if lead > 0 else sorted(self.gap_rows[-lead])
            row: list[tuple[int, str]] = []
            for byte in leads:
                row += [(t, c) for t, c in self.by_lead.get(byte, ()) if t >= 0x80]
            self._begun[lead] = [c for _, c in self._common(row)]
        tried = BEGUN_TRIED if lead > 0 else 4 * BEGUN_TRIED
        return self._begun[lead][:tried]

    def begun_read(self, lead: int, reading: str) -> list[str]:
        """Those of all begun characters that are read so, whether common or not."""
        key = lead, reading
        if key not in self._read:
            self.begun(lead)
            every = self._begun[lead]
            self._read[key] = [c for c in every if reading in gloss.readings(c)]
        return self._read[key]

    def _common(self, row: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """A row of (byte, character), the commonest characters first."""
        single = self.model.single
        simplify = self.model.simplify

        def rarity(entry: tuple[int, str]) -> float:
            return -single.get(simplify(entry[1]) or "\n", -99.0)

        return sorted(row, key=rarity)


class Sequences:
    """log P(c | two before) of our prose, the document and the language at large, remembered.

    Contexts are given in simplified half-width form, the character in the form received.
    """

    def __init__(self, model: LanguageModel, document: str) -> None:
        self.model = model
        own = Style(model.simplify(document))
        self.style = model.prose.joined(own, DOCUMENT_WEIGHT / PROSE_WEIGHT)
        self._memo: dict[str, float] = {}
        self._form: dict[str, str] = {}

    def form(self, c: str) -> str:
        """The simplified half-width form of one character."""
        form = self._form.get(c)
        if form is None:
            form = self._form[c] = self.model.simplify(c)
        return form

    def next(self, before: str, c: str) -> float:
        """The score of `c` after `before`, of which two characters count."""
        key = before + c
        score = self._memo.get(key)
        if score is None:
            score = self._score(before, self.form(c))
            if "\uff10" <= c <= "\uff5a" and c.isalnum():
                score -= WIDE_COST
            self._memo[key] = score
        return score

    def _score(self, before: str, c: str) -> float:
        if not c:
            # an ideographic space: the indent of a paragraph
            return -0.1 if before.endswith("\n") else -14.0
        if before[0] == "(" and before[-1] in HAN_NUMERALS:
            # (一), (十二): after a numeral in brackets they close, or another numeral follows
            if c == ")":
                return math.log(0.9)
            return math.log(0.02 if c in HAN_NUMERALS else 1e-4)
        return math.log(self.style.mix(before, c, self.model.pair(before[-1], c)))

    def text(self, before: str, text: str) -> float:
        """The score of a whole text after `before`."""
        total = 0.0
        for c in text:
            total += self.next(before, c)
            before = (before + self.form(c))[-2:]
        return total
