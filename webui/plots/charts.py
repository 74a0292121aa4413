"""Charts as SVG made here: they print, they need no script, and CSS gives them the colours of the
page.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

__all__ = ["YearChart", "year_chart"]

_HEIGHT, _STEP, _BASE, _TOP, _EDGE = 150, 44, 124, 24, 12
"""In units of the drawing; the edge leaves room for the first and the last label when a narrow page
enlarges them.
"""


class YearChart:
    """Reports a year, years without any included:

    `svg` for the eye, `rows` (year, count) for a table beside it.
    """

    def __init__(self, counts: Mapping[int, int]) -> None:
        years = range(min(counts), max(counts) + 1) if counts else range(0)
        self.rows = [(year, counts.get(year, 0)) for year in years]
        self.largest = max(counts.values(), default=0)

    @property
    def label(self) -> str:
        """What the chart shows, in a sentence."""
        if not self.rows:
            return "没有注明年度的报告"
        first, last = self.rows[0][0], self.rows[-1][0]
        return f"各年度报告数，{first} 至 {last} 年，最多的一年 {self.largest} 份"

    @property
    def svg(self) -> Markup:
        """The bars, each with its year and number as a title."""
        width = max(_STEP * len(self.rows), _STEP * 6)
        head = Markup(
            '<svg class="{}" role="img" aria-label="{}" viewBox="{} 0 {} {}" preserveAspectRatio="xMidYMax meet">'
        ).format(
            "chart many" if len(self.rows) > 9 else "chart",
            self.label,
            -_EDGE,
            width + 2 * _EDGE,
            _HEIGHT,
        )
        line = Markup('<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>').format(
            width, _BASE, _BASE
        )
        indent = (width - _STEP * len(self.rows)) // 2
        bars = [
            self._bar(indent + i * _STEP, year, count)
            for i, (year, count) in enumerate(self.rows)
        ]
        return Markup("").join([head, *bars, line, Markup("</svg>")])

    def _bar(self, x: int, year: int, count: int) -> Markup:
        height = round((_BASE - _TOP) * count / self.largest, 1) if self.largest else 0
        if count:
            height = max(height, 2)
        middle = x + _STEP / 2
        return Markup(
            "<g><title>{year} 年：{count} 份</title>"
            '<rect class="bar" x="{x}" y="{y}" width="{w}" height="{h}" rx="1.5"/>'
            '<text class="n" x="{m}" y="{ny}">{shown}</text>'
            '<text class="year" x="{m}" y="{by}">{year}</text></g>'
        ).format(
            year=year,
            count=count,
            x=x + 7,
            y=round(_BASE - height, 1),
            w=_STEP - 14,
            h=height,
            m=middle,
            ny=round(_BASE - height - 5, 1),
            by=_BASE + 18,
            shown=count or "",
        )


def year_chart(counts: Mapping[int, int]) -> YearChart | None:
    """The chart of reports by year; None when no report has a year."""
    return YearChart(counts) if counts else None
