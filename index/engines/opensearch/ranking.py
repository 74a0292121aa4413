"""Ranking: the sum that the embedded engine makes, a clause for each of its parts.

BM25F over title, headings and body, BM25 over pairs, bonuses for runs that stand whole, boosts: see
`engines.whoosh.reading.rank`. Document frequencies and mean lengths are those of all living
reports and come with the question, so that no shard has scores of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.engines.opensearch.conditions import Query, any_of, compiled
from index.engines.opensearch.contents import word_counts
from index.engines.opensearch.layout import RANKED_FIELDS, form_of
from index.engines.opensearch.scripts import (
    SATURATION_SCRIPT,
    SCORE_SCRIPT,
    SHARE_SCRIPT,
)
from index.engines.shared.units import findable
from index.engines.weights import (
    FIELD_WEIGHTS,
    PAIR_WEIGHT,
    SATURATION,
    TERM_CODES,
    Term,
    Weights,
    boost_facts,
    inverse_frequency,
)
from index.model.fields import TEXT_FIELDS
from index.model.problems import Code, Note
from index.query.nodes import Node, Ranking, String

__all__ = ["Means", "Scorer", "holding"]

# Parts of a score that are clauses of their own: a query of Lucene has 1,024 of them at most. The
# script that scores more of them looks each term up again for each report.
MAX_SCORED = 150


@dataclass(frozen=True, slots=True)
class Means:
    """How many reports live in how many shards, and their mean lengths.

    `worded` says whether any has a wording.
    """

    reports: int
    words: Mapping[str, float]
    units: float
    worded: bool
    shards: int


def holding(kind: str, text: str) -> Query:
    """The reports that have a word, or a pair of characters (or one), in their own texts."""
    if kind == "word":
        return any_of([{"term": {f"words_{name}": text}} for name in RANKED_FIELDS])
    return compiled(String((text,)), worded=False)


class Scorer(Weights):
    """The scores of one ranking in one snapshot.

    `frequencies` tells in how many living reports terms stand.
    """

    def __init__(
        self,
        ranking: Ranking,
        means: Means,
        frequencies: Callable[[Sequence[tuple[str, str]]], Sequence[int]],
    ) -> None:
        self.means = means
        asked = dict.fromkeys(
            [
                *(("word", text) for text in ranking.words if findable(text)),
                *(("pair", text) for text in ranking.pairs if findable(text)),
            ]
        )
        counts = frequencies([*asked])
        super().__init__(ranking, self._known(asked, counts))

    def _known(
        self,
        asked: Sequence[tuple[str, str]] | Mapping[tuple[str, str], None],
        counts: Sequence[int],
    ) -> Iterator[Term]:
        for (kind, text), held in zip(asked, counts, strict=True):
            # no report has it, so it cannot tell reports apart
            if held:
                yield Term(kind, text, inverse_frequency(self.means.reports, held))

    # ------------------------------------------------------------------ scores
    @property
    def adds(self) -> bool:
        """Whether any report can have a score."""
        return bool(self.terms) or any(bonus for _, _, bonus in self.bonuses())

    def query(self, filters: Query) -> Query:
        """The reports that satisfy `filters`, each with its score."""
        should = [
            {"constant_score": {"filter": query, "boost": bonus}}
            for _, query, bonus in self.bonuses()
            if bonus
        ]
        counted = []
        for term in self.terms:
            if len(should) < MAX_SCORED and not _must_be_counted(term):
                should.append(self._scored(term))
            else:
                counted.append(term)
        scored: Query = {"bool": {"filter": [filters], "should": should}}
        if not counted:
            return scored
        return _scripted(scored, SCORE_SCRIPT, self._params(counted))

    def _scored(self, term: Term) -> Query:
        """What a term adds to a score."""
        k = SATURATION[term.kind]
        if term.kind == "word":
            frequency = {"bool": {"should": [*self._shares(term.text)]}}
        else:
            frequency = self._pair_share(term.text)
        params = {"idf": term.idf, "saturation": k}
        return _scripted(frequency, SATURATION_SCRIPT, params)

    def _shares(self, word: str) -> Iterator[Query]:
        """The frequency of a word: what each field adds to it."""
        for name in RANKED_FIELDS:
            weight = FIELD_WEIGHTS[name]
            params = {
                "length": f"len_{name}",
                "weight": weight.weight,
                "share": weight.length_share,
                "mean": self.means.words[name],
            }
            term = {"term": {f"words_{name}": word}}
            yield _scripted(term, SHARE_SCRIPT, params)

    def _pair_share(self, pair: str) -> Query:
        """The frequency of a pair, or of one character, in title and text together."""
        fields = _fields_of(pair)
        terms = [{"term": {field: pair}} for field in fields]
        params = {
            "length": "len_units",
            "weight": PAIR_WEIGHT.weight,
            "share": PAIR_WEIGHT.length_share,
            "mean": self.means.units,
        }
        return _scripted({"bool": {"should": terms}}, SHARE_SCRIPT, params)

    def bonuses(self) -> Iterator[tuple[Note, Query, float]]:
        """What adds a fixed amount: what for, the reports that get it, how much."""
        for run in self.runs:
            note = Note(Code.SCORE_RUN, {"text": run})
            yield note, self._compiled(String((run,))), self.whole_bonus
            note = Note(Code.SCORE_RUN_IN_TITLE, {"text": run})
            yield note, self._compiled(String((run,), "title")), self.title_bonus
        for node, bonus in self.boosts:
            note = Note(Code.SCORE_BOOST, boost_facts(node))
            yield note, self._compiled(node), bonus

    def _compiled(self, node: Node) -> Query:
        return compiled(node, worded=self.means.worded)

    def _params(self, terms: Sequence[Term]) -> dict[str, Any]:
        fields = []
        for name in RANKED_FIELDS:
            weight = FIELD_WEIGHTS[name]
            fields.append(
                [
                    f"words_{name}",
                    f"len_{name}",
                    weight.weight,
                    weight.length_share,
                    self.means.words[name],
                ]
            )
        words = [[term.text, term.idf] for term in terms if term.kind == "word"]
        pairs = [_pair(term) for term in terms if term.kind == "pair"]
        return {
            "fields": fields,
            "words": words,
            "word_saturation": SATURATION["word"],
            "pairs": pairs,
            "pair_saturation": SATURATION["pair"],
            "mean_units": self.means.units,
            "streams": [form_of(name) for name in TEXT_FIELDS],
        }

    # ------------------------------------------------------------------ explanations
    def term_parts(self, source: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The parts of one report's score that its words and pairs make."""
        words = word_counts(source)
        for term in self.terms:
            if term.kind == "word":
                frequency = self._word_frequency(term.text, words, source)
            else:
                frequency = self._pair_frequency(term.text, source)
            if not frequency:
                continue
            k = SATURATION[term.kind]
            saturated = frequency * (k + 1) / (frequency + k)
            facts = {"idf": term.idf, "frequency": saturated}
            yield {
                "note": Note(TERM_CODES[term.kind], {"text": term.text}),
                "value": term.idf * saturated,
                "reason": Note(Code.SCORE_BY_FREQUENCY, facts),
            }

    def _word_frequency(
        self,
        word: str,
        words: Mapping[str, Mapping[str, int]],
        source: Mapping[str, Any],
    ) -> float:
        frequency = 0.0
        for name in RANKED_FIELDS:
            count = words[name].get(word, 0)
            if count:
                weight = FIELD_WEIGHTS[name]
                b = weight.length_share
                length = source[f"len_{name}"]
                normalised = 1 - b + b * length / self.means.words[name]
                frequency += weight.weight * count / normalised
        return frequency

    def _pair_frequency(self, pair: str, source: Mapping[str, Any]) -> float:
        count = 0
        for name in TEXT_FIELDS:
            count += (source.get(name) or "").count(pair)
        b = PAIR_WEIGHT.length_share
        length: int = source["len_units"]
        return count / (1 - b + b * length / self.means.units)


def _scripted(query: Query, name: str, params: Mapping[str, Any]) -> Query:
    """What a query finds, scored by a stored script."""
    script = {"id": name, "params": params}
    return {"script_score": {"query": query, "script": script}}


def _must_be_counted(term: Term) -> bool:
    """Whether the index does not say how often a term stands in a report.

    The index counts places that overlap: 公公 stands in 公公公 twice. So a pair of one character is
    counted in the text, as is what is longer than a pair.
    """
    text = term.text
    if term.kind == "word":
        return False
    return len(text) > 2 or (len(text) == 2 and text[0] == text[1])


def _fields_of(pair: str) -> list[str]:
    """The fields whose terms are as long as this."""
    if len(pair) == 1:
        return [f"{name}.one" for name in TEXT_FIELDS]
    return [*TEXT_FIELDS]


def _pair(term: Term) -> list[Any]:
    """A pair as the script takes it: text, idf, whether it must be counted, its fields."""
    text = term.text
    return [text, term.idf, _must_be_counted(term), _fields_of(text)]
