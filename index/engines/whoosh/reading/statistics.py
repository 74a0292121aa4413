"""What ranking knows of a snapshot as a whole: means, document frequencies, impacts.

The impact of a word or pair in a document is its saturated frequency, tf * (k + 1) / (tf + k). It
does not depend on the question, so it is cached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from index.engines.shared import kernels
from index.engines.shared.arrays import Array
from index.engines.shared.hashes import word_keys
from index.engines.weights import (
    FIELD_WEIGHTS,
    PAIR_WEIGHT,
    SATURATION,
    inverse_frequency,
)
from index.engines.whoosh.reading.accumulate import accumulate
from index.engines.whoosh.reading.segment import LiveSegment, Segment
from index.engines.whoosh.storage.layout import RANKED_FIELDS
from index.model.fields import TEXT_FIELDS
from index.model.lru import LruCache
from index.query.nodes import String

__all__ = ["Impact", "RankingStatistics"]

IMPACT_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Impact:
    """A word or pair in one segment.

    `values` are the saturated frequencies in the sorted `documents` (u16); `live` is how many of
    them are not deleted.
    """

    documents: Array
    values: Array
    live: int


class RankingStatistics:
    """What ranking knows of a snapshot."""

    def __init__(self, segments: Sequence[LiveSegment]) -> None:
        self.segments = segments
        self.reports = 0
        for live in segments:
            self.reports += int(live.live.sum())
        self.impacts = LruCache(IMPACT_BYTES)
        self.weights: dict[tuple[int, str], Array] = {}
        words = np.zeros(len(RANKED_FIELDS))
        units = 0
        for live in segments:
            words += live.segment.word_lengths[live.live].sum(
                0,
                dtype=np.int64,
            )
            units += int(_text_lengths(live.segment)[live.live].sum())
        # an empty field divides by 1
        self.mean_words = [
            total / self.reports if total else 1.0 for total in words.tolist()
        ]
        self.mean_units = units / self.reports if units else 1.0

    def impact(
        self,
        number: int,
        kind: str,
        text: str,
    ) -> Impact:
        """The impact of a word or pair in the segment `number`."""
        make = self._word if kind == "word" else self._pair
        impact: Impact = self.impacts.get(
            (number, kind, text),
            lambda: make(number, text),
            _size_of,
        )
        return impact

    def _word(
        self,
        number: int,
        word: str,
    ) -> Impact:
        live = self.segments[number]
        words = live.segment.strings.words
        key = int(word_keys([word])[0])
        if kernels.compiled is not None:
            impact = self._merged(number, key, kernels.compiled)
            if impact is not None:
                return impact
        lists = []
        for field_number, field in enumerate(RANKED_FIELDS):
            row = words.find_one(key + field_number)
            if row < 0:
                continue
            rows = words.rows(row, row + 1)
            # numpy indexes with its own integers without converting
            documents = rows.documents.astype(np.intp)
            weights = self._weights(number, field)
            # a common word stands in the title or the body of every report
            if len(documents) != live.segment.count:
                weights = weights.take(documents)
            lists.append((documents, rows.counts * weights))
        return _impact("word", lists, live)

    def _merged(
        self,
        number: int,
        key: int,
        compiled: ModuleType,
    ) -> Impact | None:
        """The same by one call; None where the reference has to decide."""
        live = self.segments[number]
        words = live.segment.strings.words
        fields = []
        for field_number, field in enumerate(RANKED_FIELDS):
            row = words.find_one(key + field_number)
            if row >= 0:
                *packed, _ = words.packed_rows(row, row + 1)
                fields.append((*packed, self._weights(number, field)))
        merged = compiled.word_impact(SATURATION["word"], *fields)
        if merged is None:
            return None
        documents = np.frombuffer(merged[0], np.uint16)
        return Impact(
            documents=documents,
            values=np.frombuffer(merged[1], np.float64),
            live=live.count_live(documents),
        )

    def _pair(
        self,
        number: int,
        pair: str,
    ) -> Impact:
        live = self.segments[number]
        strings = live.segment.strings
        hits = strings.hits((String((pair,)),))
        documents = hits.documents
        counts = hits.counts
        if strings.wordings:
            # a wording makes a document match without an occurrence
            is_counted = np.flatnonzero(counts > 0)
            documents = documents[is_counted]
            counts = counts[is_counted]
        if not len(documents):
            return _impact(
                "pair",
                [],
                live,
            )
        weights = self._weights(number, "pair").take(documents)
        return _impact(
            "pair",
            [(documents, counts * weights)],
            live,
        )

    def _weights(
        self,
        number: int,
        field: str,
    ) -> Array:
        """What one occurrence in a field counts in each document of a segment.

        It counts more where the field is short.
        """
        key = (number, field)
        if key not in self.weights:
            segment = self.segments[number].segment
            if field == "pair":
                weight = PAIR_WEIGHT
                lengths = _text_lengths(segment)
                mean = self.mean_units
            else:
                field_number = RANKED_FIELDS.index(field)
                weight = FIELD_WEIGHTS[field]
                lengths = segment.word_lengths[:, field_number]
                mean = self.mean_words[field_number]
            b = weight.length_share
            # BM25: a field of mean length weighs 1
            normalised_length = 1 - b + b * lengths / mean
            self.weights[key] = weight.weight / normalised_length
        return self.weights[key]

    def idf(
        self,
        kind: str,
        text: str,
    ) -> float:
        """The inverse document frequency over all segments; 0 for what no report has."""
        holding = 0
        for number in range(len(self.segments)):
            holding += self.impact(number, kind, text).live
        return inverse_frequency(self.reports, holding)


def _text_lengths(segment: Segment) -> Array:
    """The lengths of title and text together, in units."""
    lengths: Array = np.zeros(segment.count, np.int64)
    for name in TEXT_FIELDS:
        # without the NUL behind each text
        offsets = segment.strings.grams[name].offsets
        lengths = lengths + (np.diff(offsets) - 1)
    return lengths


def _impact(
    kind: str,
    lists: Sequence[tuple[Array, Array]],
    live: LiveSegment,
) -> Impact:
    documents, frequencies = accumulate(lists, live.segment.count)
    k = SATURATION[kind]
    values = frequencies * (k + 1)
    values /= frequencies + k
    return Impact(
        documents=documents.astype(np.uint16),
        values=values,
        live=live.count_live(documents),
    )


def _size_of(impact: Any) -> int:
    return int(impact.documents.nbytes + impact.values.nbytes)
