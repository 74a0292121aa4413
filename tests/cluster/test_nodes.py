"""A node that dies takes nothing along: no report, no answer, no right count."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from index.engines.seam import (
    Document,
    Engine,
    EngineQuery,
    FacetRequest,
    Matches,
    Writer,
)
from index.model.errors import IndexUnavailableError
from index.query.nodes import AllOf, Everything, Near, Ranking, String, Wildcard
from scripts import cluster
from scripts.cluster import Cluster
from tests.cluster import writing
from tests.cluster.conftest import Sizes, assert_whole, copies, manager, revive
from tests.index.engines import cluster as served

pytestmark = [*served.MARKS, pytest.mark.slow]

FACETS = (
    FacetRequest("agency", 5),
    FacetRequest("region", 20),
    FacetRequest("year", 5),
)
CONDITIONS = (
    Everything(),
    String(("公开",)),
    String(("依申请公开，答复",)),
    String(("第1版",), outside=("第1版，第1",)),
    Near((String(("受理",)), String(("答复",))), 10),
    Wildcard("主?公开"),
    AllOf((String(("第",)), String(("咨询",), "text"))),
)
QUERIES = tuple(
    EngineQuery(
        condition=condition,
        counted=condition,
        ranking=Ranking(),
        sort=sort,
        facets=FACETS,
    )
    for condition in CONDITIONS
    for sort in ("relevance", "occurrences", "year")
)
SEARCHING_THREADS = 4


def answer_of(matches: Matches) -> tuple[object, ...]:
    """Everything that is told of an answer, without scores."""
    hits = [(hit.id, hit.occurrences, hit.key) for hit in matches.hits]
    return matches.total, matches.occurrences, hits, matches.facets


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> object:
    writing.shorten()
    return served.new_place(shards=3)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_bulk_loses_and_doubles_nothing(
    nodes: Cluster,
    place: object,
    sizes: Sizes,
    number: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine = served.opensearch()
    was_manager = manager(nodes) == number
    writer = engine.open_writer(place, writing.FINGERPRINT)
    third = sizes.bulk // 3
    with ThreadPoolExecutor(1) as pool:
        put_all(writer, writing.reports(third, 1))
        cluster.kill_node(nodes, number)
        recovery = pool.submit(seconds_until_green, nodes)
        put_all(writer, writing.reports(sizes.bulk, 1, first=third))
        writer.commit()
        seconds = recovery.result()
    with capsys.disabled():
        print(
            f"\nnode {number} ({was_manager=}) killed: green on two in {seconds:.1f} s"
        )
    assert_whole(engine.open_engine(place), writing.report_ids(sizes.bulk))
    revive(nodes)
    found = engine.open_engine(place)
    assert_whole(found, writing.report_ids(sizes.bulk))
    assert writing.versions(found) == {1}
    for counts in copies(nodes, place.alias).values():  # type: ignore[attr-defined]
        assert len(counts) == 2
        assert counts[0] == counts[1], "copies of a shard differ"


def put_all(writer: Writer, found: Iterable[Document]) -> None:
    for document in found:
        writer.put(document)


def seconds_until_green(nodes: Cluster) -> float:
    """How long the nodes that are left take to have two copies of everything again."""
    began = time.monotonic()
    cluster.wait_until_green(replace(nodes, patience=180), cluster.running_nodes(nodes))
    return time.monotonic() - began


class Asking:
    """Threads that ask the same questions again and again, and compare the answers."""

    def __init__(self, engine: Engine, wanted: list[tuple[object, ...]]) -> None:
        self.engine = engine
        self.wanted = wanted
        self.ended = threading.Event()
        self.answers = 0
        self.longest = 0.0
        self.wrong: list[object] = []
        self.errors: list[Exception] = []

    def ask(self, start: int) -> None:
        at = start
        while not self.ended.is_set():
            at = (at + 1) % len(QUERIES)
            began = time.monotonic()
            try:
                told = answer_of(self.engine.search(QUERIES[at]))
            except Exception as error:  # noqa: BLE001  each is told at the end
                self.errors.append(error)
                continue
            self.answers += 1
            self.longest = max(self.longest, time.monotonic() - began)
            if told != self.wanted[at]:
                self.wrong.append((QUERIES[at], told))


def test_searches_go_on_and_stay_right(
    nodes: Cluster,
    place: object,
    sizes: Sizes,
    capsys: pytest.CaptureFixture[str],
) -> None:
    writing.write(place, 1, sizes.bulk)
    cluster.wait_until_green(nodes, nodes.numbers)
    engine = served.opensearch().open_engine(place)
    wanted = [answer_of(engine.search(query)) for query in QUERIES]
    asking = Asking(engine, wanted)
    managers = []
    with ThreadPoolExecutor(SEARCHING_THREADS) as pool:
        for thread in range(SEARCHING_THREADS):
            pool.submit(asking.ask, thread * 5)
        try:
            for number in nodes.numbers:
                managers.append(manager(nodes) == number)
                cluster.kill_node(nodes, number)
                seconds_until_green(nodes)
                revive(nodes)
            while asking.answers < sizes.searches and not asking.errors:
                time.sleep(0.2)
        finally:
            asking.ended.set()
    with capsys.disabled():
        print(
            f"\n{asking.answers} searches, {len(asking.errors)} errors, "
            f"{len(asking.wrong)} wrong, longest {asking.longest:.1f} s; {managers=}"
        )
    assert asking.errors == []
    assert asking.wrong == []


def until_answered(ask: Callable[[], Matches], seconds: float) -> Iterator[Exception]:
    """The errors until there is an answer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            ask()
        except IndexUnavailableError as error:
            yield error
            time.sleep(0.5)
        else:
            return
    raise AssertionError(f"no answer within {seconds} s")


@pytest.mark.parametrize("left", [1, 2, 3])
def test_two_dead_nodes_are_told_and_it_comes_back_by_itself(
    nodes: Cluster,
    place: object,
    left: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    writing.write(place, 1, 200)
    cluster.wait_until_green(nodes, nodes.numbers)
    engine = served.opensearch().open_engine(place)
    wanted = [answer_of(engine.search(query)) for query in QUERIES]
    for number in set(nodes.numbers) - {left}:
        cluster.kill_node(nodes, number)
    slowest = 0.0
    for query in QUERIES[:6]:
        began = time.monotonic()
        # never a part of the answer
        with pytest.raises(IndexUnavailableError, match="again"):
            engine.search(query)
        slowest = max(slowest, time.monotonic() - began)
    for number in nodes.numbers:
        cluster.start_node(nodes, number)
    errors = list(until_answered(lambda: engine.search(QUERIES[0]), 240))
    with capsys.disabled():
        print(f"\nnode {left} alone: told after {slowest:.1f} s; {len(errors)} more")
    assert [answer_of(engine.search(query)) for query in QUERIES] == wanted
    revive(nodes)
    assert [answer_of(engine.search(query)) for query in QUERIES] == wanted
