"""Conditions on numbers: `applications_new>=100`."""

from __future__ import annotations

import math
import re

from index.model.errors import RequestError
from index.model.fields import NUMBERS
from index.query.nodes import Node, Not, NumberRange

__all__ = ["where"]

CONDITION = re.compile(
    r"\s*([a-z_]{1,40})\s*(>=|<=|!=|=|>|<)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,6})?)\s*"
)


def where(text: str) -> tuple[str, Node]:
    """The number's name and the node of one condition. Raises RequestError.

    >>> where("year>=2018")
    ('year', NumberRange(name='year', low=2018.0, high=None))
    """
    match = CONDITION.fullmatch(text)
    if match is None:
        raise RequestError(
            "where",
            f"{text!r} is no condition; write a name, a comparison and a number: year>=2018",
        )
    name, sign, number = match[1], match[2], float(match[3])
    if name not in NUMBERS:
        raise RequestError(
            "where", f"there is no number {name}; there are {', '.join(NUMBERS)}"
        )
    return name, _node(name, sign, number)


def _node(name: str, sign: str, number: float) -> Node:
    match sign:
        case ">=":
            return NumberRange(name, number, None)
        case "<=":
            return NumberRange(name, None, number)
        case ">":
            return NumberRange(name, math.nextafter(number, math.inf), None)
        case "<":
            return NumberRange(name, None, math.nextafter(number, -math.inf))
        case "!=":
            return Not(NumberRange(name, number, number))
        case _:
            return NumberRange(name, number, number)
