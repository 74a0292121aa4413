"""The writer: documents become batches, batches runs on disk, runs segments, and segments a commit.

Memory does not grow with what is written: a batch is inverted and spooled when it is large, and
full segments are sealed before the commit (their files belong to no generation until the TOC names
them).
"""

from __future__ import annotations

import contextlib
import json
import math
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from index.engines.seam import Document, Prepared
from index.engines.whoosh.storage.pack import REBUILD, Array, Pack
from index.engines.whoosh.storage.store import (
    EXTENSION,
    Generation,
    Store,
    add_reports,
    open_pack,
    schema_with,
)
from index.engines.whoosh.writing.batch import (
    Batch,
    Ready,
    Source,
    merge_packs,
    most_pieces,
    prepare,
    tie_of,
    write_pack,
)
from index.model.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexStaleError,
    IndexStateError,
)

__all__ = ["WhooshWriter", "create", "open_writer", "stale"]

BATCH_UNITS = 2_000_000
BATCH_DOCUMENTS = 4_096
SEGMENT_DOCUMENTS = 50_000
PIECES = 1 << 16
FACTOR = 4
AT_LEAST_MERGED = 1_500
MOST_DEAD = 0.3
STORED = ("digest", "source")


@dataclass(slots=True, eq=False)
class Run:
    """Documents that no segment holds yet: their arrays, and which of them are still wanted."""

    arrays: Mapping[str, Array]
    live: Array

    def source(self) -> Source:
        """The run as the source of a merge."""
        return Source(self.arrays, self.live)


@dataclass(slots=True, eq=False)
class Old:
    """A segment that is complete: of the last commit, or sealed by this writer."""

    segment: Any
    pack: Pack
    ties: Array = field(init=False)
    order: Array = field(init=False)

    def __post_init__(self) -> None:
        self.ties, self.order = self.pack.array("tie"), self.pack.array("tie.at")

    @property
    def live(self) -> Array:
        """Which documents are not deleted."""
        mask = np.ones(len(self.ties), bool)
        mask[list(self.segment.deleted_docs())] = False
        return mask

    def delete(self, tie: int) -> bool:
        """Delete the document with this tie; whether there was one."""
        wanted = np.uint64(tie)
        at = int(self.ties.searchsorted(wanted, sorter=self.order))
        found = False
        while at < len(self.ties) and self.ties[self.order[at]] == wanted:
            number = int(self.order[at])
            found |= not self.segment.is_deleted(number)
            self.segment.delete_document(number)
            at += 1
        return found


def stale(
    folder: Path, have: Mapping[str, str], want: Mapping[str, str]
) -> IndexStaleError:
    """The error that names what an index was written with otherwise."""
    names = [n for n in dict.fromkeys((*have, *want)) if have.get(n) != want.get(n)]
    told = "; ".join(
        f"{n} {have.get(n, 'nothing')} instead of {want.get(n, 'nothing')}"
        for n in names
    )
    return IndexStaleError(f"the index in {folder} was written with {told}; {REBUILD}")


def create(folder: Path, fingerprint: Mapping[str, str]) -> None:
    """Make an empty index, replacing whatever index stands there."""
    open_writer(folder, fingerprint, rebuild=True).commit()


def open_writer(
    folder: Path,
    fingerprint: Mapping[str, str],
    *,
    rebuild: bool = False,
    wait_s: float = 10,
    trust: bool = False,
) -> WhooshWriter:
    """A writer; the index is made when it is missing.

    With `rebuild` the commit replaces everything and the fingerprint at once; until then readers
    keep what they have. Raises IndexLockedError, IndexStaleError, IndexDamagedError,
    IndexNotTrustedError.
    """
    store = Store(Path(folder))
    store.acquire(wait_s)
    try:
        return WhooshWriter(store, fingerprint, rebuild=rebuild, trust=trust)
    except BaseException:
        store.release()
        raise


class WhooshWriter:
    """Collects changes and publishes them all at once."""

    def __init__(
        self,
        store: Store,
        fingerprint: Mapping[str, str],
        *,
        rebuild: bool,
        trust: bool,
    ) -> None:
        self.store, self.fingerprint = store, dict(fingerprint)
        if not trust:
            store.check_owner()
        self.old: list[Old] = []
        self.rebuild = rebuild
        self.broken = ""
        self.committed: Generation | None = None
        self._load()

    def _load(self) -> None:
        """Start from the last commit."""
        self.sealed: list[Old] = []
        self.runs: list[Run] = []
        self.where: dict[int, tuple[int, int]] = {}
        self.batch, self.batch_dead = Batch(), set[int]()
        self.flushed = 0
        self.changed = self.rebuild
        try:
            self.committed = self.store.read()
        except IndexMissingError:
            self.committed, self.changed = None, True
        except IndexStateError:
            if not self.rebuild:
                raise
            self.committed = None
        generation = self.committed
        self.index_id = generation.index_id if generation else ""
        # 64 random bits: two indexes in one place, one after the other, are told apart
        self.index_id = self.index_id or secrets.token_hex(8)
        self.derivation = generation.derivation if generation else ""
        if (
            generation is not None
            and not self.rebuild
            and generation.fingerprint != self.fingerprint
        ):
            raise stale(self.store.folder, generation.fingerprint, self.fingerprint)
        if generation is not None or self.rebuild:
            self.store.clean(generation.segments if generation else ())
        self.old = (
            []
            if generation is None or self.rebuild
            else [self._open(s) for s in generation.segments]
        )

    def _open(self, segment: Any) -> Old:
        try:
            return Old(segment, open_pack(self.store.folder, segment))
        except FileNotFoundError as e:
            raise IndexDamagedError(f"{e.filename} is missing; {REBUILD}") from e

    # ------------------------------------------------------------------ changes
    def put(self, document: Document | Prepared) -> None:
        """Add the report, or replace the one of the same id."""
        ready = prepare(document) if isinstance(document, Document) else document
        assert isinstance(ready, Ready)
        tie = tie_of(ready.id)
        try:
            number = self.batch.add(ready)
            self._forget(tie)
            self.where[tie] = (len(self.runs), number)
            self.changed = True
            if self.batch.units >= BATCH_UNITS or len(self.batch) >= BATCH_DOCUMENTS:
                self._flush()
        except BaseException as e:
            self.broken = repr(
                e
            )  # half of the document may be in the batch, or a batch on its way to a run
            raise

    def delete(self, report_id: str) -> None:
        """Take the report out; no error when there is none."""
        if self._forget(tie_of(report_id)):
            self.changed = True

    def _forget(self, tie: int) -> bool:
        """Drop the report with this tie; whether there was one.

        That two ids share 53 bits of SHA-256 is theory.
        """
        found = [old.delete(tie) for old in (*self.old, *self.sealed)]
        run, number = self.where.pop(tie, (-1, -1))
        if run == len(self.runs):
            self.batch_dead.add(number)
        elif run >= 0:
            self.runs[run].live[number] = False
        return run >= 0 or any(found)

    def clear(self) -> None:
        """Take every report out."""
        for old in self.sealed:
            self._remove(old.segment)
        self.old, self.sealed, self.runs, self.where = [], [], [], {}
        self.batch, self.batch_dead = Batch(), set()
        self.changed = True

    # ------------------------------------------------------------------ runs and segments
    def _take_batch(self) -> Run | None:
        """The batch, inverted; a fresh one takes its place."""
        batch, dead = self.batch, self.batch_dead
        self.batch, self.batch_dead = Batch(), set()
        if not len(batch):
            return None
        live = np.ones(len(batch), bool)
        live[list(dead)] = False
        return Run(batch.arrays(), live)

    def _flush(self) -> None:
        """Move the batch to a run on disk, and seal a segment when enough has come together."""
        run = self._take_batch()
        if run is None:
            return
        self.flushed += 1
        path = self.store.scratch() / f"run{self.flushed}"
        directory = write_pack(path, "run", run.arrays)
        pack = Pack(path, "run", directory)
        with contextlib.suppress(PermissionError):  # Windows keeps mapped files
            path.unlink()
        self.runs.append(Run({n: pack.part(n).array for n in pack.names()}, run.live))
        while sum(int(r.live.sum()) for r in self.runs) >= SEGMENT_DOCUMENTS:
            self._seal()

    def _seal(self) -> None:
        """Make a segment of the first runs, as many as fit; those behind wait for more to come."""
        groups = _groups([r.source() for r in self.runs])
        count = len(groups[0])
        segment = self._build(groups[0])
        if segment is not None:
            self.sealed.append(Old(segment, open_pack(self.store.folder, segment)))
        self.runs = self.runs[count:]
        self.where = {
            tie: (run - count, number)
            for tie, (run, number) in self.where.items()
            if run >= count
        }

    def _build(self, sources: Sequence[Source]) -> Any:
        """One new segment of several sources, or None if nothing of them is left."""
        if not any(s.live.any() for s in sources):
            return None
        builder = self.store.builder(schema_with(self.fingerprint))
        name = builder.newsegment.segment_id()
        # beside the folder: Whoosh takes every file of its segment's name into the compound file
        pack = self.store.scratch() / name
        with ThreadPoolExecutor(1) as beside:
            merged = beside.submit(merge_packs, pack, name, sources)
            try:
                add_reports(
                    builder,
                    (
                        report
                        for source in sources
                        for report in _kept_by_whoosh(source)
                    ),
                )
                segment = self.store.finish_segment(builder)
            except BaseException:
                self._abandon(builder)
                raise
        try:
            segment.gongkai = merged.result()
            pack.rename(self.store.folder / segment.make_filename(EXTENSION))
        except BaseException:
            self._remove(segment)
            raise
        return segment

    def _abandon(self, builder: Any) -> None:
        """Let go of a segment of Whoosh that failed half way."""
        with contextlib.suppress(Exception):
            builder.cancel()
        self.store.storage.abandon()
        self._remove(builder.newsegment)
        shutil.rmtree(self.store.folder / "MAIN.tmp", ignore_errors=True)

    def _remove(self, segment: Any) -> None:
        for name in segment.list_files(self.store.storage):
            with contextlib.suppress(OSError):
                self.store.storage.delete_file(name)

    # ------------------------------------------------------------------ ends
    def commit(self, derivation: str = "") -> None:
        """Publish. Durable when it returns, also when nothing had changed; the writer is closed."""
        self._check_open()
        if derivation and derivation != self.derivation:
            self.derivation, self.changed = derivation, True
        try:
            self._check_whole()
            if self.changed:
                self._commit()
        except BaseException:
            self._drop_files()
            raise
        finally:
            self.store.release()

    def _commit(self) -> None:
        run = self._take_batch()
        runs = [*self.runs, *([run] if run is not None else [])]
        fresh = [r.source() for r in runs if r.live.any()]
        complete = [*self.old, *self.sealed]
        merged = _chosen(complete, sum(int(s.live.sum()) for s in fresh))
        sources = [*(_verified(old) for old in merged), *fresh]
        segments = [
            old.segment for old in complete if old not in merged and old.live.any()
        ]
        for group in _groups(sources):
            segment = self._build(group)
            if segment is not None:
                self.sealed.append(Old(segment, open_pack(self.store.folder, segment)))
                segments.append(segment)
        self.runs, self.where = [], {}
        shutil.rmtree(self.store.folder / "MAIN.scratch", ignore_errors=True)
        self.store.publish(
            schema_with(self.fingerprint, self.index_id, self.derivation),
            segments,
            self.store.next_number(),
        )
        self.sealed, self.old = [], []

    def cancel(self) -> None:
        """Forget everything since the last commit; the writer is closed."""
        if self.store.lock is not None:
            self._drop_files()
            self.store.release()

    def _drop_files(self) -> None:
        """Remove what no generation names.

        A failure after the TOC was renamed is a commit that has happened.
        """
        with contextlib.suppress(IndexStateError, OSError):
            self.store.clean(self.store.read().segments)

    def _check_open(self) -> None:
        if self.store.lock is None:
            raise IndexStateError("this writer is closed; open another one")

    def _check_whole(self) -> None:
        if self.broken:
            raise IndexStateError(
                f"not committed: a report could not be added ({self.broken}); build again"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self.store.lock is not None:
            self.commit() if kind is None else self.cancel()


def _verified(old: Old) -> Source:
    """A complete segment as a source: all of it summed, so that damage is never copied under a new
    sum.
    """
    return Source(old.pack.arrays(), old.live)


def _kept_by_whoosh(source: Source) -> Iterator[tuple[str, dict[str, str]]]:
    """Ids and stored fields of the live documents of a source, in their order."""
    ids, metas = _blob_reader(source, "id"), _blob_reader(source, "meta")
    for number in np.flatnonzero(source.live).tolist():
        meta = json.loads(metas(number))
        yield ids(number), {name: meta[name] for name in STORED}


def _blob_reader(source: Source, name: str) -> Callable[[int], str]:
    """The texts of one blob by number."""
    off = source.arrays[f"{name}.off"].astype(np.int64).tolist()
    # an array is a buffer
    data = memoryview(source.arrays[f"{name}.data"])  # type: ignore[arg-type]
    return lambda number: str(
        data[off[number] : off[number + 1]], "utf-8", "surrogatepass"
    )


# ---------------------------------------------------------------------- policy
def _groups(sources: Sequence[Source]) -> list[list[Source]]:
    """Sources that fit into one segment each, in order."""
    groups: list[list[Source]] = []
    documents = pieces = 0
    for source in sources:
        n, p = int(source.live.sum()), most_pieces(source)
        if not groups or documents + n > SEGMENT_DOCUMENTS or pieces + p > PIECES:
            groups.append([])
            documents = pieces = 0
        groups[-1].append(source)
        documents, pieces = documents + n, pieces + p
    return groups


def _chosen(complete: Sequence[Old], fresh: int) -> list[Old]:
    """Which complete segments are merged with what is new: tiers by live documents, and those with
    many dead.

    A tier of four segments, or one with more than 30 % dead, is merged; but one commit moves only
    about four times what it adds, and at least 1,500 documents, so that adding one report stays
    quick.
    """
    budget = max(AT_LEAST_MERGED, FACTOR * fresh)
    sizes = {id(old): int(old.live.sum()) for old in complete}
    tiers: dict[int, list[Old]] = {}
    for old in sorted(complete, key=lambda o: sizes[id(o)]):
        tiers.setdefault(_tier(sizes[id(old)]), []).append(old)
    taken: list[Old] = []
    moved = fresh
    for tier in sorted(tiers):
        group = tiers[tier]
        rising = 1 if moved and _tier(moved) >= tier else 0
        for old in (
            group
            if len(group) + rising >= FACTOR
            else [o for o in group if _is_mostly_dead(o)]
        ):
            size = sizes[id(old)]
            if 0 < size < SEGMENT_DOCUMENTS // 2 or _is_mostly_dead(old):
                if moved - fresh + size > budget:
                    return _in_order(complete, taken)
                taken.append(old)
                moved += size
    return _in_order(complete, taken)


def _tier(size: int) -> int:
    return int(math.log(max(size, 1), FACTOR) + 1e-9)


def _is_mostly_dead(old: Old) -> bool:
    return bool(old.segment.deleted_count() > MOST_DEAD * old.segment.doc_count_all())


def _in_order(complete: Sequence[Old], taken: Sequence[Old]) -> list[Old]:
    return [old for old in complete if any(old is t for t in taken)]
