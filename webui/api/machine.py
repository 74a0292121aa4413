"""Addresses that other programs read: health, metrics, feeds, sitemaps."""

from __future__ import annotations

import datetime as dt
import threading

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from index.documents.identity import is_current
from index.engines.fingerprint import reading_fingerprint
from index.search.root import below
from webui.api import feeds, openapi
from webui.http.context import base_url, json_response, origin, product_version, room
from webui.http.params import PAGING, only, parse_search
from webui.http.searching import answer

__all__ = ["machine"]

machine = Blueprint("machine", __name__)
# Entries of a feed: readers ask often and keep what they have seen.
_FEED_SIZE = 30


class _GenerationClock:
    """When this process first saw a generation of the index."""

    def __init__(self) -> None:
        self._seen: dict[int, dt.datetime] = {}
        self._lock = threading.Lock()

    def first_seen(self, generation: int) -> dt.datetime:
        """The time when this was first asked about the generation, in UTC."""
        with self._lock:
            return self._seen.setdefault(generation, dt.datetime.now(dt.UTC))


_clock = _GenerationClock()


@machine.get("/-/healthz")
def healthz() -> Response:
    """The process answers."""
    return json_response({"status": "ok", **_processes()})


def _processes() -> dict[str, dict[str, int]]:
    """How many processes there should be, and how many are well; nothing where there is one."""
    board = room().board
    if board is None:
        return {}
    return {"processes": {"asked": board.processes, "ready": board.ready()}}


@machine.get("/-/readyz")
def readyz() -> Response:
    """The index can be searched. Otherwise 503 by IndexStateError."""
    # a generation that another process wrote is taken up before it is judged
    room().searcher.refresh()
    manifest = room().searcher.manifest
    return json_response(
        {
            "status": "ready",
            "generation": manifest.generation,
            "reports": manifest.reports,
            "newest": room().searcher.trouble is None,
            **_processes(),
        }
    )


@machine.get("/-/version")
def version() -> Response:
    """The version of this program, and which index it serves, written with what."""
    manifest = room().searcher.manifest
    return json_response(
        {
            "name": "gongkai",
            "version": product_version(),
            "id": manifest.id,
            "generation": manifest.generation,
            "reading": reading_fingerprint(),
            "derivation": manifest.derivation,
            "derivation_current": is_current(manifest),
        }
    )


@machine.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus."""
    manifest = room().searcher.manifest
    room().metrics.reports.set(manifest.reports)
    room().metrics.generation.set(manifest.generation)
    return room().metrics.exposition()


@machine.get("/openapi.json")
def openapi_json() -> Response:
    """The description of every address that answers machines."""
    return json_response(openapi.document(base_url()))


def _xml(body: str, mimetype: str = "application/xml") -> Response:
    return Response(
        body.encode("utf-8", "replace"), content_type=f"{mimetype}; charset=utf-8"
    )


@machine.get("/opensearch.xml")
def opensearch() -> Response:
    """For the search box of a browser."""
    return _xml(feeds.opensearch(base_url()), "application/opensearchdescription+xml")


@machine.get("/feed.atom")
def feed() -> Response:
    """The newest reports of a search, in the order in which they came into the index."""
    asked = parse_search(request.args, skip=PAGING)
    newest = asked.with_(sort="-indexed", size=_FEED_SIZE, facets=(), snippets=1)
    found = answer(newest)
    # for reports that no build put into the index; this process saw them at the latest then
    changed = _clock.first_seen(room().searcher.manifest.generation)
    return _xml(feeds.atom(asked, found, origin(), changed), "application/atom+xml")


def _sitemap_files() -> int:
    """How many sitemaps hold every report; an empty index has one, which is empty."""
    reports = room().searcher.manifest.reports
    return max(1, -(-reports // feeds.SITEMAP_URLS))


@machine.get("/sitemap.xml")
def sitemap() -> Response:
    """The sitemap index."""
    only(request.args, ())
    return _xml(feeds.sitemap_index(base_url(), _sitemap_files()))


@machine.get("/sitemap-<int:number>.xml")
def sitemap_file(number: int) -> Response:
    """One sitemap of at most 50,000 addresses."""
    if not 1 <= number <= _sitemap_files():
        raise NotFound(
            f"there are {_sitemap_files()} sitemaps; /sitemap.xml lists them"
        )
    start = (number - 1) * feeds.SITEMAP_URLS
    ids = room().searcher.ids(start, start + feeds.SITEMAP_URLS)
    return _xml(feeds.sitemap(origin(), ids))


# Addresses of which there is no end.
UNCRAWLED = ("/search", "/facets/", "/numbers", "/compare", "/api/")


@machine.get("/robots.txt")
def robots() -> Response:
    """Reports may be crawled, endless result pages may not."""
    # every filter and page of a search has its own address: a crawler would never end
    lines = [
        "User-agent: *",
        *(f"Disallow: {below(path)}" for path in UNCRAWLED),
        f"Sitemap: {base_url()}/sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
