"""The pages of a search: its entry, its results, the values of one facet.

Their state is the URL alone; every control is a link or a form, and no script is needed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from index.model.fields import FACET_NAMES, FACETS, Facet
from index.model.problems import Code
from index.query.explain import in_words
from index.query.parser import parse
from index.query.syntax import asks_for_strings
from index.search.cursor import listed_before
from index.search.request import API_SEARCH, LIMITS, PAGE_SEARCH, SearchRequest
from index.search.response import FacetResult, Hit, SearchResponse
from index.search.root import below
from webui.http.addresses import as_csv, extended, listed_reports
from webui.http.context import room
from webui.http.params import (
    PAGING,
    SEARCH_NAMES,
    Arguments,
    from_page,
    page_format,
    parse_search,
)
from webui.http.rendering import csv_file, html_page
from webui.http.searching import following
from webui.search import scores
from webui.search.facets import (
    OPEN_FILTERS,
    Value,
    chart_of_years,
    groups,
    ordered,
    page_url,
    unknown_of,
    values_of,
)
from webui.search.faults import found_or_faults, is_read_otherwise
from webui.search.paging import steps
from webui.search.wherebar import chosen_numbers, joined, spread, stated
from webui.words import labels, syntax
from webui.words.chips import chips
from webui.words.messages import gettext as _
from webui.words.messages import ngettext, page_language
from webui.words.numerals import grouped

__all__ = ["search_pages"]

search_pages = Blueprint("search", __name__)

# The form has a control of its own for these; a new query begins on the first page.
_FORM_FIELDS = ("q", "sort", "match", "year_from", "year_to", "page", "cursor")
# Facets that the home page offers as ways in.
_DOOR_FACETS = ("level", "region")
# Notes of a search that was done otherwise than it may have been meant.
_MISLEADING_NOTES = (
    Code.QUERY_NO_FIELD,
    Code.QUERY_OPERATOR_AS_TEXT,
    Code.QUERY_FOREIGN_SYNTAX,
    Code.QUERY_ENDS_EXCHANGED,
)
# A body's name without the places above it has at least so many characters.
_NAME_CHARACTERS = 5
# Numbers whose distribution fits beside the results.
_MAX_SPREADS = 2


# ---------------------------------------------------------------------- the entry
@search_pages.get("/")
def home() -> BaseResponse:
    """The entry; with a query it is the search."""
    args = from_page(request.args, SEARCH_NAMES)
    if args:
        return _to_search(args)
    asked = SearchRequest(
        size=1,
        snippets=0,
        facets=(*_DOOR_FACETS, "year"),
        facet_size=LIMITS.facet_size,
    )
    response = room().searcher.search(asked)
    years = response.facets.get("year")
    return html_page(
        "home.html",
        total=response.total,
        chart=chart_of_years(years.values) if years else None,
        doors=_doors(response),
        examples=syntax.WORKED_EXAMPLES,
    )


def _to_search(args: Arguments) -> BaseResponse:
    query = urlencode(list(args.items(multi=True)))
    return redirect(f"{below(PAGE_SEARCH)}?{query}", 302)


def _doors(response: SearchResponse) -> dict[str, list[tuple[str, int, str]]]:
    """For each facet of the home page: (label, reports, address of the search)."""
    doors = {}
    everything = SearchRequest()
    for facet in FACETS:
        result = response.facets.get(facet.name)
        if facet.name not in _DOOR_FACETS or result is None:
            continue
        # of a path only the first step: the provinces
        tops = [v for v in ordered(facet, result.values) if "/" not in v.value]
        doors[facet.name] = [
            (
                labels.facet_value(facet.name, v.label),
                v.count,
                everything.toggled(facet.name, v.value).url(PAGE_SEARCH),
            )
            for v in tops
        ]
    return doors


# ---------------------------------------------------------------------- the results
@search_pages.get(PAGE_SEARCH)
def results() -> BaseResponse:
    """The results of a search."""
    from_form = joined(request.args)
    if from_form is not None:
        return _to_search(from_page(from_form, (*SEARCH_NAMES, OPEN_FILTERS)))
    asked, response, faults = found_or_faults(from_page(request.args, SEARCH_NAMES))
    # a reader who sorts or filters by a number wants to see it with each hit
    numbers = chosen_numbers(asked)
    after = following(asked, response)
    last_page = -(-response.total // asked.size)
    page = html_page(
        "search.html",
        asked=asked,
        faults=faults,
        misleading=_MISLEADING_NOTES,
        response=response,
        understood="" if "q" in faults else _understood(response, asked),
        has_strings="q" not in faults and asks_for_strings(parse(asked.q)),
        groups=groups(asked, response),
        chips=chips(asked),
        kept=_unseen(asked),
        steps=steps(asked, response.total),
        previous_url=response.previous and page_url(response.previous),
        next_url=after and after.url(PAGE_SEARCH),
        first_number=listed_before(asked) + 1,
        last_page=last_page,
        last_url=_last_url(asked, last_page),
        filters_open=OPEN_FILTERS in request.args,
        hit_urls=_hit_urls(response, asked),
        wider=_wider(response),
        conditioned=asked.with_().params(),
        spreads=[spread(asked, name) for name in numbers[:_MAX_SPREADS]],
        stated=stated(response.hits, numbers),
        names_its_body=_names_its_body,
        score_parts=scores.parts,
        explain_url=_explain_url(asked, response),
        alternates=_alternates(asked),
        **_other_searches(asked),
    )
    if faults:
        page.status_code = 400
    return page


def _last_url(asked: SearchRequest, pages: int) -> str:
    """The last page of a list."""
    last = min(pages, LIMITS.window // asked.size)
    return asked.at_page(max(last, 1)).url(PAGE_SEARCH)


def _unseen(asked: SearchRequest) -> list[tuple[str, str]]:
    """What the form sends along unseen, so that a new query keeps the filters."""
    return [(k, v) for k, v in asked.params() if k not in _FORM_FIELDS]


def _hit_urls(response: SearchResponse, asked: SearchRequest) -> list[str]:
    """The address of each hit, in order: its page knows the list and the way back to it."""
    return listed_reports(response.hits, asked, response.query.matched)


def _names_its_body(hit: Hit) -> bool:
    """Whether the heading of a hit says whose it is: 敦煌市人民政府 for 酒泉市敦煌市人民政府."""
    agency = hit.agency or ""
    # a hit without a title has its body for a heading
    heading = hit.title or agency
    shortest = min(len(agency), _NAME_CHARACTERS)
    starts = range(len(agency) - shortest + 1)
    return bool(agency) and any(agency[start:] in heading for start in starts)


def _wider(response: SearchResponse) -> dict[str, str] | None:
    """What the next looser reading would find besides, in words, and its page."""
    found = response.query.wider
    if found is None:
        return None
    more = found.total - response.total
    number = grouped(more)
    match found.match:
        case "words":
            words = ngettext("另有 %(n)s 份含各词但不要求相连。", more, n=number)
        case "any":
            words = ngettext("另有 %(n)s 份含部分词语。", more, n=number)
        case _:
            words = ngettext("另有 %(n)s 份整串相连。", more, n=number)
    return {"words": words, "url": page_url(found.url)}


def _understood(response: SearchResponse, asked: SearchRequest) -> str:
    """How the query was read, where that is more than what was typed; "" where it is not."""
    if not is_read_otherwise(asked.q, response.query.matched):
        return ""
    return in_words(
        parse(asked.q),
        page_language(),
        mode=response.query.matched,
        words=response.query.words,
    )


def _explain_url(asked: SearchRequest, response: SearchResponse) -> str | None:
    """The same page with or without the parts of each score.

    None where the order is not made of scores.
    """
    if asked.sort != "relevance" or response.occurrences is None or not response.hits:
        return None
    return replace(asked, explain=not asked.explain).url(PAGE_SEARCH)


def _bare(asked: SearchRequest) -> SearchRequest:
    """What is asked, without how it is shown."""
    defaults = SearchRequest()
    return replace(asked, **{name: getattr(defaults, name) for name in PAGING})


def _other_searches(asked: SearchRequest) -> dict[str, Any]:
    """Addresses of the same search with one thing changed."""
    return {
        "numbers_url": _bare(asked).url("/numbers"),
        "fold_url": asked.with_(fold=not asked.fold).url(PAGE_SEARCH),
        "synonyms_url": asked.with_(synonyms=not asked.synonyms).url(PAGE_SEARCH),
        "loose_url": asked.with_(match="auto").url(PAGE_SEARCH),
        "bare_url": SearchRequest(q=asked.q).url(PAGE_SEARCH),
    }


def _alternates(asked: SearchRequest) -> dict[str, str]:
    """The same result for machines."""
    # a feed or an export holds all hits: pages and cursors have no meaning there
    bare = _bare(asked)
    export = bare.url("/api/v1/export")
    return {
        "json": asked.url(API_SEARCH),
        "atom": bare.url("/feed.atom"),
        "csv": as_csv(export),
        "jsonl": extended(export, "format=jsonl"),
    }


# ---------------------------------------------------------------------- one facet
@search_pages.get("/facets/<name>")
def facet(name: str) -> Response:
    """Every value of one facet under a search, with a search among them."""
    if name not in FACET_NAMES:
        known = ", ".join(FACET_NAMES)
        raise NotFound(f"there is no facet {name!r}; there are {known}")
    args = from_page(request.args, (*SEARCH_NAMES, "contains"))
    args.poplist("page")
    args.poplist("cursor")
    asked = parse_search(args, extra=("contains",), skip=("page", "cursor"))
    contains = args.get("contains", "")
    kind = next(f for f in FACETS if f.name == name)
    result = room().searcher.facet(asked, name, contains, LIMITS.facet_size)
    # a text that values are to contain is in none
    unknown = None if contains else unknown_of(kind, result, asked)
    if page_format(request.args) == "csv":
        return csv_file(name, *_as_table(kind, result, unknown))
    return html_page(
        "facet.html",
        facet=kind,
        contains=contains,
        result=result,
        values=values_of(kind, result, asked),
        unknown=unknown,
        params=asked.params(),
        back_url=asked.url(PAGE_SEARCH),
        csv_url=_csv_url(_bare(asked), name, contains),
        chips=chips(asked),
    )


def _csv_url(asked: SearchRequest, name: str, contains: str) -> str:
    """The values of a facet as a table."""
    params = asked.params()
    if contains:
        params.append(("contains", contains))
    query = urlencode(params)
    return as_csv(extended(below(f"/facets/{name}"), query))


def _as_table(
    facet: Facet, result: FacetResult, unknown: Value | None
) -> tuple[list[str], list[tuple[str, int]]]:
    """The values with their counts, in words; of a place its whole path. Last what is unknown."""
    heads = [labels.FACET_LABELS[facet.name], _("报告数")]
    lines = []
    for v in result.values:
        is_path = facet.kind == "path"
        label = v.value if is_path else labels.facet_value(facet.name, v.label)
        lines.append((label, v.count))
    if unknown:
        lines.append((unknown.label, unknown.count))
    return heads, lines
