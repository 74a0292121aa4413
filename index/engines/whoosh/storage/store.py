"""Whoosh's side: the folder, the TOC as the one commit point, the lock, the segments that Whoosh
itself can read.

    documents -> <segment>.seg (Whoosh) -> <segment>.arr (pack) -> temporary TOC -> fsync all,
    rename, fsync folder

A segment carries, as attribute `gongkai`, the directory of its pack, and the checksums of Whoosh's
files; the schema carries the fingerprint. They stand as data in the TOC (`toc_data`), so a
generation is complete or it does not exist. Whoosh's `clean_files` removes dead segments; what
killed builds leave, the next writer removes.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import time
from collections.abc import (
    Iterable,
    Mapping,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whoosh.fields import Schema
from whoosh.index import TOC, clean_files

from index.engines.whoosh.storage.durable import (
    NAME,
    Storage,
    crc_of,
)
from index.engines.whoosh.storage.pack import REBUILD_HINT, Pack
from index.engines.whoosh.storage.toc_data import (
    CODEC,
    decoded,
    encoded,
    is_of_older_version,
    is_sealed,
    sealed_data,
    without_data,
)
from index.engines.whoosh.trust import check_folder, read_file
from index.model.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexStaleError,
    IndexStateError,
)

__all__ = [
    "EXTENSION",
    "PARTIAL_SUFFIX",
    "READ_ATTEMPTS",
    "RETRY_S",
    "Generation",
    "Storage",
    "Store",
    "folder_mark",
    "latest_toc",
    "mark_of",
    "open_pack",
    "stale",
    "toc_path",
]

EXTENSION = ".arr"
SCRATCH_FOLDER = f"{NAME}.scratch"
# What versions before 0.2 sorted in; a killed writer has left it.
TEMPORARY_FOLDER = f"{NAME}.tmp"
# A file that is being copied into the folder.
PARTIAL_SUFFIX = ".partial"
LOCK_FILE = f"{NAME}_WRITELOCK"
# _MAIN_12.toc
TOC_NAME = re.compile(rf"^_{NAME}_([0-9]+)\.toc$")
# A reader that is overtaken by commits reads again, this often and after so many seconds.
READ_ATTEMPTS = 200
RETRY_S = 0.005
LOCK_RETRY_S = 0.05


def stale(
    folder: Path,
    have: Mapping[str, str],
    want: Mapping[str, str],
) -> IndexStaleError:
    """The error that names what an index was written with otherwise."""
    differences = [
        f"{name} {have.get(name, 'nothing')} instead of {want.get(name, 'nothing')}"
        for name in dict.fromkeys((*have, *want))
        if have.get(name) != want.get(name)
    ]
    return IndexStaleError(
        f"the index in {folder} was written with {'; '.join(differences)}; {REBUILD_HINT}"
    )


@dataclass(frozen=True, slots=True)
class Generation:
    """One committed state: its number, what marks its TOC, the fingerprint, and Whoosh's segments.

    `index_id` is the random id of the index, `derivation` what all its reports were derived with,
    `positions` whether its words have positions.
    """

    number: int
    mark: tuple[int, int, int]
    fingerprint: Mapping[str, str]
    segments: tuple[Any, ...]
    index_id: str = ""
    derivation: str = ""
    positions: bool = False


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


def toc_path(
    folder: Path,
    number: int,
) -> Path:
    """Where the TOC of a generation stands."""
    return folder / f"_{NAME}_{number}.toc"


def folder_mark(folder: Path) -> tuple[int, int, int] | None:
    """What changes when a file of a folder comes, goes or is renamed: time in ns, inode, device.

    None where there is no such folder.
    """
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_dev


def mark_of(path: Path) -> tuple[int, int, int]:
    """What tells one TOC from another of the same name: inode, time in ns, size.

    A rebuilt index can have the same generation number as the old one.
    """
    return _mark(path.stat())


def _mark(status: os.stat_result) -> tuple[int, int, int]:
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


class Store:
    """The folder of an index.

    Unless `trust` is given, only what nobody but the user and root could have written is read.
    """

    def __init__(self, folder: Path, *, trust: bool = False) -> None:
        self.folder = folder
        self.trust = trust
        self.storage = Storage(str(folder))
        self.lock: Any = None

    # ------------------------------------------------------------------ reading
    def check_folder(self) -> None:
        """Raises IndexNotTrustedError where somebody else could have written to the folder."""
        if not self.trust:
            check_folder(self.folder)

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
            except OSError as error:
                raise IndexStateError(
                    f"{latest[1]} cannot be read ({error.strerror}); "
                    "check permissions and limits, then try again"
                ) from error
        raise IndexMissingError(
            f"there is no index in {self.folder}; "
            f"run `gongkai index PATH... --index {self.folder}`"
        )

    def _read(
        self,
        number: int,
        path: Path,
    ) -> Generation:
        content, status = read_file(path, trust=self.trust)
        if is_of_older_version(content):
            raise IndexStaleError(
                f"{path} was written by an older version; {REBUILD_HINT}"
            )
        if not is_sealed(content):
            raise IndexDamagedError(f"{path} is truncated or altered; {REBUILD_HINT}")
        try:
            facts, segments = decoded(sealed_data(content))
            reading = dict(facts["reading"])
        except (ValueError, KeyError, TypeError) as error:
            raise IndexDamagedError(
                f"{path} was written by another version ({error}); {REBUILD_HINT}"
            ) from error
        return Generation(
            number=number,
            mark=_mark(status),
            fingerprint=reading,
            segments=tuple(segments),
            index_id=facts.get("id", ""),
            derivation=facts.get("derivation", ""),
            positions=facts.get("positions", False),
        )

    # ------------------------------------------------------------------ writing
    def acquire(self, wait_s: float) -> None:
        """Take the write lock. Raises IndexLockedError after `wait_s` seconds."""
        # a umask of 002 would let the group write, and no reader would trust it
        self.folder.mkdir(
            mode=0o755,
            parents=True,
            exist_ok=True,
        )
        lock = self.storage.lock(LOCK_FILE)
        until = time.monotonic() + wait_s
        while not lock.acquire():
            if time.monotonic() >= until:
                raise IndexLockedError(
                    f"{self._other_writer()} is writing to {self.folder}; "
                    "wait until it has finished (`--wait` does), then run again"
                )
            time.sleep(min(LOCK_RETRY_S, wait_s))
        self.lock = lock
        self._sign()

    def _sign(self) -> None:
        """Say in the lock who holds it."""
        since = time.strftime("%Y-%m-%d %H:%M:%S %z")
        owner_text = f"process {os.getpid()} on {socket.gethostname()} (since {since})"
        # Windows has no pwrite, and lets nobody else read what is locked
        with contextlib.suppress(OSError, AttributeError):
            os.ftruncate(self.lock.fd, 0)
            os.pwrite(self.lock.fd, owner_text.encode(), 0)

    def _other_writer(self) -> str:
        """Who holds the lock, as far as it can be read: on Windows nobody else may."""
        try:
            lock_text = (self.folder / LOCK_FILE).read_text("utf-8", "replace")
        except OSError:
            lock_text = ""
        # what somebody else wrote goes to a terminal
        lock_text = "".join(filter(str.isprintable, lock_text[:200]))
        return lock_text or "another process"

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

    def new_segment(self, count: int) -> Any:
        """A segment of Whoosh for `count` documents, without its files."""
        segment = CODEC.new_segment(self.storage, NAME)
        segment.set_doc_count(count)
        return segment

    def seal_segment(self, segment: Any) -> None:
        """Note the checksums of Whoosh's files of a segment, which are complete."""
        self.storage.opened.clear()
        name = segment.make_filename(segment.COMPOUND_EXT)
        segment.whoosh_files = {name: crc_of(self.folder / name)}

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
        self.storage.data = encoded(schema.gongkai, published)
        plain = [without_data(segment) for segment in published]
        TOC(schema, plain, number).write(self.storage, NAME)
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
    if name.endswith(PARTIAL_SUFFIX):
        return True
    if name.startswith(f"{NAME}_") and name != LOCK_FILE:
        # MAIN_abc123.seg and MAIN_abc123.arr are of the segment MAIN_abc123
        return name.partition(".")[0] not in live
    if name.startswith(f"_{NAME}_") and ".toc." in name:
        return True  # a TOC that was never renamed: _MAIN_3.toc.1732600000.12
    return bool(TOC_NAME.match(name)) and newest is not None and entry != newest
