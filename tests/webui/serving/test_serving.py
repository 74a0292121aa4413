"""A server of two processes, tried by clients that mean it ill and by the signals of its owner."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

import pytest

from index.model.settings import Settings
from tests.conftest import ROOT
from webui.serving.connections import refuse_new

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="SIGTERM ends a Windows process at once"
)

SEARCH = "/search?q=%E5%85%AC%E5%BC%80"
EXPORT = b"GET /api/v1/export?format=jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-"
CONNECTIONS = 30
PATIENCE_S = 60


@dataclass
class Running:
    """A server as a process, and the port that it took."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str) -> Any:
        """The JSON at a path, asked for on a connection of its own."""
        address = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
            return json.load(answer)

    def connection(self) -> socket.socket:
        """An open connection."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)

    def ready(self) -> int:
        """How many of its processes are well."""
        ready: int = self.get("/-/healthz")["processes"]["ready"]
        return ready

    def children(self) -> set[int]:
        """The ids of all processes below it that answer."""
        listing = subprocess.run(
            ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
        )
        rows = [tuple(map(int, row.split())) for row in listing.stdout.splitlines()]
        # the fork server stands between
        direct = {pid for pid, parent in rows if parent == self.process.pid}
        return {pid for pid, parent in rows if parent in direct}


def until(holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold before patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def start(settings: Settings, *options: str, descriptors: int | None = None) -> Running:
    """A server as a child; `descriptors` is its limit of open files."""
    environment = os.environ | {
        "GONGKAI_CONNECTIONS": str(CONNECTIONS),
        "GONGKAI_IDLE_SECONDS": "2",
        "GONGKAI_MAX_BODY_MB": "1",
    }
    command = [sys.executable, "-m", "webui", "--index", str(settings.index)]
    command += ["--port", "0", *options]
    if descriptors is not None:
        limited = f'ulimit -n {descriptors}; exec "$@"'
        command = ["sh", "-c", limited, "sh", *command]
        environment["GONGKAI_CONNECTIONS"] = "1000"
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    return Running(process, int(address.rstrip("/").rpartition(":")[2]))


def end(running: Running) -> int:
    running.process.send_signal(signal.SIGTERM)
    code = running.process.wait(PATIENCE_S)
    assert running.process.stdout is not None
    running.process.stdout.close()
    return code


@pytest.fixture(scope="module")
def server(sample_settings: Settings) -> Iterator[Running]:
    running = start(sample_settings, "--processes", "2")
    assert until(lambda: running.ready() == 2)
    yield running
    assert end(running) == 0


def test_idle_and_half_sent_connections_stall_nobody(server: Running) -> None:
    held = []
    for number in range(4 * CONNECTIONS):
        connection = server.connection()
        if number % 2:
            connection.sendall(HALF)
        held.append(connection)
    assert server.get("/-/healthz")["status"] == "ok"
    for connection in held:
        connection.close()


def test_an_idle_connection_is_closed(server: Running) -> None:
    with server.connection() as idle, server.connection() as half:
        half.sendall(HALF)
        idle.settimeout(PATIENCE_S)
        half.settimeout(PATIENCE_S)
        # the end of the stream: the server has closed it
        assert idle.recv(1) == b""
        assert half.recv(1) == b""


def test_readers_that_do_not_read_stall_nobody(server: Running) -> None:
    held = []
    for _ in range(20):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(EXPORT)
        held.append(connection)
    assert server.get("/-/healthz")["status"] == "ok"
    assert server.get("/api/v1/search?q=%E5%85%AC")["total"] > 0
    for connection in held:
        connection.close()


def test_a_large_body_is_refused_unread(server: Running) -> None:
    with server.connection() as connection:
        connection.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 209715200\r\n\r\n"
        )
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_figures_are_those_of_all_processes(server: Running) -> None:
    def answered() -> float:
        address = f"http://127.0.0.1:{server.port}/metrics"
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
            lines = answer.read().decode().splitlines()
        counted = [
            float(line.rpartition(" ")[2])
            for line in lines
            if line.startswith("gongkai_requests_total") and "api.suggest" in line
        ]
        return sum(counted)

    before = answered()
    for _ in range(40):
        server.get("/api/v1/suggest?q=%E5%85%AC")
    assert answered() == before + 40
    # whichever process is asked
    assert answered() == before + 40


def test_a_process_that_dies_is_started_again(server: Running) -> None:
    before = server.children()
    assert len(before) == 2
    os.kill(next(iter(before)), signal.SIGKILL)
    # the other one goes on answering, and the lost one comes back
    assert server.get("/-/healthz")["status"] == "ok"
    assert until(lambda: len(server.children() - before) == 1 and server.ready() == 2)


def load(running: Running, answered: list[int], cut: list[str]) -> None:
    """Ask until the server refuses connections; note each answer that is not whole."""
    while True:
        connection = HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S)
        try:
            connection.request("GET", SEARCH)
            answer = connection.getresponse()
            body = answer.read()
        except ConnectionRefusedError:
            return
        except (OSError, HTTPException) as error:
            cut.append(repr(error))
            return
        finally:
            connection.close()
        answered.append(answer.status)
        if not body.rstrip().endswith(b"</html>"):
            cut.append(body[-40:].decode())


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is of Linux")
def test_behind_the_filter_no_connection_comes_and_those_before_it_are_whole() -> None:
    with socket.create_server(("127.0.0.1", 0)) as own:
        address = own.getsockname()
        with socket.create_connection(address, PATIENCE_S) as before:
            refuse_new(own)
            with pytest.raises(TimeoutError):
                socket.create_connection(address, 0.2)
            accepted, _ = own.accept()
            with accepted:
                before.sendall(b"asked")
                assert accepted.recv(5) == b"asked"
                accepted.sendall(b"answered")
            assert before.recv(8) == b"answered"


@pytest.mark.parametrize("processes", ["1", "2"])
def test_the_end_cuts_no_answer(sample_settings: Settings, processes: str) -> None:
    running = start(sample_settings, "--processes", processes)
    answered: list[int] = []
    cut: list[str] = []
    clients = [
        threading.Thread(target=load, args=(running, answered, cut)) for _ in range(6)
    ]
    for client in clients:
        client.start()
    assert until(lambda: len(answered) > 30)
    assert end(running) == 0
    for client in clients:
        client.join(PATIENCE_S)
    assert cut == []
    assert set(answered) == {200}


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="SIGHUP is of Unix")
def test_a_reload_replaces_each_process_and_drops_nothing(
    sample_settings: Settings,
) -> None:
    running = start(sample_settings, "--processes", "2")
    assert until(lambda: running.ready() == 2)
    before = running.children()
    running.process.send_signal(signal.SIGHUP)
    failed: list[str] = []

    def is_replaced() -> bool:
        try:
            running.get("/api/v1/search?q=%E5%85%AC")
        except OSError as error:
            failed.append(repr(error))
        return not running.children() & before and running.ready() == 2

    assert until(is_replaced)
    assert failed == []
    assert end(running) == 0
