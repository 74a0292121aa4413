"""The rows of an OffsetMap as bytes: one byte of width for each column, then the columns.

A column holds by how much its values grow from row to row, in as few bytes as that takes. A map has
some fifty rows, fewer than numpy arrays are worth: this is plain Python.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import add, sub
from typing import Literal

from index.analysis.offsets import OffsetMap
from index.engines.shared import kernels

__all__ = ["offsets_from_rows", "rows_of"]

# Bytes of a signed integer -> its code in `struct` and in `memoryview.cast`.
WIDTH_CODES: Mapping[int, Literal["b", "h", "i", "q"]] = {
    1: "b",
    2: "h",
    4: "i",
    8: "q",
}
# form, display, block
COLUMN_COUNT = 3
IDENTITY_MAP = OffsetMap()


def rows_of(offsets: OffsetMap) -> bytes:
    """The packed rows of a map; nothing for the identity."""
    if offsets.is_identity:
        return b""
    # Display positions run ahead of form positions by few characters: their distance is small.
    ahead = [*map(sub, offsets.display, offsets.form)]
    columns = (
        _growth(offsets.form),
        _growth(ahead),
        offsets.block,
    )
    widths = [_width(min(column), max(column)) for column in columns]
    packed = bytes(widths)
    for column, width in zip(columns, widths, strict=True):
        packed += struct.pack(f"<{len(column)}{WIDTH_CODES[width]}", *column)
    return packed


def _width(
    low: int,
    high: int,
) -> int:
    """How many bytes hold the signed integers low..high."""
    # ~low is -low - 1: -128 fits in one byte as 127 does
    largest = max(high, ~low)
    return next(width for width in WIDTH_CODES if largest < 1 << 8 * width - 1)


def _growth(values: Sequence[int]) -> Sequence[int]:
    """The first value, then by how much each value exceeds the one before."""
    return [
        *values[:1],
        *map(sub, values[1:], values),
    ]


def offsets_from_rows(data: bytes) -> OffsetMap:
    """The map that was packed."""
    if not data:
        return IDENTITY_MAP
    if kernels.compiled is not None:
        columns = kernels.compiled.offset_columns(data)
        if columns is not None:
            return OffsetMap(*columns)
    return _offsets_from_rows(data)


def _offsets_from_rows(data: bytes) -> OffsetMap:
    widths = data[:COLUMN_COUNT]
    count = (len(data) - COLUMN_COUNT) // sum(widths)
    view = memoryview(data)
    columns = []
    start = COLUMN_COUNT
    for width in widths:
        end = start + width * count
        columns.append(view[start:end].cast(WIDTH_CODES[width]))
        start = end
    form = tuple(accumulate(columns[0]))
    ahead = accumulate(columns[1])
    return OffsetMap(
        form=form,
        display=tuple(map(add, form, ahead)),
        block=tuple(columns[2]),
    )
