"""Answers as tables to take away: a header and its lines, the names those of the JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from index.model.metrics import METRIC_NAMES
from index.search.response import FacetResult
from index.studies.coverage import COVERAGE_COLUMNS, Coverage
from index.studies.series import Series

__all__ = ["of_counts", "of_coverage", "of_facet", "of_series"]

Table = tuple[Sequence[str], list[Sequence[Any]]]

SERIES_HEADER = ("year", "id", "agency", "title", "published", "template", "scope")


def of_counts(by: str, values: Iterable[tuple[str, str, int]]) -> Table:
    """How many reports there are, by (value, label, reports)."""
    header = (by, "reports")
    lines: list[Sequence[Any]] = [(value, count) for value, _, count in values]
    return header, lines


def of_facet(name: str, found: FacetResult) -> Table:
    """The values of a facet with their counts."""
    counts = [(v.value, v.label, v.count) for v in found.values]
    return of_counts(name, counts)


def of_coverage(found: Coverage) -> Table:
    """One line a body and year, then one a region below and year.

    A year without a report has no id; a region below has no body.
    """
    return COVERAGE_COLUMNS, [*found.lines()]


def of_series(found: Series) -> Table:
    """The years of a body with all their numbers."""
    lines: list[Sequence[Any]] = []
    for report in found.years:
        about = [getattr(report, name) for name in SERIES_HEADER]
        numbers = [report.metrics.get(name) for name in METRIC_NAMES]
        lines.append([*about, *numbers])
    return (*SERIES_HEADER, *METRIC_NAMES), lines
