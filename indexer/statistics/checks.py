"""The identities of the statutory tables: computed, never assumed.

    R1  the applicants of a row sum to 总计
    R2  the outcomes of a column sum to (七)总计
    R3  what came in equals what was handled and carried out
    R4  the results of a block sum to its 总计
    S   the sums of the annex of 2014

A blank is not 0: an identity that holds only when blanks are read as 0 says so. What one year
carries into the next is checked in `index.studies.series`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from index.model.forms import (
    APPLICANT_COLUMNS,
    FORMS,
    RESULT_COLUMNS,
    REVIEW_BLOCKS,
    STAT2014,
    SUMS_2014,
    FormColumn,
    FormRow,
)
from index.model.statistics import CellId, Check, cell_id
from indexer.statistics.recognise import Grid
from indexer.statistics.values import Number, plain

__all__ = ["application_rows", "identities", "outcomes"]

# Rows of part 三 that are no outcomes.
_FLOW_ROWS = ("new", "carried_in", "handled", "carried_out")
# Tables of which identities speak, with their columns.
_TABLE_COLUMNS = {
    "applications": [c.key for c in APPLICANT_COLUMNS],
    "review": [c.key for c in RESULT_COLUMNS],
    "annex": ["value"],
}


@dataclass(frozen=True, slots=True, eq=False)
class _Identity:
    """An identity of a form;

    `left` and `right` name the cells of its sides: "applications.new.total".
    """

    id: str
    label: str
    left: tuple[CellId, ...]
    right: tuple[CellId, ...]


def identities(grid: Grid) -> list[Check]:
    """Every identity of the form: 40 for gb2019, 42 for gb2021, 6 for the annex of 2014."""
    cells = _readable(grid)
    return [
        _check(cells, identity)
        for identity in _identities(grid.form, _has_one_other(grid))
    ]


def _readable(grid: Grid) -> dict[CellId, Number | None]:
    """The cells that may stand in an identity, without those that hold words;

    None for one that holds no number.
    """
    cells: dict[CellId, Number | None] = {}
    for table in _TABLE_COLUMNS:
        for row, line in grid.lines.get(table, {}).items():
            names = _names(table, row)
            for column, value in line.values.items():
                if value.semantics not in ("missing", "text"):
                    cells[names[column]] = value.value
    return cells


@cache
def _names(table: str, row: str) -> Mapping[str, CellId]:
    return dict(
        zip(
            _TABLE_COLUMNS[table],
            _cells(table, (row,), _TABLE_COLUMNS[table]),
            strict=True,
        )
    )


def _check(cells: Mapping[CellId, Number | None], identity: _Identity) -> Check:
    try:
        left = [*map(cells.__getitem__, identity.left)]
        right = [*map(cells.__getitem__, identity.right)]
    except KeyError:
        return _outcome(identity, "n/a", None, None)
    left_sum = _sum(left)
    right_sum = _sum(right)
    has_blanks = None in left or None in right
    if left_sum == right_sum:
        status = "pass_blank0" if has_blanks else "pass"
    else:
        # blanks may hide numbers: what fails with zeros in their place is not provably wrong
        status = "n/a" if has_blanks else "fail"
    return _outcome(identity, status, plain(left_sum), plain(right_sum))


def _sum(numbers: Iterable[Number | None]) -> Number:
    # most are 0, and a blank counts as one
    return sum(filter(None, numbers))


@lru_cache(maxsize=4096)
def _outcome(
    identity: _Identity, status: str, left: float | None, right: float | None
) -> Check:
    """Most checks of all reports find that 0 is 0."""
    return Check(
        id=identity.id,
        label=identity.label,
        status=status,
        left=left,
        right=right,
        cells=identity.left + identity.right,
    )


# ---------------------------------------------------------------------- what the forms demand


@cache
def _identities(form: str, one_other: bool) -> tuple[_Identity, ...]:
    if form == "stat2014":
        return tuple(_annex())
    if form not in FORMS:
        return ()
    rows = _rows_of(form, one_other)
    return (*_rows(rows), *_columns(rows), *_blocks())


def _cells(
    table: str, rows: Iterable[str], columns: Iterable[str]
) -> tuple[CellId, ...]:
    return tuple(cell_id(table, row, column) for row, column in product(rows, columns))


def _rows(rows: Sequence[FormRow]) -> list[_Identity]:
    columns = [column.key for column in APPLICANT_COLUMNS]
    out = []
    for row in rows:
        *parts, total = _cells("applications", (row.key,), columns)
        identity = _Identity(
            id=f"R1.{row.key}",
            label=f"{row.label}:各类申请人之和 = 总计",
            left=tuple(parts),
            right=(total,),
        )
        out.append(identity)
    return out


def application_rows(grid: Grid) -> tuple[FormRow, ...]:
    """The rows of part 三; a report on the form of 2021 may have the one row 其他处理 of 2019 in
    place of its three.
    """
    return _rows_of(grid.form, _has_one_other(grid))


def _has_one_other(grid: Grid) -> bool:
    lines = grid.lines.get("applications", {})
    return "other" in lines and not any(
        row.key in lines for row in _parts_of_other(grid.form)
    )


@cache
def _parts_of_other(form: str) -> tuple[FormRow, ...]:
    rows = FORMS[form].applications if form in FORMS else ()
    return tuple(row for row in rows if row.key.startswith("other."))


@cache
def _rows_of(form: str, one_other: bool) -> tuple[FormRow, ...]:
    rows = FORMS[form].applications
    parts = _parts_of_other(form)
    if not parts or not one_other:
        return rows
    start = rows.index(parts[0])
    end = start + len(parts)
    older = FORMS["gb2019"].applications
    other = next(row for row in older if row.key == "other")
    return (*rows[:start], other, *rows[end:])


def outcomes(grid: Grid) -> tuple[str, ...]:
    """The rows whose sum is (七)总计."""
    return _outcomes(application_rows(grid))


def _outcomes(rows: Sequence[FormRow]) -> tuple[str, ...]:
    return tuple(row.key for row in rows if row.key not in _FLOW_ROWS)


def _columns(rows: Sequence[FormRow]) -> list[_Identity]:
    def identity(
        name: str,
        column: FormColumn,
        law: str,
        left: Sequence[str],
        right: Sequence[str],
    ) -> _Identity:
        sides = (_cells("applications", side, (column.key,)) for side in (left, right))
        return _Identity(f"{name}.{column.key}", f"{column.label}:{law}", *sides)

    sums = [
        identity("R2", c, "各项办理结果之和 = (七)总计", _outcomes(rows), ("handled",))
        for c in APPLICANT_COLUMNS
    ]
    law = "本年新收 + 上年结转 = 本年办理总计 + 结转下年度"
    flows = [
        identity("R3", c, law, ("new", "carried_in"), ("handled", "carried_out"))
        for c in APPLICANT_COLUMNS
    ]
    return sums + flows


def _blocks() -> list[_Identity]:
    columns = [column.key for column in RESULT_COLUMNS]
    out = []
    for block in REVIEW_BLOCKS:
        *parts, total = _cells("review", (block.key,), columns)
        identity = _Identity(
            id=f"R4.{block.key}",
            label=f"{block.label}:各项结果之和 = 总计",
            left=tuple(parts),
            right=(total,),
        )
        out.append(identity)
    return out


def _annex() -> list[_Identity]:
    labels = {row.key: row.label for row in STAT2014}
    column = ("value",)
    return [
        _Identity(
            id=f"S.{total}",
            label=f"{labels[total]} = 各分项之和",
            left=_cells("annex", parts, column),
            right=_cells("annex", (total,), column),
        )
        for total, parts in SUMS_2014.items()
    ]
