"""Which documents of a segment were found: as sorted numbers or as a mask.

A rare string gives numbers, a filter a mask. Turning one into the other costs as much as finding
did, so each is made only when it is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.shared.arrays import Array

__all__ = ["Selection"]


class Selection:
    """Some of the `count` documents of a segment; without numbers and mask all of them.

    It is never changed, and neither are the arrays that it returns.
    """

    __slots__ = ("bits", "count", "numbers", "others")

    def __init__(
        self,
        count: int,
        documents: Array | None = None,
        mask: Array | None = None,
    ) -> None:
        self.count = count
        self.numbers = documents
        self.bits = mask
        # what `missing` has returned
        self.others: Array | None = None

    @property
    def documents(self) -> Array:
        """Their numbers, sorted."""
        if self.numbers is None:
            if self.bits is None:
                self.numbers = np.arange(self.count)
            else:
                self.numbers = np.flatnonzero(self.bits)
        return self.numbers

    @property
    def mask(self) -> Array:
        """Which they are, as truth values."""
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

    @property
    def _known_size(self) -> int:
        """How many at most, without looking at a mask."""
        return self.count if self.numbers is None else len(self.numbers)

    def __and__(self, other: Selection) -> Selection:
        """Those in both."""
        if self.is_everything:
            return other
        if other.is_everything:
            return self
        # the smaller one by its numbers, looked up in the mask of the larger one
        few, more = self, other
        if more._known_size < few._known_size:
            few, more = more, few
        if few.numbers is None:
            return Selection(
                self.count,
                mask=few.mask & more.mask,
            )
        is_in_both = more.mask.take(few.documents)
        numbers = few.documents.take(np.flatnonzero(is_in_both))
        return Selection(self.count, numbers)

    @property
    def is_everything(self) -> bool:
        """Whether all documents are known to be found."""
        return self.bits is None and self._known_size == self.count

    def missing(self, live: Array) -> Array:
        """The numbers of the `live` documents that are not among them.

        It is asked with the same `live` every time.
        """
        if self.others is None:
            self.others = np.flatnonzero(live & ~self.mask)
        return self.others

    @classmethod
    def any_of(
        cls,
        count: int,
        parts: Sequence[Selection],
    ) -> Selection:
        """Those in one of the parts."""
        mask = np.zeros(count, bool)
        # numbers are set one by one; making a mask of each part would cost more
        for part in parts:
            if part.bits is None and part.numbers is not None:
                mask[part.numbers] = True
            else:
                mask |= part.mask
        return cls(
            count,
            mask=mask,
        )
