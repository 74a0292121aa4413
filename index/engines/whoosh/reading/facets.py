"""Counting facets: ordinals of each segment -> counts of the snapshot's values, a path under each
of its prefixes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from index.engines.seam import (
    FacetCount,
    FacetCounts,
    FacetRequest,
)
from index.engines.shared import kernels
from index.engines.shared.arrays import Array
from index.engines.shared.facet_paths import FacetPath
from index.engines.whoosh.reading.segment import LiveSegment, Segment
from index.engines.whoosh.reading.selection import Selection

__all__ = ["FacetTable", "Numbering"]

# Selecting the greatest pays below a quarter of all values; above, all are sorted.
SELECTION_SHARE = 4

# Where more than one value in so many is looked up, a dictionary of all is quicker than bisection.
WORTH_A_DICTIONARY = 16


class Numbering:
    """The sorted values of one facet in a snapshot, and the global ordinal of each segment ordinal.

    A global ordinal is an index into `values`. `numbers` maps a segment's name to the array
    "segment ordinal -> global ordinal". A new snapshot reuses the Numbering of the previous one
    and adds new values. A value that no report has any more stays, with count 0. No segment is
    referenced, so replaced segments can be freed. `below` is None for a facet without paths.
    """

    values: Sequence[str]
    below: tuple[Array, Array] | None
    numbers: dict[str, Array]

    def __init__(
        self,
        name: str,
        segments: Sequence[Segment],
        before: Numbering | None = None,
    ) -> None:
        self.values = before.values if before else ()
        self.below = before.below if before else None
        known = before.numbers if before else {}
        self.numbers = {}
        added: dict[str, Sequence[FacetPath]] = {}
        for segment in segments:
            if segment.name in known:
                self.numbers[segment.name] = known[segment.name]
            else:
                _, added[segment.name] = segment.facet(name)
        # most commits bring no new value at all
        new_values = {
            value for value in _with_prefixes(added) if self.number_of(value) is None
        }
        # values of an index that had none have moved, too: what was known had no value
        moved: Sequence[str] | None = None
        if new_values:
            moved = self.values
            self.values = sorted([*self.values, *new_values])
            # only the region is a path; other facets do without this table
            if self.below or _has_paths(added):
                self.below = _spans_below(self.values)
        if added:
            self._number(added, moved)

    def _number(
        self,
        added: Mapping[str, Sequence[FacetPath]],
        moved: Sequence[str] | None,
    ) -> None:
        """Compute the global ordinals of the new segments `added`.

        `moved` holds the values before new ones were inserted, or is None when none were. In the
        first case the ordinals of the known segments are updated too. A document without the
        facet gets the global ordinal len(values).
        """
        number_of: Callable[[str], int | None] = self.number_of
        paths_count = sum(map(len, added.values()))
        if moved is not None or paths_count * WORTH_A_DICTIONARY > len(self.values):
            number_of = {value: number for number, value in enumerate(self.values)}.get
        no_value = len(self.values)
        if moved is not None:
            new_numbers = [*map(number_of, moved), no_value]
            table = np.array(new_numbers, np.int64)
            # the segments that are known already are not read again
            for name, numbers in self.numbers.items():
                self.numbers[name] = table.take(numbers)
        for name, paths in added.items():
            numbers_of_paths = [
                number_of("/".join(path)) if path else no_value for path in paths
            ]
            self.numbers[name] = np.array(numbers_of_paths, np.int64)

    def number_of(self, value: str) -> int | None:
        """The global ordinal of a value, if there is one."""
        # values are sorted: no dictionary of all agencies is held for this
        number = bisect_left(self.values, value)
        is_known = number < len(self.values) and self.values[number] == value
        return number if is_known else None


class FacetTable:
    """One facet of a snapshot.

    `columns` holds for each segment the global ordinal of each document, `totals` for each segment
    the number of live reports by global ordinal.
    """

    def __init__(
        self,
        name: str,
        segments: Sequence[LiveSegment],
        before: Numbering | None = None,
    ) -> None:
        self.name = name
        self.segments = segments
        self.numbering = Numbering(
            name,
            [live.segment for live in segments],
            before,
        )
        self.values = self.numbering.values
        self.below = self.numbering.below
        # two bytes a document where they hold the ordinals
        dtype = np.uint16 if len(self.values) < 1 << 16 else np.uint32
        self.columns = []
        self.totals = []
        for live in segments:
            numbers = self.numbering.numbers[live.segment.name].astype(dtype)
            ordinals, _ = live.segment.facet(name)
            column = numbers.take(ordinals)
            self.columns.append(column)
            live_documents = np.flatnonzero(live.live)
            self.totals.append(self._counts(column, live_documents))

    def _counts(
        self,
        column: Array,
        documents: Array,
    ) -> Array:
        """How many of some documents of a segment have each value; the last count is no value."""
        if len(documents) != len(column):
            column = column.take(documents)
        return np.bincount(
            column,
            minlength=len(self.values) + 1,
        )

    def _add(
        self,
        total: Array,
        column: Array,
        documents: Array,
        sign: int = 1,
    ) -> None:
        """Add these counts to a total, or subtract them."""
        if kernels.compiled is not None and kernels.is_flat(documents, "i8"):
            kernels.compiled.add_counts(total, column, documents, sign)
        else:
            total += sign * self._counts(column, documents)

    def counted(self, selections: Sequence[Selection]) -> tuple[Array, int]:
        """How many of the live documents selected (by segment) have each value, how many none."""
        total = np.zeros(len(self.values) + 1, np.int64)
        for live, column, segment_total, selection in zip(
            self.segments, self.columns, self.totals, selections, strict=True
        ):
            if 2 * len(selection) < len(live.live):
                self._add(total, column, selection.documents)
            else:
                # most were selected: count the others
                total += segment_total
                self._add(total, column, selection.missing(live.live), -1)
        counts, unknown = total[:-1], int(total[-1])
        if self.below is None:
            return counts, unknown
        # the values below 广东省 stand behind it, so their counts are a difference of two totals
        starts, ends = self.below
        totals_before = np.concatenate(([0], np.cumsum(counts)))
        below = totals_before.take(ends) - totals_before.take(starts)
        return counts + below, unknown

    def answer(
        self,
        asked: FacetRequest,
        counts: Array,
        unknown: int,
    ) -> FacetCounts:
        """The counts in the order and number asked for."""
        if asked.contains:
            containing = self._containing(asked.contains, counts)
            among = np.zeros(len(counts), np.int64)
            among[containing] = counts.take(containing)
            numbers, greatest, total_values = _greatest(among, asked.size)
        else:
            numbers, greatest, total_values = _greatest(counts, asked.size)
        numbered = zip(numbers, greatest, strict=True)
        listed = [FacetCount(self.values[number], count) for number, count in numbered]
        if asked.always:
            listed += self._unlisted(asked.always, listed, counts)
            # equal counts by value: answers do not depend on the history of the index
            listed.sort(key=lambda count: (-count.count, count.value))
        return FacetCounts(
            name=asked.name,
            counts=tuple(listed),
            total_values=total_values,
            unknown=unknown,
        )

    def _containing(
        self,
        text: str,
        counts: Array,
    ) -> list[int]:
        """The global ordinals of the values with a count that contain a text."""
        numbers = np.flatnonzero(counts).tolist()
        return [number for number in numbers if text in self.values[number]]

    def _unlisted(
        self,
        values: Sequence[str],
        listed: Sequence[FacetCount],
        counts: Array,
    ) -> list[FacetCount]:
        """The counts of those `values` that are not listed."""
        known = {count.value for count in listed}
        return [
            self._count(value, counts)
            for value in dict.fromkeys(values)
            if value not in known
        ]

    def _count(
        self,
        value: str,
        counts: Array,
    ) -> FacetCount:
        number = self.numbering.number_of(value)
        return FacetCount(value, 0 if number is None else int(counts[number]))


# ---------------------------------------------------------------------- paths
def _with_prefixes(added: Mapping[str, Sequence[FacetPath]]) -> set[str]:
    """The values of some segments, and all that stand above them."""
    return {
        "/".join(path[:depth])
        for paths in added.values()
        for path in paths
        for depth in range(1, len(path) + 1)
    }


def _has_paths(added: Mapping[str, Sequence[FacetPath]]) -> bool:
    return any(len(path) > 1 for paths in added.values() for path in paths)


def _spans_below(values: Sequence[str]) -> tuple[Array, Array]:
    """For each value, the range [start, end) of `values` that holds the paths below it.

    In sorted order all paths that begin with 广东省/ stand together.
    """
    parents = _parents(values)
    starts = np.zeros(len(values), np.int64)
    ends = np.zeros(len(values), np.int64)
    for number, value in enumerate(values):
        if value in parents:
            starts[number] = bisect_left(values, f"{value}/")
            # "0" follows "/"
            ends[number] = bisect_left(values, f"{value}0")
    return starts, ends


def _parents(values: Sequence[str]) -> set[str]:
    """All that stand above some values."""
    # 广东省/深圳市/龙岗区 has the parents 广东省/深圳市 and 广东省
    parents: set[str] = set()
    for value in values:
        above, slash, _ = value.rpartition("/")
        while slash and above not in parents:
            parents.add(above)
            above, slash, _ = above.rpartition("/")
    return parents


def _greatest(
    counts: Array,
    size: int,
) -> tuple[list[int], list[int], int]:
    """The numbers of the `size` greatest counts, those counts, and how many counts there are.

    The greatest comes first, equal ones come in their order. A count of 0 is none: values that
    nobody has are listed only when they are asked for.
    """
    is_few = size <= kernels.MAX_SELECTED
    if kernels.compiled is not None and is_few and kernels.is_flat(counts, "i8"):
        found: tuple[list[int], list[int], int] = kernels.compiled.greatest(
            counts, size
        )
        return found
    order = _ordered(counts, size)
    order = order[counts.take(order) > 0]
    positive = int(np.count_nonzero(counts))
    return order.tolist(), counts.take(order).tolist(), positive


def _ordered(
    counts: Array,
    size: int,
) -> Array:
    """The numbers of the `size` greatest counts, zeros among them."""
    if 0 < size < len(counts) // SELECTION_SHARE:
        # Most counts are alike, where numpy selects slowly: least so from the front, among numbers
        # of four bytes.
        negative = -counts.astype(np.int32)
        least = -np.partition(negative, size - 1)[size - 1]
        greater = np.flatnonzero(counts > least)
        equal = np.flatnonzero(counts == least)
        chosen = np.concatenate((greater, equal))[:size]
        chosen.sort()
        order = np.argsort(-counts.take(chosen), kind="stable")
        return chosen.take(order)
    order = np.argsort(-counts, kind="stable")
    return order[:size]
