"""A segment opened for reading: its documents, columns and strings, and a segment in a snapshot."""

from __future__ import annotations

from collections.abc import (
    Callable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.analysis.normaliser import Folded
from index.engines.shared.arrays import Array
from index.engines.shared.display import unpacked
from index.engines.shared.facet_paths import FacetPath
from index.engines.whoosh.reading.strings import SegmentStrings
from index.engines.whoosh.storage.columns import Blob, facet_values
from index.engines.whoosh.storage.layout import (
    BLOBS,
    ID_HASHES,
    RANKED_FIELDS,
    STREAMS,
    WORD_LENGTHS,
    facet_set,
    number_set,
)
from index.engines.whoosh.storage.pack import REBUILD_HINT
from index.engines.whoosh.storage.store import open_pack
from index.model.errors import IndexDamagedError
from index.model.fields import CARD_FIELD, TEXT_FIELDS
from index.query.nodes import NO_PATH

__all__ = ["LiveSegment", "Row", "Segment"]

NO_WORDING: Mapping[str, Folded | None] = dict.fromkeys(STREAMS)


class Row:
    """What is kept of one document, read when it is asked for: the Contents of a report."""

    __slots__ = ("document", "read", "segment")

    def __init__(
        self,
        segment: Segment,
        document: int,
    ) -> None:
        self.segment = segment
        self.document = document
        # texts that were read already
        self.read: Mapping[str, Folded] | None = None

    @property
    def head(self) -> bytes:
        """What a list shows."""
        return self.segment.blobs["head"][self.document]

    @property
    def rest(self) -> bytes:
        """All that is neither head nor text."""
        return self.segment.blobs["rest"][self.document]

    @property
    def display(self) -> str:
        """The display text."""
        difference = self.segment.blobs["display"][self.document]
        return unpacked(self.texts["text"], difference)

    @property
    def texts(self) -> Mapping[str, Folded]:
        """The index forms."""
        # snippets, marks and the display text all ask for them
        if self.read is None:
            self.read = self.segment.texts(self.document)
        return self.read

    @property
    def card(self) -> Folded:
        """The index form of the index card."""
        return self.segment.strings.grams[CARD_FIELD].folded(self.document)

    @property
    def wording(self) -> Mapping[str, Folded | None]:
        """The lines in mainland wording."""
        return self.segment.wording(self.document)


class Segment:
    """The arrays of one segment. Threads may share it."""

    def __init__(
        self,
        folder: Path,
        segment: Any,
    ) -> None:
        """Raises FileNotFoundError when a newer generation has removed the pack, and
        IndexDamagedError.
        """
        self.name = segment.segment_id()
        self.pack = open_pack(folder, segment)
        id_hashes = ID_HASHES.opened(self.pack)
        self.id_hashes = id_hashes["hashes"].whole()
        self.id_hash_order = id_hashes["order"].whole()
        self.count = len(self.id_hashes)
        if self.count != segment.doc_count_all():
            raise IndexDamagedError(
                f"{self.pack.path} holds another number of reports than the TOC; "
                f"{REBUILD_HINT}"
            )
        self.strings = SegmentStrings(self.pack, self.count)
        # one row a document, one column a ranked field
        lengths = WORD_LENGTHS.opened(self.pack)["lengths"].whole()
        self.word_lengths = lengths.reshape(-1, len(RANKED_FIELDS))
        self.blobs = {name: Blob(self.pack, name) for name in BLOBS}
        # facets and numbers that were asked for, and what was derived from them;
        # they are bounded by what the segment holds
        self.columns: dict[tuple[str, str], Any] = {}

    # ------------------------------------------------------------------ documents
    def document(self, id_hash: int) -> int:
        """The last document with this doc-id hash, or -1."""
        wanted = np.uint64(id_hash)
        order = self.id_hash_order
        # the last one: a report that was replaced may stand here more than once
        behind = int(self.id_hashes.searchsorted(wanted, "right", sorter=order))
        if not behind:
            return -1
        document = int(order[behind - 1])
        return document if self.id_hashes[document] == wanted else -1

    def id(self, document: int) -> str:
        """The id of a document."""
        return self.blobs["id"][document].decode("utf-8", "surrogatepass")

    def texts(self, document: int) -> dict[str, Folded]:
        """The texts of a document with their maps back to the display text."""
        grams = self.strings.grams
        return {name: grams[name].folded(document) for name in TEXT_FIELDS}

    def wording(self, document: int) -> Mapping[str, Folded | None]:
        """The wordings of a document."""
        if not self.strings.wordings:
            return NO_WORDING
        wordings: dict[str, Folded | None] = dict.fromkeys(STREAMS)
        for name, grams in self.strings.wordings.items():
            assert grams.owners is not None
            # wordings are in the order of their documents
            number = int(grams.owners.searchsorted(document))
            if number < grams.count and grams.owners[number] == document:
                wordings[name] = grams.folded(number)
        return wordings

    # ------------------------------------------------------------------ columns
    def facet(self, name: str) -> tuple[Array, list[FacetPath]]:
        """(an ordinal a document, the values); ordinal 0 is no value."""
        key = ("facet", name)
        if key not in self.columns:
            self.columns[key] = self._read_facet(name)
        column: tuple[Array, list[FacetPath]] = self.columns[key]
        return column

    def _read_facet(self, name: str) -> tuple[Array, list[FacetPath]]:
        part_set = facet_set(name)
        # no report of this segment has the facet
        if not part_set.is_in(self.pack):
            return np.zeros(self.count, np.uint16), [()]
        parts = part_set.opened(self.pack)
        return parts["ordinals"].whole(), facet_values(parts["values"].whole())

    def ordinals(self, name: str) -> Mapping[str, list[int]]:
        """The ordinals of each value of a facet, paths joined by "/"; NO_VALUE has 0."""

        def joined(path: FacetPath) -> list[str]:
            return ["/".join(path)]

        return self._ordinals_by("whole", name, joined)

    def ordinals_below(self, name: str) -> Mapping[FacetPath, list[int]]:
        """The ordinals of the values at and below each path; NO_PATH has 0."""

        def prefixes(path: FacetPath) -> list[FacetPath]:
            return [path[: depth + 1] for depth in range(len(path))] or [NO_PATH]

        return self._ordinals_by("below", name, prefixes)

    def _ordinals_by(
        self,
        kind: str,
        name: str,
        keys_of: Callable[[FacetPath], Sequence[Any]],
    ) -> Mapping[Any, list[int]]:
        cache_key = (kind, name)
        if cache_key not in self.columns:
            ordinals: dict[Any, list[int]] = {}
            _, paths = self.facet(name)
            for ordinal, path in enumerate(paths):
                for key in keys_of(path):
                    ordinals.setdefault(key, []).append(ordinal)
            self.columns[cache_key] = ordinals
        known: Mapping[Any, list[int]] = self.columns[cache_key]
        return known

    def number(self, name: str) -> Array:
        """A number (f64) a document, NaN where it is not known."""
        key = ("number", name)
        if key not in self.columns:
            part_set = number_set(name)
            if part_set.is_in(self.pack):
                values = part_set.opened(self.pack)["values"].whole()
            else:
                values = np.full(self.count, np.nan)
            self.columns[key] = values
        column: Array = self.columns[key]
        return column


@dataclass(frozen=True, slots=True)
class LiveSegment:
    """A segment in a snapshot.

    `live` masks what is not deleted; `is_whole` says that nothing is deleted.
    """

    segment: Segment
    live: Array
    is_whole: bool

    def count_live(self, documents: Array) -> int:
        """How many of some documents are not deleted."""
        if self.is_whole:
            return len(documents)
        return int(np.count_nonzero(self.live[documents]))
