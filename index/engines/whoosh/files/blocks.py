"""Whoosh's posting lists (.pst), encoded by numpy: postings as arrays -> bytes and term infos.

    W3Bl | length (i4, negative: the last block) | pickle of the block's facts | pickle of its rows

The rows are a tuple: document numbers as differences, weights (None: all 1), values (four bytes a
count, None in fields that only say whether a word is there). Most words stand in few documents:
all lists of one length have one shape, and are made together as the rows of a matrix. Longer lists
are made one by one and deflated.
"""

from __future__ import annotations

import pickle
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.engines.shared.arrays import Array

__all__ = ["INFO_DTYPE", "TermRows", "encoded"]

MAGIC = b"W3Bl"
# Whoosh's own writer takes 128 rows; its readers take any number.
BLOCK_ROWS = 1_024
# Lists of up to so many rows are made as matrices: deflating would save little of them.
SMALL_ROWS = 8
DEFLATE_LEVEL = 3
# A shorter pickle becomes no smaller.
MIN_DEFLATED = 60
MAX_BYTE = 255

# What Whoosh's term dictionary says of a word (W3TermInfo), big-endian, 35 bytes.
INFO_DTYPE = np.dtype(
    [
        ("inlined", "u1"),
        ("weight", ">f4"),
        ("documents", ">u4"),
        ("min_length", "u1"),
        ("max_length", "u1"),
        ("max_weight", ">f4"),
        ("first", ">u4"),
        ("last", ">u4"),
        ("offset", ">i8"),
        ("size", ">i4"),
    ]
)
# The facts of a block: rows, last document, largest weight, compression, shortest and longest
# field length. Pickled by hand: M is an integer of two bytes, J of four, K of one.
FACTS_STRUCT = struct.Struct("<3scHcHcicBcBcB2s")
LENGTH_STRUCT = struct.Struct("!i")
# Bytes of those facts in a short list, whose numbers are small.
SMALL_FACTS = 18


@dataclass(frozen=True, slots=True)
class TermRows:
    """The rows of some words.

    The rows of word k are `starts[k]`..`starts[k + 1]`. `documents` rise within a word. `counts`
    (i64) is None where only presence is kept. `lengths` (u1) are the field lengths of the documents
    as Whoosh's bytes, a row each. `values` are encoded positions, a row each, or None.
    """

    starts: Array
    documents: Array
    counts: Array | None = None
    lengths: Array | None = None
    values: Sequence[bytes] | None = None


def encoded(
    rows: TermRows,
    offset: int,
) -> tuple[list[bytes], Array]:
    """The bytes of the lists, and an array of INFO_DTYPE; the first byte stands at `offset`.

    The lists do not stand in the order of their words: the term infos say where each is.
    """
    infos = np.zeros(len(rows.starts) - 1, INFO_DTYPE)
    if not len(infos):
        return [], infos
    facts = _Facts(rows)
    facts.fill(infos)
    pieces: list[bytes] = []
    is_small = facts.sizes <= SMALL_ROWS
    is_small &= facts.max_count <= MAX_BYTE
    if rows.values is not None:
        is_small[:] = False
    for size in np.unique(facts.sizes[is_small]).tolist():
        of_size = is_small & (facts.sizes == size)
        for all_one in (True, False):
            words = np.flatnonzero(of_size & ((facts.max_count == 1) == all_one))
            if not len(words):
                continue
            lists = _small_lists(rows, facts, words, all_one=all_one)
            width = lists.shape[1]
            infos["offset"][words] = offset + width * np.arange(len(words))
            infos["size"][words] = width
            pieces.append(lists.tobytes())
            offset += lists.size
    for word, data in _large_lists(rows, facts, np.flatnonzero(~is_small)):
        infos["offset"][word] = offset
        infos["size"][word] = len(data)
        pieces.append(data)
        offset += len(data)
    return pieces, infos


class _Facts:
    """What is known of each word, computed for all at once."""

    def __init__(self, rows: TermRows) -> None:
        starts = rows.starts.astype(np.int64)
        self.starts = starts
        self.sizes = np.diff(starts)
        first_rows = starts[:-1]
        if rows.counts is None:
            self.weight = self.sizes
            self.max_count = np.ones(len(self.sizes), np.int64)
        else:
            self.weight = np.add.reduceat(rows.counts, first_rows)
            self.max_count = np.maximum.reduceat(rows.counts, first_rows)
        # fields that are not scored have no lengths
        self.min_length = np.zeros(len(self.sizes), "u1")
        self.max_length = self.min_length
        if rows.lengths is not None:
            self.min_length = np.minimum.reduceat(rows.lengths, first_rows)
            self.max_length = np.maximum.reduceat(rows.lengths, first_rows)
        self.first = rows.documents[first_rows]
        self.last = rows.documents[starts[1:] - 1]

    def fill(self, infos: Array) -> None:
        infos["weight"] = self.weight
        infos["documents"] = self.sizes
        infos["min_length"] = self.min_length
        infos["max_length"] = self.max_length
        infos["max_weight"] = self.max_count
        infos["first"] = self.first
        infos["last"] = self.last


# ---------------------------------------------------------------------- short lists
class _Matrix:
    """Lists of one shape, a row each, filled from left to right."""

    def __init__(
        self,
        count: int,
        width: int,
    ) -> None:
        self.bytes = np.empty((count, width), "u1")
        self.filled = 0

    def fixed(self, data: bytes) -> None:
        """The same bytes in every row."""
        self.columns(np.frombuffer(data, "u1").reshape(1, -1))

    def columns(self, values: Array) -> None:
        """Some bytes, those of each row its own."""
        behind = self.filled + values.shape[1]
        self.bytes[:, self.filled : behind] = values
        self.filled = behind

    def number(
        self,
        values: Array,
        dtype: str,
    ) -> None:
        """One number in each row."""
        width = np.dtype(dtype).itemsize
        column = np.ascontiguousarray(values.astype(dtype))
        self.columns(column.view("u1").reshape(-1, width))


def _small_lists(
    rows: TermRows,
    facts: _Facts,
    words: Array,
    *,
    all_one: bool,
) -> Array:
    """The lists of words that all have the same number of rows (bytes, a list a row)."""
    size = int(facts.sizes[words[0]])
    row_numbers = facts.starts[words][:, None] + np.arange(size)
    documents = _pickled_numbers(rows.documents[row_numbers])
    # None stands for weights that are all 1, and for values of a field that keeps none
    weights: Array = np.empty((len(words), 0), "u1")
    values = weights
    weights_head = b"N"
    values_head = b"N"
    if rows.counts is not None:
        counts = rows.counts[row_numbers]
        values = _big_endian(counts).reshape(len(words), -1)
        values_head = b"C" + bytes([4 * size])
        if not all_one:
            weights = counts
            weights_head = b"C" + bytes([size])
    columns = (documents, weights, values)
    width = sum(column.shape[1] for column in columns)
    # three bytes before the numbers of documents, one and two bytes behind them
    width += SMALL_FACTS + 3 + 1 + len(weights_head) + len(values_head) + 2
    matrix = _Matrix(len(words), len(MAGIC) + LENGTH_STRUCT.size + width)
    matrix.fixed(MAGIC + LENGTH_STRUCT.pack(-width))
    _fill_facts(matrix, facts, words, size)
    matrix.fixed(b"\x80\x03(")
    matrix.columns(documents)
    matrix.fixed(b"t" + weights_head)
    matrix.columns(weights)
    matrix.fixed(values_head)
    matrix.columns(values)
    matrix.fixed(b"\x87.")
    return matrix.bytes


def _fill_facts(
    matrix: _Matrix,
    facts: _Facts,
    words: Array,
    size: int,
) -> None:
    """The pickle of a block's facts: SMALL_FACTS bytes."""
    matrix.fixed(b"\x80\x02(K" + bytes([size]) + b"M")
    matrix.number(facts.last[words], "<u2")
    matrix.fixed(b"K")
    matrix.number(facts.max_count[words], "u1")
    # not deflated
    matrix.fixed(b"K\x00K")
    matrix.number(facts.min_length[words], "u1")
    matrix.fixed(b"K")
    matrix.number(facts.max_length[words], "u1")
    matrix.fixed(b"t.")


def _pickled_numbers(documents: Array) -> Array:
    """Numbers of documents, a list a row: the first as it is, then differences, each pickled."""
    numbers = documents.astype("<u2")
    numbers[:, 1:] -= numbers[:, :-1].copy()
    count, size = numbers.shape
    pickled = np.empty((count, size, 3), "u1")
    # M: an integer of two bytes
    pickled[:, :, 0] = ord("M")
    pickled[:, :, 1:] = numbers.view("u1").reshape(count, size, 2)
    return pickled.reshape(count, -1)


def _big_endian(counts: Array) -> Array:
    """Counts as Whoosh's Frequency format writes them: four bytes each."""
    return np.ascontiguousarray(counts.astype(">u4")).view("u1")


# ---------------------------------------------------------------------- long lists
def _large_lists(
    rows: TermRows,
    facts: _Facts,
    words: Array,
) -> Iterator[tuple[int, bytes]]:
    """(word, its list) of words with many rows."""
    for word in words.tolist():
        start = int(facts.starts[word])
        behind = int(facts.starts[word + 1])
        blocks = [MAGIC]
        for first in range(start, behind, BLOCK_ROWS):
            end = min(behind, first + BLOCK_ROWS)
            body = _facts_and_rows(
                rows,
                first,
                end,
                int(facts.min_length[word]),
                int(facts.max_length[word]),
            )
            is_last = end == behind
            size = -len(body) if is_last else len(body)
            blocks += (LENGTH_STRUCT.pack(size), body)
        yield word, b"".join(blocks)


def _facts_and_rows(
    rows: TermRows,
    start: int,
    end: int,
    min_length: int,
    max_length: int,
) -> bytes:
    documents = rows.documents[start:end]
    counts = None if rows.counts is None else rows.counts[start:end]
    max_count = 1 if counts is None else int(counts.max())
    data = b"\x80\x03" + _document_numbers(documents)
    data += _weights(counts, max_count) + _values(rows, counts, start, end)
    data += b"\x87."
    level = 0
    if len(data) > MIN_DEFLATED:
        data = zlib.compress(data, DEFLATE_LEVEL)
        level = DEFLATE_LEVEL
    facts = FACTS_STRUCT.pack(
        b"\x80\x02(",
        b"M",
        end - start,
        b"M",
        int(documents[-1]),
        b"J",
        max_count,
        b"K",
        level,
        b"K",
        min_length,
        b"K",
        max_length,
        b"t.",
    )
    return facts + data


def _document_numbers(documents: Array) -> bytes:
    """A pickled tuple: the first number as it is, then differences."""
    numbers = documents.astype("<u2")
    differences = numbers[1:] - numbers[:-1]
    first = b"(M" + numbers[:1].tobytes()
    if not len(differences):
        return first + b"t"
    if int(differences.max()) <= MAX_BYTE:
        pickled = np.full((len(differences), 2), ord("K"), "u1")
        pickled[:, 1] = differences
    else:
        pickled = np.full((len(differences), 3), ord("M"), "u1")
        pickled[:, 1:] = differences.view("u1").reshape(-1, 2)
    return first + pickled.tobytes() + b"t"


def _weights(
    counts: Array | None,
    max_count: int,
) -> bytes:
    """None where all are 1, else bytes: indexing them gives whole numbers."""
    if counts is None or max_count == 1:
        return b"N"
    if max_count <= MAX_BYTE:
        return _pickled_bytes(counts.astype("u1").tobytes())
    pickled = np.full((len(counts), 5), ord("J"), "u1")
    pickled[:, 1:] = counts.astype("<i4").view("u1").reshape(-1, 4)
    return b"(" + pickled.tobytes() + b"t"


def _values(
    rows: TermRows,
    counts: Array | None,
    start: int,
    end: int,
) -> bytes:
    if rows.values is not None:
        # without the two bytes of the protocol and the stop
        return pickle.dumps(tuple(rows.values[start:end]), 2)[2:-1]
    if counts is None:
        return b"N"
    return _pickled_bytes(_big_endian(counts).tobytes())


def _pickled_bytes(data: bytes) -> bytes:
    if len(data) <= MAX_BYTE:
        return b"C" + bytes([len(data)]) + data
    return b"B" + struct.pack("<I", len(data)) + data
