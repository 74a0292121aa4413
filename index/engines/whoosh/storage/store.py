"""Whoosh's side: the folder, the TOC as the one commit point, the lock, the segments that Whoosh
itself can read.

    documents -> <segment>.seg (Whoosh) -> <segment>.arr (pack) -> temporary TOC -> fsync all,
    rename, fsync folder

A segment carries, as attribute `gongkai`, the directory of its pack, and the checksums of Whoosh's
files; the schema carries the fingerprint. Both are pickled into the TOC, so a generation is
complete or it does not exist. Whoosh's `clean_files` removes dead segments; what killed builds
leave, the next writer removes.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import (
    Iterable,
    Iterator,
    Mapping,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import (
    ID,
    STORED,
    Schema,
)
from whoosh.index import (
    TOC,
    FileIndex,
    clean_files,
)
from whoosh.writing import SegmentWriter

from index.engines.whoosh.storage.durable import (
    NAME,
    Storage,
    crc_of,
    is_sealed,
)
from index.engines.whoosh.storage.pack import REBUILD_HINT, Pack
from index.model.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexNotTrustedError,
)

__all__ = [
    "EXTENSION",
    "READ_ATTEMPTS",
    "RETRY_S",
    "Generation",
    "Storage",
    "Store",
    "add_reports",
    "latest_toc",
    "mark_of",
    "open_pack",
    "schema_with",
]

EXTENSION = ".arr"
SCRATCH_FOLDER = f"{NAME}.scratch"
# what Whoosh sorts in; a killed writer leaves it
TEMPORARY_FOLDER = f"{NAME}.tmp"
LOCK_FILE = f"{NAME}_WRITELOCK"
# _MAIN_12.toc
TOC_NAME = re.compile(rf"^_{NAME}_([0-9]+)\.toc$")
# A reader that is overtaken by commits reads again, this often and after so many seconds.
READ_ATTEMPTS = 200
RETRY_S = 0.005
LOCK_RETRY_S = 0.05
# An id has one posting: deflating it takes longer than all else that is done for it, and makes it
# no smaller.
CODEC = W3Codec(compression=0)


def schema_with(
    fingerprint: Mapping[str, str], index_id: str = "", derivation: str = ""
) -> Schema:
    """The fields that Whoosh keeps, what the index is written with, and which index it is."""
    schema = Schema(
        id=ID(
            unique=True,
            stored=True,
        ),
        digest=STORED,
        source=STORED,
    )
    schema.gongkai = {
        "reading": dict(fingerprint),
        "id": index_id,
        "derivation": derivation,
    }
    return schema


@dataclass(frozen=True, slots=True)
class Generation:
    """One committed state: its number, what marks its TOC, the fingerprint, and Whoosh's segments.

    `index_id` is the random id of the index, `derivation` what all its reports were derived with.
    """

    number: int
    mark: tuple[int, int, int]
    fingerprint: Mapping[str, str]
    segments: tuple[Any, ...]
    index_id: str = ""
    derivation: str = ""


# ---------------------------------------------------------------------- files
def latest_toc(folder: Path) -> tuple[int, Path] | None:
    """The number and path of the newest TOC, if there is one."""
    try:
        names = os.listdir(folder)  # noqa: PTH208
    except (FileNotFoundError, NotADirectoryError):
        return None
    tocs = []
    for name in names:
        match = TOC_NAME.match(name)
        if match:
            tocs.append((int(match.group(1)), folder / name))
    return max(tocs) if tocs else None


def mark_of(path: Path) -> tuple[int, int, int]:
    """What tells one TOC from another of the same name: inode, time in ns, size.

    A rebuilt index can have the same generation number as the old one.
    """
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def open_pack(
    folder: Path,
    segment: Any,
) -> Pack:
    """The pack of a segment. Raises FileNotFoundError when a newer generation has removed it."""
    directory = getattr(segment, "gongkai", None)
    name = segment.segment_id()
    if directory is None:
        raise IndexDamagedError(
            f"{name} in {folder} was written by plain Whoosh; {REBUILD_HINT}"
        )
    path = folder / segment.make_filename(EXTENSION)
    return Pack(path, name, directory)


def add_reports(
    builder: SegmentWriter,
    reports: Iterable[tuple[str, Mapping[str, str]]],
) -> None:
    """Add reports (id, what else is stored) to a new segment, in their order.

    The writers of its codec are called directly. `add_document` would call them too, but it
    analyses, sorts and measures each field first, which takes six times as long.
    """
    fields = builder.perdocwriter
    ids: list[bytes] = []
    for number, (name, stored) in enumerate(reports):
        ids.append(name.encode("utf-8", "surrogatepass"))
        fields.start_doc(number)
        for field, value in {"id": name, **stored}.items():
            fields.add_field(
                field,
                builder.schema[field],
                value,
                0,
            )
        fields.finish_doc()
    builder.docnum = len(ids)
    builder.fieldwriter.add_postings(
        builder.schema,
        None,
        _id_postings(ids),
    )


def _id_postings(ids: list[bytes]) -> Iterator[tuple[str, bytes, int, float, bytes]]:
    """(field, term, document, weight, value) of each id, sorted by term as Whoosh wants them."""
    for number in sorted(range(len(ids)), key=ids.__getitem__):
        yield "id", ids[number], number, 1.0, b""


class _Index(FileIndex):  # type: ignore[misc]  # Whoosh ships no types
    """Whoosh's index over a TOC that is in memory: all that its writer asks of an index."""

    def __init__(
        self,
        storage: Storage,
        toc: TOC,
    ) -> None:
        self.storage = storage
        self.indexname = NAME
        self._schema = toc.schema
        self.toc = toc

    def _read_toc(self) -> TOC:
        return self.toc


class Store:
    """The folder of an index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage = Storage(str(folder))
        self.lock: Any = None

    # ------------------------------------------------------------------ reading
    def check_owner(self) -> None:
        """Raises IndexNotTrustedError unless the folder and its TOC are the user's own.

        A TOC is a pickle: reading it runs what its owner put there.
        """
        if not hasattr(os, "getuid"):
            return  # Windows
        paths = [self.folder]
        latest = latest_toc(self.folder)
        if latest is not None:
            paths.append(latest[1])
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_uid != os.getuid():
                    raise IndexNotTrustedError(
                        f"{path} belongs to another user, and opening an index runs what its "
                        "owner put there; build one of your own, or set GONGKAI_TRUST_INDEX=1 "
                        "if you trust them"
                    )

    def read(self) -> Generation:
        """The newest generation. Raises IndexMissingError and IndexDamagedError."""
        for _ in range(READ_ATTEMPTS):
            latest = latest_toc(self.folder)
            if latest is None:
                break
            try:
                return self._read(*latest)
            except FileNotFoundError:
                # a writer has published a newer one just now
                time.sleep(RETRY_S)
        raise IndexMissingError(
            f"there is no index in {self.folder}; "
            f"run `gongkai index PATH... --index {self.folder}`"
        )

    def _read(
        self,
        number: int,
        path: Path,
    ) -> Generation:
        mark = mark_of(path)
        data = path.read_bytes()
        if not is_sealed(data):
            raise IndexDamagedError(f"{path} is truncated or altered; {REBUILD_HINT}")
        try:
            toc = TOC.read(self.storage, NAME, gen=number)
        except FileNotFoundError:
            raise
        # an unpickled TOC of another version of Whoosh or of ours may raise anything
        except Exception as error:
            raise IndexDamagedError(
                f"{path} was written by another version ({error}); {REBUILD_HINT}"
            ) from error
        made = getattr(toc.schema, "gongkai", None)
        if made is None:
            raise IndexDamagedError(
                f"{path} was written by plain Whoosh; {REBUILD_HINT}"
            )
        return Generation(
            number=number,
            mark=mark,
            # version 0.1 kept the fingerprint alone; it is refused as stale
            fingerprint=made.get("reading", made),
            segments=tuple(toc.segments),
            index_id=made.get("id", ""),
            derivation=made.get("derivation", ""),
        )

    # ------------------------------------------------------------------ writing
    def acquire(self, wait_s: float) -> None:
        """Take the write lock. Raises IndexLockedError after `wait_s` seconds."""
        self.folder.mkdir(
            parents=True,
            exist_ok=True,
        )
        lock = self.storage.lock(LOCK_FILE)
        until = time.monotonic() + wait_s
        while not lock.acquire():
            if time.monotonic() >= until:
                raise IndexLockedError(
                    f"another process is writing to {self.folder}; "
                    "wait until it has finished, then run again"
                )
            time.sleep(min(LOCK_RETRY_S, wait_s))
        self.lock = lock

    def release(self) -> None:
        """Give the write lock back."""
        lock = self.lock
        self.lock = None
        if lock is not None and lock.fd is not None:
            lock.release()

    def scratch(self) -> Path:
        """A folder for what is not part of the index yet; the next writer removes it."""
        path = self.folder / SCRATCH_FOLDER
        path.mkdir(exist_ok=True)
        return path

    def remove_scratch(self) -> None:
        """Remove that folder and what is in it."""
        shutil.rmtree(self.folder / SCRATCH_FOLDER, ignore_errors=True)

    def clean(self, segments: Iterable[Any]) -> None:
        """Remove what killed writers left: unknown segments, temporary TOCs, scratch folders.

        The caller holds the lock.
        """
        live = {segment.segment_id() for segment in segments}
        latest = latest_toc(self.folder)
        newest = latest[1] if latest is not None else None
        for entry in list(self.folder.iterdir()):
            if entry.name in (SCRATCH_FOLDER, TEMPORARY_FOLDER):
                shutil.rmtree(entry, ignore_errors=True)
            elif _is_litter(entry, live, newest):
                # open elsewhere, on Windows; the next writer tries again
                with contextlib.suppress(OSError):
                    entry.unlink()

    def next_number(self) -> int:
        """The number of the generation to come."""
        latest = latest_toc(self.folder)
        return latest[0] + 1 if latest is not None else 0

    def builder(self, schema: Schema) -> SegmentWriter:
        """Whoosh's writer for one new segment, without its lock: the lock is held here."""
        toc = TOC(
            schema,
            [],
            self.next_number(),
        )
        index = _Index(self.storage, toc)
        try:
            return SegmentWriter(
                index,
                _lk=False,
                codec=CODEC,
            )
        except BaseException:
            self.storage.abandon()
            raise

    def finish_segment(self, builder: SegmentWriter) -> Any:
        """Complete Whoosh's files of a segment; returns the segment with their checksums."""
        # identical in 2.7.4, 2.7.5 and whoosh3; `commit` would publish a TOC too
        segment = builder._finalize_segment()  # noqa: SLF001
        self.storage.opened.clear()
        self.storage.temporary.clear()
        builder._finish()  # noqa: SLF001
        names = segment.list_files(self.storage)
        segment.whoosh_files = {name: crc_of(self.folder / name) for name in names}
        return segment

    def publish(
        self,
        schema: Schema,
        segments: Iterable[Any],
        number: int,
    ) -> None:
        """Make `segments` the newest generation. Durable when it returns."""
        published = list(segments)
        for segment in published:
            # our packs were not created through Whoosh's storage
            self.storage.fresh.add(segment.make_filename(EXTENSION))
        TOC(schema, published, number).write(self.storage, NAME)
        with contextlib.suppress(OSError):
            clean_files(
                self.storage,
                NAME,
                number,
                published,
            )


def _is_litter(
    entry: Path,
    live: set[str],
    newest: Path | None,
) -> bool:
    """Whether a file in the folder of an index belongs to no generation."""
    name = entry.name
    if name.startswith(f"{NAME}_") and name != LOCK_FILE:
        # MAIN_abc123.seg and MAIN_abc123.arr are of the segment MAIN_abc123
        return name.partition(".")[0] not in live
    if name.startswith(f"_{NAME}_") and ".toc." in name:
        return True  # a TOC that was never renamed: _MAIN_3.toc.1732600000.12
    return bool(TOC_NAME.match(name)) and newest is not None and entry != newest
