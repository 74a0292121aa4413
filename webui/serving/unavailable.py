"""What a process answers that cannot open its index: 503, at once, rather than nothing."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from index.model.settings import Settings
from webui.serving.connections import Server

__all__ = ["answer_unavailable", "unavailable"]

# Then the process ends, and the one that is started in its place tries the index again.
UNAVAILABLE_S = 11.0
RETRY_AFTER_S = 5
# Why is for the log: the reason names folders of this machine.
PROBLEM = {
    "type": "about:blank",
    "title": "Service Unavailable",
    "status": 503,
    "code": "http.503",
    "detail": "the index cannot be opened; the log of the server says why",
}


def unavailable(
    _environ: dict[str, Any], start_response: Callable[..., object]
) -> Iterable[bytes]:
    """The WSGI application: every request is answered with the same problem."""
    body = orjson.dumps(PROBLEM)
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Retry-After", str(RETRY_AFTER_S)),
    ]
    start_response("503 Service Unavailable", headers)
    return [body]


def answer_unavailable(
    settings: Settings,
    sockets: list[socket.socket],
    prepare: Callable[[Server], None],
    seconds: float = UNAVAILABLE_S,
) -> None:
    """Answer 503 for some seconds. `prepare` is given the server before it runs."""
    server = Server(unavailable, settings, sockets)
    prepare(server)
    deadline = time.monotonic() + seconds

    def beat() -> None:
        if time.monotonic() > deadline:
            server.stop()

    server.run(beat)
