"""What is said to people and to machines: errors in the language of each."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from lxml import html as lxml_html

from index.documents.builder import analyse
from index.engines.opening import open_writer
from index.model.problems import Code
from index.model.report import Report
from index.model.settings import Settings
from webui import create_app

QUERIES = [
    '"未完',
    "公开)",
    "(公开",
    "()",
    '""',
    "公开 NEAR/5 (收费 OR 公示)",
    '!"公开"',
    "公开 OR",
    "OR 公开",
    "year:",
    "---",
    "*",
    "agency:2018..2020",
    "level:没有",
    "year:abc",
    "year:..",
    "published:abc",
    "published:..",
    "applications_new:abc",
    "字" * 600,
    " ".join("甲" * 40),
    "(" * 12 + "公开" + ")" * 12,
]
URLS = [
    "/search?size=abc",
    "/search?size=500",
    "/search?sort=x",
    "/search?q=1&q=2",
    "/search?published_from=2019-13",
    "/search?year_from=0",
    "/search?where=x",
    "/search?page=1&cursor=a",
    "/search?page=200&size=100",
    "/search?where_name=applications_new&where_value=3",
    "/coverage?region=没有的省",
    "/bodies",
    "/bodies?agency=没有",
    "/bodies?agency=甲&series=3",
    "/compare?id=r1",
    "/compare?x=1",
    "/numbers?by=agency",
    "/numbers?by=nothing",
    "/reports/nosuch",
    "/facets/agency?size=1&size=2",
    "/facets/agency?size=0",
]


@pytest.fixture(scope="module")
def real_client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Pages over the embedded engine: the stand-in parses no query."""
    place = Settings(index=tmp_path_factory.mktemp("index") / "index")
    writer = open_writer(place)
    report = Report(id="a", source="a.txt", text="信息公开年度报告。")
    writer.put(analyse(report, report.id))
    writer.commit()
    return create_app(place).test_client()


def told_on(client: FlaskClient, url: str, **params: str) -> str:
    answer = client.get(url, query_string=params or None)
    assert answer.status_code in (400, 404)
    tree = lxml_html.fromstring(answer.get_data(as_text=True))
    (told,) = tree.xpath("//p[@class='fault'][not(code)]")
    assert told.get("lang") is None
    return str(told.text_content())


def han_only(text: str) -> bool:
    """Whether a sentence is Chinese: no English word stands beside Chinese ones."""
    return re.search("[\u4e00-\u9fff]", text) is not None and " the " not in text


@pytest.mark.parametrize("query", QUERIES)
def test_a_page_says_in_chinese_what_is_wrong_with_a_query(
    real_client: FlaskClient, query: str
) -> None:
    assert han_only(told_on(real_client, "/search", q=query))


@pytest.mark.parametrize("url", URLS)
def test_a_page_says_in_chinese_what_is_wrong_with_it(
    client: FlaskClient, url: str
) -> None:
    assert han_only(told_on(client, url))


@pytest.mark.parametrize(
    ("url", "code", "facts"),
    [
        (
            "/api/v1/search?size=500",
            Code.REQUEST_OUT_OF_RANGE,
            {"name": "size", "value": 500, "low": 1, "high": 100},
        ),
        (
            "/api/v1/search?q=applications_new:abc",
            Code.QUERY_BAD_NUMBER,
            {"value": "abc", "name": "applications_new"},
        ),
        ("/api/v1/reports/nosuch", Code.REPORT_UNKNOWN, {"id": "nosuch"}),
    ],
)
def test_a_machine_is_told_in_english_and_as_a_code(
    real_client: FlaskClient, url: str, code: Code, facts: dict[str, object]
) -> None:
    problem = real_client.get(url).get_json(force=True)
    assert (problem["code"], problem["facts"]) == (code.value, facts)
    assert problem["detail"].isascii()
