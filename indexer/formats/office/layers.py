"""Layers of a PDF that are switched off: PDFium draws none of them, and gives their text all the
same.

PDFium does not say which they are, so that they are read in the file itself. Where it has them as
plain objects they get a mark that PDFium tells; else only their names tell them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["HIDDEN_KEY", "Layers", "layer_name", "read_layers"]

# The key of the mark, whose value is 1.
HIDDEN_KEY = b"Gk"
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
# /Type /OCMD: a membership, which shows by its layers; /Type /OCG: a layer
_MEMBERSHIP_PATTERN = re.compile(rb"/Type\s*/OCMD\b")
_GROUP_PATTERN = re.compile(rb"/Type\s*/OC(?:G|MD)\b")
_MEMBERS_PATTERN = re.compile(rb"/OCGs\s*(\[[^\]]*\]|\d{1,9}\s+\d{1,5}\s+R)")
_POLICY_PATTERN = re.compile(rb"/P\s*/(AllOn|AnyOn|AnyOff|AllOff)\b")
# /Subtype /Form /OC 5 0 R: what is drawn as a whole, on a layer
_FORM_PATTERN = re.compile(rb"/Subtype\s*/Form\b")
_OWNER_PATTERN = re.compile(rb"/OC\s+(\d{1,9})\s+\d{1,5}\s+R")
_ESCAPE_PATTERN = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.DOTALL)
_CHARACTER_BY_ESCAPE = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"b": b"\b",
    b"f": b"\f",
}


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers of a file that are switched off.

    `names` are theirs as the file has them, less those that a shown layer has too: that is what
    PDFium tells of a layer, and `layer_name` reads it. `data` is the file with a mark on them, and
    without the forms that stand on them, `left_out` the names of the layers of these. `is_packed`
    says that some could not be marked, because they stand in a stream of objects.
    """

    data: bytes
    names: frozenset[bytes] = frozenset()
    marked: frozenset[bytes] = frozenset()
    left_out: frozenset[bytes] = frozenset()
    is_packed: bool = False


def read_layers(
    data: bytes,
) -> Layers:
    """The layers of a PDF. Files without any are given back as they are."""
    packed = list(_unpacked(data))
    if not any(b"/OCProperties" in part for part in (data, *packed)):
        return Layers(data)
    plain: dict[int, bytes] = {}
    for match in _OBJECT_PATTERN.finditer(data):
        plain[int(match[1])] = match[2]
    objects = dict(plain)
    for part in packed:
        objects.update(_objects(part))
    holders = [text for text in objects.values() if b"/OCProperties" in text]
    if not holders:
        return Layers(data)
    every, hidden = _states(holders[-1], objects)
    shown = {_name(objects.get(number, b"")) for number in every - hidden}
    names = {number: {_name(objects.get(number, b""))} - {b""} for number in hidden}
    groups = dict(names)
    for number, text in objects.items():
        members = _members_of(text)
        if members and _is_hidden(text, members, hidden):
            groups[number] = set().union(*(names.get(m, set()) for m in members))
    marked, left_out = _marked(data, groups)
    named = set().union(*names.values()) if names else set()
    unknown = [
        n for n in groups if n not in plain and (n not in names or names[n] & shown)
    ]
    return Layers(
        marked,
        frozenset(named - shown),
        frozenset(set().union(*groups.values()) if groups else set()),
        frozenset(left_out),
        bool(unknown),
    )


def _members_of(
    text: bytes,
) -> set[int]:
    """The layers that a membership is made of, where an object is one."""
    match = _MEMBERS_PATTERN.search(text)
    if match is None or not _MEMBERSHIP_PATTERN.search(text):
        return set()
    return {int(number) for number in _REFERENCE_PATTERN.findall(match[1])}


def _is_hidden(
    text: bytes,
    members: set[int],
    hidden: set[int],
) -> bool:
    """Whether a membership shows nothing: by default it shows where any of its layers is on."""
    policy = _POLICY_PATTERN.search(text)
    off = members & hidden
    match policy[1] if policy else b"AnyOn":
        case b"AllOn":
            return bool(off)
        case b"AnyOff":
            return not off
        case b"AllOff":
            return off != members
        case _:
            return off == members


def _marked(
    data: bytes,
    groups: Mapping[int, set[bytes]],
) -> tuple[bytes, set[bytes]]:
    """The file with hidden groups marked and hidden forms made unknown, each byte in its place."""
    out = bytearray(data)
    left_out: set[bytes] = set()
    for match in _OBJECT_PATTERN.finditer(data):
        text, start = match[2].partition(b"stream")[0], match.start(2)
        if int(match[1]) in groups and (kind := _GROUP_PATTERN.search(text)):
            mark = b"/" + HIDDEN_KEY
            blank = b" " * (len(kind[0]) - len(mark) - 1)
            out[start + kind.start() : start + kind.end()] = mark + blank + b"1"
        owner = _OWNER_PATTERN.search(text)
        form = _FORM_PATTERN.search(text)
        if owner and form and int(owner[1]) in groups:
            out[start + form.end() - 4 : start + form.end()] = b"None"
            left_out |= groups[int(owner[1])]
    return bytes(out), left_out


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


def _unpacked(
    data: bytes,
) -> Iterator[bytes]:
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


def _objects(
    part: bytes,
) -> Mapping[int, bytes]:
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


def _name(
    text: bytes,
) -> bytes:
    match = _NAME_PATTERN.search(text)
    if match is None:
        return b""
    if match[2] is None:
        return _ESCAPE_PATTERN.sub(_unescaped, match[1])
    digits = b"".join(match[2].split()).decode()
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def layer_name(
    raw: bytes,
) -> str:
    """The name of a layer for a person."""
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw[3:].decode("utf-8", "replace")
    return raw.decode("latin-1")


def _unescaped(
    match: re.Match[bytes],
) -> bytes:
    sign = match[1]
    if sign[:1].isdigit():
        return bytes((int(sign, 8) & 0xFF,))
    return b"" if sign.endswith(b"\n") else _CHARACTER_BY_ESCAPE.get(sign, sign)
