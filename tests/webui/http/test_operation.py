"""What an operator sees and sets: ids of requests, the log, the curator's file, the rate limit."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from index.engines.seam import Engine
from index.model.errors import IndexDamagedError, SettingsError
from index.model.problems import Code
from index.model.report import Report
from index.model.settings import Settings
from index.search.searcher import Searcher
from tests.indexes import write_index
from webui import create_app
from webui.http.operation.failures import MAX_QUERIES, Failures
from webui.http.operation.logs import JsonFormatter

NOTHING = "/api/v1/search?match=all&q="


def client_of(settings: Settings, searcher: Searcher | None = None) -> FlaskClient:
    app = create_app(settings, searcher=searcher)
    app.testing = True
    return app.test_client()


def test_each_answer_has_an_id_of_its_own(client: FlaskClient) -> None:
    ids = {client.get("/-/healthz").headers["X-Request-ID"] for _ in range(5)}
    assert len(ids) == 5
    given = client.get("/-/healthz", headers={"X-Request-ID": "abc-1"})
    assert given.headers["X-Request-ID"] != "abc-1"


def test_a_proxy_that_is_trusted_gives_the_id(
    sample_settings: Settings, searcher: Searcher
) -> None:
    client = client_of(replace(sample_settings, trusted_proxies=1), searcher)
    named = client.get("/-/healthz", headers={"X-Request-ID": "abc-1"})
    assert named.headers["X-Request-ID"] == "abc-1"
    forged = client.get("/-/healthz", headers={"X-Request-ID": "a b" * 40})
    assert forged.headers["X-Request-ID"].isalnum()


def test_the_log_as_json_says_which_request_and_not_what_for(
    sample_settings: Settings, searcher: Searcher
) -> None:
    client = client_of(replace(sample_settings, log_format="json"), searcher)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    log = logging.getLogger("gongkai.requests")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        answer = client.get(
            "/api/v1/search?q=张三", environ_base={"REMOTE_ADDR": "9.8.7.6"}
        )
    finally:
        log.removeHandler(handler)
    (line,) = stream.getvalue().splitlines()
    members = json.loads(line)
    assert members["request_id"] == answer.headers["X-Request-ID"]
    assert (members["endpoint"], members["status"]) == ("api.search", 200)
    assert "张三" not in line
    assert "9.8.7.6" not in line


def lines(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_a_query_is_written_when_a_second_client_asks_it(
    sample_settings: Settings, searcher: Searcher, tmp_path: Path
) -> None:
    file = tmp_path / "failed.jsonl"
    client = client_of(replace(sample_settings, failed_queries=str(file)), searcher)

    def ask(q: str, address: str) -> None:
        client.get(NOTHING + q, environ_base={"REMOTE_ADDR": address})

    for _ in range(3):
        ask("魑魅魍魉", "10.0.0.1")
    assert lines(file) == []
    ask("魑魅魍魉", "10.0.0.2")
    ask("魑魅魍魉", "10.0.0.3")
    (line,) = lines(file)
    assert (line["kind"], line["q"]) == ("nothing", "魑魅魍魉")
    assert set(line) == {"day", "kind", "q"}
    # what finds something is no failure
    ask("公开", "10.0.0.1")
    ask("公开", "10.0.0.2")
    assert len(lines(file)) == 1


def test_of_a_refused_query_the_reason_is_written(
    sample_settings: Settings, searcher: Searcher, tmp_path: Path
) -> None:
    file = tmp_path / "failed.jsonl"
    client = client_of(replace(sample_settings, failed_queries=str(file)), searcher)
    client.get("/search?q=(张三")
    (line,) = lines(file)
    assert (line["kind"], line["code"]) == ("refused", "query.bracket-open")
    assert "张三" not in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("q", "written"),
    [
        ("电话 13800138000", "电话 #"),
        ("11010519491231002X", "#"),
        ("0755-8888 8888 局", "# 局"),
        ("2019 年报", "2019 年报"),
    ],
)
def test_long_numbers_are_taken_out(tmp_path: Path, q: str, written: str) -> None:
    file = tmp_path / "failed.jsonl"
    failures = Failures(str(file))
    for client in ("a", "b"):
        failures.found_nothing(q, client)
    assert [line["q"] for line in lines(file)] == [written]


def test_what_is_remembered_is_bounded(tmp_path: Path) -> None:
    failures = Failures(str(tmp_path / "failed.jsonl"))
    for number in range(MAX_QUERIES + 50):
        failures.found_nothing(f"q{number % 1000}x{number // 1000}", "a")
    assert len(failures._askers) == MAX_QUERIES


def test_a_file_that_cannot_be_written_stops_no_search(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "failed.jsonl"
    Failures(str(missing)).refused(Code.QUERY_TOO_DEEP)
    assert not missing.exists()


def test_a_client_past_its_rate_is_told_when_to_come_back(
    sample_settings: Settings, searcher: Searcher
) -> None:
    client = client_of(replace(sample_settings, rate_limit="3/minute"), searcher)
    mine = {"REMOTE_ADDR": "10.0.0.1"}
    answers = [client.get("/api/v1/search?q=公", environ_base=mine) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    refused = answers[-1]
    assert refused.content_type == "application/problem+json"
    assert int(refused.headers["Retry-After"]) <= 61
    assert answers[0].headers["X-RateLimit-Limit"] == "3"
    assert answers[0].headers["X-RateLimit-Remaining"] == "2"
    # other addresses count too, other clients do not, and health is free
    assert client.get("/", environ_base=mine).status_code == 429
    assert client.get("/", environ_base={"REMOTE_ADDR": "10.0.0.2"}).status_code == 200
    assert client.get("/-/healthz", environ_base=mine).status_code == 200


def test_a_rate_without_meaning_is_said(
    sample_settings: Settings, searcher: Searcher
) -> None:
    with pytest.raises(SettingsError, match="GONGKAI_RATE_LIMIT"):
        create_app(replace(sample_settings, rate_limit="many"), searcher=searcher)


# ---------------------------------------------------------------------- what is open goes on
def fresh(folder: Path, reports: Iterable[Report]) -> Settings:
    return write_index(folder, reports)


def test_a_folder_moved_away_does_not_stop_the_server(
    tmp_path: Path, reports: dict[str, Report]
) -> None:
    settings = fresh(tmp_path / "index", reports.values())
    client = client_of(settings)
    before = client.get("/api/v1/search?q=公开").json
    assert before is not None
    settings.index.rename(tmp_path / "elsewhere")
    for path in (
        "/api/v1/search?q=公开",
        "/search?q=公示",
        "/api/v1/export",
        "/-/readyz",
    ):
        assert client.get(path).status_code == 200
    assert client.get("/-/readyz").json["newest"] is False  # type: ignore[index]
    assert client.get("/api/v1/search?q=公开").json["total"] == before["total"]  # type: ignore[index]
    (tmp_path / "elsewhere").rename(settings.index)
    assert client.get("/-/readyz").json["newest"] is True  # type: ignore[index]
    shutil.rmtree(settings.index)
    assert client.get("/api/v1/search?q=公开").status_code == 200
    # another index in its place is served, though its generation is no newer
    half = list(reports.values())[: len(reports) // 2]
    write_index(settings.index, half)
    assert client.get("/-/readyz").json["reports"] == len(half)  # type: ignore[index]


def test_a_clock_set_back_changes_nothing(
    tmp_path: Path, reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = list(reports.values())[:2]
    settings = fresh(tmp_path / "index", [first])
    client = client_of(settings)
    etag = client.get("/api/v1/search").headers["ETag"]
    yesterday = time.time() - 86_400
    monkeypatch.setattr(time, "time", lambda: yesterday)
    # as a commit of yesterday would leave its files
    write_index(settings.index, [first, second])
    for file in settings.index.iterdir():
        os.utime(file, (yesterday, yesterday))
    answer = client.get("/api/v1/search", headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert answer.json["total"] == 2  # type: ignore[index]
    assert client.get("/-/readyz").json["newest"] is True  # type: ignore[index]
    for _ in range(3):
        assert client.get("/search?q=公开").status_code == 200


class Generations:
    """An engine of one generation that is refreshed to the next one, or fails."""

    def __init__(self, number: int, newest: list[Any]) -> None:
        self.number, self.newest = number, newest

    def refreshed(self) -> Any:
        found = self.newest[0]
        if isinstance(found, Exception):
            raise found
        return found


def test_a_snapshot_is_never_put_back_and_trouble_passes() -> None:
    newest: list[Any] = []
    first, second = Generations(1, newest), Generations(2, newest)
    searcher = Searcher(cast("Engine", first))
    newest.append(second)
    searcher.refresh()
    assert cast("Any", searcher.engine) is second
    newest[0] = IndexDamagedError("a file is missing")
    searcher.refresh()
    assert cast("Any", searcher.engine) is second
    assert searcher.trouble == "a file is missing"
    newest[0] = second
    searcher.refresh()
    assert searcher.trouble is None


def test_a_slower_thread_puts_no_older_snapshot_back() -> None:
    newest: list[Any] = []
    first, second, third = (Generations(number, newest) for number in (1, 2, 3))
    searcher = Searcher(cast("Engine", first))
    looked, may_end = threading.Event(), threading.Event()

    def slowly() -> Any:
        # it has seen the second generation, and takes its time to open it
        looked.set()
        may_end.wait(10)
        return second

    first.refreshed = slowly  # type: ignore[method-assign]
    newest.append(third)
    slow = threading.Thread(target=searcher.refresh)
    quick = threading.Thread(target=searcher.refresh)
    slow.start()
    assert looked.wait(10)
    quick.start()
    # it does not wait for ever: the open snapshot answers
    quick.join(10)
    assert cast("Any", searcher.engine) is first
    may_end.set()
    slow.join(10)
    assert cast("Any", searcher.engine) is second
    second.refreshed = lambda: third
    searcher.refresh()
    assert cast("Any", searcher.engine) is third
