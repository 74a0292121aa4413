"""The pieces that are shown: the best by a slow reference, in context, marked to the character."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.normaliser import fold, fold_line
from index.analysis.wording import mainland
from index.query.nodes import AllOf, AnyOf, AtLeast, Near, Node, String, Wildcard
from index.search.marks import MAX_MARKS, Marker
from index.search.response import Snippet
from index.search.snippets import (
    CLAUSE_REACH,
    MAX_WINDOWS,
    SNIPPET_WIDTH,
    snippets,
)

Span = tuple[int, int]


def spans(display: str, *words: str) -> list[Span]:
    """Where words stand that have no character in common."""
    return [m.span() for m in re.finditer("|".join(map(re.escape, words)), display)]


def marked(condition: Node, display: str, field: str = "text") -> list[str]:
    text = fold(display)
    found = Marker.of(condition).marks(field, text, mainland(text))
    return [display[a:b] for a, b in found]


# ---------------------------------------------------------------------- the best piece, slowly
def joined(marks: list[Span]) -> list[tuple[int, int, int]]:
    """Marks that touch, as one, with how many they are."""
    out: list[tuple[int, int, int]] = []
    for start, end in marks:
        if out and out[-1][1] == start:
            first, _, count = out.pop()
            out.append((first, end, count + 1))
        else:
            out.append((start, end, 1))
    return out


def worth(display: str, inside: list[tuple[int, int, int]]) -> tuple[int, int]:
    """What a piece is worth: the squares of its different texts' lengths, then its marks."""
    return sum(len(t) ** 2 for t in {display[a:b] for a, b, _ in inside}), sum(
        n for _, _, n in inside
    )


def best(display: str, marks: list[Span]) -> tuple[int, int]:
    """The worth of the best piece that begins with a mark, and where the first such begins."""
    texts = joined(marks)
    found = []
    for n, (start, _, _) in enumerate(texts):
        reached = [t for t in texts[n:] if t[1] <= start + SNIPPET_WIDTH] or [texts[n]]
        value, count = worth(display, reached)
        found.append((-value, -count, start, reached[-1][1]))
    return min(found)[2:]


PIECES = st.lists(
    st.one_of(
        st.sampled_from(["公开", "收费", "条例", "公开收费", "公开条例收费"]),
        st.integers(1, 70).map(lambda n: "甲" * n),
    ),
    min_size=1,
    max_size=40,
)


@given(PIECES)
def test_the_best_piece_is_that_of_the_slow_reference(pieces: list[str]) -> None:
    display = "".join(pieces)
    marks = spans(display, "公开", "收费", "条例")
    if not marks:
        return
    start, end = best(display, marks)
    (shown,) = snippets(display, marks, 1)
    assert shown.offset <= start
    assert end <= shown.offset + len(shown.text)


@given(PIECES, st.integers(1, 5))
def test_every_mark_in_a_piece_is_marked(pieces: list[str], most: int) -> None:
    display = "".join(pieces)
    marks = spans(display, "公开", "收费", "条例")
    for shown in snippets(display, marks, most):
        end = shown.offset + len(shown.text)
        inside = [
            (a - shown.offset, b - shown.offset)
            for a, b in marks
            if shown.offset <= a and b <= end
        ]
        assert list(shown.marks) == inside


def test_two_kinds_are_worth_more_than_one_thrice() -> None:
    display = "公开公示公开公示公开" + "甲" * 200 + "公开与收费" + "甲" * 200
    (shown,) = snippets(display, spans(display, "公开", "收费"), 1)
    assert "公开与收费" in shown.text


def test_a_longer_string_is_worth_more_than_two_short_ones() -> None:
    display = "公开与收费" + "甲" * 200 + "信息公开" + "甲" * 200
    (shown,) = snippets(display, spans(display, "信息公开", "公开", "收费"), 1)
    assert "信息公开" in shown.text


def test_of_equal_pieces_the_first_is_shown() -> None:
    display = ("公开" + "甲" * 300) * 3
    (shown,) = snippets(display, spans(display, "公开"), 1)
    assert shown.offset == 0


def test_a_mark_just_within_reach_counts_and_one_beyond_does_not() -> None:
    for gap, seen in ((SNIPPET_WIDTH - 4, 2), (SNIPPET_WIDTH - 3, 1)):
        display = "公开" + "甲" * gap + "收费" + "乙" * 100
        (shown,) = snippets(display, spans(display, "公开", "收费"), 1)
        assert len(shown.marks) == seen
        assert shown.offset == 0


def test_pieces_do_not_overlap_and_stand_in_order() -> None:
    display = ("公开" + "甲" * 150) * 4
    shown = snippets(display, spans(display, "公开"), 3)
    assert len(shown) == 3
    places = [(s.offset, s.offset + len(s.text)) for s in shown]
    assert all(a[1] <= b[0] for a, b in pairwise(places))


def test_a_longer_place_is_looked_for_behind_them_too() -> None:
    display = ("公开" + "甲" * 200) * MAX_WINDOWS + "公开收费"
    assert "公开收费" in snippets(display, spans(display, "公开", "收费"), 1)[0].text


def test_the_windows_are_looked_for_among_the_first_marks() -> None:
    display = ("公开" + "甲" * 200) * MAX_WINDOWS + "公开，收费"
    assert "收费" not in snippets(display, spans(display, "公开", "收费"), 1)[0].text
    display = ("公开" + "甲" * 200) * (MAX_WINDOWS - 2) + "公开收费"
    assert "收费" in snippets(display, spans(display, "公开", "收费"), 1)[0].text


# ---------------------------------------------------------------------- context
def only(display: str, *words: str) -> Snippet:
    (shown,) = snippets(display, spans(display, *words), 1)
    return shown


def test_two_fifths_of_what_is_free_stand_before_the_first_mark() -> None:
    shown = only("甲" * 300 + "公开" + "乙" * 300, "公开")
    before = (SNIPPET_WIDTH - 2) * 2 // 5
    assert shown == Snippet(
        "甲" * before + "公开" + "乙" * (SNIPPET_WIDTH - 2 - before),
        ((before, before + 2),),
        300 - before,
        cut_before=True,
        cut_after=True,
    )


@pytest.mark.parametrize("stop", "。！？；\n!?;")
def test_a_piece_begins_behind_the_last_stop_in_reach(stop: str) -> None:
    shown = only("甲" * 280 + stop + "第一句" + stop + "前文公开" + "乙" * 300, "公开")
    assert shown.text.startswith("前文公开")


@pytest.mark.parametrize("stop", "，、,：: \u3000")
def test_where_there_is_no_stop_it_begins_behind_a_comma(stop: str) -> None:
    shown = only("甲" * 280 + "第一段" + stop + "前文公开" + "乙" * 300, "公开")
    assert shown.text.startswith("前文公开")


def test_a_stop_is_better_than_a_comma_that_is_nearer() -> None:
    assert only("甲" * 280 + "。第一段，前文公开" + "乙" * 300, "公开").text.startswith(
        "第一段，前文公开"
    )


@pytest.mark.parametrize("stop", "。！？；!?;，、,：:")
def test_a_piece_ends_with_a_stop(stop: str) -> None:
    shown = only("公开" + "乙" * 80 + stop + "丙" * 300, "公开")
    assert shown.text == "公开" + "乙" * 80 + stop


def test_a_stop_in_the_first_half_ends_it_where_no_other_is_near() -> None:
    shown = only("公开" + "乙" * 20 + "。" + "丙" * 300, "公开")
    assert shown.text == "公开" + "乙" * 20 + "。"
    later = only("公开" + "乙" * 20 + "。" + "丙" * 100 + "，" + "丁" * 300, "公开")
    assert later.text == "公开" + "乙" * 20 + "。" + "丙" * 100 + "，"


def test_a_clause_is_followed_beyond_the_width_of_a_piece() -> None:
    long = "乙" * (SNIPPET_WIDTH + CLAUSE_REACH - 4)
    assert only("公开" + long + "，丁" + "丁" * 300, "公开").text == f"公开{long}，"
    assert only("公开" + long + "乙乙，" + "丁" * 300, "公开").cut_after
    before = "甲" * (CLAUSE_REACH - 1)
    full = "公开" + "乙" * (SNIPPET_WIDTH - 4) + "收费。"
    shown = only("甲" * 300 + "，" + before + full, "公开", "收费")
    assert shown.text == before + full


@pytest.mark.parametrize(
    ("display", "cut_before", "cut_after"),
    [
        ("公开。", False, False),
        ("前句。公开。" + "乙" * 300, False, False),
        ("前句。”公开。”" + "乙" * 300, False, False),
        ("前句\n  公开\n" + "乙" * 300, False, False),
        ("甲" * 280 + "。前段，公开。", False, False),
        ("甲" * 280 + "，公开，" + "乙" * 300, True, True),
        ("甲" * 300 + "公开" + "乙" * 300, True, True),
        ("公开" + "乙" * 107 + "，" + "丙" * 300, False, True),
    ],
)
def test_where_a_sentence_was_cut_off_is_said(
    display: str, cut_before: bool, cut_after: bool
) -> None:
    shown = only(display, "公开")
    assert (shown.cut_before, shown.cut_after) == (cut_before, cut_after)
    text, marks = shown.shown()
    assert text == "…" * cut_before + shown.text + "…" * cut_after
    assert [text[a:b] for a, b in marks] == ["公开"]


def test_a_heading_alone_does_not_end_a_piece() -> None:
    display = "一、概述\n公开甲。\n二、情况\n" + "乙" * 300 + "。"
    assert only(display, "公开").text == "公开甲。"
    assert snippets(display, [], 1)[0].text == "一、概述\n公开甲。"
    assert "二、情况" in only(display, "公开", "情况").text
    assert only("公开\n" + "乙" * 300, "公开").text == "公开"


def test_whole_runs_are_shown_first() -> None:
    display = "信息与公开。" * 30 + "甲" * 300 + "。信息的公开在此。" + "乙" * 300
    marks = spans(display, "信息", "公开")
    whole = spans(display, "信息的公开")
    first, *others = snippets(display, marks, 2, whole)
    assert "信息的公开" in first.text
    assert len(first.marks) == 2
    assert [other.offset for other in others] == [0]
    assert "信息的公开" not in snippets(display, marks, 1)[0].text
    assert snippets(display, marks, 1, whole) == (first,)


@pytest.mark.parametrize("room", [0, 1, 2, 43, 500])
def test_a_piece_stays_within_the_text(room: int) -> None:
    display = "甲" * room + "公开" + "乙" * room
    shown = only(display, "公开")
    assert display[shown.offset : shown.offset + len(shown.text)] == shown.text
    assert len(shown.text) == min(len(display), SNIPPET_WIDTH)


def test_blanks_at_the_ends_are_cut_and_the_marks_move_with_it() -> None:
    assert only(" \n\u3000公开 收费\n ", "公开", "收费") == Snippet(
        "公开 收费", ((0, 2), (3, 5)), 3
    )
    assert snippets("   ", [], 2) == (Snippet("", (), 3),)


def test_a_mark_longer_than_a_piece_is_shown_whole() -> None:
    long = "乙" * (SNIPPET_WIDTH + 30)
    display = "甲" * 50 + long + "甲" * 50
    marks = ((0, len(long)),)
    expected = Snippet(long, marks, 50, cut_before=True, cut_after=True)
    assert only(display, long) == expected


LONGEST_OPENING = SNIPPET_WIDTH + CLAUSE_REACH


@pytest.mark.parametrize(
    ("length", "shown_length"),
    [
        (1, 1),
        (SNIPPET_WIDTH, SNIPPET_WIDTH),
        (LONGEST_OPENING, LONGEST_OPENING),
        (LONGEST_OPENING + 1, SNIPPET_WIDTH),
    ],
)
def test_a_report_without_marks_is_shown_by_its_opening(
    length: int, shown_length: int
) -> None:
    (shown,) = snippets("字" * length, [], 1)
    assert (shown.offset, len(shown.text)) == (0, shown_length)
    assert shown.cut_after == (length > shown_length)


# ---------------------------------------------------------------------- marks, two features at once
TEXT = "公开条例，公开的条例，收费公示。"


@pytest.mark.parametrize(
    ("condition", "places"),
    [
        (AllOf((String(("收费",)), Wildcard("公?条例"))), ["公开条例", "收费"]),
        (AnyOf((Wildcard("公*示"), String(("收费",)))), ["收费", "公示"]),
        # of several that begin together the longest counts, whatever kind it is
        (
            AllOf((String(("公开",)), Wildcard("公开?条例"))),
            ["公开", "公开的条例"],
        ),
        (AtLeast((String(("收费",)), String(("公示",))), 1), ["收费", "公示"]),
        (Near((String(("收费",)), String(("公示",))), 3), ["收费", "公示"]),
        (
            AllOf((String(("公开",), None, ("公开的",)), Wildcard("收?公示"))),
            ["公开", "收费公示"],
        ),
        (AllOf((String(("公开",), "title"), String(("收费",)))), ["收费"]),
        (AllOf((Wildcard("公*", "title"), String(("收费",)))), ["收费"]),
        (String(("公示", "收费")), ["收费", "公示"]),
    ],
    ids=str,
)
def test_what_several_leaves_mark(condition: Node, places: list[str]) -> None:
    assert marked(condition, TEXT) == places


def test_a_string_and_a_wildcard_are_both_marked_in_both_scripts() -> None:
    asked = AllOf((String(("规范性文件",)), Wildcard("程?")))
    assert marked(asked, "規範性檔案與程式。") == ["規範性檔案", "程式"]


@pytest.mark.parametrize(
    ("pattern", "display", "places"),
    [
        ("公?", "公，公开，公公开", ["公开", "公公"]),
        ("公*开", "公开，公一开，公_开", ["公开", "公一开"]),
        ("a.b*", "a.b axb A.B1", ["a.b", "A.B"]),
    ],
)
def test_what_a_sign_of_a_wildcard_takes(
    pattern: str, display: str, places: list[str]
) -> None:
    assert marked(Wildcard(pattern), display) == places


@pytest.mark.parametrize("gap", [0, 1, 19, 20, 21])
def test_a_star_reaches_as_far_as_it_says(gap: int) -> None:
    display = "公" + "甲" * gap + "开"
    assert marked(Wildcard("公*开", widest=20), display) == (
        [display] if gap <= 20 else []
    )


def test_marks_are_bounded() -> None:
    text = fold("公开" * (MAX_MARKS + 5))
    for condition in (String(("公开",)), Wildcard("公?")):
        assert len(Marker.of(condition).marks("text", text, None)) == MAX_MARKS


@pytest.mark.parametrize(
    "condition",
    [
        String(("公开",)),
        Wildcard("公*"),
        AnyOf((String(("公",)), String(("开",)))),
        String(("",)),
    ],
)
def test_an_empty_text_has_no_places(condition: Node) -> None:
    assert marked(condition, "") == []
    assert marked(condition, "", "title") == []


def test_a_string_in_an_expansion_marks_the_sign_it_came_from() -> None:
    assert fold_line("㈠公开㈡") == "(一)公开(二)"
    assert marked(String(("一",)), "㈠公开㈡") == ["㈠"]
    assert marked(String((")公开(",)), "㈠公开㈡") == ["㈠公开㈡"]
    assert marked(AnyOf((String(("(一",)), String((")公",)))), "㈠公开㈡") == ["㈠公"]
