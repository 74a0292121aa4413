"""The first values of a facet, against sorting them all; and what a snapshot takes over from the
one before.
"""

from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.engines import whoosh as embedded
from index.engines.seam import EngineQuery, FacetCount, FacetRequest
from index.engines.shared import kernels
from index.engines.whoosh.reading.facets import _greatest
from tests.index.engines.samples import document


@pytest.mark.parametrize("choice", ["auto", "numpy"])
@pytest.mark.parametrize("most", [1, 3, 255, 40_000])
@pytest.mark.parametrize("values", [1, 20, 81, 3_000])
def test_the_greatest_counts_come_first_and_equal_ones_in_their_order(
    most: int, values: int, choice: str
) -> None:
    kernels.use(choice)
    rng = np.random.default_rng(most * values)
    for spread in (0.1, 1.0, 4.0):
        counts = (most * rng.random(values) ** (1 / spread)).astype(np.int64)
        for size in (1, 2, 20, 100):
            order = np.argsort(-counts, kind="stable")[:size]
            expected = [int(number) for number in order if counts[number]]
            numbers, greatest, positive = _greatest(counts, size)
            assert numbers == expected
            assert greatest == counts[expected].tolist()
            assert positive == np.count_nonzero(counts)


REGIONS = ("甲省", "甲省/乙市", "甲省/乙市/丙县", "甲省-", "甲省/丁市", "戊省/己市")


def put(folder: Path, rows: Iterable[tuple[str, str]]) -> None:
    writer = embedded.open_writer(folder, {})
    for name, region in rows:
        writer.put(
            replace(
                document(name, "文"),
                keywords={"region": tuple(region.split("/")), "agency": f"{region}局"},
            )
        )
    writer.commit()


def test_a_snapshot_that_takes_over_numbers_counts_as_one_that_is_opened_anew(
    tmp_path: Path,
) -> None:
    """Values come between, above, below and behind those that are known, others lose their last
    report.
    """
    rng = random.Random(7)
    asked = tuple(
        FacetRequest(name, 20, ("甲省", "无")) for name in ("region", "agency", "line")
    )
    put(tmp_path, [("r0", REGIONS[2])])
    engine = embedded.open_engine(tmp_path)
    for turn in range(1, 30):
        engine.search(EngineQuery(facets=asked[turn % 2 :]))
        put(
            tmp_path,
            [
                (f"r{rng.randrange(12)}", rng.choice(REGIONS))
                for _ in range(rng.choice((1, 1, 4)))
            ],
        )
        engine = engine.refreshed()
        opened = embedded.open_engine(tmp_path)
        assert (
            engine.search(EngineQuery(facets=asked)).facets
            == opened.search(EngineQuery(facets=asked)).facets
        )


def test_the_first_values_of_a_facet_are_of_no_report_from_before(
    tmp_path: Path,
) -> None:
    asked = EngineQuery(facets=(FacetRequest("line", 9),))
    put(tmp_path, [("r0", REGIONS[0])])
    engine = embedded.open_engine(tmp_path)
    assert engine.search(asked).facets[0].counts == ()
    writer = embedded.open_writer(tmp_path, {})
    writer.put(document("r1", "文", line="税务"))
    writer.commit()
    found = engine.refreshed().search(asked).facets[0]
    assert found.counts == (FacetCount("税务", 1),)


def test_a_numbering_keeps_no_segment_that_was_replaced(tmp_path: Path) -> None:
    asked = EngineQuery(facets=(FacetRequest("region", 9),))
    put(tmp_path, [("r0", REGIONS[0])])
    engine = embedded.open_engine(tmp_path)
    engine.search(asked)
    replaced = weakref.ref(engine.segments[0].segment)
    put(tmp_path, [("r0", REGIONS[1])])
    engine = engine.refreshed()
    engine.search(asked)
    gc.collect()
    assert replaced() is None
