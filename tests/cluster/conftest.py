"""Three real nodes that may be killed, and reports that tell of which version they are.

The nodes are those of `scripts/cluster.py`, started by `make test-cluster`: no others are killed.
GONGKAI_TEST_FAULTS=full takes the numbers that the engine was accepted with, which takes an hour.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from index.engines.seam import Engine
from scripts import cluster
from scripts.cluster import Cluster, ClusterError
from tests.index.engines import cluster as served


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is written, asked and killed."""

    bulk: int
    searches: int
    kills: int
    hits: int


SMALL_SIZES = Sizes(bulk=600, searches=300, kills=8, hits=600)
FULL_SIZES = Sizes(bulk=5_000, searches=2_000, kills=50, hits=10_000)


@pytest.fixture(scope="session")
def sizes() -> Sizes:
    is_full = os.environ.get("GONGKAI_TEST_FAULTS") == "full"
    return FULL_SIZES if is_full else SMALL_SIZES


@pytest.fixture(scope="session")
def managed() -> Cluster:
    """The nodes that these tests may kill."""
    nodes = Cluster(cluster.default_folder())
    if served.URL.split(",") != nodes.urls:
        pytest.skip("kills only nodes of scripts/cluster.py: run `make test-cluster`")
    return nodes


@pytest.fixture
def nodes(managed: Cluster) -> Iterator[Cluster]:
    """All three nodes, green; those that a test has killed are brought back."""
    revive(managed)
    yield managed
    revive(managed)


@pytest.fixture(scope="session", autouse=True)
def _swept() -> Iterator[None]:
    yield
    served.sweep()


def revive(nodes: Cluster) -> None:
    """Start what does not run, and wait until every copy is in its place."""
    for number in nodes.numbers:
        cluster.start_node(nodes, number)
    try:
        cluster.wait_until_green(replace(nodes, patience=150), nodes.numbers)
    except ClusterError:
        free_stuck_shards(nodes)
        cluster.wait_until_green(nodes, nodes.numbers)


def free_stuck_shards(nodes: Cluster) -> None:
    """Begin anew with primaries that their copies cannot be made from.

    Where two nodes of three return, a copy that becomes the primary may keep its old term: it
    answers searches, and refuses writers and copies.
    https://github.com/opensearch-project/OpenSearch/issues/19150 (seen with 3.8.0)
    """
    rows = ask(nodes, "_cat/shards?format=json&h=index,shard,prirep,state,node")
    stuck = {(r["index"], r["shard"]) for r in rows if r["state"] == "INITIALIZING"}
    for row in rows:
        shard = row["index"], row["shard"]
        if row["prirep"] == "p" and shard in stuck:
            cancel = {key: row[key] for key in ("index", "shard", "node")}
            cancel["allow_primary"] = True
            ask(nodes, "_cluster/reroute", {"commands": [{"cancel": cancel}]})


def ask(nodes: Cluster, path: str, body: object = None) -> Any:
    """What the first node that answers says."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    for number in cluster.running_nodes(nodes):
        url = f"{nodes.url(number)}/{path}"
        request = urllib.request.Request(url, data=data, headers=headers)
        # a node that was started just now runs, and does not listen yet
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except (ConnectionError, urllib.error.URLError):
            continue
    raise AssertionError(f"no node answers {path}")


def manager(nodes: Cluster) -> int:
    """The number of the elected node."""
    (row,) = ask(nodes, "_cat/cluster_manager?format=json")
    return int(row["node"].removeprefix("n"))


def copies(nodes: Cluster, alias: str) -> dict[tuple[str, str], list[int]]:
    """(index, shard) -> how many documents each copy holds."""
    ask(nodes, f"{alias}/_refresh")
    held: dict[tuple[str, str], list[int]] = {}
    path = f"_cat/shards/{alias}?format=json&h=index,shard,docs"
    rows = ask(nodes, path)
    # a copy that has just started is listed before it is counted
    while any(row["docs"] is None for row in rows):
        time.sleep(0.5)
        rows = ask(nodes, path)
    for row in rows:
        held.setdefault((row["index"], row["shard"]), []).append(int(row["docs"]))
    return held


def assert_whole(engine: Engine, ids: Sequence[str]) -> None:
    """The index has these reports, each once, and nothing else."""
    have = list(engine.ids())
    assert len(have) == len(set(have)), "a report is there twice"
    assert set(have) == set(ids)
    assert engine.manifest.reports == len(ids)
