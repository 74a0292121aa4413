"""The build: walks a corpus, reads what is new or changed, in worker processes, and publishes it
all at once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice, product
from pathlib import Path

from index.documents.builder import analyse
from index.documents.stored import head_reader
from index.engines.opening import open_engine, open_writer, prepare
from index.engines.seam import Engine, Prepared, Writer
from index.model.errors import (
    IndexMissingError,
    IndexStateError,
    InputError,
    ReportNotFoundError,
)
from index.model.settings import Settings
from indexer.corpus import Skip, walk
from indexer.derivation import derivation
from indexer.metadata import HostTable
from indexer.metadata.hosts import host_of
from indexer.overrides import Overrides
from indexer.page import Source
from indexer.pipeline import id_of, is_small_text, report_id, report_of
from indexer.workers import Limits, Pool

__all__ = ["Tally", "build"]

# Documents a worker takes at a time.
BATCH_SIZE = 32
# Documents whose ids are looked up at a time, and how many bytes of them are held meanwhile.
BATCH_ITEMS = 500
BATCH_BYTES = 16 << 20

# Batches under way for each worker: while a thousand documents are inverted, the
# workers must not run out of work.
BATCHES_PER_WORKER = 8

# Fewer small texts than this are read in this process: starting workers would take longer.
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
    version of the readers, repairs or rules has derived: they were not met this time. `dropped`
    is what a rebuild left out because it came from none of its paths: the number of reports by
    the folder or file that their sources begin with.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0
    skipped: list[dict[str, str]] = field(default_factory=list)
    reports: int = 0
    outdated: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
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
    gone: bool = False,
    overrides: Overrides | None = None,
    progress: Callable[[Tally], None] = lambda _: None,
    wait_s: float | None = None,
) -> Tally:
    """Bring the index up to what stands at the paths.

    With `sync` what has vanished is deleted, with `gone` also below a path that is there no more.
    A bad source is tallied. Raises IndexStateError, after `wait_s` seconds for another writer too.
    """
    began = time.perf_counter()
    tally = Tally()
    writer = open_writer(settings, rebuild=rebuild, wait_s=wait_s)
    reading = _Reading(settings, overrides)
    before = _Before()
    try:
        before = _Before.of(settings, rebuild=rebuild)
        found = walk(_outermost(paths, gone=gone), settings)
        found, known = before.compared(found, rebuild=rebuild, sync=sync)
        held = before.held() if rebuild else {}
        if rebuild:
            writer.clear()
        unread_digests, given = list[str](), _Given(paths, gone=gone)
        tasks = _tasks(found, known, unread_digests, given, tally, overrides)
        jobs = (before.job(task, settings, rebuild=rebuild) for task in tasks)
        unread_digests += _read_all(reading, jobs, writer, tally, progress)
        if sync and not rebuild:
            _delete_vanished(writer, given, known, tally)
        unread_digests += [digest for digest, _ in known.values()]
        _commit(writer, unread_digests, tally)
    except BaseException:
        writer.cancel()
        raise
    finally:
        reading.close()
        before.close()
    _count(settings, held, given, tally)
    tally.seconds = round(time.perf_counter() - began, 3)
    return tally


def _read_all(
    reading: _Reading,
    jobs: Iterator[_Job],
    writer: Writer,
    tally: Tally,
    progress: Callable[[Tally], None],
) -> list[str]:
    """Put every document into the writer; the digests of reports that stay as they were."""
    unread_digests: list[str] = []
    learning = _Learning()
    for job, outcome in reading.outcomes(jobs):
        learning.see(job, outcome)
        _put(writer, job.task, outcome, tally)
        if isinstance(outcome, str) and job.task.before is not None:
            unread_digests.append(job.task.before)
        progress(tally)
    for _, again in reading.outcomes(learning.jobs()):
        if isinstance(again, _Read):
            writer.put(again.document)
    return unread_digests


def _commit(writer: Writer, unread_digests: Iterable[str], tally: Tally) -> None:
    """Commit the index.

    The index records the current derivation fingerprint only when all its reports have it.
    `unread_digests` holds the digests of the reports that this build did not read.
    """
    tally.outdated = sum(
        _derivation_in(digest) != derivation() for digest in unread_digests
    )
    writer.commit("" if tally.outdated else derivation())


# Reads from a stored head when the report came in.
_read_indexed = head_reader(("id", "indexed"))


@dataclass(slots=True)
class _Before:
    """The index as it was before this build; without an engine there was none.

    `now` is the time of all that comes in with this build. A report keeps the time at which it
    first came in (`indexed`), also when its text changes and when the index is rebuilt, as long as
    the index before can be read.
    """

    engine: Engine | None = None
    now: str = field(default_factory=lambda: _written(dt.datetime.now(dt.UTC)))

    @classmethod
    def of(cls, settings: Settings, *, rebuild: bool) -> _Before:
        """The index of the settings. Raises IndexStateError; a rebuild goes on without it."""
        try:
            return cls(open_engine(settings))
        except IndexMissingError:
            return cls()
        except IndexStateError:
            if not rebuild:
                raise
            return cls()

    @property
    def is_current(self) -> bool:
        """Whether all its reports were derived as they would be now."""
        if self.engine is None:
            return True
        return self.engine.manifest.derivation == derivation()

    def compared(
        self, found: Iterator[Source | Skip], *, rebuild: bool, sync: bool
    ) -> tuple[Iterator[Source | Skip], dict[str, tuple[str, str]]]:
        """What was found, and id -> (digest, source) of the reports that it is compared with.

        A rebuild compares with nothing. Of a current index only what is met is looked up, some
        documents at a time, because it may be large. To see what has gone, or what an older version
        has derived, all of it is read.
        """
        if rebuild:
            return found, {}
        if sync or not self.is_current:
            return found, self.sources()
        known: dict[str, tuple[str, str]] = {}
        return self._looked_up(found, known), known

    def _looked_up(
        self,
        found: Iterable[Source | Skip],
        known: dict[str, tuple[str, str]],
    ) -> Iterator[Source | Skip]:
        """What was found, each after `known` has (digest, source) of the reports it may be."""
        asked: set[str] = set()
        for batch in _batches(found):
            names = [
                name
                for item in batch
                if isinstance(item, Source)
                for name in _ids_of(item)
            ]
            new = [name for name in dict.fromkeys(names) if name not in asked]
            asked.update(new)
            if self.engine is not None:
                known.update(self.engine.known(new))
            yield from batch

    def sources(self) -> dict[str, tuple[str, str]]:
        """id -> (digest, source) of every report."""
        return {} if self.engine is None else dict(self.engine.sources())

    def held(self) -> dict[str, tuple[str, str]]:
        """The same; nothing where the index cannot be read to its end."""
        try:
            return self.sources()
        except IndexStateError:
            return {}

    def job(self, task: _Task, settings: Settings, *, rebuild: bool) -> _Job:
        """The job of a task, which knows when its report first came in."""
        # a rebuild knows nothing of what was there
        is_new = task.is_new and not rebuild
        indexed = self.now if is_new else self.indexed(task.report_id)
        return _Job(task, settings.word_positions, indexed, settings.engine)

    def indexed(self, report_id: str) -> str:
        """When a report first came in: now, where the index has not had it."""
        if self.engine is None:
            return self.now
        try:
            contents = self.engine.get(report_id).contents
            _, indexed = _read_indexed(contents.head)
        except (ReportNotFoundError, IndexStateError):
            # a rebuild is what mends a damaged index
            return self.now
        return indexed or self.now

    def close(self) -> None:
        """Let go of its files."""
        if self.engine is not None:
            self.engine.close()


def _written(moment: dt.datetime) -> str:
    """A moment in UTC as RFC 3339 writes it.

    >>> _written(dt.datetime(2019, 3, 11, 8, 0, 0, 250_000, dt.UTC))
    '2019-03-11T08:00:00.250Z'
    """
    written = moment.isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")


def _count(
    settings: Settings,
    held: dict[str, tuple[str, str]],
    given: _Given,
    tally: Tally,
) -> None:
    """How many reports there are now; of those `held` before a rebuild, which are gone."""
    engine = open_engine(settings)
    try:
        tally.reports = engine.manifest.reports
        if held:
            kept = dict(engine.sources())
            gone = [held[name] for name in held if name not in kept]
            tally.deleted += len(gone)
            # a file that was met by another path now is no other file
            places = {_place_in(digest) for digest, _ in kept.values()}
            dropped = Counter(
                _first_step(source)
                for digest, source in gone
                if _place_in(digest) not in places and not given.had(digest, source)
            )
            tally.dropped = dict(sorted(dropped.items()))
    finally:
        engine.close()


def _first_step(source: str) -> str:
    """The folder or file that a source or a name begins with.

    >>> _first_step("reports/2021/a.html"), _first_step("all.jsonl#3")
    ('reports', 'all.jsonl')
    """
    return source.partition("/")[0].partition("#")[0]


# ---------------------------------------------------------------------- what is to be read
def _outermost(paths: Sequence[Path], *, gone: bool) -> list[Path]:
    """The paths without those that are met below another folder of them, or were named before.

    With `gone` also without those that are there no more.
    """
    if gone:
        paths = [path for path in paths if os.path.lexists(path)]
    places = [path.resolve() for path in paths]
    outermost = []
    for number, (path, place) in enumerate(zip(paths, places, strict=True)):
        is_repeated = place in places[:number]
        if not is_repeated and not any(_is_met_below(place, other) for other in places):
            outermost.append(path)
    return outermost


def _is_met_below(place: Path, folder: Path) -> bool:
    """Whether a walk of the folder comes to a place: it passes over what has a leading dot."""
    if folder not in place.parents or not folder.is_dir():
        return False
    steps = place.relative_to(folder).parts
    return not any(step.startswith(".") for step in steps)


class _Given:
    """The paths of a build, and where the reports of the index were met below them.

    A source begins with the name of its path, and folders may have one name. So the digest of a
    report also says in which place its file lay.
    """

    def __init__(self, paths: Sequence[Path], *, gone: bool = False) -> None:
        # what sources begin with -> the folders in which such a path lies now
        self.folders: dict[str, list[bytes]] = {}
        # the beginnings whose reports were met where they lay before, and in another place
        self.stayed: set[str] = set()
        self.moved: set[str] = set()
        for path in map(Path.resolve, paths):
            # an archive and a file of lines are a part of the sources of what they hold
            # a disk that is not there now deletes nothing, unless its path is said to be gone
            is_meant = path.exists() or gone
            signs = "/" if path.is_dir() else ("", "/", "#")
            # a report met by the path of a folder above it keeps its name
            folders = path.parents if is_meant else ()
            for folder, sign in product(folders, signs):
                begins = path.relative_to(folder).as_posix() + sign
                self.folders.setdefault(begins, []).append(os.fsencode(folder))

    def _beginning(self, source: str) -> str | None:
        """What a source begins with; None where it is of none of the paths."""
        if source in self.folders:
            return source
        ends = (n for n, sign in enumerate(source, 1) if sign in "/#")
        return next((source[:n] for n in ends if source[:n] in self.folders), None)

    def see(self, source: Source, before: str) -> None:
        """Take in a source whose report had the digest `before`."""
        beginning = self._beginning(source.name)
        if beginning is not None:
            is_same = _place_in(before) == _place(source)
            (self.stayed if is_same else self.moved).add(beginning)

    def had(self, digest: str, source: str) -> bool:
        """Whether the file of a report that was not met lay below one of the paths.

        Of a moved folder all reports that are met lay elsewhere before, and so did this one.
        """
        beginning = self._beginning(source)
        if beginning is None:
            return False
        if beginning in self.moved and beginning not in self.stayed:
            return True
        return _place_in(digest) in self._places(source, beginning)

    def _places(self, source: str, beginning: str) -> Iterator[str]:
        """The places where the file of a source may have lain."""
        ends = [n for n, sign in enumerate(source) if sign in "/#"]
        for folder in self.folders[beginning]:
            for end in (*ends, len(source)):
                # names that are not UTF-8 are most often GBK from a Windows disk
                for encoding in ("utf-8", "gb18030"):
                    name = source[:end].encode(encoding, "replace")
                    yield _place_named(os.path.realpath(folder + b"/" + name))


def _place_in(digest: str) -> str:
    """The place of the file, out of a digest that `_task` made."""
    return digest.rpartition(":")[2]


def _tasks(
    found: Iterable[Source | Skip],
    known: dict[str, tuple[str, str]],
    kept: list[str],
    given: _Given,
    tally: Tally,
    overrides: Overrides | None,
) -> Iterator[_Task]:
    """The documents that are new or changed; the others are tallied.

    What is met is taken out of `known`. `kept` gets the digests of reports that stay although
    their source could not be read now.
    """
    taken: dict[str, _Taken] = {}
    for item in found:
        if isinstance(item, Skip):
            tally.skip(item.source, item.reason)
            before = known.pop(_kept_by_skip(item, known), None)
            if before is not None:
                kept.append(before[0])
            continue
        task = _task(item, known, overrides)
        first = taken.get(task.report_id)
        if first is not None and _is_copy(item, first):
            # one report, as it would be of two builds
            tally.unchanged += 1
            continue
        if first is not None and _is_namesake(item, first):
            task = _task(item, known, overrides, in_place=True)
        if task.report_id in taken:
            other = taken[task.report_id].told_from(item)
            tally.skip(
                item.name,
                f"the id {task.report_id} belongs to {other} already; give each report its own id",
            )
            continue
        taken[task.report_id] = _Taken.of(item)
        before = known.pop(task.report_id, None)
        if before is not None:
            given.see(item, before[0])
        if before is not None and before[0] == task.digest:
            tally.unchanged += 1
            continue
        yield task


@dataclass(frozen=True, slots=True)
class _Taken:
    """A source whose id is taken: nothing of its bytes is held."""

    name: str
    digest: str
    origin: str

    @classmethod
    def of(cls, source: Source) -> _Taken:
        return cls(source.name, source.digest, source.origin)

    def told_from(self, source: Source) -> str:
        """Its name, or the file that holds it where the names are one."""
        return self.origin if source.name == self.name else self.name


def _is_namesake(source: Source, first: _Taken) -> bool:
    """Whether two files have one name in two places, so that both are reports."""
    has_own_id = source.known.id or source.known.url
    return not has_own_id and source.origin != first.origin


def _is_copy(source: Source, first: _Taken) -> bool:
    """Whether a file is the same as another one of its name in another place."""
    return _is_namesake(source, first) and source.digest == first.digest


def _kept_by_skip(skip: Skip, known: dict[str, tuple[str, str]]) -> str:
    """The report of a source that is there but cannot be read now: it stays."""
    return next((i for i, (_, source) in known.items() if source == skip.source), "")


def _batches(found: Iterable[Source | Skip]) -> Iterator[list[Source | Skip]]:
    """What was found, some at a time: few enough to be held in memory."""
    batch: list[Source | Skip] = []
    weight = 0
    for item in found:
        batch.append(item)
        weight += len(item.data) if isinstance(item, Source) else 0
        if len(batch) == BATCH_ITEMS or weight >= BATCH_BYTES:
            yield batch
            batch, weight = [], 0
    yield batch


def _place(source: Source) -> str:
    """A name of the place where the file of a source lies."""
    return _place_named(os.fsencode(source.origin))


def _place_named(origin: bytes) -> str:
    return hashlib.sha256(origin).hexdigest()[:8]


def _name_in_place(source: Source, place: str) -> str:
    """The id of a source whose name another report has already."""
    return hashlib.sha256(f"{source.name}\0{place}".encode()).hexdigest()[:16]


def _ids_of(source: Source) -> Iterator[str]:
    """The ids that the report of a source may have in an index."""
    yield report_id(source)
    yield _name_in_place(source, _place(source))
    yield from _ids_by_path(source)


def _ids_by_path(source: Source) -> Iterator[str]:
    """The ids that the report has where its file was met by the path of another folder.

    A name begins with that of the folder given: reports/2021/a.html is 2021/a.html as well, and
    so is current/a.html where current is a link to 2021, or l.html that is a link to a.html.
    """
    if source.known.id or source.known.url:
        return
    steps = Path(source.origin).parts[1:]
    ends = ["/".join(steps[n:]) for n in range(len(steps))]
    own = next((end for end in ends if _begins_with_path(source.name, end)), None)
    within = _within(source.name, ends) if own is None else source.name[len(own) :]
    others = (end for end in ends if end and end != own)
    yield from (id_of(end + within) for end in others)


def _within(name: str, ends: Iterable[str]) -> str:
    """What stands in a name behind the path of the file, which begins with the name of a link.

    >>> _within("current/a.zip/b.html", ["2021/a.zip", "a.zip"]), _within("l.zip/b.html", ["a.zip"])
    ('/b.html', '/b.html')
    """
    for end in ends:
        _, slash, rest = name.partition("/")
        while slash:
            if _begins_with_path(rest, end):
                return rest[len(end) :]
            _, slash, rest = rest.partition("/")
    # the link is to the file itself
    return name[len(_first_step(name)) :]


def _begins_with_path(name: str, path: str) -> bool:
    """Whether a name is that of a file, or of what an archive or a file of lines holds."""
    return bool(path) and name.startswith(path) and name[len(path) :][:1] in "/#"


def _task(
    source: Source,
    known: dict[str, tuple[str, str]],
    overrides: Overrides | None,
    *,
    in_place: bool = False,
) -> _Task:
    """The digest holds all that the report is made of: its bytes, what derives it, its overrides,
    and where its file lies.

    `in_place` is set where another report of this build has the name already.
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
    place = _place(source)
    digest = f"{source.digest}:{made_with}:{place}"
    if in_place:
        name = _name_in_place(source, place)
    elif known and name not in known:
        name = next(
            (i for i in _ids_by_path(source) if _is_of(known.get(i), place)), name
        )
    before = known.get(name)
    if before is not None and not source.known.id and not in_place:
        content, _, other_place = before[0].rsplit(":", 2)
        if other_place != place and content != source.digest and not source.known.url:
            # Two files of one name in two places: both are reports.
            name = _name_in_place(source, place)
            before = known.get(name)
    if (
        before is not None
        and before[0].rsplit(":", 1)[0] == f"{source.digest}:{made_with}"
    ):
        digest = before[0]
    return _Task(source, name, digest, before[0] if before else None)


def _is_of(before: tuple[str, str] | None, place: str) -> bool:
    """Whether a report was made from the file that lies in a place."""
    return before is not None and _place_in(before[0]) == place


def _derivation_in(digest: str) -> str:
    """What a report was derived with, out of a digest that `_task` made.

    >>> _derivation_in("5d41402a:0f3c-99aabbcc:1a2b3c4d")
    '0f3c'
    """
    return digest.rsplit(":", 2)[1].partition("-")[0]


def _delete_vanished(
    writer: Writer,
    given: _Given,
    known: dict[str, tuple[str, str]],
    tally: Tally,
) -> None:
    """Take out what came from these paths once and was not met this time.

    What lay in another folder of the same name stays.
    """
    vanished = [
        name for name, (digest, source) in known.items() if given.had(digest, source)
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


@dataclass(frozen=True, slots=True)
class _Job:
    """A task for a worker.

    `indexed` is when the report first came into the index. `engine` names the engine that its
    document is prepared for. `hosts` is None in the first pass. In the second pass it tells the
    region of a host.
    """

    task: _Task
    positions: bool
    indexed: str
    engine: str
    hosts: HostTable | None = None

    @property
    def data_bytes(self) -> int:
        """What its document weighs."""
        return self.task.source.data_bytes


def _prepare(overrides: Overrides | None, job: _Job) -> _Outcome:
    """The document of one task, or the reason why there is none.

    Nothing that one document does ends a batch. Raises MemoryError.
    """
    task = job.task
    try:
        report = report_of(
            task.source, overrides=overrides, hosts=job.hosts, as_id=task.report_id
        )
        report.indexed = job.indexed
        fact = report.evidence.get("region")
        region = tuple(report.region) if report.region else None
        sure = fact is not None and fact.confidence >= SURE_CONFIDENCE
        document = analyse(report, task.digest, positions=job.positions)
        return _Read(prepare(document, job.engine), host_of(report.url), region, sure)
    except InputError as error:
        return error.reason
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a fault of ours in one document must not lose the others
        return f"it could not be read ({type(error).__name__}: {error}); please report this file"


class _Reading:
    """Reads jobs: a few small texts in this process, everything else in workers under limits."""

    def __init__(self, settings: Settings, overrides: Overrides | None) -> None:
        self.processes = settings.jobs or os.cpu_count() or 1
        self.limits = Limits.of(settings)
        self.answer = partial(_prepare, overrides)
        self.pool: Pool | None = None

    def outcomes(self, jobs: Iterator[_Job]) -> Iterator[tuple[_Job, _Outcome]]:
        """Each task with its outcome, in order."""
        first = list(islice(jobs, FEW_DOCUMENTS))
        is_little = len(first) < FEW_DOCUMENTS
        if is_little and all(is_small_text(job.task.source) for job in first):
            for job in first:
                yield job, self.answer(job)
            return
        yield from self._of_workers(chain(first, jobs))

    def _of_workers(self, jobs: Iterator[_Job]) -> Iterator[tuple[_Job, _Outcome]]:
        """The same through workers, a bounded number of jobs at a time."""
        if self.pool is None:
            self.pool = Pool(self.answer, self.processes, self.limits)
        running: deque[tuple[list[_Job], Future[list[_Outcome]]]] = deque()
        most = self.processes * BATCHES_PER_WORKER
        while True:
            while len(running) < most and (batch := list(islice(jobs, BATCH_SIZE))):
                running.append((batch, self.pool.submit(batch)))
            if not running:
                return
            batch, future = running.popleft()
            yield from zip(batch, future.result(), strict=True)

    def close(self) -> None:
        """End the workers."""
        if self.pool is not None:
            self.pool.close()


class _Learning:
    """Learns the region of each host from the reports whose region is certain.

    It also keeps the reports without a region, so that a second pass can use what was learned.
    """

    def __init__(self) -> None:
        self.pairs: list[tuple[str, tuple[str, ...]]] = []
        self.open: list[_Job] = []

    def see(self, job: _Job, outcome: _Outcome) -> None:
        """Learn from one report, or keep its job for the second pass, at most MOST_OPEN of them."""
        if isinstance(outcome, str) or outcome.host is None:
            return
        if outcome.region and outcome.sure:
            self.pairs.append((outcome.host, outcome.region))
        elif not outcome.region and len(self.open) < MOST_OPEN:
            self.open.append(job)

    def jobs(self) -> Iterator[_Job]:
        """Those reports again, with what was learned."""
        table = HostTable.learn(self.pairs)
        return (replace(job, hosts=table) for job in self.open)


def _put(writer: Writer, task: _Task, outcome: _Outcome, tally: Tally) -> None:
    if isinstance(outcome, str):
        tally.skip(task.source.name, outcome)
        return
    writer.put(outcome.document)
    if task.is_new:
        tally.added += 1
    else:
        tally.updated += 1
