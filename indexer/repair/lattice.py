"""Every way in which a run read one byte out of step can have been written, best first.

A state knows the lead byte that the next character must have (or, after a lost pair, the set of lead bytes that it can
have). An observed character is two bytes: the trail of the character begun, and the lead of the next. Between observed
characters, pairs may have been lost without a trace. A run ends where a trail byte below 0x80 shows as itself, or where
a lost one shows as "?".
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from indexer.repair import gloss
from indexer.repair.gbk import PAIRS, codes_of, is_gap
from indexer.repair.language_model import LanguageModel, Style

__all__ = ["Candidate", "Lattice", "Script", "Sequences"]

BEAM = 40
KEPT = 6
"""States kept of those that the future cannot tell apart, so that a posterior has alternatives to weigh."""

MARGIN = 14.0
"""States this many nats below the best are dropped."""

GAP_SOURCES = 12
"""States of a position after which lost pairs are looked for; by then the others are far behind."""

GAP_FANOUT = 24
BEGUN = 90
FINAL = 30
"""States whose last character is looked for where its trail byte is lost: it can be any of its row."""

GAP_COST = 0.5
MOST_GAPS = 4
PROSE_WEIGHT = 1.0
DOCUMENT_WEIGHT = 3.0
WIDE_COST = 3.0
"""Nats against a full-width letter or digit: reports mostly write them in half width, which cannot be damaged."""

NUMERALS = "一二三四五六七八九十"
LONGEST = 80
READING_CLOSED = re.compile(rf"({gloss.READING})[)）]")
ASCII_LOST = "0123456789% .-/+"
"""What a "?" can have swallowed with a trail byte: whatever stands below 0x40 in these texts."""


class Candidate(NamedTuple):
    """`text` for observed[start:end]."""

    score: float
    text: str
    end: int


class State(NamedTuple):
    """`lead` is a byte, or minus the trail byte of the last character where the pair after it was lost."""

    score: float
    lead: int
    text: str
    gaps: int


@dataclass(eq=False)
class Script:
    """The characters that a document of this script can have, by lead and by trail byte."""

    model: LanguageModel
    excluded: frozenset[str]
    known: dict[int, str] = field(init=False)
    by_lead: dict[int, list[tuple[int, str]]] = field(init=False)
    by_trail: dict[int, list[tuple[int, str]]] = field(init=False)
    _after: dict[tuple[int, int], list[tuple[int, str]]] = field(init=False)
    _begun: dict[int, list[str]] = field(init=False)
    _read: dict[tuple[int, str], list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.known, self.by_lead, self.by_trail, self._after = {}, {}, {}, {}
        self._begun, self._read = {}, {}
        simplify = self.model.simplify
        for code, c in enumerate(PAIRS):
            if c and c not in self.excluded and (c == "　" or self.model.knows(simplify(c))):
                lead, trail = code >> 8, code & 0xFF
                self.known[code] = c
                self.by_lead.setdefault(lead, []).append((trail, c))
                self.by_trail.setdefault(trail, []).append((lead, c))

    @cached_property
    def before_gap(self) -> dict[int, list[str]]:
        """lead -> characters whose trail byte can begin a lost pair, commonest first."""
        return {lead: [c for t, c in self._common(row) if t in self.gap_rows] for lead, row in self.by_lead.items()}

    @cached_property
    def gap_rows(self) -> dict[int, frozenset[int]]:
        """trail -> leads that make a lost pair with it."""
        rows = {t: frozenset(b for b in range(0x81, 0xFF) if is_gap(t, b)) for t in range(0x81, 0xFF)}
        return {t: row for t, row in rows.items() if row}

    def after_gap(self, trail_before: int, trail: int) -> list[tuple[int, str]]:
        """The characters with this trail byte whose lead was lost together with `trail_before`."""
        key = trail_before, trail
        if key not in self._after:
            row = self.gap_rows[trail_before]
            self._after[key] = [(b, c) for b, c in self._common(self.by_trail.get(trail, [])) if b in row]
        return self._after[key]

    @cached_property
    def between_gaps(self) -> dict[int, list[tuple[int, str]]]:
        """trail -> the (trail, character) that stand between it and a second lost pair, commonest first."""
        return {
            t: self._common([(b, c) for lead in row for b, c in self.by_lead.get(lead, ()) if b in self.gap_rows])[:400]
            for t, row in self.gap_rows.items()
        }

    def begun(self, lead: int) -> list[str]:
        """The commonest characters begun by a lead byte (or by any that a lost pair allows) and ended by one above 0x7F."""
        if lead not in self._begun:
            leads = [lead] if lead > 0 else sorted(self.gap_rows[-lead])
            row = [(t, c) for b in leads for t, c in self.by_lead.get(b, ()) if t >= 0x80]
            self._begun[lead] = [c for _, c in self._common(row)]
        return self._begun[lead][: BEGUN if lead > 0 else 4 * BEGUN]

    def begun_read(self, lead: int, reading: str) -> list[str]:
        """Those of them that are read so, whether common or not."""
        key = lead, reading
        if key not in self._read:
            self.begun(lead)
            self._read[key] = [c for c in self._begun[lead] if reading in gloss.readings(c)]
        return self._read[key]

    def _common(self, row: list[tuple[int, str]]) -> list[tuple[int, str]]:
        single, simplify = self.model.single, self.model.simplify
        return sorted(row, key=lambda tc: -single.get(simplify(tc[1]) or "\n", -99.0))


class Sequences:
    """log P(c | two before), of our prose, the document and the language at large, remembered."""

    def __init__(self, model: LanguageModel, document: Style) -> None:
        self.model, self.document = model, document
        self._memo: dict[str, float] = {}
        self._form: dict[str, str] = {}

    def form(self, c: str) -> str:
        """The simplified half-width form of one character."""
        found = self._form.get(c)
        if found is None:
            found = self._form[c] = self.model.simplify(c)
        return found

    def next(self, before: str, c: str) -> float:
        """The score of `c` (received form) after `before`."""
        key = before[-2:] + c
        found = self._memo.get(key)
        if found is None:
            found = self._score("".join(map(self.form, before[-2:])), self.form(c))
            found = self._memo[key] = found - WIDE_COST * ("\uff10" <= c <= "\uff5a" and c.isalnum())
        return found

    def _score(self, before: str, c: str) -> float:
        if not c:
            return -0.1 if before.endswith("\n") or not before else -14.0
        if before[-2:-1] == "(" and before[-1] in NUMERALS:
            return math.log(0.9 if c == ")" else 0.02 if c in NUMERALS else 1e-4)
        p = self.model.pair(before[-1:], c)
        p = self.model.prose.mix(before, c, p, PROSE_WEIGHT)
        return math.log(self.document.mix(before, c, p, DOCUMENT_WEIGHT))

    def text(self, before: str, text: str) -> float:
        """The score of a whole text after `before`."""
        total, seen = 0.0, before
        for c in text:
            total += self.next(seen, c)
            seen = seen[-1:] + c
        return total


@dataclass(frozen=True, eq=False)
class Lattice:
    """One observed line and what may be written in it."""

    observed: str
    script: Script
    sequences: Sequences

    def candidates(self, states: list[State], at: int) -> list[Candidate]:
        """All ends that the beam reaches from `at`, best first; their texts begin as those of `states` do."""
        out: list[Candidate] = []
        n = len(self.observed)
        for j in range(at, min(n, at + LONGEST) + 1):
            if not states or j < at:
                break
            states = _pruned(states)
            both = states + list(self._with_gaps(states))
            c = self.observed[j] if j < n else "\n"
            out += self._ends(both, j, c)
            if j >= n or c in "?？":
                break
            states = [s for pair in codes_of(c) for s in self._read(both, *pair)]
            m = gloss.GLOSS.match(self.observed, j)
            if m and states:
                out += self._over_gloss(states, m.end())
        best: dict[tuple[str, int], float] = {}
        for score, text, end in out:
            key = text, end
            best[key] = max(best.get(key, -1e9), score)
        return sorted((Candidate(s, t, e) for (t, e), s in best.items()), reverse=True)

    def _over_gloss(self, states: list[State], at: int) -> list[Candidate]:
        """A gloss put inside the run, after a pair that looked like a glossed character: the run goes on after it."""
        inner = Lattice(self.observed, self.script, self.sequences)
        return inner.candidates(states, at)

    def _read(self, states: list[State], trail: int, lead: int) -> Iterator[State]:
        for s in states:
            for c in self._characters(s.lead, trail):
                yield State(s.score + self.sequences.next(s.text, c), lead, s.text + c, s.gaps)

    def _characters(self, lead: int, trail: int) -> list[str]:
        if lead > 0:
            c = self.script.known.get(lead << 8 | trail)
            return [c] if c else []
        return [c for _, c in self.script.after_gap(-lead, trail)[:GAP_FANOUT]]

    def _with_gaps(self, states: list[State]) -> Iterator[State]:
        """The states again, with one or two pairs lost after them."""
        first = []
        for s in states[:GAP_SOURCES]:
            if s.lead > 0 and s.gaps < MOST_GAPS:
                for c in self.script.before_gap.get(s.lead, ()):
                    score = s.score + self.sequences.next(s.text, c) - GAP_COST
                    trail = codes_of(c)[0][1]
                    first.append(State(score, -trail, s.text + c, s.gaps + 1))
        first = _pruned(first)[:GAP_FANOUT]
        yield from first
        second = []
        for s in first[:GAP_SOURCES]:
            if s.gaps < MOST_GAPS:
                for trail, c in self.script.between_gaps[-s.lead]:
                    score = s.score + self.sequences.next(s.text, c) - GAP_COST
                    second.append(State(score, -trail, s.text + c, s.gaps + 1))
        yield from _pruned(second)[:GAP_FANOUT]

    def _ends(self, states: list[State], j: int, c: str) -> Iterator[Candidate]:
        """Where the observed character ends the run."""
        if c in "?？" and j < len(self.observed):
            yield from self._ends_lost(states, j)
        elif 0x40 <= ord(c) < 0x7F or c == "€":
            trail = 0x80 if c == "€" else ord(c)
            for s in self._read(states, trail, 1):
                yield Candidate(s.score, s.text, j + 1)

    def _ends_lost(self, states: list[State], j: int) -> Iterator[Candidate]:
        """A trail byte lost as "?": before a delimiter or the end of the line, or with the byte after it."""
        follows = self.observed[j + 1 : j + 2]
        m = READING_CLOSED.match(self.observed, j + 1)
        if m:
            reading = unicodedata.normalize("NFC", m[1])
            for s in self._begun(states, lambda lead: self.script.begun_read(lead, reading)):
                yield Candidate(s.score, s.text + "(", j + 1)
        else:
            closed = not follows or follows in ",!。、，！\n"
            for s in self._begun(states, self.script.begun):
                for lost in ("",) if closed else ASCII_LOST:
                    yield Candidate(s.score + self.sequences.text(s.text, lost), s.text + lost, j + 1)

    def _begun(self, states: list[State], characters: Callable[[int], list[str]]) -> list[State]:
        """The states with the character that they have begun, the likeliest."""
        following = self.sequences.next
        likeliest = [s for gap in (False, True) for s in sorted((s for s in states if (s.lead < 0) is gap), reverse=True)[:FINAL]]
        begun = [State(s.score + following(s.text, c), 0, s.text + c, 0) for s in likeliest for c in characters(s.lead)]
        return _pruned(begun, 4 * BEAM)


def _pruned(states: list[State], beam: int = BEAM) -> list[State]:
    """The best states, a few of each kind: the same lead and the same two last characters."""
    kinds: dict[tuple[int, str], int] = {}
    out: list[State] = []
    for s in sorted(states, reverse=True):
        if len(out) == beam or s.score < out[0].score - MARGIN if out else False:
            break
        key = s.lead, s.text[-2:]
        kinds[key] = kinds.get(key, 0) + 1
        if kinds[key] <= KEPT:
            out.append(s)
    return out
