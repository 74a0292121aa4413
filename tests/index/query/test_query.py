"""The query language: what is typed, what is meant, and what is refused where."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model.errors import QueryError
from index.model.fields import FACET_NAMES
from index.model.problems import Code
from index.query import nodes
from index.query.evidence import evidence
from index.query.names import paths_called
from index.query.nodes import (
    AllOf,
    AnyOf,
    Everything,
    Keyword,
    Near,
    Not,
    Nothing,
    NumberRange,
    PathPrefix,
    String,
    Wildcard,
)
from index.query.parser import parse, unparse
from index.query.reference_numbers import spellings
from index.query.resolve import resolve
from index.query.syntax import And, Field, Negated, Or, Proximity, Quoted, Run, Syntax

AGENCIES = [
    "深圳市龙岗区文化广电旅游体育局",
    "衡阳市文化旅游广电体育局",
    "衡阳市教育局",
]
REGIONS = ["广东省", "广东省/深圳市", "广东省/深圳市/龙岗区", "湖南省/衡阳市"]


def values(name: str, part: str) -> list[str]:
    if name == "region" and part:
        return [REGIONS[number] for number in paths_called(REGIONS, part)]
    known = {"agency": AGENCIES, "region": REGIONS}.get(name, ["部门"])
    return [v for v in known if part in v]


def s(*forms: str, field: str | None = None, outside: tuple[str, ...] = ()) -> String:
    return String(forms, field, outside)


BRACKETS = (
    "()",
    "（）",
    "[]",
    "［］",
    "【】",
    "〖〗",
    "﹝﹞",
    "{}",
    "<>",
    "〈〉",
    "《》",
)
DOCUMENT = spellings("国办发(2019)5号")
MEANINGS = [
    ("公开", s("公开")),
    ("公開", s("公开")),
    ("信息公开", AllOf((s("信息"), s("公开")))),
    ("行政复议 收费", AllOf((s("行政复议"), s("收费")))),
    ('"复议案件"', s("复议案件")),
    ("“复议案件”", s("复议案件")),
    ("「複議案件」", s("复议案件")),
    ("公开 -收费", AllOf((Not(s("收费")), s("公开")))),
    ("公开 -收费-", AllOf((Not(s("收费")), s("公开")))),
    ("-公开～", Not(s("公开"))),
    ("-公开——", Not(s("公开"))),
    ("-title:公开～", Not(s("公开", field="title"))),
    ('-"公开-"', Not(s("公开-"))),
    ("-《公开》", Not(s("《公开》"))),
    ("-C++", Not(s("c++"))),
    ("(年报 OR -公开～)", AnyOf((s("年报"), Not(s("公开"))))),
    ("公开～ NEAR/10 收费。", Near((s("公开"), s("收费")), 10)),
    ('公开～ !"不予公开"', s("公开", outside=("不予公开",))),
    ("公开 NOT 收费", AllOf((Not(s("收费")), s("公开")))),
    ("公开 OR 公示", AnyOf((s("公开"), s("公示")))),
    ("公开 OR 公示 收费", AnyOf((s("公开"), AllOf((s("公示"), s("收费")))))),
    ("(公开 OR 公示) 收费", AllOf((AnyOf((s("公开"), s("公示"))), s("收费")))),
    ("（公开 OR 公示） 收费", AllOf((AnyOf((s("公开"), s("公示"))), s("收费")))),
    ("title:年报", s("年报", field="title")),
    ("规范性檔案", s("规范性档案", "规范性文件")),
    ("資訊公開", AllOf((s("资讯", "信息"), s("公开")))),
    (
        "資訊公開條例",
        AnyOf((AllOf((s("资讯"), s("公开"), s("条例"))), s("信息公开条例"))),
    ),
    ("资讯", s("资讯")),
    ("公?条例", Wildcard("公?条例")),
    ("公开*", Wildcard("公开*")),
    ("什么是公开?", AllOf((s("什么"), s("公开")))),
    ('"公开 收费"~10', Near((s("公开"), s("收费")), 10)),
    ('"公开 公开"~2', Near((s("公开"), s("公开")), 2)),
    ("公开 NEAR/10 收费", Near((s("公开"), s("收费")), 10)),
    ('公开 !"不予公开"', s("公开", outside=("不予公开",))),
    ('公开!"不予公开"', s("公开", outside=("不予公开",))),
    ("公开！“不予公开”", s("公开", outside=("不予公开",))),
    ('公开 ! "不予公开"', s("公开", outside=("不予公开",))),
    ("公开 ！  “不予公开”", s("公开", outside=("不予公开",))),
    ('公开! "不予公开"', AllOf((s("不予公开"), s("公开")))),
    ('! "不予公开"', s("不予公开")),
    ("公开 !“公示", AllOf((s("公开"), s("公示")))),
    ("国办发〔2019〕5号", s(*DOCUMENT)),
    *(
        (f"国办发{a}2019{b}5号", s(*DOCUMENT))
        for a, b in (
            "()",
            "（）",
            "[]",
            "【】",
            "﹝﹞",
            "{}",
            "<>",
            "〈〉",
            "《》",
            "「」",
            "『』",
            "“”",
            '""',
        )
    ),
    ("國辦發（２０１９）５號", s(*DOCUMENT)),
    ("国办发「2019」", AllOf((s("2019"), s("国办发")))),
    ("title:国办发(2019)5号", s(*DOCUMENT, field="title")),
    ("-国办发(2019)5号", Not(s(*DOCUMENT))),
    ("(国办发(2019)5号 OR 收费)", AnyOf((s(*DOCUMENT), s("收费")))),
    ("国办发(2019 OR 2020)", AllOf((AnyOf((s("2019"), s("2020"))), s("国办发")))),
    ('"国办发(2019)5号"', s("国办发(2019)5号")),
    ("（2019）粤03行终512号", s("(2019)粤03行终512号")),
    ("A-1312/B", s("a-1312/b")),
    ("Ａ－１３１２／Ｂ", s("a-1312/b")),
    ("14.62亿元", s("14.62亿元", "14.62 亿元")),
    ("１４．６２億元", s("14.62亿元", "14.62 亿元")),
    ("1,462.5万元", s("1,462.5万元", "1,462.5 万元")),
    ("98.5%", s("98.5%", "98.5 %")),
    ("９８．５％", s("98.5%", "98.5 %")),
    ("0755-28950000", s("0755-28950000")),
    ("http://www.lg.gov.cn", s("http://www.lg.gov.cn")),
    ("时间:2019", AllOf((s("时间"), s("2019")))),
    ("公开（）收费", AllOf((s("公开"), s("收费")))),
    ('"行政复议"-收费', AllOf((s("行政复议"), Not(s("收费"))))),
    ('公开 AND"收费"', AllOf((s("收费"), s("公开")))),
    ('公开 NEAR/3"收费"', Near((s("公开"), s("收费")), 3)),
    ("「说“公开”的」", s('说"公开"的')),
    ("““公开””", s("公开")),
    ("「「公开」」", s("公开")),
    ('""公开"" "收费"', AllOf((s("公开"), s("收费")))),
    ("title:““公开””", s("公开", field="title")),
    ("“说“公开”的”", s('说"公开"的')),
    ("““公开”的”", s('"公开"的')),
    ("“公开“ “收费”", AllOf((s("公开"), s("收费")))),
    ("平台“为村“规模", AllOf((s("为村"), s("平台"), s("规模")))),
    # finds the reports whose year is unknown
    ("-year:1000..", Not(NumberRange("year", 1000, None))),
    ("-year:不详", Not(Keyword("year", ("",)))),
    ("published:不详", Not(NumberRange("published"))),
    ("发布日期：不詳", Not(NumberRange("published"))),
    ("applications_new:unknown", Not(NumberRange("applications_new"))),
    ("本年新收申请：不详", Not(NumberRange("applications_new"))),
    ("予以公开：不详的", AllOf((s("予以"), s("公开"), s("不详")))),
    ("-applications_new:不详", Not(Not(NumberRange("applications_new")))),
    ("agency~:不详 OR 公开", AnyOf((Keyword("agency", ("",)), s("公开")))),
    # in quotation marks it is a name, or text
    ('agency:"不详"', Nothing()),
    ("text:不详", s("不详", field="text")),
    ("年度不详", AllOf((s("年度"), s("不详")))),
    ("公开 ---收费", AllOf((s("公开"), s("收费")))),
    ("公开 、 收费", AllOf((s("公开"), s("收费")))),
    ("", Everything()),
    ("   ", Everything()),
]


@pytest.mark.parametrize(
    ("query", "meaning"), MEANINGS, ids=[m[0] or "empty" for m in MEANINGS]
)
def test_meaning(query: str, meaning: nodes.Node) -> None:
    assert resolve(parse(query), values).condition() == meaning


@pytest.mark.parametrize(
    ("query", "as_typed"),
    [
        ("公开 收费", True),
        ('"不予公开"', True),
        ("年度报告 2019", True),
        ("龙岗区教育局", True),
        ("公开 OR 收费", False),
        ("公开 -收费", False),
        ("公?条例", False),
        ("agency:教育局 公开", False),
        ("gongkai", False),  # may be pinyin
    ],
)
def test_what_stands_as_typed(query: str, as_typed: bool) -> None:
    pieces = evidence(parse(query)).pieces
    assert resolve(parse(query), values).stands_as_typed(pieces) == as_typed


FILTERS = [
    ("level:县区级", {"level": ("县区级",)}, {}),
    ("level:县区", {"level": ("县区级",)}, {}),
    ("agency:教育局", {"agency": ("衡阳市教育局",)}, {}),
    ("region:广东", {"region": ("广东省",)}, {}),
    ("region:深圳市", {"region": ("广东省/深圳市",)}, {}),
    ("region:广东省/深圳市", {"region": ("广东省/深圳市",)}, {}),
    ("year:2018", {"year": ("2018",)}, {}),
    ("year:2018..2020", {}, {"year": (NumberRange("year", 2018, 2020),)}),
    ("year:..2020", {}, {"year": (NumberRange("year", None, 2020),)}),
    (
        "applications_new:100..",
        {},
        {"applications_new": (NumberRange("applications_new", 100, None),)},
    ),
    (
        "applications_new:5",
        {},
        {"applications_new": (NumberRange("applications_new", 5, 5),)},
    ),
    ("年度：不详", {"year": ("",)}, {}),
    ("year:不詳", {"year": ("",)}, {}),
    ("year:Unknown year:2018", {"year": ("", "2018")}, {}),
    ("年度：2018、不详", {"year": ("2018", "")}, {}),
    ("agency:不详", {"agency": ("",)}, {}),
    ("region:不详", {"region": ("",)}, {}),
    ("region:不详,深圳", {"region": ("", "广东省/深圳市")}, {}),
    (
        "published:2019-03",
        {},
        {"published": (NumberRange("published", 737119, 737149),)},
    ),
    (
        "published:2019-03-11..",
        {},
        {"published": (NumberRange("published", 737129, None),)},
    ),
]


@pytest.mark.parametrize(
    ("query", "filters", "ranges"), FILTERS, ids=[f[0] for f in FILTERS]
)
def test_filters_of_the_top_level(
    query: str,
    filters: dict[str, tuple[str, ...]],
    ranges: dict[str, tuple[object, ...]],
) -> None:
    done = resolve(parse(query), values)
    assert (done.filters, done.ranges, done.condition()) == (
        filters,
        ranges,
        Everything(),
    )


@pytest.mark.parametrize("name", FACET_NAMES)
@pytest.mark.parametrize(
    "typed", ["不详", "不詳", "unknown", "UNKNOWN", "ｕｎｋｎｏｗｎ"]
)
def test_every_facet_can_be_asked_for_what_is_unknown(name: str, typed: str) -> None:
    assert resolve(parse(f"{name}:{typed}"), values).filters == {name: ("",)}


def test_filters_below_stay_where_they_are() -> None:
    done = resolve(parse("公开 -(level:县区级 region:深圳市)"), values)
    inner = AllOf(
        (Keyword("level", ("县区级",)), PathPrefix("region", (("广东省", "深圳市"),)))
    )
    assert done.condition() == AllOf((Not(inner), s("公开")))
    assert not done.filters


REFUSED = [
    ('"没有结束', 0),
    ("(公开", 0),
    ("公开)", 2),
    ("()", 0),
    ("OR 公开", 0),
    ("公开 OR", 5),
    ("NOT", 3),
    ("-", 1),
    ('""', 0),
    ("*", 0),
    ("公开 **", 3),
    ("？？？", 0),
    ("、", 0),
    ("公开 OR 、", 6),
    ("-、", 1),
    ("year:", 5),
    ("year:abc", 0),
    ("year:20188", 0),
    ("公开 applications_new:很多", 3),
    ("applications_new:..", 0),
    ("year:..", 0),
    ("published:2019-13", 0),
    ("published:昨天", 0),
    ("level:高级", 0),
    ('level:"不详"', 0),
    ('year:"不详"', 0),
    ("agency:a..b", 0),
    ("(公开 收费) NEAR/5 目录", 8),
    ('level:县区级 !"公开"', 10),
    ('level:县区级 ! "公开"', 10),
    ('公开 OR ! "公示"', 6),
    ("字" * 513, 512),
    (" ".join("一" * 33), 64),
    ("(" * 9 + "公开" + ")" * 9, 8),
    ("-" * 100, 0),
    ("-(" * 9 + "公开" + ")" * 9, 8),
    ("\x00", 0),
]


@pytest.mark.parametrize(
    ("query", "position"), REFUSED, ids=[r[0][:16] for r in REFUSED]
)
def test_refused_with_a_position(query: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        resolve(parse(query), values)
    assert caught.value.position == position
    assert caught.value.parameter == "q"
    assert caught.value.note.code.startswith("query.")


# ---------------------------------------------------------------------- properties
WORD = st.text(
    st.sampled_from("公开收费目录指南abc129-/"), min_size=1, max_size=6
).filter(lambda w: not w.startswith("-") and w not in ("OR", "AND", "NOT"))
TYPED = st.one_of(
    WORD,
    st.sampled_from(
        ["国办发(2019)5号", "（2019）粤03行终512号", "14.62亿元", "公开[2019]"]
    ),
)
TEXT = st.text(st.sampled_from("公开收费 目录abc"), min_size=1, max_size=8).filter(
    lambda t: t.strip()
)
OUTSIDE = st.lists(TEXT, max_size=2).map(tuple)
LEAVES: st.SearchStrategy[Syntax] = st.one_of(
    st.builds(Run, TYPED, st.just(0), OUTSIDE),
    st.builds(
        Quoted, TEXT, st.just(0), st.one_of(st.none(), st.integers(0, 99)), OUTSIDE
    ),
    st.builds(Field, st.sampled_from(["title", "agency", "level"]), WORD, st.just(0)),
    st.builds(
        Field, st.sampled_from(["title", "agency"]), TEXT, st.just(0), st.just(True)
    ),
    st.builds(
        lambda a, b: Field("year", "", 0, low=a, high=b, is_range=True),
        st.sampled_from(["2018", None]),
        st.just("2020"),
    ),
)


def trees(depth: int) -> st.SearchStrategy[Syntax]:
    if depth == 0:
        return LEAVES
    below = trees(depth - 1)
    many = st.lists(below, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        LEAVES,
        st.builds(Negated, below, st.just(0)),
        st.builds(And, many, st.just(0)),
        st.builds(Or, many, st.just(0)),
        st.builds(
            Proximity,
            st.lists(st.builds(Run, WORD, st.just(0)), min_size=2, max_size=3).map(
                tuple
            ),
            st.just(4),
            st.just(0),
        ),
    )


@given(trees(2))
@settings(max_examples=300)
def test_parse_print_parse_is_stable(tree: Syntax) -> None:
    printed = unparse(tree)
    try:
        once = parse(printed)
    except QueryError as error:
        limits = (Code.QUERY_TOO_LONG, Code.QUERY_TOO_MANY_CLAUSES, Code.QUERY_TOO_DEEP)
        assert error.note.code in limits, printed
        return
    assert once is not None
    assert unparse(once) == printed


@given(
    st.one_of(
        st.text(max_size=40),
        st.text(
            st.sampled_from('公开"“”()（） -!！*?~:/.ORANDNT129yeartil\x00\ud800'),
            max_size=40,
        ),
    )
)
@settings(max_examples=1500)
def test_no_query_crashes_or_matches_everything(query: str) -> None:
    assert_safe(query)


# What a query is made of: everything that means something, and some that should not.
PIECES = (
    *("公开收费的一A1" * 6),
    *'公开收费的一A1*?!~:/.,-()（）[]〔〕"“”「」＂ \t\x00\ud800%',
    *(
        "OR",
        "AND",
        "NOT",
        " OR ",
        " AND ",
        " NOT ",
        "NEAR/3",
        " NEAR/5 ",
        "title:",
        "year:",
        "level:",
        "agency~:",
        "2018..2020",
    ),
    *(
        '!"',
        '"~4',
        "国办发（2019）5号",
        "(2019)粤03行终5号",
        "14.62亿元",
        "published:",
        "http://",
        "--",
        "県",
    ),
)


@pytest.mark.slow
def test_a_hundred_thousand_random_queries() -> None:
    rng = random.Random(2019)
    for _ in range(100_000):
        assert_safe("".join(rng.choices(PIECES, k=rng.randrange(1, 24))))


def assert_safe(query: str) -> None:
    """It is refused at a position, or asks for something and prints to what asks for the same."""
    try:
        tree = parse(query)
        done = resolve(tree, values)
    except QueryError as error:
        assert 0 <= error.position <= len(query)
        return
    if tree is not None:
        assert resolve(parse(unparse(tree)), values).condition() == done.condition()
    if query.strip():
        assert done.condition() != Everything() or done.filters or done.ranges


@pytest.mark.parametrize(
    "typed",
    ["tables:统计表", "kind:报告", "tables:2018", "条线：胡说", "org_type:胡说"],
)
def test_a_value_that_no_report_can_have_is_refused_with_the_list(typed: str) -> None:
    with pytest.raises(QueryError) as refused:
        resolve(parse(typed), lambda _, __: [])
    assert refused.value.note.code is Code.QUERY_UNKNOWN_VALUE
    assert refused.value.note.facts["values"]


def test_values_are_named_as_the_pages_print_them() -> None:
    resolved = resolve(parse("tables:不符 kind:年報 level:区县"), values)
    assert resolved.filters == {
        "tables": ("inconsistent",),
        "kind": ("annual_report",),
        "level": ("县区级",),
    }
