"""Known items: a reader looks for one report by its body, place and year, and spells it as readers
do.

`python -m tests.relevance.known [REPORTS]` prints how often the right report comes first.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from index.analysis.readings import COMMON_CHARACTERS, homophones
from index.model.report import Report
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from indexer.sample.generate import Sample, _traditional, generate
from tests.relevance.retrieval import searcher_over

WAYS = ("as it is", "misspelt", "in the other script")
HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Known:
    """A query, the way it is spelt, and the report that it means."""

    query: str
    way: str
    report: str


def reports_of(samples: Sequence[Sample]) -> list[Report]:
    """Generated reports with what is true of them."""
    return [
        Report(
            id=s.id,
            source="generated",
            title=s.truth["title"],
            text=s.text,
            agency=s.truth["agency"],
            level=s.truth["level"],
            year=s.truth["year"],
            region=s.truth["region"],
        )
        for s in samples
    ]


def known_items(
    samples: Sequence[Sample], count: int, seed: int = 1
) -> Iterator[Known]:
    """`count` queries over some of the reports, a third spelt in each way."""
    chance = Random(seed)
    for n, sample in enumerate(chance.sample(list(samples), count)):
        query, way = _query(sample, n // 3), WAYS[n % 3]
        if way == "misspelt":
            query = _misspelt(query, chance)
        elif way == "in the other script":
            query = query.translate(_traditional())
        yield Known(query, way, sample.id)


def _query(sample: Sample, n: int) -> str:
    name, year, region = (
        sample.truth["agency_printed"],
        sample.truth["year"],
        sample.truth["region"],
    )
    place = region[-1] if region and region[-1] in name else ""
    own = name.partition(place)[2] if place else ""
    shapes = (
        f"{name} {year}",
        f"{year}年 {name}",
        sample.title,
        f"{place} {year} {own}" if own else f"{year} {name}",
    )
    return shapes[n % len(shapes)]


def _misspelt(query: str, chance: Random) -> str:
    """One character replaced by a common one that sounds the same."""
    places = [
        i for i, c in enumerate(query) if HAN.match(c) and c != "年" and _common(c)
    ]
    at = chance.choice(places)
    return query[:at] + chance.choice(_common(query[at])) + query[at + 1 :]


def _common(char: str) -> str:
    return "".join(c for c in homophones(char) if c in COMMON_CHARACTERS)


def first(searcher: Searcher, known: Known) -> str | None:
    """The first report, for a misspelt query after taking the first suggestion if there is one."""
    request = SearchRequest(q=known.query, size=1, facets=(), snippets=0)
    answer = searcher.search(request)
    if known.way == "misspelt" and answer.query.suggestions:
        answer = searcher.search(request.with_(q=answer.query.suggestions[0]))
    return answer.hits[0].id if answer.hits else None


def measured(
    samples: Sequence[Sample], count: int
) -> tuple[dict[str, float], list[Known]]:
    """The share of queries whose report came first, for each way and for all; and the queries that
    failed.
    """
    items = list(known_items(samples, count))
    with searcher_over(reports_of(samples)) as searcher:
        failed = [k for k in items if first(searcher, k) != k.report]
    shares = {
        w: 1 - sum(k.way == w for k in failed) / sum(k.way == w for k in items)
        for w in WAYS
    }
    return shares | {"all": 1 - len(failed) / len(items)}, failed


def main(count: int) -> None:
    shares, failed = measured(list(generate(count, seed=11)), 200)
    for way, share in shares.items():
        print(f"{way}: {share:.3f}")
    for known in failed:
        print(f"  {known.way}: {known.query} -> {known.report}")


if __name__ == "__main__":
    main(int((*sys.argv[1:], "1200")[0]))
