"""The same tables read twice: from cells, which keep blanks, and from text, which has the places."""

from __future__ import annotations

from dataclasses import replace

from index.model.problems import Code, Facts, Problem
from indexer.statistics.checks import application_rows
from indexer.statistics.recognise import Grid, Line
from indexer.statistics.templates import BLOCKS, FORMS, clause_rows

__all__ = ["merged", "missing"]


def merged(cells: Grid, text: Grid) -> Grid:
    """The grid of the cells, completed by rows that only the text has; each value with its place in
    the text.
    """
    out = Grid(
        cells.form,
        extent=text.extent,
        problems=cells.problems,
        notes=cells.notes,
        extra=cells.extra,
    )
    for table in dict.fromkeys((*cells.lines, *text.lines)):
        have, others = cells.lines.get(table, {}), text.lines.get(table, {})
        refused = table == "applications" and cells.problems and not have
        rows = (
            {}
            if refused
            else {
                k: v
                for k, v in others.items()
                if k not in have and (v.values or not have)
            }
        )
        out.lines[table] = {
            **{k: _placed(line, others.get(k)) for k, line in have.items()},
            **rows,
        }
    if not cells.lines:
        out.problems, out.notes, out.extra = text.problems, text.notes, text.extra
    return out


def _placed(line: Line, other: Line | None) -> Line:
    """A row of cells with the spans of the same row in the text, where both have the same numbers."""
    if other is None:
        return line
    if not line.values:
        return other if other.values and not line.raw else line
    places = [v.span for v in other.values.values() if v.value is not None]
    here = [v.value for v in line.values.values() if v.value is not None]
    if here != [v.value for v in other.values.values() if v.value is not None]:
        return line
    spans = iter(places)
    values = {
        k: v._replace(span=next(spans)) if v.value is not None else v
        for k, v in line.values.items()
    }
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
        "review": list(BLOCKS),
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
