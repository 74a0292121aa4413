"""Accumulating: several lists of documents, each with a value a document, added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.engines.shared import kernels
from index.engines.shared.arrays import Array
from index.engines.whoosh.storage.spans import NO_VALUES

__all__ = [
    "NO_HITS",
    "Hits",
    "accumulate",
    "accumulate_at",
    "add_at",
    "add_weighted",
    "narrow",
]

# Below count/16 entries, accumulate sparsely; above, densely.
SPARSE_FACTOR = 16
FEW_DOCUMENTS = 64


@dataclass(frozen=True, slots=True)
class Hits:
    """Sorted documents of a segment, and the occurrences in each."""

    documents: Array
    counts: Array


NO_HITS = Hits(NO_VALUES, NO_VALUES)


def narrow(hits: Hits) -> tuple[Array, Array]:
    """Documents as u16, and counts in as few bytes as hold them.

    Few documents stay as they are: to narrow them takes as long as to find them.
    """
    if len(hits.documents) <= FEW_DOCUMENTS:
        return hits.documents, hits.counts
    # a segment has at most 65,535 documents
    largest = int(hits.counts.max()) if len(hits.counts) else 0
    documents = hits.documents.astype(np.uint16)
    counts = hits.counts.astype(np.min_scalar_type(largest))
    return documents, counts


def accumulate(
    lists: Sequence[tuple[Array, Array]],
    count: int,
) -> tuple[Array, Array]:
    """The documents of several (sorted documents, values), and their values added up.

    Values are added in the order of the lists. `count` is how many documents the segment has.
    """
    lists = [
        (documents.astype(np.intp, copy=False), values)
        for documents, values in lists
        if len(documents)
    ]
    if not lists:
        return NO_VALUES, NO_VALUES
    if len(lists) == 1:
        return lists[0]
    entries = sum(len(documents) for documents, _ in lists)
    if entries * SPARSE_FACTOR < count:
        return _sparse(lists)
    return _dense(lists, count)


def _sparse(lists: Sequence[tuple[Array, Array]]) -> tuple[Array, Array]:
    joined = np.concatenate([documents for documents, _ in lists])
    values = np.concatenate([values for _, values in lists])
    documents, which = np.unique(
        joined,
        return_inverse=True,
    )
    # bincount returns floats
    total = np.bincount(which, values)
    dtype = lists[0][1].dtype
    return documents, total.astype(dtype, copy=False)


def _dense(
    lists: Sequence[tuple[Array, Array]],
    count: int,
) -> tuple[Array, Array]:
    total = np.zeros(count, lists[0][1].dtype)
    for documents, values in lists:
        add_at(total, documents, values)
    # one list of all documents: nothing has to be looked for
    longest = max((documents for documents, _ in lists), key=len)
    if len(longest) == count:
        return longest, total
    # numpy finds the true ones among truth values many times faster than among numbers
    is_held = np.zeros(count, bool)
    for documents, _ in lists:
        is_held[documents] = True
    documents = np.flatnonzero(is_held)
    return documents, total.take(documents)


def accumulate_at(
    documents: Array,
    lists: Sequence[Hits],
    count: int,
) -> Array:
    """How often each of some documents is hit, all hits together."""
    lists = [hits for hits in lists if len(hits.documents)]
    # most questions count one string, and it is what they search too
    if len(lists) == 1:
        only = lists[0]
        if only.documents is documents or np.array_equal(only.documents, documents):
            return only.counts
    total = np.zeros(count, np.int64)
    for hits in lists:
        add_at(total, hits.documents, hits.counts)
    return total.take(documents)


def add_at(
    total: Array,
    documents: Array,
    values: Any,
) -> None:
    """Add values, or one value, at some documents, none of them twice."""
    if len(documents) == len(total):
        total += values
    elif kernels.compiled is not None and _are_numbers(total, documents, values):
        kernels.compiled.add_numbers(total, documents, values)
    else:
        # `total[documents] += values` takes twice as long
        np.add.at(total, documents, values)


def _are_numbers(
    total: Array,
    documents: Array,
    values: Any,
) -> bool:
    """Whether the compiled module adds these: numbers of eight bytes, documents as postings have
    them.
    """
    if not isinstance(values, np.ndarray):
        return False
    has_numbers = kernels.is_flat(total, "i8") and kernels.is_flat(values, "i8")
    return has_numbers and _are_flat_documents(documents)


def _are_flat_documents(documents: Array) -> bool:
    return kernels.is_flat(documents, "u2") or kernels.is_flat(documents, "i8")


def add_weighted(
    total: Array,
    documents: Array,
    values: Array | None,
    weight: float,
) -> None:
    """Add values (f64; None: 1 each) times a weight at some documents, none of them twice."""
    if kernels.compiled is not None and _are_flat_documents(documents):
        kernels.compiled.add_weighted(total, documents, values, weight)
        return
    add_at(
        total,
        documents.astype(np.intp, copy=False),
        weight if values is None else weight * values,
    )
