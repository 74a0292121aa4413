"""Show a mark inside a statutory table as row, column and value, not as a line of table text.

In the report's text a table is a sequence of lines: one line a cell, or one line a row. The stored
record knows the position of every value, but not the position of labels. So a label is recognised
by its words and by the value that follows it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from index.analysis.normaliser import fold_line
from index.documents.printed_rows import PrintedTables, PrintedValue, printed_tables
from index.engines.seam import Contents
from index.search.marks import Span
from index.search.response import Snippet, TableCell

__all__ = ["in_tables"]

# Characters of the longest line that may be a row of a table or a part of one.
MAX_ROW_LINE = 80
# Characters of the longest label that is shown as a row, with the heads above it.
MAX_ROW_LABEL = 60
# Characters before the first value of a table in which its heads stand.
HEADS_REACH = 320
# Fewest characters of a part of a label, so that the part names one row only.
MIN_LABEL_PART = 3
# Least similarity (0 to 1) of a printed label and the form's label, where their words differ.
LEAST_LIKENESS = 0.6
# Parts of a line of a table.
UNIT_BORDERS = "\n\t|"
UNIT_PATTERN = re.compile(f"[^{UNIT_BORDERS}]+")
# 自然人 法人或其他组织 总计
HEAD_PATTERN = re.compile(r"[^\s|]+")
# What counts the values of a row, or fills a cell without a value: it is no label.
COUNTER_REGEX = "(?:[条件次个人家项元]|万元|亿元|[—–-]+)"
NO_LABEL = re.compile(rf"\s*{COUNTER_REGEX}?\s*")
# 制发规范性文件总数 件
BEHIND_LABEL = re.compile(rf"\s+{COUNTER_REGEX}$")
# (一) 1. 四、
ENUMERATOR = re.compile(
    r"[\s(（]*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)）、.．]\s*"
)
FIGURE_PATTERN = re.compile(r"(?:^|[\s|])[-+]?\d[\d,.]*(?=[\s|]|$)")
SENTENCE_END = "。"
NO_LETTER = re.compile(r"[\W_]+")


def in_tables(
    pieces: tuple[Snippet, ...],
    marks: Sequence[Span],
    contents: Contents,
    display: str,
) -> tuple[Snippet, ...]:
    """The snippets, each whose longest mark is in a table replaced by that place of the table.

    `marks` are all marks of the text `display`. A place is shown once.
    """
    longest = [_longest(piece) for piece in pieces]
    tabled = [mark and _may_be_in_table(display, mark) for mark in longest]
    if not any(tabled):
        # nearly always: the tables of the report are not read then
        return pieces
    places = _Places(display, marks, printed_tables(contents.rest))
    out: list[Snippet] = []
    for piece, mark, is_tabled in zip(pieces, longest, tabled, strict=True):
        shown = piece
        if mark and is_tabled:
            shown = places.shown(mark) or places.line(mark)
        if shown.cell is None or all(shown.cell != other.cell for other in out):
            out.append(shown)
    return tuple(out)


def _longest(piece: Snippet) -> Span | None:
    """The first of the longest marks of a piece, in the report's text."""
    if not piece.marks:
        return None
    longest = piece.marks[0]
    length = longest[1] - longest[0]
    for mark in piece.marks[1:]:
        if mark[1] - mark[0] > length:
            longest, length = mark, mark[1] - mark[0]
    start = piece.offset + longest[0]
    return start, start + length


def _may_be_in_table(
    display: str,
    mark: Span,
) -> bool:
    """Whether a mark is in a short line, and a figure follows before any sentence."""
    start = display.rfind("\n", 0, mark[0]) + 1
    end = mark[1] + HEADS_REACH
    stop = display.find(SENTENCE_END, start, end)
    if stop >= 0:
        if stop < mark[0]:
            return False
        # the sentence ends with its sign, not with a figure before it
        end = stop + 1
    following = display[start:end]
    figure = FIGURE_PATTERN.search(
        following,
        mark[0] - start,
    )
    if figure is None:
        return False
    before = following[: figure.start()]
    line = before.partition("\n")[0]
    return len(line) <= MAX_ROW_LINE or "\t" in line or "|" in line


class _Label(NamedTuple):
    """What is printed of the row or the column of a value: [start, end) of the text."""

    value: PrintedValue
    span: Span
    is_row: bool


@dataclass(frozen=True, slots=True)
class _Places:
    """The tables of a report and its marks, to look these up among the values."""

    display: str
    marks: Sequence[Span]
    tables: PrintedTables

    def shown(
        self,
        mark: Span,
    ) -> Snippet | None:
        """The place of a table that a mark is in; None where it is in none, or in several."""
        found = self._at(mark)
        if found is None:
            return None
        end = found.offset + len(found.text)
        is_inside = found.offset <= mark[0] and mark[1] <= end
        return found if is_inside else None

    def _at(
        self,
        mark: Span,
    ) -> Snippet | None:
        row = bisect_right(self.tables.rows, (mark[0] + 1,))
        values = self.tables.values(row - 1) if row else []
        before = None
        for value in values:
            if mark[0] < value.start:
                # between two values of one row
                return None
            if mark[0] < value.end:
                return self._at_value(value)
            before = value
        if row == len(self.tables.rows):
            return None
        label = self._label(
            mark,
            self.tables.values(row)[0],
            before,
        )
        if label is None:
            return None
        return self._at_row(label) if label.is_row else self._at_column(label)

    def line(
        self,
        mark: Span,
    ) -> Snippet:
        """The line of a mark: a title of a table, or a row that was not read."""
        start = self.display.rfind("\n", 0, mark[0]) + 1
        end = self.display.find(
            "\n",
            mark[1],
        )
        span = (start, end if end >= 0 else len(self.display))
        text = self.display[slice(*span)]
        blanks = len(text) - len(text.lstrip())
        start += blanks
        end = start + len(text.strip())
        return self._snippet((start, end), None)

    # ------------------------------------------------------------------ what a mark is a part of
    def _label(
        self,
        mark: Span,
        value: PrintedValue,
        before: PrintedValue | None,
    ) -> _Label | None:
        """The row or column label that contains the mark.

        It stands before `value` and after `before`. None where the mark is in no label.
        """
        is_inside = before is not None and self._table(before) == self._table(value)
        low = max(
            0,
            value.start - HEADS_REACH,
        )
        if before is not None:
            low = max(
                low,
                before.end,
            )
        last = self._last_unit(low, value.start)
        if last is None or mark[0] >= last[1]:
            return None
        is_last = last[0] <= mark[0]
        if is_last and (is_inside or self._is_label_of(last, value)):
            return _Label(
                value,
                last,
                is_row=True,
            )
        own = self._unit_at(mark[0], low, value.start)
        if own is None:
            return None
        head = self._head_at(mark[0], *own)
        label = self._column(head, low, value)
        for part in (own, head):
            label = label or self._row(part, value)
        if label is None and is_inside:
            units = list(self._units(low, value.start))
            label = self._head(own, units, value)
        return label

    def _unit_at(
        self,
        position: int,
        low: int,
        high: int,
    ) -> Span | None:
        """The part of a line between two places that holds a position, where it may be a label."""
        borders = [self.display.rfind(sign, low, position + 1) for sign in UNIT_BORDERS]
        start = max(low, max(borders) + 1)
        part = UNIT_PATTERN.match(self.display, start, high)
        unit = self._unit(*part.span()) if part else None
        is_in = unit is not None and unit[0] <= position < unit[1]
        return unit if is_in else None

    def _head_at(
        self,
        position: int,
        low: int,
        high: int,
    ) -> Span:
        """The head in a part of a line that holds a position; the part where it is a blank."""
        for found in HEAD_PATTERN.finditer(self.display, low, high):
            if found.start() <= position < found.end():
                return found.span()
        return low, high

    def _column(
        self,
        own: Span,
        low: int,
        value: PrintedValue,
    ) -> _Label | None:
        """The label as a column head, with the value below it.

        The heads of the row stand between `low` and `value`.
        """
        key = self._key(own)
        text = self.display[slice(*own)]
        # heads that are printed again are those of one row after another
        before = HEAD_PATTERN.findall(self.display, low, own[0])
        row = value.row + before.count(text)
        if not self._is_in(row, self._table(value)):
            row = value.row
        for found in self.tables.values(row):
            if _key_of(found.column) == key:
                return _Label(
                    found,
                    own,
                    is_row=False,
                )
        return None

    def _row(
        self,
        own: Span,
        value: PrintedValue,
    ) -> _Label | None:
        """The label as a row label: the row whose name equals `own` or contains it."""
        key = self._key(own)
        table = self._table(value)
        row = value.row
        while self._is_in(row, table):
            if _is_called(key, self.tables.rows[row].label):
                return _Label(
                    self.tables.values(row)[0],
                    own,
                    is_row=True,
                )
            row += 1
        return None

    def _head(
        self,
        own: Span,
        units: Sequence[Span],
        value: PrintedValue,
    ) -> _Label | None:
        """A group head above a row label, such as 三、本年度办理结果.

        The label returned spans the head and the row label. None where the text between them
        belongs to another row.
        """
        span = (own[0], units[-1][1])
        text = self.display[slice(*span)]
        if len(text) > MAX_ROW_LABEL or FIGURE_PATTERN.search(text):
            return None
        heads = units[units.index(own) : -1]
        table = self._table(value)
        labels = [label for name, label in self.tables.empty if name == table]
        labels += [row.label for row in self.tables.rows if row.table == table]
        for head in heads:
            # a row without values, and what follows is that of another
            key = self._key(head)
            if any(_is_called(key, label) for label in labels):
                return None
        return _Label(
            value,
            span,
            is_row=True,
        )

    def _is_label_of(
        self,
        unit: Span,
        value: PrintedValue,
    ) -> bool:
        """Whether a unit right before a value is the label of its row, also in other words."""
        label = self.tables.rows[value.row].label
        key = self._key(unit)
        if _is_called(key, label):
            return True
        alike = SequenceMatcher(None, key, _key_of(label), autojunk=False)
        return alike.ratio() >= LEAST_LIKENESS

    def _key(
        self,
        unit: Span,
    ) -> str:
        return _key_of(self.display[slice(*unit)])

    def _table(
        self,
        value: PrintedValue,
    ) -> str:
        return self.tables.rows[value.row].table

    def _is_in(
        self,
        row: int,
        table: str,
    ) -> bool:
        """Whether there is such a row, and it is of a table. The rows of one stand together."""
        rows = self.tables.rows
        return row < len(rows) and rows[row].table == table

    def _units(
        self,
        low: int,
        high: int,
    ) -> Iterator[Span]:
        """The parts of the lines between two places that may be labels."""
        for found in UNIT_PATTERN.finditer(self.display, low, high):
            unit = self._unit(*found.span())
            if unit is not None:
                yield unit

    def _last_unit(
        self,
        low: int,
        high: int,
    ) -> Span | None:
        """The last of these parts; most labels that are asked for are that."""
        end = high
        while end > low:
            borders = [self.display.rfind(sign, low, end) for sign in UNIT_BORDERS]
            start = max(low, max(borders) + 1)
            unit = self._unit(start, end)
            if unit is not None:
                return unit
            end = start - 1
        return None

    def _unit(
        self,
        start: int,
        end: int,
    ) -> Span | None:
        """A part of a line without blanks and what counts its values; None for no label."""
        text = self.display[start:end]
        if NO_LABEL.fullmatch(text):
            return None
        label = text.rstrip()
        behind = BEHIND_LABEL.search(label)
        length = behind.start() if behind else len(label)
        blanks = len(text) - len(text.lstrip())
        return start + blanks, start + length

    # ------------------------------------------------------------------ what is shown
    def _at_value(
        self,
        value: PrintedValue,
    ) -> Snippet:
        printed = self._printed(value.row)
        marks = self._marks_in(value.start, value.end)
        cell = self._cell(
            value,
            value_marks=marks,
        )
        start = value.start if printed is None else printed[0]
        return self._snippet((start, value.end), cell)

    def _at_row(
        self,
        label: _Label,
    ) -> Snippet:
        value = self._telling(label.value)
        row, marks = self._without_number(label.span)
        cell = self._cell(
            value,
            row=row,
            row_marks=marks,
        )
        start, end = label.span
        last = self._before(label.value)
        if last is not None and last[1] == end:
            # nothing but its values stands behind the label
            end = value.end
        return self._snippet((start, end), cell)

    def _at_column(
        self,
        label: _Label,
    ) -> Snippet:
        column, marks = self._without_number(label.span)
        cell = self._cell(label.value, column=column, column_marks=marks)
        return self._snippet(
            label.span,
            cell,
        )

    def _cell(
        self,
        value: PrintedValue,
        row: str = "",
        column: str = "",
        *,
        row_marks: tuple[Span, ...] = (),
        column_marks: tuple[Span, ...] = (),
        value_marks: tuple[Span, ...] = (),
    ) -> TableCell:
        """A value as it is shown; its row and column as printed, else as the form has them."""
        if not row:
            printed = self._printed(value.row)
            row = self.tables.rows[value.row].label
            if printed is not None:
                row = self._without_number(printed)[0]
        return TableCell(
            self._table(value),
            row,
            column or value.column,
            self.display[value.start : value.end],
            row_marks,
            column_marks,
            value_marks,
        )

    def _telling(
        self,
        value: PrintedValue,
    ) -> PrintedValue:
        """The value of a row that is shown: under a column that is marked, else the last.

        The last column of every form is the total, or what there is after the changes.
        """
        table = self._table(value)
        first = next(row for row in self.tables.rows if row.table == table)
        low = max(
            0,
            first.start - HEADS_REACH,
        )
        row = self.tables.values(value.row)
        marked = set()
        for start, end in self._marks_in(low, first.start):
            head = self._head_at(low + start, *self._line_at(low + start))
            if low + end <= head[1]:
                marked.add(self._key(head))
        named = [own for own in row if _key_of(own.column) in marked]
        return named[0] if named else row[-1]

    def _line_at(
        self,
        position: int,
    ) -> Span:
        """The line that holds a position."""
        start = self.display.rfind("\n", 0, position + 1) + 1
        end = self.display.find("\n", position)
        return start, end if end >= 0 else len(self.display)

    def _printed(
        self,
        row: int,
    ) -> Span | None:
        """Where the label of a row stands right before its values; None where it does not."""
        first = self.tables.values(row)[0]
        unit = self._before(first)
        return unit if unit and self._is_label_of(unit, first) else None

    def _before(
        self,
        value: PrintedValue,
    ) -> Span | None:
        low = max(0, value.start - MAX_ROW_LABEL)
        return self._last_unit(low, value.start)

    def _without_number(
        self,
        span: Span,
    ) -> tuple[str, tuple[Span, ...]]:
        """A label as one line without the number before it, with its marks."""
        marks = self._marks_in(*span)
        text = self.display[slice(*span)]
        number = ENUMERATOR.match(text)
        skipped = number.end() if number else 0
        if marks and marks[0][0] < skipped:
            # the number is what was asked for
            skipped = 0
        moved = tuple((a - skipped, b - skipped) for a, b in marks)
        return text[skipped:].replace("\n", " "), moved

    def _marks_in(
        self,
        start: int,
        end: int,
    ) -> tuple[Span, ...]:
        first = bisect_left(self.marks, (start, 0))
        last = bisect_left(self.marks, (end, 0))
        inside = self.marks[first:last]
        return tuple((a - start, b - start) for a, b in inside if b <= end)

    def _snippet(
        self,
        span: Span,
        cell: TableCell | None,
    ) -> Snippet:
        start, end = span
        text = self.display[start:end]
        return Snippet(text, self._marks_in(start, end), start, cell=cell)


@lru_cache(maxsize=8192)  # labels are those of a few forms, over all reports
def _is_called(
    key: str,
    label: str,
) -> bool:
    """Whether a key is that of a label, begins or ends it, or ends with it."""
    name = _key_of(label)
    if key == name:
        return bool(key)
    if len(key) >= MIN_LABEL_PART and name.startswith(key):
        return True
    is_end = len(key) >= MIN_LABEL_PART and name.endswith(key)
    return is_end or (len(name) >= MIN_LABEL_PART and key.endswith(name))


@lru_cache(maxsize=1024)
def _key_of(label: str) -> str:
    """A label without its number and signs, in index form: labels are compared so.

    >>> _key_of("（一）予以公開"), _key_of("1.属于国家秘密")
    ('予以公开', '属于国家秘密')
    """
    folded = fold_line(label)
    number = ENUMERATOR.match(folded)
    return NO_LETTER.sub("", folded[number.end() if number else 0 :])
