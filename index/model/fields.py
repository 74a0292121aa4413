"""Which fields a report is found, filtered, counted and sorted by.

A new facet is one row in FACETS, one field of Report, and the function in indexer/metadata.py that
fills it: engines, pages, command line and JSON loop over this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.model.metrics import METRIC_NAMES
from index.model.report import LEVELS, TABLES_STATUSES

__all__ = [
    "FACETS",
    "FACET_NAMES",
    "NUMBERS",
    "SORTS",
    "TEXT_FIELDS",
    "Facet",
    "is_ascending",
]

# Raise it when stored data changes its meaning: older indexes are then named as stale
# and refused.
SCHEMA_VERSION = 5

# The searched texts of a report, in the order in which they are counted.
TEXT_FIELDS = ("title", "text")


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to drill down.

    `kind`: "keyword" is a string, "number" an integer, "path" a list from the top down (choosing a
    value takes all below it). `attribute` is the field of Report. `order` lists the values that
    have an order of their own. One that is not `shown` is counted only when it is asked for by
    name.
    """

    name: str
    attribute: str
    kind: Literal["keyword", "number", "path"]
    label_zh: str
    label_en: str
    order: tuple[str, ...] = ()
    shown: bool = True


FACETS = (
    Facet("agency", "agency", "keyword", "机关", "Agency"),
    Facet("level", "level", "keyword", "层级", "Level", LEVELS),
    Facet("year", "year", "number", "年度", "Year"),
    Facet("region", "region", "path", "地区", "Region"),
    Facet("line", "line", "keyword", "条线", "Line"),
    Facet("org_type", "org_type", "keyword", "机关类型", "Type of body"),
    Facet(
        "tables", "tables_status", "keyword", "统计表勾稽", "Tables", TABLES_STATUSES
    ),
    Facet("scope", "scope", "keyword", "口径", "Scope", shown=False),
    Facet("template", "template", "keyword", "报告格式", "Form", shown=False),
)
FACET_NAMES = tuple(f.name for f in FACETS)

# Columns of numbers with nulls:
#
# `year`, `published` as days since 0001-01-01, and the metrics of the tables.
NUMBERS = ("year", "published", *METRIC_NAMES)

# What a result may be sorted by; a minus is descending, `relevance` and `occurrences`
# always are.
#
# Reports without the value come last.
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
