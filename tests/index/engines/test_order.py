"""The first matches in order, against sorting them all."""

from __future__ import annotations

import numpy as np
import pytest

from index.engines.shared import kernels
from index.engines.whoosh.reading.page import MIN_GROUPED_KEYS, _best


@pytest.mark.parametrize(
    "kind", ["all different", "many equal", "all equal", "some nowhere"]
)
@pytest.mark.parametrize(
    "length",
    [
        3,
        50,
        MIN_GROUPED_KEYS - 1,
        MIN_GROUPED_KEYS,
        MIN_GROUPED_KEYS + 31,
        3 * MIN_GROUPED_KEYS,
    ],
)
def test_the_best_come_first_and_equal_ones_by_doc_id_hash(
    length: int, kind: str
) -> None:
    rng = np.random.default_rng(length)
    keys = {
        "all different": rng.random(length),
        "many equal": np.round(rng.random(length) * 9),
        "all equal": np.zeros(length),
        "some nowhere": np.where(
            rng.random(length) < 0.999, -np.inf, rng.random(length)
        ),
    }[kind]
    documents = np.sort(rng.choice(2 * length, length, replace=False))
    id_hashes = rng.permutation(2 * length).astype(np.uint64)
    for count in (1, 10, 40):
        expected = np.lexsort((id_hashes[documents], -keys))[:count]
        for choice in ("auto", "numpy"):
            kernels.use(choice)
            found = _best(keys, id_hashes, documents, count)
            assert found.tolist() == expected.tolist()


def test_a_page_deeper_than_the_groups_is_ordered_too() -> None:
    rng = np.random.default_rng(1)
    keys, documents = rng.random(MIN_GROUPED_KEYS), np.arange(MIN_GROUPED_KEYS)
    for count in (
        MIN_GROUPED_KEYS // 32 - 1,
        MIN_GROUPED_KEYS // 32,
        MIN_GROUPED_KEYS // 5,
        MIN_GROUPED_KEYS,
    ):
        expected = np.argsort(-keys)[:count].tolist()
        for choice in ("auto", "numpy"):
            kernels.use(choice)
            found = _best(keys, documents.astype(np.uint64), documents, count)
            assert found.tolist() == expected
