"""Postings: sorted keys -> documents and counts (and positions), as arrays: made and read.

Each key has rows; a row is a document and a count, packed into a byte (`rows.py`). The parts are
declared in `layout.postings_set`; merging is in `writing/merge_postings.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.engines.shared.arrays import Array, run_lengths
from index.engines.whoosh.storage.bits import (
    LARGEST_WIDTH,
    all_in_bits,
    from_bits,
    width_of,
)
from index.engines.whoosh.storage.layout import PartSet
from index.engines.whoosh.storage.pack import Pack, Part
from index.engines.whoosh.storage.rows import packed, unpacked

__all__ = ["Postings", "Rows", "postings_of"]


def postings_of(
    keys: Array,
    documents: Array,
    counts: Array,
    positions: Array | None = None,
    *,
    in_bits: bool = False,
) -> dict[str, Array]:
    """The arrays of a postings set, by key, for rows sorted by (key, document).

    `positions` stand in the order of the rows, `counts` many for each; `in_bits` packs them.
    """
    key_starts, _ = run_lengths(keys)
    starts = np.append(key_starts, len(keys))
    # what is written has smaller types: the layout casts
    arrays = {
        "keys": keys[key_starts],
        "starts": starts,
        **packed(documents, counts, starts),
    }
    if positions is not None:
        row_ends = np.concatenate(
            (
                [0],
                np.cumsum(
                    counts,
                    dtype=np.int64,
                ),
            )
        )
        arrays["position_starts"] = row_ends[starts]
        arrays["positions"] = positions
        if in_bits:
            width = width_of(int(positions.max(initial=0)))
            arrays["position_width"] = np.array([width])
            arrays["positions"] = np.concatenate([*all_in_bits([positions], width)])
    return arrays


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one key or of neighbouring keys.

    Documents are u16, counts i64. The positions of the rows are `start`..`end` of all positions.
    """

    documents: Array
    counts: Array
    start: int
    end: int


class Postings:
    """One set of postings of a pack, for reading."""

    def __init__(
        self,
        pack: Pack,
        part_set: PartSet,
    ) -> None:
        parts = part_set.opened(pack)
        # what every question searches is checked and held whole
        self.keys = parts["keys"].whole()
        self.starts = parts["starts"]
        self.packed = parts["rows"]
        self.skip_starts = parts["skip_starts"]
        self.wide_skips = parts["wide_skips"]
        self.extra_starts = parts["extra_starts"]
        self.wide_extras = parts["wide_extras"]
        self.position_starts = parts.get("position_starts")
        self.positions = parts.get("positions")
        self.position_width = 0
        if "position_width" in parts:
            self.position_width = int(parts["position_width"].whole()[0])
            if not 0 < self.position_width <= LARGEST_WIDTH:
                raise pack.damaged("has positions of an impossible width")

    def find(self, keys: Array) -> Array | None:
        """The numbers of `keys`, or None when one of them is missing."""
        if not len(self.keys):
            return None
        # a key behind the last has the number behind the last: it is compared with the last
        numbers: Array = self.keys.searchsorted(keys)
        numbers = np.minimum(numbers, len(self.keys) - 1)
        all_found = (self.keys[numbers] == keys).all()
        return numbers if all_found else None

    def find_one(self, key: int) -> int:
        """The number of `key`, or -1."""
        # a plain int would make numpy convert all the keys
        typed = self.keys.dtype.type(key)
        number = int(self.keys.searchsorted(typed))
        is_found = number < len(self.keys) and self.keys[number] == typed
        return number if is_found else -1

    def frequencies(self, keys: Array) -> Array:
        """How many rows each of `keys` has: 0 for one that is missing."""
        if not len(self.keys) or not len(keys):
            return np.zeros(len(keys), np.int64)
        # numpy converts the longer array when the types differ
        numbers = self.keys.searchsorted(keys.astype(self.keys.dtype))
        numbers = np.minimum(numbers, len(self.keys) - 1)
        ends = self.starts.take(numbers, 1).astype(np.int64)
        rows = ends - self.starts.take(numbers)
        frequencies: Array = np.where(
            self.keys[numbers] == keys,
            rows,
            0,
        )
        return frequencies

    def span(
        self,
        first: int,
        last: int,
    ) -> tuple[int, int]:
        """The rows of the keys first..last (exclusive)."""
        starts = self.starts.slice(first, last + 1)
        return int(starts[0]), int(starts[-1])

    def rows(
        self,
        first: int,
        last: int,
    ) -> Rows:
        """The rows of the keys first..last (exclusive)."""
        position_start = position_end = 0
        if self.position_starts is not None:
            bounds = self.position_starts.slice(first, last + 1)
            position_start = int(bounds[0])
            position_end = int(bounds[-1])
        documents, counts = unpacked(*self.packed_rows(first, last))
        return Rows(
            documents=documents,
            counts=counts,
            start=position_start,
            end=position_end,
        )

    def positions_between(
        self,
        start: int,
        end: int,
    ) -> Array:
        """The positions `start`..`end` (u16) of all positions."""
        assert self.positions is not None
        return from_bits(self.positions.slice, self.position_width, start, end)

    def packed_rows(
        self,
        first: int,
        last: int,
    ) -> tuple[Array, Array, Array, Array]:
        """The rows of the keys first..last (exclusive) as `rows.unpacked` takes them."""
        starts = self.starts.slice(first, last + 1).astype(np.int64)
        start = int(starts[0])
        return (
            self.packed.slice(start, int(starts[-1])),
            self._wide(self.wide_skips, self.skip_starts, first, last),
            self._wide(self.wide_extras, self.extra_starts, first, last),
            starts - start,
        )

    @staticmethod
    def _wide(
        numbers: Part,
        starts: Part,
        first: int,
        last: int,
    ) -> Array:
        """The wide numbers of the keys first..last (exclusive)."""
        if not len(numbers):
            return numbers.array
        bounds = starts.slice(first, last + 1)
        return numbers.slice(int(bounds[0]), int(bounds[-1]))
