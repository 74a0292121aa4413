"""The index form, and the way back from it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.normaliser import (
    JOINING,
    MIN_AT_ONCE,
    Folded,
    fold,
    fold_line,
    script_of,
    tables,
)
from index.analysis.offsets import OffsetBuilder, OffsetMap

CASES = [
    ("政府資訊公開", "政府资讯公开", "traditional to simplified"),
    ("規劃計畫", "规划计画", "a character alone decides, although 計畫 is 计划"),
    ("在沈重点企业", "在沈重点企业", "沈重 is no reason to read 沉重"),
    ("一海哩、土坏、英哩", "一海哩、土坏、英哩", "nor are other words a reason"),
    ("衞生、敍述、粧點", "卫生、叙述、妆点", "characters as Hong Kong writes them"),
    ("復甦、彷彿", "复苏、仿佛", "characters that only phrases changed"),
    ("政府信息\n公开", "政府信息公开", "a line break never splits a word"),
    ("第一条 本办法", "第一条本办法", "nor does a space"),
    ("共 15 条", "共15条", "nor a space beside a digit"),
    ("[2017] 3 号", "(2017)3号", "nor one in a document number"),
    ("1 200 件", "1 200件", "between digits it stays"),
    ("Cafe\u0301", "café", "a letter and its mark are one character"),
    ("か\u3099", "が", "kana too"),
    ("\u1112\u1161\u11ab", "한", "and Korean"),
    ("公开  abc\n公开", "公开 abc 公开", "between Han and Latin it stays"),
    ("abc\n3", "abc 3", "and between Latin and a digit"),
    ("3\nabc", "3 abc", "or a digit and Latin"),
    ("a  \n b", "a b", "a run of it is one space"),
    ("国办发〔2019〕5号", "国办发(2019)5号", "any bracket"),
    ("国办发[2019]５號", "国办发(2019)5号", "any width"),
    ("Ａ－1312／B", "a-1312/b", "width and case"),
    ("⼯作⽂件", "工作文件", "Kangxi radicals of PDFs"),
    ("⺠⻛", "民风", "radicals without a decomposition of their own"),
    ("㈠总体情况", "(一)总体情况", "one sign becomes three"),
    ("政\u200b府", "政府", "what cannot be seen"),
    ("著力、答覆、裏", "着力、答复、里", "one-to-many pairs fold to one form"),
    ("“公开”「公開」", '"公开""公开"', "quotation marks"),
    ("\x00\ud800", " \ufffd", "what no text may hold"),
]


@pytest.mark.parametrize(("text", "form", "why"), CASES, ids=[c[2] for c in CASES])
def test_form(text: str, form: str, why: str) -> None:
    assert fold(text).form == form


PIECES = st.lists(
    st.sampled_from(
        [
            *"政府信息公開資訊規範性檔案計畫。，、：（）〔〕",
            "\n",
            " ",
            "　",
            "\u200b",
            "㈠",
            "½",
            "Ａ",
            "b",
            "9",
            "⽂",
            "𠮷",
            "…",
        ]
    ),
    max_size=40,
).map("".join)


@given(PIECES)
def test_every_span_comes_back(text: str) -> None:
    """What a span of the display text folds to holds what was found there."""
    folded = fold(text)
    for start in range(len(folded.form)):
        for end in range(start + 1, min(start + 6, len(folded.form)) + 1):
            wanted = folded.form[start:end]
            a, b = folded.offsets.span(start, end)
            assert 0 <= a < b <= len(text)
            if not wanted.isspace():
                assert compact(wanted) in compact(fold(text[a:b]).form)


def compact(form: str) -> str:
    return "".join(form.split())


@given(PIECES)
def test_a_long_text_is_folded_as_a_short_one(text: str) -> None:
    """From MIN_AT_ONCE characters on all are looked at in one table."""
    short = text[: MIN_AT_ONCE - 2]
    tail = "公" * MIN_AT_ONCE
    folded = fold(f"{short}公")
    long = fold(f"{short}公{tail}{short}")
    assert long.form.startswith(folded.form + tail)
    rows = folded.offsets.rows()
    assert long.offsets.rows()[: len(rows)] == rows
    turned = fold(f"公{short}")
    assert fold(f"{tail}公{short}").form == tail + turned.form


@given(PIECES)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).form
    assert compact(fold(once).form) == compact(once)


@given(st.text(max_size=60))
def test_any_text_folds(text: str) -> None:
    folded = fold(text)
    assert all(
        folded.offsets.start(i) < folded.offsets.end(i) <= len(text)
        for i in range(len(folded.form))
    )
    assert fold_line(text) == folded.form.strip()


def test_a_builder_joins_what_is_linear() -> None:
    builder = OffsetBuilder()
    builder.linear(0, 3)
    builder.linear(3, 2)
    builder.linear(6, 1)
    builder.blocked(7, 2, 5)
    offsets = builder.build()
    assert offsets.rows() == [(0, 0, 0), (5, 6, 0), (6, 7, 2)]
    assert offsets.span(4, 6) == (4, 7)
    assert offsets.span(7, 8) == (7, 9)
    assert OffsetMap.of_rows(offsets.rows()) == offsets
    assert Folded("abc").offsets.is_identity


def test_white_space_is_kept_where_latin_meets() -> None:
    assert JOINING.match("公")
    assert not JOINING.match("a")
    assert fold("公开 app 下载").form == "公开 app 下载"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("根據政府信息公開條例的規定", "Hant"),
        ("根据政府信息公开条例的规定", "Hans"),
        ("PDF 2019", None),
        ("", None),
    ],
)
def test_script(text: str, script: str | None) -> None:
    assert script_of(text) == script


def alone(text: str) -> str:
    """The form of a text, made of the forms of its characters."""
    return "".join(fold(character).form for character in text)


@pytest.mark.slow
def test_no_pair_of_characters_has_a_form_of_its_own() -> None:
    """All pairs of what t2s changes, and of what some of its phrases hold."""
    simplified = tables().simplified
    codes = np.flatnonzero(simplified)
    characters = [*map(chr, codes), *map(chr, codes + simplified[codes]), *"沈坏哩衹俱"]
    row = "".join(characters)
    form = alone(row)
    assert len(form) == len(row)
    for character in characters:
        first = alone(character)
        pairs = character.join(["", *row])
        assert fold(pairs).form == first.join(["", *form])


PROGRAM = Path(opencc.__file__).parent / "clib" / "bin" / "opencc_dict"


@pytest.mark.skipif(
    not PROGRAM.exists(),
    reason="this wheel of opencc has no program that writes its phrases out",
)
def test_no_phrase_of_opencc_has_a_form_of_its_own(tmp_path: Path) -> None:
    dictionaries = PROGRAM.parents[1] / "share" / "opencc"
    phrases: list[str] = []
    for name in ("TSPhrases", "STPhrases", "TWPhrases", "HKPhrases"):
        listed = tmp_path / name
        given = ["-i", str(dictionaries / f"{name}.ocd2"), "-f", "ocd2"]
        subprocess.run(
            [str(PROGRAM), *given, "-o", str(listed), "-t", "text"], check=True
        )
        rows = listed.read_text("utf-8").splitlines()
        phrases += [part for row in rows for part in row.split()]
    assert len(phrases) > 10_000
    assert [phrase for phrase in phrases if fold(phrase).form != alone(phrase)] == []
