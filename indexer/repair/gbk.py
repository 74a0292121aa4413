"""The forward model of text whose GBK bytes were cut at bytes that only looked like punctuation.

A tool that knew nothing of two-byte characters put pinyin after chosen characters and cut the text
at the bytes of ，！。、 wherever they stood. Where the trail byte of one character and the lead
byte of the next make such a pair, the cut falls inside both: the lost lead byte shows as "?", and
everything after it is read one byte out of step.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

__all__ = [
    "DELIMITER_BYTES",
    "GAP_MARK",
    "PAIR_TABLE",
    "codes_of",
    "damage",
    "encode",
    "is_gap",
]

# ，！。、 in the order in which the tool cut; that order decides between overlapping
# ones.
DELIMITER_BYTES = (b"\xa3\xac", b"\xa3\xa1", b"\xa1\xa3", b"\xa1\xa2")

# Stands for a pair that decoded to nothing visible: the private use area, deleted
# later, or an ideographic space.
GAP_MARK = "\x00"


@cache
def _pairs() -> list[str]:
    """What code page 936 makes of every pair of bytes: a character, GAP, or "" where it is no pair."""
    table = [""] * 0x10000
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            c = bytes((lead, trail)).decode("gbk", "replace")
            table[lead << 8 | trail] = GAP_MARK if "\ufffd" in c else c
    return table


PAIR_TABLE = _pairs()
_FOLD_TABLE = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: None, 0: None}


def is_gap(lead: int, trail: int) -> bool:
    """Whether the pair leaves no trace in the text as received."""
    return PAIR_TABLE[lead << 8 | trail] in (GAP_MARK, "　")


def encode(c: str) -> bytes | None:
    """The bytes of one character, None where it has none."""
    try:
        return c.encode("gbk")
    except UnicodeEncodeError:
        return _private(ord(c))


def _private(point: int) -> bytes | None:
    """The bytes of a private-use character where the tool's leavings were kept (code page 936's
    user areas).
    """
    if 0xE000 <= point < 0xE4C6:
        row, column = divmod(point - 0xE000, 94)
        return bytes(((0xAA if row < 6 else 0xF8 - 6) + row, 0xA1 + column))
    if 0xE4C6 <= point < 0xE766:
        row, column = divmod(point - 0xE4C6, 96)
        return bytes((0xA1 + row, 0x40 + column + (column >= 63)))
    return None


@cache
def codes_of(c: str) -> tuple[tuple[int, int], ...]:
    """The pairs that show as `c`, which may have been folded to half width."""
    wide = chr(ord(c) + 0xFEE0) if 0x21 <= ord(c) <= 0x7E else c
    data = encode(wide)
    return ((data[0], data[1]),) if data is not None and len(data) == 2 else ()


def _decode(piece: bytes) -> str:
    out, i, n = [], 0, len(piece)
    while i < n:
        lead = piece[i]
        if lead <= 0x80:
            out.append("€" if lead == 0x80 else chr(lead))
            i += 1
            continue
        trail = piece[i + 1] if i + 1 < n else 0
        out.append(PAIR_TABLE[lead << 8 | trail] or "?")
        i += 2
    return "".join(out)


def damage(text: str, glosses: Mapping[str, str], *, folded: bool = True) -> str:
    """What the tool makes of `text`: glosses put in, bytes cut, each piece decoded on its own, full
    width folded.

    `glosses` is character -> reading. UnicodeEncodeError where the text has no GBK bytes.
    """
    data = text.encode("gbk")
    for c, reading in glosses.items():
        target = c.encode("gbk")
        if target in data:
            data = data.replace(target, target + b"(" + reading.encode("gbk") + b")")
    pieces = [data]
    for cut in DELIMITER_BYTES:
        pieces = [p for piece in pieces for p in _cut(piece, cut)]
    decoded = "".join(map(_decode, pieces))
    return decoded.translate(_FOLD_TABLE) if folded else decoded.replace(GAP_MARK, "")


def _cut(piece: bytes, delimiter: bytes) -> list[bytes]:
    if piece in DELIMITER_BYTES or delimiter not in piece:
        return [piece]
    out = []
    for part in piece.split(delimiter):
        out += [part, delimiter]
    return out[:-1]
