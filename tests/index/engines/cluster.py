"""The cluster that tests of the engine `opensearch` ask, where there is one."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import pytest

URL_NAME = "GONGKAI_TEST_OPENSEARCH_URL"
URL = os.environ.get(URL_NAME, "")
IS_INSTALLED = find_spec("opensearchpy") is not None
MARKS = [
    pytest.mark.cluster,
    pytest.mark.skipif(
        not (URL and IS_INSTALLED),
        reason=f"needs an OpenSearch 3 cluster: start one, set {URL_NAME} to its address, "
        "and install the extra: pip install 'gongkai[cluster]'",
    ),
]
PREFIX = f"test-{secrets.token_hex(4)}"


def opensearch() -> ModuleType:
    """The engine; it is there only with its extra."""
    from index.engines import opensearch as engine

    return engine


def new_place(shards: int = 2) -> Any:
    """A place for an index that no other test has."""
    return opensearch().Place(URL, f"{PREFIX}-{secrets.token_hex(4)}", shards=shards)


def emptied(fingerprint: Mapping[str, str]) -> Any:
    """The one index that tests share, without its reports."""
    from index.engines.opensearch.server import NotThereError, Server

    place = opensearch().Place(URL, f"{PREFIX}-shared", shards=2)
    server = Server(place)
    everything: dict[str, Any] = {"query": {"match_all": {}}}
    with contextlib.suppress(NotThereError):
        server.call(
            "POST",
            f"/{place.alias}/_delete_by_query",
            everything,
            refresh="true",
            conflicts="proceed",
        )
    server.close()
    opensearch().open_writer(place, fingerprint).commit()
    return place


def sweep() -> None:
    """Delete every index that this run has made."""
    if not (URL and IS_INSTALLED):
        return
    from index.engines.opensearch.server import Server

    server = Server(new_place())
    for name in server.call("GET", f"/{PREFIX}-*/_alias"):
        server.call("DELETE", f"/{name}")
    server.close()
