"""A worker process that ends while it reads: nothing of what was under way is lost."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from index.model.settings import Settings
from indexer.build import Tally, build

# Batches have 32: two of short reports, and a long one that is still read when they are done.
SHORT_COUNT = 64
LONG_COUNT = 1
COUNT = SHORT_COUNT + LONG_COUNT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number in range(COUNT):
        name = f"衡阳市教育局{2009 + number % 15}年政府信息公开工作年度报告"
        sentence = f"本局主动公开政府信息{number}条，及时回应社会关切。\n"
        repeats = 3 if number < SHORT_COUNT else 10_000
        text = f"{name}\n\n{sentence * repeats}"
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return folder


def test_what_a_dead_worker_had_is_read_again(tmp_path: Path, folder: Path) -> None:
    killed: list[int | None] = []

    def kill_once(tally: Tally) -> None:
        if tally.added != SHORT_COUNT:
            return
        for worker in multiprocessing.active_children():
            worker.kill()
            killed.append(worker.pid)

    settings = Settings(index=tmp_path / "index", jobs=2)
    tally = build([folder], settings, progress=kill_once)
    assert killed
    assert tally.skipped == []
    assert (tally.added, tally.reports) == (COUNT, COUNT)
