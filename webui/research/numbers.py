"""What the page of a search's numbers shows: the choosers, the plots, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.studies.aggregate import Aggregate, Group, Measure
from webui.http.addresses import as_csv
from webui.http.measures import Asked
from webui.plots.figures import figure
from webui.plots.plots import Plot, Point
from webui.words import labels
from webui.words.messages import gettext as _
from webui.words.messages import msgid, pgettext

__all__ = ["NumbersView", "Row", "choices", "numbers_view"]

# Measures whose names begin so -> the heading that they stand under in the chooser.
_RATIO_PREFIX = "ratio:"
_FAMILY_PREFIXES = {
    _RATIO_PREFIX: msgid("比率"),
    "applications_": msgid("依申请公开"),
    "reviews_": msgid("行政复议"),
    "suits_": msgid("行政诉讼"),
}
_OTHER_FAMILY = msgid("主动公开与其他")


@dataclass(frozen=True, slots=True)
class Row:
    """One group in figures, already worded; `url` leads to its reports."""

    label: str
    template: str
    reports: int
    used: int
    figures: tuple[str, ...]
    url: str
    broken: bool


@dataclass(frozen=True, slots=True)
class NumbersView:
    """Everything below the choosers.

    `sums` plots totals, `spread` medians and quartiles; `heads` name the figures.
    """

    measure: Measure
    found: Aggregate
    sums: Plot
    spread: Plot
    heads: tuple[str, ...]
    rows: list[Row]
    over_years: bool
    scope: str
    json_url: str
    csv_url: str
    unit: str


def choices(measures: Sequence[Measure]) -> list[tuple[str, list[Measure]]]:
    """The measures by family, for a select with groups; families without any are left out."""
    families: dict[str, list[Measure]] = {
        label: [] for label in (*_FAMILY_PREFIXES.values(), _OTHER_FAMILY)
    }
    for measure in measures:
        families[_family(measure)].append(measure)
    return [(_(label), members) for label, members in families.items() if members]


def _family(measure: Measure) -> str:
    name = measure.name
    if measure.kind == "ratio":
        name = _RATIO_PREFIX + name
    for prefix, label in _FAMILY_PREFIXES.items():
        if name.startswith(prefix):
            return label
    return _OTHER_FAMILY


def numbers_view(asked: Asked, measure: Measure, found: Aggregate) -> NumbersView:
    """An answer, worded and drawn."""
    ratio = measure.kind == "ratio"
    total_word = _("总体比率") if ratio else _("合计")
    unit = unit_words(measure)
    spaced_unit = f" {unit}" if unit else ""
    names = {
        "measure": labels.MEASURES[measure.name],
        "facet": labels.FACET_LABELS[asked.by],
    }
    sums_title = _("%(measure)s，按%(facet)s的合计", **names)
    if ratio:
        sums_title = _("%(measure)s，按%(facet)s的总体比率", **names)
    json_url = asked.url("/api/v1/stats", measure)
    return NumbersView(
        measure=measure,
        found=found,
        sums=Plot(
            _points(found, asked.by, "total"),
            sums_title,
            total_word,
            spaced_unit,
            ratio,
        ),
        spread=Plot(
            _points(found, asked.by, "median"),
            _("%(measure)s，按%(facet)s的中位数和中间一半报告的范围", **names),
            _("中位数"),
            spaced_unit,
            ratio,
        ),
        heads=(total_word, *_heads()),
        unit=unit,
        rows=[_row(group, asked, found, ratio=ratio) for group in found.groups],
        over_years=asked.by == "year",
        scope=labels.SCOPES.get(found.scope or "", _("不分口径")),
        json_url=json_url,
        csv_url=as_csv(json_url),
    )


def unit_words(measure: Measure) -> str:
    """What a number counts, in words; nothing for a ratio."""
    return "" if measure.kind == "ratio" else pgettext("unit", measure.unit)


def _heads() -> tuple[str, ...]:
    return (_("中位数"), _("下四分位"), _("上四分位"), _("最小"), _("最大"))


def _row(group: Group, asked: Asked, found: Aggregate, *, ratio: bool) -> Row:
    # in the order of the heads
    numbers = (
        group.total,
        group.median,
        group.q1,
        group.q3,
        group.minimum,
        group.maximum,
    )
    template = group.template or ""
    return Row(
        label=labels.facet_value(asked.by, group.label),
        template=labels.TEMPLATES.get(template, template),
        reports=group.reports,
        used=group.used,
        figures=tuple(figure(number, ratio=ratio) for number in numbers),
        url=_reports_url(group, asked),
        broken=asked.by == "year" and group.value in found.breaks,
    )


def _reports_url(group: Group, asked: Asked) -> str:
    chosen = {**asked.request.filters, asked.by: (group.value,)}
    return asked.request.with_(filters=chosen).url("/search")


# ---------------------------------------------------------------------- points of a plot
def _points(found: Aggregate, by: str, name: str) -> list[Point]:
    """The points of the plot of "total" or "median"."""
    if by == "year":
        return _points_by_year(found, name)
    return [_point(group, by, name) for group in found.groups]


def _points_by_year(found: Aggregate, name: str) -> list[Point]:
    points: list[Point] = []
    before: int | None = None
    for group in found.groups:
        year = int(group.value)
        if before is not None:
            points += _gap(before, year)
        point = _point(group, "year", name)
        if before is not None and year - before == 1:
            point = replace(point, follows=True)
        if group.value in found.breaks:
            point = replace(point, broken=True)
        points.append(point)
        before = year
    return _trimmed(points)


def _gap(before: int, year: int) -> list[Point]:
    """The years between two groups: without a report they are still years."""
    return [Point(str(missing), 0, 0, None) for missing in range(before + 1, year)]


def _trimmed(points: list[Point]) -> list[Point]:
    """Without the years before the first and after the last value: the table has them."""
    stated = [i for i, point in enumerate(points) if point.value is not None]
    return points[stated[0] : stated[-1] + 1] if stated else []


def _point(group: Group, by: str, name: str) -> Point:
    # quartiles lie around a median; around a total they would mean nothing
    has_spread = name == "median"
    return Point(
        label=labels.facet_value(by, group.label),
        n=group.used,
        of=group.reports,
        value=getattr(group, name),
        low=group.q1 if has_spread else None,
        high=group.q3 if has_spread else None,
    )
