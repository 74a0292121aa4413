"""The text as received, had back from the repaired one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

__all__ = ["undo"]


class Step(Protocol):
    """What is read of a repair."""

    @property
    def before(self) -> str: ...
    @property
    def display(self) -> tuple[int, int]: ...


def undo(text: str, repairs: Sequence[Step]) -> str:
    """Put `before` back at every `display` span of the repaired text."""
    pieces: list[str] = []
    copied = 0
    for step in repairs:
        start, end = step.display
        pieces.append(text[copied:start])
        pieces.append(step.before)
        copied = end
    pieces.append(text[copied:])
    return "".join(pieces)
