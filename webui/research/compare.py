"""What the page of reports abreast shows: facts, numbers, and for two reports their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.model.report import Report
from webui.http.addresses import report_path
from webui.plots.figures import figure, percent
from webui.research.bodies import metric_rows
from webui.research.textdiff import LONGEST, Section, compared
from webui.words import labels
from webui.words.values import field_words

__all__ = ["MOST", "CompareView", "compare_view"]

# Reports abreast; more do not fit and are a matter for an export.
MOST = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One fact or number of every report;

    `differs` when they are not all the same, `change` from first to second.
    """

    label: str
    values: list[str | None]
    differs: bool
    change: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """Two texts abreast;

    `left` and `right` are the parts of each that stand in the other, as percentages.
    """

    sections: list[Section]
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class CompareView:
    """Everything the template needs. `forms` differ when the numbers are not of one kind."""

    reports: Sequence[Report]
    urls: list[str]
    facts: list[Row]
    numbers: list[Row]
    forms: list[str]
    texts: Texts | None
    too_long: bool


def compare_view(reports: Sequence[Report]) -> CompareView:
    """Two to six reports abreast."""
    pair = len(reports) == 2
    too_long = pair and max(len(r.text) for r in reports) > LONGEST
    forms = [r.statistics.get("template") or "" for r in reports]
    return CompareView(
        reports=reports,
        urls=[report_path(r.id) for r in reports],
        facts=[_fact(name, label, reports) for name, label in labels.FIELDS.items()],
        numbers=[_number(m.label, m.values) for m in metric_rows(reports)],
        forms=[labels.TEMPLATES.get(f, f) for f in forms],
        texts=_texts(reports[0].text, reports[1].text)
        if pair and not too_long
        else None,
        too_long=too_long,
    )


def _fact(name: str, label: str, reports: Sequence[Report]) -> Row:
    values = [field_words(name, getattr(r, name)) for r in reports]
    return Row(label, values, len(set(values)) > 1)


def _number(label: str, values: Sequence[Any]) -> Row:
    change = ""
    if len(values) == 2 and None not in values and values[0] != values[1]:
        difference = values[1] - values[0]
        change = ("+" if difference > 0 else "") + figure(difference)
        if values[0]:
            share = difference / values[0]
            change += f"（{'+' if share > 0 else ''}{percent(share)}）"
    return Row(
        label,
        [None if v is None else figure(v) for v in values],
        len(set(values)) > 1,
        change,
    )


def _texts(left: str, right: str) -> Texts:
    sections, a, b = compared(left, right)
    return Texts(sections, percent(a), percent(b))
