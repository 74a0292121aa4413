"""Where the bins of a histogram begin: steps of 1, 2, 5 for counts, whole years, not too many."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from index.engines.seam import Engine, EngineQuery
from index.studies.aggregate import _edges, histogram

STEPS: list[float] = [
    0,
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1000,
    2000,
    5000,
    10000,
    20000,
    50000,
]


@pytest.mark.parametrize(
    ("high", "last"),
    [
        (0, 1),
        (0.99, 1),
        (1, 2),
        (1.5, 2),
        (2, 5),
        (4.99, 5),
        (5, 10),
        (9, 10),
        (10, 20),
        (99, 100),
        (100, 200),
        (4999, 5000),
    ],
)
def test_the_last_bin_ends_beyond_the_greatest_number(high: float, last: float) -> None:
    assert _edges(0, high, 12) == STEPS[: STEPS.index(last) + 1]


@pytest.mark.parametrize("low", [-3.0, -0.5, 0, 0.5, 4])
def test_the_first_bin_begins_at_0_or_below(low: float) -> None:
    assert _edges(low, 5, 12) == [min(low, 0), 1, 2, 5, 10]


def test_every_second_edge_goes_where_there_are_too_many() -> None:
    assert _edges(0, 4999, 12) == STEPS[:13]
    assert _edges(0, 5000, 12) == [0, 1, 5, 20, 100, 500, 2000, 10000]
    assert _edges(0, 5000, 13) == STEPS[:14]
    assert _edges(0, 5000, 3) == [0, 1, 500, 10000]


@pytest.mark.parametrize(
    ("low", "high", "years"),
    [
        (2017, 2023, True),
        (2017, 2017, True),
        (1000, 1199, True),
        (1000, 1200, False),
        (999, 1001, False),
    ],
)
def test_years_have_a_bin_each(low: float, high: float, years: bool) -> None:
    edges = _edges(low, high, 12)
    assert (edges == [float(n) for n in range(int(low), int(high) + 2)]) is years
    assert edges[-1] > high


def spread(
    numbers: list[float | None], **more: int
) -> tuple[list[tuple[Any, ...]], int]:
    """The bins over an engine that has only these numbers, and how many were not known."""
    array = np.array([np.nan if n is None else n for n in numbers], float)
    engine = SimpleNamespace(columns=lambda *_: SimpleNamespace(numbers={"n": array}))
    found = histogram(cast("Engine", engine), EngineQuery(), "n", **more)
    return [(b.low, b.high, b.count, b.where) for b in found.bins], found.missing


def test_the_last_bin_holds_its_own_end() -> None:
    assert spread([0, 1, None, 2, 2, 4]) == (
        [
            (0, 1, 1, ("n>=0", "n<1")),
            (1, 2, 1, ("n>=1", "n<2")),
            (2, 5, 3, ("n>=2", "n<=5")),
        ],
        1,
    )


def test_nothing_known_has_no_bins() -> None:
    assert spread([None, None]) == ([], 2)
    assert spread([]) == ([], 0)


def test_there_are_twelve_bins_unless_it_is_said_otherwise() -> None:
    assert len(spread([0, 4999])[0]) == 12
    assert len(spread([0, 5000])[0]) == 7
    assert len(spread([0, 5000], bins=13)[0]) == 13
