"""An HTML tree to lines and tables, without recursion: pages nest their elements thousands deep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lxml.html import HtmlElement

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
MAX_SPAN = 1000
# Lines of a cell up to this long are one label broken for want of room, unless they are
# a list.
MAX_BROKEN_LINE = 20

_ITEM_PATTERN = re.compile(r"[\d(（①-⑳+-]|[一二三四五六七八九十]、")
_SPACES_PATTERN = re.compile(r"[ \t\n\r\f\v]+")
_WIDE_BREAK_PATTERN = re.compile(
    r"(?<=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])[ \t\r\f]*\n\s*(?=[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])"
)
_WIDE_PATTERN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")

Where = Literal["before", "inside", "after"]


@dataclass(slots=True)
class Flat:
    """The lines of a page: those of the chosen elements (`lines`, `tables`) and those around them."""

    lines: list[Line] = field(default_factory=list)
    tables: list[Rows] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    """A table that is open: its rows so far, its lines in groups (whether they are a cell's), and
    the open cell.
    """

    rows: list[list[Cell]] = field(default_factory=list)
    groups: list[tuple[bool, list[Line]]] = field(default_factory=list)
    nested: bool = False
    cell: list[str] | None = None
    element: HtmlElement | None = None


class _Flattener:
    """The state of one walk: the line being written and the tables that are open."""

    def __init__(self, chosen: set[HtmlElement]) -> None:
        self.chosen, self.inside, self.seen = chosen, 0, False
        self.flat = Flat()
        self.parts: list[str] = []
        self.open: list[_Table] = []
        self.pre = 0

    def text(self, text: str | None) -> None:
        if text:
            self.parts.append(
                text
                if self.pre
                else _SPACES_PATTERN.sub(" ", _WIDE_BREAK_PATTERN.sub("", text))
            )

    def end_line(self) -> None:
        text, self.parts = "".join(self.parts), []
        for piece in text.split("\n") if self.pre else [text]:
            if stripped := piece.strip(EDGE_CHARACTERS):
                self._put(stripped)

    def _put(self, text: str) -> None:
        if not self.inside:
            (self.flat.after if self.seen else self.flat.before).append(text)
        elif self.open and self.open[-1].cell is not None:
            self.open[-1].cell.append(text)
        elif self.open:
            self.open[-1].groups.append((False, [Line(text)]))
        else:
            self.flat.lines.append(Line(text))

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
        if _is_data(table):
            number = len(self.flat.tables)
            self.flat.tables.append(tuple(tuple(row) for row in table.rows if row))
            lines = [
                line
                for is_cell, group in table.groups
                for line in _numbered(group, number if is_cell else None)
            ]
        else:
            lines = [line for _, group in table.groups for line in group]
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
    """The lines of `root`, parted into those within the `chosen` elements and those before and
    after.
    """
    state = _Flattener(chosen)
    for element, entering in _walk(root):
        tag = element.tag if isinstance(element.tag, str) else ""
        if entering:
            state.enter(element, tag)
            state.text(element.text if tag else None)
        else:
            state.leave(element, tag)
            if element is not root:
                state.text(element.tail)
    state.end_line()
    return state.flat


def _walk(root: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """Every element on the way in and on the way out, in document order."""
    stack: list[tuple[HtmlElement, bool]] = [(root, True)]
    while stack:
        element, entering = stack.pop()
        yield element, entering
        if entering:
            stack.append((element, False))
            stack.extend((child, True) for child in reversed(element))


def _span(element: HtmlElement, name: str) -> int:
    raw = (element.get(name) or "1").strip()
    return (
        max(1, min(MAX_SPAN, int(raw)))
        if raw.isascii() and raw.isdigit() and len(raw) < 9
        else 1
    )


def _is_data(table: _Table) -> bool:
    """A table of data, not of layout: at least two cells with text, none of them as long as a page,
    none a table.
    """
    texts = [cell.text for row in table.rows for cell in row if cell.text]
    return not table.nested and len(texts) > 1 and max(map(len, texts)) <= MAX_CELL


def cell_line(lines: list[str]) -> list[str]:
    """The lines of a cell as they stand in the text: a label is one line, however it was broken."""
    if all(len(line) <= MAX_BROKEN_LINE for line in lines) and not any(
        _ITEM_PATTERN.match(line) for line in lines[1:]
    ):
        return [joined] if (joined := join_lines(lines)) else []
    return lines


def join_lines(lines: list[str]) -> str:
    """The lines as one: Chinese is broken without a space, so only Latin text gets one.

    >>> join_lines(["科研", "机构"]), join_lines(["total", "sum"])
    ('科研机构', 'total sum')
    """
    out = ""
    for line in lines:
        gap = (
            " "
            if out
            and line
            and not (_WIDE_PATTERN.match(out[-1]) or _WIDE_PATTERN.match(line[0]))
            else ""
        )
        out += gap + line
    return out
