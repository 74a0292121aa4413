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

# ，！。、 in the order in which the tool cut. The order matters: the second byte of one mark and
# the first byte of the next can form another mark.
DELIMITER_BYTES = (b"\xa3\xac", b"\xa3\xa1", b"\xa1\xa3", b"\xa1\xa2")

# Stands for a pair that decoded to nothing visible: the private use area, deleted later, or an
# ideographic space.
GAP_MARK = "\x00"


@cache
def _pairs() -> list[str]:
    """What code page 936 makes of every pair of bytes, at lead << 8 | trail.

    A character, GAP_MARK, or "" where the bytes are no pair.
    """
    table = [""] * 0x10000
    for lead in range(0x81, 0xFF):
        # 0x7F is no trail byte
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            character = bytes((lead, trail)).decode("gbk", "replace")
            visible = "\ufffd" not in character
            table[lead << 8 | trail] = character if visible else GAP_MARK
    return table


PAIR_TABLE = _pairs()
# The mirrors write full-width forms (，！Ａ１) in half width, and drop ideographic spaces.
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FOLD_TABLE = {point: point - 0xFEE0 for point in _FULL_WIDTH} | {0x3000: None, 0: None}


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
    """The bytes of a private-use character, where the leavings of the tool were kept.

    Code page 936 maps its three user areas to U+E000..U+E765: rows AA to AF and F8 to FE with
    trail bytes from A1 on, and rows A1 to A7 with trail bytes from 40 to A0.
    """
    if 0xE000 <= point < 0xE4C6:
        row, column = divmod(point - 0xE000, 94)
        first_row = 0xAA if row < 6 else 0xF8 - 6
        return bytes((first_row + row, 0xA1 + column))
    if 0xE4C6 <= point < 0xE766:
        row, column = divmod(point - 0xE4C6, 96)
        # the trail byte 0x7F is left out
        skipped = column >= 63
        return bytes((0xA1 + row, 0x40 + column + skipped))
    return None


@cache
def codes_of(c: str) -> tuple[tuple[int, int], ...]:
    """The (lead, trail) pairs that show as `c`, which may have been folded to half width.

    >>> codes_of("中")
    ((214, 208),)
    """
    is_half_width = 0x21 <= ord(c) <= 0x7E
    wide = chr(ord(c) + 0xFEE0) if is_half_width else c
    data = encode(wide)
    if data is None or len(data) != 2:
        return ()
    return ((data[0], data[1]),)


def _decode(piece: bytes) -> str:
    """A piece as code page 936 shows it: a broken pair is "?"."""
    shown: list[str] = []
    position = 0
    length = len(piece)
    while position < length:
        lead = piece[position]
        if lead <= 0x80:
            shown.append("€" if lead == 0x80 else chr(lead))
            position += 1
            continue
        trail = piece[position + 1] if position + 1 < length else 0
        shown.append(PAIR_TABLE[lead << 8 | trail] or "?")
        position += 2
    return "".join(shown)


def damage(text: str, glosses: Mapping[str, str], *, folded: bool = True) -> str:
    """What the tool makes of `text`.

    Glosses are put in, bytes are cut, each piece is decoded on its own, and full width is folded.
    `glosses` is character -> reading. Raises UnicodeEncodeError where the text has no GBK bytes.
    """
    data = text.encode("gbk")
    for character, reading in glosses.items():
        # as the tool does: the two bytes are replaced wherever they stand, even across characters
        code = character.encode("gbk")
        if code in data:
            glossed = code + b"(" + reading.encode("gbk") + b")"
            data = data.replace(code, glossed)
    pieces = [data]
    for delimiter in DELIMITER_BYTES:
        pieces = [part for piece in pieces for part in _cut(piece, delimiter)]
    decoded = "".join(map(_decode, pieces))
    if folded:
        return decoded.translate(_FOLD_TABLE)
    return decoded.replace(GAP_MARK, "")


def _cut(piece: bytes, delimiter: bytes) -> list[bytes]:
    """A piece cut at a delimiter, the delimiters kept as pieces of their own."""
    if piece in DELIMITER_BYTES or delimiter not in piece:
        return [piece]
    pieces: list[bytes] = []
    for part in piece.split(delimiter):
        pieces += [part, delimiter]
    return pieces[:-1]
