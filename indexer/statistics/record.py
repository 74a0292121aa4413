"""The tables as read, made into the tables of a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.model.forms import (
    ANNEX_COLUMNS,
    APPLICANT_COLUMNS,
    FORMS,
    RESULT_COLUMNS,
    TABLE_TITLES,
    FormColumn,
    clause_rows,
)
from index.model.statistics import Cell, Row, Table
from indexer.statistics.recognise import Grid, Line
from indexer.statistics.values import plain

__all__ = ["tables_of"]


def tables_of(grid: Grid) -> tuple[Table, ...]:
    """Each table that was found, with its rows in print order.

    A row that was not assigned has no cells, but what stands there.
    """
    tables = []
    for table, label in TABLE_TITLES.items():
        lines = [*grid.lines.get(table, {}).values(), *grid.extra.get(table, [])]
        if lines:
            rows = tuple(_row(grid.form, table, line) for line in lines)
            tables.append(Table(id=table, label=label, rows=rows))
    return tuple(tables)


def _row(form: str, table: str, line: Line) -> Row:
    columns = _columns(form, table, line.key) if line.values else ()
    return Row(
        id=line.key or None,
        label=line.label,
        cells=tuple(_cells(line, columns)),
        raw=tuple(line.raw) or None,
    )


def _cells(line: Line, columns: Sequence[FormColumn]) -> Iterator[Cell]:
    start = line.at
    for column in columns:
        if column.key not in line.values:
            continue
        raw, number, semantics, unit, span, _ = line.values[column.key]
        # nearly all are whole numbers already: the call is spared
        value = number if type(number) is int else plain(number)
        place = (start + span[0], start + span[1]) if span else None
        yield Cell(column.key, column.label, raw, value, semantics, unit, place)


def _columns(form: str, table: str, row: str) -> Sequence[FormColumn]:
    if table == "applications":
        return APPLICANT_COLUMNS
    if table == "review":
        return RESULT_COLUMNS
    if table == "annex" or form not in FORMS:
        return ANNEX_COLUMNS
    return next((clause.columns for clause, r in clause_rows(form) if r.key == row), ())
