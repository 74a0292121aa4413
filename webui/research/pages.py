"""The pages for those who compare: a region's coverage, a search's numbers, a body over its years,
reports abreast.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from urllib.parse import quote

from flask import Blueprint, Response, request

from index.model.errors import RequestError
from index.model.problems import Code, Note
from index.search.request import SearchRequest
from index.studies.aggregate import BY, SCOPES
from webui.http.context import room
from webui.http.params import only, read_region, without_blanks
from webui.http.problems import NotHereError
from webui.http.rendering import address, html_page
from webui.research.bodies import body_view
from webui.research.compare import MOST, compare_view
from webui.research.coverage import coverage_view
from webui.research.measures import DEFAULT, MEASURES, parse_numbers
from webui.research.numbers import choices, numbers_view
from webui.search.chips import chips

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
        raise RequestError("agency", Code.REQUEST_AGENCY_MISSING)
    if (series := values.get("series", "0")) not in ("0", "1"):
        raise RequestError("series", Code.REQUEST_BAD_SERIES, {"value": series[:40]})
    asked = (
        SearchRequest(q=f'agency~:"{name}"')
        if series == "1"
        else SearchRequest(filters={"agency": (name,)})
    )
    found = itertools.islice(room().searcher.export(asked), REPORTS)
    reports = sorted(found, key=lambda r: (r.year or 0, r.published or "9999", r.id))
    if not reports:
        raise NotHereError(Note(Code.REQUEST_UNKNOWN_AGENCY, {"agency": name}))
    return html_page("body.html", view=body_view(name, reports, series=series == "1"))


@research.get("/compare")
def compare() -> Response:
    """Two to six reports abreast."""
    for name in request.args:
        if name != "id":
            raise RequestError(
                name,
                Code.REQUEST_UNKNOWN_PARAMETER,
                {"name": name[:60], "known": ["id"]},
            )
    ids = list(dict.fromkeys(request.args.getlist("id")))
    if not 2 <= len(ids) <= MOST:
        raise RequestError(
            "id", Code.REQUEST_REPORTS_TO_COMPARE, {"count": len(ids), "limit": MOST}
        )
    view = compare_view([room().searcher.report(i) for i in ids])
    return html_page("compare.html", view=view, urls=view.urls)


@research.get("/similar/<path:report_id>")
def similar(report_id: str) -> Response:
    """What is like a report, what it took over from the year before, and what must hold between the
    two.
    """
    only(request.args, ())
    searcher = room().searcher
    series = searcher.series(report_id)
    return html_page(
        "similar.html",
        report=searcher.report(report_id),
        view=searcher.similar(report_id),
        novelty=searcher.previous_year(report_id),
        links=[
            link
            for link in series.links
            if report_id in (link.earlier_id, link.later_id)
        ],
        json_url=address(f"/api/v1/similar/{quote(report_id)}"),
    )
