"""Every way in which a run read one byte out of step can have been written, best first.

A state knows the lead byte that the next character must have (or, after a lost pair, the set of
lead bytes that it can have). An observed character is two bytes: the trail of the character begun,
and the lead of the next. Between observed characters, pairs may have been lost without a trace. A
run ends where a trail byte below 0x80 shows as itself, or where a lost one shows as "?".
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from indexer.repair import gloss
from indexer.repair.gbk import codes_of
from indexer.repair.script import Script, Sequences

__all__ = ["LOST_MARK", "READING_CLOSED", "Candidate", "Lattice", "State"]

# States kept at each position.
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
# Pairs lost in one run; more leave too much to guess.
MAX_GAPS = 12
# Pairs lost one after another.
RUN_OF_GAPS = 2


# Observed characters of a run.
MAX_RUN = 80
# A reading whose opening bracket was swallowed by the character before: "qū)" in "?qū)".
READING_CLOSED = re.compile(rf"({gloss.READING_REGEX})[)）]")
# Stands for what a lost trail byte took with it: a digit, a point, a space. Nobody can say which,
# so the "?" stays.
LOST_MARK = "\x01"


class Candidate(NamedTuple):
    """`text` as what observed[start:end] was. `score` is in nats."""

    score: float
    text: str
    end: int


class State(NamedTuple):
    """One way to read the run up to a position.

    `lead` is the lead byte of the next character. Where the pair after the last character was lost
    it is minus the trail byte of that character. `seen` is the end of the text, two characters, in
    the form that sequences are asked in. `gaps` counts the pairs lost so far.
    """

    score: float
    lead: int
    text: str
    seen: str
    gaps: int


@dataclass(frozen=True, eq=False)
class Lattice:
    """One observed line and what may be written in it.

    `context` is how many characters of each state's text stand before the run.
    """

    observed: str
    script: Script
    sequences: Sequences
    context: int

    def candidates(
        self,
        states: list[State],
        start: int,
    ) -> list[Candidate]:
        """All ends that the beam reaches from `start`, best first.

        Their texts begin as those of `states` do.
        """
        reached: list[Candidate] = []
        length = len(self.observed)
        last = min(length, start + MAX_RUN)
        for position in range(start, last + 1):
            if not states:
                break
            states = _pruned(states)
            both = states + self._with_gaps(states)
            at_end = position >= length
            c = "\n"
            if not at_end:
                c = self.observed[position]
            reached += self._ends(both, position, c)
            if at_end or c in "?？":
                break
            states = []
            for trail, lead in codes_of(c):
                states += self._read(both, trail, lead)
            glossed = gloss.GLOSS_PATTERN.match(self.observed, position)
            if glossed and states:
                # a pair that looked like a glossed character: the run goes on after the gloss
                reached += self.candidates(states, glossed.end())
        return _merged(reached)

    def _read(
        self,
        states: list[State],
        trail: int,
        lead: int,
    ) -> list[State]:
        """The states after an observed character with these two bytes."""
        return [
            self._with(state, c, lead)
            for state in states
            for c in self._characters(state.lead, trail)
        ]

    def _with(
        self,
        state: State,
        c: str,
        lead: int,
        gap: int = 0,
    ) -> State:
        """The state one character further."""
        score = state.score + self.sequences.next(state.seen, c)
        score -= gap * GAP_COST
        if c in "，！。、" and len(state.text) > self.context + 1:
            # whole, the tool would have cut here
            score -= SCORE_MARGIN
        seen = state.seen + self.sequences.form(c)
        return State(
            score,
            lead,
            state.text + c,
            seen[-2:],
            state.gaps + gap,
        )

    def _characters(
        self,
        lead: int,
        trail: int,
    ) -> list[str]:
        """The characters of a trail byte, after a lead byte or after a lost pair."""
        if lead > 0:
            code = lead << 8 | trail
            c = self.script.known.get(code)
            if c:
                return [c]
            return []
        return self.script.after_gap(-lead, trail)

    def _with_gaps(self, states: list[State]) -> list[State]:
        """The states again, with one or more pairs lost after them."""
        before_gap = self.script.before_gap
        between = self.script.between
        sources = [
            state
            for state in states[:GAP_SOURCES]
            if state.lead > 0 and state.gaps < MAX_GAPS
        ]
        first = [
            self._with(state, c, -trail, 1)
            for state in sources
            for trail, c in before_gap.get(state.lead, ())
        ]
        latest = _pruned(first)[:GAP_FANOUT]
        every = latest
        for _ in range(1, RUN_OF_GAPS):
            likeliest = latest[:GAP_SOURCES]
            sources = [s for s in likeliest if s.gaps < MAX_GAPS]
            further = [
                self._with(state, c, -trail, 1)
                for state in sources
                for trail, c in between(-state.lead, state.seen[-1])
            ]
            latest = _pruned(further)[:GAP_FANOUT]
            every = every + latest
        return every

    def _ends(
        self,
        states: list[State],
        position: int,
        c: str,
    ) -> Iterator[Candidate]:
        """Where the observed character ends the run."""
        end = position + 1
        if c in "?？" and position < len(self.observed):
            yield from self._ends_lost(states, position)
        elif 0x40 <= ord(c) < 0x7F or c == "€":
            # a trail byte below 0x80 shows as itself, and after it all is in step again
            trail = ord(c)
            if c == "€":
                # code page 936 reads the byte 0x80 so
                trail = 0x80
            for state in self._read(states, trail, 1):
                yield Candidate(state.score, state.text, end)
        else:
            for trail, letter in codes_of(c):
                if letter >= 0x7F:
                    continue
                # a letter read as the trail byte of the pair before it
                following = chr(letter)
                for state in self._read(states, trail, 1):
                    score = state.score + self.sequences.next(state.seen, following)
                    yield Candidate(score, state.text + following, end)

    def _ends_lost(
        self,
        states: list[State],
        position: int,
    ) -> Iterator[Candidate]:
        """A trail byte lost as "?".

        It stood before a gloss, a delimiter or the end of the line; or the byte after it was lost
        with it.
        """
        end = position + 1
        follows = self.observed[end : end + 1]
        glossed = READING_CLOSED.match(self.observed, end)
        if glossed:
            reading = unicodedata.normalize("NFC", glossed[1])

            def read_so(lead: int) -> list[str]:
                return self.script.begun_read(lead, reading)

            for state in self._begun(states, read_so):
                yield Candidate(state.score, state.text + "(", end)
            return
        is_closed = not follows or follows in ",!。、，！\n"
        for state in self._begun(states, self.script.begun):
            if is_closed:
                yield Candidate(state.score, state.text, end)
            else:
                score = state.score + self.sequences.next(state.seen, "0")
                yield Candidate(score, state.text + LOST_MARK, end)

    def _begun(
        self,
        states: list[State],
        characters: Callable[[int], list[str]],
    ) -> list[State]:
        """The states with the character that they have begun, the likeliest."""
        ordered = sorted(states, reverse=True)
        without_gap = [s for s in ordered if s.lead >= 0]
        after_gap = [s for s in ordered if s.lead < 0]
        likeliest = without_gap[:FINAL_STATES]
        likeliest += after_gap[:FINAL_STATES]
        begun = [
            self._with(state, c, 0)
            for state in likeliest
            for c in characters(state.lead)
        ]
        return _pruned(begun, 4 * BEAM_WIDTH)


def _merged(reached: list[Candidate]) -> list[Candidate]:
    """One candidate for each text and end, with its best score; best first."""
    best: dict[tuple[str, int], float] = {}
    for score, text, end in reached:
        key = text, end
        known_score = best.get(key, -1e9)
        best[key] = max(known_score, score)
    merged = [Candidate(score, text, end) for (text, end), score in best.items()]
    return sorted(merged, reverse=True)


def _pruned(
    states: list[State],
    beam: int = BEAM_WIDTH,
) -> list[State]:
    """The best states, a few of each kind.

    States are of one kind if they have the same lead and the same last two characters: nothing
    that follows can tell them apart.
    """
    kinds: dict[tuple[int, str], int] = {}
    best: list[State] = []
    floor = -math.inf
    for state in sorted(states, reverse=True):
        if len(best) == beam or state.score < floor:
            break
        if not best:
            floor = state.score - SCORE_MARGIN
        key = state.lead, state.seen
        kinds[key] = kinds.get(key, 0) + 1
        if kinds[key] <= KEPT_ALIKE:
            best.append(state)
    return best
