from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from index.model.errors import ReportNotFoundError
from index.model.report import Report
from index.model.settings import Settings
from index.search.searcher import Searcher
from tests.webui.conftest import Serve
from tests.webui.pages import number, page_at, text
from tests.webui.samples import HOSTILE
from webui import create_app

PAGES = [
    "/",
    "/search",
    "/search?q=公开",
    "/facets/agency?q=公开",
    "/facets/region",
    "/reports/r1?q=公开",
    "/reports/bare",
    "/reports/gb1?q=申请",
    "/bodies?agency=深圳市教育局",
    "/bodies?agency=深圳市教育局&series=1",
    "/compare?id=r1&id=r5",
    "/compare?id=r1&id=gb1&id=bare&id=x1&id=hant/1",
    "/numbers",
    "/numbers?q=公开&measure=licences",
    "/numbers?measure=grant_rate&by=region&level=县区级",
    "/numbers?measure=procurement_yuan",
    "/coverage",
    "/coverage?region=广东省/深圳市",
    "/help",
    "/about",
]


@pytest.mark.parametrize("url", PAGES)
def test_pages_are_whole(client: FlaskClient, url: str) -> None:
    tree = page_at(client, url)
    assert tree.get("lang") == "zh-Hans"
    assert len(tree.findall(".//h1")) == 1
    levels = [int(str(e.tag)[1]) for e in tree.iter("h1", "h2", "h3", "h4")]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), levels
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for label in tree.xpath("//label/@for"):
        assert label in ids
    assert not tree.xpath(
        "//script[not(@src)] | //*[@style] | //style | //*[starts-with(name(@*), 'on')]"
    )
    assert tree.xpath("//main")
    assert tree.xpath("//a[@href='#main']")


@pytest.mark.parametrize("url", PAGES)
def test_every_link_of_a_page_works(client: FlaskClient, url: str) -> None:
    tree = page_at(client, url)
    for href in set(tree.xpath("//a/@href | //link/@href | //script/@src")):
        if href.startswith("/"):
            assert client.get(href, buffered=True).status_code in (200, 302), href
        elif href.startswith("#"):
            assert tree.xpath("//*[@id=$id]", id=href[1:]), href


def test_home_with_a_query_is_the_search(client: FlaskClient) -> None:
    answer = client.get("/?q=公开&level=省级")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/search?q=")
    assert client.get(answer.headers["Location"]).status_code == 200


def test_home_tells_the_years_to_those_who_cannot_see_the_chart(
    client: FlaskClient,
) -> None:
    tree = page_at(client, "/")
    bars = tree.xpath("//svg[@role='img']/g/title/text()")
    rows = [[text(cell) for cell in row] for row in tree.xpath("//details//tbody/tr")]
    assert len(bars) == len(rows) >= 11
    assert all(
        year in bar and count in bar
        for bar, (year, count) in zip(bars, rows, strict=True)
    )


def test_results_state_total_and_occurrences(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?q=公开").get_json()
    status = text(page_at(client, "/search?q=公开").xpath("//*[@role='status']")[0])
    assert status == f"共{body['total']}份报告，{body['occurrences']}处"


def test_no_occurrences_are_stated_without_a_query(client: FlaskClient) -> None:
    assert "处" not in text(page_at(client, "/search").xpath("//*[@role='status']")[0])


def test_facets_toggle_and_state_their_counts(client: FlaskClient) -> None:
    tree = page_at(client, "/search?q=公开&level=县区级")
    links = tree.xpath("//section[@aria-labelledby='facet-level']//li/a")
    assert links[0].get("aria-current") == "true"
    assert "已选" in text(links[0])
    assert "level=" not in links[0].get("href")
    other = links[1]
    total = text(page_at(client, other.get("href")).xpath("//*[@role='status']")[0])
    assert "份" in text(other)
    assert total.startswith("共")


def test_a_chosen_value_is_shown_at_zero(client: FlaskClient) -> None:
    tree = page_at(client, "/search?q=公开&agency=没有这个局")
    first = tree.xpath("//section[@aria-labelledby='facet-agency']//li/a")[0]
    assert "没有这个局" in text(first)
    assert "0份" in text(first)


def test_chips_take_conditions_away(client: FlaskClient) -> None:
    tree = page_at(
        client,
        "/search?q=公开&level=县区级&level=省级&year_from=2012&region=广东省/深圳市&where=applications_new>=1",
    )
    chips = tree.xpath("//ul[@class='chips']/li[span]")
    assert len(chips) == 5
    for chip in chips:
        link = chip.find("a")
        assert text(link).startswith("移除")
        left = page_at(client, link.get("href")).xpath("//ul[@class='chips']/li[span]")
        assert len(left) == 4


def test_a_new_query_keeps_the_filters(client: FlaskClient) -> None:
    form = page_at(
        client, "/search?q=公开&level=县区级&where=applications_new>=1&size=20&page=1"
    ).forms[0]
    assert ("level", "县区级") in form.form_values()
    assert ("where", "applications_new>=1") in form.form_values()
    assert ("size", "20") in form.form_values()


def test_relaxing_is_said(client: FlaskClient) -> None:
    assert "没有一份报告包含全部词语" in text(page_at(client, "/search?q=公开 没有的"))


def test_nothing_found_helps(client: FlaskClient) -> None:
    tree = page_at(client, "/search?q=没有的词&level=省级")
    assert "没有找到报告" in text(tree)
    assert tree.xpath("//section[@class='empty']//a")


def test_paging(client: FlaskClient) -> None:
    tree = page_at(client, "/search?q=公开&size=5&page=2")
    paging = tree.xpath("//nav[@class='paging']")[0]
    assert paging.xpath(".//*[@aria-current='page']")[0].text == "2"
    assert tree.xpath("//ol[@class='hits']/@start") == ["6"]
    for rel in ("prev", "next"):
        page_at(client, paging.xpath(f".//a[@rel='{rel}']/@href")[0])


def test_the_same_result_for_machines(client: FlaskClient) -> None:
    tree = page_at(client, "/search?q=公开&level=省级&sort=-year")
    links = dict(
        zip(
            tree.xpath("//link[@rel='alternate']/@type"),
            tree.xpath("//link[@rel='alternate']/@href"),
            strict=True,
        )
    )
    assert client.get(links["application/json"]).get_json()["query"]["filters"]
    assert client.get(links["application/atom+xml"]).status_code == 200
    for href in tree.xpath("//details[@class='take']//a/@href"):
        assert client.get(href).status_code == 200


def test_result_pages_are_not_for_search_engines(client: FlaskClient) -> None:
    assert client.get("/search?q=公开").headers["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get("/reports/r1").headers


@pytest.mark.parametrize(
    "url",
    [
        "/search?q=公开",
        "/reports/x1?q=公开",
        "/reports/x1",
        "/compare?id=x1&id=r1",
        "/search?q=<script>alert(1)</script>",
    ],
)
def test_nothing_of_a_report_or_a_query_is_markup(
    client: FlaskClient, url: str
) -> None:
    body = client.get(url).get_data(as_text=True)
    assert "<script>alert(" not in body
    assert "<img src=x" not in body
    assert "javascript:" not in re.sub(r">[^<]*<", "><", body)


def test_hits_are_numbered_and_linked(client: FlaskClient) -> None:
    tree = page_at(client, "/reports/r1?q=公开")
    marks = tree.xpath("//mark[@id]")
    assert [m.get("id") for m in marks] == [
        f"hit-{i}" for i in range(1, len(marks) + 1)
    ]
    assert {m.text for m in marks} == {"公开"}
    assert f"共{len(marks)}处" in text(tree.xpath("//nav[@class='hitbar']")[0])
    assert len(tree.xpath("//*[@class='step']//a[@rel='next']")) == len(marks) - 1


def test_the_text_comes_whole(client: FlaskClient, searcher: Searcher) -> None:
    report = searcher.report("x1")
    assert report.text == HOSTILE * 20
    tree = page_at(client, "/reports/x1?q=公开")
    for step in tree.xpath("//*[@class='step']"):
        step.drop_tree()
    assert (
        tree.xpath("//div[@class='prose']")[0].text_content().strip()
        == report.text.strip()
    )


def test_repairs_can_be_seen_and_undone(
    client: FlaskClient, searcher: Searcher
) -> None:
    report = searcher.report("hant/1")
    tree = page_at(client, "/reports/hant/1")
    prose = tree.xpath("//div[@class='prose']")[0]
    assert prose.get("lang") == "zh-Hant"
    assert len(prose.xpath(".//ins[@class='repair']")) == 3
    assert prose.xpath(".//*[@class='damage']")[0].text == "拓寬"
    rows = [
        text(r) for r in tree.xpath("//section[@aria-labelledby='repairs']//tbody/tr")
    ]
    assert any("(qū)" in r and "2" in r for r in rows)
    received = page_at(client, "/reports/hant/1?view=received").xpath(
        "//div[@class='prose']"
    )[0]
    assert "區(qū)政府" in received.text_content()
    assert [e.text for e in received.xpath(".//*[@class='damage']")] == [
        r.before for r in sorted(report.repairs, key=lambda r: r.start)
    ]


def test_a_record_that_cannot_be_undone_says_so(
    serve: Serve, reports: dict[str, Report]
) -> None:
    reports["hant/1"].repairs.pop(0)
    client = serve([reports["hant/1"]])
    assert "无法还原" in text(page_at(client, "/reports/hant/1?view=received", 400))


def test_a_hit_without_a_title_names_its_body_once(
    serve: Serve, reports: dict[str, Report]
) -> None:
    report = reports["r1"]
    report.title = None
    report.agency = "深圳市教育局"
    tree = page_at(serve([report]), "/search")
    hit = tree.xpath("//li[@class='hit']")[0]
    assert text(hit.find("h3")) == "（无题名）深圳市教育局"
    assert "深圳市教育局" not in text(hit.xpath("p[@class='meta']")[0])


def test_unknown_is_said(client: FlaskClient) -> None:
    tree = page_at(client, "/reports/bare")
    rows = [text(r) for r in tree.xpath("//table[@class='facts']/tbody/tr")]
    assert rows[0] == "题名不详"
    assert sum("不详" in r for r in rows) == len(rows)


def test_evidence_is_linked_to_its_place(client: FlaskClient) -> None:
    tree = page_at(client, "/reports/r1")
    year = next(
        r
        for r in tree.xpath("//table[@class='facts']/tbody/tr")
        if text(r).startswith("年度")
    )
    assert "另有说法：2012" in text(year)
    target = year.xpath(".//a/@href")[0][1:]
    assert tree.xpath("//*[@id=$id]", id=target)[0].text == "2013"


def test_a_flattened_table_is_set_as_one(client: FlaskClient) -> None:
    rows = page_at(client, "/reports/r1").xpath("//ul[@class='cells']/li")
    names, figures = rows[-1]
    assert [text(cell) for cell in names] == [
        "本列数据的勾稽关系为",
        "自然人",
        "法人",
        "总计",
        "予以公开",
    ]
    assert [text(cell) for cell in figures] == ["1", "0", "1"]


def test_failed_identities_come_first(client: FlaskClient) -> None:
    tree = page_at(client, "/reports/r1")
    rows = tree.xpath("//section[@aria-labelledby='statistics']//tbody/tr")
    assert rows[0].get("class") == "fail"
    assert (
        tree.xpath("//section[@aria-labelledby='statistics']/details/@open") is not None
    )


@pytest.mark.parametrize(
    ("url", "status", "says"),
    [
        ("/nosuch", 404, "没有这个页面"),
        ("/reports/nosuch", 404, "没有这份报告"),
        ("/bodies", 400, "请指明机关"),
        ("/bodies?agency=没有这个局", 404, "没有"),
        ("/compare?id=r1", 400, "选了1份"),
        ("/compare?id=r1&id=r1", 400, "选了1份"),
        ("/compare?id=r1&id=nosuch", 404, "没有这份报告"),
        ("/compare?" + "&".join(f"id=r{i}" for i in range(7)), 400, "两份至6份"),
        ("/numbers?measure=nosuch", 400, "nosuch"),
        ("/numbers?by=agency", 400, "agency"),
        ("/coverage?region=没有的省", 400, "没有的省"),
        ("/coverage?region=" + "长" * 300, 400, "太长了"),
        ("/facets/nosuch", 404, "没有这个页面"),
        ("/search?size=abc", 400, "abc"),
    ],
)
def test_errors_are_pages(
    client: FlaskClient, url: str, status: int, says: str
) -> None:
    assert says in text(page_at(client, url, status))


def test_the_place_of_an_error_is_shown(client: FlaskClient) -> None:
    tree = page_at(client, '/search?q=公开 "未完', 400)
    assert tree.xpath("//p[@class='fault']//mark")[0].text == '"'
    assert tree.xpath("//input[@name='q']/@value")[0] == '公开 "未完'


def test_messages_are_escaped(client: FlaskClient) -> None:
    body = client.get("/search?size=<b>").get_data(as_text=True)
    assert "<b>" not in body
    assert "&lt;b&gt;" in body


def test_a_missing_report_keeps_its_name_out_of_the_log_of_errors(
    client: FlaskClient, searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ReportNotFoundError):
        searcher.report("nosuch")
    client.get("/reports/nosuch")
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


def test_public_address_and_proxies(searcher: Searcher) -> None:
    app = create_app(
        Settings(index=Path("unused"), base_url="https://gongkai.example/"),
        searcher=searcher,
    )
    assert "https://gongkai.example/reports/r1" in app.test_client().get(
        "/reports/r1"
    ).get_data(as_text=True)
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    for proxies, host in ((0, "http://localhost"), (1, "https://evil.example")):
        app = create_app(
            Settings(
                index=Path("unused"),
                trusted_proxies=proxies,
                trusted_hosts="evil.example",
            ),
            searcher=searcher,
        )
        assert f"{host}/sitemap.xml" in app.test_client().get(
            "/robots.txt", headers=forwarded
        ).get_data(as_text=True)


def test_a_value_is_left_out_of_the_results_and_counts(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=公开")
    section = page.xpath("//section[@aria-labelledby='facet-level']")[0]
    url = section.xpath(".//a[@class='except']/@href")[0]
    assert "not_level=" in url
    without = page_at(client, url)
    (chip,) = without.xpath("//ul[@class='chips']/li")
    assert text(chip).startswith("层级除外省级")
    whole = client.get("/api/v1/search?q=公开&size=100").get_json()
    found = client.get("/api/v1/search?q=公开&size=100&not_level=省级").get_json()
    kept = {hit["id"] for hit in whole["hits"] if hit["level"] != "省级"}
    assert {hit["id"] for hit in found["hits"]} == kept
    assert found["query"]["filters"] == {"not_level": ["省级"]}
    levels = {v["value"]: v["count"] for v in found["facets"]["level"]["values"]}
    assert "省级" not in levels
    # a sign before a field leaves out in a query too
    typed = client.get("/api/v1/search?q=公开 -level:省级&size=100").get_json()
    assert typed["total"] == found["total"]
    assert client.get("/api/v1/search?not_year=x").status_code == 400


def href(link: HtmlElement | None) -> str:
    assert link is not None
    return str(link.get("href"))


@pytest.mark.parametrize("name", ["year", "region", "level", "tables"])
def test_what_is_unknown_stands_last_and_is_chosen_as_a_value(
    client: FlaskClient, name: str
) -> None:
    def entry(url: str) -> HtmlElement:
        [item] = page_at(client, url).xpath(
            f"//section[@aria-labelledby='facet-{name}']//li[contains(@class, 'unknown')]"
        )
        assert item.getnext() is None
        return item

    def counted(url: str) -> int:
        return number(page_at(client, url).xpath("//*[@role='status']/strong")[0])

    everything = counted("/search")
    link, without = entry("/search").findall("a")
    assert text(link.find_class("what")[0]) == "不详"
    unknown = number(link.find_class("count")[0])
    assert unknown > 0
    assert counted(href(link)) == unknown
    assert "filters=open" in href(link)
    assert text(without) == "除外不详"
    assert counted(href(without)) == everything - unknown
    # none has its value unknown now: nothing is left to choose
    left = page_at(client, href(without))
    assert not left.xpath(
        f"//section[@aria-labelledby='facet-{name}']//*[@class='depth-0 unknown']"
    )
    for chosen in (href(link), href(without)):
        [chip] = page_at(client, chosen).xpath("//ul[@class='chips']/li[span]")
        assert text(chip.find("span[@class='value']")) == "不详"
        assert counted(href(chip.find("a"))) == everything
    [taken] = entry(href(link)).findall("a")
    assert taken.get("aria-current") == "true"
    assert counted(href(taken)) == everything


def test_what_is_unknown_is_named_in_the_language_of_the_page(
    client: FlaskClient,
) -> None:
    tree = page_at(client, "/search?year=unknown&not_level=不详&lang=en")
    items = tree.xpath("//li[contains(@class, 'unknown')]//span[@class='what']")
    assert {text(item)[:7] for item in items} == {"Unknown"}
    chips = tree.xpath("//ul[@class='chips']//span[@class='value']")
    assert [text(chip) for chip in chips] == ["Unknown", "Unknown"]


def test_a_facet_of_which_nothing_is_known_has_that_alone(
    reports: dict[str, Report], serve: Serve
) -> None:
    unread = [replace(reports[f"r{n}"], year=None, evidence={}) for n in range(3)]
    client = serve(unread)
    [item] = page_at(client, "/search").xpath(
        "//section[@aria-labelledby='facet-year']//li"
    )
    assert text(item).startswith("不详3份")
    page = page_at(client, "/facets/year")
    assert text(page.xpath("//ul[@class='all']/li")[0]).startswith("不详3份")
    assert page_at(client, "/facets/year?contains=2").xpath("//ul[@class='all']") == []


def test_all_values_of_a_facet_end_with_what_is_unknown(client: FlaskClient) -> None:
    items = page_at(client, "/facets/year?level=省级&level=不详").xpath(
        "//ul[@class='all']/li"
    )
    assert "unknown" in items[-1].get("class")
    assert not page_at(client, "/facets/year?contains=20").xpath(
        "//*[@class='depth-0 unknown']"
    )
    table = client.get("/facets/year?format=csv").get_data(as_text=True)
    assert table.splitlines()[-1].startswith("不详,")


def test_figures_of_reports_whose_year_or_place_is_unknown(client: FlaskClient) -> None:
    for name in ("year", "region"):
        tree = page_at(client, f"/numbers?{name}=不详&by=level")
        current = tree.xpath("//a[@aria-current] | //*[@aria-current='true']")
        assert "不详" in [text(link) for link in current]


def test_the_tree_of_places_is_folded(client: FlaskClient) -> None:
    def places(url: str) -> list[str]:
        section = page_at(client, url).xpath(
            "//section[@aria-labelledby='facet-region']"
        )[0]
        return [text(e) for e in section.xpath(".//span[@class='what']")]

    assert places("/search?q=公开") == ["广东省", "湖南省", "不详"]
    chosen = places("/search?q=公开&region=广东省")
    assert [name.partition("，")[0] for name in chosen] == [
        "广东省",
        "深圳市",
        "湖南省",
        "不详",
    ]


def test_facets_stand_in_the_order_in_which_they_are_used(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=公开")
    names = page.xpath("//section[@class='facet']/@aria-labelledby")
    order = ["year", "region", "level", "line", "org_type", "agency"]
    assert names[:6] == [f"facet-{name}" for name in order]
    # results come before filters for who hears or tabs through the page
    parts = page.xpath("//main//*[@id='results' or @id='filters']/@id")
    assert parts == ["results", "filters"]


def test_browsing_begins_with_the_newest(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?size=100&facets=").get_json()
    days = [hit["published"] or "" for hit in found["hits"]]
    assert days == sorted(days, reverse=True)
    options = page_at(client, "/search").xpath("//select[@id='sort']/option")
    assert text(options[0]) == "发布日期，新的在前"


def test_the_years_beside_the_results_are_the_newest(client: FlaskClient) -> None:
    counts = client.get("/api/v1/search?q=公开").get_json()["facets"]["year"]["values"]
    newest = sorted((int(value["value"]) for value in counts), reverse=True)
    page = page_at(client, "/search?q=公开")
    shown = page.xpath("//section[@aria-labelledby='facet-year']//span[@class='what']")
    assert text(shown.pop()) == "不详"
    years = [int(text(year)) for year in shown]
    # else the list would not be cut
    assert len(newest) > len(years)
    assert years == newest[: len(years)]


def test_a_refused_query_is_not_said_to_be_understood(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=层级：火星级 公开", 400)
    assert page.xpath("//div[@id='q-fault']")
    assert not page.xpath("//p[@class='understood']")


def test_the_sentence_of_the_operator_stands_on_every_page(
    sample_settings: Settings, searcher: Searcher
) -> None:
    settings = replace(sample_settings, notice="样本 <b>1</b>")
    told = create_app(settings, searcher=searcher).test_client()
    for path in ("/", "/search?q=公开", "/reports/r1", "/numbers", "/about", "/help"):
        (notice,) = page_at(told, path).xpath("//p[@class='sitewide']")
        assert notice.text_content() == settings.notice


@pytest.mark.parametrize(
    ("q", "has_strings"),
    [
        ("“没有的字串”", True),
        ('没有 -"公开"', False),
        ('国办发"2099"9号', False),
        ('"没有的 字串"~3', False),
        ('title:"没有的字串"', True),
    ],
)
def test_of_quotation_marks_it_speaks_where_there_are_some(
    client: FlaskClient, q: str, has_strings: bool
) -> None:
    said = text(page_at(client, f"/search?match=whole&q={q}"))
    assert "没有找到报告" in said
    assert ("引号里的字串要一字不差" in said) == has_strings
