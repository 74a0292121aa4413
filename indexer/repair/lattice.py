"""Every way in which a run read one byte out of step can have been written, best first.

A state knows the lead byte that the next character must have (or, after a lost pair, the set of
lead bytes that it can have). An observed character is two bytes: the trail of the character begun,
and the lead of the next. Between observed characters, pairs may have been lost without a trace. A
run ends where a trail byte below 0x80 shows as itself, or where a lost one shows as "?".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from indexer.repair import gloss
from indexer.repair.gbk import codes_of
from indexer.repair.script import Script, Sequences

__all__ = ["LOST_MARK", "READING_CLOSED", "Candidate", "Lattice", "State"]

BEAM_WIDTH = 32
# States kept of those that the future cannot tell apart, so that a posterior has
# alternatives to weigh.
KEPT_ALIKE = 6

# States this many nats below the best are dropped.
SCORE_MARGIN = 14.0

# States of a position after which lost pairs are looked for; by then the others are far
# behind.
GAP_SOURCES = 10

GAP_FANOUT = 26
# States whose last character is looked for where its trail byte is lost: it can be any
# of its row.
FINAL_STATES = 30

GAP_COST = 0.5
MAX_GAPS = 12
# Pairs lost one after another that are looked for; more leave too much to guess.
RUN_OF_GAPS = 2


MAX_RUN = 80
READING_CLOSED = re.compile(rf"({gloss.READING_REGEX})[)）]")
# Stands for what a lost trail byte took with it: a digit, a point, a space; nobody can
# say which, so "?" stays.
LOST_MARK = "\x01"


class Candidate(NamedTuple):
    """`text` for observed[start:end]."""

    score: float
    text: str
    end: int


class State(NamedTuple):
    """`lead` is a byte, or minus the trail byte of the last character where the pair after it was
    lost.

    `seen` is the end of the text in the form that sequences are asked in.
    """

    score: float
    lead: int
    text: str
    seen: str
    gaps: int


@dataclass(frozen=True, eq=False)
class Lattice:
    """One observed line and what may be written in it."""

    observed: str
    script: Script
    sequences: Sequences
    context: int
    """How many characters of each state's text stand before the run."""

    def candidates(self, states: list[State], at: int) -> list[Candidate]:
        """All ends that the beam reaches from `at`, best first; their texts begin as those of
        `states` do.
        """
        out: list[Candidate] = []
        n = len(self.observed)
        for j in range(at, min(n, at + MAX_RUN) + 1):
            if not states or j < at:
                break
            states = _pruned(states)
            both = states + self._with_gaps(states)
            c = self.observed[j] if j < n else "\n"
            out += self._ends(both, j, c)
            if j >= n or c in "?？":
                break
            states = [s for pair in codes_of(c) for s in self._read(both, *pair)]
            m = gloss.GLOSS_PATTERN.match(self.observed, j)
            if m and states:
                out += self._over_gloss(states, m.end())
        best: dict[tuple[str, int], float] = {}
        for score, text, end in out:
            key = text, end
            best[key] = max(best.get(key, -1e9), score)
        return sorted((Candidate(s, t, e) for (t, e), s in best.items()), reverse=True)

    def _over_gloss(self, states: list[State], at: int) -> list[Candidate]:
        """A gloss put inside the run, after a pair that looked like a glossed character: the run
        goes on after it.
        """
        return self.candidates(states, at)

    def _read(self, states: list[State], trail: int, lead: int) -> list[State]:
        return [
            self._with(s, c, lead)
            for s in states
            for c in self._characters(s.lead, trail)
        ]

    def _with(self, s: State, c: str, lead: int, gap: int = 0) -> State:
        """The state one character further."""
        score = s.score + self.sequences.next(s.seen, c) - gap * GAP_COST
        if c in "，！。、" and len(s.text) > self.context + 1:
            score -= SCORE_MARGIN  # whole, it would have been cut at
        return State(
            score,
            lead,
            s.text + c,
            (s.seen + self.sequences.form(c))[-2:],
            s.gaps + gap,
        )

    def _characters(self, lead: int, trail: int) -> list[str]:
        if lead > 0:
            c = self.script.known.get(lead << 8 | trail)
            return [c] if c else []
        return self.script.after_gap(-lead, trail)

    def _with_gaps(self, states: list[State]) -> list[State]:
        """The states again, with pairs lost after them."""
        found = _pruned(
            [
                self._with(s, c, -trail, 1)
                for s in states[:GAP_SOURCES]
                if s.lead > 0 and s.gaps < MAX_GAPS
                for trail, c in self.script.before_gap.get(s.lead, ())
            ]
        )[:GAP_FANOUT]
        out = found
        for _ in range(1, RUN_OF_GAPS):
            found = _pruned(
                [
                    self._with(s, c, -trail, 1)
                    for s in found[:GAP_SOURCES]
                    if s.gaps < MAX_GAPS
                    for trail, c in self.script.between(-s.lead, s.seen[-1])
                ]
            )[:GAP_FANOUT]
            out = out + found
        return out

    def _ends(self, states: list[State], j: int, c: str) -> Iterator[Candidate]:
        """Where the observed character ends the run."""
        if c in "?？" and j < len(self.observed):
            yield from self._ends_lost(states, j)
        elif 0x40 <= ord(c) < 0x7F or c == "€":
            trail = 0x80 if c == "€" else ord(c)
            for s in self._read(states, trail, 1):
                yield Candidate(s.score, s.text, j + 1)
        else:
            for trail, letter in codes_of(c):
                if (
                    letter < 0x7F
                ):  # a letter read as the trail byte of the pair before it
                    for s in self._read(states, trail, 1):
                        score = s.score + self.sequences.next(s.seen, chr(letter))
                        yield Candidate(score, s.text + chr(letter), j + 1)

    def _ends_lost(self, states: list[State], j: int) -> Iterator[Candidate]:
        """A trail byte lost as "?": before a delimiter or the end of the line, or with the byte
        after it.
        """
        follows = self.observed[j + 1 : j + 2]
        m = READING_CLOSED.match(self.observed, j + 1)
        if m:
            reading = unicodedata.normalize("NFC", m[1])
            for s in self._begun(
                states, lambda lead: self.script.begun_read(lead, reading)
            ):
                yield Candidate(s.score, s.text + "(", j + 1)
        else:
            closed = not follows or follows in ",!。、，！\n"
            for s in self._begun(states, self.script.begun):
                if closed:
                    yield Candidate(s.score, s.text, j + 1)
                else:
                    yield Candidate(
                        s.score + self.sequences.next(s.seen, "0"),
                        s.text + LOST_MARK,
                        j + 1,
                    )

    def _begun(
        self, states: list[State], characters: Callable[[int], list[str]]
    ) -> list[State]:
        """The states with the character that they have begun, the likeliest."""
        likeliest = [
            s
            for gap in (False, True)
            for s in sorted((s for s in states if (s.lead < 0) is gap), reverse=True)[
                :FINAL_STATES
            ]
        ]
        begun = [self._with(s, c, 0) for s in likeliest for c in characters(s.lead)]
        return _pruned(begun, 4 * BEAM_WIDTH)


def _pruned(states: list[State], beam: int = BEAM_WIDTH) -> list[State]:
    """The best states, a few of each kind: the same lead and the same two last characters."""
    kinds: dict[tuple[int, str], int] = {}
    out: list[State] = []
    for s in sorted(states, reverse=True):
        if len(out) == beam or s.score < out[0].score - SCORE_MARGIN if out else False:
            break
        key = s.lead, s.seen
        kinds[key] = kinds.get(key, 0) + 1
        if kinds[key] <= KEPT_ALIKE:
            out.append(s)
    return out
