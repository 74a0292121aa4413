"""The embedded engine: a snapshot of the index that answers questions with exact sets, counts and orders.

A condition becomes a mask of documents in each segment; filters are masks of their own, so that a facet can be counted
without its filter. Everything is arithmetic on arrays: see ARCHITECTURE.md for why.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

import numpy as np

from index.engine import Columns, EngineQuery, FacetCounts, Found, Manifest, Matches
from index.engines.whoosh.batch import tie_of
from index.engines.whoosh.facets import FacetTable
from index.engines.whoosh.folding import folded
from index.engines.whoosh.pack import REBUILD, Array
from index.engines.whoosh.rank import Leaf, Scorer, Statistics
from index.engines.whoosh.segment import Row, Segment, may_overlap
from index.engines.whoosh.store import TRIES, Generation, Store, latest_toc, mark_of
from index.engines.whoosh.values import columns_of
from index.engines.whoosh.writer import stale
from index.errors import IndexDamagedError, ReportNotFoundError
from index.query.nodes import (
    AllOf,
    AnyOf,
    AtLeast,
    Everything,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    NumberRange,
    PathPrefix,
    String,
    Wildcard,
    strings_of,
)
from index.schema import is_ascending

__all__ = ["WhooshEngine", "open_engine"]

Group = tuple[String | Wildcard, ...]


def open_engine(folder: Path, *, fingerprint: Mapping[str, str] | None = None, trust: bool = False) -> WhooshEngine:
    """The newest snapshot of the index in `folder`.

    Raises IndexMissingError, IndexDamagedError, IndexStaleError (it was written with another `fingerprint`) and
    IndexNotTrustedError (it belongs to another user, and `trust` is not given).
    """
    store = Store(Path(folder))
    if not trust:
        store.check_owner()
    generation, segments = _opened(store, {})
    if fingerprint is not None and dict(generation.fingerprint) != dict(fingerprint):
        raise stale(store.folder, generation.fingerprint, fingerprint)
    return WhooshEngine(store, generation, segments)


def _opened(store: Store, known: Mapping[str, Segment]) -> tuple[Generation, list[Leaf]]:
    """The newest generation and its segments; those already `known` are shared, with their mappings and caches."""
    missing = ""
    for _ in range(TRIES):
        generation = store.read()
        try:
            leaves = []
            for s in generation.segments:
                segment = known.get(s.segment_id()) or Segment(store.folder, s)
                live = np.ones(segment.count, bool)
                live[list(s.deleted_docs())] = False
                leaves.append(Leaf(segment, live))
        except FileNotFoundError as e:  # a writer has published a newer generation and removed this one
            missing = str(e.filename)
            latest = latest_toc(store.folder)
            if latest is not None and latest[0] == generation.number:
                break
            time.sleep(0.005)
        else:
            return generation, leaves
    raise IndexDamagedError(f"{missing} is missing; {REBUILD}")


@dataclass(frozen=True, slots=True)
class Matched:
    """What matched in one segment: numbers of documents, and the occurrences of each document of the segment."""

    documents: Array
    occurrences: Array | None


class WhooshEngine:
    """A snapshot of an index. Threads may share it; commits of other processes do not touch it."""

    def __init__(self, store: Store, generation: Generation, leaves: Sequence[Leaf]) -> None:
        self.store, self.generation, self.leaves = store, generation, tuple(leaves)
        self.statistics = Statistics(self.leaves)
        self.tables: dict[str, FacetTable] = {}
        self.lock = threading.Lock()
        self.manifest = Manifest(generation.number, self.statistics.reports, dict(generation.fingerprint))

    # ------------------------------------------------------------------ the seam
    def search(self, query: EngineQuery) -> Matches:
        """Answer one question."""
        groups = _groups(query.counted)
        base = [_mask(query.condition, leaf) & leaf.live for leaf in self.leaves]
        filters = {name: [_mask(node, leaf) for leaf in self.leaves] for name, node in query.filters.items()}
        segments = [leaf.segment for leaf in self.leaves]
        every = folded(segments, _narrowed(base, filters, except_for=None), query.fold)
        matched = [self._matched(i, mask, groups) for i, mask in enumerate(every)]
        occurrences = None
        if groups:
            occurrences = sum(int(m.occurrences[m.documents].sum()) for m in matched if m.occurrences is not None)
        facets = self._facets(query, base, filters, [m.documents for m in matched])
        hits = self._page(query, matched)
        return Matches(sum(len(m.documents) for m in matched), occurrences, hits, facets)

    def get(self, report_id: str) -> Found:
        """One report by its id. Raises ReportNotFoundError."""
        number, document = self._locate(report_id)
        return self._found(number, document, 0.0, None, None)

    def explain(self, query: EngineQuery, report_id: str) -> Mapping[str, Any]:
        """The parts of a report's score."""
        number, document = self._locate(report_id)
        parts = list(Scorer(self.statistics, query.ranking, _mask).parts(number, document))
        return {"total": sum(p["value"] for p in parts), "parts": parts}

    def count_strings(self, node: Node) -> tuple[int, int]:
        """(reports, occurrences) of a condition."""
        groups, reports, occurrences = _groups(node), 0, 0
        for i, leaf in enumerate(self.leaves):
            matched = self._matched(i, _mask(node, leaf) & leaf.live, groups)
            reports += len(matched.documents)
            if matched.occurrences is not None:
                occurrences += int(matched.occurrences[matched.documents].sum())
        return reports, occurrences

    def frequencies(self, kind: str, texts: Sequence[str]) -> Sequence[int]:
        """In about how many reports each word or pair of characters stands."""
        counts = np.zeros(len(texts), np.int64)
        for leaf in self.leaves:
            counts += leaf.segment.frequencies(kind, texts)
        found: list[int] = counts.tolist()
        return found

    def scan(self, condition: Node, filters: Sequence[Node] = ()) -> Iterator[Found]:
        """Every report that matches, one at a time."""
        for i, leaf in enumerate(self.leaves):
            mask = _mask(condition, leaf) & leaf.live
            for node in filters:
                mask &= _mask(node, leaf)
            for document in np.flatnonzero(mask).tolist():
                yield self._found(i, document, 0.0, None, None)

    def columns(self, query: EngineQuery, numbers: Sequence[str], facets: Sequence[str]) -> Columns:
        """Numbers and facet values of all reports that a query finds."""
        base = [_mask(query.condition, leaf) & leaf.live for leaf in self.leaves]
        filters = {name: [_mask(node, leaf) for leaf in self.leaves] for name, node in query.filters.items()}
        masks = _narrowed(base, filters, except_for=None)
        return columns_of([leaf.segment for leaf in self.leaves], masks, numbers, facets)

    def sources(self) -> Mapping[str, tuple[str, str]]:
        """id -> (digest, source) of every report."""
        out = {}
        for leaf in self.leaves:
            for document in np.flatnonzero(leaf.live).tolist():
                fields = leaf.segment.fields(document)
                out[fields["id"]] = (fields["digest"], fields["source"])
        return out

    def refreshed(self) -> WhooshEngine:
        """The newest snapshot: this one if nothing was committed since."""
        latest = latest_toc(self.store.folder)
        if latest is not None and latest[0] == self.generation.number:
            try:
                if mark_of(latest[1]) == self.generation.mark:
                    return self
            except FileNotFoundError:
                pass
        known = {leaf.segment.name: leaf.segment for leaf in self.leaves}
        return WhooshEngine(self.store, *_opened(self.store, known))

    def close(self) -> None:
        """Let go of files: mappings end with the last snapshot that shares them."""
        self.leaves, self.tables = (), {}
        self.statistics = Statistics(())

    # ------------------------------------------------------------------ parts of an answer
    def _locate(self, report_id: str) -> tuple[int, int]:
        tie = tie_of(report_id)
        for number, leaf in enumerate(self.leaves):
            segment = leaf.segment
            document = segment.document(tie)
            if document >= 0 and leaf.live[document]:
                return number, document
        raise ReportNotFoundError(report_id)

    def _matched(self, number: int, mask: Array, groups: Sequence[Group]) -> Matched:
        documents = np.flatnonzero(mask)
        if not groups:
            return Matched(documents, None)
        segment = self.leaves[number].segment
        occurrences = np.zeros(segment.count, np.int64)
        if len(documents):
            for group in groups:
                hits = segment.hits(group)
                occurrences[hits.documents] += hits.counts
            if segment.wordings:
                added = segment.reworded(tuple(leaf for group in groups for leaf in group))
                occurrences[added.documents] += added.counts
        return Matched(documents, occurrences)

    def _facets(
        self,
        query: EngineQuery,
        base: Sequence[Array],
        filters: Mapping[str, Sequence[Array]],
        matched: Sequence[Array],
    ) -> tuple[FacetCounts, ...]:
        out = []
        for asked in query.facets:
            chosen = matched
            if asked.name in filters:
                wider = _narrowed(base, filters, except_for=asked.name)
                chosen = [np.flatnonzero(m) for m in folded([x.segment for x in self.leaves], wider, query.fold)]
            table = self._table(asked.name)
            out.append(table.answer(asked, table.counted(chosen)))
        return tuple(out)

    def _table(self, name: str) -> FacetTable:
        table = self.tables.get(name)
        if table is None:
            table = FacetTable(name, self.leaves)
            with self.lock:
                self.tables[name] = table
        return table

    def _page(self, query: EngineQuery, matched: Sequence[Matched]) -> tuple[Found, ...]:
        """The hits asked for, in order."""
        if query.size <= 0 or not matched:
            return ()
        scorer = Scorer(self.statistics, query.ranking, _mask)
        keys = np.concatenate([self._keys(query, scorer, i, m) for i, m in enumerate(matched)])
        ties = np.concatenate([leaf.segment.ties[m.documents] for leaf, m in zip(self.leaves, matched, strict=True)])
        chosen = np.arange(len(keys))
        if query.after is not None:
            chosen = np.flatnonzero(_behind(keys, ties, query))
        order = chosen[_first(keys[chosen], ties[chosen], query.offset + query.size)][query.offset :]
        starts = np.cumsum([0, *(len(m.documents) for m in matched)])
        out = []
        for at in order.tolist():
            number = int(starts.searchsorted(at, "right")) - 1
            document = int(matched[number].documents[at - starts[number]])
            key = None if np.isneginf(keys[at]) else float(keys[at])
            out.append((number, document, key))
        return tuple(self._hit(query, scorer, matched, *hit) for hit in out)

    def _keys(self, query: EngineQuery, scorer: Scorer, number: int, matched: Matched) -> Array:
        """What each match is sorted by, greatest first; minus infinity where it has no such value."""
        if query.sort == "relevance":
            return scorer.scores(number, matched.documents)
        if query.sort == "occurrences":
            if matched.occurrences is None:
                return np.full(len(matched.documents), -np.inf)
            return matched.occurrences[matched.documents].astype(float)
        values = self.leaves[number].segment.number(query.sort.removeprefix("-"))[matched.documents]
        values = values if query.sort.startswith("-") else -values
        return np.where(np.isnan(values), -np.inf, values)

    def _hit(
        self,
        query: EngineQuery,
        scorer: Scorer,
        matched: Sequence[Matched],
        number: int,
        document: int,
        key: float | None,
    ) -> Found:
        score = key
        if query.sort != "relevance" or score is None:
            score = float(scorer.scores(number, np.array([document]))[0])
        if key is not None and is_ascending(query.sort):
            key = -key if key else 0.0
        counts = matched[number].occurrences
        return self._found(number, document, score, key, None if counts is None else int(counts[document]))

    def _found(self, number: int, document: int, score: float, key: float | None, occurrences: int | None) -> Found:
        segment = self.leaves[number].segment
        return Found(
            id=segment.id(document),
            score=score,
            key=key,
            tie=int(segment.ties[document]),
            occurrences=occurrences,
            contents=Row(segment, document),
        )


# ---------------------------------------------------------------------- counting
def _groups(counted: Node) -> list[Group]:
    """The leaves to count, those that may overlap together: only their places must be chosen between."""
    groups: list[Group] = []
    for leaf in strings_of(counted):
        touching = [g for g in groups if any(may_overlap(leaf, other) for other in g)]
        groups = [g for g in groups if g not in touching]
        groups.append((*(other for g in touching for other in g), leaf))
    return groups


def _narrowed(base: Sequence[Array], filters: Mapping[str, Sequence[Array]], *, except_for: str | None) -> list[Array]:
    """The masks under every filter but one."""
    out = list(base)
    for name, masks in filters.items():
        if name != except_for:
            out = [a & b for a, b in zip(out, masks, strict=True)]
    return out


# ---------------------------------------------------------------------- conditions
def _mask(node: Node, leaf: Leaf) -> Array:
    """Which documents of a segment satisfy the node; deleted ones may be among them."""
    segment = leaf.segment
    match node:
        case Everything():
            return np.ones(segment.count, bool)
        case Nothing():
            return np.zeros(segment.count, bool)
        case String() | Wildcard():
            return _at(segment.hits((node,)).documents, segment.count)
        case Near():
            return _at(segment.near(node), segment.count)
        case Keyword(name, values):
            wanted = frozenset(values)
            return _by_value(segment, name, lambda path: "/".join(path) in wanted)
        case PathPrefix(name, prefixes):
            return _by_value(segment, name, lambda path: any(path[: len(p)] == p for p in prefixes))
        case NumberRange(name, low, high):
            return _in_range(segment.number(name), low, high)
        case _:
            return _combined(node, leaf)


def _combined(node: AllOf | AnyOf | AtLeast | Not, leaf: Leaf) -> Array:
    match node:
        case AllOf(operands):
            mask = np.ones(leaf.segment.count, bool)
            for operand in operands:
                mask &= _mask(operand, leaf)
            return mask
        case AnyOf(operands):
            mask = np.zeros(leaf.segment.count, bool)
            for operand in operands:
                mask |= _mask(operand, leaf)
            return mask
        case AtLeast(operands, least):
            count = np.zeros(leaf.segment.count, np.int64)
            for operand in operands:
                count += _mask(operand, leaf)
            return count >= least
        case Not(operand):
            return ~_mask(operand, leaf)
        case _:
            assert_never(node)


def _at(documents: Array, count: int) -> Array:
    mask = np.zeros(count, bool)
    mask[documents] = True
    return mask


def _by_value(segment: Segment, name: str, wanted: Any) -> Array:
    ordinals, values = segment.facet(name)
    table = np.array([bool(path) and wanted(path) for path in values], bool)
    return table[ordinals]


def _in_range(values: Array, low: float | None, high: float | None) -> Array:
    mask = ~np.isnan(values)
    if low is not None:
        mask &= values >= low
    if high is not None:
        mask &= values <= high
    return mask


# ---------------------------------------------------------------------- order
def _behind(keys: Array, ties: Array, query: EngineQuery) -> Array:
    """Which matches stand strictly behind `query.after`."""
    assert query.after is not None
    key, tie = query.after
    if key is None:
        key = -np.inf
    elif is_ascending(query.sort):
        key = -key
    found: Array = (keys < key) | ((keys == key) & (ties > np.uint64(tie)))
    return found


def _first(keys: Array, ties: Array, count: int) -> Array:
    """The first `count` in the order (key descending, tie ascending)."""
    if len(keys) > 4 * count:
        least = np.partition(keys, len(keys) - count)[len(keys) - count]
        certain, equal = np.flatnonzero(keys > least), np.flatnonzero(keys == least)
        need = count - len(certain)
        if len(equal) > need:
            equal = equal[np.argpartition(ties[equal], need)[:need]] if need else equal[:0]
        some = np.concatenate((certain, equal))
        return some[np.lexsort((ties[some], -keys[some]))]
    return np.lexsort((ties, -keys))[:count]
