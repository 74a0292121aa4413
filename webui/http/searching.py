"""One search, counted and, where the setting says so, logged: for the page and the endpoint."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

import flask

from index.search.request import LIMITS, SearchRequest
from index.search.response import SearchResponse
from webui.http.context import room

__all__ = ["answer", "following"]

_log = logging.getLogger("gongkai.queries")


def answer(request: SearchRequest) -> SearchResponse:
    """The searcher's answer. Raises RequestError, QueryError, IndexStateError."""
    response = room().searcher.search(request)
    outcome = "some" if response.total else "none"
    room().metrics.searches.labels(outcome).inc()
    if request.q and not response.total:
        room().failures.found_nothing(request.q, flask.request.remote_addr or "")
    # queries may name people: nothing is logged unless the operator asks for it
    if room().settings.log_queries:
        _log.info(
            "%s total=%d took_ms=%.1f",
            request.url("/search"),
            response.total,
            response.took_ms,
        )
    return response


def following(asked: SearchRequest, response: SearchResponse) -> SearchRequest | None:
    """The next page: by its number as far as pages have numbers, then by a cursor."""
    if response.next is None:
        return None
    if asked.cursor is None and (asked.page + 1) * asked.size <= LIMITS.window:
        return asked.at_page(asked.page + 1)
    query = urlsplit(response.next).query
    cursors = parse_qs(query)["cursor"]
    return asked.at_cursor(cursors[0])
