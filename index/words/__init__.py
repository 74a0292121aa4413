"""The words for codes and of pages, in each language that readers are spoken to in.

Code raises and keeps codes with facts; only here do they become sentences. A language is one
catalogue, `locale/<language>/LC_MESSAGES/gongkai.po`. It has two kinds of message ids: codes, in
whose words `{name}` stands for a fact, and what the pages say, whose id is the Chinese text and
where `%(name)s` stands for a value. `make words` compiles it to the `.mo` beside it, which
`gettext` reads.

This module imports nothing of ours: every room may speak.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

__all__ = ["CONTEXTS", "LANGUAGES", "LOCALE", "message", "plural", "term", "text"]

LOCALE = Path(__file__).with_name("locale")

Facts = Mapping[str, Any]

# Tag of a language (BCP 47) -> the folder of its catalogue.
LANGUAGES = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "en": "en"}

# What stands between the items of a list, as in 公开、收费.
SEPARATOR = "、"

# What has values with words of their own. In a message `{kind:repair}` is the kind of a repair in
# words.
CONTEXTS = (
    "source",
    "table",
    "template",
    "document",
    "encoding",
    "repair",
    "error-title",
    "error-lead",
)


def message(code: str, facts: Facts, language: str = "en") -> str:
    """The sentence for a code with its facts.

    A fact that is a list is joined; "?" stands for one that is not there. What a terminal would
    obey instead of show is escaped.

    >>> facts = {"name": "size", "value": 500, "low": 1, "high": 100}
    >>> message("request.out-of-range", facts)
    'size is 500; it must be between 1 and 100'
    >>> message("request.out-of-range", facts, "zh-Hans")
    'size 是 500；应在 1 与 100 之间。'
    """
    template = _catalogue(language).gettext(code)
    return _Words(language).vformat(template, (), facts)


def term(context: str, value: str, language: str = "en") -> str:
    """The words for a value of ours; the value itself when the catalogue has none.

    >>> term("repair", "gloss", "zh-Hans"), term("repair", "new", "zh-Hans")
    ('拼音注音', 'new')
    """
    return _catalogue(language).pgettext(context, value)


def text(words: str, language: str) -> str:
    """What a page says, in its language; the Chinese text when the catalogue lacks it.

    >>> text("检索", "en"), text("检索", "zh-Hans")
    ('Search', '检索')
    """
    return _catalogue(language).gettext(words)


def plural(words: str, count: int, language: str) -> str:
    """What a page says about so many things.

    >>> plural("%(n)s 份报告", 1, "en"), plural("%(n)s 份报告", 2, "en")
    ('%(n)s report', '%(n)s reports')
    """
    return _catalogue(language).ngettext(words, words, count)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("gongkai", LOCALE, [LANGUAGES[language]])


class _Words(Formatter):
    """Fills the placeholders of a message: `str.format` with lists and terms."""

    def __init__(self, language: str) -> None:
        self.language = language

    def get_value(self, key: int | str, _args: Sequence[Any], kwargs: Facts) -> Any:
        """One fact by its name."""
        # an index of another version may hold notes whose facts had other names
        return kwargs.get(str(key), "?")

    def format_field(self, value: Any, format_spec: str) -> str:
        """One fact, as the placeholder asks for it."""
        if format_spec in CONTEXTS:
            return term(format_spec, str(value), self.language)
        if value is None or isinstance(value, str):
            return _visible(value or "-")
        if isinstance(value, Sequence):
            separator = text(SEPARATOR, self.language)
            items = [_visible(str(item)) for item in value]
            return separator.join(items) or "-"
        return format(value, format_spec)  # a number


def _visible(text: str) -> str:
    """A text whose control characters are escaped: an input may hold an escape sequence."""
    if text.isprintable():
        return text
    visible = ""
    for character in text:
        if not character.isprintable():
            escaped = character.encode("unicode_escape")
            visible += escaped.decode("ascii")
            continue
        visible += character
    return visible
