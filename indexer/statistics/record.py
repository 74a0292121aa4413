"""Tables as plain values, for the record of a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indexer.statistics.recognise import Grid, Line
from indexer.statistics.templates import APPLICANTS, FORMS, RESULTS, Column, clause_rows
from indexer.statistics.values import plain

__all__ = ["tables_json"]

_LABELS = {
    "proactive": "主动公开政府信息情况",
    "applications": "收到和处理政府信息公开申请情况",
    "review": "政府信息公开行政复议、行政诉讼情况",
    "annex": "政府信息公开情况统计表",
}


def tables_json(grid: Grid) -> list[dict[str, Any]]:
    """Each table with its rows in print order; a row that was not assigned has no cells, but what
    stands there.
    """
    out = []
    for table, label in _LABELS.items():
        lines = [*grid.lines.get(table, {}).values(), *grid.extra.get(table, [])]
        if lines:
            out.append(
                {
                    "id": table,
                    "label": label,
                    "rows": [_row(grid, table, line) for line in lines],
                }
            )
    return out


def _row(grid: Grid, table: str, line: Line) -> dict[str, Any]:
    columns = _columns(grid.form, table, line.key) if line.values else ()
    at = line.at
    cells = [
        {
            "column": column.key,
            "label": column.label,
            "raw": raw,
            "value": number
            if type(number) is int
            else plain(number),  # as nearly all are
            "semantics": semantics,
            "unit": unit,
            "span": [at + span[0], at + span[1]] if span else None,
        }
        for column in columns
        if column.key in line.values
        for raw, number, semantics, unit, span, _ in [line.values[column.key]]
    ]
    return {
        "id": line.key or None,
        "label": line.label,
        "cells": cells,
        "raw": line.raw or None,
    }


def _columns(form: str, table: str, row: str) -> Sequence[Column]:
    if table == "applications":
        return APPLICANTS
    if table == "review":
        return RESULTS
    if table == "annex" or form not in FORMS:
        return (Column("value", "统计数"),)
    return next((clause.columns for clause, r in clause_rows(form) if r.key == row), ())
