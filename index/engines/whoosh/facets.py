"""Counting facets: ordinals of each segment -> counts of the snapshot's values, a path under each of its prefixes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from index.engine import FacetAsked, FacetCount, FacetCounts
from index.engines.whoosh.pack import Array
from index.engines.whoosh.rank import Leaf
from index.engines.whoosh.selection import Selection

__all__ = ["FacetTable"]

HIGH = 255


class FacetTable:
    """The values of one facet over all segments of a snapshot, sorted, and how each segment's ordinals map to them."""

    def __init__(self, name: str, leaves: Sequence[Leaf]) -> None:
        self.name, self.leaves = name, leaves
        prefixes = [[_prefixes(v) for v in leaf.segment.facet(name)[1]] for leaf in leaves]
        self.values = sorted({p for values in prefixes for paths in values for p in paths})
        self.numbers = {value: number for number, value in enumerate(self.values)}
        self.below = _spans_below(self.values) if any(len(p) > 1 for values in prefixes for p in values) else None
        self.maps = [self._map(values) for values in prefixes]
        self.whole = [self._local(leaf, np.flatnonzero(leaf.live)) for leaf in leaves]

    def _map(self, values: Sequence[Sequence[str]]) -> Array:
        """The value's number of each ordinal; the number behind the last where there is none."""
        return np.array([self.numbers[p[-1]] if p else len(self.values) for p in values], np.int64)

    def _local(self, leaf: Leaf, documents: Array) -> Array:
        ordinals, values = leaf.segment.facet(self.name)
        return np.bincount(ordinals.take(documents), minlength=len(values))

    def counted(self, found: Sequence[Selection]) -> Array:
        """How many of the live documents that were found (by segment) have each value."""
        total = np.zeros(len(self.values) + 1, np.int64)
        for leaf, numbers, whole, some in zip(self.leaves, self.maps, self.whole, found, strict=True):
            if 2 * len(some) < len(leaf.live):
                local = self._local(leaf, some.documents)
            else:  # most were found: count the others
                local = whole - self._local(leaf, some.missing(leaf.live))
            total[numbers] += local
        counts = total[:-1]
        if self.below is None:
            return counts
        starts, ends = self.below
        upto = np.concatenate(([0], np.cumsum(counts)))
        return counts + upto.take(ends) - upto.take(starts)

    def answer(self, asked: FacetAsked, counts: Array) -> FacetCounts:
        """The counts in the order and number asked for."""
        if asked.contains:
            holding = [n for n in np.flatnonzero(counts).tolist() if asked.contains in self.values[n]]
            wanted = np.array(holding, np.int64)
            order, found = wanted.take(_greatest(counts.take(wanted), asked.size)), len(holding)
        else:
            order, found = _greatest(counts, asked.size), int(np.count_nonzero(counts))
        listed = zip(order.tolist(), counts.take(order).tolist(), strict=True)
        chosen = {self.values[number]: count for number, count in listed if count}
        for value in asked.always:
            number = self.numbers.get(value)
            chosen.setdefault(value, int(counts[number]) if number is not None else 0)
        ordered = sorted(chosen.items(), key=lambda item: (-item[1], item[0])) if asked.always else chosen.items()
        return FacetCounts(asked.name, tuple(FacetCount(v, n) for v, n in ordered), found)


def _spans_below(values: Sequence[str]) -> tuple[Array, Array]:
    """From where to where in the sorted values those below each stand: 广东省/… follows 广东省."""
    starts = [bisect_left(values, f"{value}/") for value in values]
    ends = [bisect_left(values, f"{value}0") for value in values]  # "0" follows "/"
    return np.array(starts, np.int64), np.array(ends, np.int64)


def _greatest(counts: Array, size: int) -> Array:
    """The numbers of the greatest counts, equal ones in their order."""
    if 0 < size < len(counts) // 4:
        least = _least(counts, size)
        some = np.concatenate((np.flatnonzero(counts > least), np.flatnonzero(counts == least)))[:size]
        some.sort()
        return some.take(np.argsort(-counts.take(some), kind="stable"))
    order: Array = np.argsort(-counts, kind="stable")
    return order[:size]


def _least(counts: Array, size: int) -> int:
    """The `size`-th greatest count. Nearly all are small and alike, where numpy's selection takes ten times as long."""
    heights = np.bincount(np.minimum(counts, HIGH))
    least = len(heights) - 1 - int(heights[::-1].cumsum().searchsorted(size))
    if least < HIGH:
        return least
    high = counts.take(np.flatnonzero(counts >= HIGH))
    return int(np.partition(high, len(high) - size)[len(high) - size])


def _prefixes(path: tuple[str, ...]) -> list[str]:
    return ["/".join(path[:depth]) for depth in range(1, len(path) + 1)]
