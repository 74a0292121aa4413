"""How characters are read and what they look like: for completions and corrections only, nothing is matched by it.

Readings are pinyin without tones, `v` for ü. Only the 6,763 characters of GB 2312 are known, which is what reports are
written with. pypinyin is loaded at the first use: it takes a quarter of a second.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache

__all__ = ["COMMON", "alike", "blurred", "homophones", "near_homophones", "reading", "readings", "sounds"]


def _rows(first: int, last: int) -> str:
    cells = (bytes((row, cell)) for row in range(first, last + 1) for cell in range(0xA1, 0xFF))
    return b"".join(cells).decode("gb2312", "ignore")


COMMON = _rows(0xB0, 0xD7)
"""The 3,755 characters of level 1."""

ALIKE = (
    *("己已巳", "未末", "沭沐", "候侯", "复覆", "人入八", "土士", "日曰", "干千于", "大太犬", "开丌井", "刀力", "午牛"),
    *("天夭", "今令", "免兔", "自白", "目且", "田由甲申", "住往", "拔拨", "折拆析", "治冶", "晴睛", "清请情", "辩辨"),
    *("辨瓣", "戍戌戊", "毫亳", "赢嬴", "徵微", "遣遗", "崇祟", "蓝篮", "暑署", "编篇", "偏遍", "捐损", "抱报", "历厉"),
    *("询洵", "受爱", "审宙", "析折", "撤撒", "政攻", "阴阳", "县具", "市布", "区匹", "部陪", "决快"),
    *("处外", "贵责", "侍待", "持特", "投没", "收牧", "告吉", "息恩", "信住", "条务", "例列", "规视", "间问", "闻间"),
    *("案桉", "汇江", "庆床", "坝圳", "岗冈", "衡衔", "源原", "阜埠", "濮璞", "漯潔骡", "荥荣", "郏邵", "歙翕", "亭享"),
    *("徽微", "毕华", "广厂", "哀衰衷", "竞竟", "剌刺", "壶壸", "幕暮墓慕", "密蜜", "眯咪", "秦奏泰", "昌冒", "宁字"),
)
"""Characters that are taken for one another by their looks, when typed, read off a scan or copied."""


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Character -> its readings, the usual one first."""
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415  loaded only where something is misspelt or completed

    known = COMMON + _rows(0xD8, 0xF7)
    return {c: tuple(dict.fromkeys(_plain(r) for r in pinyin_dict.get(ord(c), "").split(",") if r)) for c in known}


def _plain(reading: str) -> str:
    spread = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(c for c in spread if c.isascii())


@cache
def _phrases() -> dict[str, list[list[str]]]:
    from pypinyin.phrases_dict import phrases_dict  # noqa: PLC0415  as above

    found: dict[str, list[list[str]]] = phrases_dict
    return found


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


def _next(word: str, at: int) -> list[str]:
    """The syllables of the longest phrase that begins here, or of one character."""
    for end in range(min(len(word), at + 4), at + 1, -1):
        phrase = _phrases().get(word[at:end])
        if phrase is not None and len(phrase) == end - at:
            return [_plain(r[0]) for r in phrase]
    return list(readings().get(word[at], ())[:1])


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
    return {k: "".join(v) for k, v in exact.items()}, {k: "".join(v) for k, v in blur.items()}


@cache
def homophones(char: str) -> str:
    """The other characters whose usual reading is that of this one."""
    exact = _by_sound()[0]
    return "".join(exact[s] for s in sounds(char)[:1]).replace(char, "")


@cache
def near_homophones(char: str) -> str:
    """The other characters that sound nearly like this one or may be read like it, homophones among them."""
    blur = _by_sound()[1]
    return "".join(dict.fromkeys(c for s in sounds(char) for c in blur[blurred(s)] if c != char))


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
