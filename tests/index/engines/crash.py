"""Killing writers:

`python -m tests.index.engines.crash 50` kills fifty at random moments and then at each single
operation.

What commit number g changes follows from g alone, so every generation has exactly one right
content.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.engines import whoosh
from index.engines.seam import Document, EngineQuery
from index.engines.whoosh.storage import durable, pack, store
from index.engines.whoosh.writing import segments, writer
from index.query.nodes import String, Wildcard
from tests.index.engines.reference import ReferenceEngine, Shelf
from tests.index.engines.samples import kept, random_document

FINGERPRINT = {"crash": "1"}
ROOT = Path(__file__).resolve().parents[3]


def small() -> None:
    """Batches and segments so small that every commit flushes, seals and merges."""
    writer.MAX_BATCH_UNITS = 200
    segments.MAX_SEGMENT_DOCUMENTS = 20
    segments.MIN_MERGE_BUDGET = 15


def changes(number: int) -> list[tuple[str, Document | None]]:
    rng = random.Random(number * 7919)
    # one report always changes: a writer that changes nothing makes no generation
    out: list[tuple[str, Document | None]] = [
        ("always", random_document(rng, "always"))
    ]
    for _ in range(rng.choice([1, 1, 4, 30])):
        name = f"r{rng.randrange(60)}"
        out.append((name, None if rng.random() < 0.25 else random_document(rng, name)))
    return out


def model(number: int) -> Shelf:
    """The content of a generation; every seventh replaces everything."""
    shelf = Shelf(FINGERPRINT)
    for g in range(1, number + 1):
        if g % 7 == 0:
            shelf.documents = {}
        for name, document in changes(g):
            shelf.documents.pop(name, None)
            if document is not None:
                shelf.documents[name] = document
    return shelf


def write(folder: Path, *, commits: int = 10_000) -> None:
    for _ in range(commits):
        probe = whoosh.open_writer(folder, FINGERPRINT)
        number = probe.store.next_number()
        probe.cancel()
        out = whoosh.open_writer(folder, FINGERPRINT, rebuild=number % 7 == 0)
        for name, document in changes(number):
            out.delete(name) if document is None else out.put(document)
        out.commit()
        print(number, flush=True)


def counting(last: int) -> Callable[[], None]:
    done = [0]

    def tick() -> None:
        done[0] += 1
        if done[0] == last:
            os.kill(os.getpid(), 9)

    return tick


def die_at(operation: int) -> None:
    """Make this process kill itself at one of the operations that touch the disk."""
    tick = counting(operation)

    def before(owner: Any, name: str) -> None:
        plain = getattr(owner, name)

        def wrapped(*args: Any, **given: Any) -> Any:
            tick()
            return plain(*args, **given)

        setattr(owner, name, wrapped)

    for owner, name in (
        (store.Storage, "create_file"),
        (store.Storage, "delete_file"),
        (store.Storage, "rename_file"),
        (store.Storage, "sync"),
        (durable, "seal"),
        (pack.PackWriter, "__init__"),
        (pack.PackWriter, "add"),
        (pack.PackWriter, "copy"),
        (pack.PackWriter, "finish"),
        (writer, "merge_packs"),
    ):
        before(owner, name)


def verify(folder: Path, known: int) -> int:
    """The index is whole, and holds the last commit known or the one that was under way."""
    assert whoosh.check(folder) == []
    engine = whoosh.open_engine(folder, fingerprint=FINGERPRINT)
    number = engine.manifest.generation
    assert number in (known, known + 1), (number, known)
    want = ReferenceEngine(model(number))
    assert engine.sources() == want.sources()
    for condition in (String(("公开",)), String(("a",)), Wildcard("公*信")):
        query = EngineQuery(
            condition=condition, counted=condition, sort="occurrences", size=100
        )
        a, b = engine.search(query), want.search(query)
        assert (a.total, a.occurrences) == (b.total, b.occurrences)
        assert [(f.id, *kept(f.contents)) for f in a.hits] == [
            (f.id, *kept(f.contents)) for f in b.hits
        ]
    return number


def kill_once(
    folder: Path, known: int, *, delay: float | None = None, operation: int = 0
) -> int:
    """Start a writer, kill it, verify; the generation that is there now."""
    command = [
        sys.executable,
        "-m",
        "tests.index.engines.crash",
        "child",
        str(folder),
        str(operation),
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        if delay is not None:
            child.stdout.readline()
            time.sleep(delay)
            child.kill()
        told = child.stdout.read().split()
    assert child.returncode == -9, child.returncode
    whole = [int(t) for t in told if t.isdigit()]
    if not whole and delay is not None:
        known = whoosh.open_engine(folder).manifest.generation
    return verify(folder, max([known, *whole]))


def main() -> None:
    kills = int(sys.argv[1])
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "index"
        whoosh.create(folder, FINGERPRINT)
        known = 0
        for _ in range(kills):
            known = kill_once(folder, known, delay=rng.uniform(0, 0.6))
        for operation in range(1, kills * 2):
            known = kill_once(folder, known, operation=operation)
        left = whoosh.open_writer(folder, FINGERPRINT)
        left.cancel()
        live = {s.segment_id() for s in store.Store(folder).read().segments}
        rest = [
            p.name for p in folder.iterdir() if p.name.partition(".")[0] not in live
        ]
        print(
            f"{kills * 3 - 1} kills, generation {known}, nothing lost or mixed; "
            f"beside segments there is {rest}"
        )


if __name__ == "__main__":
    if sys.argv[1] == "child":
        small()
        if int(sys.argv[3]):
            die_at(int(sys.argv[3]))
        write(Path(sys.argv[2]))
    else:
        small()
        main()
