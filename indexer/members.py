"""What holds documents: archives told by their first bytes, and tar archives read in one pass."""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from typing import IO, Any

from indexer.decode import COMMON_CHARACTERS

__all__ = [
    "DAMAGE_ERRORS",
    "TAR_SUFFIXES",
    "ZIP_SUFFIXES",
    "TarHeader",
    "XzStream",
    "container_of",
    "is_document",
    "is_web_archive",
    "name_in_zip",
]

ZIP_SUFFIXES = (".zip", ".wacz")
TAR_SUFFIXES = (
    ".tar",
    ".tar.gz",
    ".tgz",
    ".tar.bz2",
    ".tbz2",
    ".tar.xz",
    ".txz",
)
# Memory that one .xz file may take: what `xz -9` writes takes 65 MB.
MAX_XZ_BYTES = 128 << 20
CHUNK_BYTES = 1 << 16
# Bytes of a tar archive before and of its mark.
_TAR_MARK_PLACE = 257
_TAR_MARK = b"ustar"
_WARC_MARK = b"WARC/"
_GZIP_MARK = b"\x1f\x8b\x08"
_ZIP_MARK = b"PK\x03\x04"
# The bit of a member that says that its name is UTF-8.
_UTF8_FLAG = 0x800

# What a damaged archive raises.
DAMAGE_ERRORS = (tarfile.TarError, lzma.LZMAError, OSError, EOFError, zlib.error)

# Members by which a zip archive is one document, not a folder of some.
_DOCUMENT_NAMES = frozenset(
    ("[content_types].xml", "ofd.xml", "mimetype", "meta-inf/manifest.xml")
)


def container_of(suffix: str, head: bytes) -> str:
    """The suffix of the archive that the first bytes show, or the one that the file has.

    A zip archive under another name is left to whoever reads its members' names.
    """
    if suffix in ZIP_SUFFIXES and head.startswith(_ZIP_MARK):
        return suffix
    unpacked = _unpacked(head) if head.startswith(_GZIP_MARK) else head
    packed = ".gz" if unpacked is not head else ""
    if unpacked.startswith(_WARC_MARK):
        return ".warc" + packed
    if unpacked[_TAR_MARK_PLACE:].startswith(_TAR_MARK):
        return ".tar" + packed
    return suffix


def _unpacked(head: bytes) -> bytes:
    """The beginning of gzipped data; b"" where it is damaged."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, CHUNK_BYTES)
    except zlib.error:
        return b""


def is_document(names: Sequence[str]) -> bool:
    """Whether a zip archive with members of these names is one document of an office program."""
    lower = [name.replace("\\", "/").lower() for name in names]
    return any(name in _DOCUMENT_NAMES for name in lower)


def is_web_archive(names: Sequence[str]) -> bool:
    """Whether a zip archive with members of these names is a WACZ: WARC files and their index."""
    return "datapackage.json" in names and any(
        name.startswith("archive/") for name in names
    )


def name_in_zip(member: zipfile.ZipInfo) -> str:
    """The name of a member: programs of Chinese Windows write it in GBK, those of Taiwan in Big5,
    newer ones in UTF-8, and do not say so; one archive can have names of several.
    """
    name = member.filename
    if member.flag_bits & _UTF8_FLAG or name.isascii():
        return name
    try:
        # what zipfile reads names as that do not say their encoding
        data = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    readings: list[str] = []
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        try:
            readings.append(data.decode(encoding))
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            break
    return max(readings, key=_plausibility, default=name)


def _plausibility(name: str) -> int:
    """How many characters of a name are common, less those of private use."""
    common = sum(c in COMMON_CHARACTERS for c in name)
    return common - 3 * sum("\ue000" <= c <= "\uf8ff" for c in name)


class TarHeader(tarfile.TarInfo):
    """A member's header. A damaged one is an error; tarfile would end there without a word."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Any:
        """The next header. Raises tarfile.ReadError where it is damaged."""
        try:
            return super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            if type(error).__name__ in ("InvalidHeaderError", "TruncatedHeaderError"):
                raise tarfile.ReadError(str(error)) from None
            raise


class XzStream(io.RawIOBase):
    """Data of an .xz file, unpacked within bounds of memory. Raises lzma.LZMAError."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.unpacker = lzma.LZMADecompressor(memlimit=MAX_XZ_BYTES)

    def read1(self, size: int) -> bytes:
        """Up to `size` bytes; b"" at the end. Raises EOFError where the file is cut off."""
        while not self.unpacker.eof:
            packed = b""
            if self.unpacker.needs_input:
                packed = self.file.read(CHUNK_BYTES)
                if not packed:
                    raise EOFError("it is cut off")
            if data := self.unpacker.decompress(packed, size):
                return data
        return b""
