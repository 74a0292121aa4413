"""The embedded engine alone: damage, locks, full disks, killed writers, small segments, what Whoosh
itself sees.
"""

from __future__ import annotations

import dataclasses
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
import whoosh.index
from whoosh.query import Term

from index.engines import whoosh as embedded
from index.engines.seam import Engine, EngineQuery, FacetRequest
from index.engines.whoosh.reading import facets
from index.engines.whoosh.storage import grams, pack, rows, store
from index.engines.whoosh.storage.spans import choose
from index.engines.whoosh.writing import merge_postings, segments, writer
from index.model.errors import (
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexNotTrustedError,
    IndexStaleError,
    IndexStateError,
)
from index.query.nodes import Everything, Node, Ranking, String
from tests.index.engines import crash
from tests.index.engines.samples import document, kept, random_document
from tests.index.engines.test_agreement import test_random_questions as questions

FINGERPRINT = {"schema": "1", "dictionary": "abc"}
QUESTIONS: list[Node] = [
    String((s,)) for s in ("公", "公开", "公开信息", "aa", "𠮷", "息a")
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def put(
    folder: Path,
    count: int = 60,
    *,
    start: int = 0,
    rebuild: bool = False,
    **given: str,
) -> None:
    rng = random.Random(start)
    out = embedded.open_writer(folder, given or FINGERPRINT, rebuild=rebuild)
    for i in range(start, start + count):
        out.put(random_document(rng, f"r{i}", 60))
    out.commit()


def answer(engine: Engine, question: Node) -> tuple[object, ...]:
    facets = (FacetRequest("region", 9), FacetRequest("year", 9))
    ranking = Ranking(("公开", "信息"), ("公开",))
    query = EngineQuery(
        condition=question, counted=question, ranking=ranking, facets=facets, size=200
    )
    found = engine.search(query)
    hits = [(h.id, h.score, *kept(h.contents)) for h in found.hits]
    return found.total, found.occurrences, found.facets, hits


def answers(folder: Path) -> list[tuple[object, ...]]:
    engine = embedded.open_engine(folder)
    return [answer(engine, question) for question in QUESTIONS]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches, segments, merged blocks and pieces of texts so small that each path is taken."""
    monkeypatch.setattr(writer, "MAX_BATCH_UNITS", 60)
    monkeypatch.setattr(segments, "MAX_SEGMENT_DOCUMENTS", 9)
    monkeypatch.setattr(segments, "MIN_MERGE_BUDGET", 6)
    monkeypatch.setattr(merge_postings, "ROWS_AT_A_TIME", 7)
    monkeypatch.setattr(rows, "LARGEST_NARROW", 2)
    monkeypatch.setattr(grams, "CHECKED_AT_A_TIME", 4)
    monkeypatch.setattr(grams, "FEW_PLACES", 0)
    # bisection only; elsewhere a dictionary finds values in indexes this small
    monkeypatch.setattr(facets, "WORTH_A_DICTIONARY", 0)


@pytest.mark.parametrize("seed", range(10))
def test_agreement_holds_in_tiny_segments(tiny: None, seed: int) -> None:
    questions.hypothesis.inner_test("whoosh", seed)


def test_segments_are_sealed_full(tiny: None, folder: Path) -> None:
    """What comes behind a full segment waits for more instead of becoming a small segment of its
    own.
    """
    put(folder, 90)
    sizes = sorted(live.segment.count for live in embedded.open_engine(folder).segments)
    assert sum(sizes) == 90
    assert sizes[-1] <= 9
    assert sizes[1] >= 5


def test_replacing_while_segments_are_sealed_keeps_one_of_each(
    tiny: None, folder: Path
) -> None:
    rng = random.Random(5)
    out = embedded.open_writer(folder, FINGERPRINT)
    last = {}
    for turn in range(120):
        name = f"r{turn * 7 % 40}"
        last[name] = random_document(rng, name, 60)
        out.put(last[name])
    out.commit()
    engine = embedded.open_engine(folder)
    assert engine.sources() == {
        name: (made.digest, made.source) for name, made in last.items()
    }


def test_pieces_of_long_texts_merge(
    tiny: None, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(grams, "PIECE_UNITS", 8)
    for seed in range(20, 26):
        questions.hypothesis.inner_test("whoosh", seed)


# ---------------------------------------------------------------------- states of the folder
def test_missing(folder: Path) -> None:
    with pytest.raises(IndexMissingError, match="gongkai index"):
        embedded.open_engine(folder)
    assert len(embedded.check(folder)) == 1
    folder.mkdir()
    with pytest.raises(IndexMissingError):
        embedded.open_engine(folder)


def test_stale_names_what_differs(folder: Path) -> None:
    put(folder)
    other = {"schema": "1", "dictionary": "xyz"}
    for opened in (
        lambda: embedded.open_engine(folder, fingerprint=other),
        lambda: embedded.open_writer(folder, other),
    ):
        with pytest.raises(
            IndexStaleError,
            match=r"dictionary abc instead of xyz.*gongkai index PATH\.\.\. --rebuild",
        ):
            opened()
    assert embedded.open_engine(folder, fingerprint=FINGERPRINT).manifest.reports == 60


def test_rebuild_replaces_content_and_fingerprint_at_once(folder: Path) -> None:
    put(folder)
    old = embedded.open_engine(folder)
    out = embedded.open_writer(folder, {"schema": "2"}, rebuild=True)
    out.put(document("only", "公开"))
    assert embedded.open_engine(folder, fingerprint=FINGERPRINT).manifest.reports == 60
    out.commit()
    assert (
        embedded.open_engine(folder, fingerprint={"schema": "2"}).manifest.reports == 1
    )
    assert old.manifest.reports == 60
    assert len(list(old.scan(Everything()))) == 60
    assert old.refreshed().manifest.fingerprint == {"schema": "2"}


def test_an_open_snapshot_does_not_turn_to_another_reading(folder: Path) -> None:
    put(folder)
    strict = embedded.open_engine(folder, fingerprint=FINGERPRINT)
    out = embedded.open_writer(folder, FINGERPRINT)
    out.put(document("more", "公开"))
    out.commit()
    newer = strict.refreshed()
    assert newer.manifest.reports == 61
    out = embedded.open_writer(folder, {"schema": "2"}, rebuild=True)
    out.put(document("only", "公开"))
    out.commit()
    for engine in (strict, newer):
        with pytest.raises(IndexStaleError, match="schema 2 instead of 1"):
            engine.refreshed()
    assert newer.manifest.reports == len(list(newer.scan(Everything()))) == 61


def test_rebuild_that_is_cancelled_changes_nothing(folder: Path) -> None:
    put(folder)
    before = answers(folder)
    out = embedded.open_writer(folder, {"schema": "2"}, rebuild=True)
    out.put(document("only", "公开"))
    out.cancel()
    assert answers(folder) == before


def test_one_writer_at_a_time(folder: Path) -> None:
    with embedded.open_writer(folder, FINGERPRINT) as out:
        out.put(document("a", "公开"))
        with pytest.raises(IndexLockedError, match="wait"):
            embedded.open_writer(folder, FINGERPRINT, wait_s=0)
        code = (
            "import sys; from index.engines.whoosh import open_writer as o; "
            "o(sys.argv[1], {}, wait_s=0)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(folder)],
            capture_output=True,
            text=True,
            check=False,
            cwd=crash.ROOT,
        )
        assert "IndexLockedError" in done.stderr
    embedded.open_writer(folder, FINGERPRINT, wait_s=0).cancel()
    with pytest.raises(IndexStateError, match="closed"):
        out.commit()


def test_an_error_while_writing_publishes_nothing_and_frees_the_lock(
    folder: Path,
) -> None:
    put(folder, 3)

    def broken() -> None:
        with embedded.open_writer(folder, FINGERPRINT) as out:
            out.put(document("x", "公开"))
            raise ValueError

    with pytest.raises(ValueError):
        broken()
    assert embedded.open_engine(folder).manifest.reports == 3
    embedded.open_writer(folder, FINGERPRINT, wait_s=0).cancel()


@pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0,
    reason="only root can give a folder away",
)
def test_an_index_of_another_user_is_not_opened(folder: Path) -> None:
    put(folder, 2)
    os.chown(folder, 12345, 12345)
    with pytest.raises(IndexNotTrustedError, match="GONGKAI_TRUST_INDEX=1"):
        embedded.open_engine(folder)
    with pytest.raises(IndexNotTrustedError):
        embedded.open_writer(folder, FINGERPRINT)
    assert "GONGKAI_TRUST_INDEX=1" in embedded.check(folder)[0]
    assert embedded.open_engine(folder, trust=True).manifest.reports == 2
    assert embedded.check(folder, trust=True) == []


def test_whoosh_itself_reads_ids_and_what_is_stored(folder: Path) -> None:
    names = ["b", "a", "公开", "a b", "Ａ"]
    for some in (names[:3], names[3:]):  # the second commit merges the first
        out = embedded.open_writer(folder, FINGERPRINT)
        for name in some:
            out.put(document(name, "公开", "年度 报告"))
        out.commit()
    with whoosh.index.open_dir(str(folder)).searcher() as searcher:
        found = [
            [hit.fields() for hit in searcher.search(Term("id", name))]
            for name in names
        ]
        terms = list(searcher.reader().field_terms("id"))
    assert found == [[{"id": n, "source": f"seeds/{n}.txt"}] for n in names]
    assert terms == sorted(names)


def test_segments_stay_few(folder: Path) -> None:
    for i in range(40):
        put(folder, 1, start=i % 25)
    engine = embedded.open_engine(folder)
    assert engine.manifest.reports == 25
    assert len(engine.segments) <= 9
    assert sum(live.segment.count for live in engine.segments) < 40


def test_threads_share_a_snapshot(folder: Path) -> None:
    put(folder)
    want = answers(folder)
    engine = embedded.open_engine(folder)
    wrong: list[int] = []

    def ask() -> None:
        for _ in range(5):
            for i, q in enumerate(QUESTIONS):
                if answer(engine, q) != want[i]:
                    wrong.append(i)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert wrong == []


# ---------------------------------------------------------------------- damage
def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix in (".toc", ".seg", ".arr"))


def damaged(path: Path, rng: random.Random) -> Iterator[bytes]:
    raw = path.read_bytes()
    for _ in range(6):
        yield raw[: rng.randrange(len(raw))]
    for _ in range(12):
        flipped = bytearray(raw)
        flipped[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
        yield bytes(flipped)


@pytest.mark.parametrize("kind", [".toc", ".seg", ".arr"])
def test_damage_is_named_and_never_answers_wrongly(folder: Path, kind: str) -> None:
    put(folder)
    assert embedded.check(folder) == []
    want = answers(folder)
    path = next(p for p in files(folder) if p.suffix == kind)
    raw = path.read_bytes()
    rng = random.Random(1)
    for broken in damaged(path, rng):
        other = path.with_suffix(
            ".new"
        )  # snapshots map the old file: it must not change under them
        other.write_bytes(broken)
        other.replace(path)
        problems = embedded.check(folder)
        assert problems
        assert all(path.name in p and "gongkai index" in p for p in problems), problems
        try:
            got = answers(folder)
        except IndexDamagedError:
            continue
        assert got == want
    path.unlink()
    assert embedded.check(folder)
    path.write_bytes(raw)
    assert embedded.check(folder) == []


def test_damage_is_not_merged_under_a_new_sum(folder: Path) -> None:
    for i in range(3):
        put(folder, 3, start=3 * i)
    path = next(p for p in files(folder) if p.suffix == ".arr")
    raw = bytearray(path.read_bytes())
    raw[200] ^= 4
    path.write_bytes(raw)
    with pytest.raises(IndexDamagedError):
        put(folder, 3, start=20)
    assert embedded.check(folder)
    put(folder, 5, rebuild=True)
    assert embedded.check(folder) == []
    assert embedded.open_engine(folder).manifest.reports == 5


def test_a_damaged_toc_can_be_rebuilt(folder: Path) -> None:
    put(folder)
    toc = next(p for p in files(folder) if p.suffix == ".toc")
    toc.write_bytes(toc.read_bytes()[:-3])
    with pytest.raises(IndexDamagedError):
        embedded.open_writer(folder, FINGERPRINT)
    put(folder, 7, rebuild=True)
    assert embedded.check(folder) == []
    assert embedded.open_engine(folder).manifest.reports == 7


def test_a_pack_of_another_format_is_stale(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, 3)
    monkeypatch.setattr(pack, "VERSION", pack.VERSION + 1)
    with pytest.raises(IndexStaleError, match="--rebuild"):
        embedded.open_engine(folder)
    assert "--rebuild" in embedded.check(folder)[0]
    put(folder, 4, rebuild=True)
    assert embedded.open_engine(folder).manifest.reports == 4


def test_plain_whoosh_writing_into_the_folder_is_noticed(folder: Path) -> None:
    put(folder, 3)
    out = whoosh.index.open_dir(str(folder)).writer()
    out.add_document(id="plain")
    out.commit(merge=False)
    with pytest.raises(IndexDamagedError):
        embedded.open_engine(folder)


def test_warming_tells_of_damage(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(folder, 2_000)
    path = next(folder.glob("*.arr"))
    block = int(
        (~embedded.open_engine(folder).segments[0].segment.pack.checked).argmax()
    )
    raw = bytearray(path.read_bytes())
    raw[block * pack.BLOCK + 1] ^= 1
    path.write_bytes(raw)
    embedded.open_engine(folder).warm_up().join()
    assert "is damaged" in caplog.text
    assert "--rebuild" in caplog.text


def test_a_warm_index_is_sound_but_questions_come_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, 2_000)
    engine = embedded.open_engine(folder)
    asked = threading.Event()
    monkeypatch.setattr(
        sys.modules[type(engine).__module__],
        "time",
        SimpleNamespace(sleep=lambda _: asked.wait(60)),
    )
    warming = engine.warm_up()
    assert engine.search(EngineQuery()).total == 2_000
    assert not any(live.segment.pack.sound for live in engine.segments)
    asked.set()
    warming.join()
    assert all(live.segment.pack.sound for live in engine.segments)


# ---------------------------------------------------------------------- crashes
def test_readers_see_whole_generations_while_another_process_writes(
    folder: Path,
) -> None:
    embedded.create(folder, crash.FINGERPRINT)
    engine = embedded.open_engine(folder)
    command = [
        sys.executable,
        "-m",
        "tests.index.engines.crash",
        "child",
        str(folder),
        "0",
    ]
    with subprocess.Popen(command, cwd=crash.ROOT, stdout=subprocess.DEVNULL) as child:
        seen, until = [0], time.monotonic() + 60  # a busy machine starts the child late
        while len({*seen}) <= 12 and time.monotonic() < until:
            engine = engine.refreshed()
            number = engine.manifest.generation
            assert number >= seen[-1]
            assert engine.sources() == {
                i: (d.digest, d.source)
                for i, d in crash.model(number).documents.items()
            }
            seen.append(number)
            time.sleep(0.05)
        child.kill()
    assert len({*seen}) > 3


def test_a_report_that_cannot_be_added_poisons_the_writer(folder: Path) -> None:
    put(folder, 3)
    out = embedded.open_writer(folder, FINGERPRINT)
    ready = embedded.prepare(document("bad", "公开"))
    unfit: Any = None
    with pytest.raises(AttributeError):
        out.put(dataclasses.replace(ready, facets=unfit, words=unfit))
    out.put(document("good", "公开"))
    with pytest.raises(IndexStateError, match="AttributeError"):
        out.commit()
    assert embedded.open_engine(folder).manifest.reports == 3


def test_a_batch_that_cannot_be_spooled_poisons_the_writer(
    tiny: None, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    put(folder, 3)
    out = embedded.open_writer(folder, FINGERPRINT)
    monkeypatch.setattr(writer, "write_pack", Mock(side_effect=OSError("full")))
    with pytest.raises(OSError, match="full"):
        out.put(document("long", "公开" * 100))
    with pytest.raises(IndexStateError, match="full"):
        out.commit()
    assert embedded.open_engine(folder).manifest.reports == 3


def test_a_report_that_cannot_be_made_ready_leaves_the_writer_whole(
    folder: Path,
) -> None:
    put(folder, 3)
    out = embedded.open_writer(folder, FINGERPRINT)
    bad = document("bad", "公开")
    del bad.texts["text"]
    with pytest.raises(KeyError):
        out.put(bad)
    out.put(document("good", "公开"))
    out.commit()
    assert embedded.open_engine(folder).manifest.reports == 4


def test_killed_at_random_moments(folder: Path) -> None:
    embedded.create(folder, crash.FINGERPRINT)
    known = 0
    for delay in (0.05, 0.2, 0.4):
        known = crash.kill_once(folder, known, delay=delay)
    assert known > 0


@pytest.mark.parametrize("operation", [3, 9, 17, 26])
def test_killed_at_an_operation(folder: Path, operation: int) -> None:
    embedded.create(folder, crash.FINGERPRINT)
    crash.kill_once(folder, 0, operation=operation)


def test_the_next_writer_cleans_up(folder: Path) -> None:
    put(folder, 3)
    put(folder, 3)
    litter = [
        "MAIN_0123456789abcdef.arr",
        "MAIN_0123456789abcdef.seg",
        "_MAIN_1.toc.1700000000.5",
        "_MAIN_0.toc",
    ]
    for name in litter:
        (folder / name).write_bytes(b"left by a killed build")
    (folder / "MAIN.scratch").mkdir()
    (folder / "MAIN.scratch" / "run0").write_bytes(b"x")
    (folder / ".gitignore").write_text("*\n")
    embedded.open_writer(folder, FINGERPRINT).cancel()
    assert {p.name.partition("_")[0] for p in folder.iterdir()} == {
        "MAIN",
        "",
        ".gitignore",
    }
    assert not {p.name for p in folder.iterdir()} & {*litter, "MAIN.scratch"}
    assert embedded.check(folder) == []


class FailedError(Exception):
    """Thrown into the writer."""


@pytest.mark.parametrize(
    "name",
    [
        "create_file",
        "delete_file",
        "rename_file",
        "sync",
        "merge_packs",
        "finish",
        "publish",
    ],
)
@pytest.mark.parametrize("nth", [1, 2, 4])
def test_any_failure_leaves_the_old_or_the_new(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, nth: int
) -> None:
    put(folder, 4)
    before = answers(folder)
    owner = {
        "merge_packs": writer,
        "finish": pack.PackWriter,
        "publish": store.Store,
    }.get(name, store.Storage)
    plain, calls = getattr(owner, name), [0]

    def failing(*args: object, **given: object) -> object:
        calls[0] += 1
        if calls[0] == nth:
            raise FailedError
        return plain(*args, **given)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failing)
        try:
            put(folder, 4, start=50)
        except FailedError:
            failed = True
        else:
            failed = False
    assert embedded.check(folder) == []
    reports = embedded.open_engine(folder).manifest.reports
    assert reports in ((4, 8) if failed else (8,))
    if reports == 4:
        assert answers(folder) == before
    put(folder, 4, start=50)
    assert embedded.open_engine(folder).manifest.reports == 8


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if (
        sys.platform != "linux"
        or os.getuid() != 0
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("a small file system can be mounted by root on Linux only")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_full_disk(full: Path) -> None:
    folder = full / "index"
    put(folder, 20)
    count, failures = 20, 0
    for i in range(12):
        out = embedded.open_writer(folder, FINGERPRINT)
        for k in range(60):
            out.put(
                document(
                    f"x{i}-{k}",
                    "".join(
                        chr(0x4E00 + (i * 977 + k * 331 + j * 17) % 20000)
                        for j in range(400)
                    ),
                )
            )
        try:
            out.commit()
            count += 60
        except OSError:
            failures += 1
        assert embedded.check(folder) == []
        assert embedded.open_engine(folder).manifest.reports == count
    assert failures
    put(folder, 3, rebuild=True)
    assert embedded.open_engine(folder).manifest.reports == 3


# ---------------------------------------------------------------------- parts
def test_choose_walks_clusters() -> None:
    import numpy as np

    starts, ends = np.array([0, 1, 1, 3, 9, 10]), np.array([2, 5, 3, 4, 12, 11])
    assert [(int(starts[i]), int(ends[i])) for i in choose(starts, ends)] == [
        (0, 2),
        (3, 4),
        (9, 12),
    ]
