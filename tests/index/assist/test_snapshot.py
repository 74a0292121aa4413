"""A snapshot keeps what is derived from its engine, and gives only forms to its successor."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from index.assist import snapshot as snapshot_module
from index.assist.snapshot import Snapshot
from index.assist.vocabulary import Vocabulary
from index.engines.seam import Engine, EngineQuery, FacetCount, FacetCounts, Matches
from index.query.nodes import Keyword


class CountingEngine:
    """An engine with one body and one place that counts how often it is asked."""

    def __init__(self, body: str) -> None:
        self.values = {"agency": body, "region": "广东省/深圳市"}
        self.facets_asked: list[str] = []

    def search(self, query: EngineQuery) -> Matches:
        (facet,) = query.facets
        self.facets_asked.append(facet.name)
        counts = (FacetCount(self.values[facet.name], 3),)
        return Matches(0, None, (), (FacetCounts(facet.name, counts, 1),))

    def frequencies(self, kind: str, texts: Sequence[str]) -> Sequence[int]:
        return [0] * len(texts)

    def listed_values(self, facet: str) -> Sequence[str] | None:
        return None


class ListingEngine(CountingEngine):
    """One that lists values without counting them; `listed` may hold some that have gone."""

    def __init__(self, body: str, listed: Sequence[str]) -> None:
        super().__init__(body)
        self.listed = listed

    def listed_values(self, facet: str) -> Sequence[str]:
        return self.listed if facet == "agency" else [self.values[facet]]


def snapshot_of(engine: CountingEngine) -> Snapshot:
    return Snapshot(cast("Engine", engine))


def test_names_and_vocabulary_share_the_values() -> None:
    engine = CountingEngine("龍崗區教育局")
    snapshot = snapshot_of(engine)
    assert engine.facets_asked == []
    named = list(snapshot.names.named("龙岗区教育局"))
    assert named == [Keyword("agency", ("龍崗區教育局",))]
    assert [entry.form for entry in snapshot.vocabulary.names] == [
        "龙岗区教育局",
        "深圳市",
    ]
    assert engine.facets_asked == ["agency", "region"]


def test_threads_derive_once() -> None:
    engine = CountingEngine("龍崗區教育局")
    snapshot = snapshot_of(engine)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: id(snapshot.vocabulary), range(20)))
    assert len(set(made)) == 1
    assert engine.facets_asked == ["agency", "region"]


def test_a_successor_has_its_own_values_and_the_same_forms() -> None:
    older = snapshot_of(CountingEngine("龍崗區教育局"))
    assert older.values("agency").values == ["龍崗區教育局"]
    newer = older.successor(cast("Engine", CountingEngine("南岳區教育局")))
    assert newer.forms is older.forms
    assert newer.values("agency").forms == ["南岳区教育局"]
    assert [entry.form for entry in newer.vocabulary.names] == [
        "南岳区教育局",
        "深圳市",
    ]
    assert older.values("agency").values == ["龍崗區教育局"]


def test_corrections_are_found_once_for_a_question_and_a_snapshot() -> None:
    older = snapshot_of(CountingEngine("龍崗區教育局"))
    asked: list[str] = []

    def made() -> tuple[str, ...]:
        asked.append("made")
        return (f"年度报告{len(asked)}",)

    assert older.corrections("年渡", made) == ("年度报告1",)
    assert older.corrections("年渡", made) == ("年度报告1",)
    assert older.corrections("报稿", made) == ("年度报告2",)
    newer = older.successor(cast("Engine", CountingEngine("南岳區教育局")))
    assert newer.corrections("年渡", made) == ("年度报告3",)


def test_a_server_makes_the_vocabulary_of_a_new_generation_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshot_module, "RENEWAL_DELAY_S", 0.0)
    older = snapshot_of(CountingEngine("龍崗區教育局"))
    before = older.vocabulary
    assert older.names is not None
    newer = older.successor(cast("Engine", CountingEngine("南岳區教育局")))
    made = threading.Event()
    go_on = threading.Event()
    make = newer._made_vocabulary

    def slowly() -> Vocabulary:
        go_on.wait(10)
        vocabulary = make()
        made.set()
        return vocabulary

    monkeypatch.setattr(newer, "_made_vocabulary", slowly)
    newer.prepare(older, later=True)
    # names decide what a search finds: they are of the new generation at once
    named = list(newer.names.named("南岳区教育局"))
    assert named == [Keyword("agency", ("南岳區教育局",))]
    assert newer.vocabulary is before
    assert newer.corrections("年渡", lambda: ("旧",)) == ("旧",)
    go_on.set()
    assert made.wait(10)
    until = time.monotonic() + 10
    while newer.vocabulary is before and time.monotonic() < until:
        time.sleep(0.01)
    forms = [entry.form for entry in newer.vocabulary.names]
    assert forms == ["南岳区教育局", "深圳市"]
    assert newer.corrections("年渡", lambda: ("新",)) == ("新",)


def test_names_of_a_new_generation_count_nothing_before_one_is_named() -> None:
    listed = ["龍崗區教育局"]
    older = snapshot_of(ListingEngine("龍崗區教育局", listed))
    assert older.names is not None
    engine = ListingEngine("南岳區民政局", [*listed, "南岳區民政局"])
    newer = older.successor(cast("Engine", engine))
    newer.prepare(older)
    assert list(newer.names.named("公开年度报告")) == []
    assert engine.facets_asked == []
    # 教育局 is an end that a name had: no value has it any more
    assert list(newer.names.named("龙岗区教育局")) == []
    named = list(newer.names.named("南岳区民政局"))
    assert named == [Keyword("agency", ("南岳區民政局",))]
    assert engine.facets_asked == ["agency"]
    # what the older one knows stays right for a question that still uses it
    assert list(older.names.named("南岳区民政局")) == []
    assert list(older.names.named("龙岗区教育局")) == [
        Keyword("agency", ("龍崗區教育局",))
    ]
