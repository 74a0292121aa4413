"""Where the time and the space go:

`python -m bench.profile [--reports 2000] [--index DIR]`, by share.

The stack is looked at as processor time passes, so that other work on the machine does not count,
and each look is counted under the first stage that it fits. Shares of calls into numpy are told by
the interpreter's own profiler in a second run, which cannot see numpy's operators.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Self

from bench.peers.gongkai import request
from bench.questions import Drawer, Question
from bench.reports import reports_file
from index.engines import whoosh
from index.model.settings import Settings
from index.search.searcher import Searcher
from indexer.build import build

EVERY_S = 0.001
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


def profile_build(count: int, folder: Path) -> str:
    """A build in one process."""
    settings, reports = Settings(index=folder, jobs=1), reports_file(count)
    with Sampler(BUILD_STAGES) as sampler:
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


if __name__ == "__main__":
    main()
