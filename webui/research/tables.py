"""What the pages show, as tables to take away: heads and values are in the page's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from index.documents.exports import FIELD_OF_COLUMN, values_of
from index.model.report import Report
from index.studies.coverage import COVERAGE_COLUMNS, Coverage
from webui.words import labels
from webui.words.messages import gettext as _
from webui.words.messages import msgid, pgettext
from webui.words.values import field_words

__all__ = ["of_coverage", "of_reports"]

Table = tuple[Sequence[str], list[Sequence[Any]]]

# Columns of what is known of the file itself -> their heads.
_FILE_HEADS = {"sha256": "SHA-256", "encoding": msgid("编码")}
# Fields whose values have words of their own; days and addresses stay as programs read them.
_WORDED = ("kind", "level", "org_type", "line", "scope", "script", "tables_status")


def of_reports(reports: Iterable[Report]) -> Table:
    """One line a report, with the columns of an export."""
    heads = [_head(column) for column in FIELD_OF_COLUMN]
    lines: list[Sequence[Any]] = []
    for report in reports:
        values = values_of(report)
        lines.append([_worded(name, value) for name, value in values.items()])
    return heads, lines


def _head(column: str) -> str:
    if column in labels.METRICS.table:
        return labels.METRICS[column]
    if column in _FILE_HEADS:
        return _(_FILE_HEADS[column])
    return pgettext("field", FIELD_OF_COLUMN[column].label_zh)


def _worded(
    name: str,
    value: Any,
) -> Any:
    if name == "template":
        return labels.TEMPLATES.get(
            value or "",
            value,
        )
    return field_words(name, value) if name in _WORDED else value


def of_coverage(found: Coverage) -> Table:
    """One line a body and year, then one a region below and year.

    A year without a report has no id; a region below has no body.
    """
    own_heads = {"late": _("迟发"), "reports": _("报告数")}
    heads = [
        own_heads.get(name) or pgettext("field", _label(name))
        for name in COVERAGE_COLUMNS
    ]
    lines: list[Sequence[Any]] = []
    for values in found.lines():
        cells = dict(zip(COVERAGE_COLUMNS, values, strict=True))
        for name in ("org_type", "line"):
            cells[name] = field_words(name, cells[name])
        cells["late"] = _lateness(cells["late"])
        lines.append(tuple(cells.values()))
    return heads, lines


def _label(name: str) -> str:
    return FIELD_OF_COLUMN[name].label_zh


def _lateness(late: bool | None) -> str | None:
    """Whether a report was late, in words; None where its day is not known."""
    if late is None:
        return None
    return _("是") if late else _("否")
