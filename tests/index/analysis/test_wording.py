"""Taiwan wording: told by its markers, read in mainland wording beside its own."""

from __future__ import annotations

import pytest

from index.analysis.normaliser import fold
from index.analysis.wording import (
    WORDINGS,
    is_taiwan_worded,
    mainland,
    mainland_forms,
    mainland_text,
)

TEXT = (
    "本區入口網站公布規範性檔案15條。組織線上訪談3次，持續最佳化程式，"
    "方便民眾查閱檔案。\n其他檔案存於檔案館。"
)


def test_told_by_three_markers() -> None:
    assert is_taiwan_worded(fold(TEXT).form)
    assert not is_taiwan_worded(
        fold("本區門戶網站公布規範性文件。入口網站已停用。").form
    )


def test_reads_otherwise_on_the_mainland() -> None:
    wording = mainland(fold(TEXT))
    assert wording is not None
    assert (
        wording.form
        == "本区门户网站公布规范性文件15条。组织在线访谈3次,持续优化程序,方便群众查阅档案。"
    )


def test_sentences_apart_are_lines() -> None:
    wording = mainland(fold("入口網站已開通。其他事項從略。最佳化程式。"))
    assert wording is not None
    assert wording.form == "门户网站已开通。\n优化程序。"


@pytest.mark.parametrize(
    ("asked", "published"),
    [
        ("规范性文件", "規範性檔案"),
        ("门户网站", "入口網站"),
        ("优化", "最佳化"),
        ("群众", "民眾"),
        ("文件15", "規範性檔案15"),
    ],
)
def test_marks_lie_on_what_was_published(asked: str, published: str) -> None:
    wording = mainland(fold(TEXT))
    assert wording is not None
    at = wording.form.index(asked)
    start, end = wording.offsets.span(at, at + len(asked))
    assert TEXT[start:end] == published


def test_a_text_without_them_has_no_wording() -> None:
    assert mainland(fold("政府信息公开")) is None


@pytest.mark.parametrize(
    ("asked", "forms"),
    [
        ("规范性档案", ("规范性档案", "规范性文件")),
        ("入口网站建设", ("入口网站建设", "门户网站建设")),
        ("档案管理", ("档案管理",)),
        ("民众", ("民众",)),
        ("线上", ("线上",)),
    ],
)
def test_asked_in_taiwan_wording(asked: str, forms: tuple[str, ...]) -> None:
    assert mainland_forms(asked) == forms


def test_the_table_is_in_index_form_and_settles() -> None:
    for row in WORDINGS:
        assert fold(row.taiwan).form == row.taiwan
        assert fold(row.mainland).form == row.mainland
        assert mainland_text(row.mainland) == row.mainland, (
            "a mainland term must not be mapped again"
        )


MAINLAND = (
    "各街道档案馆应当及时接收档案。群众可以查阅规范性文件，程序公开，"
    "质量第一，门户网站运行平稳，执行到位。"
)


def test_mainland_prose_is_left_alone() -> None:
    assert not is_taiwan_worded(MAINLAND)
    assert mainland_text(MAINLAND) == MAINLAND
