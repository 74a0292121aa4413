"""What the pages offer to try shows over the sample corpus what it is offered for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.search.request import SearchRequest
from index.search.response import SearchResponse
from index.search.searcher import Searcher
from tests.relevance.golden import corpus_searcher
from webui.words.syntax import HELP_EXAMPLES, SYNTAX_ROWS, WORKED_EXAMPLES


@pytest.fixture(scope="module")
def searcher() -> Iterator[Searcher]:
    with corpus_searcher() as made:
        yield made


def answer(searcher: Searcher, q: str) -> SearchResponse:
    return searcher.search(SearchRequest(q=q, facets=()))


@pytest.mark.parametrize("q", [q for q, _ in (*SYNTAX_ROWS, *WORKED_EXAMPLES)])
def test_every_example_finds_something_just_as_it_stands(
    searcher: Searcher, q: str
) -> None:
    found = answer(searcher, q)
    assert found.total
    assert not found.query.relaxed
    assert found.query.explained


def test_what_the_help_page_shows_at_work(searcher: Searcher) -> None:
    shown = {name: answer(searcher, q) for name, q in HELP_EXAMPLES.items()}
    assert shown["relaxed"].total
    assert shown["relaxed"].query.relaxed
    assert "汶川" in (shown["named"].hits[0].title or "")
    assert shown["named"].hits[0].year == 2020
    assert shown["misspelt"].query.suggestions[0] == "行政复议"
    assert shown["synonym"].query.synonyms == (("信访", ("来信来访",)),)
