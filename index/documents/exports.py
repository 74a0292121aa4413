"""Results as files: CSV for spreadsheets, JSON Lines with whole records, Parquet.

All of them stream: a download is never held whole.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from typing import Any

from index.model.errors import SettingsError
from index.model.fields import ReportField, Use, fields_for
from index.model.metrics import METRIC_NAMES
from index.model.report import Report

__all__ = [
    "EXPORT_COLUMNS",
    "EXPORT_FORMATS",
    "FIELD_OF_COLUMN",
    "guarded",
    "jsonl",
    "parquet",
    "rows",
    "table",
    "values_of",
]

# Without it Excel reads UTF-8 as the system's code page, on Chinese machines GBK.
BYTE_ORDER_MARK = "\ufeff"

# Fields that are objects, and the columns that they become.
COLUMNS_OF_OBJECT = {
    "provenance": ("sha256", "encoding"),
    "statistics": METRIC_NAMES,
}


def _columns() -> dict[str, ReportField]:
    """Each column with the field that it shows, in the order of FIELDS."""
    return {
        column: exported
        for exported in fields_for(Use.EXPORT)
        for column in COLUMNS_OF_OBJECT.get(exported.name, (exported.name,))
    }


FIELD_OF_COLUMN = _columns()
EXPORT_COLUMNS = tuple(FIELD_OF_COLUMN)
# A cell that begins so is a formula to a spreadsheet, and runs when the file is opened.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def guarded(value: Any) -> str:
    """A cell.

    One that a spreadsheet would take for a formula gets an apostrophe in front; absent is empty.

    A whole number is printed whole, whatever it was counted in.

    >>> guarded("=HYPERLINK(1)"), guarded(-5), guarded(None), guarded(55.0)
    ("'=HYPERLINK(1)", '-5', '', '55')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return "'" + text if text.startswith(_FORMULA_SIGNS) else text


def values_of(report: Report) -> dict[str, Any]:
    """A report as the columns; absent is None."""
    provenance = report.provenance
    metrics = report.statistics.metrics
    values: dict[str, Any] = {}
    for column, field in FIELD_OF_COLUMN.items():
        if field.name == "provenance":
            values[column] = provenance and getattr(provenance, column)
        elif field.name == "statistics":
            values[column] = metrics.get(column)
        elif field.kind == "path":
            values[column] = "/".join(getattr(report, column) or ()) or None
        else:
            values[column] = getattr(report, column)
    return values


def rows(reports: Iterable[Report]) -> Iterator[bytes]:
    """The reports as CSV with a header, a line at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(EXPORT_COLUMNS)
    yield (BYTE_ORDER_MARK + buffer.getvalue()).encode()
    for report in reports:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([guarded(v) for v in values_of(report).values()])
        yield buffer.getvalue().encode("utf-8", "replace")


def table(header: Iterable[str], lines: Iterable[Iterable[Any]]) -> bytes:
    """A small table as CSV with a header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    for line in lines:
        writer.writerow([guarded(value) for value in line])
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode("utf-8", "replace")


def jsonl(reports: Iterable[Report]) -> Iterator[bytes]:
    """The whole records, one a line."""
    for report in reports:
        line = json.dumps(report.record(), ensure_ascii=False, separators=(",", ":"))
        yield line.encode("utf-8", "replace") + b"\n"


# Reports of a Parquet file that are held at a time.
ROW_GROUP_REPORTS = 2_000


def parquet(reports: Iterable[Report]) -> Iterator[bytes]:
    """The columns of the CSV as a Parquet file, a row group at a time.

    Numbers are numbers, and unknown is null. Raises SettingsError where the extra is not installed.
    """
    if not find_spec("pyarrow"):
        raise SettingsError(
            "Parquet needs pyarrow; run: pip install 'gongkai[parquet]'"
        )
    import pyarrow as pa  # noqa: PLC0415  an extra of 150 MB: only an export in this format needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema(
        [(name, pa.type_for_alias(_type(name))) for name in EXPORT_COLUMNS]
    )
    sink = _Sink()
    remaining = iter(reports)
    with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema) as writer:
        while group := list(islice(remaining, ROW_GROUP_REPORTS)):
            table_rows = [_typed(values_of(report)) for report in group]
            writer.write_table(pa.Table.from_pylist(table_rows, schema))
            yield sink.taken()
    yield sink.taken()


def _type(name: str) -> str:
    if name in METRIC_NAMES:
        return "double"
    return "int32" if FIELD_OF_COLUMN[name].kind == "number" else "string"


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    typed = dict(row)
    for name in METRIC_NAMES:
        if row[name] is not None:
            # counts and sums of money share one type
            typed[name] = float(row[name])
    return typed


class _Sink(io.RawIOBase):
    """A file to write to, from which the bytes written so far can be taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[bytes] = []
        self.length = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Keep the bytes until they are taken."""
        self.parts.append(bytes(data))
        self.length += len(self.parts[-1])
        return len(self.parts[-1])

    def tell(self) -> int:
        """How much was written, taken or not."""
        return self.length

    def taken(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self.parts)
        self.parts.clear()
        return data


# format -> (writer, media type).
EXPORT_FORMATS = {
    "csv": (rows, "text/csv; charset=utf-8"),
    "jsonl": (jsonl, "application/x-ndjson; charset=utf-8"),
    "parquet": (parquet, "application/vnd.apache.parquet"),
}
