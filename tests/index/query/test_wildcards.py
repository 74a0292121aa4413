"""Fits of a wildcard: those of a plain search from every start, in linear time."""

from __future__ import annotations

import random

import pytest

from index.model.budget import Budget, limited
from index.model.errors import TooCostlyError
from index.query.wildcards import compiled


def slow_fits(pattern: str, widest: int, text: str) -> list[tuple[int, int]]:
    """[start, end) of the shortest fit from each start, every way tried."""
    # a `*` at either end stands for nothing
    kept = pattern.strip("*") if set(pattern) - {"*", "?"} else pattern
    fits = []
    for start in range(len(text)):
        # each state is (signs done, place in the text); the fit ends where all are done
        reached = {start}
        for sign in kept:
            if sign == "*":
                reached |= {
                    place + width
                    for place in reached
                    for width in range(1, widest + 1)
                    if text[place : place + width].isalnum()
                    and place + width <= len(text)
                }
            elif sign == "?":
                reached = {p + 1 for p in reached if text[p : p + 1].isalnum()}
            else:
                reached = {p + 1 for p in reached if text[p : p + 1] == sign}
        if reached:
            fits.append((start, min(reached)))
    return fits


def test_the_fits_are_those_of_every_way_tried() -> None:
    rng = random.Random(5)
    for _ in range(3000):
        length = rng.randrange(0, 14)
        text = "".join(rng.choice("年月局，a。") for _ in range(length))
        pattern = "".join(rng.choice("年月局，a*?") for _ in range(rng.randrange(1, 7)))
        # stars side by side are one of the sum of their widths
        widest = rng.choice((1, 2, 20))
        found = compiled(pattern, widest)
        if found is None or pattern.startswith("?") or pattern.endswith("?"):
            continue
        if "*" in (pattern[0], pattern[-1]) and "?" in pattern:
            continue
        assert found.fits(text) == slow_fits(pattern, widest, text), (pattern, text)


@pytest.mark.parametrize(
    "pattern",
    [
        "公" + "?*" * 25 + "开",
        "年*年*年*局",
        "年*" * 100 + "局",
        "年" + "?" * 200 + "年*局",
        "*年*年?年*",
        "，*，*，*局",
    ],
)
@pytest.mark.parametrize("repeated", ["年", "公", "年，", "公开", "，"])
def test_the_work_grows_with_text_and_parts_alone(pattern: str, repeated: str) -> None:
    text = repeated * 5_000
    found = compiled(pattern, 20)
    assert found is not None
    work = 3 * len(text) * (len(found.parts) + 1)
    with limited(Budget(work=work)):
        found.fits(text)


def test_without_enough_budget_it_stops() -> None:
    found = compiled("年*年*局", 20)
    assert found is not None
    with pytest.raises(TooCostlyError), limited(Budget(work=1_000)):
        found.fits("年" * 5_000 + "局")
