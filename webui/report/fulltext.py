"""The text of a report as paragraphs, with hits, repairs, damage and evidence lying on it.

Several layers of spans may overlap. The text is cut at every border; each piece is escaped and
wrapped in the layers that cover it, so that the markup is always well nested.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from index.model.report import Report
from index.search.response import Span

__all__ = [
    "Block",
    "Layer",
    "Line",
    "blocks",
    "hit_layers",
    "received_layers",
    "report_layers",
    "spread",
]

# Four rows of the table of applications are numbered as chapters are.
_NUMBERED_ROW = re.compile(
    r"\s*[一二三四]\s*、\s*(?:本年新收|上年[结結][转轉]|本年度[办辦]理[结結]果|[结結][转轉]下年度)"
)
_HEADING = re.compile(r"\s*[一二三四五六七八九十]{1,3}\s*、\s*\S.{0,38}")
_NUMBER = re.compile(r"[-+]?[\d,，.．]+\s*[%％]?|[-—–/／]+")
_NUMBERED = re.compile(r"[(（][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.．、]\D")
_BARS = re.compile(r"(?:[|\t][^|\t]*){2}")
_SENTENCE_END = ("。", "；", "：", "！", "？", ";", ":")
_CELL, _CELLS = 24, 6
"""A table flattened to one cell a line: at least so many lines in a row, none longer than so many
characters.
"""


@dataclass(frozen=True, slots=True)
class Layer:
    """A span with what is put around it.

    `before` stands in front of its first piece, `after` behind it.
    """

    start: int
    end: int
    rank: int
    open: Markup
    close: Markup
    first: Markup | None = None
    after: Markup | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the text: where it starts, what it says, and its markup."""

    start: int
    text: str
    html: Markup

    @property
    def heading(self) -> bool:
        """Whether it is a heading of the form 一、…"""
        if self.barred or _NUMBERED_ROW.match(self.text):
            return False
        return bool(_HEADING.fullmatch(self.text)) and not self.text.rstrip().endswith(
            _SENTENCE_END
        )

    @property
    def number(self) -> bool:
        """Whether it is a figure, or what stands for one in a table."""
        return bool(_NUMBER.fullmatch(self.text.strip()))

    @property
    def barred(self) -> bool:
        """Whether it is a row of a table whose cells are set off by bars or tabs."""
        return bool(_BARS.search(self.text.strip()))

    @property
    def cell(self) -> bool:
        """Whether it may be a cell of a flattened table."""
        text = self.text.strip()
        return (
            not self.barred
            and len(text) <= _CELL
            and not text.endswith(_SENTENCE_END)
            and not self.heading
        )


@dataclass(frozen=True, slots=True)
class Block:
    """`kind` is "heading", "paragraph", "cells" or "barred"; a heading has an anchor."""

    kind: str
    lines: list[Line] = field(default_factory=list)
    anchor: str = ""

    @property
    def rows(self) -> list[list[Line]]:
        """The cells of a flattened table in rows: one begins where a name follows a figure, or has
        a number.
        """
        rows: list[list[Line]] = []
        figure = True
        for line in self.lines:
            named = not line.number and (figure or _NUMBERED.match(line.text.strip()))
            if named or not rows:
                rows.append([])
            figure = line.number
            rows[-1].append(line)
        return rows


def hit_layers(marks: Sequence[Span], first: int, total: int) -> list[Layer]:
    """The hits, numbered from `first` of `total`, each with its way to the previous and the next
    one.
    """
    return [
        Layer(
            start,
            end,
            3,
            Markup("<mark>"),
            Markup("</mark>"),
            _mark(number),
            _steps(number, total),
        )
        for number, (start, end) in enumerate(sorted(marks), first)
    ]


def _mark(number: int) -> Markup:
    return Markup('<mark id="hit-{}">').format(number)


def _steps(number: int, total: int) -> Markup:
    """The bar that CSS shows while its hit is the target of the address: stepping needs no script."""
    previous = (
        Markup('<a href="#hit-{}" rel="prev">上一处</a>').format(number - 1)
        if number > 1
        else ""
    )
    following = (
        Markup('<a href="#hit-{}" rel="next">下一处</a>').format(number + 1)
        if number < total
        else ""
    )
    where = Markup("<span>第 {} / {} 处</span>").format(number, total)
    return Markup('<span class="step" data-nosnippet>{}{}{}</span>').format(
        previous, where, following
    )


def report_layers(report: Report) -> list[Layer]:
    """Repairs, damage and the evidence of derived values, as they lie on the repaired text."""
    layers = []
    for name, fact in report.evidence.items():
        if fact.span is not None:
            opening = Markup('<span class="evidence" id="evidence-{}">').format(name)
            span, close = Markup('<span class="evidence">'), Markup("</span>")
            layers.append(
                Layer(*fact.span, rank=1, open=span, close=close, first=opening)
            )
    for repair in report.repairs:
        if repair.applied:
            title = (
                f"修复：原作“{repair.before}”"
                if repair.after
                else f"修复：删去“{repair.before}”"
            )
            opening, close = (
                Markup('<ins class="repair" title="{}">').format(title),
                Markup("</ins>"),
            )
        else:
            opening, close = (
                Markup('<span class="damage" title="损坏，未能修复">'),
                Markup("</span>"),
            )
        layers.append(Layer(*repair.display, rank=2, open=opening, close=close))
    return layers


def received_layers(report: Report) -> list[Layer]:
    """The places that were repaired, as they lie on the text as received."""
    layers = []
    for repair in report.repairs:
        title = f"修复为“{repair.after}”" if repair.after else "修复时删去"
        opening = Markup('<span class="damage" title="{}">').format(
            title if repair.applied else "未能修复"
        )
        layers.append(Layer(repair.start, repair.end, 2, opening, Markup("</span>")))
    return layers


def spread(text: str, layers: Iterable[Layer]) -> list[Line]:
    """The lines of the text with the layers on them."""
    waiting = sorted(layers, key=lambda x: (x.start, x.end), reverse=True)
    active: list[Layer] = []
    seen: set[int] = set()
    lines, start = [], 0
    for raw in text.split("\n"):
        end = start + len(raw)
        html = Markup("").join(_pieces(text, start, end, waiting, active, seen))
        lines.append(Line(start, raw, html))
        start = end + 1
    return lines


def _pieces(
    text: str,
    start: int,
    end: int,
    waiting: list[Layer],
    active: list[Layer],
    seen: set[int],
) -> Iterable[Markup]:
    """One line in pieces, cut at every border.

    `waiting` is a stack, `active` and `seen` live across lines.
    """
    at = start
    while True:
        active[:] = [x for x in active if x.end > at]
        while waiting and waiting[-1].start <= at:
            layer = waiting.pop()
            if layer.end > at:
                active.append(layer)
            elif layer.end == layer.start:
                yield layer.open + layer.close
        if at >= end:
            return
        borders = [x.end for x in active] + ([waiting[-1].start] if waiting else [])
        stop = min([end, *(b for b in borders if b > at)])
        yield _wrapped(text[at:stop], active, seen)
        at = stop


def _wrapped(text: str, active: list[Layer], seen: set[int]) -> Markup:
    html, behind = escape(text), Markup()
    for layer in sorted(active, key=lambda x: -x.rank):
        opening = layer.open
        if id(layer) not in seen:
            seen.add(id(layer))
            opening, behind = layer.first or layer.open, behind + (layer.after or "")
        html = opening + html + layer.close
    return html + behind


def blocks(lines: Sequence[Line]) -> list[Block]:
    """The lines as headings, paragraphs and flattened tables; blank lines only part them."""
    out: list[Block] = []
    run: list[Line] = []
    for line in [*lines, None]:
        if line is not None and (not line.text.strip() or line.cell):
            run += [line] if line.text.strip() else []
            continue
        kind = "cells" if len(run) >= _CELLS else "paragraph"
        out += (
            [Block(kind, run)] if kind == "cells" else [Block(kind, [x]) for x in run]
        )
        run = []
        if line is not None and line.barred:
            if not (out and out[-1].kind == "barred"):
                out.append(Block("barred"))
            out[-1].lines.append(line)
        elif line is not None and line.heading:
            out.append(Block("heading", [line], f"s-{line.start}"))
        elif line is not None:
            out.append(Block("paragraph", [line]))
    return out
