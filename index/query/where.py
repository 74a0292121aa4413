"""Conditions on numbers, as the parameter `where` has them: `applications_new>=100`."""

from __future__ import annotations

import math
import re

from index.analysis.normaliser import fold_line
from index.model.errors import RequestError
from index.model.fields import NUMBERS
from index.model.metrics import METRICS
from index.model.problems import Code
from index.query.field_values import year_digits
from index.query.nodes import AllOf, Node, Not, NumberRange
from index.query.parser import CHINESE_METRICS, half_width

__all__ = ["CONDITION_PATTERN", "canonical", "where"]

# year>=2018, fee_yuan != 0, applications_new<12.5
CONDITION_PATTERN = re.compile(
    r"\s*([a-z_]{1,40})\s*(>=|<=|!=|=|>|<)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,6})?)\s*"
)
# The same as people write it: 本年新收申请 ≥ 1,200 件
WRITTEN_PATTERN = re.compile(
    r"\s*([^<>=!≥≤≠]{1,40}?)\s*(>=|<=|!=|=|>|<|≥|≤|≠)\s*(.{1,24}?)\s*[件条项元年]?\s*"
)
SIGNS_WRITTEN = {"≥": ">=", "≤": "<=", "≠": "!="}
# What a name may have on a page and need not have here: 规章：本年制发, 行政事业性收费（元）.
NAME_SIGNS = re.compile(r"[:：\s]|[(（].*")
THOUSANDS_PATTERN = re.compile(r"(?<=\d),(?=\d{3})")


def _key(name: str) -> str:
    return fold_line(NAME_SIGNS.sub("", name))


# The numbers by the names that pages print, in index form.
NAMES_WRITTEN = (
    {name: name for name in NUMBERS}
    | {_key(metric.label_en): metric.name for metric in METRICS}
    | {_key(name): number for name, number in CHINESE_METRICS.items()}
    | {"年度": "year", "年份": "year", "年": "year"}
)


def canonical(text: str) -> str:
    """A condition with its name, sign and number as `where` has them; else the text as it is.

    >>> canonical("本年新收申请 ≥ 1,200件"), canonical("不予公開＞５"), canonical("公开率>1")
    ('applications_new>=1200', 'applications_refused>5', '公开率>1')
    """
    written = WRITTEN_PATTERN.fullmatch(half_width(text))
    if CONDITION_PATTERN.fullmatch(text) or written is None:
        return text
    typed, sign, number = written.groups()
    name = NAMES_WRITTEN.get(_key(typed))
    if name is None:
        return text
    digits = THOUSANDS_PATTERN.sub("", number)
    if name == "year":
        digits = year_digits(digits)
    return f"{name}{SIGNS_WRITTEN.get(sign, sign)}{digits}"


def where(text: str) -> tuple[str, Node]:
    """The name of the number in a condition, and the condition as a node. Raises RequestError.

    >>> where("year>=2018")
    ('year', NumberRange(name='year', low=2018.0, high=None))
    """
    match = CONDITION_PATTERN.fullmatch(canonical(text))
    written = WRITTEN_PATTERN.fullmatch(half_width(text))
    if match is None and written is not None and _key(written[1]) not in NAMES_WRITTEN:
        facts = {"name": written[1], "numbers": NUMBERS}
        raise RequestError("where", Code.REQUEST_UNKNOWN_NUMBER, facts)
    if match is None:
        raise RequestError("where", Code.REQUEST_BAD_CONDITION, {"value": text})
    name, comparison, number = match.groups()
    if name not in NUMBERS:
        facts = {"name": name, "numbers": NUMBERS}
        raise RequestError("where", Code.REQUEST_UNKNOWN_NUMBER, facts)
    return name, _node(name, comparison, float(number))


def _node(name: str, comparison: str, number: float) -> Node:
    match comparison:
        case ">=":
            return NumberRange(name, number, None)
        case "<=":
            return NumberRange(name, None, number)
        case ">":
            # a range includes its ends: the next larger float leaves the number itself out
            return NumberRange(name, math.nextafter(number, math.inf), None)
        case "<":
            return NumberRange(name, None, math.nextafter(number, -math.inf))
        case "!=":
            # a report without the number satisfies no comparison, not this one either
            known = NumberRange(name)
            return AllOf((known, Not(NumberRange(name, number, number))))
        case _:
            return NumberRange(name, number, number)
