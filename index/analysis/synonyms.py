"""Words that mean the same: a reviewed table, searched only where the reader asks for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["groups", "synonyms"]

SYNONYMS_FILE = Path(__file__).with_name("synonyms.txt")


@cache
def groups() -> tuple[tuple[tuple[str, ...], str], ...]:
    """(the words of a group in index form, the reason) of each row of the table."""
    # 信访 来信来访<tab>信访 is short for 来信来访
    rows = (
        line.partition("\t")
        for line in SYNONYMS_FILE.read_text(encoding="utf-8").splitlines()
        if line[:1] not in ("#", "")
    )
    return tuple((tuple(words.split()), reason) for words, _, reason in rows)


@cache
def _by_word() -> dict[str, tuple[str, ...]]:
    synonyms_of: dict[str, tuple[str, ...]] = {}
    for words, _ in groups():
        for word in words:
            synonyms_of[word] = tuple(other for other in words if other != word)
    return synonyms_of


def synonyms(word: str) -> tuple[str, ...]:
    """What else means the same as a word in index form.

    >>> synonyms("年报"), synonyms("公开")
    (('年度报告',), ())
    """
    return _by_word().get(word, ())
