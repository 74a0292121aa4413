"""Plots of numbers as SVG made here: columns and lines over years, bars over groups.

They print and need no script.

A line is never drawn through a year without a value, nor across a change of what is counted: there
stands a mark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from webui.plots.figures import compact, figure

__all__ = ["Plot", "Point"]

_STEP, _LEFT, _RIGHT, _TOP, _HEIGHT, _FOOT = 58, 56, 16, 34, 170, 48
_ROW, _BAR, _AFTER = 46, 250, 96
_NONE = Markup()


@dataclass(frozen=True, slots=True)
class Point:
    """One group:

    `n` of its `of` reports are used. `low` to `high` is the middle half of the reports.

    `broken`: what is counted changed right before this one. `follows`: it is the year after the
    point before.
    """

    label: str
    n: int
    of: int
    value: float | None
    low: float | None = None
    high: float | None = None
    broken: bool = False
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Plot:
    """Points on one scale;

    `label` says in a sentence what is drawn, `value` what the value is called.
    """

    points: Sequence[Point]
    label: str
    value: str
    unit: str
    ratio: bool = False

    # ------------------------------------------------------------------ scale
    @property
    def _top(self) -> float:
        values = [v for p in self.points for v in (p.value, p.high) if v is not None]
        most = max(values, default=0)
        if self.ratio:
            return max(_round_up(most), 0.01)
        return max(_round_up(most), 4)

    def _y(self, value: float) -> float:
        return round(_TOP + _HEIGHT * (1 - value / self._top), 1)

    def _say(self, point: Point) -> str:
        if point.value is None:
            return f"{point.label}：没有可计入的报告"
        said = f"{point.label}：{self.value} {figure(point.value, ratio=self.ratio)}{self.unit}"
        if point.low is not None and point.high is not None:
            low, high = (
                figure(point.low, ratio=self.ratio),
                figure(point.high, ratio=self.ratio),
            )
            said += f"，中间一半报告在 {low} 与 {high} 之间"
        return f"{said}（{point.of} 份报告中 {point.n} 份计入）"

    # ------------------------------------------------------------------ over years
    @property
    def columns(self) -> Markup:
        """A column for each year."""
        return self._over_years([self._column(i, p) for i, p in enumerate(self.points)])

    @property
    def line(self) -> Markup:
        """A line with the band of the middle half, cut where it must not be joined."""
        runs = _runs(self.points)
        bands = [self._band(run) for run in runs]
        lines = [self._run(run) for run in runs if len(run) > 1]
        dots = [self._dot(i, p) for i, p in enumerate(self.points)]
        return self._over_years([*bands, *lines, *dots])

    def _over_years(self, drawn: list[Markup]) -> Markup:
        width = _LEFT + _STEP * max(len(self.points), 5) + _RIGHT
        height = _TOP + _HEIGHT + _FOOT
        head = Markup(
            '<svg class="plot" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}">'
        ).format(self.label, width, height, width, height)
        names = [self._name(i, p) for i, p in enumerate(self.points)]
        breaks = [self._break(i) for i, p in enumerate(self.points) if p.broken and i]
        return Markup("").join(
            [head, *self._grid(width), *drawn, *breaks, *names, Markup("</svg>")]
        )

    def _grid(self, width: int) -> list[Markup]:
        out = []
        for i in range(5):
            value = self._top * i / 4
            y = self._y(value)
            shown = compact(value, ratio=self.ratio)
            out.append(
                Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
                    "axis" if i == 0 else "rule", _LEFT, width - _RIGHT, y, y
                )
                + Markup('<text class="tick" x="{}" y="{}">{}</text>').format(
                    _LEFT - 8, y + 4, shown
                )
            )
        return out

    def _x(self, index: int) -> float:
        return _LEFT + _STEP * (index + 0.5)

    def _name(self, index: int, point: Point) -> Markup:
        x, y = self._x(index), _TOP + _HEIGHT
        return Markup(
            '<text class="year" x="{}" y="{}">{}</text><text class="of" x="{}" y="{}">{}/{}</text>'
        ).format(x, y + 20, point.label, x, y + 38, point.n, point.of)

    def _break(self, index: int) -> Markup:
        x = _LEFT + _STEP * index
        return Markup(
            '<g class="break"><title>由此起多数报告换了格式，前后不可相连</title>'
            '<line x1="{x}" x2="{x}" y1="{top}" y2="{low}"/><text x="{x}" y="{y}">格式变</text></g>'
        ).format(x=x, top=_TOP - 10, low=_TOP + _HEIGHT, y=_TOP - 15)

    def _column(self, index: int, point: Point) -> Markup:
        x = self._x(index)
        if point.value is None:
            return self._nothing(index, point)
        y = self._y(point.value)
        return Markup(
            '<g><title>{}</title><rect class="bar" x="{}" y="{}" width="{}" height="{}" rx="1.5"/>'
            '<text class="n" x="{}" y="{}">{}</text></g>'
        ).format(
            self._say(point),
            x - 17,
            y,
            34,
            round(_TOP + _HEIGHT - y, 1),
            x,
            y - 5,
            compact(point.value, ratio=self.ratio),
        )

    def _nothing(self, index: int, point: Point) -> Markup:
        return Markup(
            '<g><title>{}</title><text class="none" x="{}" y="{}">无</text></g>'
        ).format(self._say(point), self._x(index), _TOP + _HEIGHT - 6)

    def _dot(self, index: int, point: Point) -> Markup:
        if point.value is None:
            return self._nothing(index, point)
        x, y = self._x(index), self._y(point.value)
        return Markup(
            '<g><title>{}</title><circle class="dot" cx="{}" cy="{}" r="4"/><text class="n" x="{}" y="{}">{}</text></g>'
        ).format(
            self._say(point), x, y, x, y - 9, compact(point.value, ratio=self.ratio)
        )

    def _run(self, run: list[int]) -> Markup:
        places = " ".join(
            f"{self._x(i)},{self._y(self.points[i].value or 0)}" for i in run
        )
        return Markup('<polyline class="line" points="{}"/>').format(places)

    def _band(self, run: list[int]) -> Markup:
        known = [
            (i, p.low, p.high)
            for i in run
            if (p := self.points[i]).low is not None and p.high is not None
        ]
        if len(known) < len(run):
            return _NONE
        if len(run) == 1:
            x, (_, low, high) = self._x(run[0]), known[0]
            top, bottom = self._y(high or 0), self._y(low or 0)
            return Markup(
                '<rect class="band" x="{}" y="{}" width="12" height="{}"/>'
            ).format(x - 6, top, max(1, round(bottom - top, 1)))
        there = [f"{self._x(i)},{self._y(high or 0)}" for i, _, high in known]
        back = [f"{self._x(i)},{self._y(low or 0)}" for i, low, _ in reversed(known)]
        return Markup('<polygon class="band" points="{}"/>').format(
            " ".join([*there, *back])
        )

    @property
    def spark(self) -> Markup:
        """A line without words, for a cell of a table that says the numbers beside it."""
        wide, high = 14 * max(len(self.points) - 1, 1) + 8, 24
        head = Markup(
            '<svg class="spark-line" aria-hidden="true" width="{}" height="{}" viewBox="0 0 {} {}">'
        ).format(wide, high, wide, high)
        places = {
            i: (4 + 14 * i, round(20 - 16 * p.value / self._top, 1))
            for i, p in enumerate(self.points)
            if p.value is not None
        }
        lines = [
            Markup('<polyline class="line" points="{}"/>').format(
                " ".join("{},{}".format(*places[i]) for i in run)
            )
            for run in _runs(self.points)
            if len(run) > 1
        ]
        dots = [
            Markup('<circle class="spot" cx="{}" cy="{}" r="1.8"/>').format(*place)
            for place in places.values()
        ]
        return Markup("").join([head, *lines, *dots, Markup("</svg>")])

    # ------------------------------------------------------------------ over groups
    @property
    def bars(self) -> Markup:
        """A bar for each group, with the middle half as a line on it."""
        width, height = _BAR + _AFTER, _ROW * len(self.points) + 4
        head = Markup(
            '<svg class="plot across" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}">'
        ).format(self.label, width, height, width, height)
        rows = [self._across(i, p) for i, p in enumerate(self.points)]
        return Markup("").join([head, *rows, Markup("</svg>")])

    def _across(self, index: int, point: Point) -> Markup:
        y = _ROW * index
        name = Markup(
            '<text class="name" x="0" y="{}">{} <tspan class="of">{}/{}</tspan></text>'
        ).format(y + 15, point.label, point.n, point.of)
        if point.value is None:
            return self._told(
                point,
                name
                + Markup('<text class="none" x="0" y="{}">无</text>').format(y + 34),
            )
        bar = Markup(
            '<rect class="bar" x="0" y="{}" width="{}" height="16" rx="1.5"/>'
        ).format(y + 21, max(self._long(point.value), 1))
        number = Markup('<text class="n" x="{}" y="{}">{}</text>').format(
            self._long(max(point.value, point.high or 0)) + 8,
            y + 34,
            compact(point.value, ratio=self.ratio),
        )
        return self._told(point, name + bar + self._whisker(point, y + 29) + number)

    def _long(self, value: float) -> float:
        return round(_BAR * value / self._top, 1)

    def _whisker(self, point: Point, y: int) -> Markup:
        if point.low is None or point.high is None:
            return _NONE
        a, b = self._long(point.low), self._long(point.high)
        return Markup(
            '<path class="whisker" d="M{a} {t}V{u}M{a} {y}H{b}M{b} {t}V{u}"/>'
        ).format(a=a, b=b, y=y, t=y - 5, u=y + 5)

    def _told(self, point: Point, drawn: Markup) -> Markup:
        return Markup("<g><title>{}</title>{}</g>").format(self._say(point), drawn)


def _runs(points: Sequence[Point]) -> list[list[int]]:
    """Indices that one line may join."""
    runs: list[list[int]] = []
    for i, point in enumerate(points):
        if point.value is None:
            continue
        joined = runs and runs[-1][-1] == i - 1 and point.follows and not point.broken
        if joined:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _round_up(value: float) -> float:
    """The next number of the form 1, 2, 4, 5, 8 or 10 times a power of ten: a quarter of it is a
    round tick.

    >>> _round_up(96), _round_up(0.31), _round_up(8), _round_up(0)
    (100, 0.4, 8, 0)
    """
    if value <= 0:
        return 0
    power: float = 10.0 ** math.floor(math.log10(value))
    for step in (1, 2, 4, 8, 10):
        if value <= step * power * (1 + 1e-9):
            size = step * power
            break
    return round(size, 6) if size < 1 else int(size)
