"""Similar reports and shared passages: time, memory, and whether planted copies are found.

`python -m bench.passages --count 50000` builds an index of generated reports (their truth is taken
for metadata: what is measured here does not depend on reading), plants reports that took paragraphs
over from another body with other numbers, and asks for similar reports, side by sides, copies and
novelty, each for a report that was not asked before.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.measure import percentile
from bench.process import folder_bytes, machine, memory_of
from bench.reports import RANDOM_SEED, WORK_FOLDER
from index.documents.builder import analyse
from index.engines.opening import open_writer
from index.model.report import Report
from index.model.settings import Settings
from index.search.searcher import Searcher
from indexer.sample import Sample, generate

# Lines of so many characters are prose.
PARAGRAPH_CHARACTERS = 40

COMMIT_REPORTS = 10_000
# The part of a planted report's paragraphs that another body wrote.
TAKEN_SHARE = 0.5


@dataclass(slots=True)
class Times:
    """Milliseconds by what was asked."""

    taken: dict[str, list[float]] = field(default_factory=dict)

    def of(self, name: str, ask: Callable[..., Any], *given: str) -> Any:
        """The answer, timed."""
        began = time.perf_counter()
        answer = ask(*given)
        self.taken.setdefault(name, []).append((time.perf_counter() - began) * 1e3)
        return answer

    def rows(self) -> Iterator[str]:
        """A line for each."""
        for name, ms in self.taken.items():
            middle, late, worst = (percentile(ms, share) for share in (0.5, 0.95, 1))
            yield (
                f"{name:<14} {len(ms):>4} asked   p50 {middle:7.1f} ms   "
                f"p95 {late:7.1f} ms   most {worst:7.1f} ms"
            )


def report_of(sample: Sample) -> Report:
    """A generated report with its truth for metadata."""
    truth = sample.truth
    given = {
        name: truth[name]
        for name in (
            "agency",
            "level",
            "org_type",
            "region",
            "year",
            "published",
            "script",
        )
    }
    return Report(
        sample.id, f"{sample.id}.txt", sample.text, title=sample.title, **given
    )


def planted(count: int, number: int) -> Iterator[tuple[Report, str]]:
    """Reports that took half their paragraphs from another body, each with that body's name."""
    rng = random.Random(count)
    for n in range(number):
        own, origin = (
            next(generate(1, RANDOM_SEED, start=rng.randrange(count))) for _ in range(2)
        )
        if (
            own.truth["agency"] == origin.truth["agency"]
            or origin.truth["script"] != "Hans"
        ):
            continue
        lines, source = (
            own.text.split("\n"),
            [s for s in origin.text.split("\n") if len(s) >= PARAGRAPH_CHARACTERS],
        )
        places = [
            at for at, line in enumerate(lines) if len(line) >= PARAGRAPH_CHARACTERS
        ]
        for at, line in zip(
            places[: int(len(places) * TAKEN_SHARE) + 1],
            rng.sample(source, len(source)),
            strict=False,
        ):
            lines[at] = re.sub(r"\d", lambda _: str(rng.randrange(10)), line)
        report = report_of(own)
        report.id, report.text = f"planted-{n}", "\n".join(lines)
        yield report, origin.truth["agency"]


def build(count: int, plants: list[tuple[Report, str]], folder: Path) -> float:
    """Builds the index; gives seconds."""
    began = time.perf_counter()
    writer = open_writer(Settings(index=folder))
    for n, sample in enumerate(generate(count, RANDOM_SEED), 1):
        writer.put(analyse(report_of(sample), "digest"))
        if n % COMMIT_REPORTS == 0:
            print(f"{n} reports after {time.perf_counter() - began:.0f} s", flush=True)
    for report, _ in plants:
        writer.put(analyse(report, "digest"))
    writer.commit()
    return time.perf_counter() - began


def asked(searcher: Searcher, ids: list[str], times: Times) -> None:
    """Asks everything about each report; what follows `similar` finds its strings remembered, as a
    reader's next click does.
    """
    for report_id in ids:
        found = times.of("similar", searcher.similar, report_id)
        others = [n.card.id for n in (*found.neighbours[:1], *found.own_years[:1])]
        for other in others:
            times.of("side by side", searcher.passages, report_id, other)
        times.of("previous year", searcher.novelty, report_id)
        times.of("copies", searcher.copies, report_id)
        times.of("series", searcher.series, report_id)


def found_plants(
    searcher: Searcher, plants: list[tuple[Report, str]], times: Times
) -> tuple[int, int]:
    """How many of the bodies that were copied from come first, and how many among ten."""
    first = ten = 0
    for report, origin in plants:
        bodies = [
            n.card.agency
            for n in times.of("planted", searcher.similar, report.id).neighbours
        ]
        first += bodies[:1] == [origin]
        ten += origin in bodies
    return first, ten


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.passages", description=__doc__
    )
    parser.add_argument(
        "--count", type=int, default=50_000, help="so many generated reports (50000)"
    )
    parser.add_argument(
        "--asked", type=int, default=100, help="about so many of them is asked (100)"
    )
    parser.add_argument(
        "--planted", type=int, default=60, help="so many copies are planted (60)"
    )
    parser.add_argument(
        "--work", type=Path, default=WORK_FOLDER, help="where the index is kept"
    )
    given = parser.parse_args()
    folder = given.work / f"passages-{given.count}"
    plants = list(planted(given.count, given.planted))
    if not folder.exists():
        print(f"built in {build(given.count, plants, folder):.0f} s")
    searcher, times = Searcher.open(Settings(index=folder)), Times()
    before = memory_of()
    ids = [
        f"s{RANDOM_SEED}-{n:07d}"
        for n in random.Random(3).sample(range(given.count), given.asked)
    ]
    asked(searcher, ids, times)
    first, ten = found_plants(searcher, plants, times)
    after = memory_of()
    print(machine())
    print(
        f"{given.count + len(plants)} reports, {folder_bytes(folder) >> 20} "
        "MB on disk, nothing of it for this alone"
    )
    print("\n".join(times.rows()))
    print(f"planted copies: {first} of {len(plants)} first, {ten} among ten")
    print(
        f"own memory {before.anonymous:.0f} -> "
        f"{after.anonymous:.0f} MB, mapped {after.mapped:.0f} MB"
    )


if __name__ == "__main__":
    main()
