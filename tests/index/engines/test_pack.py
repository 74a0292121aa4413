"""The pack: what is read is summed first, block by block, and damage elsewhere does no harm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.engines.whoosh.storage.pack import (
    ALIGNMENT,
    BLOCK,
    HEADER_BYTES,
    Pack,
    PackWriter,
    Part,
)
from index.model.errors import IndexDamagedError, IndexStaleError

# Numbers of four bytes that fill five blocks.
COUNT = 5 * BLOCK // 4


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    with PackWriter(tmp_path / "a.arr", "owner") as writer:
        writer.add("little", np.arange(3, dtype="<u2"))
        writer.add("big", np.arange(COUNT, dtype="<u4"))
        spool = writer.spool("<u4")
        for at in range(0, 1000, 100):
            spool.append(np.arange(at, at + 100))
        writer.copy("grown", spool)
        writer.add("none", np.arange(0, dtype="<u8"))
        directory = writer.finish()
    return tmp_path / "a.arr", directory


def damaged(made: tuple[Path, dict[str, Any]], at: int) -> Pack:
    path, directory = made
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    return Pack(path, "owner", directory)


def test_what_is_written_is_read(made: tuple[Path, dict[str, Any]]) -> None:
    pack = Pack(made[0], "owner", made[1])
    assert list(pack.names()) == ["little", "big", "grown", "none"]
    assert pack.array("little").tolist() == [0, 1, 2]
    assert pack.array("none").tolist() == []
    assert pack.array("big").tolist() == list(range(COUNT))
    assert pack.array("grown").tolist() == list(range(1000))
    assert "big" in pack
    assert "nothing" not in pack
    assert all(offset % ALIGNMENT == 0 for _, _, offset in made[1]["parts"].values())


READS: list[Callable[[Part, int], object]] = [
    lambda part, at: part.slice(at, at + 1),
    lambda part, at: part.slice(at - 1, at + 1),
    lambda part, at: part.take(np.array([at])),
    lambda part, at: part.take(np.array([5, at, 9])),
    lambda part, at: part.take(np.array([at - 7]), 7),
    lambda part, at: part.take(np.array([at + 7]), -7),
    lambda part, _: part.whole(),
]


@pytest.mark.parametrize("read", range(len(READS)))
@pytest.mark.parametrize("block", [1, 3, 4])
def test_a_damaged_block_is_told_when_it_is_read(
    made: tuple[Path, dict[str, Any]], read: int, block: int
) -> None:
    start = made[1]["parts"]["big"][2]
    at = (block * BLOCK - start) // 4 + 20
    pack = damaged(made, start + 4 * at)
    part = pack.part("big")
    assert part.take(np.array([0, 1])).tolist() == [0, 1]
    assert part.slice(2, 4).tolist() == [2, 3]
    with pytest.raises(
        IndexDamagedError,
        match=rf"damaged at byte {block * BLOCK} to {(block + 1) * BLOCK} \(big\)",
    ):
        READS[read](part, at)


def test_only_what_is_read_is_summed(made: tuple[Path, dict[str, Any]]) -> None:
    pack = damaged(made, made[1]["parts"]["big"][2] + 4 * (2 * BLOCK // 4))
    part = pack.part("big")
    last = BLOCK // 4 - (made[1]["parts"]["big"][2] // 4) - 1
    assert part.slice(0, last + 1)[-1] == last
    assert pack.checked.tolist() == [True, False, False, False, False, False]
    assert part.take(np.array([last + 1]))[0] == last + 1
    assert pack.checked.tolist() == [True, True, False, False, False, False]
    with pytest.raises(IndexDamagedError):
        pack.arrays()


def test_when_all_is_summed_nothing_is_summed_again(
    made: tuple[Path, dict[str, Any]],
) -> None:
    pack = Pack(made[0], "owner", made[1])
    assert not pack.sound
    pack.verify_all()
    assert pack.sound


def test_summing_stops_when_it_is_told(made: tuple[Path, dict[str, Any]]) -> None:
    pack = Pack(made[0], "owner", made[1])
    pack.verify_all(lambda: True)
    assert not pack.checked.any()


@pytest.mark.parametrize("at", [0, HEADER_BYTES - 1])
def test_a_header_of_another_segment_is_refused(
    made: tuple[Path, dict[str, Any]], at: int
) -> None:
    with pytest.raises(IndexDamagedError, match="belongs to another segment"):
        damaged(made, at)


def test_what_does_not_fit_its_directory_is_refused(
    made: tuple[Path, dict[str, Any]],
) -> None:
    path, directory = made
    with pytest.raises(IndexDamagedError, match="lost its checksums"):
        damaged(made, directory["size"] - 1)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamagedError, match="another length"):
        Pack(path, "owner", directory)
    with pytest.raises(IndexStaleError, match="another format"):
        Pack(path, "owner", {**directory, "version": directory["version"] + 1})
