"""Layers of a PDF that are switched off: PDFium draws none of them, and gives their text all the
same.

PDFium does not say which they are, so that their names are read in the file itself.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

__all__ = ["hidden_layers", "layer_name"]

# Bytes that all streams of objects may have unpacked.
MAX_UNPACKED_BYTES = 64 << 20

# 12 0 obj ... endobj
_OBJECT_PATTERN = re.compile(
    rb"(?<!\d)(\d{1,9})\s+\d{1,5}\s+obj\b(.*?)endobj", re.DOTALL
)
# a stream that holds objects: its dictionary, and where its bytes begin
_STREAM_PATTERN = re.compile(
    rb"<<(?P<looks>[^<>]{0,500}/ObjStm[^<>]{0,500})>>\s*stream\r?\n"
)
_FIRST_PATTERN = re.compile(rb"/First\s+(\d{1,9})")
_REFERENCE_PATTERN = re.compile(rb"(\d{1,9})\s+\d{1,5}\s+R")
_CONFIGURATION_PATTERN = re.compile(rb"/D\s*(?:<<|(\d{1,9})\s+\d{1,5}\s+R)")
_OFF_PATTERN = re.compile(rb"/OFF\s*\[([^\]]*)\]")
_ON_PATTERN = re.compile(rb"/ON\s*\[([^\]]*)\]")
_ALL_PATTERN = re.compile(rb"/OCGs\s*\[([^\]]*)\]")
_ALL_OFF_PATTERN = re.compile(rb"/BaseState\s*/OFF")
# /Name (Draft), /Name <FEFF8349>
_NAME_PATTERN = re.compile(
    rb"/Name\s*(?:\(((?:\\.|[^\\()]|\([^()]*\))*)\)|<([0-9A-Fa-f\s]*)>)", re.DOTALL
)
_ESCAPE_PATTERN = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
_CHARACTER_BY_ESCAPE = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
}


def hidden_layers(data: bytes) -> frozenset[bytes]:
    """The names of the layers that are switched off, less those that a shown layer has too.

    They are as the file has them, which is what PDFium tells of a layer; `layer_name` reads them.
    """
    packed = list(_unpacked(data))
    if not any(b"/OCProperties" in part for part in (data, *packed)):
        return frozenset()
    objects: dict[int, bytes] = {}
    for match in _OBJECT_PATTERN.finditer(data):
        objects[int(match[1])] = match[2]
    for part in packed:
        objects.update(_objects(part))
    holders = [text for text in objects.values() if b"/OCProperties" in text]
    if not holders:
        return frozenset()
    every, hidden = _states(holders[-1], objects)
    shown = {_name(objects.get(number, b"")) for number in every - hidden}
    named = {_name(objects.get(number, b"")) for number in hidden}
    return frozenset(named - shown - {b""})


def _states(
    holder: bytes,
    objects: Mapping[int, bytes],
) -> tuple[set[int], set[int]]:
    """The numbers of all layers, and of those that are off, by the catalog that holds them."""
    text = holder[holder.index(b"/OCProperties") :]
    apart = re.match(rb"/OCProperties\s+(\d{1,9})\s+\d{1,5}\s+R", text)
    if apart:
        text = objects.get(int(apart[1]), b"")
    every = _listed(_ALL_PATTERN, text)
    configuration = _CONFIGURATION_PATTERN.search(text)
    if configuration is None:
        return every, set()
    if configuration[1]:
        text = objects.get(int(configuration[1]), b"")
    else:
        # other configurations can be chosen by hand; this one is what opens
        text = text[configuration.end() :].partition(b"/Configs")[0]
    if _ALL_OFF_PATTERN.search(text):
        return every, every - _listed(_ON_PATTERN, text)
    return every, _listed(_OFF_PATTERN, text)


def _listed(
    pattern: re.Pattern[bytes],
    text: bytes,
) -> set[int]:
    match = pattern.search(text)
    return {int(n) for n in _REFERENCE_PATTERN.findall(match[1])} if match else set()


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Each stream of objects: its header and the objects from /First on, with that number before
    them.
    """
    left = MAX_UNPACKED_BYTES
    for match in _STREAM_PATTERN.finditer(data):
        first = _FIRST_PATTERN.search(match["looks"])
        if first is None or left <= 0:
            continue
        try:
            unpacked = zlib.decompressobj().decompress(data[match.end() :], left)
        except zlib.error:
            continue
        left -= len(unpacked)
        yield first[1] + b"\n" + unpacked


def _objects(part: bytes) -> Mapping[int, bytes]:
    first, _, unpacked = part.partition(b"\n")
    start = int(first)
    numbers = unpacked[:start].split()
    objects: dict[int, bytes] = {}
    if not all(map(bytes.isdigit, numbers)):
        return objects
    places = [int(number) for number in numbers[1::2]]
    ends = [*places[1:], len(unpacked)]
    for number, place, end in zip(numbers[::2], places, ends, strict=False):
        objects[int(number)] = unpacked[start + place : start + end]
    return objects


def _name(text: bytes) -> bytes:
    match = _NAME_PATTERN.search(text)
    if match is None:
        return b""
    if match[2] is None:
        return _ESCAPE_PATTERN.sub(_unescaped, match[1])
    digits = b"".join(match[2].split()).decode()
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def layer_name(raw: bytes) -> str:
    """The name of a layer for a person."""
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:].decode("utf-8", "replace")
    return raw.decode("latin-1")


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    if sign[:1].isdigit():
        return bytes((int(sign, 8) & 0xFF,))
    return b"" if sign.endswith(b"\n") else _CHARACTER_BY_ESCAPE.get(sign, sign)
