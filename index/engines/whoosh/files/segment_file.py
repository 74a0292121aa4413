"""Whoosh's file of a segment (.seg), which holds all its other files one behind another.

    position of the directory (i8), its length (i4) | files | directory and options, pickled

Columns are files too: fixed numbers, keywords as numbers into a list, or bytes with their lengths.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.compound import CompoundStorage
from whoosh.util.numeric import byte_to_length
from whoosh.util.varints import varint

from index.engines.shared.arrays import Array
from index.engines.whoosh.storage.durable import Storage
from index.engines.whoosh.storage.toc_data import load_plain

__all__ = [
    "COLUMN_EXTENSION",
    "LENGTH_STEPS",
    "POSTINGS_EXTENSION",
    "STORED_COLUMN",
    "TERMS_EXTENSION",
    "bytes_column",
    "bytes_of_column",
    "column_extension",
    "keyword_column",
    "length_bytes",
    "number_column",
    "read_files",
    "write_files",
]

TERMS_EXTENSION = W3Codec.TERMS_EXT
POSTINGS_EXTENSION = W3Codec.POSTS_EXT
COLUMN_EXTENSION = W3Codec.COLUMN_EXT
STORED_COLUMN = "_stored"
# Whoosh keeps a field's length in one byte: the first of these steps that is not smaller.
LENGTH_STEPS = np.array([byte_to_length(step) for step in range(256)], np.int64)
# Keywords are numbered with one byte up to so many.
BYTE_VALUES = 256


def column_extension(name: str) -> str:
    """The extension of a column's file."""
    return f".{name}{COLUMN_EXTENSION}"


def length_bytes(lengths: Array) -> Array:
    """Field lengths in words as Whoosh's bytes (u1)."""
    steps = LENGTH_STEPS.searchsorted(lengths)
    return np.minimum(steps, len(LENGTH_STEPS) - 1).astype("u1")


# ---------------------------------------------------------------------- columns
def number_column(
    values: Array,
    default: int,
) -> bytes:
    """Numbers of one width. What is missing at the end has the default."""
    known = np.flatnonzero(values != default)
    count = int(known[-1]) + 1 if len(known) else 0
    # big-endian, as all of Whoosh's files
    dtype = values.dtype.newbyteorder(">")
    return bytes(values[:count].astype(dtype).tobytes())


def keyword_column(
    numbers: Array,
    values: Sequence[bytes],
) -> bytes:
    """A number a document into `values`; number 0 is the empty value."""
    is_narrow = len(values) <= BYTE_VALUES
    column = numbers.astype("u1" if is_narrow else ">u2").tobytes()
    pieces = [column, varint(len(values))]
    for value in values:
        pieces += (varint(len(value)), value)
    pieces.append(b"B" if is_narrow else b"H")
    return b"".join(pieces)


def bytes_column(
    data: bytes,
    lengths: Array,
) -> bytes:
    """Some bytes a document, one behind another, then their lengths."""
    largest = int(lengths.max()) if len(lengths) else 0
    letter, dtype = ("H", ">u2") if largest < 1 << 16 else ("i", ">i4")
    return data + lengths.astype(dtype).tobytes() + letter.encode()


def bytes_of_column(
    column: bytes,
    count: int,
) -> tuple[Array, Array]:
    """(bytes, their lengths) of a column that `bytes_column` made for `count` documents."""
    dtype = ">u2" if column[-1:] == b"H" else ">i4"
    start = len(column) - 1 - count * np.dtype(dtype).itemsize
    lengths = np.frombuffer(column, dtype, count, start).astype(np.int64)
    return np.frombuffer(column, "u1", start), lengths


# ---------------------------------------------------------------------- the file
def write_files(
    storage: Storage,
    segment: Any,
    files: Iterable[tuple[str, Sequence[bytes]]],
) -> None:
    """Write a segment's file of (extension, pieces of its content)."""
    out = storage.create_file(segment.make_filename(segment.COMPOUND_EXT))
    # the directory's place is known in the end
    out.write_long(0)
    out.write_int(0)
    directory = {}
    for extension, pieces in files:
        start = out.tell()
        for piece in pieces:
            out.write(piece)
        directory[segment.make_filename(extension)] = {
            "offset": start,
            "length": out.tell() - start,
            "modified": 0.0,
        }
    CompoundStorage.write_dir(out, 0, directory)
    segment.compound = True


def read_files(
    path: Path,
    segment: Any,
    extensions: Iterable[str],
) -> Mapping[str, bytes]:
    """Some of the files in a segment's file, by extension. Raises KeyError where one is missing."""
    with path.open("rb") as file, _mapped(file) as mapped:
        start = int.from_bytes(mapped[:8], "big")
        file.seek(start)
        # the caller has compared the file with its checksum
        directory = load_plain(file)
        files = {}
        for extension in extensions:
            entry = directory[segment.make_filename(extension)]
            first = entry["offset"]
            files[extension] = mapped[first : first + entry["length"]]
    return files


def _mapped(file: Any) -> mmap.mmap:
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
