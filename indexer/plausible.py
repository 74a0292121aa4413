"""Whether a text reads like one, and the text behind one that does not: read as Latin-1 as a whole,
or written in escapes.

It is asked before lines are told apart: a byte of a Chinese character can look like a line's end.
"""

from __future__ import annotations

import html
import re
import urllib.parse

from index.analysis.characters import IDEOGRAPH_PATTERN
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
# How often a text can have been read wrongly.
MAX_ROUNDS = 3

_NOT_ASCII_PATTERN = re.compile(r"[^\x00-\x7f]")
# what code page 1252 and Latin-1 show bytes as: Â, é, œ, €
_LATIN_PATTERN = re.compile(
    "[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026"
    "\u2030\u2039\u203a\u20ac\u2122\ufffd]"
)
_ESCAPE_PATTERN = re.compile(r"\\u([0-9a-fA-F]{4})")
_ENTITY_PATTERN = re.compile(r"&#(?:\d{2,7}|[xX][0-9a-fA-F]{2,6});")
_PERCENT_PATTERN = re.compile(r"(?:%[0-9a-fA-F]{2})+")


def common_share(text: str) -> float | None:
    """The share of common ones among the Han characters; None where there are too few to tell."""
    han = IDEOGRAPH_PATTERN.findall(text)
    if len(han) < MIN_HAN:
        return None
    return sum(c in COMMON_CHARACTERS for c in han) / len(han)


def is_implausible(text: str) -> bool:
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


def _latin(text: str) -> tuple[str, str] | None:
    foreign: list[str] = _NOT_ASCII_PATTERN.findall(text)
    latin = sum(1 for c in foreign if _LATIN_PATTERN.match(c))
    if len(foreign) < MIN_FOREIGN or latin < MIN_FOREIGN_SHARE * len(foreign):
        return None
    data = b"".join(map(_byte, text))
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        read = data.decode(encoding, "replace")
        lost = read.count("\ufffd")
        characters = IDEOGRAPH_PATTERN.findall(read)
        han = len(characters)
        if encoding == "utf-8" and not lost and not han:
            # it was read wrongly twice
            return _latin(read)
        if han < MIN_FOREIGN // 3 or lost * 20 > han:
            continue
        common = sum(c in COMMON_CHARACTERS for c in characters)
        if common * 3 > han:
            return read, encoding
    return None


def _byte(c: str) -> bytes:
    """The byte of a character in Latin-1, in code page 1252 where that has none."""
    code = ord(c)
    return bytes((code,)) if code < 0x100 else c.encode("cp1252", "replace")


def _escaped(text: str) -> tuple[str, str] | None:
    """A text that is wholly in \\uXXXX, in character references or in percent-encoding."""
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


def _unescaped(text: str) -> str:
    units = _ESCAPE_PATTERN.sub(lambda m: chr(int(m[1], 16)), text)
    for written, meant in ((r"\r", ""), (r"\n", "\n"), (r"\t", "\t")):
        units = units.replace(written, meant)
    # characters beyond U+FFFF are written as pairs
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
