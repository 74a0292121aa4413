"""A server of two processes when its machine fails it: no descriptors, a file cut short."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from index.model.settings import Settings
from tests.webui.serving.test_serving import Running, end, start, until
from webui.serving.connections import bound
from webui.serving.unavailable import answer_unavailable

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="limits and mapped files as on Linux"
)

SEARCHES = (
    "/api/v1/search?q=%E5%85%AC%E5%BC%80",
    "/api/v1/search?q=%E8%A1%8C%E6%94%BF%E5%A4%8D%E8%AE%AE&size=100",
    "/api/v1/search?q=%22%E6%9C%BA%E5%85%B3%22&sort=-year",
)


def held_connections(running: Running, count: int) -> list[socket.socket]:
    return [running.connection() for _ in range(count)]


@pytest.mark.parametrize("processes", ["1", "2"])
def test_without_descriptors_others_are_answered(
    sample_settings: Settings, processes: str
) -> None:
    # fewer than the connections that the settings allow
    running = start(sample_settings, "--processes", processes, descriptors=140)
    assert until(lambda: running.get("/-/healthz")["status"] == "ok")
    held = held_connections(running, 200)
    try:
        for path in SEARCHES:
            assert running.get(path)["total"] > 0
        # what a second request on a held connection finds is an end, not an error
        answers = [running.get("/-/healthz")["status"] for _ in range(20)]
        assert answers == ["ok"] * 20
    finally:
        for connection in held:
            connection.close()
    assert end(running) == 0


def test_an_index_that_cannot_be_opened_is_answered_at_once(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path, host="127.0.0.1", port=0)
    sockets = bound(settings)
    port = sockets[0].getsockname()[1]
    began = threading.Event()
    thread = threading.Thread(
        target=answer_unavailable,
        args=(settings, sockets, lambda _server: began.set(), 2.0),
    )
    thread.start()
    assert began.wait(10)
    with pytest.raises(HTTPError) as refused:
        urlopen(f"http://127.0.0.1:{port}/search?q=x", timeout=10)
    assert refused.value.code == 503
    assert refused.value.headers["Retry-After"] == "5"
    assert json.load(refused.value)["status"] == 503
    # it ends by itself, so that the index is tried again
    thread.join(30)
    assert not thread.is_alive()
    for own in sockets:
        own.close()


def lengths(folder: Path) -> dict[Path, int]:
    return {file: file.stat().st_size for file in folder.iterdir()}


def answer_or_end(running: Running, path: str) -> int | None:
    """The total of a search, or None where there is no answer or a 503."""
    try:
        total: int = running.get(path)["total"]
    except OSError:
        return None
    return total


def ready_or_none(running: Running) -> int | None:
    """How many processes are well; None where one was asked that is not."""
    try:
        return running.ready()
    except OSError:
        return None


@pytest.mark.parametrize("suffix", ["arr", "seg"])
def test_a_file_cut_short_ends_no_server(
    sample_settings: Settings, tmp_path: Path, suffix: str
) -> None:
    """Reading behind the end of a mapped file ends a process: its parent starts another one."""
    settings = Settings(index=tmp_path / "index")
    shutil.copytree(sample_settings.index, settings.index)
    running = start(settings, "--processes", "2")
    assert until(lambda: running.ready() == 2)
    before = [running.get(path)["total"] for path in SEARCHES]
    whole = tmp_path / "whole"
    shutil.copytree(settings.index, whole)
    for file in settings.index.glob(f"*.{suffix}"):
        os.truncate(file, 4096)
    for total, path in list(zip(before, SEARCHES, strict=True)) * 3:
        # right, or none at all
        assert answer_or_end(running, path) in (total, None)
    assert running.process.poll() is None
    for file, length in lengths(whole).items():
        # the same file gets its bytes back, as from a backup
        shutil.copyfile(file, settings.index / file.name)
        assert (settings.index / file.name).stat().st_size == length
    assert until(lambda: answer_or_end(running, SEARCHES[0]) == before[0])
    assert until(lambda: ready_or_none(running) == 2)
    assert [running.get(path)["total"] for path in SEARCHES] == before
    assert end(running) == 0
