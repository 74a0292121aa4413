"""Merging packs: one pack of what is kept of several. Loops over the layout, row by row."""

from __future__ import annotations

from collections.abc import (
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.engines.shared.arrays import Array
from index.engines.shared.facet_paths import FacetPath
from index.engines.whoosh.files.part import WhooshPart
from index.engines.whoosh.storage.columns import (
    facet_values,
    offsets_of,
    values_as_json,
)
from index.engines.whoosh.storage.grams import neighbours
from index.engines.whoosh.storage.layout import (
    TEXTS,
    Kind,
    Merge,
    PartRow,
    PartSet,
    part_sets,
)
from index.engines.whoosh.storage.pack import Directory, PackWriter
from index.engines.whoosh.writing.inversion import pieces_of
from index.engines.whoosh.writing.merge_postings import merge_postings

__all__ = ["MergeInput", "merge_packs", "most_pieces", "write_pack"]


@dataclass(frozen=True, slots=True)
class MergeInput:
    """One input of a merge.

    It has the arrays of a pack by part name, the mask `live` of the kept documents, and in `part`
    the data that only Whoosh's own files hold.
    """

    arrays: Mapping[str, Array]
    live: Array
    part: WhooshPart


def most_pieces(source: MergeInput) -> int:
    """The greatest number of texts and text pieces in one stream of this source.

    Postings number texts and pieces with two bytes, so a segment may hold at most 65,536 in each
    stream.
    """
    counts = []
    for part_set in TEXTS.values():
        texts = part_set.picked(source.arrays)
        counts.append(len(texts["offsets"]) - 1 + len(texts["piece_texts"]))
    return max(counts)


def write_pack(
    path: Path,
    owner: str,
    arrays: Mapping[str, Array],
) -> Directory:
    """Write a pack of arrays that are in memory."""
    with PackWriter(path, owner) as out:
        for name, array in arrays.items():
            out.add(name, array)
        return out.finish()


def merge_packs(
    path: Path,
    owner: str,
    sources: Sequence[MergeInput],
) -> Directory:
    """Write one pack of what is kept of several, in their order."""
    # nearly every build of a small index: one batch, nothing replaced
    if len(sources) == 1 and sources[0].live.all():
        return write_pack(path, owner, sources[0].arrays)
    with PackWriter(path, owner) as out:
        _PackMerge(out, sources).run()
        return out.finish()


@dataclass(frozen=True, slots=True)
class _Entries:
    """One source of a set: its arrays by key, and the sorted numbers of its entries that stay.

    An entry is a document, or a text of a stream. `renumbering` gives each document of the source
    its new number, or -1.
    """

    arrays: Mapping[str, Array]
    kept: Array
    renumbering: Array


class _PackMerge:
    """One merge into one pack."""

    def __init__(
        self,
        out: PackWriter,
        sources: Sequence[MergeInput],
    ) -> None:
        self.out = out
        self.sources = sources
        self.documents = [np.flatnonzero(source.live) for source in sources]
        self.renumberings = []
        base = 0
        for source in sources:
            new_numbers = base + np.cumsum(source.live) - 1
            self.renumberings.append(
                np.where(
                    source.live,
                    new_numbers,
                    -1,
                )
            )
            base += int(source.live.sum())
        # by stream: the new number of every piece of every source
        self.pieces: dict[str, list[Array]] = {}

    def run(self) -> None:
        """Merge every set of the layout, in the order of the file."""
        # a facet or number may be missing in some of the sources
        names = dict.fromkeys(name for source in self.sources for name in source.arrays)
        for part_set in part_sets(names):
            match part_set.kind:
                case Kind.DOCUMENTS | Kind.TEXTS:
                    self._merge_rows(part_set)
                case Kind.POSTINGS:
                    self._merge_postings(part_set)
                case Kind.FACET:
                    self._merge_facet(part_set)

    def _merge_rows(self, part_set: PartSet) -> None:
        sources = [*self._entries(part_set)]
        merged_parts: dict[str, Array] = {}
        for row in part_set.leading_first:
            name = part_set.part_name(row.key)
            if row.merge in SPOOLED_MERGES:
                # written beside the pack, then copied: its length is not known before
                spool = self.out.spool(row.dtypes[-1])
                for piece in _streamed(row, sources, merged_parts):
                    spool.append(piece)
                self.out.copy(name, spool)
            else:
                merged_parts[row.key] = row.cast(_merged(row, sources, merged_parts))
                self.out.add(name, merged_parts[row.key])
        # the postings of the stream follow in the layout and need the new numbers
        if part_set.kind is Kind.TEXTS:
            self.pieces[part_set.stream] = _renumbered_pieces(sources, merged_parts)

    def _entries(self, part_set: PartSet) -> Iterator[_Entries]:
        for source, documents, renumbering in zip(
            self.sources, self.documents, self.renumberings, strict=True
        ):
            arrays = part_set.picked(source.arrays)
            kept = documents
            if "documents" in arrays:
                # a wording stays with its document
                kept = np.flatnonzero(renumbering[arrays["documents"]] >= 0)
            yield _Entries(
                arrays=arrays,
                kept=kept,
                renumbering=renumbering,
            )

    def _merge_postings(self, part_set: PartSet) -> None:
        renumberings = self.pieces.get(part_set.stream, self.renumberings)
        all_arrays = [source.arrays for source in self.sources]
        merge_postings(
            self.out,
            part_set,
            [*zip(all_arrays, renumberings, strict=True)],
        )

    def _merge_facet(self, part_set: PartSet) -> None:
        """Number the values anew: those of the first source first, without values nobody has."""
        ordinals_of: dict[FacetPath, int] = {(): 0}
        columns = []
        for entries in self._entries(part_set):
            if not entries.arrays:
                # the facet is newer than this source
                columns.append(np.zeros(len(entries.kept), np.int64))
                continue
            old_values = facet_values(entries.arrays["values"])
            old_ordinals = entries.arrays["ordinals"][entries.kept]
            new_ordinals = np.zeros(len(old_values), np.int64)
            # values that only deleted documents had are dropped
            used = np.flatnonzero(np.bincount(old_ordinals))
            for ordinal in used.tolist():
                value = old_values[ordinal]
                new_ordinals[ordinal] = ordinals_of.setdefault(value, len(ordinals_of))
            columns.append(new_ordinals[old_ordinals])
        merged = {
            "ordinals": np.concatenate(columns),
            "values": values_as_json(ordinals_of),
        }
        for name, array in part_set.named(merged):
            self.out.add(name, array)


# What may be larger than memory goes through a spool, source after source.
SPOOLED_MERGES = (
    Merge.RUNS,
    Merge.OWNERS,
    Merge.POSITIONS,
    Merge.END_POSITIONS,
)


def _merged(
    row: PartRow,
    sources: Sequence[_Entries],
    made: Mapping[str, Array],
) -> Array:
    """A part that is merged at once; `made` are the parts of the set merged before."""
    match row.merge:
        case Merge.CONCATENATE:
            return np.concatenate([_values(row, source) for source in sources])
        case Merge.SORT_ORDER:
            return np.argsort(made["hashes"], kind="stable")
        case Merge.OFFSETS:
            lengths = [_lengths(row.key, source) for source in sources]
            return offsets_of(np.concatenate(lengths))
        case Merge.PIECES:
            texts, starts = pieces_of(made["offsets"])
            return texts if row.key == "piece_texts" else starts
        case _:
            raise AssertionError(row.merge)


def _values(
    row: PartRow,
    source: _Entries,
) -> Array:
    """The values of what is kept, `row.length.times` for each."""
    if not source.arrays:
        # a number that is newer than this source
        return np.full(len(source.kept), np.nan)
    values = source.arrays[row.key]
    # word lengths have three values a document
    of_documents = values.reshape(-1, row.length.times)
    return of_documents[source.kept].ravel()


def _lengths(
    key: str,
    source: _Entries,
) -> Array:
    """The lengths of what is kept, from its offsets."""
    # unsigned differences would wrap around
    offsets = source.arrays[key].astype(np.int64)
    return np.diff(offsets)[source.kept]


def _streamed(
    row: PartRow,
    sources: Sequence[_Entries],
    made: Mapping[str, Array],
) -> Iterator[Array]:
    """The pieces of a part, source after source."""
    base = 0
    for source in sources:
        values = source.arrays[row.key]
        match row.merge:
            case Merge.RUNS:
                offsets = source.arrays[row.offsets].astype(np.int64)
                for first, last in neighbours(source.kept):
                    yield values[offsets[first] : offsets[last]]
            case Merge.OWNERS:
                yield source.renumbering[values[source.kept]]
            case _:
                start = int(made["offsets"][base])
                is_end = row.merge is Merge.END_POSITIONS
                yield _moved_positions(
                    source,
                    values,
                    start,
                    is_end=is_end,
                )
        base += len(source.kept)


def _moved_positions(
    source: _Entries,
    values: Array,
    start: int,
    *,
    is_end: bool,
) -> Array:
    """Positions in units, moved to where their texts stand now.

    The first text that is kept begins at `start`.
    """
    positions = values.astype(np.int64)
    offsets = source.arrays["offsets"].astype(np.int64)
    # an end is the first unit behind: its text is that of the unit before
    texts = offsets.searchsorted(positions - is_end, "right") - 1
    lengths = np.diff(offsets)[source.kept]
    new_offsets = np.full(len(offsets), -1, np.int64)
    new_offsets[source.kept] = start + np.cumsum(lengths) - lengths
    # positions in dropped texts are dropped with them
    is_kept = new_offsets[texts] >= 0
    moved: Array = positions - offsets[texts] + new_offsets[texts]
    return moved[is_kept]


def _renumbered_pieces(
    sources: Sequence[_Entries],
    made: Mapping[str, Array],
) -> list[Array]:
    """The new number of every piece of each source, -1 for the dropped.

    The numbers of all texts come first, then those of the further pieces of long texts.
    """
    total = len(made["offsets"]) - 1
    new_piece_texts = made["piece_texts"]
    renumberings = []
    base = 0
    for source in sources:
        text_count = len(source.arrays["offsets"]) - 1
        kept_count = len(source.kept)
        texts = np.full(text_count, -1, np.int64)
        texts[source.kept] = np.arange(base, base + kept_count)
        base += kept_count
        old_piece_texts = source.arrays["piece_texts"]
        # a piece goes with its text, and is the n-th piece of it as before
        owners = texts[old_piece_texts]
        firsts = old_piece_texts.searchsorted(old_piece_texts)
        nth = np.arange(len(owners)) - firsts
        new_firsts = new_piece_texts.searchsorted(np.maximum(owners, 0))
        pieces = np.where(
            owners >= 0,
            total + new_firsts + nth,
            -1,
        )
        renumberings.append(np.concatenate((texts, pieces)))
    return renumberings
