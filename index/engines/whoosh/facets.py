"""Counting facets: ordinals of each segment -> counts of the snapshot's values, a path under each of its prefixes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engine import FacetAsked, FacetCount, FacetCounts
from index.engines.whoosh.pack import Array
from index.engines.whoosh.rank import Leaf

__all__ = ["FacetTable"]


class FacetTable:
    """The values of one facet over all segments of a snapshot, sorted, and how each segment's ordinals map to them."""

    def __init__(self, name: str, leaves: Sequence[Leaf]) -> None:
        self.name, self.leaves = name, leaves
        prefixes = [[_prefixes(v) for v in leaf.segment.facet(name)[1]] for leaf in leaves]
        self.values = sorted({p for values in prefixes for paths in values for p in paths})
        self.numbers = {value: number for number, value in enumerate(self.values)}
        self.maps = [self._map(values) for values in prefixes]
        self.whole = [self._local(leaf, leaf.live) for leaf in leaves]

    def _map(self, values: Sequence[Sequence[str]]) -> list[Array]:
        """For each depth, the value's number of each ordinal; the number behind the last where there is none."""
        depth = max((len(p) for p in values), default=0)
        out = []
        for level in range(depth):
            numbers = [self.numbers[p[level]] if level < len(p) else len(self.values) for p in values]
            out.append(np.array(numbers, np.int64))
        return out

    def _local(self, leaf: Leaf, chosen: Array) -> Array:
        ordinals, values = leaf.segment.facet(self.name)
        return np.bincount(ordinals[chosen], minlength=len(values))

    def counted(self, matched: Sequence[Array]) -> Array:
        """How many of the live documents `matched` (their numbers, one array a segment) have each value."""
        total = np.zeros(len(self.values) + 1, np.int64)
        for leaf, levels, whole, documents in zip(self.leaves, self.maps, self.whole, matched, strict=True):
            if 2 * len(documents) < len(leaf.live):
                local = self._local(leaf, documents)
            else:  # most match: count the others
                others = leaf.live.copy()
                others[documents] = False
                local = whole - self._local(leaf, others)
            for numbers in levels:
                total += np.bincount(numbers, local, minlength=len(total)).astype(np.int64)
        return total[:-1]

    def answer(self, asked: FacetAsked, counts: Array) -> FacetCounts:
        """The counts in the order and number asked for."""
        wanted: Array = np.flatnonzero(counts)
        if asked.contains:
            wanted = np.array([i for i in wanted.tolist() if asked.contains in self.values[i]], np.int64)
        order = wanted[np.argsort(-counts[wanted], kind="stable")][: asked.size]
        chosen = {self.values[i]: int(counts[i]) for i in order.tolist()}
        for value in asked.always:
            number = self.numbers.get(value)
            chosen.setdefault(value, int(counts[number]) if number is not None else 0)
        listed = sorted(chosen.items(), key=lambda item: (-item[1], item[0]))
        return FacetCounts(asked.name, tuple(FacetCount(v, n) for v, n in listed), len(wanted))


def _prefixes(path: tuple[str, ...]) -> list[str]:
    return ["/".join(path[:depth]) for depth in range(1, len(path) + 1)]
