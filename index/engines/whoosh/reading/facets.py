"""Counting facets: ordinals of each segment -> counts of the snapshot's values, a path under each
of its prefixes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np

from index.engines.seam import FacetAsked, FacetCount, FacetCounts
from index.engines.whoosh.reading.rank import Leaf
from index.engines.whoosh.reading.segment import Segment
from index.engines.whoosh.reading.selection import Selection
from index.engines.whoosh.storage.pack import Array

__all__ = ["FacetTable", "Numbering"]


class Numbering:
    """The values of one facet, sorted, and the number that each ordinal of a segment has among
    them.

    A snapshot takes over the numbering of the one before and adds what is new; a value that no
    report has any more stays, and counts nothing. No segment is referred to, so that those which a
    commit has replaced can go.
    """

    values: Sequence[str]
    below: tuple[Array, Array] | None
    maps: dict[str, Array]

    def __init__(
        self, name: str, segments: Sequence[Segment], before: Numbering | None = None
    ) -> None:
        self.values, self.below, known = (
            (before.values, before.below, before.maps) if before else ((), None, {})
        )
        self.maps = {s.name: known[s.name] for s in segments if s.name in known}
        added = {s.name: s.facet(name)[1] for s in segments if s.name not in known}
        fresh = {
            "/".join(p[:n])
            for paths in added.values()
            for p in paths
            for n in range(1, len(p) + 1)
        }
        fresh.difference_update(self.values)
        moved: Sequence[str] = ()
        if fresh:
            moved, self.values = self.values, sorted([*self.values, *fresh])
            if self.below or any(len(p) > 1 for paths in added.values() for p in paths):
                self.below = _spans_below(self.values)
        if added:
            self._number(added, moved)

    def _number(
        self, added: Mapping[str, Sequence[tuple[str, ...]]], moved: Sequence[str]
    ) -> None:
        """Number the ordinals of new segments, and those of the others anew, whose values have
        `moved`.

        What has no value gets the number behind the last.
        """
        behind, numbers = (
            len(self.values),
            {value: number for number, value in enumerate(self.values)},
        )
        if moved:
            new = np.array([*(numbers[value] for value in moved), behind], np.int64)
            self.maps = {name: new.take(map_) for name, map_ in self.maps.items()}
        for name, paths in added.items():
            self.maps[name] = np.array(
                [numbers["/".join(p)] if p else behind for p in paths], np.int64
            )

    def number_of(self, value: str) -> int | None:
        """The number of a value, if there is one."""
        at = bisect_left(self.values, value)
        return at if at < len(self.values) and self.values[at] == value else None


class FacetTable:
    """One facet of a snapshot.

    `columns` are the numbers of its values by segment and document, `whole` how many live reports
    of a segment each value has, by number.
    """

    def __init__(
        self, name: str, leaves: Sequence[Leaf], before: Numbering | None = None
    ) -> None:
        self.name, self.leaves = name, leaves
        self.numbering = Numbering(name, [leaf.segment for leaf in leaves], before)
        self.values, self.below = self.numbering.values, self.numbering.below
        maps = (self.numbering.maps[leaf.segment.name] for leaf in leaves)
        few = np.uint16 if len(self.values) < 1 << 16 else np.uint32
        self.columns = [
            m.astype(few).take(leaf.segment.facet(name)[0])
            for m, leaf in zip(maps, leaves, strict=True)
        ]
        self.whole = [
            self._local(c, np.flatnonzero(leaf.live))
            for c, leaf in zip(self.columns, leaves, strict=True)
        ]

    def _local(self, column: Array, documents: Array) -> Array:
        some = column if len(documents) == len(column) else column.take(documents)
        return np.bincount(some, minlength=len(self.values) + 1)

    def counted(self, found: Sequence[Selection]) -> Array:
        """How many of the live documents that were found (by segment) have each value."""
        total = np.zeros(len(self.values) + 1, np.int64)
        for leaf, column, whole, some in zip(
            self.leaves, self.columns, self.whole, found, strict=True
        ):
            if 2 * len(some) < len(leaf.live):
                total += self._local(column, some.documents)
            else:  # most were found: count the others
                total += whole - self._local(column, some.missing(leaf.live))
        counts = total[:-1]
        if self.below is None:
            return counts
        starts, ends = self.below
        upto = np.concatenate(([0], np.cumsum(counts)))
        return counts + upto.take(ends) - upto.take(starts)

    def answer(self, asked: FacetAsked, counts: Array) -> FacetCounts:
        """The counts in the order and number asked for."""
        if asked.contains:
            holding = [
                n
                for n in np.flatnonzero(counts).tolist()
                if asked.contains in self.values[n]
            ]
            wanted = np.array(holding, np.int64)
            order, found = (
                wanted.take(_greatest(counts.take(wanted), asked.size)),
                len(holding),
            )
        else:
            order, found = _greatest(counts, asked.size), int(np.count_nonzero(counts))
        order = order[counts.take(order) > 0]
        numbered = zip(order.tolist(), counts.take(order).tolist(), strict=True)
        listed = [FacetCount(self.values[number], count) for number, count in numbered]
        if asked.always:
            known = {count.value for count in listed}
            listed += [
                self._count(value, counts)
                for value in dict.fromkeys(asked.always)
                if value not in known
            ]
            listed.sort(key=lambda count: (-count.count, count.value))
        return FacetCounts(asked.name, tuple(listed), found)

    def _count(self, value: str, counts: Array) -> FacetCount:
        number = self.numbering.number_of(value)
        return FacetCount(value, 0 if number is None else int(counts[number]))


def _spans_below(values: Sequence[str]) -> tuple[Array, Array]:
    """From where to where in the sorted values those below each stand: 广东省/… follows 广东省."""
    parents = _parents(values)
    spans = np.zeros((2, len(values)), np.int64)
    for number, value in enumerate(values):
        if value in parents:
            spans[:, number] = (
                bisect_left(values, f"{value}/"),
                bisect_left(values, f"{value}0"),
            )  # "0" follows "/"
    return spans[0], spans[1]


def _parents(values: Sequence[str]) -> set[str]:
    """All that stand above some values."""
    found: set[str] = set()
    for value in values:
        above, slash, _ = value.rpartition("/")
        while slash and above not in found:
            found.add(above)
            above, slash, _ = above.rpartition("/")
    return found


def _greatest(counts: Array, size: int) -> Array:
    """The numbers of the greatest counts, equal ones in their order."""
    if 0 < size < len(counts) // 4:
        # Most counts are alike, where numpy selects slowly: least so from the front, among numbers
        # of four bytes.
        least = -np.partition(-counts.astype(np.int32), size - 1)[size - 1]
        some = np.concatenate(
            (np.flatnonzero(counts > least), np.flatnonzero(counts == least))
        )[:size]
        some.sort()
        return some.take(np.argsort(-counts.take(some), kind="stable"))
    order: Array = np.argsort(-counts, kind="stable")
    return order[:size]
