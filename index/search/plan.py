"""From a request to a plan: what an engine is asked."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from index.assist.boosts import boosts
from index.assist.snapshot import Snapshot
from index.documents.builder import COPY_NUMBER
from index.engines.seam import (
    Engine,
    EngineQuery,
    FacetCount,
    FacetRequest,
    Filter,
)
from index.model.often import made_often
from index.model.problems import Code, Note
from index.query.evidence import Evidence, evidence
from index.query.names import is_called, paths_called
from index.query.nodes import (
    NO_PATH,
    NO_VALUE,
    AllOf,
    AnyOf,
    Keyword,
    Node,
    Not,
    NumberRange,
    PathPrefix,
    Wildcard,
    strings_of,
)
from index.query.parser import parse
from index.query.remarks import remarks
from index.query.resolve import Resolved, resolve
from index.query.where import where
from index.search.cursor import decode_cursor
from index.search.facets import asked, facet_named
from index.search.request import LIMITS, SearchRequest, first_mode

__all__ = [
    "Plan",
    "make_plan",
    "resolved_query",
]

# A query of at least so many words is a question: the pairs of its characters rank too.
# Measured on drcd, cmrc and ncp: words with pairs gain 0.4 to 1.0 points of MRR@10 over
# either alone.
MIN_QUESTION_WORDS = 4

# The order of a list that was not asked for anything.
NEWEST_FIRST = "-published"

# More than any index has values of a facet.
ALL_VALUES = 1_000_000


@made_often(frozen=True, slots=True)
class Plan:
    """A search request, ready for the engine.

    `resolved` holds the conditions of the query, `evidence` its ranking terms. `query` is the
    engine's query in the matching mode `mode`. `notes` are shown with the answer. `chosen`
    maps a facet to the values that the reader clicked or typed; the page shows them as selected.
    """

    resolved: Resolved
    evidence: Evidence
    query: EngineQuery
    chosen: dict[str, tuple[str, ...]]
    mode: str = "words"
    notes: tuple[Note, ...] = ()

    def words(self) -> tuple[str, ...]:
        """What is searched in this mode, as the answer names it."""
        if self.mode == "whole":
            return self.evidence.whole
        asked = strings_of(self.query.condition)
        named: set[str] = set()
        for node in asked:
            named.update((node.pattern,) if isinstance(node, Wildcard) else node.forms)
        known = [word for word in self.evidence.words if word in named]
        return tuple(known) or self.evidence.words

    def taken_apart(self) -> tuple[Node, ...]:
        """The conditions that match whole runs, where this plan matches their words instead.

        Snippets show a place of a whole run before a place of single words. Empty in the mode
        "whole".
        """
        if self.mode == "whole":
            return ()
        as_read = {*self.resolved.words, *self.resolved.required}
        return tuple(node for node in self.resolved.whole if node not in as_read)


def make_plan(
    snapshot: Snapshot,
    request: SearchRequest,
) -> Plan:
    """The plan of a request in its first mode. Raises RequestError, QueryError."""
    resolved = resolved_query(snapshot, request.q, synonymous=request.synonyms)
    traces = evidence(parse(request.q), synonymous=request.synonyms)
    chosen = _chosen(request, resolved)
    is_question = len(resolved.words) >= MIN_QUESTION_WORDS
    ranking = replace(
        traces.ranking(pairs=is_question),
        boosts=boosts(snapshot, traces.bare),
    )
    mode = first_mode(request.match)
    condition = resolved.condition("words" if mode == "any" else mode)
    query = EngineQuery(
        condition=condition,
        filters=_filters(request, resolved, chosen),
        ranking=ranking,
        counted=condition,
        sort=_order(request),
        offset=(request.page - 1) * request.size,
        size=request.size,
        after=decode_cursor(request),
        facets=asked(request, chosen),
        collapse=COPY_NUMBER if request.fold else None,
    )
    notes = (*remarks(request.q), *_exchanged(request))
    return Plan(
        resolved,
        traces,
        query,
        chosen,
        mode,
        notes,
    )


def resolved_query(
    snapshot: Snapshot,
    q: str,
    *,
    synonymous: bool = False,
) -> Resolved:
    """A query with its names resolved to the values that this snapshot has. Raises QueryError."""
    return resolve(
        parse(q),
        lambda name, form: _called(snapshot, name, form),
        lambda agencies: _series(snapshot.engine, agencies),
        synonymous=synonymous,
    )


def _order(request: SearchRequest) -> str:
    """The order of the hits: without a query nothing is relevant, and the newest come first."""
    if request.sort == "relevance" and not request.q.strip():
        return NEWEST_FIRST
    return request.sort


# ---------------------------------------------------------------------- names in a query
def _called(
    snapshot: Snapshot,
    name: str,
    form: str,
) -> list[str]:
    """The values of a facet that contain a form.

    Bodies are also found by their short names, places by the end of their paths.
    """
    known = snapshot.values(name)
    if name == "region" and form:
        called = paths_called(known.forms, form)
        return [known.values[number] for number in called]
    pairs = zip(known.values, known.forms, strict=True)
    if name == "agency":
        return [value for value, full in pairs if is_called(form, full)]
    return [value for value, full in pairs if form in full]


def _series(
    engine: Engine,
    agencies: tuple[str, ...],
) -> Node:
    """Those bodies, and those of the same line, level and place.

    The latter are what the bodies were before and after a reform: 国土资源局 and 自然资源局.
    """
    own = Keyword("agency", agencies)
    facets = tuple(
        FacetRequest(name, ALL_VALUES) for name in ("line", "level", "region")
    )
    matches = engine.search(
        EngineQuery(
            own,
            size=0,
            facets=facets,
        )
    )
    counted = {facet.name: facet.counts for facet in matches.facets}
    lines = tuple(count.value for count in counted["line"])
    levels = tuple(count.value for count in counted["level"])
    places = _innermost(counted["region"])
    if not (lines and levels and places):
        return own
    same = AllOf(
        (
            Keyword("line", lines),
            Keyword("level", levels),
            PathPrefix("region", places),
        )
    )
    return AnyOf((own, same))


def _innermost(
    regions: Iterable[FacetCount],
) -> tuple[tuple[str, ...], ...]:
    """The paths that are some report's own place, not only above such a place.

    A path is counted for the reports below it too: its own are those that no child has.
    """
    counts = {region.value: region.count for region in regions}
    below: Counter[str] = Counter()
    for value, count in counts.items():
        below[value.rpartition("/")[0]] += count
    own = (value for value, count in counts.items() if count > below[value])
    return tuple(tuple(value.split("/")) for value in own)


# ---------------------------------------------------------------------- filters
def _chosen(
    request: SearchRequest,
    resolved: Resolved,
) -> dict[str, tuple[str, ...]]:
    """Filters chosen and filters typed, as one.

    More typed values than a reader could choose are no choice; `_filters` makes them a condition.
    """
    chosen = {name: list(values) for name, values in request.filters.items() if values}
    for name, values in resolved.filters.items():
        if len(values) <= LIMITS.values:
            chosen.setdefault(name, []).extend(values)
    return {name: tuple(dict.fromkeys(values)) for name, values in chosen.items()}


def _filters(
    request: SearchRequest,
    resolved: Resolved,
    chosen: Mapping[str, tuple[str, ...]],
) -> tuple[Filter, ...]:
    """The filters of the engine's query.

    Only what a reader chose among the values of a facet belongs to that facet: it is counted
    without it. A range, or a field typed with very many values, narrows every facet.
    """
    filters = [
        Filter(_filter(name, values), facet=name) for name, values in chosen.items()
    ]
    for name, typed in resolved.filters.items():
        if len(typed) > LIMITS.values:
            filters.append(Filter(_filter(name, tuple(typed))))
    for name, absent in request.without.items():
        filters.append(Filter(Not(_filter(name, absent))))
    for nodes in _ranges(request, resolved).values():
        # A typed and a chosen range on one number both hold.
        is_single = len(nodes) == 1
        filters.append(Filter(nodes[0] if is_single else AllOf(tuple(nodes))))
    for condition in dict.fromkeys(request.where):
        _, node = where(condition)
        filters.append(Filter(node))
    return tuple(filters)


def _filter(
    name: str,
    values: tuple[str, ...],
) -> Node:
    match facet_named(name).kind:
        case "path":
            return PathPrefix(
                name,
                tuple(
                    tuple(value.split("/")) if value else NO_PATH for value in values
                ),
            )
        case "number":
            # A year may be typed with leading zeros.
            plain = dict.fromkeys(str(int(v)) if v else NO_VALUE for v in values)
            return Keyword(name, tuple(plain))
        case _:
            return Keyword(name, values)


def _ranges(
    request: SearchRequest,
    resolved: Resolved,
) -> dict[str, list[Node]]:
    """The ranges typed and chosen, by the number that they bound."""
    ranges = {name: list(nodes) for name, nodes in resolved.ranges.items()}
    bounds = {
        "year": (request.year_from, request.year_to),
        "published": (
            _ordinal(request.published_from),
            _ordinal(request.published_to),
        ),
    }
    for name, (low, high) in bounds.items():
        ends = (low, high)
        if low is not None and high is not None and low > high:
            ends = (high, low)
        if ends != (None, None):
            ranges.setdefault(name, []).append(NumberRange(name, *ends))
    return ranges


def _exchanged(request: SearchRequest) -> Iterator[Note]:
    """What is said of bounds that stand the wrong way round."""
    for name in ("year", "published"):
        low, high = getattr(request, f"{name}_from"), getattr(request, f"{name}_to")
        if low is not None and high is not None and low > high:
            facts = {
                "low": str(low),
                "high": str(high),
            }
            yield Note(Code.QUERY_ENDS_EXCHANGED, facts)


def _ordinal(day: dt.date | None) -> int | None:
    return None if day is None else day.toordinal()
