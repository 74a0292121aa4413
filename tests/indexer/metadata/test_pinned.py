"""How sure each value is, pinned: which rule read it and with what confidence; and each label of a
date.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.metadata.dates import (
    DIGIT_BY_SIGN,
    FIRST_YEAR,
    LAST_YEAR,
    days_in,
    year_of,
)
from indexer.metadata.derive import MIN_CONFIDENCE, _rounded
from indexer.metadata.published import TAIL_LINES, published_fact
from indexer.metadata.reading import Reading
from tests.indexer.metadata.test_derive import CASES, FIELDS, read

PINNED = json.loads(
    (Path(__file__).parents[2] / "data" / "metadata" / "evidence.json").read_text(
        "utf-8"
    )
)


def evidence(case: dict[str, Any]) -> dict[str, list[Any]]:
    got = read(case["text"], case.get("title"), case.get("meta"))
    facts = {name: got.evidence[name] for name in FIELDS if name in got.evidence}
    return {
        n: [f.value, f.source, f.confidence, f.rule, f.evidence]
        for n, f in facts.items()
    }


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["why"])
def test_a_value_is_as_sure_as_it_was(case: dict[str, Any]) -> None:
    assert json.loads(json.dumps(evidence(case))) == PINNED[case["why"]]


def test_every_case_is_pinned() -> None:
    assert {case["why"] for case in CASES} == set(PINNED)


@pytest.mark.parametrize(
    ("confidence", "rounded"),
    [(1.2, 1.0), (1.0, 1.0), (0.97777, 0.978), (0.0, 0.0), (-0.1, 0.0)],
)
def test_no_confidence_is_above_one_or_below_zero(
    confidence: float, rounded: float
) -> None:
    assert _rounded(confidence) == rounded


def test_a_value_that_is_likelier_wrong_than_right_is_unknown() -> None:
    assert MIN_CONFIDENCE == 0.5


# ---------------------------------------------------------------------- dates
BEFORE = [
    "发布",
    "发文",
    "公开",
    "成文",
    "生成",
    "发表",
    "更新",
    "印发",
    "上传",
    "录入",
    "生效",
    "撰写",
]


@pytest.mark.parametrize("kind", ["时间", "日期"])
@pytest.mark.parametrize("before", [*BEFORE, ""])
def test_each_label_of_a_date_is_read_in_the_head(before: str, kind: str) -> None:
    fact = published_fact(
        {}, Reading(f"某某报告\n{before}{kind}：2019-03-14 来源：办公室\n正文。\n")
    )
    assert fact is not None
    assert (fact.value, fact.source, fact.confidence, fact.rule) == (
        "2019-03-14",
        "page",
        0.95,
        "header",
    )
    assert fact.evidence == f"{before}{kind}：2019-03-14"


@pytest.mark.parametrize(
    "written",
    ["发布于2019-03-14", "发布在 2019年3月14日", "时间:2019.3.14", "日期 : 2019/3/14"],
)
def test_each_way_of_writing_a_label(written: str) -> None:
    fact = published_fact({}, Reading(f"某某报告\n{written}\n正文。\n"))
    assert fact is not None
    assert (fact.value, fact.rule) == ("2019-03-14", "header")


@pytest.mark.parametrize(
    "written",
    ["会议时间：2019-03-14", "截止时间：2019-03-14", "发布时间很早，2019-03-14"],
)
def test_another_time_is_no_date_of_publication(written: str) -> None:
    assert (
        published_fact(
            {},
            Reading(
                f"某某报告\n{written}，此后照此办理，并在网站公开有关的各项信息。\n正文。\n"
            ),
        )
        is None
    )


@pytest.mark.parametrize(
    "other", ["生成", "成文", "更新", "印发", "发文", "撰写", "生效"]
)
def test_the_date_of_publication_goes_before_other_dates(other: str) -> None:
    header = f"{other}日期：2018-01-02 发布日期：2019-03-14"
    fact = published_fact({"header": header}, Reading("正文。"))
    assert fact is not None
    assert (fact.value, fact.source, fact.confidence, fact.rule) == (
        "2019-03-14",
        "page",
        0.97,
        "header",
    )


def test_what_the_page_says_goes_before_its_header_and_both_before_the_text() -> None:
    reading = Reading("某某报告\n发布时间：2019-03-14\n正文。\n某局\n2019年3月1日")
    both = {"published": "2019-03-16 09:17", "header": "发布时间：2019-03-15"}
    for meta, day, rule in (
        (both, "2019-03-16", "page"),
        ({"header": both["header"]}, "2019-03-15", "header"),
    ):
        fact = published_fact(meta, reading)
        assert fact is not None
        assert (fact.value, fact.rule) == (day, rule)


@pytest.mark.parametrize(
    ("header", "day"),
    [("来源 2019-03-14", "2019-03-14"), ("2019-03-14 2019-03-15", None)],
)
def test_a_header_without_a_label_names_one_day_only(
    header: str, day: str | None
) -> None:
    fact = published_fact({"header": header}, Reading("正文。"))
    assert (fact.value if fact else None) == day


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2019年3月14日", "2019-03-14"),
        ("（2019年3月14日）", "2019-03-14"),
        ("2019年3月14日.", "2019-03-14"),
        ("2019年3月14日印", None),
    ],
)
def test_a_day_alone_below_the_title(line: str, day: str | None) -> None:
    fact = published_fact({}, Reading(f"{line}\n正文在此。\n正文还在此。"))
    assert (fact.value if fact else None) == day
    if fact:
        assert (fact.confidence, fact.rule) == (0.85, "date below the title")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("2019年3月14日", "2019-03-14"),
        ("望海市教育局 2019年3月14日", "2019-03-14"),
        ("二〇一九年三月十四日", "2019-03-14"),
        ("望海市教育局2019年3月14日。", "2019-03-14"),
        ("2019年3月14日印发", None),
        ("截至2019年3月14日", None),
        ("2018年1月1日至2019年3月14日", None),
        ("统计,2019年3月14日", None),
        ("甲" * 51 + "2019年3月4日", "2019-03-04"),
        ("甲" * 52 + "2019年3月4日", None),
    ],
)
def test_a_day_under_the_signature(line: str, day: str | None) -> None:
    fact = published_fact({}, Reading(f"第一行。\n第二行。\n第三行。\n{line}\n附件"))
    assert (fact.value if fact else None) == day
    if fact:
        assert (fact.source, fact.confidence, fact.rule) == (
            "signature",
            0.9,
            "date under the signature",
        )


@pytest.mark.parametrize(
    ("below", "found"), [(TAIL_LINES - 1, True), (TAIL_LINES, False)]
)
def test_a_signature_is_looked_for_in_the_last_lines(below: int, found: bool) -> None:
    lines = [
        "第一行。",
        "第二行。",
        "第三行。",
        "2019年3月14日",
        *(f"附件{c}" for c in "甲乙丙丁戊己庚辛壬癸子丑"[:below]),
    ]
    assert TAIL_LINES == 12
    assert (published_fact({}, Reading("\n".join(lines))) is not None) is found


@pytest.mark.parametrize("text", ["", "\n", "　\n\n　"])
def test_a_text_without_lines_has_no_date(text: str) -> None:
    assert published_fact({}, Reading(text)) is None


DIGITS_OF_YEARS = dict.fromkeys("〇○零oO0◯Ｏ", "0") | {
    c: str(n) for n, c in enumerate("一二三四五六七八九", 1)
}


@pytest.mark.parametrize("digit", DIGITS_OF_YEARS)
def test_each_digit_of_a_year(digit: str) -> None:
    value = DIGITS_OF_YEARS[digit]
    assert DIGIT_BY_SIGN[digit] == value
    year = f"二{digit}一八" if value == "0" else f"二〇一{digit}"
    assert year_of(year) == int(f"2{value}18" if value == "0" else f"201{value}")


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2002", None),
        ("2003", 2003),
        ("2040", 2040),
        ("2041", None),
        ("abc", None),
        ("", None),
    ],
)
def test_years_from_the_first_report_on(text: str, year: int | None) -> None:
    assert (FIRST_YEAR, LAST_YEAR) == (2003, 2040)
    assert year_of(text) == year


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2019年1月10日", ["2019-01-10"]),
        ("二〇一九年十月二十日", ["2019-10-20"]),
        ("二〇一九年十一月十一日", ["2019-11-11"]),
        ("二〇一九年一月卅日", ["2019-01-30"]),
        ("二〇一九年一月卅一日", ["2019-01-31"]),
        ("2019 年 3 月 4 号", ["2019-03-04"]),
        ("2019年3月45日", []),
        ("2019-3-411", []),
        ("2019年3月4日和2020.5.6", ["2019-03-04", "2020-05-06"]),
        ("2019年0月4日", []),
    ],
)
def test_days_in_every_form(text: str, days: list[str]) -> None:
    assert [day for day, _, _ in days_in(text)] == days


def test_the_span_of_a_day_is_that_of_its_words() -> None:
    text = "发布于2019年3月4日下午"
    ((_, start, end),) = days_in(text)
    assert text[start:end] == "2019年3月4日"
