"""The same report on several sites is one hit when that is asked for, with its copies listed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from index.documents.builder import analyse, copy_number
from index.engines.opening import open_engine, open_writer
from index.model.report import Report
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher

BODY = (
    "根据政府信息公开条例，现公布本机关年度报告。本年主动公开规范性文件{n}件，收到依申请公开{n}件，均按时答复。"
    * 6
)
TRADITIONAL = (
    "根據政府信息公開條例，現公布本機關年度報告。本年主動公開規範性文件{n}件，收到依申請公開{n}件，均按時答覆。"
    * 6
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    settings = Settings(index=tmp_path_factory.mktemp("folding"))
    texts = {
        "a": BODY.format(n=7),
        "mirror": BODY.format(n=7).replace("，", "\n，"),
        "traditional": TRADITIONAL.format(n=7),
        "other": BODY.format(n=8),
        "short": "政府信息公开。",
        "short2": "政府信息公开。",
    }
    for part in (["a", "other", "short"], ["mirror", "traditional", "short2"]):
        writer = open_writer(settings)
        for name in part:
            report = Report(
                name,
                f"{name}.txt",
                texts[name],
                title="报告",
                level="省级" if name == "a" else "地市级",
            )
            writer.put(analyse(report, "d"))
        writer.commit()
    engine = open_engine(settings)
    yield Searcher(engine)
    engine.close()


def test_nothing_is_folded_unasked(searcher: Searcher) -> None:
    answer = searcher.search(SearchRequest(q="公开", size=50))
    assert answer.total == 6
    assert all(h.copies == () for h in answer.hits)


def test_copies_are_one_hit(searcher: Searcher) -> None:
    answer = searcher.search(SearchRequest(q="公开", fold=True, size=50))
    assert answer.total == len(answer.hits) == 4
    (folded,) = [h for h in answer.hits if h.copies]
    assert {folded.id, *(c.id for c in folded.copies)} == {"a", "mirror", "traditional"}
    assert sum(v.count for v in answer.facets["level"].values) == 4
    assert answer.occurrences == sum(h.occurrences or 0 for h in answer.hits)


def test_pages_and_totals_agree(searcher: Searcher) -> None:
    pages = [
        searcher.search(SearchRequest(q="公开", fold=True, size=1, page=n))
        for n in range(1, 6)
    ]
    assert len({h.id for p in pages for h in p.hits}) == 4
    assert pages[3].next is None
    assert "fold=on" in (pages[0].next or "")


def test_what_a_copy_is() -> None:
    assert copy_number("公开。") is None
    assert copy_number(BODY) == copy_number(BODY.replace("。", " "))
    assert copy_number(BODY.format(n=1)) != copy_number(BODY.format(n=2))


def test_letters_and_digits_of_every_script_make_the_number() -> None:
    every = "".join(map(chr, range(0x10000)))
    letters = re.sub(r"[\W_]+", "", every)
    assert (
        copy_number(every)
        == copy_number(letters)
        == copy_number("。_" + letters + "\ud800")
    )
    assert copy_number(letters) != copy_number(letters[1:])
    assert (
        copy_number("𠮷" + letters)
        == copy_number("_𠮷。" + letters)
        != copy_number(letters)
    )
