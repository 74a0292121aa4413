"""Rows of postings come back as they were packed, by numpy and by the compiled module."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.engines.shared import kernels
from index.engines.shared.arrays import Array
from index.engines.whoosh.storage import rows
from index.engines.whoosh.storage.layout import postings_set
from index.model.errors import IndexDamagedError

# Documents that follow each other and that are far apart, and counts on both sides of four bits.
DOCUMENTS = st.one_of(
    st.integers(0, 40), st.integers(0, 65_535), st.sampled_from([0, 14, 15, 16, 65_535])
)
COUNTS = st.one_of(
    st.integers(1, 20), st.sampled_from([15, 16, 17, 255, 256, 65_536, 2**32])
)
LISTS = st.lists(st.dictionaries(DOCUMENTS, COUNTS, min_size=1), max_size=6)

Lists = list[dict[int, int]]


def columns(lists: Lists) -> tuple[Array, Array, Array]:
    """Documents, counts and starts of some keys, each a dict of document -> count."""
    flat = [row for one in lists for row in sorted(one.items())]
    documents = np.array([document for document, _ in flat], np.int64)
    counts = np.array([count for _, count in flat], np.int64)
    starts = np.append(0, np.cumsum([len(one) for one in lists], dtype=np.int64))
    return documents, counts, starts


def as_written(lists: Lists) -> dict[str, Array]:
    """The parts of a postings set, by key, in the types of the file."""
    documents, counts, starts = columns(lists)
    keys = np.arange(len(lists))
    arrays = {"keys": keys, "starts": starts, **rows.packed(documents, counts, starts)}
    declared = postings_set("x", "<u4")
    return {row.key: row.cast(arrays[row.key]) for row in declared.rows}


@pytest.mark.parametrize("choice", ["auto", "numpy"])
@given(lists=LISTS, data=st.data())
def test_rows_come_back(choice: str, lists: Lists, data: st.DataObject) -> None:
    kernels.use(choice)
    arrays = as_written(lists)
    assert rows.agree(arrays)
    assert rows.occurrences(arrays).tolist() == [sum(x.values()) for x in lists]
    first = data.draw(st.integers(0, len(lists)))
    last = data.draw(st.integers(first, len(lists)))
    found = rows.of_keys(arrays, first, last)
    documents, counts, _ = columns(lists[first:last])
    assert [x.tolist() for x in found] == [documents.tolist(), counts.tolist()]
    assert [x.dtype for x in found] == [np.uint16, np.int64]


def test_most_rows_have_a_byte_alone() -> None:
    arrays = as_written([{14: 15, 29: 1}, {0: 1}])
    assert arrays["rows"].tolist() == [0xEE, 0xE0, 0x00]
    assert not len(arrays["wide_skips"])
    assert not len(arrays["wide_extras"])
    arrays = as_written([{0: 1}, {15: 16}])
    assert arrays["rows"].tolist() == [0x00, 0xFF]
    assert arrays["wide_skips"].tolist() == [15]
    assert arrays["wide_extras"].tolist() == [15]
    assert (
        arrays["skip_starts"].tolist() == arrays["extra_starts"].tolist() == [0, 0, 1]
    )


@pytest.mark.parametrize("choice", ["auto", "numpy"])
@pytest.mark.parametrize("part", ["wide_skips", "wide_extras"])
def test_wide_numbers_that_do_not_belong_are_damage(choice: str, part: str) -> None:
    kernels.use(choice)
    arrays = as_written([{0: 1, 20: 30}])
    starts = {"wide_skips": "skip_starts", "wide_extras": "extra_starts"}[part]
    numbers: list[int]
    for numbers in ([], arrays[part].tolist() * 2):
        altered = {
            part: np.array(numbers, arrays[part].dtype),
            starts: np.array([0, len(numbers)], np.uint32),
        }
        assert not rows.agree(arrays | altered)
        with pytest.raises(IndexDamagedError, match="wide"):
            rows.of_keys(arrays | altered, 0, 1)
