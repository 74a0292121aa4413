"""Damaged texts and what they become; texts to be left alone; damage that nobody can undo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.repair import REPAIRERS, Repairer, repair, undo

CASES = Path(__file__).parents[2] / "data" / "repair"


def cases(name: str) -> list[Any]:
    """The rows of one file, each under its label."""
    rows = json.loads((CASES / f"{name}.json").read_text("utf-8"))
    return [pytest.param(row, id=row["label"]) for row in rows]


@pytest.mark.parametrize("case", cases("damaged"))
def test_damage_is_undone(case: dict[str, str]) -> None:
    got = repair(case["received"])
    assert got.text == case["repaired"]
    assert undo(got.text, got.repairs) == case["received"]


@pytest.mark.parametrize("case", cases("untouched"))
def test_text_without_damage_is_left_alone(case: dict[str, str]) -> None:
    got = repair(case["received"])
    assert got.text == case["received"]
    assert got.repairs == ()


@pytest.mark.parametrize("case", cases("unrepaired"))
def test_what_nobody_can_undo_is_left_or_repaired_in_part_and_never_wrongly(
    case: dict[str, Any],
) -> None:
    got = repair(case["received"])
    assert got.text != case["repaired"]  # else the case belongs to the others
    assert got.text == case["left"]
    assert [s.kind for s in got.repairs if not s.applied] == case["marked"]
    assert len(got.problems) == len(set(case["marked"]))
    assert undo(got.text, got.repairs) == case["received"]


@pytest.mark.parametrize("repairer", REPAIRERS, ids=lambda r: r.name)
def test_a_row_shows_what_it_does(repairer: Repairer) -> None:
    damaged, repaired = repairer.example
    got = repair(damaged)
    assert got.text == repaired
    assert any(repairer.name in step.kind for step in got.repairs)
