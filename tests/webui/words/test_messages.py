from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from lxml import html as lxml_html

from index.model.errors import QueryError
from index.query.parser import parse
from index.query.rewrite import rewrite
from webui.words.messages import chinese

QUERIES = [
    '"未完', "公开)", "(公开", "()", '""', "公开 NEAR/5 (收费 OR 公示)", '!"公开"', "公开 OR", "OR 公开", "nofield:1",
    "year:", "-" * 3, "*", "?", "title:2018..2020", "level:没有", "year:abc", "published:abc", "字" * 600,
    " ".join("甲" * 40), "(" * 12 + "公开" + ")" * 12,
]  # fmt: skip
URLS = [
    "/search?nonsense=1", "/search?size=abc", "/search?size=500", "/search?sort=x", "/search?q=1&q=2",
    "/search?published_from=2019", "/search?year_from=0", "/search?where=x", "/search?page=1&cursor=a",
    "/search?page=200&size=100", "/search?where_name=applications_new&where_value=3", "/coverage?region=没有的省",
    "/bodies", "/bodies?agency=没有", "/bodies?agency=甲&series=3", "/compare?id=r1", "/numbers?by=agency",
    "/reports/r1?x=1", "/facets/agency?size=1&size=2",
]  # fmt: skip


def called(_name: str, _form: str) -> list[str]:
    return []


@pytest.mark.parametrize("query", QUERIES)
def test_what_is_wrong_with_a_query_is_said_in_chinese(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        rewrite(parse(query), called)
    assert chinese(caught.value.detail), caught.value.detail


@pytest.mark.parametrize("url", URLS)
def test_what_is_wrong_with_a_page_is_said_in_chinese(
    client: FlaskClient, url: str
) -> None:
    answer = client.get(url)
    assert answer.status_code in (400, 404)
    tree = lxml_html.fromstring(answer.get_data(as_text=True))
    told = tree.xpath("//p[@class='fault']")[0]
    assert told.get("lang") is None
    assert re.search("[\u4e00-\u9fff]", told.text_content())


def test_machines_are_told_in_english(client: FlaskClient) -> None:
    detail = client.get("/api/v1/search?size=abc").get_json()["detail"]
    assert detail.isascii()


def test_what_the_table_does_not_know_stays_as_it_is() -> None:
    assert chinese("something new; do this") is None
