"""Plots of numbers as SVG made here: columns and lines over years, bars over groups.

They print and need no script. A line is never drawn through a year without a value, nor
across a change of what is counted: there stands a mark instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from webui.plots.figures import compact, figure
from webui.words.marking import chinese_attribute
from webui.words.messages import gettext as _
from webui.words.messages import ngettext

__all__ = ["Plot", "Point"]

# Plots over years, in units of the drawing.
_YEAR_WIDTH = 58
_LEFT_MARGIN = 56
_RIGHT_MARGIN = 16
_TOP_MARGIN = 34
_PLOT_HEIGHT = 170
_FOOT_HEIGHT = 48
_BASE_LINE = _TOP_MARGIN + _PLOT_HEIGHT
_COLUMN_WIDTH = 34
_FEWEST_YEARS = 5
_TICKS = 5
# Bars over groups: a name above each bar, its number behind it.
_ROW_HEIGHT = 46
_LONGEST_BAR = 250
_NUMBER_WIDTH = 96
# A line in a cell of a table.
_SPARK_STEP = 14
_SPARK_HEIGHT = 24
_SPARK_MARGIN = 4
_SPARK_RISE = 16
# The scale does not shrink below these, or a plot of 0.1 % would look like one of 100 %.
_LEAST_TOP = 4
_LEAST_RATIO_TOP = 0.01

_NO_MARKUP = Markup()
_SVG_END = Markup("</svg>")


@dataclass(frozen=True, slots=True)
class Point:
    """One group: a number over `n` of its `of` reports; `value` None means no number.

    `low` to `high` is the middle half of the reports. `broken`: what is counted changed
    right before this point. `follows`: it is the year after the point before.
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
    """Points on one scale.

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
        """The number at the upper end of the scale."""
        most: float = 0
        for point in self.points:
            value = point.value or 0
            high = point.high or 0
            most = max(most, value, high)
        least = _LEAST_RATIO_TOP if self.ratio else _LEAST_TOP
        return max(_round_up(most), least)

    def _y(self, value: float) -> float:
        # y counts downwards in SVG
        below_top = 1 - value / self._top
        y = _TOP_MARGIN + _PLOT_HEIGHT * below_top
        return round(y, 1)

    def _figure(self, value: float | None) -> str:
        return figure(value, ratio=self.ratio)

    def _compact(self, value: float) -> str:
        return compact(value, ratio=self.ratio)

    def _say(self, point: Point) -> str:
        """A point in a sentence, for those who cannot see it."""
        if point.value is None:
            return _("%(group)s：没有可计入的报告", group=point.label)
        words = _(
            "%(group)s：%(what)s %(figure)s%(unit)s",
            group=point.label,
            what=self.value,
            figure=self._figure(point.value),
            unit=self.unit,
        )
        if point.low is not None and point.high is not None:
            low = self._figure(point.low)
            high = self._figure(point.high)
            words += _("，中间一半报告在 %(low)s 与 %(high)s 之间", low=low, high=high)
        return words + ngettext(
            "（%(n)s 份报告中 %(used)s 份计入）", point.of, n=point.of, used=point.n
        )

    # ------------------------------------------------------------------ over years
    @property
    def columns(self) -> Markup:
        """A column for each year."""
        numbered = enumerate(self.points)
        columns = [self._column(i, point) for i, point in numbered]
        return self._over_years(columns)

    @property
    def line(self) -> Markup:
        """A line with the band of the middle half, cut where it must not be joined."""
        runs = _runs(self.points)
        bands = [self._band(run) for run in runs]
        long_runs = [run for run in runs if len(run) > 1]
        lines = [self._polyline(run) for run in long_runs]
        numbered = enumerate(self.points)
        dots = [self._dot(i, point) for i, point in numbered]
        # what is drawn later lies above
        return self._over_years(bands + lines + dots)

    def _over_years(self, drawn: list[Markup]) -> Markup:
        years = max(len(self.points), _FEWEST_YEARS)
        width = _LEFT_MARGIN + _YEAR_WIDTH * years + _RIGHT_MARGIN
        height = _BASE_LINE + _FOOT_HEIGHT
        head = _svg("plot", self.label, width, height)
        names: list[Markup] = []
        breaks: list[Markup] = []
        for index, point in enumerate(self.points):
            name = self._name(index, point)
            names.append(name)
            # a change before the first point of the plot divides nothing
            if point.broken and index:
                mark = self._break(index)
                breaks.append(mark)
        parts = [
            head,
            *self._grid(width),
            *drawn,
            *breaks,
            *names,
            _SVG_END,
        ]
        return _NO_MARKUP.join(parts)

    def _grid(self, width: int) -> list[Markup]:
        rule = Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>')
        tick = Markup('<text class="tick" x="{}" y="{}">{}</text>')
        end = width - _RIGHT_MARGIN
        out = []
        for i in range(_TICKS):
            value = self._top * i / (_TICKS - 1)
            y = self._y(value)
            name = "axis" if i == 0 else "rule"
            out.append(
                rule.format(
                    name,
                    _LEFT_MARGIN,
                    end,
                    y,
                    y,
                )
            )
            out.append(
                tick.format(
                    _LEFT_MARGIN - 8,
                    y + 4,
                    self._compact(value),
                )
            )
        return out

    def _x(self, index: int) -> float:
        """The middle of a year."""
        return _LEFT_MARGIN + _YEAR_WIDTH * (index + 0.5)

    def _name(
        self,
        index: int,
        point: Point,
    ) -> Markup:
        x = self._x(index)
        return Markup(
            '<text class="year" x="{}" y="{}">{}</text>'
            '<text class="of" x="{}" y="{}">{}/{}</text>'
        ).format(
            x,
            _BASE_LINE + 20,
            point.label,
            x,
            _BASE_LINE + 38,
            point.n,
            point.of,
        )

    def _break(self, index: int) -> Markup:
        return Markup(
            '<g class="break"><title>{title}</title>'
            '<line x1="{x}" x2="{x}" y1="{top}" y2="{low}"/>'
            '<text x="{x}" y="{y}">{word}</text></g>'
        ).format(
            title=_("由此起多数报告换了格式，前后不可相连"),
            word=_("格式变"),
            x=_LEFT_MARGIN + _YEAR_WIDTH * index,
            top=_TOP_MARGIN - 10,
            low=_BASE_LINE,
            y=_TOP_MARGIN - 15,
        )

    def _column(
        self,
        index: int,
        point: Point,
    ) -> Markup:
        if point.value is None:
            return self._nothing(index, point)
        x = self._x(index)
        y = self._y(point.value)
        return Markup(
            '<g><title>{}</title><rect class="bar" x="{}" y="{}" '
            'width="{}" height="{}" rx="1.5"/>'
            '<text class="n" x="{}" y="{}">{}</text></g>'
        ).format(
            self._say(point),
            x - _COLUMN_WIDTH // 2,
            y,
            _COLUMN_WIDTH,
            round(_BASE_LINE - y, 1),
            x,
            y - 5,
            self._compact(point.value),
        )

    def _nothing(
        self,
        index: int,
        point: Point,
    ) -> Markup:
        return Markup(
            '<g><title>{}</title><text class="none" x="{}" y="{}">{}</text></g>'
        ).format(
            self._say(point),
            self._x(index),
            _BASE_LINE - 6,
            _("不详"),
        )

    def _dot(
        self,
        index: int,
        point: Point,
    ) -> Markup:
        if point.value is None:
            return self._nothing(index, point)
        x = self._x(index)
        y = self._y(point.value)
        return Markup(
            '<g><title>{}</title><circle class="dot" cx="{}" cy="{}" r="4"/>'
            '<text class="n" x="{}" y="{}">{}</text></g>'
        ).format(
            self._say(point),
            x,
            y,
            x,
            y - 9,
            self._compact(point.value),
        )

    def _polyline(self, run: list[int]) -> Markup:
        corners = []
        for index in run:
            point = self.points[index]
            y = self._y(point.value or 0)
            corners.append(f"{self._x(index)},{y}")
        return Markup('<polyline class="line" points="{}"/>').format(" ".join(corners))

    def _band(self, run: list[int]) -> Markup:
        """The middle half along a run; nothing where one point does not have it."""
        upper: list[str] = []
        lower: list[str] = []
        for index in run:
            point = self.points[index]
            if point.low is None or point.high is None:
                return _NO_MARKUP
            x = self._x(index)
            upper.append(f"{x},{self._y(point.high)}")
            lower.append(f"{x},{self._y(point.low)}")
        if len(run) == 1:
            return self._lone_band(run[0])
        # up along the run and back below it
        lower.reverse()
        corners = " ".join(upper + lower)
        return Markup('<polygon class="band" points="{}"/>').format(corners)

    def _lone_band(self, index: int) -> Markup:
        """A year that is joined to none would have a band without width: it gets a bar."""
        point = self.points[index]
        top = self._y(point.high or 0)
        bottom = self._y(point.low or 0)
        height = round(bottom - top, 1)
        # without a spread it is a stroke of one unit
        band = Markup('<rect class="band" x="{}" y="{}" width="12" height="{}"/>')
        left = self._x(index) - 6
        return band.format(left, top, max(1, height))

    @property
    def spark(self) -> Markup:
        """A line without words, for a cell of a table that says the numbers beside it."""
        steps = max(len(self.points) - 1, 1)
        width = _SPARK_STEP * steps + 2 * _SPARK_MARGIN
        size = (width, _SPARK_HEIGHT, width, _SPARK_HEIGHT)
        head = Markup(
            '<svg class="spark-line" aria-hidden="true" '
            'width="{}" height="{}" viewBox="0 0 {} {}">'
        ).format(*size)
        corners = self._spark_corners()
        lines = []
        for run in _runs(self.points):
            if len(run) > 1:
                run_corners = [corners[index] for index in run]
                path = " ".join(f"{x},{y}" for x, y in run_corners)
                polyline = Markup('<polyline class="line" points="{}"/>')
                lines.append(polyline.format(path))
        spot = Markup('<circle class="spot" cx="{}" cy="{}" r="1.8"/>')
        spots = [spot.format(*corner) for corner in corners.values()]
        parts = [head, *lines, *spots, _SVG_END]
        return _NO_MARKUP.join(parts)

    def _spark_corners(self) -> dict[int, tuple[int, float]]:
        """(x, y) of each point that has a value, by its index."""
        base = _SPARK_HEIGHT - _SPARK_MARGIN
        corners = {}
        for index, point in enumerate(self.points):
            if point.value is not None:
                rise = _SPARK_RISE * point.value / self._top
                x = _SPARK_MARGIN + _SPARK_STEP * index
                y = round(base - rise, 1)
                corners[index] = (x, y)
        return corners

    # ------------------------------------------------------------------ over groups
    @property
    def bars(self) -> Markup:
        """A bar for each group, with the middle half as a line on it."""
        width = _LONGEST_BAR + _NUMBER_WIDTH
        height = _ROW_HEIGHT * len(self.points) + 4
        numbered = enumerate(self.points)
        rows = [self._group(i, point) for i, point in numbered]
        head = _svg("plot across", self.label, width, height)
        return _NO_MARKUP.join([head, *rows, _SVG_END])

    def _group(
        self,
        index: int,
        point: Point,
    ) -> Markup:
        y = _ROW_HEIGHT * index
        name = Markup(
            '<text class="name" x="0" y="{}"><tspan{}>{}</tspan> '
            '<tspan class="of">{}/{}</tspan></text>'
        ).format(
            y + 15,
            chinese_attribute(point.label),
            point.label,
            point.n,
            point.of,
        )
        if point.value is None:
            none = Markup('<text class="none" x="0" y="{}">{}</text>').format(
                y + 34, _("不详")
            )
            return self._titled(point, name + none)
        # 0 has a bar of one unit: it is not the same as no number
        length = max(self._length(point.value), 1)
        bar = Markup(
            '<rect class="bar" x="0" y="{}" width="{}" height="16" rx="1.5"/>'
        ).format(y + 21, length)
        # the number stands behind the bar and behind the line on it
        highest = max(point.value, point.high or 0)
        end = self._length(highest)
        number = Markup('<text class="n" x="{}" y="{}">{}</text>').format(
            end + 8,
            y + 34,
            self._compact(point.value),
        )
        whisker = self._whisker(point, y + 29)
        return self._titled(point, name + bar + whisker + number)

    def _length(self, value: float) -> float:
        return round(_LONGEST_BAR * value / self._top, 1)

    def _whisker(
        self,
        point: Point,
        y: int,
    ) -> Markup:
        if point.low is None or point.high is None:
            return _NO_MARKUP
        return Markup(
            '<path class="whisker" d="M{a} {t}V{u}M{a} {y}H{b}M{b} {t}V{u}"/>'
        ).format(
            a=self._length(point.low),
            b=self._length(point.high),
            y=y,
            t=y - 5,
            u=y + 5,
        )

    def _titled(
        self,
        point: Point,
        drawn: Markup,
    ) -> Markup:
        title = self._say(point)
        return Markup("<g><title>{}</title>{}</g>").format(title, drawn)


def _svg(
    name: str,
    label: str,
    width: int,
    height: int,
) -> Markup:
    return Markup(
        '<svg class="{}" role="img" aria-label="{}" '
        'width="{}" height="{}" viewBox="0 0 {} {}">'
    ).format(
        name,
        label,
        width,
        height,
        width,
        height,
    )


def _runs(points: Sequence[Point]) -> list[list[int]]:
    """Indices that one line may join."""
    runs: list[list[int]] = []
    for index, point in enumerate(points):
        if point.value is None:
            continue
        # 2019, (no value), 2021: a gap cuts the line
        stands_beside = bool(runs) and runs[-1][-1] == index - 1
        if stands_beside and point.follows and not point.broken:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _round_up(value: float) -> float:
    """The next number of the form 1, 2, 4, 8 or 10 times a power of ten.

    A quarter of it is a round tick.

    >>> _round_up(96), _round_up(0.31), _round_up(8), _round_up(0)
    (100, 0.4, 8, 0)
    """
    if value <= 0:
        return 0
    power: float = 10.0 ** math.floor(math.log10(value))
    # 0.1 + 0.2 is a little more than 0.3: that must not take the next step
    step = next(step for step in (1, 2, 4, 8, 10) if value <= step * power * (1 + 1e-9))
    size = step * power
    return round(size, 6) if size < 1 else int(size)
