"""The pack: one file of arrays beside each Whoosh segment, memory-mapped, every block checked
before its first use.

    header of 64 bytes | parts, each aligned to 64 bytes | one CRC-32 for each block of 64 KiB

The directory of a pack is a plain dictionary, kept with the segment in the TOC, so the two cannot
disagree: `{"version", "size", "parts": {name: (dtype, length, offset)}, "sums": (offset,
how many, their CRC)}`. Opening reads nothing. A block's checksum is compared when the block is
first touched, so damage is an error and never a wrong answer.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile
import zlib
from collections.abc import (
    Callable,
    Iterable,
    Iterator,
    Mapping,
)
from pathlib import Path
from types import TracebackType
from typing import (
    Any,
    BinaryIO,
    Self,
)

import numpy as np

from index.engines.shared.arrays import Array
from index.model.errors import IndexDamagedError, IndexStaleError

__all__ = [
    "REBUILD_HINT",
    "Directory",
    "Pack",
    "PackWriter",
    "Part",
    "Spool",
]

Directory = dict[str, Any]

MAGIC = b"GONGKAI PACK 1\n"
VERSION = 2
HEADER_BYTES = 64
# Parts begin where a cache line does; numpy wants at least the alignment of its values.
ALIGNMENT = 64
BLOCK_SHIFT = 16
BLOCK = 1 << BLOCK_SHIFT
# The flag of a block that was not compared with its checksum yet.
UNCHECKED_FLAG = 0
REBUILD_HINT = "run `gongkai index PATH... --rebuild`"
# Spools smaller than this stay in memory.
SPOOL_BYTES = 8 << 20
COPY_BYTES = 1 << 20
BLOCKS_AT_A_TIME = 64


def header(owner: str) -> bytes:
    """The first 64 bytes of the pack that belongs to the segment `owner`."""
    written = MAGIC + owner.encode("ascii")
    return written.ljust(HEADER_BYTES, b"\0")[:HEADER_BYTES]


# ---------------------------------------------------------------------- writing
class Spool:
    """An array that grows on disk while others grow beside it; later it is copied into a pack."""

    def __init__(
        self,
        folder: Path,
        dtype: str,
    ) -> None:
        self.dtype = np.dtype(dtype)
        self.length = 0
        # `copy` closes it
        self.file = tempfile.SpooledTemporaryFile(  # noqa: SIM115
            SPOOL_BYTES,
            dir=str(folder),
            prefix="spool",
        )

    def append(self, array: Array) -> None:
        """Add the values of `array`, cast to the spool's type."""
        values = np.ascontiguousarray(array, self.dtype)
        self.file.write(values.data)
        self.length += len(array)

    def pieces(self) -> Iterator[Array]:
        """All values, in pieces of equal length but the last; closes the spool."""
        self.file.seek(0)
        while data := self.file.read(COPY_BYTES):
            yield np.frombuffer(data, self.dtype)
        self.file.close()


class PackWriter:
    """Writes one pack; `finish` returns its directory."""

    def __init__(
        self,
        path: Path,
        owner: str,
    ) -> None:
        self.path = path
        self.parts: dict[str, tuple[str, int, int]] = {}
        self.checksums: list[int] = []
        # of the block that is not full yet
        self.checksum = 0
        self.position = 0
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
        files = (self.file, *(spool.file for spool in self.spools))
        # Closing writes what is buffered and fails on a full disk; the others still have to close.
        with contextlib.ExitStack() as closing:
            for file in files:
                closing.callback(file.close)

    def spool(self, dtype: str) -> Spool:
        """A part that grows beside others until it is copied."""
        spool = Spool(self.path.parent, dtype)
        self.spools.append(spool)
        return spool

    def _write(self, data: bytes | memoryview) -> None:
        """Write bytes and go on with the checksums of their blocks."""
        self.file.write(data)
        rest = memoryview(data)
        while rest:
            room = BLOCK - (self.position & (BLOCK - 1))
            piece = rest[:room]
            rest = rest[room:]
            self.checksum = zlib.crc32(piece, self.checksum)
            self.position += len(piece)
            is_full = not self.position & (BLOCK - 1)
            if is_full:
                self.checksums.append(self.checksum)
                self.checksum = 0

    def _align(self) -> int:
        padding = -self.position % ALIGNMENT
        self._write(b"\0" * padding)
        return self.position

    def add(
        self,
        name: str,
        array: Array,
    ) -> None:
        """Add one part."""
        offset = self._align()
        self.parts[name] = (array.dtype.str, len(array), offset)
        if len(array):
            values = np.ascontiguousarray(array)
            self._write(values.data.cast("B"))

    def copy(
        self,
        name: str,
        spool: Spool,
    ) -> None:
        """Add a spool as a part, and close it."""
        self.add_pieces(name, spool.dtype, spool.pieces())

    def add_pieces(
        self,
        name: str,
        dtype: np.dtype[Any],
        pieces: Iterable[Array],
    ) -> None:
        """Add one part that comes in pieces of its type."""
        offset = self._align()
        length = 0
        for piece in pieces:
            self._write(piece.data.cast("B"))
            length += len(piece)
        self.parts[name] = (dtype.str, length, offset)

    def finish(self) -> Directory:
        """Write the checksums; the directory of the pack."""
        end = self._align()
        if end & (BLOCK - 1):
            self.checksums.append(self.checksum)
        data = np.array(self.checksums, "<u4").tobytes()
        self.file.write(data)
        self.file.close()
        return {
            "version": VERSION,
            "size": end + len(data),
            "parts": self.parts,
            "sums": (end, len(self.checksums), zlib.crc32(data)),
        }


# ---------------------------------------------------------------------- reading
class Part:
    """One array of a pack. Each block is checked before its first use."""

    __slots__ = ("array", "offset", "pack", "width")

    def __init__(
        self,
        pack: Pack,
        array: Array,
        offset: int,
    ) -> None:
        self.pack = pack
        self.array = array
        self.offset = offset
        self.width = array.dtype.itemsize

    def __len__(self) -> int:
        return len(self.array)

    def slice(
        self,
        start: int,
        end: int,
    ) -> Array:
        """array[start:end]."""
        # when all blocks are sound, reading costs nothing more
        if not self.pack.sound:
            first_byte = self.offset + start * self.width
            end_byte = self.offset + end * self.width
            self.pack.verify(first_byte, end_byte)
        return self.array[start:end]

    def take(
        self,
        indices: Array,
        shift: int = 0,
    ) -> Array:
        """array[indices + shift]."""
        if not self.pack.sound and len(indices):
            positions = (indices + shift) * self.width + self.offset
            self.pack.verify_blocks(positions >> BLOCK_SHIFT)
        if shift >= 0:
            # a shifted view costs nothing; adding to all indices does
            return self.array[shift:].take(indices)
        return self.array.take(indices + shift)

    def whole(self) -> Array:
        """The array, all of it checked."""
        return self.slice(0, len(self.array))


class Pack:
    """A pack opened for reading.

    It stays valid while it is referenced, even when its file is deleted.
    """

    def __init__(
        self,
        path: Path,
        owner: str,
        directory: Directory,
    ) -> None:
        """Raises FileNotFoundError (a newer generation removed it), IndexDamagedError and
        IndexStaleError.
        """
        self.path = path
        self.directory = directory
        # raised by hand when the header or the checksums change; the fingerprint covers the arrays
        if directory["version"] != VERSION:
            raise IndexStaleError(
                f"{path} was written in another format; {REBUILD_HINT}"
            )
        with path.open("rb") as file:
            # touching a mapping behind the end of its file kills the process
            size = os.fstat(file.fileno()).st_size
            if size != directory["size"]:
                raise self.damaged("has another length than was written")
            self.map = mmap.mmap(
                file.fileno(),
                0,
                access=mmap.ACCESS_READ,
            )
        # a file that was copied over another one has the right length perhaps
        if self.map[:HEADER_BYTES] != header(owner):
            raise self.damaged("belongs to another segment")
        offset, count, total = directory["sums"]
        checksums = self.map[offset : offset + 4 * count]
        if zlib.crc32(checksums) != total:
            raise self.damaged("has lost its checksums")
        self.checksums = np.frombuffer(
            self.map,
            "<u4",
            count,
            offset,
        )
        self.end = offset
        # which blocks were compared with their checksums, and whether all were
        self.flags = bytearray(count)
        self.checked: Array = np.frombuffer(self.flags, bool)
        self.sound = False

    def damaged(self, what: str) -> IndexDamagedError:
        """The error that says what is wrong with this pack."""
        return IndexDamagedError(f"{self.path} {what}; {REBUILD_HINT}")

    def verify(
        self,
        start: int,
        end: int,
    ) -> None:
        """Check the blocks of bytes start..end that were not checked yet.

        Raises IndexDamagedError.
        """
        first = start >> BLOCK_SHIFT
        # an empty range still has the block of its first byte
        last_byte = max(end, start + 1) - 1
        behind = (last_byte >> BLOCK_SHIFT) + 1
        # hundreds of times a search, mostly of one block: numpy would take ten times as long
        if self.flags.find(UNCHECKED_FLAG, first, behind) >= 0:
            end_block = min(behind, len(self.checked))
            self.verify_blocks(np.arange(first, end_block))

    def verify_blocks(self, blocks: Array) -> None:
        """Check those of the `blocks` that were not checked yet. Raises IndexDamagedError."""
        unchecked = set(blocks[~self.checked[blocks]].tolist())
        for block in sorted(unchecked):
            self._verify_block(block)
            self.checked[block] = True
        if unchecked and self.checked.all():
            self.sound = True

    def _verify_block(self, block: int) -> None:
        start = block << BLOCK_SHIFT
        end = min(start + BLOCK, self.end)
        # a view that is left open would keep the mapping from being closed
        with memoryview(self.map) as view, view[start:end] as piece:
            checksum = zlib.crc32(piece)
        if checksum != self.checksums[block]:
            part = self.part_at(start)
            raise self.damaged(
                f"is damaged at byte {start} to {start + BLOCK} ({part})"
            )

    def verify_all(self, stop: Callable[[], bool] = bool) -> None:
        """Check every block, a few at a time, until `stop` returns True.

        Raises IndexDamagedError.
        """
        step = BLOCK * BLOCKS_AT_A_TIME
        for start in range(0, self.end, step):
            if stop():
                return
            self.verify(start, min(start + step, self.end))

    def part_at(self, position: int) -> str:
        """The name of the part in which this byte lies."""
        begun = [
            (offset, name)
            for name, (_, _, offset) in self.directory["parts"].items()
            if offset <= position + BLOCK
        ]
        if not begun:
            return "header"
        _, name = max(begun)
        return str(name)

    def __contains__(self, name: object) -> bool:
        return name in self.directory["parts"]

    def names(self) -> Iterator[str]:
        """The names of the parts."""
        return iter(self.directory["parts"])

    def part(self, name: str) -> Part:
        """One array, checked as it is read."""
        dtype, length, offset = self.directory["parts"][name]
        array = np.frombuffer(
            self.map,
            dtype,
            length,
            offset,
        )
        return Part(self, array, offset)

    def array(self, name: str) -> Array:
        """One array, checked now."""
        return self.part(name).whole()

    def arrays(self) -> Mapping[str, Array]:
        """Every array, checked now: merging must never copy damage under a new checksum."""
        self.verify_all()
        return {name: self.part(name).array for name in self.names()}
