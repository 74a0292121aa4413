"""What the page of reports abreast shows: facts, numbers, and for two reports their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.model.report import Report
from webui.http.addresses import address, report_path
from webui.plots.figures import figure, percent
from webui.research.bodies import MetricRow, metric_rows
from webui.research.textdiff import LONGEST_TEXT, Section, compared
from webui.words import labels
from webui.words.messages import gettext as _
from webui.words.values import field_words

__all__ = ["CompareView", "compare_view"]


@dataclass(frozen=True, slots=True)
class Row:
    """One fact or number of every report.

    `differs` when they are not all the same: None where a report does not say, and those that do
    agree. `change` is from the first to the second.
    """

    label: str
    values: list[str | None]
    differs: bool | None
    change: str = ""

    @property
    def verdict(self) -> str:
        """Whether the reports agree, in words; empty where nobody can tell."""
        if self.differs is None:
            return ""
        return _("不同") if self.differs else _("相同")


@dataclass(frozen=True, slots=True)
class Texts:
    """Two texts abreast.

    `left` and `right` are the parts of each that stand in the other, as percentages.
    """

    sections: list[Section]
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class CompareView:
    """Everything the template needs. Where `forms` differ the numbers are not of one kind."""

    reports: Sequence[Report]
    urls: list[str]
    drop_urls: list[str]
    csv_url: str
    facts: list[Row]
    numbers: list[Row]
    forms: list[str]
    texts: Texts | None
    too_long: bool


def compare_view(reports: Sequence[Report]) -> CompareView:
    """Two to six reports abreast."""
    is_pair = len(reports) == 2
    # three texts have no left and right
    too_long = is_pair and max(len(r.text) for r in reports) > LONGEST_TEXT
    texts = None
    if is_pair and not too_long:
        texts = _texts(reports[0].text, reports[1].text)
    forms = [report.template or "" for report in reports]
    return CompareView(
        reports=reports,
        urls=[report_path(report.id) for report in reports],
        drop_urls=_drop_urls([report.id for report in reports]),
        csv_url=address("/compare", id=[r.id for r in reports], format="csv"),
        facts=[_fact(name, label, reports) for name, label in labels.FIELDS.items()],
        numbers=[_number(row) for row in metric_rows(reports)],
        forms=[labels.TEMPLATES.get(form, form) for form in forms],
        texts=texts,
        too_long=too_long,
    )


def _drop_urls(ids: Sequence[str]) -> list[str]:
    """For each report the comparison of the others."""
    urls = []
    for report_id in ids:
        others = [other for other in ids if other != report_id]
        back = address("/compare", id=others)
        urls.append(address("/compare/drop", id=report_id, back=back))
    return urls


def _fact(name: str, label: str, reports: Sequence[Report]) -> Row:
    values = [field_words(name, getattr(report, name)) for report in reports]
    return Row(label, values, _differs(values))


def _number(row: MetricRow) -> Row:
    words = [words or None for words, _url in row.cells]
    change = ""
    if len(row.values) == 2:
        change = _change(row.values[0], row.values[1])
    return Row(row.label, words, _differs(row.values), change)


def _differs(values: Sequence[str | float | None]) -> bool | None:
    """Whether known values differ; None where one is not known and the others are the same.

    >>> _differs(["a", "b", None]), _differs(["a", None]), _differs([0, 0])
    (True, None, False)
    """
    known = {value for value in values if value is not None}
    if len(known) > 1:
        return True
    return None if None in values else False


def _change(before: float | None, after: float | None) -> str:
    """5 -> 8 is +3（+60%）; a change from 0 has no percentage."""
    if before is None or after is None or before == after:
        return ""
    difference = after - before
    words = f"{_plus(difference)}{figure(difference)}"
    if before:
        share = difference / before
        words += _("（%(share)s）", share=_plus(share) + percent(share))
    return words


def _plus(number: float) -> str:
    return "+" if number > 0 else ""


def _texts(left: str, right: str) -> Texts:
    sections, share_left, share_right = compared(left, right)
    return Texts(sections, percent(share_left), percent(share_right))
