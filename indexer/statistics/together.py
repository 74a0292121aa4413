"""The same tables read twice.

Cells keep blanks, and the text has the places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from index.model.forms import FORMS, REVIEW_BLOCKS, clause_rows
from index.model.problems import Code, Facts, Problem
from indexer.statistics.checks import application_rows
from indexer.statistics.recognise import Grid, Line

__all__ = ["merged", "missing"]


def merged(cells: Grid, text: Grid) -> Grid:
    """The grid of the cells, completed by rows that only the text has.

    Each value has its place in the text.
    """
    out = Grid(
        cells.form,
        extent=text.extent,
        problems=cells.problems,
        notes=cells.notes,
        extra=cells.extra,
    )
    for table in dict.fromkeys((*cells.lines, *text.lines)):
        have = cells.lines.get(table, {})
        others = text.lines.get(table, {})
        placed = {key: _placed(line, others.get(key)) for key, line in have.items()}
        # two tables with different numbers were refused: the text has the same two
        is_refused = table == "applications" and cells.problems and not have
        more = {} if is_refused else _only_in_text(have, others)
        out.lines[table] = placed | more
    if not cells.lines:
        out.problems = text.problems
        out.notes = text.notes
        out.extra = text.extra
    return out


def _only_in_text(
    have: Mapping[str, Line], others: Mapping[str, Line]
) -> dict[str, Line]:
    """Rows of the text that the cells lack.

    One without values counts only where the cells have no row at all.
    """
    return {
        key: line
        for key, line in others.items()
        if key not in have and (line.values or not have)
    }


def _placed(line: Line, other: Line | None) -> Line:
    """A row of cells with the spans of the same row in the text.

    The spans are taken only where both have the same numbers.
    """
    if other is None:
        return line
    if not line.values:
        return other if other.values and not line.raw else line
    numbers = [v.value for v in line.values.values() if v.value is not None]
    known = [v for v in other.values.values() if v.value is not None]
    if numbers != [value.value for value in known]:
        return line
    spans = (value.span for value in known)
    values = dict(line.values)
    for key, value in line.values.items():
        if value.value is not None:
            values[key] = value._replace(span=next(spans))
    return replace(line, values=values, at=other.at)


def missing(grid: Grid) -> list[Problem]:
    """What of the form was not found or not assigned."""
    if grid.form not in FORMS:
        return [
            Problem(Code.TABLES_CELL_UNASSIGNED, _printed(line))
            for line in _unread(grid, "annex")
        ]
    out: list[Problem] = []
    tables = {
        "proactive": [row for _, row in clause_rows(grid.form)],
        "applications": list(application_rows(grid)),
        "review": list(REVIEW_BLOCKS),
    }
    for table, rows in tables.items():
        lines = grid.lines.get(table, {})
        absent = [r.label for r in rows if r.key not in lines]
        if absent:
            facts = {"table": table, "rows": absent}
            out.append(Problem(Code.TABLES_ROWS_MISSING, facts))
        keys = {r.key for r in rows}
        unread = [
            line for line in _unread(grid, table) if line.raw and line.key in keys
        ]
        out += [Problem(Code.TABLES_ROW_UNASSIGNED, _printed(line)) for line in unread]
    return out


def _unread(grid: Grid, table: str) -> list[Line]:
    return [line for line in grid.lines.get(table, {}).values() if not line.values]


def _printed(line: Line) -> Facts:
    """What stands in a row as it is printed."""
    return {
        "row": line.label,
        "count": len(line.raw),
        "values": " ".join(line.raw),
    }
