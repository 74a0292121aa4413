"""The identities of the statutory tables: computed, never assumed.

R1: the applicants of a row sum to 总计. R2: the outcomes of a column sum to (七)总计. R3: what came in equals what was
handled and carried out. R4: the results of a block sum to its 总计. S: the sums of the annex of 2014. X1 to X3: what
one year carries into the next. A blank is not 0: an identity that holds only when blanks are read as 0 says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from index.report import Check
from indexer.statistics.recognise import Grid
from indexer.statistics.templates import APPLICANTS, BLOCKS, FORMS, RESULTS, STAT2014, SUMS_2014, Row
from indexer.statistics.values import Value, plain

__all__ = ["application_rows", "cross_year_checks", "identities", "outcomes"]

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


# -- from one year to the next -------------------------------------------------------------------------------------

Lookup = Callable[[str, str, str], float | None]


def cross_year_checks(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> list[Check]:
    """X1, X2 and X3 over the statistics of two consecutive reports of one body, as records have them.

    X1: what is carried in is what the year before carried out, by applicant. X2 (gb2021): documents in force are
    those of the year before, plus made, less repealed; reorganisations break it lawfully. X3 (gb2019): items at the
    end of the year before are those of its start plus the change. Only identities with both sides are given.
    """
    before, after = _lookup(earlier), _lookup(later)
    out = [
        _crossed(
            f"X1.{c.key}",
            f"{c.label}:上年结转 = 上一年度报告的结转下年度",
            (after("applications", "carried_in", c.key), ("later.applications.carried_in." + c.key,)),
            (before("applications", "carried_out", c.key), ("earlier.applications.carried_out." + c.key,)),
        )
        for c in APPLICANTS
    ]
    if earlier.get("template") == later.get("template") == "gb2021":
        out += [_in_force(before, after, row) for row in ("regulations", "normative")]
    if earlier.get("template") == later.get("template") == "gb2019":
        rows = ("licences", "other_services", "penalties", "coercive_measures", "fees")
        out += [_items(before, after, row) for row in rows]
    return [check for check in out if check is not None]


def _lookup(statistics: Mapping[str, Any]) -> Lookup:
    cells = {
        (table["id"], row["id"], cell["column"]): cell["value"]
        for table in statistics.get("tables") or ()
        for row in table["rows"]
        for cell in row["cells"]
    }
    return lambda table, row, column: cells.get((table, row, column))


Side = tuple[float | None, tuple[str, ...]]


def _crossed(name: str, label: str, left: Side, right: Side) -> Check | None:
    (a, cells), (b, others) = left, right
    if a is None or b is None:
        return None
    return Check(name, label, "pass" if a == b else "fail", a, b, cells + others)


def _total(*signed: float | None) -> float | None:
    known = [n for n in signed if n is not None]
    return sum(known) if len(known) == len(signed) else None


def _in_force(before: Lookup, after: Lookup, row: str) -> Check | None:
    made, repealed = (after("proactive", row, c) for c in ("made", "repealed"))
    stock = before("proactive", row, "in_force")
    right = _total(stock, made, -repealed if repealed is not None else None)
    label = "规章" if row == "regulations" else "行政规范性文件"
    return _crossed(
        f"X2.{row}",
        f"{label}:现行有效 = 上年现行有效 + 本年制发 - 本年废止",
        (after("proactive", row, "in_force"), (f"later.proactive.{row}.in_force",)),
        (
            right,
            (f"earlier.proactive.{row}.in_force", f"later.proactive.{row}.made", f"later.proactive.{row}.repealed"),
        ),
    )


def _items(before: Lookup, after: Lookup, row: str) -> Check | None:
    right = _total(before("proactive", row, "items"), before("proactive", row, "change"))
    cells = (f"earlier.proactive.{row}.items", f"earlier.proactive.{row}.change")
    return _crossed(
        f"X3.{row}",
        "上一年项目数量 = 上一年度报告的项目数量 + 增减",
        (after("proactive", row, "items"), (f"later.proactive.{row}.items",)),
        (right, cells),
    )
