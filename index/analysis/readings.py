"""How characters are read and what they look like: for completions and corrections only, nothing is
matched by it.

Readings are pinyin without tones, `v` for ü. Only the 6,763 characters of GB 2312 are known, which
is what reports are written with, and the words in which one of them is read otherwise than usual.
`readings.txt` has both; it is made from pypinyin by `python -m tests.index.analysis.test_readings`, as
pypinyin itself takes a quarter of a second and 57 MB to load.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

__all__ = [
    "COMMON",
    "KNOWN",
    "alike",
    "begun",
    "blurred",
    "homophones",
    "near_homophones",
    "reading",
    "readings",
    "sounds",
]

TABLE = Path(__file__).with_name("readings.txt")


def _rows(first: int, last: int) -> str:
    cells = (
        bytes((row, cell))
        for row in range(first, last + 1)
        for cell in range(0xA1, 0xFF)
    )
    return b"".join(cells).decode("gb2312", "ignore")


# The 3,755 characters of level 1.
COMMON = _rows(0xB0, 0xD7)

# All characters with a reading.
KNOWN = COMMON + _rows(0xD8, 0xF7)

# So many characters has the longest word of the table.
LONGEST = 4

# Characters that are taken for one another by their looks, when typed, read off a scan
# or copied.
ALIKE = (
    *(
        "己已巳",
        "未末",
        "沭沐",
        "候侯",
        "复覆",
        "人入八",
        "土士",
        "日曰",
        "干千于",
        "大太犬",
        "开丌井",
        "刀力",
        "午牛",
    ),
    *(
        "天夭",
        "今令",
        "免兔",
        "自白",
        "目且",
        "田由甲申",
        "住往",
        "拔拨",
        "折拆析",
        "治冶",
        "晴睛",
        "清请情",
        "辩辨",
    ),
    *(
        "辨瓣",
        "戍戌戊",
        "毫亳",
        "赢嬴",
        "徵微",
        "遣遗",
        "崇祟",
        "蓝篮",
        "暑署",
        "编篇",
        "偏遍",
        "捐损",
        "抱报",
        "历厉",
    ),
    *(
        "询洵",
        "受爱",
        "审宙",
        "析折",
        "撤撒",
        "政攻",
        "阴阳",
        "县具",
        "市布",
        "区匹",
        "部陪",
        "决快",
    ),
    *(
        "处外",
        "贵责",
        "侍待",
        "持特",
        "投没",
        "收牧",
        "告吉",
        "息恩",
        "信住",
        "条务",
        "例列",
        "规视",
        "间问",
        "闻间",
    ),
    *(
        "案桉",
        "汇江",
        "庆床",
        "坝圳",
        "岗冈",
        "衡衔",
        "源原",
        "阜埠",
        "濮璞",
        "漯潔骡",
        "荥荣",
        "郏邵",
        "歙翕",
        "亭享",
    ),
    *(
        "徽微",
        "毕华",
        "广厂",
        "哀衰衷",
        "竞竟",
        "剌刺",
        "壶壸",
        "幕暮墓慕",
        "密蜜",
        "眯咪",
        "秦奏泰",
        "昌冒",
        "宁字",
    ),
)


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Characters with their readings, and words of several characters with theirs, a syllable a
    character.
    """
    rows = (
        row.split()
        for row in TABLE.read_text(encoding="utf-8").splitlines()
        if row[:1] not in ("#", "")
    )
    return {word: tuple(map(sys.intern, syllables)) for word, *syllables in rows}


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character -> its readings, the usual one first."""
    return {c: _table()[c] for c in KNOWN if c in _table()}


@cache
def begun() -> dict[str, str]:
    """Letter -> the characters with a reading that begins with it."""
    found: dict[str, list[str]] = defaultdict(list)
    for char, sounded in readings().items():
        for letter in dict.fromkeys(sound[0] for sound in sounded):
            found[letter].append(char)
    return {letter: "".join(chars) for letter, chars in found.items()}


def reading(word: str) -> tuple[str, ...] | None:
    """The syllables of a word; None when a character of it has no reading.

    >>> reading("年度报告"), reading("银行"), reading("A1")
    (('nian', 'du', 'bao', 'gao'), ('yin', 'hang'), None)
    """
    found: list[str] = []
    while len(found) < len(word):
        syllables = _next(word, len(found))
        if not syllables:
            return None
        found += syllables
    return tuple(found)


def _next(word: str, at: int) -> tuple[str, ...]:
    """The syllables of the longest word of the table that begins here, or of one character."""
    for end in range(min(len(word), at + LONGEST), at + 1, -1):
        if (found := _table().get(word[at:end])) is not None:
            return found
    return readings().get(word[at], ())[:1]


def sounds(char: str) -> tuple[str, ...]:
    """All readings of a character.

    >>> sounds("行")
    ('xing', 'hang', 'heng')
    """
    return readings().get(char, ())


def blurred(sound: str) -> str:
    """A reading as those hear it who make no difference between zh and z, n and ng.

    >>> blurred("zheng"), blurred("zen")
    ('zen', 'zen')
    """
    if sound[1:2] == "h" and sound[0] in "zcs":
        sound = sound[0] + sound[2:]
    return sound[:-1] if sound.endswith(("ang", "eng", "ing")) else sound


@cache
def _by_sound() -> tuple[dict[str, str], dict[str, str]]:
    """(usual reading -> characters, any reading, blurred -> characters)."""
    exact: dict[str, list[str]] = defaultdict(list)
    blur: dict[str, list[str]] = defaultdict(list)
    for char, found in readings().items():
        for sound in found[:1]:
            exact[sound].append(char)
        for sound in found:
            blur[blurred(sound)].append(char)
    return {k: "".join(v) for k, v in exact.items()}, {
        k: "".join(v) for k, v in blur.items()
    }


@cache
def homophones(char: str) -> str:
    """The other characters whose usual reading is that of this one."""
    exact = _by_sound()[0]
    return "".join(exact[s] for s in sounds(char)[:1]).replace(char, "")


@cache
def near_homophones(char: str) -> str:
    """The other characters that sound nearly like this one or may be read like it, homophones among
    them.
    """
    blur = _by_sound()[1]
    return "".join(
        dict.fromkeys(c for s in sounds(char) for c in blur[blurred(s)] if c != char)
    )


@cache
def _by_looks() -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for group in ALIKE:
        for char in group:
            found[char] += group.replace(char, "")
    return dict(found)


def alike(char: str) -> str:
    """The characters that look like this one.

    >>> alike("沐"), alike("公")
    ('沭', '')
    """
    return _by_looks().get(char, "")
