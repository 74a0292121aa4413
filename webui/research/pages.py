"""The pages for those who compare: a region's coverage, a search's numbers, a body over its years,
reports abreast.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from index.model.errors import RequestError
from index.search.request import SearchRequest
from index.studies.aggregate import BY, SCOPES
from webui.http.addresses import address
from webui.http.context import room
from webui.http.measures import DEFAULT, MEASURES, parse_numbers
from webui.http.params import only, read_region, without_blanks
from webui.http.rendering import html_page
from webui.research.bodies import body_view
from webui.research.compare import MOST, compare_view
from webui.research.coverage import coverage_view
from webui.research.numbers import choices, numbers_view
from webui.words.chips import chips

__all__ = ["research"]

# Reports of one body and those it came from, at most.
REPORTS = 200

research = Blueprint("research", __name__)


@research.get("/coverage")
def coverage() -> Response:
    """Which bodies of a region have a report here for which year."""
    region = read_region(only(without_blanks(request.args), ("region",)))
    view = coverage_view(room().searcher.coverage(region))
    return html_page(
        "coverage.html", view=view, json_url=address("/api/v1/coverage", region=region)
    )


@research.get("/numbers")
def numbers() -> Response:
    """A number of the tables over the reports of a search, by year or another facet."""
    asked = parse_numbers(without_blanks(request.args))
    measure = asked.measure or MEASURES[DEFAULT]
    found = room().searcher.aggregate(
        asked.request, measure.name, asked.by, asked.scope, asked.template
    )
    return html_page(
        "numbers.html",
        asked=asked,
        measure=measure,
        view=numbers_view(asked, measure, found),
        choices=choices(list(MEASURES.values())),
        by=BY,
        scopes=SCOPES,
        kept=asked.request.params(),
        chips=chips(
            asked.request, lambda r: replace(asked, request=r).url("/numbers", measure)
        ),
        back_url=asked.request.url("/search"),
    )


@research.get("/bodies")
def body() -> Response:
    """One body over its years, with `series` also under what it was before and became after
    reforms.
    """
    values = only(without_blanks(request.args), ("agency", "series"))
    name = values.get("agency", "").replace('"', "").strip()
    if not name:
        raise RequestError("agency", "name a body as the agency facet lists it")
    if (series := values.get("series", "0")) not in ("0", "1"):
        raise RequestError(
            "series", f"series is {series[:40]!r}; give 1, or leave it out"
        )
    asked = (
        SearchRequest(q=f'agency~:"{name}"')
        if series == "1"
        else SearchRequest(filters={"agency": (name,)})
    )
    found = itertools.islice(room().searcher.export(asked), REPORTS)
    reports = sorted(found, key=lambda r: (r.year or 0, r.published or "9999", r.id))
    if not reports:
        raise NotFound(
            f"no report here is from {name!r}; the agency facet lists the bodies that have one"
        )
    return html_page("body.html", view=body_view(name, reports, series=series == "1"))


@research.get("/compare")
def compare() -> Response:
    """Two to six reports abreast."""
    for name in request.args:
        if name != "id":
            raise RequestError(name, f"unknown parameter {name[:60]!r}; known here: id")
    ids = list(dict.fromkeys(request.args.getlist("id")))
    if not 2 <= len(ids) <= MOST:
        raise RequestError("id", f"{len(ids)} reports are chosen; choose two to {MOST}")
    view = compare_view([room().searcher.report(i) for i in ids])
    return html_page("compare.html", view=view, urls=view.urls)
