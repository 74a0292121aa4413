"""Damages clean text the way real mirrors did, written after the mechanism and apart from the
repairer's own model.

Traditional text in GBK bytes; pinyin put after chosen characters wherever their two bytes stand;
the bytes cut at the codes of ，！。、 wherever they stand; each piece decoded alone as code page
936, where a broken pair becomes "?" and an unassigned one vanishes; full width folded to half;
ideographic spaces dropped.
"""

from __future__ import annotations

import codecs
import random
import re
from dataclasses import dataclass

from pypinyin import Style, pinyin

WIDE = str.maketrans(",:;!?()", "，：；！？（）")
NARROW = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)} | {0x3000: None}
CUTS = (
    re.compile(b"\xa3\xac"),
    re.compile(b"\xa3\xa1"),
    re.compile(b"\xa1\xa3"),
    re.compile(b"\xa1\xa2"),
)


def _broken(error: UnicodeError) -> tuple[str, int]:
    """What code page 936 does with bytes that are no pair: "?" for a lone lead, nothing for an
    unassigned pair.
    """
    assert isinstance(error, UnicodeDecodeError)
    at, data = error.start, error.object
    if data[at] == 0x80:
        return "€", at + 1
    if at + 1 < len(data) and 0x40 <= data[at + 1] <= 0xFE and data[at + 1] != 0x7F:
        return "", at + 2
    return "?", min(at + 2, len(data))


codecs.register_error("cp936-broken", _broken)


def cut(pieces: list[bytes], pattern: re.Pattern[bytes]) -> list[bytes]:
    """Every piece cut at a delimiter, which stays as a piece of its own."""
    return [
        part
        for piece in pieces
        for part in (
            [piece]
            if any(p.fullmatch(piece) for p in CUTS)
            else re.split(b"(" + pattern.pattern + b")", piece)
        )
        if part
    ]


def damage_line(line: str, glossed: dict[str, str], *, indent: bool = True) -> str:
    """One paragraph through the tool."""
    data = (("　　" if indent else "") + line.translate(WIDE)).encode("gbk")
    for c, reading in glossed.items():
        code = c.encode("gbk")
        data = data.replace(code, code + b"(" + reading.encode("gbk") + b")")
    pieces = [data]
    for pattern in CUTS:
        pieces = cut(pieces, pattern)
    return "".join(p.decode("gbk", "cp936-broken") for p in pieces).translate(NARROW)


def clean_line(line: str) -> str:
    """The same paragraph as the mirror shows it where the tool did no harm."""
    return line.translate(WIDE).translate(NARROW)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A document: its lines as they were, and as the tool left them."""

    clean: tuple[str, ...]
    damaged: tuple[str, ...]
    glossed: dict[str, str]

    @property
    def harmed(self) -> list[int]:
        """The lines that are more than glossed."""
        return [
            k
            for k, (a, b) in enumerate(zip(self.clean, self.damaged, strict=True))
            if without(b, self.glossed) != a
        ]


def without(line: str, glossed: dict[str, str]) -> str:
    """The line with whole glosses taken out."""
    for c, reading in glossed.items():
        line = line.replace(f"{c}({reading})", c)
    return line


def damage(lines: list[str], seed: int, glosses: int) -> Damaged:
    """A document of traditional lines through the tool, `glosses` of its characters glossed
    throughout.
    """
    chance = random.Random(seed)
    characters = sorted(
        {c for line in lines for c in line if "\u4e00" <= c <= "\u9fff"}
    )
    chosen = chance.sample(characters, min(glosses, len(characters)))
    glossed = {c: pinyin(c, style=Style.TONE)[0][0] for c in chosen}
    glossed = {
        c: r
        for c, r in glossed.items()
        if r != c and r.encode("gbk", "ignore").decode("gbk") == r
    }
    return Damaged(
        tuple(clean_line(line) for line in lines),
        tuple(damage_line(line, glossed) for line in lines),
        glossed,
    )
