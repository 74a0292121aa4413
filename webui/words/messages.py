"""The language in which pages and machines are spoken to. The words are in `index.words`.

A second language of the pages is one catalogue more.
"""

from __future__ import annotations

from collections.abc import Iterable

from index.model.problems import Note
from index.words import term

__all__ = ["MACHINE_LANGUAGE", "PAGE_LANGUAGE", "said", "terms"]

# Tags of `index.words.LANGUAGES`.
PAGE_LANGUAGE = "zh-Hans"
MACHINE_LANGUAGE = "en"


def said(note: Note) -> str:
    """A note as a page says it; the filter `said` of the templates."""
    return note.message(PAGE_LANGUAGE)


def terms(context: str, values: Iterable[str]) -> dict[str, str]:
    """Values of ours and what a page calls them, as the catalogue of its language has them.

    >>> terms("repair", ["gloss"])
    {'gloss': '拼音注音'}
    """
    return {value: term(context, value, PAGE_LANGUAGE) for value in values}
