"""Results as files: CSV that opens rightly in a spreadsheet, and JSON Lines with whole records. Both stream."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from index.metrics import METRIC_NAMES
from index.report import Report

__all__ = ["COLUMNS", "FORMATS", "guarded", "jsonl", "rows"]

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the system's code page, on Chinese machines GBK."""

_FACTS = ("id", "url", "source", "sha256", "encoding", "title", "agency", "agency_id", "level", "org_type", "line")
COLUMNS = (*_FACTS, "region", "year", "period", "published", "scope", "script", "tables_status", *METRIC_NAMES)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(value: Any) -> str:
    """A cell. One that a spreadsheet would take for a formula gets an apostrophe in front; absent is empty.

    >>> guarded("=HYPERLINK(1)"), guarded(-5), guarded(None)
    ("'=HYPERLINK(1)", '-5', '')
    """
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return "'" + text if text.startswith(_FORMULA) else text


def _cells(report: Report) -> Iterator[str]:
    provenance, metrics = report.provenance, report.statistics.get("metrics") or {}
    other = {
        "region": "/".join(report.region) if report.region else None,
        "sha256": provenance and provenance.sha256,
        "encoding": provenance and provenance.encoding,
    }
    for name in COLUMNS:
        if name in METRIC_NAMES:
            yield guarded(metrics.get(name))
        else:
            yield guarded(other[name] if name in other else getattr(report, name))


def rows(reports: Iterable[Report]) -> Iterator[bytes]:
    """The reports as CSV with a header, a line at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    yield (BOM + buffer.getvalue()).encode()
    for report in reports:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow(_cells(report))
        yield buffer.getvalue().encode("utf-8", "replace")


def jsonl(reports: Iterable[Report]) -> Iterator[bytes]:
    """The whole records, one a line."""
    for report in reports:
        line = json.dumps(report.record(), ensure_ascii=False, separators=(",", ":"))
        yield line.encode("utf-8", "replace") + b"\n"


FORMATS = {"csv": (rows, "text/csv; charset=utf-8"), "jsonl": (jsonl, "application/x-ndjson; charset=utf-8")}
"""format -> (writer, media type)."""
