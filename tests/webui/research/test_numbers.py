from __future__ import annotations

import csv
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from index.model.report import Report
from index.search.searcher import Searcher
from index.studies.aggregate import BY
from tests.webui.conftest import Serve
from tests.webui.pages import page_at, text
from webui.plots.figures import figure
from webui.plots.plots import Plot, Point


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("measure", ["applications_new", "grant_rate"])
def test_the_page_says_what_the_endpoint_says(
    client: FlaskClient, measure: str, by: str
) -> None:
    query = f"?q=公开&measure={measure}&by={by}"
    body = client.get("/api/v1/stats" + query).get_json()
    page = page_at(client, f"/numbers{query}&order=group")
    status = text(page.xpath("//*[@role='status']")[0])
    assert status.startswith(f"{body['reports']}份年度报告中{body['used']}份计入")
    rows = page.xpath("//table//tbody/tr")
    assert len(rows) == len(body["groups"])
    for row, group in zip(rows, body["groups"], strict=True):
        assert text(row.xpath("./th/a")[0]).startswith(group["label"])
        total = figure(group["total"], ratio=measure.endswith("rate")) or "无"
        cells = [text(cell) for cell in row.xpath("./td")]
        assert cells[0] == total
        assert cells[6:8] == [str(group["used"]), str(group["reports"])]


def test_a_group_leads_to_its_reports(client: FlaskClient) -> None:
    page = page_at(
        client, "/numbers?q=公开&level=县区级&by=year&measure=applications_new"
    )
    rows = page.xpath("//table//tbody/tr")
    assert rows
    for row in rows:
        link = row.xpath("./th/a/@href")[0]
        total = client.get(link.replace("/search", "/api/v1/search")).get_json()[
            "total"
        ]
        assert total == int(row.xpath("./td")[7].text_content())


def test_n_of_n_is_printed_in_the_plot(client: FlaskClient) -> None:
    body = client.get("/api/v1/stats?measure=applications_new").get_json()
    printed = page_at(client, "/numbers").xpath("(//svg)[1]//text[@class='of']/text()")
    assert printed == [f"{g['used']}/{g['reports']}" for g in body["groups"]]


def test_no_line_runs_across_a_change_of_form(client: FlaskClient) -> None:
    page = page_at(client, "/numbers?measure=licences")
    plot = page.xpath("//section[@aria-labelledby='spread']//svg")[0]
    marks = plot.xpath(".//g[@class='break']/line/@x1")
    assert len(marks) == 1
    runs = [
        [float(p.split(",")[0]) for p in r.split()]
        for r in plot.xpath(".//polyline/@points")
    ]
    assert len(runs) == 2
    assert max(runs[0]) < float(marks[0]) < min(runs[1])
    assert "由此起多数报告换了格式" in text(page.xpath("//tr[@class='broken']")[0])


def test_a_line_has_gaps_where_years_are_missing() -> None:
    years = [
        Point("2010", 1, 1, 5.0),
        Point("2011", 1, 1, 6.0, follows=True),
        Point("2012", 0, 2, None),
    ]
    years += [Point("2013", 1, 1, 7.0), Point("2014", 1, 1, 0.0, follows=True)]
    drawn = Plot(years, "x", "y", "").line
    assert len(re.findall("<polyline", drawn)) == 2
    assert drawn.count(">不详<") == 1


def test_a_single_year_is_a_dot() -> None:
    assert (
        "<polyline" not in Plot([Point("2010", 3, 3, 5.0, 1.0, 9.0)], "x", "y", "").line
    )


def test_labels_of_a_plot_are_text() -> None:
    assert "<b>" not in Plot([Point("<b>", 1, 1, 2.0)], "<b>", "y", "").bars


def test_nothing_stated_is_not_zero(client: FlaskClient) -> None:
    page = page_at(client, "/numbers?measure=procurement_yuan")
    assert not page.xpath("//svg[contains(@class, 'plot')]")
    assert "不等于0" in text(page)


def test_scope_and_formula_are_said(client: FlaskClient) -> None:
    page = page_at(client, "/numbers?measure=grant_rate&scope=aggregate")
    assert "口径：汇总" in text(page)
    assert "÷" in text(page.xpath("//p[@class='lead']")[0])


def test_the_choosers_keep_the_search(client: FlaskClient) -> None:
    form = page_at(
        client, "/numbers?q=公开&level=县区级&where=applications_new>=1&by=region"
    ).xpath("//form")[-1]
    values = form.form_values()
    assert {
        ("q", "公开"),
        ("level", "县区级"),
        ("where", "applications_new>=1"),
        ("by", "region"),
    } <= set(values)


def test_search_and_numbers_lead_to_each_other(client: FlaskClient) -> None:
    there = page_at(client, "/search?q=公开&level=县区级&page=1&size=5").xpath(
        "//nav[@class='tabs']/a/@href"
    )[0]
    back = page_at(client, there).xpath("//nav[@class='tabs']/a/@href")[0]
    assert client.get(back.replace("/search", "/api/v1/search")).get_json()["query"][
        "filters"
    ] == {"level": ["县区级"]}


def test_stats_without_parameters_are_those_of_the_index(
    client: FlaskClient, searcher: Searcher
) -> None:
    assert client.get("/api/v1/stats").get_json() == searcher.stats()


@pytest.mark.parametrize("query", ["measure=nosuch", "measure=applications_new&size=5"])
def test_stats_refuse_what_they_do_not_know(client: FlaskClient, query: str) -> None:
    answer = client.get("/api/v1/stats?" + query)
    assert answer.status_code == 400
    assert answer.get_json()["parameter"] in ("measure", "size")


PAIR = "measure=applications_new&measure=applications_refused"


def heads(page: HtmlElement) -> list[str]:
    return [text(th) for th in page.xpath("//table/thead//th")]


def column(page: HtmlElement, number: int) -> list[str]:
    return [text(tr.xpath("./td")[number]) for tr in page.xpath("//table//tbody/tr")]


def test_several_measures_stand_abreast_with_their_shares(client: FlaskClient) -> None:
    query = "/numbers?measure=applications_new&measure=applications_granted&by=level"
    page = page_at(client, query)
    body = client.get(query.replace("/numbers", "/api/v1/stats")).get_json()
    (granted,) = body["others"]
    assert column(page, 0) == [figure(g["total"]) for g in body["groups"]]
    shares = [figure(g["share"], ratio=True) for g in granted["groups"]]
    assert column(page, 3) == shares
    assert any(shares)
    assert heads(page)[3:5] == ["予以公开，排序", "予以公开：占比，排序"]
    assert "予以公开÷本年办结合计" in text(page).replace(" ", "")


def test_without_a_choice_the_page_shows_what_was_asked_and_refused(
    client: FlaskClient,
) -> None:
    chosen = page_at(client, "/numbers").xpath("//option[@selected]/@value")
    assert chosen[:2] == ["applications_new", "applications_refused"]


def test_every_column_sorts_and_the_table_says_by_which(client: FlaskClient) -> None:
    page = page_at(client, f"/numbers?{PAIR}&by=region&order=group")
    links = page.xpath("//table/thead//th/a/@href")
    assert len(links) == 7
    for number, link in enumerate(links):
        found = page_at(client, link.partition("#")[0])
        states = found.xpath("//table/thead//th/@aria-sort")
        assert [n for n, state in enumerate(states) if state != "none"] == [number]
        # once more, and it is the other way round
        again = found.xpath("//table/thead//th/a/@href")[number]
        other = page_at(client, again.partition("#")[0])
        state = other.xpath("//table/thead//th/@aria-sort")[number]
        assert {state, states[number]} == {"ascending", "descending"}


def test_places_are_ranked_and_drilled_down_within_the_page(
    client: FlaskClient,
) -> None:
    page = page_at(client, "/numbers?by=province")
    counts = [int(n) for n in column(page, 0)]
    assert counts == sorted(counts, reverse=True)
    deeper = page.xpath("//a[@class='deeper']/@href")[0]
    cities = page_at(client, deeper)
    assert "by=city" in deeper
    labels_ = [text(a) for a in cities.xpath("//tbody//th/a[1]")]
    assert labels_ == ["深圳市，看这些报告"]
    counties = page_at(client, cities.xpath("//a[@class='deeper']/@href")[0])
    assert not counties.xpath("//a[@class='deeper']")
    places = counties.xpath("//nav[@aria-label='地区']//a")
    assert [text(a) for a in places][:3] == ["全国", "广东省", "深圳市"]


def test_a_year_and_a_place_are_one_click_away(client: FlaskClient) -> None:
    page = page_at(client, f"/numbers?{PAIR}&by=county&q=公开")
    for name, value, parameter in (
        ("年度", "2013", "year"),
        ("地区", "湖南省", "region"),
    ):
        strip = page.xpath(f"//nav[@aria-label='{name}']")[0]
        (link,) = [a for a in strip.xpath(".//a") if text(a) == value]
        asked = parse_qs(urlsplit(link.get("href")).query)
        assert asked[parameter] == [value]
        # and nothing else is lost
        assert asked["q"] == ["公开"]
        assert asked["by"] == ["county"]
        assert asked["measure"] == ["applications_new", "applications_refused"]


def rows_of(client: FlaskClient, url: str) -> list[list[str]]:
    answer = client.get(url)
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(answer.get_data(as_text=True).lstrip("\ufeff").splitlines()))


@pytest.mark.parametrize(
    "query",
    [
        "by=county&region=广东省&year=2016",
        "by=level&measure=grant_rate&order=-grant_rate",
        "by=year&q=公开",
    ],
)
def test_the_file_has_the_rows_and_columns_of_the_page(
    client: FlaskClient, query: str
) -> None:
    page = page_at(client, "/numbers?" + query)
    (link,) = set(page.xpath("//a[starts-with(text(), '下载表格')]/@href"))
    lines = rows_of(client, link)
    names = [head.partition("，")[0] for head in heads(page)]
    start = next(n for n, line in enumerate(lines) if len(line) > 1)
    file_heads = [name for name in lines[start] if name != "地区全名"]
    assert file_heads == names
    labels_ = [text(a).partition("，")[0] for a in page.xpath("//tbody//th/a[1]")]
    assert [line[0] for line in lines[start + 1 :]] == labels_
    last = [text(tr.xpath("./td")[-2]) for tr in page.xpath("//tbody/tr")]
    assert [line[-2] for line in lines[start + 1 :]] == last


def test_the_file_says_what_was_asked(client: FlaskClient) -> None:
    lines = rows_of(client, "/numbers?by=city&region=广东省&format=csv")
    said = [line[0] for line in lines if len(line) == 1]
    assert said[0] == "统计：本年新收申请、不予公开"
    assert said[1] == "条件：地区 广东省"
    assert said[2].startswith("口径：")
    assert said[3] == "占比：不予公开 ÷ 本年办结合计"


def test_terms_are_explained_where_they_stand(client: FlaskClient) -> None:
    details = page_at(client, "/numbers").xpath("//details[@class='explained']")[0]
    terms = [text(dt) for dt in details.xpath(".//dt")]
    assert terms == ["口径", "格式", "占比", "计入"]
    assert not page_at(client, "/numbers").xpath("//main//*[@title]")


def test_stats_without_a_measure_count_annual_reports(
    serve: Serve, reports: dict[str, Report]
) -> None:
    reports["r1"].kind = "other"
    client = serve(reports.values())
    body = client.get("/api/v1/stats?by=county").get_json()
    assert body["reports"] == len(reports) - 1
    inside = [r for r in reports.values() if len(r.region or []) == 3]
    assert sum(g["reports"] for g in body["groups"]) == len(inside)
    measured = client.get("/api/v1/stats?measure=licences").get_json()
    assert measured["reports"] == len(reports) - 1
    assert any("no annual reports" in note for note in measured["notes"])
