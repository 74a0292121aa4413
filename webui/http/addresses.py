"""URLs of pages and of the endpoint, below the site's own address."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit

from flask import Flask, request
from werkzeug.routing import PathConverter

from index.search.request import SearchRequest
from index.search.response import Hit
from index.search.root import ROOT, below

__all__ = [
    "LANGUAGE",
    "READING",
    "ReportIdConverter",
    "address",
    "as_csv",
    "extended",
    "in_language",
    "listed_reports",
    "quoted",
    "register",
    "report_path",
]


# How the page of a report is told the reading in which the runs of a query were found.
READING = "reading"
# The parameter of every page that asks for its language.
LANGUAGE = "lang"


class ReportIdConverter(PathConverter):
    """Any id in a path: werkzeug's own takes neither a slash at the beginning nor a line break."""

    regex = "(?s:.+)"
    # an expression without a slash would be taken for one segment of the path
    part_isolating = False


def address(path: str, **values: object) -> str:
    """A URL below `path`; parameters that are empty are left out, lists are repeated.

    >>> address("/coverage", region=""), address("/compare", id=["a", "b"])
    ('/coverage', '/compare?id=a&id=b')
    """
    given = {
        name: value for name, value in values.items() if value not in (None, "", [], ())
    }
    # a lone surrogate of a damaged text has no UTF-8: it becomes "?"
    query = urlencode(given, doseq=True, errors="replace")
    return below(extended(path, query))


def report_path(report_id: str) -> str:
    """The page of a report, as a URL path; a slash inside the id is escaped."""
    return below("/reports/" + quoted(report_id))


def listed_reports(
    hits: Iterable[Hit],
    asked: SearchRequest,
    reading: str,
) -> list[str]:
    """The page of each hit with the search that lists it, opened at its first place.

    From it the page knows its list: the way back, and the reports before and after.
    """
    # a list without any condition is told by its page
    params = asked.params() or [("page", "1")]
    if asked.q:
        params.append((READING, reading))
    query = urlencode(params, errors="replace")
    urls = []
    for hit in hits:
        place = "#hit-1" if asked.q and hit.occurrences else ""
        urls.append(extended(report_path(hit.id), query) + place)
    return urls


def quoted(report_id: str) -> str:
    """An id as a part of a path; a slash inside it is escaped."""
    return quote(report_id, safe="", errors="replace")


def as_csv(url: str) -> str:
    """The address of the same answer as a table.

    >>> as_csv("/api/v1/coverage"), as_csv("/api/v1/stats?by=year")
    ('/api/v1/coverage?format=csv', '/api/v1/stats?by=year&format=csv')
    """
    return extended(url, "format=csv")


def extended(url: str, query: str) -> str:
    """An address with more parameters behind those that it has.

    >>> extended("/search", "q=a"), extended("/search?q=a", "page=2"), extended("/search", "")
    ('/search?q=a', '/search?q=a&page=2', '/search')
    """
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query}"


def in_language(url: str, language: str) -> str:
    """The address of a page in a language; one that names a language already stays what it is.

    >>> in_language("/help#problem-cost", "en"), in_language("/search?q=a", "en")
    ('/help?lang=en#problem-cost', '/search?q=a&lang=en')
    """
    path, sharp, place = url.partition("#")
    _, _, query = path.partition("?")
    if any(pair.startswith(f"{LANGUAGE}=") for pair in query.split("&")):
        return url
    return extended(path, f"{LANGUAGE}={language}") + sharp + place


def register(app: Flask, base_url: str) -> None:
    """Tell where the site stands before each request: by `base_url`, or as a proxy says."""
    path = urlsplit(base_url).path.rstrip("/")

    def stand() -> None:
        ROOT.set(path if base_url else request.script_root)

    app.before_request(stand)
    app.context_processor(lambda: {"root": ROOT.get()})
