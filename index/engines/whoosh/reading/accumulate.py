"""Sums at documents: what several lists of documents, each with a value a document, come to
together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.engines.whoosh.storage.pack import Array
from index.engines.whoosh.storage.spans import EMPTY

__all__ = ["NO_HITS", "Hits", "add_at", "narrow", "summed", "summed_at"]


@dataclass(frozen=True, slots=True)
class Hits:
    """Sorted documents of a segment, and the occurrences in each."""

    documents: Array
    counts: Array


NO_HITS = Hits(EMPTY, EMPTY)
# Of one document in so many the sums are made one by one, of more they are made
# everywhere.
FEW = 16


def narrow(hits: Hits) -> tuple[Array, Array]:
    """Documents and counts in two bytes and one, where the counts allow it: a segment has at most
    65,535 documents.
    """
    most = int(hits.counts.max()) if len(hits.counts) else 0
    return hits.documents.astype(np.uint16), hits.counts.astype(
        np.min_scalar_type(most)
    )


def summed(lists: Sequence[tuple[Array, Array]], count: int) -> tuple[Array, Array]:
    """The documents of several lists of sorted documents, and their values added up in the order of
    the lists.
    """
    lists = [
        (documents.astype(np.intp, copy=False), values)
        for documents, values in lists
        if len(documents)
    ]
    if not lists:
        return EMPTY, EMPTY
    if len(lists) == 1:
        return lists[0]
    if sum(len(documents) for documents, _ in lists) * FEW < count:
        documents, which = np.unique(
            np.concatenate([d for d, _ in lists]), return_inverse=True
        )
        added = np.bincount(which, np.concatenate([values for _, values in lists]))
        return documents, added.astype(lists[0][1].dtype, copy=False)
    total = np.zeros(count, lists[0][1].dtype)
    for documents, values in lists:
        add_at(total, documents, values)
    longest = max((documents for documents, _ in lists), key=len)
    if len(longest) == count:
        return longest, total
    held = np.zeros(
        count, bool
    )  # of truth values numpy finds those that hold many times faster than of numbers
    for documents, _ in lists:
        held[documents] = True
    documents = np.flatnonzero(held)
    return documents, total.take(documents)


def summed_at(documents: Array, lists: Sequence[Hits], count: int) -> Array:
    """How often some documents are hit, all hits together."""
    lists = [hits for hits in lists if len(hits.documents)]
    if len(lists) == 1 and (
        lists[0].documents is documents or np.array_equal(lists[0].documents, documents)
    ):
        return lists[0].counts
    total = np.zeros(count, np.int64)
    for hits in lists:
        add_at(total, hits.documents, hits.counts)
    return total.take(documents)


def add_at(total: Array, documents: Array, values: Any) -> None:
    """Adds values, or one value, at some documents, none of them twice.

    `total[documents] += values` takes twice as long, and four times where all documents are meant.
    """
    if len(documents) == len(total):
        total += values
    else:
        np.add.at(total, documents, values)
