"""What a reader needs of a table of contents, as data: JSON behind Whoosh's pickle, under one seal.

    Whoosh's TOC (a pickle, for stock Whoosh) | JSON | magic, length of the JSON, CRC-32 of all

Reading a pickle runs what its writer put there, so Gongkai never does. Both parts are written to
one file and published by one rename, so they cannot disagree.
"""

from __future__ import annotations

import copy
import io
import pickle
import re
import struct
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import orjson
from whoosh.codec.whoosh3 import W3Codec, W3Segment

__all__ = [
    "CODEC",
    "decoded",
    "encoded",
    "is_of_older_version",
    "is_sealed",
    "load_plain",
    "seal",
    "sealed_data",
    "without_data",
]

# Readers ask it for nothing but the format: what is compressed says so itself.
CODEC = W3Codec()
TRAILER_STRUCT = struct.Struct("<8sI")
CHECKSUM_STRUCT = struct.Struct("<I")
TRAILER_BYTES = TRAILER_STRUCT.size + CHECKSUM_STRUCT.size
SEAL_MAGIC = b"GKTOC002"
# What versions before this one wrote, with the checksum behind it.
OLD_MAGIC = b"GKTOCSUM"
OLD_TRAILER_BYTES = 12
# MAIN_abc123 names files in the folder of the index, and must not lead out of it.
SEGMENT_PATTERN = re.compile(r"([A-Z]+)_([0-9a-z]+)")


# ---------------------------------------------------------------------- the seal
def seal(path: Path, data: bytes) -> None:
    """Append the data and the checksum of everything to a TOC; only its owner may change it."""
    body = path.read_bytes() + data + TRAILER_STRUCT.pack(SEAL_MAGIC, len(data))
    with path.open("ab") as file:
        file.write(body[-len(data) - TRAILER_STRUCT.size :])
        file.write(CHECKSUM_STRUCT.pack(zlib.crc32(body)))
    # a umask of 002 lets the group write
    path.chmod(path.stat().st_mode & ~0o022)


def is_sealed(content: bytes) -> bool:
    """Whether a TOC is as it was written."""
    if len(content) < TRAILER_BYTES:
        return False
    body = content[: -CHECKSUM_STRUCT.size]
    (checksum,) = CHECKSUM_STRUCT.unpack(content[-CHECKSUM_STRUCT.size :])
    magic, length = TRAILER_STRUCT.unpack(body[-TRAILER_STRUCT.size :])
    is_whole = magic == SEAL_MAGIC and length <= len(body) - TRAILER_STRUCT.size
    return bool(is_whole and checksum == zlib.crc32(body))


def is_of_older_version(content: bytes) -> bool:
    """Whether a version before this one wrote the TOC: only a pickle, and no data."""
    return content[-OLD_TRAILER_BYTES:].startswith(OLD_MAGIC)


def sealed_data(content: bytes) -> bytes:
    """The data of a TOC that is sealed."""
    end = len(content) - TRAILER_BYTES
    _, length = TRAILER_STRUCT.unpack(content[end : end + TRAILER_STRUCT.size])
    return content[end - length : end]


# ---------------------------------------------------------------------- the data
def encoded(facts: Mapping[str, Any], segments: Iterable[Any]) -> bytes:
    """What is known of an index, and its segments, as data."""
    rows = []
    for segment in segments:
        row = {
            "name": segment.segment_id(),
            "documents": segment.doc_count_all(),
            "deleted": sorted(segment.deleted_docs()),
            "pack": segment.gongkai,
            "files": segment.whoosh_files,
        }
        rows.append(row)
    value = {"facts": dict(facts), "segments": rows}
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


def decoded(data: bytes) -> tuple[Mapping[str, Any], list[Any]]:
    """The reverse of `encoded`. Raises ValueError, KeyError and TypeError."""
    value = orjson.loads(data)
    return value["facts"], [_segment(row) for row in value["segments"]]


def _segment(row: Mapping[str, Any]) -> Any:
    name = SEGMENT_PATTERN.fullmatch(row["name"])
    if name is None:
        raise ValueError(f"no name of a segment: {row['name']!r}")
    deleted = set(map(int, row["deleted"]))
    segment = W3Segment(CODEC, name[1], int(row["documents"]), name[2], deleted or None)
    segment.compound = True
    segment.gongkai = row["pack"]
    file_name = segment.make_filename(segment.COMPOUND_EXT)
    # (size, CRC-32) of Whoosh's file
    segment.whoosh_files = {file_name: tuple(row["files"][file_name])}
    return segment


def without_data(segment: Any) -> Any:
    """The segment as stock Whoosh needs it."""
    plain = copy.copy(segment)
    del plain.gongkai
    del plain.whoosh_files
    return plain


# ---------------------------------------------------------------------- pickles of plain data
class _PlainUnpickler(pickle.Unpickler):
    """Whoosh writes directories and field numbers as pickles of plain data."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        raise ValueError(f"{module_name}.{global_name} has no place in an index")


def load_plain(source: bytes | IO[bytes]) -> Any:
    """A pickle of dictionaries, lists, strings and numbers; any other runs nothing.

    Raises ValueError.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        return _PlainUnpickler(file).load()
    # a damaged pickle may raise any of them
    except (pickle.UnpicklingError, EOFError, AttributeError, IndexError) as error:
        raise ValueError(f"is no plain data ({error})") from error
