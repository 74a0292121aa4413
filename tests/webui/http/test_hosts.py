"""Whose name links carry, and what an id may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from index.model.report import Report
from index.model.settings import Settings
from index.search.searcher import Searcher
from webui import create_app

ABSOLUTE = ("/feed.atom", "/sitemap.xml", "/robots.txt", "/opensearch.xml")
IDS = (
    "//a/b",
    "/a",
    "a\nb",
    "a\n",
    "\r\na",
    "a//b/",
    "..",
    "./a",
    "?q=1#x",
    "a%2Fb",
    "&lt;",
    "甲　乙",
    "\u2028a",
)


@pytest.mark.parametrize("path", ABSOLUTE)
@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "a@b", "[::2]", ""]
)
def test_a_name_that_nobody_trusts_is_in_no_link(
    client: FlaskClient, path: str, host: str
) -> None:
    answer = client.get(path, headers={"Host": host})
    assert not host or host not in answer.text
    if answer.status_code == 200:
        assert "http://127.0.0.1:8080/" in answer.text


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:9999", "[::1]:80", "a.example", "b.c.example:8443"]
)
def test_a_trusted_name_is_in_the_links(
    sample_settings: Settings, searcher: Searcher, host: str
) -> None:
    settings = replace(sample_settings, trusted_hosts="a.example, .c.example")
    client = create_app(settings, searcher=searcher).test_client()
    answer = client.get("/sitemap.xml", headers={"Host": host})
    # port 80 is left out of an address
    assert f"http://{host.removesuffix(':80')}/sitemap-1.xml" in answer.text


@pytest.mark.parametrize(
    ("host", "link"),
    [
        ("0.0.0.0", "http://127.0.0.1:8080/"),
        ("::", "http://127.0.0.1:8080/"),
        ("::1", "http://[::1]:8080/"),
        ("10.1.2.3", "http://10.1.2.3:8080/"),
    ],
)
def test_without_a_trusted_name_links_carry_the_address_listened_on(
    sample_settings: Settings, searcher: Searcher, host: str, link: str
) -> None:
    settings = replace(sample_settings, host=host)
    client = create_app(settings, searcher=searcher).test_client()
    answer = client.get("/robots.txt", headers={"Host": "evil.example"})
    assert f"Sitemap: {link}" in answer.text


def test_every_id_that_is_indexed_is_answered(
    reports: dict[str, Report], serve: Callable[[Iterable[Report]], FlaskClient]
) -> None:
    sample = next(iter(reports.values()))
    client = serve(replace(sample, id=name) for name in IDS)
    for name in IDS:
        path = quote(name, safe="")
        answer = client.get(f"/api/v1/reports/{path}")
        assert answer.status_code == 200, name
        assert answer.json is not None
        assert answer.json["id"] == name
        assert client.get(f"/reports/{path}").status_code == 200
        assert client.get(f"/similar/{path}").status_code == 200
        assert client.get(f"/api/v1/series/{path}").status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip;q=0", None),
        ("gzip;q=0, br;q=0.0", None),
        ("gzip;q=0.5, br;q=0", "gzip"),
        ("br;q=0.000, identity", None),
        ("gzip", "gzip"),
        ("*;q=0", None),
        ("", None),
    ],
)
def test_an_encoding_that_is_refused_is_not_used(
    client: FlaskClient, accepted: str, encoding: str | None
) -> None:
    answer = client.get("/search?q=公开", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
