"""The OpenAPI 3.1 document.

It is made from the tables that the handlers read: it cannot promise what they do not do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import make_dataclass
from typing import Any, get_type_hints

from pydantic import TypeAdapter

from index.documents.exports import EXPORT_COLUMNS, EXPORT_FORMATS
from index.model.fields import FACET_NAMES, FIELDS
from index.model.report import Report
from index.model.statistics import Cell
from index.search.request import LIMITS
from index.search.response import FacetResult, SearchResponse
from index.studies.aggregate import Aggregate
from index.studies.coverage import Coverage
from index.studies.series import Series
from index.studies.similar import Novelty, Similar
from webui.api.endpoint import MAX_SUGGESTIONS
from webui.http.context import product_version
from webui.http.measures import NUMBERS_PARAMETERS
from webui.http.params import (
    MATCH,
    PAGING,
    PARAMETERS,
    REGION,
    TABLE_FORMATS,
    Parameter,
    Q,
)

__all__ = ["document"]

Json = dict[str, Any]
# Where a document of OpenAPI keeps the schemas that its parts refer to.
_SCHEMA_PREFIX = "#/components/schemas/"
# Name of a class -> the name of its schema, which generated clients depend on.
_PUBLIC_NAMES = {"ReportSummary": "Card", "ComparedReport": "Year"}
_STRING_SCHEMA: Json = {"type": "string"}


def _ref(name: str) -> Json:
    return {"$ref": _SCHEMA_PREFIX + name}


def _object(properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _models() -> Json:
    """JSON Schemas of the dataclasses that the handlers print."""
    models = (
        ("SearchResponse", SearchResponse),
        ("Report", Report),
        ("FacetResult", FacetResult),
        ("Coverage", Coverage),
        ("Similar", Similar),
        ("Novelty", Novelty),
        ("Series", Series),
        ("Aggregate", Aggregate),
    )
    inputs: list[Any] = [
        (name, "serialization", TypeAdapter(model)) for name, model in models
    ]
    template = _SCHEMA_PREFIX + "{model}"
    _, definitions = TypeAdapter.json_schemas(inputs, ref_template=template)
    schemas = _publicly_named(definitions["$defs"])
    # a named tuple would be an array: the record writes a cell as an object
    cell = make_dataclass("Cell", get_type_hints(Cell).items())
    schemas["Cell"] = TypeAdapter(cell).json_schema()
    for name in ("Report", "Hit"):
        _title(schemas[name]["properties"])
    # the path on the indexing machine is nobody else's business: Report.record() leaves it out
    provenance = schemas["Provenance"]
    # and so is the form of problems on disk: Report.record() gives sentences, and codes beside them
    codes = schemas["Report"]["properties"].pop("problems")
    del schemas["Problem"]  # the name is that of an error document here
    codes["items"] = _ref("Note")
    sentences: Json = {"type": "array", "items": _STRING_SCHEMA, "title": "Problems"}
    schemas["Report"]["properties"] |= {"problems": sentences, "problem_codes": codes}
    del provenance["properties"]["origin"]
    provenance["required"].remove("origin")
    return schemas


def _publicly_named(schemas: Json) -> Json:
    """The schemas under the names that clients know, where classes have others."""
    for name, public_name in _PUBLIC_NAMES.items():
        schema = schemas.pop(name)
        schemas[public_name] = {**schema, "title": public_name}
        refs = _ref(name)
        for node in _nodes(schemas):
            if node == refs:
                node.update(_ref(public_name))
    return schemas


def _nodes(value: object) -> Iterator[Json]:
    """Every object inside some JSON."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def _title(properties: Json) -> None:
    """Name the fields of a report as FIELDS does."""
    for field in FIELDS:
        schema = properties.get(field.name)
        if schema is not None and "$ref" not in schema:
            schema["title"] = field.label_en


def _problem() -> Json:
    members: Json = {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _STRING_SCHEMA,
        "status": {"type": "integer"},
        "detail": _STRING_SCHEMA,
        "instance": {"type": "string"},
        "code": {
            "anyOf": [_ref("Code"), {"type": "string", "pattern": r"^http\.\d{3}$"}]
        },
    }
    more: Json = {
        "facts": {"type": "object"},
        "parameter": _STRING_SCHEMA,
        "position": {"type": "integer", "minimum": 0},
    }
    return {
        "type": "object",
        "properties": members | more,
        "required": list(members),
        "description": "RFC 9457. `parameter` is at fault, `position` a code point of the query as "
        "typed. `code` and `facts` say what `detail` says in words; `http.404` "
        "and the like stand for what has no code of its own.",
    }


def _suggestion() -> Json:
    """One completion, as /api/v1/suggest gives it."""
    kinds: Json = {"type": "string", "enum": ["agency", "region", "word", "title"]}
    query: Json = {
        "type": "string",
        "description": "What finds those reports; it keeps what stood before.",
    }
    return _object(
        {
            "text": _STRING_SCHEMA,
            "kind": kinds,
            "count": {"type": "integer"},
            "query": query,
        }
    )


def _version() -> Json:
    """The program and the index that it serves, as /-/version gives them."""
    names = ("name", "version", "id", "reading", "derivation")
    members: Json = dict.fromkeys(names, _STRING_SCHEMA)
    members["generation"] = {"type": "integer"}
    members["derivation_current"] = {"type": "boolean"}
    return _object(members)


def _schemas() -> Json:
    names = ("name", "label", "contains")
    facet = _object(dict.fromkeys(names, _STRING_SCHEMA))
    suggestions: Json = {"type": "array", "items": _suggestion()}
    counted: Json = {
        "type": "integer",
        "description": "In the whole index, or of the search.",
    }
    novelty = _object({"novelty": {"type": "object"}})
    return _models() | {
        "Problem": _problem(),
        "Facet": {"allOf": [facet, _ref("FacetResult")]},
        "Suggestions": _object({"q": _STRING_SCHEMA, "suggestions": suggestions}),
        "Stats": _object({"reports": counted}),
        "Numbers": {"anyOf": [_ref("Aggregate"), _ref("Stats")]},
        "SimilarReports": {"allOf": [_ref("Similar"), novelty]},
        "Status": _object({"status": _STRING_SCHEMA}),
        "Version": _version(),
    }


# A repeatable parameter is an array, level=a&level=b: OpenAPI writes it so by default.
def _query(skip: tuple[str, ...] = ()) -> list[Json]:
    """The parameters of a search as OpenAPI writes them."""
    return _described(p for p in PARAMETERS if p.name not in skip)


def _described(parameters: Iterable[Parameter]) -> list[Json]:
    out: list[Json] = []
    for p in parameters:
        schema: Json = dict(p.schema)
        if p.repeatable:
            schema = {"type": "array", "items": schema, "maxItems": LIMITS.values}
        out.append(_parameter(p.name, schema, p.description))
    return out


def _parameter(name: str, schema: Json, description: str, place: str = "query") -> Json:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": schema,
    }


def _content(media_type: str, schema: Json) -> Json:
    return {media_type: {"schema": schema}}


_FAULT_MEANINGS = {
    "400": "The request is at fault",
    "404": "There is no such thing",
    "503": "The index is not usable, or the answer would cost too much",
}


def _operation(
    name: str,
    summary: str,
    parameters: list[Json],
    content: Json,
    errors: str = "400 503",
) -> Json:
    problem = _content("application/problem+json", _ref("Problem"))
    responses: Json = {"200": {"description": summary, "content": content}}
    # what asks the index has an ETag; what never asks it has none
    if "503" in errors:
        responses["304"] = {
            "description": "Nothing has changed since the ETag that was sent"
        }
    responses |= {
        code: {"description": _FAULT_MEANINGS[code], "content": problem}
        for code in errors.split()
    }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "responses": responses,
        }
    }


def _json(name: str) -> Json:
    return _content("application/json", _ref(name))


def _json_or_csv(name: str) -> Json:
    return {**_json(name), **_content("text/csv", _STRING_SCHEMA)}


# ---------------------------------------------------------------------- parameters of one address
_NAME_SCHEMA: Json = {"type": "string", "enum": list(FACET_NAMES)}
# Ids hold slashes, as in seeds/a.txt: the path parameter takes them escaped or not.
_ID = _parameter(
    "id", {"type": "string", "minLength": 1}, "The id of the report.", "path"
)
_FACET_NAME = _parameter("name", _NAME_SCHEMA, "The facet.", "path")
_CONTAINS = _parameter("contains", _STRING_SCHEMA, "Only values that contain this.")
_QUERY = _parameter(Q.name, dict(Q.schema), Q.description)
_MATCH = _parameter(MATCH.name, dict(MATCH.schema), MATCH.description)
_FIELDS = _parameter(
    "fields", _STRING_SCHEMA, "Members of the record to give, joined by commas."
)
_REGION_PATH = _parameter(REGION.name, dict(REGION.schema), REGION.description)
_FORMAT = _parameter(
    "format",
    {"type": "string", "enum": list(EXPORT_FORMATS), "default": "csv"},
    "The file's format.",
)
_TABLE_FORMAT = _parameter(
    "format",
    {"type": "string", "enum": list(TABLE_FORMATS), "default": TABLE_FORMATS[0]},
    "JSON, or a table as CSV.",
)
_FILE_NUMBER = _parameter(
    "number", {"type": "integer", "minimum": 1}, "Which file, from 1.", "path"
)


def _size(maximum: int, default: int, description: str) -> Json:
    schema: Json = {
        "type": "integer",
        "minimum": 1,
        "maximum": maximum,
        "default": default,
    }
    return _parameter("size", schema, description)


def _export_files() -> Json:
    columns = ", ".join(EXPORT_COLUMNS)
    csv: Json = {"type": "string", "description": f"Columns: {columns}"}
    jsonl: Json = {"type": "string", "description": "A Report a line."}
    parquet: Json = {
        "type": "string",
        "format": "binary",
        "description": "The columns of the CSV; where the server has pyarrow.",
    }
    return {
        **_content("text/csv", csv),
        **_content("application/x-ndjson", jsonl),
        **_content("application/vnd.apache.parquet", parquet),
    }


# ---------------------------------------------------------------------- addresses
# What can go wrong: a bad request, an id or name that is not there, an unusable index.
_FAULTS_OF_ONE = "400 404 503"


def _api() -> Json:
    """The endpoint's addresses below /api/v1."""
    return _api_of_searches() | _api_of_reports() | _api_of_figures()


def _api_of_searches() -> Json:
    values_size = _size(LIMITS.facet_size, 100, "How many values.")
    return {
        "/search": _operation(
            "search",
            "One page of a search, with facets",
            _query(),
            _json("SearchResponse"),
        ),
        "/facets/{name}": _operation(
            "facet",
            "The values of a facet",
            [_FACET_NAME, *_query(PAGING), _CONTAINS, values_size, _TABLE_FORMAT],
            _json_or_csv("Facet"),
            _FAULTS_OF_ONE,
        ),
        "/suggest": _operation(
            "suggest",
            "Completions of a query",
            [_QUERY, _size(MAX_SUGGESTIONS, 8, "How many.")],
            _json("Suggestions"),
        ),
        "/export": _operation(
            "export",
            "Every report of a search",
            [*_query(PAGING), _FORMAT],
            _export_files(),
        ),
    }


def _api_of_reports() -> Json:
    return {
        "/reports/{id}": _operation(
            "report",
            "The whole record of a report",
            [_ID, _QUERY, _MATCH, _FIELDS],
            _json("Report"),
            _FAULTS_OF_ONE,
        ),
        "/similar/{id}": _operation(
            "similar",
            "What is like a report, and what it took over",
            [_ID],
            _json("SimilarReports"),
            _FAULTS_OF_ONE,
        ),
        "/series/{id}": _operation(
            "series",
            "A body's reports by year, held against each other",
            [_ID, _TABLE_FORMAT],
            _json_or_csv("Series"),
            _FAULTS_OF_ONE,
        ),
    }


def _api_of_figures() -> Json:
    measured = _described(NUMBERS_PARAMETERS)
    # what a number is of can also be a facet of the search: it is one parameter
    measured_names = tuple(parameter.name for parameter in NUMBERS_PARAMETERS)
    searched = _query((*PAGING, *measured_names))
    return {
        "/stats": _operation(
            "stats",
            "A number over a search, or how many reports; without parameters, of the whole",
            [*measured, *searched, _TABLE_FORMAT],
            _json_or_csv("Numbers"),
        ),
        "/coverage": _operation(
            "coverage",
            "Which bodies of a region have a report for which year",
            [_REGION_PATH, _TABLE_FORMAT],
            _json_or_csv("Coverage"),
        ),
    }


def _machine() -> Json:
    """The addresses that other programs read; robots.txt and the like have no faults."""
    text = _content("text/plain", _STRING_SCHEMA)
    xml = _content("application/xml", _STRING_SCHEMA)
    atom = _content("application/atom+xml", _STRING_SCHEMA)
    osd = _content("application/opensearchdescription+xml", _STRING_SCHEMA)
    anything = _content("application/json", {"type": "object"})
    status = _json("Status")
    return {
        "/-/healthz": _operation("healthz", "The process answers", [], status, ""),
        "/-/readyz": _operation(
            "readyz", "The index can be searched", [], status, "503"
        ),
        "/-/version": _operation(
            "version",
            "The version of this program, and which index it serves",
            [],
            _json("Version"),
            "",
        ),
        "/metrics": _operation("metrics", "Figures for Prometheus", [], text, ""),
        "/openapi.json": _operation("openapi", "This document", [], anything, "503"),
        "/opensearch.xml": _operation(
            "opensearch", "For the search box of a browser", [], osd, "503"
        ),
        "/feed.atom": _operation(
            "feed", "The newest reports of a search", _query(PAGING), atom
        ),
        "/sitemap.xml": _operation("sitemap", "The sitemap index", [], xml, "503"),
        "/sitemap-{number}.xml": _operation(
            "sitemap_file", "One sitemap", [_FILE_NUMBER], xml, "404 503"
        ),
        "/robots.txt": _operation("robots", "For crawlers", [], text, ""),
    }


def document(server: str) -> Json:
    """The whole document; `server` is the public address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gongkai",
            "version": product_version(),
            "summary": (
                "Search in the annual reports on information disclosure "
                "of China's government bodies"
            ),
            "description": (
                "GET only. Unknown parameters are refused. "
                "All spans are [start, end) code points."
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server}],
        "paths": {f"/api/v1{path}": item for path, item in _api().items()} | _machine(),
        "components": {"schemas": _schemas()},
    }
