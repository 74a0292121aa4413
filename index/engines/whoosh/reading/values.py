"""Columns of a result: the numbers and facet values of every matching document, over all segments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.seam import Columns
from index.engines.whoosh.reading.segment import Segment
from index.engines.whoosh.storage.pack import Array

__all__ = ["columns_of"]


def columns_of(
    segments: Sequence[Segment],
    documents: Sequence[Array],
    numbers: Sequence[str],
    facets: Sequence[str],
) -> Columns:
    """The values of some documents of each segment, segment after segment."""
    return Columns(
        sum(map(len, documents)),
        {name: _number(name, segments, documents) for name in numbers},
        {name: _facet(name, segments, documents) for name in facets},
    )


def _number(
    name: str, segments: Sequence[Segment], documents: Sequence[Array]
) -> Array:
    parts = [s.number(name).take(d) for s, d in zip(segments, documents, strict=True)]
    return np.concatenate(parts) if parts else np.empty(0, np.float64)


def _facet(
    name: str, segments: Sequence[Segment], documents: Sequence[Array]
) -> tuple[Array, tuple[str, ...]]:
    known: dict[str, int] = {}
    parts = []
    for segment, some in zip(segments, documents, strict=True):
        ordinals, values = segment.facet(name)
        joined = ["/".join(v) for v in values]
        numbers = np.array(
            [known.setdefault(v, len(known)) if v else -1 for v in joined], np.int64
        )
        parts.append(numbers.take(ordinals.take(some)))
    return (np.concatenate(parts) if parts else np.empty(0, np.int64)), tuple(known)
