"""Numbers of a few bits each, one behind the other: eight of them take `width` bytes.

Number n has the bits n * width and up of the bytes read as one little-endian number. The last group
of eight is filled up with zeros, and `BEHIND` bytes follow it, so that any number can be read with
the three bytes behind its first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from index.engines.shared import kernels
from index.engines.shared.arrays import Array

__all__ = ["LARGEST_WIDTH", "all_in_bits", "bytes_of", "from_bits", "width_of"]

GROUP = 8
LARGEST_WIDTH = 16
BEHIND = 3


def width_of(largest: int) -> int:
    """How many bits hold every number from 0 to `largest` (at most 65,535); at least 1."""
    return max(1, largest.bit_length())


def bytes_of(
    count: int,
    width: int,
) -> int:
    """How many bytes `count` numbers of `width` bits take.

    >>> bytes_of(9, 12)
    27
    """
    groups = -(-count // GROUP)
    return groups * width + BEHIND


def all_in_bits(
    pieces: Iterable[Array],
    width: int,
) -> Iterator[Array]:
    """The bytes (u1) of the numbers (u16) of all pieces, in pieces.

    Each piece but the last has a multiple of eight numbers.
    """
    for numbers in pieces:
        yield _in_bits(numbers, width)
    yield np.zeros(BEHIND, np.uint8)


def _in_bits(
    numbers: Array,
    width: int,
) -> Array:
    """The bytes (u1) of the groups of some numbers (u16) that have at most `width` bits."""
    if kernels.compiled is not None:
        flat = np.ascontiguousarray(numbers, np.uint16)
        return np.frombuffer(kernels.compiled.pack_bits(flat, width), np.uint8)
    groups = -(-len(numbers) // GROUP)
    padded = np.zeros((groups, GROUP), np.uint16)
    padded.ravel()[: len(numbers)] = numbers
    packed = np.zeros((groups, width), np.uint8)
    for byte in range(width):
        for number in range(GROUP):
            shift = number * width - 8 * byte
            if -width < shift < 8:
                packed[:, byte] |= _shifted(padded[:, number], shift).astype(np.uint8)
    return packed.ravel()


def from_bits(
    piece: Callable[[int, int], Array],
    width: int,
    start: int,
    end: int,
) -> Array:
    """The numbers `start`..`end` (u16). `piece` gives bytes (u1) of all that `in_bits` made."""
    first_group = start // GROUP
    behind = -(-end // GROUP)
    data = piece(first_group * width, behind * width + BEHIND)
    skipped = start - first_group * GROUP
    if kernels.compiled is not None:
        found = kernels.compiled.unpack_bits(data, width, skipped, end - start)
        return np.frombuffer(found, np.uint16)
    packed = data[:-BEHIND].reshape(-1, width).astype(np.uint16)
    numbers = np.zeros((len(packed), GROUP), np.uint16)
    for number in range(GROUP):
        for byte in range(width):
            shift = 8 * byte - number * width
            if -8 < shift < width:
                numbers[:, number] |= _shifted(packed[:, byte], shift)
    numbers &= np.uint16((1 << width) - 1)
    return numbers.ravel()[skipped : skipped + end - start]


def _shifted(
    numbers: Array,
    shift: int,
) -> Array:
    """Numbers shifted up, or down where `shift` is negative."""
    shifted: Array = numbers << shift if shift >= 0 else numbers >> -shift
    return shifted
