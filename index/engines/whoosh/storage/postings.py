"""Postings: sorted keys -> documents and counts (and positions), as arrays: made, read, merged by
key range.

A set of postings called `name` is the parts `name.k` keys, `name.p` where each key's rows start,
`name.d` documents, `name.c` counts of one byte, `name.oi` and `name.on` the rows whose count is 255
or more with their true counts; and with positions `name.x` where each key's positions start and
`name.q` the positions, of two bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.engines.whoosh.storage.pack import Array, Pack, PackWriter

__all__ = ["Postings", "Rows", "merge_postings", "postings_of", "run_lengths"]

MOST = 255
ROWS_AT_A_TIME = 1 << 20
NO_PLACES: Array = np.empty(0, "<u2")


def run_lengths(sorted_values: Array) -> tuple[Array, Array]:
    """Where each run of equal values starts, and how long it is."""
    if not len(sorted_values):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    starts = np.flatnonzero(
        np.concatenate(([True], sorted_values[1:] != sorted_values[:-1]))
    )
    return starts, np.diff(np.append(starts, len(sorted_values)))


def postings_of(
    name: str,
    keys: Array,
    documents: Array,
    counts: Array,
    positions: Array | None = None,
) -> dict[str, Array]:
    """The parts for rows sorted by (key, document); `positions` stand in the order of the rows."""
    starts, _ = run_lengths(keys)
    many = np.flatnonzero(counts >= MOST)
    parts = {
        f"{name}.k": keys[starts],
        f"{name}.p": np.append(starts, len(keys)).astype("<u4"),
        f"{name}.d": documents.astype("<u2"),
        f"{name}.c": np.minimum(counts, MOST).astype("u1"),
        f"{name}.oi": many.astype("<u4"),
        f"{name}.on": counts[many].astype("<u4"),
    }
    if positions is not None:
        ends = np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))
        parts[f"{name}.x"] = ends[np.append(starts, len(keys))].astype("<u4")
        parts[f"{name}.q"] = positions.astype("<u2")
    return parts


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one key or of neighbouring keys: documents (u16), counts (i64), and where their
    positions stand.
    """

    documents: Array
    counts: Array
    start: int
    end: int


class Postings:
    """One set of postings of a pack, for reading."""

    def __init__(self, pack: Pack, name: str) -> None:
        self.keys = pack.array(f"{name}.k")
        self.starts = pack.part(f"{name}.p")
        self.documents = pack.part(f"{name}.d")
        self.counts = pack.part(f"{name}.c")
        self.many, self.true = pack.array(f"{name}.oi"), pack.array(f"{name}.on")
        self.offsets = pack.part(f"{name}.x") if f"{name}.x" in pack else None
        self.positions = pack.part(f"{name}.q") if f"{name}.q" in pack else None

    def find(self, keys: Array) -> Array | None:
        """The numbers of `keys`, or None when one of them is missing."""
        if not len(self.keys):
            return None
        at: Array = np.minimum(self.keys.searchsorted(keys), len(self.keys) - 1)
        return at if (self.keys[at] == keys).all() else None

    def find_one(self, key: int) -> int:
        """The number of `key`, or -1. A plain int would make numpy convert all the keys."""
        typed = self.keys.dtype.type(key)
        at = int(self.keys.searchsorted(typed))
        return at if at < len(self.keys) and self.keys[at] == typed else -1

    def frequencies(self, keys: Array) -> Array:
        """How many rows each of `keys` has: 0 for one that is missing."""
        if not len(self.keys) or not len(keys):
            return np.zeros(len(keys), np.int64)
        at = np.minimum(
            self.keys.searchsorted(keys.astype(self.keys.dtype)), len(self.keys) - 1
        )
        rows = self.starts.take(at, 1).astype(np.int64) - self.starts.take(at)
        found: Array = np.where(self.keys[at] == keys, rows, 0)
        return found

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The rows of the keys first..last (exclusive)."""
        ends = self.starts.slice(first, last + 1)
        return int(ends[0]), int(ends[-1])

    def rows(self, first: int, last: int) -> Rows:
        """The rows of the keys first..last (exclusive)."""
        start, end = self.span(first, last)
        positions = (
            self.offsets.slice(first, last + 1)
            if self.offsets is not None
            else np.zeros(2, np.int64)
        )
        return Rows(
            self.documents.slice(start, end),
            self._counts(start, end),
            int(positions[0]),
            int(positions[-1]),
        )

    def _counts(self, start: int, end: int) -> Array:
        counts = self.counts.slice(start, end).astype(np.int64)
        if len(self.many):
            a, b = self.many.searchsorted(
                np.array([start, end], self.many.dtype)
            ).tolist()
            counts[self.many[a:b].astype(np.int64) - start] = self.true[a:b]
        return counts


# ---------------------------------------------------------------------- merging
@dataclass(frozen=True, slots=True)
class Source:
    """One set of postings to merge;

    `renumber` gives each document its new number, or -1 where it is dropped.
    """

    arrays: Mapping[str, Array]
    name: str
    renumber: Array

    def part(self, suffix: str) -> Array:
        """One of its arrays."""
        return self.arrays[f"{self.name}.{suffix}"]

    @property
    def positioned(self) -> bool:
        """Whether it has positions."""
        return f"{self.name}.q" in self.arrays


@dataclass(slots=True)
class _Block:
    """Neighbouring keys with their rows: how many rows and positions each key has (i64), and of
    each row its document (u16) and its count of one byte; `many` are the rows whose count stands in
    `true` instead (i64).
    """

    keys: Array
    rows: Array
    places: Array
    documents: Array
    counts: Array
    many: Array
    true: Array
    positions: Array

    def true_counts(self) -> Array:
        """The count of each row."""
        counts = self.counts.astype(np.int64)
        counts[self.many] = self.true
        return counts


def merge_postings(
    out: PackWriter, name: str, sources: Sequence[tuple[Mapping[str, Array], Array]]
) -> None:
    """Merge the postings `name` of several (arrays, renumber) into a pack, a range of keys at a
    time.
    """
    given = [Source(arrays, name, renumber) for arrays, renumber in sources]
    kinds = {
        "k": given[0].part("k").dtype.str,
        "p": "<u4",
        "d": "<u2",
        "c": "u1",
        "oi": "<u4",
        "on": "<u4",
    }
    if given[0].positioned:
        kinds |= {"x": "<u4", "q": "<u2"}
    spools = {suffix: out.spool(kind) for suffix, kind in kinds.items()}
    rows = places = 0
    for block in _blocks(given):
        parts = {
            "k": block.keys,
            "p": rows + np.cumsum(block.rows) - block.rows,
            "d": block.documents,
            "c": block.counts,
            "oi": rows + block.many,
            "on": block.true,
            "x": places + np.cumsum(block.places) - block.places,
            "q": block.positions,
        }
        for suffix, spool in spools.items():
            spool.append(parts[suffix])
        rows += len(block.documents)
        places += len(block.positions)
    spools["p"].append(np.array([rows]))
    if "x" in spools:
        spools["x"].append(np.array([places]))
    for suffix, spool in spools.items():
        out.copy(f"{name}.{suffix}", spool)


def _blocks(sources: Sequence[Source]) -> Iterator[_Block]:
    """Blocks of rows in order, each a range of keys small enough to hold."""
    at = [0] * len(sources)
    share = max(1, ROWS_AT_A_TIME // max(1, len(sources)))
    while True:
        limits = [
            k
            for s, i in zip(sources, at, strict=True)
            if (k := _limit(s, i, share)) is not None
        ]
        if all(i == len(s.part("k")) for s, i in zip(sources, at, strict=True)):
            return
        to = [len(s.part("k")) for s in sources]
        if limits:
            to = [int(s.part("k").searchsorted(min(limits))) for s in sources]
        block = _joined(
            [_piece(s, i, j) for s, i, j in zip(sources, at, to, strict=True) if j > i]
        )
        at = to
        if len(block.keys):
            yield block


def _limit(source: Source, first: int, share: int) -> Any:
    """The first key after `first` that no longer fits, or None when the rest fits."""
    starts, keys = source.part("p"), source.part("k")
    if first == len(keys) or int(starts[-1]) - int(starts[first]) <= share:
        return None
    i = max(
        first + 1,
        int(starts.searchsorted(starts.dtype.type(int(starts[first]) + share))),
    )
    return None if i >= len(keys) else keys[i]


def _piece(source: Source, first: int, last: int) -> _Block:
    """The rows of some keys of one source, renumbered, without the dropped ones."""
    starts = source.part("p")[first : last + 1].astype(np.int64)
    a, b = int(starts[0]), int(starts[-1])
    many = source.part("oi")
    lo, hi = many.searchsorted(np.array([a, b], many.dtype)).tolist()
    places, positions = np.zeros(last - first, np.int64), NO_PLACES
    if source.positioned:
        offsets = source.part("x")[first : last + 1].astype(np.int64)
        places, positions = (
            np.diff(offsets),
            source.part("q")[int(offsets[0]) : int(offsets[-1])],
        )
    numbers = source.renumber[source.part("d")[a:b]]
    block = _Block(
        keys=source.part("k")[first:last],
        rows=np.diff(starts),
        places=places,
        documents=numbers.astype("<u2"),
        counts=source.part("c")[a:b],
        many=many[lo:hi].astype(np.int64) - a,
        true=source.part("on")[lo:hi].astype(np.int64),
        positions=positions,
    )
    kept = numbers >= 0
    return block if kept.all() else _only(block, kept)


def _only(block: _Block, kept: Array) -> _Block:
    """The block without the rows that are not kept."""
    counts, starts = block.true_counts(), np.cumsum(block.rows) - block.rows
    rows = np.add.reduceat(kept, starts, dtype=np.int64)
    left = rows > 0
    places, positions = block.places, block.positions
    if len(positions):
        places, positions = (
            np.add.reduceat(counts * kept, starts),
            positions[np.repeat(kept, counts)],
        )
    many = np.flatnonzero(counts[kept] >= MOST)
    return _Block(
        keys=block.keys[left],
        rows=rows[left],
        places=places[left],
        documents=block.documents[kept],
        counts=block.counts[kept],
        many=many,
        true=counts[kept][many],
        positions=positions,
    )


def _joined(pieces: Sequence[_Block]) -> _Block:
    """The rows of several pieces in the order of (key, document).

    The documents of a piece nearly always stand behind those of the pieces before it: only keys are
    sorted, and the rows and positions of each are moved together.
    """
    if len(pieces) == 1:
        return _in_order(pieces[0])
    keys, rows, places, documents, counts, true, positions = (
        np.concatenate([getattr(p, name) for p in pieces])
        for name in (
            "keys",
            "rows",
            "places",
            "documents",
            "counts",
            "true",
            "positions",
        )
    )
    order = np.argsort(keys, kind="stable")
    at, at_places = _moved(rows, order), _moved(places, order)
    before = np.cumsum([0] + [len(p.documents) for p in pieces])
    many = np.concatenate([p.many + b for p, b in zip(pieces, before, strict=False)])
    if len(many):
        many = _places_of(many, rows, order)
        true, many = true[np.argsort(many)], np.sort(many)
    starts, _ = run_lengths(keys[order])
    return _in_order(
        _Block(
            keys=keys[order][starts],
            rows=np.add.reduceat(rows[order], starts) if len(starts) else rows,
            places=np.add.reduceat(places[order], starts) if len(starts) else places,
            documents=documents[at],
            counts=counts[at],
            many=many,
            true=true,
            positions=positions[at_places],
        )
    )


def _moved(lengths: Array, order: Array) -> Array:
    """Where each value comes from when runs of these lengths are put in this order."""
    moved = lengths[order]
    starts = np.cumsum(lengths) - lengths
    at: Array = np.repeat(starts[order] - (np.cumsum(moved) - moved), moved)
    at += np.arange(len(at))
    return at


def _places_of(values: Array, lengths: Array, order: Array) -> Array:
    """Where these values go to when runs of these lengths are put in this order."""
    starts = np.cumsum(lengths) - lengths
    moved = lengths[order]
    to = np.empty(len(lengths), np.int64)
    to[order] = np.cumsum(moved) - moved
    run = starts.searchsorted(values, "right") - 1
    found: Array = to[run] + values - starts[run]
    return found


def _in_order(block: _Block) -> _Block:
    """The block with the documents of each key in order: the further pieces of long texts are
    numbered out of it.
    """
    falls = block.documents[1:] <= block.documents[:-1]
    falls[np.cumsum(block.rows)[:-1] - 1] = False
    if not falls.any():
        return block
    counts = block.true_counts()
    order = np.lexsort(
        (block.documents, np.repeat(np.arange(len(block.rows)), block.rows))
    )
    positions = (
        block.positions[_moved(counts, order)]
        if len(block.positions)
        else block.positions
    )
    many = np.flatnonzero(counts[order] >= MOST)
    return _Block(
        keys=block.keys,
        rows=block.rows,
        places=block.places,
        documents=block.documents[order],
        counts=block.counts[order],
        many=many,
        true=counts[order][many],
        positions=positions,
    )
