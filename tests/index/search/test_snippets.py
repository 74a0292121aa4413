"""Marks and snippets lie on the characters as published."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.normaliser import fold, fold_line
from index.analysis.wording import mainland
from index.query.nodes import AllOf, AnyOf, Not, String, Wildcard
from index.search.marks import Marker
from index.search.snippets import SNIPPET_WIDTH, snippets

TRADITIONAL = (
    "根據《條例》規定，我局編製政府信息公\n開年度報告。"
    "全年主動公開信息１２條，　不予公開0條。"
)


def marked(marker: Marker, display: str, field: str = "text") -> list[str]:
    return [
        display[a:b]
        for a, b in marker.marks(field, fold(display), mainland(fold(display)))
    ]


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ("信息公开", ["信息公\n開"]),
        ("公开", ["公\n開", "公開", "公開"]),
        ("12条", ["１２條"]),
        ("条,不", ["條，　不"]),
        ("规范", []),
    ],
)
def test_marks(asked: str, places: list[str]) -> None:
    text = TRADITIONAL.replace("條，　不", "條，　不")
    assert marked(Marker.of(String((asked,))), text) == places


def test_longest_first() -> None:
    words = Marker.of(
        AnyOf((String(("信息",)), String(("信息公开",)), String(("公开",))))
    )
    assert marked(words, "信息公开，公开信息") == ["信息公开", "公开", "信息"]


def test_a_run_that_stands_whole_is_shown_first() -> None:
    text = (
        "公开很多。"
        + "甲" * 200
        + "信息很多。"
        + "乙" * 200
        + "信息公开。"
        + "丙" * 200
        + "公开。"
    )
    marks = Marker.of(AnyOf((String(("信息",)), String(("公开",))))).marks(
        "text", fold(text), None
    )
    assert len(marks) == 5
    (best,) = snippets(text, marks, 1)
    assert "信息公开" in best.text


@given(st.lists(st.integers(1, 90), min_size=1, max_size=40))
def test_of_one_word_the_densest_piece_is_shown(gaps: list[int]) -> None:
    text = "".join("公开" + "甲" * gap for gap in gaps)
    marks = Marker.of(String(("公开",))).marks("text", fold(text), None)
    densest = max(
        sum(start <= a and b <= start + SNIPPET_WIDTH for a, b in marks)
        for start, _ in marks
    )
    (best,) = snippets(text, marks, 1)
    assert len(best.marks) >= densest


def test_what_must_not_be_is_not_marked() -> None:
    marker = Marker.of(AllOf((String(("公开",)), Not(String(("收费",))))))
    assert marked(marker, "公开不收费") == ["公开"]


def test_excluded_context() -> None:
    leaf = String(("公开",), outside=("不予公开",))
    assert marked(Marker.of(leaf), "公开与不予公开与公开") == ["公开", "公开"]


def test_wildcards() -> None:
    assert marked(Marker.of(Wildcard("公*条例")), "公开条例，公开，条例") == [
        "公开条例"
    ]
    assert marked(Marker.of(Wildcard("公?条例")), "公开条例 公开的条例") == ["公开条例"]


def test_fields() -> None:
    assert marked(Marker.of(String(("公开",), "title")), "公开", "text") == []
    assert marked(Marker.of(String(("公开",), "title")), "公开", "title") == ["公开"]


def test_taiwan_wording_is_marked_as_published() -> None:
    text = "入口網站公布規範性檔案，最佳化程式。"
    assert marked(Marker.of(String(("规范性文件",))), text) == ["規範性檔案"]


SENTENCES = st.lists(
    st.sampled_from(
        ["政府信息公开。", "依申请公开12件，", "收费0元；\n", "無", "𠮷公開", " "]
    ),
    max_size=80,
)


@given(SENTENCES, st.integers(1, 5))
def test_snippets_are_pieces_of_the_text(pieces: list[str], most: int) -> None:
    text = "".join(pieces)
    marks = Marker.of(AnyOf((String(("公开",)), String(("收费",))))).marks(
        "text", fold(text), None
    )
    found = snippets(text, marks, most)
    assert len(found) <= most
    for snippet in found:
        assert text[snippet.offset : snippet.offset + len(snippet.text)] == snippet.text
        assert len(snippet.text) <= 2 * SNIPPET_WIDTH
        for a, b in snippet.marks:
            assert 0 <= a < b <= len(snippet.text)
            assert fold_line(snippet.text[a:b]) in ("公开", "收费")
    if marks:
        assert all(s.marks for s in found)
    places = [(s.offset, s.offset + len(s.text)) for s in found]
    assert places == sorted(places)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(places))
    text_of = [snippet.shown()[0].strip("…") for snippet in found]
    assert text_of == [snippet.text for snippet in found]


def test_a_report_without_marks_is_shown_by_its_opening() -> None:
    (opening,) = snippets("字" * 500, [], 3)
    assert (opening.offset, opening.marks, len(opening.text)) == (0, (), SNIPPET_WIDTH)
    assert snippets("字", [], 0) == ()
    assert snippets("", [], 3) == ()
