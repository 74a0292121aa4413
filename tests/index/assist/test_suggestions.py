"""Completions: of words and names, in either script, by pinyin, most useful first."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import pytest

from index.assist.vocabulary import Entry, Vocabulary
from index.engines.opening import open_engine, open_writer
from index.model.report import Report
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from tests.index.assist.test_corrections import searching
from tests.indexes import write_index

TITLES = (
    *(
        "坪山区2015年工作报告",
        "坪山区工作报告（2016年）",
        "坪山区“放管服”报告",
        "坪山区工作报告",
        "坪山区工作报告",
    ),
    *("坪山区 2020 报告", '坪山"区"报告'),
)
TEXT = (
    "政府信息公开条例，行政复议案件，行政许可收费，信息处理费，银行业，公布{}，全面覆盖"
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    reports = [
        Report(
            id=f"r{i}",
            source="made",
            title=TITLES[i],
            year=2015 + i,
            text=TEXT.format("收费" if i else "复议"),
            agency=("深圳市龙岗区科技创新局", "龙南市人民政府", "深圳市教育局")[i % 3],
            region=["江西省", "赣州市", "龙南市"]
            if i % 3 == 1
            else ["广东省", "深圳市"],
        )
        for i in range(7)
    ]
    with searching(tmp_path_factory.mktemp("index") / "i", reports) as made:
        yield made


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("信息", ("信息公开条例", "word", 7)),
        ("條", ("条例", "word", 7)),
        # in Taiwan wording 信息 is 資訊
        ("資訊", ("信息公开条例", "word", 7)),
        ("資訊公", ("信息公开条例", "word", 7)),
        ("資訊公開", ("信息公开条例", "word", 7)),
        ("行政許", ("行政许可", "word", 7)),
        ("xinx", ("信息公开条例", "word", 7)),
        ("xxgk", ("信息公开条例", "word", 7)),
        ("yinh", ("银行业", "word", 7)),
        ("XINXI", ("信息公开条例", "word", 7)),
        # its form is 复盖, which nobody prints
        ("覆", ("覆盖", "word", 7)),
        ("fugai", ("覆盖", "word", 7)),
        ("收费 行政许", ("收费 行政许可", "word", 7)),
        ("龍南", ("龙南市人民政府", "agency", 2)),
        ("龙岗", ("深圳市龙岗区科技创新局", "agency", 3)),
        ("longnan", ("龙南市人民政府", "agency", 2)),
        ("广东", ("广东省", "region", 5)),
        ("深", ("广东省/深圳市", "region", 5)),
    ],
)
def test_first(searcher: Searcher, typed: str, first: tuple[str, str, int]) -> None:
    found = searcher.suggest(typed, 5)
    assert first in [(s.text, s.kind, s.count) for s in found[:2]]


@pytest.mark.parametrize("typed", ["", " ", "。", "没有这样的", "\x00", "qqqq"])
def test_nothing(searcher: Searcher, typed: str) -> None:
    assert searcher.suggest(typed, 5) == []


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("坪山区", ["坪山区 2020 报告", "坪山区工作报告", "坪山区“放管服”报告"]),
        (
            "坪山區 工作",
            ["坪山区工作报告", "坪山区工作报告(2016年)", "坪山区2015年工作报告"],
        ),
        ("坪山区 2015", ["坪山区2015年工作报告"]),
        ("title:放管", ["坪山区“放管服”报告"]),
        ("agency:坪山", []),
        ("-坪山", []),
        ("坪山 level:县区级 工作", []),
    ],
)
def test_titles(searcher: Searcher, typed: str, titles: list[str]) -> None:
    found = searcher.suggest(typed, 8)
    assert [
        s.text.replace("（", "(").replace("）", ")") for s in found if s.kind == "title"
    ] == titles


def test_titles_that_tell_nothing_are_not_offered(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.assist.suggestions.FEW_TITLES", 3)
    assert {s.kind for s in searcher.suggest("坪山区", 8)} <= {
        "agency",
        "region",
        "word",
    }
    assert [s.text for s in searcher.suggest("放管服", 8)] == ["坪山区“放管服”报告"]


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("收费 龙岗", "收费 agency:深圳市龙岗区科技创新局"),
        ("agency:教育", "agency:深圳市教育局"),
        ("-agency:教育", "-agency:深圳市教育局"),
        ("region:龙", "region:江西省/赣州市/龙南市"),
        ("agency~:龙南", "agency~:龙南市人民政府"),
        ("公开 -行政许", "公开 -行政许可"),
        ("(行政许", "(行政许可"),
        ("“行政许", '"行政许可"'),
        ("坪山区 工作报告（", 'title:"坪山区工作报告（2016年）"'),
        ("公开 title:坪山区2015", '公开 title:"坪山区2015年工作报告"'),
    ],
)
def test_the_query_of_a_completion(searcher: Searcher, typed: str, query: str) -> None:
    assert query in [s.query for s in searcher.suggest(typed, 8)]


@pytest.mark.parametrize(
    "typed", ["坪山", "龙", "广", "江西", "行政", "信", "title:坪山"]
)
def test_a_completion_finds_as_many_reports_as_it_says(
    searcher: Searcher, typed: str
) -> None:
    found = searcher.suggest(typed, 8)
    assert found
    for s in found:
        assert searcher.search(SearchRequest(q=s.query, match="all")).total == s.count


def test_size_and_order(searcher: Searcher) -> None:
    assert len(searcher.suggest("行", 1)) == 1
    assert len({s.text for s in searcher.suggest("信", 10)}) == len(
        searcher.suggest("信", 10)
    )


def test_made_once_a_snapshot(searcher: Searcher) -> None:
    snapshot = searcher.snapshot
    assert snapshot.vocabulary is snapshot.vocabulary
    assert snapshot.names is snapshot.names
    assert snapshot.values("region") is snapshot.values("region")


def test_pinyin_of_several_words() -> None:
    words = Vocabulary(
        [
            Entry(w, w, "word", n)
            for w, n in (("信息", 9), ("公开", 8), ("新西", 1), ("信息公", 1))
        ]
    )
    assert words.spelt("xinxigongkai")[0] == "信息公开"
    assert words.spelt("xinxi gongkai")[0] == "信息公开"
    assert words.spelt("xinxix") == words.spelt("x") == words.spelt("") == []
    assert words.spelt("x" * 500) == []


def test_near() -> None:
    names = Vocabulary(
        [
            Entry(w, w, "agency", 1)
            for w in ("龙岗区教育局", "龙岗区教育厅局", "龙岗教育局")
        ]
    )
    assert {f for f, _ in names.near("龙岗区教育局")} == {
        "龙岗区教育厅局",
        "龙岗教育局",
    }
    assert {f for f, _ in names.near("龙钢区教育菊")} == {"龙岗区教育局"}
    assert names.near("完全不同的名字") == Vocabulary([]).near("龙岗区") == []


def test_what_is_known_of_a_snapshot_does_not_keep_it_alive(tmp_path: Path) -> None:
    """Else a server that completes and corrects would keep the files and tables of every commit for
    good.
    """
    report = Report(id="r", source="made", text=TEXT, agency="深圳市教育局")
    with searching(tmp_path, [report]):
        searcher = Searcher.open(Settings(index=tmp_path))
    assert searcher.suggest("深圳", 5)
    assert searcher.search(SearchRequest(q="公布 agency:教育")).total
    snapshot = ref(searcher.engine)
    del searcher
    gc.collect()
    assert snapshot() is None


def test_a_word_of_a_deleted_report_is_not_offered(tmp_path: Path) -> None:
    texts = {"a": "海边有鲸鲨。", "b": "海边有水獭。", "c": "河里有水獭。"}
    reports = [Report(id=i, source=i, title="报告", text=t) for i, t in texts.items()]
    settings = write_index(tmp_path / "index", reports)
    writer = open_writer(settings)
    writer.delete("a")
    writer.delete("c")
    writer.commit()
    with contextlib.closing(open_engine(settings)) as engine:
        searcher = Searcher(engine)
        assert searcher.suggest("鲸", 5) == searcher.suggest("jingsha", 5) == []
        (offered,) = searcher.suggest("shuita", 5)
        total = searcher.search(SearchRequest(q=offered.query)).total
        assert (offered.text, offered.count, total) == ("水獭", 1, 1)


def test_a_word_is_offered_with_what_its_search_finds(searcher: Searcher) -> None:
    seen = 0
    for typed in ("信", "行政", "公", "xingzheng", "bao", "年"):
        for offered in searcher.suggest(typed, 8):
            if offered.kind == "word":
                found = searcher.search(SearchRequest(q=offered.query, match="whole"))
                assert offered.count == found.total, offered
                seen += 1
    assert seen > 8
