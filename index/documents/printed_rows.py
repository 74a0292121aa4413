"""The rows of a report's statutory tables with the places of their values.

A list of hits asks for them. To read them alone takes a tenth of the time of the whole record.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from index.documents.stored import (
    COLUMNS_KEY,
    DICTIONARY_FILE,
    PART_SIZES,
    REST_PARTS,
)
from index.model.json_codec import from_json
from index.model.statistics import Span

__all__ = ["PrintedRow", "printed_rows"]

# The part of the stored rest that has the tables; it is the second one.
TABLES_PART = REST_PARTS[1]


class PrintedRow(NamedTuple):
    """One row of a table.

    `columns` are the heads of its values, `spans` their places in the report's text: [start, end)
    code points, None for a value without a place. A row whose values have no columns has none.
    """

    table: str
    label: str
    columns: Sequence[str]
    spans: Sequence[Span | None]


def printed_rows(rest: bytes) -> list[PrintedRow]:
    """The rows of all tables in print order, of what an engine keeps as `rest`."""
    first, second = PART_SIZES.unpack_from(rest)
    start = PART_SIZES.size + first
    inflater = zlib.decompressobj(-15, _dictionary())
    plain = inflater.decompress(rest[start : start + second]) + inflater.flush()
    rows: list[PrintedRow] = []
    for table in from_json(plain).get("tables", ()):
        rows += _rows_of(table)
    return rows


@cache
def _dictionary() -> bytes:
    words = json.loads(zlib.decompress(DICTIONARY_FILE.read_bytes()))
    dictionary: str = words[TABLES_PART]
    return dictionary.encode()


def _rows_of(
    table: Mapping[str, Any],
) -> Iterator[PrintedRow]:
    rows = table["rows"]
    pairs = zip(_column(rows, "label"), _column(rows, "cells"), strict=True)
    for label, cells in pairs:
        columns = _column(
            cells,
            "label",
        )
        spans = _spans(_column(cells, "span"))
        yield PrintedRow(
            table["id"],
            label,
            columns,
            spans,
        )


def _column(
    rows: Any,
    name: str,
) -> Sequence[Any]:
    """One member of each of some rows, which are kept as columns or as a list of one."""
    if isinstance(rows, list):
        return [row[name] for row in rows]
    column: Sequence[Any] = rows[COLUMNS_KEY][name]
    return column


def _spans(written: Sequence[Any]) -> list[Span | None]:
    """Spans that are written as gaps and lengths in turn, or one by one."""
    if not written or not isinstance(written[0], int):
        return [None if span is None else (span[0], span[1]) for span in written]
    spans: list[Span | None] = []
    position = 0
    for gap, length in zip(written[::2], written[1::2], strict=True):
        start = position + gap
        position = start + length
        spans.append((start, position))
    return spans
