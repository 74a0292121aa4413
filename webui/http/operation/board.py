"""What the processes of one server know of each other: who is alive, and at which generation."""

from __future__ import annotations

import time
from collections.abc import MutableSequence

__all__ = ["Board"]

# A process whose loop has not turned for so long is not well.
SILENCE_S = 30.0
FIGURES = 2  # the time of the last beat, and the generation


class Board:
    """A row of figures a process, in memory that all of them share; times are monotonic."""

    def __init__(self, figures: MutableSequence[float]) -> None:
        self.figures = figures

    @property
    def processes(self) -> int:
        """How many processes there should be."""
        return len(self.figures) // FIGURES

    def beat(self, number: int, generation: int) -> None:
        """Process `number` is well and has this generation open."""
        self.figures[FIGURES * number] = time.monotonic()
        self.figures[FIGURES * number + 1] = generation

    def clear(self, number: int) -> None:
        """Process `number` is not there."""
        self.figures[FIGURES * number] = 0.0
        self.figures[FIGURES * number + 1] = 0.0

    def is_silent(self, number: int) -> bool:
        """Whether process `number` was well once, and has not said so for long."""
        last = self.figures[FIGURES * number]
        return last > 0 and time.monotonic() - last > SILENCE_S

    def ready(self) -> int:
        """How many processes are well and have an index open."""
        beats = self.figures[::FIGURES]
        now = time.monotonic()
        return sum(1 for last in beats if last > 0 and now - last <= SILENCE_S)
