"""What a repairer is, and what the ones before it have found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from indexer.repair.edits import Edit

__all__ = ["Findings", "Repairer"]


@dataclass(slots=True)
class Findings:
    """The edits of the passes so far, of one document."""

    edits: list[Edit] = field(default_factory=list)

    def applied(self, kind: str) -> bool:
        """Whether a repair of this kind was made."""
        return any(kind in e.kind and e.applied for e in self.edits)


@dataclass(frozen=True, slots=True)
class Repairer:
    """One kind of damage and how it is undone.

    `gate` is searched first: where it finds nothing, the text has none of this damage, and `find`
    is not called. `example` is a damaged text with its repair.

    `signs` is a regex character class. Every match of `gate` contains one of these characters;
    prose almost never does. A text without the signs of all repairers skips those gates.
    """

    name: str
    undoes: str
    gate: re.Pattern[str]
    find: Callable[[str, Findings], list[Edit]]
    example: tuple[str, str]
    signs: str = ""
