"""Numbers as people read them: thousands apart, 万 and 亿 where room is short, ratios as %."""

from __future__ import annotations

from babel import numbers

from index.model.statistics import Statement
from webui.words.messages import gettext as _
from webui.words.messages import msgid
from webui.words.numerals import grouped, page_locale

__all__ = ["compact", "contradiction_words", "figure", "percent"]

# 万 is ten thousand, 亿 a hundred million; an official's report counts in them.
_LARGE_UNITS = ((100_000_000, msgid("亿")), (10_000, msgid("万")))
# Shorter numbers stand in full on an axis, in every language.
_LEAST_SHORTENED = 10_000
# Below 0.05 % one decimal would show 0.0 %.
_LEAST_OF_ONE_DECIMAL = 0.0005


def percent(value: float) -> str:
    """A fraction as a percentage with one decimal; two for very small ones.

    >>> percent(0.3126), percent(1), percent(0.0004)
    ('31.3%', '100%', '0.04%')
    """
    digits = 1
    if value and abs(value) < _LEAST_OF_ONE_DECIMAL:
        digits = 2
    words = f"{value * 100:.{digits}f}"
    return words.rstrip("0").rstrip(".") + "%"


def figure(value: float | None, *, ratio: bool = False) -> str:
    """A number in full; "" when there is none.

    >>> figure(1462000000), figure(12.5), figure(1 / 3), figure(None)
    ('1,462,000,000', '12.5', '0.33', '')
    >>> figure(0.5, ratio=True)
    '50%'
    """
    if value is None:
        return ""
    if ratio:
        return percent(value)
    if value == int(value):
        return grouped(int(value))
    return grouped(round(value, 2))


def contradiction_words(statement: Statement) -> str:
    """The numbers that the sentences of a report state for one thing; "" where they agree."""
    return _("、").join(figure(other.value) for other in statement.conflict or ())


def compact(value: float, *, ratio: bool = False) -> str:
    """A number for an axis or above a column.

    >>> compact(14620), compact(1462000000), compact(9999), compact(0.25, ratio=True)
    ('1.46万', '14.6亿', '9,999', '25%')
    >>> compact(12345678), compact(1234.5)
    ('1,235万', '1,234')
    """
    if ratio:
        return percent(value)
    if abs(value) < _LEAST_SHORTENED:
        return grouped(int(value)) if value == int(value) else _three_digits(value)
    locale = page_locale()
    if locale.language != "zh":
        return numbers.format_compact_decimal(value, locale=locale, fraction_digits=1)
    size, word = next(unit for unit in _LARGE_UNITS if abs(value) >= unit[0])
    return _three_digits(value / size) + _(word)


def _three_digits(value: float) -> str:
    """Three digits, or all before the point where there are more: "g" would write 1.23e+03."""
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
