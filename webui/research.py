"""The pages for those who compare: a region's coverage, a search's numbers, a body over its years, reports abreast."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request

from index.aggregate import BY, SCOPES
from webui.chips import chips
from webui.context import room
from webui.coverageview import coverage_view
from webui.measures import DEFAULT, MEASURES, parse_numbers
from webui.numbersview import choices, numbers_view
from webui.params import only, read_region, without_blanks
from webui.rendering import address, html_page

__all__ = ["research"]

research = Blueprint("research", __name__)


@research.get("/coverage")
def coverage() -> Response:
    """Which bodies of a region have a report here for which year."""
    region = read_region(only(without_blanks(request.args), ("region",)))
    view = coverage_view(room().searcher.coverage(region))
    return html_page("coverage.html", view=view, json_url=address("/api/v1/coverage", region=region))


@research.get("/numbers")
def numbers() -> Response:
    """A number of the tables over the reports of a search, by year or another facet."""
    asked = parse_numbers(without_blanks(request.args))
    measure = asked.measure or MEASURES[DEFAULT]
    found = room().searcher.aggregate(asked.request, measure.name, asked.by, asked.scope, asked.template)
    return html_page(
        "numbers.html",
        asked=asked,
        measure=measure,
        view=numbers_view(asked, measure, found),
        choices=choices(list(MEASURES.values())),
        by=BY,
        scopes=SCOPES,
        kept=asked.request.params(),
        chips=chips(asked.request, lambda r: replace(asked, request=r).url("/numbers", measure)),
        back_url=asked.request.url("/search"),
    )
