"""The pack: one file of arrays beside each Whoosh segment, memory-mapped, every block checked
before its first use.

A pack is a header of 64 bytes, then the parts (each an array, aligned to 64 bytes), then one CRC-32
a block of 64 KiB of all that stands before. Its directory, a plain dictionary, is pickled with the
segment into Whoosh's TOC, so the two cannot disagree: `{"version", "size", "parts": {name: (dtype,
length, offset)}, "sums": (offset, how many, their CRC)}`. Opening reads nothing; a block is summed
when it is first touched, so damage is an error and never a wrong answer.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

import numpy as np
import numpy.typing as npt

from index.model.errors import IndexDamagedError, IndexStaleError

__all__ = ["REBUILD", "Array", "Directory", "Pack", "PackWriter", "Part", "Spool"]

Array = npt.NDArray[Any]
Directory = dict[str, Any]

MAGIC = b"GONGKAI PACK 1\n"
VERSION = 2
HEADER, ALIGN, SHIFT = 64, 64, 16
BLOCK = 1 << SHIFT
REBUILD = "run `gongkai index PATH... --rebuild`"
SPOOL_BYTES = 8 << 20
BLOCKS_AT_A_TIME = 64


def header(owner: str) -> bytes:
    """The first 64 bytes of the pack that belongs to the segment `owner`."""
    return (MAGIC + owner.encode("ascii")).ljust(HEADER, b"\0")[:HEADER]


class Spool:
    """An array that grows on disk while others grow beside it, in order to be copied into a pack."""

    def __init__(self, folder: Path, dtype: str) -> None:
        self.dtype = np.dtype(dtype)
        self.length = 0
        # `copy` closes it
        self.file = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            SPOOL_BYTES, dir=str(folder), prefix="spool"
        )

    def append(self, array: Array) -> None:
        """Add the values of `array`, cast to the spool's type."""
        self.file.write(np.ascontiguousarray(array, self.dtype).data)
        self.length += len(array)


class PackWriter:
    """Writes one pack; `finish` gives its directory."""

    def __init__(self, path: Path, owner: str) -> None:
        self.path = path
        self.parts: dict[str, tuple[str, int, int]] = {}
        self.sums: list[int] = []
        self.sum = self.position = 0
        self.spools: list[Spool] = []
        self.file: BinaryIO = path.open("wb")
        self._write(header(owner))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with (
            contextlib.ExitStack() as all_of_them
        ):  # closing writes what is left, and fails on a full disk
            for file in (self.file, *(spool.file for spool in self.spools)):
                all_of_them.callback(file.close)

    def spool(self, dtype: str) -> Spool:
        """A part that grows beside others until it is copied."""
        self.spools.append(Spool(self.path.parent, dtype))
        return self.spools[-1]

    def _write(self, data: bytes | memoryview) -> None:
        self.file.write(data)
        view = memoryview(data)
        while view:
            room = BLOCK - (self.position & (BLOCK - 1))
            piece, view = view[:room], view[room:]
            self.sum = zlib.crc32(piece, self.sum)
            self.position += len(piece)
            if not self.position & (BLOCK - 1):
                self.sums.append(self.sum)
                self.sum = 0

    def _align(self) -> int:
        self._write(b"\0" * (-self.position % ALIGN))
        return self.position

    def add(self, name: str, array: Array) -> None:
        """Add one part."""
        self.parts[name] = (array.dtype.str, len(array), self._align())
        if len(array):
            self._write(np.ascontiguousarray(array).data.cast("B"))

    def copy(self, name: str, spool: Spool) -> None:
        """Add what was spooled, and let the spool go."""
        self.parts[name] = (spool.dtype.str, spool.length, self._align())
        spool.file.seek(0)
        while data := spool.file.read(1 << 20):
            self._write(data)
        spool.file.close()

    def finish(self) -> Directory:
        """Write the sums; the directory of the pack."""
        self._align()
        if self.position & (BLOCK - 1):
            self.sums.append(self.sum)
        sums = np.array(self.sums, "<u4").tobytes()
        self.file.write(sums)
        self.file.close()
        return {
            "version": VERSION,
            "size": self.position + len(sums),
            "parts": self.parts,
            "sums": (self.position, len(self.sums), zlib.crc32(sums)),
        }


class Part:
    """One array of a pack, read by slices and by single values, each block checked before its first
    use.
    """

    __slots__ = ("array", "offset", "pack", "width")

    def __init__(self, pack: Pack, array: Array, offset: int) -> None:
        self.pack, self.array, self.offset = pack, array, offset
        self.width = array.dtype.itemsize

    def __len__(self) -> int:
        return len(self.array)

    def slice(self, start: int, end: int) -> Array:
        """array[start:end]."""
        if not self.pack.sound:
            self.pack.verify(
                self.offset + start * self.width, self.offset + end * self.width
            )
        return self.array[start:end]

    def take(self, at: Array, shift: int = 0) -> Array:
        """array[at + shift]."""
        if not self.pack.sound and len(at):
            self.pack.verify_blocks((at + shift) * self.width + self.offset >> SHIFT)
        return (
            self.array[shift:].take(at) if shift >= 0 else self.array.take(at + shift)
        )

    def whole(self) -> Array:
        """The array, all of it checked."""
        return self.slice(0, len(self.array))


class Pack:
    """A pack opened for reading.

    It stays valid while it is referenced, whether or not its file is deleted.
    """

    def __init__(self, path: Path, owner: str, directory: Directory) -> None:
        """Raises FileNotFoundError (a newer generation removed it), IndexDamagedError and
        IndexStaleError.
        """
        self.path, self.directory = path, directory
        if directory["version"] != VERSION:
            raise IndexStaleError(f"{path} was written in another format; {REBUILD}")
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != directory["size"]:
                raise self._damaged("has another length than was written")
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self.map[:HEADER] != header(owner):
            raise self._damaged("belongs to another segment")
        offset, count, total = directory["sums"]
        if zlib.crc32(self.map[offset : offset + 4 * count]) != total:
            raise self._damaged("has lost its checksums")
        self.sums = np.frombuffer(self.map, "<u4", count, offset)
        self.end = offset
        self.checked = np.zeros(count, bool)
        self.sound = False

    def _damaged(self, what: str) -> IndexDamagedError:
        return IndexDamagedError(f"{self.path} {what}; {REBUILD}")

    def verify(self, start: int, end: int) -> None:
        """Sum the blocks of these bytes that nobody has touched. Raises IndexDamagedError."""
        first, last = start >> SHIFT, (max(end, start + 1) - 1 >> SHIFT) + 1
        if not self.checked[first:last].all():
            self.verify_blocks(np.arange(first, min(last, len(self.checked))))

    def verify_blocks(self, blocks: Array) -> None:
        """Sum those of the `blocks` that nobody has touched. Raises IndexDamagedError."""
        todo = set(blocks[~self.checked[blocks]].tolist())
        for block in sorted(todo):
            start = block << SHIFT
            with (
                memoryview(self.map) as view,
                view[start : min(start + BLOCK, self.end)] as piece,
            ):
                if zlib.crc32(piece) != self.sums[block]:
                    raise self._damaged(
                        f"is damaged at byte {start} to {start + BLOCK} ({self.part_at(start)})"
                    )
            self.checked[block] = True
        if todo and self.checked.all():
            self.sound = True

    def verify_all(self, stop: Callable[[], bool] = bool) -> None:
        """Sum every block, a few at a time, until `stop` says so. Raises IndexDamagedError."""
        for start in range(0, self.end, BLOCK * BLOCKS_AT_A_TIME):
            if stop():
                return
            self.verify(start, min(start + BLOCK * BLOCKS_AT_A_TIME, self.end))

    def part_at(self, position: int) -> str:
        """The name of the part in which this byte lies."""
        before = [
            (o, name)
            for name, (_, _, o) in self.directory["parts"].items()
            if o <= position + BLOCK
        ]
        return max(before)[1] if before else "header"

    def __contains__(self, name: object) -> bool:
        return name in self.directory["parts"]

    def names(self) -> Iterator[str]:
        """The names of the parts."""
        return iter(self.directory["parts"])

    def part(self, name: str) -> Part:
        """One array, checked as it is read."""
        dtype, length, offset = self.directory["parts"][name]
        return Part(self, np.frombuffer(self.map, dtype, length, offset), offset)

    def array(self, name: str) -> Array:
        """One array, checked now."""
        return self.part(name).whole()

    def arrays(self) -> Mapping[str, Array]:
        """Every array, checked now: for merging, which must never copy damage under a new sum."""
        self.verify_all()
        return {name: self.part(name).array for name in self.names()}
