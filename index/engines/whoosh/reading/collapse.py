"""Folding: of the matches that share a number, only the first by tie is kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.whoosh.reading.rank import Leaf
from index.engines.whoosh.reading.selection import Selection

__all__ = ["folded"]


def folded(
    leaves: Sequence[Leaf], found: Sequence[Selection], name: str | None
) -> list[Selection]:
    """What was found without what another match stands for; a document without the number stands
    for itself.
    """
    if name is None or not leaves:
        return list(found)
    segments = [leaf.segment for leaf in leaves]
    values = np.concatenate(
        [s.number(name).take(f.documents) for s, f in zip(segments, found, strict=True)]
    )
    ties = np.concatenate(
        [s.ties.take(f.documents) for s, f in zip(segments, found, strict=True)]
    )
    order = np.lexsort((ties, values))
    sorted_values = values[order]
    first = np.ones(len(order), bool)
    first[1:] = sorted_values[1:] != sorted_values[:-1]  # NaN differs from NaN
    kept = np.zeros(len(order), bool)
    kept[order[first]] = True
    out, at = [], 0
    for some in found:
        out.append(Selection(some.count, some.documents[kept[at : at + len(some)]]))
        at += len(some)
    return out
