"""How characters are read and what they look like.

It serves completions and corrections; nothing is matched by it. Readings are pinyin without tones,
`v` for ü. Known are the 6,763 characters of GB 2312, which reports are written with, and the words
in which one of them is read otherwise than usual (银行 yin hang).
`readings.txt` has both. `python -m tests.index.analysis.test_readings` makes it from pypinyin,
which itself takes a quarter of a second and 57 MB to load.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

__all__ = [
    "COMMON_CHARACTERS",
    "KNOWN_CHARACTERS",
    "alike",
    "begun",
    "blurred",
    "homophones",
    "near_homophones",
    "reading",
    "readings",
    "sounds",
]

READINGS_FILE = Path(__file__).with_name("readings.txt")


def _rows(first: int, last: int) -> str:
    cells = (
        bytes((row, cell))
        for row in range(first, last + 1)
        for cell in range(0xA1, 0xFF)
    )
    return b"".join(cells).decode("gb2312", "ignore")


# The 3,755 characters of level 1.
COMMON_CHARACTERS = _rows(0xB0, 0xD7)

# All characters with a reading.
KNOWN_CHARACTERS = COMMON_CHARACTERS + _rows(0xD8, 0xF7)

# So many characters has the longest word of the table.
LONGEST_WORD = 4

# Characters that are taken for one another by their looks, when typed, read off a scan
# or copied.
ALIKE_GROUPS = (
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
    """Characters with their readings, and words with their syllables, one a character."""
    rows = (
        row.split()
        for row in READINGS_FILE.read_text(encoding="utf-8").splitlines()
        if row[:1] not in ("#", "")
    )
    return {word: tuple(map(sys.intern, syllables)) for word, *syllables in rows}


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character -> its readings, the usual one first."""
    return {c: _table()[c] for c in KNOWN_CHARACTERS if c in _table()}


@cache
def begun() -> dict[str, str]:
    """Letter -> the characters with a reading that begins with it."""
    by_letter: dict[str, list[str]] = defaultdict(list)
    for char, char_readings in readings().items():
        for letter in dict.fromkeys(sound[0] for sound in char_readings):
            by_letter[letter].append(char)
    return _joined(by_letter)


def reading(word: str) -> tuple[str, ...] | None:
    """The syllables of a word; None when a character of it has no reading.

    >>> reading("年度报告"), reading("银行"), reading("A1")
    (('nian', 'du', 'bao', 'gao'), ('yin', 'hang'), None)
    """
    syllables: list[str] = []
    # One syllable a character: their count is how far the word was read.
    while len(syllables) < len(word):
        following = _next(word, len(syllables))
        if not following:
            return None
        syllables += following
    return tuple(syllables)


def _next(word: str, start: int) -> tuple[str, ...]:
    """The syllables of the longest word of the table that begins here, or of one character."""
    for end in range(min(len(word), start + LONGEST_WORD), start + 1, -1):
        syllables = _table().get(word[start:end])
        if syllables is not None:
            return syllables
    return readings().get(word[start], ())[:1]


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
    """(usual reading -> characters, blurred form of any reading -> characters)."""
    exact: dict[str, list[str]] = defaultdict(list)
    blur: dict[str, list[str]] = defaultdict(list)
    for char, char_readings in readings().items():
        for sound in char_readings[:1]:
            exact[sound].append(char)
        for sound in char_readings:
            blur[blurred(sound)].append(char)
    return _joined(exact), _joined(blur)


def _joined(
    characters: dict[str, list[str]],
) -> dict[str, str]:
    return {sound: "".join(chars) for sound, chars in characters.items()}


@cache
def homophones(char: str) -> str:
    """The other characters whose usual reading is that of this one."""
    exact, _ = _by_sound()
    return "".join(exact[sound] for sound in sounds(char)[:1]).replace(char, "")


@cache
def near_homophones(char: str) -> str:
    """The other characters that sound nearly like this one or may be read like it.

    Homophones are among them.
    """
    _, blur = _by_sound()
    near: dict[str, None] = {}
    for sound in sounds(char):
        near |= dict.fromkeys(blur[blurred(sound)])
    near.pop(char, None)
    return "".join(near)


@cache
def _by_looks() -> dict[str, str]:
    looks: dict[str, str] = defaultdict(str)
    for group in ALIKE_GROUPS:
        for char in group:
            looks[char] += group.replace(char, "")
    return dict(looks)


def alike(char: str) -> str:
    """The characters that look like this one.

    >>> alike("沐"), alike("公")
    ('沭', '')
    """
    return _by_looks().get(char, "")
