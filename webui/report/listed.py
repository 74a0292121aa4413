"""Where a report stands in the list of results that it was opened from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from index.model.errors import RequestError, TooCostlyError
from index.search.cursor import listed_before
from index.search.request import PAGE_SEARCH, SearchRequest
from index.search.response import Hit, SearchResponse
from webui.http.addresses import listed_reports
from webui.http.context import room
from webui.http.params import SEARCH_NAMES, Arguments, from_page, parse_search
from webui.http.searching import following

__all__ = ["Place", "place_in_list"]


@dataclass(frozen=True, slots=True)
class Place:
    """The way back to a list, and its reports before and after one.

    `number` counts from 1 to `total`. It is None, with the neighbours, for a report that the page
    of the list does not have (any more).
    """

    q: str
    back_url: str
    number: int | None = None
    total: int = 0
    previous_url: str | None = None
    next_url: str | None = None


def place_in_list(
    report_id: str,
    args: Arguments,
) -> Place | None:
    """The place of a report in the list that its address tells; None where it tells none."""
    told = from_page(args, SEARCH_NAMES)
    if not told:
        return None
    try:
        asked = parse_search(told)
        return _place(report_id, asked)
    except (RequestError, TooCostlyError):
        # the report can be read without its list
        return None


def _place(
    report_id: str,
    asked: SearchRequest,
) -> Place:
    found = _list(asked)
    ids = [hit.id for hit in found.hits]
    back = asked.url(PAGE_SEARCH)
    if report_id not in ids:
        return Place(asked.q, back)
    at = ids.index(report_id)
    number = listed_before(asked) + at + 1
    return Place(
        q=asked.q,
        back_url=f"{back}#result-{number}",
        number=number,
        total=found.total,
        previous_url=_previous(asked, found, at),
        next_url=_next(asked, found, at),
    )


def _list(asked: SearchRequest) -> SearchResponse:
    """One page of the list, without what is shown of it."""
    bare = replace(asked, facets=(), snippets=0, explain=False, fields=None)
    return room().searcher.search(bare)


def _previous(
    asked: SearchRequest,
    found: SearchResponse,
    at: int,
) -> str | None:
    if at > 0:
        return _url(asked, found, found.hits[at - 1])
    # a cursor knows only what follows
    if asked.cursor is not None or asked.page == 1:
        return None
    before = asked.at_page(asked.page - 1)
    listed = _list(before)
    return _url(before, listed, listed.hits[-1]) if listed.hits else None


def _next(
    asked: SearchRequest,
    found: SearchResponse,
    at: int,
) -> str | None:
    if at + 1 < len(found.hits):
        return _url(asked, found, found.hits[at + 1])
    after = following(asked, found)
    if after is None:
        return None
    listed = _list(after)
    return _url(after, listed, listed.hits[0]) if listed.hits else None


def _url(
    asked: SearchRequest,
    found: SearchResponse,
    hit: Hit,
) -> str:
    return listed_reports([hit], asked, found.query.matched)[0]
