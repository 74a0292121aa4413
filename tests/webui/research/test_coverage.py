from __future__ import annotations

import csv
import json

import pytest
from flask.testing import FlaskClient
from lxml import html as lxml_html
from lxml.html import HtmlElement

from tests.webui.pages import page_at, text

REGION = "广东省/深圳市"


@pytest.fixture
def tree(client: FlaskClient) -> HtmlElement:
    return lxml_html.fromstring(
        client.get(f"/coverage?region={REGION}").get_data(as_text=True)
    )


def cells(tree: HtmlElement, table: HtmlElement) -> dict[tuple[str, str], HtmlElement]:
    """{(name of the row, year): cell} of a table of the page."""
    years = [text(th) for th in table.xpath(".//thead//th")]
    return {
        (text(row.xpath(".//a")[0]), year): cell
        for row in table.xpath(".//tbody/tr")
        for year, cell in zip(years, row, strict=True)
    }


def test_every_cell_says_what_the_endpoint_says(
    client: FlaskClient, tree: HtmlElement
) -> None:
    body = client.get(f"/api/v1/coverage?region={REGION}").get_json()
    shown = cells(tree, tree.xpath("//table[contains(@class, 'grid')]")[0])
    words = {True: "迟发", False: "按期", None: "在库"}
    for row in body["bodies"]:
        name = row["names"][-1]
        for year, cell in row["years"].items():
            link = shown[name, year].xpath("./a")[0]
            assert text(link).startswith(words[cell["late"]])
            assert link.get("href") == f"/reports/{cell['id']}"
            assert (f"{cell['copies']}份" in text(shown[name, year])) == (
                cell["copies"] > 1
            )
        for year in row["missing"]:
            assert text(shown[name, str(year)]) == "本库未收录"
    assert sum(text(cell) == "本库未收录" for cell in shown.values()) == body["missing"]
    assert sum(text(cell).startswith("迟发") for cell in shown.values()) == body["late"]


def test_absence_is_ours_and_not_theirs(tree: HtmlElement) -> None:
    assert "未公布" not in text(tree)
    assert "机关是否公布过，这里看不出来" in text(tree)


def test_the_rule_stands_beside_the_verdict(tree: HtmlElement) -> None:
    rule = text(tree.xpath("//section[@aria-labelledby='rule']")[0])
    assert "次年3月31日" in rule
    assert "次年1月31日" in rule
    assert "第711号，第四十九条" in rule


def test_regions_below_lead_to_their_own_page_and_reports(
    client: FlaskClient, tree: HtmlElement
) -> None:
    table = tree.xpath("//table[contains(@class, 'counts')]")[0]
    shown = cells(tree, table)
    for child in client.get(f"/api/v1/coverage?region={REGION}").get_json()["children"]:
        assert text(shown[child["label"], "合计"]).startswith(str(child["reports"]))
        for year, count in child["years"].items():
            link = shown[child["label"], year].xpath("./a/@href")[0]
            answer = client.get(link.replace("/search", "/api/v1/search")).get_json()
            assert answer["total"] == count
    for href in table.xpath(".//tbody/tr/th/a/@href"):
        assert client.get(href).status_code == 200


def test_the_way_up_is_shown(tree: HtmlElement) -> None:
    trail = tree.xpath("//nav[@class='trail']//li")
    assert [text(step) for step in trail] == ["全国", "广东省", "深圳市"]
    assert trail[-1].get("aria-current") == "page"


def test_heads_have_a_scope(tree: HtmlElement) -> None:
    for table in tree.xpath("//table"):
        assert set(table.xpath(".//thead//th/@scope")) == {"col"}
        assert set(table.xpath(".//tbody//th/@scope")) == {"row"}
        assert table.getparent().get("tabindex") == "0"


def test_an_unknown_region_is_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/coverage?region=没有的省")
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["parameter"] == "region"


def test_the_country_is_answered_alike_with_and_without_a_region(
    client: FlaskClient,
) -> None:
    assert (
        json.loads(client.get("/api/v1/coverage?region=").data)
        == client.get("/api/v1/coverage").get_json()
    )


@pytest.mark.parametrize(
    "url", ["/", "/search", f"/search?region={REGION}", "/reports/r1"]
)
def test_coverage_is_linked(client: FlaskClient, url: str) -> None:
    body = lxml_html.fromstring(client.get(url).get_data(as_text=True))
    assert body.xpath("//main//a[starts-with(@href, '/coverage')]")


def test_the_file_has_the_bodies_and_the_regions_of_the_page(
    client: FlaskClient,
) -> None:
    query = "?region=广东省"
    body = client.get("/api/v1/coverage" + query).get_json()
    page = page_at(client, "/coverage" + query)
    (link,) = page.xpath("//a[contains(@href, 'format=csv')]/@href")
    written = client.get(link).data.decode("utf-8-sig")
    lines = list(csv.DictReader(written.splitlines()))
    own = [line for line in lines if line["机关"]]
    below = [line for line in lines if not line["机关"]]
    reports = sum(c["copies"] for b in body["bodies"] for c in b["years"].values())
    assert sum(int(line["报告数"]) for line in own) == reports > 0
    assert {line["地区"] for line in own} == {"广东省"}
    counts = {}
    for child in body["children"]:
        for year, reports in child["years"].items():
            counts[child["region"], year] = reports
    written_counts = {
        (line["地区"], line["年度"]): int(line["报告数"]) for line in below
    }
    assert written_counts == counts
    assert counts
    known = [line for line in own if line["编号"]]
    assert {line["迟发"] for line in known} <= {"是", "否", ""}
    assert {line["机关类型"] for line in known} & {"政府", "部门"}


def test_only_annual_reports_are_counted_and_that_is_said(client: FlaskClient) -> None:
    assert "只数年度报告" in text(page_at(client, "/coverage"))
    assert "份年度报告中" in text(page_at(client, "/numbers"))
