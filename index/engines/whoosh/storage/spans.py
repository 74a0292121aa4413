"""Occurrences as arrays: [start, end) spans, which of them count, and which lie near each other.

The rule of counting: of all the places where one of the strings stands, taken together, the
leftmost is counted, of several that start there the longest, and the next one may begin where it
ended. For a single string that is `str.count`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.whoosh.storage.pack import Array

__all__ = [
    "EMPTY",
    "choose",
    "distinct",
    "inside",
    "near",
    "overlaps_itself",
    "touches",
]

EMPTY: Array = np.empty(0, np.int64)


def overlaps_itself(units: bytes) -> bool:
    """Whether a string of two-byte units can begin inside itself."""
    return any(units[:n] == units[-n:] for n in range(2, len(units), 2))


def distinct(values: Array) -> Array:
    """The values, sorted, each once. np.unique hashes integers, which takes twenty times as long on
    places.
    """
    if len(values) < 2 or (values[1:] > values[:-1]).all():
        return values
    values = np.sort(values)
    return values[np.concatenate(([True], values[1:] != values[:-1]))]


def choose(starts: Array, ends: Array) -> Array:
    """Which of the spans count: their numbers, in order. Spans need not be sorted."""
    if len(starts) < 2:
        return np.arange(len(starts))
    order: Array = np.arange(len(starts))
    if (starts[1:] <= starts[:-1]).any():
        order = np.lexsort((-ends, starts))
        starts, ends = starts[order], ends[order]
        first = np.concatenate(([True], starts[1:] != starts[:-1]))
        if not first.all():
            order, starts, ends = order[first], starts[first], ends[first]
    reach = np.maximum.accumulate(ends)
    free = np.concatenate(([True], starts[1:] >= reach[:-1]))
    return order if free.all() else order[_walk(starts, ends, free)]


def _walk(starts: Array, ends: Array, free: Array) -> Array:
    """Walk all clusters of overlapping spans at once, from each counted span to the next that may
    begin.
    """
    current = np.flatnonzero(free)
    limit = np.append(current[1:], len(starts))
    kept = free.copy()
    while len(current):
        following = starts.searchsorted(ends[current])
        going = following < limit
        current, limit = following[going], limit[going]
        kept[current] = True
    return np.flatnonzero(kept)


def inside(starts: Array, ends: Array, outer: Array, width: int) -> Array:
    """Which spans lie wholly inside one of [o, o + width), o in the sorted `outer`."""
    if not len(outer) or not len(starts):
        return np.zeros(len(starts), bool)
    last = outer.searchsorted(starts, "right") - 1
    found: Array = (last >= 0) & (outer[np.maximum(last, 0)] + width >= ends)
    return found


def touches(
    starts: Array, ends: Array, block_starts: Array, block_ends: Array
) -> Array:
    """Which spans share a place with one of the sorted, disjoint blocks."""
    if not len(block_starts) or not len(starts):
        return np.zeros(len(starts), bool)
    last = block_starts.searchsorted(ends) - 1
    found: Array = (last >= 0) & (block_ends[np.maximum(last, 0)] > starts)
    return found


def near(
    operands: Sequence[tuple[Array, Array]], stream_of: Array, distance: int
) -> Array:
    """The starts that end a chain of one span of each operand, in any order, none overlapping.

    `operands` are (starts, ends) in characters of all streams joined; `stream_of` are the sorted
    starts of the streams. At most `distance` characters stand between neighbours. Gives a position
    inside each stream that has a chain.
    """
    operands = [_by_start(*spans) for spans in operands]
    everyone = (1 << len(operands)) - 1
    chains: dict[int, Array] = {0: EMPTY}
    for members in range(1, everyone + 1):
        reached = [
            _extended(
                chains[members & ~(1 << i)],
                starts,
                ends,
                stream_of,
                distance,
                alone=members == 1 << i,
            )
            for i, (starts, ends) in enumerate(operands)
            if members >> i & 1
        ]
        chains[members] = distinct(np.concatenate(reached))
    return chains[everyone] - 1


def _by_start(starts: Array, ends: Array) -> tuple[Array, Array]:
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
    *,
    alone: bool,
) -> Array:
    """The ends of the spans (sorted by start) that continue a chain ending in `before` (sorted)."""
    if alone:
        return ends
    if not len(before) or not len(starts):
        return EMPTY
    if len(before) * 8 < len(starts):  # few chains: look at what follows each
        first = starts.searchsorted(before)
        many = starts.searchsorted(before + distance, "right") - first
        chain = np.repeat(np.arange(len(before)), many)
        span = np.arange(len(chain)) + np.repeat(first - (np.cumsum(many) - many), many)
    else:  # few spans: the nearest end before each is the best one
        chain = before.searchsorted(starts, "right") - 1
        span = np.flatnonzero(
            (chain >= 0) & (starts - before[np.maximum(chain, 0)] <= distance)
        )
        chain = chain[span]
    together = stream_of.searchsorted(
        before[chain] - 1, "right"
    ) == stream_of.searchsorted(starts[span], "right")
    found: Array = ends[span[together]]
    return found
