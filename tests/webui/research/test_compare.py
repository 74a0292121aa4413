from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from lxml.html import HtmlElement

from index.model.report import Report
from index.model.statistics import Contradiction, Statement
from tests.webui.conftest import Serve
from tests.webui.pages import page_at, text
from tests.webui.samples import sample_reports
from webui.research.textdiff import compared

TEXT = st.lists(
    st.sampled_from(
        [
            "一、概述\n",
            "二、收费\n",
            "收到申请5件。",
            "收到申请6件。",
            "公开<b>。",
            "没有\n",
        ]
    ),
    max_size=12,
)


def plain(markup: str) -> str:
    return (
        re.sub(r"\s+", "", lxml_html.fromstring(f"<pre>{markup}</pre>").text_content())
        if markup
        else ""
    )


@settings(max_examples=80, deadline=None)
@given(TEXT, TEXT)
def test_no_character_of_either_text_is_lost(a: str, b: str) -> None:
    left, right = "".join(a), "".join(b)
    sections, _, _ = compared(left, right)
    for whole, side in ((left, "left"), (right, "right")):
        shown = "".join(
            getattr(s, side) + "".join(plain(getattr(p, side)) for p in s.pieces)
            for s in sections
        )
        assert shown == re.sub(r"\s+", "", whole)


@settings(max_examples=60, deadline=None)
@given(TEXT)
def test_a_text_is_wholly_in_itself(parts: list[str]) -> None:
    whole = "".join(parts)
    sections, left, right = compared(whole, whole)
    assert all(p.shared for s in sections for p in s.pieces)
    assert left == right
    assert left in (0, 1)


def test_only_what_differs_is_marked() -> None:
    texts = (f"一、概述\n全年收到申请{n}件。\n没有收费。" for n in (5, 12))
    (section,), left, right = compared(*texts)
    first, second = section.pieces
    assert first.left == "全年收到申请<b>5</b>件。\n"
    assert first.right == "全年收到申请<b>12</b>件。\n"
    assert second.shared
    assert 0 < right < left < 1


def test_another_script_is_no_difference() -> None:
    sections, left, right = compared(
        "二、依申请公开\n没有收费。", "二、依申請公開\n沒有收費。"
    )
    assert (left, right) == (1, 1)
    assert sections[0].right == "二、依申請公開"


def test_a_chapter_of_one_side_stands_alone() -> None:
    sections, _, _ = compared("一、概述\n甲。\n二、收费\n没有。", "一、概述\n甲。\n")
    assert [(s.left, s.right) for s in sections] == [
        ("一、概述", "一、概述"),
        ("二、收费", ""),
    ]


def test_facts_and_numbers_say_whether_they_differ(client: FlaskClient) -> None:
    page = page_at(client, "/compare?id=r1&id=r5")
    facts = {
        text(r[0]): [text(td) for td in r[1:]]
        for r in page.xpath("//section[@aria-labelledby='facts']//tbody/tr")
    }
    assert facts["机关"] == ["深圳市教育局", "深圳市教育局", "相同"]
    assert facts["年度"] == ["2013", "2017", "不同"]
    (row,) = page.xpath(
        "//section[@aria-labelledby='numbers']//tbody/tr[contains(., '本年新收申请')]"
    )
    assert [text(td) for td in row[1:]] == ["1", "5", "+4（+400%）"]


def test_what_nobody_states_is_not_called_the_same(serve: Serve) -> None:
    """Sentences that contradict each other are uncertain, and two unknowns are no match."""
    first, second = sample_reports()[1:3]
    one, other = (Contradiction(figure, "...", (0, 1)) for figure in (100, 260))
    sentence = Statement(
        "proactive_total", None, False, "...", None, conflict=(one, other)
    )
    statistics = replace(first.statistics, prose=(sentence,))
    client = serve([replace(first, statistics=statistics), second])
    page = page_at(client, f"/compare?id={first.id}&id={second.id}")
    rows = {text(r[0]): [text(td) for td in r[1:]] for r in page.xpath("//tbody/tr")}
    assert rows["主动公开总数（正文）"] == [
        "不能确定：100、260",
        "没有写明",
        "无从比较–",
    ]
    assert rows["起止时间"] == ["不详", "不详", "无从比较–"]
    body = page_at(client, f"/bodies?agency={first.agency}")
    (row,) = body.xpath(
        "//section[@aria-labelledby='metrics']//tr[contains(., '主动')]"
    )
    assert text(row[2]) == "不能确定：100、260"


def test_texts_of_two_stand_abreast_and_of_three_do_not(client: FlaskClient) -> None:
    assert page_at(client, "/compare?id=r1&id=r5").xpath(
        "//section[@aria-labelledby='texts']//b"
    )
    assert not page_at(client, "/compare?id=r1&id=r5&id=r9").xpath(
        "//section[@aria-labelledby='texts']"
    )


def test_other_forms_are_warned_of(client: FlaskClient) -> None:
    assert "未必数的是同一件事" in text(page_at(client, "/compare?id=r1&id=gb1"))


def picks(page: HtmlElement) -> list[str]:
    """The links of a page of results that pick its reports."""
    found = page.xpath("//p[@class='picking']/a/@href")
    return [str(link) for link in found]


def test_picked_reports_stay_from_page_to_page_without_scripts(
    client: FlaskClient,
) -> None:
    url = "/search?q=公开&level=县区级&page=1"
    first = picks(page_at(client, url))
    assert len(first) == 9
    back = client.get(first[0]).location
    assert back.startswith("/search?q=")
    assert back.endswith("#result-1")
    client.get(picks(page_at(client, url))[1])
    # they are shown on a page of another kind, which can pick a third
    report = page_at(client, "/reports/bare")
    (basket,) = report.xpath("//aside[@id='basket']")
    assert "待比较2份" in text(basket)
    back = client.get(report.xpath("//p[@class='picking']/a/@href")[0]).location
    assert back == "/reports/bare"
    (button,) = page_at(client, "/help").xpath("//a[@class='button']/@href")
    compared_page = page_at(client, button)
    assert "比较3份报告" in text(compared_page)
    # the page of a comparison takes one out
    left = client.get(compared_page.xpath("//a[@class='drop']/@href")[0]).location
    assert "比较2份报告" in text(page_at(client, left))
    assert client.get("/compare").location == left
    cleared = page_at(client, "/help").xpath("//aside[@id='basket']//a/@href")[-1]
    assert client.get(cleared).location == "/help"
    assert not page_at(client, "/help").xpath("//aside[@id='basket']")


def test_a_basket_has_an_end_and_no_report_twice(client: FlaskClient) -> None:
    for number in (0, 0, 1, 2, 3, 4, 5, 6):
        client.get(f"/compare/add?id=r{number}&back=/help")
    page = page_at(client, "/search?q=公开")
    assert "待比较6份" in text(page)
    assert "比较已选满6份" in text(page)
    assert "比较6份报告" in text(page_at(client, client.get("/compare").location))


def test_a_page_with_a_basket_is_another_answer(client: FlaskClient) -> None:
    before = client.get("/help").headers["ETag"]
    client.get("/compare/add?id=r1&back=/help")
    assert client.get("/help").headers["ETag"] != before
    client.get("/compare/add?id=nosuch&back=/help")
    assert "r1" not in text(page_at(client, "/help").xpath("//aside")[0])


@pytest.mark.parametrize(
    "back",
    ["https://other.example/", "//other.example", "/\\other.example", "", "/\r\nX: y"],
)
def test_picking_leads_to_no_other_site(client: FlaskClient, back: str) -> None:
    answer = client.get("/compare/add", query_string={"id": "r1", "back": back})
    assert answer.location == "/"
    assert client.get("/compare/nosuch").status_code == 404


def test_long_texts_are_not_set_abreast(
    serve: Serve, reports: dict[str, Report]
) -> None:
    reports["r5"].text = "公开。" * 30_000
    client = serve([reports["r1"], reports["r5"]])
    assert "超过八万字" in text(page_at(client, "/compare?id=r1&id=r5"))


def test_a_sentence_that_keeps_coming_back_costs_no_more_than_others() -> None:
    sections, left, _ = compared(
        "甲公开。乙公开。" * 4000, "乙公开。丙公开。甲公开。" * 3000
    )
    assert len(sections) == 1
    assert 0 <= left <= 1


def test_work_on_single_characters_has_an_end() -> None:
    a = "\n".join(
        f"全年第{n}次主动公开政府信息若干条{'甲乙丙'[n % 3] * 300}。"
        for n in range(150)
    )
    b = (
        a.replace("甲", "丁")
        .replace("乙", "戊")
        .replace("丙", "己")
        .replace("若干", "许多")
    )
    ((section,), _, _) = compared(a, b)
    assert plain(section.pieces[0].left) == re.sub(r"\s+", "", a)


def test_a_name_left_empty_is_passed_over(client: FlaskClient) -> None:
    page_at(client, "/compare?id=r1&id=&id=r2&id=%20")
    assert client.get("/compare?id=&id=r1").status_code == 400
