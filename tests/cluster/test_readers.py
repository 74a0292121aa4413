"""Readers see one generation, whole, while commits and rebuilds go by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.engines.seam import Engine, EngineQuery
from tests.cluster import writing
from tests.cluster.conftest import Sizes, assert_whole
from tests.index.engines import cluster as served

pytestmark = [*served.MARKS, pytest.mark.slow]

PAGE_SIZE = 50
READER_COUNT = 4


def page_through(
    engine: Engine, sort: str, between: Callable[[int, Engine], Engine]
) -> list[str]:
    """The ids of all hits, page by page; `between` pages the engine may change."""
    ids: list[str] = []
    after = None
    while True:
        query = EngineQuery(sort=sort, size=PAGE_SIZE, after=after)
        hits = engine.search(query).hits
        ids += [hit.id for hit in hits]
        if len(hits) < PAGE_SIZE:
            return ids
        after = (hits[-1].key, hits[-1].id_hash)
        engine = between(len(ids), engine)


@pytest.mark.parametrize("sort", ["relevance", "-accepted"])
@pytest.mark.parametrize("turns", [False, True], ids=["keeps", "turns"])
def test_paging_has_no_gap_and_no_double(
    sizes: Sizes, sort: str, turns: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one snapshot, and of readers that turn to each new generation as a server does."""
    writing.shorten()
    place = served.new_place(shards=3)
    writing.write(place, 1, sizes.hits)
    engine = served.opensearch().open_engine(place)
    moments = [sizes.hits * part // 5 for part in (1, 2, 3, 4)]
    version = 1

    def between(read: int, reader: Engine) -> Engine:
        nonlocal version
        if moments and read >= moments[0]:
            moments.pop(0)
            version += 1
            # the last one is a rebuild
            writing.write(place, version, sizes.hits, rebuild=not moments)
        return reader.refreshed() if turns else reader

    ids = page_through(engine, sort, between)
    assert version == 5
    assert len(ids) == len(set(ids))
    assert sorted(ids) == writing.report_ids(sizes.hits)
    # an old snapshot still has the old reports
    assert writing.versions(engine) == {1}
    assert writing.versions(engine.refreshed()) == {5}


def test_a_swap_is_seen_whole_or_not_at_all(
    sizes: Sizes, capsys: pytest.CaptureFixture[str]
) -> None:
    writing.shorten()
    count = sizes.bulk // 2
    place = served.new_place(shards=3)
    writing.write(place, 1, count)
    ended = threading.Event()
    seen: list[set[int]] = []

    def read(_: int) -> None:
        engine: Engine = served.opensearch().open_engine(place)
        while not ended.is_set():
            engine = engine.refreshed()
            assert_whole(engine, writing.report_ids(count))
            seen.append(writing.versions(engine))
            time.sleep(0.05)

    with ThreadPoolExecutor(READER_COUNT) as pool:
        readers = [pool.submit(read, number) for number in range(READER_COUNT)]
        try:
            for version in range(2, 7):
                writing.write(place, version, count, rebuild=True)
        finally:
            time.sleep(1)
            ended.set()
        for reader in readers:
            reader.result()
    with capsys.disabled():
        print(f"\n{len(seen)} readings over 5 rebuilds")
    assert all(len(versions) == 1 for versions in seen)
    assert {6} in seen
