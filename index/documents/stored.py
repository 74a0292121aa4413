"""How a report lies in an engine beside its texts: as `head` and `rest`.

The head holds what a list shows. The rest holds all else, packed; it is read only when a whole
record is asked for, because the cells of the tables are a hundred times as long.

Those cells are the same statutory words in every report. So rows are written as columns
(`_columns`) and deflated in three parts, each with a dictionary of its own (see
scripts/dictionaries.py). One dictionary for all would not do: zlib looks back 32 KiB, which is less
than the record of one report, so most of it would be out of sight.

Everything is found by name. The rest is JSON objects. The head is a JSON array, because it is
decoded for every hit; the names of its places are STORED_LAYOUT, which the index keeps in its
fingerprint: an index that was written with other names, or with these in another order, is refused.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any

from index.engines.seam import Contents
from index.model.fields import Use, names_for
from index.model.json_codec import from_json, to_json
from index.model.report import Report
from index.model.statistics import (
    Cell,
    CellId,
    Check,
    Row,
    Span,
    Statistics,
    Table,
)

__all__ = [
    "HEAD_FIELDS",
    "REST_PARTS",
    "STORED_LAYOUT",
    "dictionaries_name",
    "head_of",
    "head_reader",
    "head_to_bytes",
    "parts_of",
    "report_of",
    "rest_part",
    "rest_to_bytes",
    "spans_of",
    "whole_cells",
]

HEAD_FIELDS = names_for(Use.HIT | Use.HEAD)
# The parts of the rest, in the order in which they lie.
REST_PARTS = ("checks", "statistics", "others")
# What an index says of its stored bytes: the places of the head and the parts of the rest.
STORED_LAYOUT = f"{' '.join(HEAD_FIELDS)} | {' '.join(REST_PARTS)}"
# Neither in `others`: these fields are stored elsewhere.
NOT_IN_OTHERS = frozenset((*HEAD_FIELDS, "text", "checks", "statistics"))

DICTIONARY_FILE = Path(__file__).with_name("dictionaries.zz")
COMPRESSION_LEVEL = 6
# Parts no longer than this are the same in many reports (no tables, nothing to check)
# and are deflated once.
SHORT_PART_BYTES = 512

# The lengths of the first two parts; the third takes the remaining bytes.
PART_SIZES = struct.Struct("<2I")
# The one key of rows that are written as columns: no field of a record is called so.
COLUMNS_KEY = "="

ROW_NAMES = ("id", "label", "cells", "raw")
CHECK_NAMES = ("id", "label", "status", "left", "right", "cells")


# ---------------------------------------------------------------------- head
def head_to_bytes(report: Report) -> bytes:
    """The values of HEAD_FIELDS as JSON. Half surrogate pairs become question marks."""
    return to_json([getattr(report, name) for name in HEAD_FIELDS])


def head_of(head: bytes) -> Mapping[str, Any]:
    """All fields of a head by name."""
    return dict(zip(HEAD_FIELDS, from_json(head), strict=True))


def head_reader(names: Sequence[str]) -> Callable[[bytes], tuple[Any, ...]]:
    """A function that reads these fields of a head, in this order.

    >>> read = head_reader(("title", "id"))
    >>> read(head_to_bytes(Report("a", "a.txt", "公开", title="年报")))
    ('年报', 'a')
    """
    pick = itemgetter(*(HEAD_FIELDS.index(name) for name in names))

    def read(head: bytes) -> tuple[Any, ...]:
        values: tuple[Any, ...] = pick(from_json(head))
        return values

    return read


# ---------------------------------------------------------------------- rest
def rest_to_bytes(report: Report) -> bytes:
    """All that is neither head nor text."""
    packed = [_deflated(name, part) for name, part in parts_of(report).items()]
    return PART_SIZES.pack(*map(len, packed[:2])) + b"".join(packed)


def parts_of(report: Report) -> dict[str, bytes]:
    """The rest as JSON before it is packed, by REST_PARTS."""
    parts = {
        "checks": _plain_checks(report.checks),
        "statistics": report.statistics.to_plain(_plain_table),
        "others": report.stored(leave_out=NOT_IN_OTHERS),
    }
    return {name: to_json(parts[name]) for name in REST_PARTS}


def report_of(kept: Contents) -> Report:
    """The whole report."""
    parts = _unpacked(kept.rest)
    stored = {
        **parts["others"],
        **head_of(kept.head),
        "text": kept.display,
    }
    return Report.from_stored(
        stored,
        checks=_checks_of(parts["checks"]),
        statistics=Statistics.from_plain(parts["statistics"], _table_of),
    )


def _unpacked(rest: bytes) -> dict[str, Any]:
    """The three parts as JSON values."""
    # orjson would read numbers beyond 64 bits as floats
    return {name: json.loads(rest_part(rest, name)) for name in REST_PARTS}


def rest_part(rest: bytes, name: str) -> bytes:
    """One part of the rest, one of REST_PARTS, as JSON."""
    first, second = PART_SIZES.unpack_from(rest)
    start = PART_SIZES.size
    bounds = (start, start + first, start + first + second, len(rest))
    number = REST_PARTS.index(name)
    inflater = zlib.decompressobj(-15, _dictionaries()[name])
    packed = rest[bounds[number] : bounds[number + 1]]
    return inflater.decompress(packed) + inflater.flush()


# ---------------------------------------------------------------------- rows as columns
def _plain_table(table: Table) -> dict[str, Any]:
    cells = _thinned([_columns(Cell._fields, row.cells) for row in table.rows])
    rows = [
        (row.id, row.label, own, row.raw)
        for row, own in zip(table.rows, cells, strict=True)
    ]
    return {
        "id": table.id,
        "label": table.label,
        "rows": _columns(ROW_NAMES, rows),
    }


def _plain_checks(checks: Iterable[Check]) -> Any:
    rows = [(c.id, c.label, c.status, c.left, c.right, c.cells) for c in checks]
    return _columns(CHECK_NAMES, rows)


def _columns(
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> Any:
    """Rows as one list a field: {"=": {name: values}}.

    A single row stays an object. Spans become gaps and lengths, which are nearly always the same.
    """
    if len(rows) < 2:
        return [dict(zip(names, row, strict=True)) for row in rows]
    columns: dict[str, Sequence[Any]] = dict(
        zip(names, zip(*rows, strict=True), strict=True)
    )
    spans = columns.get("span")
    if spans and None not in spans:
        columns["span"] = _gaps(spans)
    return {COLUMNS_KEY: columns}


def _thinned(rows: Sequence[Any]) -> list[Any]:
    """The cells of the rows of a table, each without what is the same in the row before.

    Nearly all rows of a table have the same columns, and many have nothing but zeros.

    >>> _thinned([{"=": {"label": ["a"], "value": [1]}}, {"=": {"label": ["a"], "value": [2]}}])
    [{'=': {'label': ['a'], 'value': [1]}}, {'=': {'value': [2]}}]
    """
    out = []
    before: Mapping[str, Any] = {}
    for row in rows:
        thin = row
        if isinstance(row, dict):
            columns = row[COLUMNS_KEY]
            new = {k: v for k, v in columns.items() if not _is_same(v, before.get(k))}
            before, thin = columns, {COLUMNS_KEY: new}
        out.append(thin)
    return out


def _is_same(values: Sequence[Any], others: Sequence[Any] | None) -> bool:
    """Whether two columns are written alike: 1 is not written as 1.0 is."""
    return values == others and [*map(type, values)] == [*map(type, others)]


def whole_cells(rows: Iterable[Any]) -> list[Any]:
    """The cells of the rows of a table, as they were before `_thinned`.

    Each is a list of one cell, or {"=": {name of a member: its values}}.
    """
    out = []
    before: Mapping[str, Any] = {}
    for row in rows:
        whole = row
        if isinstance(row, dict):
            before = {**before, **row[COLUMNS_KEY]}
            whole = {COLUMNS_KEY: before}
        out.append(whole)
    return out


def _table_of(plain: Mapping[str, Any]) -> Table:
    kept = list(_rows(ROW_NAMES, plain["rows"]))
    cells = whole_cells(own for _, _, own, _ in kept)
    rows = tuple(
        _row_of(id_, label, own, raw)
        for (id_, label, _, raw), own in zip(kept, cells, strict=True)
    )
    return Table(
        id=plain["id"],
        label=plain["label"],
        rows=rows,
    )


def _row_of(
    id_: str | None,
    label: str,
    cells: Any,
    raw: list[str] | None,
) -> Row:
    return Row(
        id=id_,
        label=label,
        cells=tuple(map(Cell._make, _rows(Cell._fields, cells))),
        raw=None if raw is None else tuple(raw),
    )


def _checks_of(plain: Any) -> list[Check]:
    return [
        Check(
            id_,
            label,
            status,
            left,
            right,
            tuple(map(CellId, cells)),
        )
        for id_, label, status, left, right, cells in _rows(CHECK_NAMES, plain)
    ]


def _rows(
    names: Sequence[str],
    columns: Any,
) -> Iterable[Sequence[Any]]:
    """The rows that `_columns` took, each with the values of `names` in their order."""
    if isinstance(columns, list):
        by_name = {name: [row[name] for row in columns] for name in names}
    else:
        by_name = columns[COLUMNS_KEY]
    if spans := by_name.get("span"):
        by_name = {
            **by_name,
            "span": spans_of(spans),
        }
    return zip(*(by_name[name] for name in names), strict=True)


def _gaps(spans: Iterable[Span]) -> list[int]:
    """[start, end) spans as gap and length in turn.

    >>> _gaps([(10, 12), (13, 14)])
    [10, 2, 1, 1]
    """
    out: list[int] = []
    position = 0
    for start, end in spans:
        out += (start - position, end - start)
        position = end
    return out


def spans_of(written: Sequence[Any]) -> list[Span | None]:
    """The spans that were written as gaps and lengths, or one by one.

    >>> spans_of([10, 2, 1, 1]), spans_of([[1, 2], None])
    ([(10, 12), (13, 14)], [(1, 2), None])
    """
    if not written or not isinstance(written[0], int):
        return [None if span is None else (span[0], span[1]) for span in written]
    out: list[Span | None] = []
    position = 0
    for gap, length in zip(written[::2], written[1::2], strict=True):
        start = position + gap
        position = start + length
        out.append((start, position))
    return out


# ---------------------------------------------------------------------- dictionaries
@cache
def _dictionaries() -> Mapping[str, bytes]:
    """What each part is deflated with."""
    words = json.loads(zlib.decompress(DICTIONARY_FILE.read_bytes()))
    return {name: words[name].encode() for name in REST_PARTS}


@cache
def dictionaries_name() -> str:
    """What an index records of the dictionaries.

    Parts that were packed with others cannot be read with these.
    """
    return hashlib.sha256(DICTIONARY_FILE.read_bytes()).hexdigest()[:12]


@cache
def _deflater(name: str) -> Any:
    """A compressor that has read its dictionary: to copy it is quicker than to read that again."""
    return zlib.compressobj(
        COMPRESSION_LEVEL,
        zlib.DEFLATED,
        -15,
        9,
        zlib.Z_DEFAULT_STRATEGY,
        _dictionaries()[name],
    )


def _deflated(
    name: str,
    data: bytes,
) -> bytes:
    if len(data) <= SHORT_PART_BYTES:
        return _deflated_once(name, data)
    return _deflate(name, data)


@lru_cache(maxsize=256)
def _deflated_once(
    name: str,
    data: bytes,
) -> bytes:
    return _deflate(name, data)


def _deflate(
    name: str,
    data: bytes,
) -> bytes:
    deflater = _deflater(name).copy()
    packed: bytes = deflater.compress(data)
    return packed + bytes(deflater.flush())
