"""Which documents of a segment were found: as sorted numbers or as a mask, whichever came first,
the other when needed.

A rare string gives numbers, a filter a mask; turning one into the other costs as much as finding
did.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.whoosh.storage.pack import Array

__all__ = ["Selection"]


class Selection:
    """Some of the `count` documents of a segment.

    Not to be changed, nor are the arrays it gives.
    """

    __slots__ = ("bits", "count", "numbers", "others")

    def __init__(
        self, count: int, documents: Array | None = None, mask: Array | None = None
    ) -> None:
        self.count, self.numbers, self.bits = count, documents, mask
        self.others: Array | None = None

    @property
    def documents(self) -> Array:
        """Their numbers, sorted."""
        if self.numbers is None:
            self.numbers = (
                np.arange(self.count)
                if self.bits is None
                else np.flatnonzero(self.bits)
            )
        return self.numbers

    @property
    def mask(self) -> Array:
        """Which they are."""
        if self.bits is None:
            if self.numbers is None:
                self.bits = np.ones(self.count, bool)
            else:
                self.bits = np.zeros(self.count, bool)
                self.bits[self.numbers] = True
        return self.bits

    def __len__(self) -> int:
        """How many."""
        return len(self.documents)

    def __and__(self, other: Selection) -> Selection:
        """Those in both."""
        for a, b in ((self, other), (other, self)):
            if a.is_everything:
                return b
        few, more = sorted(
            (self, other),
            key=lambda s: s.count if s.numbers is None else len(s.numbers),
        )
        if few.numbers is None:
            return Selection(self.count, mask=few.mask & more.mask)
        return Selection(
            self.count,
            few.documents.take(np.flatnonzero(more.mask.take(few.documents))),
        )

    @property
    def is_everything(self) -> bool:
        """Whether all documents are known to be found."""
        return self.bits is None and (
            self.numbers is None or len(self.numbers) == self.count
        )

    def missing(self, live: Array) -> Array:
        """The numbers of the `live` documents that are not among them; asked with the same `live`
        every time.
        """
        if self.others is None:
            self.others = np.flatnonzero(live & ~self.mask)
        return self.others

    @classmethod
    def any_of(cls, count: int, parts: Sequence[Selection]) -> Selection:
        """Those in one of the parts."""
        mask = np.zeros(count, bool)
        for part in parts:
            if part.bits is None and part.numbers is not None:
                mask[part.numbers] = True
            else:
                mask |= part.mask
        return cls(count, mask=mask)
