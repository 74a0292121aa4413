"""Completions: of words and names, in either script, by pinyin, most useful first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.report import Report
from index.search import Searcher
from index.vocabulary import Entry, Vocabulary, vocabulary
from tests.index.test_corrections import searching

TEXT = "政府信息公开条例，行政复议案件，行政许可收费，信息处理费，银行业，公布{}"


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    reports = [
        Report(
            id=f"r{i}",
            source="made",
            title="报告",
            text=TEXT.format("收费" if i else "复议"),
            agency=("深圳市龙岗区科技创新局", "龙南市人民政府", "深圳市教育局")[i % 3],
            region=["江西省", "赣州市", "龙南市"] if i % 3 == 1 else ["广东省", "深圳市"],
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
        ("xinx", ("信息公开条例", "word", 7)),
        ("xxgk", ("信息公开条例", "word", 7)),
        ("yinh", ("银行业", "word", 7)),
        ("XINXI", ("信息公开条例", "word", 7)),
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


def test_size_and_order(searcher: Searcher) -> None:
    assert len(searcher.suggest("行", 1)) == 1
    assert len({s.text for s in searcher.suggest("信", 10)}) == len(searcher.suggest("信", 10))


def test_made_once_a_snapshot(searcher: Searcher) -> None:
    assert vocabulary(searcher.engine) is vocabulary(searcher.engine)


def test_pinyin_of_several_words() -> None:
    words = Vocabulary([Entry(w, w, "word", n) for w, n in (("信息", 9), ("公开", 8), ("新西", 1), ("信息公", 1))])
    assert words.spelt("xinxigongkai")[0] == "信息公开"
    assert words.spelt("xinxi gongkai")[0] == "信息公开"
    assert words.spelt("xinxix") == words.spelt("x") == words.spelt("") == []
    assert words.spelt("x" * 500) == []


def test_near() -> None:
    names = Vocabulary([Entry(w, w, "agency", 1) for w in ("龙岗区教育局", "龙岗区教育厅局", "龙岗教育局")])
    assert {f for f, _ in names.near("龙岗区教育局")} == {"龙岗区教育厅局", "龙岗教育局"}
    assert {f for f, _ in names.near("龙钢区教育菊")} == {"龙岗区教育局"}
    assert names.near("完全不同的名字") == Vocabulary([]).near("龙岗区") == []
