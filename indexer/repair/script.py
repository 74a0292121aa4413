"""The characters that a document can have, by the bytes that make them; and how likely they follow
each other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

from indexer.repair import gloss
from indexer.repair.gbk import PAIR_TABLE, is_gap
from indexer.repair.language_model import LanguageModel, Style

__all__ = ["MAX_LIKELIEST", "Script", "Sequences"]

# Characters tried where bytes are lost: the likeliest.
MAX_LIKELIEST = 30

BETWEEN_TRIED = 300
BEGUN_TRIED = 90
PROSE_WEIGHT = 1.0
DOCUMENT_WEIGHT = 3.0
# Nats against a full-width letter or digit: reports mostly write them in half width,
# which cannot be damaged.
WIDE_COST = 7.0

HAN_NUMERALS = "一二三四五六七八九十"


@dataclass(eq=False)
class Script:
    """The characters that a document of this script can have, by lead and by trail byte."""

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
        self.known, self.by_lead, self.by_trail, self._after = {}, {}, {}, {}
        self._begun, self._read, self._between = {}, {}, {}
        simplify = self.model.simplify
        for code, c in enumerate(PAIR_TABLE):
            if (
                c
                and c not in self.excluded
                and (c == "　" or self.model.knows(simplify(c)))
            ):
                lead, trail = code >> 8, code & 0xFF
                self.known[code] = c
                self.by_lead.setdefault(lead, []).append((trail, c))
                self.by_trail.setdefault(trail, []).append((lead, c))

    @cached_property
    def before_gap(self) -> dict[int, list[tuple[int, str]]]:
        """lead -> (trail, character) whose trail byte can begin a lost pair."""
        return {
            lead: [(t, c) for t, c in row if t in self.gap_rows]
            for lead, row in self.by_lead.items()
        }

    @cached_property
    def gap_rows(self) -> dict[int, frozenset[int]]:
        """trail -> leads that make a lost pair with it."""
        rows = {
            t: frozenset(b for b in range(0x81, 0xFF) if is_gap(t, b))
            for t in range(0x81, 0xFF)
        }
        return {t: row for t, row in rows.items() if row}

    def after_gap(self, trail_before: int, trail: int) -> list[str]:
        """The characters with this trail byte whose lead was lost together with `trail_before`."""
        key = trail_before, trail
        if key not in self._after:
            row = self.gap_rows[trail_before]
            self._after[key] = [
                c for b, c in self._common(self.by_trail.get(trail, [])) if b in row
            ][:MAX_LIKELIEST]
        return self._after[key]

    @cached_property
    def between_gaps(self) -> dict[int, list[tuple[int, str]]]:
        """trail -> the (trail, character) that stand between it and a second lost pair, commonest
        first.
        """
        return {
            t: self._common(
                [
                    (b, c)
                    for lead in row
                    for b, c in self.by_lead.get(lead, ())
                    if b in self.gap_rows
                ]
            )
            for t, row in self.gap_rows.items()
        }

    def between(self, trail: int, before: str) -> list[tuple[int, str]]:
        """The likeliest of them after a character, in simplified form."""
        key = trail, before
        if key not in self._between:
            pair, form = self.model.pair, self.model.simplify
            row = self.between_gaps[trail][:BETWEEN_TRIED]
            self._between[key] = sorted(row, key=lambda tc: -pair(before, form(tc[1])))[
                :MAX_LIKELIEST
            ]
        return self._between[key]

    def begun(self, lead: int) -> list[str]:
        """The commonest characters begun by a lead byte, or by any that a lost pair allows, and
        ended above 0x7F.
        """
        if lead not in self._begun:
            leads = [lead] if lead > 0 else sorted(self.gap_rows[-lead])
            row = [
                (t, c) for b in leads for t, c in self.by_lead.get(b, ()) if t >= 0x80
            ]
            self._begun[lead] = [c for _, c in self._common(row)]
        return self._begun[lead][: BEGUN_TRIED if lead > 0 else 4 * BEGUN_TRIED]

    def begun_read(self, lead: int, reading: str) -> list[str]:
        """Those of them that are read so, whether common or not."""
        key = lead, reading
        if key not in self._read:
            self.begun(lead)
            self._read[key] = [
                c for c in self._begun[lead] if reading in gloss.readings(c)
            ]
        return self._read[key]

    def _common(self, row: list[tuple[int, str]]) -> list[tuple[int, str]]:
        single, simplify = self.model.single, self.model.simplify
        return sorted(row, key=lambda tc: -single.get(simplify(tc[1]) or "\n", -99.0))


class Sequences:
    """log P(c | two before), of our prose, the document and the language at large, remembered.

    Contexts are given in simplified half-width form, the character in the form received.
    """

    def __init__(self, model: LanguageModel, document: str) -> None:
        self.model = model
        self.style = model.prose.joined(
            Style(model.simplify(document)), DOCUMENT_WEIGHT / PROSE_WEIGHT
        )
        self._memo: dict[str, float] = {}
        self._form: dict[str, str] = {}

    def form(self, c: str) -> str:
        """The simplified half-width form of one character."""
        found = self._form.get(c)
        if found is None:
            found = self._form[c] = self.model.simplify(c)
        return found

    def next(self, before: str, c: str) -> float:
        """The score of `c` after `before`, of which two characters count."""
        key = before + c
        found = self._memo.get(key)
        if found is None:
            found = self._score(before, self.form(c))
            found = self._memo[key] = found - WIDE_COST * (
                "\uff10" <= c <= "\uff5a" and c.isalnum()
            )
        return found

    def _score(self, before: str, c: str) -> float:
        if not c:
            return -0.1 if before.endswith("\n") else -14.0
        if before[0] == "(" and before[-1] in HAN_NUMERALS:
            return math.log(0.9 if c == ")" else 0.02 if c in HAN_NUMERALS else 1e-4)
        return math.log(self.style.mix(before, c, self.model.pair(before[-1], c)))

    def text(self, before: str, text: str) -> float:
        """The score of a whole text after `before`."""
        total = 0.0
        for c in text:
            total += self.next(before, c)
            before = (before + self.form(c))[-2:]
        return total
