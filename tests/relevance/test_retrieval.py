"""Floors of relevance: pinned below what is measured, to be raised with it."""

from __future__ import annotations

import pytest

from index.model.report import Report
from indexer.sample.generate import generate
from tests.relevance.known import measured as measured_known
from tests.relevance.retrieval import (
    BIGRAMS,
    HAS_TANTIVY,
    OURS,
    TANTIVY,
    Bigrams,
    Questions,
    Tantivy,
    compared,
    row,
)

# MRR@10 with default settings, and every how many questions are asked; as measured:
# .986, .973, .963, .273.
FLOORS = {"cmrc": (0.98, 8), "drcd": (0.95, 8), "xquad": (0.96, 1), "ncp": (0.27, 1)}

FEW = Questions(
    tuple(
        Report(id=name, source="made", title=title, text=text)
        for name, title, text in (
            ("a", "水務局年度報告", "全年公開河道治理資訊。"),
            ("b", "教育局年度报告", "全年公开招生信息。"),
            ("c", "公安局年度报告", "全年公开户籍办理信息。"),
        )
    ),
    {"1": ("河道治理的信息", "a"), "2": ("招生資訊", "b")},
)
NEEDS_TANTIVY = pytest.mark.skipif(
    not HAS_TANTIVY, reason="tantivy is not installed; pip install tantivy"
)
ANSWERS = {OURS, BIGRAMS, TANTIVY} if HAS_TANTIVY else {OURS, BIGRAMS}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_questions(name: str) -> None:
    floor, every = FLOORS[name]
    found = {
        way: values["RR@10"]
        for way, values in compared(Questions.read(name, every)).items()
    }
    assert found[OURS] >= floor
    assert found[OURS] == max(found.values())


def test_the_table_holds_every_way_to_answer() -> None:
    found = compared(FEW)
    assert found.keys() == ANSWERS
    assert found[OURS] == found[BIGRAMS] == {"RR@10": 1.0, "R@1": 1.0}
    assert (
        row("few", 2, {OURS: found[OURS]})
        == "| few | 2 | 1.0000 / 1.0000 | not installed | not installed |"
    )


@pytest.mark.parametrize("way", [Bigrams, pytest.param(Tantivy, marks=NEEDS_TANTIVY)])
def test_peers_read_both_scripts(way: type[Bigrams | Tantivy]) -> None:
    answer = way(FEW.reports)
    assert [answer(question)[0] for question, _ in FEW.questions.values()] == ["a", "b"]
    assert answer("，") == []


@pytest.mark.slow
def test_known_items() -> None:
    shares, failed = measured_known(list(generate(600, seed=11)), 200)
    assert shares["all"] >= 0.97, failed
    assert min(shares.values()) >= 0.95, failed
