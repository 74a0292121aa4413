"""The JSON endpoint, /api/v1. Its answers and errors are the contract in openapi.py."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict, replace
from importlib.util import find_spec
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from index.documents.exports import EXPORT_FORMATS
from index.model.errors import RequestError
from index.model.fields import FACET_NAMES
from index.model.json_codec import from_json
from index.model.problems import Code
from index.model.report import Report
from index.search.request import HIT_MEMBERS
from index.search.searcher import MarkedReport
from index.studies.side_by_side import as_lines
from webui.api import tables
from webui.http.context import json_response, room
from webui.http.measures import FiguresRequest, added_up, parse_numbers
from webui.http.params import (
    PAGING,
    check_length,
    only,
    parse_facet,
    parse_search,
    read_integer,
    read_region,
    with_format,
)
from webui.http.rendering import csv_file
from webui.http.searching import answer
from webui.words.labels import FACET_LABELS

__all__ = ["api"]

api = Blueprint("api", __name__, url_prefix="/api/v1")

# Completions of one query: a list that a person looks through.
MAX_SUGGESTIONS = 50


@api.get("/search")
def search() -> Response:
    """One search."""
    asked = parse_search(request.args)
    response = answer(asked)
    if asked.fields is None:
        return json_response(response)
    members = from_json(response.encoded())
    for hit in members["hits"]:
        for name in HIT_MEMBERS:
            if name not in asked.fields:
                del hit[name]
    return json_response(members)


@api.get("/reports/<report_id:report_id>")
def report(report_id: str) -> Response:
    """One whole record, or some `fields` of it; with `q`, the places of the query in it."""
    values = only(request.args, ("q", "match", "fields"))
    q = values.get("q")
    if q:
        match = values.get("match", "auto")
        record = _marked(room().searcher.marked(report_id, q, match=match))
    else:
        record = room().searcher.report(report_id).record()
    if "fields" in values:
        record = _chosen(record, values["fields"].split(","))
    return json_response(record)


def _marked(found: MarkedReport) -> dict[str, Any]:
    """The record with the places of a query; marks are code points of its title, text and card."""
    return found.report.record() | {
        "title_marks": found.title_marks,
        "text_marks": found.text_marks,
        "card_marks": found.card_marks,
        "occurrences": found.occurrences,
        "matched": found.matched,
        "words": found.words,
    }


def _chosen(record: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Some members of a record. Raises RequestError."""
    for name in names:
        if name not in record:
            facts = {"value": name[:40], "allowed": list(record)}
            raise RequestError("fields", Code.REQUEST_NOT_ALLOWED, facts)
    return {name: record[name] for name in names}


@api.get("/similar/<report_id:report_id>")
def similar(report_id: str) -> Response:
    """What is like a report, and what it took over.

    Copies, its body's other years, other bodies' reports.
    """
    only(request.args, ())
    searcher = room().searcher
    found = searcher.similar(report_id).to_json()
    novelty = searcher.novelty(report_id).to_json()
    return json_response({**found, "novelty": novelty})


@api.get("/series/<report_id:report_id>")
def series(report_id: str) -> Response:
    """The reports of one body by year, and what must hold from year to year."""
    kind, args = with_format(request.args)
    only(args, ())
    found = room().searcher.series(report_id)
    if kind == "csv":
        return csv_file("series", *tables.of_series(found))
    return json_response(found.to_json())


@api.get("/facets/<name>")
def facet(name: str) -> Response:
    """The values of one facet under a search, those that contain a string."""
    if name not in FACET_NAMES:
        raise NotFound(
            f"there is no facet {name!r}; there are {', '.join(FACET_NAMES)}"
        )
    kind, args = with_format(request.args)
    asked, contains, size = parse_facet(args)
    result = room().searcher.facet(asked, name, contains, size)
    if kind == "csv":
        return csv_file(name, *tables.of_facet(name, result))
    own = {"name": name, "label": FACET_LABELS[name], "contains": contains}
    return json_response(own | asdict(result))


@api.get("/suggest")
def suggest() -> Response:
    """Completions of what was typed so far."""
    values = only(request.args, ("q", "size"))
    size = read_integer("size", values.get("size", "8"))
    if not 1 <= size <= MAX_SUGGESTIONS:
        raise RequestError(
            "size",
            Code.REQUEST_OUT_OF_RANGE,
            {"name": "size", "value": size, "low": 1, "high": MAX_SUGGESTIONS},
        )
    q = values.get("q", "")
    # what is half typed is not parsed, so the parser does not refuse it
    check_length(q)
    suggestions = [
        {"text": s.text, "kind": s.kind, "count": s.count, "query": s.query}
        for s in room().searcher.suggest(q, size)
    ]
    return json_response({"q": q, "suggestions": suggestions})


@api.get("/stats")
def stats() -> Response:
    """Figures of the whole index; of a search, a number over its reports, or how many there are."""
    if not request.args:
        return json_response(room().searcher.stats())
    kind, args = with_format(request.args)
    asked = parse_numbers(args)
    if not asked.measures:
        return _counted(asked, kind)
    found = added_up(asked)
    if kind == "csv":
        return csv_file("stats", *as_lines(found))
    return json_response(found.to_json())


def _counted(asked: FiguresRequest, kind: str) -> Response:
    """How many annual reports a search finds, by the same groups as its figures."""
    chosen = {"scope": asked.scope, "template": asked.template}
    filters = dict(asked.request.filters)
    for name, value in chosen.items():
        if value is not None:
            filters[name] = (value,)
    request = asked.request.with_(filters=filters)
    found = added_up(replace(asked, request=request, scope=None, template=None))
    values = [(g.value, g.label, g.reports) for g in found.groups]
    if kind == "csv":
        return csv_file("stats", *tables.of_counts(asked.by, values))
    groups = [{"value": v, "label": label, "reports": n} for v, label, n in values]
    answered = {"by": asked.by, "reports": found.reports, "groups": groups}
    return json_response(answered)


@api.get("/coverage")
def coverage() -> Response:
    """Which bodies of a region have a report for which year."""
    kind, args = with_format(request.args)
    found = room().searcher.coverage(read_region(only(args, ("region",))))
    if kind == "csv":
        return csv_file("coverage", *tables.of_coverage(found))
    return json_response(found.to_json())


@api.get("/export")
def export() -> Response:
    """Every report of a search, streamed."""
    asked = parse_search(request.args, extra=("format",), skip=PAGING)
    kind = request.args.get("format", "csv")
    if kind not in EXPORT_FORMATS:
        raise RequestError(
            "format",
            Code.REQUEST_NOT_ALLOWED,
            {"value": kind[:40], "allowed": list(EXPORT_FORMATS)},
        )
    if kind == "parquet" and not find_spec("pyarrow"):
        raise RequestError("format", Code.REQUEST_NO_PARQUET)
    # the rows are written while they are read: an export of the whole index needs no memory
    write, media_type = EXPORT_FORMATS[kind]
    under_way = room().exports.begin()
    try:
        reports = _begun(under_way.limited(room().searcher.export(asked)))
    except BaseException:
        under_way.end()
        raise
    response = Response(write(reports), content_type=media_type)
    # also when the reader goes away in the middle
    response.call_on_close(under_way.end)
    response.headers["Content-Disposition"] = f'attachment; filename="gongkai.{kind}"'
    return response


def _begun(reports: Iterator[Report]) -> Iterator[Report]:
    """The same reports, the first one taken already.

    A query at fault is then refused before the answer has begun; later there is no status
    to change any more.
    """
    first = list(itertools.islice(reports, 1))
    return itertools.chain(first, reports)
