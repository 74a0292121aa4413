from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from lxml.html import HtmlElement

from index.model.report import Report
from index.model.statistics import Statement
from tests.webui.conftest import Serve
from tests.webui.pages import page_at, text

NAME = "深圳市教育局"


@pytest.fixture
def page(client: FlaskClient) -> HtmlElement:
    return page_at(client, f"/bodies?agency={NAME}")


@pytest.fixture
def own(reports: dict[str, Report]) -> list[Report]:
    """The reports of the body, in order of their years."""
    found = (r for r in reports.values() if r.agency == NAME)
    return sorted(found, key=lambda r: (r.year, r.published))


def test_every_report_of_the_body_is_listed_newest_first(
    page: HtmlElement, own: list[Report]
) -> None:
    rows = page.xpath("//section[@aria-labelledby='reports']//tbody/tr")
    assert [r.xpath(".//input/@value")[0] for r in rows] == [
        r.id for r in reversed(own)
    ]
    for row in rows:
        assert row.xpath(".//input/@value")[0] in row.xpath(".//a/@href")[0]


def test_numbers_by_year_are_those_of_the_reports(
    page: HtmlElement, own: list[Report]
) -> None:
    table = page.xpath("//section[@aria-labelledby='metrics']//table")[0]
    heads = [text(a) for a in table.xpath(".//thead//a")]
    newest_first = own[::-1]
    assert heads == [str(r.year) for r in newest_first]
    row = next(r for r in table.xpath(".//tbody/tr") if text(r[0]) == "本年新收申请")
    assert [text(td) for td in row[2:]] == [
        str(r.statistics.metrics["applications_new"]) for r in newest_first
    ]
    assert row.xpath(".//svg[@aria-hidden='true']")


def test_a_number_that_is_not_stated_is_no_zero(
    serve: Serve, own: list[Report]
) -> None:
    first = own[0].statistics
    unstated = {**first.metrics, "applications_new": None}
    own[0].statistics = replace(first, metrics=unstated)
    row = page_at(serve(own), f"/bodies?agency={NAME}").xpath(
        "//section[@aria-labelledby='metrics']//tbody/tr"
    )[0]
    assert text(row[-1]) == "没有写明–"


def test_other_documents_are_named_and_not_counted(
    serve: Serve, own: list[Report]
) -> None:
    guide = own[0]
    guide.kind, guide.title, guide.year = "other", "信息公开指南", None
    client = serve(own)
    page = page_at(client, f"/bodies?agency={NAME}")
    main = text(page.xpath("//main")[0])
    assert f"{len(own) - 1}份报告" in main
    assert "另有1份文件不是年度报告" in main
    assert page.xpath(f"//a[@href='/reports/{guide.id}'][text()='信息公开指南']")
    assert len(page.xpath("//section[@aria-labelledby='reports']//tbody/tr")) == (
        len(own) - 1
    )
    table = client.get(f"/bodies?agency={NAME}&format=csv").text
    assert "信息公开指南" not in table


def test_a_body_that_has_only_other_documents_shows_them(
    serve: Serve, own: list[Report]
) -> None:
    own[0].kind = "other"
    page = page_at(serve(own[:1]), f"/bodies?agency={NAME}")
    assert len(page.xpath("//section[@aria-labelledby='reports']//tbody/tr")) == 1
    assert "不是年度报告" not in text(page.xpath("//main")[0])


def test_a_number_that_is_about_so_much_is_told_so(
    serve: Serve, own: list[Report]
) -> None:
    latest = own[-1].statistics
    about = Statement("applications_new", 12, True, "约12件", (0, 4))
    own[-1].statistics = replace(
        latest, metrics={**latest.metrics, "applications_new": 12}, prose=(about,)
    )
    page = page_at(serve(own), f"/bodies?agency={NAME}")
    rows = page.xpath("//section[@aria-labelledby='metrics']//tbody/tr")
    row = next(r for r in rows if text(r[0]) == "本年新收申请")
    assert text(row[2]) == "约12"


def test_missing_years_are_ours(page: HtmlElement, own: list[Report]) -> None:
    years = {r.year for r in own if r.year}
    gaps = [str(y) for y in range(min(years), max(years)) if y not in years]
    notice = text(page.xpath("//p[@class='notice']")[0])
    assert f"本库未收录：{'、'.join(gaps)}年度" in notice


def test_a_body_with_those_before_and_after_it(
    serve: Serve, reports: dict[str, Report]
) -> None:
    others = [reports["r5"], reports["r9"]]
    for report in others:
        report.agency = "深圳市教育委员会"
    client = serve(reports.values())
    page = page_at(client, f"/bodies?agency={NAME}&series=1")
    assert "深圳市教育委员会" in text(page.xpath("//main")[0])
    listed = set(page.xpath("//input[@name='id']/@value"))
    assert {r.id for r in others} < listed
    alone = page_at(client, page.xpath("//a[contains(., '只看')]/@href")[0])
    assert not set(alone.xpath("//input[@name='id']/@value")) & {r.id for r in others}


def test_a_line_is_not_drawn_across_forms(serve: Serve, own: list[Report]) -> None:
    for report in own[: len(own) // 2]:
        report.statistics = replace(report.statistics, template="gb2019")
    for report in own[len(own) // 2 :]:
        report.statistics = replace(report.statistics, template="gb2021")
    for year, report in enumerate(own, 2012):
        report.year = year
    row = page_at(serve(own), f"/bodies?agency={NAME}").xpath(
        "//section[@aria-labelledby='metrics']//tbody/tr"
    )[0]
    assert len(row.xpath(".//polyline")) == 2


@pytest.mark.parametrize("url", ["/reports/r1", "/coverage?region=广东省/深圳市"])
def test_the_body_is_linked(client: FlaskClient, url: str) -> None:
    assert page_at(client, url).xpath(
        "//main//a[starts-with(@href, '/bodies?agency=')]"
    )


@pytest.mark.parametrize("rest", ["", "&series=1", "&format=csv"])
def test_a_short_name_leads_to_the_body(client: FlaskClient, rest: str) -> None:
    answer = client.get(f"/bodies?agency=深圳教育局{rest}")
    assert answer.status_code == 302
    assert unquote(answer.location).startswith(f"/bodies?agency={NAME}{rest}")


def test_a_body_without_reports_is_told_those_like_it(client: FlaskClient) -> None:
    page = page_at(client, "/bodies?agency=深圳市教育厅", 404)
    assert NAME in text(page.xpath("//main")[0])


def test_quotes_in_a_name_cannot_become_a_query(client: FlaskClient) -> None:
    assert client.get(f'/bodies?agency={NAME}" OR "公开&series=1').status_code == 404
