"""Texts at the edge: empty ones, and those as long as a piece of the postings, more or less."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.engines.seam import Engine, EngineQuery
from index.engines.whoosh.storage import grams
from index.query.nodes import AllOf, Everything, Near, Node, Not, String, Wildcard
from tests.index.engines.conftest import Index, WhooshIndex, filled
from tests.index.engines.samples import document, kept

PIECE = 8


def counted(engine: Engine, question: Node) -> dict[str, int | None]:
    found = engine.search(EngineQuery(condition=question, counted=question, size=100))
    return {hit.id: hit.occurrences for hit in found.hits}


LENGTHS = sorted({n + d for n in (PIECE, 2 * PIECE, 3 * PIECE) for d in (-1, 0, 1)})


@pytest.mark.parametrize("merged", [False, True])
@pytest.mark.parametrize("strange", ["", "𠮷"])
def test_every_string_of_a_text_at_its_limit_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strange: str, *, merged: bool
) -> None:
    monkeypatch.setattr(grams, "PIECE_UNITS", PIECE)
    letters = "".join(chr(0x4E00 + n) for n in range(60))
    texts = {f"r{n}": strange + letters[n : n + n - 2 * len(strange)] for n in LENGTHS}
    index = WhooshIndex(tmp_path)
    if merged:
        for name, text in texts.items():
            filled(index, [document(name, text)])
    engine = filled(
        index, [] if merged else [document(name, text) for name, text in texts.items()]
    )
    for width in (1, 2, 5):
        for start in range(0, 60 - width, 5):
            asked = letters[start : start + width]
            expected = {
                name: text.count(asked) for name, text in texts.items() if asked in text
            }
            assert counted(engine, String((asked,))) == expected
    for name, text in texts.items():
        assert counted(engine, String((text,))).get(name) == 1
        assert counted(engine, String((text + "终",))) == {}


@pytest.mark.parametrize("length", [2 * PIECE - 1, 2 * PIECE, 2 * PIECE + 1])
def test_a_text_of_one_character_repeated_is_counted_without_overlaps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(grams, "PIECE_UNITS", PIECE)
    engine = filled(WhooshIndex(tmp_path), [document("r", "公" * length)])
    for width in range(1, length + 1):
        assert counted(engine, String(("公" * width,))) == {"r": length // width}
    assert counted(engine, String(("公" * (length + 1),))) == {}


EMPTY = [
    document("empty", ""),
    document("blank", " \n"),
    document("one", "公"),
    document("titled", "", "公开"),
]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (Everything(), {"empty", "blank", "one", "titled"}),
        (String(("公",)), {"one", "titled"}),
        (String(("公开",)), {"titled"}),
        (String(("公",), "text"), {"one"}),
        (String(("公",), "title"), {"titled"}),
        (Not(String(("公",))), {"empty", "blank"}),
        (Wildcard("公*"), {"one", "titled"}),
        (Wildcard("公?"), {"titled"}),
        (Near((String(("公",)), String(("开",))), 0), {"titled"}),
        (AllOf((String(("公",)), Not(String(("开",))))), {"one"}),
        (String((" \n",)), {"blank"}),
    ],
    # the printed order of a set differs between two processes
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
def test_an_empty_text_has_no_places(
    index: Index, question: Node, found: set[str]
) -> None:
    engine = filled(index, EMPTY)
    assert {
        hit.id for hit in engine.search(EngineQuery(condition=question, size=9)).hits
    } == found


def test_an_empty_report_is_kept_as_it_was(index: Index) -> None:
    engine = filled(index, EMPTY)
    for made in EMPTY:
        assert (
            engine.get(made.id).contents.texts["text"].form == made.texts["text"].form
        )
        assert engine.get(made.id).contents.display == made.display
    assert [kept(f.contents)[2] for f in engine.scan(String(("公开",)))] == [""]


def test_what_is_scanned_has_no_score(index: Index) -> None:
    engine = filled(index, EMPTY)
    assert [(f.id, f.score, f.occurrences) for f in engine.scan(String(("公开",)))] == [
        ("titled", 0.0, None)
    ]


def test_an_index_of_empty_texts_alone_answers(index: Index) -> None:
    engine = filled(index, EMPTY[:2])
    assert counted(engine, String(("公",))) == {}
    assert engine.search(EngineQuery(condition=Everything(), size=9)).total == 2
