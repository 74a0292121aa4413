"""What is measured in a process of its own:

`python -m bench.alone build|serve|naive|plain ...`, ending with JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from bench.peers import peer
from bench.process import evict, memory_of
from bench.questions import Question
from bench.reports import records
from index.documents.builder import analyse
from index.engines import whoosh
from index.engines.fingerprint import fingerprint
from index.engines.opening import prepare
from index.engines.seam import Document, Prepared
from index.model.report import Report
from indexer.build import BATCHES_PER_WORKER

__all__ = ["plain_document"]

BATCH_SIZE = 32


def build(name: str, reports: str, count: str, folder: str) -> dict[str, Any]:
    """Builds a peer's index."""
    peer(name).build(Path(reports), int(count), Path(folder))
    return {}


def naive(reports: str, count: str, folder: str) -> dict[str, Any]:
    """Builds the usual stack: ChineseAnalyzer into Whoosh."""
    import_module("bench.peers.whoosh").naive(Path(reports), int(count), Path(folder))
    return {}


def plain(reports: str, count: str, folder: str) -> dict[str, Any]:
    """Our own analysis and writing alone, by all cores: no repair, no metadata, no statistics."""
    writer = whoosh.open_writer(Path(folder), fingerprint())
    for document in _analysed(records(Path(reports), int(count))):
        writer.put(document)
    writer.commit()
    return {}


def _analysed(found: Iterator[dict[str, Any]]) -> Iterator[Prepared]:
    jobs = os.cpu_count() or 1
    running: deque[Future[list[Prepared]]] = deque()
    with ProcessPoolExecutor(jobs) as pool:
        while True:
            while len(running) < BATCHES_PER_WORKER * jobs and (
                batch := list(islice(found, BATCH_SIZE))
            ):
                running.append(pool.submit(_batch, batch))
            if not running:
                return
            yield from running.popleft().result()


def _batch(batch: list[dict[str, Any]]) -> list[Prepared]:
    return [prepare(plain_document(record)) for record in batch]


def plain_document(record: dict[str, Any]) -> Document:
    """A record as a document, taken as it stands."""
    given = {
        name: record[name]
        for name in ("agency", "level", "year", "region", "published")
        if record.get(name)
    }
    report = Report(
        id=record["id"],
        source=record["id"],
        text=record["text"],
        title=record["title"],
        **given,
    )
    return analyse(report, record["id"])


def serve(name: str, folder: str, questions: str, cold: str) -> dict[str, Any]:
    """Opens an index, answers one question, then all; says how long opening took and what memory is
    in use.
    """
    asked = [
        Question(**{**q, "words": tuple(q["words"])})
        for q in json.loads(Path(questions).read_text())
    ]
    engine = peer(name)
    if cold == "cold":
        evict(Path(folder))
    began = time.perf_counter()
    engine.open(Path(folder))
    engine.ask(asked[0])
    first = time.perf_counter() - began
    for question in asked[1:]:
        engine.ask(question)
    return {"open_s": first, "asked": len(asked), **asdict(memory_of())}


COMMANDS: dict[str, Callable[..., dict[str, Any]]] = {
    "build": build,
    "naive": naive,
    "plain": plain,
    "serve": serve,
}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
