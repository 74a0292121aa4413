"""Whoosh's storage, made durable: every new file reaches the disk (fsync) before the TOC that
names it, and the folder after.

Whoosh itself never syncs. It renames a file only to publish a TOC, so the rename is the barrier.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage

from index.engines.whoosh.storage.toc_data import seal

__all__ = ["NAME", "Storage", "crc_of"]

NAME = "MAIN"
READ_BYTES = 1 << 20


class Storage(FileStorage):  # type: ignore[misc]  # Whoosh ships no types
    """Whoosh's storage, whose rename is a durability barrier."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        # names of files that are not synced yet
        self.fresh: set[str] = set()
        # what stands behind Whoosh's pickle in the next TOC
        self.data = b""
        # files that are left open when writing them fails
        self.opened: list[Any] = []

    def create_file(self, name: str, **options: Any) -> Any:
        """Create a file; it is synced before the next TOC."""
        self.fresh.add(name)
        file = super().create_file(
            name,
            **options,
        )
        self.opened.append(file)
        return file

    def abandon(self) -> None:
        """Close what was left open when writing failed."""
        for file in self.opened:
            with contextlib.suppress(OSError):
                file.file.close()
        self.opened.clear()

    def delete_file(self, name: str) -> None:
        """Delete a file."""
        self.fresh.discard(name)
        super().delete_file(name)

    def sync(self, name: str = "") -> None:
        """Bring a file to the disk by fsync; without a name the folder, which holds the names."""
        is_folder = not name
        if is_folder and os.name == "nt":
            return  # Windows cannot open a folder; its rename is journalled
        mode = os.O_RDONLY if is_folder else os.O_RDWR
        handle = os.open(Path(self.folder, name), mode)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def rename_file(
        self,
        oldname: str,
        newname: str,
        safe: bool = False,
    ) -> None:
        """Publish a TOC: seal it, sync everything new, rename it, sync the folder."""
        seal(Path(self.folder) / oldname, self.data)
        for name in sorted(self.fresh):
            # a file that was assembled into a compound file is gone
            with contextlib.suppress(FileNotFoundError):
                self.sync(name)
        self.sync()
        self.fresh.clear()
        super().rename_file(
            oldname,
            newname,
            safe=safe,
        )
        self.sync()


def crc_of(path: Path) -> tuple[int, int]:
    """(size in bytes, CRC-32) of a file."""
    checksum = 0
    size = 0
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            checksum = zlib.crc32(block, checksum)
            size += len(block)
    return size, checksum
