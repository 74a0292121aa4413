"""Charts as SVG made here: they print and need no script; CSS gives them the page's colours."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

from webui.words.messages import gettext as _
from webui.words.messages import ngettext

__all__ = ["YearChart", "year_chart"]

# In units of the drawing: the height of all, the y of the base line, the room above the
# highest bar, the width for each year.
_CHART_HEIGHT = 150
_BASE_LINE = 124
_TOP_MARGIN = 24
_YEAR_WIDTH = 44
# A narrow page enlarges the labels; without this margin the first and last would be cut.
_SIDE_MARGIN = 12
_BAR_GAP = 7
# A year with one report among thousands still has a bar that can be seen.
_LOWEST_BAR = 2
# A short series keeps the width of six years, or its bars would fill the page.
_FEWEST_YEARS = 6
# From more years on CSS hides every second label on a narrow page.
_CROWDED_YEARS = 9


class YearChart:
    """Reports a year; years without any are included.

    `svg` is for the eye, `rows` (year, count) for a table beside it.
    """

    def __init__(self, counts: Mapping[int, int]) -> None:
        years = range(min(counts), max(counts) + 1) if counts else range(0)
        self.rows = [(year, counts.get(year, 0)) for year in years]
        self.largest = max(counts.values(), default=0)

    @property
    def label(self) -> str:
        """What the chart shows, in a sentence."""
        if not self.rows:
            return _("没有注明年度的报告")
        first = self.rows[0][0]
        last = self.rows[-1][0]
        return ngettext(
            "各年度报告数，%(first)s 至 %(last)s 年，最多的一年 %(n)s 份",
            self.largest,
            first=first,
            last=last,
            n=self.largest,
        )

    @property
    def svg(self) -> Markup:
        """The bars, each with its year and number as a title."""
        # a short series stands in the middle of the drawing
        needed = _YEAR_WIDTH * len(self.rows)
        width = max(needed, _YEAR_WIDTH * _FEWEST_YEARS)
        indent = (width - needed) // 2
        bars = [
            self._bar(indent + i * _YEAR_WIDTH, year, count)
            for i, (year, count) in enumerate(self.rows)
        ]
        axis = Markup('<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>')
        line = axis.format(width, _BASE_LINE, _BASE_LINE)
        return Markup("").join([self._head(width), *bars, line, Markup("</svg>")])

    def _head(self, width: int) -> Markup:
        return Markup(
            '<svg class="{}" role="img" aria-label="{}" viewBox="{} 0 {} {}" '
            'preserveAspectRatio="xMidYMax meet">'
        ).format(
            "chart many" if len(self.rows) > _CROWDED_YEARS else "chart",
            self.label,
            -_SIDE_MARGIN,
            width + 2 * _SIDE_MARGIN,
            _CHART_HEIGHT,
        )

    def _bar(self, x: int, year: int, count: int) -> Markup:
        height = self._bar_height(count)
        said = escape(ngettext("%(year)s 年：%(n)s 份", count, year=year, n=count))
        top = round(_BASE_LINE - height, 1)
        above = round(_BASE_LINE - height - 5, 1)
        middle = x + _YEAR_WIDTH / 2
        width = _YEAR_WIDTH - 2 * _BAR_GAP
        drawn = (
            f"<g><title>{said}</title>"
            f'<rect class="bar" x="{x + _BAR_GAP}" y="{top}" width="{width}" '
            f'height="{height}" rx="1.5"/>'
            f'<text class="n" x="{middle}" y="{above}">{count or ""}</text>'
            f'<text class="year" x="{middle}" y="{_BASE_LINE + 18}">{year}</text></g>'
        )
        return Markup(drawn)  # noqa: S704  numbers, and a sentence that was escaped

    def _bar_height(self, count: int) -> float:
        if not count:
            return 0.0
        height = (_BASE_LINE - _TOP_MARGIN) * count / self.largest
        return max(round(height, 1), _LOWEST_BAR)


def year_chart(counts: Mapping[int, int]) -> YearChart | None:
    """The chart of reports by year; None when no report has a year."""
    return YearChart(counts) if counts else None
