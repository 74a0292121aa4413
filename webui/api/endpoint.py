"""The JSON endpoint, /api/v1. Its answers and errors are the contract in openapi.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec

from flask import Blueprint, Response, request, stream_with_context
from werkzeug.exceptions import NotFound

from index.documents.exports import FORMATS
from index.model.errors import RequestError
from index.model.fields import FACET_NAMES
from index.model.problems import Code
from index.model.report import Report
from webui.http.context import json_response, room
from webui.http.params import (
    PAGING,
    check_length,
    only,
    parse_facet,
    parse_search,
    read_integer,
    read_region,
)
from webui.http.searching import answer
from webui.research.measures import parse_numbers
from webui.words.labels import FACET_LABELS

__all__ = ["api"]

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/search")
def search() -> Response:
    """One search."""
    return json_response(answer(parse_search(request.args)))


@api.get("/reports/<path:report_id>")
def report(report_id: str) -> Response:
    """One whole record; with `q`, the places of the query in it."""
    q = only(request.args, ("q",)).get("q")
    if not q:
        return json_response(room().searcher.report(report_id).record())
    found = room().searcher.marked(report_id, q)
    marks = {"title_marks": found.title_marks, "text_marks": found.text_marks}
    return json_response(found.report.record() | marks)


@api.get("/similar/<path:report_id>")
def similar(report_id: str) -> Response:
    """What is like a report: copies, its body's other years, other bodies' reports; and what it
    took over.
    """
    only(request.args, ())
    searcher = room().searcher
    found = searcher.similar(report_id).to_json()
    return json_response(
        {**found, "novelty": searcher.previous_year(report_id).to_json()}
    )


@api.get("/series/<path:report_id>")
def series(report_id: str) -> Response:
    """The reports of one body by year, and what must hold from year to year."""
    only(request.args, ())
    return json_response(room().searcher.series(report_id).to_json())


@api.get("/facets/<name>")
def facet(name: str) -> Response:
    """The values of one facet under a search, those that contain a string."""
    if name not in FACET_NAMES:
        raise NotFound(
            f"there is no facet {name!r}; there are {', '.join(FACET_NAMES)}"
        )
    asked, contains, size = parse_facet(request.args)
    result = room().searcher.facet(asked, name, contains, size)
    return json_response(
        {"name": name, "label": FACET_LABELS[name], "contains": contains}
        | asdict(result)
    )


@api.get("/suggest")
def suggest() -> Response:
    """Completions of what was typed so far."""
    values = only(request.args, ("q", "size"))
    size = read_integer("size", values.get("size", "8"))
    if not 1 <= size <= 50:
        raise RequestError(
            "size",
            Code.REQUEST_OUT_OF_RANGE,
            {"name": "size", "value": size, "low": 1, "high": 50},
        )
    check_length(q := values.get("q", ""))
    found = room().searcher.suggest(q, size)
    suggestions = [
        {"text": s.text, "kind": s.kind, "count": s.count, "query": s.query}
        for s in found
    ]
    return json_response({"q": q, "suggestions": suggestions})


@api.get("/stats")
def stats() -> Response:
    """Figures of the whole index; with `measure`, a number over the reports of a search."""
    if not request.args:
        return json_response(room().searcher.stats())
    asked = parse_numbers(request.args)
    if asked.measure is None:
        raise RequestError("measure", Code.REQUEST_MEASURE_MISSING)
    name = asked.measure.name
    found = room().searcher.aggregate(
        asked.request, name, asked.by, asked.scope, asked.template
    )
    return json_response(found.to_json())


@api.get("/coverage")
def coverage() -> Response:
    """Which bodies of a region have a report for which year."""
    region = read_region(only(request.args, ("region",)))
    return json_response(room().searcher.coverage(region).to_json())


@api.get("/export")
def export() -> Response:
    """Every report of a search, streamed."""
    asked = parse_search(request.args, extra=("format",), skip=PAGING)
    kind = request.args.get("format", "csv")
    if kind not in FORMATS:
        raise RequestError(
            "format",
            Code.REQUEST_NOT_ALLOWED,
            {"value": kind[:40], "allowed": list(FORMATS)},
        )
    if kind == "parquet" and not find_spec("pyarrow"):
        raise RequestError("format", Code.REQUEST_NO_PARQUET)
    write, media_type = FORMATS[kind]
    reports = _begun(room().searcher.export(asked))
    response = Response(stream_with_context(write(reports)), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="gongkai.{kind}"'
    return response


def _begun(reports: Iterator[Report]) -> Iterator[Report]:
    """The same reports with the first one taken: a query at fault is refused before the answer has
    begun.
    """
    return itertools.chain(list(itertools.islice(reports, 1)), reports)
