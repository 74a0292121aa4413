"""The identities of the statutory tables: computed, never assumed.

R1: the applicants of a row sum to 总计. R2: the outcomes of a column sum to (七)总计. R3: what came in equals what was
handled and carried out. R4: the results of a block sum to its 总计. S: the sums of the annex of 2014. A blank is
not 0: an identity that holds only when blanks are read as 0 says so. What one year carries into the next is
`index.series`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from index.report import Check
from indexer.statistics.recognise import Grid
from indexer.statistics.templates import APPLICANTS, BLOCKS, FORMS, RESULTS, STAT2014, SUMS_2014, Row
from indexer.statistics.values import Value, plain

__all__ = ["application_rows", "identities", "outcomes"]

_FLOWS = ("new", "carried_in", "handled", "carried_out")
Cells = Sequence[tuple[str, Value | None]]


def identities(grid: Grid) -> list[Check]:
    """Every identity of the form: 40 for gb2019, 42 for gb2021, 6 for the annex of 2014."""
    if grid.form == "stat2014":
        return _annex(grid)
    if grid.form not in FORMS:
        return []
    return [*_rows(grid), *_columns(grid), *_blocks(grid)]


def _cells(grid: Grid, table: str, row: str, columns: Sequence[str]) -> Cells:
    return [(f"{table}.{row}.{c}", grid.value(table, row, c)) for c in columns]


def _check(name: str, label: str, left: Cells, right: Cells) -> Check:
    a, b = _sum(left), _sum(right)
    cells = tuple(cell for cell, _ in (*left, *right))
    if a is None or b is None:
        return Check(name, label, "n/a", cells=cells)
    blank = any(v is not None and v.value is None for _, v in (*left, *right))
    # blanks may hide numbers: what does not hold with zeros in their place is not provably wrong
    status = ("pass_blank0" if blank else "pass") if a == b else ("n/a" if blank else "fail")
    return Check(name, label, status, plain(a), plain(b), cells)


def _sum(cells: Cells) -> Decimal | None:
    """The sum with blanks as 0; None when a cell was not read or holds words."""
    total = Decimal(0)
    for _, value in cells:
        if value is None or value.semantics in ("missing", "text"):
            return None
        total += value.value or 0
    return total


def _rows(grid: Grid) -> list[Check]:
    names = [c.key for c in APPLICANTS]
    out = []
    for row in application_rows(grid):
        cells = _cells(grid, "applications", row.key, names)
        out.append(_check(f"R1.{row.key}", f"{row.label}:各类申请人之和 = 总计", cells[:-1], cells[-1:]))
    return out


def application_rows(grid: Grid) -> tuple[Row, ...]:
    """The rows of part 三; a report on the form of 2021 may have the one row 其他处理 of 2019 in place of its three."""
    rows = FORMS[grid.form].applications
    lines = grid.lines.get("applications", {})
    parts = [row for row in rows if row.key.startswith("other.")]
    if "other" not in lines or not parts or any(row.key in lines for row in parts):
        return rows
    at = rows.index(parts[0])
    return (*rows[:at], next(r for r in FORMS["gb2019"].applications if r.key == "other"), *rows[at + len(parts) :])


def outcomes(grid: Grid) -> tuple[str, ...]:
    """The rows whose sum is (七)总计."""
    return tuple(row.key for row in application_rows(grid) if row.key not in _FLOWS)


def _columns(grid: Grid) -> list[Check]:
    def cells(column: str, *rows: str) -> Cells:
        return [cell for row in rows for cell in _cells(grid, "applications", row, (column,))]

    addends = outcomes(grid)
    sums = [
        _check(
            f"R2.{c.key}",
            f"{c.label}:各项办理结果之和 = (七)总计",
            cells(c.key, *addends),
            cells(c.key, "handled"),
        )
        for c in APPLICANTS
    ]
    flows = [
        _check(
            f"R3.{c.key}",
            f"{c.label}:本年新收 + 上年结转 = 本年办理总计 + 结转下年度",
            cells(c.key, "new", "carried_in"),
            cells(c.key, "handled", "carried_out"),
        )
        for c in APPLICANTS
    ]
    return sums + flows


def _blocks(grid: Grid) -> list[Check]:
    names = [c.key for c in RESULTS]
    out = []
    for block in BLOCKS:
        cells = _cells(grid, "review", block.key, names)
        out.append(_check(f"R4.{block.key}", f"{block.label}:各项结果之和 = 总计", cells[:-1], cells[-1:]))
    return out


def _annex(grid: Grid) -> list[Check]:
    labels = {row.key: row.label for row in STAT2014}

    def cells(*rows: str) -> Cells:
        return [cell for row in rows for cell in _cells(grid, "annex", row, ("value",))]

    return [
        _check(f"S.{total}", f"{labels[total]} = 各分项之和", cells(*parts), cells(total))
        for total, parts in SUMS_2014.items()
    ]
