"""Folding: of the matches that share a number, only the first by tie is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.whoosh.pack import Array
from index.engines.whoosh.segment import Segment

__all__ = ["folded"]


def folded(segments: Sequence[Segment], masks: Sequence[Array], name: str | None) -> list[Array]:
    """The masks without what another match stands for; a document without the number stands for itself."""
    if name is None or not segments:
        return list(masks)
    documents = [np.flatnonzero(m) for m in masks]
    values = np.concatenate([s.number(name)[d] for s, d in zip(segments, documents, strict=True)])
    ties = np.concatenate([s.ties[d] for s, d in zip(segments, documents, strict=True)])
    order = np.lexsort((ties, values))
    sorted_values = values[order]
    first = np.ones(len(order), bool)
    first[1:] = sorted_values[1:] != sorted_values[:-1]  # NaN differs from NaN
    kept = np.zeros(len(order), bool)
    kept[order[first]] = True
    out, at = [], 0
    for mask, numbers in zip(masks, documents, strict=True):
        new = np.zeros(len(mask), bool)
        new[numbers[kept[at : at + len(numbers)]]] = True
        at += len(numbers)
        out.append(new)
    return out
