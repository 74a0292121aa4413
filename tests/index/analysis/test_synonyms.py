"""Synonyms: a reviewed table, off unless asked for, and said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.analysis.normaliser import fold_line
from index.analysis.synonyms import groups, synonyms
from index.model.report import Report
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from tests.index.assist.test_corrections import searching

TEXTS = {
    "a": "办理信访件。卫健委答复。",
    "b": "接待来信来访。卫生健康委员会答复。",
    "c": "受理投诉。",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    reports = [
        Report(id=i, source="made", title="报告", text=text)
        for i, text in TEXTS.items()
    ]
    with searching(tmp_path_factory.mktemp("index") / "i", reports) as made:
        yield made


@pytest.mark.parametrize(
    ("q", "off", "on"),
    [
        ("信访", "a", "ab"),
        ("卫健委", "a", "ab"),
        ("衛健委", "a", "ab"),
        ("卫生健康委员会", "b", "ab"),
        ('"信访"', "a", "a"),
        ("信访 投诉", "", ""),
        ("报告 -信访", "bc", "c"),
        ("(信访 OR 投诉)", "ac", "abc"),
        ("投诉", "c", "c"),
    ],
)
def test_only_where_asked(searcher: Searcher, q: str, off: str, on: str) -> None:
    for synonymous, want in ((False, off), (True, on)):
        answer = searcher.search(SearchRequest(q=q, synonyms=synonymous, match="all"))
        assert "".join(sorted(h.id for h in answer.hits)) == want


def test_said(searcher: Searcher) -> None:
    off = searcher.search(SearchRequest(q="信访")).query
    assert (off.notes, off.synonyms) == ((), (("信访", ("来信来访",)),))
    on = searcher.search(SearchRequest(q="信访", synonyms=True)).query
    assert on.synonyms == off.synonyms
    assert on.notes == ("also searched: 来信来访 (means the same as “信访”)",)
    (note,) = on.note_codes
    assert note.message("zh-Hans") == "也检索了：来信来访（与“信访”同义）"
    assert searcher.search(SearchRequest(q="投诉", synonyms=True)).query.notes == ()
    assert "synonyms=on" in SearchRequest(q="信访", synonyms=True, explain=True).url()


def test_the_table() -> None:
    words = [w for group, _ in groups() for w in group]
    assert len(words) == len(set(words))
    assert 30 <= len(groups()) <= 60
    for group, reason in groups():
        assert len(group) > 1
        assert reason
        assert all(fold_line(w) == w for w in group)
        assert all(set(synonyms(w)) == set(group) - {w} for w in group)
