"""The writer: documents become batches, batches runs on disk, runs segments, and segments a commit.

Memory does not grow with what is written: a batch is inverted and spooled when it is large, and
full segments are sealed before the commit. Their files belong to no generation until the TOC names
them.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from index.engines.seam import Document, Prepared
from index.engines.shared.hashes import id_hash_of
from index.engines.whoosh.files.part import write_whoosh_part
from index.engines.whoosh.files.schema import schema_with
from index.engines.whoosh.storage.pack import REBUILD_HINT, Pack
from index.engines.whoosh.storage.store import (
    EXTENSION,
    Generation,
    Store,
    open_pack,
    stale,
)
from index.engines.whoosh.writing import segments
from index.engines.whoosh.writing.batch import Batch
from index.engines.whoosh.writing.merge import (
    MergeInput,
    merge_packs,
    write_pack,
)
from index.engines.whoosh.writing.prepared import PreparedDocument, prepare
from index.engines.whoosh.writing.segments import (
    CompleteSegment,
    Run,
    chosen_for_merge,
    groups_of,
    verified_source,
)
from index.model.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexStaleError,
    IndexStateError,
)

__all__ = ["WhooshWriter", "create", "open_writer"]

# A batch is inverted when it holds this much.
MAX_BATCH_UNITS = 2_000_000
MAX_BATCH_DOCUMENTS = 4_096
LOCK_WAIT_S = 10


def create(
    folder: Path,
    fingerprint: Mapping[str, str],
) -> None:
    """Make an empty index, replacing whatever index stands there."""
    open_writer(
        folder,
        fingerprint,
        rebuild=True,
    ).commit()


def open_writer(
    folder: Path,
    fingerprint: Mapping[str, str],
    *,
    rebuild: bool = False,
    wait_s: float | None = None,
    trust: bool = False,
    positions: bool = False,
) -> WhooshWriter:
    """A writer; the index is made when it is missing.

    With `positions` the words have positions for Whoosh; an index has them of all reports or none.

    With `rebuild` the commit replaces everything and the fingerprint at once; until then readers
    keep what they have. Raises IndexLockedError, IndexStaleError, IndexDamagedError,
    IndexNotTrustedError.
    """
    store = Store(Path(folder), trust=trust)
    store.acquire(LOCK_WAIT_S if wait_s is None else wait_s)
    try:
        return WhooshWriter(
            store,
            fingerprint,
            rebuild=rebuild,
            positions=positions,
        )
    except BaseException:
        store.release()
        raise


class WhooshWriter:
    """Collects changes and publishes them all at once.

    `runs` are inverted batches on disk, `sealed` segments made of full runs, `old` the segments of
    the last commit. `where` tells for each doc-id hash of a new report its run and its number in
    it; the batch in memory counts as the run behind the last.
    """

    def __init__(
        self,
        store: Store,
        fingerprint: Mapping[str, str],
        *,
        rebuild: bool,
        positions: bool = False,
    ) -> None:
        self.store = store
        self.positions = positions
        self.fingerprint = dict(fingerprint)
        store.check_folder()
        self.old: list[CompleteSegment] = []
        self.rebuild = rebuild
        self.compacting = False
        # why nothing can be committed any more
        self.broken = ""
        self.committed: Generation | None = None
        self._load()

    def _load(self) -> None:
        """Start from the last commit."""
        self.sealed: list[CompleteSegment] = []
        self._drop_new()
        self.flushed = 0
        self.committed = self._last_commit()
        self.changed = self.rebuild or self.committed is None
        generation = self.committed
        # 64 random bits: two indexes in one place, one after the other, are told apart
        self.index_id = secrets.token_hex(8)
        self.derivation = ""
        if generation is not None:
            self.index_id = generation.index_id or self.index_id
            self.derivation = generation.derivation
        if generation is not None and not self.rebuild:
            if generation.fingerprint != self.fingerprint:
                raise stale(self.store.folder, generation.fingerprint, self.fingerprint)
            self._check_positions(generation)
            self.store.clean(generation.segments)
            self.old = [self._open(segment) for segment in generation.segments]
        elif self.rebuild:
            # readers keep the last commit until the new one
            self.store.clean(generation.segments if generation is not None else ())
            self.old = []

    def _check_positions(self, generation: Generation) -> None:
        if generation.positions == self.positions:
            return
        kind = "with" if generation.positions else "without"
        raise IndexStaleError(
            f"the index in {self.store.folder} was written {kind} positions of words; "
            f"change GONGKAI_WORD_POSITIONS back, or {REBUILD_HINT}"
        )

    def _last_commit(self) -> Generation | None:
        try:
            return self.store.read()
        except IndexMissingError:
            return None
        except IndexStateError:
            # a rebuild does not need what is damaged
            if not self.rebuild:
                raise
            return None

    def _open(self, segment: Any) -> CompleteSegment:
        try:
            return CompleteSegment(segment, open_pack(self.store.folder, segment))
        except FileNotFoundError as error:
            raise IndexDamagedError(
                f"{error.filename} is missing; {REBUILD_HINT}"
            ) from error

    def _drop_new(self) -> None:
        """Forget every new document that no segment holds."""
        self.runs: list[Run] = []
        self.where: dict[int, tuple[int, int]] = {}
        self.batch = Batch(positions=self.positions)
        self.batch_dead: set[int] = set()

    # ------------------------------------------------------------------ changes
    def put(self, document: Document | Prepared) -> None:
        """Add the report, or replace the one of the same id."""
        prepared = prepare(document) if isinstance(document, Document) else document
        assert isinstance(prepared, PreparedDocument)
        id_hash = id_hash_of(prepared.id)
        try:
            number = self.batch.add(prepared)
            # after adding: when that fails, the old report must still be there
            self._forget(id_hash)
            self.where[id_hash] = (len(self.runs), number)
            self.changed = True
            if (
                self.batch.units >= MAX_BATCH_UNITS
                or len(self.batch) >= MAX_BATCH_DOCUMENTS
            ):
                self._flush()
        except BaseException as error:
            # half of the document may be in the batch, or a batch on its way to a run
            self.broken = repr(error)
            raise

    def delete(self, report_id: str) -> None:
        """Take the report out; no error when there is none."""
        if self._forget(id_hash_of(report_id)):
            self.changed = True

    def _forget(self, id_hash: int) -> bool:
        """Drop the report with this doc-id hash; whether there was one.

        That two ids share 53 bits of SHA-256 is theory.
        """
        was_alive = False
        for complete in (*self.old, *self.sealed):
            was_alive |= complete.delete(id_hash)
        run, number = self.where.pop(id_hash, (-1, -1))
        if run < 0:
            return was_alive
        if run == len(self.runs):
            self.batch_dead.add(number)
        else:
            self.runs[run].live[number] = False
        return True

    def clear(self) -> None:
        """Take every report out."""
        for complete in self.sealed:
            self._remove(complete.segment)
        self.old = []
        self.sealed = []
        self._drop_new()
        self.changed = True

    # ------------------------------------------------------------------ runs and segments
    def _take_batch(self) -> Run | None:
        """The batch, inverted; a fresh one takes its place."""
        batch = self.batch
        dead = self.batch_dead
        self.batch = Batch(positions=self.positions)
        self.batch_dead = set()
        if not len(batch):
            return None
        live = np.ones(len(batch), bool)
        live[list(dead)] = False
        arrays = {
            **batch.arrays(),
            **batch.whoosh_part().arrays(),
        }
        return Run(arrays, live)

    def _flush(self) -> None:
        """Move the batch to a run on disk, and seal a segment when enough has come together."""
        run = self._take_batch()
        if run is None:
            return
        self.flushed += 1
        path = self.store.scratch() / f"run{self.flushed}"
        directory = write_pack(path, "run", run.arrays)
        pack = Pack(path, "run", directory)
        # the mapping keeps the data; Windows keeps mapped files
        with contextlib.suppress(PermissionError):
            path.unlink()
        arrays = {name: pack.part(name).array for name in pack.names()}
        # the mask goes on being changed while the arrays are on disk
        self.runs.append(Run(arrays, run.live))
        while self._documents_in_runs() >= segments.MAX_SEGMENT_DOCUMENTS:
            self._seal()

    def _documents_in_runs(self) -> int:
        return sum(int(run.live.sum()) for run in self.runs)

    def _seal(self) -> None:
        """Make a segment of the first runs, as many as fit; those behind wait for more to come."""
        sources = [run.source() for run in self.runs]
        first_group = groups_of(sources)[0]
        self._build_sealed(first_group)
        count = len(first_group)
        self.runs = self.runs[count:]
        # a report in the new segment is found there by its doc-id hash
        self.where = {
            id_hash: (run - count, number)
            for id_hash, (run, number) in self.where.items()
            if run >= count
        }

    def _build_sealed(self, sources: Sequence[MergeInput]) -> Any:
        """One new segment, sealed; None if nothing is left of its sources."""
        segment = self._build(sources)
        if segment is not None:
            self.sealed.append(self._open(segment))
        return segment

    def _build(self, sources: Sequence[MergeInput]) -> Any:
        """One new segment of several sources, or None if nothing of them is left."""
        if not any(source.live.any() for source in sources):
            return None
        segment = self.store.new_segment(
            sum(int(source.live.sum()) for source in sources)
        )
        name = segment.segment_id()
        scratch_path = self.store.scratch() / name
        pack_path = self.store.folder / segment.make_filename(EXTENSION)
        try:
            segment.gongkai = merge_packs(
                scratch_path,
                name,
                sources,
            )
            scratch_path.rename(pack_path)
            pack = Pack(pack_path, name, segment.gongkai)
            write_whoosh_part(
                self.store.storage,
                segment,
                {part: pack.part(part).array for part in pack.names()},
                [(source.part, source.live) for source in sources],
            )
            self.store.seal_segment(segment)
        except BaseException:
            self.store.storage.abandon()
            self._remove(segment)
            raise
        return segment

    def _remove(self, segment: Any) -> None:
        for name in segment.list_files(self.store.storage):
            with contextlib.suppress(OSError):
                self.store.storage.delete_file(name)

    def compact(self) -> None:
        """Have the commit merge every segment, and leave out what is deleted."""
        self.compacting = True
        has_dead = any(not complete.live.all() for complete in self.old)
        if len(self.old) > 1 or has_dead:
            self.changed = True

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
        if run is not None:
            self.runs.append(run)
        fresh = [run.source() for run in self.runs if run.live.any()]
        complete = [*self.old, *self.sealed]
        fresh_documents = sum(int(source.live.sum()) for source in fresh)
        merged = complete
        if not self.compacting:
            merged = chosen_for_merge(complete, fresh_documents)
        published = [
            segment.segment
            for segment in complete
            if segment not in merged and segment.live.any()
        ]
        # old documents first: replaced ones are dead there, so the order says nothing more
        sources = [verified_source(self.store.folder, segment) for segment in merged]
        sources += fresh
        for group in groups_of(sources):
            segment = self._build_sealed(group)
            if segment is not None:
                published.append(segment)
        self._drop_new()
        self.store.remove_scratch()
        self.store.publish(
            schema_with(
                self.fingerprint,
                self.index_id,
                self.derivation,
                positions=self.positions,
            ),
            published,
            self.store.next_number(),
        )
        self.sealed = []
        self.old = []

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

    def __exit__(
        self,
        kind: object,
        error: object,
        trace: object,
    ) -> None:
        if self.store.lock is None:
            return
        if kind is None:
            self.commit()
        else:
            self.cancel()
