"""How soon one added report is visible to a running reader, in a copy of an index."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.process import run
from bench.reports import records
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from indexer.build import build

__all__ = ["update"]

UPDATE_ROUNDS = 5


def update(folder: Path, reports: Path) -> dict[str, float]:
    """Median seconds from the call, and from the start of the command, until the running reader
    finds the report.
    """
    with tempfile.TemporaryDirectory(prefix="bench", dir=folder.parent) as scratch:
        copy = Path(scratch) / "index"
        shutil.copytree(folder, copy)
        settings = Settings(index=copy, jobs=1)
        searcher = Searcher.open(settings)
        files = [
            _one(Path(scratch), reports, number) for number in range(2 * UPDATE_ROUNDS)
        ]
        called = [
            _visible(searcher, number, partial(build, [files[number]], settings))
            for number in range(UPDATE_ROUNDS)
        ]
        commanded = [
            _visible(
                searcher,
                number,
                partial(
                    run,
                    "indexer",
                    "index",
                    str(files[number]),
                    "--index",
                    str(copy),
                    "--json",
                ),
            )
            for number in range(UPDATE_ROUNDS, 2 * UPDATE_ROUNDS)
        ]
        searcher.engine.close()
    return {
        "called_s": statistics.median(called),
        "command_s": statistics.median(commanded),
    }


def _one(scratch: Path, reports: Path, number: int) -> Path:
    """A file of one report, with a word that no other has."""
    record = next(records(reports))
    record |= {
        "id": f"added-{number}",
        "text": record["text"] + f"\n新增报告{_mark(number)}",
    }
    path = scratch / f"added-{number}.jsonl"
    path.write_text(json.dumps(record, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _mark(number: int) -> str:
    return f"㐀㐁{chr(0x3410 + number)}"


def _visible(searcher: Searcher, number: int, add: Callable[[], object]) -> float:
    began = time.perf_counter()
    assert callable(add)
    add()
    searcher.refresh()
    total = searcher.search(SearchRequest(q=f'"{_mark(number)}"')).total
    spent = time.perf_counter() - began
    if total != 1:
        raise RuntimeError(f"the added report is found {total} times")
    return spent
