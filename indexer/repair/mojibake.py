"""UTF-8 that was read as another encoding, read again as UTF-8.

The bytes of a Chinese character in UTF-8 are three, of fixed pattern, so that text of another kind
hardly ever passes for them: runs of at least two characters are taken, and only where each byte
fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.repair import language_model
from indexer.repair.edits import Edit
from indexer.repair.gbk import GAP_MARK, PAIR_TABLE, encode
from indexer.repair.table import Findings

__all__ = [
    "AS_LATIN_PATTERN",
    "KIND_GBK",
    "KIND_LATIN",
    "LEAD_CLASS",
    "TWO_AS_GBK_PATTERN",
    "find_gbk",
    "find_latin",
]

KIND_GBK = "utf8_as_chinese"
KIND_LATIN = "utf8_as_latin"

# â to é, ï: what the first bytes E2 to E9 and EF of Chinese characters in UTF-8 show as
LEAD_CLASS = "\u00e2-\u00e9\u00ef"
# What code page 1252 shows the bytes 80 to 9F as: Œ, œ, Š, –, …, ™ and others.
CP1252_CLASS = (
    "\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030"
    "\u2039\u203a\u20ac\u2122"
)
# The three characters that a Chinese one in UTF-8 shows as in Latin-1 and code page 1252:
# ä¸\xad is 中.
AS_LATIN_PATTERN = re.compile(f"[{LEAD_CLASS}][\u0080-\u00bf{CP1252_CLASS}]{{2}}")

LATIN_RUN_PATTERN = re.compile(f"[\u0080-\u00ff{CP1252_CLASS}]{{6,}}")

# The characters of the pairs E4 80 to E9 BF.
FIRST_CLASS = "".join(
    c
    for lead in range(0xE4, 0xEA)
    for c in PAIR_TABLE[lead << 8 | 0x80 : lead << 8 | 0xC0]
    if c != GAP_MARK
)
# What the first two bytes of a Chinese character in UTF-8 show as in GBK: rare characters nearly
# all. 政府 shows as 鏀垮簻, the bytes E694 BFE5 BA9C.
AS_GBK_PATTERN = re.compile(f"[{FIRST_CLASS}]")

SECOND_CLASS = (
    "".join(c for c in PAIR_TABLE[0x8100:0xC000] if c != GAP_MARK) + "€\ue000-\ue765"
)
# With what its third byte and the next character show as: 浏, which is not rare, hardly
# ever stands before such.
TWO_AS_GBK_PATTERN = re.compile(f"[{FIRST_CLASS}][{SECOND_CLASS}]")

# Characters of two bytes; an ASCII letter in between can be a trail byte.
GBK_RUN_PATTERN = re.compile("[^\x00-\x7f]{3,}(?:[@-~][^\x00-\x7f]{2,})*")
# Chinese characters E38080 to E9BFBF, full-width forms EFBBxx to EFBDxx, punctuation E280xx to
# E296xx, and ASCII letters.
UTF8_PATTERN = re.compile(
    rb"(?:[\xe3-\xe9][\x80-\xbf]{2}|\xef[\xbb-\xbd][\x80-\xbf]|\xe2[\x80-\x96][\x80-\xbf]|[@-~])+"
)
# Two Chinese characters.
MIN_BYTES = 6
# Nats by which the reading must be likelier than what is shown.
MIN_GAIN = 8.0


def find_latin(text: str, findings: Findings) -> list[Edit]:
    """Runs such as ä¸\xadå›½, 中国 read as Latin-1 or code page 1252."""
    del findings
    edits: list[Edit] = []
    for run in LATIN_RUN_PATTERN.finditer(text):
        data = b"".join(map(_latin, run[0]))
        decoded = _decoded(data)
        if decoded:
            edits.append(
                Edit(
                    start=run.start(),
                    end=run.end(),
                    after=decoded,
                    kind=KIND_LATIN,
                    confidence=0.99,
                )
            )
    return edits


def _latin(c: str) -> bytes:
    """The byte of a character in code page 1252, in Latin-1 where that has none."""
    try:
        return c.encode("cp1252")
    except UnicodeEncodeError:
        return c.encode("latin-1", "replace")


def _decoded(data: bytes) -> str:
    """The text of bytes that are UTF-8 of Chinese throughout, "" where they are not."""
    if len(data) < MIN_BYTES or not UTF8_PATTERN.fullmatch(data):
        return ""
    return data.decode("utf-8", "ignore").replace("\ufeff", "")


def find_gbk(text: str, findings: Findings) -> list[Edit]:
    """Runs such as 鏀垮簻淇℃伅, 政府信息 read as GBK."""
    del findings
    edits: list[Edit] = []
    for run in GBK_RUN_PATTERN.finditer(text):
        if AS_GBK_PATTERN.search(run[0]) and _may_be_utf8(run[0]):
            edits += _in_run(run[0], run.start())
    return edits


def _may_be_utf8(run: str) -> bool:
    """Whether enough bytes of a run fit.

    Ordinary text has rare characters too, but not two in a row that do.
    """
    try:
        data = run.encode("gbk")
    except UnicodeEncodeError:
        # characters that only `encode` knows
        return True
    return any(
        stretch.end() - stretch.start() >= MIN_BYTES
        for stretch in UTF8_PATTERN.finditer(data)
    )


def _in_run(run: str, offset: int) -> Iterator[Edit]:
    """The stretches of a run whose bytes are UTF-8, cut to whole characters of the run."""
    codes = [encode(c) or b"\xff" for c in run]
    data = b"".join(codes)
    # byte offset of each character of the run -> its position in the run
    position: dict[int, int] = {0: 0}
    start = 0
    for number, code in enumerate(codes, 1):
        start += len(code)
        position[start] = number
    for stretch in UTF8_PATTERN.finditer(data):
        whole = _whole(data, stretch.start(), stretch.end(), position)
        if whole is None:
            continue
        first, last, decoded = whole
        begin = position[first]
        end = position[last]
        if _likelier(decoded, run[begin:end]):
            yield Edit(
                start=offset + begin,
                end=offset + end,
                after=decoded,
                kind=KIND_GBK,
                confidence=0.98,
            )


def _likelier(decoded: str, shown: str) -> bool:
    """Whether words speak for the reading.

    The bytes of 鋼板、 are UTF-8 too, of two characters that nobody writes.
    """
    model = language_model.load()
    score = model.word_score(model.simplify(decoded))
    shown_score = model.word_score(model.simplify(shown))
    return score > shown_score + MIN_GAIN


def _whole(
    data: bytes, start: int, end: int, position: dict[int, int]
) -> tuple[int, int, str] | None:
    """The longest part that begins and ends between characters in both readings.

    (start, end, the text of its bytes as UTF-8), or None.
    """
    while end - start >= MIN_BYTES:
        if start not in position:
            # a Chinese character in UTF-8 has three bytes, a letter one
            start += 3 if data[start] > 0x7F else 1
        elif end not in position or data[end - 1] < 0x80:
            end -= 3 if data[end - 1] > 0x7F else 1
        else:
            decoded = _decoded(data[start:end])
            return (start, end, decoded) if decoded else None
    return None
