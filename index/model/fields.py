"""The fields of a report: one table, over which every list of fields loops.

A new facet is one row of FIELDS, one attribute of Report and the function in indexer/metadata that
fills it. Record, hits, stored heads, command line, parser, exports, overrides, OpenAPI, README and
pages take their fields from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Flag, auto
from typing import Literal, cast

from index.model.metrics import METRIC_NAMES
from index.model.report import KINDS, LEVELS
from index.model.statistics import TABLES_STATUSES

__all__ = [
    "CARD_FIELD",
    "FACETS",
    "FACET_KINDS",
    "FACET_NAMES",
    "FIELDS",
    "NUMBERED_KINDS",
    "NUMBERS",
    "SEARCHED_FIELDS",
    "SORTS",
    "TEXT_FIELDS",
    "AsFacet",
    "Facet",
    "FacetKind",
    "Kind",
    "ReportField",
    "Use",
    "facets_of",
    "fields_for",
    "is_ascending",
    "is_searched",
    "names_for",
]

# "text" is searched, "keyword" is one string, "path" a list from the top down, "number" an
# integer, "date" an ISO date, "time" a moment as RFC 3339 writes it; "list" and "object" are
# structures of their own.
Kind = Literal["text", "keyword", "path", "number", "date", "time", "list", "object"]
# Kinds that have a column of numbers.
NUMBERED_KINDS = ("number", "date", "time")
FacetKind = Literal["keyword", "number", "path"]


class Use(Flag):
    """Where a field is used."""

    NONE = 0
    # a list of hits shows it
    HIT = auto()
    # it is stored in the head of a report, which is read without the rest, as hits are
    HEAD = auto()
    # it is a fact with its evidence: the table of facts on the page, `show` and `inspect`
    FACT = auto()
    # it is a column of a table export; an object becomes several columns
    EXPORT = auto()
    # it may stand before a colon in a query
    QUERY = auto()
    # overrides.csv may correct it
    OVERRIDE = auto()


@dataclass(frozen=True, slots=True)
class AsFacet:
    """How a field is counted and filtered.

    `position` orders the facets on the page, from 1. `name` is the facet's name where it is not
    the field's. One that is not `shown` is counted only when it is asked for by name.
    """

    position: int
    name: str = ""
    shown: bool = True


@dataclass(frozen=True, slots=True)
class ReportField:
    """One field of a report.

    `name` is the attribute of Report and the key of its record; `values` lists the only values
    that it may have, in their own order, () for any.
    """

    name: str
    kind: Kind
    label_zh: str
    label_en: str
    uses: Use = Use.NONE
    facet: AsFacet | None = None
    values: tuple[str, ...] = ()

    @property
    def query_name(self) -> str:
        """What stands before the colon in a query and names the URL parameter."""
        return (self.facet and self.facet.name) or self.name


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to drill down, made from a row of FIELDS.

    `kind`: "keyword" is a string, "number" an integer, "path" a list from the top down (choosing a
    value takes all below it). `attribute` is the field of Report. `order` lists the values that
    have an order of their own. One that is not `shown` is counted only when it is asked for by
    name.
    """

    name: str
    attribute: str
    kind: FacetKind
    label_zh: str
    label_en: str
    order: tuple[str, ...] = ()
    shown: bool = True


FACT, EXPORT, OVERRIDE = Use.FACT, Use.EXPORT, Use.OVERRIDE
HIT, HEAD, QUERY = Use.HIT, Use.HEAD, Use.QUERY
# What was read from the report or derived, and may be corrected.
DERIVED = FACT | EXPORT | OVERRIDE

# In the order in which files and pages list them.
FIELDS = (
    ReportField("id", "keyword", "编号", "Id", HIT | EXPORT),
    ReportField("url", "keyword", "网址", "URL", HIT | EXPORT),
    ReportField("source", "keyword", "来源", "Source", HIT | EXPORT),
    ReportField("provenance", "object", "出处", "Provenance", EXPORT),
    ReportField("title", "text", "题名", "Title", DERIVED | HIT | QUERY),
    ReportField(
        "kind",
        "keyword",
        "文类",
        "Kind",
        DERIVED | HEAD | QUERY,
        AsFacet(8),
        KINDS,
    ),
    ReportField(
        "agency", "keyword", "机关", "Agency", DERIVED | HIT | QUERY, AsFacet(1)
    ),
    ReportField(
        "agency_printed", "keyword", "机关（原文写法）", "Agency as printed", FACT
    ),
    ReportField("agency_id", "keyword", "机关代码", "Agency code", EXPORT),
    ReportField(
        "level", "keyword", "层级", "Level", DERIVED | HIT | QUERY, AsFacet(2), LEVELS
    ),
    ReportField(
        "org_type",
        "keyword",
        "机关类型",
        "Type of body",
        DERIVED | HEAD | QUERY,
        AsFacet(6),
    ),
    ReportField("line", "keyword", "条线", "Line", DERIVED | HEAD | QUERY, AsFacet(5)),
    ReportField("region", "path", "地区", "Region", DERIVED | HIT | QUERY, AsFacet(4)),
    ReportField("year", "number", "年度", "Year", DERIVED | HIT | QUERY, AsFacet(3)),
    ReportField("period", "keyword", "起止时间", "Period", DERIVED),
    ReportField("published", "date", "发布日期", "Published", DERIVED | HIT | QUERY),
    ReportField("indexed", "time", "收录时间", "Indexed", HIT | EXPORT),
    ReportField("scope", "keyword", "口径", "Scope", DERIVED, AsFacet(9, shown=False)),
    ReportField("script", "keyword", "文字", "Script", FACT | EXPORT),
    ReportField(
        "tables_status",
        "keyword",
        "统计表勾稽",
        "Tables",
        FACT | EXPORT | HEAD | QUERY,
        AsFacet(7, name="tables"),
        TABLES_STATUSES,
    ),
    # part of the statistics in the record
    ReportField(
        "template", "keyword", "报告格式", "Form", facet=AsFacet(10, shown=False)
    ),
    ReportField("text", "text", "正文", "Text", QUERY),
    ReportField("card", "object", "信息卡", "Index card", QUERY),
    ReportField("repairs", "list", "修复", "Repairs"),
    ReportField("evidence", "object", "依据", "Evidence"),
    ReportField("statistics", "object", "统计数字", "Statistics", EXPORT),
    ReportField("checks", "list", "勾稽核对", "Checks"),
    ReportField("problems", "list", "疑点", "Problems"),
)


def fields_for(
    uses: Use, fields: Iterable[ReportField] = FIELDS
) -> tuple[ReportField, ...]:
    """The fields that have one of these uses."""
    return tuple(field for field in fields if field.uses & uses)


def names_for(uses: Use, fields: Iterable[ReportField] = FIELDS) -> tuple[str, ...]:
    """The names of the fields that have one of these uses.

    >>> names_for(Use.OVERRIDE)[:3]
    ('title', 'kind', 'agency')
    """
    return tuple(field.name for field in fields_for(uses, fields))


def is_searched(name: str, asked: str | None) -> bool:
    """Whether a string is looked for in the field `name`.

    `asked` is the field that the query names, or None for title and text.

    >>> is_searched("title", None), is_searched("card", None), is_searched("card", "card")
    (True, False, True)
    """
    return name in TEXT_FIELDS if asked is None else name == asked


def facets_of(fields: Iterable[ReportField]) -> tuple[Facet, ...]:
    """The facets of these fields, in the order of the page."""
    numbered = [
        (field.facet.position, _facet(field, field.facet))
        for field in fields
        if field.facet is not None
    ]
    numbered.sort(key=lambda pair: pair[0])
    return tuple(facet for _, facet in numbered)


def _facet(field: ReportField, options: AsFacet) -> Facet:
    return Facet(
        name=field.query_name,
        attribute=field.name,
        kind=cast("FacetKind", field.kind),
        label_zh=field.label_zh,
        label_en=field.label_en,
        order=field.values,
        shown=options.shown,
    )


FACETS = facets_of(FIELDS)
FACET_NAMES = tuple(facet.name for facet in FACETS)
# Facet -> "keyword", "number" or "path".
FACET_KINDS = {facet.name: facet.kind for facet in FACETS}

# The searched texts of a report, in the order in which they are counted: title, text.
TEXT_FIELDS = tuple(field.name for field in FIELDS if field.kind == "text")
# What the index card of a page says. It is about the report and no text of it: a string is looked
# for in it when the query names it, or when no title and no text has the string.
CARD_FIELD = "card"
# Every text in which strings are found.
SEARCHED_FIELDS = (*TEXT_FIELDS, CARD_FIELD)

# Columns of numbers with nulls: `year`, `published` as days since 0001-01-01, `indexed` as
# seconds since 1970, and the metrics of the tables.
NUMBERS = (
    *(field.name for field in FIELDS if field.kind in NUMBERED_KINDS),
    *METRIC_NAMES,
)

# What a result may be sorted by; a minus is descending, `relevance` and `occurrences`
# always are. Reports without the value come last.
SORTS = (
    "relevance",
    "occurrences",
    *(sign + name for name in NUMBERS for sign in ("", "-")),
)


def is_ascending(sort: str) -> bool:
    """Whether small keys come first.

    >>> is_ascending("year"), is_ascending("-year"), is_ascending("relevance")
    (True, False, False)
    """
    return sort in NUMBERS
