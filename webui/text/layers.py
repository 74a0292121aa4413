"""Layers of spans on a text: hits, repairs, damage, evidence.

Several layers may overlap. The text is cut at every border. Each piece is escaped and
wrapped in the layers that cover it, so the markup is always well nested.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from webui.text.lines import Line

__all__ = ["Layer", "spread"]


@dataclass(frozen=True, slots=True)
class Layer:
    """A span [start, end) in code points, and the markup around it.

    A span that is cut becomes several pieces. Each has `open` and `close`; the first has
    `first` instead of `open` (an id may stand only once), and `after` follows it.
    Of two layers, the one with the higher `rank` is the inner one.
    """

    start: int
    end: int
    rank: int
    open: Markup
    close: Markup
    first: Markup | None = None
    after: Markup | None = None


@dataclass(slots=True)
class _Sweep:
    """The state of one pass over a text: it lives across lines, as layers do.

    `waiting` is a stack of the layers that have not begun, the next one on top.
    """

    text: str
    waiting: list[Layer]
    active: list[Layer]
    opened: set[int]

    def line(self, start: int, end: int) -> Iterable[Markup]:
        """The pieces of the line [start, end), cut at every border."""
        position = start
        while True:
            self.active = [layer for layer in self.active if layer.end > position]
            yield from self._begin(position)
            if position >= end:
                return
            stop = self._next_border(position, end)
            yield self._wrapped(self.text[position:stop])
            position = stop

    def _begin(self, position: int) -> Iterable[Markup]:
        """Start the layers that begin here; an empty one is written at once."""
        while self.waiting and self.waiting[-1].start <= position:
            layer = self.waiting.pop()
            if layer.end > position:
                self.active.append(layer)
            elif layer.end == layer.start:
                # a repair that only deleted characters covers nothing of the mended text
                yield layer.open + layer.close

    def _next_border(self, position: int, end: int) -> int:
        # a piece ends where any layer ends or the next one begins
        borders = [layer.end for layer in self.active]
        if self.waiting:
            borders.append(self.waiting[-1].start)
        return min([end, *(border for border in borders if border > position)])

    def _wrapped(self, piece: str) -> Markup:
        html = escape(piece)
        behind = Markup()
        for layer in sorted(self.active, key=lambda layer: -layer.rank):
            # the innermost is written first, the outer ones around it
            opening = layer.open
            if id(layer) not in self.opened:
                self.opened.add(id(layer))
                opening = layer.first or layer.open
                behind += layer.after or ""
            html = opening + html + layer.close
        return html + behind


def spread(text: str, layers: Iterable[Layer]) -> list[Line]:
    """The lines of the text with the layers on them."""
    waiting = sorted(layers, key=lambda layer: (layer.start, layer.end), reverse=True)
    sweep = _Sweep(text, waiting, active=[], opened=set())
    lines: list[Line] = []
    start = 0
    for raw in text.split("\n"):
        end = start + len(raw)
        lines.append(Line(start, raw, Markup("").join(sweep.line(start, end))))
        start = end + 1
    return lines
