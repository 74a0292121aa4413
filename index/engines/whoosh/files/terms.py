"""Whoosh's term dictionary (.trm), written and read whole: words in order -> term infos.

    HSH3 | type of hash, two unused numbers | entries | 256 hash tables | their directory | extras

An entry is (length of key, length of value, key, value). A key is the number of a field (two bytes)
and a word. The extras are a pickle that names the fields, and where every entry starts.
"""

from __future__ import annotations

import pickle
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.engines.shared.arrays import Array
from index.engines.whoosh.files.blocks import INFO_DTYPE
from index.engines.whoosh.storage.toc_data import load_plain

__all__ = ["Field", "read_terms", "terms_file"]

MAGIC = b"HSH3"
# Whoosh's default is MD5, which is ten times slower. The file says which it is.
CRC_HASH = 1
HEADER = MAGIC + struct.pack("!Bii", CRC_HASH, 0, 0)
TABLE_COUNT = 256
SLOT_DTYPE = np.dtype([("hash", ">u4"), ("position", ">u8")])
DIRECTORY_DTYPE = np.dtype([("position", ">i8"), ("slots", ">i4")])
ENTRY_LENGTHS = struct.Struct("!ii")
FIELD_STRUCT = struct.Struct("!H")
# (largest position, type): what Whoosh's reader knows by these letters
POSITION_TYPES = (
    (1 << 16, "H", ">u2"),
    (1 << 31, "i", ">i4"),
    (1 << 63, "q", ">i8"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """The words of one field, sorted as bytes, and their term infos (INFO_DTYPE)."""

    name: str
    words: Sequence[bytes]
    infos: Array


def terms_file(fields: Iterable[Field]) -> bytes:
    """The file of all terms. A field without words is left out."""
    numbers: dict[str, int] = {}
    keys: list[bytes] = []
    infos: list[bytes] = []
    for field in sorted(fields, key=lambda field: field.name):
        if not len(field.words):
            continue
        prefix = FIELD_STRUCT.pack(len(numbers))
        numbers[field.name] = len(numbers)
        keys += [prefix + word for word in field.words]
        # numpy would join them in the byte order of this machine
        infos.append(field.infos.tobytes())
    values = b"".join(infos)
    width = INFO_DTYPE.itemsize
    pack = ENTRY_LENGTHS.pack
    entries = [
        pack(len(key), width) + key + values[start : start + width]
        for key, start in zip(keys, range(0, len(values), width), strict=True)
    ]
    sizes = np.fromiter(map(len, entries), np.int64, len(entries))
    ends = len(HEADER) + np.cumsum(sizes)
    positions = ends - sizes
    end = int(ends[-1]) if len(ends) else len(HEADER)
    tables, directory = _hash_tables(keys, positions, end)
    extras = _extras(numbers, positions)
    return b"".join(
        (
            HEADER,
            *entries,
            tables,
            directory,
            extras,
            struct.pack("!i", len(extras)),
        )
    )


def _hash_tables(
    keys: Sequence[bytes],
    positions: Array,
    start: int,
) -> tuple[bytes, bytes]:
    """The tables, which begin at `start`, and their directory.

    Table t holds the keys whose hash ends in t, in a third more slots than keys: a key has the
    first free slot from its home on. Whoosh's own writer takes twice as many slots.
    """
    hashes = np.fromiter(map(zlib.crc32, keys), np.int64, len(keys))
    counts = np.bincount(hashes & (TABLE_COUNT - 1), minlength=TABLE_COUNT)
    # a search ends at a free slot; an empty table has none
    sizes = np.where(counts, counts + counts // 3 + 1, 0)
    firsts = np.cumsum(sizes) - sizes
    directory = np.empty(TABLE_COUNT, DIRECTORY_DTYPE)
    directory["position"] = start + firsts * SLOT_DTYPE.itemsize
    directory["slots"] = sizes
    tables = hashes & (TABLE_COUNT - 1)
    homes = ((hashes >> 8) % np.maximum(sizes[tables], 1)).tolist()
    taken = bytearray(int(sizes.sum()))
    slots = []
    rows = zip(
        firsts[tables].tolist(),
        sizes[tables].tolist(),
        homes,
        strict=True,
    )
    for first, size, home in rows:
        slot = home
        while taken[first + slot]:
            slot = (slot + 1) % size
        taken[first + slot] = 1
        slots.append(first + slot)
    written = np.zeros(len(taken), SLOT_DTYPE)
    written["hash"][slots] = hashes
    written["position"][slots] = positions
    return written.tobytes(), directory.tobytes()


def _extras(
    numbers: Mapping[str, int],
    positions: Array,
) -> bytes:
    largest = int(positions[-1]) if len(positions) else 0
    letter, dtype = next(
        (letter, dtype) for limit, letter, dtype in POSITION_TYPES if largest < limit
    )
    facts = {
        "fieldmap": dict(numbers),
        "indextype": letter,
        "indexlen": len(positions),
    }
    return pickle.dumps(facts, 2) + positions.astype(dtype).tobytes()


# ---------------------------------------------------------------------- reading
def read_terms(data: bytes) -> dict[str, Field]:
    """The fields of a file that `terms_file` made, by name. Raises ValueError where it is none."""
    if data[: len(HEADER)] != HEADER:
        raise ValueError("no term dictionary")
    (extras_size,) = struct.unpack("!i", data[-4:])
    extras = data[len(data) - 4 - extras_size : -4]
    facts = load_plain(extras)
    dtype = next(d for _, letter, d in POSITION_TYPES if letter == facts["indextype"])
    count = facts["indexlen"]
    index_bytes = count * np.dtype(dtype).itemsize
    index = np.frombuffer(extras, dtype, count, len(extras) - index_bytes)
    positions = index.astype(np.int64)
    raw = np.frombuffer(data, "u1")
    lengths = _at(raw, positions, 4).view(">i4").ravel().astype(np.int64)
    numbers = _at(raw, positions + ENTRY_LENGTHS.size, 2).view(">u2").ravel()
    word_starts = positions + ENTRY_LENGTHS.size + FIELD_STRUCT.size
    word_ends = positions + ENTRY_LENGTHS.size + lengths
    infos = _at(raw, word_ends, INFO_DTYPE.itemsize).view(INFO_DTYPE).ravel()
    fields = {}
    for name, number in facts["fieldmap"].items():
        first, behind = numbers.searchsorted(np.array([number, number + 1], ">u2"))
        bounds = zip(
            word_starts[first:behind].tolist(),
            word_ends[first:behind].tolist(),
            strict=True,
        )
        words = [data[start:end] for start, end in bounds]
        fields[name] = Field(name, words, infos[first:behind])
    return fields


def _at(
    raw: Array,
    positions: Array,
    width: int,
) -> Array:
    """`width` bytes from each position on, a row each."""
    return raw[positions[:, None] + np.arange(width)]
