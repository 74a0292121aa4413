"""What stock Whoosh sees of a report: the schema, made from the table of fields.

`title`, `headings` and `text` are words. The facets are keywords, the region a path, the year and
the figures of the statutory tables are numbers. What a list of hits shows is stored.
"""

from __future__ import annotations

from collections.abc import Mapping

from whoosh.analysis import IDAnalyzer
from whoosh.columns import RefBytesColumn
from whoosh.fields import (
    ID,
    NUMERIC,
    STORED,
    FieldType,
)

from index.analysis.whoosh_fields import (
    Figure,
    PathAnalyzer,
    ReportSchema,
    Words,
)
from index.model.fields import (
    FIELDS,
    ReportField,
    Use,
    fields_for,
)
from index.model.metrics import METRICS

__all__ = [
    "DATES",
    "FIGURES",
    "KEYWORDS",
    "MAX_YEAR",
    "STORED_FIELDS",
    "WORD_FIELDS",
    "YEARS",
    "report_schema",
    "schema_with",
]

# The fields of words by ranked field, in the order of layout.RANKED_FIELDS.
WORD_FIELDS = {
    "title": "title",
    "headings": "headings",
    "body": "text",
}
LABELS = {field.query_name: field.label_en for field in FIELDS}
# The searched text is in the pack, so that Whoosh does not store it a second time.
STORED_FIELDS = tuple(field.name for field in fields_for(Use.HIT))
# Fields of one keyword or one path each: all facets but the year, and the day of publication. A day
# is an ISO date: it sorts and ranges as text, and an unknown one is simply empty.
KEYWORDS = tuple(
    field.query_name
    for field in FIELDS
    if (field.facet is not None and field.kind != "number") or field.kind == "date"
)
DATES = tuple(field.query_name for field in FIELDS if field.kind == "date")
YEARS = tuple(field.query_name for field in FIELDS if field.kind == "number")
FIGURES = tuple(metric.name for metric in METRICS)
# The year of a report without one, in its column: Whoosh's own for 16 bits. It sorts last.
MAX_YEAR = (1 << 16) - 1


def report_schema(*, positions: bool = False) -> ReportSchema:
    """The schema of an index; with `positions` its words have positions, so that phrases work."""
    fields: dict[str, FieldType] = {
        "id": ID(unique=True, stored=True),
    }
    for name in WORD_FIELDS.values():
        fields[name] = Words(
            stored=name in STORED_FIELDS,
            positions=positions,
        )
    # one analyzer for all: the schema is pickled into every commit
    plain = IDAnalyzer()
    for field in FIELDS:
        if field.query_name in (*KEYWORDS, *YEARS):
            fields[field.query_name] = _keyword(field, plain)
        elif field.name in STORED_FIELDS and field.name not in fields:
            fields[field.name] = STORED()
    for metric in METRICS:
        figure = Figure()
        figure.label = f"{metric.label_zh}, {metric.unit}"
        figure.analyzer = plain
        fields[metric.name] = figure
    for name, label in LABELS.items():
        if name in fields:
            fields[name].label = label
    return ReportSchema(**fields)


def schema_with(
    fingerprint: Mapping[str, str],
    index_id: str = "",
    derivation: str = "",
    *,
    positions: bool = False,
) -> ReportSchema:
    """The fields that Whoosh knows, what the index is written with, and which index it is."""
    schema = report_schema(positions=positions)
    schema.gongkai = {
        "reading": dict(fingerprint),
        "id": index_id,
        "derivation": derivation,
        "positions": positions,
    }
    return schema


def _keyword(
    field: ReportField,
    plain: IDAnalyzer,
) -> FieldType:
    stored = field.name in STORED_FIELDS
    if field.kind == "number":
        return NUMERIC(
            bits=16,
            signed=False,
            shift_step=0,
            stored=stored,
            sortable=True,
        )
    analyzer = PathAnalyzer() if field.kind == "path" else plain
    return ID(
        stored=stored,
        sortable=RefBytesColumn(),
        analyzer=analyzer,
    )
