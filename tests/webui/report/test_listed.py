"""The way from a report back to its list, and to the reports before and after it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from index.search.request import SearchRequest
from tests.webui.pages import page_at, text

LISTS = (
    "/search?q=公开&level=县区级&sort=-year&size=3&page=2",
    "/search?size=4",
    "/search",
    "/search?q=公开 没有的&not_level=省级&size=5",
    '/search?q="依申请公开"&fold=on&where=applications_new>=2&size=7',
    "/search?q=公开&year_from=2014&published_to=2022-01-01&sort=occurrences",
)


def hits(client: FlaskClient, url: str) -> list[str]:
    return [
        str(u) for u in page_at(client, url).xpath("//ol[@class='hits']//h3/a/@href")
    ]


def link(page: HtmlElement, xpath: str) -> str:
    (found,) = page.xpath(f"//nav[@class='inlist']//a[{xpath}]/@href")
    return str(found)


def path(url: str) -> str:
    return urlsplit(url).path


def asked(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


@pytest.mark.parametrize("url", LISTS)
def test_every_hit_leads_back_to_its_place(client: FlaskClient, url: str) -> None:
    listed = hits(client, url)
    assert listed
    for hit in listed:
        page = page_at(client, hit.partition("#")[0])
        back = link(page, "@class='back'")
        place = urlsplit(back).fragment
        (again,) = page_at(client, back).xpath(f"//*[@id='{place}']//h3/a/@href")
        assert again == hit
        assert asked(back) == asked(url)


def test_the_whole_list_is_walked_in_order_and_back(client: FlaskClient) -> None:
    url = "/search?q=公开&size=4&not_level=省级"
    total = client.get("/api/v1/search?q=公开&size=100&not_level=省级").get_json()
    wanted = [f"/reports/{hit['id'].replace('/', '%2F')}" for hit in total["hits"]]
    now, walked = hits(client, url)[0], []
    while True:
        walked.append(path(now))
        page = page_at(client, now.partition("#")[0])
        place = f"第{len(walked)}/{len(wanted)}份"
        assert place in text(page.xpath("//nav[@class='inlist']")[0])
        if not page.xpath("//nav[@class='inlist']//a[@rel='next']"):
            break
        now = link(page, "@rel='next'")
    assert walked == wanted
    back = link(page, "@rel='prev'")
    assert path(back) == wanted[-2]


def test_beyond_numbered_pages_a_cursor_leads_on(client: FlaskClient) -> None:
    first = client.get("/api/v1/search?q=公开&size=3").get_json()
    cursor = asked(first["next"])["cursor"][0]
    request = SearchRequest(q="公开", size=3, cursor=cursor)
    page = page_at(client, request.url("/search"))
    assert page.xpath("//ol[@class='hits']/@start") == ["4"]
    hit = page.xpath("//ol[@class='hits']//h3/a/@href")[-1]
    report = page_at(client, hit.partition("#")[0])
    assert "第6/" in text(report.xpath("//nav[@class='inlist']")[0])
    assert link(report, "@rel='next'")


def test_a_report_alone_has_no_list(client: FlaskClient) -> None:
    assert not page_at(client, "/reports/r1").xpath("//nav[@class='inlist']")


@pytest.mark.parametrize(
    "broken", ["sort=nosuch", "size=x", "cursor=x", "page=0", "year_from=x"]
)
def test_a_list_that_cannot_be_read_hides_no_report(
    client: FlaskClient, broken: str
) -> None:
    page = page_at(client, f"/reports/r1?{broken}")
    assert not page.xpath("//nav[@class='inlist']")


def test_a_report_that_the_list_has_not_leads_back_all_the_same(
    client: FlaskClient,
) -> None:
    page = page_at(client, "/reports/r1?q=公开&level=省级")
    assert link(page, "@class='back'") == SearchRequest(
        q="公开", filters={"level": ("省级",)}
    ).url("/search")
    assert not page.xpath("//a[@rel='next'][ancestor::nav[@class='inlist']]")


def test_the_text_as_received_keeps_the_list(client: FlaskClient) -> None:
    page = page_at(client, "/reports/hant/1?q=公開&page=1&sort=year")
    (received,) = page.xpath("//p[@class='views']/a/@href")
    view = page_at(client, received)
    assert "sort=year" in link(view, "@class='back'")
    (mended,) = view.xpath("//p[@class='views']/a/@href")
    assert "view=" not in mended


def test_the_first_figures_stand_at_the_top(client: FlaskClient) -> None:
    (top,) = page_at(client, "/reports/gb1").xpath("//div[@class='keyfigures']")
    assert "勾稽不符" in text(top)
    assert "本年新收申请4" in text(top)
    assert len(top.xpath(".//dt")) <= 5
    (title,) = page_at(client, "/reports/gb1").xpath("//h1")
    assert list(title.itertext()) == [
        "衡阳市水利局",
        "2021年",
        "政府信息公开",
        "工作年度",
        "报告",
    ]
