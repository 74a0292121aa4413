"""Postings: sorted keys -> documents and counts (and positions), as arrays: made, read, merged by key range.

A set of postings called `name` is the parts `name.k` keys, `name.p` where each key's rows start, `name.d`
documents, `name.c` counts of one byte, `name.oi` and `name.on` the rows whose count is 255 or more with their true
counts; and with positions `name.x` where each key's positions start and `name.q` the positions, of two bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.engines.whoosh.pack import Array, Pack, PackWriter

__all__ = ["Postings", "Rows", "merge_postings", "postings_of", "run_lengths"]

MOST = 255
ROWS_AT_A_TIME = 1 << 20


def run_lengths(sorted_values: Array) -> tuple[Array, Array]:
    """Where each run of equal values starts, and how long it is."""
    if not len(sorted_values):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    starts = np.flatnonzero(np.concatenate(([True], sorted_values[1:] != sorted_values[:-1])))
    return starts, np.diff(np.append(starts, len(sorted_values)))


def postings_of(
    name: str, keys: Array, documents: Array, counts: Array, positions: Array | None = None
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
    """The rows of one key or of neighbouring keys: documents (u16), counts (i64), and where their positions stand."""

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
        at = np.minimum(self.keys.searchsorted(keys.astype(self.keys.dtype)), len(self.keys) - 1)
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
        positions = self.offsets.slice(first, last + 1) if self.offsets is not None else np.zeros(2, np.int64)
        return Rows(self.documents.slice(start, end), self._counts(start, end), int(positions[0]), int(positions[-1]))

    def _counts(self, start: int, end: int) -> Array:
        counts = self.counts.slice(start, end).astype(np.int64)
        if len(self.many):
            a, b = self.many.searchsorted(np.array([start, end], self.many.dtype)).tolist()
            counts[self.many[a:b].astype(np.int64) - start] = self.true[a:b]
        return counts


# ---------------------------------------------------------------------- merging
@dataclass(frozen=True, slots=True)
class Source:
    """One set of postings to merge; `renumber` gives each document its new number, or -1 where it is dropped."""

    arrays: Mapping[str, Array]
    name: str
    renumber: Array

    def part(self, suffix: str) -> Array:
        """One of its arrays."""
        return self.arrays[f"{self.name}.{suffix}"]


@dataclass(slots=True)
class _Block:
    keys: Array
    documents: Array
    counts: Array
    positions: Array | None


def merge_postings(out: PackWriter, name: str, sources: Sequence[tuple[Mapping[str, Array], Array]]) -> None:
    """Merge the postings `name` of several (arrays, renumber) into a pack, a range of keys at a time."""
    given = [Source(arrays, name, renumber) for arrays, renumber in sources]
    dtype = given[0].part("k").dtype.str
    positioned = f"{name}.q" in given[0].arrays
    kinds = {"k": dtype, "p": "<u4", "d": "<u2", "c": "u1", "oi": "<u4", "on": "<u4"}
    if positioned:
        kinds |= {"x": "<u4", "q": "<u2"}
    spools = {suffix: out.spool(kind) for suffix, kind in kinds.items()}
    rows = places = 0
    for block in _blocks(given, positioned=positioned):
        parts = postings_of(name, block.keys, block.documents, block.counts, block.positions)
        for suffix, shift in (("p", rows), ("x", places), ("oi", rows)):
            if suffix in spools:
                values = parts[f"{name}.{suffix}"].astype(np.int64) + shift
                spools[suffix].append(values[: len(values) - (suffix != "oi")])
        for suffix in ("k", "d", "c", "on", *(["q"] if positioned else [])):
            spools[suffix].append(parts[f"{name}.{suffix}"])
        rows += len(block.keys)
        places += len(block.positions) if block.positions is not None else 0
    spools["p"].append(np.array([rows]))
    if positioned:
        spools["x"].append(np.array([places]))
    for suffix, spool in spools.items():
        out.copy(f"{name}.{suffix}", spool)


def _blocks(sources: Sequence[Source], *, positioned: bool) -> Iterator[_Block]:
    """Blocks of rows in order, each a range of keys small enough to hold."""
    at = [0] * len(sources)
    share = max(1, ROWS_AT_A_TIME // max(1, len(sources)))
    while True:
        limits = [k for s, i in zip(sources, at, strict=True) if (k := _limit(s, i, share)) is not None]
        if all(i == len(s.part("k")) for s, i in zip(sources, at, strict=True)):
            return
        to = [len(s.part("k")) for s in sources]
        if limits:
            to = [int(s.part("k").searchsorted(min(limits))) for s in sources]
        pieces = [_piece(s, i, j, positioned=positioned) for s, i, j in zip(sources, at, to, strict=True) if j > i]
        at = to
        block = _joined(pieces)
        if len(block.keys):
            yield block


def _limit(source: Source, first: int, share: int) -> Any:
    """The first key after `first` that no longer fits, or None when the rest fits."""
    starts, keys = source.part("p"), source.part("k")
    if first == len(keys) or int(starts[-1]) - int(starts[first]) <= share:
        return None
    i = max(first + 1, int(starts.searchsorted(starts.dtype.type(int(starts[first]) + share))))
    return None if i >= len(keys) else keys[i]


def _piece(source: Source, first: int, last: int, *, positioned: bool) -> _Block:
    """The rows of some keys of one source, renumbered, without the dropped ones."""
    starts = source.part("p")[first : last + 1].astype(np.int64)
    a, b = int(starts[0]), int(starts[-1])
    counts = source.part("c")[a:b].astype(np.int64)
    many = source.part("oi")
    lo, hi = many.searchsorted(np.array([a, b], many.dtype)).tolist()
    counts[many[lo:hi].astype(np.int64) - a] = source.part("on")[lo:hi]
    keys = np.repeat(source.part("k")[first:last], np.diff(starts))
    documents = source.renumber[source.part("d")[a:b]]
    positions = None
    if positioned:
        x = source.part("x")
        positions = source.part("q")[int(x[first]) : int(x[last])]
    kept = documents >= 0
    if not kept.all():
        if positions is not None:
            positions = positions[np.repeat(kept, counts)]
        keys, documents, counts = keys[kept], documents[kept], counts[kept]
    return _Block(keys, documents, counts, positions)


def _joined(pieces: Sequence[_Block]) -> _Block:
    """The rows of several pieces in the order of (key, document)."""
    keys, documents, counts = (np.concatenate([getattr(p, f) for p in pieces]) for f in ("keys", "documents", "counts"))
    positions = (
        None
        if pieces[0].positions is None
        else np.concatenate([p.positions for p in pieces if p.positions is not None])
    )
    if len(pieces) == 1 and (np.diff(documents)[keys[1:] == keys[:-1]] > 0).all():
        return _Block(keys, documents, counts, positions)
    # the pieces are runs already in order, which the stable sort merges rather than sorts
    by_document = documents if keys.dtype.itemsize > 4 else None
    order = (
        np.lexsort((by_document, keys))
        if by_document is not None
        else np.argsort((keys.astype(np.uint64) << np.uint64(16)) | documents.astype(np.uint64), kind="stable")
    )
    if positions is not None:
        before = np.cumsum(counts) - counts
        moved = counts[order]
        after = np.cumsum(moved) - moved
        at = np.repeat(before[order] - after, moved)
        at += np.arange(len(at))
        positions = positions[at]
    return _Block(keys[order], documents[order], counts[order], positions)
