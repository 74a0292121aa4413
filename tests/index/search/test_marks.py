"""Spans that share a character are one mark; spans that only touch stay two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.normaliser import fold
from index.query.nodes import AnyOf, String
from index.search.marks import Marker, Span, _joined

SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 6)).map(lambda p: (p[0], sum(p))),
    max_size=8,
).map(sorted)


@pytest.mark.parametrize(
    ("spans", "joined"),
    [
        ([], []),
        ([(0, 2)], [(0, 2)]),
        # nothing overlaps
        ([(0, 2), (2, 4)], [(0, 2), (2, 4)]),
        ([(0, 2), (3, 4)], [(0, 2), (3, 4)]),
        # one overlap, before or behind spans that touch
        ([(0, 2), (1, 3), (3, 5)], [(0, 3), (3, 5)]),
        ([(0, 2), (2, 4), (3, 5)], [(0, 2), (2, 5)]),
        ([(0, 2), (1, 3), (4, 5)], [(0, 3), (4, 5)]),
        # one inside another, and one behind the longer
        ([(0, 6), (1, 3), (4, 7)], [(0, 7)]),
        ([(0, 6), (1, 3), (6, 7)], [(0, 6), (6, 7)]),
        ([(0, 2), (0, 2), (2, 3)], [(0, 2), (2, 3)]),
    ],
)
def test_spans_that_share_a_character_are_joined(
    spans: list[Span], joined: list[Span]
) -> None:
    assert _joined(spans) == joined


@given(SPANS)
def test_joined_spans_hold_the_same_characters(spans: list[Span]) -> None:
    joined = _joined(spans)
    held = {at for start, end in spans for at in range(start, end)}
    assert [at for start, end in joined for at in range(start, end)] == sorted(held)
    # a mark ends only where no span goes on
    for _, end in joined[:-1]:
        assert not any(start < end < stop for start, stop in spans)


def test_two_words_side_by_side_are_two_marks() -> None:
    marker = Marker.of(AnyOf((String(("信息",)), String(("公开",)))))
    assert marker.marks("text", fold("政府信息公开"), None) == [(2, 4), (4, 6)]
