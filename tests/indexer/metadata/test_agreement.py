"""How sure a body is: each way in which a report names itself, and what other names say of it."""

from __future__ import annotations

import pytest

from index.model.problems import Code
from tests.indexer.metadata.test_derive import read

PLAIN = "2018年政府信息公开工作年度报告"
BODY = "龙岗区教育局"
FULL = "深圳市龙岗区教育局"
# (sentence, how it is told, weight): all that such a sentence says of the report's body.
SELVES = [
    (f"现将{BODY}2018年信息公开情况公布如下。", "announces"),
    (f"现向社会公布{BODY}2018年信息公开情况。", "announces"),
    (f"根据要求,将{BODY}2018年度政府信息公开情况公布如下。", "announces"),
    (f"本报告由{BODY}负责编制。", "compiled by"),
    (f"如有疑问,请与{BODY}办公室联系。", "contact"),
    (f'{BODY}(以下简称"我局")依法公开信息。', "below called"),
    (f"制定了《{BODY}政府信息公开制度》。", "own rules"),
]


@pytest.mark.parametrize(("sentence", "how"), SELVES)
def test_each_way_to_name_oneself_is_likely_and_never_certain(
    sentence: str, how: str
) -> None:
    got = read(f"2018年,我局依法公开。\n{sentence}", PLAIN)
    fact = got.evidence["agency"]
    assert got.agency == FULL
    assert 0.5 <= fact.confidence < 0.95
    assert how in fact.rule


@pytest.mark.parametrize(("first", "_"), SELVES)
def test_a_title_is_surer_than_what_a_report_says_of_itself(first: str, _: str) -> None:
    alone = read(f"2018年,我局依法公开。\n{first}", PLAIN).evidence["agency"]
    title = read("2018年,我局依法公开。", FULL + PLAIN).evidence["agency"]
    assert alone.confidence < title.confidence <= 1


DISTRICT = "深圳市龙岗区"


@pytest.mark.parametrize(
    ("signature", "confidence"),
    [
        (None, 0.95),
        (FULL, 0.99),
        ("深圳市龙岗区横岗街道办事处", 0.99),
        ("深圳市教育局", 0.8),
        ("深圳市盐田区教育局", 0.8),
        ("衡阳市教育局", 0.8),
    ],
)
def test_a_signature_agrees_or_not(signature: str | None, confidence: float) -> None:
    signed = f"\n{signature}\n2019年3月1日" if signature else ""
    got = read(f"2018年,我局依法公开。{signed}", FULL + PLAIN)
    assert got.agency == FULL
    assert got.evidence["agency"].confidence == confidence
    is_conflict = confidence < 0.95
    assert [p.code for p in got.problems] == [Code.BODY_CONFLICT] * is_conflict


@pytest.mark.parametrize(
    ("speaks", "signature", "agency", "confidence"),
    [
        ("我局", FULL, FULL, 0.84),
        ("我区", FULL, f"{DISTRICT}人民政府", 0.99),
        ("我局", "深圳市盐田区教育局", None, 0.325),
        ("我局", f"{DISTRICT}人民政府", f"{DISTRICT}人民政府", 0.515),
        ("我局", f"{DISTRICT}横岗街道办事处", f"{DISTRICT}人民政府", 0.515),
    ],
)
def test_a_bare_place_is_the_body_that_signs_and_calls_itself_so(
    speaks: str, signature: str, agency: str | None, confidence: float
) -> None:
    sentence = f"2018年,{speaks}依法公开政府信息,{speaks}及时回应关切。" * 4
    got = read(f"{sentence}\n{signature}\n2019年3月1日", DISTRICT + PLAIN)
    assert got.agency == agency
    assert got.evidence["agency"].confidence == confidence


@pytest.mark.parametrize(
    ("text", "meta"),
    [
        ("发布时间:2019-03-14 2019-04-01\n2018年,我局公开。", {}),
        ("2018年,我局公开。", {"header": "发布时间:2019-03-14至2019-04-01"}),
        ("2018年,我局公开。", {"published": "2019-03-14 2019-04-01"}),
        ("2018年,我局公开。", {"header": "2019-04-01 发布时间:2019-03-14"}),
        ("2018年,我局公开。", {"header": "生成日期:2019-04-01 发布时间:2019-03-14"}),
    ],
)
def test_of_two_days_the_one_after_the_label(text: str, meta: dict[str, str]) -> None:
    got = read(text, FULL + PLAIN, meta)
    assert got.published == "2019-03-14"


@pytest.mark.parametrize(
    "days",
    [
        "2018年1月1日起至2018年12月31日止",
        "2018年1月1日至12月31日",
        "2018年01月01日—12月31日",
        "2018 年 1 月 1 日 到 12 月 31 日",
    ],
)
@pytest.mark.parametrize("before", ["", "统计期限:", "本报告自"])
def test_a_whole_year_is_the_period(days: str, before: str) -> None:
    got = read(f"{before}{days}。", f"{FULL}信息公开年度报告")
    assert got.period == "2018-01-01/2018-12-31"
    assert got.year == 2018
