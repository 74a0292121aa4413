"""The damage of real mirrors, done forward to clean text, so that its undoing can be tested against
the truth.

Each kind takes the clean text (already in the script it is to have) and gives what a mirror would
show.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import partial

from pypinyin import Style, pinyin

__all__ = [
    "DAMAGE_KINDS",
    "GLOSSED_CHARACTERS",
    "TAIWAN_WORDING",
    "gbk_slipped",
    "glossed",
    "kangxi",
    "read_as_gbk",
    "taiwan_worded",
]

# Characters that the mirrors gloss: one site's choice; within a document a character is
# glossed always or never.
GLOSSED_CHARACTERS = (
    "區務關統發認實計進動設導據會內處當門應報際護規廣網劃聯構辦調產確員資變權業點時達"
    "種決無級圖"
)

# The site's tool splits the bytes at these marks without regard to where characters begin; this
# order matters, because the second byte of one mark and the first of the next can form another.
_SPLIT_MARKS = tuple(mark.encode("gbk") for mark in "，！。、")
_TO_WIDE = str.maketrans(",;:!?()", "，；：！？（）")
_TO_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: None}


def _reading(character: str, *, toned: bool = True) -> str:
    return str(pinyin(character, style=Style.TONE if toned else Style.NORMAL)[0][0])


def glossed(
    text: str, *, toned: bool = True, characters: str = GLOSSED_CHARACTERS
) -> str:
    """區 becomes 區(qū): the gloss is the character's commonest reading, whatever the context."""
    table = {ord(c): f"{c}({_reading(c, toned=toned)})" for c in characters}
    return text.translate(table)


def gbk_slipped(text: str, *, gloss: str = GLOSSED_CHARACTERS[:24]) -> str:
    """Text whose GBK bytes a tool glossed and cut without regard to where characters begin.

    The line is cut at punctuation, and every piece is decoded alone.
    """
    return "\n".join(_slipped_line(line, gloss) for line in text.split("\n"))


def _slipped_line(line: str, gloss: str) -> str:
    data = ("　　" + line.translate(_TO_WIDE)).encode("gbk", "ignore")
    for character in gloss:
        code = character.encode("gbk")
        data = data.replace(code, code + f"({_reading(character)})".encode("gbk"))
    pieces = [data]
    for mark in _SPLIT_MARKS:
        pieces = [part for piece in pieces for part in _cut(piece, mark)]
    return "".join(map(_decoded_alone, pieces)).translate(_TO_NARROW)


def _cut(piece: bytes, mark: bytes) -> list[bytes]:
    """The piece cut at a mark, the marks kept as pieces of their own."""
    if piece in _SPLIT_MARKS:
        return [piece]
    first, *others = piece.split(mark)
    return [first, *(part for other in others for part in (mark, other))]


def _decoded_alone(piece: bytes) -> str:
    """As Windows' code page 936 does it: a broken pair is "?", an unassigned one vanishes."""
    out: list[str] = []
    at = 0
    while at < len(piece):
        lead = piece[at]
        if lead < 0x80:
            out.append(chr(lead))
            at += 1
            continue
        pair = piece[at : at + 2]
        at += 2
        trail = pair[1] if len(pair) == 2 else 0
        if not 0x40 <= trail <= 0xFE or trail == 0x7F:
            out.append("?")
        else:
            out.append(pair.decode("gbk", "ignore"))
    return "".join(out)


def read_as_gbk(text: str) -> str:
    """UTF-8 bytes shown as GBK, one line at a time, as a browser does it.

    Pairs of the user-defined zones come out in the private use area and can be had back; a lead
    byte that ASCII follows is U+FFFD and lost.
    """
    return "\n".join(_shown_as_gbk(line.encode()) for line in text.split("\n"))


def _shown_as_gbk(data: bytes) -> str:
    out: list[str] = []
    at = 0
    while at < len(data):
        lead = data[at]
        trail = data[at + 1] if at + 1 < len(data) else 0
        if lead <= 0x80:
            out.append("€" if lead == 0x80 else chr(lead))
        elif 0x40 <= trail != 0x7F and lead < 0xFF:
            out.append(data[at : at + 2].decode("gb18030"))
            at += 1
        else:
            out.append("\N{REPLACEMENT CHARACTER}")
        at += 1
    return "".join(out)


# 工 (U+5DE5) -> ⼯ (U+2F2F), and so on
_KANGXI_RADICALS = {
    ord(unicodedata.normalize("NFKC", chr(code))): chr(code)
    for code in range(0x2F00, 0x2FD6)
}


def kangxi(text: str) -> str:
    """Every character that is also a radical comes out as the radical.

    So does text of a PDF with a poor character map.
    """
    return text.translate(_KANGXI_RADICALS)


# What an encyclopedia mirror makes of mainland wording; 信息 and 質量 it leaves alone.
TAIWAN_WORDING: Mapping[str, str] = {
    "規範性文件": "規範性檔案",
    "門戶網站": "入口網站",
    "優化": "最佳化",
    "在線訪談": "線上訪談",
    "在線": "線上",
    "群衆": "民眾",
    "群眾": "民眾",
    "程序": "程式",
    "智能化": "智慧型化",
    "應用": "套用",
    "計劃": "計畫",
    "答復": "答覆",
    "複議": "複議",
    "復議": "複議",
    "反復": "反覆",
    "諮詢": "諮詢",
    "咨詢": "諮詢",
    "借助": "藉助",
    "依托": "依託",
    "衆": "眾",
    "爲": "為",
    "羣": "群",
    "裏": "裡",
    "峯": "峰",
    "污": "汙",
}


def taiwan_worded(text: str) -> str:
    """Traditional text with the words of a converting mirror."""
    for mainland, taiwanese in TAIWAN_WORDING.items():
        text = text.replace(mainland, taiwanese)
    return text


# Name of the damage -> how it is done to clean text.
DAMAGE_KINDS: Mapping[str, Callable[[str], str]] = {
    "gbk-slip": gbk_slipped,
    "gloss": glossed,
    "gloss-toneless": partial(glossed, toned=False),
    "utf8-as-gbk": read_as_gbk,
    "kangxi": kangxi,
}
