"""Addresses as people and proxies send them, and every address below the root of the site."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from index.model.settings import Settings
from index.search.searcher import Searcher
from webui.app import create_app
from webui.serving.request_line import escaped

PAGES = (
    "/",
    "/search?q=公开",
    "/search?q=收费 没有&match=any",
    "/search?q=公开&explain=1",
    "/search?q=没有的没有的",
    "/reports/r1?q=公开",
    "/similar/r1",
    "/numbers",
    "/coverage",
    "/compare?id=r1&id=r2",
    "/facets/agency?q=公开",
    "/help",
    "/about",
    "/nosuch",
)
FORWARDED = Headers({"X-Forwarded-Prefix": "/gk", "X-Forwarded-For": "1.2.3.4"})
# An address of this site that does not begin at the root /gk.
BARE_ADDRESS = re.compile(r'(?:href|src|action)="(/(?!gk[/"?])[^"]*)"')


@pytest.fixture(scope="module")
def forwarded(
    searcher: Searcher, tmp_path_factory: pytest.TempPathFactory
) -> FlaskClient:
    """A site that a proxy serves at /gk."""
    app = create_app(
        Settings(index=tmp_path_factory.mktemp("none"), trusted_proxies=1),
        searcher=searcher,
    )
    return app.test_client()


@pytest.fixture(scope="module")
def based(searcher: Searcher, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A site that is told to stand at /gk."""
    settings = Settings(
        index=tmp_path_factory.mktemp("none"), base_url="https://data.example.cn/gk/"
    )
    return create_app(settings, searcher=searcher).test_client()


@pytest.mark.parametrize("url", PAGES)
def test_every_address_of_a_page_begins_at_the_root(
    forwarded: FlaskClient, based: FlaskClient, url: str
) -> None:
    for answer in (forwarded.get(url, headers=FORWARDED), based.get(url)):
        body = answer.get_data(as_text=True)
        assert '"/gk/' in body
        assert not BARE_ADDRESS.findall(body)


def test_next_toggles_and_locations_begin_at_the_root(forwarded: FlaskClient) -> None:
    answer = forwarded.get("/api/v1/search?q=公开&size=1", headers=FORWARDED)
    body = answer.get_json()
    assert body["next"].startswith("/gk/api/v1/search?")
    toggle = body["facets"]["level"]["values"][0]["toggle_url"]
    assert toggle.startswith("/gk/api/v1/search?")
    moved = forwarded.get("/?q=公开", headers=FORWARDED)
    assert moved.location.startswith("/gk/search?")


def test_the_public_address_has_the_root_once(based: FlaskClient) -> None:
    page = based.get("/reports/r1").get_data(as_text=True)
    assert "https://data.example.cn/gk/reports/r1" in page
    feed = based.get("/feed.atom?q=公开").get_data(as_text=True)
    assert "https://data.example.cn/gk/search?q=" in feed
    assert "/gk/gk" not in feed + page


def test_without_a_root_addresses_begin_with_a_slash(client: FlaskClient) -> None:
    assert 'href="/help"' in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize(
    "url",
    [
        "/?gclid=2",
        "/search?q=公开&utm_source=x",
        "/reports/r1?from=singlemessage&isappinstalled=0",
        "/help?x=1",
        "/about?x=1",
        "/coverage?utm_medium=y",
        "/similar/r1?fbclid=1",
        "/compare?id=r1&id=r2&fbclid=1",
        "/numbers?utm_campaign=z",
    ],
)
def test_pages_leave_out_what_others_add(client: FlaskClient, url: str) -> None:
    assert client.get(url).status_code == 200


def test_the_endpoint_stays_strict_and_is_read_by_any_site(client: FlaskClient) -> None:
    refused = client.get("/api/v1/search?q=公开&utm_source=x")
    assert refused.status_code == 400
    for answer in (refused, client.get("/api/v1/search?q=公开")):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/").headers


def test_years_exchanged_are_put_right_and_said(client: FlaskClient) -> None:
    url = "/api/v1/search?q=公开&facets=&year_from={}&year_to={}"
    body = client.get(url.format(2020, 2010)).get_json()
    same = client.get(url.format(2010, 2020)).get_json()
    assert body["total"] == same["total"]
    codes = [note["code"] for note in body["query"]["note_codes"]]
    assert "query.ends-exchanged" in codes


def test_fields_choose_what_a_hit_and_a_record_have(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?q=公开&size=2&fields=id,year").get_json()
    assert [set(hit) for hit in body["hits"]] == [{"id", "year"}] * 2
    assert "fields=id%2Cyear" in body["next"]
    record = client.get("/api/v1/reports/r1?fields=id,title").get_json()
    assert set(record) == {"id", "title"}
    for fields in ("nosuch", ""):
        for path in ("search", "reports/r1"):
            url = f"/api/v1/{path}?fields={fields}"
            assert client.get(url).status_code == 400, url


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("/api/v1/stats?by=year&format=csv", "year,reports"),
        (
            "/api/v1/stats?measure=applications_new&format=csv",
            "value,label,reports,applications_new.used,applications_new.total",
        ),
        ("/api/v1/coverage?format=csv", "agency,org_type,line,year"),
        ("/api/v1/facets/level?format=csv", "level,reports"),
        ("/api/v1/series/r1?format=csv", "year,id,agency"),
        ("/compare?id=r1&id=r2&format=csv", "编号,网址"),
    ],
)
def test_tables_are_files_too(client: FlaskClient, url: str, header: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    assert answer.get_data(as_text=True).removeprefix("\ufeff").startswith(header)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_reports_are_counted_without_a_measure(client: FlaskClient) -> None:
    body = client.get("/api/v1/stats?by=level&q=公开").get_json()
    found = client.get("/api/v1/search?q=公开&facets=level").get_json()
    counts = {v["value"]: v["count"] for v in found["facets"]["level"]["values"]}
    assert {g["value"]: g["reports"] for g in body["groups"]} == counts
    assert body["reports"] == found["total"]
    assert client.get("/api/v1/stats?by=level&format=xml").status_code == 400


def test_raw_characters_of_a_request_line_are_escaped() -> None:
    line = "GET /search?q=公开&x=%41 HTTP/1.1".encode()
    wanted = b"GET /search?q=%E5%85%AC%E5%BC%80&x=%41 HTTP/1.1"
    assert escaped(line) == wanted
