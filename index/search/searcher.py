"""Searcher: a SearchRequest in, a SearchResponse out. The whole read side below URLs and pages."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import math
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from index.assist.boosts import boosts
from index.assist.corrections import FEW, Doubt, corrections
from index.assist.suggestions import Suggestion, suggest
from index.assist.values import values_of
from index.documents.builder import COPY, copy_number
from index.documents.stored import head_of, report_of, shown_of
from index.engines.opening import open_engine
from index.engines.seam import Engine, EngineQuery, FacetAsked, Found, Manifest, Matches
from index.model.errors import QueryError, RequestError
from index.model.fields import NUMBERS, TEXT_FIELDS
from index.model.problems import Code, Note
from index.model.report import Report
from index.model.settings import Settings
from index.query.evidence import Evidence, evidence
from index.query.explain import in_words
from index.query.names import is_called
from index.query.nodes import (
    AllOf,
    AnyOf,
    Everything,
    Keyword,
    Node,
    NumberRange,
    PathPrefix,
)
from index.query.parser import parse
from index.query.resolve import Resolved, resolve
from index.query.where import where
from index.search.facets import asked, facet_named, result
from index.search.request import LIMITS, SearchRequest, Toggles
from index.search.response import (
    CopyOf,
    FacetResult,
    Hit,
    QueryEcho,
    ScorePart,
    SearchResponse,
)
from index.search.snippets import Marker, snippets
from index.studies.aggregate import Aggregate, Histogram, aggregate, histogram
from index.studies.coverage import Coverage, coverage
from index.studies.passages import Passages
from index.studies.series import Series, series
from index.studies.similar import (
    Copies,
    Novelty,
    Similar,
    copies,
    novelty,
    passages,
    similar,
)

__all__ = ["MarkedReport", "Searcher", "Suggestion"]

# From so many loose words on a query is a question: the pairs of its characters rank
# too.
#
# Measured on drcd, cmrc and ncp: words with pairs gain 0.4 to 1.0 points of MRR@10 over
# either alone.
MANY_WORDS = 4


@dataclass(frozen=True, slots=True)
class MarkedReport:
    """A report with the places of a query in it, as [start, end) code points of its title and text."""

    report: Report
    title_marks: tuple[tuple[int, int], ...]
    text_marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A request ready for the engine."""

    resolved: Resolved
    evidence: Evidence
    query: EngineQuery
    chosen: dict[str, tuple[str, ...]]


class Searcher:
    """Answers requests from one index. Threads may share it."""

    def __init__(self, engine: Engine, *, warm: bool = False) -> None:
        """`warm` prepares each snapshot in the background, as a server does that will answer many
        questions.
        """
        self.engine = engine
        self.warming = engine.warm() if warm else None

    @classmethod
    def open(cls, settings: Settings, *, warm: bool = False) -> Searcher:
        """The searcher of the settings' index. Raises IndexStateError."""
        return cls(open_engine(settings), warm=warm)

    @property
    def manifest(self) -> Manifest:
        """What the index says of itself."""
        return self.engine.manifest

    def refresh(self) -> None:
        """Turn to the newest generation; cheap when there is none."""
        newest = self.engine.refreshed()
        if self.warming is not None and newest is not self.engine:
            self.warming = newest.warm()
        self.engine = newest

    # ------------------------------------------------------------------ searching
    def search(self, request: SearchRequest) -> SearchResponse:
        """One page of the answer. Raises RequestError, QueryError."""
        began = time.perf_counter()
        engine = self.engine
        planned = self._plan(engine, request)
        matches, asked_for = self._run(engine, planned, request)
        relaxed = asked_for is not planned.query
        hits = self._hits(planned, matches, request.snippets)
        if request.fold:
            hits = tuple(
                replace(h, copies=_copies(engine, f))
                for h, f in zip(hits, matches.hits, strict=True)
            )
        if request.explain:
            hits = tuple(
                replace(h, explanation=_explanation(engine, asked_for, h.id))
                for h in hits
            )
        toggles = Toggles(request)
        facets = {
            c.name: result(c, toggles, planned.chosen.get(c.name, ()))
            for c in matches.facets
        }
        following, previous = self._neighbours(request, matches, toggles)
        return SearchResponse(
            query=replace(
                self._echo(request, planned, relaxed=relaxed),
                suggestions=self._suggestions(
                    engine, request, planned, matches, relaxed=relaxed
                ),
            ),
            total=matches.total,
            occurrences=matches.occurrences,
            took_ms=round((time.perf_counter() - began) * 1000, 2),
            page=request.page,
            size=request.size,
            next=following,
            previous=previous,
            hits=hits,
            facets=facets,
        )

    def _plan(self, engine: Engine, request: SearchRequest) -> _Planned:
        resolved = _resolved(engine, request.q, synonymous=request.synonyms)
        told = evidence(parse(request.q), synonymous=request.synonyms)
        chosen = _chosen(request, resolved)
        filters: dict[str, Node] = {
            name: _filter(name, values) for name, values in chosen.items()
        }
        for name, values in resolved.filters.items():
            if len(values) > LIMITS.values:
                filters[f"{name} typed"] = _filter(name, values)
        for name, nodes in _ranges(request, resolved).items():
            filters[f"{name} range"] = (
                nodes[0] if len(nodes) == 1 else AllOf(tuple(nodes))
            )
        for text in request.where:
            name, node = where(text)
            filters[f"{name} where {text}"] = node
        condition = resolved.condition(request.match)
        query = EngineQuery(
            condition=condition,
            filters=filters,
            ranking=replace(
                told.ranking(pairs=len(resolved.loose) >= MANY_WORDS),
                boosts=boosts(engine, told.bare),
            ),
            counted=condition,
            sort=request.sort,
            offset=(request.page - 1) * request.size,
            size=request.size,
            after=_cursor(request),
            facets=asked(request, chosen),
            fold=COPY if request.fold else None,
        )
        return _Planned(resolved, told, query, chosen)

    def _run(
        self, engine: Engine, planned: _Planned, request: SearchRequest
    ) -> tuple[Matches, EngineQuery]:
        """The matches and what was asked: when no report has all words and the mode allows it, for
        most of them.
        """
        matches = engine.search(planned.query)
        if (
            matches.total
            or request.match != "auto"
            or len(set(planned.resolved.loose)) < 2
        ):
            return matches, planned.query
        least = _most_words(engine, planned)
        if not least:
            return matches, planned.query
        # As many as the best report has, less two, and never more than a third of that: the answer
        # to a question is not always the report that repeats most of its words.
        condition = planned.resolved.condition(
            least=max(1, min(least - 2, math.ceil(least / 3)))
        )
        ranking = replace(
            planned.evidence.traces(), boosts=planned.query.ranking.boosts
        )
        query = replace(
            planned.query, condition=condition, counted=condition, ranking=ranking
        )
        return engine.search(query), query

    def _hits(self, planned: _Planned, matches: Matches, most: int) -> tuple[Hit, ...]:
        marker = Marker.of(planned.query.condition)
        return tuple(_hit(found, marker, most) for found in matches.hits)

    def _echo(
        self, request: SearchRequest, planned: _Planned, *, relaxed: bool
    ) -> QueryEcho:
        filters: dict[str, Any] = {
            name: list(values) for name, values in planned.chosen.items()
        }
        for name in ("year_from", "year_to", "published_from", "published_to"):
            if (value := getattr(request, name)) is not None:
                filters[name] = value if isinstance(value, int) else value.isoformat()
        told = planned.evidence
        same = tuple(told.synonyms.items())
        notes = _notes(same) if request.synonyms else ()
        return QueryEcho(
            q=request.q,
            normalised=" ".join(told.pieces),
            words=told.words,
            filters=filters,
            relaxed=relaxed,
            notes=tuple(note.message() for note in notes),
            note_codes=notes,
            explained=in_words(parse(request.q)),
            synonyms=same,
        )

    def _suggestions(
        self,
        engine: Engine,
        request: SearchRequest,
        planned: _Planned,
        matches: Matches,
        *,
        relaxed: bool,
    ) -> tuple[str, ...]:
        """What the reader may have meant, where little was found or a word falls apart."""
        if not request.q.strip() or request.page > 1 or request.cursor is not None:
            return ()

        def finds(q: str) -> int:
            try:
                corrected = self._plan(
                    engine, replace(request, q=q, match="all", facets=())
                )
            except QueryError:
                return 0
            return engine.search(
                replace(corrected.query, size=0, counted=Everything())
            ).total

        doubt = (
            Doubt.ANY
            if relaxed or not matches.total
            else Doubt.UNKNOWN
            if matches.total <= FEW
            else Doubt.SUSPECT
        )
        if (
            doubt is Doubt.SUSPECT
            and request.match != "any"
            and planned.resolved.stands_as_typed(planned.evidence.pieces)
        ):
            return ()
        return corrections(engine, request.q, finds, doubt)

    def _neighbours(
        self, request: SearchRequest, matches: Matches, toggles: Toggles
    ) -> tuple[str | None, str | None]:
        """The URLs of the next and previous page."""
        following = previous = None
        if matches.hits and (
            request.cursor is not None or request.page * request.size < matches.total
        ):
            last = matches.hits[-1]
            if (
                request.cursor is None
                and (request.page + 1) * request.size <= LIMITS.window
            ):
                following = toggles.page(request.page + 1)
            elif len(matches.hits) == request.size:
                following = request.at_cursor(_token(request, last)).url()
        if request.cursor is None and request.page > 1:
            previous = toggles.page(request.page - 1)
        return following, previous

    # ------------------------------------------------------------------ one report
    def report(self, report_id: str) -> Report:
        """The whole record. Raises ReportNotFoundError."""
        return _report(self.engine.get(report_id))

    def marked(self, report_id: str, q: str, *, synonyms: bool = False) -> MarkedReport:
        """The record with the places of a query in it. Raises ReportNotFoundError, QueryError."""
        engine = self.engine
        found = engine.get(report_id)
        resolved = _resolved(engine, q, synonymous=synonyms)
        marker = Marker.of(resolved.condition())
        title, text = _marks(found, marker)
        return MarkedReport(_report(found), tuple(title), tuple(text))

    # ------------------------------------------------------------------ reports like a report
    def similar(self, report_id: str, size: int = 10) -> Similar:
        """The reports that share most with one, copies told apart.

        Raises ReportNotFoundError, RequestError.
        """
        return similar(self.engine, report_id, size)

    def passages(self, report_id: str, other_id: str) -> Passages:
        """What two reports share, side by side. Raises ReportNotFoundError, RequestError."""
        return passages(self.engine, report_id, other_id)

    def copies(self, report_id: str) -> Copies:
        """The same report in other places. Raises ReportNotFoundError."""
        return copies(self.engine, report_id)

    def previous_year(self, report_id: str) -> Novelty:
        """A report held against its body's one before and after. Raises ReportNotFoundError."""
        return novelty(self.engine, report_id)

    def series(self, report_id: str) -> Series:
        """The reports of a report's body by year, with the checks between them.

        Raises ReportNotFoundError.
        """
        return series(self.engine, report_id)

    # ------------------------------------------------------------------ around a search
    def facet(
        self, request: SearchRequest, name: str, contains: str, size: int
    ) -> FacetResult:
        """The values of one facet under a search, those that contain a text."""
        engine = self.engine
        planned = self._plan(
            engine, replace(request, facets=(), size=1, page=1, cursor=None)
        )
        chosen = planned.chosen.get(name, ())
        wanted = FacetAsked(name, size, () if contains else chosen, contains)
        matches = engine.search(replace(planned.query, facets=(wanted,), size=0))
        shown = tuple(v for v in chosen if not contains or contains in v)
        return result(matches.facets[0], Toggles(request), shown)

    def suggest(self, prefix: str, size: int) -> list[Suggestion]:
        """Completions of what was typed: bodies, regions and words, most useful first."""
        return suggest(self.engine, prefix, size)

    def stats(self) -> dict[str, Any]:
        """How many reports there are, by each facet."""
        facets = tuple(
            FacetAsked(name, 100)
            for name in ("year", "level", "org_type", "line", "tables", "region")
        )
        matches = self.engine.search(EngineQuery(size=0, facets=facets))
        return {
            "reports": matches.total,
            "generation": self.manifest.generation,
            **{
                f.name: [{"value": c.value, "count": c.count} for c in f.counts]
                for f in matches.facets
            },
        }

    def coverage(self, region: str = "") -> Coverage:
        """Which bodies of a region have a report for which year.

        Raises RequestError for an unknown region.
        """
        return coverage(self.engine, region)

    def aggregate(
        self,
        request: SearchRequest,
        measure: str,
        by: str = "year",
        scope: str | None = None,
        template: str | None = None,
    ) -> Aggregate:
        """A number or ratio over everything that a request finds. Raises RequestError."""
        engine = self.engine
        planned = self._plan(engine, replace(request, facets=()))
        regions = planned.chosen.get("region", ())
        below = regions[0].split("/") if len(regions) == 1 else []
        return aggregate(
            engine,
            planned.query,
            measure,
            by,
            scope=scope,
            template=template,
            region=below,
        )

    def histogram(self, request: SearchRequest, name: str, bins: int = 12) -> Histogram:
        """How a number is spread over everything that a request finds. Raises RequestError."""
        if name not in NUMBERS:
            raise RequestError(
                "name", Code.REQUEST_UNKNOWN_NUMBER, {"name": name, "numbers": NUMBERS}
            )
        engine = self.engine
        return histogram(
            engine, self._plan(engine, replace(request, facets=())).query, name, bins
        )

    def export(self, request: SearchRequest) -> Iterator[Report]:
        """Every report that a request finds, without holding them all."""
        engine = self.engine
        query = self._plan(engine, replace(request, facets=())).query
        return (
            _report(found)
            for found in engine.scan(query.condition, tuple(query.filters.values()))
        )


def _resolved(engine: Engine, q: str, *, synonymous: bool) -> Resolved:
    """What a query asks of this index. Raises QueryError."""
    return resolve(
        parse(q),
        lambda name, form: _called(engine, name, form),
        lambda agencies: _series(engine, agencies),
        synonymous=synonymous,
    )


def _notes(synonyms: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[Note, ...]:
    """What was searched besides the words typed."""
    return tuple(
        Note(Code.ANSWER_SYNONYMS, {"others": others, "word": word})
        for word, others in synonyms
    )


def _most_words(engine: Engine, planned: _Planned) -> int:
    """How many of the telling words some report has at most, by bisection."""
    low, high = 0, len(planned.resolved.telling())
    while low < high:
        middle = (low + high + 1) // 2
        condition = planned.resolved.condition(least=middle)
        query = EngineQuery(condition=condition, filters=planned.query.filters, size=0)
        low, high = (middle, high) if engine.search(query).total else (low, middle - 1)
    return low


MOST_COPIES = 20


def _copies(engine: Engine, found: Found) -> tuple[CopyOf, ...]:
    """The other reports with the same text, a bounded number."""
    number = copy_number(found.contents.texts["text"].form)
    if number is None:
        return ()
    others = engine.search(
        EngineQuery(NumberRange(COPY, number, number), size=MOST_COPIES + 1)
    ).hits
    heads = [head_of(o.contents.head) for o in others if o.id != found.id][:MOST_COPIES]
    return tuple(CopyOf(h["id"], h["source"], h["url"], h["title"]) for h in heads)


def _explanation(
    engine: Engine, query: EngineQuery, report_id: str
) -> tuple[ScorePart, ...]:
    """The parts of a score, greatest first."""
    parts = engine.explain(query, report_id)["parts"]
    explained = (
        ScorePart.of(part["note"], round(part["value"], 4), part["reason"])
        for part in parts
    )
    return tuple(sorted(explained, key=lambda part: -part.value))


def _report(found: Found) -> Report:
    return report_of(found.contents)


def _hit(found: Found, marker: Marker, most: int) -> Hit:
    kept = found.contents
    title, text = _marks(found, marker)
    pieces = snippets(kept.display, text, most) if most else ()
    score = round(found.score, 4)
    return Hit(
        found.id, *shown_of(kept.head), score, found.occurrences, tuple(title), pieces
    )


def _marks(found: Found, marker: Marker) -> list[list[tuple[int, int]]]:
    """The marks of each of TEXT_FIELDS."""
    texts, wording = found.contents.texts, found.contents.wording
    return [marker.marks(name, texts[name], wording.get(name)) for name in TEXT_FIELDS]


def _called(engine: Engine, name: str, form: str) -> list[str]:
    """The values of a facet that contain a form; bodies also by their short names."""
    known = values_of(engine, name)
    pairs = zip(known.values, known.forms, strict=True)
    if name == "agency":
        return [value for value, full in pairs if is_called(form, full)]
    return [value for value, full in pairs if form in full]


def _series(engine: Engine, agencies: tuple[str, ...]) -> Node:
    """Those bodies, and those of the same line, level and place: what they were before and after a
    reform.
    """
    own = Keyword("agency", agencies)
    facets = tuple(FacetAsked(name, 1_000_000) for name in ("line", "level", "region"))
    counted = {
        f.name: f.counts
        for f in engine.search(EngineQuery(own, size=0, facets=facets)).facets
    }
    lines, levels = (
        tuple(c.value for c in counted[name]) for name in ("line", "level")
    )
    counts = {c.value: c.count for c in counted["region"]}
    below: Counter[str] = Counter()
    for value, count in counts.items():
        below[value.rpartition("/")[0]] += count
    places = tuple(tuple(v.split("/")) for v, n in counts.items() if n > below[v])
    if not (lines and levels and places):
        return own
    return AnyOf(
        (
            own,
            AllOf(
                (
                    Keyword("line", lines),
                    Keyword("level", levels),
                    PathPrefix("region", places),
                )
            ),
        )
    )


def _chosen(request: SearchRequest, resolved: Resolved) -> dict[str, tuple[str, ...]]:
    """Filters typed and filters chosen, as one; more typed values than a reader could choose stay a
    condition.
    """
    out = {name: list(values) for name, values in request.filters.items() if values}
    for name, values in resolved.filters.items():
        if len(values) <= LIMITS.values:
            out.setdefault(name, []).extend(values)
    return {name: tuple(dict.fromkeys(values)) for name, values in out.items()}


def _filter(name: str, values: tuple[str, ...]) -> Node:
    if facet_named(name).kind == "path":
        return PathPrefix(name, tuple(tuple(v.split("/")) for v in values))
    if facet_named(name).kind == "number":
        return Keyword(name, tuple(dict.fromkeys(str(int(v)) for v in values)))
    return Keyword(name, values)


def _ranges(request: SearchRequest, resolved: Resolved) -> dict[str, list[Node]]:
    out = {name: list(nodes) for name, nodes in resolved.ranges.items()}
    if request.year_from is not None or request.year_to is not None:
        out.setdefault("year", []).append(
            NumberRange("year", request.year_from, request.year_to)
        )
    if request.published_from is not None or request.published_to is not None:
        low, high = (
            _ordinal(d) for d in (request.published_from, request.published_to)
        )
        out.setdefault("published", []).append(NumberRange("published", low, high))
    return out


def _ordinal(day: dt.date | None) -> int | None:
    return None if day is None else day.toordinal()


def _token(request: SearchRequest, last: Found) -> str:
    """An opaque cursor behind a hit."""
    raw = json.dumps([request.sort, last.key, last.tie], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _cursor(request: SearchRequest) -> tuple[float | None, int] | None:
    if request.cursor is None:
        return None
    wrong = RequestError("cursor", Code.REQUEST_BAD_CURSOR)
    try:
        padded = request.cursor + "=" * (-len(request.cursor) % 4)
        sort, key, tie = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, binascii.Error, TypeError, RecursionError):
        raise wrong from None
    numeric = isinstance(tie, int) and (key is None or isinstance(key, int | float))
    if (
        sort != request.sort
        or not numeric
        or isinstance(tie, bool)
        or isinstance(key, bool)
    ):
        raise wrong
    if key is not None and not math.isfinite(key):
        raise wrong
    return key, tie
