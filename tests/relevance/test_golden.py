"""The golden rankings stand.

A change of ranking is reviewed as a diff: `python -m tests.relevance.golden`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.search.searcher import Searcher
from tests.relevance.golden import FOLDER, QUERIES, corpus_searcher, ranking


@pytest.fixture(scope="module")
def searcher() -> Iterator[Searcher]:
    with corpus_searcher() as made:
        yield made


@pytest.mark.parametrize("name", QUERIES)
def test_ranking(searcher: Searcher, name: str) -> None:
    assert ranking(searcher, QUERIES[name]) == (FOLDER / f"{name}.txt").read_text(
        encoding="utf-8"
    )


def test_no_file_is_left_over() -> None:
    assert {p.stem for p in FOLDER.glob("*.txt")} == set(QUERIES)
