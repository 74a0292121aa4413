"""Pages, endpoint and reports agree: what one shows is what the others find."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from tests.webui.conftest import Serve
from tests.webui.pages import number, page_at
from tests.webui.samples import sample_reports

PAGES = [
    "/",
    "/search?q=公开&where=applications_new>=5&sort=-applications_new",
    "/search?q=公开 收费&synonyms=on",
    "/coverage",
    "/coverage?region=广东省/深圳市",
    "/numbers?q=公开",
    "/numbers?measure=applications_new&by=region&region=广东省",
    "/numbers?measure=grant_rate&by=level",
    "/bodies?agency=深圳市教育局",
    "/bodies?agency=深圳市教育局&series=1",
    "/compare?id=r1&id=r5",
    "/reports/gb1?q=申请",
]


@pytest.mark.parametrize("url", PAGES)
def test_pages_and_their_links_work(client: FlaskClient, url: str) -> None:
    found = set(page_at(client, url).xpath("//main//a/@href"))
    links = [href for href in found if href.startswith("/")]
    assert links
    for href in links:
        assert client.get(href, buffered=True).status_code in (200, 302), href


def test_numbers_are_those_of_the_reports(client: FlaskClient) -> None:
    rows = page_at(client, "/numbers?q=公开&measure=applications_new").xpath(
        "//table//tbody/tr"
    )
    assert rows
    exported = (
        client.get("/api/v1/export?q=公开&format=jsonl")
        .get_data(as_text=True)
        .splitlines()
    )
    assert sum(number(row[8]) for row in rows) <= len(exported)
    for row in rows:
        link = row.xpath("./th/a/@href")[0]
        assert client.get(link.replace("/search", "/api/v1/search")).get_json()[
            "total"
        ] == number(row[8])


def test_a_bin_counts_what_its_link_finds(client: FlaskClient) -> None:
    bins = page_at(client, "/search?sort=-applications_new").xpath(
        "//ul[@class='bins']/li/a"
    )
    assert bins
    for link in bins:
        found = client.get(
            link.get("href").replace("/search", "/api/v1/search")
        ).get_json()["total"]
        assert found == number(link.xpath("./span[@class='count']")[0])


def test_sorting_by_a_number_puts_the_largest_first(client: FlaskClient) -> None:
    ids = [
        h["id"]
        for h in client.get("/api/v1/search?sort=-applications_new&size=5").get_json()[
            "hits"
        ]
    ]
    numbers = [
        client.get(f"/api/v1/reports/{i}").get_json()["statistics"]["metrics"][
            "applications_new"
        ]
        for i in ids
    ]
    assert len(numbers) == 5
    assert numbers == sorted(numbers, reverse=True)


def test_coverage_counts_what_a_search_counts(client: FlaskClient) -> None:
    body = client.get("/api/v1/coverage?region=广东省").get_json()
    assert body["children"]
    assert (
        body["reports"]
        == client.get("/api/v1/search?region=广东省").get_json()["total"]
    )
    for child in body["children"]:
        assert (
            child["reports"]
            == client.get(f"/api/v1/search?region={child['region']}").get_json()[
                "total"
            ]
        )


def test_parts_of_a_score_are_given_when_asked_for(client: FlaskClient) -> None:
    url = "/api/v1/search?q=公开&size=1"
    assert client.get(url).get_json()["hits"][0]["explanation"] is None
    hit = client.get(url + "&explain=1").get_json()["hits"][0]
    assert sum(part["value"] for part in hit["explanation"]) == pytest.approx(
        hit["score"], abs=0.01
    )


def test_how_a_query_was_understood_is_said(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=公开 -收费")
    assert (
        "理解为" in page.xpath("//p[contains(@class, 'understood')]")[0].text_content()
    )


def test_why_a_report_ranks_where_it_does_is_said_on_the_page(
    client: FlaskClient,
) -> None:
    page = page_at(client, "/search?q=主动公开 2020 深圳市教育局")
    assert not page.xpath("//details[@class='why']")
    (link,) = page.xpath("//a[contains(., '说明排序')]/@href")
    page = page_at(client, link)
    first = page.xpath("//details[@class='why']")[0]
    shares = first.xpath(".//span[@class='number']/text()")
    assert len(shares) > 1
    # rounded each to a whole percent, and the smallest not at all
    known = [float(share.removesuffix(" %")) for share in shares if "<" not in share]
    assert sum(known) == pytest.approx(100, abs=len(shares))
    assert any(
        "检索词指明 年度 2020" in li.text_content()
        for li in page.xpath("//details[@class='why']//li")
    )
    assert page.xpath("//a[contains(., '不再说明排序')]")
    assert not page_at(client, "/search?q=公开&sort=year").xpath(
        "//a[contains(., '说明排序')]"
    )


def test_copies_are_one_hit_with_the_others_listed(serve: Serve) -> None:
    first, *others = sample_reports()
    mirror = replace(
        first, id="mirror", source="mirror.html", url="https://mirror.example/1"
    )
    client = serve([first, mirror, *others])
    page = page_at(client, "/search?size=100")
    whole = number(page.xpath("//p[@class='total']/strong")[0])
    (link,) = page.xpath("//a[contains(., '合并相同')]/@href")
    page = page_at(client, link)
    assert number(page.xpath("//p[@class='total']/strong")[0]) == whole - 1
    (copies,) = [
        p
        for p in page.xpath("//p[@class='source']")
        if "相同内容另见" in p.text_content()
    ]
    shown = {first.url or first.source, mirror.url}
    assert copies.xpath("./a/text()")[0] in shown
    assert page.xpath("//a[contains(., '不再合并相同')]")
