"""What a ranking weighs, the same in every engine: the numbers of BM25F, and its bonuses.

The formulas stand in `index.engines.whoosh.reading.rank`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from index.model.problems import Code, Facts
from index.query.nodes import Keyword, Node, PathPrefix, Ranking

__all__ = [
    "FIELD_WEIGHTS",
    "PAIR_WEIGHT",
    "SATURATION",
    "TERM_CODES",
    "Term",
    "Weights",
    "boost_facts",
    "inverse_frequency",
]

# The k of BM25: how soon repetition stops counting. Sooner for pairs: measured over four sets of
# questions.
SATURATION = {"word": 1.2, "pair": 0.6}
# The kinds of terms, as an explanation tells them.
TERM_CODES = {"word": Code.SCORE_WORD, "pair": Code.SCORE_PAIR}


class FieldWeight(NamedTuple):
    """What an occurrence in a field weighs, and how much the length of the field matters (b)."""

    weight: float
    length_share: float


# Titles are short by nature: their length says little.
FIELD_WEIGHTS = {
    "title": FieldWeight(5.0, 0.3),
    "headings": FieldWeight(2.0, 0.75),
    "body": FieldWeight(1.0, 0.75),
}
# A pair counts the same in title and text.
PAIR_WEIGHT = FieldWeight(1.0, 0.75)


class Term(NamedTuple):
    """A word or pair of the question; `kind` is "word" or "pair"."""

    kind: str
    text: str
    idf: float


class Weights:
    """The terms of one ranking, and what its runs and boosts add."""

    def __init__(self, ranking: Ranking, terms: Iterable[Term]) -> None:
        self.terms = [*terms]
        self.runs = tuple(dict.fromkeys(run for run in ranking.runs if run))
        # a saturated frequency is below k + 1
        possible = 0.0
        for term in self.terms:
            possible += term.idf * (SATURATION[term.kind] + 1)
        most = max(1.0, possible)
        self.whole_bonus = 2 * most
        self.title_bonus = most / (2 * len(self.runs)) if self.runs else 0.0
        self.boosts = [
            (node, weight * most) for node, weight in dict.fromkeys(ranking.boosts)
        ]


def inverse_frequency(reports: int, holding: int) -> float:
    """The inverse document frequency of what `holding` of the `reports` have.

    0 where none has it: a typing error, or a word of deleted reports only.
    """
    if not holding:
        return 0.0
    # Lucene's form, which is never negative
    odds = (reports - holding + 0.5) / (holding + 0.5)
    return math.log(1 + odds)


def boost_facts(node: Node) -> Facts:
    """What an explanation names of a boost: its facet and the values."""
    # boosts are of bodies (agency 文旅局) and places (region 广东省/深圳市)
    match node:
        case Keyword(name, values):
            return {"facet": name, "value": values}
        case PathPrefix(name, prefixes):
            return {"facet": name, "value": ["/".join(prefix) for prefix in prefixes]}
        case _:
            return {"facet": type(node).__name__, "value": ""}
