"""Conditions on numbers, as the parameter `where` has them: `applications_new>=100`."""

from __future__ import annotations

import math
import re

from index.model.errors import RequestError
from index.model.fields import NUMBERS
from index.model.problems import Code
from index.query.nodes import AllOf, Node, Not, NumberRange

__all__ = ["CONDITION_PATTERN", "where"]

# year>=2018, fee_yuan != 0, applications_new<12.5
CONDITION_PATTERN = re.compile(
    r"\s*([a-z_]{1,40})\s*(>=|<=|!=|=|>|<)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,6})?)\s*"
)


def where(text: str) -> tuple[str, Node]:
    """The name of the number in a condition, and the condition as a node. Raises RequestError.

    >>> where("year>=2018")
    ('year', NumberRange(name='year', low=2018.0, high=None))
    """
    match = CONDITION_PATTERN.fullmatch(text)
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
