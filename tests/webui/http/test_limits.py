"""What one request may cost: past it, a 503 that says so, and others go on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from webui import create_app

PATHS = (
    "/api/v1/search?q=公 NEAR/500 开 NEAR/500 信 NEAR/500 息",
    "/api/v1/stats?measure=applications_new&q=公开*信息",
    "/api/v1/export?q=公?信息",
    "/feed.atom?q=公开*信息",
    "/search?q=公开*信息",
)


def client_of(settings: Settings, searcher: Searcher) -> FlaskClient:
    app = create_app(settings, searcher=searcher)
    app.testing = True
    return app.test_client()


@pytest.mark.parametrize("path", PATHS)
def test_work_past_the_limit_is_refused(path: str, sample_settings: Settings) -> None:
    # a searcher of its own: what another test found is not looked for again
    client = client_of(
        replace(sample_settings, request_work=0), Searcher.open(sample_settings)
    )
    answer = client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    if path.startswith("/api"):
        assert answer.json is not None
        assert answer.json["code"] == "request.too-much-work"
        assert answer.json["type"] == "/help#problem-cost"


@pytest.mark.parametrize("path", PATHS)
def test_time_past_the_limit_is_refused(path: str, sample_settings: Settings) -> None:
    settings = replace(sample_settings, request_seconds=-1, export_seconds=-1)
    client = client_of(settings, Searcher.open(sample_settings))
    assert client.get(path).status_code == 503
    # what costs nothing is answered
    assert client.get("/-/healthz").status_code == 200


def test_a_budget_ends_with_its_request(
    sample_settings: Settings, searcher: Searcher
) -> None:
    client = client_of(replace(sample_settings, request_work=0), searcher)
    client.get(PATHS[0])
    assert searcher.search(SearchRequest(q="公?信*息")).total >= 0


def test_exports_leave_threads_for_others(
    sample_settings: Settings, searcher: Searcher
) -> None:
    client = client_of(replace(sample_settings, exports=2), searcher)
    path = "/api/v1/export?format=jsonl"
    begun = [client.get(path) for _ in range(2)]
    refused = client.get(path)
    assert refused.status_code == 503
    assert refused.json is not None
    assert refused.json["code"] == "request.too-many-exports"
    assert client.get("/api/v1/search?q=公开").status_code == 200
    # a reader who has all, or has gone, makes room
    begun[0].close()
    assert client.get(path).status_code == 200


def test_a_refused_export_makes_room(client: FlaskClient) -> None:
    for _ in range(20):
        assert client.get("/api/v1/export?q=(").status_code == 400
    assert client.get("/api/v1/export").status_code == 200


def test_a_sitemap_reads_ids_alone(
    client: FlaskClient, searcher: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = set(searcher.engine.sources())
    monkeypatch.delattr(type(searcher.engine), "scan")
    answer = client.get("/sitemap-1.xml")
    assert answer.status_code == 200
    assert answer.text.count("<url>") == len(ids)
