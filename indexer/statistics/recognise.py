"""Segments and a form to numbers: which label is which row, and which value stands under which
head.

Rows are known by their labels and columns by their heads, never by position alone: two rows or two
columns exchanged satisfy every identity. A row with another number of values than the form has
columns stays unassigned, its values kept as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from index.model.problems import Code, Problem
from indexer.statistics.segments import CONTEXT, Segment, choose
from indexer.statistics.templates import (
    APPLICANTS,
    BLOCKS,
    FORMS,
    MARKERS,
    RESULTS,
    STAT2014,
    Clause,
    Column,
    Row,
    clause_rows,
)
from indexer.statistics.values import MONEY, Value

__all__ = ["Grid", "Line", "form_of", "recognise"]

_APPLICATION_HEAD = re.compile("申请人情况|勾稽关系|自然人法人或其他组织")
_REVIEW_HEAD = re.compile("结果维持.*尚未审结")
_CLAUSE_HEAD = re.compile("第二十条第|信息内容")
_RESULT = re.compile("|".join(c.label for c in RESULTS))
_APPLICANT = re.compile(
    "自然人|商业企业|科研机构|社会公益组织|法律服务机构|其他(?!组织|处理|法律行政|法律法规|结果)"
)
_MONEY_HEAD = re.compile("(?:金额|单位|收费)(?:单位)?(亿元|万元|元)")
_MARKER = re.compile("|".join(MARKERS.values()))
_FORM_OF = {
    marker: name for name, markers in MARKERS.items() for marker in markers.split("|")
}
# The least characters of a label on either side of values that stand in its middle.
SPLIT = 4


@dataclass(slots=True)
class Line:
    """A row as read: `values` by column, or, when they could not be assigned, `raw` as they stand.

    Spans of values count from `at`.
    """

    key: str
    label: str
    values: dict[str, Value] = field(default_factory=dict)
    raw: list[str] = field(default_factory=list)
    at: int = 0


@dataclass(slots=True)
class Grid:
    """The tables of one report, by the keys of the form:

    `lines[table][row]`. `problems` cost values, `notes` do not.

    `extent` is what part of the form (the text) the tables cover.
    """

    form: str
    lines: dict[str, dict[str, Line]] = field(default_factory=dict)
    extra: dict[str, list[Line]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    extent: tuple[int, int] | None = None

    def value(self, table: str, row: str, column: str) -> Value | None:
        """A cell, None where it was not read."""
        line = self.lines.get(table, {}).get(row)
        return line.values.get(column) if line else None


def form_of(segments: Iterable[Segment]) -> tuple[str | None, dict[str, list[str]]]:
    """The form by its labels, "mixed" when there are labels of both, None without any; and the
    labels found.

    Only labels right before values count: prose may write of 政府集中采购 in any year.
    """
    text = "\n".join(s.context for s in segments)
    markers = sorted(set(_MARKER.findall(text)))
    found = {name: [m for m in markers if _FORM_OF[m] == name] for name in MARKERS}
    old, new = len(found["gb2019"]), len(found["gb2021"])
    if old > 1 and new > 1:
        return "mixed", found
    if max(old, new) > 1:
        return ("gb2019" if old > new else "gb2021"), found
    if len(found["stat2014"]) > 2:
        return "stat2014", found
    if not re.search("本年新收(?:政府信息公开)?申请|结转下年度继续办理", text):
        return None, found
    # part 二 may be missing or a picture; the later form splits 其他处理 into three rows
    if new > old or re.search("逾期不补正|逾期未按收费", text):
        return "gb2021", found
    return (
        "gb2019"
        if old > new or any(s.label.endswith("其他处理") for s in segments)
        else None
    ), found


def recognise(segments: Sequence[Segment], form: str) -> Grid:
    """The tables of a form that a sequence of segments holds."""
    grid = Grid(form)
    if form == "stat2014":
        _annex(grid, segments)
        return grid
    end = len(segments)
    start = _start(segments, form)
    review = _first(_REVIEW_HEAD, segments, start if start < end else 0, end)
    first = _first(_CLAUSE_HEAD, segments, 0, min(start, review))
    _clauses(grid, segments[first : min(start, review)])
    _applications(grid, segments[start:review])
    _second(grid, segments[review + 1 :])
    _review(grid, segments[review : review + 4])
    used = [s for s in segments[min(first, start) : review + 1] if s.start >= 0]
    if used:
        grid.extent = (used[0].start, used[-1].end)
    return grid


def _first(
    head: re.Pattern[str], segments: Sequence[Segment], start: int, end: int
) -> int:
    """The first segment under a head, `end` when there is none.

    A head of part 二 is short, prose before it is not.
    """
    reach = 200 if head is _CLAUSE_HEAD else CONTEXT
    return next(
        (n for n in range(start, end) if head.search(segments[n].context[-reach:])), end
    )


def _start(segments: Sequence[Segment], form: str) -> int:
    """Where the application table starts: at its head, else at its first whole row."""
    for n, segment in enumerate(segments):
        if _APPLICATION_HEAD.search(segment.context):
            return n
    new = form if form in FORMS else "gb2021"
    for n, segment in enumerate(segments):
        if _application_rows(new).match(segment) and len(segment.values) == len(
            APPLICANTS
        ):
            return n
    return len(segments)


# -- rows
# ----------------------------------------------------------------------------------------------------------


class _Rows:
    """The rows of a table, found by one pattern: all labels at the end of a text, the leftmost
    match the longest.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        self.pattern = re.compile(
            "|".join(f"(?P<r{n}>{row.expression})$" for n, row in enumerate(self.rows))
        )
        # the same few labels stand in every report
        self.named = lru_cache(maxsize=1024)(self._named)

    def match(self, segment: Segment) -> Row | None:
        """The row that a segment is."""
        row = self.named(segment.label)
        return (
            self.named(segment.bare)
            if row is None and segment.bare != segment.label
            else row
        )

    def _named(self, label: str) -> Row | None:
        found = self.pattern.search(label)
        return (
            self.rows[int(found.lastgroup[1:])] if found and found.lastgroup else None
        )


@cache
def _application_rows(form: str) -> _Rows:
    """The rows of the form; a report on the form of 2021 may still have the one row 其他处理 of
    2019.
    """
    rows = FORMS[form].applications
    old = [
        r for r in FORMS["gb2019"].applications if r.key == "other" and r not in rows
    ]
    return _Rows((*rows, *old))


@cache
def _clause_rows(form: str) -> _Rows:
    return _Rows(row for _, row in clause_rows(form))


@cache
def _clause_of(form: str) -> Mapping[str, Clause]:
    return {row.key: clause for clause, row in clause_rows(form)}


@cache
def _printed(label: str) -> str:
    """A label of the form as segments have it: without punctuation."""
    return re.sub(r"\W", "", label)


def _split(rows: Iterable[Row], segment: Segment) -> Row | None:
    """The row whose label stands on both sides of its values, as a PDF sets a label of two lines
    beside one line.
    """
    for row in rows:
        label = _printed(row.label)
        for cut in range(len(label) - 1, SPLIT - 1, -1):
            if segment.label.endswith(label[:cut]) and segment.after.startswith(
                label[cut:]
            ):
                return row
    return None


def _raw(segment: Segment) -> list[str]:
    return [v.raw or "" for v in segment.values]


def _put(
    grid: Grid, table: str, row: Row, columns: Sequence[Column], segment: Segment
) -> None:
    """Assign a row, or keep its values unassigned."""
    lines = grid.lines.setdefault(table, {})
    values = choose(segment, len(columns))
    if values is None:
        if row.key not in lines:
            lines[row.key] = Line(row.key, row.label, raw=_raw(segment))
        return
    line = Line(
        row.key,
        row.label,
        {c.key: v for c, v in zip(columns, values, strict=True)},
        at=segment.at,
    )
    before = lines.get(row.key)
    if before and before.values and _numbers(before) != _numbers(line):
        grid.problems.append(Problem(Code.TABLES_ROW_TWICE, {"row": row.label}))
        lines[row.key] = Line(
            row.key,
            row.label,
            raw=[*(v.raw or "" for v in before.values.values()), *_raw(segment)],
        )
    elif not (
        before and before.raw and not before.values and len(before.raw) > len(columns)
    ):
        lines[row.key] = line


def _numbers(line: Line) -> list[object]:
    return [v.value for v in line.values.values()]


# -- the three tables
# ----------------------------------------------------------------------------------------------


def _clauses(grid: Grid, segments: Sequence[Segment]) -> None:
    clauses = _clause_of(grid.form)
    rows = _clause_rows(grid.form)
    heads = ""
    matched = _matched(rows, segments)
    for n, segment in enumerate(segments):
        heads = segment.context if _CLAUSE_HEAD.search(segment.context) else heads
        row = matched.get(n)
        if row is None:
            _keep(grid, "proactive", segment, inside=_inside(n, matched))
            continue
        clause = clauses[row.key]
        _put(grid, "proactive", row, _headed(grid, clause, heads), segment)
        _money(grid, row, clause, heads + segment.label)


def _matched(rows: _Rows, segments: Sequence[Segment]) -> dict[int, Row]:
    """Which segments are rows of a table."""
    return {
        n: row
        for n, segment in enumerate(segments)
        if (row := rows.match(segment)) is not None
    }


def _inside(place: int, matched: Mapping[int, Row]) -> bool:
    """Whether a segment stands between rows of the table; what follows the last is another table's."""
    return bool(matched) and min(matched) < place < max(matched)


def _headed(grid: Grid, clause: Clause, heads: str) -> Sequence[Column]:
    """The columns in the order of their printed heads; the form's order where not all of them can
    be read.
    """
    places = {c.key: heads.rfind(_printed(c.label)) for c in clause.columns}
    if min(places.values()) < 0:
        return clause.columns
    order = sorted(clause.columns, key=lambda c: places[c.key])
    if tuple(order) != clause.columns:
        _note(
            grid,
            Problem(Code.TABLES_OTHER_ORDER, {"table": clause.label}),
        )
    return order


def _note(grid: Grid, note: Problem) -> None:
    if note not in grid.notes:
        grid.notes.append(note)


def _money(grid: Grid, row: Row, clause: Clause, heads: str) -> None:
    """Give money its unit: from the cell, else from the printed head, else from the form; in 元."""
    column = next((c for c in clause.columns if c.key == "amount"), None)
    value = grid.value("proactive", row.key, "amount") if column else None
    if column is None or value is None or value.value is None or value.unit == "元":
        return
    found = _MONEY_HEAD.search(heads)
    unit = found[1] if found else column.unit
    line = grid.lines["proactive"][row.key]
    if unit in MONEY:
        number = value.value * MONEY[unit]
        line.values["amount"] = Value(
            value.raw, number, value.semantics, "元", value.span, value.line
        )
    elif value.value:
        facts = {"row": row.label}
        _note(grid, Problem(Code.TABLES_AMOUNT_WITHOUT_UNIT, facts))


def _keep(grid: Grid, table: str, segment: Segment, *, inside: bool) -> None:
    """A row that the form does not have, as it stands."""
    if inside and segment.label and any(v.semantics != "blank" for v in segment.values):
        grid.extra.setdefault(table, []).append(
            Line("", segment.bare[-60:], raw=_raw(segment))
        )


def _applications(grid: Grid, segments: Sequence[Segment]) -> None:
    rows = _application_rows(grid.form)
    matched = _matched(rows, segments)
    if not matched:
        return
    columns = _applicants(
        grid, "".join(s.context for s in segments[: min(matched) + 1])
    )
    _unpad([segments[n] for n in matched])
    for n, row in matched.items():
        _put(grid, "applications", row, columns, segments[n])
    lines = grid.lines["applications"]
    for n, segment in enumerate(segments):
        if n in matched or n > max(matched) + 2:
            continue
        both = _split(
            [r for r in rows.rows if r.key not in lines and not r.whole], segment
        )
        if both is not None:
            _put(grid, "applications", both, columns, segment)
        else:
            _keep(grid, "applications", segment, inside=_inside(n, matched))


def _unpad(rows: Sequence[Segment]) -> None:
    """Drop the empty cell that a merged label leaves before the values, from every row once it
    shows in one.

    In a row that lost a cell it would stand for the first applicant.
    """
    if not any(s.leading == 1 and len(s.values) == len(APPLICANTS) + 1 for s in rows):
        return
    for segment in rows:
        if segment.leading and segment.spans == ():
            segment.values, segment.leading = segment.values[1:], segment.leading - 1


def _applicants(grid: Grid, heads: str) -> Sequence[Column]:
    """The columns in the order of their heads. 总计 is printed in the upper row of heads and is the
    last column.
    """
    by_label = {c.label: c for c in APPLICANTS}
    names = list(dict.fromkeys(_APPLICANT.findall(heads)))
    if len(names) < len(APPLICANTS) - 1:
        _note(grid, Problem(Code.TABLES_HEADS_INCOMPLETE, {"table": "申请情况表"}))
        return APPLICANTS
    columns = (*(by_label[name] for name in names), APPLICANTS[-1])
    if columns != APPLICANTS:
        _note(
            grid,
            Problem(Code.TABLES_OTHER_ORDER, {"table": "申请情况表"}),
        )
    return columns


def _second(grid: Grid, segments: Sequence[Segment]) -> None:
    """A second application table, with other numbers, makes it unknown whose the first is."""
    first = grid.lines.get("applications", {}).get("new")
    if first is None or not first.values:
        return
    for segment in segments:
        row = _application_rows(grid.form).match(segment)
        values = choose(segment, len(APPLICANTS)) if row and row.key == "new" else None
        if values and [v.value for v in values] != _numbers(first):
            grid.problems.append(Problem(Code.TABLES_TABLE_TWICE))
            grid.lines["applications"] = {}
            return


def _review(grid: Grid, segments: Sequence[Segment]) -> None:
    """Fifteen values under three blocks of five heads."""
    count = len(BLOCKS) * len(RESULTS)
    under = [s for s in segments if _REVIEW_HEAD.search(s.context)]
    lines = grid.lines.setdefault("review", {}) if under else {}
    whole = next(
        ((s, values) for s in under if (values := choose(s, count)) is not None), None
    )
    if whole is None:
        for segment in under[:1]:
            lines[BLOCKS[0].key] = Line(
                BLOCKS[0].key, BLOCKS[0].label, raw=_raw(segment)
            )
        return
    segment, values = whole
    heads = _RESULT.findall(segment.context[segment.context.find(RESULTS[0].label) :])[
        -count:
    ]
    for n, block in enumerate(BLOCKS):
        columns = _results(grid, heads[5 * n : 5 * n + 5])
        part = values[5 * n : 5 * n + 5]
        lines[block.key] = Line(
            block.key,
            block.label,
            {c.key: v for c, v in zip(columns, part, strict=True)},
            at=segment.at,
        )


def _results(grid: Grid, heads: Sequence[str]) -> Sequence[Column]:
    by_label = {c.label: c for c in RESULTS}
    if set(heads) != set(by_label):
        _note(grid, Problem(Code.TABLES_HEADS_INCOMPLETE, {"table": "复议诉讼表"}))
        return RESULTS
    columns = tuple(by_label[h] for h in heads)
    if columns != RESULTS:
        _note(
            grid,
            Problem(Code.TABLES_OTHER_ORDER, {"table": "复议诉讼表"}),
        )
    return columns


# -- the annex of 2014
# ---------------------------------------------------------------------------------------------

_COUNTED = re.compile("(?:条|件|次|篇|万元|元|个|人|人次)$")
_ONE = (Column("value", "统计数"),)


def _annex(grid: Grid, segments: Sequence[Segment]) -> None:
    """One number a row. 被依法纠错数 stands under reviews and lawsuits: the first after the row
    before is meant.
    """
    at = -1
    for segment in segments:
        numbers = [v for v in segment.values if v.semantics not in ("blank", "text")]
        found = [n for n in _annex_rows(segment.label) if numbers]
        if not found:
            continue
        at = next((n for n in found if n > at), found[0])
        row = STAT2014[at]
        plain_numbers = Segment(
            segment.label, segment.bare, segment.context, numbers, at=segment.at
        )
        _put(grid, "annex", row, _ONE, plain_numbers)
        _annex_unit(grid, row)
        if segment.start >= 0:
            grid.extent = (
                grid.extent[0] if grid.extent else segment.start,
                segment.end,
            )


@cache
def _annex_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(f"{row.expression}$") for row in STAT2014)


def _annex_rows(label: str) -> list[int]:
    """The rows that a label may mean: those with the longest match."""
    for text in (label, _COUNTED.sub("", label)):
        found = {
            n: m.start()
            for n, p in enumerate(_annex_patterns())
            if (m := p.search(text))
        }
        if found:
            return [n for n, start in found.items() if start == min(found.values())]
    return []


def _annex_unit(grid: Grid, row: Row) -> None:
    line = grid.lines["annex"][row.key]
    value = line.values.get("value")
    if value is None or value.value is None or value.unit:
        return
    money = MONEY.get(row.unit or "")
    number, unit = (
        (value.value * money, "元") if money is not None else (value.value, row.unit)
    )
    line.values["value"] = Value(
        value.raw, number, value.semantics, unit, value.span, value.line
    )
