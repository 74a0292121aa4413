"""Numbers and days as the language of the page writes them."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from babel import Locale, dates, numbers

from webui.words.messages import page_language

__all__ = ["day", "grouped", "page_locale"]

# Numbers that come again: counts beside facets, the years of a table.
_CACHED_NUMBERS = 4096


def page_locale() -> Locale:
    """The locale of the page's language."""
    return Locale.parse(page_language(), sep="-")


def grouped(number: float) -> str:
    """A number with its thousands apart.

    >>> grouped(1462000), grouped(12.5)
    ('1,462,000', '12.5')
    """
    return _grouped(number, page_language())


@lru_cache(maxsize=_CACHED_NUMBERS)
def _grouped(number: float, language: str) -> str:
    return numbers.format_decimal(number, locale=Locale.parse(language, sep="-"))


def day(date: str) -> str:
    """A day, given as 2019-03-31; Chinese pages keep the form that the reports' sites print.

    >>> day("2019-03-31")
    '2019-03-31'
    """
    locale = page_locale()
    if locale.language == "zh":
        return date
    try:
        parsed = dt.date.fromisoformat(date)
    except ValueError:
        # a damaged record is shown as it is
        return date
    return dates.format_date(parsed, "medium", locale=locale)
