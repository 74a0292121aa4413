"""What Whoosh's files hold of a segment: made from the arrays of its pack, its words, and what is
stored of each report.

The postings of words are those of the pack, whose keys are hashes of words. Which words those are
is known of fresh reports, and read from Whoosh's term dictionary where segments are merged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np
from whoosh.formats import Positions

from index.engines.shared.arrays import Array, run_lengths
from index.engines.shared.facet_paths import FacetPath
from index.engines.shared.hashes import word_keys
from index.engines.whoosh.files.blocks import (
    INFO_DTYPE,
    TermRows,
    encoded,
)
from index.engines.whoosh.files.schema import (
    DATES,
    FIGURES,
    KEYWORDS,
    MAX_YEAR,
    WORD_FIELDS,
    YEARS,
)
from index.engines.whoosh.files.segment_file import (
    POSTINGS_EXTENSION,
    STORED_COLUMN,
    TERMS_EXTENSION,
    bytes_column,
    bytes_of_column,
    column_extension,
    keyword_column,
    length_bytes,
    number_column,
    read_files,
    write_files,
)
from index.engines.whoosh.files.terms import (
    Field,
    read_terms,
    terms_file,
)
from index.engines.whoosh.storage.columns import facet_values, offsets_of
from index.engines.whoosh.storage.durable import Storage, crc_of
from index.engines.whoosh.storage.layout import (
    BLOBS,
    POSITIONS_PART,
    RANKED_FIELDS,
    WORD_LENGTHS,
    WORD_POSITIONS,
    WORDS,
    facet_set,
    number_set,
)
from index.engines.whoosh.storage.pack import REBUILD_HINT
from index.engines.whoosh.storage.rows import of_keys
from index.model.errors import IndexDamagedError

__all__ = [
    "FIELD_BITS",
    "WhooshPart",
    "as_term",
    "is_of_whoosh",
    "part_of_segment",
    "write_whoosh_part",
]

# The number of the ranked field in a word's key.
FIELD_BITS = np.uint64(3)
# Rows that are encoded at once, so that memory does not grow with the segment.
ROWS_AT_A_TIME = 1 << 19
# Name prefix of the arrays of a run that go into Whoosh's files and not into the pack.
WHOOSH_ARRAY_PREFIX = "whoosh."
UNKNOWN_FIGURE = np.uint64((1 << 64) - 1)
SIGN_BIT = np.uint64(1 << 63)
MAX_DAY = dt.date.max.toordinal()


def as_term(text: str) -> bytes:
    """A word or keyword as a term of Whoosh: always UTF-8, also where a surrogate stands alone."""
    return text.encode("utf-8", "backslashreplace")


def is_of_whoosh(name: str) -> bool:
    """Whether an array of a run belongs to its WhooshPart."""
    return name.startswith(WHOOSH_ARRAY_PREFIX)


@dataclass(frozen=True, slots=True)
class WhooshPart:
    """What only Whoosh's files hold of some reports.

    `keys` (sorted u64, the field's number left out) are those of `words`. `stored` are the stored
    fields of all reports as bytes, one behind another, `stored_lengths` how long each is.
    """

    keys: Array
    words: Sequence[bytes]
    stored: Array
    stored_lengths: Array

    def arrays(self) -> dict[str, Array]:
        """As arrays by name, for a run on disk. No word holds a NUL."""
        joined = b"".join(word + b"\0" for word in self.words)
        return {
            f"{WHOOSH_ARRAY_PREFIX}keys": self.keys,
            f"{WHOOSH_ARRAY_PREFIX}words": np.frombuffer(joined, "u1"),
            f"{WHOOSH_ARRAY_PREFIX}stored": self.stored,
            f"{WHOOSH_ARRAY_PREFIX}lengths": self.stored_lengths,
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """The part from those arrays."""
        joined = arrays[f"{WHOOSH_ARRAY_PREFIX}words"].tobytes()
        return cls(
            keys=arrays[f"{WHOOSH_ARRAY_PREFIX}keys"],
            words=joined.split(b"\0")[:-1],
            stored=arrays[f"{WHOOSH_ARRAY_PREFIX}stored"],
            stored_lengths=arrays[f"{WHOOSH_ARRAY_PREFIX}lengths"],
        )


def part_of_segment(
    folder: Path,
    segment: Any,
) -> WhooshPart:
    """The part of a complete segment, its file checked: damage is never copied on.

    Raises IndexDamagedError.
    """
    name = segment.make_filename(segment.COMPOUND_EXT)
    path = folder / name
    try:
        if crc_of(path) != segment.whoosh_files.get(name):
            raise IndexDamagedError(f"{path} is truncated or altered; {REBUILD_HINT}")
        stored_extension = column_extension(STORED_COLUMN)
        files = read_files(path, segment, (TERMS_EXTENSION, stored_extension))
    except FileNotFoundError as error:
        raise IndexDamagedError(
            f"{error.filename} is missing; {REBUILD_HINT}"
        ) from error
    terms = read_terms(files[TERMS_EXTENSION])
    fields = [terms[name] for name in WORD_FIELDS.values() if name in terms]
    words = sorted({word for field in fields for word in field.words})
    keys, words = _by_key(words)
    stored, lengths = bytes_of_column(
        files[stored_extension],
        segment.doc_count_all(),
    )
    return WhooshPart(keys, words, stored, lengths)


def _by_key(words: Sequence[bytes]) -> tuple[Array, list[bytes]]:
    keys = word_keys([word.decode("utf-8") for word in words])
    order = np.argsort(keys)
    return keys[order], [words[number] for number in order.tolist()]


# ---------------------------------------------------------------------- writing
def write_whoosh_part(
    storage: Storage,
    segment: Any,
    arrays: Mapping[str, Array],
    sources: Sequence[tuple[WhooshPart, Array]],
) -> None:
    """Write Whoosh's file of a new segment.

    `arrays` are those of its pack by part name, `sources` the parts that it is made of and the
    masks of their documents that are kept.
    """
    pack = _Arrays(arrays, segment.doc_count_all())
    words = _words(pack, sources)
    lists: list[bytes] = []
    fields = [*_encoded_words(pack, words, lists)]
    offset = sum(map(len, lists))
    fields += _encoded_keywords(dict(_keywords(pack)), lists, offset)
    columns = [*_columns(pack, sources)]
    files = [
        (TERMS_EXTENSION, [terms_file(fields)]),
        (POSTINGS_EXTENSION, lists),
        *((column_extension(name), [column]) for name, column in columns),
    ]
    segment._fieldlengths = pack.field_lengths()  # noqa: SLF001  as its own writer does
    write_files(storage, segment, files)


class _Arrays:
    """The arrays of a pack, as Whoosh's part is made of them."""

    def __init__(
        self,
        arrays: Mapping[str, Array],
        count: int,
    ) -> None:
        self.arrays = arrays
        self.count = count
        lengths = WORD_LENGTHS.picked(arrays)["lengths"]
        # one row a document, one column a ranked field
        self.lengths = lengths.reshape(-1, len(RANKED_FIELDS))
        self.length_bytes = length_bytes(self.lengths)
        # figures are asked for twice: as terms and as a column
        self.sortable: dict[str, Array] = {}

    def field_lengths(self) -> dict[str, int]:
        """How many words each field has in all documents together."""
        totals = self.lengths.sum(
            axis=0,
            dtype=np.int64,
        ).tolist()
        return dict(zip(WORD_FIELDS.values(), totals, strict=True))

    def facet(self, name: str) -> tuple[Array, list[FacetPath]]:
        """(an ordinal a document, the values); ordinal 0 is no value."""
        parts = facet_set(name).picked(self.arrays)
        if not parts:
            return np.zeros(self.count, np.int64), [()]
        return parts["ordinals"], facet_values(parts["values"])

    def has_number(self, name: str) -> bool:
        """Whether any document has this number."""
        part_set = number_set(name)
        return part_set.part_name("values") in self.arrays

    def figures(self, name: str) -> Array:
        """A figure as Whoosh's sortable number (u8): their order is that of the floats."""
        if name not in self.sortable:
            self.sortable[name] = _sortable(self.number(name))
        return self.sortable[name]

    def number(self, name: str) -> Array:
        """A number a document, NaN where it is unknown."""
        parts = number_set(name).picked(self.arrays)
        return parts["values"] if parts else np.full(self.count, np.nan)


# ---------------------------------------------------------------------- words
def _words(
    pack: _Arrays,
    sources: Sequence[tuple[WhooshPart, Array]],
) -> list[bytes]:
    """The word of each key of the pack's postings."""
    keys = np.concatenate([part.keys for part, _ in sources])
    joined: list[bytes] = [word for part, _ in sources for word in part.words]
    order = np.argsort(keys, kind="stable")
    wanted = WORDS.picked(pack.arrays)["keys"] & ~FIELD_BITS
    # the first of equal ones: one word has one key
    ranks = keys.searchsorted(wanted, sorter=order)
    return [joined[number] for number in order[ranks].tolist()]


def _encoded_words(
    pack: _Arrays,
    words: Sequence[bytes],
    lists: list[bytes],
) -> Iterator[Field]:
    """The fields of words; their posting lists are added to `lists`."""
    postings = WORDS.picked(pack.arrays)
    positions: Mapping[str, Array] = {}
    if POSITIONS_PART in pack.arrays:
        positions = WORD_POSITIONS.picked(pack.arrays)
    keys = postings["keys"]
    starts = postings["starts"].astype(np.int64)
    field_numbers = (keys & FIELD_BITS).astype(np.int64)
    infos = np.empty(len(keys), INFO_DTYPE)
    offset = 0
    for first, behind in _ranges(starts):
        rows = _word_rows(
            pack,
            postings,
            positions,
            field_numbers[first:behind],
            starts[first : behind + 1],
            first,
        )
        pieces, infos[first:behind] = encoded(rows, offset)
        lists += pieces
        offset += sum(map(len, pieces))
    for number, name in enumerate(WORD_FIELDS.values()):
        chosen = np.flatnonzero(field_numbers == number).tolist()
        chosen.sort(key=words.__getitem__)
        yield Field(name, [words[key] for key in chosen], infos[chosen])


def _ranges(starts: Array) -> Iterator[tuple[int, int]]:
    """Ranges of keys that have about ROWS_AT_A_TIME rows together."""
    first = 0
    count = len(starts) - 1
    while first < count:
        limit = starts[first] + ROWS_AT_A_TIME
        behind = max(first + 1, int(starts.searchsorted(limit, "right")) - 1)
        yield first, min(behind, count)
        first = behind


def _word_rows(
    pack: _Arrays,
    postings: Mapping[str, Array],
    positions: Mapping[str, Array],
    field_numbers: Array,
    starts: Array,
    first_key: int,
) -> TermRows:
    """The rows of some neighbouring words, the first of them `first_key`."""
    behind = first_key + len(starts) - 1
    documents, counts = of_keys(postings, first_key, behind)
    fields = np.repeat(field_numbers, np.diff(starts))
    values = None
    if positions:
        first_position = int(positions["position_starts"][first_key])
        values = _position_values(positions["positions"], counts, first_position)
    return TermRows(
        starts=starts - starts[0],
        documents=documents,
        counts=counts,
        lengths=pack.length_bytes[documents, fields],
        values=values,
    )


def _position_values(
    positions: Array,
    counts: Array,
    first: int,
) -> list[bytes]:
    """The positions of each row as Whoosh encodes them; those of the first row are at `first`."""
    bounds = first + offsets_of(counts)
    flat = positions[bounds[0] : bounds[-1]].tolist()
    encode: Callable[[Sequence[int]], bytes] = Positions().encode
    return [encode(flat[a:b]) for a, b in pairwise((bounds - first).tolist())]


# ---------------------------------------------------------------------- keywords
@dataclass(frozen=True, slots=True)
class _Keywords:
    """The terms of a field, sorted, and the documents of each."""

    terms: Sequence[bytes]
    rows: TermRows


def _grouped(
    terms: Sequence[bytes],
    numbers: Array,
    documents: Array,
) -> _Keywords:
    """Rows of (number of the term, document): sorted by term, then by document."""
    order = sorted(range(len(terms)), key=terms.__getitem__)
    ranks = np.empty(len(terms), np.int64)
    ranks[order] = np.arange(len(terms))
    # documents come sorted, and the sort is stable
    by_term = np.argsort(ranks[numbers], kind="stable")
    used, _ = run_lengths(ranks[numbers][by_term])
    ranked = ranks[numbers][by_term][used].tolist()
    return _Keywords(
        terms=[terms[order[rank]] for rank in ranked],
        rows=TermRows(
            starts=np.append(used, len(documents)),
            documents=documents[by_term],
        ),
    )


def _encoded_keywords(
    keywords: Mapping[str, _Keywords],
    lists: list[bytes],
    offset: int,
) -> Iterator[Field]:
    """The fields of keywords and numbers; their posting lists, from `offset` on, go to `lists`."""
    # all at once: in a small segment a call costs more than what it does
    documents = [field.rows.documents for field in keywords.values()]
    sizes = [np.diff(field.rows.starts) for field in keywords.values()]
    rows = TermRows(
        starts=offsets_of(np.concatenate(sizes)),
        documents=np.concatenate(documents),
    )
    pieces, infos = encoded(rows, offset)
    lists += pieces
    first = 0
    for name, field in keywords.items():
        behind = first + len(field.terms)
        yield Field(name, field.terms, infos[first:behind])
        first = behind


def _keywords(pack: _Arrays) -> Iterator[tuple[str, _Keywords]]:
    """(field, its terms) of every field that is no field of words."""
    everyone = np.arange(pack.count)
    yield "id", _grouped(_ids(pack), everyone, everyone)
    for name in KEYWORDS:
        numbers, paths = _keyword_values(pack, name)
        yield name, _with_prefixes(numbers, paths)
    for name in YEARS:
        yield name, _numbered(_year_column(pack, name), MAX_YEAR)
    # most small segments state few of the figures
    for name in filter(pack.has_number, FIGURES):
        yield name, _numbered(pack.figures(name), UNKNOWN_FIGURE)


def _ids(pack: _Arrays) -> list[bytes]:
    blob = BLOBS["id"].picked(pack.arrays)
    offsets = blob["offsets"].astype(np.int64).tolist()
    data = blob["data"].tobytes()
    ids = [data[a:b] for a, b in pairwise(offsets)]
    return [as_term(name.decode("utf-8", "surrogatepass")) for name in ids]


def _keyword_values(
    pack: _Arrays,
    name: str,
) -> tuple[Array, list[FacetPath]]:
    """(a number a document, the values); number 0 is no value."""
    if name not in DATES:
        return pack.facet(name)
    days = pack.number(name)
    is_known = (days >= 1) & (days <= MAX_DAY)
    distinct, numbers = np.unique(
        np.where(is_known, days, 0),
        return_inverse=True,
    )
    dates = [dt.date.fromordinal(int(day)).isoformat() for day in distinct if day]
    # where every day is known, there is no number for the unknown one
    shift = 0 if len(distinct) > len(dates) else 1
    return numbers + shift, [(), *((date,) for date in dates)]


def _with_prefixes(
    numbers: Array,
    paths: Sequence[FacetPath],
) -> _Keywords:
    """Each document stands under its path and under every path above it."""
    terms: dict[bytes, int] = {}
    rows: list[Array] = []
    documents: list[Array] = []
    deepest = max(map(len, paths), default=0)
    for depth in range(1, deepest + 1):
        term_of = np.full(len(paths), -1, np.int64)
        for number, path in enumerate(paths):
            if len(path) >= depth:
                term = as_term("/".join(path[:depth]))
                term_of[number] = terms.setdefault(term, len(terms))
        found = term_of[numbers]
        documents.append(np.flatnonzero(found >= 0))
        rows.append(found[documents[-1]])
    if not rows:
        return _grouped([], np.empty(0, np.int64), np.empty(0, np.int64))
    return _grouped([*terms], np.concatenate(rows), np.concatenate(documents))


def _numbered(
    column: Array,
    unknown: int | np.uint64,
) -> _Keywords:
    """The terms of a number: its bytes behind a zero, which says that none are left out."""
    documents = np.flatnonzero(column != unknown)
    distinct, numbers = np.unique(column[documents], return_inverse=True)
    width = column.dtype.itemsize
    data = distinct.astype(column.dtype.newbyteorder(">")).tobytes()
    starts = range(0, len(data), width)
    terms = [b"\0" + data[start : start + width] for start in starts]
    return _grouped(terms, numbers, documents)


# ---------------------------------------------------------------------- columns
def _columns(
    pack: _Arrays,
    sources: Sequence[tuple[WhooshPart, Array]],
) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every column.

    A column that is missing in one of several segments would shift the others in Whoosh, so that
    every segment has all of them.
    """
    for number, name in enumerate(WORD_FIELDS.values()):
        column = np.ascontiguousarray(pack.length_bytes[:, number])
        yield f"_{name}_len", number_column(column, 0)
    for name in KEYWORDS:
        numbers, paths = _keyword_values(pack, name)
        values = [as_term("/".join(path)) for path in paths]
        yield name, keyword_column(numbers, values)
    for name in YEARS:
        yield name, number_column(_year_column(pack, name), MAX_YEAR)
    for name in FIGURES:
        content = b""
        if pack.has_number(name):
            content = number_column(pack.figures(name), int(UNKNOWN_FIGURE))
        yield name, content
    yield STORED_COLUMN, _stored(sources)


def _year_column(
    pack: _Arrays,
    name: str,
) -> Array:
    """Years (u2)."""
    years = pack.number(name)
    is_known = (years >= 0) & (years < MAX_YEAR)
    return np.where(is_known, years, MAX_YEAR).astype("u2")


def _sortable(numbers: Array) -> Array:
    # a negative zero would be another number
    values = numbers.astype("<f8") + 0.0
    bits = values.view("<u8")
    is_negative = bits >= SIGN_BIT
    sortable = np.where(is_negative, ~bits, bits | SIGN_BIT)
    return np.where(np.isnan(values), UNKNOWN_FIGURE, sortable)


def _stored(sources: Iterable[tuple[WhooshPart, Array]]) -> bytes:
    """The stored fields of what is kept, copied as they are."""
    pieces: list[bytes] = []
    lengths: list[Array] = []
    for part, live in sources:
        kept = part.stored_lengths[live]
        lengths.append(kept)
        data = part.stored.tobytes()
        if live.all():
            pieces.append(data)
            continue
        offsets = offsets_of(part.stored_lengths).tolist()
        pieces += [
            data[offsets[number] : offsets[number + 1]]
            for number in np.flatnonzero(live).tolist()
        ]
    return bytes_column(b"".join(pieces), np.concatenate(lengths))
