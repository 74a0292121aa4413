"""A writer that is killed at any moment leaves the old reports or the new ones, all of them."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from tests.cluster import writing
from tests.cluster.conftest import Sizes, assert_whole
from tests.conftest import ROOT
from tests.index.engines import cluster as served

pytestmark = [*served.MARKS, pytest.mark.slow]

REPORT_COUNT = 150


@dataclass
class Round:
    """A writer that was started and killed, or left to end."""

    seconds: float
    committed: bool


def run_writer(
    alias: str, version: int, *, rebuild: bool, delay: float | None = None
) -> Round:
    """Start a writer; kill it so many seconds after it began, or let it end."""
    words = [alias, str(version), str(REPORT_COUNT), str(int(rebuild))]
    command = [sys.executable, "-m", "tests.cluster.writing", *words]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        began = time.monotonic()
        if delay is not None:
            time.sleep(delay)
            child.kill()
        told = child.stdout.read()
    seconds = time.monotonic() - began
    assert child.returncode in (0, -9), "the writer failed by itself"
    return Round(seconds, "committed" in told)


@pytest.mark.parametrize("rebuild", [False, True])
def test_old_or_new_and_whole(
    sizes: Sizes, rebuild: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = random.Random(19 + rebuild)
    place = served.new_place(shards=3)
    engine = served.opensearch()
    assert run_writer(place.alias, 1, rebuild=False).committed
    known = 2
    typical = run_writer(place.alias, known, rebuild=rebuild).seconds
    old = new = 0
    # versions whose last request may still be under way: a server finishes what was asked of it
    unsettled: set[int] = set()
    for version in range(3, 3 + sizes.kills):
        delay = rng.uniform(0, typical * 1.1)
        done = run_writer(place.alias, version, rebuild=rebuild, delay=delay)
        found = engine.open_engine(place, fingerprint=writing.FINGERPRINT)
        assert_whole(found, writing.report_ids(REPORT_COUNT))
        assert found.faults() == []
        (seen,) = writing.versions(found)
        found.close()
        unsettled.add(version)
        assert seen == known or seen in unsettled
        assert seen == version or not done.committed, "what was confirmed is lost"
        new += seen != known
        old += seen == known
        unsettled = {later for later in unsettled if later > seen}
        known = seen
        # the lock of the dead is free after its lease
        time.sleep(writing.SHORT_LEASE_S)
    with capsys.disabled():
        print(f"\n{rebuild=}: {old} old, {new} new, a commit took {typical:.1f} s")
    last = 3 + sizes.kills
    assert run_writer(place.alias, last, rebuild=rebuild).committed
    found = engine.open_engine(place)
    assert_whole(found, writing.report_ids(REPORT_COUNT))
    assert writing.versions(found) == {last}
