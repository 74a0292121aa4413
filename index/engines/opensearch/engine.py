"""The engine of several machines: a generation of an index in an OpenSearch cluster.

A question becomes one request: the condition narrows, filters of facets that are counted stand
behind (`post_filter`), each facet is counted under the others' filters. See docs/cluster.md.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.engines.opensearch.conditions import (
    ALL,
    Query,
    StringNode,
    all_of,
    any_of,
    compiled,
)
from index.engines.opensearch.contents import Kept, Meta, meta_of
from index.engines.opensearch.counting import count_script, total_of, total_questions
from index.engines.opensearch.facets import (
    FACET_PREFIX,
    TOTAL,
    Spread,
    aggregations_of_all,
    aggregations_of_first,
    all_counts,
    answer,
    counts_of,
    first_of,
    is_short,
    unknown_of,
)
from index.engines.opensearch.layout import (
    PRIVATE_FIELDS,
    RANKED_FIELDS,
    key_of,
    number_field,
    whole_field,
    wording_of,
)
from index.engines.opensearch.ranking import Means, Scorer, holding
from index.engines.opensearch.server import Server
from index.engines.opensearch.state import State, check_fingerprint, read_state
from index.engines.opensearch.vocabulary import Counts, keys_of, read_counts
from index.engines.seam import (
    Columns,
    EngineHit,
    EngineQuery,
    FacetCounts,
    FacetRequest,
    Integers,
    Manifest,
    Matches,
)
from index.model.errors import ReportNotFoundError
from index.model.fields import FACET_KINDS, SEARCHED_FIELDS, is_ascending
from index.model.json_codec import to_json
from index.model.problems import Code, Note
from index.query.nodes import Node, strings_of

__all__ = ["OpenSearchEngine"]

LOG = logging.getLogger("gongkai")
# Reports read at a time: whole ones, and those of which only columns are read.
SCAN_SIZE = 200
COLUMN_SIZE = 10_000
FREQUENCY_SIZE = 500
# Reports that are asked for by their ids in one request.
KNOWN_SIZE = 1_000
# More than the words of nearly all queries, and than the corrections that are tried.
QUESTIONS_AT_ONCE = 8
# Requests of one round trip; the cluster works on a few of them at a time.
MANY_BODIES = 100
# Above this, document frequencies are those that commits have written.
FEW_TEXTS = 100
COPIES_SIZE = 10_000
# Numbers of values that a snapshot keeps.
MAX_REMEMBERED_TOTALS = 1_000
# Document frequencies that a snapshot keeps.
MAX_REMEMBERED = 100_000
# Documents are ordered by this where nothing else orders them; each report has its own.
TIE_SORT: dict[str, Any] = {"tie": {"order": "asc"}}
RUN_REASONS = {
    Code.SCORE_RUN: Note(Code.SCORE_ABOVE_ALL_WORDS),
    Code.SCORE_BOOST: Note(Code.SCORE_NAMED_IN_QUERY),
}


@dataclass(frozen=True, slots=True)
class PendingQuery:
    """A question in parts.

    `base` is what every count is under, `behind` are the filters of the facets that are counted,
    with the name of the facet. `kept` leaves out copies, once a set of filters.
    """

    base: Query
    behind: Sequence[tuple[str, Query]]
    kept: Mapping[str | None, Query]

    def under(self, facet: str | None) -> Query:
        """The filters behind, without those of one facet; `None`: all of them."""
        filters = [query for name, query in self.behind if name != facet]
        is_own = any(name == facet for name, _ in self.behind)
        kept = self.kept.get(facet if is_own else None, ALL)
        return all_of([*filters, kept])

    def found_for(self, facet: str) -> Query:
        """What a facet is counted over."""
        return all_of([self.base, self.under(facet)])


@dataclass(frozen=True, slots=True)
class PendingSearch:
    """A question with its requests: the first is for hits and facets, the others count places."""

    query: EngineQuery
    asked: PendingQuery
    scorer: Scorer | None
    bodies: Sequence[Mapping[str, Any]]
    is_counted: bool
    # the facets of which only the first values were asked
    spreads: Mapping[str, Spread]


class OpenSearchEngine:
    """A generation of an index. Threads may share it; commits do not touch it."""

    def __init__(
        self,
        server: Server,
        state: State,
        *,
        wanted: Mapping[str, str] | None = None,
    ) -> None:
        """Newer generations must have the fingerprint `wanted`; None takes any."""
        self.wanted = wanted
        self.server = server
        self.state = state
        self.manifest: Manifest = state.manifest
        self._lock = threading.Lock()
        self._means: Means | None = None
        self._vocabularies: dict[str, Counts] = {}
        self._frequencies: dict[tuple[str, str], int] = {}
        # facets of more values than an answer holds, and how many a question finds
        self._many: set[str] = set()
        self._totals: dict[bytes, int] = {}
        # the keys of all reports, once they were read
        self._known: frozenset[str] | None = None
        # a newer snapshot uses the same connections
        self._is_shared = False

    # ------------------------------------------------------------------ asking
    def _search(self, body: Mapping[str, Any]) -> Any:
        return self.server.search(self.state.index, body)

    def _search_all(self, bodies: Sequence[Mapping[str, Any]]) -> list[Any]:
        if len(bodies) == 1:
            return [self._search(bodies[0])]
        return self.server.search_many(self.state.index, bodies)

    def _living(self) -> Query:
        """What this generation sees."""
        return living(self.state.manifest.generation)

    def _aggregate(self, query: Query, aggregation: Query) -> Any:
        """The answer of one aggregation over what satisfies a query."""
        body = {
            "size": 0,
            "query": {"bool": {"filter": [query]}},
            "aggs": {"one": aggregation},
        }
        return self._search(body)["aggregations"]["one"]

    @property
    def means(self) -> Means:
        """Counts and mean lengths over all living reports."""
        if self._means is None:
            self._means = self._read_means()
        return self._means

    def _read_means(self) -> Means:
        reports = self.manifest.reports
        names = [f"len_{name}" for name in RANKED_FIELDS]
        aggs: dict[str, Any] = {
            name: {"sum": {"field": name}} for name in (*names, "len_units")
        }
        worded = [{"exists": {"field": wording_of(field)}} for field in SEARCHED_FIELDS]
        aggs["worded"] = {"filter": any_of(worded)}
        body = {"size": 0, "query": self._living(), "aggs": aggs}
        found = self._search(body)
        answered = found["aggregations"]

        def mean(name: str) -> float:
            total = float(answered[name]["value"])
            # an empty field divides by 1
            return total / reports if total and reports else 1.0

        return Means(
            reports=reports,
            words={name: mean(f"len_{name}") for name in RANKED_FIELDS},
            units=mean("len_units"),
            worded=answered["worded"]["doc_count"] > 0,
            shards=found["_shards"]["total"],
        )

    def _compiled(self, node: Node) -> Query:
        return compiled(node, worded=self.means.worded)

    # ------------------------------------------------------------------ searching
    def search(self, query: EngineQuery) -> Matches:
        """Answer one question."""
        return self.search_many([query])[0]

    @property
    def questions_at_once(self) -> int:
        """Several, in one round trip."""
        return QUESTIONS_AT_ONCE

    def search_many(self, queries: Sequence[EngineQuery]) -> list[Matches]:
        """Answer several questions in one round trip, MANY_BODIES requests at a time."""
        pending = [self._pending(query) for query in queries]
        bodies = [body for one in pending for body in one.bodies]
        answers: list[Any] = []
        for start in range(0, len(bodies), MANY_BODIES):
            answers += self._search_all(bodies[start : start + MANY_BODIES])
        matches = []
        reached = 0
        for one in pending:
            behind = reached + len(one.bodies)
            matches.append(self._matches(one, answers[reached:behind]))
            reached = behind
        return matches

    def _pending(self, query: EngineQuery) -> PendingSearch:
        """The requests of a question: its page and facets, then what counts its occurrences."""
        nodes = strings_of(query.counted)
        asked = self._asked(query)
        body: dict[str, Any] = {
            "size": 0,
            "track_total_hits": True,
            "query": {"bool": {"filter": [asked.base]}},
            "post_filter": asked.under(None),
        }
        spreads = self._spreads(query, asked)
        aggs = _aggregations(query, asked, spreads)
        if aggs:
            body["aggs"] = aggs
        scorer = None
        if query.size > 0:
            scorer = Scorer(query.ranking, self.means, self._counts)
            body.update(self._paged(query, asked, nodes, scorer))
        bodies = [body]
        if nodes:
            found_all = all_of([asked.base, asked.under(None)])
            bodies += total_questions(nodes, found_all, worded=self.means.worded)
        return PendingSearch(query, asked, scorer, bodies, bool(nodes), spreads)

    def _matches(self, pending: PendingSearch, answers: Sequence[Any]) -> Matches:
        """What the requests of a question were answered, together."""
        answered, *totals = answers
        found = answered.get("aggregations", {})
        query = pending.query
        hits: tuple[EngineHit, ...] = ()
        if pending.scorer is not None:
            hits = self._hits(query, answered["hits"]["hits"], pending.scorer)
        return Matches(
            total=answered["hits"]["total"]["value"],
            occurrences=total_of(totals) if pending.is_counted else None,
            hits=hits,
            facets=self._facets(pending, found),
        )

    def _asked(self, query: EngineQuery) -> PendingQuery:
        counted = {facet.name for facet in query.facets}
        base = [self._living(), self._compiled(query.condition)]
        behind = []
        for filter_ in query.filters:
            compiled_filter = self._compiled(filter_.node)
            # what no facet is counted without narrows everything
            if filter_.facet is None or filter_.facet not in counted:
                base.append(compiled_filter)
            else:
                behind.append((filter_.facet, compiled_filter))
        asked = PendingQuery(all_of(base), behind, {})
        if query.collapse is None:
            return asked
        names = [None, *dict.fromkeys(name for name, _ in behind)]
        kept = {
            name: self._without_copies(
                all_of([asked.base, asked.under(name)]), query.collapse
            )
            for name in names
        }
        return PendingQuery(asked.base, behind, kept)

    def _without_copies(self, query: Query, name: str) -> Query:
        """Of the reports that share a number, only the one with the smallest doc-id hash."""
        field = number_field(name)
        asked: dict[str, Any] = {
            "size": COPIES_SIZE,
            "sources": [{"value": {"terms": {"field": field}}}],
        }
        shared: list[float] = []
        first: list[int] = []
        while True:
            aggregation = {
                "composite": asked,
                "aggs": {"first": {"min": {"field": "tie"}}},
            }
            page = self._aggregate(query, aggregation)
            for bucket in page["buckets"]:
                if bucket["doc_count"] > 1:
                    shared.append(bucket["key"]["value"])
                    first.append(int(bucket["first"]["value"]))
            behind = page.get("after_key")
            if behind is None:
                break
            asked["after"] = behind
        if not shared:
            return ALL
        alone = {"bool": {"must_not": [{"terms": {field: shared}}]}}
        return any_of([alone, {"terms": {"tie": first}}])

    def _facets(
        self,
        pending: PendingSearch,
        found: Mapping[str, Any],
    ) -> tuple[FacetCounts, ...]:
        answers = []
        values = _values_of(found)
        for facet in pending.query.facets:
            name = FACET_PREFIX + facet.name
            under = pending.asked.found_for(facet.name)
            if facet.name in pending.spreads:
                spread = pending.spreads[facet.name]
                answers.append(self._first_of(facet, under, spread, values))
                continue
            if name not in values:
                # of what is no facet nothing is counted
                answers.append(answer(facet, {}, 0))
                continue
            counts = counts_of(values[name])
            unknown = unknown_of(facet.name, values)
            if counts is None:
                answers.append(self._of_many(facet, under, unknown))
            else:
                answers.append(answer(facet, counts, unknown))
        return tuple(answers)

    def _spreads(
        self,
        query: EngineQuery,
        asked: PendingQuery,
    ) -> dict[str, Spread]:
        """Of what facets only the first values are asked: those known to have very many."""
        return {
            facet.name: self._spread(facet, asked.found_for(facet.name))
            for facet in query.facets
            if facet.name in self._many and is_short(facet)
        }

    def _of_many(self, facet: FacetRequest, query: Query, unknown: int) -> FacetCounts:
        """The counts of a facet of more values than an answer holds, over what satisfies a query.

        `unknown` reports of it have no value. The next question will not ask for all of them.
        """
        self._many.add(facet.name)
        if not is_short(facet):
            counts = all_counts(facet.name, lambda asked: self._aggregate(query, asked))
            return answer(facet, counts, unknown)
        spread = self._spread(facet, query)
        body = {
            "size": 0,
            "query": {"bool": {"filter": [query]}},
            "aggs": aggregations_of_first(facet, spread),
        }
        answered = self._search(body)["aggregations"]
        return self._first_of(facet, query, spread, answered)

    def forget_totals(self) -> None:
        """Count anew how many values a facet has."""
        self._totals = {}

    def _spread(self, facet: FacetRequest, query: Query) -> Spread:
        total = self._totals.get(_named(facet, query))
        return Spread(self.means.reports, self.means.shards, total)

    def _first_of(
        self,
        facet: FacetRequest,
        query: Query,
        spread: Spread,
        answered: Mapping[str, Any],
    ) -> FacetCounts:
        """The first values of many; how many there are is remembered."""
        total = spread.total
        if total is None:
            told = answered[FACET_PREFIX + facet.name + TOTAL]
            total = int(told["value"] or 0)
            known = self._totals
            if len(known) > MAX_REMEMBERED_TOTALS:
                known = {}
            self._totals = {**known, _named(facet, query): total}
        return first_of(facet, answered, total)

    # ------------------------------------------------------------------ hits
    def _paged(
        self,
        query: EngineQuery,
        asked: PendingQuery,
        nodes: Sequence[StringNode],
        scorer: Scorer,
    ) -> dict[str, Any]:
        """The part of a request that asks for one page of hits."""
        paged: dict[str, Any] = {
            "size": query.size,
            "from": query.offset,
            "sort": self._order(query, nodes),
            "_source": {"excludes": [*PRIVATE_FIELDS]},
        }
        if query.sort == "relevance":
            paged["query"] = scorer.query(asked.base)
        if query.after is not None:
            paged["search_after"] = _behind(query, is_counted=bool(nodes))
        if nodes:
            script = count_script(nodes, worded=self.means.worded)
            paged["script_fields"] = {"occurrences": {"script": script}}
        return paged

    def _order(
        self,
        query: EngineQuery,
        nodes: Sequence[StringNode],
    ) -> list[dict[str, Any]]:
        if query.sort == "relevance":
            return [{"_score": {"order": "desc"}}, TIE_SORT]
        if query.sort == "occurrences":
            if not nodes:
                return [TIE_SORT]
            script = count_script(nodes, worded=self.means.worded)
            by_count = {"type": "number", "order": "desc", "script": script}
            return [{"_script": by_count}, TIE_SORT]
        is_rising = is_ascending(query.sort)
        by_number = {
            "order": "asc" if is_rising else "desc",
            "missing": "_last",
            "unmapped_type": "double",
        }
        return [{number_field(query.sort.removeprefix("-")): by_number}, TIE_SORT]

    def _hits(
        self,
        query: EngineQuery,
        hits: Sequence[Mapping[str, Any]],
        scorer: Scorer,
    ) -> tuple[EngineHit, ...]:
        if query.sort == "relevance":
            scores = {hit["_source"]["tie"]: hit["_score"] for hit in hits}
        else:
            scores = self._scores([hit["_source"]["tie"] for hit in hits], scorer)
        rows = []
        for hit in hits:
            occurrences = None
            if "occurrences" in hit.get("fields", {}):
                occurrences = int(hit["fields"]["occurrences"][0])
            rows.append(
                self._found(
                    hit["_source"],
                    score=scores[hit["_source"]["tie"]],
                    key=_key(query.sort, hit, occurrences),
                    occurrences=occurrences,
                )
            )
        return tuple(rows)

    def _scores(self, ties: Sequence[int], scorer: Scorer) -> dict[int, float]:
        """The scores of a page that is ordered by something else."""
        if not scorer.adds:
            # nothing was typed: every score is 0
            return dict.fromkeys(ties, 0.0)
        if not ties:
            return {}
        body = {
            "size": len(ties),
            "query": scorer.query(
                all_of([self._living(), {"terms": {"tie": list(ties)}}])
            ),
            "_source": ["tie"],
        }
        hits = self._search(body)["hits"]["hits"]
        return {hit["_source"]["tie"]: hit["_score"] for hit in hits}

    def _found(
        self,
        source: Mapping[str, Any],
        score: float = 0.0,
        key: float | None = None,
        occurrences: int | None = None,
    ) -> EngineHit:
        return EngineHit(
            id=meta_of(source["meta"]).id,
            score=score,
            key=key,
            id_hash=source["tie"],
            occurrences=occurrences,
            contents=Kept(source),
        )

    # ------------------------------------------------------------------ single reports
    def _source(self, report_id: str) -> Mapping[str, Any]:
        key = key_of(report_id)
        if self._known is not None and key not in self._known:
            raise ReportNotFoundError(report_id)
        body = {
            "size": 1,
            "query": {"bool": {"filter": [self._living(), {"term": {"key": key}}]}},
        }
        hits = self._search(body)["hits"]["hits"]
        if not hits:
            raise ReportNotFoundError(report_id)
        source: Mapping[str, Any] = hits[0]["_source"]
        return source

    def get(self, report_id: str) -> EngineHit:
        """One report by its id. Raises ReportNotFoundError."""
        return self._found(self._source(report_id))

    def explain(
        self,
        query: EngineQuery,
        report_id: str,
    ) -> Mapping[str, Any]:
        """The parts of a report's score."""
        source = self._source(report_id)
        scorer = Scorer(query.ranking, self.means, self._counts)
        parts = [*scorer.term_parts(source)]
        bonuses = [*scorer.bonuses()]
        if bonuses:
            aggs = {str(n): {"filter": one} for n, (_, one, _) in enumerate(bonuses)}
            only = all_of([self._living(), {"term": {"key": key_of(report_id)}}])
            body = {"size": 0, "query": {"bool": {"filter": [only]}}, "aggs": aggs}
            held = self._search(body)["aggregations"]
            for number, (note, _, value) in enumerate(bonuses):
                if held[str(number)]["doc_count"]:
                    reason = RUN_REASONS.get(note.code)
                    parts.append({"note": note, "value": value, "reason": reason})
        return {"total": sum(part["value"] for part in parts), "parts": parts}

    # ------------------------------------------------------------------ without hits
    def count_strings(self, node: Node) -> tuple[int, int]:
        """(reports, occurrences) of a condition."""
        return self.count_many([node])[0]

    def count_many(self, nodes: Sequence[Node]) -> list[tuple[int, int]]:
        """(reports, occurrences) of each of some conditions."""
        queries = [EngineQuery(condition=node, counted=node, size=0) for node in nodes]
        found = self.search_many(queries)
        return [(one.total, one.occurrences or 0) for one in found]

    def _counts(self, terms: Sequence[tuple[str, str]]) -> Sequence[int]:
        """In how many living reports each word or pair stands; what was asked is remembered."""
        known = self._frequencies
        counts = {term: known[term] for term in terms if term in known}
        unknown = [term for term in terms if term not in counts]
        for start in range(0, len(unknown), FREQUENCY_SIZE):
            some = unknown[start : start + FREQUENCY_SIZE]
            filters = {
                str(n): holding(kind, text) for n, (kind, text) in enumerate(some)
            }
            answered = self._aggregate(
                self._living(), {"filters": {"filters": filters}}
            )
            for number, term in enumerate(some):
                counts[term] = answered["buckets"][str(number)]["doc_count"]
        if len(known) > MAX_REMEMBERED:
            known = {}
        self._frequencies = {**known, **counts} if unknown else known
        return [counts[term] for term in terms]

    def frequencies(
        self,
        kind: str,
        texts: Sequence[str],
    ) -> Sequence[int]:
        """In about how many reports each word or pair of characters stands."""
        if len(texts) <= FEW_TEXTS:
            return self._counts([(kind, text) for text in texts])
        asked = [text for text in texts if text and (kind == "word" or len(text) == 2)]
        counts = self._vocabulary(kind).of(keys_of(kind, asked))
        held = dict(zip(asked, counts, strict=True))
        # a report that was replaced counts more than once
        most = self.manifest.reports
        return [min(most, held.get(text, 0)) for text in texts]

    def _vocabulary(self, kind: str) -> Counts:
        """The counts of this generation, read once."""
        with self._lock:
            if kind not in self._vocabularies:
                self._vocabularies[kind] = self._read_vocabulary(kind)
            return self._vocabularies[kind]

    def _read_vocabulary(self, kind: str) -> Counts:
        state = self.state
        counts = read_counts(self.server, state.index, state.vocabulary, kind)
        if counts is None:
            # the newest has all that this generation has
            state = read_state(self.server)
            counts = read_counts(self.server, state.index, state.vocabulary, kind)
        return counts or Counts.nothing()

    # ------------------------------------------------------------------ everything
    def _pages(
        self,
        query: Query,
        size: int,
        fields: Mapping[str, Any],
    ) -> Iterator[Sequence[Mapping[str, Any]]]:
        """All that satisfies a query, page by page, in the order of the doc-id hashes."""
        body: dict[str, Any] = {
            "size": size,
            "query": {"bool": {"filter": [query]}},
            "sort": [TIE_SORT],
            "track_total_hits": False,
            **fields,
        }
        while True:
            hits = self._search(body)["hits"]["hits"]
            if hits:
                yield hits
            if len(hits) < size:
                return
            body["search_after"] = hits[-1]["sort"]

    def listed_values(self, facet: str) -> None:
        """None: an aggregation lists and counts at once."""

    def scan(
        self,
        condition: Node,
        filters: Sequence[Node] = (),
    ) -> Iterator[EngineHit]:
        """Every report that matches, one at a time."""
        nodes = (condition, *filters)
        query = all_of([self._living(), *map(self._compiled, nodes)])
        fields = {"_source": {"excludes": [*PRIVATE_FIELDS]}}
        for hits in self._pages(query, SCAN_SIZE, fields):
            for hit in hits:
                yield self._found(hit["_source"])

    def _metas(self, query: Query = ALL) -> Iterator[Meta]:
        """What is kept of each report beside its texts, of those that satisfy a query."""
        fields = {"_source": False, "docvalue_fields": ["meta"]}
        living = all_of([self._living(), query])
        for hits in self._pages(living, COLUMN_SIZE, fields):
            for hit in hits:
                yield meta_of(hit["fields"]["meta"][0])

    def ids(self) -> Iterator[str]:
        """The id of every report, in the order of the doc-id hashes."""
        for meta in self._metas():
            yield meta.id

    def known(self, ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """id -> (digest, source) of these reports, as far as they are here."""
        held = {}
        for start in range(0, len(ids), KNOWN_SIZE):
            keys = [key_of(name) for name in ids[start : start + KNOWN_SIZE]]
            for meta in self._metas({"terms": {"key": keys}}):
                held[meta.id] = (meta.digest, meta.source)
        return held

    def sources(self) -> Mapping[str, tuple[str, str]]:
        """id -> (digest, source) of every report."""
        sources = {meta.id: (meta.digest, meta.source) for meta in self._metas()}
        self._known = frozenset(map(key_of, sources))
        return sources

    def columns(
        self,
        query: EngineQuery,
        numbers: Sequence[str],
        facets: Sequence[str],
    ) -> Columns:
        """Numbers and facet values of all reports that a query finds."""
        nodes = [query.condition, *(filter_.node for filter_ in query.filters)]
        wanted = all_of([self._living(), *map(self._compiled, nodes)])
        read = [number_field(name) for name in numbers]
        read += [whole_field(name) for name in facets]
        fields = {"_source": False, "docvalue_fields": [*dict.fromkeys(read)]}
        held: dict[str, list[Any]] = {name: [] for name in read}
        reports = 0
        for hits in self._pages(wanted, COLUMN_SIZE, fields):
            reports += len(hits)
            for hit in hits:
                values = hit.get("fields", {})
                for name, column in held.items():
                    column.append(values.get(name, (None,))[0])
        return Columns(
            reports=reports,
            numbers={name: _numbers(held[number_field(name)]) for name in numbers},
            facets={name: _ordinals(held[whole_field(name)]) for name in facets},
        )

    # ------------------------------------------------------------------ snapshots
    def refreshed(self) -> OpenSearchEngine:
        """The newest snapshot: this one if nothing was committed since."""
        state = read_state(self.server)
        if state == self.state:
            return self
        check_fingerprint(self.server, state, self.wanted)
        self._is_shared = True
        return OpenSearchEngine(self.server, state, wanted=self.wanted)

    def faults(self) -> list[str]:
        """What is wrong with the index, in words."""
        counted = self._search(
            {"size": 0, "track_total_hits": True, "query": self._living()}
        )
        reports = counted["hits"]["total"]["value"]
        if reports == self.manifest.reports:
            return []
        return [
            f"{self.server.place} has {reports} reports instead of {self.manifest.reports}"
        ]

    def warm_up(self) -> threading.Thread:
        """Ask for the means in the background, so that no question has to."""
        thread = threading.Thread(target=self._warm, daemon=True)
        thread.start()
        return thread

    def _warm(self) -> None:
        try:
            _ = self.means
        # whoever asks gets the error too
        except Exception:
            LOG.exception("the index cannot be read")

    def close(self) -> None:
        """Let go of the connections."""
        if not self._is_shared:
            self.server.close()


def living(generation: int) -> Query:
    """What a reader of a generation sees."""
    return {
        "bool": {
            "filter": [{"range": {"born": {"lte": generation}}}],
            "must_not": [{"range": {"died": {"lte": generation}}}],
        }
    }


# ---------------------------------------------------------------------- reading answers
def _aggregations(
    query: EngineQuery,
    asked: PendingQuery,
    spreads: Mapping[str, Spread],
) -> dict[str, Any]:
    """The part of a request that counts facets; `spreads` has those of very many values.

    Facets under the same filters are counted together: nearly always all, or all but one.
    """
    groups: list[tuple[Query, dict[str, Any]]] = []
    for facet in query.facets:
        if facet.name not in FACET_KINDS:
            continue
        filters = asked.under(facet.name)
        own = next((values for other, values in groups if other == filters), None)
        if own is None:
            own = {}
            groups.append((filters, own))
        if facet.name in spreads:
            own |= aggregations_of_first(facet, spreads[facet.name])
        else:
            own |= aggregations_of_all(facet)
    aggs: dict[str, Any] = {}
    for number, (filters, own) in enumerate(groups):
        if filters == ALL:
            aggs |= own
        else:
            aggs[f"under_{number}"] = {"filter": filters, "aggs": own}
    return aggs


def _named(facet: FacetRequest, query: Query) -> bytes:
    """What the number of values of a facet over what satisfies a query is kept under."""
    return facet.name.encode() + to_json(query)


def _values_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """What was counted for facets, by the names of the aggregations, without their groups."""
    values: dict[str, Any] = {}
    for name, answered in found.items():
        if name.startswith(FACET_PREFIX):
            values[name] = answered
        else:
            values |= answered
    return values


def _key(
    sort: str,
    hit: Mapping[str, Any],
    occurrences: int | None,
) -> float | None:
    """What a hit was sorted by; None where it has no such value."""
    if sort == "occurrences":
        return occurrences
    key = hit["sort"][0]
    if sort == "relevance":
        return float(key)
    # a missing number is sorted as an infinite one, which is written as a string
    if isinstance(key, str):
        return None
    return float(key)


def _behind(query: EngineQuery, *, is_counted: bool) -> list[Any]:
    """The sort values after which a page begins."""
    assert query.after is not None
    key, tie = query.after
    if query.sort == "occurrences" and not is_counted:
        return [tie]
    if key is None:
        key_shown: Any = "Infinity" if is_ascending(query.sort) else "-Infinity"
        return [key_shown, tie]
    return [key, tie]


def _numbers(values: Sequence[float | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array(
        [np.nan if value is None else value for value in values],
        dtype=np.float64,
    )


def _ordinals(values: Sequence[str | None]) -> tuple[Integers, tuple[str, ...]]:
    """Each value as an index into all of them, sorted; -1 for none."""
    known = sorted({value for value in values if value is not None})
    numbers = {value: number for number, value in enumerate(known)}
    ordinals = [-1 if value is None else numbers[value] for value in values]
    return np.array(ordinals, dtype=np.int64), tuple(known)
