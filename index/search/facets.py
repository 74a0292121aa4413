"""From an engine's counts to the facets of a page: chosen values first, labels, toggle URLs."""

from __future__ import annotations

from collections.abc import Iterable

from index.engines.seam import (
    FacetCount,
    FacetCounts,
    FacetRequest,
)
from index.model.fields import FACETS, Facet
from index.query.nodes import NO_VALUE
from index.search.request import UNKNOWN, SearchRequest, Toggles
from index.search.response import FacetResult, FacetValue

__all__ = ["asked", "facet_named", "named", "result"]

FACETS_BY_NAME = {f.name: f for f in FACETS}


def facet_named(name: str) -> Facet:
    """The row of the table."""
    return FACETS_BY_NAME[name]


def asked(
    request: SearchRequest,
    chosen: dict[str, tuple[str, ...]],
) -> tuple[FacetRequest, ...]:
    """The facets that a request wants counted.

    Chosen values are counted even when they are rare or at zero: a reader must be able to drop
    them.
    """
    if request.facets is None:
        names = [facet.name for facet in FACETS if facet.shown]
    else:
        names = list(dict.fromkeys(request.facets))
    return tuple(
        FacetRequest(name, request.facet_size, named(chosen.get(name, ())))
        for name in names
    )


def named(chosen: Iterable[str]) -> tuple[str, ...]:
    """The chosen values that reports have."""
    return tuple(value for value in chosen if value != NO_VALUE)


def result(
    counts: FacetCounts,
    toggles: Toggles,
    chosen: tuple[str, ...],
) -> FacetResult:
    """One facet as it is shown."""
    facet = facet_named(counts.name)
    listed = list(counts.counts)
    wanted = frozenset(chosen)
    if chosen:
        known = {c.value for c in listed}
        listed += [FacetCount(v, 0) for v in named(chosen) if v not in known]
        listed.sort(key=lambda c: c.value not in wanted)
    values = [c.value for c in listed]
    # 龙岗区 for 广东省/深圳市/龙岗区.
    labels = [v.rpartition("/")[2] for v in values] if facet.kind == "path" else values
    *urls, unknown_url = toggles.urls(facet.name, [*values, NO_VALUE])
    shown = tuple(
        FacetValue(value, label, c.count, value in wanted, url)
        for c, value, label, url in zip(listed, values, labels, urls, strict=True)
    )
    # Chosen values at zero are listed, but are no values that reports have.
    found = sum(c.count > 0 for c in listed)
    return FacetResult(
        shown,
        counts.total_values,
        truncated=counts.total_values > found,
        unknown=FacetValue(
            UNKNOWN, UNKNOWN, counts.unknown, NO_VALUE in wanted, unknown_url
        ),
    )
