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

    `gate` is searched first: where it finds nothing, the text is clean of this damage and `find` is
    never called. `example` is a damaged text with its repair. `signs`, the inside of a set of
    characters, are what all that the gate finds holds one of, where prose hardly ever does: a text
    without any sign of any repairer is spared those gates.
    """

    name: str
    undoes: str
    gate: re.Pattern[str]
    find: Callable[[str, Findings], list[Edit]]
    example: tuple[str, str]
    signs: str = ""
