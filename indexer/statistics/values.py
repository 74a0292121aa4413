"""One cell: what is printed, what it means, and what it counts.

Zero, blank, "/" and missing are four things.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from index.model.statistics import Semantics

__all__ = ["MONEY_UNITS", "NUMBER_PATTERN", "Number", "Value", "plain", "value_of"]

Number = int | Decimal

# Printed unit -> how many 元 it is.
MONEY_UNITS = {"亿元": Decimal(100_000_000), "万元": Decimal(10_000), "元": Decimal(1)}
# 1,462.00; -3. A longer row of digits is damage, no number.
NUMBER_PATTERN = r"[+\-]?\d[\d,]{0,18}(?:\.\d{1,6})?"
_UNIT_PATTERN = "亿元|万元|元|件|项|宗|条|个|次|篇|起|份|人次|人"
# 14.62亿元, 3 件, 0
_CELL_PATTERN = re.compile(rf"({NUMBER_PATTERN})\s*({_UNIT_PATTERN})?")
# 1,234 or 1234; 12,34 is two numbers that ran together
_GROUPED_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
# What is printed where the form asks nothing of this body.
_NONE_SIGNS = frozenset(
    ("/", "\\", "-", "--", "---", "----", "无", "不适用", "n/a", "//")
)


class Value(NamedTuple):
    """A cell. `value` is a count, or 元 where `unit` is 元; whole as printed, it is an int.

    `span` is its place in the report's text, from where its row says that spans count. `line` tells
    which values of a flattened row share a line.
    """

    raw: str | None
    value: Number | None = None
    semantics: Semantics = "missing"
    unit: str | None = None
    span: tuple[int, int] | None = None
    line: int = -1


def plain(value: Number | None) -> int | float | None:
    """A number for JSON: whole where it is whole.

    >>> plain(Decimal("14.00")), plain(Decimal("0.5")), plain(3)
    (14, 0.5, 3)
    """
    if value is None or isinstance(value, int):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def value_of(
    raw: str | None, form: str, span: tuple[int, int] | None = None, line: int = -1
) -> Value:
    """The value of a cell's text, given as printed and in index form.

    >>> value_of("14.62億元", "14.62亿元").value
    Decimal('1462000000.00')
    >>> value_of("／", "/").semantics, value_of("", "").semantics
    ('na', 'blank')
    >>> value_of("3", "3").line
    -1
    """
    number, semantics, unit = _meaning(form.strip())
    return Value(raw, number, semantics, unit, span, line)


@lru_cache(maxsize=4096)
def _meaning(text: str) -> tuple[Number | None, Semantics, str | None]:
    """Number, kind and unit of a cell; remembered, for most cells of all reports are 0 or another
    short number.
    """
    if not text:
        return None, "blank", None
    if text in _NONE_SIGNS:
        return None, "na", None
    cell = _CELL_PATTERN.fullmatch(text)
    if cell is None:
        return None, "text", None
    printed, unit = cell.groups()
    whole, _, _ = printed.lstrip("+-").partition(".")
    if not _GROUPED_DIGITS.fullmatch(whole):
        return None, "text", None
    digits = printed.replace(",", "")
    # counts are quicker to add as int
    number: Number = Decimal(digits) if "." in digits else int(digits)
    if unit in MONEY_UNITS:
        number *= MONEY_UNITS[unit]
        unit = "元"
    return number, "number" if number else "zero", unit
