"""Each sign of a condition, held against the numbers round its edge."""

from __future__ import annotations

import operator
from collections.abc import Callable

import pytest

from index.model.errors import RequestError
from index.model.fields import NUMBERS
from index.model.problems import Code
from index.query.nodes import AllOf, Node, Not, NumberRange
from index.query.where import canonical, where
from index.search.request import SearchRequest

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


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("本年新收申请>=100", "applications_new>=100"),
        ("本年新收申請 ≥ １，２００ 件", "applications_new>=1200"),
        ("不予公开＞5", "applications_refused>5"),
        ("行政复议：维持≠0", "reviews_upheld!=0"),
        ("行政复议维持!=0", "reviews_upheld!=0"),
        ("行政事业性收费（元）≤0.5", "fee_yuan<=0.5"),
        ("Applications received>=3", "applications_new>=3"),
        ("年度>=二〇一八", "year>=2018"),
        ("年份＝2020年", "year=2020"),
        ("结转下年度=0", "applications_carried_out=0"),
        ("主动公开总数 < 10条", "proactive_total<10"),
    ],
)
def test_a_condition_is_read_as_pages_print_it(written: str, same: str) -> None:
    assert canonical(written) == same
    assert where(written) == where(same)
    assert SearchRequest(where=(written,)).where == (same,)


@pytest.mark.parametrize("name", ["公开率", "胡说", "grant_rate"])
def test_what_is_no_number_is_named(name: str) -> None:
    with pytest.raises(RequestError) as caught:
        where(f"{name}>=0.5")
    assert caught.value.note.code is Code.REQUEST_UNKNOWN_NUMBER
    assert caught.value.note.facts["name"] == name


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
