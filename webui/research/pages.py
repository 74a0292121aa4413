"""The pages for those who compare.

A region's coverage, a search's numbers, a body over its years, reports abreast.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from index.model.errors import RequestError
from index.model.problems import Code
from index.model.report import OTHER_KIND, Report
from index.search.request import SearchRequest
from index.studies.aggregate import SCOPES
from index.studies.divisions import facet_of
from index.studies.side_by_side import MAX_MEASURES
from webui.http.addresses import address, as_csv
from webui.http.basket import MAX_REPORTS, picked
from webui.http.context import room
from webui.http.measures import (
    DEFAULT_MEASURES,
    MEASURES,
    NUMBERS_NAMES,
    FiguresRequest,
    added_up,
    parse_numbers,
)
from webui.http.params import from_page, only, page_format, read_region
from webui.http.problems import NotHereError
from webui.http.rendering import csv_file, html_page
from webui.research import tables
from webui.research.bodies import body_view
from webui.research.compare import compare_view
from webui.research.coverage import coverage_view
from webui.research.numbers import NumbersView, as_table, choices, numbers_view
from webui.research.strips import strips
from webui.words import labels
from webui.words.chips import chips
from webui.words.messages import gettext as _

__all__ = ["research_pages"]

# Reports of one body and those it came from, at most.
_MAX_BODY_REPORTS = 200
# What the page of a body is asked for.
_OF_BODY = ("agency", "series", "format")
# Sorts a report without a date behind the others of its year.
_NO_DATE = "9999"

research_pages = Blueprint("research", __name__)


@research_pages.get("/coverage")
def coverage() -> Response:
    """Which bodies of a region have a report here for which year."""
    region = read_region(only(from_page(request.args, ("region",)), ("region",)))
    found = room().searcher.coverage(region)
    if page_format(request.args) == "csv":
        return csv_file("coverage", *tables.of_coverage(found))
    view = coverage_view(found)
    json_url = address("/api/v1/coverage", region=region)
    csv_url = as_csv(address("/coverage", region=region))
    return html_page("coverage.html", view=view, json_url=json_url, csv_url=csv_url)


@research_pages.get("/numbers")
def numbers() -> Response:
    """Numbers of the tables over the reports of a search, by year or another facet."""
    kind = page_format(request.args)
    asked = _with_defaults(parse_numbers(from_page(request.args, NUMBERS_NAMES)))
    found = added_up(asked)
    view = numbers_view(asked, found)

    def url(search: SearchRequest) -> str:
        return replace(asked, request=search).url("/numbers")

    conditions = chips(asked.request, url)
    if kind == "csv":
        said = _said(asked, view, [(c.label, c.value) for c in conditions])
        return csv_file("numbers", *as_table(view, asked, said))
    return html_page(
        "numbers.html",
        asked=asked,
        measure=asked.measures[0],
        view=view,
        choices=choices(list(MEASURES.values())),
        scopes=SCOPES,
        strips=strips(asked),
        most_measures=MAX_MEASURES,
        kept=asked.request.params(),
        chips=conditions,
        back_url=asked.request.url("/search"),
    )


def _with_defaults(asked: FiguresRequest) -> FiguresRequest:
    """The question with the page's own measures, and places ranked, where nothing was chosen."""
    chosen = asked.measures or tuple(MEASURES[name] for name in DEFAULT_MEASURES)
    order = asked.order
    if not order and facet_of(asked.by) == "region":
        order = f"-{chosen[0].name}"
    return replace(asked, measures=chosen, order=order)


def _said(
    asked: FiguresRequest, view: NumbersView, conditions: Iterable[tuple[str, str]]
) -> list[str]:
    """What stands above the table in a file: figures, conditions, what was counted."""
    names = "、".join(labels.MEASURES[measure.name] for measure in asked.measures)
    said = [_("统计：%(names)s", names=names)]
    wanted = "；".join(f"{label} {value}" for label, value in conditions)
    said.append(_("条件：%(conditions)s", conditions=wanted or _("全部年度报告")))
    said.append(_("口径：%(scope)s", scope=view.scope))
    shares = [_("占比：%(formula)s", formula=share) for share in view.shares]
    return said + shares


@research_pages.get("/bodies")
def body() -> BaseResponse:
    """One body over its years; with `series=1` also under its names before and after reforms."""
    values = only(from_page(request.args, _OF_BODY), _OF_BODY)
    # the name is quoted in a query: without its quotes it cannot end that quotation
    name = values.get("agency", "").replace('"', "").strip()
    if not name:
        raise RequestError("agency", Code.REQUEST_AGENCY_MISSING)
    # a page passes over what it does not know
    series = values.get("series") == "1"
    whole_name = room().searcher.body(name)
    if whole_name not in (None, name):
        # 海宁市财政局 is 浙江省海宁市财政局 here
        return redirect(address("/bodies", **{**values, "agency": whole_name}))
    reports = _reports_of(name, series=series)
    if not reports:
        raise NotHereError(room().searcher.unknown_body(name))
    annual = [report for report in reports if report.kind != OTHER_KIND]
    others = [report for report in reports if report.kind == OTHER_KIND]
    # guides and notices are no reports, but they are all that some bodies have
    shown = annual or others
    if values.get("format") == "csv":
        return csv_file("body", *tables.of_reports(shown))
    view = body_view(name, shown, series=series, others=others if annual else ())
    return html_page("body.html", view=view)


def _reports_of(name: str, *, series: bool) -> list[Report]:
    """The reports of a body, in order of their years."""
    asked = SearchRequest(filters={"agency": (name,)})
    if series:
        asked = SearchRequest(q=f'agency~:"{name}"')
    found = itertools.islice(room().searcher.export(asked), _MAX_BODY_REPORTS)
    return sorted(found, key=lambda r: (r.year or 0, r.published or _NO_DATE, r.id))


@research_pages.get("/compare")
def compare() -> BaseResponse:
    """Two to six reports abreast: those of the address, else those that were picked."""
    # a form sends every field, filled in or not
    given = filter(None, map(str.strip, request.args.getlist("id")))
    ids = list(dict.fromkeys(given))
    if not ids and len(picked()) > 1:
        return redirect(address("/compare", id=list(picked())))
    if not 2 <= len(ids) <= MAX_REPORTS:
        raise RequestError(
            "id",
            Code.REQUEST_REPORTS_TO_COMPARE,
            {"count": len(ids), "limit": MAX_REPORTS},
        )
    reports = [room().searcher.report(report_id) for report_id in ids]
    if page_format(request.args) == "csv":
        return csv_file("compare", *tables.of_reports(reports))
    view = compare_view(reports)
    return html_page("compare.html", view=view, urls=view.urls)
