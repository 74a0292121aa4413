"""Numbers packed in bits come back, by numpy and by the compiled module, from the same bytes."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.engines.shared import kernels
from index.engines.shared.arrays import Array
from index.engines.whoosh.storage import bits

WIDTHS = st.integers(1, bits.LARGEST_WIDTH)


def plainly(numbers: list[int], width: int) -> bytes:
    """Each group of eight as one little-endian number, then what follows the last."""
    groups = [numbers[n : n + 8] for n in range(0, len(numbers), 8)]
    values = [sum(x << width * n for n, x in enumerate(group)) for group in groups]
    return b"".join(x.to_bytes(width, "little") for x in values) + bytes(bits.BEHIND)


def packed(pieces: list[Array], width: int) -> Array:
    return np.concatenate([*bits.all_in_bits(pieces, width)])


@pytest.mark.parametrize("choice", ["auto", "numpy"])
@given(width=WIDTHS, data=st.data())
def test_numbers_come_back(choice: str, width: int, data: st.DataObject) -> None:
    kernels.use(choice)
    drawn = data.draw(st.lists(st.integers(0, (1 << width) - 1), max_size=70))
    numbers = np.array(drawn, np.uint16)
    made = packed([numbers], width)
    assert made.dtype == np.uint8
    assert made.tobytes() == plainly(drawn, width)
    assert len(made) == bits.bytes_of(len(drawn), width)
    start = data.draw(st.integers(0, len(drawn)))
    end = data.draw(st.integers(start, len(drawn)))
    asked: list[tuple[int, int]] = []

    def piece(first: int, behind: int) -> Array:
        asked.append((first, behind))
        return made[first:behind]

    found = bits.from_bits(piece, width, start, end)
    assert found.dtype == np.uint16
    assert found.tolist() == drawn[start:end]
    # no more is read than the groups of these numbers, and what follows them
    assert len(asked) == 1
    assert asked[0][1] - asked[0][0] <= bits.bytes_of(end - start + 14, width)


@pytest.mark.parametrize("choice", ["auto", "numpy"])
def test_pieces_join(choice: str) -> None:
    kernels.use(choice)
    numbers = np.arange(100, dtype=np.uint16)
    pieces = [numbers[:16], numbers[16:96], numbers[96:]]
    assert packed(pieces, 7).tolist() == packed([numbers], 7).tolist()
    assert packed([], 7).tolist() == [0] * bits.BEHIND


def test_the_width_is_the_least_that_holds_the_largest() -> None:
    largest = [0, 1, 2, 3, 4, 255, 256, 4095, 4096, 65_535]
    assert [*map(bits.width_of, largest)] == [1, 1, 2, 2, 3, 8, 9, 12, 13, 16]


@pytest.fixture
def module() -> ModuleType:
    if kernels.compiled is None:
        pytest.skip("the compiled module is not there: install a C compiler")
    return kernels.compiled


def test_numbers_outside_are_refused(module: ModuleType) -> None:
    data = packed([np.arange(9, dtype=np.uint16)], 5)
    assert len(module.unpack_bits(data, 5, 0, 16)) == 32
    for first, count in [(0, 17), (16, 1), (17, 0), (-1, 1), (0, -1), (2**62, 2**62)]:
        with pytest.raises(IndexError, match="outside"):
            module.unpack_bits(data, 5, first, count)
    # three bytes have to follow
    with pytest.raises(IndexError, match="outside"):
        module.unpack_bits(data[:-1], 5, 0, 16)
    for width in (0, 17, -3):
        with pytest.raises(ValueError, match="bits"):
            module.unpack_bits(data, width, 0, 1)
        with pytest.raises(ValueError, match="bits"):
            module.pack_bits(np.zeros(1, np.uint16), width)
    with pytest.raises(TypeError, match="bytes"):
        module.pack_bits(np.zeros(1, np.uint8), 5)
