"""Counting facets: every value exactly, or an error.

A shard that sends all the values that it has leaves nothing to guess, and the answer says so. Of a
facet with more values than are sent the nodes send each other all, and us only the first; how many
there are is counted by a script. Who asks for all of them gets them page by page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from index.engines.opensearch.conditions import Query
from index.engines.opensearch.layout import facet_field, facet_hash
from index.engines.opensearch.scripts import DISTINCT_SCRIPTS
from index.engines.seam import FacetCount, FacetCounts, FacetRequest
from index.model.errors import IndexUnavailableError

__all__ = [
    "FACET_PREFIX",
    "TOTAL",
    "Spread",
    "all_counts",
    "answer",
    "counts_of",
    "first_of",
    "is_short",
    "unknown_of",
]
__all__ += ["aggregations_of_all", "aggregations_of_first"]

# Values that count as the first ones. Whoever asks for more wants all of them.
MOST_FIRST = 1_000
# What a shard sends to the node that joins the answers: all values, however many there are.
ALL_VALUES = 10_000_000
# Names of aggregations: facet_agency, and facet_agency.total, .named and .unknown.
FACET_PREFIX = "facet_"
TOTAL, NAMED, UNKNOWN = ".total", ".named", ".unknown"

# Eight facets of so many values stay below the cluster's limit of buckets (65,535).
MAX_VALUES = 8_000
PAGE_VALUES = 10_000
# A table of 16 MB.
MAX_SLOTS = 1 << 21


def is_short(asked: FacetRequest) -> bool:
    """Whether only the first values are asked for, however many there are."""
    return asked.size <= MOST_FIRST and not asked.contains


def aggregations_of_all(asked: FacetRequest) -> dict[str, Query]:
    """What counts all values of a facet: name -> aggregation. It begins with FACET_PREFIX."""
    field = facet_field(asked.name)
    name = FACET_PREFIX + asked.name
    all_values = {"field": field, "size": MAX_VALUES, "shard_size": MAX_VALUES}
    return {name: {"terms": all_values}, name + UNKNOWN: {"missing": {"field": field}}}


def unknown_of(name: str, answered: Mapping[str, Any]) -> int:
    """How many reports have no value of a facet, from the answers by the names of aggregations."""
    count: int = answered[FACET_PREFIX + name + UNKNOWN]["doc_count"]
    return count


@dataclass(frozen=True, slots=True)
class Spread:
    """What counting many values depends on: reports of an index, and in how many shards they lie.

    `total` is how many values there are, where that is known.
    """

    reports: int
    shards: int
    total: int | None = None

    @property
    def slots(self) -> int:
        """Places of the table in which an only shard tells values apart, a power of two."""
        if self.shards > 1:
            return 0
        return min(MAX_SLOTS, 1 << (2 * self.reports).bit_length())


def aggregations_of_first(asked: FacetRequest, spread: Spread) -> dict[str, Query]:
    """What counts the first of very many values: name -> aggregation.

    To count them by a script takes longer than to send some thousands, and does not grow with them.
    """
    # the first values of an only shard are the first of all
    sent = 0 if spread.shards == 1 else ALL_VALUES
    name = FACET_PREFIX + asked.name
    field = facet_field(asked.name)
    scripts = {part: {"id": script} for part, script in DISTINCT_SCRIPTS.items()}
    params = {"field": facet_hash(asked.name), "slots": spread.slots}
    asking: dict[str, Query] = {name + UNKNOWN: {"missing": {"field": field}}}
    if spread.total is None:
        asking[name + TOTAL] = {"scripted_metric": {**scripts, "params": params}}
    if asked.size:
        most = max(sent, asked.size)
        first = {"field": field, "size": asked.size, "shard_size": most}
        asking[name] = {"terms": first}
    if asked.always:
        named = {"field": field, "size": len(asked.always), "shard_size": ALL_VALUES}
        asking[name + NAMED] = {"terms": {**named, "include": [*asked.always]}}
    return asking


def first_of(
    asked: FacetRequest,
    answered: Mapping[str, Any],
    total: int,
) -> FacetCounts:
    """The first values of a facet of many, and those that were asked for by name.

    `answered` has the answers of `aggregations_of_first` by their names, `total` is how many there
    are.
    """
    name = FACET_PREFIX + asked.name
    counts: dict[str, int] = dict.fromkeys(asked.always, 0)
    for part in (name, name + NAMED):
        if part in answered:
            _check_exact(answered[part])
            counts |= _buckets(answered[part])
    values = sorted(counts, key=lambda value: (-counts[value], value))
    return FacetCounts(
        name=asked.name,
        counts=tuple(FacetCount(value, counts[value]) for value in values),
        total_values=total,
        unknown=unknown_of(asked.name, answered),
    )


def counts_of(answered: Mapping[str, Any]) -> dict[str, int] | None:
    """Value -> reports; None where a shard did not send all of its values."""
    if answered["sum_other_doc_count"]:
        return None
    _check_exact(answered)
    return _buckets(answered)


def _check_exact(answered: Mapping[str, Any]) -> None:
    if answered["doc_count_error_upper_bound"]:
        raise IndexUnavailableError(
            "the cluster counted a facet inexactly; please report this"
        )


def _buckets(answered: Mapping[str, Any]) -> dict[str, int]:
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


def answer(asked: FacetRequest, counts: Mapping[str, int], unknown: int) -> FacetCounts:
    """What was asked of a facet, from the counts of all its values, and of none."""
    holding = [value for value in counts if asked.contains in value]
    holding.sort(key=lambda value: (-counts[value], value))
    shown = dict.fromkeys([*holding[: asked.size], *asked.always])
    values = sorted(shown, key=lambda value: (-counts.get(value, 0), value))
    return FacetCounts(
        name=asked.name,
        counts=tuple(FacetCount(value, counts.get(value, 0)) for value in values),
        total_values=len(holding),
        unknown=unknown,
    )
