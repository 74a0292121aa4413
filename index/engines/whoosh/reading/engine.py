"""The embedded engine: a snapshot of the index that answers questions with exact sets, counts and
orders.

A condition becomes a mask of documents in each segment; filters are masks of their own, so that a
facet can be counted without its filter. Everything is arithmetic on arrays: see ARCHITECTURE.md for
why.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from index.engines.seam import (
    Columns,
    EngineQuery,
    FacetCounts,
    Found,
    Manifest,
    Matches,
)
from index.engines.whoosh.reading.accumulate import summed_at
from index.engines.whoosh.reading.collapse import folded
from index.engines.whoosh.reading.conditions import select
from index.engines.whoosh.reading.facets import FacetTable, Numbering
from index.engines.whoosh.reading.positions import may_overlap
from index.engines.whoosh.reading.rank import Leaf, Scorer, Statistics
from index.engines.whoosh.reading.segment import Row, Segment
from index.engines.whoosh.reading.selection import Selection
from index.engines.whoosh.reading.values import columns_of
from index.engines.whoosh.storage.pack import REBUILD, Array
from index.engines.whoosh.storage.store import (
    TRIES,
    Generation,
    Store,
    latest_toc,
    mark_of,
)
from index.engines.whoosh.writing.batch import tie_of
from index.engines.whoosh.writing.writer import stale
from index.model.errors import IndexDamagedError, ReportNotFoundError
from index.model.fields import is_ascending
from index.model.json_codec import from_json
from index.query.nodes import Node, String, Wildcard, strings_of

__all__ = ["WhooshEngine", "open_engine"]

LOG = logging.getLogger("gongkai")
HEAD_START_S = 0.5

GROUP, MANY = 32, 8_192

Group = tuple[String | Wildcard, ...]
# A match in the order of the answer: minus its key, tie, number of the segment,
# document, occurrences.
Placed = tuple[float, int, int, int, int | None]


def open_engine(
    folder: Path, *, fingerprint: Mapping[str, str] | None = None, trust: bool = False
) -> WhooshEngine:
    """The newest snapshot of the index in `folder`.

    Raises IndexMissingError, IndexDamagedError, IndexStaleError (it was written with another
    `fingerprint`) and IndexNotTrustedError (it belongs to another user, and `trust` is not given).
    """
    store = Store(Path(folder))
    if not trust:
        store.check_owner()
    generation, segments = _opened(store, {})
    if fingerprint is not None and dict(generation.fingerprint) != dict(fingerprint):
        raise stale(store.folder, generation.fingerprint, fingerprint)
    return WhooshEngine(store, generation, segments)


def _opened(
    store: Store, known: Mapping[str, Segment]
) -> tuple[Generation, list[Leaf]]:
    """The newest generation and its segments; those already `known` are shared, with their mappings
    and caches.
    """
    missing = ""
    for _ in range(TRIES):
        generation = store.read()
        try:
            leaves = []
            for s in generation.segments:
                segment = known.get(s.segment_id()) or Segment(store.folder, s)
                live = np.ones(segment.count, bool)
                live[list(s.deleted_docs())] = False
                leaves.append(Leaf(segment, live, not s.deleted_count()))
        except (
            FileNotFoundError
        ) as e:  # a writer has published a newer generation and removed this one
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
    """What matched in one segment: numbers of documents, and the occurrences in each of them."""

    documents: Array
    occurrences: Array | None


class WhooshEngine:
    """A snapshot of an index. Threads may share it; commits of other processes do not touch it."""

    def __init__(
        self,
        store: Store,
        generation: Generation,
        leaves: Sequence[Leaf],
        known: Mapping[str, Numbering] | None = None,
    ) -> None:
        """`known` is how the snapshot before numbered the values of its facets."""
        self.store, self.generation, self.leaves = store, generation, tuple(leaves)
        self.statistics = Statistics(self.leaves)
        self.tables: dict[str, FacetTable] = {}
        self.known = dict(known or {})
        self.lock, self.closed = threading.Lock(), False
        self.manifest = Manifest(
            generation.number,
            self.statistics.reports,
            dict(generation.fingerprint),
            id=generation.index_id,
            derivation=generation.derivation,
        )

    # ------------------------------------------------------------------ the seam
    def search(self, query: EngineQuery) -> Matches:
        """Answer one question."""
        groups = _groups(query.counted)
        base, filters = self._selected(query)
        every = folded(
            self.leaves, _narrowed(base, filters, except_for=None), query.fold
        )
        matched = [self._matched(i, chosen, groups) for i, chosen in enumerate(every)]
        occurrences = None
        if groups:
            occurrences = sum(
                int(m.occurrences.sum()) for m in matched if m.occurrences is not None
            )
        facets = self._facets(query, base, filters, every)
        hits = self._page(query, matched)
        return Matches(
            sum(len(m.documents) for m in matched), occurrences, hits, facets
        )

    def _selected(
        self, query: EngineQuery
    ) -> tuple[list[Selection], dict[str, list[Selection]]]:
        """What satisfies the condition and is not deleted, and what satisfies each filter, by
        segment.
        """
        base = [self._living(query.condition, leaf) for leaf in self.leaves]
        return base, {
            n: [select(node, leaf.segment) for leaf in self.leaves]
            for n, node in query.filters.items()
        }

    def _living(self, node: Node, leaf: Leaf) -> Selection:
        found = select(node, leaf.segment)
        return (
            found
            if leaf.whole
            else found & Selection(leaf.segment.count, mask=leaf.live)
        )

    def get(self, report_id: str) -> Found:
        """One report by its id. Raises ReportNotFoundError."""
        number, document = self._locate(report_id)
        return self._found(number, document, 0.0, None, None)

    def explain(self, query: EngineQuery, report_id: str) -> Mapping[str, Any]:
        """The parts of a report's score."""
        number, document = self._locate(report_id)
        parts = list(Scorer(self.statistics, query.ranking).parts(number, document))
        return {"total": sum(p["value"] for p in parts), "parts": parts}

    def count_strings(self, node: Node) -> tuple[int, int]:
        """(reports, occurrences) of a condition."""
        groups, reports, occurrences = _groups(node), 0, 0
        for i, leaf in enumerate(self.leaves):
            matched = self._matched(i, self._living(node, leaf), groups)
            reports += len(matched.documents)
            if matched.occurrences is not None:
                occurrences += int(matched.occurrences.sum())
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
            found = self._living(condition, leaf)
            for node in filters:
                found &= select(node, leaf.segment)
            for document in found.documents.tolist():
                yield self._found(i, document, 0.0, None, None)

    def columns(
        self, query: EngineQuery, numbers: Sequence[str], facets: Sequence[str]
    ) -> Columns:
        """Numbers and facet values of all reports that a query finds."""
        found = _narrowed(*self._selected(query), except_for=None)
        return columns_of(
            [leaf.segment for leaf in self.leaves],
            [f.documents for f in found],
            numbers,
            facets,
        )

    def sources(self) -> Mapping[str, tuple[str, str]]:
        """id -> (digest, source) of every report."""
        out = {}
        for leaf in self.leaves:
            names, metas = (leaf.segment.blobs[name] for name in ("id", "meta"))
            for name, meta, live in zip(names, metas, leaf.live.tolist(), strict=True):
                if live:
                    fields = from_json(meta)
                    out[name.decode("utf-8", "surrogatepass")] = (
                        fields["digest"],
                        fields["source"],
                    )
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
        with self.lock:
            numberings = self.known | {
                name: table.numbering for name, table in self.tables.items()
            }
        return WhooshEngine(self.store, *_opened(self.store, known), numberings)

    def warm(self) -> threading.Thread:
        """Sum every block of the packs in the background, so that no question has to; that also
        reads them ahead.

        The first question has the machine for itself: on busy cores it waits a third less.
        """
        thread = threading.Thread(target=self._verify, args=(self.leaves,), daemon=True)
        thread.start()
        return thread

    def _verify(self, leaves: Sequence[Leaf]) -> None:
        time.sleep(HEAD_START_S)
        try:
            for leaf in leaves:
                leaf.segment.pack.verify_all(lambda: self.closed)
        except IndexDamagedError:  # whoever asks for what lies there is told too
            LOG.exception("the index cannot be read")

    def close(self) -> None:
        """Let go of files: mappings end with the last snapshot that shares them."""
        self.closed = True
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

    def _matched(
        self, number: int, found: Selection, groups: Sequence[Group]
    ) -> Matched:
        documents = found.documents
        if not groups:
            return Matched(documents, None)
        segment = self.leaves[number].segment
        if not len(documents):
            return Matched(documents, np.zeros(0, np.int64))
        lists = [segment.hits(group) for group in groups]
        if segment.wordings:
            lists.append(
                segment.reworded(tuple(leaf for group in groups for leaf in group))
            )
        return Matched(documents, summed_at(documents, lists, segment.count))

    def _facets(
        self,
        query: EngineQuery,
        base: Sequence[Selection],
        filters: Mapping[str, Sequence[Selection]],
        matched: Sequence[Selection],
    ) -> tuple[FacetCounts, ...]:
        out = []
        for asked in query.facets:
            chosen = matched
            if asked.name in filters:
                chosen = folded(
                    self.leaves,
                    _narrowed(base, filters, except_for=asked.name),
                    query.fold,
                )
            table = self._table(asked.name)
            out.append(table.answer(asked, table.counted(chosen)))
        return tuple(out)

    def _table(self, name: str) -> FacetTable:
        table = self.tables.get(name)
        if table is None:
            table = FacetTable(name, self.leaves, self.known.get(name))
            with self.lock:
                self.tables[name] = table
        return table

    def _page(
        self, query: EngineQuery, matched: Sequence[Matched]
    ) -> tuple[Found, ...]:
        """The hits asked for, in order."""
        if query.size <= 0 or not matched:
            return ()
        scorer, last = Scorer(self.statistics, query.ranking), query.offset + query.size
        rows: list[Placed] = []
        for number, some in enumerate(matched):
            keys, ties = (
                self._keys(query, scorer, number, some),
                self.leaves[number].segment.ties,
            )
            first = _first(keys, ties, some.documents, last, query)
            documents = some.documents.take(first)
            counts = (
                [None] * len(first)
                if some.occurrences is None
                else some.occurrences.take(first).tolist()
            )
            placed = (
                (-keys.take(first)).tolist(),
                ties.take(documents).tolist(),
                repeat(number),
                documents.tolist(),
            )
            rows += zip(*placed, counts, strict=False)  # a number is repeated for ever
        rows.sort(key=itemgetter(0, 1))
        return self._hits(query, scorer, rows[query.offset : last])

    def _keys(
        self, query: EngineQuery, scorer: Scorer, number: int, matched: Matched
    ) -> Array:
        """What each match is sorted by, greatest first; minus infinity where it has no such value."""
        if query.sort == "relevance":
            return scorer.scores(number, matched.documents)
        if query.sort == "occurrences":
            if matched.occurrences is None:
                return np.full(len(matched.documents), -np.inf)
            return matched.occurrences.astype(float)
        values = (
            self.leaves[number]
            .segment.number(query.sort.removeprefix("-"))
            .take(matched.documents)
        )
        values = values if query.sort.startswith("-") else -values
        return np.where(np.isnan(values), -np.inf, values)

    def _hits(
        self, query: EngineQuery, scorer: Scorer, rows: Sequence[Placed]
    ) -> tuple[Found, ...]:
        """The hits at some places."""
        keys = [None if math.isinf(negative) else -negative for negative, *_ in rows]
        scores: Sequence[float] = [key or 0.0 for key in keys]
        if query.sort != "relevance":
            scores = _scores(scorer, rows)
        if is_ascending(query.sort):
            keys = [None if key is None else -key or 0.0 for key in keys]
        return tuple(
            self._found(number, document, score, key, occurrences)
            for (_, _, number, document, occurrences), score, key in zip(
                rows, scores, keys, strict=True
            )
        )

    def _found(
        self,
        number: int,
        document: int,
        score: float,
        key: float | None,
        occurrences: int | None,
    ) -> Found:
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
    """The leaves to count, those that may overlap together: only their places must be chosen
    between.
    """
    groups: list[Group] = []
    for leaf in strings_of(counted):
        touching = [g for g in groups if any(may_overlap(leaf, other) for other in g)]
        groups = [g for g in groups if g not in touching]
        groups.append((*(other for g in touching for other in g), leaf))
    return groups


def _narrowed(
    base: Sequence[Selection],
    filters: Mapping[str, Sequence[Selection]],
    *,
    except_for: str | None,
) -> list[Selection]:
    """What is left under every filter but one."""
    out = list(base)
    for name, found in filters.items():
        if name != except_for:
            out = [a & b for a, b in zip(out, found, strict=True)]
    return out


# ---------------------------------------------------------------------- order
def _scores(scorer: Scorer, rows: Sequence[Placed]) -> list[float]:
    """The scores at some places, those of a segment together."""
    out = [0.0] * len(rows)
    for segment in {number for _, _, number, _, _ in rows}:
        at = [i for i, (_, _, number, _, _) in enumerate(rows) if number == segment]
        for i, score in zip(
            at,
            scorer.scores(segment, np.array([rows[i][3] for i in at])).tolist(),
            strict=True,
        ):
            out[i] = score
    return out


def _first(
    keys: Array, ties: Array, documents: Array, count: int, query: EngineQuery
) -> Array:
    """The numbers of the first `count` matches of a segment in the order (key descending, tie
    ascending).
    """
    if query.after is not None:
        behind = np.flatnonzero(_behind(keys, ties[documents], query))
        return behind.take(
            _best(keys.take(behind), ties, documents.take(behind), count)
        )
    return _best(keys, ties, documents, count)


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


def _best(keys: Array, ties: Array, documents: Array, count: int) -> Array:
    some = np.arange(len(keys))
    if len(keys) > 4 * count:
        some = _contenders(keys, count)
        high = keys.take(some)
        least = np.partition(high, len(high) - count)[len(high) - count]
        certain, equal = (
            some.take(np.flatnonzero(high > least)),
            some.take(np.flatnonzero(high == least)),
        )
        need = count - len(certain)
        if len(equal) > need:
            equal = (
                equal.take(np.argpartition(ties[documents.take(equal)], need)[:need])
                if need
                else equal[:0]
            )
        some = np.concatenate((certain, equal))
    order: Array = np.lexsort((ties[documents.take(some)], -keys.take(some)))
    return some.take(order)[:count]


def _contenders(keys: Array, count: int) -> Array:
    """Numbers among which the `count` greatest keys are: those that reach as high as so many groups
    do.

    The greatest of a group costs a third of what selecting among all keys does.
    """
    if len(keys) < max(MANY, 4 * GROUP * count):
        return np.arange(len(keys))
    width = len(keys) // GROUP
    highest = keys[: GROUP * width].reshape(GROUP, width).max(0)
    found: Array = np.flatnonzero(
        keys >= np.partition(highest, width - count)[width - count]
    )
    return found
