"""An HTML tree to lines and tables, without recursion: pages nest their elements thousands deep."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from index.analysis.characters import HAN_NUMERALS, WIDE_CLASS
from indexer.formats.body import Rows
from indexer.formats.chrome import EDGE_CHARACTERS, Line
from indexer.page import Cell

__all__ = ["Flat", "cell_line", "flatten", "join_lines"]

BLOCK_TAGS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
        ),
        *(
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "html",
        ),
        *(
            "legend",
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
            "td",
            "tfoot",
            "th",
        ),
        *("thead", "title", "tr", "ul", "option"),
    )
)
CELL_TAGS = ("td", "th")
# A cell with more characters than this is part of a page's layout, not of a table of
# data.
MAX_CELL = 2000
# The HTML standard's own limit of colspan.
MAX_SPAN = 1000
# Lines of a cell up to this long are one label broken for want of room, unless they are
# a list.
MAX_BROKEN_LINE = 20

# how a line of a list begins: 1., (二), ①, -, 三、
_ITEM_PATTERN = re.compile(rf"[\d(（①-⑳+-]|[{HAN_NUMERALS}]、")
# HTML's white space, which a browser shows as one space
_SPACES_PATTERN = re.compile(r"[ \t\n\r\f\v]+")
# Chinese characters, their punctuation and full-width forms.
# a line end of the markup inside Chinese, which no reader sees
_WIDE_BREAK_PATTERN = re.compile(
    rf"(?<=[{WIDE_CLASS}])[ \t\r\f]*\n\s*(?=[{WIDE_CLASS}])"
)
_WIDE_PATTERN = re.compile(f"[{WIDE_CLASS}]")

Where = Literal["before", "inside", "after"]


@dataclass(slots=True)
class Flat:
    """The lines of a page.

    `lines` and `tables` are those of the chosen elements, `before` and `after` what stands around
    them.
    """

    lines: list[Line] = field(default_factory=list)
    tables: list[Rows] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    """A table that is open.

    `rows` are its rows so far; `groups` its lines in groups, each with whether they are of a cell;
    `cell` the lines of the open cell and `element` that cell.
    """

    rows: list[list[Cell]] = field(default_factory=list)
    groups: list[tuple[bool, list[Line]]] = field(default_factory=list)
    nested: bool = False
    cell: list[str] | None = None
    element: HtmlElement | None = None


class _Flattener:
    """The state of one walk: the line being written and the tables that are open."""

    def __init__(self, chosen: set[HtmlElement]) -> None:
        self.chosen = chosen
        # how many chosen elements are open, and whether there was any
        self.inside = 0
        self.seen = False
        self.flat = Flat()
        self.parts: list[str] = []
        self.open: list[_Table] = []
        # how many <pre> are open: their white space stands
        self.pre = 0

    def text(self, text: str | None) -> None:
        if not text:
            return
        if not self.pre:
            text = _SPACES_PATTERN.sub(" ", _WIDE_BREAK_PATTERN.sub("", text))
        self.parts.append(text)

    def end_line(self) -> None:
        if not self.parts:
            # as at most borders of blocks
            return
        text = "".join(self.parts)
        self.parts = []
        pieces = text.split("\n") if self.pre else [text]
        for piece in pieces:
            stripped = piece.strip(EDGE_CHARACTERS)
            if stripped:
                self._put(stripped)

    def _put(self, text: str) -> None:
        if not self.inside:
            around = self.flat.after if self.seen else self.flat.before
            around.append(text)
        elif not self.open:
            self.flat.lines.append(Line(text))
        elif (cell := self.open[-1].cell) is not None:
            cell.append(text)
        else:
            # between cells, such as a caption
            self.open[-1].groups.append((False, [Line(text)]))

    def enter(self, element: HtmlElement, tag: str) -> None:
        if tag in BLOCK_TAGS or tag == "br":
            self.end_line()
        if element in self.chosen:
            self.inside += 1
            self.seen = True
        self.pre += tag == "pre"
        if not self.inside:
            return
        if tag == "table":
            self._enter_table()
        elif self.open and tag == "tr":
            self.open[-1].rows.append([])
        elif self.open and tag in CELL_TAGS:
            self._end_cell()
            self.open[-1].cell, self.open[-1].element = [], element

    def leave(self, element: HtmlElement, tag: str) -> None:
        if tag in BLOCK_TAGS:
            self.end_line()
        self.pre -= tag == "pre"
        if self.inside and self.open:
            if tag in CELL_TAGS and self.open[-1].element is element:
                self._end_cell()
            elif tag == "table":
                self._leave_table()
        if element in self.chosen:
            self.inside -= 1

    def _enter_table(self) -> None:
        if self.open:
            outer = self.open[-1]
            outer.nested = True
            self._cell_lines(outer)
        self.open.append(_Table())

    @staticmethod
    def _cell_lines(table: _Table) -> None:
        """Write down a cell's lines so far, one by one: what follows is a table within it."""
        if table.cell:
            table.groups.append((True, [Line(text) for text in table.cell]))
            table.cell.clear()

    def _end_cell(self) -> None:
        self.end_line()
        table = self.open[-1]
        if table.cell is None or table.element is None:
            return
        if not table.rows:
            table.rows.append([])
        span = (_span(table.element, "colspan"), _span(table.element, "rowspan"))
        table.rows[-1].append(
            Cell("\n".join(table.cell), *span, table.element.tag == "th")
        )
        table.groups.append((True, [Line(text) for text in table.cell]))
        table.cell = table.element = None

    def _leave_table(self) -> None:
        self._end_cell()
        table = self.open.pop()
        lines: list[Line] = []
        if _is_data(table):
            number = len(self.flat.tables)
            rows = tuple(tuple(row) for row in table.rows if row)
            self.flat.tables.append(rows)
            for is_cell, group in table.groups:
                lines += _numbered(group, number if is_cell else None)
        else:
            for _, group in table.groups:
                lines += group
        if self.open:
            self.open[-1].groups.append((False, lines))
        else:
            self.flat.lines.extend(lines)


def _numbered(group: list[Line], table: int | None) -> list[Line]:
    """The lines of one cell, or those between cells, such as a caption, which belong to no row."""
    if table is None:
        return group
    return [Line(text, table) for text in cell_line([line.text for line in group])]


def flatten(root: HtmlElement, chosen: set[HtmlElement]) -> Flat:
    """The lines of `root`: those within the `chosen` elements, those before and those after."""
    state = _Flattener(chosen)
    for event, element in iterwalk(root, events=("start", "end", "comment", "pi")):
        # of the elements of a page, and never of an entity
        tag = str(element.tag)
        if event == "start":
            state.enter(element, tag)
            state.text(element.text)
            continue
        if event == "end":
            state.leave(element, tag)
        # what stands behind a comment or an instruction is text of the page
        if element is not root:
            state.text(element.tail)
    state.end_line()
    return state.flat


def _span(element: HtmlElement, name: str) -> int:
    """A colspan or rowspan, 1 where it is no number: colspan="100%" is found."""
    raw = element.get(name)
    if raw is None or raw == "1":
        # as of nearly every cell
        return 1
    raw = raw.strip()
    if not (raw.isascii() and raw.isdigit()) or len(raw) >= 9:
        return 1
    return max(1, min(MAX_SPAN, int(raw)))


def _is_data(table: _Table) -> bool:
    """A table of data, not of layout.

    It has at least two cells with text, none as long as a page, and none that is a table.
    """
    texts = [cell.text for row in table.rows for cell in row if cell.text]
    return not table.nested and len(texts) > 1 and max(map(len, texts)) <= MAX_CELL


def cell_line(lines: list[str]) -> list[str]:
    """The lines of a cell as they stand in the text: a label is one line, however it was broken."""
    is_short = all(len(line) <= MAX_BROKEN_LINE for line in lines)
    is_list = any(_ITEM_PATTERN.match(line) for line in lines[1:])
    if not is_short or is_list:
        return lines
    joined = join_lines(lines)
    return [joined] if joined else []


def join_lines(lines: list[str]) -> str:
    """The lines as one: Chinese is broken without a space, so only Latin text gets one.

    >>> join_lines(["科研", "机构"]), join_lines(["total", "sum"])
    ('科研机构', 'total sum')
    """
    joined = ""
    for line in lines:
        if joined and line:
            is_chinese = _WIDE_PATTERN.match(joined[-1]) or _WIDE_PATTERN.match(line[0])
            joined += "" if is_chinese else " "
        joined += line
    return joined
