"""Ranking: BM25F over words, BM25 over pairs, and a bonus for runs that stand whole.

    tf(word, report) = sum over fields of w * count / (1 - b + b * length / mean length)
    idf = ln(1 + (N - n + 0.5) / (n + 0.5))
    part(word)  = idf * tf * (k + 1) / (tf + k)
    part(run)   = 2 S where the run stands whole, S / (2 * runs) more where it does in the title
    part(boost) = weight * S where the report satisfies its node

with k = 1.2 (0.6 for pairs), b = 0.75 (0.3 in titles), w = 5 for titles, 2 for headings, 1 for the
body. N and n count the live reports of all segments. S is the most that all words and pairs of the
question could give together (at least 1), so a report with one more whole run ranks before any
without it. A pair (or a single character) is ranked like a word of one field, title and text
together, without wordings. A score is the plain sum of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from index.engines.shared.arrays import Array
from index.engines.weights import TERM_CODES, Term, Weights, boost_facts
from index.engines.whoosh.reading.accumulate import add_weighted
from index.engines.whoosh.reading.conditions import select
from index.engines.whoosh.reading.statistics import RankingStatistics
from index.model.problems import Code, Note
from index.query.nodes import (
    Node,
    Ranking,
    String,
)

__all__ = ["Scorer"]

# Below count/32 documents the parts of a score are looked up one by one; above, they are added
# everywhere.
SPARSE_FACTOR = 32


class ScoreTerm(NamedTuple):
    """One part of a score: sorted documents, a value of each (None: 1), and its weight."""

    documents: Array
    values: Array | None
    weight: float


class Scorer(Weights):
    """The scores of one ranking in one snapshot."""

    def __init__(
        self,
        statistics: RankingStatistics,
        ranking: Ranking,
    ) -> None:
        self.statistics = statistics
        super().__init__(
            ranking,
            [
                *self._known_terms("word", ranking.words),
                *self._known_terms("pair", ranking.pairs),
            ],
        )

    def _known_terms(
        self,
        kind: str,
        texts: Sequence[str],
    ) -> Iterator[Term]:
        """Each text once, without those that no report has."""
        for text in dict.fromkeys(texts):
            idf = self.statistics.idf(kind, text)
            # 0: no report has it, so it cannot tell reports apart
            if idf:
                yield Term(kind, text, idf)

    # ------------------------------------------------------------------ scores
    def scores(
        self,
        number: int,
        documents: Array,
    ) -> Array:
        """The scores of some documents of the segment `number`."""
        count = self.statistics.segments[number].segment.count
        parts = [*self._parts_of(number)]
        if len(documents) * SPARSE_FACTOR < count:
            return _looked_up(documents, parts)
        # deleted documents get scores too: leaving them out costs more
        total = np.zeros(count)
        for part in parts:
            add_weighted(total, part.documents, part.values, part.weight)
        return total.take(documents)

    def _parts_of(self, number: int) -> Iterator[ScoreTerm]:
        """The parts of the scores in a segment. Their order is that of the additions."""
        for term in self.terms:
            impact = self.statistics.impact(number, term.kind, term.text)
            yield ScoreTerm(impact.documents, impact.values, term.idf)
        for run in self.runs:
            yield ScoreTerm(
                self._holding(number, run, None),
                None,
                self.whole_bonus,
            )
            yield ScoreTerm(
                self._holding(number, run, "title"),
                None,
                self.title_bonus,
            )
        for node, bonus in self.boosts:
            yield ScoreTerm(
                self._boosted(number, node),
                None,
                bonus,
            )

    def _holding(
        self,
        number: int,
        run: str,
        field: str | None,
    ) -> Array:
        """The documents of a segment in which a run stands whole."""
        strings = self.statistics.segments[number].segment.strings
        return strings.hits((String((run,), field),)).documents

    def _boosted(
        self,
        number: int,
        node: Node,
    ) -> Array:
        """The documents of a segment that satisfy a boost."""
        segment = self.statistics.segments[number].segment
        # cached, because every value of a facet is looked at
        documents: Array = segment.strings.cache.get(
            ("boost", node),
            lambda: select(node, segment).documents,
            lambda documents: int(documents.nbytes),
        )
        return documents

    # ------------------------------------------------------------------ explanations
    def parts(
        self,
        number: int,
        document: int,
    ) -> Iterator[dict[str, Any]]:
        """The parts of one document's score: {"note", "value", "reason"}."""
        yield from self._term_parts(number, document)
        for run in self.runs:
            yield from self._run_parts(number, document, run)
        for node, bonus in self.boosts:
            if _index_of(self._boosted(number, node), document) >= 0:
                yield {
                    "note": Note(Code.SCORE_BOOST, boost_facts(node)),
                    "value": bonus,
                    "reason": Note(Code.SCORE_NAMED_IN_QUERY),
                }

    def _term_parts(
        self,
        number: int,
        document: int,
    ) -> Iterator[dict[str, Any]]:
        for term in self.terms:
            impact = self.statistics.impact(number, term.kind, term.text)
            index = _index_of(impact.documents, document)
            if index >= 0:
                frequency = float(impact.values[index])
                facts = {"idf": float(term.idf), "frequency": frequency}
                yield {
                    "note": Note(TERM_CODES[term.kind], {"text": term.text}),
                    "value": float(term.idf * impact.values[index]),
                    "reason": Note(Code.SCORE_BY_FREQUENCY, facts),
                }

    def _run_parts(
        self,
        number: int,
        document: int,
        run: str,
    ) -> Iterator[dict[str, Any]]:
        in_report = self._holding(number, run, None)
        if _index_of(in_report, document) >= 0:
            yield {
                "note": Note(Code.SCORE_RUN, {"text": run}),
                "value": self.whole_bonus,
                "reason": Note(Code.SCORE_ABOVE_ALL_WORDS),
            }
        in_title = self._holding(number, run, "title")
        if _index_of(in_title, document) >= 0:
            yield {
                "note": Note(Code.SCORE_RUN_IN_TITLE, {"text": run}),
                "value": self.title_bonus,
                "reason": None,
            }


def _index_of(
    documents: Array,
    document: int,
) -> int:
    """Where a document stands among sorted ones, or -1."""
    index = int(documents.searchsorted(document))
    is_there = index < len(documents) and documents[index] == document
    return index if is_there else -1


def _looked_up(
    documents: Array,
    parts: Sequence[ScoreTerm],
) -> Array:
    """The totals of the parts at some documents, each looked up: for few documents among many."""
    total = np.zeros(len(documents))
    # in the order of the parts: the same additions as everywhere else, so the same scores
    for part in parts:
        if not len(part.documents):
            continue
        # in the type of the part: numpy would convert the longer array
        wanted = documents.astype(part.documents.dtype)
        indices = part.documents.searchsorted(wanted)
        is_held = (
            part.documents.take(
                indices,
                mode="clip",
            )
            == wanted
        )
        held = np.flatnonzero(is_held)
        if part.values is None:
            total[held] += part.weight
        else:
            values = part.values.take(indices.take(held))
            total[held] += part.weight * values
    return total
