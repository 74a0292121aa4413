"""Tables to take away: the heads and values are in the language of the page."""

from __future__ import annotations

import csv

import pytest
from flask.testing import FlaskClient

from index.documents.exports import EXPORT_COLUMNS
from tests.webui.pages import page_at, text

BODY = "/bodies?agency=深圳市教育局"
COMPARE = "/compare?id=r1&id=gb1"


def table(client: FlaskClient, url: str, language: str) -> list[list[str]]:
    answer = client.get(f"{url}&format=csv&lang={language}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.reader(answer.data.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("url", [BODY, COMPARE])
def test_reports_have_the_columns_of_an_export_in_words(
    client: FlaskClient, url: str
) -> None:
    heads, *lines = table(client, url, "zh-Hans")
    assert len(heads) == len(EXPORT_COLUMNS)
    assert {"编号", "机关", "层级", "年度", "本年新收申请", "编码", "SHA-256"} <= {
        *heads
    }
    assert not {*heads} & {*EXPORT_COLUMNS}
    english, *same = table(client, url, "en")
    assert {"Agency", "Level", "Year", "Encoding", "SHA-256"} <= {*english}
    assert len(lines) == len(same) > 0
    level = heads.index("层级")
    pairs = zip(lines, same, strict=True)
    assert any(one[level] != other[level] for one, other in pairs)


@pytest.mark.parametrize(
    ("name", "language", "heads", "value"),
    [
        ("level", "zh-Hans", ["层级", "报告数"], "县区级"),
        ("level", "en", ["Level", "Reports"], "County"),
        ("region", "zh-Hant", ["地區", "報告數"], "广东省/深圳市"),
        ("tables", "zh-Hans", ["统计表勾稽", "报告数"], "勾稽一致"),
    ],
)
def test_values_of_a_facet(
    client: FlaskClient, name: str, language: str, heads: list[str], value: str
) -> None:
    own, *lines = table(client, f"/facets/{name}?q=公开", language)
    assert own == heads
    assert value in {line[0] for line in lines}
    asked = f"/api/v1/facets/{name}?q=公开&format=csv"
    machine = client.get(asked).data.decode("utf-8-sig").splitlines()
    assert machine[0] == f"{name},reports"
    counts = [line.rpartition(",")[2] for line in machine[1:]]
    # what is unknown is no value: only the table in words ends with it
    *values, unknown = lines
    assert counts == [line[1] for line in values]
    assert unknown[0] in ("不详", "不詳", "Unknown")
    told = client.get(f"/api/v1/facets/{name}?q=公开").get_json()["unknown"]
    assert unknown[1] == str(told["count"])


def test_coverage(client: FlaskClient) -> None:
    heads, *lines = table(client, "/coverage?region=广东省", "en")
    assert heads[:4] == ["Agency", "Type of body", "Line", "Year"]
    assert heads[-3:] == ["Late", "Region", "Reports"]
    assert {line[6] for line in lines} <= {"yes", "no", ""}


@pytest.mark.parametrize("series", ["2", "x", "", "yes"])
def test_what_a_page_does_not_know_is_passed_over(
    client: FlaskClient, series: str
) -> None:
    odd = page_at(client, f"{BODY}&series={series}")
    plain = page_at(client, BODY)
    assert text(odd.xpath("//main")[0]) == text(plain.xpath("//main")[0])


def test_no_name_of_a_parameter_is_shown(client: FlaskClient) -> None:
    page = client.get("/bodies?agency=&series=x")
    assert page.status_code == 400
    body = page.get_data(as_text=True)
    shown = body[body.index("<main") : body.index("</main")]
    assert "series" not in shown
    assert "agency" not in shown
