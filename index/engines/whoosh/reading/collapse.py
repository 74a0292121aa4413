"""Collapsing copies: of the matches that share a number, only one is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.whoosh.reading.segment import LiveSegment
from index.engines.whoosh.reading.selection import Selection

__all__ = ["collapsed"]


def collapsed(
    segments: Sequence[LiveSegment],
    selections: Sequence[Selection],
    name: str | None,
) -> list[Selection]:
    """The selections (one a segment) without copies.

    Of the documents with the same number `name` the one with the smallest doc-id hash stays. A
    document without the number stands for itself. Without a name nothing is collapsed.
    """
    if name is None or not segments:
        return list(selections)
    # copies may stand in different segments
    values = []
    id_hashes = []
    for live, selection in zip(segments, selections, strict=True):
        documents = selection.documents
        values.append(live.segment.number(name).take(documents))
        id_hashes.append(live.segment.id_hashes.take(documents))
    all_values = np.concatenate(values)
    # by number, then by doc-id hash: the first of each run of equal numbers stays
    order = np.lexsort((np.concatenate(id_hashes), all_values))
    sorted_values = all_values[order]
    is_first = np.ones(len(order), bool)
    # NaN differs from NaN
    is_first[1:] = sorted_values[1:] != sorted_values[:-1]
    is_kept = np.zeros(len(order), bool)
    is_kept[order[is_first]] = True
    # back from all segments joined to each segment
    out = []
    start = 0
    for selection in selections:
        end = start + len(selection)
        documents = selection.documents[is_kept[start:end]]
        out.append(Selection(selection.count, documents))
        start = end
    return out
