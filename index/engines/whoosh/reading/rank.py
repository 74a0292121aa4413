"""Ranking: BM25F over words, BM25 over pairs, and a bonus for runs that stand whole.

    tf(word, report) = sum over fields of w * count / (1 - b + b * length / mean length) part(word)
    = idf * tf * (k + 1) / (tf + k), idf = ln(1 + (N - n + 0.5) / (n + 0.5)) part(run) = 2 S where
    the run stands whole, S / (2 * runs) more where it does in the title part(boost) = weight * S
    where the report satisfies its node

with k = 1.2 (0.6 for pairs), b = 0.75 (0.3 in titles), w = 5 for titles, 2 for headings, 1 for the
body. N and n count the live reports of all segments. S is the most that all words and pairs of the
question could give together (at least 1), so a report with one more whole run ranks before any
without it. A pair (or a single character) is ranked like a word of one field, title and text
together, without wordings. A score is the plain sum of its parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from index.engines.whoosh.reading.accumulate import add_at, summed
from index.engines.whoosh.reading.conditions import select
from index.engines.whoosh.reading.lru import Recent
from index.engines.whoosh.reading.segment import Segment
from index.engines.whoosh.storage.pack import Array
from index.engines.whoosh.writing.batch import RANKED_FIELDS, STREAMS, word_keys
from index.model.problems import Code, Facts, Note
from index.query.nodes import Keyword, Node, PathPrefix, Ranking, String

__all__ = ["Leaf", "Scorer", "Statistics"]

# How soon repetition stops counting; sooner for pairs: measured over four sets of
# questions.
K = {"word": 1.2, "pair": 0.6}
TERM_CODES = {"word": Code.SCORE_WORD, "pair": Code.SCORE_PAIR}

FIELDS = {"title": (5.0, 0.3), "headings": (2.0, 0.75), "body": (1.0, 0.75)}
IMPACT_BYTES = 64 << 20
# Of one document in so many the parts of a score are looked up one by one, of more they
# are added everywhere.
FEW = 32

# Sorted documents, a value of each (None: one), and what it is weighted with.
Part = tuple[Array, Array | None, float]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A segment in a snapshot: `live` masks what is not deleted, `whole` says that nothing is."""

    segment: Segment
    live: Array
    whole: bool

    def alive(self, documents: Array) -> int:
        """How many of some documents are not deleted."""
        return (
            len(documents)
            if self.whole
            else int(np.count_nonzero(self.live[documents]))
        )


@dataclass(frozen=True, slots=True)
class Impact:
    """A word or pair in one segment: documents, tf * (k + 1) / (tf + k) of each, and how many of
    them are live.
    """

    documents: Array
    values: Array
    live: int


class Statistics:
    """What ranking knows of a snapshot as a whole."""

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self.leaves = leaves
        self.reports = sum(int(leaf.live.sum()) for leaf in leaves)
        self.recent = Recent(IMPACT_BYTES)
        sums = np.zeros(len(RANKED_FIELDS))
        units = 0
        for leaf in leaves:
            sums += leaf.segment.lengths[leaf.live].sum(0, dtype=np.int64)
            units += int(_text_lengths(leaf.segment)[leaf.live].sum())
        self.means = [s / self.reports if s else 1.0 for s in sums.tolist()]
        self.mean_text = units / self.reports if units else 1.0
        self.weights: dict[tuple[int, str], Array] = {}

    def impact(self, number: int, kind: str, text: str) -> Impact:
        """The impact of a word or pair in the segment `number`."""
        make = self._word if kind == "word" else self._pair
        found: Impact = self.recent.get(
            (number, kind, text),
            lambda: _small(make(number, text)),
            lambda i: int(i.documents.nbytes + i.values.nbytes),
        )
        return found

    def _word(self, number: int, word: str) -> Impact:
        segment, key = self.leaves[number].segment, int(word_keys([word])[0])
        lists = []
        for at, field in enumerate(RANKED_FIELDS):
            row = segment.words.find_one(key + at)
            if row >= 0:
                rows = segment.words.rows(row, row + 1)
                documents, weights = (
                    rows.documents.astype(np.intp),
                    self._weights(number, field),
                )
                # a common word stands in the title or the body of every report
                weights = (
                    weights
                    if len(documents) == segment.count
                    else weights.take(documents)
                )
                lists.append((documents, rows.counts * weights))
        return _impact("word", lists, self.leaves[number])

    def _pair(self, number: int, pair: str) -> Impact:
        leaf = self.leaves[number]
        hits = leaf.segment.hits((String((pair,)),))
        documents, counts = hits.documents, hits.counts
        if leaf.segment.wordings:
            counted = np.flatnonzero(counts > 0)
            documents, counts = documents[counted], counts[counted]
        weights = self._weights(number, "pair").take(documents)
        return _impact(
            "pair", [(documents, counts * weights)] if len(documents) else [], leaf
        )

    def _weights(self, number: int, field: str) -> Array:
        """What one occurrence in a field counts in each document of a segment: more where the field
        is short.
        """
        found = self.weights.get((number, field))
        if found is None:
            segment = self.leaves[number].segment
            if field == "pair":
                weight, b, lengths, mean = (
                    1.0,
                    0.75,
                    _text_lengths(segment),
                    self.mean_text,
                )
            else:
                at = RANKED_FIELDS.index(field)
                (weight, b), lengths, mean = (
                    FIELDS[field],
                    segment.lengths[:, at],
                    self.means[at],
                )
            found = self.weights[number, field] = weight / (1 - b + b * lengths / mean)
        return found

    def idf(self, kind: str, text: str) -> float:
        """The inverse document frequency over all segments."""
        n = sum(self.impact(i, kind, text).live for i in range(len(self.leaves)))
        return math.log(1 + (self.reports - n + 0.5) / (n + 0.5)) if n else 0.0


def _text_lengths(segment: Segment) -> Array:
    """The lengths of title and text together, in units."""
    lengths: Array = sum(
        (np.diff(segment.grams[name].off) - 1 for name in STREAMS),
        np.zeros(segment.count, np.int64),
    )
    return lengths


def _small(impact: Impact) -> Impact:
    """Documents in two bytes, as they are kept."""
    return replace(impact, documents=impact.documents.astype(np.uint16))


def _impact(kind: str, lists: Sequence[tuple[Array, Array]], leaf: Leaf) -> Impact:
    documents, tf = summed(lists, leaf.segment.count)
    k = K[kind]
    values = tf * (k + 1)
    values /= tf + k
    return Impact(documents, values, leaf.alive(documents))


class Scorer:
    """The scores of one ranking in one snapshot."""

    def __init__(self, statistics: Statistics, ranking: Ranking) -> None:
        self.statistics = statistics
        terms = [("word", w) for w in dict.fromkeys(ranking.words)]
        terms += [("pair", p) for p in dict.fromkeys(ranking.pairs)]
        self.terms = [
            (kind, text, idf)
            for kind, text in terms
            if (idf := statistics.idf(kind, text))
        ]
        self.runs = tuple(dict.fromkeys(r for r in ranking.runs if r))
        most = max(1.0, sum(idf * (K[kind] + 1) for kind, _, idf in self.terms))
        self.whole = 2 * most
        self.in_title = most / (2 * len(self.runs)) if self.runs else 0.0
        self.boosts = [
            (node, weight * most) for node, weight in dict.fromkeys(ranking.boosts)
        ]

    def scores(self, number: int, documents: Array) -> Array:
        """The scores of some documents of the segment `number`."""
        segment = self.statistics.leaves[number].segment
        parts: list[Part] = []
        for kind, text, idf in self.terms:
            impact = self.statistics.impact(number, kind, text)
            parts.append((impact.documents, impact.values, idf))
        for run in self.runs:
            parts.append((segment.hits((String((run,)),)).documents, None, self.whole))
            parts.append(
                (
                    segment.hits((String((run,), "title"),)).documents,
                    None,
                    self.in_title,
                )
            )
        parts += [
            (self._named(number, node), None, bonus) for node, bonus in self.boosts
        ]
        if len(documents) * FEW < segment.count:
            return _looked_up(documents, parts)
        total = np.zeros(segment.count)
        for some, values, weight in parts:
            add_at(
                total,
                some.astype(np.intp, copy=False),
                weight if values is None else weight * values,
            )
        return total.take(documents)

    def _named(self, number: int, node: Node) -> Array:
        """The documents of a segment that satisfy a boost: kept, because every value of a facet is
        looked at.
        """
        leaf = self.statistics.leaves[number]
        found: Array = leaf.segment.recent.get(
            ("boost", node),
            lambda: select(node, leaf.segment).documents,
            lambda documents: int(documents.nbytes),
        )
        return found

    def parts(self, number: int, document: int) -> Iterator[dict[str, Any]]:
        """The parts of one document's score."""
        segment = self.statistics.leaves[number].segment
        for kind, text, idf in self.terms:
            impact = self.statistics.impact(number, kind, text)
            at = int(impact.documents.searchsorted(document))
            if at < len(impact.documents) and impact.documents[at] == document:
                value = float(idf * impact.values[at])
                facts = {"idf": float(idf), "frequency": float(impact.values[at])}
                yield {
                    "note": Note(TERM_CODES[kind], {"text": text}),
                    "value": value,
                    "reason": Note(Code.SCORE_BY_FREQUENCY, facts),
                }
        for run in self.runs:
            for code, bonus, field in (
                (Code.SCORE_RUN, self.whole, None),
                (Code.SCORE_RUN_IN_TITLE, self.in_title, "title"),
            ):
                documents = segment.hits((String((run,), field),)).documents
                at = int(documents.searchsorted(document))
                if at < len(documents) and documents[at] == document:
                    yield {
                        "note": Note(code, {"text": run}),
                        "value": bonus,
                        "reason": Note(Code.SCORE_ABOVE_ALL_WORDS)
                        if field is None
                        else None,
                    }
        for node, bonus in self.boosts:
            if document in self._named(number, node):
                yield {
                    "note": Note(Code.SCORE_BOOST, told(node)),
                    "value": bonus,
                    "reason": Note(Code.SCORE_NAMED_IN_QUERY),
                }


def _looked_up(documents: Array, parts: Sequence[Part]) -> Array:
    """The sums of the parts at some documents, each looked up: for few documents among many."""
    total = np.zeros(len(documents))
    for some, values, weight in parts:
        if len(some):
            wanted = documents.astype(some.dtype)
            at = some.searchsorted(wanted)
            held = np.flatnonzero(some.take(at, mode="clip") == wanted)
            total[held] += (
                weight if values is None else weight * values.take(at.take(held))
            )
    return total


def told(node: Node) -> Facts:
    """What an explanation names of a boost: its facet and the values."""
    match node:
        case Keyword(name, values):
            return {"facet": name, "value": values}
        case PathPrefix(name, prefixes):
            return {"facet": name, "value": ["/".join(prefix) for prefix in prefixes]}
        case _:
            return {"facet": type(node).__name__, "value": ""}
