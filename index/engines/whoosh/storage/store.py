"""Whoosh's side: the folder, the TOC as the one commit point, the lock, the segments that Whoosh
itself can read.

    documents -> <segment>.seg (Whoosh) -> <segment>.arr (pack) -> temporary TOC -> fsync all,
    rename, fsync folder

A segment carries, as attribute `gongkai`, the directory of its pack and the sums of Whoosh's files;
the schema carries the fingerprint. Both are pickled into the TOC, so a generation is complete or it
does not exist. Whoosh writes no sum over its TOC: ours stands behind its pickle, where Whoosh does
not read. Whoosh's `clean_files` removes dead segments; what killed builds leave, the next writer
removes.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import struct
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import ID, STORED, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, FileIndex, clean_files
from whoosh.writing import SegmentWriter

from index.engines.whoosh.storage.pack import REBUILD, Pack
from index.model.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexNotTrustedError,
)

__all__ = [
    "EXTENSION",
    "NAME",
    "Generation",
    "Store",
    "add_reports",
    "crc_of",
    "latest_toc",
    "open_pack",
    "schema_with",
]

NAME = "MAIN"
EXTENSION = ".arr"
SCRATCH = f"{NAME}.scratch"
TOC_NAME = re.compile(rf"^_{NAME}_([0-9]+)\.toc$")
TRAILER = struct.Struct("<8sI")
SEAL = b"GKTOCSUM"
TRIES = 200
# An id has one posting: deflating it takes longer than all else that is done for it,
# and makes it no smaller.
CODEC = W3Codec(compression=0)


def schema_with(
    fingerprint: Mapping[str, str], index_id: str = "", derivation: str = ""
) -> Schema:
    """The fields that Whoosh keeps, what the index is written with, and which index it is."""
    schema = Schema(
        id=ID(unique=True, stored=True),
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


class Storage(FileStorage):  # type: ignore[misc]  # Whoosh ships no types
    """Whoosh's storage, whose rename is a durability barrier:

    Whoosh renames only to publish a TOC.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.fresh: set[str] = set()
        self.opened: list[Any] = []
        self.beside: list[Storage] = []

    def create_file(self, name: str, **options: Any) -> Any:
        """Create a file, to be synced before the next TOC."""
        self.fresh.add(name)
        file = super().create_file(name, **options)
        self.opened.append(file)
        return file

    def open_file(self, name: str, *args: Any, **options: Any) -> Any:
        """Open a file; what was written just now is read while a segment is assembled, and may be
        left open.
        """
        file = super().open_file(name, *args, **options)
        if name in self.fresh:
            self.opened.append(file)
        return file

    def temp_storage(self, name: str | None = None) -> Storage:
        """A folder for Whoosh's sorting runs."""
        self.beside.append(
            Storage(str(Path(self.folder, name or f"{NAME}.tmp"))).create()
        )
        return self.beside[-1]

    def abandon(self) -> None:
        """Close what Whoosh left open when it failed."""
        for storage in (self, *self.beside):
            for file in storage.opened:
                with contextlib.suppress(OSError):
                    file.file.close()
            storage.opened.clear()

    def delete_file(self, name: str) -> None:
        """Delete a file."""
        self.fresh.discard(name)
        super().delete_file(name)

    def sync(self, name: str = "") -> None:
        """Bring a file (or the folder) to the disk."""
        if not name and os.name == "nt":
            return  # Windows cannot open a folder; its rename is journalled
        handle = os.open(
            Path(self.folder, name), os.O_RDONLY if not name else os.O_RDWR
        )
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Seal the TOC, bring everything new to the disk, publish."""
        seal(Path(self.folder) / oldname)
        for name in sorted(self.fresh):
            with contextlib.suppress(
                FileNotFoundError
            ):  # assembled into a compound file
                self.sync(name)
        self.sync()
        self.fresh.clear()
        super().rename_file(oldname, newname, safe=safe)
        self.sync()


def seal(path: Path) -> None:
    """Append the sum of a TOC to it."""
    data = path.read_bytes()
    with path.open("ab") as file:
        file.write(TRAILER.pack(SEAL, zlib.crc32(data)))


def is_sealed(data: bytes) -> bool:
    """Whether a TOC is as it was written."""
    if len(data) < TRAILER.size:
        return False
    mark, total = TRAILER.unpack(data[-TRAILER.size :])
    return bool(mark == SEAL and total == zlib.crc32(data[: -TRAILER.size]))


def latest_toc(folder: Path) -> tuple[int, Path] | None:
    """The newest TOC, if there is one."""
    try:
        found = [
            (int(m.group(1)), folder / name)
            for name in os.listdir(folder)  # noqa: PTH208
            if (m := TOC_NAME.match(name))
        ]
    except (FileNotFoundError, NotADirectoryError):
        return None
    return max(found) if found else None


def mark_of(path: Path) -> tuple[int, int, int]:
    """What tells one TOC from another of the same name."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size


def crc_of(path: Path) -> tuple[int, int]:
    """(size, CRC-32) of a file."""
    total = size = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total, size = zlib.crc32(block, total), size + len(block)
    return size, total


def open_pack(folder: Path, segment: Any) -> Pack:
    """The pack of a segment. Raises FileNotFoundError when a newer generation has removed it."""
    directory = getattr(segment, "gongkai", None)
    if directory is None:
        raise IndexDamagedError(
            f"{segment.segment_id()} in {folder} was written by plain Whoosh; {REBUILD}"
        )
    return Pack(
        folder / segment.make_filename(EXTENSION), segment.segment_id(), directory
    )


def add_reports(
    builder: SegmentWriter, reports: Iterable[tuple[str, Mapping[str, str]]]
) -> None:
    """Add reports (id, what else is stored) to a new segment, in their order.

    By the writers of its codec, which `add_document` would call too: it analyses, sorts and
    measures each field first, which takes six times as long.
    """
    fields, ids = builder.perdocwriter, list[bytes]()
    for number, (name, stored) in enumerate(reports):
        ids.append(name.encode("utf-8", "surrogatepass"))
        fields.start_doc(number)
        for field, value in {"id": name, **stored}.items():
            fields.add_field(field, builder.schema[field], value, 0)
        fields.finish_doc()
    builder.docnum = len(ids)
    order = sorted(range(len(ids)), key=ids.__getitem__)
    builder.fieldwriter.add_postings(
        builder.schema, None, (("id", ids[n], n, 1.0, b"") for n in order)
    )


class _Index(FileIndex):  # type: ignore[misc]  # Whoosh ships no types
    """Whoosh's index over a TOC that is in memory: what its writer asks of an index, and nothing
    read twice.
    """

    def __init__(self, storage: Storage, toc: TOC) -> None:
        self.storage, self.indexname, self._schema, self.toc = (
            storage,
            NAME,
            toc.schema,
            toc,
        )

    def _read_toc(self) -> TOC:
        return self.toc


class Store:
    """The folder of an index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.storage = Storage(str(folder))
        self.lock: Any = None

    # -- reading
    def check_owner(self) -> None:
        """Raises IndexNotTrustedError unless the folder and its TOC are the user's own: a TOC is a
        pickle.
        """
        if not hasattr(os, "getuid"):
            return
        latest = latest_toc(self.folder)
        for path in (self.folder, *((latest[1],) if latest else ())):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_uid != os.getuid():
                    raise IndexNotTrustedError(
                        f"{path} belongs to another user, and opening an index runs what its owner put there; "
                        "build one of your own, or set GONGKAI_TRUST_INDEX=1 if you trust them"
                    )

    def read(self) -> Generation:
        """The newest generation. Raises IndexMissingError and IndexDamagedError."""
        for _ in range(TRIES):
            latest = latest_toc(self.folder)
            if latest is None:
                break
            try:
                return self._read(*latest)
            except FileNotFoundError:
                time.sleep(0.005)  # a writer has published a newer one just now
        raise IndexMissingError(
            f"there is no index in {self.folder}; run `gongkai index PATH... --index {self.folder}`"
        )

    def _read(self, number: int, path: Path) -> Generation:
        mark, data = mark_of(path), path.read_bytes()
        if not is_sealed(data):
            raise IndexDamagedError(f"{path} is truncated or altered; {REBUILD}")
        try:
            toc = TOC.read(self.storage, NAME, gen=number)
        except FileNotFoundError:
            raise
        # an unpickled TOC of another version of Whoosh or of ours may raise anything
        except Exception as e:
            raise IndexDamagedError(
                f"{path} was written by another version ({e}); {REBUILD}"
            ) from e
        made = getattr(toc.schema, "gongkai", None)
        if made is None:
            raise IndexDamagedError(f"{path} was written by plain Whoosh; {REBUILD}")
        return Generation(
            number,
            mark,
            # version 0.1 kept the fingerprint alone; it is refused as stale
            fingerprint=made.get("reading", made),
            segments=tuple(toc.segments),
            index_id=made.get("id", ""),
            derivation=made.get("derivation", ""),
        )

    # -- writing
    def acquire(self, wait_s: float) -> None:
        """Take the write lock. Raises IndexLockedError after `wait_s` seconds."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = self.storage.lock(f"{NAME}_WRITELOCK")
        until = time.monotonic() + wait_s
        while not lock.acquire():
            if time.monotonic() >= until:
                raise IndexLockedError(
                    f"another process is writing to {self.folder}; wait until it has finished, then run again"
                )
            time.sleep(min(0.05, wait_s))
        self.lock = lock

    def release(self) -> None:
        """Give the write lock back."""
        lock, self.lock = self.lock, None
        if lock is not None and lock.fd is not None:
            lock.release()

    def scratch(self) -> Path:
        """A folder for what is not part of the index yet; the next writer removes it."""
        path = self.folder / SCRATCH
        path.mkdir(exist_ok=True)
        return path

    def clean(self, segments: Iterable[Any]) -> None:
        """Remove what killed writers left: unknown segments, temporary TOCs, scratch.

        Needs the lock.
        """
        live = {s.segment_id() for s in segments}
        latest = latest_toc(self.folder)
        for entry in list(self.folder.iterdir()):
            stem = entry.name.partition(".")[0]
            if entry.name in (SCRATCH, f"{NAME}.tmp"):
                shutil.rmtree(entry, ignore_errors=True)
            elif (
                (
                    entry.name.startswith(f"{NAME}_")
                    and entry.name != f"{NAME}_WRITELOCK"
                    and stem not in live
                )
                or (entry.name.startswith(f"_{NAME}_") and ".toc." in entry.name)
                or (
                    TOC_NAME.match(entry.name)
                    and latest is not None
                    and entry != latest[1]
                )
            ):
                with contextlib.suppress(
                    OSError
                ):  # open elsewhere, on Windows; the next writer tries again
                    entry.unlink()

    def next_number(self) -> int:
        """The number of the generation to come."""
        latest = latest_toc(self.folder)
        return (latest[0] if latest else -1) + 1

    def builder(self, schema: Schema) -> SegmentWriter:
        """Whoosh's writer for one new segment, without its lock: the lock is held here."""
        toc = TOC(schema, [], self.next_number())
        try:
            return SegmentWriter(_Index(self.storage, toc), _lk=False, codec=CODEC)
        except BaseException:
            self.storage.abandon()
            raise

    def finish_segment(self, builder: SegmentWriter) -> Any:
        """Complete Whoosh's files of a segment; returns the segment with their sums."""
        segment = builder._finalize_segment()  # noqa: SLF001 - identical in 2.7.4, 2.7.5 and whoosh3; commit would publish
        self.storage.opened.clear()
        self.storage.beside.clear()
        builder._finish()  # noqa: SLF001 - as above
        segment.whoosh_files = {
            name: crc_of(self.folder / name)
            for name in segment.list_files(self.storage)
        }
        return segment

    def publish(self, schema: Schema, segments: Iterable[Any], number: int) -> None:
        """Make `segments` the newest generation. Durable when it returns."""
        kept = list(segments)
        for s in kept:
            self.storage.fresh.add(s.make_filename(EXTENSION))
        TOC(schema, kept, number).write(self.storage, NAME)
        with contextlib.suppress(OSError):
            clean_files(self.storage, NAME, number, kept)
