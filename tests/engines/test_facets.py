"""The first values of a facet, against sorting them all."""

from __future__ import annotations

import numpy as np
import pytest

from index.engines.whoosh.facets import HIGH, _greatest


@pytest.mark.parametrize("most", [1, 3, HIGH - 1, HIGH, HIGH + 1, 40_000])
@pytest.mark.parametrize("values", [1, 20, 81, 3_000])
def test_the_greatest_counts_come_first_and_equal_ones_in_their_order(most: int, values: int) -> None:
    rng = np.random.default_rng(most * values)
    for spread in (0.1, 1.0, 4.0):
        counts = (most * rng.random(values) ** (1 / spread)).astype(np.int64)
        for size in (1, 2, 20, 100):
            expected = np.argsort(-counts, kind="stable")[:size]
            assert _greatest(counts, size).tolist() == expected.tolist()
