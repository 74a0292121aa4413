"""Occurrences as arrays: [start, end) spans, which of them count, and which lie near each other.

The rule of counting: of all spans where one of the strings stands, the leftmost is counted; of
several that start there, the longest. The next one may begin where it ended. For a single string
that is `str.count`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.shared.arrays import Array

__all__ = [
    "NO_VALUES",
    "choose",
    "distinct",
    "inside",
    "near",
    "overlaps_itself",
    "touches",
]

NO_VALUES: Array = np.empty(0, np.int64)
# With this many times more spans than chains, it is quicker to look behind each chain.
FEW_CHAINS = 8


def overlaps_itself(units: bytes) -> bool:
    """Whether a string of two-byte units can begin inside itself, as 公开公 can."""
    return any(
        # both ends of 公开公 are 公
        units[:n] == units[-n:]
        for n in range(2, len(units), 2)
    )


def distinct(values: Array) -> Array:
    """The values, sorted, each once."""
    if len(values) < 2 or (values[1:] > values[:-1]).all():
        return values
    # np.unique hashes integers, which takes twenty times as long on positions
    values = np.sort(values)
    differs = values[1:] != values[:-1]
    return values[np.concatenate(([True], differs))]


# ---------------------------------------------------------------------- counting
def choose(
    starts: Array,
    ends: Array,
) -> Array:
    """Which of the spans count: their numbers, in order. Spans need not be sorted.

    >>> choose(np.array([0, 1, 3]), np.array([2, 3, 4])).tolist()
    [0, 2]
    """
    if len(starts) < 2:
        return np.arange(len(starts))
    order: Array = np.arange(len(starts))
    # the spans of one string are sorted already
    is_sorted = not (starts[1:] <= starts[:-1]).any()
    if not is_sorted:
        # of several that start together the longest comes first and is the one that stays
        order = np.lexsort((-ends, starts))
        starts = starts[order]
        ends = ends[order]
        differs = starts[1:] != starts[:-1]
        is_first = np.concatenate(([True], differs))
        if not is_first.all():
            order = order[is_first]
            starts = starts[is_first]
            ends = ends[is_first]
    reach = np.maximum.accumulate(ends)
    # free: nothing that begins before it reaches into it
    is_behind = starts[1:] >= reach[:-1]
    is_free = np.concatenate(([True], is_behind))
    if is_free.all():
        return order
    return order[_walk(starts, ends, is_free)]


def _walk(
    starts: Array,
    ends: Array,
    is_free: Array,
) -> Array:
    """Which of the sorted spans count.

    Spans that overlap form clusters; a free span begins one. All clusters are walked at once, from
    each counted span to the next one that may begin.
    """
    current = np.flatnonzero(is_free)
    # where the cluster of each current span ends
    limit = np.append(current[1:], len(starts))
    is_counted = is_free.copy()
    while len(current):
        following = starts.searchsorted(ends[current])
        is_inside = following < limit
        current = following[is_inside]
        limit = limit[is_inside]
        is_counted[current] = True
    return np.flatnonzero(is_counted)


def inside(
    starts: Array,
    ends: Array,
    outer: Array,
    width: int,
) -> Array:
    """Which spans lie wholly inside one of [o, o + width), o in the sorted `outer`."""
    if not len(outer) or not len(starts):
        return np.zeros(len(starts), bool)
    last = outer.searchsorted(starts, "right") - 1
    outer_ends = outer[np.maximum(last, 0)] + width
    is_inside: Array = (last >= 0) & (outer_ends >= ends)
    return is_inside


def touches(
    starts: Array,
    ends: Array,
    block_starts: Array,
    block_ends: Array,
) -> Array:
    """Which spans share a character with one of the sorted, disjoint blocks."""
    if not len(block_starts) or not len(starts):
        return np.zeros(len(starts), bool)
    last = block_starts.searchsorted(ends) - 1
    ends_of_last = block_ends[np.maximum(last, 0)]
    is_touching: Array = (last >= 0) & (ends_of_last > starts)
    return is_touching


# ---------------------------------------------------------------------- nearness
def near(
    operands: Sequence[tuple[Array, Array]],
    stream_of: Array,
    distance: int,
) -> Array:
    """Where chains end that have one span of each operand, in any order, none overlapping.

    `operands` are (starts, ends) in characters of all texts joined; `stream_of` are the sorted
    starts of the texts. At most `distance` characters stand between neighbours. Returns positions
    of last characters, so each lies inside a text that has a chain.

    Chains are built for every set of operands, small sets first: {公开}, {收费}, then both, as
    公开 behind a chain of {收费} or 收费 behind a chain of {公开}. A set is the bits of a number.
    """
    operands = [_by_start(*spans) for spans in operands]
    everyone = (1 << len(operands)) - 1
    chain_ends: dict[int, Array] = {0: NO_VALUES}
    for members in range(1, everyone + 1):
        reached = []
        for number, (starts, ends) in enumerate(operands):
            bit = 1 << number
            if not members & bit:
                continue
            if members == bit:
                reached.append(ends)
                continue
            before = chain_ends[members & ~bit]
            reached.append(
                _extended(
                    before,
                    starts,
                    ends,
                    stream_of,
                    distance,
                )
            )
        chain_ends[members] = distinct(np.concatenate(reached))
    return chain_ends[everyone] - 1


def _by_start(
    starts: Array,
    ends: Array,
) -> tuple[Array, Array]:
    if (starts[1:] >= starts[:-1]).all():
        return starts, ends
    order = np.argsort(starts, kind="stable")
    return starts[order], ends[order]


def _extended(
    before: Array,
    starts: Array,
    ends: Array,
    stream_of: Array,
    distance: int,
) -> Array:
    """The ends of the spans (sorted by start) that continue a chain ending in `before` (sorted)."""
    if not len(before) or not len(starts):
        return NO_VALUES
    if len(before) * FEW_CHAINS < len(starts):
        chain, span = _behind_chains(before, starts, distance)
    else:
        chain, span = _before_spans(before, starts, distance)
    # a chain does not cross from one text into the next
    text_of_chain = stream_of.searchsorted(before[chain] - 1, "right")
    text_of_span = stream_of.searchsorted(starts[span], "right")
    extended: Array = ends[span[text_of_chain == text_of_span]]
    return extended


def _behind_chains(
    before: Array,
    starts: Array,
    distance: int,
) -> tuple[Array, Array]:
    """Index pairs (chain, span): for each chain, all spans that begin near after its end.

    Near is at most `distance` characters away.
    """
    first = starts.searchsorted(before)
    behind = starts.searchsorted(before + distance, "right")
    counts = behind - first
    chain = np.repeat(np.arange(len(before)), counts)
    run_starts = np.cumsum(counts) - counts
    # each chain has its spans as a run: the n-th of a run is the n-th behind `first`
    shifts = np.repeat(first - run_starts, counts)
    span = np.arange(len(chain)) + shifts
    return chain, span


def _before_spans(
    before: Array,
    starts: Array,
    distance: int,
) -> tuple[Array, Array]:
    """Index pairs (chain, span): for each span, the chain with the nearest end before it.

    Other chains need not be tried: they end farther away. A span is left out when even the nearest
    chain ends more than `distance` before it.
    """
    chain = before.searchsorted(starts, "right") - 1
    gap = starts - before[np.maximum(chain, 0)]
    span = np.flatnonzero((chain >= 0) & (gap <= distance))
    return chain[span], span
