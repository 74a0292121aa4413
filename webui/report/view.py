"""What the page of a report shows: facts with their evidence, the text in blocks, repairs,
statistics.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from index.model.errors import RequestError
from index.model.problems import Code
from index.model.report import Fact, Report
from index.search.response import Span
from webui.ports import MarkedReportPort
from webui.report import fulltext
from webui.report.marks import marked
from webui.report.received import received_text
from webui.report.statistics import (
    Statistics,
    cell_layers,
    report_problems,
    statistics_view,
)
from webui.words import labels

__all__ = [
    "FactRow",
    "RepairRow",
    "ReportView",
    "received_view",
    "report_view",
    "shown",
]


@dataclass(frozen=True, slots=True)
class FactRow:
    """One field: `value` None is unknown."""

    name: str
    label: str
    value: str | None
    fact: Fact | None

    @property
    def source(self) -> str:
        """Where the value was read, in words."""
        return (
            labels.SOURCES.get(self.fact.source, self.fact.source) if self.fact else ""
        )

    @property
    def alternatives(self) -> list[str]:
        """The candidates that lost."""
        return (
            [shown(self.name, a) or "不详" for a in self.fact.alternatives]
            if self.fact
            else []
        )


@dataclass(frozen=True, slots=True)
class RepairRow:
    """Equal repairs of a report as one row."""

    kind: str
    before: str
    after: str
    confidence: float
    applied: bool
    times: int

    @property
    def label(self) -> str:
        """What was wrong, in words."""
        return "、".join(
            labels.REPAIRS.get(kind, kind) for kind in self.kind.split("+")
        )


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything the template needs."""

    report: Report
    title: Markup
    blocks: list[fulltext.Block]
    hits: int
    received: bool
    facts: list[FactRow]
    repairs: list[RepairRow]
    statistics: Statistics
    problems: list[str]

    @property
    def outline(self) -> list[fulltext.Block]:
        """The headings."""
        return [b for b in self.blocks if b.kind == "heading"]

    @property
    def lang(self) -> str:
        """The language tag of the text: fonts choose glyphs by it."""
        return "zh-Hant" if (self.report.script or "").startswith("Hant") else "zh-Hans"


def report_view(found: MarkedReportPort | Report) -> ReportView:
    """The report with its repairs, opened at the places of a query."""
    if isinstance(found, Report):
        return _view(found, (), (), _layers(found), found.text)
    report = found.report
    return _view(
        report, found.title_marks, found.text_marks, _layers(report), report.text
    )


def _layers(report: Report) -> list[fulltext.Layer]:
    return [*fulltext.report_layers(report), *cell_layers(report)]


def received_view(report: Report) -> ReportView:
    """The report before its repairs. Raises RequestError when its record cannot give that."""
    text = received_text(report)
    if text is None:
        raise RequestError("view", Code.REQUEST_RECEIVED_TEXT_LOST)
    return _view(report, (), (), fulltext.received_layers(report), text, received=True)


def _view(
    report: Report,
    title_marks: Sequence[Span],
    text_marks: Sequence[Span],
    layers: list[fulltext.Layer],
    text: str,
    received: bool = False,
) -> ReportView:
    total = len(title_marks) + len(text_marks)
    title = _title(report, title_marks, total)
    hits = fulltext.hit_layers(text_marks, 1 + len(title_marks), total)
    blocks = fulltext.blocks(fulltext.spread(text, [*layers, *hits]))
    return ReportView(
        report,
        title,
        blocks,
        total,
        received,
        _facts(report),
        _repairs(report),
        statistics_view(report, linked=not received),
        report_problems(report),
    )


def _title(report: Report, marks: Sequence[Span], total: int) -> Markup:
    if not report.title:
        return marked("（无题名）", ())
    lines = fulltext.spread(report.title, fulltext.hit_layers(marks, 1, total))
    return Markup(" ").join(line.html for line in lines)


def shown(name: str, value: Any) -> str | None:
    """The value of a field in words; None when it is unknown."""
    if value is None or value == "":
        return None
    if isinstance(value, list):
        return " / ".join(map(str, value))
    tables = {"tables_status": labels.TABLES_STATUSES, "scope": labels.SCOPES}
    if name == "script":
        main = str(value)[:4]
        return labels.SCRIPTS.get(main, main) + (
            f"（{value}）" if str(value) != main else ""
        )
    return tables.get(name, {}).get(str(value), str(value))


def _facts(report: Report) -> list[FactRow]:
    return [
        FactRow(
            name, label, shown(name, getattr(report, name)), report.evidence.get(name)
        )
        for name, label in labels.FIELDS.items()
        if name != "agency_printed"
        or (report.agency_printed and report.agency_printed != report.agency)
    ]


def _repairs(report: Report) -> list[RepairRow]:
    counted = Counter(
        (r.kind, r.before, r.after, r.confidence, r.applied) for r in report.repairs
    )
    rows = [RepairRow(*key, times=times) for key, times in counted.items()]
    return sorted(rows, key=lambda r: (r.applied, -r.times))
