"""Cursors: what was made is read again, what was not is refused."""

from __future__ import annotations

import base64
import json
from typing import Any, cast

import pytest

from index.engines.seam import Contents, EngineHit
from index.model.errors import RequestError
from index.search.cursor import decode_cursor, encode_cursor
from index.search.request import SearchRequest


def cursor_of(raw: str) -> str:
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


@pytest.mark.parametrize("key", [None, 2019, 7.25, -1])
def test_a_cursor_is_read_as_it_was_made(key: float | None) -> None:
    contents = cast("Contents", None)
    last = EngineHit("id", 1.0, key, 2**53 - 1, None, contents)
    cursor = encode_cursor(SearchRequest(sort="-year"), last)
    request = SearchRequest(sort="-year", cursor=cursor)
    assert decode_cursor(request) == (key, 2**53 - 1)


def test_no_cursor() -> None:
    assert decode_cursor(SearchRequest()) is None


@pytest.mark.parametrize(
    "parts",
    [
        ["year", 1, 1, 0],
        ["relevance", 1, 1],
        ["relevance", 1, 1, -1],
        ["relevance", 1, 1, True],
        ["relevance", True, 1, 0],
        ["relevance", 1, True, 0],
        ["relevance", 1, None, 0],
        ["relevance", 1, 1.5, 0],
        ["relevance", "1", 1, 0],
        ["relevance", 1, -1, 0],
        ["relevance", 1, 2**53, 0],
        ["relevance", 10**400, 1, 0],
        ["relevance", float("nan"), 1, 0],
        ["relevance", float("inf"), 1, 0],
        {"sort": "relevance"},
        7,
    ],
    ids=lambda parts: json.dumps(parts)[:40],
)
def test_what_no_search_made_is_refused(parts: Any) -> None:
    with pytest.raises(RequestError, match="no cursor"):
        decode_cursor(SearchRequest(cursor=cursor_of(json.dumps(parts))))


@pytest.mark.parametrize("cursor", ["", "%", "é", "AAAA", cursor_of("[" * 100_000)])
def test_what_is_no_base64_of_json_is_refused(cursor: str) -> None:
    with pytest.raises(RequestError, match="no cursor"):
        decode_cursor(SearchRequest(cursor=cursor))
