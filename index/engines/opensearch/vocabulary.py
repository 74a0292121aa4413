"""How many reports hold a word or a pair, by the thousand: counts that a commit writes.

Words and pairs are numbers here: a hash of the word, the two code points of the pair. A writer
counts what it puts and adds that to what the last commit wrote, so a report that was replaced
counts until the index is rebuilt. The counts lie in documents of the same index that have no
generation, so no search meets them; `_meta` names them.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from index.analysis.normaliser import code_points
from index.engines.opensearch.server import NotThereError, Server
from index.engines.seam import Document
from index.engines.shared.hashes import word_keys
from index.engines.shared.units import storable
from index.model.fields import TEXT_FIELDS

__all__ = [
    "KINDS",
    "Counts",
    "Tally",
    "Written",
    "forget",
    "keys_of",
    "pair_keys_of",
    "read_counts",
    "word_keys_of",
    "write_counts",
]

Array = np.ndarray[Any, np.dtype[Any]]

KINDS = ("word", "pair")
# A code point has 21 bits.
CODE_POINT_BITS = np.uint64(21)
# What is counted is added up when so many keys have gathered.
GATHERED_KEYS = 2_000_000
# Characters of a document that holds a part of the counts.
PART_LENGTH = 4_000_000
FAST_LEVEL = 1
COUNT_BYTES = 8
# Commits of which the counts are kept for readers that have not asked for them yet.
KEPT_COMMITS = 3


# ---------------------------------------------------------------------- keys
def word_keys_of(document: Document) -> bytes:
    """The words of a document, each once, as u64."""
    words: dict[str, None] = {}
    for field in document.words.values():
        words.update(dict.fromkeys(field))
    return np.unique(word_keys([*words])).tobytes()


def pair_keys_of(document: Document) -> bytes:
    """The pairs of neighbours in title and text, each once, as u64."""
    keys = [_pairs(storable(document.texts[name].form)) for name in TEXT_FIELDS]
    return np.unique(np.concatenate(keys)).tobytes()


def _pairs(form: str) -> Array:
    codes = code_points(form).astype(np.uint64)
    keys: Array = (codes[:-1] << CODE_POINT_BITS) | codes[1:]
    return keys


def keys_of(kind: str, texts: Sequence[str]) -> Array:
    """The keys of words, or of texts of two characters."""
    if kind == "word":
        return word_keys(texts)
    firsts = code_points("".join(text[0] for text in texts)).astype(np.uint64)
    seconds = code_points("".join(text[1] for text in texts)).astype(np.uint64)
    keys: Array = (firsts << CODE_POINT_BITS) | seconds
    return keys


# ---------------------------------------------------------------------- counts
@dataclass(frozen=True, slots=True)
class Counts:
    """Sorted keys (u64) and in how many reports each stands (u32)."""

    keys: Array
    counts: Array

    @classmethod
    def nothing(cls) -> Counts:
        """No key at all."""
        return cls(np.zeros(0, np.uint64), np.zeros(0, np.uint32))

    def of(self, keys: Array) -> list[int]:
        """The counts of some keys; 0 for what is not there."""
        if not len(self.keys):
            return [0] * len(keys)
        places = self.keys.searchsorted(keys)
        places = np.minimum(places, len(self.keys) - 1)
        is_held = self.keys[places] == keys
        held: list[int] = np.where(is_held, self.counts[places], 0).tolist()
        return held

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        joined = np.concatenate((self.keys, other.keys))
        keys, places = np.unique(joined, return_inverse=True)
        weights = np.concatenate((self.counts, other.counts))
        sums = np.bincount(places.ravel(), weights, len(keys))
        return Counts(keys, sums.astype(np.uint32))

    def to_bytes(self) -> bytes:
        """As they are kept: how many, the gaps between the keys, the counts."""
        count = len(self.keys).to_bytes(COUNT_BYTES, "little")
        gaps = np.diff(self.keys, prepend=np.zeros(1, np.uint64))
        data = gaps.astype("<u8").tobytes() + self.counts.astype("<u4").tobytes()
        return count + zlib.compress(data, FAST_LEVEL)

    @classmethod
    def of_bytes(cls, data: bytes) -> Counts:
        """What `to_bytes` wrote."""
        count = int.from_bytes(data[:COUNT_BYTES], "little")
        plain = zlib.decompress(data[COUNT_BYTES:])
        gaps = np.frombuffer(plain, "<u8", count)
        counts = np.frombuffer(plain, "<u4", count, 8 * count)
        return cls(np.cumsum(gaps, dtype=np.uint64), counts)


class Tally:
    """Counts the keys of documents as they come."""

    def __init__(self) -> None:
        self._counts = Counts.nothing()
        self._gathered: list[Array] = []
        self._size = 0

    def add(self, keys: bytes) -> None:
        """The keys of one document, each once."""
        array = np.frombuffer(keys, np.uint64)
        self._gathered.append(array)
        self._size += len(array)
        if self._size >= GATHERED_KEYS:
            self._add_up()

    def _add_up(self) -> None:
        if self._gathered:
            joined = np.concatenate(self._gathered)
            keys, counts = np.unique(joined, return_counts=True)
            self._counts = self._counts.plus(Counts(keys, counts))
        self._gathered = []
        self._size = 0

    def total(self) -> Counts:
        """All that was counted."""
        self._add_up()
        return self._counts


# ---------------------------------------------------------------------- in the cluster
@dataclass(frozen=True, slots=True)
class Written:
    """Which documents hold the counts: those of a generation, so many parts a kind."""

    generation: int
    parts: Mapping[str, int]

    def names(self, kind: str) -> list[str]:
        """The ids of the documents."""
        return [
            f"vocabulary@{self.generation}@{kind}@{part}"
            for part in range(self.parts.get(kind, 0))
        ]


def write_counts(
    server: Server,
    index: str,
    generation: int,
    counts: Mapping[str, Counts],
) -> Written:
    """Write the counts of a generation; nobody reads them before `_meta` names them."""
    parts = {}
    for kind, one in counts.items():
        written = base64.b64encode(one.to_bytes()).decode()
        # each part is decoded alone: four characters are three bytes
        starts = range(0, len(written), PART_LENGTH)
        parts[kind] = len(starts)
        names = Written(generation, parts).names(kind)
        for name, start in zip(names, starts, strict=True):
            body = {"vocabulary": written[start : start + PART_LENGTH]}
            server.call("PUT", f"/{index}/_doc/{name}", body)
    return Written(generation, parts)


def read_counts(
    server: Server,
    index: str,
    written: Written,
    kind: str,
) -> Counts | None:
    """The counts of one kind; None where they are deleted, because there were many commits."""
    data = b""
    for name in written.names(kind):
        try:
            found = server.call("GET", f"/{index}/_doc/{name}")
        except NotThereError:
            return None
        data += base64.b64decode(found["_source"]["vocabulary"])
    return Counts.of_bytes(data) if data else Counts.nothing()


def forget(server: Server, index: str, written: Written) -> None:
    """Delete the counts of older commits."""
    if written.generation <= KEPT_COMMITS:
        return
    old = Written(written.generation - KEPT_COMMITS, written.parts)
    for kind in KINDS:
        for name in old.names(kind):
            try:
                server.call("DELETE", f"/{index}/_doc/{name}")
            except NotThereError:
                continue
