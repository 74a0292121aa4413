"""The lines of a report as headings, paragraphs and tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from webui.text.lines import Line

__all__ = ["Block", "blocks"]

# （一）予以公开 or 1.属于国家秘密: a numbered name begins a row of a flattened table.
_NUMBERED_PATTERN = re.compile(
    r"[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、]\D"
)
# A mirror that drops the markup leaves one cell on a line. From so many such lines in a
# row on they are a table; a few short lines are a signature or a list.
_FEWEST_CELLS = 6


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is "heading", "paragraph", "cells" or "barred"; a heading has an anchor."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    anchor: str = ""

    @property
    def rows(self) -> list[list[Line]]:
        """The cells of a flattened table in rows.

        A row begins where a name follows a figure, or where a name has a number.
        """
        rows: list[list[Line]] = []
        after_figure = True
        for line in self.lines:
            numbered = _NUMBERED_PATTERN.match(line.text.strip())
            is_name = not line.number and (after_figure or numbered)
            if is_name or not rows:
                rows.append([])
            rows[-1].append(line)
            after_figure = line.number
        return rows

    @staticmethod
    def parts(row: Sequence[Line]) -> list[tuple[str, list[Line]]]:
        """The cells of a row as runs of one kind, "name" or "figure", in their order."""
        parts: list[tuple[str, list[Line]]] = []
        for line in row:
            kind = "figure" if line.number else "name"
            if not parts or parts[-1][0] != kind:
                parts.append((kind, []))
            parts[-1][1].append(line)
        return parts


def blocks(lines: Sequence[Line]) -> list[Block]:
    """The lines as headings, paragraphs and tables; blank lines only separate them."""
    out: list[Block] = []
    short_lines: list[Line] = []
    for line in lines:
        if not line.text.strip():
            continue
        # a blank line inside a flattened table does not end it
        if line.cell:
            short_lines.append(line)
            continue
        out += _short(short_lines)
        short_lines = []
        _add(out, line)
    return out + _short(short_lines)


def _short(lines: list[Line]) -> list[Block]:
    """A run of short lines: one table when it is long enough, else paragraphs."""
    if len(lines) >= _FEWEST_CELLS:
        return [Block("cells", lines)]
    return [Block("paragraph", [line]) for line in lines]


def _add(out: list[Block], line: Line) -> None:
    """Add a line that is no cell; rows with bars join the table before them."""
    if line.barred:
        if not out or out[-1].kind != "barred":
            out.append(Block("barred"))
        out[-1].lines.append(line)
    elif line.heading:
        out.append(Block("heading", [line], f"s-{line.start}"))
    else:
        out.append(Block("paragraph", [line]))
