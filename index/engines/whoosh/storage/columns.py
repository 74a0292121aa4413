"""Columns: one value a document. Facet values as ordinals, numbers, and blobs of bytes.

An ordinal is an index into the values of the facet in this segment; ordinal 0 is no value. A value
is a path from the top down; a plain keyword is a path of one name.
"""

from __future__ import annotations

import json
from collections.abc import (
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from itertools import pairwise
from sys import intern

import numpy as np

from index.engines.shared.arrays import Array
from index.engines.shared.facet_paths import NUMBER_FACETS, FacetPath
from index.engines.whoosh.storage.layout import (
    BLOBS,
    PartSet,
    facet_set,
    number_set,
)
from index.engines.whoosh.storage.pack import Pack
from index.model.json_codec import from_json

__all__ = [
    "Blob",
    "blob_arrays",
    "facet_arrays",
    "facet_values",
    "number_arrays",
    "offsets_of",
    "values_as_json",
]


# ---------------------------------------------------------------------- facets
def facet_arrays(
    documents: Sequence[Mapping[str, FacetPath]],
) -> dict[PartSet, Mapping[str, Array]]:
    """The facet columns of some documents, given by their paths."""
    # the year is a facet of every index, even when no report has it
    used = (name for paths in documents for name in paths)
    names = dict.fromkeys((*used, *NUMBER_FACETS))
    return {facet_set(name): _facet_column(name, documents) for name in names}


def _facet_column(
    name: str,
    documents: Sequence[Mapping[str, FacetPath]],
) -> dict[str, Array]:
    ordinals_of: dict[FacetPath, int] = {(): 0}
    ordinals = [
        ordinals_of.setdefault(paths.get(name, ()), len(ordinals_of))
        for paths in documents
    ]
    return {
        "ordinals": np.array(ordinals, np.int64),
        "values": values_as_json(ordinals_of),
    }


def values_as_json(values: Iterable[FacetPath]) -> Array:
    """The values of a facet as the bytes of a JSON list of lists."""
    lists = [list(path) for path in values]
    # ASCII: a lone surrogate is escaped and comes back as it was
    data = json.dumps(
        lists,
        ensure_ascii=True,
    ).encode("ascii")
    return np.frombuffer(data, "u1")


def facet_values(array: Array) -> list[FacetPath]:
    """The values that the ordinals stand for.

    A name is one string object, in however many paths and segments it stands: that saves memory,
    and equal names compare at once.
    """
    return [tuple(map(intern, names)) for names in from_json(array.tobytes())]


# ---------------------------------------------------------------------- numbers
def number_arrays(
    documents: Sequence[Mapping[str, float]],
) -> dict[PartSet, Mapping[str, Array]]:
    """The number columns of some documents."""
    names = dict.fromkeys(name for numbers in documents for name in numbers)
    unknown = float("nan")
    columns: dict[PartSet, Mapping[str, Array]] = {}
    for name in names:
        values = [numbers.get(name, unknown) for numbers in documents]
        columns[number_set(name)] = {"values": np.array(values, "<f8")}
    return columns


# ---------------------------------------------------------------------- blobs
def blob_arrays(
    name: str,
    values: Sequence[bytes],
) -> dict[PartSet, dict[str, Array]]:
    """The set of one blob."""
    lengths = [len(value) for value in values]
    arrays = {
        "offsets": offsets_of(lengths),
        "data": np.frombuffer(b"".join(values), "u1"),
    }
    return {BLOBS[name]: arrays}


def offsets_of(lengths: Sequence[int] | Array) -> Array:
    """Where each entry starts, and where the last ends (i64)."""
    ends = np.cumsum(
        lengths,
        dtype=np.int64,
    )
    return np.concatenate(([0], ends))


class Blob:
    """A blob of a pack, for reading."""

    def __init__(
        self,
        pack: Pack,
        name: str,
    ) -> None:
        parts = BLOBS[name].opened(pack)
        self.offsets = parts["offsets"].whole()
        self.data = parts["data"]

    def __getitem__(self, document: int) -> bytes:
        """The bytes of one document."""
        start = int(self.offsets[document])
        end = int(self.offsets[document + 1])
        return self.data.slice(start, end).tobytes()

    def __iter__(self) -> Iterator[bytes]:
        """The bytes of every document, in order: much quicker than one by one."""
        # slices of bytes are quick, slices of arrays are not
        data = self.data.whole().tobytes()
        bounds = pairwise(self.offsets.tolist())
        return (data[start:end] for start, end in bounds)
