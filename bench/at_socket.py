"""At the socket: `python -m bench.at_socket` asks the Searcher in this process, and over HTTP the
endpoint, the results page and the peers, the same questions in turn.

A connection is kept; the body of every answer is read to its end. Beside it two fixed loops tell
how fast the machine is, and clients that ask at the same time how many requests a second it
answers. Figures are kept in bench/work/results/; `python -m bench --write` puts them into
bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import Asked, alternate
from bench.peers import groonga, opensearch, peer
from bench.process import folder_bytes, machine
from bench.questions import Drawer, Question
from bench.reports import WORK_FOLDER, reports_file
from bench.servers import SERVED, Connection, Server, absent
from bench.size import (
    TURN_QUESTIONS,
    WARM_QUESTIONS,
    Plan,
    built,
    commit,
    folder_of,
    say,
)
from bench.socket_tables import section
from webui.serving.worker import collect_less

__all__ = ["measure"]

LOOPED_NUMBERS = 2_000_000
CLIENT_COUNTS = (1, 4)
CLIENT_SECONDS = 15.0
# Of so many requests of the load each is another question.
LOAD_QUESTIONS = 400
PROCESS_COUNTS = (1, 2)


# What is asked over HTTP alone: how it is built, and how its totals are read.
WRITERS = {"groonga": groonga.write, "opensearch": opensearch.write}
TOTALS = {"groonga": groonga.total_of, "opensearch": opensearch.total_of}


# ---------------------------------------------------------------------- the machine
def speed() -> dict[str, float]:
    """Milliseconds of two fixed loops, the best of five: ratios of machines differ with them."""
    numbers = np.arange(LOOPED_NUMBERS) % 1_000

    def python_loop() -> int:
        total = 0
        for number in range(LOOPED_NUMBERS // 10):
            total += number * number % 7
        return total

    def numpy_loop() -> int:
        return int(np.bincount(numbers.take(numbers)).max())

    return {"python": _best_ms(python_loop), "numpy": _best_ms(numpy_loop)}


def _best_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1e3)
    return min(times)


# ---------------------------------------------------------------------- in turn
def _over_http(name: str, folder: Path) -> Asked:
    served = SERVED[name]
    open_now: list[Any] = []

    def opened() -> Callable[[Question], bytes]:
        server = Server(served, folder)
        connection = Connection(server.place, served.header)
        open_now[:] = [server, connection]
        return lambda question: connection.get(served.path(question))

    def close() -> None:
        server, connection = open_now
        connection.close()
        server.stop()

    return Asked(opened, close)


def _in_process(folder: Path) -> Asked:
    engine: Any = peer("gongkai")

    def opened() -> Callable[[Question], Any]:
        engine.open(folder)
        engine.settle()
        ask: Callable[[Question], Any] = engine.ask
        return ask

    return Asked(opened, engine.close)


def _turns(
    folders: dict[str, Path],
    warm: Sequence[Question],
    questions: Sequence[Question],
    passes: int,
    turn: int,
) -> tuple[dict[str, Any], dict[str, Asked]]:
    engines = {"searcher": _in_process(folders["gongkai"])}
    engines |= {
        name: _over_http(name, folders[served.build])
        for name, served in SERVED.items()
        if served.build in folders
    }
    say(f"{len(questions)} questions, {passes} passes, {turn} at a time")
    alternate(engines, warm, questions, passes, turn)
    return {name: asdict(e.times) for name, e in engines.items()}, engines


def _totals(engines: dict[str, Asked]) -> dict[str, dict[str, int]]:
    """For each peer: of how many questions its total is ours, less, or more."""
    ours = {n: json.loads(a)["total"] for n, a in engines["endpoint"].answers.items()}
    out = {}
    for name, engine in engines.items():
        if name in ("searcher", "endpoint", "page"):
            continue
        read = TOTALS.get(name, _total_of)
        theirs = {n: read(answer) for n, answer in engine.answers.items()}
        known = [n for n in theirs if theirs[n] is not None]
        out[name] = {
            "asked": len(known),
            "same": sum(theirs[n] == ours[n] for n in known),
            "fewer": sum(theirs[n] < ours[n] for n in known),
        }
    return out


def _total_of(answer: bytes) -> Any:
    found = json.loads(answer)
    return None if found is None else found["total"]


# ---------------------------------------------------------------------- at the same time
def _clients(folder: Path, questions: Sequence[Question]) -> list[dict[str, Any]]:
    """Requests a second of the endpoint, by processes and clients."""
    out = []
    for processes in PROCESS_COUNTS:
        server = Server(SERVED["endpoint"], folder, "--processes", str(processes))
        for clients in CLIENT_COUNTS:
            say(f"{clients} clients, {processes} processes")
            answered = _load(server.place, questions, clients)
            per_second = answered / CLIENT_SECONDS
            figures = {"processes": processes, "clients": clients}
            out.append(figures | {"per_second": per_second})
        server.stop()
    return out


def _load(place: tuple[str, int], questions: Sequence[Question], clients: int) -> int:
    """How many answers clients get in CLIENT_SECONDS, each asking again when it is answered."""
    answered = [0] * clients
    path = SERVED["endpoint"].path

    def client(number: int) -> None:
        connection = Connection(place)
        asked = islice(cycle(questions), number * 37, None)
        while time.monotonic() < until:
            connection.get(path(next(asked)))
            answered[number] += 1
        connection.close()

    until = time.monotonic() + CLIENT_SECONDS
    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered)


# ---------------------------------------------------------------------- all of it
def measure(count: int, plan: Plan) -> dict[str, Any]:
    """All figures of one size."""
    load = [os.getloadavg()[0]]
    reports = reports_file(count, plan.work)
    skipped = [reason for name in SERVED if (reason := absent(name))]
    builds = {s.build for name, s in SERVED.items() if not absent(name)}
    sizes = {}
    for name in sorted(builds & {"gongkai", *plan.peers}):
        sizes[name] = _index_bytes(name, reports, count, plan)
    folders = {name: folder_of(plan, count, name) for name in sizes}
    drawer = Drawer.of(reports, count)
    warm, questions = drawer.draw(WARM_QUESTIONS), drawer.draw(plan.queries)
    collect_less()
    times, engines = _turns(folders, warm, questions, plan.passes, TURN_QUESTIONS)
    single, _ = _turns(folders, warm, questions, plan.passes, 1)
    return {
        "count": count,
        "date": dt.datetime.now().isoformat(" ", "minutes"),
        "commit": commit(),
        "machine": machine(),
        "speed": speed(),
        "skipped": skipped,
        "sizes": sizes,
        "kinds": [question.kind for question in questions],
        "times": times,
        "single": single,
        "totals": _totals(engines),
        "clients": _clients(folders["gongkai"], drawer.draw(LOAD_QUESTIONS)),
        "load": [*load, os.getloadavg()[0]],
    }


def _index_bytes(name: str, reports: Path, count: int, plan: Plan) -> int:
    """Builds the index unless it is there; its bytes."""
    if name not in WRITERS:
        return int(built(name, reports, count, plan)["bytes"])
    folder = folder_of(plan, count, name)
    if plan.fresh or not (folder / "whole").exists():
        say(f"{count}: building {SERVED[name].title}")
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        WRITERS[name](reports, count, folder)
        (folder / "whole").touch()
    return folder_bytes(folder)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.at_socket", description=__doc__
    )
    parser.add_argument("--size", type=int, default=50_000, help="reports (50000)")
    parser.add_argument("--queries", type=int, default=120, help="questions (120)")
    parser.add_argument("--passes", type=int, default=3, help="passes (3)")
    parser.add_argument(
        "--peers",
        default="groonga,opensearch,tantivy,fts5",
        help="commas between (all)",
    )
    parser.add_argument("--work", type=Path, default=WORK_FOLDER, help="kept here")
    given = parser.parse_args()
    peers = tuple(name for name in given.peers.split(",") if name)
    plan = Plan(given.work, given.queries, given.passes, peers, keep=True)
    figures = measure(given.size, plan)
    results = given.work / "results"
    results.mkdir(parents=True, exist_ok=True)
    kept = json.dumps(figures)
    (results / f"socket-{given.size}.json").write_text(kept, encoding="utf-8")
    print(section(figures))


if __name__ == "__main__":
    main()
