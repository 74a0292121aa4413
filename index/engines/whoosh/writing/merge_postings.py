"""Merging postings: a range of keys at a time, so that memory does not grow with the index."""

from __future__ import annotations

from collections.abc import (
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.engines.shared.arrays import Array, run_lengths
from index.engines.whoosh.storage.bits import all_in_bits, from_bits, width_of
from index.engines.whoosh.storage.columns import offsets_of
from index.engines.whoosh.storage.layout import PartSet, Unit
from index.engines.whoosh.storage.pack import PackWriter
from index.engines.whoosh.storage.rows import of_keys, packed

__all__ = ["merge_postings", "runs_in_order"]

# Rows of all sources together that are held in memory at once.
ROWS_AT_A_TIME = 1 << 20
NO_POSITIONS: Array = np.empty(0, "<u2")


@dataclass(frozen=True, slots=True)
class PostingsInput:
    """Postings to merge: their arrays by key, and the new number of each document (-1: dropped)."""

    arrays: Mapping[str, Array]
    renumbering: Array

    @property
    def keys(self) -> Array:
        """The sorted keys."""
        return self.arrays["keys"]

    @property
    def starts(self) -> Array:
        """Where the rows of each key start, and where the last end."""
        return self.arrays["starts"]


@dataclass(slots=True)
class Block:
    """Neighbouring keys with their rows.

    For each key: how many rows and how many positions it has (i64). For each row: its document
    (u16) and its count (i64). All positions (u16 or u32) stand in the order of the rows.
    """

    keys: Array
    rows: Array
    position_counts: Array
    documents: Array
    counts: Array
    positions: Array


def merge_postings(
    out: PackWriter,
    part_set: PartSet,
    sources: Sequence[tuple[Mapping[str, Array], Array]],
) -> None:
    """Merge postings of several (arrays by part name, renumbering of documents) into a pack."""
    chosen = [
        PostingsInput(part_set.picked(arrays), renumbering)
        for arrays, renumbering in sources
    ]
    # all parts of the set grow at once, block after block
    spools = {
        row.key: out.spool("<u2" if row.in_bits else row.dtypes[0])
        for row in part_set.rows
        if row.key != "position_width"
    }
    # of each part with the starts of entries: the part that holds these entries
    entries_of = {
        row.length.part: row.key
        for row in part_set.rows
        if row.length.unit in (Unit.LAST_OFFSET, Unit.LAST_OFFSET_IN_BITS)
    }
    largest = 0
    for block in _blocks(chosen):
        largest = max(largest, int(block.positions.max(initial=0)))
        arrays = _arrays(block)
        for key, entries in entries_of.items():
            arrays[key] = arrays[key][:-1] + spools[entries].length
        for key, spool in spools.items():
            spool.append(arrays[key])
    # where the entries of the last key end
    for key, entries in entries_of.items():
        spools[key].append(np.array([spools[entries].length]))
    width = width_of(largest)
    for row in part_set.rows:
        name = part_set.part_name(row.key)
        if row.key == "position_width":
            out.add(name, row.cast(np.array([width])))
        elif row.in_bits:
            pieces = all_in_bits(spools[row.key].pieces(), width)
            out.add_pieces(name, np.dtype(row.dtypes[0]), pieces)
        else:
            out.copy(name, spools[row.key])


def _arrays(block: Block) -> dict[str, Array]:
    """The parts of a postings set, by key, of one block alone."""
    starts = offsets_of(block.rows)
    return {
        "keys": block.keys,
        "starts": starts,
        **packed(block.documents, block.counts, starts),
        "position_starts": offsets_of(block.position_counts),
        "positions": block.positions,
    }


# ---------------------------------------------------------------------- ranges of keys
def _blocks(sources: Sequence[PostingsInput]) -> Iterator[Block]:
    """Blocks of rows in order, each a range of keys small enough to hold."""
    begins = [0] * len(sources)
    share = max(1, ROWS_AT_A_TIME // max(1, len(sources)))
    while any(
        begin < len(source.keys) for source, begin in zip(sources, begins, strict=True)
    ):
        ends = _ends(sources, begins, share)
        pieces = [
            _piece(source, begin, end)
            for source, begin, end in zip(sources, begins, ends, strict=True)
            if end > begin
        ]
        block = _joined(pieces)
        begins = ends
        if len(block.keys):
            yield block


def _ends(
    sources: Sequence[PostingsInput],
    begins: Sequence[int],
    share: int,
) -> list[int]:
    """Up to which key each source is read next: to the same key in all of them."""
    limits = []
    for source, begin in zip(sources, begins, strict=True):
        limit = _limit(source, begin, share)
        if limit is not None:
            limits.append(limit)
    if not limits:
        return [len(source.keys) for source in sources]
    # the smallest limit, so that a key is never split between two blocks
    nearest = min(limits)
    return [int(source.keys.searchsorted(nearest)) for source in sources]


def _limit(
    source: PostingsInput,
    first: int,
    share: int,
) -> Any:
    """The first key behind `first` that no longer fits, or None when the rest fits."""
    starts = source.starts
    keys = source.keys
    rows_left = int(starts[-1]) - int(starts[first])
    if first == len(keys) or rows_left <= share:
        return None
    full = starts.dtype.type(int(starts[first]) + share)
    # one key is always read, however many rows it has
    number = max(first + 1, int(starts.searchsorted(full)))
    return None if number >= len(keys) else keys[number]


def _piece(
    source: PostingsInput,
    first: int,
    last: int,
) -> Block:
    """The rows of some keys of one source, renumbered, without the dropped ones."""
    arrays = source.arrays
    starts = arrays["starts"][first : last + 1].astype(np.int64)
    documents, counts = of_keys(arrays, first, last)
    position_counts = np.zeros(last - first, np.int64)
    positions = NO_POSITIONS
    if "positions" in arrays:
        offsets = arrays["position_starts"][first : last + 1].astype(np.int64)
        position_counts = np.diff(offsets)
        positions = _positions(arrays, int(offsets[0]), int(offsets[-1]))
    # -1 becomes 65,535 as u16: those rows are dropped below
    numbers = source.renumbering[documents]
    block = Block(
        keys=arrays["keys"][first:last],
        rows=np.diff(starts),
        position_counts=position_counts,
        documents=numbers.astype("<u2"),
        counts=counts,
        positions=positions,
    )
    is_kept = numbers >= 0
    return block if is_kept.all() else _only(block, is_kept)


def _positions(
    arrays: Mapping[str, Array],
    start: int,
    end: int,
) -> Array:
    """The positions `start`..`end` of all positions of a set."""
    positions = arrays["positions"]
    if "position_width" not in arrays:
        return positions[start:end]

    def piece(first: int, behind: int) -> Array:
        return positions[first:behind]

    return from_bits(piece, int(arrays["position_width"][0]), start, end)


def _only(
    block: Block,
    is_kept: Array,
) -> Block:
    """The block without the rows that are not kept."""
    starts = np.cumsum(block.rows) - block.rows
    rows = np.add.reduceat(
        is_kept,
        starts,
        dtype=np.int64,
    )
    has_rows = rows > 0
    position_counts = block.position_counts
    positions = block.positions
    if len(positions):
        position_counts = np.add.reduceat(block.counts * is_kept, starts)
        positions = positions[np.repeat(is_kept, block.counts)]
    return Block(
        keys=block.keys[has_rows],
        rows=rows[has_rows],
        position_counts=position_counts[has_rows],
        documents=block.documents[is_kept],
        counts=block.counts[is_kept],
        positions=positions,
    )


# ---------------------------------------------------------------------- joining
def _joined(pieces: Sequence[Block]) -> Block:
    """The rows of several pieces in the order of (key, document).

    The documents of a piece nearly always stand behind those of the pieces before it: only keys are
    sorted, and the rows and positions of each key are moved together.
    """
    if len(pieces) == 1:
        return _in_order(pieces[0])
    keys = np.concatenate([piece.keys for piece in pieces])
    rows = np.concatenate([piece.rows for piece in pieces])
    position_counts = np.concatenate([piece.position_counts for piece in pieces])
    order = np.argsort(keys, kind="stable")
    # stable: of equal keys the rows of earlier pieces come first
    row_sources = runs_in_order(rows, order)
    position_sources = runs_in_order(position_counts, order)
    documents = np.concatenate([piece.documents for piece in pieces])
    counts = np.concatenate([piece.counts for piece in pieces])
    positions = np.concatenate([piece.positions for piece in pieces])
    starts, _ = run_lengths(keys[order])
    if len(starts):
        # a key of several pieces becomes one key with all their rows
        rows = np.add.reduceat(rows[order], starts)
        position_counts = np.add.reduceat(position_counts[order], starts)
    return _in_order(
        Block(
            keys=keys[order][starts],
            rows=rows,
            position_counts=position_counts,
            documents=documents[row_sources],
            counts=counts[row_sources],
            positions=positions[position_sources],
        )
    )


def runs_in_order(
    lengths: Array,
    order: Array,
) -> Array:
    """Where each value comes from when runs of these lengths are put in this order."""
    moved = lengths[order]
    old_starts = np.cumsum(lengths) - lengths
    new_starts = np.cumsum(moved) - moved
    sources: Array = np.repeat(old_starts[order] - new_starts, moved)
    sources += np.arange(len(sources))
    return sources


def _in_order(block: Block) -> Block:
    """The block with the documents of each key in order.

    The further pieces of long texts are numbered behind all texts, so they can stand out of order.
    """
    falls = block.documents[1:] <= block.documents[:-1]
    # from the last row of a key to the first of the next a fall is right
    falls[np.cumsum(block.rows)[:-1] - 1] = False
    # nearly always: texts of more than 65,536 units are rare
    if not falls.any():
        return block
    key_numbers = np.arange(len(block.rows))
    key_of_row = np.repeat(key_numbers, block.rows)
    order = np.lexsort((block.documents, key_of_row))
    positions = block.positions
    if len(positions):
        positions = positions[runs_in_order(block.counts, order)]
    return Block(
        keys=block.keys,
        rows=block.rows,
        position_counts=block.position_counts,
        documents=block.documents[order],
        counts=block.counts[order],
        positions=positions,
    )
