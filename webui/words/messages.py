"""What pages say, in the language of the page that is being written.

The words stand in the catalogues of `index.words`: another language of the pages is one catalogue
more. Machines are always spoken to in one language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from index.model.problems import Note
from index.words import plural, term, text

__all__ = [
    "DEFAULT_LANGUAGE",
    "MACHINE_LANGUAGE",
    "Words",
    "gettext",
    "msgid",
    "ngettext",
    "page_language",
    "pgettext",
    "said",
    "set_page_language",
    "template_text",
    "terms",
]

# Tags of `index.words.LANGUAGES`. What the reports are written in is what a reader reads who did
# not say otherwise.
DEFAULT_LANGUAGE = "zh-Hans"
MACHINE_LANGUAGE = "en"


def msgid(words: str) -> str:
    """The id of a message in a table, so that `make words` finds it; it is not looked up here."""
    return words


# One page asks for it some hundred times: a variable of the request costs a tenth of Flask's `g`.
_PAGE_LANGUAGE = ContextVar("page_language", default=DEFAULT_LANGUAGE)


def page_language() -> str:
    """The tag of the language of this page; the default one where no page is being written."""
    return _PAGE_LANGUAGE.get()


def set_page_language(tag: str = DEFAULT_LANGUAGE) -> None:
    """Write what follows in this language, until it is set again."""
    _PAGE_LANGUAGE.set(tag)


def gettext(words: str, **values: Any) -> str:
    """What a page says, by its Chinese text; `%(name)s` in it stands for a value.

    >>> gettext("%(year)s 年度", year=2019)
    '2019 年度'
    """
    return _filled(text(words, page_language()), values)


def template_text(words: str, /, **values: Any) -> Markup:
    """The same for templates, where the words are markup and the values are escaped.

    >>> template_text("%(year)s 年度", year="<b>")
    Markup('&lt;b&gt; 年度')
    """
    marked = _markup(words, page_language())
    return marked % values if values else marked


@lru_cache(maxsize=4096)  # the words of the templates, in each language
def _markup(words: str, language: str) -> Markup:
    # the words are ours: what they have of tags is meant
    return Markup(text(words, language))  # noqa: S704


def pgettext(context: str, words: str, **values: Any) -> str:
    """The same for words that mean two things: `context` tells which."""
    return _filled(term(context, words, page_language()), values)


def ngettext(words: str, count: int, **values: Any) -> str:
    """The same for words about so many things.

    >>> ngettext("%(n)s 份报告", 2, n=2)
    '2 份报告'
    """
    return _filled(plural(words, count, page_language()), values)


def _filled(words: str, values: Mapping[str, Any]) -> str:
    return words % values if values else words


def said(note: Note) -> str:
    """A note as a page says it: a sentence; the filter `said` of the templates."""
    sentence = note.message(page_language())
    # on a terminal words follow a colon and begin small
    return sentence[:1].upper() + sentence[1:]


class Words(Mapping[str, str]):
    """A table of words, read in the language of the page.

    `table` has for each name its message id, `look_up` turns one into words.
    """

    def __init__(
        self, table: Mapping[str, str], look_up: Callable[[str], str] = gettext
    ) -> None:
        self.table = table
        self._look_up = look_up

    def __getitem__(self, name: str) -> str:
        return self._look_up(self.table[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.table)

    def __len__(self) -> int:
        return len(self.table)


def terms(context: str, values: Iterable[str]) -> Words:
    """Values of ours and what a page calls them; their message ids are the values.

    >>> terms("repair", ["gloss"])["gloss"]
    '拼音注音'
    """
    table = {value: value for value in values}
    return Words(table, lambda value: pgettext(context, value))
