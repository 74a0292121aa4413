"""The OpenAPI 3.1 document, made from the tables that the handlers read: it cannot promise what
they do not do.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from index.documents.exports import COLUMNS, FORMATS
from index.model.fields import FACET_NAMES
from index.model.report import Report
from index.search.request import LIMITS
from index.search.response import FacetResult, SearchResponse
from index.studies.aggregate import Aggregate
from index.studies.coverage import Coverage
from index.studies.series import Series
from index.studies.similar import Novelty, Similar
from webui.http.context import product_version
from webui.http.params import PAGING, PARAMETERS, REGION, Q
from webui.research.measures import NUMBERS_PARAMETERS

__all__ = ["document"]

Json = dict[str, Any]
_REF = "#/components/schemas/"
_STRING: Json = {"type": "string"}


def _ref(name: str) -> Json:
    return {"$ref": _REF + name}


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
    schemas: Json = TypeAdapter.json_schemas(inputs, ref_template=_REF + "{model}")[1][
        "$defs"
    ]
    # the path on the indexing machine is nobody else's business: Report.record() leaves it out
    provenance = schemas["Provenance"]
    # and so is the form of problems on disk: Report.record() gives sentences, and codes beside them
    codes = schemas["Report"]["properties"].pop("problems")
    del schemas["Problem"]  # the name is that of an error document here
    codes["items"] = _ref("Note")
    sentences: Json = {"type": "array", "items": _STRING, "title": "Problems"}
    schemas["Report"]["properties"] |= {"problems": sentences, "problem_codes": codes}
    del provenance["properties"]["origin"]
    provenance["required"].remove("origin")
    return schemas


def _problem() -> Json:
    members: Json = {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _STRING,
        "status": {"type": "integer"},
        "detail": _STRING,
        "instance": {"type": "string"},
    }
    more: Json = {
        "code": _ref("Code"),
        "facts": {"type": "object"},
        "parameter": _STRING,
        "position": {"type": "integer", "minimum": 0},
    }
    return {
        "type": "object",
        "properties": members | more,
        "required": list(members),
        "description": "RFC 9457. `parameter` is at fault, `position` a code point of the query as "
        "typed. `code` and `facts` say what `detail` says in words.",
    }


def _schemas() -> Json:
    facet: Json = {"name": _STRING, "label": _STRING, "contains": _STRING}
    kinds: Json = {"type": "string", "enum": ["agency", "region", "word", "title"]}
    query: Json = {
        "type": "string",
        "description": "What finds those reports; it keeps what stood before.",
    }
    suggestion = _object(
        {"text": _STRING, "kind": kinds, "count": {"type": "integer"}, "query": query}
    )
    return _models() | {
        "Problem": _problem(),
        "Facet": {"allOf": [_object(facet), _ref("FacetResult")]},
        "Suggestions": _object(
            {"q": _STRING, "suggestions": {"type": "array", "items": suggestion}}
        ),
        "Stats": _object(
            {
                "reports": {
                    "type": "integer",
                    "description": "In the whole index, or of the search.",
                }
            }
        ),
        "Numbers": {"anyOf": [_ref("Aggregate"), _ref("Stats")]},
        "SimilarReports": {
            "allOf": [_ref("Similar"), _object({"novelty": {"type": "object"}})]
        },
        "Status": {
            "type": "object",
            "properties": {"status": _STRING},
            "required": ["status"],
        },
        "Version": _object({"name": _STRING, "version": _STRING}),
    }


def _query(skip: tuple[str, ...] = ()) -> list[Json]:
    """The parameters of a search as OpenAPI writes them."""
    out: list[Json] = []
    for p in PARAMETERS:
        if p.name in skip:
            continue
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


def _operation(
    name: str,
    summary: str,
    parameters: list[Json],
    content: Json,
    errors: str = "400 503",
) -> Json:
    meanings = {
        "400": "The request is at fault",
        "404": "There is no such thing",
        "503": "The index is not usable",
    }
    problem = _content("application/problem+json", _ref("Problem"))
    responses: Json = {"200": {"description": summary, "content": content}}
    if "503" in errors:
        responses["304"] = {
            "description": "Nothing has changed since the ETag that was sent"
        }
    responses |= {
        code: {"description": meanings[code], "content": problem}
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


def _api() -> Json:
    report_id = _parameter(
        "id", {"type": "string", "minLength": 1}, "The id of the report.", "path"
    )
    name = _parameter(
        "name", {"type": "string", "enum": list(FACET_NAMES)}, "The facet.", "path"
    )
    contains = _parameter("contains", _STRING, "Only values that contain this.")
    values = {
        "type": "integer",
        "minimum": 1,
        "maximum": LIMITS.facet_size,
        "default": 100,
    }
    few = {"type": "integer", "minimum": 1, "maximum": 50, "default": 8}
    q = _parameter(Q.name, dict(Q.schema), Q.description)
    region = _parameter(REGION.name, dict(REGION.schema), REGION.description)
    kind = _parameter(
        "format",
        {"type": "string", "enum": list(FORMATS), "default": "csv"},
        "The file's format.",
    )
    files = _content(
        "text/csv", {"type": "string", "description": "Columns: " + ", ".join(COLUMNS)}
    )
    files |= _content(
        "application/x-ndjson", {"type": "string", "description": "A Report a line."}
    )
    columns = "The columns of the CSV; where the server has pyarrow."
    files |= _content(
        "application/vnd.apache.parquet",
        {"type": "string", "format": "binary", "description": columns},
    )
    size, few_size = (
        _parameter("size", values, "How many values."),
        _parameter("size", few, "How many."),
    )
    stats = [
        *(
            _parameter(p.name, dict(p.schema), p.description)
            for p in NUMBERS_PARAMETERS
        ),
        *_query(PAGING),
    ]
    search, facet = _query(), [name, *_query(PAGING), contains, size]
    return {
        "/search": _operation(
            "search",
            "One page of a search, with facets",
            search,
            _json("SearchResponse"),
        ),
        "/reports/{id}": _operation(
            "report",
            "The whole record of a report",
            [report_id, q],
            _json("Report"),
            "400 404 503",
        ),
        "/facets/{name}": _operation(
            "facet", "The values of a facet", facet, _json("Facet"), "400 404 503"
        ),
        "/suggest": _operation(
            "suggest", "Completions of a query", [q, few_size], _json("Suggestions")
        ),
        "/stats": _operation(
            "stats",
            "A number over a search, or without parameters of the whole",
            stats,
            _json("Numbers"),
        ),
        "/coverage": _operation(
            "coverage",
            "Which bodies of a region have a report for which year",
            [region],
            _json("Coverage"),
        ),
        "/similar/{id}": _operation(
            "similar",
            "What is like a report, and what it took over",
            [report_id],
            _json("SimilarReports"),
            "400 404 503",
        ),
        "/series/{id}": _operation(
            "series",
            "A body's reports by year, held against each other",
            [report_id],
            _json("Series"),
            "400 404 503",
        ),
        "/export": _operation(
            "export", "Every report of a search", [*_query(PAGING), kind], files
        ),
    }


def _machine() -> Json:
    text = _content("text/plain", _STRING)
    atom = _content("application/atom+xml", _STRING)
    xml = _content("application/xml", _STRING)
    number = _parameter(
        "number", {"type": "integer", "minimum": 1}, "Which file, from 1.", "path"
    )
    osd = _content("application/opensearchdescription+xml", _STRING)
    anything = _content("application/json", {"type": "object"})
    return {
        "/-/healthz": _operation(
            "healthz", "The process answers", [], _json("Status"), ""
        ),
        "/-/readyz": _operation(
            "readyz", "The index can be searched", [], _json("Status"), "503"
        ),
        "/-/version": _operation(
            "version", "The version of this program", [], _json("Version"), ""
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
            "sitemap_file", "One sitemap", [number], xml, "404 503"
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
            "summary": "Search in the annual reports on information disclosure of China's government bodies",
            "description": "GET only. Unknown parameters are refused. All spans are [start, end) code points.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server}],
        "paths": {f"/api/v1{path}": item for path, item in _api().items()} | _machine(),
        "components": {"schemas": _schemas()},
    }
