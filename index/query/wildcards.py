"""Wildcards: where a pattern with `*` and `?` fits in one text.

From each place where the pattern can begin, the shortest fit is taken. A `*` at either end of the
pattern therefore stands for nothing. Fits are found from the fixed parts, last to first: the time
grows with the text and with the parts, and no pattern takes longer than that. No expression is made
of what a reader typed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

from index.model.budget import spend

__all__ = ["Pattern", "compiled", "occurrences"]

# exactly the characters for which str.isalnum holds: 公开2019a, but not 、 or _
RUN_PATTERN = re.compile(r"[^\W_]+")
# 公?条*例*
STARS_PATTERN = re.compile(r"[*?]+")
FIXED_PATTERN = re.compile(r"[^*?]+")
LAST_OF_FIRST_PLANE = "\uffff"


def occurrences(text: str, part: str) -> list[int]:
    """Where a string begins in a text, in places that overlap too.

    >>> occurrences("公公公", "公公")
    [0, 1]
    """
    starts = []
    start = text.find(part)
    while start >= 0:
        starts.append(start)
        start = text.find(part, start + 1)
    return starts


class Runs:
    """The runs of letters and digits of one text."""

    def __init__(self, text: str) -> None:
        spans = [match.span() for match in RUN_PATTERN.finditer(text)]
        self.starts = [start for start, _ in spans]
        self.ends = [end for _, end in spans]

    def end(self, position: int) -> int:
        """Where the letters and digits end that stand from `position` on."""
        number = bisect_right(self.starts, position) - 1
        if number < 0:
            return position
        return max(position, self.ends[number])

    def is_free(self, start: int, width: int) -> bool:
        """Whether `width` letters or digits stand at `start`."""
        if width == 0:
            return True
        return start >= 0 and self.end(start) >= start + width


@dataclass(frozen=True, slots=True)
class Pattern:
    """The fixed strings `parts`, and the free characters before each and behind the last.

    An element of `gaps` is (least, most) characters.
    """

    parts: tuple[str, ...]
    gaps: tuple[tuple[int, int], ...]

    @property
    def is_plain(self) -> bool:
        """Whether all fixed characters are letters and digits of the first plane."""
        return all(
            part.isalnum() and max(part) <= LAST_OF_FIRST_PLANE for part in self.parts
        )

    def fits(self, text: str) -> list[tuple[int, int]]:
        """[start, end) of the shortest fit from each start, sorted by start."""
        places = {part: occurrences(text, part) for part in self.parts}
        if not all(places.values()):
            return []
        spend(len(text))
        if not any(most for _, most in self.gaps):
            # 公开* is 公开: no letters round it need be looked at
            (part,) = self.parts
            return [(start, start + len(part)) for start in places[part]]
        runs = Runs(text)
        tail, _ = self.gaps[-1]
        last = self.parts[-1]
        ends = [(start, start + len(last)) for start in places[last]]
        fits = [(start, end + tail) for start, end in ends if runs.is_free(end, tail)]
        for number in reversed(range(len(self.parts) - 1)):
            part = self.parts[number]
            fits = _led_by(part, places[part], self.gaps[number + 1], fits, runs)
        lead, _ = self.gaps[0]
        return [
            (start - lead, end)
            for start, end in fits
            if runs.is_free(start - lead, lead)
        ]


def _led_by(
    part: str,
    starts: list[int],
    gap: tuple[int, int],
    following: list[tuple[int, int]],
    runs: Runs,
) -> list[tuple[int, int]]:
    """(start, least end) of the fits that begin with `part`.

    `following` are those that begin with the next part, by start.
    """
    least, most = gap
    fits = []
    # Fits of the next part within reach, the ends rising: the first has the least end. The nearest
    # one need not have it, where a fixed part holds more than letters.
    reachable: deque[tuple[int, int]] = deque()
    seen = 0
    spend(len(starts) + len(following))
    for start in starts:
        free = start + len(part)
        # what `*` and `?` stand for is letters and digits of one run
        reach = min(free + most, runs.end(free))
        while seen < len(following) and following[seen][0] <= reach:
            end = following[seen][1]
            while reachable and reachable[-1][1] >= end:
                reachable.pop()
            reachable.append(following[seen])
            seen += 1
        while reachable and reachable[0][0] < free + least:
            reachable.popleft()
        if reachable:
            fits.append((start, reachable[0][1]))
    return fits


def compiled(pattern: str, widest: int) -> Pattern | None:
    """The pattern taken apart, or None when it has no fixed character.

    >>> compiled("公?条*例*", 20)
    Pattern(parts=('公', '条', '例'), gaps=((0, 0), (1, 1), (0, 20), (0, 0)))
    """
    parts = [part for part in STARS_PATTERN.split(pattern) if part]
    if not parts:
        return None
    gaps = []
    for signs in FIXED_PATTERN.split(pattern):
        least = signs.count("?")
        most = least + widest * signs.count("*")
        gaps.append((least, most))
    # at either end a `*` stands for nothing
    lead, _ = gaps[0]
    tail, _ = gaps[-1]
    gaps[0] = (lead, lead)
    gaps[-1] = (tail, tail)
    return Pattern(tuple(parts), tuple(gaps))
