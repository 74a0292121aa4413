"""A report as an engine takes it: words in mainland wording, facets, numbers, what makes a copy."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from index.analysis.wording import mainland_text
from index.documents.builder import (
    COPY_NUMBER,
    MIN_LETTERS,
    analyse,
    copy_number,
    day_number,
)
from index.engines.fingerprint import fingerprint
from index.model.fields import FACETS
from index.model.metrics import METRIC_NAMES
from index.model.report import Report
from index.model.statistics import Statistics

TAIWAN = "入口網站公布規範性檔案，最佳化程式，方便民眾。"
MAINLAND = "门户网站公布规范性文件，优化程序，方便群众。"


def report(text: str, title: str | None = None, **given: Any) -> Report:
    return Report("id", "a.txt", text, title, **given)


def test_a_taiwan_worded_report_ranks_by_the_words_of_the_mainland() -> None:
    taiwan, mainland = (
        analyse(report(text, "年報"), "d") for text in (TAIWAN, MAINLAND)
    )
    assert taiwan.words["body"] == mainland.words["body"]
    assert taiwan.wording["text"] is not None
    assert taiwan.wording["title"] is None
    assert mainland.wording == {"title": None, "text": None}


def test_a_mainland_report_keeps_the_words_that_taiwan_means_otherwise() -> None:
    kept = analyse(report("档案馆接收档案，影片品质良好。"), "d")
    assert kept.wording["text"] is None
    assert "品质" in kept.words["body"]
    assert "质量" not in kept.words["body"]


def test_the_title_helps_to_tell_the_wording() -> None:
    split = analyse(report("最佳化程式。", "入口網站"), "d")
    assert split.wording["title"] is not None
    assert split.wording["title"].form == "门户网站"
    assert "优化" in split.words["body"]
    assert set(split.words["title"]) == set(
        analyse(report("", "门户网站"), "d").words["title"]
    )


def test_words_stand_with_how_often_they_occur() -> None:
    words = analyse(report("收费公示。收费标准。", "收费"), "d").words
    assert (words["title"]["收费"], words["body"]["收费"]) == (1, 2)


def test_headings_are_read_apart() -> None:
    words = analyse(report("一、概述\n我局收费公示。\n二、收费情况\n没有。"), "d").words
    assert words["headings"]["概述"] == 1
    assert words["headings"]["收费"] == 1
    assert "公示" not in words["headings"]
    assert words["body"]["收费"] == 2


def test_every_facet_is_taken_from_its_field() -> None:
    given: dict[str, Any] = {
        f.attribute: [f.name, "下"]
        if f.kind == "path"
        else 2018
        if f.kind == "number"
        else f.name
        for f in FACETS
        if f.name != "template"
    }
    keywords = analyse(
        report("公开", statistics=Statistics("gb2021"), **given), "d"
    ).keywords
    assert keywords == {
        f.name: (f.name, "下")
        if f.kind == "path"
        else "2018"
        if f.kind == "number"
        else f.name
        for f in FACETS
        if f.name != "template"
    } | {"template": "gb2021"}
    assert analyse(report("公开"), "d").keywords == {}


def test_numbers_are_kept_and_nulls_are_not() -> None:
    metrics: dict[str, float | None] = {
        name: float(n) for n, name in enumerate(METRIC_NAMES)
    }
    metrics[METRIC_NAMES[-1]] = None
    statistics = Statistics(metrics=metrics)
    made = report("公开", year=2018, published="2019-03-11", statistics=statistics)
    expected = {name: value for name, value in metrics.items() if value is not None}
    assert expected[METRIC_NAMES[0]] == 0
    assert analyse(made, "d").numbers == {"year": 2018, "published": 737129, **expected}
    assert analyse(report("公开"), "d").numbers == {}


@pytest.mark.parametrize(
    ("text", "day"),
    [(None, None), ("", None), ("昨天", None), ("2019-13-01", None), ("0001-01-01", 1)],
)
def test_a_day_is_counted_from_the_first(text: str | None, day: int | None) -> None:
    assert day_number(text) == day
    assert day_number("2020-02-29") == dt.date(2020, 2, 29).toordinal()


def test_the_fewest_letters_that_make_a_copy_number() -> None:
    assert MIN_LETTERS == 200
    assert copy_number("公" * 199 + "，。") is None
    assert copy_number("公" * 200) is not None
    assert copy_number("公" * 199 + "𠮷") is not None
    assert 0 <= (copy_number("公" * 200) or -1) < 2**52


def test_a_copy_in_another_wording_has_the_same_number() -> None:
    taiwan, mainland = (analyse(report(text * 12), "d") for text in (TAIWAN, MAINLAND))
    assert taiwan.numbers[COPY_NUMBER] == mainland.numbers[COPY_NUMBER]
    assert copy_number(taiwan.texts["text"].form) == mainland.numbers[COPY_NUMBER]
    assert mainland_text(taiwan.texts["text"].form) == mainland.texts["text"].form


def test_what_is_kept_beside_the_text() -> None:
    made = analyse(report("公開１２", "年報"), "the digest")
    assert (made.id, made.source, made.digest, made.display) == (
        "id",
        "a.txt",
        "the digest",
        "公開１２",
    )
    assert (made.texts["title"].form, made.texts["text"].form) == ("年报", "公开12")


def test_an_index_is_written_with_six_things() -> None:
    parts = ["schema", "metrics", "normaliser", "segmenter", "wording", "whoosh"]
    assert list(fingerprint()) == parts
    assert all(fingerprint().values())
