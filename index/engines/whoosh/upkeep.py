"""Backup, restore and compaction of an index, while it is served and written."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from index.engines.whoosh.check import check
from index.engines.whoosh.files.schema import schema_with
from index.engines.whoosh.storage.store import (
    EXTENSION,
    PARTIAL_SUFFIX,
    READ_ATTEMPTS,
    Generation,
    Store,
)
from index.engines.whoosh.writing.writer import LOCK_WAIT_S, open_writer
from index.model.errors import IndexDamagedError, IndexMissingError, IndexStateError

__all__ = ["backup", "compact", "restore"]

COPY_BYTES = 1 << 20


def backup(folder: Path, destination: Path, *, trust: bool = False) -> int:
    """Copy the newest generation into a new or empty folder, and verify it.

    Writers and readers go on meanwhile. Gives how many segments there are. Raises IndexStateError.
    """
    if destination.exists() and any(destination.iterdir()):
        raise IndexStateError(
            f"{destination} is not empty; give a new folder for the backup"
        )
    store = Store(folder, trust=trust)
    with contextlib.ExitStack() as stack:
        generation, files = _opened(store, stack)
        target = Store(destination)
        target.acquire(0)
        try:
            _copy(files, destination)
            _publish(target, generation)
        finally:
            target.release()
    _verify(destination, trust=False)
    return len(generation.segments)


def restore(source: Path, folder: Path, *, trust: bool = False) -> int:
    """Make a backup the newest generation of the index; what it held is replaced at once.

    Readers are served from the old generation until then. Gives how many segments there are.
    Raises IndexStateError.
    """
    _verify(source, trust=trust)
    store = Store(source, trust=trust)
    with contextlib.ExitStack() as stack:
        generation, files = _opened(store, stack)
        target = Store(folder, trust=trust)
        target.acquire(LOCK_WAIT_S)
        try:
            target.check_folder()
            _copy(files, folder)
            _publish(target, generation)
        finally:
            target.release()
    return len(generation.segments)


def compact(
    folder: Path,
    fingerprint: Mapping[str, str],
    *,
    trust: bool = False,
    positions: bool = False,
) -> None:
    """Merge all segments, as far as one can hold them, and drop deleted reports.

    Raises IndexStateError.
    """
    # opening a writer would make an index where there is none
    Store(folder, trust=trust).read()
    writer = open_writer(folder, fingerprint, trust=trust, positions=positions)
    with writer:
        writer.compact()


def _opened(
    store: Store, stack: contextlib.ExitStack
) -> tuple[Generation, Mapping[str, IO[bytes]]]:
    """The newest generation, and the files of its segments by name.

    An open file stays whole when a writer removes its name.
    """
    for _ in range(READ_ATTEMPTS):
        generation = store.read()
        with contextlib.ExitStack() as files_stack:
            try:
                files = {
                    name: files_stack.enter_context((store.folder / name).open("rb"))
                    for name in _names(generation.segments)
                }
            except FileNotFoundError:
                # a writer has published a newer generation just now
                continue
            stack.push(files_stack.pop_all())
            return generation, files
    raise IndexDamagedError(
        f"files of the index in {store.folder} are missing; run `gongkai check`"
    )


def _names(segments: Sequence[Any]) -> list[str]:
    names = []
    for segment in segments:
        names.append(segment.make_filename(EXTENSION))
        names.append(segment.make_filename(segment.COMPOUND_EXT))
    return names


def _copy(files: Mapping[str, IO[bytes]], folder: Path) -> None:
    """Write the files, each under its name only when it is whole and on the disk."""
    for name, file in files.items():
        partial = folder / f"{name}{PARTIAL_SUFFIX}"
        with partial.open("wb") as out:
            shutil.copyfileobj(file, out, COPY_BYTES)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(folder / name)


def _publish(target: Store, generation: Generation) -> None:
    schema = schema_with(
        generation.fingerprint,
        generation.index_id,
        generation.derivation,
        positions=generation.positions,
    )
    target.publish(schema, generation.segments, target.next_number())


def _verify(folder: Path, *, trust: bool) -> None:
    """Raises IndexStateError where the copy is not whole."""
    if not folder.is_dir():
        raise IndexMissingError(
            f"there is no folder {folder}; give the folder of a backup"
        )
    problems = check(folder, trust=trust)
    if problems:
        raise IndexDamagedError(
            f"the backup in {folder} is not whole ({problems[0]}); make or take another one"
        )
