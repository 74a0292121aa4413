"""The build: walks a corpus, reads what is new or changed, in worker processes, and publishes it
all at once.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from itertools import islice
from multiprocessing import connection
from pathlib import Path
from threading import Thread

from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer, prepare
from index.engines.seam import Prepared, Writer
from index.model.errors import IndexMissingError, InputError
from index.model.settings import Settings
from indexer.corpus import Skip, walk
from indexer.derivation import derivation
from indexer.metadata import HostTable
from indexer.metadata.hosts import host_of
from indexer.overrides import Overrides
from indexer.page import Source
from indexer.pipeline import report_id, report_of

__all__ = ["Tally", "build"]

# Documents a worker takes at a time.
BATCH_SIZE = 32

# Batches under way for each worker: while a thousand documents are inverted, the
# workers must not run out of work.
BATCHES_PER_WORKER = 8

# Up to so many documents are read in this process: starting workers would take longer.
FEW_DOCUMENTS = 64

# From which confidence on a report's region may speak for its host.
SURE_CONFIDENCE = 0.9

# Reports without a region that are read again with the hosts learned; their bytes are
# kept until then.
MOST_OPEN = 2_000


@dataclass(slots=True)
class Tally:
    """What a build did.

    `reports` is how many the index holds afterwards, `outdated` how many of them an older
    version of the readers, repairs or rules has derived: they were not met this time.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    skipped: list[dict[str, str]] = field(default_factory=list)
    reports: int = 0
    outdated: int = 0
    seconds: float = 0.0

    @property
    def read(self) -> int:
        """How many documents could be read."""
        return self.added + self.updated + self.unchanged

    def skip(self, source: str, reason: str) -> None:
        """One more source that is not in the index, and why."""
        self.skipped.append({"source": source, "reason": reason})


@dataclass(frozen=True, slots=True)
class _Task:
    source: Source
    report_id: str
    digest: str
    before: str | None
    positions: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the index has no report of this id yet."""
        return self.before is None


def build(
    paths: Sequence[Path],
    settings: Settings,
    *,
    rebuild: bool = False,
    sync: bool = False,
    overrides: Overrides | None = None,
    progress: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Bring the index up to what stands at the paths.

    Raises IndexStateError; a bad source is tallied, never raised.
    """
    began = time.perf_counter()
    tally = Tally()
    writer = open_writer(settings, rebuild=rebuild)
    try:
        known = {} if rebuild else _known(settings)
        if rebuild:
            writer.clear()
        kept: list[str] = []
        tasks = _tasks(walk(paths, settings), known, kept, tally, overrides)
        if settings.word_positions:
            tasks = (replace(task, positions=True) for task in tasks)
        learning = _Learning()
        for task, outcome in _documents(tasks, settings, overrides):
            learning.see(task, outcome)
            _put(writer, task, outcome, tally)
            if isinstance(outcome, str) and task.before is not None:
                kept.append(task.before)
            progress(tally)
        for task in learning.open:
            again = _prepare(task, overrides, learning.table())
            if isinstance(again, _Read):
                writer.put(again.document)
        if sync and not rebuild:
            _delete_vanished(writer, paths, known, tally)
        kept += [digest for digest, _ in known.values()]
        _commit(writer, kept, tally)
    except BaseException:
        writer.cancel()
        raise
    tally.reports = _reports(settings)
    tally.seconds = round(time.perf_counter() - began, 3)
    return tally


def _commit(writer: Writer, kept: Iterable[str], tally: Tally) -> None:
    """Publish. What derived the reports is said only where it derived all of them.

    `kept` are the digests of the reports that this build did not read.
    """
    tally.outdated = sum(_derivation_in(digest) != derivation() for digest in kept)
    writer.commit("" if tally.outdated else derivation())


def _known(settings: Settings) -> dict[str, tuple[str, str]]:
    try:
        engine = open_engine(settings)
    except IndexMissingError:
        return {}
    try:
        return dict(engine.sources())
    finally:
        engine.close()


def _reports(settings: Settings) -> int:
    engine = open_engine(settings)
    try:
        return engine.manifest.reports
    finally:
        engine.close()


# ---------------------------------------------------------------------- what is to be read
def _tasks(
    found: Iterable[Source | Skip],
    known: dict[str, tuple[str, str]],
    kept: list[str],
    tally: Tally,
    overrides: Overrides | None,
) -> Iterator[_Task]:
    """The documents that are new or changed; the others are tallied.

    What is met is taken out of `known`. `kept` gets the digests of reports that stay although
    their source could not be read now.
    """
    taken: dict[str, str] = {}
    for item in found:
        if isinstance(item, Skip):
            tally.skip(item.source, item.reason)
            before = known.pop(_kept_by_skip(item, known), None)
            if before is not None:
                kept.append(before[0])
            continue
        task = _task(item, known, overrides)
        if task.report_id in taken:
            first = taken[task.report_id]
            tally.skip(
                item.name,
                f"the id {task.report_id} belongs to {first} already; give each report its own id",
            )
            continue
        taken[task.report_id] = item.name
        before = known.pop(task.report_id, None)
        if before is not None and before[0] == task.digest:
            tally.unchanged += 1
            continue
        yield task


def _kept_by_skip(skip: Skip, known: dict[str, tuple[str, str]]) -> str:
    """The report of a source that is there but cannot be read now: it stays."""
    return next((i for i, (_, source) in known.items() if source == skip.source), "")


def _task(
    source: Source, known: dict[str, tuple[str, str]], overrides: Overrides | None
) -> _Task:
    """The digest holds all that the report is made of: its bytes, what derives it, its overrides,
    and where its file lies.
    """
    name = report_id(source)
    curated = (
        repr(sorted(overrides.of(name, source.name, source.known.url).items()))
        if overrides
        else ""
    )
    made_with = derivation()
    if curated not in ("", "[]"):
        made_with += "-" + hashlib.sha256(curated.encode()).hexdigest()[:8]
    place = hashlib.sha256(os.fsencode(source.origin)).hexdigest()[:8]
    digest = f"{source.digest}:{made_with}:{place}"
    before = known.get(name)
    if before is not None and not source.known.id:
        content, _, other_place = before[0].rsplit(":", 2)
        if other_place != place and content != source.digest and not source.known.url:
            # Two files of one name in two places: both are reports.
            name = hashlib.sha256(f"{source.name}\0{place}".encode()).hexdigest()[:16]
            before = known.get(name)
    if (
        before is not None
        and before[0].rsplit(":", 1)[0] == f"{source.digest}:{made_with}"
    ):
        digest = before[0]
    return _Task(source, name, digest, before[0] if before else None)


def _derivation_in(digest: str) -> str:
    """What a report was derived with, out of a digest that `_task` made.

    >>> _derivation_in("5d41402a:0f3c-99aabbcc:1a2b3c4d")
    '0f3c'
    """
    return digest.rsplit(":", 2)[1].partition("-")[0]


def _delete_vanished(
    writer: Writer,
    paths: Sequence[Path],
    known: dict[str, tuple[str, str]],
    tally: Tally,
) -> None:
    """Take out what came from these paths once and was not met this time; a path that is gone
    deletes nothing.
    """
    prefixes = tuple(p.resolve().name + "/" for p in paths if p.is_dir())
    files = {p.resolve().name for p in paths if p.is_file()}
    vanished = [
        name
        for name, (_, source) in known.items()
        if source.startswith(prefixes)
        or source.partition("#")[0] in files
        or source.split("/")[0] in files
    ]
    for name in vanished:
        writer.delete(name)
        del known[name]
    tally.deleted += len(vanished)


# ---------------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class _Read:
    """A document, with what it says of its host: the region when that is sure."""

    document: Prepared
    host: str | None
    region: tuple[str, ...] | None
    sure: bool


_Outcome = _Read | str


def _prepare(
    task: _Task, overrides: Overrides | None, hosts: HostTable | None = None
) -> _Outcome:
    """The document of one task, or the reason why there is none.

    Nothing that one document does ends a batch.
    """
    try:
        report = report_of(
            task.source, overrides=overrides, hosts=hosts, as_id=task.report_id
        )
        fact = report.evidence.get("region")
        region = tuple(report.region) if report.region else None
        sure = fact is not None and fact.confidence >= SURE_CONFIDENCE
        document = analyse(report, task.digest, positions=task.positions)
        return _Read(prepare(document), host_of(report.url), region, sure)
    except InputError as error:
        return error.reason
    except MemoryError:
        return "it needs more memory than there is; split it or raise the limit"
    except Exception as error:  # noqa: BLE001  a fault of ours in one document must not lose the others
        return f"it could not be read ({type(error).__name__}: {error}); please report this file"


def _prepare_batch(tasks: list[_Task], overrides: Overrides | None) -> list[_Outcome]:
    return [_prepare(task, overrides) for task in tasks]


def _documents(
    tasks: Iterator[_Task], settings: Settings, overrides: Overrides | None
) -> Iterator[tuple[_Task, _Outcome]]:
    """Each task with its document, in order; many tasks go through worker processes, a bounded
    number at a time.
    """
    jobs = settings.jobs or os.cpu_count() or 1
    first = list(islice(tasks, FEW_DOCUMENTS))
    if jobs == 1 or len(first) < FEW_DOCUMENTS:
        for source in (first, tasks):
            for task in source:
                yield task, _prepare(task, overrides)
        return
    yield from _parallel(_chain(first, tasks), jobs, overrides)


def _chain(first: list[_Task], rest: Iterator[_Task]) -> Iterator[_Task]:
    yield from first
    yield from rest


def _parallel(
    tasks: Iterator[_Task], jobs: int, overrides: Overrides | None
) -> Iterator[tuple[_Task, _Outcome]]:
    pool = _pool(jobs)
    running: deque[tuple[list[_Task], Future[list[_Outcome]]]] = deque()
    try:
        while True:
            while len(running) < jobs * BATCHES_PER_WORKER and (
                batch := list(islice(tasks, BATCH_SIZE))
            ):
                running.append((batch, pool.submit(_prepare_batch, batch, overrides)))
            if not running:
                return
            batch, future = running.popleft()
            try:
                yield from zip(batch, future.result(), strict=True)
            except BrokenProcessPool:
                # A worker died (a crash in a C library, or the system took its memory): all that
                # was under way is lost with the pool, so each of those documents is read again in a
                # process of its own.
                lost = batch + [task for others, _ in running for task in others]
                running.clear()
                pool.shutdown(wait=False)
                yield from ((task, _alone(task, overrides)) for task in lost)
                pool = _pool(jobs)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Workers that are not forked from this process: a forked one would keep the index locked if
    this one is killed.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return ProcessPoolExecutor(
            jobs, multiprocessing.get_context("spawn"), _end_with_parent
        )
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["indexer.build"])
    return ProcessPoolExecutor(jobs, context, _end_with_parent)


def _end_with_parent() -> None:
    """A worker whose build was killed would wait for ever: the pipe it reads from is held open by
    its siblings.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()


def _wait_and_end(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _alone(task: _Task, overrides: Overrides | None) -> _Outcome:
    with _pool(1) as pool:
        try:
            return pool.submit(_prepare, task, overrides).result()
        except BrokenProcessPool:
            return (
                "reading it ended the process that did (a crash or too much memory); "
                "take it out or convert it"
            )


class _Learning:
    """Which region stands behind a host, learned from the sure reports of this build, and the
    reports to tell it.
    """

    def __init__(self) -> None:
        self.pairs: list[tuple[str, tuple[str, ...]]] = []
        self.open: list[_Task] = []

    def see(self, task: _Task, outcome: _Outcome) -> None:
        """Take in one report; one without a region, on a host, is kept to be asked again (a bounded
        number).
        """
        if isinstance(outcome, str) or outcome.host is None:
            return
        if outcome.region and outcome.sure:
            self.pairs.append((outcome.host, outcome.region))
        elif not outcome.region and len(self.open) < MOST_OPEN:
            self.open.append(task)

    def table(self) -> HostTable:
        """What was learned."""
        return HostTable.learn(self.pairs)


def _put(writer: Writer, task: _Task, outcome: _Outcome, tally: Tally) -> None:
    if isinstance(outcome, str):
        tally.skip(task.source.name, outcome)
        return
    writer.put(outcome.document)
    if task.is_new:
        tally.added += 1
    else:
        tally.updated += 1
