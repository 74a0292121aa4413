from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from index.search.searcher import Searcher
from index.studies.aggregate import BY
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
    page = page_at(client, "/numbers" + query)
    status = text(page.xpath("//*[@role='status']")[0])
    assert status.startswith(f"{body['reports']}份报告中{body['used']}份计入")
    rows = page.xpath("//table//tbody/tr")
    assert len(rows) == len(body["groups"])
    for row, group in zip(rows, body["groups"], strict=True):
        assert text(row.xpath("./th/a")[0]).startswith(group["label"])
        total = figure(group["total"], ratio=measure.endswith("rate")) or "无"
        cells = [text(cell) for cell in row.xpath("./td")]
        assert cells[0] == total
        assert cells[6:8] == [str(group["used"]), str(group["reports"])]


def test_a_group_leads_to_its_reports(client: FlaskClient) -> None:
    page = page_at(client, "/numbers?q=公开&level=县区级&by=year")
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
    assert drawn.count(">无<") == 1


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
    )[1]
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
