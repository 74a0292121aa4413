"""The embedded engine: a snapshot of the index that answers questions with exact sets, counts and
orders.

A condition becomes a selection of documents in each segment. Filters are selections of their own,
so that a facet can be counted without its filter. Everything is arithmetic on arrays: see
ARCHITECTURE.md for why.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import (
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.engines.seam import (
    Columns,
    EngineHit,
    EngineQuery,
    FacetCounts,
    Manifest,
    Matches,
)
from index.engines.shared.hashes import id_hash_of
from index.engines.whoosh.reading.accumulate import accumulate_at
from index.engines.whoosh.reading.collapse import collapsed
from index.engines.whoosh.reading.columns import columns_of
from index.engines.whoosh.reading.conditions import select
from index.engines.whoosh.reading.facets import FacetTable, Numbering
from index.engines.whoosh.reading.page import Matched, page_of
from index.engines.whoosh.reading.positions import StringNode, may_overlap
from index.engines.whoosh.reading.rank import Scorer
from index.engines.whoosh.reading.segment import (
    LiveSegment,
    Row,
    Segment,
)
from index.engines.whoosh.reading.selection import Selection
from index.engines.whoosh.reading.statistics import RankingStatistics
from index.engines.whoosh.storage.pack import REBUILD_HINT
from index.engines.whoosh.storage.store import (
    READ_ATTEMPTS,
    RETRY_S,
    Generation,
    Store,
    folder_mark,
    latest_toc,
    mark_of,
    stale,
    toc_path,
)
from index.model.errors import IndexDamagedError, ReportNotFoundError
from index.model.json_codec import from_json
from index.query.nodes import Node, strings_of

__all__ = ["WhooshEngine", "open_engine"]

LOG = logging.getLogger("gongkai")
# The first question has the machine for itself: on busy cores it waits a third less.
HEAD_START_S = 0.5
# A folder whose last change is so old cannot change again within the same tick of its clock; the
# coarsest one (FAT) has ticks of two seconds.
SETTLED_NS = 3_000_000_000

# String nodes that may overlap each other.
NodeGroup = tuple[StringNode, ...]


def open_engine(
    folder: Path,
    *,
    fingerprint: Mapping[str, str] | None = None,
    trust: bool = False,
) -> WhooshEngine:
    """The newest snapshot of the index in `folder`.

    Raises IndexMissingError, IndexDamagedError, IndexStaleError (it was written with another
    `fingerprint`) and IndexNotTrustedError (it belongs to another user, and `trust` is not given).
    """
    store = Store(Path(folder), trust=trust)
    generation, segments = _opened(store, {}, fingerprint)
    return WhooshEngine(store, generation, segments, wanted=fingerprint)


def _opened(
    store: Store,
    known: Mapping[str, Segment],
    wanted: Mapping[str, str] | None,
) -> tuple[Generation, list[LiveSegment]]:
    """The newest generation and its segments.

    Segments already `known` are shared, with their mappings and caches. Raises IndexStaleError,
    before a segment is opened, where it was written with another fingerprint than `wanted`.
    """
    missing = ""
    for _ in range(READ_ATTEMPTS):
        generation = store.read()
        if wanted is not None and dict(generation.fingerprint) != dict(wanted):
            raise stale(store.folder, generation.fingerprint, wanted)
        try:
            segments = [
                _live_segment(store, segment, known) for segment in generation.segments
            ]
        except FileNotFoundError as error:
            # a writer has published a newer generation and removed this one
            missing = str(error.filename)
            latest = latest_toc(store.folder)
            # nothing newer: the file is lost, not replaced
            if latest is not None and latest[0] == generation.number:
                break
            time.sleep(RETRY_S)
        else:
            return generation, segments
    raise IndexDamagedError(f"{missing} is missing; {REBUILD_HINT}")


def _live_segment(
    store: Store,
    whoosh_segment: Any,
    known: Mapping[str, Segment],
) -> LiveSegment:
    segment = known.get(whoosh_segment.segment_id())
    if segment is None:
        segment = Segment(store.folder, whoosh_segment)
    live = np.ones(segment.count, bool)
    live[list(whoosh_segment.deleted_docs())] = False
    return LiveSegment(
        segment=segment,
        live=live,
        is_whole=not whoosh_segment.deleted_count(),
    )


@dataclass(frozen=True, slots=True)
class SelectedFilter:
    """A filter of a query: the facet that is counted without it, and its selections by segment."""

    facet: str | None
    selections: Sequence[Selection]


class WhooshEngine:
    """A snapshot of an index. Threads may share it; commits of other processes do not touch it."""

    def __init__(
        self,
        store: Store,
        generation: Generation,
        segments: Sequence[LiveSegment],
        known: Mapping[str, Numbering] | None = None,
        *,
        wanted: Mapping[str, str] | None = None,
    ) -> None:
        """`known` is how the snapshot before numbered the values of its facets.

        Newer generations must have the fingerprint `wanted`; None takes any.
        """
        self.wanted = wanted
        self.store = store
        self.generation = generation
        self.segments = tuple(segments)
        # means and counts over all live reports, so that scores do not depend on segments
        self.statistics = RankingStatistics(self.segments)
        self.tables: dict[str, FacetTable] = {}
        self.numberings = dict(known or {})
        self.lock = threading.Lock()
        self.closed = False
        # the state of the folder, past changing, in which this was the newest generation
        self.settled: tuple[int, int, int] | None = None
        # every request looks at it
        self.toc = toc_path(store.folder, generation.number)
        self.manifest = Manifest(
            generation=generation.number,
            reports=self.statistics.reports,
            fingerprint=dict(generation.fingerprint),
            id=generation.index_id,
            derivation=generation.derivation,
        )

    # ------------------------------------------------------------------ searching
    def search(self, query: EngineQuery) -> Matches:
        """Answer one question."""
        groups = _groups(query.counted)
        base, filters = self._selected(query)
        narrowed = _narrowed(base, filters)
        selections = collapsed(self.segments, narrowed, query.collapse)
        matched = [
            self._matched(live.segment, selection, groups)
            for live, selection in zip(self.segments, selections, strict=True)
        ]
        return Matches(
            total=sum(len(matches.documents) for matches in matched),
            occurrences=_occurrences(matched) if groups else None,
            facets=self._facets(
                query,
                base,
                filters,
                selections,
            ),
            hits=self._page(query, matched),
        )

    def _selected(
        self,
        query: EngineQuery,
    ) -> tuple[list[Selection], list[SelectedFilter]]:
        """By segment: what satisfies the condition and is not deleted, and each filter."""
        base = [self._living(query.condition, live) for live in self.segments]
        filters = [
            SelectedFilter(
                facet=filter_.facet,
                selections=[
                    select(filter_.node, live.segment) for live in self.segments
                ],
            )
            for filter_ in query.filters
        ]
        return base, filters

    def _living(
        self,
        node: Node,
        live: LiveSegment,
    ) -> Selection:
        """What satisfies the node and is not deleted."""
        selection = select(node, live.segment)
        # without deletions there is nothing to mask
        if live.is_whole:
            return selection
        return selection & Selection(
            live.segment.count,
            mask=live.live,
        )

    def _matched(
        self,
        segment: Segment,
        selection: Selection,
        groups: Sequence[NodeGroup],
    ) -> Matched:
        """The selected documents with their occurrences."""
        documents = selection.documents
        if not groups:
            return Matched(documents, None)
        if not len(documents):
            return Matched(documents, np.zeros(0, np.int64))
        lists = [segment.strings.hits(group) for group in groups]
        if segment.strings.wordings:
            # over all strings: what one of them counts in the text, no other adds in the wording
            nodes = tuple(node for group in groups for node in group)
            lists.append(segment.strings.reworded(nodes))
        occurrences = accumulate_at(documents, lists, segment.count)
        return Matched(documents, occurrences)

    def _facets(
        self,
        query: EngineQuery,
        base: Sequence[Selection],
        filters: Sequence[SelectedFilter],
        matched: Sequence[Selection],
    ) -> tuple[FacetCounts, ...]:
        """The facets asked for, each counted under every filter that is not its own."""
        filtered_facets = {filter_.facet for filter_ in filters}
        answers = []
        for asked in query.facets:
            selections = matched
            # a facet without a filter of its own is counted over the matches
            if asked.name in filtered_facets:
                others = [filter_ for filter_ in filters if filter_.facet != asked.name]
                narrowed = _narrowed(base, others)
                selections = collapsed(self.segments, narrowed, query.collapse)
            table = self._table(asked.name)
            answers.append(table.answer(asked, *table.counted(selections)))
        return tuple(answers)

    def _table(self, name: str) -> FacetTable:
        table = self.tables.get(name)
        if table is None:
            table = FacetTable(
                name,
                self.segments,
                self.numberings.get(name),
            )
            # two threads may make the same table; either is right
            with self.lock:
                self.tables[name] = table
        return table

    def _page(
        self,
        query: EngineQuery,
        matched: Sequence[Matched],
    ) -> tuple[EngineHit, ...]:
        # counting without hits: suggestions, facets alone
        if query.size <= 0 or not matched:
            return ()
        scorer = Scorer(self.statistics, query.ranking)
        rows = page_of(
            query,
            scorer,
            self.segments,
            matched,
        )
        return tuple(
            self._found(
                number=row.segment,
                document=row.document,
                score=row.score,
                key=row.key,
                occurrences=row.occurrences,
            )
            for row in rows
        )

    # ------------------------------------------------------------------ single reports
    @property
    def questions_at_once(self) -> int:
        """One: a question costs no round trip here."""
        return 1

    def search_many(self, queries: Sequence[EngineQuery]) -> list[Matches]:
        """Answer several questions."""
        return [self.search(query) for query in queries]

    def get(self, report_id: str) -> EngineHit:
        """One report by its id. Raises ReportNotFoundError."""
        number, document = self._locate(report_id)
        return self._found(number, document)

    def explain(
        self,
        query: EngineQuery,
        report_id: str,
    ) -> Mapping[str, Any]:
        """The parts of a report's score."""
        number, document = self._locate(report_id)
        scorer = Scorer(self.statistics, query.ranking)
        parts = list(scorer.parts(number, document))
        return {"total": sum(part["value"] for part in parts), "parts": parts}

    def _locate(self, report_id: str) -> tuple[int, int]:
        """(number of the segment, document) of a report."""
        id_hash = id_hash_of(report_id)
        for number, live in enumerate(self.segments):
            document = live.segment.document(id_hash)
            if document >= 0 and live.live[document]:
                return number, document
        raise ReportNotFoundError(report_id)

    def _found(
        self,
        number: int,
        document: int,
        score: float = 0.0,
        key: float | None = None,
        occurrences: int | None = None,
    ) -> EngineHit:
        segment = self.segments[number].segment
        return EngineHit(
            id=segment.id(document),
            score=score,
            key=key,
            id_hash=int(segment.id_hashes[document]),
            occurrences=occurrences,
            contents=Row(segment, document),
        )

    # ------------------------------------------------------------------ without hits
    def count_strings(self, node: Node) -> tuple[int, int]:
        """(reports, occurrences) of a condition."""
        groups = _groups(node)
        matched = [
            self._matched(
                live.segment,
                self._living(node, live),
                groups,
            )
            for live in self.segments
        ]
        reports = sum(len(matches.documents) for matches in matched)
        return reports, _occurrences(matched)

    def count_many(self, nodes: Sequence[Node]) -> list[tuple[int, int]]:
        """(reports, occurrences) of each of some conditions."""
        return [self.count_strings(node) for node in nodes]

    def frequencies(
        self,
        kind: str,
        texts: Sequence[str],
    ) -> Sequence[int]:
        """In about how many reports each word or pair of characters stands."""
        total = np.zeros(len(texts), np.int64)
        for live in self.segments:
            total += live.segment.strings.frequencies(kind, texts)
        frequencies: list[int] = total.tolist()
        return frequencies

    def listed_values(self, facet: str) -> Sequence[str]:
        """All values of a facet, also those whose reports have gone."""
        return self._table(facet).values

    def scan(
        self,
        condition: Node,
        filters: Sequence[Node] = (),
    ) -> Iterator[EngineHit]:
        """Every report that matches, one at a time."""
        for number, live in enumerate(self.segments):
            selection = self._living(condition, live)
            for node in filters:
                selection &= select(node, live.segment)
            for document in selection.documents.tolist():
                yield self._found(number, document)

    def ids(self) -> Iterator[str]:
        """The id of every report, in the order of the segments."""
        for live in self.segments:
            rows = zip(live.segment.blobs["id"], live.live.tolist(), strict=True)
            for name, is_live in rows:
                if is_live:
                    yield name.decode("utf-8", "surrogatepass")

    def columns(
        self,
        query: EngineQuery,
        numbers: Sequence[str],
        facets: Sequence[str],
    ) -> Columns:
        """Numbers and facet values of all reports that a query finds."""
        # copies are not collapsed: every report counts in a total
        base, filters = self._selected(query)
        selections = _narrowed(base, filters)
        return columns_of(
            segments=[live.segment for live in self.segments],
            documents=[selection.documents for selection in selections],
            numbers=numbers,
            facets=facets,
        )

    def known(self, ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """id -> (digest, source) of these reports, as far as they are here."""
        held = {}
        for report_id in ids:
            try:
                number, document = self._locate(report_id)
            except ReportNotFoundError:
                continue
            meta = from_json(self.segments[number].segment.blobs["meta"][document])
            held[report_id] = (meta["digest"], meta["source"])
        return held

    def sources(self) -> Mapping[str, tuple[str, str]]:
        """id -> (digest, source) of every report."""
        sources = {}
        for live in self.segments:
            blobs = live.segment.blobs
            is_live_of = live.live.tolist()
            rows = zip(blobs["id"], blobs["meta"], is_live_of, strict=True)
            for name, meta, is_live in rows:
                # a dead row may be an older version of a live report
                if is_live:
                    report_id = name.decode("utf-8", "surrogatepass")
                    fields = from_json(meta)
                    sources[report_id] = (fields["digest"], fields["source"])
        return sources

    # ------------------------------------------------------------------ snapshots
    def refreshed(self) -> WhooshEngine:
        """The newest snapshot: this one if nothing was committed since.

        Raises IndexStaleError where it was written with another fingerprint than was asked for:
        another version of the program has rebuilt it, and is the one to open it.
        """
        if self._is_newest():
            return self
        known = {live.segment.name: live.segment for live in self.segments}
        with self.lock:
            numberings = dict(self.numberings)
            for name, table in self.tables.items():
                numberings[name] = table.numbering
        # old snapshots keep their own tables and statistics
        generation, segments = _opened(self.store, known, self.wanted)
        return WhooshEngine(
            self.store,
            generation,
            segments,
            numberings,
            wanted=self.wanted,
        )

    def _is_newest(self) -> bool:
        """Whether no newer generation is there.

        Every request asks. While the folder has not changed for a while, and the TOC has not
        either, no name in it has to be looked at.
        """
        changed = folder_mark(self.store.folder)
        if changed is not None and changed == self.settled:
            return self._is_current()
        if not self._is_latest():
            return False
        is_current = self._is_current()
        # two changes of one moment have one time
        if changed is not None and time.time_ns() - changed[0] > SETTLED_NS:
            self.settled = changed
        return is_current

    def _is_current(self) -> bool:
        """Whether the TOC of this generation is the one that this snapshot was opened from."""
        try:
            return mark_of(self.toc) == self.generation.mark
        except OSError:
            # a writer has published a newer one just now, or the folder was moved away
            return False

    def _is_latest(self) -> bool:
        latest = latest_toc(self.store.folder)
        if latest is None:
            return False
        return latest[0] == self.generation.number

    def warm_up(self) -> threading.Thread:
        """Check every block of the packs in the background, so that no question has to.

        That also reads the files ahead.
        """
        thread = threading.Thread(
            target=self._verify,
            args=(self.segments,),
            daemon=True,
        )
        thread.start()
        return thread

    def _verify(self, segments: Sequence[LiveSegment]) -> None:
        time.sleep(HEAD_START_S)
        try:
            for live in segments:
                live.segment.pack.verify_all(lambda: self.closed)
        except IndexDamagedError:
            # whoever asks for what lies there gets the error too
            LOG.exception("the index cannot be read")

    def close(self) -> None:
        """Let go of files: mappings end with the last snapshot that shares them."""
        self.closed = True
        self.segments = ()
        self.tables = {}
        self.statistics = RankingStatistics(())


# ---------------------------------------------------------------------- counting
def _groups(counted: Node) -> list[NodeGroup]:
    """The strings to count, in groups of those that may overlap each other.

    Only inside a group must be chosen between spans; groups are counted apart.
    """
    groups: list[NodeGroup] = []
    for node in strings_of(counted):
        joined: list[StringNode] = []
        apart: list[NodeGroup] = []
        for group in groups:
            # 公开 and 信息公开 must be chosen between where they overlap
            if any(may_overlap(node, other) for other in group):
                joined += group
            else:
                apart.append(group)
        groups = [*apart, (*joined, node)]
    return groups


def _occurrences(matched: Sequence[Matched]) -> int:
    total = 0
    for matches in matched:
        if matches.occurrences is not None:
            total += int(matches.occurrences.sum())
    return total


def _narrowed(
    base: Sequence[Selection],
    filters: Sequence[SelectedFilter],
) -> list[Selection]:
    """What is left of the base under some filters, by segment."""
    narrowed = list(base)
    for filter_ in filters:
        narrowed = [
            selection & filtered
            for selection, filtered in zip(narrowed, filter_.selections, strict=True)
        ]
    return narrowed
