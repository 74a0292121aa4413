"""304 without a search.

An answer depends on index, address and program, so its ETag is known before it is made.
"""

from __future__ import annotations

import hashlib

from flask import Flask, Response, g, request
from werkzeug.http import quote_etag

from index.search.root import below
from webui.http.basket import BASKET_COOKIE
from webui.http.context import product_version, room
from webui.words.messages import page_language

__all__ = ["register"]

# Endpoints that do not depend on the index, or must be asked anew each time.
_INDEPENDENT_ENDPOINTS = (
    "static",
    "machine.healthz",
    "machine.readyz",
    "machine.version",
    "machine.metrics",
    "machine.robots",
)

# 96 bits: two states of one address never share them by chance.
_ETAG_DIGITS = 24


def _etag() -> str:
    manifest = room().searcher.manifest
    state = (
        product_version(),
        manifest.id,
        manifest.generation,
    )
    # links in an answer carry the host that was asked
    asked = (
        request.host_url,
        below(request.path),
        request.query_string,
        page_language(),
        # every page shows what is picked to compare
        request.cookies.get(BASKET_COOKIE),
    )
    described = repr((state, asked)).encode("utf-8", "replace")
    return hashlib.sha256(described).hexdigest()[:_ETAG_DIGITS]


def _before() -> Response | None:
    if request.endpoint in _INDEPENDENT_ENDPOINTS or request.endpoint is None:
        return None
    # before the ETag is made, or a new generation would be answered by the old one's 304
    room().searcher.refresh()
    g.etag = _etag()
    if request.if_none_match.contains_weak(g.etag):
        return Response(status=304)
    return None


def _after(response: Response) -> Response:
    if "etag" in g and response.status_code in (200, 304):
        # weak: took_ms differs between two answers that say the same, and so does the compression
        response.headers["ETag"] = quote_etag(g.etag, weak=True)
        # no-cache: keep it, but ask each time whether it still holds
        response.headers["Cache-Control"] = "no-cache"
    elif request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def register(app: Flask) -> None:
    """Answer 304 before, and name the answer after, every handler that depends on the index."""
    app.before_request(_before)
    app.after_request(_after)
