"""What the page of a body shows: its reports by year, its numbers abreast, its former names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from index.model.report import Report
from index.studies.coverage import deadline
from webui.http.addresses import address, report_path
from webui.plots.figures import contradiction_words, figure
from webui.plots.plots import Plot, Point
from webui.words import labels
from webui.words.messages import gettext as _

__all__ = ["BodyView", "MetricRow", "ReportRow", "body_view", "metric_rows"]

# Facts of the latest report that describe the body itself.
_BODY_FIELDS = ("level", "org_type", "line")


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of the body, in order of its year. `late` is None where it cannot be told."""

    report: Report
    url: str
    late: bool | None

    @property
    def year(self) -> str:
        """The year in words."""
        return str(self.report.year) if self.report.year else _("年度不详")

    @property
    def template(self) -> str:
        """The statutory form that it follows."""
        name = self.report.template or ""
        return labels.TEMPLATES.get(name, name)


@dataclass(frozen=True, slots=True)
class MetricRow:
    """One number over the reports.

    `cells` are (words, address of the place that states it), `values` the numbers themselves: None
    where a report states none, or several that contradict each other (the words then say so).
    `spark` draws the number.
    """

    name: str
    label: str
    cells: list[tuple[str, str]]
    values: list[float | None]
    spark: Plot | None


@dataclass(frozen=True, slots=True)
class BodyView:
    """Everything the template needs.

    `names` are all names among the reports, the oldest first; `others` are no annual reports.
    """

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
    csv_url: str
    compare_url: str | None
    others: list[ReportRow]


def body_view(
    name: str,
    reports: Sequence[Report],
    *,
    series: bool,
    others: Sequence[Report] = (),
) -> BodyView:
    """The page of a body; `reports` are in order of their years, at least one.

    `others` are documents that are no annual reports: they are listed and not counted.
    """
    latest = reports[-1]
    region = "/".join(latest.region or ())
    # agency~: also finds the bodies that a reform made into this one
    query = {"q": f'agency~:"{name}"'} if series else {"agency": name}
    return BodyView(
        name=name,
        series=series,
        names=list(dict.fromkeys(r.agency for r in reports if r.agency)),
        facts=_facts(latest),
        rows=[ReportRow(r, report_path(r.id), _late(r)) for r in reports],
        metrics=metric_rows(reports),
        missing=_missing_years(reports),
        region=region,
        coverage_url=address("/coverage", region=region),
        search_url=address("/search", **query, sort="year"),
        numbers_url=address("/numbers", **query),
        other_url=address("/bodies", agency=name, series=None if series else 1),
        csv_url=address(
            "/bodies", agency=name, series=1 if series else None, format="csv"
        ),
        compare_url=_compare_url(reports),
        others=[ReportRow(r, report_path(r.id), None) for r in others],
    )


def _facts(report: Report) -> list[tuple[str, str]]:
    facts = []
    for name in _BODY_FIELDS:
        value = getattr(report, name)
        if value:
            facts.append((labels.FIELDS[name], labels.facet_value(name, value)))
    return facts


def _missing_years(reports: Sequence[Report]) -> list[int]:
    """The years between the first and the last report that have none here."""
    years = {report.year for report in reports if report.year}
    if not years:
        return []
    return [year for year in range(min(years), max(years)) if year not in years]


def _compare_url(reports: Sequence[Report]) -> str | None:
    """The latest two reports abreast."""
    if len(reports) < 2:
        return None
    return address("/compare", id=[report.id for report in reports[-2:]])


def _late(report: Report) -> bool | None:
    # without a printed date nothing is said: lateness would be a guess
    if not report.year or not report.published:
        return None
    published = dt.date.fromisoformat(report.published)
    return published > deadline(report.year, report.org_type)


# ---------------------------------------------------------------------- numbers over the years
def metric_rows(reports: Sequence[Report]) -> list[MetricRow]:
    """Every number that one of the reports states, in the order of the table."""
    stated = [report.statistics.metrics for report in reports]
    uncertain = [_uncertain(report) for report in reports]
    rows = []
    for name in labels.METRICS:
        values = [metrics.get(name) for metrics in stated]
        words = [
            _shown(report, name, value) or others.get(name, "")
            for report, value, others in zip(reports, values, uncertain, strict=True)
        ]
        if any(words):
            rows.append(_metric_row(name, reports, values, words))
    return rows


def _shown(report: Report, name: str, value: float | None) -> str:
    """The number in words: one that only a sentence states as about so much is told as such."""
    shown = figure(value)
    is_about = any(
        fact.name == name and fact.approximate and fact.table is None
        for fact in report.statistics.prose
    )
    return _("约 %(figure)s", figure=shown) if shown and is_about else shown


def _uncertain(report: Report) -> dict[str, str]:
    """The numbers whose sentences contradict each other -> words for them."""
    return {
        statement.name: _(
            "不能确定：%(figures)s", figures=contradiction_words(statement)
        )
        for statement in report.statistics.prose
        if statement.conflict
    }


def _metric_row(
    name: str,
    reports: Sequence[Report],
    values: list[float | None],
    words: Sequence[str],
) -> MetricRow:
    label = labels.METRICS[name]
    cells = []
    for report, shown in zip(reports, words, strict=True):
        cells.append((shown, report_path(report.id) + "#statistics"))
    spark = None
    if sum(value is not None for value in values) > 1:
        spark = Plot(
            _points(reports, values), _("%(number)s逐年", number=label), "", ""
        )
    return MetricRow(name, label, cells, values, spark)


def _points(reports: Sequence[Report], values: Sequence[float | None]) -> list[Point]:
    """What another form or another scope states is not the same number: it is not joined."""
    points = []
    before: Report | None = None
    for report, value in zip(reports, values, strict=True):
        points.append(
            Point(
                str(report.year or ""),
                1,
                1,
                value,
                broken=before is not None and _kind(before) != _kind(report),
                follows=before is not None and _is_year_after(before, report),
            )
        )
        before = report
    return points


def _is_year_after(before: Report, report: Report) -> bool:
    if before.year is None or report.year is None:
        return False
    return report.year - before.year == 1


def _kind(report: Report) -> tuple[object, object]:
    """What must be the same for two numbers to be comparable."""
    return report.template, report.scope
