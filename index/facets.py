"""From an engine's counts to what a reader sees: chosen values first, labels, and the URL that toggles each."""

from __future__ import annotations

from collections.abc import Iterable

from index.engine import FacetAsked, FacetCount, FacetCounts
from index.request import SearchRequest
from index.response import FacetResult, FacetValue
from index.schema import FACETS, Facet

__all__ = ["asked", "facet_named", "result"]


def facet_named(name: str) -> Facet:
    """The row of the table."""
    return next(f for f in FACETS if f.name == name)


def asked(request: SearchRequest, chosen: dict[str, tuple[str, ...]]) -> tuple[FacetAsked, ...]:
    """The facets that a request wants counted; chosen values are counted even when they are rare or at zero."""
    names = [f.name for f in FACETS if f.shown] if request.facets is None else list(dict.fromkeys(request.facets))
    return tuple(FacetAsked(name, request.facet_size, chosen.get(name, ())) for name in names)


def result(counts: FacetCounts, request: SearchRequest, chosen: tuple[str, ...]) -> FacetResult:
    """One facet as it is shown."""
    facet = facet_named(counts.name)
    shown = [_value(facet, c, request, chosen) for c in counts.counts]
    missing = [v for v in chosen if v not in {s.value for s in shown}]
    shown += [_value(facet, FacetCount(v, 0), request, chosen) for v in missing]
    shown.sort(key=lambda v: not v.selected)
    found = sum(1 for v in shown if v.count)
    return FacetResult(tuple(shown), counts.total_values, truncated=counts.total_values > found)


def _value(facet: Facet, count: FacetCount, request: SearchRequest, chosen: Iterable[str]) -> FacetValue:
    label = count.value.rsplit("/", 1)[-1] if facet.kind == "path" else count.value
    selected = count.value in chosen
    return FacetValue(count.value, label, count.count, selected, request.toggled(facet.name, count.value).url())
