"""Openings as they stand on real sites, each with its truth: how many values are right over all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.calibration import RANGE_STARTS, Tally, derived, documents, tallied

OPENINGS = Path(__file__).parents[2] / "data" / "metadata" / "openings.jsonl"


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    return tallied([OPENINGS])


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [
        ("kind", 0.99, 0.98),
        ("agency", 0.99, 0.99),
        ("level", 0.99, 0.99),
        ("region", 0.99, 0.99),
        ("year", 0.99, 0.99),
        ("org_type", 0.99, 0.99),
    ],
)
def test_values_are_right_and_found(
    tallies: dict[str, Tally], name: str, precision: float, recall: float
) -> None:
    tally = tallies[name]
    assert tally.given > 100
    assert tally.right / tally.given >= precision
    assert tally.right / (tally.right + tally.unknown) >= recall


def test_no_number_is_wrong() -> None:
    found: Counter[str] = Counter()
    for document in documents(OPENINGS):
        metrics = derived(document).statistics.metrics
        for name, number in document.truth.get("numbers", {}).items():
            value = metrics.get(name)
            assert value in (None, number), (document.truth["id"], name)
            found["right" if value == number else "unknown"] += 1
    assert found["right"] > 60
    assert found["unknown"] <= 0.06 * found.total()


def test_a_confidence_is_in_the_range_that_holds_it() -> None:
    tally = Tally()
    for confidence in (0.2, 0.5, 0.69, 0.7, 0.949, 0.95, 1.0):
        tally.add(confidence, right=confidence < 1)
    assert tally.ranges == {0.5: [3, 3], 0.7: [1, 1], 0.85: [1, 1], 0.95: [1, 2]}
    assert tuple(tally.ranges) == RANGE_STARTS
    assert (tally.right, tally.given) == (6, 7)


@pytest.mark.shared
def test_real_openings(shared: Path) -> None:
    found = tallied([shared / "data/wild/truth.jsonl"])
    for name in ("agency", "level", "region", "year"):
        tally = found[name]
        assert tally.right >= 0.985 * tally.given, name
        assert tally.right >= 0.88 * (tally.right + tally.unknown), name
    assert found["kind"].right >= 0.98 * found["kind"].given
