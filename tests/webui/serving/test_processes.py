"""How the server begins and how its processes are told to end, with nothing that really serves."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import webui.__main__ as entry
from index.model.errors import IndexDamagedError
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from webui.app import create_app
from webui.serving import worker
from webui.serving.processes import METRICS_FOLDER, Processes

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """The signal handlers of the tests, put back afterwards."""
    every = [*STOP_SIGNALS, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {each: signal.getsignal(each) for each in every}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a Windows process at once")
@pytest.mark.parametrize("stop", STOP_SIGNALS)
def test_a_signal_ends_the_parent(
    stop: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []

    def look(_seconds: float) -> None:
        looks.append(os.environ[METRICS_FOLDER])
        assert len(looks) < 3, "it goes on after the signal"
        signal.raise_signal(stop)

    monkeypatch.setattr(time, "sleep", look)
    processes = Processes(Settings(index=tmp_path), [], 0)
    processes.run()
    assert len(looks) == 1
    assert not Path(looks[0]).exists()
    assert METRICS_FOLDER not in os.environ


@pytest.fixture
def listening() -> Iterator[list[socket.socket]]:
    """Two sockets on ports of their own."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    yield sockets
    for own in sockets:
        own.close()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_addresses_are_said_before_it_serves(
    count: int,
    tmp_path: Path,
    listening: list[socket.socket],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said: dict[str, str] = {}

    class Fake:
        """Stands for the index, the server and the processes."""

        def __init__(self, *arguments: Any, **_: Any) -> None:
            self.arguments = arguments

        def close(self) -> None:
            """The index was only tried."""

        def run(self) -> None:
            is_many = isinstance(self.arguments[-1], int)
            said["processes" if is_many else "server"] = capsys.readouterr().out

    for name in ("open_engine", "create_app", "Server", "Processes"):
        monkeypatch.setattr(entry, name, Fake)
    for name in ("end_by_signals", "prepare"):
        monkeypatch.setattr(entry, name, lambda *_: None)
    entry._run(Settings(index=tmp_path, processes=count), listening)
    ports = [own.getsockname()[1] for own in listening]
    lines = "".join(f"http://127.0.0.1:{port}/\n" for port in ports)
    assert said == {"processes" if count > 1 else "server": lines}


@pytest.mark.parametrize(
    ("host", "url"),
    [("::1", "http://[::1]:8080/"), ("10.0.0.1", "http://10.0.0.1:8080/")],
)
def test_an_address_with_colons_stands_in_brackets(host: str, url: str) -> None:
    assert entry._url(host, 8080) == url


def test_what_the_first_question_needs_is_loaded_before_it(
    sample_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(sample_settings)
    searcher: Searcher = app.extensions["gongkai"].searcher
    loaded: list[str] = []
    monkeypatch.setattr(worker, "load_dictionary", lambda: loaded.append("dictionary"))
    monkeypatch.setattr(worker, "collect_less", lambda: loaded.extend(templates()))

    def templates() -> list[str]:
        compiled = app.jinja_env.cache
        assert compiled is not None
        return sorted(name for _, name in compiled)

    assert [searcher.snapshot._names] == [None]
    thread = worker.prepare(app)
    assert loaded[0] == "search.html"
    assert searcher.snapshot._names is not None
    thread.join()
    assert loaded[1:] == ["dictionary"]
    assert templates() == sorted(app.jinja_env.list_templates())


def test_a_damaged_index_does_not_keep_a_server_from_starting(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[SearchRequest] = []

    def damaged(request: SearchRequest) -> None:
        asked.append(request)
        raise IndexDamagedError("a block is damaged")

    monkeypatch.setattr(worker, "load_dictionary", lambda: None)
    monkeypatch.setattr(worker, "collect_less", lambda: None)
    searcher = app.extensions["gongkai"].searcher
    monkeypatch.setattr(searcher, "search", damaged)
    worker.prepare(app).join()
    assert len(asked) == 1
