"""Batches: prepared documents gathered in memory until they are inverted together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from index.engines.shared.arrays import Array, run_lengths
from index.engines.shared.facet_paths import FacetPath
from index.engines.shared.hashes import id_hash_of
from index.engines.whoosh.files.part import FIELD_BITS, WhooshPart
from index.engines.whoosh.storage.columns import (
    blob_arrays,
    facet_arrays,
    number_arrays,
)
from index.engines.whoosh.storage.layout import (
    BLOBS,
    ID_HASHES,
    RANKED_FIELDS,
    TEXTS,
    WORD_LENGTHS,
    WORD_POSITIONS,
    WORDINGS,
    WORDS,
    PartSet,
    arranged,
)
from index.engines.whoosh.storage.postings import postings_of
from index.engines.whoosh.writing.inversion import GramsBuilder
from index.engines.whoosh.writing.merge_postings import runs_in_order
from index.engines.whoosh.writing.prepared import PreparedDocument

__all__ = ["Batch"]


class Batch:
    """Documents in memory, numbered in the order in which they were added."""

    def __init__(self, *, positions: bool = False) -> None:
        # whether the positions of words are kept
        self.positions = positions
        self.grams = {
            name: GramsBuilder(
                name,
                wording=name in WORDINGS,
            )
            for name in TEXTS
        }
        self.ids: list[str] = []
        self.word_keys: list[bytes] = []
        self.word_counts: list[bytes] = []
        self.word_positions: list[bytes] = []
        self.words: list[bytes] = []
        # sorted once, when the batch is complete
        self.in_order: tuple[Array, Array] | None = None
        # what Whoosh stores of each document
        self.stored: list[bytes] = []
        # distinct words, field after field and document after document
        self.field_sizes: list[int] = []
        self.facets: list[Mapping[str, FacetPath]] = []
        self.numbers: list[Mapping[str, float]] = []
        self.blobs: dict[str, list[bytes]] = {name: [] for name in BLOBS}

    @property
    def units(self) -> int:
        """How much text the batch holds, in UTF-16 units."""
        return sum(grams.units for grams in self.grams.values())

    def __len__(self) -> int:
        return len(self.ids)

    def add(self, document: PreparedDocument) -> int:
        """Add a document; its number in the batch."""
        number = len(self.ids)
        self.ids.append(document.id)
        self.word_keys.append(document.words.keys)
        self.word_counts.append(document.words.counts)
        self.word_positions.append(document.words.positions)
        self.words.append(document.words.text)
        self.stored.append(document.stored)
        self.field_sizes += document.words.field_sizes
        # wordings are there for Taiwan-worded reports only
        for name, text in document.texts.items():
            self.grams[name].add(text, number)
        for name, value in document.blobs.items():
            self.blobs[name].append(value)
        self.facets.append(document.facets)
        self.numbers.append(document.numbers)
        return number

    def arrays(self) -> dict[str, Array]:
        """The parts of the batch's pack, by name."""
        sets: dict[PartSet, Mapping[str, Array]] = {}
        sets[ID_HASHES] = self._id_hashes()
        for grams in self.grams.values():
            sets |= grams.arrays()
        words, lengths = self._words()
        sets[WORD_POSITIONS if self.positions else WORDS] = words
        sets[WORD_LENGTHS] = {"lengths": lengths}
        sets |= facet_arrays(self.facets)
        sets |= number_arrays(self.numbers)
        for name, values in self.blobs.items():
            sets |= blob_arrays(name, values)
        return arranged(sets)

    def whoosh_part(self) -> WhooshPart:
        """What only Whoosh's files hold of the batch."""
        keys, order = self._keys_in_order()
        words = b"".join(self.words).split(b"\0")[:-1]
        # the words of all fields have one vocabulary
        sorted_keys = keys.take(order) & ~FIELD_BITS
        first, _ = run_lengths(sorted_keys)
        return WhooshPart(
            keys=sorted_keys[first],
            words=[words[number] for number in order[first].tolist()],
            stored=np.frombuffer(b"".join(self.stored), "u1"),
            stored_lengths=np.array([len(data) for data in self.stored], np.int64),
        )

    def _keys_in_order(self) -> tuple[Array, Array]:
        """The keys of all words as they were added, and the order that sorts them."""
        if self.in_order is None:
            keys = np.frombuffer(b"".join(self.word_keys), "<u8")
            # stable: the documents of one key stay in their order
            self.in_order = keys, np.argsort(keys, kind="stable")
        return self.in_order

    def _positions(
        self,
        counts: Array,
        order: Array,
    ) -> Array:
        """The positions of all words, in the order of their rows."""
        positions = np.frombuffer(b"".join(self.word_positions), "<u4")
        return positions[runs_in_order(counts.astype(np.int64), order)]

    def _id_hashes(self) -> dict[str, Array]:
        # of all documents, the deleted ones too: a merge drops those
        hashes = np.array([id_hash_of(report_id) for report_id in self.ids], "<u8")
        order = np.argsort(hashes, kind="stable")
        return {"hashes": hashes, "order": order}

    def _words(self) -> tuple[dict[str, Array], Array]:
        """The postings of words, and how many words (with repetitions) each field has."""
        keys, order = self._keys_in_order()
        counts = np.frombuffer(b"".join(self.word_counts), "<u4")
        sizes = np.array(self.field_sizes, np.int64)
        field_numbers = np.arange(len(sizes))
        documents = np.repeat(field_numbers // len(RANKED_FIELDS), sizes)
        postings = postings_of(
            keys.take(order),
            documents.take(order),
            counts.take(order).astype(np.int64),
            self._positions(counts, order) if self.positions else None,
        )
        field_bounds = np.concatenate(([0], np.cumsum(sizes)))
        totals = np.concatenate(
            (
                [0],
                np.cumsum(
                    counts,
                    dtype=np.int64,
                ),
            )
        )
        # occurrences before the end of each field, less those before its start
        ends = totals.take(field_bounds[1:])
        lengths = ends - totals.take(field_bounds[:-1])
        return postings, lengths
