"""The rows of a report's statutory tables with the places of their values.

A list of hits asks for them. To read them alone takes a tenth of the time of the whole record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from index.documents.stored import (
    COLUMNS_KEY,
    REST_PARTS,
    rest_part,
    spans_of,
    whole_cells,
)
from index.model.json_codec import from_json
from index.model.statistics import Span

__all__ = ["PrintedRow", "PrintedTables", "PrintedValue", "printed_tables"]

# Reports whose rows are remembered, 28 KB each: the first hits of a search come again with every
# filter.
CACHED_REPORTS = 256
# The part of the stored rest that has the tables; it is the second one.
TABLES_PART = REST_PARTS[1]
# Rows are in the order of their starts; they do not overlap.
START_OF_ROW = itemgetter(0)


class PrintedValue(NamedTuple):
    """A value at [start, end) of the report's text; `row` is a number among the rows.

    `column` is the head of its column.
    """

    start: int
    end: int
    row: int
    column: str


class PrintedRow(NamedTuple):
    """One row of a table that has values with a place in the text.

    `start` and `end` are the place of its values together: [start, end) code points of the report's
    text. `cells` are kept as they were stored.
    """

    start: int
    end: int
    table: str
    label: str
    cells: Any


@dataclass(frozen=True, slots=True, eq=False)
class PrintedTables:
    """The rows with values, in the order of the text, and (table, label) of those without.

    `decoded` has the values of the rows that were asked for.
    """

    rows: list[PrintedRow]
    empty: list[tuple[str, str]]
    decoded: dict[int, list[PrintedValue]] = field(default_factory=dict)

    def values(self, row: int) -> list[PrintedValue]:
        """The values of a row that have a place in the text, at least one."""
        if row not in self.decoded:
            cells = self.rows[row].cells
            spans = spans_of(_column(cells, "span"))
            pairs = zip(spans, _column(cells, "label"), strict=True)
            self.decoded[row] = [
                PrintedValue(*span, row, column)
                for span, column in pairs
                if span is not None
            ]
        return self.decoded[row]


@lru_cache(maxsize=CACHED_REPORTS)
def printed_tables(rest: bytes) -> PrintedTables:
    """The rows of a report's tables; `rest` is what an engine keeps of the report."""
    rows: list[PrintedRow] = []
    empty: list[tuple[str, str]] = []
    for table in from_json(rest_part(rest, TABLES_PART)).get("tables", ()):
        name = table["id"]
        labels = _column(table["rows"], "label")
        whole = whole_cells(_column(table["rows"], "cells"))
        for label, cells in zip(labels, whole, strict=True):
            place = _place(_column(cells, "span"))
            if place is None:
                empty.append((name, label))
            else:
                rows.append(PrintedRow(*place, name, label, cells))
    rows.sort(key=START_OF_ROW)
    return PrintedTables(rows, empty)


def _place(written: Sequence[Any]) -> Span | None:
    """The place of some spans together, as they are kept; None where there are none."""
    if not written or not isinstance(written[0], int):
        spans = [span for span in written if span is not None]
        return (spans[0][0], spans[-1][1]) if spans else None
    # gaps and lengths in turn: the first gap is that from the beginning of the text
    return written[0], sum(written)


def _column(
    rows: Any,
    name: str,
) -> Sequence[Any]:
    """One member of each of some rows, which are kept as columns or as a list of one."""
    if isinstance(rows, list):
        return [row[name] for row in rows]
    column: Sequence[Any] = rows[COLUMNS_KEY][name]
    return column
