"""Segments and a form to numbers: which label is which row, and which value stands under which
head.

Rows are known by their labels and columns by their heads, never by position alone: two rows or two
columns that are exchanged satisfy every identity. A row with another number of values than the form
has columns stays unassigned; its values are kept as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from index.model.forms import (
    ANNEX_COLUMNS,
    APPLICANT_COLUMNS,
    FORM_MARKERS,
    FORMS,
    RESULT_COLUMNS,
    REVIEW_BLOCKS,
    STAT2014,
    Clause,
    FormColumn,
    FormRow,
    clause_rows,
)
from index.model.problems import Code, Problem
from indexer.statistics.segments import CONTEXT_CHARACTERS, Segment, choose
from indexer.statistics.values import MONEY_UNITS, Value

__all__ = ["Grid", "Line", "form_of", "is_row_of_form", "recognise"]

# 本列数据的勾稽关系为 ... 申请人情况 | 自然人 | 法人或其他组织: heads of part 三.
_APPLICATION_HEAD = re.compile("申请人情况|勾稽关系|自然人法人或其他组织")
# 结果维持 结果纠正 其他结果 尚未审结 总计: heads of part 四.
_REVIEW_HEAD = re.compile("结果维持.*尚未审结")
# 第二十条第(一)项, 信息内容: heads of part 二.
_CLAUSE_HEAD = re.compile("第二十条第|信息内容")
_RESULT_LABELS = [column.label for column in RESULT_COLUMNS]
# 结果维持|结果纠正|其他结果|尚未审结|总计
_RESULT_PATTERN = re.compile("|".join(_RESULT_LABELS))
# 其他 alone is a head; 其他处理 and 其他法律行政法规 are labels of rows.
_APPLICANT_PATTERN = re.compile(
    "自然人|商业企业|科研机构|社会公益组织|法律服务机构|其他(?!组织|处理|法律行政|法律法规|结果)"
)
# 本年收费金额(单位:万元), squeezed to 本年收费金额单位万元.
_MONEY_HEAD = re.compile("(?:金额|单位|收费)(?:单位)?(亿元|万元|元)")
_ANY_MARKER = "|".join(FORM_MARKERS.values())
_MARKER_PATTERN = re.compile(_ANY_MARKER)
_FORM_OF_MARKER = {
    marker: name
    for name, markers in FORM_MARKERS.items()
    for marker in markers.split("|")
}
# 本年新收政府信息公开申请数量: a row that the forms of 2019 and 2021 share.
_SHARED_ROW = re.compile("本年新收(?:政府信息公开)?申请|结转下年度继续办理")
# The form of 2021 splits 其他处理 into three rows; these are the first two.
_SPLIT_OTHER = re.compile("逾期不补正|逾期未按收费")
# The least characters of a label on either side of values that stand in its middle.
MIN_LABEL_PART = 4
# A head of part 二 is short; prose before it is not, and may speak of 信息内容 too.
CLAUSE_HEAD_CHARACTERS = 200
# Segments after the last row of part 三 in which a label may still lie on both sides of its values.
SPLIT_REACH = 2


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
    """The tables of one report: `lines[table][row]`, by the keys of the form.

    `extra` are rows that the form does not have. `problems` cost values, `notes` do not. `extent`
    is the part of the text, in index form, that the tables cover.
    """

    form: str
    lines: dict[str, dict[str, Line]] = field(default_factory=dict)
    extra: dict[str, list[Line]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    extent: tuple[int, int] | None = None

    def value(
        self,
        table: str,
        row: str,
        column: str,
    ) -> Value | None:
        """A cell, None where it was not read."""
        lines = self.lines.get(table, {})
        line = lines.get(row)
        if line is None:
            return None
        return line.values.get(column)


def form_of(
    segments: Iterable[Segment],
) -> tuple[str | None, dict[str, list[str]]]:
    """The form by its labels, and the labels that told it, by form.

    The form is "mixed" when there are labels of both, None without any. Only labels right before
    values count: prose may write of 政府集中采购 in any year.
    """
    segments = list(segments)
    text = "\n".join(segment.context for segment in segments)
    found = _MARKER_PATTERN.findall(text)
    markers = sorted(set(found))
    by_form: dict[str, list[str]] = {name: [] for name in FORM_MARKERS}
    for marker in markers:
        name = _FORM_OF_MARKER[marker]
        by_form[name].append(marker)
    return _form_by(by_form, text, segments), by_form


def is_row_of_form(segment: Segment) -> bool:
    """Whether a segment has a label of the forms with values beside it, whichever form it is."""
    if not segment.values:
        return False
    heads = (_SHARED_ROW, _REVIEW_HEAD, _CLAUSE_HEAD)
    return any(head.search(segment.context) for head in heads)


def _form_by(
    by_form: Mapping[str, list[str]],
    text: str,
    segments: Iterable[Segment],
) -> str | None:
    old = len(by_form["gb2019"])
    new = len(by_form["gb2021"])
    # one label of a form alone may be chance
    if old > 1 and new > 1:
        return "mixed"
    if max(old, new) > 1:
        return "gb2019" if old > new else "gb2021"
    if len(by_form["stat2014"]) > 2:
        return "stat2014"
    if not _SHARED_ROW.search(text):
        return None
    # part 二 may be missing or a picture: the rows of part 三 tell
    if new > old or _SPLIT_OTHER.search(text):
        return "gb2021"
    if old > new:
        return "gb2019"
    labels = [segment.label for segment in segments]
    if any(label.endswith("其他处理") for label in labels):
        return "gb2019"
    return None


def recognise(
    segments: Sequence[Segment],
    form: str,
) -> Grid:
    """The tables of a form that a sequence of segments holds."""
    grid = Grid(form)
    if form == "stat2014":
        _annex(grid, segments)
        return grid
    end = len(segments)
    start = _start(segments, form)
    # without a table of applications, part 四 may stand anywhere
    search_start = start if start < end else 0
    review = _first(_REVIEW_HEAD, segments, search_start, end)
    clauses_end = min(start, review)
    first = _first(_CLAUSE_HEAD, segments, 0, clauses_end)
    _clauses(grid, segments[first:clauses_end])
    _applications(grid, segments[start:review])
    _second(grid, segments[review + 1 :])
    # the three blocks of part 四 may be up to three segments behind the first
    _review(grid, segments[review : review + 4])
    table_start = min(first, start)
    table_end = review + 1
    covered = segments[table_start:table_end]
    # cells of tables have no place in the text
    placed = [segment for segment in covered if segment.start >= 0]
    _extend(grid, placed)
    return grid


def _extend(
    grid: Grid,
    segments: Sequence[Segment],
) -> None:
    """Let the extent of the tables reach over segments of the text."""
    if not segments:
        return
    start = segments[0].start
    if grid.extent:
        start = grid.extent[0]
    end = segments[-1].end
    grid.extent = (start, end)


def _first(
    head: re.Pattern[str],
    segments: Sequence[Segment],
    start: int,
    end: int,
) -> int:
    """The first segment under a head, `end` when there is none."""
    reach = CONTEXT_CHARACTERS
    if head is _CLAUSE_HEAD:
        reach = CLAUSE_HEAD_CHARACTERS
    for number in range(start, end):
        context = segments[number].context
        if head.search(context[-reach:]):
            return number
    return end


def _start(
    segments: Sequence[Segment],
    form: str,
) -> int:
    """Where the application table starts: at its head, else at its first whole row."""
    for number, segment in enumerate(segments):
        if _APPLICATION_HEAD.search(segment.context):
            return number
    # a mixed form is searched with the rows of the newest
    rows = _application_rows(form if form in FORMS else "gb2021")
    for number, segment in enumerate(segments):
        is_whole = len(segment.values) == len(APPLICANT_COLUMNS)
        if is_whole and rows.match(segment):
            return number
    return len(segments)


# ---------------------------------------------------------------------- rows
class _Rows:
    """The rows of a table, found by one pattern.

    It has all labels, each at the end of a text. The leftmost match is the longest label.
    """

    def __init__(self, rows: Iterable[FormRow]) -> None:
        self.rows = tuple(rows)
        labels = [
            f"(?P<r{number}>{row.expression})$" for number, row in enumerate(self.rows)
        ]
        self.pattern = re.compile("|".join(labels))
        # the same few labels stand in every report
        remember = lru_cache(maxsize=1024)
        self.named = remember(self._named)

    def match(self, segment: Segment) -> FormRow | None:
        """The row that a segment is."""
        row = self.named(segment.label)
        if row is None and segment.bare != segment.label:
            return self.named(segment.bare)
        return row

    def _named(self, label: str) -> FormRow | None:
        match = self.pattern.search(label)
        if match is None or match.lastgroup is None:
            return None
        # r12 is the row with the number 12
        number = int(match.lastgroup[1:])
        return self.rows[number]


@cache
def _application_rows(form: str) -> _Rows:
    """The rows of the form.

    A report on the form of 2021 may still have the one row 其他处理 of 2019.
    """
    rows = FORMS[form].applications
    older = FORMS["gb2019"].applications
    others = [row for row in older if row.key == "other"]
    missing = [row for row in others if row not in rows]
    return _Rows((*rows, *missing))


@cache
def _clause_rows(form: str) -> _Rows:
    return _Rows(row for _, row in clause_rows(form))


@cache
def _clause_of(form: str) -> Mapping[str, Clause]:
    rows = clause_rows(form)
    return {row.key: clause for clause, row in rows}


@cache
def _printed(label: str) -> str:
    """A label of the form as segments have it: without punctuation."""
    return re.sub(r"\W", "", label)


def _split(
    rows: Iterable[FormRow],
    segment: Segment,
) -> FormRow | None:
    """The row whose label stands on both sides of its values.

    A PDF sets a label of two lines beside one line of values:
    没有现成信息 0 0 0 0 0 0 0 需要另行制作.
    """
    for row in rows:
        label = _printed(row.label)
        # the longest first part is tried first
        cuts = range(MIN_LABEL_PART, len(label))
        for cut in reversed(cuts):
            is_before = segment.label.endswith(label[:cut])
            rest = label[cut:]
            if is_before and segment.after.startswith(rest):
                return row
    return None


def _raw(values: Iterable[Value]) -> list[str]:
    return [value.raw or "" for value in values]


def _put(
    grid: Grid,
    table: str,
    row: FormRow,
    columns: Sequence[FormColumn],
    segment: Segment,
) -> None:
    """Assign a row, or keep its values unassigned."""
    lines = grid.lines.setdefault(table, {})
    before = lines.get(row.key)
    count = len(columns)
    values = choose(segment, count)
    if values is None:
        if before is None:
            raw = _raw(segment.values)
            lines[row.key] = Line(row.key, row.label, raw=raw)
        return
    line = Line(
        row.key,
        row.label,
        _by_column(columns, values),
        at=segment.at,
    )
    if before and before.values and _numbers(before) != _numbers(line):
        grid.problems.append(Problem(Code.TABLES_ROW_TWICE, {"row": row.label}))
        raw = _raw(before.values.values()) + _raw(segment.values)
        lines[row.key] = Line(row.key, row.label, raw=raw)
    elif not _has_too_many(before, count):
        lines[row.key] = line


def _by_column(
    columns: Sequence[FormColumn],
    values: Sequence[Value],
) -> dict[str, Value]:
    keys = [column.key for column in columns]
    return dict(zip(keys, values, strict=True))


def _has_too_many(
    line: Line | None,
    count: int,
) -> bool:
    """Whether a row was read that has more values than columns: a second one does not mend it."""
    if line is None or line.values:
        return False
    return len(line.raw) > count


def _numbers(line: Line) -> list[object]:
    return [value.value for value in line.values.values()]


# ---------------------------------------------------------------------- part 二
def _clauses(
    grid: Grid,
    segments: Sequence[Segment],
) -> None:
    clauses = _clause_of(grid.form)
    matched = _matched(_clause_rows(grid.form), segments)
    heads = ""
    for number, segment in enumerate(segments):
        if _CLAUSE_HEAD.search(segment.context):
            heads = segment.context
        row = matched.get(number)
        if row is None:
            inside = _inside(number, matched)
            _keep(grid, "proactive", segment, inside=inside)
            continue
        clause = clauses[row.key]
        _put(
            grid,
            "proactive",
            row,
            _headed(grid, clause, heads),
            segment,
        )
        _money(grid, row, clause, heads + segment.label)


def _matched(
    rows: _Rows,
    segments: Sequence[Segment],
) -> dict[int, FormRow]:
    """Which segments are rows of a table, by number."""
    matched: dict[int, FormRow] = {}
    for number, segment in enumerate(segments):
        row = rows.match(segment)
        if row is not None:
            matched[number] = row
    return matched


def _inside(
    number: int,
    matched: Mapping[int, FormRow],
) -> bool:
    """Whether a segment stands between rows of the table.

    What follows the last row is another table's.
    """
    if not matched:
        return False
    return min(matched) < number < max(matched)


def _headed(
    grid: Grid,
    clause: Clause,
    heads: str,
) -> Sequence[FormColumn]:
    """The columns in the order of their printed heads.

    Where not all heads can be read, the order of the form.
    """
    positions: dict[str, int] = {}
    for column in clause.columns:
        label = _printed(column.label)
        positions[column.key] = heads.rfind(label)
    if min(positions.values()) < 0:
        return clause.columns
    order = sorted(
        clause.columns,
        key=lambda column: positions[column.key],
    )
    if tuple(order) != clause.columns:
        _note_order(grid, clause.label)
    return order


def _note_order(grid: Grid, name: str) -> None:
    _note(grid, Problem(Code.TABLES_OTHER_ORDER, {"table": name}))


def _note_incomplete(grid: Grid, name: str) -> None:
    _note(grid, Problem(Code.TABLES_HEADS_INCOMPLETE, {"table": name}))


def _note(grid: Grid, note: Problem) -> None:
    if note not in grid.notes:
        grid.notes.append(note)


def _money(
    grid: Grid,
    row: FormRow,
    clause: Clause,
    heads: str,
) -> None:
    """Give money its unit, and turn it into 元.

    The unit is that of the cell, else of the printed head, else of the form.
    """
    columns = clause.columns
    amounts = (column for column in columns if column.key == "amount")
    column = next(amounts, None)
    if column is None:
        return
    value = grid.value("proactive", row.key, "amount")
    if value is None or value.value is None or value.unit == "元":
        return
    unit = column.unit
    # 收费金额(单位:万元): the printed head wins over the form
    if head := _MONEY_HEAD.search(heads):
        unit = head[1]
    line = grid.lines["proactive"][row.key]
    if unit in MONEY_UNITS:
        yuan = value.value * MONEY_UNITS[unit]
        line.values["amount"] = value._replace(
            value=yuan,
            unit="元",
        )
    elif value.value:
        facts = {"row": row.label}
        _note(grid, Problem(Code.TABLES_AMOUNT_WITHOUT_UNIT, facts))


def _keep(
    grid: Grid,
    table: str,
    segment: Segment,
    *,
    inside: bool,
) -> None:
    """Keep a row that the form does not have, as it stands."""
    if not inside or not segment.label:
        return
    if any(value.semantics != "blank" for value in segment.values):
        label = segment.bare[-60:]
        raw = _raw(segment.values)
        line = Line("", label, raw=raw)
        lines = grid.extra.setdefault(table, [])
        lines.append(line)


# ---------------------------------------------------------------------- part 三
def _applications(
    grid: Grid,
    segments: Sequence[Segment],
) -> None:
    rows = _application_rows(grid.form)
    matched = _matched(rows, segments)
    if not matched:
        return
    before_rows = segments[: min(matched) + 1]
    heads = "".join(segment.context for segment in before_rows)
    columns = _applicants(grid, heads)
    matched_segments = [segments[number] for number in matched]
    _unpad(matched_segments)
    for number, row in matched.items():
        _put(
            grid,
            "applications",
            row,
            columns,
            segments[number],
        )
    table_end = max(matched) + SPLIT_REACH + 1
    for number, segment in enumerate(segments[:table_end]):
        if number in matched:
            continue
        unread = _unread_rows(grid, rows)
        split = _split(unread, segment)
        if split is not None:
            _put(grid, "applications", split, columns, segment)
        else:
            inside = _inside(number, matched)
            _keep(grid, "applications", segment, inside=inside)


def _unread_rows(
    grid: Grid,
    rows: _Rows,
) -> list[FormRow]:
    """The rows that are still missing; 其他 and 总计 are too short to be split."""
    lines = grid.lines["applications"]
    all_rows = rows.rows
    missing = [row for row in all_rows if row.key not in lines]
    return [row for row in missing if not row.whole]


def _unpad(rows: Sequence[Segment]) -> None:
    """Drop the empty cell that a merged label leaves before the values.

    It is dropped from every row once it shows in one: in a row that lost a cell it would stand for
    the first applicant.
    """
    padded = len(APPLICANT_COLUMNS) + 1
    begins_empty = [row for row in rows if row.leading == 1]
    if not any(len(row.values) == padded for row in begins_empty):
        return
    for segment in rows:
        if segment.leading and segment.spans == ():
            segment.values = segment.values[1:]
            segment.leading -= 1


def _applicants(
    grid: Grid,
    heads: str,
) -> Sequence[FormColumn]:
    """The columns in the order of their heads.

    总计 is printed in the upper row of heads and is the last column.
    """
    by_label = {column.label: column for column in APPLICANT_COLUMNS}
    printed = _APPLICANT_PATTERN.findall(heads)
    names = list(dict.fromkeys(printed))
    if len(names) < len(APPLICANT_COLUMNS) - 1:
        _note_incomplete(grid, "申请情况表")
        return APPLICANT_COLUMNS
    named = [by_label[name] for name in names]
    columns = (*named, APPLICANT_COLUMNS[-1])
    if columns != APPLICANT_COLUMNS:
        _note_order(grid, "申请情况表")
    return columns


def _second(
    grid: Grid,
    segments: Sequence[Segment],
) -> None:
    """Where a second application table has other numbers, nobody knows whose the first is."""
    lines = grid.lines.get("applications", {})
    first = lines.get("new")
    if first is None or not first.values:
        return
    rows = _application_rows(grid.form)
    for segment in segments:
        row = rows.match(segment)
        if row is None or row.key != "new":
            continue
        count = len(APPLICANT_COLUMNS)
        values = choose(segment, count)
        if not values:
            continue
        numbers = [value.value for value in values]
        if numbers != _numbers(first):
            grid.problems.append(Problem(Code.TABLES_TABLE_TWICE))
            grid.lines["applications"] = {}
            return


# ---------------------------------------------------------------------- part 四
def _review(
    grid: Grid,
    segments: Sequence[Segment],
) -> None:
    """Fifteen values under three blocks of five heads."""
    width = len(RESULT_COLUMNS)
    count = len(REVIEW_BLOCKS) * width
    is_head = _REVIEW_HEAD.search
    under = [segment for segment in segments if is_head(segment.context)]
    if not under:
        return
    lines = grid.lines.setdefault("review", {})
    for segment in under:
        values = choose(segment, count)
        if values is not None:
            break
    else:
        block = REVIEW_BLOCKS[0]
        raw = _raw(under[0].values)
        lines[block.key] = Line(block.key, block.label, raw=raw)
        return
    first_label = RESULT_COLUMNS[0].label
    first_head = segment.context.find(first_label)
    # the last fifteen names: heads may be printed twice
    heads_text = segment.context[first_head:]
    heads = _RESULT_PATTERN.findall(heads_text)[-count:]
    for number, block in enumerate(REVIEW_BLOCKS):
        block_start = width * number
        part = slice(block_start, block_start + width)
        columns = _results(grid, heads[part])
        by_column = _by_column(columns, values[part])
        lines[block.key] = Line(
            block.key,
            block.label,
            by_column,
            at=segment.at,
        )


def _results(
    grid: Grid,
    heads: Sequence[str],
) -> Sequence[FormColumn]:
    by_label = {column.label: column for column in RESULT_COLUMNS}
    if set(heads) != set(by_label):
        _note_incomplete(grid, "复议诉讼表")
        return RESULT_COLUMNS
    columns = tuple(by_label[head] for head in heads)
    if columns != RESULT_COLUMNS:
        _note_order(grid, "复议诉讼表")
    return columns


# ---------------------------------------------------------------------- the annex of 2014
# 主动公开政府信息数 条: the unit stands in a column of its own.
_UNIT_PATTERN = re.compile("(?:条|件|次|篇|万元|元|个|人|人次)$")


def _annex(
    grid: Grid,
    segments: Sequence[Segment],
) -> None:
    """One number a row.

    被依法纠错数 stands under reviews and under lawsuits: the first after the row before is meant.
    """
    position = -1
    for segment in segments:
        numbers = [v for v in segment.values if v.semantics not in ("blank", "text")]
        if not numbers:
            continue
        candidates = _annex_rows(segment.label)
        if not candidates:
            continue
        later = (number for number in candidates if number > position)
        position = next(later, candidates[0])
        row = STAT2014[position]
        numbers_alone = Segment(
            segment.label,
            segment.bare,
            segment.context,
            numbers,
            at=segment.at,
        )
        _put(grid, "annex", row, ANNEX_COLUMNS, numbers_alone)
        _annex_unit(grid, row)
        if segment.start >= 0:
            _extend(grid, [segment])


@cache
def _annex_patterns() -> tuple[re.Pattern[str], ...]:
    expressions = [f"{row.expression}$" for row in STAT2014]
    return tuple(map(re.compile, expressions))


def _annex_rows(label: str) -> list[int]:
    """The rows that a label may mean, by number: those with the longest match."""
    without_unit = _UNIT_PATTERN.sub("", label)
    for text in (label, without_unit):
        starts: dict[int, int] = {}
        for number, pattern in enumerate(_annex_patterns()):
            if match := pattern.search(text):
                starts[number] = match.start()
        if starts:
            # all end with the label: the first start is the longest match
            first = min(starts.values())
            numbered = starts.items()
            return [number for number, start in numbered if start == first]
    return []


def _annex_unit(
    grid: Grid,
    row: FormRow,
) -> None:
    line = grid.lines["annex"][row.key]
    value = line.values.get("value")
    if value is None or value.value is None or value.unit:
        return
    factor = MONEY_UNITS.get(row.unit or "")
    if factor is None:
        line.values["value"] = value._replace(unit=row.unit)
    else:
        yuan = value.value * factor
        line.values["value"] = value._replace(value=yuan, unit="元")
