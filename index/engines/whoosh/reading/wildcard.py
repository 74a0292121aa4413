"""Wildcards: where a pattern with `*` and `?` fits in a text.

From each place where the pattern can begin, the shortest fit is taken. A `*` at either end of the
pattern therefore stands for nothing. Fits are found from the fixed parts, last to first, so no
pattern takes exponential time.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

__all__ = ["Pattern", "compiled"]

RUN = re.compile(r"[^\W_]*")  # exactly the characters for which str.isalnum holds


@dataclass(frozen=True, slots=True)
class Pattern:
    """`parts` are the fixed strings; before each, and behind the last, stand `gaps`: (least, most)
    free characters.
    """

    parts: tuple[str, ...]
    gaps: tuple[tuple[int, int], ...]

    @property
    def is_plain(self) -> bool:
        """Whether all fixed characters are letters and digits of the first plane."""
        return all(p.isalnum() and max(p) <= "\uffff" for p in self.parts)

    def fits(self, text: str) -> list[tuple[int, int]]:
        """[start, end) of the shortest fit from each start, sorted by start."""
        ends: dict[int, int] = {}
        tail = self.gaps[-1][0]
        for at in range(len(self.parts) - 1, -1, -1):
            ends = self._step(text, at, ends, tail)
            if not ends:
                return []
        lead = self.gaps[0][0]
        return [
            (start - lead, end)
            for start, end in sorted(ends.items())
            if _free(text, start - lead, lead)
        ]

    def _step(
        self, text: str, at: int, following: dict[int, int], tail: int
    ) -> dict[int, int]:
        """start -> least end of the pattern from its part `at` on, given that from the part behind
        it.
        """
        part = self.parts[at]
        last = at == len(self.parts) - 1
        order = sorted(following)
        least, most = self.gaps[at + 1]
        out: dict[int, int] = {}
        start = text.find(part)
        while start >= 0:
            end = start + len(part)
            if last:
                if _free(text, end, tail):
                    out[start] = end + tail
            else:
                run = RUN.match(text, end, min(len(text), end + most))
                reach = run.end() if run else end
                nearest = order[
                    bisect_left(order, end + least) : bisect_right(order, reach)
                ]
                if nearest:
                    out[start] = min(following[s] for s in nearest)
            start = text.find(part, start + 1)
        return out


def _free(text: str, start: int, width: int) -> bool:
    """Whether `width` characters of a run stand at `start`."""
    return width == 0 or (
        start >= 0
        and start + width <= len(text)
        and text[start : start + width].isalnum()
    )


def compiled(pattern: str, widest: int) -> Pattern | None:
    """The pattern taken apart, or None when it has no fixed character.

    >>> compiled("公?条*例*", 20)
    Pattern(parts=('公', '条', '例'), gaps=((0, 0), (1, 1), (0, 20), (0, 0)))
    """
    parts = [p for p in re.split(r"[*?]+", pattern) if p]
    if not parts:
        return None
    frees = re.split(r"[^*?]+", pattern)
    gaps = [(f.count("?"), f.count("?") + widest * f.count("*")) for f in frees]
    gaps[0], gaps[-1] = (gaps[0][0],) * 2, (gaps[-1][0],) * 2
    return Pattern(tuple(parts), tuple(gaps))
