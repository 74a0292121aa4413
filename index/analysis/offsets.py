"""OffsetMap: from a span of the index form back to its span of the display text.

Offsets shall not be modified after folding: everything that changes the text does so while the map
is made.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

__all__ = ["OffsetMap"]


@dataclass(frozen=True, slots=True)
class OffsetMap:
    """A map in runs.

    Run k covers the index form from `form[k]` to `form[k + 1]` (the last to the end). Where
    `block[k]` is 0 the run is linear: form position i came from display position `display[k] + (i -
    form[k])`, one character. Otherwise the whole run came from the `block[k]` display characters at
    `display[k]`: an expansion (㈠ to (一)), or a wording (規範性檔案 to 规范性文件).
    """

    form: Sequence[int] = (0,)
    display: Sequence[int] = (0,)
    block: Sequence[int] = (0,)

    @property
    def is_identity(self) -> bool:
        """Whether every position maps to itself."""
        return len(self.form) == 1 and self.display[0] == 0 and self.block[0] == 0

    def start(self, position: int) -> int:
        """Where the display text of the form character at `position` starts."""
        k = bisect_right(self.form, position) - 1
        if self.block[k]:
            return self.display[k]
        return self.display[k] + position - self.form[k]

    def end(self, position: int) -> int:
        """Where the display text of the form character at `position` ends."""
        k = bisect_right(self.form, position) - 1
        if self.block[k]:
            return self.display[k] + self.block[k]
        return self.display[k] + position - self.form[k] + 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The display span of form[start:end]; end > start.

        >>> OffsetMap((0, 2), (0, 3), (0, 0)).span(1, 3)   # one character dropped at 2
        (1, 4)
        """
        return self.start(start), self.end(end - 1)

    def spans(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """`span` of each of some sorted spans: the runs are walked along once."""
        if self.is_identity:
            return list(spans)
        # Local names: this loop runs once a mark.
        form = self.form
        display = self.display
        block = self.block
        count = len(form)
        displayed: list[tuple[int, int]] = []
        k = 0
        behind = form[1] if count > 1 else math.inf
        for start, end in spans:
            while start >= behind:
                k += 1
                behind = form[k + 1] if k + 1 < count else math.inf
            first = display[k] if block[k] else display[k] + start - form[k]
            # A span that ends behind this run is rare: its end is looked up.
            last = (
                display[k] + (block[k] or end - form[k])
                if end <= behind
                else self.end(end - 1)
            )
            displayed.append((first, last))
        return displayed

    def rows(self) -> list[tuple[int, int, int]]:
        """The runs as (form, display, block), for storing."""
        return list(
            zip(
                self.form,
                self.display,
                self.block,
                strict=True,
            )
        )

    @classmethod
    def of_rows(cls, rows: Iterable[Sequence[int]]) -> OffsetMap:
        """The map that `rows()` wrote down."""
        columns = list(zip(*rows, strict=True))
        return cls(*(tuple(c) for c in columns)) if columns else cls()


@dataclass(slots=True)
class OffsetBuilder:
    """Collects runs while a text is folded, joining neighbours that are one linear run."""

    form: list[int] = field(default_factory=list)
    display: list[int] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    length: int = 0

    def linear(self, display: int, count: int) -> None:
        """`count` form characters from as many display characters at `display`."""
        if count <= 0:
            return
        if not self._continues(display):
            self._run(display, 0)
        self.length += count

    def blocked(self, display: int, width: int, count: int) -> None:
        """`count` form characters from `width` display characters at `display`, inseparable."""
        if count <= 0:
            return
        self._run(display, width)
        self.length += count

    def _continues(self, display: int) -> bool:
        """Whether the last run is linear and ends where `display` is."""
        if not self.form or self.block[-1]:
            return False
        return self.display[-1] + self.length - self.form[-1] == display

    def _run(self, display: int, block: int) -> None:
        self.form.append(self.length)
        self.display.append(display)
        self.block.append(block)

    def build(self) -> OffsetMap:
        """The finished map."""
        if not self.form:  # an empty text
            return OffsetMap()
        return OffsetMap(
            tuple(self.form),
            tuple(self.display),
            tuple(self.block),
        )
