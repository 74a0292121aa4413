"""Cells: zero, blank, "/" and words are four things; money is in 元."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from index.analysis.normaliser import fold
from indexer.statistics.values import Value, plain, value_of

DATA = Path(__file__).parents[2] / "data" / "statistics"
CASES = [
    json.loads(line)
    for line in (DATA / "values.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c[0] or "empty")
def test_cell(case: list[Any]) -> None:
    raw, number, semantics, unit = case
    found = value_of(raw, fold(raw).form)
    assert (found.raw, plain(found.value), found.semantics, found.unit) == (
        raw,
        number,
        semantics,
        unit,
    )


def test_a_value_of_nothing_is_missing() -> None:
    nothing = Value(None)
    assert (nothing.value, nothing.semantics, nothing.unit) == (None, "missing", None)
    assert (nothing.span, nothing.line) == (None, -1)
