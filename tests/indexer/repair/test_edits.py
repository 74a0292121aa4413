"""The edits of two passes as one list, held against doing them one after the other."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.repair.edits import Edit, apply, compose

TEXT = st.text("甲乙丙丁", max_size=20)


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    """Sorted, non-overlapping edits that each replace something."""
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return [Edit(a, b, draw(st.text("子丑", max_size=3)), "x", 0.9) for a, b in pairs]


@given(st.data())
def test_one_list_does_what_two_passes_do(data: st.DataObject) -> None:
    text = data.draw(TEXT)
    first = data.draw(edits_of(text))
    middle = apply(text, first)
    second = data.draw(edits_of(middle))
    both = compose(middle, first, second)
    assert apply(text, both) == apply(middle, second)
    assert all(a.end <= b.start for a, b in pairwise(both))


def test_a_deletion_beside_an_edit_stays_an_edit_of_its_own() -> None:
    first = [Edit(2, 5, "", "gloss", 0.9)]
    both = compose("甲乙丙", first, [Edit(2, 3, "丁", "radical", 0.8)])
    assert [(e.start, e.end, e.after, e.kind) for e in both] == [
        (2, 5, "", "gloss"),
        (5, 6, "丁", "radical"),
    ]


def test_edits_that_overlap_become_one_that_names_both() -> None:
    both = compose(
        "甲務(wù)",
        [Edit(1, 3, "務(", "gbk_out_of_step", 0.9)],
        [Edit(2, 6, "", "gloss", 0.99)],
    )
    assert both == [Edit(1, 6, "務", "gbk_out_of_step+gloss", 0.9)]
