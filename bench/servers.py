"""Engines as servers: each in a process of its own, asked over one connection that is kept."""

from __future__ import annotations

import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench import wsgi
from bench.load import ADDRESS, LENGTH_LINE, PATIENCE_S, STATUS_LINE
from bench.peers import FACET_SIZE, FACETS, HITS_PER_PAGE, groonga, opensearch
from bench.process import environment
from bench.questions import Question

__all__ = ["SERVED", "Connection", "Served", "Server", "absent", "endpoint", "page"]

RECEIVE_BYTES = 1 << 18
CLOSE_LINE = re.compile(rb"\r\nConnection: close", re.IGNORECASE)
START_S = 60.0
# Our server compares the blocks of its index with their checksums after it was started; it is
# asked when that is over, as in the bench of the Searcher.
SETTLE_S = 5.0


def endpoint(question: Question) -> str:
    """The request to our endpoint: what the bench asks the Searcher for."""
    fields = _fields(question)
    fields["facets"] = ",".join(FACETS)
    fields["facet_size"] = str(FACET_SIZE)
    return f"/api/v1/search?{urlencode(fields)}"


def page(question: Question) -> str:
    """The request for our results page."""
    return f"/search?{urlencode(_fields(question))}"


def _fields(question: Question) -> dict[str, str]:
    return question.parameters | {"size": str(HITS_PER_PAGE)}


def _gongkai(folder: Path, _: int) -> list[str]:
    return [sys.executable, "-m", "webui", "--index", str(folder), "--port", "0"]


@dataclass(frozen=True, slots=True)
class Served:
    """How an engine is served: the line that starts it on a port that is free, the request of a
    question, the build it needs, and what it must wait for.
    """

    title: str
    command: Callable[[Path, int], list[str]]
    path: Callable[[Question], str]
    build: str
    header: str = ""
    settle_s: float = 0.0


SERVED = {
    "endpoint": Served("endpoint", _gongkai, endpoint, "gongkai", settle_s=SETTLE_S),
    "page": Served(
        "results page, gzip",
        _gongkai,
        page,
        "gongkai",
        header="Accept-Encoding: gzip\r\n",
        settle_s=SETTLE_S,
    ),
    "groonga": Served("Groonga", groonga.command, groonga.path, "groonga"),
    "opensearch": Served(
        "OpenSearch, one node",
        opensearch.command,
        opensearch.path,
        "opensearch",
        settle_s=SETTLE_S,
    ),
    "tantivy": Served(
        "tantivy-py behind WSGI",
        lambda folder, _: wsgi.command("tantivy", folder),
        wsgi.path,
        "tantivy",
    ),
    "fts5": Served(
        "SQLite FTS5 behind WSGI",
        lambda folder, _: wsgi.command("fts5", folder),
        wsgi.path,
        "fts5",
    ),
}


def absent(name: str) -> str | None:
    """Why an engine cannot be served here; None if it can."""
    title = SERVED[name].title
    if name == "groonga" and shutil.which("groonga") is None:
        return f"{title} is skipped: apt-get install groonga-bin"
    if name == "opensearch":
        return opensearch.absent()
    if name == "tantivy" and find_spec("tantivy") is None:
        return f"{title} is skipped: uv sync --group bench"
    return None


class Server:
    """An engine's server over an index."""

    def __init__(self, served: Served, folder: Path, *more: str) -> None:
        port = _free_port()
        self.child = subprocess.Popen(
            [*served.command(folder, port), *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment(),
        )
        self.place = ("127.0.0.1", port)
        if served.build != "groonga":
            self.place = self._said()
        _wait_for(self.place)
        time.sleep(served.settle_s)

    def _said(self) -> tuple[str, int]:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            if found := ADDRESS.search(line):
                parts = urlsplit(found[0])
                return str(parts.hostname), int(parts.port or 0)
        raise RuntimeError("the server ended before it said its address")

    def stop(self) -> None:
        """End it, and wait for its end."""
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(PATIENCE_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(place: tuple[str, int]) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(place, 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


class Connection:
    """One connection to a server, kept where the server keeps it: Groonga ends each."""

    def __init__(self, place: tuple[str, int], header: str = "") -> None:
        self.place = place
        self._open()
        self.rest = f" HTTP/1.1\r\nHost: {place[0]}:{place[1]}\r\n{header}\r\n"

    def _open(self) -> None:
        self.socket = socket.create_connection(self.place, PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_ended = False

    def get(self, path: str) -> bytes:
        """The body of an answer. Raises RuntimeError where it is no 200 with a length."""
        # a server may have ended one that waited while the next ones were started
        if self.is_ended or select.select([self.socket], [], [], 0)[0]:
            self.socket.close()
            self._open()
        self.socket.sendall(f"GET {path}{self.rest}".encode())
        received = bytearray()
        while (head_end := received.find(b"\r\n\r\n")) < 0:
            self._receive(received)
        head = bytes(received[: head_end + 2])
        status, length = STATUS_LINE.match(head), LENGTH_LINE.search(head)
        if status is None or status[1] != b"200" or length is None:
            raise RuntimeError(f"{path}: {head[:200]!r}")
        self.is_ended = CLOSE_LINE.search(head) is not None
        end = head_end + 4 + int(length[1])
        while len(received) < end:
            self._receive(received)
        return bytes(received[head_end + 4 : end])

    def _receive(self, received: bytearray) -> None:
        piece = self.socket.recv(RECEIVE_BYTES)
        if not piece:
            raise RuntimeError("the server closed the connection")
        received += piece

    def close(self) -> None:
        """Let go of it."""
        self.socket.close()
