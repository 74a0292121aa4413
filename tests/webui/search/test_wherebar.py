from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from index.search.searcher import Searcher
from tests.webui.pages import page_at, text


def test_the_form_adds_a_condition_to_the_search(client: FlaskClient) -> None:
    form = page_at(client, "/search?q=公开&level=县区级&page=1").xpath(
        "//form[@class='where']"
    )[0]
    fields = dict(form.form_values()) | {"where_sign": ">=", "where_value": "1,000"}
    answer = client.get(form.get("action"), query_string=fields)
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {
        "q": ["公开"],
        "level": ["县区级"],
        "where": ["applications_new>=1000"],
    }


def test_an_empty_condition_changes_nothing(client: FlaskClient) -> None:
    answer = client.get(
        "/search?q=公开&where_name=applications_new&where_sign=%3D&where_value="
    )
    assert answer.headers["Location"].endswith("/search?q=%E5%85%AC%E5%BC%80")


@pytest.mark.parametrize(
    "query",
    ["where_value=3", "where_name=x&where_value=3", "where_sign=%3D&where_value=3"],
)
def test_half_a_condition_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get("/search?" + query).status_code == 400


def test_the_endpoint_does_not_know_the_form(client: FlaskClient) -> None:
    assert client.get("/api/v1/search?where_value=3").status_code == 400


def test_a_condition_is_a_chip_in_words(client: FlaskClient) -> None:
    chips = page_at(client, "/search?where=applications_new>=100").xpath(
        "//ul[@class='chips']/li"
    )
    assert [text(c) for c in chips] == ["本年新收申请≥100移除本年新收申请≥100"]


def test_the_spread_of_a_chosen_number_narrows_it(client: FlaskClient) -> None:
    page = page_at(client, "/search?q=公开&where=applications_new>=5")
    rows = page.xpath("//ul[@class='bins']/li/a")
    assert rows
    for row in rows:
        query = parse_qs(urlsplit(row.get("href")).query)
        assert query["q"] == ["公开"]
        assert len(query["where"]) == 2
        assert all(w.startswith("applications_new") for w in query["where"])
        assert client.get(row.get("href")).status_code == 200
    assert not page_at(client, "/search?q=公开").xpath("//ul[@class='bins']")


def test_hits_state_the_number_that_they_are_sorted_by(
    client: FlaskClient, searcher: Searcher
) -> None:
    page = page_at(client, "/search?sort=-applications_new")
    assert page.xpath("//select[@id='sort']//option[@selected]/@value") == [
        "-applications_new"
    ]
    first = page.xpath("//ol[@class='hits']/li")[1]
    number = searcher.report(first.xpath(".//@data-pick")[0]).statistics.metrics[
        "applications_new"
    ]
    assert f"本年新收申请{number}" in text(first)


def test_the_query_is_no_filter(client: FlaskClient) -> None:
    assert "已选" not in text(
        page_at(client, "/search?q=公开").xpath("//details[@id='filters']/summary")[0]
    )
    assert "已选1项" in text(
        page_at(client, "/search?q=公开&level=省级").xpath(
            "//details[@id='filters']/summary"
        )[0]
    )
