"""Inverting texts: the texts of one stream -> their units and the postings of units and pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetMap
from index.engines.shared.arrays import Array, run_lengths
from index.engines.shared.units import low_surrogates, storable
from index.engines.whoosh.storage import grams
from index.engines.whoosh.storage.layout import (
    PAIRS,
    SINGLES,
    TEXTS,
    PartSet,
)
from index.engines.whoosh.storage.offset_rows import rows_of
from index.engines.whoosh.storage.postings import postings_of

__all__ = ["GramsBuilder", "Units", "pieces_of"]


@dataclass(frozen=True, slots=True)
class Units:
    """One text ready to be gathered, as bytes that are quick to hand to another process.

    `data` are its UTF-16 units with the NUL behind them, `map_rows` the packed rows of its
    OffsetMap, `blocks` (of a wording) what was replaced, as pairs of u32: start and end in units.
    """

    data: bytes
    map_rows: bytes
    blocks: bytes = b""

    @classmethod
    def of(
        cls,
        folded: Folded,
        *,
        wording: bool = False,
    ) -> Units:
        """The units of a text."""
        form = storable(folded.form)
        blocks = b""
        if wording:
            blocks = _replaced(form, folded.offsets).astype("<u4").tobytes()
        return cls(
            data=form.encode("utf-16-le") + b"\0\0",
            map_rows=rows_of(folded.offsets),
            blocks=blocks,
        )


def _replaced(
    form: str,
    offsets: OffsetMap,
) -> Array:
    """(start, end) in units of the runs of a wording that were replaced."""
    starts = np.array(offsets.form, np.int64)
    ends = np.append(starts[1:], len(form))
    is_block = np.array(offsets.block) > 0
    spans = np.stack([starts[is_block], ends[is_block]], 1)
    is_astral = bool(form) and max(form) > "\uffff"
    if is_astral and len(spans):
        # characters to units
        widths = [1 + (character > "\uffff") for character in form]
        spans = np.cumsum([0, *widths])[spans]
    # a replaced run may leave nothing in the form
    is_empty = spans[:, 1] <= spans[:, 0]
    return spans[~is_empty]


class GramsBuilder:
    """Collects the texts of one stream and inverts them all at once."""

    def __init__(
        self,
        name: str,
        *,
        wording: bool = False,
    ) -> None:
        self.name = name
        self.wording = wording
        self.texts: list[bytes] = []
        self.map_rows: list[bytes] = []
        self.owners: list[int] = []
        self.blocks: list[Array] = []
        self.units = 0

    def add(
        self,
        text: Units,
        owner: int,
    ) -> None:
        """Add the text of document `owner`."""
        if self.wording:
            # from units of this text to units of all texts joined
            blocks = np.frombuffer(text.blocks, "<u4").reshape(-1, 2)
            self.blocks.append(blocks.astype(np.int64) + self.units)
        self.texts.append(text.data)
        self.map_rows.append(text.map_rows)
        self.owners.append(owner)
        self.units += len(text.data) // 2

    def arrays(self) -> dict[PartSet, Mapping[str, Array]]:
        """The sets of the stream: its texts, the postings of units, the postings of pairs."""
        units = np.frombuffer(b"".join(self.texts), "<u2")
        offsets = np.zeros(len(self.texts) + 1, "<u4")
        np.cumsum(
            [len(text) // 2 for text in self.texts],
            out=offsets[1:],
        )
        map_offsets = np.zeros(len(self.map_rows) + 1, "<u4")
        np.cumsum(
            [len(rows) for rows in self.map_rows],
            out=map_offsets[1:],
        )
        piece_texts, piece_starts = pieces_of(offsets)
        texts: dict[str, Array] = {
            "units": units,
            "offsets": offsets,
            "map_offsets": map_offsets,
            "maps": np.frombuffer(b"".join(self.map_rows), "u1"),
            "piece_texts": piece_texts,
            "piece_starts": piece_starts,
            "low_surrogates": low_surrogates(units),
        }
        if self.wording:
            # the empty array stands for a batch without wordings
            blocks = np.concatenate([np.empty((0, 2), np.int64), *self.blocks])
            texts["documents"] = np.array(self.owners, "<u2")
            texts["block_starts"] = blocks[:, 0]
            texts["block_ends"] = blocks[:, 1]
        # numbers of pieces: all texts first, then the further pieces
        starts = np.concatenate((offsets[:-1], piece_starts.astype("<u4")))
        singles, pairs = _inverted(units, starts)
        return {
            TEXTS[self.name]: texts,
            SINGLES[self.name]: singles,
            PAIRS[self.name]: pairs,
        }


def pieces_of(offsets: Array) -> tuple[Array, Array]:
    """The further pieces of long texts: the text and the first unit of each.

    `offsets` is where each text starts, and where the last ends.
    """
    piece_units = grams.PIECE_UNITS
    # without its NUL a text of 65,536 units fits in one piece
    lengths = np.diff(offsets.astype(np.int64))
    further: Array = (lengths - 1) // piece_units
    texts = np.repeat(np.arange(len(further)), further)
    firsts = np.repeat(np.cumsum(further) - further, further)
    nth = np.arange(len(texts)) - firsts + 1
    starts = offsets[texts].astype(np.int64) + piece_units * nth
    return texts, starts


def _inverted(
    units: Array,
    starts: Array,
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The postings of units and of pairs; `starts` (u32) is the first unit of each piece.

    What is sorted are numbers of four bytes (unit, piece) and of eight (two units, piece,
    position), set together of two-byte columns, the lowest first: numpy sorts plain numbers many
    times faster than rows.
    """
    # further pieces lie between texts: in the order of their units pieces are not numbered
    order = np.argsort(starts, kind="stable")
    sorted_starts = starts[order]
    ends = np.append(sorted_starts, np.uint32(len(units)))
    lengths = np.diff(ends)
    piece = np.repeat(order.astype("<u2"), lengths)
    # positions inside a piece fit in two bytes, numbers of pieces too
    before = np.repeat(sorted_starts, lengths)
    position = np.arange(len(units), dtype="<u4") - before
    return _single_postings(units, piece), _pair_postings(units, piece, position)


def _single_postings(
    units: Array,
    piece: Array,
) -> dict[str, Array]:
    # little-endian: the last column weighs most, so units come first in the order
    singles = _sorted(units, (piece, units))
    first, counts = run_lengths(singles)
    pieces, keys = _columns(singles).T
    return postings_of(
        keys=keys[first],
        documents=pieces[first],
        counts=counts,
    )


def _pair_postings(
    units: Array,
    piece: Array,
    position: Array,
) -> dict[str, Array]:
    # a pair stands where its first unit does
    columns = (
        position[:-1],
        piece[:-1],
        units[1:],
        units[:-1],
    )
    pairs = _sorted(units, columns)
    # a run has the same two units in the same piece
    first, counts = run_lengths(pairs >> np.uint64(16))
    positions, pieces = _columns(pairs).T[:2]
    # the upper half of each number: both units
    keys = pairs.view("<u4")[1::2]
    return postings_of(
        keys=keys[first],
        documents=pieces[first],
        counts=counts,
        positions=positions,
        in_bits=True,
    )


def _sorted(
    units: Array,
    columns: Sequence[Array],
) -> Array:
    """The numbers made of two-byte columns, sorted, without those of the NULs between texts."""
    shape = (len(columns[0]), len(columns))
    together = np.empty(shape, "<u2")
    for number, column in enumerate(columns):
        together[:, number] = column
    is_text = units[: len(together)] != 0
    width = 2 * len(columns)
    numbers: Array = together.view(f"<u{width}").ravel()[is_text]
    # in place: the numbers are the largest array of a batch
    numbers.sort()
    return numbers


def _columns(numbers: Array) -> Array:
    """The two-byte columns of numbers, the lowest first."""
    return numbers.view("<u2").reshape(-1, numbers.itemsize // 2)
