"""Zip archives that are one document: their parts, read within bounds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from functools import lru_cache

import lxml.etree
from lxml.etree import _Element

from index.model.errors import InputError

__all__ = [
    "Package",
    "is_flat_word",
    "local_name",
    "packed_word",
    "value_of",
    "xml_text",
]

# Bounds of what is unpacked. Word's own XML grows about twenty times.
MAX_PART_BYTES = 200 << 20
MAX_RATIO = 200
RATIO_FROM_BYTES = 20 << 20
MAX_PARTS = 10_000
CHUNK_BYTES = 1 << 20
# Where a Word document in one file says that it is one.
FLAT_HEAD_BYTES = 2048
_FLAT_MARKS = (b'progid="Word.Document"', b":wordDocument", b":package ")

_CONTROL_PATTERN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_DAMAGE = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    zlib.error,
)


class Package:
    """The parts of a document in a zip archive.

    `kind` is what the document is for a person ("Word document"), for reasons. Raises InputError
    when the archive is damaged, locked or a bomb.
    """

    def __init__(
        self,
        data: bytes,
        kind: str,
    ) -> None:
        self.kind = kind
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE:
            raise self._damaged() from None
        self.names: Sequence[str] = self.archive.namelist()
        if len(self.names) > MAX_PARTS:
            raise self._damaged()

    def _damaged(self) -> InputError:
        return InputError(
            f"is not a {self.kind}: damaged or another format; save it again"
        )

    def bytes_of(
        self,
        name: str,
    ) -> bytes:
        """The bytes of a part."""
        try:
            return self._bounded(name)
        except _DAMAGE:
            raise self._damaged() from None
        except RuntimeError:
            reason = f"is a locked {self.kind}; save it without a password"
            raise InputError(reason) from None

    def _bounded(
        self,
        name: str,
    ) -> bytes:
        packed = max(1, self.archive.getinfo(name).compress_size)
        data = bytearray()
        with self.archive.open(name) as stream:
            while chunk := stream.read(CHUNK_BYTES):
                data += chunk
                is_bomb = (
                    len(data) > RATIO_FROM_BYTES and len(data) > MAX_RATIO * packed
                )
                if is_bomb or len(data) > MAX_PART_BYTES:
                    raise InputError(
                        "grows without measure when unpacked; save its text as .txt"
                    )
        return bytes(data)

    def xml(
        self,
        name: str,
    ) -> _Element | None:
        """The root of a part; None when there is no such part or it cannot be parsed."""
        if name not in self.names:
            return None
        parser = lxml.etree.XMLParser(
            resolve_entities=False, no_network=True, recover=True
        )
        try:
            return lxml.etree.fromstring(self.bytes_of(name), parser)
        except (lxml.etree.XMLSyntaxError, ValueError):
            return None


def is_flat_word(data: bytes) -> bool:
    """Whether the bytes are a Word document that is one XML file, of Word 2003 or later."""
    head = data[:FLAT_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<?xml") and any(mark in head for mark in _FLAT_MARKS)


def packed_word(data: bytes) -> bytes:
    """The zip archive that holds what such a file does. Raises InputError when it is damaged."""
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, huge_tree=False
    )
    try:
        root = lxml.etree.fromstring(data, parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise InputError("is a damaged Word document; save it again as .docx")
    parts: dict[str, bytes] = {}
    for part in root:
        name = value_of(part, "", "name")
        if local_name(part) == "part" and name:
            held = next((one for inner in part for one in inner), None)
            if held is not None:
                parts[name.lstrip("/")] = lxml.etree.tostring(held)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        # Word 2003 has no parts
        for name, content in (parts or {"word/document.xml": data}).items():
            archive.writestr(name, content)
    return out.getvalue()


def local_name(
    element: _Element,
) -> str:
    """The name of an element without its namespace: programs write one of several."""
    tag = element.tag
    # comments and instructions have no name
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=4096)
def _local(
    tag: str,
) -> str:
    return tag.rpartition("}")[2]


def value_of(
    element: _Element | None,
    default: str,
    attribute: str = "val",
) -> str:
    """An attribute of an element, in whichever namespace."""
    if element is None:
        return default
    for name, value in element.attrib.items():
        if str(name).rpartition("}")[2] == attribute:
            return str(value)
    return default


def xml_text(text: str) -> str:
    """Without what lxml refuses, which recovered XML and escapes can hold."""
    return _CONTROL_PATTERN.sub("", text)
