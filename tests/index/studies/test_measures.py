"""Every measure: its name, labels, unit and forms as documented, each ratio counted by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer
from index.model.metrics import METRICS
from index.model.report import Report
from index.model.settings import Settings
from index.model.statistics import Statistics
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from index.studies.aggregate import RATIOS, SHARES_OF, Measure, measures

DOCUMENTATION = Path(__file__).parents[3] / "docs" / "api.md"
# Different powers of two: any other sum of them is another number.
VALUES = {metric.name: 2**n for n, metric in enumerate(METRICS)}
# Each ratio as the law's form defines it: what is divided, and by what.
BY_HAND = {
    "grant_rate": (
        ["applications_granted", "applications_partly_granted"],
        ["applications_handled"],
    ),
    "refusal_rate": (["applications_refused"], ["applications_handled"]),
    "unavailable_rate": (["applications_unavailable"], ["applications_handled"]),
    "not_processed_rate": (["applications_not_processed"], ["applications_handled"]),
    "carry_out_rate": (
        ["applications_carried_out"],
        ["applications_new", "applications_carried_in"],
    ),
    "review_correction_rate": (
        ["reviews_corrected"],
        ["reviews_upheld", "reviews_corrected", "reviews_other"],
    ),
    "suit_loss_rate": (
        ["suits_corrected"],
        ["suits_upheld", "suits_corrected", "suits_other"],
    ),
}


def test_a_ratio_divides_by_what_its_metrics_are_shares_of() -> None:
    for ratio in RATIOS:
        assert {SHARES_OF[name] for name in ratio.over} == {ratio.under}, ratio.name


def documented() -> list[list[str]]:
    """The cells of the table of measures in the documentation."""
    text = DOCUMENTATION.read_text(encoding="utf-8")
    _, _, rest = text.partition("<!-- measures -->")
    table, _, _ = rest.partition("<!-- end -->")
    lines = table.strip().splitlines()[2:]
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in lines]


def row_of(measure: Measure) -> list[str]:
    """A measure as the documentation should list it."""
    made_of = measure.formula_zh if measure.kind == "ratio" else ""
    forms = ", ".join(measure.templates)
    return [
        measure.name,
        measure.label_zh,
        measure.label_en,
        measure.unit,
        made_of,
        forms,
    ]


def test_every_measure_is_documented() -> None:
    assert documented() == [row_of(measure) for measure in measures()]


def test_a_number_is_named_by_its_label() -> None:
    plain = [m for m in measures() if m.kind == "metric"]
    assert len(plain) == len(METRICS)
    for measure in plain:
        assert measure.formula_zh == measure.label_zh


@pytest.mark.parametrize("measure", measures(), ids=lambda m: m.name)
def test_units_and_forms_are_those_that_there_are(measure: Measure) -> None:
    assert measure.unit in ("件", "项", "条", "元", "%")
    assert (measure.unit == "%") == (measure.kind == "ratio")
    assert set(measure.templates) <= {"prose", "stat2014", "gb2019", "gb2021"}
    assert re.fullmatch("[A-Z][A-Za-z: ()-]*[a-z)]", measure.label_en)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    settings = Settings(index=tmp_path_factory.mktemp("measures"))
    report = Report("r", "r.txt", "政府信息公开", "报告", year=2020, scope="self")
    report.statistics = Statistics("gb2019", dict(VALUES))
    report.tables_status = "consistent"
    writer = open_writer(settings)
    writer.put(analyse(report, "d"))
    writer.commit()
    engine = open_engine(settings)
    yield Searcher(engine)
    engine.close()


@pytest.mark.parametrize("name", BY_HAND)
def test_a_ratio_divides_what_it_says(searcher: Searcher, name: str) -> None:
    over, under = BY_HAND[name]
    total = sum(VALUES[metric] for metric in under)
    expected = sum(VALUES[metric] for metric in over) / total
    (group,) = searcher.aggregate(SearchRequest(), name).groups
    assert group.total == pytest.approx(expected)


def test_every_ratio_is_counted() -> None:
    assert list(BY_HAND) == [m.name for m in measures() if m.kind == "ratio"]


@pytest.mark.parametrize("name", VALUES)
def test_every_number_is_drawn(searcher: Searcher, name: str) -> None:
    (group,) = searcher.aggregate(SearchRequest(), name).groups
    assert group.total == VALUES[name]
