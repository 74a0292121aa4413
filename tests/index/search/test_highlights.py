"""A highlight points at the original: a thousand random strings of every script and damage, marked
and folded back.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.analysis.normaliser import fold, fold_line
from index.analysis.wording import is_taiwan_worded, mainland, mainland_text
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from indexer.build import build
from tests.conftest import CORPUS, SHARED

STRINGS = 1000


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    settings = Settings(
        index=Path(tmp_path_factory.mktemp("highlights")) / "index", jobs=1
    )
    seeds = SHARED / "corpus" / "seeds"
    build([CORPUS, *([seeds] if seeds.is_dir() else [])], settings)
    searcher = Searcher.open(settings)
    yield searcher
    searcher.engine.close()


def strings(searcher: Searcher, rng: random.Random) -> Iterator[tuple[str, str]]:
    """(report id, a string of its index form or of its wording), evenly over the reports."""
    reports = [searcher.engine.get(i) for i in sorted(searcher.engine.sources())]
    for n in range(STRINGS):
        found = reports[n % len(reports)]
        wording = found.contents.wording.get("text")
        form = (
            wording.form
            if wording is not None and n % 2
            else found.contents.texts["text"].form
        )
        start = rng.randrange(len(form))
        string = form[start : start + rng.choice((1, 2, 3, 4, 6, 9, 14))].strip()
        if (
            string
            and '"' not in string
            and "\n" not in string
            and any(c.isalnum() for c in string)
        ):
            yield found.id, string


def reads(display: str, string: str) -> bool:
    """Whether a marked text is the string, in its own wording or in that of the mainland."""
    own = fold_line(display)
    return own == string or string in mainland_text(own)


def test_marked_text_folds_to_the_query(searcher: Searcher) -> None:
    asked = marks = 0
    for report_id, string in strings(searcher, random.Random(11)):
        marked = searcher.marked(report_id, f'"{string}"')
        places = [marked.report.text[a:b] for a, b in marked.text_marks]
        assert places, (report_id, string)
        assert all(reads(p, string) for p in places), (report_id, string, places)
        asked, marks = asked + 1, marks + len(places)
    assert asked > STRINGS * 0.85
    assert marks > asked


def test_every_snippet_is_marked_where_the_string_stands(searcher: Searcher) -> None:
    for _, string in list(strings(searcher, random.Random(12)))[:150]:
        answer = searcher.search(SearchRequest(q=f'"{string}"', size=5, facets=()))
        assert answer.total
        for hit in answer.hits:
            places = [s.text[a:b] for s in hit.snippets for a, b in s.marks]
            places += [(hit.title or "")[a:b] for a, b in hit.title_marks]
            assert places, (hit.source, string)
            assert all(reads(p, string) for p in places), (hit.source, string, places)


def test_taiwan_worded_samples_are_among_them(searcher: Searcher) -> None:
    forms = [
        searcher.engine.get(i).contents.texts["text"].form
        for i in searcher.engine.sources()
    ]
    assert sum(is_taiwan_worded(f) for f in forms) >= 2
    assert mainland(fold("規範性檔案")) is not None


@pytest.mark.parametrize(
    "query",
    [
        "信息公开",
        "公开 OR 公示",
        '公开 !"不予公开"',
        '"公开 收费"~10',
        "政府*公开",
        "規範性檔案 公开",
        "在线 优化",
        "文件 档案",
        "线 在线",
    ],
)
def test_what_is_counted_is_what_is_marked(searcher: Searcher, query: str) -> None:
    answer = searcher.search(SearchRequest(q=query, size=100, facets=(), snippets=0))
    assert answer.total
    for hit in answer.hits:
        marked = searcher.marked(hit.id, query)
        assert len(marked.title_marks) + len(marked.text_marks) == hit.occurrences, (
            hit.source
        )
