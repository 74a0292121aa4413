"""How a report lies in an engine: what a list shows in front, the text behind it, all else packed at the end.

A list of hits needs a handful of fields and the text; the cells of the tables, ten times as long, are read only when a
whole record is asked for.

    two little-endian u32 (lengths of head and text) | head, JSON | text, UTF-8 | the rest, JSON, deflated
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from index.report import Report

__all__ = ["HEAD", "from_bytes", "head_of", "text_of", "to_bytes"]

HEAD = (
    *("source", "url", "title", "agency", "level", "year", "region", "published"),
    *("org_type", "line", "tables_status", "id"),
)
LENGTHS = struct.Struct("<II")


def to_bytes(report: Report) -> bytes:
    """The report as an engine keeps it. Half surrogate pairs, which no encoding can write, become question marks."""
    stored = report.stored()
    head = _json({name: stored.pop(name) for name in HEAD})
    text = str(stored.pop("text")).encode("utf-8", "replace")
    return LENGTHS.pack(len(head), len(text)) + head + text + zlib.compress(_json(stored), 3)


def head_of(stored: bytes) -> Mapping[str, Any]:
    """The fields of HEAD."""
    length, _ = LENGTHS.unpack_from(stored)
    head: Mapping[str, Any] = json.loads(stored[LENGTHS.size : LENGTHS.size + length])
    return head


def text_of(stored: bytes) -> str:
    """The display text."""
    length, size = LENGTHS.unpack_from(stored)
    start = LENGTHS.size + length
    return stored[start : start + size].decode("utf-8")


def from_bytes(stored: bytes) -> Report:
    """The whole report."""
    length, size = LENGTHS.unpack_from(stored)
    rest = json.loads(zlib.decompress(stored[LENGTHS.size + length + size :]))
    return Report.from_stored({**rest, **head_of(stored), "text": text_of(stored)})


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
