"""The facets beside the results: values as links, in an order that a reader expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.model.fields import FACETS, Facet
from index.model.often import made_often
from index.query.nodes import NO_VALUE
from index.search.request import PAGE_SEARCH, SearchRequest, Toggles
from index.search.response import FacetResult, FacetValue, SearchResponse
from index.search.root import below
from webui.http.addresses import extended
from webui.plots.charts import YearChart, year_chart
from webui.words import labels

__all__ = [
    "OPEN_FILTERS",
    "Group",
    "Value",
    "chart_of_years",
    "groups",
    "ordered",
    "page_url",
    "unknown_of",
    "values_of",
]

# Values of a facet beside the results, by its kind; the others are one link away. The
# regions of a province and the years since the decree of 2008 need more room than six lines.
_VALUES_SHOWN = 6
_VALUES_SHOWN_BY_KIND = {"path": 10, "number": 8}
# What a reader narrows by most stands first; the other facets follow in their own order.
_FIRST_GROUPS = ("year", "region", "level", "line", "org_type", "agency")
# The parameter of a page whose filters stand open on a narrow screen: a choice among them
# keeps them so. No search has it.
OPEN_FILTERS = "filters"
# The stylesheet indents no deeper: province, city, county, township, village.
_DEEPEST_INDENT = 4


@made_often(frozen=True, slots=True)
class Value:
    """One value of a facet as a link. `depth` is its depth in a tree, 0 at the root.

    `without_url` is the search without the reports that have it.
    """

    label: str
    count: int
    selected: bool
    url: str
    depth: int = 0
    without_url: str = ""


@made_often(frozen=True, slots=True)
class Group:
    """One facet beside the results; `more_url` lists all values where some are left out.

    `unknown` stands for the reports without a value, where there are such or it is chosen.
    """

    name: str
    label: str
    values: list[Value]
    more_url: str | None
    total_values: int
    chart: YearChart | None = None
    unknown: Value | None = None


def page_url(url: str) -> str:
    """The page for an address of the endpoint."""
    return extended(below(PAGE_SEARCH), url.partition("?")[2])


def ordered(
    facet: Facet,
    values: Sequence[FacetValue],
) -> list[FacetValue]:
    """The values as they are listed.

    A tree goes by path, years go from the newest, levels keep the order of their rank, the
    rest keeps the order of the counts. Chosen values stand first, but not in a tree.
    """
    if facet.kind == "path":
        return _tree(values)
    if facet.kind == "number":
        return sorted(values, key=lambda v: (not v.selected, -int(v.value)))
    order = {value: i for i, value in enumerate(facet.order)}
    last = len(order)
    return sorted(values, key=lambda v: (not v.selected, order.get(v.value, last)))


def _tree(values: Sequence[FacetValue]) -> list[FacetValue]:
    """Each value below its parent, the larger branches first."""
    counts = {value.value: value.count for value in values}

    def branch(value: FacetValue) -> list[tuple[int, str]]:
        """One (minus count, name) for each step from the root to the value."""
        names = value.value.split("/")
        steps = []
        for depth, name in enumerate(names, 1):
            path = "/".join(names[:depth])
            steps.append((-counts.get(path, 0), name))
        return steps

    return sorted(values, key=branch)


def values_of(
    facet: Facet,
    result: FacetResult,
    asked: SearchRequest,
    state: str = "",
) -> list[Value]:
    """The values of a facet as links; `state` is one more parameter of each."""
    values = ordered(facet, result.values)
    without = Toggles(asked, PAGE_SEARCH).exclusions(
        facet.name, [value.value for value in values]
    )
    return [
        _value(facet, value, extended(page_url(value.toggle_url), state), url)
        for value, url in zip(
            values, [extended(url, state) for url in without], strict=True
        )
    ]


def unknown_of(
    facet: Facet,
    result: FacetResult,
    asked: SearchRequest,
    state: str = "",
) -> Value | None:
    """The reports without a value as a link; None where there are none and it is not chosen."""
    unknown = result.unknown
    if not (unknown.count or unknown.selected):
        return None
    without = asked.excluded(facet.name, NO_VALUE).url(PAGE_SEARCH)
    return Value(
        label=labels.facet_value(facet.name, NO_VALUE),
        count=unknown.count,
        selected=unknown.selected,
        url=extended(page_url(unknown.toggle_url), state),
        without_url=extended(without, state),
    )


def _value(
    facet: Facet,
    value: FacetValue,
    url: str,
    without_url: str,
) -> Value:
    depth = 0
    if facet.kind == "path":
        depth = min(value.value.count("/"), _DEEPEST_INDENT)
        label = value.value.rsplit("/", 1)[-1]
    else:
        label = labels.facet_value(facet.name, value.value)
        if label == value.value:
            label = value.label
    return Value(
        label=label,
        count=value.count,
        selected=value.selected,
        url=url,
        depth=depth,
        without_url=without_url,
    )


def _shown(
    facet: Facet,
    result: FacetResult,
) -> FacetResult:
    """The values beside the results: all chosen ones, then the most frequent; of years the newest.

    A tree is folded: it shows its roots and what stands directly below a chosen place.
    """
    values = result.values
    if facet.kind == "path":
        values = _unfolded(values)
    elif facet.kind == "number":
        # the newest years are what a reader looks for, however few reports they have yet
        values = tuple(ordered(facet, values))
    limit = _VALUES_SHOWN_BY_KIND.get(facet.kind, _VALUES_SHOWN)
    shown = [v for i, v in enumerate(values) if v.selected or i < limit]
    if facet.kind == "path":
        paths = {value.value for value in shown}
        parents = set[str]()
        for path in paths:
            parents |= _parents(path)
        shown += [v for v in result.values if v.value in parents - paths]
    return replace(result, values=tuple(shown))


def _unfolded(values: Sequence[FacetValue]) -> tuple[FacetValue, ...]:
    """The roots of a tree and the children of each chosen place; of a single root its children."""
    roots = {v.value for v in values if "/" not in v.value}
    opened = {v.value for v in values if v.selected} or (
        roots if len(roots) == 1 else set[str]()
    )
    for path in tuple(opened):
        opened |= _parents(path)
    return tuple(
        v for v in values if v.value in roots or v.value.rpartition("/")[0] in opened
    )


def _parents(path: str) -> set[str]:
    """广东省/深圳市/龙岗区 -> {广东省, 广东省/深圳市}."""
    names = path.split("/")
    return {"/".join(names[:depth]) for depth in range(1, len(names))}


def groups(
    asked: SearchRequest,
    response: SearchResponse,
) -> list[Group]:
    """Every facet of an answer that has values, or reports without one."""
    out = []
    first = {name: place for place, name in enumerate(_FIRST_GROUPS)}
    for facet in sorted(FACETS, key=lambda f: first.get(f.name, len(first))):
        result = response.facets.get(facet.name)
        if result is None:
            continue
        group = _group(facet, result, asked)
        if group.values or group.unknown:
            out.append(group)
    return out


def _group(
    facet: Facet,
    result: FacetResult,
    asked: SearchRequest,
) -> Group:
    shown = _shown(facet, result)
    more_url = None
    if result.total_values > len(shown.values):
        # the order of the hits says nothing about a list of values
        more_url = asked.with_(sort="relevance").url(f"/facets/{facet.name}")
    # what a link leads to has its filters open, as the page that it is on
    state = f"{OPEN_FILTERS}=open"
    return Group(
        name=facet.name,
        label=labels.FACET_LABELS[facet.name],
        values=values_of(facet, shown, asked, state),
        more_url=more_url,
        total_values=result.total_values,
        chart=chart_of_years(result.values) if facet.kind == "number" else None,
        unknown=unknown_of(facet, result, asked, state),
    )


def chart_of_years(values: Sequence[FacetValue]) -> YearChart | None:
    """The chart of a facet whose values are years."""
    return year_chart({int(v.value): v.count for v in values if v.count})
