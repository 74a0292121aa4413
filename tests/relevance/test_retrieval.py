"""Floors of relevance: pinned below what is measured, to be raised with it."""

from __future__ import annotations

import pytest

from indexer.sample.generate import generate
from tests.relevance.known import measured as measured_known
from tests.relevance.retrieval import Bigrams, Questions, asked, measured, searcher_over

FLOORS = {"cmrc": (0.98, 8), "drcd": (0.95, 8), "xquad": (0.96, 1), "ncp": (0.27, 1)}
"""MRR@10 with default settings, and every how many questions are asked; as measured: .986, .973, .963, .273."""


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_questions(name: str) -> None:
    floor, every = FLOORS[name]
    questions = Questions.read(name, every)
    with searcher_over(questions.reports) as searcher:
        ours = measured(questions, lambda q: asked(searcher, q))["RR@10"]
    assert ours >= floor
    assert ours >= measured(questions, Bigrams(questions.reports))["RR@10"]


@pytest.mark.slow
def test_known_items() -> None:
    shares, failed = measured_known(list(generate(600, seed=11)), 200)
    assert shares["all"] >= 0.97, failed
    assert min(shares.values()) >= 0.95, failed
