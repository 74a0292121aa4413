"""Where the time and the space go:

`python -m bench.profile [--reports 2000] [--index DIR] [--at-socket]`, by share.

The stack is looked at as processor time passes, so that other work on the machine does not count,
and each look is counted under the first stage that it fits. Shares of calls into numpy are told by
the interpreter's own profiler in a second run, which cannot see numpy's operators.
"""

from __future__ import annotations

import argparse
import cProfile
import multiprocessing
import pstats
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any, Self
from unittest.mock import patch

from bench.peers.gongkai import request
from bench.questions import Drawer, Question
from bench.reports import reports_file
from bench.servers import SERVED, Connection
from index.engines import whoosh
from index.model.settings import Settings
from index.search.searcher import Searcher
from indexer.build import build
from webui.app import create_app
from webui.serving.connections import Server, bound
from webui.serving.worker import collect_less

EVERY_S = 0.001
SWITCH_S = 0.0001
SAMPLED_SECONDS = 6.0

# (what it is called, part of a file's path, name of a function or "" for any); the
# first that is on the stack wins.
Stages = Sequence[tuple[str, str, str]]

BUILD_STAGES: Stages = (
    ("statistics: tables and prose", "indexer/statistics/", ""),
    ("metadata", "indexer/metadata/", ""),
    ("metadata", "indexer/places", ""),
    ("repair", "indexer/repair/", ""),
    ("cutting words", "index/analysis/tokenizer.py", ""),
    ("folding", "index/analysis/normaliser.py", ""),
    ("offset maps", "index/analysis/offsets.py", ""),
    ("wording", "index/analysis/wording.py", ""),
    ("headings, words, numbers, JSON", "index/analysis/", ""),
    ("Whoosh", "site-packages/whoosh/", ""),
    ("arrays", "index/engines/whoosh/", ""),
    ("reading", "indexer/formats/", ""),
    ("reading", "indexer/corpus.py", ""),
    ("reading", "indexer/decode.py", ""),
    ("the pipeline around", "indexer/", ""),
)
REQUEST_STAGES: Stages = (
    ("JSON", "index/model/json_codec.py", "to_json"),
    ("facet values and their URLs", "index/search/facets.py", "result"),
    ("marks and snippets", "index/search/snippets.py", ""),
    ("hits: heads read", "index/documents/stored.py", ""),
    ("query: parsing, rewriting", "index/search/plan.py", ""),
    ("engine: texts of the hits", "index/engines/whoosh/reading/segment.py", "display"),
    ("engine: texts of the hits", "index/engines/whoosh/reading/segment.py", "texts"),
    ("engine: ranking", "index/engines/whoosh/reading/rank.py", ""),
    ("engine: ordering", "index/engines/whoosh/reading/engine.py", "_page"),
    ("engine: counting facets", "index/engines/whoosh/reading/engine.py", "_facets"),
    ("engine: finding and counting", "index/engines/whoosh/", ""),
    ("around: hits, echo, neighbours", "index/search/searcher.py", ""),
)


# The same at the socket; what a page or an answer is made of comes before the search itself.
SOCKET_STAGES: Stages = (
    ("compression", "flask_compress/", ""),
    ("template", "webui/templates/", ""),
    ("refresh check", "index/search/searcher.py", "refresh"),
    *REQUEST_STAGES,
    ("parameters", "webui/http/params.py", ""),
    ("page: groups, links, chips", "webui/search/", ""),
    ("page: groups, links, chips", "webui/words/", ""),
    ("language, ETag, limits, headers", "webui/http/", ""),
    ("Flask: routing, contexts, answer", "site-packages/flask/", ""),
    ("Flask: routing, contexts, answer", "site-packages/werkzeug/", ""),
    ("accept, read, send", "site-packages/waitress/", ""),
    ("accept, read, send", "webui/serving/", ""),
)
# Functions in which a thread waits for work: no stage of a request.
WAITING_FUNCTIONS = frozenset(("poll", "poll2", "select", "wait"))


class Sampler:
    """Counts the stages that the main thread is in while it is entered."""

    def __init__(self, stages: Stages) -> None:
        self.stages, self.seen, self.seconds = stages, Counter[str](), 0.0

    def __enter__(self) -> Self:
        self.seconds = -time.process_time()
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
        return self

    def __exit__(self, *error: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        self.seconds += time.process_time()

    def _look(self, _: int, frame: FrameType | None) -> None:
        self._count(frame)

    def _count(self, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append((frame.f_code.co_filename, frame.f_code.co_name))
            frame = frame.f_back
        for stage, path, function in self.stages:
            if any(path in file and function in ("", name) for file, name in stack):
                self.seen[stage] += 1
                return
        self.seen["the rest"] += 1

    def told(self, each: int, unit: str) -> str:
        """Milliseconds of each of `each` things, and shares."""
        total = self.seen.total()
        head = f"{self.seconds / each * 1e3:.2f} CPU ms {unit}, {total} looks"
        rows = [
            f"{s:34} {n / total:6.1%} {n / total * self.seconds / each * 1e3:8.3f} ms"
            for s, n in self.seen.most_common()
        ]
        return "\n".join([head, *("  " + row for row in rows)])


class ThreadSampler(Sampler):
    """The same of all other threads: the main thread has nothing to do but look."""

    def _look(self, _: int, __: FrameType | None) -> None:
        own = threading.get_ident()
        for thread, other in sys._current_frames().items():  # noqa: SLF001  nothing else tells
            if thread != own and other.f_code.co_name not in WAITING_FUNCTIONS:
                self._count(other)


def profile_at_socket(folder: Path, questions: Sequence[Question]) -> str:
    """A server in this process, asked by another one, endpoint and results page apart."""
    settings = Settings(index=folder, port=0)
    sockets = bound(settings)
    server = Server(create_app(settings), settings, sockets, is_alone=True)
    threading.Thread(target=server.run, daemon=True).start()
    collect_less()
    # a thread that runs lets this one look at once
    sys.setswitchinterval(SWITCH_S)
    told = []
    for name in ("endpoint", "page"):
        paths = [SERVED[name].path(question) for question in questions]
        place = sockets[0].getsockname()[:2]
        asked = (place, SERVED[name].header, paths)
        with ThreadSampler(SOCKET_STAGES) as sampler:
            answered = _ask_elsewhere(*asked)
        title = f"At the socket, {SERVED[name].title}: "
        told.append(title + sampler.told(answered, "a request"))
    return "\n\n".join(told)


def _ask_elsewhere(place: tuple[str, int], header: str, paths: Sequence[str]) -> int:
    """Have another process ask for SAMPLED_SECONDS; how often it was answered."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        asking = pool.submit(_asked, place, header, paths)
        while not asking.done():
            time.sleep(EVERY_S)
        return asking.result()


def _asked(place: tuple[str, int], header: str, paths: Sequence[str]) -> int:
    connection = Connection(place, header)
    until = time.monotonic() + 2 * SAMPLED_SECONDS
    answered = 0
    while time.monotonic() < until:
        connection.get(paths[answered % len(paths)])
        answered += 1
    connection.close()
    return answered


def numpy_share(work: Callable[[], object]) -> float:
    """The share of calls into numpy in what `work` takes."""
    profile = cProfile.Profile()
    profile.runcall(work)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # typeshed does not name it
    own = {key: row[2] for key, row in stats.items()}
    return float(
        sum(s for (file, _, name), s in own.items() if "numpy" in f"{file}{name}")
        / sum(own.values())
    )


class _InThisProcess:
    """Stands in for the pool of workers of a build."""

    def __init__(self, answer: Callable[[Any], Any], *_: object) -> None:
        self.answer = answer

    def submit(self, batch: Sequence[Any]) -> Future[list[Any]]:
        """The answers, at once."""
        done = Future[list[Any]]()
        done.set_result([self.answer(job) for job in batch])
        return done

    def close(self) -> None:
        """Nothing to end."""


def profile_build(count: int, folder: Path) -> str:
    """A build in one process: workers are out of the sampler's sight."""
    settings, reports = Settings(index=folder, jobs=1), reports_file(count)
    with patch("indexer.build.Pool", _InThisProcess), Sampler(BUILD_STAGES) as sampler:
        build([reports], settings)
    return f"Building {count} reports in one process: " + sampler.told(
        count, "a report"
    )


def profile_requests(searcher: Searcher, questions: Sequence[Question]) -> str:
    """Questions asked over and over: what is remembered is part of it."""

    def ask(question: Question) -> bytes:
        return searcher.search(request(question)).encoded()

    for question in questions:
        ask(question)
    asked = 0
    with Sampler(REQUEST_STAGES) as sampler:
        began = time.process_time()
        while time.process_time() - began < SAMPLED_SECONDS:
            ask(questions[asked % len(questions)])
            asked += 1
    share = numpy_share(lambda: [ask(q) for q in questions])
    stages = sampler.told(asked, "a request")
    return f"A hot request: {stages}\n  calls into numpy: {share:.1%}, by cProfile"


def sizes(folder: Path) -> str:
    """Bytes a report of each kind of part of the packs, and of Whoosh's own files."""
    engine = whoosh.open_engine(folder)
    count, total = engine.manifest.reports, Counter[str]()
    for live in engine.segments:
        pack = live.segment.pack
        for name in pack.names():
            total[name.rpartition(".")[0] or name.partition(":")[0]] += pack.part(
                name
            ).array.nbytes
    engine.close()
    total["Whoosh's files"] = sum(
        f.stat().st_size for f in folder.iterdir() if f.suffix != ".arr"
    )
    rows = [
        f"{name:34} {size / count:8.0f} bytes"
        for name, size in total.most_common()
        if size >= count
    ]
    return "\n".join(
        [
            f"On disk {total.total() / count:.0f} bytes a report",
            *("  " + row for row in rows),
        ]
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.profile", description=__doc__
    )
    parser.add_argument(
        "--reports", type=int, default=2_000, help="how many to build (2000)"
    )
    parser.add_argument(
        "--index",
        type=Path,
        help="ask an index that is there, of reports generated by the bench",
    )
    parser.add_argument(
        "--at-socket", action="store_true", help="a server as well, over HTTP"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench") as scratch:
        folder = given.index or Path(scratch) / "index"
        if not given.index:
            print(profile_build(given.reports, folder) + "\n")
        print(sizes(folder) + "\n")
        searcher = Searcher.open(Settings(index=folder))
        count = searcher.manifest.reports
        print(
            profile_requests(searcher, Drawer.of(reports_file(count), count).draw(100))
        )
        searcher.engine.close()
        if given.at_socket:
            questions = Drawer.of(reports_file(count), count).draw(100)
            print("\n" + profile_at_socket(folder, questions))


if __name__ == "__main__":
    main()
