"""The statutory tables of a report, its stated numbers and its checks, as the page shows them.

Zero, blank, a sign for none and a cell that was not read are four things here too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from index.model.problems import Code
from index.model.report import Report
from index.model.statistics import (
    Cell,
    CellId,
    Check,
    Row,
    Statement,
    Statistics,
    Table,
    cell_id,
)
from webui.plots.figures import contradiction_words, figure
from webui.text.layers import Layer
from webui.words import labels
from webui.words.laws import check_words, label_words
from webui.words.messages import gettext as _
from webui.words.messages import msgid, said

__all__ = [
    "CheckRow",
    "StatisticsView",
    "cell_layers",
    "report_problems",
    "statistics_view",
]

# refused.secret stands under 不予公开: rows of the table of applications by the group that
# the form prints above them.
_ROW_FAMILIES = {
    "refused": msgid("（三）不予公开"),
    "unavailable": msgid("（四）无法提供"),
    "not_processed": msgid("（五）不予处理"),
    "other": msgid("（六）其他处理"),
}
# What concerns single rows of the tables, and is shown where they stand.
_OF_ROWS = (
    Code.TABLES_ROWS_MISSING,
    Code.TABLES_ROW_UNASSIGNED,
    Code.TABLES_CELL_UNASSIGNED,
)


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell.

    `kind` is its semantics, `anchor` its place in the text. `at_fault`: an identity that
    it is a term of does not hold.
    """

    text: str
    kind: str
    anchor: str | None
    at_fault: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One row.

    `raw` are the numbers of a row that could not be assigned to its columns.
    """

    label: str
    cells: list[CellView]
    family: str | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class TableView:
    """Rows that have the same columns."""

    label: str
    columns: list[str]
    rows: list[RowView]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One identity: `cells` are its terms with their places in the text."""

    label: str
    status: str
    word: str
    left: str
    right: str
    difference: str
    cells: list[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Stated:
    """A number that a sentence states.

    `conflict` are the numbers of other sentences, `table` is that of the tables; both are
    empty where they agree.
    """

    label: str
    value: str
    conflict: str
    table: str
    evidence: str
    anchor: str | None


@dataclass(frozen=True, slots=True)
class StatisticsView:
    """Everything that the section on numbers needs."""

    status: str | None
    word: str
    template: str
    numbers: list[tuple[str, Any]]
    tables: list[TableView]
    stated: list[Stated]
    failed: list[CheckRow]
    others: list[CheckRow]
    held: int
    unread: list[str]

    @property
    def any(self) -> bool:
        """Whether there is something to show."""
        return bool(
            self.numbers or self.tables or self.stated or self.failed or self.others
        )


def statistics_view(report: Report, *, linked: bool = True) -> StatisticsView:
    """The numbers of a report.

    `linked`: the text on the page is the one that the spans lie on.
    """
    statistics = report.statistics
    # the text as received has other positions: links into it would be wrong
    places = _places(statistics) if linked else {}
    names = _names(statistics)
    checks = [_check(c, names, places) for c in report.checks]
    at_fault = {cell for c in report.checks if c.status == "fail" for cell in c.cells}
    status = report.tables_status
    return StatisticsView(
        status=status,
        word=labels.TABLES_STATUSES.get(status or "", ""),
        template=labels.TEMPLATES.get(statistics.template or "", ""),
        numbers=_numbers(statistics.metrics),
        tables=[
            view for t in statistics.tables for view in _tables(t, places, at_fault)
        ],
        stated=[_stated(i, p, linked=linked) for i, p in enumerate(statistics.prose)],
        failed=[c for c in checks if c.status == "fail"],
        others=[c for c in checks if c.status != "fail"],
        held=sum(c.status in ("pass", "pass_blank0") for c in checks),
        unread=[
            said(problem)
            for problem in report.problems
            if problem.code is Code.TABLES_ROWS_MISSING
        ],
    )


def report_problems(report: Report) -> list[str]:
    """What a reader is told first; what concerns single rows stands with the tables."""
    return [
        said(problem) for problem in report.problems if problem.code not in _OF_ROWS
    ]


def _numbers(metrics: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Those that are known, in the order of the table, then those that it does not know."""
    ordered = [
        *(n for n in labels.METRICS if n in metrics),
        *(n for n in metrics if n not in labels.METRICS),
    ]
    return [
        (labels.METRICS.get(n, n), metrics[n])
        for n in ordered
        if metrics[n] is not None
    ]


# ---------------------------------------------------------------------- cells and their places in
# the text
def _anchor(name: CellId) -> str:
    return "cell-" + re.sub(r"[^0-9A-Za-z]+", "-", name)


def _places(statistics: Statistics) -> dict[CellId, str]:
    return {name: _anchor(name) for name, _, cell in statistics.cells() if cell.span}


def _names(statistics: Statistics) -> dict[CellId, str]:
    return {
        name: f"{label_words(row.label)}·{label_words(cell.label)}"
        for name, row, cell in statistics.cells()
    }


def cell_layers(report: Report) -> list[Layer]:
    """The cells and the stated numbers as they lie on the text, each an anchor."""
    found = [
        (_anchor(name), cell.span)
        for name, _, cell in report.statistics.cells()
        if cell.span
    ]
    prose = report.statistics.prose
    found += [(f"stated-{i}", p.span) for i, p in enumerate(prose) if p.span]
    span, close = Markup('<span class="cell">'), Markup("</span>")
    # an id may stand once in a page; two cells read from one place share it
    seen: dict[str, Layer] = {}
    for anchor, (start, end) in found:
        first = Markup('<span class="cell" id="{}">').format(anchor)
        seen.setdefault(anchor, Layer(start, end, 0, span, close, first))
    return [layer for layer in seen.values() if layer.end > layer.start]


def _tables(
    table: Table, places: Mapping[CellId, str], at_fault: set[CellId]
) -> list[TableView]:
    out: list[TableView] = []
    for row in table.rows:
        view = _row(table.id, row, places, at_fault)
        heads = [label_words(cell.label) for cell in row.cells]
        label = label_words(table.label) or labels.TABLES.get(table.id, table.id)
        if not out or (heads and out[-1].columns and heads != out[-1].columns):
            out.append(TableView(label, heads, []))
        elif heads and not out[-1].columns:
            out[-1] = TableView(label, heads, out[-1].rows)
        out[-1].rows.append(view)
    return out


def _row(
    table: str, row: Row, places: Mapping[CellId, str], at_fault: set[CellId]
) -> RowView:
    key = row.id or ""
    family = (
        _ROW_FAMILIES.get(key.partition(".")[0])
        if table == "applications" and "." in key
        else None
    )
    if family is not None:
        family = _(family)
    cells = []
    for cell in row.cells:
        name = cell_id(table, row.id, cell.column)
        cells.append(
            CellView(
                _cell_text(cell), cell.semantics, places.get(name), name in at_fault
            )
        )
    return RowView(label_words(row.label), cells, family, " ".join(row.raw or ()))


def _cell_text(cell: Cell) -> str:
    if cell.semantics in labels.SEMANTICS and cell.semantics != "na":
        return labels.SEMANTICS[cell.semantics]
    return cell.raw.strip() if cell.raw is not None else figure(cell.value)


# ---------------------------------------------------------------------- checks and sentences
def _check(
    check: Check, names: Mapping[CellId, str], places: Mapping[CellId, str]
) -> CheckRow:
    known = check.left is not None and check.right is not None
    return CheckRow(
        label=check_words(check),
        status=check.status,
        word=labels.CHECK_STATUSES.get(check.status, check.status),
        left=figure(check.left),
        right=figure(check.right),
        difference=figure((check.left or 0) - (check.right or 0)) if known else "",
        cells=[
            (names[cell], places.get(cell)) for cell in check.cells if cell in names
        ],
    )


def _stated(index: int, fact: Statement, *, linked: bool) -> Stated:
    value, table = fact.value, fact.table
    shown = figure(value)
    if fact.approximate and shown:
        shown = _("约 %(figure)s", figure=shown)
    differs = table is not None and value is not None and table != value
    return Stated(
        label=labels.METRICS.get(fact.name, fact.name),
        value=shown,
        conflict=contradiction_words(fact),
        table=figure(table) if differs else "",
        evidence=fact.evidence,
        anchor=f"stated-{index}" if linked and fact.span else None,
    )
