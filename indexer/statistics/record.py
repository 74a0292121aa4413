"""The tables as read, made into the tables of a report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

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


# A report has about 150 cells: to make a named tuple by its name takes twice as long.
_new_tuple = tuple.__new__


def _cells(line: Line, columns: Sequence[tuple[str, str]]) -> list[Cell]:
    start = line.at
    cells: list[Cell] = []
    for key, label in columns:
        value = line.values.get(key)
        if value is None:
            continue
        raw, number, semantics, unit, span, _ = value
        # nearly all are whole numbers already: the call is spared
        figure = number if type(number) is int else plain(number)
        place = (start + span[0], start + span[1]) if span else None
        cell = (key, label, raw, figure, semantics, unit, place)
        cells.append(_new_tuple(Cell, cell))
    return cells


@cache
def _columns(form: str, table: str, row: str) -> tuple[tuple[str, str], ...]:
    """The key and the label of each column that a row has."""
    columns = _columns_of(form, table, row)
    return tuple((column.key, column.label) for column in columns)


def _columns_of(form: str, table: str, row: str) -> Sequence[FormColumn]:
    if table == "applications":
        return APPLICANT_COLUMNS
    if table == "review":
        return RESULT_COLUMNS
    if table == "annex" or form not in FORMS:
        return ANNEX_COLUMNS
    return next((clause.columns for clause, r in clause_rows(form) if r.key == row), ())
