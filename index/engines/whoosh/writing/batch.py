"""Documents -> the arrays of one pack, and several packs -> one.

Parts beside those of grams, postings and columns: `words` the postings of words, keyed by the
word's hash with the ranked field in its lowest two bits, `words.len` the lengths of the three
ranked fields of each document; `tie` the number that settles equal ranks and `tie.at` the documents
in its order, for finding a report by its id; `id`, `head`, `rest` and `display` what is kept of a
report; `meta` what else Whoosh's own segment is written from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from index.analysis.normaliser import Folded
from index.engines.seam import Document
from index.engines.whoosh.storage.columns import (
    blob_of,
    facet_arrays,
    merge_blob,
    merge_columns,
    number_arrays,
    paths_of,
)
from index.engines.whoosh.storage.display import packed
from index.engines.whoosh.storage.grams import (
    GramsBuilder,
    Kept,
    Units,
    merge_grams,
    storable,
)
from index.engines.whoosh.storage.pack import Array, Directory, PackWriter
from index.engines.whoosh.storage.postings import merge_postings, postings_of
from index.model.fields import TEXT_FIELDS

__all__ = [
    "BLOBS",
    "RANKED_FIELDS",
    "STREAMS",
    "WORDINGS",
    "Batch",
    "Ready",
    "Source",
    "merge_packs",
    "most_pieces",
    "prepare",
    "tie_of",
    "word_keys",
    "write_pack",
]

RANKED_FIELDS = ("title", "headings", "body")
STREAMS = TEXT_FIELDS
WORDINGS = tuple(f"w{name}" for name in TEXT_FIELDS)
BLOBS = ("id", "meta", "head", "rest", "display")
LONGEST_WORD = 64
WEIGHTS = np.frombuffer(
    hashlib.shake_256(b"gongkai words").digest(8 * LONGEST_WORD), "<u8"
) | np.uint64(1)


def tie_of(report_id: str) -> int:
    """The first 53 bits of the id's SHA-256: a number of the report's own, exact as a float."""
    return (
        int.from_bytes(
            hashlib.sha256(report_id.encode("utf-8", "surrogatepass")).digest()[:8],
            "big",
        )
        >> 11
    )


def word_keys(words: Sequence[str]) -> Array:
    """The keys of words in the field "title"; those of the other fields are the next two.

    A weighted sum of the first 64 characters, mixed, computed for all words at once. Two words of
    one key would rank alike, no more: words never decide what matches.
    """
    if not words:
        return np.empty(0, np.uint64)
    width = max(1, min(LONGEST_WORD, max(map(len, words))))
    characters = np.array(words, f"<U{width}").view("<u4").reshape(len(words), width)
    keys: Array = characters.astype(np.uint64) @ WEIGHTS[:width]
    for shift, factor in ((33, 0xFF51AFD7ED558CCD), (29, 0xC4CEB9FE1A85EC53), (32, 1)):
        keys = (keys ^ (keys >> np.uint64(shift))) * np.uint64(factor)
    return keys & ~np.uint64(3)


@dataclass(frozen=True, slots=True)
class Ready:
    """A document as far as it can be made ready alone, in whatever process: bytes that are quick to
    hand on.

    `texts` are by stream (STREAMS and WORDINGS); `words` are the keys of the words of all ranked
    fields (u64), how often each stands there (u32), and how many words each field has.
    """

    id: str
    blobs: Mapping[str, bytes]
    texts: Mapping[str, Units]
    words: tuple[bytes, bytes, Sequence[int]]
    facets: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, float]


def prepare(document: Document) -> Ready:
    """The document made ready for a batch."""
    texts = {name: Units.of(document.texts[name]) for name in STREAMS}
    for name in STREAMS:
        wording = document.wording.get(name)
        if wording is not None:
            texts[f"w{name}"] = Units.of(wording, wording=True)
    words = _words([document.words.get(name) or {} for name in RANKED_FIELDS])
    return Ready(
        document.id,
        _blobs(document),
        texts,
        words,
        paths_of(document),
        dict(document.numbers),
    )


def _words(fields: Sequence[Mapping[str, int]]) -> tuple[bytes, bytes, Sequence[int]]:
    """The words of the ranked fields; hashed together, as most of the time is spent on the call."""
    counted = [
        {word: n for word, n in f.items() if n > 0}
        if min(f.values(), default=1) <= 0
        else f
        for f in fields
    ]
    many = [*map(len, counted)]
    keys = word_keys([*chain(*counted)]) + np.repeat(
        np.arange(len(many), dtype=np.uint64), many
    )
    counts = np.fromiter(
        chain.from_iterable(f.values() for f in counted), "<u4", len(keys)
    )
    return keys.tobytes(), counts.tobytes(), many


class Batch:
    """Documents gathered in memory until they are inverted together."""

    def __init__(self) -> None:
        self.grams = {
            name: GramsBuilder(wording=name in WORDINGS)
            for name in (*STREAMS, *WORDINGS)
        }
        self.ids: list[str] = []
        self.keys: list[bytes] = []
        self.counts: list[bytes] = []
        self.many: list[int] = []
        self.facets: list[Mapping[str, tuple[str, ...]]] = []
        self.numbers: list[Mapping[str, float]] = []
        self.blobs: dict[str, list[bytes]] = {name: [] for name in BLOBS}

    @property
    def units(self) -> int:
        """How much text the batch holds, in UTF-16 units."""
        return sum(g.units for g in self.grams.values())

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, ready: Ready) -> int:
        """Add a document; its number in the batch."""
        number = len(self.ids)
        self.ids.append(ready.id)
        keys, counts, many = ready.words
        self.keys.append(keys)
        self.counts.append(counts)
        self.many += many
        for name, text in ready.texts.items():
            self.grams[name].add(text, number)
        for name, value in ready.blobs.items():
            self.blobs[name].append(value)
        self.facets.append(ready.facets)
        self.numbers.append(ready.numbers)
        return number

    def arrays(self) -> dict[str, Array]:
        """The parts of the pack."""
        ties = np.array([tie_of(i) for i in self.ids], "<u8")
        parts: dict[str, Array] = {
            "tie": ties,
            "tie.at": np.argsort(ties, kind="stable").astype("<u2"),
        }
        for name, grams in self.grams.items():
            parts |= grams.arrays(name)
        parts |= self._word_arrays()
        parts |= facet_arrays(self.facets) | number_arrays(self.numbers)
        for name, values in self.blobs.items():
            parts |= blob_of(name, values)
        return parts

    def _word_arrays(self) -> dict[str, Array]:
        keys, counts = (
            np.frombuffer(b"".join(self.keys), "<u8"),
            np.frombuffer(b"".join(self.counts), "<u4"),
        )
        many = np.array(self.many, np.int64)
        fields = len(RANKED_FIELDS)
        documents = np.repeat(np.arange(len(many)) // fields, many)
        order = np.argsort(
            keys, kind="stable"
        )  # documents of one key stay in their order
        starts = np.concatenate(([0], np.cumsum(many)))
        upto = np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))
        lengths = upto.take(starts[1:]) - upto.take(starts[:-1])
        parts = postings_of(
            "words",
            keys.take(order),
            documents.take(order),
            counts.take(order).astype(np.int64),
        )
        return parts | {"words.len": lengths.astype("<u4")}


def _blobs(document: Document) -> dict[str, bytes]:
    """What is kept of a report, by BLOBS."""
    text = document.texts["text"]
    return {
        "id": document.id.encode("utf-8", "surrogatepass"),
        "meta": _meta(document),
        "head": document.head,
        "rest": document.rest,
        "display": packed(Folded(storable(text.form), text.offsets), document.display),
    }


def _meta(document: Document) -> bytes:
    """What Whoosh keeps of a report beside its id, as JSON.

    Indexes of older builds have more fields in it.
    """
    fields = {"digest": document.digest, "source": document.source}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


# ---------------------------------------------------------------------- packs
@dataclass(frozen=True, slots=True)
class Source:
    """The arrays of one pack, and which of its documents are to be kept (a mask)."""

    arrays: Mapping[str, Array]
    live: Array


def most_pieces(source: Source) -> int:
    """How many numbers the merged postings would need for this source: two bytes hold 65,536."""
    return max(
        len(source.arrays[f"{name}.off"]) - 1 + len(source.arrays[f"{name}.xd"])
        for name in (*STREAMS, *WORDINGS)
    )


def write_pack(path: Path, owner: str, arrays: Mapping[str, Array]) -> Directory:
    """Write a pack of arrays that are in memory."""
    with PackWriter(path, owner) as out:
        for name, array in arrays.items():
            out.add(name, array)
        return out.finish()


def merge_packs(path: Path, owner: str, sources: Sequence[Source]) -> Directory:
    """Write one pack of what is kept of several, in their order."""
    if len(sources) == 1 and sources[0].live.all():
        return write_pack(path, owner, sources[0].arrays)
    kept, renumbers, base = [], [], 0
    for s in sources:
        kept.append((s.arrays, np.flatnonzero(s.live)))
        renumbers.append(np.where(s.live, base + np.cumsum(s.live) - 1, -1))
        base += int(s.live.sum())
    with PackWriter(path, owner) as out:
        ties = np.concatenate([a["tie"][k] for a, k in kept])
        out.add("tie", ties)
        out.add("tie.at", np.argsort(ties, kind="stable").astype("<u2"))
        for name in (*STREAMS, *WORDINGS):
            merge_grams(
                out,
                name,
                [Kept(s.arrays, r) for s, r in zip(sources, renumbers, strict=True)],
            )
        merge_postings(
            out,
            "words",
            [(s.arrays, r) for s, r in zip(sources, renumbers, strict=True)],
        )
        out.add(
            "words.len",
            np.concatenate([a["words.len"].reshape(-1, 3)[k].ravel() for a, k in kept]),
        )
        merge_columns(out, kept)
        for name in BLOBS:
            merge_blob(out, name, kept)
        return out.finish()
