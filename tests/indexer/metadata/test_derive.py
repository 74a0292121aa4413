"""Whose report, of which level, where, for which year: hard cases as data, and what holds for all
of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.model.problems import Code, Facts, Problem
from index.model.report import LEVELS, Fact
from indexer.metadata import Derived, HostTable, derive
from indexer.overrides import Overrides
from indexer.page import Known, Page, Source

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data/metadata/cases.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
FIELDS = (
    "title",
    "agency",
    "level",
    "org_type",
    "line",
    "region",
    "year",
    "period",
    "published",
    "scope",
)


def source(**known: Any) -> Source:
    return Source("a.txt", "/a.txt", ".txt", b"", "0" * 64, Known(**known))


def read(
    text: str = "",
    title: str | None = None,
    meta: dict[str, str] | None = None,
    known: Mapping[str, Any] | None = None,
    **given: Any,
) -> Derived:
    page = Page(text, title=title, meta=meta or {})
    return derive(page, text, source(**known or {}), **given)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["why"])
def test_case(case: dict[str, Any]) -> None:
    got = read(case["text"], case.get("title"), case.get("meta"))
    assert {name: getattr(got, name) for name in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["why"])
def test_every_value_has_its_evidence(case: dict[str, Any]) -> None:
    got = read(case["text"], case.get("title"), case.get("meta"))
    assert {name for name in FIELDS if case["expect"].get(name) is not None} <= set(
        got.evidence
    )
    for name in FIELDS:
        fact = got.evidence.get(name)
        assert getattr(got, name) == (fact.value if fact else None)
        if fact is None:
            continue
        assert (0.5 if fact.value is not None else 0) <= fact.confidence <= 1
        if fact.span:
            assert case["text"][slice(*fact.span)] == fact.evidence
    json.dumps({name: fact.value for name, fact in got.evidence.items()})


def test_there_are_enough_cases_and_each_says_why() -> None:
    assert len(CASES) >= 60
    assert len({c["why"] for c in CASES}) == len(CASES)


def test_traditional_text_is_quoted_in_its_own_characters() -> None:
    text = "2018年,我街道加強公開。\n橫崗街道辦事處\n2019年2月28日"
    got = read(text)
    assert got.agency == "深圳市龙岗区横岗街道办事处"
    assert got.evidence["agency"].evidence == "橫崗街道辦事處"
    assert text[slice(*got.evidence["agency"].span or ())] == "橫崗街道辦事處"
    assert got.agency_id == "440307003/深圳市龙岗区横岗街道办事处"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "關於召開2021年全縣防汛工作會議的通知\n各鄉鎮人民政府:\n現通知如下。\n特此通知。",
            "關於召開2021年全縣防汛工作會議的通知",
        ),
        ("县政府办公室\n政府信息公开指南\n编制本指南。", "政府信息公开指南"),
        ("现将有关事项说明如下,请各单位认真执行。\n特此通知。", None),
    ],
)
def test_a_text_of_another_kind_has_the_title_above_it(
    text: str, title: str | None
) -> None:
    got = read(text)
    assert got.kind == "other"
    assert got.title == title
    if title:
        assert got.evidence["title"].source == "body"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "【通知】请各单位报送2022年度政府信息公开工作年度报告\n请于1月10日前报送。",
            "other",
        ),
        (
            "2023年第一季度政务公开工作总结\n一季度,我局主动公开政府信息20条,收到申请2件。",
            "other",
        ),
        (
            (
                "【通告】关于公布海宁市2020年政府信息公开工作年度报告的通告\n"
                "海宁市2020年政府信息公开工作年度报告\n"
                "2020年,我市主动公开政府信息200条,收到申请3件,均已答复。"
            ),
            "annual_report",
        ),
    ],
)
def test_marks_and_quarters_tell_the_kind(text: str, kind: str) -> None:
    assert read(text).kind == kind


def test_the_title_of_a_page_is_kept() -> None:
    got = read("关于开会的通知\n各单位:\n特此通知。", "通知公告")
    assert got.title == "通知公告"


def test_candidates_are_kept_where_the_value_is_unknown() -> None:
    got = read("2018年,我局加强公开。", "鼓楼区教育局2018年政府信息公开工作年度报告")
    assert got.agency == "鼓楼区教育局"
    assert got.agency_id is None
    assert "福州市鼓楼区教育局" in got.evidence["agency"].alternatives
    assert ["江苏省", "南京市", "鼓楼区"] in got.evidence["region"].alternatives
    namesakes = Problem(Code.PLACE_AMBIGUOUS, {"count": 4, "name": "鼓楼区"})
    assert namesakes in got.problems


def test_a_disagreement_is_told() -> None:
    got = read(
        "2018年,我局加强公开。\n深圳市宝安区教育局\n2019年1月2日",
        "深圳市龙岗区教育局2018年政府信息公开年度报告",
    )
    assert got.agency == "深圳市龙岗区教育局"
    assert got.problems == [
        Problem(
            Code.BODY_CONFLICT,
            {
                "source": "title",
                "name": "深圳市龙岗区教育局",
                "other_source": "signature",
                "other_name": "深圳市宝安区教育局",
            },
        )
    ]
    assert got.evidence["agency"].confidence < 0.9


def test_a_year_that_contradicts_the_publication_is_told() -> None:
    got = read(
        "2019年,我局加强公开。",
        "衡阳市教育局2019年政府信息公开年度报告",
        {"published": "2018-03-01"},
    )
    facts: Facts = {"year": 2019, "published": "2018-03-01"}
    assert Problem(Code.YEAR_AGAINST_PUBLICATION, facts) in got.problems


def test_given_values_win() -> None:
    title = "衡阳市教育局2018年政府信息公开年度报告"
    known = {
        "title": "给定的标题",
        "agency": "某局",
        "level": "省级",
        "year": 2011,
        "region": ("湖南省",),
        "published": "2012-01-02",
    }
    got = read("2018年,我局加强公开。", title, known=known)
    assert (got.title, got.agency, got.level, got.year) == (
        "给定的标题",
        "某局",
        "省级",
        2011,
    )
    assert (got.region, got.published) == (["湖南省"], "2012-01-02")
    assert {got.evidence[n].source for n in known} == {"given"}
    assert {got.evidence[n].confidence for n in known} == {1.0}


@pytest.mark.parametrize(
    ("known", "code"),
    [
        ({"level": "局级"}, Code.GIVEN_BAD_LEVEL),
        ({"year": 18}, Code.GIVEN_BAD_YEAR),
        ({"published": "March 2019"}, Code.GIVEN_BAD_DATE),
    ],
)
def test_wrong_given_values_are_told_and_passed_over(
    known: dict[str, Any], code: Code
) -> None:
    got = read(
        "2018年,我局加强公开。",
        "衡阳市教育局2018年政府信息公开年度报告",
        {"published": "2019-01-02"},
        known=known,
    )
    assert (got.level, got.year, got.published) == ("地市级", 2018, "2019-01-02")
    assert [problem.code for problem in got.problems] == [code]


def test_the_host_tells_namesakes_apart() -> None:
    hosts = HostTable({"www.gl.gov.cn": ("福建省", "福州市", "鼓楼区")})
    title = "鼓楼区教育局2018年政府信息公开工作年度报告"
    got = read(
        "2018年,我局加强公开。",
        title,
        known={"url": "http://www.gl.gov.cn/x.html"},
        hosts=hosts,
    )
    assert got.region == ["福建省", "福州市", "鼓楼区"]
    elsewhere = read(
        "2018年,我局加强公开。",
        title,
        known={"url": "http://example.org/"},
        hosts=hosts,
    )
    assert elsewhere.region is None


def test_a_host_alone_names_nobody() -> None:
    hosts = HostTable({"www.gl.gov.cn": ("福建省", "福州市", "鼓楼区")})
    got = read(
        "2018年,我局加强公开。",
        known={"url": "http://www.gl.gov.cn/x.html"},
        hosts=hosts,
    )
    assert (got.agency, got.region) == (None, None)


def test_overrides_are_applied_last(tmp_path: Path) -> None:
    path = tmp_path / "overrides.csv"
    path.write_text(
        "id,field,value,reason\na.txt,year,2017,cover sheet\na.txt,level,,not settled\n",
        encoding="utf-8",
    )
    got = read(
        "2018年,我局加强公开。",
        "衡阳市教育局2018年政府信息公开年度报告",
        known={"year": 2016},
        overrides=Overrides.load(path),
    )
    assert (got.year, got.level) == (2017, None)
    assert got.evidence["year"] == Fact(
        2017, "override", 1.0, "cover sheet", None, None, (2016,)
    )
    assert got.evidence["level"].alternatives == ("地市级",)


WORDS = """
深圳市 龙岗区 鼓楼区 横岗街道 办事处 教育局 人民政府 2018年 二〇一九年 202020年 政府信息公开
年度报告 我局 现公布 由
编制 请与 联系 《 》 ( ) , 。 2019年3月4日 来源: 发布时间: 统计期限 1月1日
至 12月31日 國 區 🀄 第 十三 〇
"""
PIECES = st.lists(
    st.sampled_from([*WORDS.split(), "\n", "\u3000", "\x00", "\ud840"]), max_size=40
).map("".join)


@settings(max_examples=150, deadline=None)
@given(text=PIECES, title=st.none() | PIECES, header=PIECES)
def test_no_text_breaks_it(text: str, title: str | None, header: str) -> None:
    got = read(text, title, {"header": header, "published": header, "source": header})
    assert got.title == (title or None)
    assert got.level is None or got.level in LEVELS
    assert got.year is None or 2003 <= got.year <= 2040
    for fact in got.evidence.values():
        if fact.span:
            start, end = fact.span
            assert 0 <= start < end <= len(text)
            assert text[start:end] == fact.evidence


@pytest.mark.shared
def test_the_five_real_reports(shared: Path) -> None:
    gold = json.loads(
        (shared / "corpus/gold/metadata.json").read_text(encoding="utf-8")
    )
    for number in ("001", "003"):
        text = next(
            (shared / "corpus/gold").glob(f"{number}_*.repaired.txt")
        ).read_text(encoding="utf-8")
        got, want = read(text), gold[number]
        assert (got.title, got.agency, got.level, got.region) == (
            None,
            want["agency"],
            want["level"],
            want["region"],
        )
        assert (got.year, got.published) == (want["report_year"], want["published"])


def test_a_year_that_is_only_spoken_of_most_often_is_not_given() -> None:
    got = read("2016年起施行规划。2018年,公开信息。2018年,受理申请。2017年,复议一件。")
    fact = got.evidence["year"]
    assert (got.year, fact.rule) == (None, "most often spoken of")
    assert fact.confidence == 0.4
    assert 2018 in fact.alternatives
