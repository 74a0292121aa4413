"""Numbers or masks: every way of having found some documents combines like sets."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.engines.whoosh.reading.selection import Selection

COUNT = 12
SETS = st.one_of(st.none(), st.frozensets(st.integers(0, COUNT - 1)))


def selection(chosen: frozenset[int] | None, as_mask: bool) -> Selection:
    if chosen is None:
        return Selection(COUNT)
    numbers = np.array(sorted(chosen), np.intp)
    if not as_mask:
        return Selection(COUNT, numbers)
    mask = np.zeros(COUNT, bool)
    mask[numbers] = True
    return Selection(COUNT, mask=mask)


def members(chosen: frozenset[int] | None) -> set[int]:
    return set(range(COUNT)) if chosen is None else set(chosen)


@given(
    SETS, SETS, st.booleans(), st.booleans(), st.frozensets(st.integers(0, COUNT - 1))
)
def test_like_sets(
    a: frozenset[int] | None,
    b: frozenset[int] | None,
    x: bool,
    y: bool,
    dead: frozenset[int],
) -> None:
    one, other = selection(a, x), selection(b, y)
    both, either = one & other, Selection.any_of(COUNT, [one, other])
    assert both.documents.tolist() == sorted(members(a) & members(b))
    assert either.documents.tolist() == sorted(members(a) | members(b))
    assert np.flatnonzero(both.mask).tolist() == both.documents.tolist()
    assert len(both) == len(both.documents)
    live = np.array([i not in dead for i in range(COUNT)])
    assert both.missing(live).tolist() == sorted(
        set(range(COUNT)) - dead - (members(a) & members(b))
    )
    assert one.documents.tolist() == sorted(members(a))  # combining changes neither
