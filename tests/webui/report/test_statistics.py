from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from index.model.report import Report
from tests.webui.conftest import Serve
from tests.webui.pages import page_at, text


@pytest.fixture
def section(client: FlaskClient) -> HtmlElement:
    return page_at(client, "/reports/gb1").xpath(
        "//section[@aria-labelledby='statistics']"
    )[0]


def test_the_verdict_is_said_in_words(section: HtmlElement) -> None:
    assert text(section.xpath(".//*[contains(@class, 'verdict')]")[0]) == "勾稽不符"
    assert "3项勾稽关系：1项一致，1项不符，1项无法核对" in text(section)


def test_failing_identities_come_first_with_both_sides(section: HtmlElement) -> None:
    rows = section.xpath(".//tr[@class='fail']")
    assert [text(td) for td in rows[0].xpath("./td")] == ["5", "4", "1", "不符"]
    before = section.xpath(".//table")[0]
    assert rows[0] in list(before.iter("tr"))


def test_terms_of_a_failing_identity_lead_into_the_text(
    client: FlaskClient, section: HtmlElement
) -> None:
    whole = page_at(client, "/reports/gb1")
    links = section.xpath(".//details[@class='terms']//a/@href")
    assert len(links) == 3
    assert [whole.xpath("//*[@id=$id]", id=h[1:])[0].text for h in links] == [
        "3",
        "1",
        "4",
    ]


def test_zero_blank_none_and_unread_are_told_apart(section: HtmlElement) -> None:
    shown = {
        text(r.find("th")): [text(td) for td in r.findall("td")]
        for r in section.xpath(".//table//tbody/tr")
    }
    assert shown["属于国家秘密"] == ["空", "/不适用", "0"]
    assert shown["属于三类内部事务信息"] == ["1", "若干", "2"]
    assert shown["总计"] == ["这里有78，个数与列不合，没有归列"]
    assert shown["本年新收政府信息公开申请数量"] == [f"{n}（勾稽不符）" for n in "314"]


def test_rows_stand_under_their_family(section: HtmlElement) -> None:
    rows = [
        text(th)
        for th in section.xpath(".//table[contains(@class, 'sheet')]//tbody//th")
    ]
    assert rows.index("（三）不予公开") + 1 == rows.index("属于国家秘密")
    assert rows.count("（三）不予公开") == 1


def test_sentences_show_what_contradicts_them(section: HtmlElement) -> None:
    row = next(r for r in section.xpath(".//tbody/tr") if "新收申请5件" in text(r))
    assert "约5" in text(row)
    assert "说法不一：5、6" in text(row)
    assert "与统计表不同：表中是4" in text(row)


def test_what_was_not_read_is_said_once_and_in_chinese(
    client: FlaskClient, section: HtmlElement
) -> None:
    assert "没有读出予以公开、部分公开" in text(section)
    whole = text(page_at(client, "/reports/gb1"))
    assert "几乎没有正文" in whole
    assert "novaluesfor" not in whole
    assert "unassigned" not in whole


def test_the_text_as_received_has_no_places_of_cells(
    serve: Serve, reports: dict[str, Report]
) -> None:
    reports["hant/1"].statistics = reports["gb1"].statistics
    page = page_at(serve([reports["hant/1"]]), "/reports/hant/1?view=received")
    assert not page.xpath("//a[starts-with(@href, '#cell-')]")
    assert not page.xpath("//*[starts-with(@id, 'cell-')]")
