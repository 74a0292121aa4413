"""Each sign of a condition, held against the numbers round its edge."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest

from index.model.errors import RequestError
from index.model.fields import NUMBERS
from index.query.nodes import AllOf, Node, Not, NumberRange
from index.query.where import where

SIGNS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}
AROUND = (-1e15, -1, -0.01, 0, 0.01, 4, 4.99, 5, 5.01, 6, 1e15)


def holds(node: Node, value: float | None) -> bool:
    """What a range, the opposite of one, or both, say of a number; None is unknown."""
    if isinstance(node, AllOf):
        return all(holds(operand, value) for operand in node.operands)
    if isinstance(node, Not):
        return not holds(node.operand, value)
    assert isinstance(node, NumberRange)
    if value is None:
        return False
    return (node.low is None or node.low <= value) and (
        node.high is None or value <= node.high
    )


@pytest.mark.parametrize("blank", ["", " "])
@pytest.mark.parametrize("number", ["5", "0", "-1", "4.99"])
@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_means_what_it_says(sign: str, number: str, blank: str) -> None:
    name, node = where(f"{blank}applications_new{blank}{sign}{blank}{number}{blank}")
    assert name == "applications_new"
    assert [holds(node, v) for v in AROUND] == [
        SIGNS[sign](v, float(number)) for v in AROUND
    ]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("sign", SIGNS)
def test_an_unknown_number_satisfies_no_condition(name: str, sign: str) -> None:
    _, node = where(f"{name}{sign}2016")
    assert not holds(node, None)


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_can_be_asked_for(name: str) -> None:
    assert where(f"{name}=7") == (name, NumberRange(name, 7.0, 7.0))


@pytest.mark.parametrize(
    "text",
    [
        "year==5",
        "year=>5",
        "year=<5",
        "year<>5",
        "year!5",
        "year=5=5",
        "=5",
        "",
        "year=1234567890123456",
    ],
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(RequestError) as caught:
        where(text)
    assert caught.value.parameter == "where"
