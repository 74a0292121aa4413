"""Did you mean: what is misspelt is put right, what is not is left alone, and every suggestion
finds something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis.readings import alike, blurred, homophones, near_homophones
from index.assist.corrections import MAX_CORRECTIONS, misspellings
from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer
from index.model.errors import QueryError
from index.model.report import Report
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher

TEXTS = (
    "政府信息公开工作年度报告。主动公开政府信息，依申请公开收费情况，行政复议案件。",
    "龙岗区科技创新局信息公开年度报告，规范性文件公开。已公开的办法，未公开的说明。",
    "沭阳县人民政府信息公开指南，公开目录，行政诉讼与行政复议。",
)


@contextmanager
def searching(folder: Path, reports: Sequence[Report]) -> Iterator[Searcher]:
    place = Settings(index=folder)
    writer = open_writer(place)
    for report in reports:
        writer.put(analyse(report, "digest"))
    writer.commit()
    engine = open_engine(place)
    yield Searcher(engine)
    engine.close()


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    reports = [
        Report(
            id=f"r{i}",
            source="made",
            title=f"第{i}号年度报告",
            text=TEXTS[i % 3],
            agency=("深圳市龙岗区科技创新局", "沭阳县人民政府")[i % 3 == 2],
            region=["江苏省", "宿迁市", "沭阳县"]
            if i % 3 == 2
            else ["广东省", "深圳市", "龙岗区"],
        )
        for i in range(30)
    ]
    with searching(tmp_path_factory.mktemp("index") / "i", reports) as made:
        yield made


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("年渡报告", "年度报告"),
        ("信习公开", "信息公开"),
        ("信息公丌", "信息公开"),
        ("行政复义", "行政复议"),
        ("行政覆義", "行政覆議"),
        ('"行政复仪案件"', '"行政复议案件"'),
        ("沐阳县", "沭阳县"),
        ("龙刚区 信息公开", "龙岗区 信息公开"),
        ("龍剛區 資料公開", None),
        ("信公息开", "信息公开"),
        ("年度报报告 收费", "年度报告 收费"),
        ("title:年渡报告", "title:年度报告"),
        ("年渡报告 -收费", "年度报告 -收费"),
        ("(年渡报告 OR 指难)", "(年度报告 OR 指南)"),
        ("xinxi gongkai", "信息公开"),
        ("xinxigongkai", "信息公开"),
        ("資訊", "信息"),
        ('"資訊"', '"信息"'),
        ("資訊 年度报告", "信息 年度报告"),
        ("資訊 OR 影片", "信息 OR 视频"),
        ("資訊 -影片", "信息 -视频"),
        ('資訊 -(影片 OR "簡訊 影音")', '信息 -(视频 OR "短信视频")'),
        ("資訊 -level:县 -line:教育", "信息 -level:县 -line:教育"),
        ('資訊 !"資訊處"', '信息 !"信息处"'),
        ("資訊*", "信息*"),
        ("title:年度 資訊?開", "title:年度 信息?开"),
        ("影片", None),
        ('"資訊 公開"~10', '"信息 公開"~10'),
        ('"資訊公開"~10', '"信息公开"~10'),
        ("資訊 NEAR/10 公開", "信息 NEAR/10 公開"),
        ("““資訊””", "““信息””"),
        ("數位", None),
        ("一线上班", None),
        ("niandu baogao 收费", "年度报告 收费"),
        ('"龙岗区科技新局"', '"龙岗区科技创新局"'),
    ],
)
def test_meant(searcher: Searcher, typed: str, meant: str | None) -> None:
    answer = searcher.search(SearchRequest(q=typed))
    assert (answer.query.suggestions[:1] or (None,))[0] in (
        meant,
        meant and meant.replace("議", "议"),
    )
    assert answer.query.q == typed
    for suggestion in answer.query.suggestions:
        assert searcher.search(SearchRequest(q=suggestion, match="whole")).total


@pytest.mark.parametrize(
    "typed",
    [
        "年度报告",
        "行政复议收费",
        "",
        "信息公开 收费",
        "公开*",
        "12",
        "abc:def",
        "agency:没有的局",
        "-收费",
    ],
)
def test_what_is_right_is_left_alone(searcher: Searcher, typed: str) -> None:
    try:
        answer = searcher.search(SearchRequest(q=typed))
    except QueryError:
        return
    assert answer.query.suggestions == ()


def test_only_under_the_filters(searcher: Searcher) -> None:
    elsewhere = SearchRequest(
        q="沐阳县", filters={"agency": ("深圳市龙岗区科技创新局",)}
    )
    assert searcher.search(elsewhere).query.suggestions == ()
    assert searcher.search(SearchRequest(q="年渡报告", page=2)).query.suggestions == ()


@settings(max_examples=40)
@given(q=st.text(alphabet='年渡报告信息公开行政 ab"-()12。*', max_size=12))
def test_any_query(searcher: Searcher, q: str) -> None:
    try:
        answer = searcher.search(SearchRequest(q=q, facets=(), snippets=0))
    except QueryError:
        return
    assert len(answer.query.suggestions) <= MAX_CORRECTIONS
    assert q not in answer.query.suggestions
    for suggestion in answer.query.suggestions:
        assert searcher.search(
            SearchRequest(q=suggestion, match="all", facets=(), snippets=0)
        ).total


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("資訊", ("信息",)),
        ("資訊*", ("信息*",)),
        ("網路*", ("网络*",)),
        ("網路", ()),  # the mainland's word is searched too
        ("視訊", ("视频",)),
        ("透過", ()),  # 通过 has five times as many reports only
        ("數位", ()),  # 数字 stands in two reports, 位数 in one
        ("专案", ()),  # 项目 stands in no report
    ],
)
def test_a_word_of_taiwan_is_offered_as_the_mainland_says_it(
    tmp_path: Path, typed: str, offered: tuple[str, ...]
) -> None:
    rare = ("资讯，透过。", "透过，数字。", "透过，数字，位数。")
    texts = ["信息，网络，视频，通过。"] * 15 + list(rare)
    reports = [
        Report(id=f"r{n}", source="made", title=f"第{n}号", text=text)
        for n, text in enumerate(texts)
    ]
    with searching(tmp_path / "i", reports) as searcher:
        answer = searcher.search(SearchRequest(q=typed))
        assert answer.query.suggestions == offered
        second = SearchRequest(q=typed, page=2)
        assert searcher.search(second).query.suggestions == ()


def test_two_slips_in_one_run(searcher: Searcher) -> None:
    assert misspellings(searcher.engine, "年渡保告")[0].text == "年度报告"


def test_readings() -> None:
    assert "度" in homophones("渡")
    assert "渡" not in homophones("渡")
    assert "身" in near_homophones("生")
    assert blurred("shang") == blurred("san") == "san"
    assert "沭" in alike("沐")
    assert homophones("x") == near_homophones("。") == alike("年") == ""
