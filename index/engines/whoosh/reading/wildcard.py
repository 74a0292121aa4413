"""Wildcards: where a pattern with `*` and `?` fits, in one text.

From each place where the pattern can begin, the shortest fit is taken. A `*` at either end of the
pattern therefore stands for nothing. Fits are found from the fixed parts, last to first, so no
pattern takes exponential time.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

__all__ = ["Pattern", "compiled"]

# exactly the characters for which str.isalnum holds: 公开2019a, but not 、 or _
RUN_PATTERN = re.compile(r"[^\W_]*")
# 公?条*例*
STARS_PATTERN = re.compile(r"[*?]+")
FIXED_PATTERN = re.compile(r"[^*?]+")
LAST_OF_FIRST_PLANE = "\uffff"


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
        ends: dict[int, int] = {}
        tail, _ = self.gaps[-1]
        for number in reversed(range(len(self.parts))):
            if number == len(self.parts) - 1:
                ends = self._last_part(text, tail)
            else:
                ends = self._earlier_part(text, number, ends)
            if not ends:
                return []
        lead, _ = self.gaps[0]
        return [
            (start - lead, end)
            for start, end in sorted(ends.items())
            if _is_free(
                text,
                start - lead,
                lead,
            )
        ]

    def _last_part(
        self,
        text: str,
        tail: int,
    ) -> dict[int, int]:
        """start -> end of the last part with the free characters behind it."""
        part = self.parts[-1]
        ends = {}
        start = text.find(part)
        while start >= 0:
            end = start + len(part)
            if _is_free(text, end, tail):
                ends[start] = end + tail
            start = text.find(part, start + 1)
        return ends

    def _earlier_part(
        self,
        text: str,
        number: int,
        following: dict[int, int],
    ) -> dict[int, int]:
        """start of a part -> least end of the pattern; `following` is that of the next part."""
        part = self.parts[number]
        least, most = self.gaps[number + 1]
        starts = sorted(following)
        ends = {}
        start = text.find(part)
        while start >= 0:
            end = start + len(part)
            # what `*` and `?` stand for is letters and digits of one run
            run = RUN_PATTERN.match(
                text,
                end,
                min(len(text), end + most),
            )
            reach = run.end() if run else end
            first = bisect_left(starts, end + least)
            behind = bisect_right(starts, reach)
            if first < behind:
                ends[start] = min(following[next_] for next_ in starts[first:behind])
            start = text.find(part, start + 1)
        return ends


def _is_free(
    text: str,
    start: int,
    width: int,
) -> bool:
    """Whether `width` letters or digits stand at `start`."""
    if width == 0:
        return True
    if start < 0 or start + width > len(text):
        return False
    return text[start : start + width].isalnum()


def compiled(
    pattern: str,
    widest: int,
) -> Pattern | None:
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
