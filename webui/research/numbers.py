"""What the page of a search's numbers shows: the choosers, the plots, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.search.request import SearchRequest
from index.studies.aggregate import Aggregate, Group, Measure
from webui.http.measures import Asked
from webui.plots.figures import figure
from webui.plots.plots import Plot, Point
from webui.words import labels

__all__ = ["NumbersView", "Row", "choices", "numbers_view"]

_FAMILIES = (
    ("比率", "ratio:"),
    ("依申请公开", "applications_"),
    ("行政复议", "reviews_"),
    ("行政诉讼", "suits_"),
)


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

    `spread` is the plot of medians and quartiles; `heads` name the figures.
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


def choices(measures: Sequence[Measure]) -> list[tuple[str, list[Measure]]]:
    """The measures by family, for a select with groups."""
    out: list[tuple[str, list[Measure]]] = [
        (label, []) for label in (*dict(_FAMILIES), "主动公开与其他")
    ]
    for measure in measures:
        name = f"ratio:{measure.name}" if measure.kind == "ratio" else measure.name
        at = next(
            (i for i, (_, start) in enumerate(_FAMILIES) if name.startswith(start)),
            len(_FAMILIES),
        )
        out[at][1].append(measure)
    return [(label, found) for label, found in out if found]


def numbers_view(asked: Asked, measure: Measure, found: Aggregate) -> NumbersView:
    """An answer, worded and drawn."""
    ratio = measure.kind == "ratio"
    what = "总体比率" if ratio else "合计"
    sums = _points(found, asked.by, "total")
    spread = _points(found, asked.by, "median")
    unit = "" if ratio else f" {measure.unit}"
    by = labels.FACET_LABELS[asked.by]
    return NumbersView(
        measure=measure,
        found=found,
        sums=Plot(sums, f"{measure.label_zh}，按{by}的{what}", what, unit, ratio),
        spread=Plot(
            spread,
            f"{measure.label_zh}，按{by}的中位数和中间一半报告的范围",
            "中位数",
            unit,
            ratio,
        ),
        heads=(what, "中位数", "下四分位", "上四分位", "最小", "最大"),
        rows=[_row(g, asked, found.breaks, ratio=ratio) for g in found.groups],
        over_years=asked.by == "year",
        scope=labels.SCOPES.get(found.scope or "", "不分口径"),
        json_url=asked.url("/api/v1/stats", measure),
    )


def _row(group: Group, asked: Asked, breaks: Sequence[str], *, ratio: bool) -> Row:
    numbers = (
        group.total,
        group.median,
        group.q1,
        group.q3,
        group.minimum,
        group.maximum,
    )
    return Row(
        label=group.label,
        template=labels.TEMPLATES.get(group.template or "", group.template or ""),
        reports=group.reports,
        used=group.used,
        figures=tuple(figure(n, ratio=ratio) for n in numbers),
        url=_reports_url(group, asked),
        broken=asked.by == "year" and group.value in breaks,
    )


def _reports_url(group: Group, asked: Asked) -> str:
    chosen = {**asked.request.filters, asked.by: (group.value,)}
    request: SearchRequest = asked.request.with_(filters=chosen)
    return request.url("/search")


def _points(found: Aggregate, by: str, name: str) -> list[Point]:
    points: list[Point] = []
    before: int | None = None
    for group in found.groups:
        year = int(group.value) if by == "year" else None
        points += _gap(before, year)
        points.append(
            _point(
                group,
                name,
                follows=year is not None and before is not None and year - before == 1,
            )
        )
        if year is not None:
            if str(year) in found.breaks and year != before:
                points[-1] = _broken(points[-1])
            before = year
    return _trimmed(points) if by == "year" else points


def _trimmed(points: list[Point]) -> list[Point]:
    """Without the years before the first and after the last value: the table has them."""
    stated = [i for i, p in enumerate(points) if p.value is not None]
    return points[stated[0] : stated[-1] + 1] if stated else []


def _gap(before: int | None, year: int | None) -> list[Point]:
    """The years between two groups: without a report they are still years."""
    if before is None or year is None:
        return []
    return [Point(str(y), 0, 0, None) for y in range(before + 1, year)]


def _point(group: Group, name: str, *, follows: bool) -> Point:
    spread = name == "median"
    return Point(
        label=group.label,
        n=group.used,
        of=group.reports,
        value=getattr(group, name),
        low=group.q1 if spread else None,
        high=group.q3 if spread else None,
        follows=follows,
    )


def _broken(point: Point) -> Point:
    return Point(
        point.label,
        point.n,
        point.of,
        point.value,
        point.low,
        point.high,
        True,
        point.follows,
    )
