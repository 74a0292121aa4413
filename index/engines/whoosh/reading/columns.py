"""Columns of a result: numbers and facet values of every matching document, over all segments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.seam import Columns
from index.engines.shared.arrays import Array
from index.engines.whoosh.reading.segment import Segment

__all__ = ["columns_of"]


def columns_of(
    segments: Sequence[Segment],
    documents: Sequence[Array],
    numbers: Sequence[str],
    facets: Sequence[str],
) -> Columns:
    """The values of some documents of each segment, segment after segment."""
    return Columns(
        reports=sum(map(len, documents)),
        numbers={name: _number(name, segments, documents) for name in numbers},
        facets={name: _facet(name, segments, documents) for name in facets},
    )


def _number(
    name: str,
    segments: Sequence[Segment],
    documents: Sequence[Array],
) -> Array:
    parts = [
        segment.number(name).take(chosen)
        for segment, chosen in zip(segments, documents, strict=True)
    ]
    # an index without segments
    if not parts:
        return np.empty(0, np.float64)
    return np.concatenate(parts)


def _facet(
    name: str,
    segments: Sequence[Segment],
    documents: Sequence[Array],
) -> tuple[Array, tuple[str, ...]]:
    """An index into the values for each document, and the values."""
    index_of: dict[str, int] = {}
    parts = []
    for segment, chosen in zip(segments, documents, strict=True):
        ordinals, paths = segment.facet(name)
        # ordinals differ from segment to segment; the empty path is no value
        indices = [
            index_of.setdefault("/".join(path), len(index_of)) if path else -1
            for path in paths
        ]
        table = np.array(indices, np.int64)
        parts.append(table.take(ordinals.take(chosen)))
    values = tuple(index_of)
    if not parts:
        return np.empty(0, np.int64), values
    return np.concatenate(parts), values
