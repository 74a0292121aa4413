"""The layout of a pack, declared once: which arrays (parts) it holds and what is true of each.

Building, writing, merging, opening and checking loop over this declaration. A `PartSet` is a group
of parts that belong together; a `PartRow` is one array in it: its name in the file, its type, the
length that it must have, and how it is merged. A new array is one more row here.

Part names in the file are short and some are historical (`tie`). They cannot change without
rebuilding every index; in the code a part is called by its `key`.
"""

from __future__ import annotations

from collections.abc import (
    Iterable,
    Iterator,
    Mapping,
)
from dataclasses import dataclass
from enum import Enum, auto
from typing import Self

import numpy as np

from index.engines.shared.arrays import Array
from index.engines.whoosh.storage.bits import bytes_of
from index.engines.whoosh.storage.pack import Pack, Part
from index.model.fields import SEARCHED_FIELDS

__all__ = [
    "BLOBS",
    "ID_HASHES",
    "IN_BITS",
    "PAIRS",
    "POSITIONS_PART",
    "RANKED_FIELDS",
    "SINGLES",
    "STREAMS",
    "TEXTS",
    "WORDINGS",
    "WORDS",
    "WORD_LENGTHS",
    "WORD_POSITIONS",
    "Kind",
    "Length",
    "Merge",
    "PartRow",
    "PartSet",
    "Unit",
    "arranged",
    "facet_set",
    "number_set",
    "part_sets",
    "postings_set",
]

# The fields of the words that rank. Their order is stored: it is in the lowest bits of word keys.
RANKED_FIELDS = ("title", "headings", "body")
# The texts in which strings are found: one text a document in each stream.
STREAMS = SEARCHED_FIELDS
# The lines of a stream that read otherwise in mainland wording: few documents have one.
WORDINGS = tuple(f"w{name}" for name in SEARCHED_FIELDS)
# What is kept of a report as bytes.
BLOB_NAMES = ("id", "meta", "head", "rest", "display")


class Unit(Enum):
    """What the length of a part is measured by."""

    ANY = auto()
    DOCUMENTS = auto()
    # as many values as another part of the set has
    PART = auto()
    # the last value of another part of the set, which holds offsets into this one
    LAST_OFFSET = auto()
    # the bytes of as many numbers as that value says, packed in bits
    LAST_OFFSET_IN_BITS = auto()


@dataclass(frozen=True, slots=True)
class Length:
    """The length that a part must have: `times` * unit + `plus`.

    `width` is the part whose only value says in how many bits a number is packed.
    """

    unit: Unit
    part: str = ""
    times: int = 1
    plus: int = 0
    width: str = ""

    def wanted(
        self,
        documents: int,
        arrays: Mapping[str, Array],
    ) -> int | None:
        """The length in values, or None where any length is right.

        `arrays` are the parts of the same set by key.
        """
        size = self._units(documents, arrays)
        return None if size is None else self.times * size + self.plus

    def _units(
        self,
        documents: int,
        arrays: Mapping[str, Array],
    ) -> int | None:
        match self.unit:
            case Unit.ANY:
                return None
            case Unit.DOCUMENTS:
                return documents
            case Unit.PART:
                return len(arrays[self.part])
            case Unit.LAST_OFFSET:
                return self._last_offset(arrays)
            case Unit.LAST_OFFSET_IN_BITS:
                widths = arrays[self.width]
                width = int(widths[0]) if len(widths) else 0
                return bytes_of(self._last_offset(arrays), width)

    def _last_offset(self, arrays: Mapping[str, Array]) -> int:
        offsets = arrays[self.part]
        return int(offsets[-1]) if len(offsets) else 0


ANY_LENGTH = Length(Unit.ANY)
ONE_A_DOCUMENT = Length(Unit.DOCUMENTS)
# Offsets have one value more than there are entries: where the last entry ends.
DOCUMENT_OFFSETS = Length(Unit.DOCUMENTS, plus=1)
# The same of the keys of postings.
ONE_A_KEY = Length(Unit.PART, "keys", plus=1)
ONE_VALUE = Length(Unit.DOCUMENTS, times=0, plus=1)


class Merge(Enum):
    """How the merge of several packs computes a part. Documents that are not deleted are kept."""

    # the values of the kept documents, one pack after the other
    CONCATENATE = auto()
    # computed anew: the argsort of another part of the set
    SORT_ORDER = auto()
    # computed anew: the running sum of the lengths of the kept entries
    OFFSETS = auto()
    # variable length: for each kept entry, the values between its two offsets
    RUNS = auto()
    # computed anew from the new offsets: the further pieces of long texts
    PIECES = auto()
    # document numbers: the new number of each text's document
    OWNERS = auto()
    # positions in the joined text, shifted by as much as their text has moved
    POSITIONS = auto()
    # like POSITIONS, but exclusive ends: each belongs to the text of the unit before it
    END_POSITIONS = auto()
    # a whole set of postings, merged key range by key range (merge_postings.py)
    BY_KEYS = auto()
    # a whole facet: the value lists are united and the ordinals renumbered (_merge_facet)
    BY_VALUES = auto()


@dataclass(frozen=True, slots=True)
class PartRow:
    """One array of a set.

    `pattern` makes the part's name from the name of the set. `dtypes` are the types that it may
    have, the smallest first: the smallest that holds all values is written. `offsets` is the key of
    the part that cuts this one into runs. `leads` marks the offsets: they are merged first, because
    the other rows of the set are shifted by them.
    """

    key: str
    pattern: str
    dtypes: tuple[str, ...]
    length: Length
    merge: Merge
    offsets: str = ""
    leads: bool = False

    @property
    def in_bits(self) -> bool:
        """Whether the part holds numbers packed in bits."""
        return self.length.unit is Unit.LAST_OFFSET_IN_BITS

    def cast(self, array: Array) -> Array:
        """The array in the type in which it is written; not copied where it has that type."""
        for dtype in self.dtypes[:-1]:
            largest = int(array.max()) if len(array) else 0
            if largest <= np.iinfo(dtype).max:
                return array.astype(dtype, copy=False)
        return array.astype(self.dtypes[-1], copy=False)


class Kind(Enum):
    """What the entries of a set are."""

    DOCUMENTS = auto()
    TEXTS = auto()
    POSTINGS = auto()
    FACET = auto()


@dataclass(frozen=True, slots=True)
class PartSet:
    """Parts that belong together. `stream` is the stream whose texts the postings are of."""

    name: str
    kind: Kind
    rows: tuple[PartRow, ...]
    stream: str = ""

    def row(self, key: str) -> PartRow:
        """The row of a key."""
        return next(row for row in self.rows if row.key == key)

    def part_name(self, key: str) -> str:
        """The name in the file of the part `key`."""
        return self.row(key).pattern.format(self.name)

    def named(self, arrays: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
        """(part name, array as it is written) of arrays given by key, in the declared order."""
        for row in self.rows:
            name = row.pattern.format(self.name)
            yield name, row.cast(arrays[row.key])

    def picked(self, arrays: Mapping[str, Array]) -> dict[str, Array]:
        """The arrays of this set by key, of arrays given by part name; empty when it is missing."""
        if self.part_name(self.rows[0].key) not in arrays:
            return {}
        picked = {}
        for row in self.rows:
            name = row.pattern.format(self.name)
            picked[row.key] = arrays[name]
        return picked

    def is_in(self, pack: Pack) -> bool:
        """Whether the pack has this set. A facet or number may be missing in older segments."""
        return self.part_name(self.rows[0].key) in pack

    def opened(self, pack: Pack) -> dict[str, Part]:
        """The parts of this set in a pack, by key.

        Raises IndexDamagedError when a part is missing or has another type.
        """
        parts = {}
        for row in self.rows:
            name = row.pattern.format(self.name)
            if name not in pack:
                raise pack.damaged(f"has no part {name}")
            part = pack.part(name)
            if part.array.dtype not in map(np.dtype, row.dtypes):
                raise pack.damaged(f"has a part {name} of another type")
            parts[row.key] = part
        return parts

    @property
    def leading_first(self) -> tuple[PartRow, ...]:
        """The rows in the order in which they are merged."""
        leading = tuple(row for row in self.rows if row.leads)
        return leading + tuple(row for row in self.rows if not row.leads)

    @classmethod
    def of_documents(cls, name: str, *rows: PartRow) -> Self:
        """A set with one entry a document."""
        return cls(
            name=name,
            kind=Kind.DOCUMENTS,
            rows=rows,
        )


# ---------------------------------------------------------------------- documents
# The doc-id hash settles equal ranks. The order finds a document by its id.
ID_HASHES = PartSet.of_documents(
    "tie",
    PartRow(
        key="hashes",
        pattern="{}",
        dtypes=("<u8",),
        length=ONE_A_DOCUMENT,
        merge=Merge.CONCATENATE,
    ),
    PartRow(
        key="order",
        pattern="{}.at",
        dtypes=("<u2",),
        length=ONE_A_DOCUMENT,
        merge=Merge.SORT_ORDER,
    ),
)

# How many words each ranked field of a document has: BM25F wants the lengths.
WORD_LENGTHS = PartSet.of_documents(
    "words.len",
    PartRow(
        key="lengths",
        pattern="{}",
        dtypes=("<u4",),
        length=Length(Unit.DOCUMENTS, times=len(RANKED_FIELDS)),
        merge=Merge.CONCATENATE,
    ),
)


def number_set(name: str) -> PartSet:
    """A number: one value a document, NaN where it is unknown."""
    return PartSet.of_documents(
        name,
        PartRow(
            key="values",
            pattern="n:{}",
            dtypes=("<f8",),
            length=ONE_A_DOCUMENT,
            merge=Merge.CONCATENATE,
        ),
    )


def facet_set(name: str) -> PartSet:
    """A facet: an ordinal a document (0: none), and as JSON the paths that the ordinals stand for.

    Ordinal 2 of `[[], ["广东省"], ["广东省", "深圳市"]]` is the path 广东省/深圳市.
    """
    ordinals = PartRow(
        key="ordinals",
        pattern="f:{}",
        dtypes=("<u2", "<u4"),
        length=ONE_A_DOCUMENT,
        merge=Merge.BY_VALUES,
    )
    values = PartRow(
        key="values",
        pattern="fv:{}",
        dtypes=("u1",),
        length=ANY_LENGTH,
        merge=Merge.BY_VALUES,
    )
    return PartSet(
        name=name,
        kind=Kind.FACET,
        rows=(ordinals, values),
    )


def _blob_set(name: str) -> PartSet:
    """A blob: some bytes a document."""
    return PartSet.of_documents(
        name,
        PartRow(
            key="offsets",
            pattern="{}.off",
            dtypes=("<u4", "<u8"),
            length=DOCUMENT_OFFSETS,
            merge=Merge.OFFSETS,
        ),
        PartRow(
            key="data",
            pattern="{}.data",
            dtypes=("u1",),
            length=Length(Unit.LAST_OFFSET, "offsets"),
            merge=Merge.RUNS,
            offsets="offsets",
        ),
    )


BLOBS = {name: _blob_set(name) for name in BLOB_NAMES}


# ---------------------------------------------------------------------- postings
# Positions are packed in bits.
IN_BITS = "bits"


def postings_set(
    name: str,
    key_dtype: str,
    *,
    stream: str = "",
    positions: str = "",
) -> PartSet:
    """Postings: sorted keys, and for each key rows of (document, count), optionally with positions.

    `positions` is the type of the positions, or IN_BITS: each takes as many bits as the largest of
    them needs (bits.py). A row has one byte; what does not fit stands in lists (rows.py).
    """
    declared = [
        ("keys", "{}.k", key_dtype, ANY_LENGTH),
        ("starts", "{}.p", "<u4", ONE_A_KEY),
        ("rows", "{}.r", "u1", Length(Unit.LAST_OFFSET, "starts")),
        ("skip_starts", "{}.wp", "<u4", ONE_A_KEY),
        ("wide_skips", "{}.ws", "<u2", Length(Unit.LAST_OFFSET, "skip_starts")),
        ("extra_starts", "{}.wx", "<u4", ONE_A_KEY),
        ("wide_extras", "{}.we", "<u4", Length(Unit.LAST_OFFSET, "extra_starts")),
    ]
    if positions:
        declared.append(("position_starts", "{}.x", "<u4", ONE_A_KEY))
    if positions == IN_BITS:
        length = Length(
            Unit.LAST_OFFSET_IN_BITS, "position_starts", width="position_width"
        )
        declared.append(("position_width", "{}.qw", "u1", ONE_VALUE))
        declared.append(("positions", "{}.q", "u1", length))
    elif positions:
        length = Length(Unit.LAST_OFFSET, "position_starts")
        declared.append(("positions", "{}.q", positions, length))
    rows = tuple(
        PartRow(key, pattern, (dtype,), length, Merge.BY_KEYS)
        for key, pattern, dtype, length in declared
    )
    return PartSet(
        name=name,
        kind=Kind.POSTINGS,
        rows=rows,
        stream=stream,
    )


# The key of a word is its hash, with the number of the ranked field in the lowest two bits.
WORDS = postings_set("words", "<u8")
# The same with positions, which count words: an index has them by a setting of its own, for phrases
# in stock Whoosh. A long report has more than 65,536 words.
WORD_POSITIONS = postings_set("words", "<u8", positions="<u4")


# ---------------------------------------------------------------------- texts
# the UTF-16 units of all texts joined, one NUL behind each text
UNITS_ROW = PartRow(
    key="units",
    pattern="{}.u",
    dtypes=("<u2",),
    length=Length(Unit.LAST_OFFSET, "offsets"),
    merge=Merge.RUNS,
    offsets="offsets",
)
# the packed rows of each text's OffsetMap
MAP_ROWS = (
    PartRow(
        key="map_offsets",
        pattern="{}.so",
        dtypes=("<u4",),
        length=Length(Unit.PART, "offsets"),
        merge=Merge.OFFSETS,
    ),
    PartRow(
        key="maps",
        pattern="{}.s",
        dtypes=("u1",),
        length=Length(Unit.LAST_OFFSET, "map_offsets"),
        merge=Merge.RUNS,
        offsets="map_offsets",
    ),
)
# text and first unit of each piece behind the first of a long text
PIECE_ROWS = (
    PartRow(
        key="piece_texts",
        pattern="{}.xd",
        dtypes=("<u2",),
        length=ANY_LENGTH,
        merge=Merge.PIECES,
        leads=True,
    ),
    PartRow(
        key="piece_starts",
        pattern="{}.xo",
        dtypes=("<u4",),
        length=Length(Unit.PART, "piece_texts"),
        merge=Merge.PIECES,
        leads=True,
    ),
)
# 𠮷 takes two units: units minus low surrogates before a place are characters
LOW_SURROGATES_ROW = PartRow(
    key="low_surrogates",
    pattern="{}.low",
    dtypes=("<u4",),
    length=ANY_LENGTH,
    merge=Merge.POSITIONS,
)


def _text_rows(offsets_length: Length) -> tuple[PartRow, ...]:
    """The rows of a stream; what is declared is also the order in the file."""
    offsets_row = PartRow(
        key="offsets",
        pattern="{}.off",
        dtypes=("<u4",),
        length=offsets_length,
        merge=Merge.OFFSETS,
        leads=True,
    )
    return (
        UNITS_ROW,
        offsets_row,
        *MAP_ROWS,
        *PIECE_ROWS,
        LOW_SURROGATES_ROW,
    )


# A wording also has its document, and [start, end) of what was replaced: 規範性檔案 by 规范性文件.
WORDING_ROWS = (
    PartRow(
        key="documents",
        pattern="{}.doc",
        dtypes=("<u2",),
        length=ANY_LENGTH,
        merge=Merge.OWNERS,
    ),
    PartRow(
        key="block_starts",
        pattern="{}.bs",
        dtypes=("<u4",),
        length=ANY_LENGTH,
        merge=Merge.POSITIONS,
    ),
    PartRow(
        key="block_ends",
        pattern="{}.be",
        dtypes=("<u4",),
        length=Length(Unit.PART, "block_starts"),
        merge=Merge.END_POSITIONS,
    ),
)


def _text_set(name: str) -> PartSet:
    if name in WORDINGS:
        offsets_length = Length(Unit.PART, "documents", plus=1)
        rows = _text_rows(offsets_length) + WORDING_ROWS
    else:
        rows = _text_rows(DOCUMENT_OFFSETS)
    return PartSet(
        name=name,
        kind=Kind.TEXTS,
        rows=rows,
        stream=name,
    )


TEXTS = {name: _text_set(name) for name in (*STREAMS, *WORDINGS)}
# Postings of single units.
SINGLES = {
    name: postings_set(
        f"{name}.c",
        "<u2",
        stream=name,
    )
    for name in TEXTS
}
# Postings of two neighbouring units: the key is first << 16 | second.
PAIRS = {
    name: postings_set(
        f"{name}.g",
        "<u4",
        stream=name,
        positions=IN_BITS,
    )
    for name in TEXTS
}


# ---------------------------------------------------------------------- the whole pack
def _fixed() -> Iterator[PartSet]:
    yield ID_HASHES
    for name, texts in TEXTS.items():
        yield texts
        yield SINGLES[name]
        yield PAIRS[name]
    yield WORDS
    yield WORD_LENGTHS


BEFORE_COLUMNS = tuple(_fixed())
POSITIONS_PART = WORD_POSITIONS.part_name("positions")


def part_sets(names: Iterable[str]) -> Iterator[PartSet]:
    """Every set of a pack in the order of the file; `names` are the names of its parts.

    Facets and numbers are known by the names of their parts alone: a report brings its own.
    """
    names = tuple(names)
    for part_set in BEFORE_COLUMNS:
        has_positions = part_set is WORDS and POSITIONS_PART in names
        yield WORD_POSITIONS if has_positions else part_set
    for name in names:
        prefix, colon, column = name.partition(":")
        if colon and prefix == "f":
            yield facet_set(column)
        elif colon and prefix == "n":
            yield number_set(column)
    yield from BLOBS.values()


def arranged(arrays: Mapping[PartSet, Mapping[str, Array]]) -> dict[str, Array]:
    """The arrays of whole sets by part name, as they are written, in the order of the file."""
    columns = [
        part_set.part_name(part_set.rows[0].key)
        for part_set in arrays
        if part_set.rows[0].pattern in ("f:{}", "n:{}")
    ]
    if WORD_POSITIONS in arrays:
        columns.append(POSITIONS_PART)
    parts: dict[str, Array] = {}
    for part_set in part_sets(columns):
        parts.update(part_set.named(arrays[part_set]))
    return parts
