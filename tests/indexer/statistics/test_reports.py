"""Whole reports: the samples in every format, generated ones, and the reference data."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from index.model.metrics import METRIC_NAMES, METRICS
from index.model.settings import Settings
from indexer.corpus import walk
from indexer.formats import read
from indexer.page import Page, Source
from indexer.repair import repair
from indexer.sample import generate
from indexer.statistics import CheckedStatistics, read_statistics
from tests.conftest import CORPUS

TRUTH: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "corpus_truth.json").read_text(
        encoding="utf-8"
    )
)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CheckedStatistics]:
    """The statistics of every sample report."""
    settings = Settings(index=tmp_path_factory.mktemp("index"))
    out = {}
    for source in walk([CORPUS], settings):
        if isinstance(source, Source):
            page = read(source)
            name = source.name.removeprefix("corpus/")
            out[name] = read_statistics(
                page, repair(page.text).text, TRUTH[name]["year"]
            )
    return out


@pytest.mark.parametrize(
    "name", [n for n, t in TRUTH.items() if t["template"].startswith("gb")]
)
def test_tables_of_a_sample(samples: dict[str, CheckedStatistics], name: str) -> None:
    truth, found = TRUTH[name], samples[name]
    assert (found.statistics.template, found.status) == (
        truth["template"],
        truth["tables_status"],
    )
    assert found.statistics.metrics.items() >= truth["metrics"].items()
    assert not [c.id for c in found.checks if c.id.startswith("T1")]


@pytest.mark.parametrize(
    "name", [n for n, t in TRUTH.items() if not t["template"].startswith("gb")]
)
def test_numbers_in_the_prose_of_a_sample(
    samples: dict[str, CheckedStatistics], name: str
) -> None:
    truth, found = TRUTH[name]["metrics"], samples[name].statistics.metrics
    # what is damaged beyond repair is not stated: no number is wrong, and few are missing
    assert {k: v for k, v in found.items() if k in truth} == {
        k: v for k, v in truth.items() if k in found
    }
    assert len(truth.keys() - found.keys()) <= (
        3 if TRUTH[name]["damage"] == "utf8-as-gbk" else 0
    )


def test_pictures_of_tables_are_unreadable(
    samples: dict[str, CheckedStatistics],
) -> None:
    found = samples["2021-tongxu-picture-tables.html"]
    assert (found.status, found.statistics.tables, found.checks) == (
        "unreadable",
        (),
        (),
    )


def test_generated_reports_come_back() -> None:
    for sample in generate(120, seed=7):
        truth, text = sample.truth, sample.text
        found = read_statistics(Page(text=text), text, truth["year"])
        assert (found.statistics.template, found.status) == (
            truth["template"],
            truth["tables_status"],
        )
        wrong = {
            k
            for k, v in truth["metrics"].items()
            if k in found.statistics.metrics and found.statistics.metrics[k] != v
        }
        assert not wrong
        if "lost zeros" not in truth["faults"]:
            assert found.statistics.metrics.items() >= truth["metrics"].items()


def test_every_metric_has_a_row_and_its_words() -> None:
    assert len(set(METRIC_NAMES)) == len(METRICS)
    forms = {"prose", "stat2014", "gb2019", "gb2021"}
    assert all(
        m.label_zh and m.label_en and m.unit and set(m.templates) <= forms
        for m in METRICS
    )


@pytest.mark.shared
def test_the_real_report_of_2019(shared: Path) -> None:
    text = next((shared / "corpus/seeds").glob("004*")).read_text(encoding="utf-8")
    found = read_statistics(Page(text=text), text, 2019)
    assert (found.statistics.template, found.status) == ("gb2019", "consistent")
    assert Counter(c.status for c in found.checks) == {"pass": 40}
    want = {
        "applications_new": 110,
        "applications_refused": 13,
        "applications_unavailable": 50,
        "suits_total": 1,
    }
    want |= {
        "licences": 5718,
        "normative_published": 15,
        "procurement_yuan": 1_462_000_000,
    }
    assert found.statistics.metrics.items() >= want.items()
    assert {f.name: f.table for f in found.statistics.prose}["applications_new"] == 110


@pytest.mark.shared
@pytest.mark.parametrize(
    ("number", "want"),
    [
        (
            "000",
            {
                "wechat_items": 265,
                "applications_new": 0,
                "reviews_total": 0,
                "licences": None,
                "proactive_total": None,
            },
        ),
        ("002", {"applications_new": None, "normative_documents": 3, "suits_total": 0}),
    ],
)
def test_the_real_reports_of_2018(
    shared: Path, number: str, want: dict[str, int | None]
) -> None:
    text = next((shared / "corpus/seeds").glob(f"{number}*")).read_text(
        encoding="utf-8"
    )
    found = read_statistics(Page(text=text), text, 2018)
    assert (found.statistics.template, found.status) == ("prose", "absent")
    assert {name: found.statistics.metrics.get(name) for name in want} == want
