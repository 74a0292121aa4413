"""Values of facets in index form: the same as folded one by one, and folded once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.normaliser import fold_line
from index.assist import values as module
from index.assist.snapshot import Snapshot
from index.assist.values import SEPARATOR, IndexFormCache
from index.engines.seam import Engine, EngineQuery, FacetCount, FacetCounts, Matches

NAMES = st.text(
    st.sampled_from(
        "臺北市龍崗區乾隆沈默Ａa１ \u3000\n\u200b（|/ﬁ⼀\ud800\U00020000" + SEPARATOR
    ),
    max_size=8,
)


class Counted:
    """An engine that knows the counts of one facet."""

    def __init__(self, **counts: int) -> None:
        self.counts = tuple(FacetCount(value, n) for value, n in counts.items())

    def search(self, query: EngineQuery) -> Matches:
        (asked,) = query.facets
        return Matches(
            0,
            None,
            (),
            (FacetCounts(asked.name, self.counts[: asked.size], len(self.counts)),),
        )


def engine(**counts: int) -> Engine:
    return cast("Engine", Counted(**counts))


@given(st.lists(NAMES, max_size=12))
def test_together_they_are_what_they_are_alone(names: list[str]) -> None:
    assert IndexFormCache().of(names) == [fold_line(name) for name in names]


def test_values_stand_in_the_order_of_the_engine() -> None:
    known = Snapshot(engine(臺北市政府=7, 教育局=2)).values("agency")
    assert (known.values, known.forms, known.counts) == (
        ["臺北市政府", "教育局"],
        ["台北市政府", "教育局"],
        [7, 2],
    )


def test_a_new_snapshot_folds_only_what_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    older = Snapshot(engine(某縣政府=1, 某區政府=1))
    older.values("agency")

    def folded(texts: Sequence[str]) -> list[str]:
        seen.extend(texts)
        return [fold_line(text) for text in texts]

    monkeypatch.setattr(module, "_folded", folded)
    newer = older.successor(engine(某縣政府=2, 某鎮政府=1)).values("agency")
    assert (newer.forms, newer.counts) == (["某县政府", "某镇政府"], [2, 1])
    assert seen == ["某鎮政府"]


def test_what_is_its_own_form_is_kept_once() -> None:
    name = "某某区教育局"
    assert IndexFormCache().of([name])[0] is name


def test_many_are_folded_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_SIZE", 3)
    names = [f"第{n}號" for n in range(20)]
    assert IndexFormCache().of(names) == [f"第{n}号" for n in range(20)]
