"""What the page of a report shows: facts with evidence, the text in blocks, repairs, statistics."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from index.model.errors import RequestError
from index.model.problems import Code
from index.model.report import Fact, Report
from index.search.response import Span
from index.search.searcher import MarkedReport
from webui.plots.figures import figure
from webui.report.layers import hit_layers, received_layers, report_layers
from webui.report.received import received_text
from webui.report.statistics import (
    StatisticsView,
    cell_layers,
    report_problems,
    statistics_view,
)
from webui.text.blocks import Block, blocks
from webui.text.layers import Layer, spread
from webui.text.marks import marked
from webui.words import labels
from webui.words.messages import gettext as _
from webui.words.values import field_words

__all__ = [
    "FactRow",
    "RepairRow",
    "ReportView",
    "marked_view",
    "received_view",
    "report_view",
]


# What stands at the top of a report.
_KEY_METRICS = (
    "applications_new",
    "applications_granted",
    "applications_refused",
    "reviews_total",
    "suits_total",
)
# Where a long title is broken first: after the body and the year, before what it is.
_PHRASE_PATTERN = re.compile(
    r"(?<=年)(?!度)|(?<=年度)|(?=政府信息|政府資訊|政务公开|工作)"
)
_PHRASE_RANK = 0


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
        if self.fact is None:
            return ""
        return labels.SOURCES.get(self.fact.source, self.fact.source)

    @property
    def alternatives(self) -> list[str]:
        """The candidates that lost."""
        if self.fact is None:
            return []
        return [field_words(self.name, a) or _("不详") for a in self.fact.alternatives]


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
        # gloss+radical: two kinds of damage met in one place
        kinds = self.kind.split("+")
        return _("、").join(labels.REPAIRS.get(kind, kind) for kind in kinds)


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything the template needs.

    `hits` counts the places of title, text and card, `shown` those that are marked. `words` are
    what the places are of. `card` are the lines of the index card, open where a hit is in it.
    """

    report: Report
    title: Markup
    blocks: list[Block]
    hits: int
    shown: int
    words: Sequence[str]
    received: bool
    facts: list[FactRow]
    repairs: list[RepairRow]
    statistics: StatisticsView
    problems: list[str]
    key_figures: list[tuple[str, str]]
    card: Sequence[Markup] = ()
    card_open: bool = False

    @property
    def outline(self) -> list[Block]:
        """The headings."""
        return [block for block in self.blocks if block.kind == "heading"]

    @property
    def lang(self) -> str:
        """The language tag of the text: fonts choose glyphs by it."""
        script = self.report.script or ""
        return "zh-Hant" if script.startswith("Hant") else "zh-Hans"


def report_view(report: Report) -> ReportView:
    """The report with its repairs."""
    return _view(report, report.text, _layers(report))


def marked_view(found: MarkedReport) -> ReportView:
    """The report with its repairs, opened at the hits of a query."""
    report = found.report
    layers = _layers(report)
    view = _view(report, report.text, layers, found.title_marks, found.text_marks)
    shown = view.shown + len(found.card_marks)
    card = _card(report, found.card_marks, view.shown + 1, shown)
    return replace(
        view,
        hits=found.occurrences,
        shown=shown,
        words=found.words,
        card=card,
        card_open=bool(found.card_marks),
    )


def received_view(report: Report) -> ReportView:
    """The report before its repairs. Raises RequestError when its record cannot give that."""
    text = received_text(report)
    if text is None:
        raise RequestError("view", Code.REQUEST_RECEIVED_TEXT_LOST)
    return _view(report, text, received_layers(report), received=True)


def _layers(report: Report) -> list[Layer]:
    return [*report_layers(report), *cell_layers(report)]


def _view(
    report: Report,
    text: str,
    layers: list[Layer],
    title_marks: Sequence[Span] = (),
    text_marks: Sequence[Span] = (),
    *,
    received: bool = False,
) -> ReportView:
    total = len(title_marks) + len(text_marks)
    # hits are numbered through title and text, as a reader steps through them
    first_in_text = 1 + len(title_marks)
    hits = hit_layers(text_marks, first_in_text, total)
    return ReportView(
        report=report,
        title=_title(report, title_marks, total),
        blocks=blocks(spread(text, [*layers, *hits])),
        hits=total,
        shown=total,
        words=(),
        received=received,
        facts=_facts(report),
        repairs=_repairs(report),
        # positions of cells lie on the repaired text only
        statistics=statistics_view(report, linked=not received),
        problems=report_problems(report),
        key_figures=_key_figures(report),
        card=_card(report, (), 1, 0),
    )


def _key_figures(report: Report) -> list[tuple[str, str]]:
    """The numbers that most readers look for first, those that the report has."""
    metrics = report.statistics.metrics
    known = [name for name in _KEY_METRICS if metrics.get(name) is not None]
    return [(labels.METRICS[name], figure(metrics[name])) for name in known]


def _card(
    report: Report, marks: Sequence[Span], first: int, total: int
) -> Sequence[Markup]:
    """The lines of the index card, with the hits in them numbered from `first`."""
    lines = spread(report.card_text, hit_layers(marks, first, total))
    return [line.html for line in lines if line.text]


def _title(report: Report, marks: Sequence[Span], total: int) -> Markup:
    if not report.title:
        return marked(_("（无题名）"), ())
    phrases = _phrases(report.title, report.agency or "")
    lines = spread(report.title, [*phrases, *hit_layers(marks, 1, total)])
    # a title of two lines becomes one
    return Markup(" ").join(line.html for line in lines)


def _phrases(title: str, agency: str) -> list[Layer]:
    """Where a title may be broken into lines: between its phrases."""
    borders = {place.start() for place in _PHRASE_PATTERN.finditer(title)}
    if agency and agency in title:
        start = title.index(agency)
        end = start + len(agency)
        borders = {b for b in borders if not start < b < end} | {start, end}
    inner = sorted(borders - {0, len(title)})
    return [Layer(b, b, _PHRASE_RANK, Markup("<wbr>"), Markup()) for b in inner]


def _facts(report: Report) -> list[FactRow]:
    rows = []
    for name, label in labels.FIELDS.items():
        if name == "agency_printed" and not _is_printed_otherwise(report):
            continue
        value = field_words(name, getattr(report, name))
        rows.append(FactRow(name, label, value, report.evidence.get(name)))
    return rows


def _is_printed_otherwise(report: Report) -> bool:
    """Whether the body's printed name differs from its usual one: 深圳市教育局 (本局)."""
    printed = report.agency_printed
    return bool(printed) and printed != report.agency


def _repairs(report: Report) -> list[RepairRow]:
    """What could not be repaired first, then the most frequent repairs."""
    counted = Counter(
        (r.kind, r.before, r.after, r.confidence, r.applied) for r in report.repairs
    )
    rows = [RepairRow(*key, times=times) for key, times in counted.items()]
    return sorted(rows, key=lambda row: (row.applied, -row.times))
