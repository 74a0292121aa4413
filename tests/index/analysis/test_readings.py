"""The table of readings says what pypinyin says.

`python -m tests.index.analysis.test_readings` writes it anew.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from importlib.metadata import version

import pytest

from index.analysis.readings import (
    ALIKE_GROUPS,
    KNOWN_CHARACTERS,
    LONGEST_WORD,
    READINGS_FILE,
    alike,
    begun,
    reading,
    readings,
)

HEAD = """\
# Readings without tones: a character with all its readings, the usual one first; then the words in
# which a character is read otherwise. Made by `python -m tests.index.analysis.test_readings`
# from pypinyin {version} (https://github.com/mozillazg/python-pinyin, MIT).
"""


def plain(read: str) -> str:
    spread = unicodedata.normalize("NFD", read).replace("u\u0308", "v")
    return "".join(c for c in spread if c.isascii())


def characters() -> dict[str, tuple[str, ...]]:
    from pypinyin.pinyin_dict import pinyin_dict

    told = {c: pinyin_dict.get(ord(c), "").split(",") for c in KNOWN_CHARACTERS}
    return {
        c: tuple(dict.fromkeys(plain(r) for r in all_ if r))
        for c, all_ in told.items()
        if all_ != [""]
    }


def phrases() -> dict[str, tuple[str, ...]]:
    """Phrases of known characters, the shorter ones first."""
    from pypinyin.phrases_dict import phrases_dict

    known = set(KNOWN_CHARACTERS)
    short = (p for p in phrases_dict if 1 < len(p) <= LONGEST_WORD and set(p) <= known)
    told = {
        p: tuple(plain(r[0]) for r in phrases_dict[p])
        for p in sorted(short, key=lambda p: (len(p), p))
    }
    return {p: found for p, found in told.items() if len(found) == len(p)}


def made() -> str:
    """The whole table: of the phrases only those that shorter rows do not already read."""
    table = characters()

    def read(word: str) -> tuple[str, ...]:
        at, found = 0, list[str]()
        while at < len(word):
            part = next(
                (
                    p
                    for n in range(LONGEST_WORD, 1, -1)
                    if (p := word[at : at + n]) in table
                ),
                word[at],
            )
            found += table[part] if len(part) > 1 else table[part][:1]
            at += len(part)
        return tuple(found)

    for phrase, told in phrases().items():
        if read(phrase) != told:
            table[phrase] = told
    rows: Iterator[str] = (
        " ".join((word, *syllables)) for word, syllables in table.items()
    )
    return HEAD.format(version=version("pypinyin")) + "\n".join(rows) + "\n"


def test_the_table_is_what_pypinyin_says() -> None:
    written = READINGS_FILE.read_text(encoding="utf-8")
    if f"pypinyin {version('pypinyin')} " not in written:
        pytest.skip(
            f"the table was made with another pypinyin than {version('pypinyin')}"
        )
    assert written == made()


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("银行业", "yin hang ye"),
        ("行政", "xing zheng"),
        ("重庆", "chong qing"),
        ("重点", "zhong dian"),
        ("旅游", "lv you"),
        ("会计", "kuai ji"),
        ("银行会计", "yin hang kuai ji"),
    ],
)
def test_a_character_is_read_as_in_its_word(word: str, read: str) -> None:
    assert reading(word) == tuple(read.split())


@pytest.mark.parametrize("word", ["A1", "龍", "年 度", "𠮷"])
def test_no_reading(word: str) -> None:
    assert reading(word) is None


def test_letters() -> None:
    assert "行" in begun()["x"]
    assert "行" in begun()["h"]
    assert "i" not in begun()
    assert len(readings()) > 6700


def test_characters_that_look_alike_are_told_of_each_other() -> None:
    for group in ALIKE_GROUPS:
        assert len(set(group)) == len(group) > 1, group
        assert all(unicodedata.name(char).startswith("CJK") for char in group), group
        for char in group:
            assert set(group) - {char} <= set(alike(char))


if __name__ == "__main__":
    READINGS_FILE.write_text(made(), encoding="utf-8")
