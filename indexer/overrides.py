"""A curator's corrections: overrides.csv with the columns id or url, field, value, reason.

Applied last.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from index.model.errors import TableFileError
from index.model.fields import ReportField, Use, fields_for
from index.model.report import FactValue

__all__ = ["Override", "Overrides"]

# What may be corrected, by name. An empty value says that it is unknown.
CORRECTABLE_FIELDS = {field.name: field for field in fields_for(Use.OVERRIDE)}

MAX_FILE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Override:
    """One correction: the value as the report holds it, and the curator's reason."""

    field: str
    value: FactValue
    reason: str


class Overrides:
    """Corrections by report id, source or URL."""

    def __init__(self, rows: dict[str, dict[str, Override]] | None = None) -> None:
        self._rows = rows or {}

    @classmethod
    def load(cls, path: Path) -> Overrides:
        """The corrections of a CSV file in UTF-8, with or without a byte order mark.

        Raises TableFileError with path and line where the file is not what it should be.
        """
        rows: dict[str, dict[str, Override]] = {}
        for line, key, override in _rows(path):
            fields = rows.setdefault(key, {})
            if override.field in fields:
                raise TableFileError(
                    str(path),
                    line,
                    f"{key!r} has {override.field!r} twice; keep one row",
                )
            fields[override.field] = override
        return cls(rows)

    def of(self, *keys: str | None) -> dict[str, Override]:
        """The corrections for a report known by any of these keys (id, source, url)."""
        out: dict[str, Override] = {}
        for key in keys:
            out.update(self._rows.get(key, {}) if key else {})
        return out

    def __len__(self) -> int:
        return len(self._rows)


def _rows(path: Path) -> Iterator[tuple[int, str, Override]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        names = reader.fieldnames or []
    except csv.Error as error:
        raise TableFileError(
            str(path), 1, f"is not CSV ({error}); mend the line"
        ) from error
    keys = [name for name in names if name in ("id", "url")]
    if not keys or not {"field", "value", "reason"} <= set(names):
        raise TableFileError(
            str(path),
            1,
            "the first line must name the columns id or url, field, value, reason",
        )
    try:
        for row in reader:
            line = reader.line_num
            key = _key(row, keys)
            yield line, key, _override(path, line, key, row)
    except csv.Error as error:
        raise TableFileError(
            str(path), reader.line_num + 1, f"is not CSV ({error}); mend the line"
        ) from error


def _key(row: dict[str, str], columns: list[str]) -> str:
    """The first of the columns id and url that is filled."""
    values = ((row[column] or "").strip() for column in columns)
    return next(filter(None, values), "")


def _override(path: Path, line: int, key: str, row: dict[str, str]) -> Override:
    name = (row["field"] or "").strip()
    value = row["value"]
    # csv puts cells that are too many under None, and None into columns that are too few
    if None in row or value is None or row["reason"] is None:
        raise TableFileError(
            str(path),
            line,
            "the row has more or fewer cells than the first line; quote commas",
        )
    if not key:
        raise TableFileError(
            str(path), line, "the row names no report; give its id or url"
        )
    if name not in CORRECTABLE_FIELDS:
        raise TableFileError(
            str(path),
            line,
            f"{name!r} cannot be corrected; take one of {', '.join(CORRECTABLE_FIELDS)}",
        )
    try:
        return Override(
            name, _value(CORRECTABLE_FIELDS[name], value.strip()), row["reason"].strip()
        )
    except ValueError as error:
        raise TableFileError(
            str(path), line, f"{value!r} is no {name}: {error}"
        ) from None


def _value(field: ReportField, text: str) -> FactValue:
    if not text:
        return None
    if field.kind == "number":
        # isdigit alone takes ２０１８ and ² too
        is_number = text.isascii() and text.isdigit()
        if not (is_number and 2000 <= int(text) <= 2100):
            raise ValueError("write four digits, 2018")
        return int(text)
    if field.values and text not in field.values:
        raise ValueError("write one of " + " ".join(field.values))
    if field.kind == "path":
        return [part.strip() for part in text.split("/") if part.strip()]
    if field.kind == "date":
        return _iso(text)
    return text


def _iso(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("write the day as 2019-03-11") from None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise TableFileError(
            str(path), 1, f"cannot be read ({error.strerror}); check the path"
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise TableFileError(
            str(path), 1, f"is larger than {MAX_FILE_BYTES >> 20} MB; split the file"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableFileError(
            str(path), line, "is not UTF-8; save the file as UTF-8"
        ) from error
