"""Counting facets: ordinals of each segment -> counts of the snapshot's values, a path under each of its prefixes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engine import FacetAsked, FacetCount, FacetCounts
from index.engines.whoosh.pack import Array
from index.engines.whoosh.rank import Leaf
from index.engines.whoosh.selection import Selection

__all__ = ["FacetTable"]


class FacetTable:
    """The values of one facet over all segments of a snapshot, sorted, and how each segment's ordinals map to them."""

    def __init__(self, name: str, leaves: Sequence[Leaf]) -> None:
        self.name, self.leaves = name, leaves
        prefixes = [[_prefixes(v) for v in leaf.segment.facet(name)[1]] for leaf in leaves]
        self.values = sorted({p for values in prefixes for paths in values for p in paths})
        self.numbers = {value: number for number, value in enumerate(self.values)}
        self.maps = [self._map(values) for values in prefixes]
        self.whole = [self._local(leaf, np.flatnonzero(leaf.live)) for leaf in leaves]

    def _map(self, values: Sequence[Sequence[str]]) -> list[Array]:
        """For each depth, the value's number of each ordinal; the number behind the last where there is none."""
        depth = max((len(p) for p in values), default=0)
        out = []
        for level in range(depth):
            numbers = [self.numbers[p[level]] if level < len(p) else len(self.values) for p in values]
            out.append(np.array(numbers, np.int64))
        return out

    def _local(self, leaf: Leaf, documents: Array) -> Array:
        ordinals, values = leaf.segment.facet(self.name)
        return np.bincount(ordinals.take(documents), minlength=len(values))

    def counted(self, found: Sequence[Selection]) -> Array:
        """How many of the live documents that were found (by segment) have each value."""
        total = np.zeros(len(self.values) + 1, np.int64)
        for leaf, levels, whole, some in zip(self.leaves, self.maps, self.whole, found, strict=True):
            if 2 * len(some) < len(leaf.live):
                local = self._local(leaf, some.documents)
            else:  # most were found: count the others
                local = whole - self._local(leaf, some.missing(leaf.live))
            for numbers in levels:
                total += np.bincount(numbers, local, minlength=len(total)).astype(np.int64)
        return total[:-1]

    def answer(self, asked: FacetAsked, counts: Array) -> FacetCounts:
        """The counts in the order and number asked for."""
        wanted: Array = np.flatnonzero(counts)
        if asked.contains:
            wanted = np.array([i for i in wanted.tolist() if asked.contains in self.values[i]], np.int64)
        order = wanted.take(_greatest(counts.take(wanted), asked.size))
        chosen = {self.values[i]: int(counts[i]) for i in order.tolist()}
        for value in asked.always:
            number = self.numbers.get(value)
            chosen.setdefault(value, int(counts[number]) if number is not None else 0)
        listed = sorted(chosen.items(), key=lambda item: (-item[1], item[0]))
        return FacetCounts(asked.name, tuple(FacetCount(v, n) for v, n in listed), len(wanted))


def _greatest(counts: Array, size: int) -> Array:
    """The numbers of the greatest counts, equal ones in their order."""
    if 0 < size < len(counts) // 4:
        least = np.partition(counts, len(counts) - size)[len(counts) - size]
        some = np.concatenate((np.flatnonzero(counts > least), np.flatnonzero(counts == least)))[:size]
        some.sort()
        return some.take(np.argsort(-counts.take(some), kind="stable"))
    order: Array = np.argsort(-counts, kind="stable")
    return order[:size]


def _prefixes(path: tuple[str, ...]) -> list[str]:
    return ["/".join(path[:depth]) for depth in range(1, len(path) + 1)]
