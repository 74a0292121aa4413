"""One process that answers: its application, its server, its end."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import MutableSequence
from types import FrameType

from flask import Flask

from index.assist.vocabulary import load_dictionary
from index.model.errors import IndexStateError
from index.model.settings import Settings
from index.search.request import SearchRequest
from webui.app import create_app
from webui.http.operation.board import Board
from webui.http.operation.logs import begin_logging
from webui.serving.connections import Server
from webui.serving.unavailable import answer_unavailable

__all__ = ["collect_less", "end_by_signals", "prepare", "work"]

# What it finds does not matter: words are cut, names looked for, values counted, hits drawn.
_FIRST_REQUEST = SearchRequest(q="政府信息公开")
_FIRST_TEMPLATE = "search.html"
# New objects before a collection of the youngest generation; younger collections before
# one of the next. Those of Python 3.11 are 700, 10, 10.
_COLLECTOR_THRESHOLDS = (20_000, 20, 20)


def work(
    settings: Settings,
    sockets: list[socket.socket],
    number: int,
    figures: MutableSequence[float],
) -> None:
    """Answer as process `number` until told to stop, or until the parent is gone."""
    begin_logging(settings)
    board = Board(figures)
    try:
        app = create_app(settings, board=board)
    except IndexStateError as error:
        sys.stderr.write(f"gongkai: {error}\n")
        # where no process accepted, clients would wait for ever
        answer_unavailable(settings, sockets, end_by_signals)
        sys.exit(1)
    server = Server(app, settings, sockets)
    end_by_signals(server)
    threading.Thread(target=_follow_parent, daemon=True).start()
    prepare(app)
    searcher = app.extensions["gongkai"].searcher
    server.run(lambda: board.beat(number, searcher.manifest.generation))


def end_by_signals(server: Server) -> None:
    """Stop when systemd or Docker says so (SIGTERM), or a person at a terminal (SIGINT)."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        server.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _follow_parent() -> None:
    """Stop when the parent is gone: nobody else would end this process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


def prepare(app: Flask) -> threading.Thread:
    """Load what the first question would wait for, and spare the garbage collector all of it.

    The segmenter's dictionary, the names of the index and the template of the results page take as
    long as twenty questions. Returns the thread that loads what is needed less often.
    """
    # whoever asks next is told what is wrong with the index
    with contextlib.suppress(IndexStateError):
        app.extensions["gongkai"].searcher.search(_FIRST_REQUEST)
    app.jinja_env.get_template(_FIRST_TEMPLATE)
    collect_less()
    thread = threading.Thread(target=_prepare_others, args=(app,), daemon=True)
    thread.start()
    return thread


def _prepare_others(app: Flask) -> None:
    """Load what only some requests need: the other templates, then a second of work for words."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    # for the first completion or correction
    load_dictionary()


def collect_less() -> None:
    """Let the garbage collector look less often, and never again at what was loaded.

    An answer makes some thousands of small objects, none in a cycle; by default the collector looks
    at them every 700, and at the lists of all bodies of the country with them: a fifth of the time
    of a request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)
