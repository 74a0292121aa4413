"""Rows of postings, packed into a byte each.

A row is a document and how often its key stands there. The high four bits of its byte are how many
documents were skipped since the row before it (the first row of a key: since document 0), the low
four how often the key stands there beyond once. 15 in either says that the number stands in a list
of wide ones, in the order of the rows: `wide_skips` (u16) and `wide_extras` (u32). Nine rows in ten
need neither.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from index.engines.shared import kernels
from index.engines.shared.arrays import Array
from index.model.errors import IndexDamagedError

__all__ = ["agree", "occurrences", "of_keys", "packed", "unpacked"]

# Four bits that say that the number stands in the list.
WIDE = 15
# The largest number that is written into four bits. Readers do not rely on it.
LARGEST_NARROW = 14


def packed(
    documents: Array,
    counts: Array,
    starts: Array,
) -> dict[str, Array]:
    """The parts of a postings set that hold its rows, by key of the layout.

    `documents` rise strictly within each key; the rows of key k are `starts[k]`..`starts[k + 1]`,
    at least one. `counts` are 1 or more.
    """
    skips = np.diff(documents.astype(np.int32), prepend=np.int32(-1)) - 1
    firsts = starts[:-1]
    skips[firsts] = documents[firsts]
    extras = counts.astype(np.int64) - 1
    high, wide_skips, skip_starts = _narrowed(skips, starts)
    low, wide_extras, extra_starts = _narrowed(extras, starts)
    return {
        "rows": high << 4 | low,
        "wide_skips": wide_skips,
        "skip_starts": skip_starts,
        "wide_extras": wide_extras,
        "extra_starts": extra_starts,
    }


def _narrowed(
    numbers: Array,
    starts: Array,
) -> tuple[Array, Array, Array]:
    """The numbers as four bits (u1), the wide ones, and how many of these stand before each key."""
    wide_rows = np.flatnonzero(numbers > LARGEST_NARROW)
    narrow = numbers.astype(np.uint8)
    narrow[wide_rows] = WIDE
    return narrow, numbers[wide_rows], wide_rows.searchsorted(starts)


def unpacked(
    rows: Array,
    wide_skips: Array,
    wide_extras: Array,
    starts: Array,
) -> tuple[Array, Array]:
    """The documents (u16) and counts (i64) of the rows of neighbouring keys.

    The rows of key k are `starts[k]`..`starts[k + 1]`, counted from the first key's first row. The
    wide numbers are those of these rows. Raises IndexDamagedError where they are more or fewer.
    """
    if kernels.compiled is not None:
        bounds = np.ascontiguousarray(starts, np.int64)
        found = kernels.compiled.unpack_rows(rows, wide_skips, wide_extras, bounds)
        if found is not None:
            documents, counts = found
            return np.frombuffer(documents, np.uint16), np.frombuffer(counts, np.int64)
    steps = _widened(rows >> 4, wide_skips) + 1
    counts = _widened(rows & WIDE, wide_extras) + 1
    # how many documents lie before the one behind each row, all keys one behind the other
    passed = np.cumsum(steps)
    before = np.append(0, passed)[starts[:-1]]
    documents = passed - 1 - np.repeat(before, np.diff(starts))
    return documents.astype(np.uint16), counts


def of_keys(
    arrays: Mapping[str, Array],
    first: int,
    last: int,
) -> tuple[Array, Array]:
    """The documents (u16) and counts (i64) of the keys first..last (exclusive) of a postings set.

    `arrays` are the parts of the set by key. Raises IndexDamagedError.
    """

    def entries(part: str, starts: str) -> Array:
        bounds = arrays[starts]
        return arrays[part][bounds[first] : bounds[last]]

    starts = arrays["starts"][first : last + 1].astype(np.int64)
    return unpacked(
        entries("rows", "starts"),
        entries("wide_skips", "skip_starts"),
        entries("wide_extras", "extra_starts"),
        starts - starts[0],
    )


def _widened(
    narrow: Array,
    wide: Array,
) -> Array:
    """The true numbers (i64) of four bits each."""
    numbers = narrow.astype(np.int64)
    wide_rows = np.flatnonzero(narrow == WIDE)
    if len(wide_rows) != len(wide):
        raise IndexDamagedError("postings have other rows than wide numbers")
    numbers[wide_rows] = wide
    return numbers


def occurrences(arrays: Mapping[str, Array]) -> Array:
    """How often each key of a postings set stands anywhere (i64).

    `arrays` are the parts of the set by key. Nothing is unpacked: a large index has a hundred
    million rows.
    """
    starts = arrays["starts"].astype(np.int64)
    if len(starts) < 2:
        return np.zeros(0, np.int64)
    extras = arrays["rows"] & WIDE
    extras[extras == WIDE] = 0
    narrow = np.add.reduceat(extras, starts[:-1], dtype=np.int64)
    wide = np.append(0, np.cumsum(arrays["wide_extras"], dtype=np.int64))
    totals: Array = narrow + np.diff(starts)
    return totals + np.diff(wide[arrays["extra_starts"]])


def agree(arrays: Mapping[str, Array]) -> bool:
    """Whether each key of a postings set has as many wide numbers as its rows say."""
    firsts = arrays["starts"][:-1].astype(np.int64)
    rows = arrays["rows"]
    narrow = {"skip_starts": rows >> 4, "extra_starts": rows & WIDE}
    return all(
        np.array_equal(
            np.diff(arrays[key].astype(np.int64)),
            np.add.reduceat(numbers == WIDE, firsts, dtype=np.int64)
            if len(firsts)
            else [],
        )
        for key, numbers in narrow.items()
    )
