from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from index.documents.exports import EXPORT_COLUMNS, guarded
from index.model.errors import IndexDamagedError
from index.model.fields import FACET_NAMES, FACETS
from index.model.report import Report
from index.model.settings import Settings
from index.search.searcher import Searcher
from tests.indexes import write_index
from tests.webui.conftest import Serve
from webui import create_app

MACHINE = [
    "/api/v1/search",
    "/api/v1/reports/r1",
    "/api/v1/facets/level",
    "/api/v1/suggest?q=深",
    "/api/v1/stats",
    "/api/v1/stats?measure=applications_new&q=公开&by=level",
    "/api/v1/coverage",
    "/api/v1/coverage?region=广东省/深圳市",
    "/api/v1/export",
    "/openapi.json",
    "/-/healthz",
    "/-/readyz",
    "/-/version",
    "/metrics",
    "/opensearch.xml",
    "/feed.atom",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/robots.txt",
]


def raising(error: Exception) -> Callable[..., None]:
    """A method that does nothing but raise."""

    def method(*_arguments: Any, **_named: Any) -> None:
        raise error

    return method


@pytest.mark.parametrize("url", MACHINE)
def test_answers(client: FlaskClient, url: str) -> None:
    got, head = client.get(url), client.head(url)
    assert got.status_code == head.status_code == 200
    assert head.data == b""
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in got.headers["Content-Security-Policy"]


def test_search_keeps_the_contract(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?q=公开&level=县区级")
    body = answer.get_json()
    assert list(body) == [
        "query", "total", "occurrences", "took_ms", "page", "size", "next", "previous",
        "hits", "facets",
    ]  # fmt: skip
    assert (
        set(body["facets"]) == {f.name for f in FACETS if f.shown} <= set(FACET_NAMES)
    )
    assert "县区级" in answer.get_data(as_text=True)
    hit = body["hits"][0]
    assert hit["snippets"]
    for snippet in hit["snippets"]:
        assert {snippet["text"][a:b] for a, b in snippet["marks"]} == {"公开"}


def test_next_leads_through_every_hit_once(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?q=公开&size=7&facets=").get_json()
    total, ids = body["total"], [h["id"] for h in body["hits"]]
    while body["next"]:
        body = client.get(body["next"]).get_json()
        ids += [h["id"] for h in body["hits"]]
    assert len(ids) == len(set(ids)) == total
    second = client.get("/api/v1/search?q=公开&size=7&page=2").get_json()
    assert client.get(second["previous"]).status_code == 200
    assert "cursor=" in second["next"]


def test_toggle_urls_give_what_they_count(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?q=公开&level=地市级").get_json()
    for name in ("level", "year", "region"):
        for value in body["facets"][name]["values"][:4]:
            if not value["selected"] and name != "level":
                assert (
                    client.get(value["toggle_url"]).get_json()["total"]
                    == value["count"]
                )
    chosen = next(v for v in body["facets"]["level"]["values"] if v["selected"])
    assert "level" not in urlsplit(chosen["toggle_url"]).query


def test_what_is_unknown_is_counted_beside_the_values(client: FlaskClient) -> None:
    body = client.get(
        "/api/v1/search?facets=year,region,level&facet_size=1000"
    ).get_json()
    for name, facet in body["facets"].items():
        unknown = facet["unknown"]
        assert [*unknown] == [*facet["values"][0]]
        tops = [v["count"] for v in facet["values"] if "/" not in v["value"]]
        assert sum(tops) + unknown["count"] == body["total"]
        assert unknown["count"] > 0
        assert not unknown["selected"]
        chosen = client.get(unknown["toggle_url"]).get_json()
        assert chosen["total"] == unknown["count"]
        assert chosen["query"]["filters"] == {name: ["不详"]}
        assert chosen["facets"][name]["unknown"]["selected"]
        assert {not hit[name] for hit in chosen["hits"]} == {True}
        for typed in ("不详", "不詳", "unknown"):
            page = client.get(f"/api/v1/search?{name}={typed}").get_json()
            assert page["total"] == unknown["count"]
        without = client.get(f"/api/v1/search?not_{name}=不详").get_json()
        assert without["total"] == body["total"] - unknown["count"]
        assert without["query"]["filters"] == {f"not_{name}": ["不详"]}


def test_what_is_unknown_goes_through_cursors_figures_and_files(
    client: FlaskClient,
) -> None:
    asked = "level=不详&level=县区级&not_year=不详"
    body = client.get(f"/api/v1/search?{asked}&size=3").get_json()
    ids = [hit["id"] for hit in body["hits"]]
    total = body["total"]
    while body["next"]:
        body = client.get(body["next"]).get_json()
        ids += [hit["id"] for hit in body["hits"]]
    assert len({*ids}) == len(ids) == total > 3
    lines = client.get(f"/api/v1/export?{asked}").get_data().decode("utf-8-sig")
    assert {row["id"] for row in csv.DictReader(io.StringIO(lines))} == {*ids}
    assert client.get(f"/feed.atom?{asked}").get_data(as_text=True).count("<entry>")
    for by in ("year", "level", "region", "province"):
        for query in ("region=不详", "year=不详", "agency=不详&year=unknown"):
            answer = client.get(f"/api/v1/stats?by={by}&{query}")
            assert answer.status_code == 200
    found = client.get("/api/v1/facets/year?year=不详&contains=201").get_json()
    assert found["unknown"]["selected"]
    assert {"201" in value["value"] for value in found["values"]} == {True}


def test_a_report_and_its_marks(client: FlaskClient) -> None:
    plain = client.get("/api/v1/reports/r1").get_json()
    assert "origin" not in plain["provenance"]
    marked = client.get("/api/v1/reports/r1?q=公开").get_json()
    assert {marked["text"][a:b] for a, b in marked["text_marks"]} == {"公开"}
    assert client.get("/api/v1/reports/hant/1").get_json()["id"] == "hant/1"
    assert client.get("/api/v1/reports/hant%2F1").get_json()["id"] == "hant/1"


def test_facet_values_that_contain(client: FlaskClient) -> None:
    body = client.get("/api/v1/facets/agency?contains=深圳&size=1&year=2013").get_json()
    assert body["name"] == "agency"
    assert body["truncated"] is (body["total_values"] > 1)
    assert len(body["values"]) == 1
    assert "深圳" in body["values"][0]["value"]


@pytest.mark.parametrize(
    ("url", "status", "parameter", "position"),
    [
        ("/api/v1/search?q=%22公开", 400, "q", 0),
        ("/api/v1/search?q=*", 400, "q", 0),
        ("/api/v1/search?q=" + "字" * 5000, 400, "q", 512),
        ("/api/v1/search?nonsense=1", 400, "nonsense", None),
        ("/api/v1/search?where=drop%20table", 400, "where", None),
        ("/api/v1/facets/nosuch", 404, None, None),
        ("/api/v1/facets/level?page=2", 400, "page", None),
        ("/api/v1/reports/nosuch", 404, None, None),
        ("/api/v1/reports/r1?x=1", 400, "x", None),
        ("/api/v1/suggest?size=x", 400, "size", None),
        ("/api/v1/export?format=xlsx", 400, "format", None),
        ("/api/v1/export?q=%22", 400, "q", 0),
        ("/api/v1/nosuch", 404, None, None),
        ("/feed.atom?page=2", 400, "page", None),
        ("/sitemap-9.xml", 404, None, None),
    ],
)
def test_problems(
    client: FlaskClient,
    url: str,
    status: int,
    parameter: str | None,
    position: int | None,
) -> None:
    answer = client.get(url)
    body = json.loads(answer.data)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(body)
    assert (body["status"], body.get("parameter"), body.get("position")) == (
        status,
        parameter,
        position,
    )


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_told_what_is_allowed(
    client: FlaskClient, method: str
) -> None:
    answer = client.open("/api/v1/search", method=method)
    assert answer.status_code == 405
    assert answer.mimetype == "application/problem+json"
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "raw",
    [
        "%00",
        "%ED%A0%80",
        "%FF%FE",
        "%F0%9F%98%80",
        "%EF%BF%BF",
        "%E2%80%AE",
        "a%0Ab",
        "%25",
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search?q=",
        "/search?q=",
        "/api/v1/reports/",
        "/reports/",
        "/search?agency=",
        "/",
    ],
)
def test_strange_characters_are_no_error_of_ours(
    client: FlaskClient, path: str, raw: str
) -> None:
    assert client.get(path + raw).status_code < 500


def test_an_unusable_index_is_said(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = IndexDamagedError("a file is missing; run gongkai index --rebuild")
    monkeypatch.setattr(Searcher, "refresh", raising(damaged))
    for url in ("/-/readyz", "/api/v1/search"):
        answer = client.get(url)
        assert (answer.status_code, answer.mimetype) == (
            503,
            "application/problem+json",
        )
        assert "rebuild" in answer.get_json(force=True)["detail"]
        assert answer.headers["Retry-After"]
    assert client.get("/search").status_code == 503
    assert client.get("/-/healthz").status_code == 200


def test_an_unforeseen_error_tells_no_secrets(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Searcher, "refresh", raising(RuntimeError("password")))
    answer = client.get("/api/v1/search")
    assert answer.status_code == 500
    assert b"password" not in answer.data


def test_not_modified_costs_no_search(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = client.get("/api/v1/search?q=公开").headers["ETag"]
    no_search = raising(AssertionError("a search was made"))
    monkeypatch.setattr(Searcher, "search", no_search)
    again = client.get("/api/v1/search?q=公开", headers={"If-None-Match": etag})
    assert again.status_code == 304
    other = client.get("/api/v1/search?q=申请", headers={"If-None-Match": etag})
    assert other.status_code == 500


def test_a_new_generation_is_another_answer(
    serve: Serve, reports: dict[str, Report], tmp_path: Path
) -> None:
    client = serve([reports["r1"]])
    etag = client.get("/api/v1/search?q=公开").headers["ETag"]
    write_index(tmp_path / "index", [reports["r2"]])
    newer = client.get("/api/v1/search?q=公开", headers={"If-None-Match": etag})
    assert newer.status_code == 200
    assert newer.get_json()["total"] == 2


def test_compression_keeps_the_validator(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip"}
    answer = client.get("/api/v1/search?q=公开", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    again = client.get(
        "/api/v1/search?q=公开",
        headers=headers | {"If-None-Match": answer.headers["ETag"]},
    )
    assert again.status_code == 304


def test_export_csv_opens_in_a_spreadsheet(
    serve: Serve, reports: dict[str, Report]
) -> None:
    reports["r0"].title = "=HYPERLINK(1)"
    client = serve(reports.values())
    answer = client.get("/api/v1/export?format=csv")
    assert answer.data.startswith(b"\xef\xbb\xbfid,url,source,sha256,encoding,")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert tuple(rows[0]) == EXPORT_COLUMNS
    assert len(rows) == len(reports)
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    assert rows[0]["region"] == "广东省/深圳市/龙岗区"
    assert (rows[0]["applications_new"], rows[0]["procurement_yuan"]) == ("0", "")


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_formulas_are_guarded(value: str) -> None:
    assert guarded(value) == "'" + value


def test_numbers_stay_numbers_and_absent_stays_empty() -> None:
    assert [guarded(v) for v in (-5, 1.5, 0, None)] == ["-5", "1.5", "0", ""]


def test_export_jsonl_holds_whole_records(
    client: FlaskClient, reports: dict[str, Report]
) -> None:
    lines = client.get("/api/v1/export?format=jsonl").data.decode().splitlines()
    assert {json.loads(line)["id"] for line in lines} == set(reports)
    assert len(lines) == len(reports)


def test_feed_is_atom_and_survives_control_characters(
    serve: Serve, reports: dict[str, Report]
) -> None:
    reports["r0"].title = "a\x00b\x08 <公开>"
    client = serve(reports.values())
    feed = ET.fromstring(client.get("/feed.atom?q=公开").data)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    assert 0 < len(entries) <= 30
    for entry in entries:
        assert entry.findtext(f"{atom}updated")
        assert entry.findtext(f"{atom}id", "").startswith("http")
    link = feed.find(f"{atom}link")
    assert link is not None
    assert "q=" in link.get("href", "")


def test_a_feed_is_in_the_order_in_which_reports_came_in(
    serve: Serve, reports: dict[str, Report]
) -> None:
    moments = {
        "r3": "2026-11-02T09:00:00.500Z",
        "r1": "2026-11-02T09:00:00.250Z",
        "r2": "2026-10-30T23:59:59.000Z",
        "r4": None,
    }
    for name, moment in moments.items():
        reports[name].indexed = moment
    client = serve(reports[name] for name in moments)
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ET.fromstring(client.get("/feed.atom").data)
    entries = feed.findall(f"{atom}entry")
    ids = [entry.findtext(f"{atom}id", "").rpartition("/")[2] for entry in entries]
    updated = [entry.findtext(f"{atom}updated") for entry in entries]
    assert ids == list(moments)
    assert updated[:3] == list(moments.values())[:3]
    assert feed.findtext(f"{atom}updated") == moments["r3"]
    answer = client.get("/api/v1/search?sort=indexed").get_json()
    assert [hit["id"] for hit in answer["hits"]] == ["r2", "r1", "r3", "r4"]
    assert answer["hits"][0]["indexed"] == moments["r2"]
    assert client.get("/api/v1/reports/r2").get_json()["indexed"] == moments["r2"]


def test_sitemaps_list_every_report(
    client: FlaskClient, reports: dict[str, Report]
) -> None:
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
    files = [e.text for e in ET.fromstring(client.get("/sitemap.xml").data).iter(name)]
    found = [
        e.text
        for f in files
        for e in ET.fromstring(client.get(urlsplit(f).path).data).iter(name)
    ]
    assert len(found) == len(reports)
    assert client.get(urlsplit(found[0]).path).status_code == 200


def test_metrics_have_few_labels(client: FlaskClient) -> None:
    for i in range(5):
        client.get(f"/nosuch/{i}")
        client.get(f"/search?q=公开{i}")
    text = client.get("/metrics").get_data(as_text=True)
    assert (
        'gongkai_requests_total{endpoint="search.results",method="GET",status="200"} 5.0'
        in text
    )
    assert "nosuch" not in text


def test_queries_are_logged_only_when_asked(
    sample_settings: Settings, searcher: Searcher, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "gongkai.queries")
    for wanted in (False, True):
        settings = replace(sample_settings, log_queries=wanted)
        app = create_app(settings, searcher=searcher)
        app.test_client().get("/api/v1/search?q=公开")
        assert len(caplog.records) == wanted


@pytest.mark.parametrize(
    "path", ["/sitemap.xml", "/api/v1/series/r1", "/api/v1/coverage", "/feed.atom"]
)
def test_a_parameter_that_nobody_knows_is_refused(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(f"{path}?nosuch=1")
    assert answer.status_code == 400
    assert answer.get_json(force=True)["parameter"] == "nosuch"


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v1/search", "/-/version", "/openapi.json", "/metrics"),
        *("/opensearch.xml", "/feed.atom", "/sitemap.xml", "/robots.txt"),
    ],
)
def test_what_programs_read_answers_errors_as_problems(
    client: FlaskClient, path: str
) -> None:
    assert client.get(path).status_code == 200
    refused = client.post(path)
    assert (refused.status_code, refused.mimetype) == (405, "application/problem+json")
    assert refused.get_json(force=True)["code"] == "http.405"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/search?q=公开", "text/html"),
        ("/static/gongkai.css", "text/css"),
        ("/static/gongkai.js", "text/javascript"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/api/v1/search?q=公开", "application/json"),
        ("/api/v1/coverage?format=csv", "text/csv"),
        ("/metrics", "text/plain"),
        ("/sitemap.xml", "application/xml"),
        ("/feed.atom", "application/atom+xml"),
        ("/opensearch.xml", "application/opensearchdescription+xml"),
    ],
)
def test_what_is_text_is_compressed(client: FlaskClient, path: str, kind: str) -> None:
    gzip, identity = ({"Accept-Encoding": name} for name in ("gzip", "identity"))
    answer = client.get(path, headers=gzip, buffered=True)
    assert (answer.status_code, answer.mimetype) == (200, kind)
    plain = client.get(path, headers=identity, buffered=True)
    packed = answer.headers.get("Content-Encoding") == "gzip"
    # what is shorter than half a thousand bytes is not worth it
    assert packed == (len(plain.data) >= 500)
