"""A table as a sequence of labels, each with the values that follow it.

It is the same from flattened text and from cells:

    "三、本年度办理结果 (一)予以公开 29 0 0 1 0 0 30 (二)部分公开 ..." ->
    三本年度办理结果一予以公开: 29 0 0 1 0 0 30

In text a value is a number, or a sign for none, that white space or bars set off on both sides;
whatever else stands between two values is label. Empty cells can be told in text only between bars
or tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.analysis.normaliser import fold
from index.analysis.wording import mainland_text
from indexer.page import Table
from indexer.statistics.reading import Reading, squeeze
from indexer.statistics.values import NUMBER_PATTERN, Value, value_of

__all__ = ["Segment", "choose", "of_tables", "of_text"]

# 3件, 2.5 万元
_UNIT_PATTERN = " ?(?:亿元|万元|元|件|项|宗|条|个|次)"
_VALUE_PATTERN = (
    rf"(?:{NUMBER_PATTERN}(?:{_UNIT_PATTERN})?|/|\\|-{{1,4}}|无|不适用|n/a)"
)
# What sets values off: folding leaves no other white space.
_SPACE_SIGNS = " \t\n|"
# " 29 0 0 1 0 0 30": values of a row. It begins with a set of characters, to which the search
# skips.
_RUN_PATTERN = re.compile(
    rf"[{_SPACE_SIGNS}]({_VALUE_PATTERN}(?=[{_SPACE_SIGNS}]|$)(?:[{_SPACE_SIGNS}]+{_VALUE_PATTERN}(?=[{_SPACE_SIGNS}]|$))*)"
)
_IN_RUN = re.compile(rf"({_VALUE_PATTERN})([{_SPACE_SIGNS}]+|$)")
# "- 12 -", "第 3 页 共 9 页", "3 / 9" on a line of their own.
_PAGE_NUMBER = re.compile(
    r"\n[ \t]*(?:-+ ?\d{1,4} ?-+|第 ?\d{1,4} ?页.{0,12}|\d{1,4} ?/ ?\d{1,4})[ \t]*(?=\n|$)"
)
# "2 重复申请": the number opens the line and counts nothing.
_ENUMERATOR_PATTERN = re.compile(
    rf"\n[ \t|]*\d{{1,2}}(?!{_UNIT_PATTERN}(?=[{_SPACE_SIGNS}]|$))(?=[ \t|]{{1,11}}[^\0-\u3400])"
)
_LINE_END = re.compile(r"([ \t|]*)(?:\n|$)")
# Values up to which a row is one of part 二.
SHORT_ROW = 3
# How much of the text before a run of values may be its head: the longest head, with
# every row that lost its cells.
CONTEXT_CHARACTERS = 900
# How much of the text behind a run of values may belong to its label.
FOLLOWING_CHARACTERS = 200
# Characters up to which labels and values are remembered: those of the forms are, and
# every report has them.
REPEATED_CHARACTERS = 120


@dataclass(slots=True)
class Segment:
    """A label and its values.

    `label` is what stands before the values, squeezed; `bare` the same without a remark in
    parentheses at its end; `context` the heads and labels since the last value; `behind` the text
    that follows the values. `values` begin with `leading` empty cells and end with `trailing` ones;
    `spans` are their columns, () in text. `start` and `end` are the place of the values in the
    form, -1 for cells. Spans of values count from `at`.
    """

    label: str
    bare: str
    context: str
    values: Sequence[Value] = ()
    start: int = -1
    end: int = -1
    at: int = 0
    leading: int = 0
    trailing: int = 0
    behind: str = ""
    taiwan: bool = False
    spans: Sequence[int] = ()

    @property
    def after(self) -> str:
        """The text behind the values, squeezed: a label may stand on both sides of them."""
        return _labels(self.behind, self.taiwan)[0]


def choose(segment: Segment, count: int) -> Sequence[Value] | None:
    """The `count` values of a row;

    None when there are more or fewer, or when they could be told in two ways.

    Empty cells before the first and after the last value may belong to a label or to the border. In
    text, empty cells between values may be alignment; of cells, one that is empty may have been
    merged out of several.
    """
    values = segment.values
    if len(values) == count:
        return values
    first = segment.leading
    last = len(values) - segment.trailing
    one_sided = [v for v in (values[first:], values[:last]) if len(v) == count]
    # both sides would do: which empty cell belongs to the row is not known
    if one_sided and (len(one_sided) == 1 or not first):
        return one_sided[0]
    if not one_sided:
        attempts = [values[first:last], _expanded(segment, count)]
        if not segment.spans:
            attempts.append([v for v in values if v.semantics != "blank"])
        for attempt in attempts:
            if len(attempt) == count:
                return attempt
    return _on_one_line(values, count)


# An empty cell of a text: nothing is printed there.
_BLANK_VALUE = Value(None, None, "blank")


def _expanded(segment: Segment, count: int) -> list[Value]:
    """Merged empty cells one by one.

    Nothing when a merged cell holds a number, which could belong to any of them. A short row is
    left alone: its last cell is often as wide as what longer rows of the same table leave over.
    """
    if count <= SHORT_ROW:
        return []
    out: list[Value] = []
    for value, span in zip(segment.values, segment.spans, strict=False):
        if span > 1 and value.semantics != "blank":
            return []
        out += [value] * span
    return out


def _on_one_line(values: Sequence[Value], count: int) -> list[Value] | None:
    """The one line that has all values of the row.

    Page numbers stand on lines of their own, and have one value each.
    """
    lines: dict[int, list[Value]] = {}
    for value in values:
        lines.setdefault(value.line, []).append(value)
    if count < 2:
        return None
    whole = [row for row in lines.values() if len(row) == count]
    page_numbers = [row for row in lines.values() if len(row) == 1]
    is_alone = len(whole) == 1 and len(page_numbers) == len(lines) - 1
    return whole[0] if is_alone else None


# ---------------------------------------------------------------------- text
def of_text(source: Reading, text: str) -> list[Segment]:
    """The segments of a whole text. `text` is the display text that `source` was read from."""
    # a line break in front, so that every line has one before it
    form = _PAGE_NUMBER.sub(_erased, "\n" + source.form)
    out: list[Segment] = []
    label_start = 1
    for run in _RUN_PATTERN.finditer(_ENUMERATOR_PATTERN.sub(_masked, form)):
        start, end = run.span(1)
        label = form[max(label_start, start - 2 * CONTEXT_CHARACTERS) : start]
        segment = _segment(label, source.taiwan)
        segment.start = start - 1
        segment.end = end - 1
        segment.at, segment.values = _values(run[1], start - 1, source, text)
        segment.leading = _empty(label[len(label.rstrip("\t |")) :])
        if line := _LINE_END.match(form, end):
            segment.trailing = _empty(line[1], closing=True)
        _pad(segment)
        out.append(segment)
        label_start = end
    _set_behind(out, form)
    return out


def _pad(segment: Segment) -> None:
    """Add the empty cells on both sides to the values."""
    if segment.leading or segment.trailing:
        before = [_BLANK_VALUE] * segment.leading
        after = [_BLANK_VALUE] * segment.trailing
        segment.values = [*before, *segment.values, *after]


def _set_behind(segments: Sequence[Segment], form: str) -> None:
    """Give each segment the text that follows its values; `form` begins with a line break."""
    starts = [segment.start for segment in segments[1:]]
    for segment, next_start in zip(segments, [*starts, len(form)], strict=False):
        end = min(segment.end + FOLLOWING_CHARACTERS, next_start)
        segment.behind = form[segment.end + 1 : end + 1]


def _erased(line: re.Match[str]) -> str:
    return "\n" + " " * (len(line[0]) - 1)


def _masked(enumerator: re.Match[str]) -> str:
    """A number before the words of its line opens them: "2 重复申请". It is no value."""
    return re.sub(r"\d", "#", enumerator[0])


def _segment(piece: str, taiwan: bool) -> Segment:
    label, bare = _labels(piece, taiwan)
    return Segment(label, bare, label, taiwan=taiwan)


def _labels(piece: str, taiwan: bool) -> tuple[str, str]:
    """What stands before values as a label, and without a remark in parentheses at its end."""
    return (
        _labels_of(piece, taiwan)
        if len(piece) > REPEATED_CHARACTERS
        else _known_labels(piece, taiwan)
    )


def _labels_of(piece: str, taiwan: bool) -> tuple[str, str]:
    label = squeeze(piece)[-CONTEXT_CHARACTERS:]
    # 规章(设区的市、自治州人民政府应提供相关数据): a remark is no part of the label
    opened = piece.rfind("(") if piece.rstrip().endswith(")") else -1
    bare = squeeze(piece[:opened])[-CONTEXT_CHARACTERS:] if opened > 0 else label
    return (mainland_text(label), mainland_text(bare)) if taiwan else (label, bare)


_known_labels = lru_cache(maxsize=2048)(_labels_of)


def _values(
    run: str, start: int, source: Reading, text: str
) -> tuple[int, Sequence[Value]]:
    """Where in the display text spans count from, and the values of a run.

    The run stands at `start` of the form.
    """
    values = _known_values(run) if len(run) <= REPEATED_CHARACTERS else _values_of(run)
    at, end = source.span(start, start + len(run))
    if text[at:end] == run:  # then each character stands for itself
        return at, values
    return 0, [_placed(v, start, source, text) for v in values]


def _placed(value: Value, start: int, source: Reading, text: str) -> Value:
    """A value as it is printed and where; its run is printed otherwise than the form has it."""
    if value.span is None:
        return value
    a, b = span = source.span(start + value.span[0], start + value.span[1])
    return value._replace(raw=text[a:b], span=span)


def _values_of(run: str) -> tuple[Value, ...]:
    """The values of a run, each after the empty cells before it, with their places in it."""
    out: list[Value] = []
    line = 0
    for found in _IN_RUN.finditer(run):
        out.append(value_of(found[1], found[1], found.span(1), line))
        out += [_BLANK_VALUE] * _empty(found[2])
        line += "\n" in found[2]
    return tuple(out)


# Of a run: 0 in seven cells stands in every report.
_known_values = lru_cache(maxsize=4096)(_values_of)


def _empty(gap: str, *, closing: bool = False) -> int:
    """Empty cells in a gap of one line: one fewer than its bars or tabs, or as many after the last
    value.
    """
    if not gap or "\n" in gap:
        return 0
    bars = gap.count("|")
    if bars:
        return bars - 1
    tabs = gap.count("\t")
    return tabs if closing else max(0, tabs - 1)


# ---------------------------------------------------------------------- cells
# Stands between two cells while a whole table is folded at once.
_CELL_SEPARATOR = "\ue003"


def of_tables(tables: Iterable[Table], *, taiwan: bool) -> list[Segment]:
    """The segments of tables that came with their cells: one a row, cells in order and not by a
    grid of columns.

    Word writes other column spans in heads than in rows, so that a grid would move values to wrong
    columns.
    """
    out: list[Segment] = []
    for table in tables:
        context = ""
        for row in _forms(table):
            segment = _row(row, taiwan)
            if segment is None:
                continue
            segment.context = context = (context + segment.label)[-CONTEXT_CHARACTERS:]
            if segment.values:
                out.append(segment)
            if any(v.semantics != "blank" for v in segment.values):
                context = ""
    return out


def _forms(table: Table) -> Iterator[list[tuple[str, str, int]]]:
    """Each row as (text, index form, columns spanned), the whole table folded at once."""
    texts = [cell.text for row in table.rows for cell in row]
    forms = iter(fold(_CELL_SEPARATOR.join(texts)).form.split(_CELL_SEPARATOR))
    for row in table.rows:
        yield [(cell.text, next(forms), cell.colspan) for cell in row]


def _row(cells: Sequence[tuple[str, str, int]], taiwan: bool) -> Segment | None:
    if not cells:
        return None
    values = [value_of(raw, form) for raw, form, _ in cells]
    first = _label_cells(values)
    segment = _segment(" ".join(form for _, form, _ in cells[:first]), taiwan)
    segment.values = values[first:]
    segment.spans = [columns for _, _, columns in cells[first:]]
    segment.leading = _empties(segment.values)
    segment.trailing = _empties(segment.values[::-1])
    return segment


def _label_cells(values: Sequence[Value]) -> int:
    """How many cells stand before the first value: words after it are in a cell that should have a
    number.

    An enumerator may have a cell of its own before the label.
    """
    words = [n for n, value in enumerate(values) if value.semantics == "text"]
    if not words:
        return 0
    first_value = len(values)
    for number in range(words[0] + 1, len(values)):
        value = values[number]
        is_value = value.semantics in ("number", "zero", "na")
        if is_value and not (number + 1 in words and _is_enumerator(value)):
            first_value = number
            break
    return 1 + max(n for n in words if n < first_value)


def _is_enumerator(value: Value) -> bool:
    """A single digit other than 0 before words: the 3 of | 3 | 重复申请 |."""
    return value.semantics == "number" and len((value.raw or "").strip()) == 1


def _empties(values: Sequence[Value]) -> int:
    """How many empty cells stand first."""
    return next(
        (n for n, v in enumerate(values) if v.semantics != "blank"), len(values)
    )
