"""Rows of tables in RTF: cells are known by their right borders, and become columns and spans."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from lxml.etree import SubElement
from lxml.html import HtmlElement

__all__ = ["SHAPE_WORDS", "Rows"]

# Words that say how the next cell stands: it continues the cell above or the one on its left.
# \\cellx ends its definition.
SHAPE_WORDS = ("cellx", "clvmrg", "clmrg")
# Twips (a twentieth of a point) within which two borders are one.
BORDER_TWIPS = 40
# Width of a cell that no row defines.
CELL_TWIPS = 1000


@dataclass(slots=True)
class _Shape:
    right: int = 0
    joins_above: bool = False
    joins_left: bool = False


@dataclass(slots=True)
class _Cell:
    shape: _Shape
    lines: list[str]


@dataclass(slots=True)
class Rows:
    """The table that is being read.

    `is_open` says that a row was begun and not ended.
    """

    is_open: bool = False
    shapes: list[_Shape] = field(default_factory=list)
    # the shape that is being defined
    next: _Shape = field(default_factory=_Shape)
    lines: list[str] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    table: list[list[_Cell]] = field(default_factory=list)

    def begin(self) -> None:
        """A row is defined anew; Word does so before and behind its cells."""
        self.is_open = True
        self.shapes.clear()
        self.next = _Shape()

    def shape(self, word: str, number: int) -> None:
        """One of SHAPE_WORDS."""
        if word == "clvmrg":
            self.next.joins_above = True
        elif word == "clmrg":
            self.next.joins_left = True
        else:
            self.next.right = number
            self.shapes.append(self.next)
            self.next = _Shape()

    def line(self, text: str) -> None:
        """A line of the cell that is open."""
        self.lines.append(text)

    def end_cell(self) -> None:
        """The lines so far are a cell."""
        self.cells.append(self.lines)
        self.lines = []

    def end_row(self) -> None:
        """The cells so far are a row."""
        self.is_open = False
        row: list[_Cell] = []
        right = 0
        for number, lines in enumerate(self.cells):
            shape = _Shape(right + CELL_TWIPS)
            if number < len(self.shapes):
                shape = self.shapes[number]
            right = shape.right
            row.append(_Cell(shape, lines))
        self.cells = []
        if row:
            self.table.append(row)

    def end(self, root: HtmlElement) -> None:
        """The table ends: it is added to a tree of HTML, and what was in no row below it."""
        if self.cells:
            self.end_row()
        self.is_open = False
        if self.table:
            self._append(root)
            self.table = []
        for line in self.lines:
            SubElement(root, "p").text = line
        self.lines = []

    def _append(self, root: HtmlElement) -> None:
        table = SubElement(root, "table")
        borders = _borders(self.table)
        # column -> the cell that stands in it so far
        above: dict[int, HtmlElement] = {}
        for row in self.table:
            tr = SubElement(table, "tr")
            column = 0
            for cell in row:
                end = bisect_left(borders, cell.shape.right - BORDER_TWIPS) + 1
                span = max(1, end - column)
                td = _holder(tr, cell.shape, above.get(column))
                if td is None:
                    td = SubElement(tr, "td", colspan=str(span))
                    above[column] = td
                for line in cell.lines:
                    SubElement(td, "p").text = line
                column += span


def _holder(
    tr: HtmlElement,
    shape: _Shape,
    upper: HtmlElement | None,
) -> HtmlElement | None:
    """The cell that this one continues."""
    if shape.joins_above and upper is not None:
        rows = int(upper.get("rowspan", "1")) + 1
        upper.set("rowspan", str(rows))
        return upper
    if shape.joins_left and len(tr):
        left = tr[-1]
        columns = int(left.get("colspan", "1")) + 1
        left.set("colspan", str(columns))
        return left
    return None


def _borders(table: list[list[_Cell]]) -> list[int]:
    """The right borders of all columns, from the left."""
    borders: list[int] = []
    rights = sorted({cell.shape.right for row in table for cell in row})
    for right in rights:
        if not borders or right - borders[-1] > BORDER_TWIPS:
            borders.append(right)
    return borders
