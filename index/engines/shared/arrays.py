"""The type of arrays, and runs of equal values in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "run_lengths"]

Array = npt.NDArray[Any]


def run_lengths(sorted_values: Array) -> tuple[Array, Array]:
    """Where each run of equal values starts, and how long it is.

    >>> starts, lengths = run_lengths(np.array([3, 3, 5]))
    >>> starts.tolist(), lengths.tolist()
    ([0, 2], [2, 1])
    """
    if not len(sorted_values):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    differs = sorted_values[1:] != sorted_values[:-1]
    starts = np.flatnonzero(np.concatenate(([True], differs)))
    lengths = np.diff(np.append(starts, len(sorted_values)))
    return starts, lengths
