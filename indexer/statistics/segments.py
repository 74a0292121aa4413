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
        label, _ = _labels(self.behind, self.taiwan)
        return label


def choose(
    segment: Segment,
    count: int,
) -> Sequence[Value] | None:
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
    sides = (values[first:], values[:last])
    one_sided = [side for side in sides if len(side) == count]
    # both sides would do: which empty cell belongs to the row is not known
    if one_sided and (len(one_sided) == 1 or not first):
        return one_sided[0]
    if not one_sided:
        inner = values[first:last]
        attempts = [inner, _expanded(segment, count)]
        if not segment.spans:
            filled = [v for v in values if v.semantics != "blank"]
            attempts.append(filled)
        for attempt in attempts:
            if len(attempt) == count:
                return attempt
    return _on_one_line(values, count)


# An empty cell of a text: nothing is printed there.
_BLANK_VALUE = Value(None, None, "blank")


def _expanded(
    segment: Segment,
    count: int,
) -> list[Value]:
    """Merged empty cells one by one.

    Nothing when a merged cell holds a number, which could belong to any of them. A short row is
    left alone: its last cell is often as wide as what longer rows of the same table leave over.
    """
    if count <= SHORT_ROW:
        return []
    out: list[Value] = []
    spans = segment.spans
    for value, span in zip(segment.values, spans, strict=False):
        if span > 1 and value.semantics != "blank":
            return []
        out += [value] * span
    return out


def _on_one_line(
    values: Sequence[Value],
    count: int,
) -> list[Value] | None:
    """The one line that has all values of the row.

    Page numbers stand on lines of their own, and have one value each.
    """
    lines: dict[int, list[Value]] = {}
    for value in values:
        line = lines.setdefault(value.line, [])
        line.append(value)
    if count < 2:
        return None
    rows = lines.values()
    whole = [row for row in rows if len(row) == count]
    page_numbers = [row for row in rows if len(row) == 1]
    others = len(lines) - 1
    is_alone = len(whole) == 1 and len(page_numbers) == others
    return whole[0] if is_alone else None


# ---------------------------------------------------------------------- text
def of_text(
    source: Reading,
    text: str,
) -> list[Segment]:
    """The segments of a whole text. `text` is the display text that `source` was read from."""
    # a line break in front, so that every line has one before it
    form = _PAGE_NUMBER.sub(_erased, "\n" + source.form)
    out: list[Segment] = []
    label_start = 1
    searched = _ENUMERATOR_PATTERN.sub(_masked, form)
    for run in _RUN_PATTERN.finditer(searched):
        start, end = run.span(1)
        # squeezed, a label is shorter: twice as much is read
        context_start = start - 2 * CONTEXT_CHARACTERS
        label = form[max(label_start, context_start) : start]
        segment = _segment(label, source.taiwan)
        segment.start = start - 1
        segment.end = end - 1
        segment.at, segment.values = _values(
            run[1],
            start - 1,
            source,
            text,
        )
        # "部分公开 | | ": the bars before the first value
        words = label.rstrip("\t |")
        gap = label[len(words) :]
        segment.leading = _empty(gap)
        if line := _LINE_END.match(form, end):
            closing_gap = line[1]
            segment.trailing = _empty(closing_gap, closing=True)
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
        segment.values = [
            *before,
            *segment.values,
            *after,
        ]


def _set_behind(
    segments: Sequence[Segment],
    form: str,
) -> None:
    """Give each segment the text that follows its values; `form` begins with a line break."""
    next_starts = [segment.start for segment in segments[1:]]
    next_starts.append(len(form))
    for segment, next_start in zip(segments, next_starts, strict=False):
        start = segment.end
        end = min(start + FOLLOWING_CHARACTERS, next_start)
        segment.behind = form[start + 1 : end + 1]


def _erased(line: re.Match[str]) -> str:
    # as long as before: places in the form stay
    width = len(line[0]) - 1
    return "\n" + " " * width


def _masked(enumerator: re.Match[str]) -> str:
    """A number before the words of its line opens them: "2 重复申请". It is no value."""
    return re.sub(r"\d", "#", enumerator[0])


def _segment(
    piece: str,
    taiwan: bool,
) -> Segment:
    label, bare = _labels(piece, taiwan)
    return Segment(
        label,
        bare,
        label,
        taiwan=taiwan,
    )


def _labels(
    piece: str,
    taiwan: bool,
) -> tuple[str, str]:
    """What stands before values as a label, and without a remark in parentheses at its end."""
    return (
        _labels_of(piece, taiwan)
        if len(piece) > REPEATED_CHARACTERS
        else _known_labels(piece, taiwan)
    )


def _labels_of(
    piece: str,
    taiwan: bool,
) -> tuple[str, str]:
    label = squeeze(piece)[-CONTEXT_CHARACTERS:]
    # 规章(设区的市、自治州人民政府应提供相关数据): a remark is no part of the label
    bare = label
    if piece.rstrip().endswith(")"):
        opened = piece.rfind("(")
        if opened > 0:
            before = squeeze(piece[:opened])
            bare = before[-CONTEXT_CHARACTERS:]
    if taiwan:
        return mainland_text(label), mainland_text(bare)
    return label, bare


_known_labels = lru_cache(maxsize=2048)(_labels_of)


def _values(
    run: str,
    start: int,
    source: Reading,
    text: str,
) -> tuple[int, Sequence[Value]]:
    """Where in the display text spans count from, and the values of a run.

    The run stands at `start` of the form.
    """
    is_short = len(run) <= REPEATED_CHARACTERS
    values = _known_values(run) if is_short else _values_of(run)
    run_end = start + len(run)
    at, end = source.span(start, run_end)
    if text[at:end] == run:  # then each character stands for itself
        return at, values
    placed = [_placed(value, start, source, text) for value in values]
    return 0, placed


def _placed(
    value: Value,
    start: int,
    source: Reading,
    text: str,
) -> Value:
    """A value as it is printed and where; its run is printed otherwise than the form has it."""
    if value.span is None:
        return value
    first, behind = value.span
    span = source.span(start + first, start + behind)
    printed = text[slice(*span)]
    return value._replace(raw=printed, span=span)


def _values_of(run: str) -> tuple[Value, ...]:
    """The values of a run, each after the empty cells before it, with their places in it."""
    out: list[Value] = []
    line = 0
    for found in _IN_RUN.finditer(run):
        printed = found[1]
        gap = found[2]
        span = found.span(1)
        value = value_of(printed, printed, span, line)
        out.append(value)
        out += [_BLANK_VALUE] * _empty(gap)
        line += "\n" in gap
    return tuple(out)


# Of a run: 0 in seven cells stands in every report.
_known_values = lru_cache(maxsize=4096)(_values_of)


def _empty(
    gap: str,
    *,
    closing: bool = False,
) -> int:
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

# The text of a cell, its index form, and the columns that it spans.
FoldedCell = tuple[str, str, int]


def of_tables(
    tables: Iterable[Table],
    *,
    taiwan: bool,
) -> list[Segment]:
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
            heads = context + segment.label
            context = heads[-CONTEXT_CHARACTERS:]
            segment.context = context
            if segment.values:
                out.append(segment)
            values = segment.values
            if any(value.semantics != "blank" for value in values):
                context = ""
    return out


def _forms(table: Table) -> Iterator[list[FoldedCell]]:
    """Each row as (text, index form, columns spanned), the whole table folded at once."""
    texts: list[str] = []
    for row in table.rows:
        texts += [cell.text for cell in row]
    folded = fold(_CELL_SEPARATOR.join(texts))
    forms = iter(folded.form.split(_CELL_SEPARATOR))
    for row in table.rows:
        yield [(cell.text, next(forms), cell.colspan) for cell in row]


def _row(
    cells: Sequence[FoldedCell],
    taiwan: bool,
) -> Segment | None:
    if not cells:
        return None
    values = [value_of(raw, form) for raw, form, _ in cells]
    first = _label_cells(values)
    label_forms = [form for _, form, _ in cells[:first]]
    segment = _segment(" ".join(label_forms), taiwan)
    row = values[first:]
    segment.values = row
    segment.spans = [columns for _, _, columns in cells[first:]]
    segment.leading = _empties(row)
    segment.trailing = _empties(row[::-1])
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
    behind_first_words = words[0] + 1
    for number in range(behind_first_words, len(values)):
        value = values[number]
        if value.semantics not in ("number", "zero", "na"):
            continue
        opens_words = number + 1 in words
        if not (opens_words and _is_enumerator(value)):
            first_value = number
            break
    before = [word for word in words if word < first_value]
    return 1 + max(before)


def _is_enumerator(value: Value) -> bool:
    """A single digit other than 0 before words: the 3 of | 3 | 重复申请 |."""
    printed = value.raw or ""
    digits = printed.strip()
    return value.semantics == "number" and len(digits) == 1


def _empties(values: Sequence[Value]) -> int:
    """How many empty cells stand first."""
    for number, value in enumerate(values):
        if value.semantics != "blank":
            return number
    return len(values)
