"""Searcher: a SearchRequest in, a SearchResponse out. The whole read side below URLs and pages."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from index.assist.corrections import (
    FEW_HITS,
    Doubt,
    corrections,
)
from index.assist.mainland import in_mainland_wording
from index.assist.snapshot import Snapshot
from index.assist.suggestions import Suggestion, suggest
from index.documents.stored import report_of
from index.engines.opening import open_engine
from index.engines.seam import (
    Engine,
    EngineHit,
    EngineQuery,
    FacetRequest,
    Manifest,
    Matches,
)
from index.model.errors import IndexStateError, QueryError, RequestError
from index.model.fields import NUMBERS
from index.model.problems import Code, Note
from index.model.report import Report
from index.model.settings import Settings
from index.query.explain import in_words
from index.query.nodes import NO_VALUE
from index.query.parser import parse
from index.search.chosen import (
    body_called,
    of_unknown_bodies,
    unknown_body,
    with_known_values,
)
from index.search.cursor import encode_cursor, listed_before
from index.search.facets import named, result
from index.search.hits import (
    card_marks,
    field_marks,
    hits_of,
    with_copies,
    with_explanations,
)
from index.search.marks import MAX_MARKS, Marker
from index.search.match_modes import (
    answered,
    plan_for_hit,
    settled,
    totals,
    wider,
)
from index.search.plan import (
    Plan,
    make_plan,
)
from index.search.regions import region_path
from index.search.request import (
    EXCLUDED_PREFIX,
    SearchRequest,
    Toggles,
    written_value,
)
from index.search.response import (
    FacetResult,
    QueryEcho,
    SearchResponse,
)
from index.studies.aggregate import Aggregate, Histogram, histogram
from index.studies.coverage import Coverage, coverage
from index.studies.passages import Passages
from index.studies.series import Series, series
from index.studies.side_by_side import side_by_side
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

LOG = logging.getLogger("gongkai")

# Seconds that a request waits while another one opens the newest generation.
MAX_REFRESH_WAIT_S = 0.2

# Facets of the statistics of an index, and values of each.
STATS_FACETS = (
    "year",
    "level",
    "org_type",
    "line",
    "tables",
    "region",
)
STATS_VALUES = 100


@dataclass(frozen=True, slots=True)
class MarkedReport:
    """A report with the positions of a query in it.

    Marks are [start, end) code points of its title, text and index card; those of the text stop at
    MAX_MARKS. `occurrences` counts all of them. `matched` is the matching mode, `words` what
    is marked.
    """

    report: Report
    title_marks: tuple[tuple[int, int], ...]
    text_marks: tuple[tuple[int, int], ...]
    occurrences: int = 0
    matched: str = "whole"
    words: tuple[str, ...] = ()
    card_marks: tuple[tuple[int, int], ...] = ()


class Searcher:
    """Answers requests from one index. Threads may share it."""

    def __init__(self, engine: Engine, *, warm: bool = False) -> None:
        """`warm` prepares each snapshot in the background.

        A server does so, as it will answer many questions.
        """
        self.snapshot = Snapshot(engine)
        # Why the newest generation could not be opened; None where it is open.
        self.trouble: str | None = None
        self._refreshing = threading.Lock()
        # The thread that prepares the newest snapshot; None where none is prepared.
        self.warming = engine.warm_up() if warm else None

    @classmethod
    def open(cls, settings: Settings, *, warm: bool = False) -> Searcher:
        """The searcher of the settings' index. Raises IndexStateError."""
        return cls(open_engine(settings), warm=warm)

    @property
    def engine(self) -> Engine:
        """The engine of the newest snapshot."""
        return self.snapshot.engine

    @property
    def manifest(self) -> Manifest:
        """What the index says of itself."""
        return self.engine.manifest

    def refresh(self) -> None:
        """Turn to the newest generation; cheap when there is none.

        Where it cannot be opened (the folder was moved away, a file of it is damaged) the open
        snapshot, which is whole, goes on answering, and the log says why. While one thread opens
        the newest generation, the others wait for it MAX_REFRESH_WAIT_S, then answer from the open
        one.
        """
        # One thread at a time: a slower one would put an older snapshot back.
        if not self._refreshing.acquire(timeout=MAX_REFRESH_WAIT_S):
            return
        try:
            self._refresh()
        finally:
            self._refreshing.release()

    def _refresh(self) -> None:
        current = self.snapshot
        try:
            newest = current.engine.refreshed()
        except (IndexStateError, OSError) as error:
            self._keep(str(error))
            return
        self.trouble = None
        if newest is current.engine:
            return
        if self.warming is not None:
            self.warming = newest.warm_up()
        snapshot = current.successor(newest)
        # before it is published: afterwards every thread would wait for the names of all bodies
        snapshot.prepare(current, later=self.warming is not None)
        self.snapshot = snapshot

    def _keep(self, trouble: str) -> None:
        """Note why the newest generation cannot be opened; the log is told once."""
        if trouble != self.trouble:
            LOG.error("the open snapshot is kept: %s", trouble)
        self.trouble = trouble

    # ------------------------------------------------------------------ searching
    def search(self, request: SearchRequest) -> SearchResponse:
        """One page of the answer. Raises RequestError, QueryError."""
        began = time.perf_counter()
        # Taken once: a refresh by another thread does not change it under this request.
        snapshot = self.snapshot
        engine = snapshot.engine
        request = with_known_values(snapshot, request)
        plan = make_plan(snapshot, request)
        plan, matches = answered(engine, plan, request)
        unknown = of_unknown_bodies(snapshot, request, matches.total)
        plan = replace(plan, notes=(*plan.notes, *unknown))
        hits = hits_of(
            plan.query.condition, matches, request.snippets, plan.taken_apart()
        )
        if request.fold:
            hits = with_copies(engine, hits, matches)
        if request.explain:
            hits = with_explanations(engine, hits, plan.query)
        toggles = Toggles(request)
        facets = {
            counts.name: result(
                counts,
                toggles,
                plan.chosen.get(counts.name, ()),
            )
            for counts in matches.facets
        }
        doubt = self._doubt(request, plan, matches)
        following, previous = self._neighbours(request, matches, toggles)
        return SearchResponse(
            query=replace(
                self._echo(request, plan, matches.total),
                suggestions=self._suggestions(snapshot, request, doubt),
                wider=wider(engine, plan, matches.total, request),
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

    def _echo(
        self,
        request: SearchRequest,
        plan: Plan,
        total: int,
    ) -> QueryEcho:
        filters: dict[str, Any] = {
            name: [*map(written_value, values)] for name, values in plan.chosen.items()
        }
        for name, absent in request.without.items():
            filters[EXCLUDED_PREFIX + name] = [*map(written_value, absent)]
        for name in (
            "year_from",
            "year_to",
            "published_from",
            "published_to",
        ):
            if (value := getattr(request, name)) is not None:
                filters[name] = value if isinstance(value, int) else value.isoformat()
        traces = plan.evidence
        synonyms = tuple(traces.synonyms.items())
        notes = plan.notes
        if request.synonyms:
            notes = (*notes, *_notes(synonyms))
        is_relaxed = request.match == "auto" and plan.mode == "any" and total > 0
        return QueryEcho(
            q=request.q,
            normalised=" ".join(traces.pieces),
            words=plan.words(),
            filters=filters,
            relaxed=is_relaxed,
            notes=tuple(note.message() for note in notes),
            note_codes=notes,
            explained=in_words(parse(request.q), mode=plan.mode, words=plan.words()),
            synonyms=synonyms,
            matched=plan.mode,
        )

    def _doubt(
        self,
        request: SearchRequest,
        plan: Plan,
        matches: Matches,
    ) -> Doubt | None:
        """Which runs to doubt: more, the less was found. None where nothing may be misspelt."""
        is_asked = request.match == "any"
        if not matches.total or (plan.mode == "any" and not is_asked):
            return Doubt.ANY
        if matches.total <= FEW_HITS:
            return Doubt.UNKNOWN
        is_whole = plan.mode == "whole"
        if is_whole and plan.resolved.stands_as_typed(plan.evidence.pieces):
            return None
        return Doubt.SUSPECT

    def _suggestions(
        self,
        snapshot: Snapshot,
        request: SearchRequest,
        doubt: Doubt | None,
    ) -> tuple[str, ...]:
        """What the reader may have meant; without a doubt only in mainland wording."""
        if not request.q.strip() or request.page > 1 or request.cursor is not None:
            return ()
        if doubt is None and in_mainland_wording(request.q) == request.q:
            return ()

        def finds(queries: Sequence[str]) -> list[int]:
            asked = [planned(q) for q in queries]
            found = iter(totals(snapshot.engine, list(filter(None, asked))))
            return [next(found) if query else 0 for query in asked]

        def planned(q: str) -> EngineQuery | None:
            corrected = replace(request, q=q, match="whole", facets=())
            try:
                return make_plan(snapshot, corrected).query
            except QueryError:
                return None

        # whatever page, order or facets are asked for beside it
        question = replace(request, facets=(), sort="relevance", explain=False)
        return snapshot.corrections(
            (question.url(), doubt),
            lambda: corrections(snapshot, request.q, finds, doubt),
        )

    def _neighbours(
        self,
        request: SearchRequest,
        matches: Matches,
        toggles: Toggles,
    ) -> tuple[str | None, str | None]:
        """The URLs of the next and previous page.

        The next one carries a cursor, so that a list can be followed to any length.
        """
        listed = listed_before(request) + len(matches.hits)
        following = previous = None
        if matches.hits and listed < matches.total:
            cursor = encode_cursor(request, matches.hits[-1], listed)
            following = toggles.cursor(cursor)
        if request.cursor is None and request.page > 1:
            # from beyond the last page it leads to the last
            last = max(1, -(-matches.total // request.size))
            previous = toggles.page(min(request.page - 1, last))
        return following, previous

    # ------------------------------------------------------------------ one report
    def report(self, report_id: str) -> Report:
        """The whole record. Raises ReportNotFoundError."""
        return _report(self.engine.get(report_id))

    def marked(
        self,
        report_id: str,
        q: str,
        *,
        synonyms: bool = False,
        match: str = "auto",
    ) -> MarkedReport:
        """The record with the positions of a query in it, read as `match` says.

        Of "auto" it is whole where every run stands whole in this report, else words. Raises
        ReportNotFoundError, RequestError, QueryError.
        """
        snapshot = self.snapshot
        found = snapshot.engine.get(report_id)
        request = SearchRequest(q=q, synonyms=synonyms, match=match)
        plan = plan_for_hit(found, make_plan(snapshot, request), match)
        marker = Marker.of(plan.query.condition)
        title, text = field_marks(found, marker, most=None)
        card = card_marks(found, marker)
        return MarkedReport(
            report=_report(found),
            title_marks=tuple(title),
            text_marks=tuple(text[:MAX_MARKS]),
            occurrences=len(title) + len(text) + len(card),
            matched=plan.mode,
            words=plan.words() if title or text or card else (),
            card_marks=tuple(card),
        )

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

    def novelty(self, report_id: str) -> Novelty:
        """How much of a report repeats the body's previous one, and the next one repeats of it.

        Raises ReportNotFoundError.
        """
        return novelty(self.engine, report_id)

    def series(self, report_id: str) -> Series:
        """The reports of a report's body by year, with the checks between them.

        Raises ReportNotFoundError.
        """
        return series(self.engine, report_id)

    # ------------------------------------------------------------------ around a search
    def facet(
        self,
        request: SearchRequest,
        name: str,
        contains: str,
        size: int,
    ) -> FacetResult:
        """The values of one facet under a search, those that contain a text."""
        snapshot = self.snapshot
        request = with_known_values(snapshot, request)
        # Only this facet is counted, and no hit is needed.
        uncounted = replace(request, facets=(), size=1, page=1, cursor=None)
        plan = settled(snapshot, uncounted)
        chosen = plan.chosen.get(name, ())
        wanted = FacetRequest(name, size, () if contains else named(chosen), contains)
        query = replace(plan.query, facets=(wanted,), size=0)
        matches = snapshot.engine.search(query)
        shown = tuple(v for v in chosen if v == NO_VALUE or contains in v)
        return result(matches.facets[0], Toggles(request), shown)

    def suggest(self, prefix: str, size: int) -> list[Suggestion]:
        """Completions of what was typed: bodies, regions and words, most useful first."""
        return suggest(self.snapshot, prefix, size)

    def body(self, name: str) -> str | None:
        """The body that a name means; None where it means none, or several."""
        return body_called(self.snapshot, name)

    def unknown_bodies(self, request: SearchRequest) -> tuple[Note, ...]:
        """What is said of the bodies that a request chooses and no report is from."""
        snapshot = self.snapshot
        known = with_known_values(snapshot, request)
        return of_unknown_bodies(snapshot, known, total=1)

    def unknown_body(self, name: str) -> Note:
        """What is said of a body that no report is from."""
        return unknown_body(self.snapshot, name)

    def stats(self) -> dict[str, Any]:
        """How many reports there are, by each facet."""
        engine = self.engine
        facets = tuple(FacetRequest(name, STATS_VALUES) for name in STATS_FACETS)
        matches = engine.search(EngineQuery(size=0, facets=facets))
        counts = {
            facet.name: [{"value": c.value, "count": c.count} for c in facet.counts]
            for facet in matches.facets
        }
        return {
            "reports": matches.total,
            "generation": engine.manifest.generation,
            **counts,
        }

    def coverage(self, region: str = "") -> Coverage:
        """Which bodies of a region have a report for which year.

        Raises RequestError for an unknown region.
        """
        snapshot = self.snapshot
        path = region_path(snapshot, region.strip("/"))
        return coverage(snapshot.engine, path)

    def aggregate(
        self,
        request: SearchRequest,
        measure: str,
        by: str = "year",
        scope: str | None = None,
        template: str | None = None,
    ) -> Aggregate:
        """A number or ratio over everything that a request finds. Raises RequestError."""
        return self.side_by_side(request, (measure,), by, scope, template)

    def side_by_side(
        self,
        request: SearchRequest,
        measures: Sequence[str],
        by: str = "year",
        scope: str | None = None,
        template: str | None = None,
        order: str = "",
    ) -> Aggregate:
        """Measures over everything that a request finds, abreast. Raises RequestError."""
        snapshot = self.snapshot
        request = with_known_values(snapshot, request)
        plan = settled(snapshot, request)
        regions = named(plan.chosen.get("region", ()))
        found = side_by_side(
            snapshot.engine,
            plan.query,
            measures,
            by,
            scope=scope,
            template=template,
            region=regions[0].split("/") if len(regions) == 1 else [],
            order=order,
        )
        unknown = of_unknown_bodies(snapshot, request, found.reports)
        said = tuple(note.message() for note in unknown)
        return replace(
            found,
            notes=(*found.notes, *said),
            note_codes=(*found.note_codes, *unknown),
        )

    def histogram(
        self,
        request: SearchRequest,
        name: str,
        bins: int = 12,
    ) -> Histogram:
        """How a number is spread over everything that a request finds. Raises RequestError."""
        if name not in NUMBERS:
            raise RequestError(
                "name",
                Code.REQUEST_UNKNOWN_NUMBER,
                {"name": name, "numbers": NUMBERS},
            )
        snapshot = self.snapshot
        query = settled(snapshot, with_known_values(snapshot, request)).query
        return histogram(snapshot.engine, query, name, bins)

    def export(self, request: SearchRequest) -> Iterator[Report]:
        """Every report that a request finds, without holding them all."""
        snapshot = self.snapshot
        query = settled(snapshot, with_known_values(snapshot, request)).query
        filters = tuple(chosen.node for chosen in query.filters)
        return map(
            _report,
            snapshot.engine.scan(query.condition, filters),
        )

    def ids(self, start: int, stop: int) -> list[str]:
        """The ids of the reports numbered so in the order of the index, for sitemaps."""
        return list(islice(self.engine.ids(), start, stop))


def _report(hit: EngineHit) -> Report:
    return report_of(hit.contents)


def _notes(synonyms: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[Note, ...]:
    """What was searched besides the words typed."""
    return tuple(
        Note(Code.ANSWER_SYNONYMS, {"others": others, "word": word})
        for word, others in synonyms
    )
