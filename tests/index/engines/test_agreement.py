"""Random corpora, random changes and random questions: every engine agrees with the oracle, hit for
hit.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.engines.seam import Engine, EngineHit, EngineQuery, FacetRequest, Filter
from index.model.fields import SORTS
from index.query.nodes import AnyOf, Everything, Node, Ranking
from tests.index.engines.conftest import INDEXES, Index, parameters
from tests.index.engines.samples import (
    AGENCIES,
    kept,
    random_document,
    random_filter,
    random_node,
    random_string,
    random_text,
    random_wildcard,
)

OTHERS = parameters(INDEXES.keys() - {"reference"})
FACETS = (
    FacetRequest("agency", 2, always=("教育局", "无此机关")),
    FacetRequest("region", 3, contains="省"),
    FacetRequest("year", 10),
    FacetRequest("line", 10),
)


def random_query(rng: random.Random) -> EngineQuery:
    condition = random_node(rng)
    kinds: list[Callable[[random.Random], Node]] = [
        random_string,
        random_string,
        random_wildcard,
    ]
    several = AnyOf(tuple(rng.choice(kinds)(rng) for _ in range(3)))
    counted = rng.choice([Everything(), condition, several])
    words = tuple(random_text(rng, 3) for _ in range(rng.randrange(3)))
    pairs = tuple(random_text(rng, 2) for _ in range(rng.randrange(2)))
    runs = tuple(t for _ in range(rng.randrange(3)) if (t := random_text(rng, 3)))
    return EngineQuery(
        condition=condition,
        filters=tuple(
            Filter(random_filter(rng), facet)
            for facet in rng.sample(
                ["agency", "region", "year", None], rng.randrange(3)
            )
        ),
        ranking=Ranking(words, runs, tuple(p for p in pairs if len(p) == 2)),
        counted=counted,
        sort=rng.choice(SORTS),
        offset=rng.choice([0, 0, 2]),
        size=rng.choice([0, 3, 100]),
        facets=FACETS,
        collapse=rng.choice([None, None, "year"]),
    )


def shown(found: EngineHit) -> tuple[object, ...]:
    return (found.id, found.id_hash, found.occurrences, *kept(found.contents))


def agree(got: Engine, want: Engine, query: EngineQuery) -> None:
    a, b = got.search(query), want.search(query)
    assert (a.total, a.occurrences, a.facets) == (b.total, b.occurrences, b.facets)
    assert sorted(f.score for f in a.hits) == pytest.approx(
        sorted(f.score for f in b.hits), rel=1e-6
    )
    if query.sort != "relevance":
        assert [shown(f) for f in a.hits] == [shown(f) for f in b.hits]
        assert [f.key for f in a.hits] == [f.key for f in b.hits]
    assert got.count_strings(query.condition) == want.count_strings(query.condition)


def change(rng: random.Random, indexes: list[Index], names: list[str]) -> None:
    """The same random changes to each index, in one commit."""
    writers = [i.writer() for i in indexes]
    for _ in range(rng.choice([1, 3, 12])):
        name = rng.choice(names)
        document = random_document(rng, name)
        gone = rng.random() < 0.25
        for writer in writers:
            writer.delete(name) if gone else writer.put(document)
    if rng.random() < 0.05:
        for writer in writers:
            writer.clear()
    keep = rng.random() < 0.9
    for writer in writers:
        writer.commit() if keep else writer.cancel()


@pytest.mark.parametrize("engine", OTHERS)
@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_random_questions(engine: str, seed: int) -> None:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        want, got = INDEXES["reference"](Path(folder)), INDEXES[engine](Path(folder))
        names = [f"r{i}" for i in range(20)]
        held: list[tuple[Engine, Engine]] = []
        for _ in range(rng.randrange(1, 5)):
            change(rng, [want, got], names)
            held.append((got.engine(), want.engine()))
            for _ in range(6):
                agree(*held[-1], random_query(rng))
            assert held[-1][0].sources() == held[-1][1].sources()
        agree(*held[0], random_query(rng))
        for name in names[:4]:
            if name in want.engine().sources():
                query = random_query(rng)
                theirs, ours = (
                    want.engine().explain(query, name),
                    got.engine().explain(query, name),
                )
                assert ours["total"] == pytest.approx(theirs["total"], rel=1e-6)
                assert {str(p["note"]) for p in ours["parts"]} == {
                    str(p["note"]) for p in theirs["parts"]
                }
        assert AGENCIES
