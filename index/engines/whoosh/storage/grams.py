"""Grams: the texts of one stream (all titles, all texts) with the postings of their characters and
pairs, for reading. Any string is found.

Every unit and every two neighbouring units have postings; those of the pairs carry positions. A
string of one or two units is answered by its postings alone. For a longer one the positions of its
rarest pair are expanded, in blocks, and the other units are checked in the text. The compiled
module reads the positions of other pairs beside them instead, where that touches less memory.

Postings hold two bytes for a text and at most two for a position. So a text longer than 65,536
units is cut into pieces, and the pieces behind the first are numbered after all texts. An
occurrence may cross a cut: its first pair stands in one piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from types import ModuleType

import numpy as np

from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetMap
from index.engines.shared import kernels
from index.engines.shared.arrays import Array, run_lengths
from index.engines.whoosh.storage.layout import (
    PAIRS,
    SINGLES,
    TEXTS,
)
from index.engines.whoosh.storage.offset_rows import offsets_from_rows
from index.engines.whoosh.storage.pack import Pack
from index.engines.whoosh.storage.postings import Postings
from index.engines.whoosh.storage.spans import (
    NO_VALUES,
    choose,
    overlaps_itself,
)

__all__ = ["PIECE_UNITS", "Grams", "neighbours", "pair_key"]

# A position inside a piece has at most two bytes.
PIECE_UNITS = 1 << 16
# Candidates of a long string are checked in blocks of about this many.
CHECKED_AT_A_TIME = 1 << 15
LEAST_ROWS_AT_A_TIME = 256
# Up to so many places of the rarest pair are looked at in the texts: the processor keeps their
# surroundings in its caches. Of more, the positions of several pairs are read side by side.
FEW_PLACES = 1 << 14
# Below this share of candidates left, dropping the others pays for itself.
WORTH_DROPPING = 0.75


def pair_key(
    first: int,
    second: int,
) -> int:
    """The key of two neighbouring units."""
    return first << 16 | second


def _pair_keys(units: Array) -> Array:
    """The keys (u32) of all neighbouring units of a string."""
    wide = units.astype(np.uint32)
    first = wide[:-1] << np.uint32(16)
    return first | wide[1:]


def neighbours(numbers: Array) -> Iterable[tuple[int, int]]:
    """Runs [first, last) of consecutive sorted numbers."""
    if len(numbers):
        cuts = np.flatnonzero(np.diff(numbers) != 1) + 1
        firsts = numbers[np.append(0, cuts)]
        lasts = numbers[np.append(cuts, len(numbers)) - 1]
        yield from zip(firsts.tolist(), (lasts + 1).tolist(), strict=True)


class Grams:
    """One stream of a pack.

    Texts are numbered from 0. Positions are units counted over all texts joined.
    """

    def __init__(
        self,
        pack: Pack,
        name: str,
    ) -> None:
        parts = TEXTS[name].opened(pack)
        self.pack = pack
        self.name = name
        self.units = parts["units"]
        self.offsets = parts["offsets"].whole().astype(np.int64)
        self.count = len(self.offsets) - 1
        # the unit behind all texts
        self.end = int(self.offsets[-1])
        self.map_offsets = parts["map_offsets"]
        self.maps = parts["maps"]
        self.piece_texts = parts["piece_texts"].whole()
        piece_starts = parts["piece_starts"].whole().astype(np.int64)
        # the first unit of every piece: of all texts, then of the further pieces
        self.starts = np.concatenate((self.offsets[:-1], piece_starts))
        self.low_surrogates = parts["low_surrogates"].whole().astype(np.int64)
        self.singles = Postings(pack, SINGLES[name])
        self.pairs = Postings(pack, PAIRS[name])
        # only wordings have documents of their own; text n of a stream is of document n
        self.owners: Array | None = None
        if "documents" in parts:
            self.owners = parts["documents"].whole().astype(np.int64)
            self.block_starts = parts["block_starts"].whole().astype(np.int64)
            self.block_ends = parts["block_ends"].whole().astype(np.int64)

    # ------------------------------------------------------------------ texts
    def text(self, number: int) -> str:
        """One text."""
        start, end = self.offsets[number : number + 2].tolist()
        # without the NUL behind it
        units = self.units.slice(start, end - 1)
        return str(units.tobytes(), "utf-16-le")

    def folded(self, number: int) -> Folded:
        """One text with the map back to its display text."""
        return Folded(self.text(number), self.offset_map(number))

    def offset_map(self, number: int) -> OffsetMap:
        """The map from one text back to its display text."""
        start, end = self.map_offsets.slice(number, number + 2).tolist()
        return offsets_from_rows(self.maps.slice(start, end).tobytes())

    def text_at(self, positions: Array) -> Array:
        """Which text each position lies in."""
        texts: Array = self.offsets.searchsorted(positions, "right") - 1
        return texts

    def characters(self, positions: Array) -> Array:
        """Positions counted in characters rather than in units."""
        if not len(self.low_surrogates):
            return positions
        return positions - self.low_surrogates.searchsorted(positions)

    def owner(self, texts: Array) -> Array:
        """The documents that the texts belong to."""
        return texts if self.owners is None else self.owners[texts]

    def owner_of(self, text: int) -> int:
        """The document that one text belongs to."""
        return text if self.owners is None else int(self.owners[text])

    # ------------------------------------------------------------------ counting strings
    def frequency(self, units: Array) -> int:
        """At most in how many texts the string stands, quickly: as many as its rarest pair."""
        if len(units) == 1:
            number = self.singles.find_one(int(units[0]))
            if number < 0:
                return 0
            first, last = self.singles.span(number, number + 1)
            return last - first
        numbers = self.pairs.find(_pair_keys(units))
        if numbers is None:
            # one of its pairs stands nowhere
            return 0
        starts = self.pairs.starts
        ends = starts.take(numbers, 1).astype(np.int64)
        rows = ends - starts.take(numbers)
        return int(rows.min())

    def counted(self, units: Array) -> tuple[Array, Array]:
        """The texts in which the string stands, sorted, and how often in each.

        Occurrences that overlap an earlier one do not count.
        """
        quick = self._counted_by_postings(units)
        if quick is not None:
            return quick
        if kernels.compiled is not None and self.pack.sound:
            matched = self._counted_in_place(units, kernels.compiled)
            if matched is not None:
                return matched
        positions, texts = self.find(units)
        if overlaps_itself(units.tobytes()):
            texts = texts[choose(positions, positions + len(units))]
        first, counts = run_lengths(texts)
        return texts[first], counts

    def _counted_in_place(
        self,
        units: Array,
        compiled: ModuleType,
    ) -> tuple[Array, Array] | None:
        """The same of more units; None where the reference has to decide."""
        if len(units) < 2:
            return None
        width = self.pairs.position_width
        counted = compiled.count_string(
            *self.arrays, units, width, self.end, FEW_PLACES
        )
        if counted is None:
            return None
        texts, counts = counted
        return np.frombuffer(texts, np.int64), np.frombuffer(counts, np.int64)

    @cached_property
    def arrays(self) -> tuple[Array, ...]:
        """The postings of the pairs and the texts, as kernels take them: unchecked."""
        pairs = self.pairs
        assert pairs.position_starts is not None
        assert pairs.positions is not None
        parts = (
            pairs.starts,
            pairs.skip_starts,
            pairs.extra_starts,
            pairs.position_starts,
            pairs.packed,
            pairs.wide_skips,
            pairs.wide_extras,
            pairs.positions,
            self.units,
        )
        arrays = [part.array for part in parts]
        return (pairs.keys, *arrays, self.starts, self.piece_texts)

    def _rarest(self, numbers: Array) -> tuple[int, Array]:
        """Which of some pairs has the fewest positions, and how many each of them has."""
        starts = self.pairs.position_starts
        assert starts is not None
        begins = starts.take(numbers)
        ends = starts.take(numbers, 1).astype(np.int64)
        positions = ends - begins
        return int(positions.argmin()), positions

    def _counted_by_postings(self, units: Array) -> tuple[Array, Array] | None:
        """The same of one or two units, or None where postings do not tell."""
        # 公公 stands twice in 公公公 and counts once
        is_doubled = len(units) == 2 and units[0] == units[1]
        if len(units) > 2 or is_doubled:
            return None
        if len(units) == 1:
            postings = self.singles
            key = int(units[0])
        else:
            postings = self.pairs
            key = pair_key(int(units[0]), int(units[1]))
        number = postings.find_one(key)
        if number < 0:
            return NO_VALUES, NO_VALUES
        rows = postings.rows(number, number + 1)
        # rows are in the order of their pieces, so the last one tells
        if not len(self.piece_texts) or int(rows.documents[-1]) < self.count:
            return rows.documents, rows.counts
        # pieces of one text count together
        totals = np.bincount(self._texts(rows.documents), rows.counts)
        counts = totals.astype(np.int64)
        texts = np.flatnonzero(counts)
        return texts, counts[texts]

    def _texts(self, pieces: Array) -> Array:
        """The texts that pieces belong to."""
        texts = pieces.astype(np.int64)
        # the pieces behind the first are numbered after all texts
        is_further = texts >= self.count
        texts[is_further] = self.piece_texts[texts[is_further] - self.count]
        return texts

    # ------------------------------------------------------------------ finding strings
    def find(self, units: Array) -> tuple[Array, Array]:
        """Every position of the string, overlapping ones too, sorted, and the text of each."""
        is_unit = len(units) == 1
        blocks = self._of_unit(int(units[0])) if is_unit else self._checked(units)
        if not blocks:
            return NO_VALUES, NO_VALUES
        positions, texts = blocks[0]
        # joining one block would copy it
        if len(blocks) > 1:
            positions = np.concatenate([block[0] for block in blocks])
            texts = np.concatenate([block[1] for block in blocks])
        if self._is_unsorted(positions, units):
            order = np.argsort(positions, kind="stable")
            positions = positions[order]
            texts = texts[order]
        return positions, texts

    def _is_unsorted(
        self,
        positions: Array,
        units: Array,
    ) -> bool:
        if len(positions) < 2:
            return False
        # rows of several pairs follow each other: 公开, then 公示
        if len(units) == 1:
            return True
        # only the further pieces of long texts stand out of order
        if not len(self.piece_texts):
            return False
        return bool((np.diff(positions) < 0).any())

    def _of_unit(self, unit: int) -> list[tuple[Array, Array]]:
        """All positions of a unit: of every pair that begins with it."""
        keys = self.pairs.keys
        lowest = np.uint32(pair_key(unit, 0))
        highest = np.uint32(pair_key(unit, 0xFFFF))
        first = int(keys.searchsorted(lowest))
        last = int(keys.searchsorted(highest, "right"))
        if last <= first:
            return []
        rows = self.pairs.rows(first, last)
        return [
            self._positions(
                rows.documents,
                rows.counts,
                rows.start,
                rows.end,
            )
        ]

    def _positions(
        self,
        pieces: Array,
        counts: Array,
        start: int,
        end: int,
        ahead: int = 0,
    ) -> tuple[Array, Array]:
        """The positions in the rows of some pieces, less `ahead`, and their texts.

        The positions of the rows are `start`..`end` of all positions.
        """
        texts = self._texts(pieces) if len(self.piece_texts) else pieces
        begin = self.starts.take(pieces) - ahead
        # nearly every row of a rare pair has one position
        if end - start != len(pieces):
            begin = np.repeat(begin, counts)
            texts = np.repeat(texts, counts)
        return begin + self.pairs.positions_between(start, end), texts

    def _checked(self, units: Array) -> list[tuple[Array, Array]]:
        """Positions by the rarest pair; the other units are checked in the text, block by block."""
        numbers = self.pairs.find(_pair_keys(units))
        if numbers is None:
            return []
        # how often each pair of the string stands anywhere
        rarest, counts_of_pairs = self._rarest(numbers)
        rest = _unchecked_units(counts_of_pairs, rarest)
        number = int(numbers[rarest])
        rows = self.pairs.rows(number, number + 1)
        row_count = len(rows.documents)
        # rows of frequent pairs have many positions: fewer rows then make a block
        occurrences = max(1, int(counts_of_pairs[rarest]))
        size = max(LEAST_ROWS_AT_A_TIME, CHECKED_AT_A_TIME * row_count // occurrences)
        blocks = []
        start = rows.start
        for first in range(0, row_count, size):
            pieces = rows.documents[first : first + size]
            counts = rows.counts[first : first + size]
            end = start + int(counts.sum())
            positions, texts = self._positions(
                pieces,
                counts,
                start,
                end,
                rarest,
            )
            start = end
            positions, texts = self._filtered(
                positions,
                texts,
                units,
                rest,
            )
            if len(positions):
                blocks.append((positions, texts))
        return blocks

    def _filtered(
        self,
        positions: Array,
        texts: Array,
        units: Array,
        rest: Sequence[int],
    ) -> tuple[Array, Array]:
        """Those positions at which the units numbered `rest` stand too.

        An occurrence never leaves its text: NULs part the texts.
        """
        end = self.end
        # near the ends of all texts the string may not fit; elsewhere a NUL stops it
        begins_before = int(positions.min()) < 0
        ends_behind = int(positions.max()) + len(units) > end
        if begins_before or ends_behind:
            fits = (positions >= 0) & (positions + len(units) <= end)
            positions, texts = _only(fits, positions, texts)
        # None: all positions that are left match so far
        is_match: Array | None = None
        for number in rest:
            is_equal = self.units.take(positions, number) == units[number]
            is_match = is_equal if is_match is None else is_equal & is_match
            if np.count_nonzero(is_match) < WORTH_DROPPING * len(positions):
                positions, texts = _only(is_match, positions, texts)
                is_match = None
                if not len(positions):
                    return positions, texts
        if is_match is None:
            return positions, texts
        return _only(is_match, positions, texts)


def _unchecked_units(
    counts_of_pairs: Array,
    rarest: int,
) -> list[int]:
    """The numbers of the units outside the rarest pair; those of rare pairs first.

    A unit of a rare pair excludes most candidates, so few are left for the others.
    """
    unit_count = len(counts_of_pairs) + 1
    rest = [n for n in range(unit_count) if n not in (rarest, rarest + 1)]

    def rarity(number: int) -> int:
        # a unit stands in the pair that ends with it and in the pair that begins with it
        pairs = counts_of_pairs[max(0, number - 1) : number + 1]
        return int(pairs.min())

    return sorted(rest, key=rarity)


def _only(
    mask: Array,
    positions: Array,
    texts: Array,
) -> tuple[Array, Array]:
    """The positions and texts under a mask."""
    # by numbers: taking by truth values takes numpy five times as long
    numbers = np.flatnonzero(mask)
    return positions.take(numbers), texts.take(numbers)
