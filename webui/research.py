"""The pages for those who compare: a region's coverage, a search's numbers, a body over its years, reports abreast."""

from __future__ import annotations

from flask import Blueprint, Response, request

from webui.context import room
from webui.coverageview import coverage_view
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
