"""Whether a text reads like one, and the text behind one that does not: read as Latin-1 as a whole,
or written in escapes.

It is asked before lines are told apart: a byte of a Chinese character can look like a line's end.
"""

from __future__ import annotations

import html
import re
import sys
import urllib.parse
from collections import Counter
from functools import cache

import numpy as np
from numpy.typing import NDArray

from index.analysis.characters import IDEOGRAPH_CLASS
from index.analysis.normaliser import code_points
from indexer.decode import COMMON_CHARACTERS

__all__ = ["common_share", "is_implausible", "read_again"]

# Han characters below which a text is not judged: a list of names can be short.
MIN_HAN = 20
# The share of common characters in Chinese prose is above 0.5; in lists of names above 0.2.
MIN_COMMON_SHARE = 0.15
# The share of a text's letters that must be of one kind, so that the whole is read again.
MIN_FOREIGN_SHARE = 0.9
MIN_ESCAPED_SHARE = 0.5
# Characters that are not ASCII from which there is something to judge.
MIN_FOREIGN = 12
# Code pages as which bytes are shown one by one: of Windows, of the west of Europe, of the Mac.
WESTERN_PAGES = ("cp1252", "iso8859-15", "mac-roman")
# What stands for a byte that is not known.
_LOST_BYTE = ord("?")
# How often a text can have been read wrongly.
MAX_ROUNDS = 3

_NOT_ASCII_PATTERN = re.compile(r"[^\x00-\x7f]+")
_EASTERN_PATTERN = re.compile("[\u3000-\uefff]+")
_ESCAPE_PATTERN = re.compile(r"\\u([0-9a-fA-F]{4})")
_ENTITY_PATTERN = re.compile(r"&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6});")
_PERCENT_PATTERN = re.compile(r"(?:%[0-9a-fA-F]{2})+")


def common_share(
    text: str,
) -> float | None:
    """The share of common ones among the Han characters; None where there are too few to tell."""
    han, common = _han(text)
    return common / han if han >= MIN_HAN else None


def _han(text: str) -> tuple[int, int]:
    """How many Han characters a text has, and how many of them are common ones."""
    # every document is asked this: one look in a table for all its characters
    kinds = _kinds()[code_points(text)]
    rare, common = np.bincount(kinds, minlength=3)[1:].tolist()
    return rare + common, common


@cache
def _kinds() -> NDArray[np.uint8]:
    """By code point: 0 no Han character, 1 a rare one, 2 a common one."""
    kinds = np.zeros(sys.maxunicode + 1, np.uint8)
    first, last = map(ord, IDEOGRAPH_CLASS.split("-"))
    kinds[first : last + 1] = 1
    # signs are among the common characters too
    kinds[code_points("".join(COMMON_CHARACTERS))] *= 2
    return kinds


def is_implausible(
    text: str,
) -> bool:
    """Whether the Chinese of a text is none: rare characters nearly all."""
    share = common_share(text)
    return share is not None and share < MIN_COMMON_SHARE


def read_again(
    text: str,
    *,
    escapes: bool = True,
) -> tuple[str, str] | None:
    """A text that was read in a wrong encoding as a whole, as it was, and the name of the encoding.

    None where it reads as it stands. Without `escapes` references and escapes are left alone, as in
    HTML, whose parser reads them.
    """
    name = ""
    for _ in range(MAX_ROUNDS):
        found = _latin(text) or (_escaped(text) if escapes else None)
        if found is None:
            break
        text, name = found
    return (text, name) if name else None


def _latin(
    text: str,
) -> tuple[str, str] | None:
    """The reading with the most common characters, of bytes that were shown one by one."""
    foreign = "".join(_NOT_ASCII_PATTERN.findall(text))
    total = len(foreign)
    # nearly every text is Chinese as it stands
    eastern = sum(map(len, _EASTERN_PATTERN.findall(foreign)))
    if total < MIN_FOREIGN or eastern > (1 - MIN_FOREIGN_SHARE) * total:
        return None
    counts = Counter(foreign)
    best = 0
    found: tuple[str, str] | None = None
    for page in WESTERN_PAGES:
        bytes_by_character = _bytes_by_character(page)
        known = sum(n for c, n in counts.items() if c in bytes_by_character)
        if known < MIN_FOREIGN_SHARE * total:
            continue
        data = bytes(bytes_by_character.get(c, _LOST_BYTE) for c in text)
        read = _read_as_chinese(data)
        if read is not None and read[2] > best:
            best = read[2]
            found = read[:2]
    return found


@cache
def _bytes_by_character(
    page: str,
) -> dict[str, int]:
    """What a western code page shows each byte as; where it has none, as Latin-1 does."""
    shown: dict[str, int] = {"\ufffd": _LOST_BYTE}
    for byte in range(0x100):
        shown[chr(byte)] = byte
    for byte in range(0x80, 0x100):
        shown[bytes((byte,)).decode(page, "replace")] = byte
    shown["\ufffd"] = _LOST_BYTE
    return shown


def _read_as_chinese(
    data: bytes,
) -> tuple[str, str, int] | None:
    """The text of some bytes, its encoding and how many common characters it has."""
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        read = data.decode(encoding, "replace")
        lost = read.count("\ufffd")
        han, common = _han(read)
        if encoding == "utf-8" and not lost and not han:
            # it was read wrongly twice
            again = _latin(read)
            return (*again, _han(again[0])[1]) if again else None
        if han < MIN_FOREIGN // 3 or lost * 20 > han:
            continue
        if common * 3 > han:
            return read, encoding, common
    return None


def _escaped(
    text: str,
) -> tuple[str, str] | None:
    """A text that is wholly in \\uXXXX, in character references or in percent-encoding."""
    if not any(sign in text for sign in ("\\u", "&#", "%")):
        return None
    long = len("".join(text.split())) * MIN_ESCAPED_SHARE
    if _length(_ESCAPE_PATTERN, text) > long:
        return _unescaped(text), r"\u"
    if _length(_ENTITY_PATTERN, text) > long:
        return html.unescape(text), "&#"
    if _length(_PERCENT_PATTERN, text) > long:
        data = urllib.parse.unquote_to_bytes(text)
        for encoding in ("utf-8", "gb18030"):
            try:
                return data.decode(encoding), "%"
            except UnicodeDecodeError:
                continue
    return None


def _length(
    pattern: re.Pattern[str],
    text: str,
) -> int:
    return sum(len(match[0]) for match in pattern.finditer(text))


def _unescaped(
    text: str,
) -> str:
    units = _ESCAPE_PATTERN.sub(lambda m: chr(int(m[1], 16)), text)
    for written, meant in ((r"\r", ""), (r"\n", "\n"), (r"\t", "\t")):
        units = units.replace(written, meant)
    # characters beyond U+FFFF are written as pairs
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
