"""Load at the socket: `python -m bench.load` asks a running server mixed questions while a writer
adds and deletes reports, with each number of processes in turn.

Clients keep one connection each and ask again as soon as they are answered. Every answer is looked
at: its status, its length, and of the endpoint that it is JSON with a total. Memory and open files
of all processes of the server are sampled. Figures go to a JSON file and a picture (SVG).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.load_plot import picture
from bench.process import descendants, environment, machine, memory_of
from bench.questions import Drawer, Question
from bench.reports import WORK_FOLDER, records, reports_file

__all__ = ["Figures", "measure"]

QUESTIONS_ASKED = 2_000
# Of all requests these are pages; the others go to the endpoint.
PAGE_SHARE = 0.25
REPORT_SHARE = 0.1
WARM_UP_S = 10.0
SAMPLE_INTERVAL_S = 5.0
# A writer that never rests would take a core from the server.
WRITE_INTERVAL_S = 20.0
REPORTS_A_WRITE = 20
FILES_KEPT = 3
PATIENCE_S = 30.0
# Answers that took longer are kept with their paths, to be asked again by hand.
SLOW_MS = 500.0
SLOWEST_TOLD = 5
STATUS_LINE = re.compile(rb"HTTP/1\.1 (\d{3})")
LENGTH_LINE = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)
ADDRESS = re.compile(r"http://[\w.:]+")


@dataclass(slots=True)
class Figures:
    """What one run gave: requests a second, milliseconds, errors, and samples over time.

    A sample is (seconds, anonymous MB, open files, requests answered so far); one of the slowest
    is (milliseconds, seconds since the start, path).
    """

    processes: int
    clients: int
    seconds: float
    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    longest_ms: float
    slowest: list[tuple[float, float, str]]
    errors: dict[str, int]
    commits: int
    samples: list[tuple[float, float, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What clients have seen so far."""

    began: float = field(default_factory=time.monotonic)
    milliseconds: list[float] = field(default_factory=list)
    slow: list[tuple[float, float, str]] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


# ---------------------------------------------------------------------- the server
class Server:
    """`gongkai serve` over an index, as a process of its own."""

    def __init__(self, index: Path, processes: int) -> None:
        command = [sys.executable, "-m", "webui", "--index", str(index)]
        command += ["--port", "0", "--processes", str(processes)]
        self.child = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
        )
        assert self.child.stdout is not None
        for line in self.child.stdout:
            if found := ADDRESS.search(line):
                self.address = found[0]
                break
        else:
            raise RuntimeError("the server ended before it said its address")
        # a pipe that nobody reads would stop the server
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        assert self.child.stdout is not None
        for _ in self.child.stdout:
            pass

    def state(self) -> tuple[float, int]:
        """Anonymous MB and open files of all its processes."""
        memory = 0.0
        files = 0
        for pid in descendants(self.child.pid):
            try:
                memory += memory_of(pid).anonymous
                files += sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
            except (OSError, KeyError):
                continue
        return memory, files

    def stop(self) -> None:
        """End it, and wait for its end."""
        self.child.send_signal(signal.SIGTERM)
        self.child.wait(PATIENCE_S)


# ---------------------------------------------------------------------- the writer
class Writer(threading.Thread):
    """Adds a file of reports, takes the oldest away, and runs `gongkai index --sync`; again and
    again.
    """

    def __init__(self, index: Path, reports: Path, folder: Path) -> None:
        super().__init__(daemon=True)
        self.index = index
        self.folder = folder
        self.source = cycle(records(reports, 2_000))
        self.over = threading.Event()
        self.commits = 0
        self.failures: Counter[str] = Counter()

    def run(self) -> None:
        self.folder.mkdir()
        number = 0
        while not self.over.wait(WRITE_INTERVAL_S if number else 0):
            self._write(number)
            oldest = self.folder / f"added-{number - FILES_KEPT}.jsonl"
            oldest.unlink(missing_ok=True)
            self._commit()
            number += 1

    def _write(self, number: int) -> None:
        lines = []
        for place in range(REPORTS_A_WRITE):
            record = next(self.source)
            record["id"] = f"load-{number}-{place}"
            lines.append(json.dumps(record, ensure_ascii=False))
        path = self.folder / f"added-{number}.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _commit(self) -> None:
        command = [sys.executable, "-m", "indexer", "index", str(self.folder)]
        command += ["--index", str(self.index), "--sync", "--jobs", "1"]
        ran = subprocess.run(
            command, capture_output=True, text=True, env=environment(), check=False
        )
        if ran.returncode:
            self.failures[f"writer: {ran.stderr.strip()[-200:]}"] += 1
        else:
            self.commits += 1


# ---------------------------------------------------------------------- the clients
def paths(reports: Path, seed: int = 11) -> list[str]:
    """The paths that are asked, mixed: endpoint, results page, report page."""
    rng = random.Random(seed)
    asked = Drawer.of(reports, 50_000).draw(QUESTIONS_ASKED)
    ids = [record["id"] for record in records(reports, 5_000, 10)]
    out = []
    for question in asked:
        drawn = rng.random()
        if drawn < REPORT_SHARE:
            query = urlencode({"q": question.typed})
            out.append(f"/reports/{rng.choice(ids)}?{query}")
        elif drawn < REPORT_SHARE + PAGE_SHARE:
            out.append(f"/search?{_query(question)}")
        else:
            out.append(f"/api/v1/search?{_query(question)}")
    rng.shuffle(out)
    return out


def _query(question: Question) -> str:
    return urlencode(question.parameters)


async def _client(
    address: str, asked: Iterator[str], tally: Tally, until: float
) -> None:
    """One client on one connection that is made anew when it is closed."""
    place = urlsplit(address)
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    while time.monotonic() < until:
        path = next(asked)
        began = time.perf_counter()
        try:
            if writer is None or reader is None:
                reader, writer = await asyncio.open_connection(
                    place.hostname, place.port
                )
            request = f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n"
            writer.write(request.encode())
            status, body, is_last = await asyncio.wait_for(_answer(reader), PATIENCE_S)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            tally.errors[f"{type(error).__name__} {path[:30]}"] += 1
            if writer is not None:
                writer.close()
            writer = None
            continue
        taken = (time.perf_counter() - began) * 1e3
        tally.milliseconds.append(taken)
        if taken > SLOW_MS:
            tally.slow.append((taken, time.monotonic() - tally.began, path))
        if fault := _fault(path, status, body):
            tally.errors[fault] += 1
        if is_last:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, body, and whether the server closes the connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = STATUS_LINE.match(head)
    length = LENGTH_LINE.search(head)
    if status is None or length is None:
        raise ValueError("an answer without status or length")
    body = await reader.readexactly(int(length[1]))
    return int(status[1]), body, b"connection: close" in head.lower()


def _fault(path: str, status: int, body: bytes) -> str:
    """What is wrong with an answer, or nothing."""
    if status != 200:
        return f"{status} {path[:40]}"
    if path.startswith("/api/"):
        return "" if b'"total":' in body else f"no total {path[:40]}"
    return "" if body.rstrip().endswith(b"</html>") else f"cut {path[:40]}"


async def _ask(
    server: Server, asked: list[str], clients: int, seconds: float, tally: Tally
) -> list[tuple[float, float, int, int]]:
    turns = cycle(asked)
    began = time.monotonic()
    until = began + seconds
    tasks = [
        asyncio.create_task(_client(server.address, turns, tally, until))
        for _ in range(clients)
    ]
    samples = []
    while time.monotonic() < until:
        memory, files = server.state()
        elapsed = time.monotonic() - began
        samples.append((elapsed, memory, files, len(tally.milliseconds)))
        await asyncio.sleep(min(SAMPLE_INTERVAL_S, max(0.0, until - time.monotonic())))
    await asyncio.gather(*tasks)
    return samples


# ---------------------------------------------------------------------- the runs
def measure(
    index: Path,
    reports: Path,
    asked: list[str],
    processes: int,
    clients: int,
    seconds: float,
) -> Figures:
    """One run over a copy of the index, with a writer beside it. The copy is deleted."""
    scratch = index.parent / f"load-{processes}"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(index, scratch / "index")
    server = Server(scratch / "index", processes)
    writer = Writer(scratch / "index", reports, scratch / "added")
    tally = Tally()
    try:
        asyncio.run(_ask(server, asked, clients, WARM_UP_S, Tally()))
        writer.start()
        began = time.monotonic()
        samples = asyncio.run(_ask(server, asked, clients, seconds, tally))
        spent = time.monotonic() - began
    finally:
        writer.over.set()
        writer.join(PATIENCE_S)
        server.stop()
        shutil.rmtree(scratch, ignore_errors=True)
    taken = sorted(tally.milliseconds)
    return Figures(
        processes=processes,
        clients=clients,
        seconds=spent,
        requests=len(taken),
        per_second=len(taken) / spent,
        p50_ms=statistics.median(taken),
        p99_ms=taken[int(len(taken) * 0.99)],
        longest_ms=taken[-1],
        slowest=sorted(tally.slow, reverse=True)[:SLOWEST_TOLD],
        errors=dict(tally.errors + writer.failures),
        commits=writer.commits,
        samples=samples,
    )


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--index", type=Path, required=True, help="is copied, not changed"
    )
    parser.add_argument("--reports", type=Path, help="the file that it was made of")
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--out", type=Path, default=WORK_FOLDER / "load")
    given = parser.parse_args()
    reports = given.reports or reports_file(50_000)
    asked = paths(reports)
    runs = []
    for processes in given.processes:
        run = measure(
            given.index, reports, asked, processes, given.clients, given.seconds
        )
        runs.append(run)
        shown = {k: v for k, v in asdict(run).items() if k != "samples"}
        print(json.dumps(shown, ensure_ascii=False), flush=True)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    figures = {"machine": machine(), "runs": [asdict(run) for run in runs]}
    given.out.with_suffix(".json").write_text(json.dumps(figures), encoding="utf-8")
    given.out.with_suffix(".svg").write_text(picture(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
