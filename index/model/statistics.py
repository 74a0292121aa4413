"""What the statutory tables and the sentences of a report say in numbers, as types.

    Statistics
    ├── metrics: name -> number          the flat numbers that are filtered and charted
    ├── tables:  Table > Row > Cell      the statutory tables as they are printed
    └── prose:   Statement               the numbers that sentences state

A `Check` compares cells, which it names by `CellId`. Spans are [start, end) code points of the
report's text. Absent is None, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, NewType

__all__ = [
    "TABLES_STATUSES",
    "Cell",
    "CellId",
    "Check",
    "Contradiction",
    "Figure",
    "Row",
    "Semantics",
    "Span",
    "Statement",
    "Statistics",
    "Table",
    "cell_id",
    "statement_id",
]

TABLES_STATUSES = ("consistent", "partial", "inconsistent", "unreadable", "absent")

Figure = int | float
Span = tuple[int, int]
# What a cell says: 5, 0, nothing, "/" or 不适用, words, or nothing that could be read.
Semantics = Literal["number", "zero", "blank", "na", "text", "missing"]

# The name of a cell: table, row and column, "applications.refused.secret.total". A row's own
# name may hold dots; a table's and a column's may not.
CellId = NewType("CellId", str)


def cell_id(table: str, row: str | None, column: str) -> CellId:
    """The name of a cell.

    >>> cell_id("applications", "refused.secret", "total")
    'applications.refused.secret.total'
    """
    return CellId(f"{table}.{row}.{column}")


def statement_id(metric: str) -> CellId:
    """The name of a number that sentences state, where a check compares it with a cell.

    >>> statement_id("suits_total")
    'prose.suits_total'
    """
    return CellId(f"prose.{metric}")


# A report has about 250 cells: a named tuple is made in a third of the time of a frozen dataclass.
class Cell(NamedTuple):
    """One cell of a statutory table.

    `column` is the key of its column in the form, `label` its head. `raw` is what is printed,
    `value` its number (in 元 where `unit` is 元). `span` is its place in the report's text.
    """

    column: str
    label: str
    raw: str | None
    value: Figure | None
    semantics: Semantics
    unit: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a statutory table.

    `id` is its key in the form, None for a row that the form does not have. A row whose values
    could not be assigned to columns has no `cells`; `raw` then holds the values as printed.
    """

    id: str | None
    label: str
    cells: tuple[Cell, ...] = ()
    raw: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One statutory table, its rows in print order.

    `id` is a key of `index.model.forms.TABLE_TITLES`.
    """

    id: str
    label: str
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One of several numbers that the sentences of a report state for one thing."""

    value: Figure | None
    evidence: str
    span: Span


@dataclass(frozen=True, slots=True)
class Statement:
    """A number that sentences state; `name` is that of a metric.

    `approximate`: it is printed with 约, 余 or the like. Where sentences contradict each other,
    `value` is None and `conflict` has all numbers. `table` is the number that the tables have for
    the same thing. `evidence` quotes the sentence.
    """

    name: str
    value: Figure | None
    approximate: bool
    evidence: str
    span: Span | None
    conflict: tuple[Contradiction, ...] | None = None
    table: Figure | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One identity of the statutory tables: both sides, and whether they agree.

    `status` is "pass", "pass_blank0" (holds when blanks are read as 0), "fail" or "n/a" (a cell
    is missing). `cells` names the terms of both sides.
    """

    id: str
    label: str
    status: str
    left: Figure | None = None
    right: Figure | None = None
    cells: tuple[CellId, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistics:
    """All numbers of a report.

    `template` is the form of its tables: gb2019, gb2021, stat2014, mixed, or prose for sentences
    alone; None where there is neither. `metrics` has the names of `index.model.metrics`; a metric
    that is not known is absent or None.
    """

    template: str | None = None
    metrics: Mapping[str, Figure | None] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    prose: tuple[Statement, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all: the record then has an empty object."""
        return not (self.template or self.metrics or self.tables or self.prose)

    def cells(self) -> Iterator[tuple[CellId, Row, Cell]]:
        """Every cell with its name and its row, in print order."""
        for table in self.tables:
            for row in table.rows:
                for cell in row.cells:
                    yield cell_id(table.id, row.id, cell.column), row, cell

    def to_plain(
        self,
        plain_table: Callable[[Table], dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """The object of the record: plain JSON values only.

        `plain_table` may write tables in another way; `from_plain` then needs its reverse.
        """
        if self.is_empty:
            return {}
        write = plain_table or _plain_table
        return {
            "template": self.template,
            "metrics": dict(self.metrics),
            "tables": [write(table) for table in self.tables],
            "prose": [plain_statement(statement) for statement in self.prose],
        }

    @classmethod
    def from_plain(
        cls,
        plain: Mapping[str, Any],
        table_of: Callable[[Mapping[str, Any]], Table] | None = None,
    ) -> Statistics:
        """The statistics that `to_plain` wrote down."""
        read = table_of or _table_of
        return cls(
            template=plain.get("template"),
            metrics=plain.get("metrics", {}),
            tables=tuple(read(table) for table in plain.get("tables", ())),
            prose=tuple(statement_of(fact) for fact in plain.get("prose", ())),
        )


# ---------------------------------------------------------------------- to plain values
def _plain_table(table: Table) -> dict[str, Any]:
    rows = [_plain_row(row) for row in table.rows]
    return {"id": table.id, "label": table.label, "rows": rows}


def _plain_row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": row.label,
        "cells": [_plain_cell(cell) for cell in row.cells],
        "raw": list(row.raw) if row.raw else None,
    }


def _plain_cell(cell: Cell) -> dict[str, Any]:
    plain = cell._asdict()
    if cell.span is not None:
        plain["span"] = list(cell.span)
    return plain


def plain_statement(statement: Statement) -> dict[str, Any]:
    """One stated number as plain JSON values; `table` is left out where the tables have none."""
    conflict = [
        {"value": other.value, "evidence": other.evidence, "span": list(other.span)}
        for other in statement.conflict or ()
    ]
    plain: dict[str, Any] = {
        "name": statement.name,
        "value": statement.value,
        "approximate": statement.approximate,
        "conflict": conflict or None,
        "evidence": statement.evidence,
        "span": list(statement.span) if statement.span else None,
    }
    if statement.table is not None:
        plain["table"] = statement.table
    return plain


# ---------------------------------------------------------------------- from plain values
def _table_of(plain: Mapping[str, Any]) -> Table:
    rows = tuple(_row_of(row) for row in plain["rows"])
    return Table(id=plain["id"], label=plain["label"], rows=rows)


def _row_of(plain: Mapping[str, Any]) -> Row:
    raw = plain.get("raw")
    return Row(
        id=plain["id"],
        label=plain["label"],
        cells=tuple(_cell_of(cell) for cell in plain["cells"]),
        raw=tuple(raw) if raw else None,
    )


def _cell_of(plain: Mapping[str, Any]) -> Cell:
    return Cell(**{**plain, "span": _span_of(plain.get("span"))})


def statement_of(plain: Mapping[str, Any]) -> Statement:
    """The stated number that `plain_statement` wrote down."""
    conflict = tuple(
        Contradiction(other["value"], other["evidence"], _known_span(other["span"]))
        for other in plain.get("conflict") or ()
    )
    return Statement(
        name=plain["name"],
        value=plain["value"],
        approximate=plain["approximate"],
        evidence=plain["evidence"],
        span=_span_of(plain.get("span")),
        conflict=conflict or None,
        table=plain.get("table"),
    )


def _span_of(plain: list[int] | None) -> Span | None:
    return None if plain is None else _known_span(plain)


def _known_span(plain: list[int]) -> Span:
    start, end = plain
    return start, end
