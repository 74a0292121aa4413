"""One search, counted and, where the setting says so, logged: the page and the endpoint ask alike."""

from __future__ import annotations

import logging

from index.search.request import SearchRequest
from index.search.response import SearchResponse
from webui.http.context import room

__all__ = ["answer"]

_log = logging.getLogger("gongkai.queries")


def answer(request: SearchRequest) -> SearchResponse:
    """The searcher's answer. Raises RequestError, QueryError, IndexStateError."""
    response = room().searcher.search(request)
    room().metrics.searches.labels("some" if response.total else "none").inc()
    if room().settings.log_queries:
        _log.info(
            "%s total=%d took_ms=%.1f",
            request.url("/search"),
            response.total,
            response.took_ms,
        )
    return response
