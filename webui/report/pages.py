"""The pages about one report: the report itself, and the reports that are like it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from webui.http.addresses import (
    READING,
    address,
    extended,
    quoted,
    report_path,
)
from webui.http.context import origin, room
from webui.http.params import SEARCH_NAMES, from_page, only
from webui.http.rendering import html_page
from webui.report.listed import place_in_list
from webui.report.view import ReportView, marked_view, received_view, report_view

__all__ = ["report_pages"]

report_pages = Blueprint("report", __name__)

# How a report is shown: at the hits of a query in one of its readings, or as received.
_SHOWN = ("q", "view", "match", "synonyms", READING)


@report_pages.get("/reports/<report_id:report_id>")
def report(report_id: str) -> Response:
    """One report, opened at the hits of a query."""
    values = only(from_page(request.args, _SHOWN), _SHOWN)
    q = values.get("q", "")
    if values.get("view") == "received":
        view = received_view(room().searcher.report(report_id))
    else:
        view = _view(report_id, values)
    path = report_path(view.report.id)
    return html_page(
        "report.html",
        view=view,
        report=view.report,
        q=q,
        path=path,
        permalink=origin() + path,
        json_url=address(f"/api/v1/reports/{quoted(view.report.id)}"),
        place=place_in_list(view.report.id, request.args),
        mended_url=_shown_as(path, "mended"),
        received_url=_shown_as(path, "received"),
        generation=room().searcher.manifest.generation,
    )


def _shown_as(path: str, view: str) -> str:
    """This page with the text as it was received, or mended; the list stays told."""
    args = from_page(request.args, (*SEARCH_NAMES, READING))
    pairs = list(args.items(multi=True))
    if view == "received":
        pairs.append(("view", view))
    return extended(path, urlencode(pairs, errors="replace"))


def _view(report_id: str, values: Mapping[str, str]) -> ReportView:
    searcher = room().searcher
    q = values.get("q")
    if not q:
        return report_view(searcher.report(report_id))
    found = searcher.marked(
        report_id,
        q,
        synonyms=values.get("synonyms") == "on",
        match=values.get(READING) or values.get("match", "auto"),
    )
    return marked_view(found)


@report_pages.get("/similar/<report_id:report_id>")
def similar(report_id: str) -> Response:
    """What is like a report, what it took over from the year before, and its year checks."""
    searcher = room().searcher
    # the series links every pair of years; this page is about one report
    links = searcher.series(report_id).links
    own_links = [
        link for link in links if report_id in (link.earlier_id, link.later_id)
    ]
    return html_page(
        "similar.html",
        report=searcher.report(report_id),
        view=searcher.similar(report_id),
        novelty=searcher.novelty(report_id),
        links=own_links,
        json_url=address(f"/api/v1/similar/{quote(report_id)}"),
    )
