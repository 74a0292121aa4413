"""How far above a row of values the head of its table may stand."""

from __future__ import annotations

import re

import pytest

from indexer.statistics.recognise import _CLAUSE_HEAD, _REVIEW_HEAD, _first
from indexer.statistics.segments import Segment


def segment(context: str) -> Segment:
    """A row of values below these heads and labels."""
    return Segment(label="", bare="", context=context)


@pytest.mark.parametrize(
    ("pattern", "head", "reach"),
    [(_CLAUSE_HEAD, "信息内容", 200), (_REVIEW_HEAD, "结果维持尚未审结", 900)],
)
def test_a_head_stands_near_its_row(
    pattern: re.Pattern[str], head: str, reach: int
) -> None:
    assert pattern.search(head)
    near = segment(head + "甲" * (reach - len(head)))
    far = segment(head + "甲" * (reach - len(head) + 1))
    assert _first(pattern, [near], 0, 1) == 0
    assert _first(pattern, [far], 0, 1) == 1
    assert _first(pattern, [far, near, near], 0, 3) == 1
    # only between the bounds, where none is it is the last
    assert _first(pattern, [near, far, near], 1, 3) == 2
    assert _first(pattern, [near, far, near], 1, 2) == 2
    assert _first(pattern, [], 0, 0) == 0
