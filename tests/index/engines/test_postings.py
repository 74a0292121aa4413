"""Merging postings is held against inverting all that is kept at once, part by part."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from index.engines.shared.arrays import Array
from index.engines.whoosh.storage import pack as pack_file
from index.engines.whoosh.storage import postings
from index.engines.whoosh.storage import rows as packing
from index.engines.whoosh.storage.layout import IN_BITS, PartSet, postings_set
from index.engines.whoosh.storage.pack import Pack, PackWriter
from index.engines.whoosh.storage.postings import postings_of
from index.engines.whoosh.writing import merge_postings as merging
from index.engines.whoosh.writing.merge_postings import merge_postings
from index.model.errors import IndexDamagedError

# (key, document, positions), sorted.
Rows = list[tuple[int, int, list[int]]]


def drawn(rng: random.Random, documents: int) -> Rows:
    chosen = [
        (key, d)
        for key in range(rng.randint(1, 9))
        for d in range(documents)
        if rng.random() < 0.4
    ]
    return [
        (key, d, [rng.randrange(50) for _ in range(rng.randint(1, 5))])
        for key, d in chosen
    ]


# No positions, each in four bytes, and in as many bits as the largest needs.
POSITIONS = ["", "<u4", IN_BITS]


def part_set(positioned: str) -> PartSet:
    return postings_set("x", "<u4", positions=positioned)


def parts(rows: Rows, positioned: str) -> dict[str, Array]:
    keys, documents = (
        np.array([k for k, _, _ in rows], "<u4"),
        np.array([d for _, d, _ in rows], np.int64),
    )
    positions = (
        np.array([p for _, _, each in rows for p in each], np.int64)
        if positioned
        else None
    )
    counts = np.array([len(p) for _, _, p in rows], np.int64)
    arrays = postings_of(
        keys, documents, counts, positions, in_bits=positioned == IN_BITS
    )
    return dict(part_set(positioned).named(arrays))


@pytest.mark.parametrize("positioned", POSITIONS)
@pytest.mark.parametrize(
    "crossed",
    [True, False],
    ids=["pieces of long texts stand behind all texts", "in order"],
)
@pytest.mark.parametrize("seed", range(12))
def test_merged_is_inverted_at_once(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    seed: int,
    positioned: str,
    *,
    crossed: bool,
) -> None:
    rng = random.Random(seed)
    monkeypatch.setattr(packing, "LARGEST_NARROW", 2)
    # eight positions of two bytes, so that they are packed in several pieces
    monkeypatch.setattr(pack_file, "COPY_BYTES", 16)
    monkeypatch.setattr(merging, "ROWS_AT_A_TIME", rng.choice([1, 9, 1000]))
    sources, whole, base = [], [], 0
    for _ in range(rng.randint(1, 5)):
        documents = rng.randint(1, 6)
        numbers = [base + d for d in range(documents)]
        base += documents
        if crossed:
            numbers[-1] += 1000
        if rng.random() < 0.5:
            numbers[rng.randrange(documents)] = -1
        rows = drawn(rng, documents)
        sources.append((parts(rows, positioned), np.array(numbers)))
        whole += [
            (key, numbers[d], positions)
            for key, d, positions in rows
            if numbers[d] >= 0
        ]
    with PackWriter(tmp_path / "pack", "x") as out:
        merge_postings(out, part_set(positioned), sources)
        pack = Pack(tmp_path / "pack", "x", out.finish())
    wanted = parts(sorted(whole, key=lambda row: row[:2]), positioned)
    assert sorted(pack.names()) == sorted(wanted)
    for name, array in wanted.items():
        assert (pack.array(name).dtype, pack.array(name).tolist()) == (
            array.dtype,
            array.tolist(),
        ), name


@pytest.mark.parametrize("positioned", POSITIONS)
def test_keys_that_are_missing_have_no_number_and_no_rows(
    tmp_path: Path, positioned: str
) -> None:
    rows: Rows = [(3, 0, [1]), (3, 2, [4, 9]), (7, 1, [5])]
    declared = part_set(positioned)
    with PackWriter(tmp_path / "pack", "x") as out:
        for name, array in parts(rows, positioned).items():
            out.add(name, array)
        pack = Pack(tmp_path / "pack", "x", out.finish())
    opened = postings.Postings(pack, declared)
    assert [opened.find_one(key) for key in range(9)] == [-1] * 3 + [0] + [-1] * 3 + [
        1,
        -1,
    ]
    found = opened.find(np.array([7, 3], "<u4"))
    assert found is not None
    assert found.tolist() == [1, 0]
    assert opened.find(np.array([7, 4], "<u4")) is None
    assert opened.find(np.array([8], "<u4")) is None
    asked = np.array([0, 3, 5, 7, 8], "<u4")
    assert opened.frequencies(asked).tolist() == [0, 2, 0, 1, 0]
    assert opened.span(0, 1) == (0, 2)
    first, second = opened.rows(0, 1), opened.rows(1, 2)
    assert first.documents.tolist() == [0, 2]
    assert first.counts.tolist() == [1, 2]
    assert second.documents.tolist() == [1]
    assert (first.start, first.end) == ((0, 3) if positioned else (0, 0))
    assert (second.start, second.end) == ((3, 4) if positioned else (0, 0))
    if positioned == IN_BITS:
        assert opened.position_width == 4
        assert opened.positions_between(first.start, first.end).tolist() == [1, 4, 9]
        assert opened.positions_between(second.start, second.end).tolist() == [5]


@pytest.mark.parametrize("width", [0, 17])
def test_an_impossible_width_is_damage(tmp_path: Path, width: int) -> None:
    arrays = parts([(3, 0, [1])], IN_BITS)
    arrays["x.qw"] = np.array([width], "u1")
    with PackWriter(tmp_path / "pack", "x") as out:
        for name, array in arrays.items():
            out.add(name, array)
        pack = Pack(tmp_path / "pack", "x", out.finish())
    with pytest.raises(IndexDamagedError, match="width"):
        postings.Postings(pack, part_set(IN_BITS))
