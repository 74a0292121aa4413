"""The order of matches, and the one page of them that is asked for.

Matches are sorted by key, greatest first, then by doc-id hash, smallest first. Only as many as the
page needs are ever sorted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from typing import NamedTuple

import numpy as np

from index.engines.seam import EngineQuery
from index.engines.shared import kernels
from index.engines.shared.arrays import Array
from index.engines.whoosh.reading.rank import Scorer
from index.engines.whoosh.reading.segment import LiveSegment
from index.model.fields import is_ascending

__all__ = ["Matched", "PageRow", "page_of"]

# Select before sorting when there are this many times more matches than wanted.
SELECTION_FACTOR = 4
# Number of groups, and the fewest keys for which grouping is faster.
GROUPS = 32
MIN_GROUPED_KEYS = 8_192

# (minus key, doc-id hash, segment number, document, occurrences): sorts as the page is ordered.
Placed = tuple[float, int, int, int, int | None]


@dataclass(frozen=True, slots=True)
class Matched:
    """What matched in one segment: numbers of documents, and the occurrences in each of them."""

    documents: Array
    occurrences: Array | None


class PageRow(NamedTuple):
    """One hit of the page: where it is, its score, and what it was sorted by (None: unknown)."""

    segment: int
    document: int
    score: float
    key: float | None
    occurrences: int | None


def page_of(
    query: EngineQuery,
    scorer: Scorer,
    segments: Sequence[LiveSegment],
    matched: Sequence[Matched],
) -> list[PageRow]:
    """The hits asked for, in order."""
    # any of the first hits may come from any segment
    last = query.offset + query.size
    rows: list[Placed] = []
    for number, matches in enumerate(matched):
        keys = _keys(
            query,
            scorer,
            segments[number],
            number,
            matches,
        )
        id_hashes = segments[number].segment.id_hashes
        first = _first(
            keys,
            id_hashes,
            matches.documents,
            last,
            query,
        )
        rows += _placed(
            keys,
            id_hashes,
            matches,
            first,
            number,
        )
    # doc-id hashes differ, so segments and documents are never compared
    rows.sort(key=itemgetter(0, 1))
    return _page_rows(query, scorer, rows[query.offset : last])


def _placed(
    keys: Array,
    id_hashes: Array,
    matched: Matched,
    first: Array,
    number: int,
) -> Iterator[Placed]:
    """The matches numbered `first` of one segment."""
    documents = matched.documents.take(first)
    occurrences: Sequence[int | None] = [None] * len(first)
    if matched.occurrences is not None:
        occurrences = matched.occurrences.take(first).tolist()
    return zip(
        (-keys.take(first)).tolist(),
        id_hashes.take(documents).tolist(),
        repeat(number),
        documents.tolist(),
        occurrences,
        strict=False,  # a number is repeated for ever
    )


def _page_rows(
    query: EngineQuery,
    scorer: Scorer,
    rows: Sequence[Placed],
) -> list[PageRow]:
    keys = [None if math.isinf(negative) else -negative for negative, *_ in rows]
    if query.sort == "relevance":
        # the key is the score already
        scores: Sequence[float] = [key or 0.0 for key in keys]
    else:
        scores = _scores(scorer, rows)
    if is_ascending(query.sort):
        # `or 0.0`: minus zero is shown as zero
        keys = [None if key is None else -key or 0.0 for key in keys]
    return [
        PageRow(
            segment=number,
            document=document,
            score=score,
            key=key,
            occurrences=occurrences,
        )
        for (_, _, number, document, occurrences), score, key in zip(
            rows, scores, keys, strict=True
        )
    ]


def _scores(
    scorer: Scorer,
    rows: Sequence[Placed],
) -> list[float]:
    """The scores of some hits, those of a segment together."""
    scores = [0.0] * len(rows)
    rows_of: dict[int, list[int]] = {}
    for index, (_, _, number, _, _) in enumerate(rows):
        rows_of.setdefault(number, []).append(index)
    for number, indices in rows_of.items():
        documents = np.array([rows[index][3] for index in indices])
        values = scorer.scores(number, documents).tolist()
        for index, score in zip(indices, values, strict=True):
            scores[index] = score
    return scores


# ---------------------------------------------------------------------- order
def _keys(
    query: EngineQuery,
    scorer: Scorer,
    live: LiveSegment,
    number: int,
    matched: Matched,
) -> Array:
    """What each match is sorted by, greatest first; minus infinity where it has no such value."""
    if query.sort == "relevance":
        return scorer.scores(number, matched.documents)
    if query.sort == "occurrences":
        if matched.occurrences is None:
            return np.full(len(matched.documents), -np.inf)
        return matched.occurrences.astype(float)
    column = live.segment.number(query.sort.removeprefix("-"))
    values = column.take(matched.documents)
    # keys are sorted descending: `year` is ascending, `-year` is not
    if not query.sort.startswith("-"):
        values = -values
    return np.where(
        np.isnan(values),
        -np.inf,
        values,
    )


def _first(
    keys: Array,
    id_hashes: Array,
    documents: Array,
    count: int,
    query: EngineQuery,
) -> Array:
    """The numbers of the first `count` matches of a segment, in order."""
    # a cursor: hits before it were shown already
    if query.after is None:
        return _best(
            keys,
            id_hashes,
            documents,
            count,
        )
    behind = np.flatnonzero(_is_behind(keys, id_hashes[documents], query))
    best = _best(
        keys.take(behind),
        id_hashes,
        documents.take(behind),
        count,
    )
    return behind.take(best)


def _is_behind(
    keys: Array,
    id_hashes: Array,
    query: EngineQuery,
) -> Array:
    """Which matches stand strictly behind `query.after`."""
    assert query.after is not None
    key, id_hash = query.after
    if key is None:
        key = -np.inf
    elif is_ascending(query.sort):
        key = -key
    is_equal = (keys == key) & (id_hashes > np.uint64(id_hash))
    is_behind: Array = (keys < key) | is_equal
    return is_behind


def _best(
    keys: Array,
    id_hashes: Array,
    documents: Array,
    count: int,
) -> Array:
    """The numbers of the best `count` matches, in order."""
    is_few = count <= kernels.MAX_SELECTED
    if kernels.compiled is not None and is_few and kernels.is_flat(documents, "i8"):
        numbers = kernels.compiled.best(keys, id_hashes, documents, count)
        return np.array(numbers, np.int64)
    return _sorted(keys, id_hashes, documents, count)


def _sorted(
    keys: Array,
    id_hashes: Array,
    documents: Array,
    count: int,
) -> Array:
    chosen = np.arange(len(keys))
    if len(keys) > SELECTION_FACTOR * count:
        chosen = _selected(
            keys,
            id_hashes,
            documents,
            count,
        )
    chosen_hashes = id_hashes[documents.take(chosen)]
    # lexsort sorts by its last column first
    order: Array = np.lexsort((chosen_hashes, -keys.take(chosen)))
    return chosen.take(order)[:count]


def _selected(
    keys: Array,
    id_hashes: Array,
    documents: Array,
    count: int,
) -> Array:
    """The numbers of the best `count` matches, in no order."""
    candidates = _contenders(keys, count)
    high = keys.take(candidates)
    rank = len(high) - count
    least = np.partition(high, rank)[rank]
    certain = candidates.take(np.flatnonzero(high > least))
    equal = candidates.take(np.flatnonzero(high == least))
    need = count - len(certain)
    # nothing with the least key is needed
    if not need:
        return certain
    if len(equal) > need:
        # of those with the least key the smallest doc-id hashes come first
        equal_hashes = id_hashes[documents.take(equal)]
        equal = equal.take(np.argpartition(equal_hashes, need)[:need])
    return np.concatenate((certain, equal))


def _contenders(
    keys: Array,
    count: int,
) -> Array:
    """Indices of a small subset of `keys` that contains the `count` greatest ones.

    The keys are split into groups, and the maximum of each group is computed. Let b be the
    count-th greatest maximum. At least `count` keys are >= b, so a key below b cannot be among the
    greatest. This takes a third of the time of selecting from all keys.
    """
    if len(keys) < max(MIN_GROUPED_KEYS, SELECTION_FACTOR * GROUPS * count):
        return np.arange(len(keys))
    width = len(keys) // GROUPS
    grouped = keys[: GROUPS * width].reshape(GROUPS, width)
    # a group is a column: numpy takes the maximum of columns by whole rows
    maxima = grouped.max(0)
    bound = np.partition(maxima, width - count)[width - count]
    contenders: Array = np.flatnonzero(keys >= bound)
    return contenders
