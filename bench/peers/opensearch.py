"""OpenSearch of one node (`scripts/cluster.py` fetches and starts it), as it is used for Chinese
without a plugin: its `cjk` analyser, phrases of pairs of characters, terms aggregations, a
highlighter of three fragments. It is asked over HTTP.

It has one set of matches: its facets are counted under all filters.
"""

from __future__ import annotations

import json
import signal
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.peers import FACET_SIZE, FACETS, HITS_PER_PAGE
from bench.questions import Question
from bench.reports import Prepared, prepared
from scripts import cluster

__all__ = ["absent", "command", "path", "total_of", "write"]

INDEX = "reports"
HEAP = "2g"
BUILD_PORT = 19400
BATCH_REPORTS = 500
MAPPING = {
    "settings": {"number_of_shards": 1, "number_of_replicas": 0},
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "title": {"type": "text", "analyzer": "cjk"},
            "body": {"type": "text", "analyzer": "cjk", "index_options": "offsets"},
            "year": {"type": "integer"},
        }
        | {name: {"type": "keyword"} for name in FACETS if name != "year"},
    },
}


def absent() -> str | None:
    """Why it cannot be measured here; None if it can."""
    try:
        cluster.find_java()
    except cluster.ClusterError as error:
        return f"OpenSearch is skipped: {error}"
    return None


# ---------------------------------------------------------------------- its server
def _node(folder: Path, port: int) -> cluster.Cluster:
    """The node whose data lie in a folder; the program is the one of the tests."""
    shared = cluster.Cluster(cluster.default_folder())
    cluster.install(shared)
    own = cluster.Cluster(folder, 1, port - 1, HEAP, is_measured=True)
    cluster.make_folder(own)
    if not own.server.exists():
        own.server.symlink_to(shared.server)
    return own


def command(folder: Path, port: int) -> list[str]:
    """The line that serves an index, and prints its address when it is ready."""
    return [sys.executable, "-m", __name__, str(folder), str(port)]


def _serve(folder: Path, port: int) -> None:
    node = _node(folder, port)
    # a signal that comes while the node starts is delivered afterwards
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    cluster.start(node)
    try:
        print(f"{node.url(1)}/", flush=True)
        signal.sigwait({signal.SIGTERM})
    finally:
        cluster.end_node(node, 1)


# ---------------------------------------------------------------------- its index
def write(reports: Path, count: int, folder: Path) -> None:
    """Writes the index of the first `count` reports of a file, as one segment."""
    node = _node(folder, BUILD_PORT)
    cluster.start(node)
    try:
        url = f"{node.url(1)}/{INDEX}"
        _send("PUT", url, json.dumps(MAPPING))
        found = prepared(reports, count)
        while some := list(islice(found, BATCH_REPORTS)):
            answer = _send("POST", f"{url}/_bulk", "".join(_lines(some)))
            if answer["errors"]:
                raise RuntimeError(f"OpenSearch refused reports: {answer['items'][:1]}")
        _send("POST", f"{url}/_forcemerge?max_num_segments=1&flush=true", "")
    finally:
        cluster.end_node(node, 1)


def _lines(reports: Iterable[Prepared]) -> Iterator[str]:
    for report in reports:
        yield json.dumps({"index": {"_id": report.id}}) + "\n"
        yield json.dumps(report.columns, ensure_ascii=False) + "\n"


def _send(method: str, url: str, body: str) -> Any:
    headers = {
        "Content-Type": "application/x-ndjson" if "_bulk" in url else "application/json"
    }
    asked = urllib.request.Request(url, body.encode(), headers, method=method)
    with urllib.request.urlopen(asked, timeout=600) as answer:
        return json.load(answer)


# ---------------------------------------------------------------------- its questions
def path(question: Question) -> str:
    """The request that asks it."""
    phrases = [{"match_phrase": {"body": string}} for string in question.strings]
    filters: list[dict[str, Any]] = []
    if question.level:
        filters.append({"term": {"level": question.level}})
    if question.year:
        filters.append({"term": {"year": question.year}})
    asked = {
        "query": {
            "bool": {
                "should": phrases,
                "minimum_should_match": 1 if question.any_word else len(phrases),
                "filter": filters,
            }
        },
        "size": HITS_PER_PAGE,
        "track_total_hits": True,
        "_source": ["title", "agency", "level", "year"],
        "aggs": {
            name: {"terms": {"field": name, "size": FACET_SIZE}} for name in FACETS
        },
        "highlight": {"fields": {"body": {"number_of_fragments": 3}}},
    }
    if question.by_year:
        asked["sort"] = [{"year": "desc"}]
    fields = {
        "source": json.dumps(asked, ensure_ascii=False),
        "source_content_type": "application/json",
    }
    return f"/{INDEX}/_search?{urlencode(fields)}"


def total_of(answer: bytes) -> int:
    """How many reports an answer says there are."""
    return int(json.loads(answer)["hits"]["total"]["value"])


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]))
