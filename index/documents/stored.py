"""How a report lies in an engine beside its texts:

`head`, what a list shows, and `rest`, all else, packed.

A list of hits needs a handful of fields; the cells of the tables, a hundred times as long, are read
only when a whole record is asked for. They are the same statutory words in every report, so they
are set as columns (`_columns`) and deflated, in three parts, each with the dictionary of its part:
see `scripts/dictionaries.py`. What zlib looks back is 32 KiB, less than the record of one report:
as one part, most of the dictionary would be out of sight.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from index.engines.seam import Contents
from index.model.json_codec import from_json, to_json
from index.model.report import Report

__all__ = [
    "HEAD",
    "PARTS",
    "SHOWN",
    "dictionaries_name",
    "head_of",
    "head_to_bytes",
    "parts_of",
    "report_of",
    "rest_to_bytes",
    "shown_of",
]

SHOWN = ("source", "url", "title", "agency", "level", "year", "region", "published")
Shown = tuple[
    str,
    str | None,
    str | None,
    str | None,
    str | None,
    int | None,
    list[str] | None,
    str | None,
]
HEAD = (*SHOWN, "org_type", "line", "tables_status", "id")
PARTS = ("checks", "statistics", "others")
DICTIONARIES = Path(__file__).with_name("dictionaries.zz")
LEVEL = 6
# Parts no longer than this are the same in many reports (no tables, nothing to check)
# and are deflated once.
FEW_BYTES = 512

SIZES = struct.Struct("<2I")
# The one key of rows set as columns: no field of a record is called so.
COLUMNS = "="


def head_to_bytes(report: Report) -> bytes:
    """The fields of HEAD, in their order. Half surrogate pairs become question marks."""
    return to_json([getattr(report, name) for name in HEAD])


def head_of(head: bytes) -> Mapping[str, Any]:
    """The fields of HEAD."""
    return dict(zip(HEAD, from_json(head), strict=True))


def shown_of(head: bytes) -> Shown:
    """The first fields of HEAD, those of SHOWN, in their order."""
    source, url, title, agency, level, year, region, published, *_ = from_json(head)
    return source, url, title, agency, level, year, region, published


def rest_to_bytes(report: Report) -> bytes:
    """All that is neither head nor text."""
    packed = [_deflated(name, part) for name, part in parts_of(report).items()]
    return SIZES.pack(*map(len, packed[:2])) + b"".join(packed)


def report_of(kept: Contents) -> Report:
    """The whole report."""
    first, second = SIZES.unpack_from(kept.rest)
    ends = (SIZES.size, SIZES.size + first, SIZES.size + first + second, len(kept.rest))
    parts = {
        n: _inflated(n, kept.rest[a:b])
        for n, a, b in zip(PARTS, ends, ends[1:], strict=False)
    }
    statistics = parts["statistics"]
    if statistics.get("tables"):
        statistics["tables"] = [
            _with_rows(table, _rows) for table in statistics["tables"]
        ]
    checks = _rows(parts["checks"])
    stored = {**parts["others"], **head_of(kept.head), "text": kept.display}
    return Report.from_stored(stored | {"statistics": statistics, "checks": checks})


def parts_of(report: Report) -> dict[str, bytes]:
    """The rest as JSON before it is packed, by PARTS."""
    stored = report.stored()
    statistics = stored.pop("statistics")
    if statistics.get("tables"):
        statistics = {
            **statistics,
            "tables": [_with_rows(table, _columns) for table in statistics["tables"]],
        }
    checks = _columns(stored.pop("checks"))
    for name in (*HEAD, "text"):
        del stored[name]
    return dict(zip(PARTS, map(to_json, (checks, statistics, stored)), strict=True))


# ---------------------------------------------------------------------- rows as columns
def _with_rows(table: Mapping[str, Any], change: Any) -> dict[str, Any]:
    """A table with its rows, and the cells of each, set as columns or back."""
    rows = table.get("rows", [])
    if change is _rows:
        return {
            **table,
            "rows": [
                {**r, "cells": _rows(r["cells"])} if "cells" in r else r
                for r in _rows(rows)
            ],
        }
    return {
        **table,
        "rows": _columns(
            [{**r, "cells": _columns(r["cells"])} if "cells" in r else r for r in rows]
        ),
    }


def _columns(rows: Sequence[dict[str, Any]]) -> Any:
    """Rows of the same fields as one list a field; spans as steps, which are nearly always the
    same.
    """
    if len(rows) < 2 or len({*map(tuple, rows)}) > 1:
        return rows
    columns: dict[str, Sequence[Any]] = dict(
        zip(rows[0], zip(*map(dict.values, rows), strict=True), strict=True)
    )
    spans = columns.get("span")
    if spans and None not in spans:
        columns["span"] = _steps(spans)
    return {COLUMNS: columns}


def _rows(columns: Any) -> list[dict[str, Any]]:
    """The rows that `_columns` took."""
    if isinstance(columns, list):
        return columns
    fields = columns[COLUMNS]
    if "span" in fields and isinstance(fields["span"][0], int):
        fields = {**fields, "span": _spans(fields["span"])}
    return [
        dict(zip(fields, row, strict=True))
        for row in zip(*fields.values(), strict=True)
    ]


def _steps(spans: Iterable[Sequence[int]]) -> list[int]:
    """[start, end) spans as gap and length in turn.

    >>> _steps([(10, 12), (13, 14)])
    [10, 2, 1, 1]
    """
    out: list[Any] = []
    at = 0
    for start, end in spans:
        out += (start - at, end - start)
        at = end
    return out


def _spans(steps: Sequence[int]) -> list[list[int]]:
    out: list[Any] = []
    at = 0
    for gap, length in zip(steps[::2], steps[1::2], strict=True):
        out.append([at + gap, at + gap + length])
        at += gap + length
    return out


# ---------------------------------------------------------------------- dictionaries
@cache
def _dictionaries() -> Mapping[str, bytes]:
    """What each part is deflated with."""
    words = json.loads(zlib.decompress(DICTIONARIES.read_bytes()))
    return {name: words[name].encode() for name in PARTS}


@cache
def dictionaries_name() -> str:
    """What an index records of the dictionaries: what was packed with others cannot be read with
    these.
    """
    return hashlib.sha256(DICTIONARIES.read_bytes()).hexdigest()[:12]


@cache
def _deflater(name: str) -> Any:
    """A compressor that has taken in its dictionary: copying it is quicker than taking it in again."""
    return zlib.compressobj(
        LEVEL, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, _dictionaries()[name]
    )


def _deflated(name: str, data: bytes) -> bytes:
    return (
        _deflated_again(name, data) if len(data) <= FEW_BYTES else _deflate(name, data)
    )


@lru_cache(maxsize=256)
def _deflated_again(name: str, data: bytes) -> bytes:
    return _deflate(name, data)


def _deflate(name: str, data: bytes) -> bytes:
    deflater = _deflater(name).copy()
    packed: bytes = deflater.compress(data)
    return packed + bytes(deflater.flush())


def _inflated(name: str, data: bytes) -> Any:
    inflater = zlib.decompressobj(-15, _dictionaries()[name])
    return json.loads(
        inflater.decompress(data) + inflater.flush()
    )  # orjson reads numbers beyond 64 bits as floats
