"""A query said back in words, and the parts of a score."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.model.problems import Code, Note
from index.model.report import Report
from index.query.explain import in_words
from index.query.parser import FIELDS, parse
from index.query.syntax import And, Field, Negated, Or, Proximity, Quoted, Run, Syntax
from index.search.hits import _with_shares
from index.search.request import SearchRequest
from index.search.response import ScorePart
from index.search.searcher import Searcher
from tests.index.assist.test_corrections import searching


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", ""),
        ("收费", "全文含“收费”"),
        ("信息公开收费", "全文含“信息”“公开”“收费”各词"),
        ("資訊公開", "全文含“资讯”“公开”各词（也含大陆说法“信息公开”）"),
        ('"規範性檔案"', "全文逐字含“規範性檔案”（也含大陆说法“规范性文件”）"),
        ("国办发（2019）5号", "全文含“国办发（2019）5号”"),
        ("收费 -免费", "全文含“收费”，不含“免费”"),
        ('"行政复议案件"', "全文逐字含“行政复议案件”"),
        ('-"不予公开"', "全文不逐字含“不予公开”"),
        ('"公开 收费"~10', "全文“公开 收费”各词相距不超过 10 字"),
        ('公开 !"不予公开"', "全文含“公开”（不计“不予公开”之内的）"),
        ("公开*", "全文含形如“公开*”的字串"),
        ('公开* !"公开栏"', "全文含形如“公开*”的字串"),
        (
            "收费 (公开 公示 OR 公布)",
            "全文含“收费”，并且（（含“公开”，并且含“公示”），或者含“公布”）",
        ),
        ("-(收费 OR 费用)", "全文不符合（含“收费”或“费用”）"),
        ("agency:文旅局", "机关名称含“文旅局”或以此简称"),
        ("agency~:文旅局", "机关为“文旅局”及其前身、后继"),
        ("region:广东省 year:2018", "地区为“广东省”及其下辖；年度 2018"),
        ("year:不詳 agency:unknown", "年度不详；机关不详"),
        (
            "published:不详 -applications_new:不详",
            "全文不符合（本年新收申请不详）；公布日期不详",
        ),
        ('agency:"不详"', "机关名称含“不详”或以此简称"),
        ("year:2018.. published:..2019-03", "年度 2018 起；公布日期 2019-03 止"),
    ],
)
def test_in_words(typed: str, said: str) -> None:
    assert in_words(parse(typed)) == said


TEXTS = st.text(alphabet='公开收费行政 a1*?。"-(', min_size=1, max_size=6)
STRINGS = st.builds(Run, TEXTS, st.just(0), st.tuples() | st.tuples(TEXTS)) | st.builds(
    Quoted,
    TEXTS,
    st.just(0),
    st.none() | st.integers(0, 9),
    st.tuples() | st.tuples(TEXTS),
)
ENDS = st.none() | st.sampled_from(["2018", "2019-03"])
FIELD = st.builds(
    Field,
    st.sampled_from(FIELDS),
    TEXTS,
    st.just(0),
    st.booleans(),
    ENDS,
    ENDS,
    st.booleans(),
)
TREES: st.SearchStrategy[Syntax] = st.recursive(
    STRINGS
    | FIELD
    | st.builds(Proximity, st.tuples(STRINGS, STRINGS), st.integers(0, 9), st.just(0)),
    lambda inner: (
        st.builds(Negated, inner, st.just(0))
        | st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple), st.just(0))
        | st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple), st.just(0))
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(tree=TREES)
@example(tree=Run("?", 0))
@example(tree=And((Run("～", 0), Run("?", 0)), 0))
def test_any_tree_can_be_said(tree: Syntax) -> None:
    assert in_words(tree)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    bodies = (
        ("深圳市龙岗区科技创新局", "龙岗区"),
        ("深圳市罗湖区科技创新局", "罗湖区"),
    )
    reports = [
        Report(
            id=f"{place}{year}",
            source="made",
            title=f"{agency}年度报告" if year % 2 else f"{agency}{year}年报告",
            text=f"科技创新 龙岗区 罗湖区 信息公开。2017 2018 2019 {'科技 ' * (2020 - year)}",
            agency=agency,
            year=year,
            region=["广东省", "深圳市", place],
        )
        for agency, place in bodies
        for year in (2017, 2018, 2019)
    ]
    with searching(tmp_path_factory.mktemp("index") / "i", reports) as made:
        yield made


@pytest.mark.parametrize(
    "q", ["科技", "龙岗区 2018 科技创新", "科技 没有的词 龙岗区", "科技 -没有"]
)
def test_a_score_is_the_sum_of_its_parts(searcher: Searcher, q: str) -> None:
    answer = searcher.search(SearchRequest(q=q, explain=True))
    assert answer.hits
    for hit in answer.hits:
        assert hit.explanation is not None
        assert sum(p.value for p in hit.explanation) == pytest.approx(
            hit.score, abs=1e-3
        )
        shares = [part.share for part in hit.explanation]
        assert sum(shares) == pytest.approx(100)
        assert min(shares) > 0
        assert shares == sorted(shares, reverse=True)
    read = answer.query
    assert read.explained == in_words(parse(q), mode=read.matched, words=read.words)
    assert all(h.explanation is None for h in searcher.search(SearchRequest(q=q)).hits)


def part_worth(value: float) -> ScorePart:
    return ScorePart.of(Note(Code.SCORE_WORD, {"text": "公开"}), value, None)


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        ((3.0, 1.0), (75.0, 25.0)),
        ((1.0, 1.0, 1.0), (33.34, 33.33, 33.33)),
        ((9000.0, 0.001, 0.0), (99.98, 0.01, 0.01)),
        ((5.0,), (100.0,)),
        ((), ()),
        ((0.0,), ()),
    ],
)
def test_shares_are_never_nothing_and_give_a_hundred(
    values: tuple[float, ...], shares: tuple[float, ...]
) -> None:
    parts = [part_worth(value) for value in values]
    assert tuple(part.share for part in _with_shares(parts)) == shares


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("龙岗区 2018 科技创新", "龙岗区2018"),
        ("龍崗區 2018 科技創新", "龙岗区2018"),
        ("2019 罗湖 科技创新", "罗湖区2019"),
        ("罗湖区科技创新局 2017", "罗湖区2017"),
    ],
)
def test_what_is_named_comes_first(searcher: Searcher, q: str, first: str) -> None:
    answer = searcher.search(SearchRequest(q=q, explain=True, match="words"))
    assert answer.hits[0].id == first
    named = [
        p.name for p in answer.hits[0].explanation or () if p.name.startswith("boost")
    ]
    assert len(named) == 2
    everything = searcher.search(SearchRequest(q="科技创新"))
    assert answer.total == everything.total == 6  # what is named excludes nothing


def test_the_name_of_a_number_has_no_colon() -> None:
    assert in_words(parse("行政复议维持：5")) == "行政复议维持 5"
    assert in_words(parse("规章本年制发：1..3")) == "规章本年制发 1 至 3"


@pytest.mark.parametrize(
    ("typed", "mode", "said"),
    [
        ("《行政复议》", "words", "全文含“行政复议”"),
        ("《行政复议》", "whole", "全文含“《行政复议》”"),
        ("公开😀", "words", "全文含“公开”"),
        ("#公開", "words", "全文含“公開”"),
        ("C++", "words", "全文含“C”"),
        ("‘行政复议’", "whole", "全文含“行政复议”"),
        ("公??", "whole", "全文含“公”"),
        ("什么是公开？", "whole", "全文含“什么是公开”"),
        ("行政复议", "words", "全文含“行政复议”"),
        ("-公开～", "words", "全文不含“公开”"),
        ("公开～", "whole", "全文含“公开”"),
        ("公开～ NEAR/5 收费-", "words", "全文“公开”与“收费”相距不超过 5 字"),
        ("公开 -收费标准", "words", "全文含“公开”，不含“收费标准”"),
        (
            "公开 -(收费标准 OR 年报)",
            "words",
            "全文含“公开”，不符合（含“收费标准”或“年报”）",
        ),
        ('"公开"”', "whole", "全文逐字含“公开”"),
        ("公开 、 ~ 收费", "words", "全文含“公开”，并且含“收费”"),
        ("、 level:县", "whole", "层级为县"),
        ("的 公开", "whole", "全文含“的”，并且含“公开”"),
        ("的 公开", "words", "全文含“公开”"),
        ("的 (公开 OR 年报)", "words", "全文含“公开”或“年报”"),
        ("的 -公开", "words", "全文含“的”，不含“公开”"),
        ("的 level:县", "words", "全文含“的”；层级为县"),
        ("““公开””", "whole", "全文逐字含“公开”"),
        ('"公开”“收费"', "whole", "全文逐字含「公开”“收费」"),
        ('公开 !"不”公开"', "whole", "全文含“公开”（不计「不”公开」之内的）"),
        ('公开- !"不公开"', "words", "全文含“公开”（不计“不公开”之内的）"),
    ],
)
def test_only_what_was_found_is_said_to_stand(typed: str, mode: str, said: str) -> None:
    assert in_words(parse(typed), mode=mode) == said


@pytest.mark.parametrize(
    ("typed", "words", "said"),
    [
        ('"公开" 无人知晓', ("公开",), "全文逐字含“公开”"),
        (
            '"公开" 无人 知晓',
            ("公开", "知晓"),
            "全文含“知晓”中的部分词语，并且逐字含“公开”",
        ),
        ("year:2018", (), "年度 2018"),
    ],
)
def test_of_any_words_those_are_named_of_which_some_stand(
    typed: str, words: tuple[str, ...], said: str
) -> None:
    assert in_words(parse(typed), mode="any", words=words) == said
