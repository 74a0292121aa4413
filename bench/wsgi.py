"""The smallest server over a peer: `python -m bench.wsgi NAME FOLDER` prints its address, then
answers a question, given as JSON in the query, with what the peer answers.

Waitress serves it, with one thread: connections of SQLite belong to the thread that made them.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from waitress.server import create_server

from bench.peers import Peer, peer
from bench.questions import Question
from webui.serving.worker import collect_less

__all__ = ["command", "path"]

OPENED = threading.local()


def command(name: str, folder: Path) -> list[str]:
    """The line that serves a peer."""
    return [sys.executable, "-m", "bench.wsgi", name, str(folder)]


def path(question: Question) -> str:
    """The request that asks it."""
    fields = {slot: getattr(question, slot) for slot in question.__slots__}
    return f"/?{urlencode({'question': json.dumps(fields)})}"


def _application(name: str, folder: Path) -> Callable[..., Iterable[bytes]]:
    def opened() -> Peer:
        if not hasattr(OPENED, "peer"):
            OPENED.peer = peer(name)
            OPENED.peer.open(folder)
        made: Peer = OPENED.peer
        return made

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        given = json.loads(parse_qs(environ["QUERY_STRING"])["question"][0])
        question = Question(**{**given, "words": tuple(given["words"])})
        body = opened().ask(question) or b"null"
        head = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
        ]
        start("200 OK", head)
        return [body]

    return answer


def main() -> None:
    """The command."""
    application = _application(sys.argv[1], Path(sys.argv[2]))
    server = create_server(application, host="127.0.0.1", port=0, threads=1)
    collect_less()
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main()
