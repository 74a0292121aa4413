"""Preparing documents: as far as each can be made ready alone, in whatever process."""

from __future__ import annotations

import io
import json
import pickle
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from index.analysis.normaliser import Folded
from index.analysis.tokenizer import MAX_WORD_LENGTH
from index.engines.seam import Document
from index.engines.shared.display import packed
from index.engines.shared.facet_paths import FacetPath, paths_of
from index.engines.shared.hashes import word_keys
from index.engines.shared.units import storable
from index.engines.whoosh.files.part import as_term
from index.engines.whoosh.storage.layout import RANKED_FIELDS, STREAMS
from index.engines.whoosh.writing.inversion import Units

__all__ = ["PreparedDocument", "WordCounts", "prepare"]

# What Whoosh's own column of stored fields uses.
STORED_LEVEL = 3


@dataclass(frozen=True, slots=True)
class WordCounts:
    """The words of all ranked fields of a document, field after field.

    `keys` are u64 as bytes, `counts` (how often each word stands there) u32 as bytes,
    `field_sizes` how many distinct words each field has. `text` is each word in UTF-8 with a NUL
    behind it. `positions` (u32 as bytes) are `counts` many for each word, or empty.
    """

    keys: bytes
    counts: bytes
    field_sizes: Sequence[int]
    text: bytes
    positions: bytes


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document made ready for a batch: bytes that are quick to hand to another process.

    `texts` are by stream (STREAMS and WORDINGS), `blobs` by the names of layout.BLOBS. `stored` is
    what Whoosh stores, as its column holds it.
    """

    id: str
    blobs: Mapping[str, bytes]
    texts: Mapping[str, Units]
    words: WordCounts
    facets: Mapping[str, FacetPath]
    numbers: Mapping[str, float]
    stored: bytes


def prepare(document: Document) -> PreparedDocument:
    """The document made ready for a batch."""
    # the index forms; what is shown is kept as its difference from them
    texts = {name: Units.of(document.texts[name]) for name in STREAMS}
    for name in STREAMS:
        wording = document.wording.get(name)
        if wording is not None:
            texts[f"w{name}"] = Units.of(
                wording,
                wording=True,
            )
    fields = [document.words.get(name) or {} for name in RANKED_FIELDS]
    return PreparedDocument(
        id=document.id,
        blobs=_blobs(document),
        texts=texts,
        words=_word_counts(fields, _positions(document)),
        facets=paths_of(document),
        numbers=dict(document.numbers),
        stored=_stored(document),
    )


def _word_counts(
    fields: Sequence[Mapping[str, int]],
    positions: Sequence[Mapping[str, Sequence[int]]],
) -> WordCounts:
    """The words of the ranked fields."""
    counted = [_present(field) for field in fields]
    words = [*chain(*counted)]
    text = _encoded(words)
    if text is None:
        counted = [_storable(field) for field in counted]
        words = [*chain(*counted)]
        text = _encoded(words) or b""
    sizes = [len(field) for field in counted]
    # hashed together: most of the time is spent on the call, not on the words
    title_keys = word_keys(words)
    field_numbers = np.arange(
        len(sizes),
        dtype=np.uint64,
    )
    keys = title_keys + np.repeat(field_numbers, sizes)
    all_counts = chain.from_iterable(field.values() for field in counted)
    counts = np.fromiter(
        all_counts,
        "<u4",
        len(keys),
    )
    return WordCounts(
        keys=keys.tobytes(),
        counts=counts.tobytes(),
        field_sizes=sizes,
        text=text,
        positions=_flat(counted, positions),
    )


def _encoded(words: Sequence[str]) -> bytes | None:
    """The words in UTF-8, a NUL behind each; None where one of them cannot be kept as it is."""
    if max(map(len, words), default=0) > MAX_WORD_LENGTH:
        return None
    try:
        text = "\0".join([*words, ""]).encode()
    except UnicodeEncodeError:
        # half a surrogate pair
        return None
    return text if text.count(b"\0") == len(words) else None


def _storable(field: Mapping[str, int]) -> dict[str, int]:
    """The words of a field as they can be kept: those that become one are counted together."""
    counts: dict[str, int] = {}
    for word, count in field.items():
        kept = _storable_word(word)
        counts[kept] = counts.get(kept, 0) + count
    return counts


def _storable_word(word: str) -> str:
    text = as_term(word.replace("\0", " ")).decode()
    return text[:MAX_WORD_LENGTH]


def _positions(document: Document) -> list[Mapping[str, Sequence[int]]]:
    """The positions of the words of each ranked field; empty where the document has none."""
    if not document.positions:
        return []
    return [document.positions.get(name) or {} for name in RANKED_FIELDS]


def _flat(
    counted: Sequence[Mapping[str, int]],
    positions: Sequence[Mapping[str, Sequence[int]]],
) -> bytes:
    """The positions of all words in the order of the words."""
    flat: list[int] = []
    for field, given in zip(counted, positions, strict=False):
        by_word: dict[str, list[int]] = {}
        for word, places in given.items():
            by_word.setdefault(_storable_word(word), []).extend(places)
        for word in field:
            flat += sorted(by_word[word])
    return np.array(flat, "<u4").tobytes()


def _present(field: Mapping[str, int]) -> Mapping[str, int]:
    """The words with a positive count; nearly always the field as it is."""
    # a count of 0 would be a posting that says nothing
    if min(field.values(), default=1) > 0:
        return field
    return {word: count for word, count in field.items() if count > 0}


def _blobs(document: Document) -> dict[str, bytes]:
    """What is kept of a report as bytes."""
    text = document.texts["text"]
    # the form as it will be read back from the index
    stored = Folded(storable(text.form), text.offsets)
    return {
        "id": document.id.encode("utf-8", "surrogatepass"),
        "meta": _meta(document),
        "head": document.head,
        "rest": document.rest,
        "display": packed(stored, document.display),
    }


def _meta(document: Document) -> bytes:
    """What Whoosh stores of a report beside its id, as JSON.

    Indexes of older builds have more fields in it.
    """
    fields = {"digest": document.digest, "source": document.source}
    text = json.dumps(
        fields,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return text.encode("utf-8", "surrogatepass")


def _stored(document: Document) -> bytes:
    """What Whoosh stores of a report: a dictionary, pickled and deflated."""
    fields = {
        "id": document.id,
        "source": document.source,
        **document.stored,
    }
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, 2)
    # without numbers for strings that stand only once
    pickler.fast = True
    pickler.dump({name: value for name, value in fields.items() if value is not None})
    return zlib.compress(buffer.getvalue(), STORED_LEVEL)
