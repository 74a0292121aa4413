"""Columns: one value a document.

Facet values as ordinals, numbers with NaN for unknown, and blobs of bytes.

A facet `name` is `f:name`, an ordinal a document (0: it has none), and `fv:name`, its values as
JSON, each a list from the top down (a plain keyword is a list of one). A number is `n:name`. A blob
`name` is `name.off` and `name.data`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from sys import intern

import numpy as np

from index.engines.seam import Document
from index.engines.whoosh.storage.grams import neighbours
from index.engines.whoosh.storage.pack import Array, Pack, PackWriter
from index.model.fields import FACETS
from index.model.json_codec import from_json

__all__ = [
    "Blob",
    "blob_of",
    "facet_arrays",
    "facet_values",
    "merge_blob",
    "merge_columns",
    "number_arrays",
    "path_of",
    "paths_of",
]

NUMBER_FACETS = tuple(f.name for f in FACETS if f.kind == "number")


def path_of(document: Document, name: str) -> tuple[str, ...]:
    """The value of a facet from the top down; a number facet without a keyword of its own takes its
    number.
    """
    value = document.keywords.get(name)
    if value is None and name in NUMBER_FACETS and name in document.numbers:
        value = str(int(document.numbers[name]))
    return (value,) if isinstance(value, str) else tuple(value or ())


def _ordinals(ordinals: Sequence[int] | Array, most: int) -> Array:
    return np.asarray(ordinals, "<u2" if most <= 0xFFFF else "<u4")


def _json(values: Sequence[Sequence[str]]) -> Array:
    return np.frombuffer(json.dumps(values, ensure_ascii=True).encode("ascii"), "u1")


def paths_of(document: Document) -> dict[str, tuple[str, ...]]:
    """The values of all facets that the document has, from the top down."""
    names = dict.fromkeys((*document.keywords, *NUMBER_FACETS))
    return {name: path for name in names if (path := path_of(document, name))}


def facet_arrays(
    documents: Sequence[Mapping[str, tuple[str, ...]]],
) -> dict[str, Array]:
    """The facet columns of some documents, given by their paths."""
    names = dict.fromkeys((*(n for d in documents for n in d), *NUMBER_FACETS))
    parts: dict[str, Array] = {}
    for name in names:
        values: dict[tuple[str, ...], int] = {(): 0}
        ordinals = [values.setdefault(d.get(name, ()), len(values)) for d in documents]
        parts[f"f:{name}"] = _ordinals(ordinals, len(values))
        parts[f"fv:{name}"] = _json([list(v) for v in values])
    return parts


def number_arrays(documents: Sequence[Mapping[str, float]]) -> dict[str, Array]:
    """The number columns of some documents."""
    names = dict.fromkeys(n for d in documents for n in d)
    nan = float("nan")
    return {
        f"n:{name}": np.array([d.get(name, nan) for d in documents], "<f8")
        for name in names
    }


def facet_values(array: Array) -> list[tuple[str, ...]]:
    """The values that the ordinals stand for; a name is one string, in however many paths and
    segments it stands.
    """
    return [tuple(map(intern, v)) for v in from_json(array.tobytes())]


def merge_columns(
    out: PackWriter, sources: Sequence[tuple[Mapping[str, Array], Array]]
) -> None:
    """Merge facets and numbers of several (arrays, numbers of the documents kept)."""
    names = dict.fromkeys(
        n for arrays, _ in sources for n in arrays if n.startswith(("f:", "n:"))
    )
    for name in names:
        if name.startswith("n:"):
            columns = [
                arrays[name][kept] if name in arrays else np.full(len(kept), np.nan)
                for arrays, kept in sources
            ]
            out.add(name, np.concatenate(columns).astype("<f8"))
        else:
            _merge_facet(out, name[2:], sources)


def _merge_facet(
    out: PackWriter, name: str, sources: Sequence[tuple[Mapping[str, Array], Array]]
) -> None:
    values: dict[tuple[str, ...], int] = {(): 0}
    columns = []
    for arrays, kept in sources:
        if f"f:{name}" not in arrays:
            columns.append(np.zeros(len(kept), np.int64))
            continue
        old, ordinals = facet_values(arrays[f"fv:{name}"]), arrays[f"f:{name}"][kept]
        table = np.zeros(len(old), np.int64)
        for ordinal in np.flatnonzero(np.bincount(ordinals)).tolist():
            table[ordinal] = values.setdefault(old[ordinal], len(values))
        columns.append(table[ordinals])
    out.add(f"f:{name}", _ordinals(np.concatenate(columns), len(values)))
    out.add(f"fv:{name}", _json([list(v) for v in values]))


# ---------------------------------------------------------------------- blobs
def blob_of(name: str, values: Sequence[bytes]) -> dict[str, Array]:
    """The parts of a blob."""
    off = _offsets([len(v) for v in values])
    return {f"{name}.off": off, f"{name}.data": np.frombuffer(b"".join(values), "u1")}


def _offsets(lengths: Sequence[int] | Array) -> Array:
    off = np.concatenate(([0], np.cumsum(lengths, dtype=np.int64)))
    return off.astype("<u4" if int(off[-1]) < 1 << 32 else "<u8")


def merge_blob(
    out: PackWriter, name: str, sources: Sequence[tuple[Mapping[str, Array], Array]]
) -> None:
    """Merge a blob of several (arrays, numbers of the documents kept)."""
    spool = out.spool("u1")
    lengths = []
    for arrays, kept in sources:
        off = arrays[f"{name}.off"].astype(np.int64)
        lengths.append(np.diff(off)[kept])
        for first, last in neighbours(kept):
            spool.append(arrays[f"{name}.data"][off[first] : off[last]])
    out.add(f"{name}.off", _offsets(np.concatenate(lengths)))
    out.copy(f"{name}.data", spool)


class Blob:
    """A blob of a pack, for reading."""

    def __init__(self, pack: Pack, name: str) -> None:
        self.off, self.data = pack.array(f"{name}.off"), pack.part(f"{name}.data")

    def __getitem__(self, number: int) -> bytes:
        """The bytes of one document."""
        return self.data.slice(
            int(self.off[number]), int(self.off[number + 1])
        ).tobytes()

    def __iter__(self) -> Iterator[bytes]:
        """The bytes of every document, in order: much quicker than one by one."""
        data = self.data.whole().tobytes()
        return (data[start:end] for start, end in pairwise(self.off.tolist()))
