"""What a writer merges: runs that are no segment yet, and complete segments; which of them, when.

Segments are merged by tiers, as in Lucene: a tier holds segments of about the same size, each tier
four times larger than the one below.
"""

from __future__ import annotations

import math
from collections.abc import (
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from index.engines.shared.arrays import Array
from index.engines.whoosh.files.part import (
    WhooshPart,
    is_of_whoosh,
    part_of_segment,
)
from index.engines.whoosh.storage.layout import ID_HASHES
from index.engines.whoosh.storage.pack import Pack
from index.engines.whoosh.writing.merge import MergeInput, most_pieces

__all__ = [
    "CompleteSegment",
    "Run",
    "chosen_for_merge",
    "groups_of",
    "verified_source",
]

# Numbers of documents and of pieces have two bytes.
MAX_SEGMENT_DOCUMENTS = 50_000
MAX_SEGMENT_PIECES = 1 << 16
TIER_FACTOR = 4
# One commit may always move this many documents, so that small segments do not pile up.
MIN_MERGE_BUDGET = 1_500
MAX_DEAD_SHARE = 0.3


@dataclass(slots=True, eq=False)
class Run:
    """Documents that no segment holds yet: their arrays, and a mask of those still wanted.

    `arrays` are the parts of a pack, and those of a WhooshPart.
    """

    arrays: Mapping[str, Array]
    live: Array

    def source(self) -> MergeInput:
        """The run as the source of a merge."""
        arrays = {
            name: array for name, array in self.arrays.items() if not is_of_whoosh(name)
        }
        return MergeInput(arrays, self.live, WhooshPart.of_arrays(self.arrays))


@dataclass(slots=True, eq=False)
class CompleteSegment:
    """A segment of the last commit, or one that this writer has sealed."""

    segment: Any
    pack: Pack
    id_hashes: Array = field(init=False)
    id_hash_order: Array = field(init=False)

    def __post_init__(self) -> None:
        parts = ID_HASHES.opened(self.pack)
        self.id_hashes = parts["hashes"].whole()
        self.id_hash_order = parts["order"].whole()

    @property
    def live(self) -> Array:
        """Which documents are not deleted."""
        mask = np.ones(len(self.id_hashes), bool)
        mask[list(self.segment.deleted_docs())] = False
        return mask

    def delete(self, id_hash: int) -> bool:
        """Delete the document with this doc-id hash; whether there was one."""
        wanted = np.uint64(id_hash)
        order = self.id_hash_order
        rank = int(self.id_hashes.searchsorted(wanted, sorter=order))
        was_alive = False
        # a report that was replaced may stand here more than once
        while rank < len(order) and self.id_hashes[order[rank]] == wanted:
            number = int(order[rank])
            was_alive |= not self.segment.is_deleted(number)
            self.segment.delete_document(number)
            rank += 1
        return was_alive


def verified_source(
    folder: Path,
    complete: CompleteSegment,
) -> MergeInput:
    """A complete segment as a source, all of it checked.

    Damage must never be copied under a new checksum.
    """
    return MergeInput(
        complete.pack.arrays(),
        complete.live,
        part_of_segment(folder, complete.segment),
    )


# ---------------------------------------------------------------------- policy
def groups_of(sources: Sequence[MergeInput]) -> list[list[MergeInput]]:
    """Sources that fit into one segment each, in order."""
    groups: list[list[MergeInput]] = []
    documents = 0
    pieces = 0
    for source in sources:
        added_documents = int(source.live.sum())
        # those of deleted documents are counted too: only the merge knows better
        added_pieces = most_pieces(source)
        is_full = (
            documents + added_documents > MAX_SEGMENT_DOCUMENTS
            or pieces + added_pieces > MAX_SEGMENT_PIECES
        )
        if not groups or is_full:
            groups.append([])
            documents = 0
            pieces = 0
        groups[-1].append(source)
        documents += added_documents
        pieces += added_pieces
    return groups


def chosen_for_merge(
    complete: Sequence[CompleteSegment],
    fresh: int,
) -> list[CompleteSegment]:
    """Which complete segments are merged with `fresh` new documents.

    A tier of four segments, or a segment with more than 30 % dead, is merged. But one commit moves
    only about four times what it adds, and at least 1,500 documents, so that adding one report
    stays quick.
    """
    budget = max(MIN_MERGE_BUDGET, TIER_FACTOR * fresh)
    chosen: set[int] = set()
    moved = fresh
    for tier, group in _tiers(complete):
        # what moves may become one more segment of this tier
        is_rising = bool(moved) and _tier(moved) >= tier
        is_whole = len(group) + is_rising >= TIER_FACTOR
        for size, candidate in group:
            mostly_dead = _is_mostly_dead(candidate)
            is_small = 0 < size < MAX_SEGMENT_DOCUMENTS // 2
            if not (mostly_dead or (is_whole and is_small)):
                continue
            if moved - fresh + size > budget:
                return _in_order(complete, chosen)
            chosen.add(id(candidate))
            moved += size
    return _in_order(complete, chosen)


def _tiers(
    complete: Sequence[CompleteSegment],
) -> Iterator[tuple[int, list[tuple[int, CompleteSegment]]]]:
    """(tier, its segments with their live documents), small ones first."""
    sized = []
    for segment in complete:
        live_documents = int(segment.live.sum())
        sized.append((live_documents, segment))
    sized.sort(key=lambda pair: pair[0])
    tiers: dict[int, list[tuple[int, CompleteSegment]]] = {}
    for size, segment in sized:
        tiers.setdefault(_tier(size), []).append((size, segment))
    yield from sorted(tiers.items(), key=lambda item: item[0])


def _tier(size: int) -> int:
    # the logarithm of 64 may come out as 2.9999999999999996
    return int(math.log(max(size, 1), TIER_FACTOR) + 1e-9)


def _is_mostly_dead(complete: CompleteSegment) -> bool:
    dead = complete.segment.deleted_count()
    return bool(dead > MAX_DEAD_SHARE * complete.segment.doc_count_all())


def _in_order(
    complete: Sequence[CompleteSegment],
    chosen: set[int],
) -> list[CompleteSegment]:
    return [segment for segment in complete if id(segment) in chosen]
