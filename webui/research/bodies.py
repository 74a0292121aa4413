"""What the page of a body shows: its reports by year, their numbers abreast, and what it was
called.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.model.report import Report
from index.studies.coverage import deadline
from webui.http.addresses import address, report_path
from webui.plots.figures import figure
from webui.plots.plots import Plot, Point
from webui.words import labels

__all__ = ["BodyView", "MetricRow", "ReportRow", "body_view", "metric_rows"]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of the body, in order of its year. `late` is None where it cannot be told."""

    report: Report
    url: str
    late: bool | None

    @property
    def year(self) -> str:
        """The year in words."""
        return str(self.report.year) if self.report.year else "年度不详"

    @property
    def template(self) -> str:
        """The form that it follows."""
        name = self.report.statistics.get("template") or ""
        return labels.TEMPLATES.get(name, name)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One number over the reports: (words, address of the place that states it);

    `spark` draws it.
    """

    name: str
    label: str
    cells: list[tuple[str, str]]
    values: list[float | None]
    spark: Plot | None


@dataclass(frozen=True, slots=True)
class BodyView:
    """Everything the template needs. `names` are all names among the reports, in order of time."""

    name: str
    series: bool
    names: list[str]
    facts: list[tuple[str, str]]
    rows: list[ReportRow]
    metrics: list[MetricRow]
    missing: list[int]
    region: str
    coverage_url: str
    search_url: str
    numbers_url: str
    other_url: str
    compare_url: str | None


def body_view(name: str, reports: Sequence[Report], *, series: bool) -> BodyView:
    """The page of a body; `reports` are in order of their years."""
    last = reports[-1]
    years = {r.year for r in reports if r.year}
    region = "/".join(last.region or ())
    query = {"q": f'agency~:"{name}"'} if series else {"agency": name}
    several = [r.id for r in reports[-2:]]
    return BodyView(
        name=name,
        series=series,
        names=list(dict.fromkeys(r.agency for r in reports if r.agency)),
        facts=_facts(last),
        rows=[ReportRow(r, report_path(r.id), _late(r)) for r in reports],
        metrics=metric_rows(reports),
        missing=[y for y in range(min(years), max(years)) if y not in years]
        if years
        else [],
        region=region,
        coverage_url=address("/coverage", region=region),
        search_url=address("/search", **query, sort="year"),
        numbers_url=address("/numbers", **query),
        other_url=address("/bodies", agency=name, series=None if series else 1),
        compare_url=address("/compare", id=several) if len(several) > 1 else None,
    )


def _facts(report: Report) -> list[tuple[str, str]]:
    found = [
        (labels.FIELDS[n], getattr(report, n)) for n in ("level", "org_type", "line")
    ]
    return [(label, value) for label, value in found if value]


def _late(report: Report) -> bool | None:
    if not report.year or not report.published:
        return None
    return dt.date.fromisoformat(report.published) > deadline(
        report.year, report.org_type
    )


def metric_rows(reports: Sequence[Report]) -> list[MetricRow]:
    """Every number that one of the reports states, in the order of the table."""
    stated: list[dict[str, Any]] = [r.statistics.get("metrics") or {} for r in reports]
    names = [n for n in labels.METRICS if any(m.get(n) is not None for m in stated)]
    return [_metric(name, reports, [m.get(name) for m in stated]) for name in names]


def _metric(
    name: str, reports: Sequence[Report], values: list[float | None]
) -> MetricRow:
    cells = [
        ("" if v is None else figure(v), report_path(r.id) + "#statistics")
        for r, v in zip(reports, values, strict=True)
    ]
    points = _points(reports, values)
    drawn = (
        Plot(points, f"{labels.METRICS[name]}逐年", "", "")
        if sum(v is not None for v in values) > 1
        else None
    )
    return MetricRow(name, labels.METRICS[name], cells, values, drawn)


def _points(reports: Sequence[Report], values: Sequence[float | None]) -> list[Point]:
    """What another form or another scope states is not the same number: it is not joined."""
    points = []
    for i, (report, value) in enumerate(zip(reports, values, strict=True)):
        before = reports[i - 1] if i else None
        known = (
            before is not None and before.year is not None and report.year is not None
        )
        broken = before is not None and _kind(before) != _kind(report)
        follows = (
            known
            and before is not None
            and (report.year or 0) - (before.year or 0) == 1
        )
        points.append(
            Point(str(report.year or ""), 1, 1, value, broken=broken, follows=follows)
        )
    return points


def _kind(report: Report) -> tuple[object, object]:
    return report.statistics.get("template"), report.scope
