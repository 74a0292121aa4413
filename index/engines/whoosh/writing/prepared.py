"""Preparing documents: as far as each can be made ready alone, in whatever process."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from index.analysis.normaliser import Folded
from index.engines.seam import Document
from index.engines.whoosh.storage.columns import FacetPath, paths_of
from index.engines.whoosh.storage.display import packed
from index.engines.whoosh.storage.hashes import word_keys
from index.engines.whoosh.storage.layout import RANKED_FIELDS, STREAMS
from index.engines.whoosh.storage.units import storable
from index.engines.whoosh.writing.inversion import Units

__all__ = ["PreparedDocument", "WordCounts", "prepare"]


@dataclass(frozen=True, slots=True)
class WordCounts:
    """The words of all ranked fields of a document, field after field.

    `keys` are u64 as bytes, `counts` (how often each word stands there) u32 as bytes,
    `field_sizes` how many distinct words each field has.
    """

    keys: bytes
    counts: bytes
    field_sizes: Sequence[int]


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A document made ready for a batch: bytes that are quick to hand to another process.

    `texts` are by stream (STREAMS and WORDINGS), `blobs` by the names of layout.BLOBS.
    """

    id: str
    blobs: Mapping[str, bytes]
    texts: Mapping[str, Units]
    words: WordCounts
    facets: Mapping[str, FacetPath]
    numbers: Mapping[str, float]


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
        words=_word_counts(fields),
        facets=paths_of(document),
        numbers=dict(document.numbers),
    )


def _word_counts(fields: Sequence[Mapping[str, int]]) -> WordCounts:
    """The words of the ranked fields."""
    counted = [_present(field) for field in fields]
    sizes = [len(field) for field in counted]
    # hashed together: most of the time is spent on the call, not on the words
    title_keys = word_keys([*chain(*counted)])
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
    )


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
