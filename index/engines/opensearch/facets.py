"""Counting facets: every value exactly, or an error.

A shard that sends all the values that it has leaves nothing to guess, and the answer says so. A
facet with more values than that is gone through from end to end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from index.engines.opensearch.conditions import Query
from index.engines.opensearch.layout import facet_field
from index.engines.seam import FacetCount, FacetCounts, FacetRequest
from index.model.errors import IndexUnavailableError

__all__ = ["all_counts", "answer", "counts_of", "values_asked"]

# Eight facets of so many values stay below the cluster's limit of buckets (65,535).
MAX_VALUES = 8_000
PAGE_VALUES = 10_000


def values_asked(name: str) -> Query:
    """The aggregation that counts all values of a facet."""
    return {
        "terms": {
            "field": facet_field(name),
            "size": MAX_VALUES,
            "shard_size": MAX_VALUES,
        }
    }


def counts_of(answered: Mapping[str, Any]) -> dict[str, int] | None:
    """Value -> reports; None where a shard did not send all of its values."""
    if answered["sum_other_doc_count"]:
        return None
    if answered["doc_count_error_upper_bound"]:
        raise IndexUnavailableError(
            "the cluster counted a facet inexactly; please report this"
        )
    return {bucket["key"]: bucket["doc_count"] for bucket in answered["buckets"]}


def all_counts(
    name: str,
    aggregate: Callable[[Query], Any],
) -> dict[str, int]:
    """Value -> reports, page by page: for facets of very many values.

    `aggregate` asks for one aggregation and gives its answer.
    """
    counts: dict[str, int] = {}
    source = {"value": {"terms": {"field": facet_field(name)}}}
    asked: dict[str, Any] = {"size": PAGE_VALUES, "sources": [source]}
    while True:
        page = aggregate({"composite": asked})
        for bucket in page["buckets"]:
            counts[bucket["key"]["value"]] = bucket["doc_count"]
        behind = page.get("after_key")
        if behind is None:
            return counts
        asked["after"] = behind


def answer(asked: FacetRequest, counts: Mapping[str, int]) -> FacetCounts:
    """What was asked of a facet, from the counts of all its values."""
    holding = [value for value in counts if asked.contains in value]
    holding.sort(key=lambda value: (-counts[value], value))
    shown = dict.fromkeys([*holding[: asked.size], *asked.always])
    values = sorted(shown, key=lambda value: (-counts.get(value, 0), value))
    return FacetCounts(
        name=asked.name,
        counts=tuple(FacetCount(value, counts.get(value, 0)) for value in values),
        total_values=len(holding),
    )
