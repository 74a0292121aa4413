"""A commit is durable: files reach the disk, then the TOC, which is published, then the folder."""

from __future__ import annotations

import os
import pickle
import struct
import sys
import zlib
from pathlib import Path

import pytest

from index.engines import whoosh as embedded
from index.engines.whoosh.reading import engine as reading
from index.engines.whoosh.reading.engine import SETTLED_NS
from index.engines.whoosh.storage.store import (
    EXTENSION,
    TOC_NAME,
    latest_toc,
)
from index.engines.whoosh.storage.toc_data import (
    is_sealed,
    load_plain,
    seal,
    sealed_data,
)
from index.model.errors import (
    IndexDamagedError,
    IndexNotTrustedError,
    IndexStaleError,
    IndexStateError,
)
from tests.index.engines.samples import document

FINGERPRINT = {"schema": "1"}
FOLDER = "(folder)"
Event = tuple[str, str]


@pytest.fixture
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """What is brought to the disk and what is renamed in tmp_path/index, in order."""
    folder, out = tmp_path / "index", []
    fsync = os.fsync

    def synced(descriptor: int) -> None:
        wanted = os.fstat(descriptor)
        if os.path.samestat(wanted, folder.stat()):
            out.append(("sync", FOLDER))
        names = [p.name for p in folder.iterdir() if os.path.samestat(wanted, p.stat())]
        out.extend(("sync", name) for name in names)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", synced)
    for name in ("rename", "replace"):
        move = getattr(os, name)

        def renamed(old: str, new: str, *, move: object = move) -> None:
            out.append(("rename", Path(new).name))
            move(old, new)  # type: ignore[operator]

        monkeypatch.setattr(os, name, renamed)
    return out


def commit(folder: Path, *ids: str) -> None:
    writer = embedded.open_writer(folder, FINGERPRINT)
    for name in ids:
        writer.put(document(name, f"公开{name}"))
    writer.commit()


@pytest.mark.skipif(
    os.name == "nt", reason="Windows journals its renames and cannot sync a folder"
)
@pytest.mark.parametrize("before", [(), ("old",)])
def test_files_then_toc_then_folder(
    tmp_path: Path, events: list[Event], before: tuple[str, ...]
) -> None:
    folder = tmp_path / "index"
    if before:
        commit(folder, *before)
        events.clear()
    there = {p.name for p in folder.iterdir()} if folder.exists() else set()
    commit(folder, "a", "b")
    latest = latest_toc(folder)
    assert latest is not None
    toc = latest[1].name
    at = events.index(("rename", toc))
    brought = [name for kind, name in events[:at] if kind == "sync"]
    fresh = {p.name for p in folder.iterdir()} - there - {toc}
    fresh = {name for name in fresh if not name.endswith("LOCK")}
    assert any(name.endswith(EXTENSION) for name in fresh)
    assert any(name.endswith(".seg") for name in fresh)
    assert fresh <= set(brought), (
        "every file of the new segment is on the disk before it is named"
    )
    temporary = [name for name in brought if ".toc" in name]
    assert len(temporary) == 1
    assert not TOC_NAME.match(temporary[0])
    assert brought[-1] == FOLDER, (
        "the folder's entries for the files, before the TOC names them"
    )
    assert events[at + 1] == ("sync", FOLDER), "the new name of the TOC"


def test_no_toc_is_published_unsealed(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    for turn in range(3):
        commit(folder, f"r{turn}")
        latest = latest_toc(folder)
        assert latest is not None
        assert is_sealed(latest[1].read_bytes())


def test_a_seal_tells_every_byte(tmp_path: Path) -> None:
    for body, data in ((bytes(range(40)), b"{}"), (b"", b"")):
        path = tmp_path / "toc"
        path.write_bytes(body)
        seal(path, data)
        whole = path.read_bytes()
        assert is_sealed(whole)
        for at in range(len(whole)):
            altered = bytearray(whole)
            altered[at] ^= 1
            assert not is_sealed(bytes(altered))
        assert not any(is_sealed(whole[:at]) for at in range(len(whole)))


def test_generations_are_counted_one_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    numbers = []
    for turn in range(5):
        commit(folder, f"r{turn}")
        latest = latest_toc(folder)
        assert latest is not None
        numbers.append(latest[0])
        tocs = [p for p in folder.iterdir() if TOC_NAME.match(p.name)]
        assert len(tocs) == 1, "an old TOC is removed"
    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_of_several_tocs_the_greatest_number_counts(tmp_path: Path) -> None:
    for number in (2, 10, 9):
        (tmp_path / f"_MAIN_{number}.toc").write_bytes(b"")
    for other in ("_MAIN_11.toc.tmp", "_MAIN_.toc", "MAIN_12.toc", "x_MAIN_13.toc"):
        (tmp_path / other).write_bytes(b"")
    assert latest_toc(tmp_path) == (10, tmp_path / "_MAIN_10.toc")
    assert latest_toc(tmp_path / "none") is None
    assert latest_toc(tmp_path / "_MAIN_2.toc") is None


# ---------------------------------------------------------------------- what is published
def test_what_changes_nothing_publishes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    commit(folder, "a", "b")
    before = latest_toc(folder)
    writer = embedded.open_writer(folder, FINGERPRINT)
    writer.delete("never")
    writer.commit()
    assert latest_toc(folder) == before
    writer = embedded.open_writer(folder, FINGERPRINT)
    writer.delete("a")
    writer.delete("a")
    writer.commit()
    assert latest_toc(folder) != before
    assert list(embedded.open_engine(folder).sources()) == ["b"]


def test_a_segment_that_is_gone_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    commit(folder, "a")
    (gone,) = folder.glob(f"*{EXTENSION}")
    gone.unlink()
    with pytest.raises(
        IndexDamagedError, match=f"{gone.name} is missing.*gongkai index"
    ):
        embedded.open_engine(folder)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"no table of contents", b"[]", b'{"facts": {}, "segments": []}'),
        b'{"facts": {"reading": {}}, "segments": [{"name": "MAIN_../../etc"}]}',
    ],
)
def test_a_toc_of_another_version_is_told(tmp_path: Path, data: bytes) -> None:
    folder = tmp_path / "index"
    commit(folder, "a")
    latest = latest_toc(folder)
    assert latest is not None
    body = b"pickle"
    latest[1].write_bytes(body)
    seal(latest[1], data)
    with pytest.raises(IndexDamagedError, match=r"another version.*gongkai index"):
        embedded.open_engine(folder)
    latest[1].write_bytes(body)
    with pytest.raises(IndexDamagedError, match="truncated or altered"):
        embedded.open_engine(folder)


def test_a_toc_of_a_version_before_is_stale(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    commit(folder, "a")
    latest = latest_toc(folder)
    assert latest is not None
    old = struct.pack("<8sI", b"GKTOCSUM", zlib.crc32(b"pickle"))
    latest[1].write_bytes(b"pickle" + old)
    with pytest.raises(IndexStaleError, match=r"older version.*--rebuild"):
        embedded.open_engine(folder)


class Trap:
    """A pickle that makes a file when it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.path), "w")


def test_opening_runs_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    commit(folder, "a")
    latest = latest_toc(folder)
    assert latest is not None
    data = sealed_data(latest[1].read_bytes())
    trap = tmp_path / "trapped"
    latest[1].write_bytes(pickle.dumps(Trap(trap)))
    seal(latest[1], data)
    engine = embedded.open_engine(folder)
    assert engine.manifest.reports == 1
    engine.close()
    assert embedded.check(folder) == []
    assert not trap.exists()


def test_only_plain_data_is_unpickled(tmp_path: Path) -> None:
    trap = tmp_path / "trapped"
    assert load_plain(pickle.dumps({"a": [1, "b"]})) == {"a": [1, "b"]}
    with pytest.raises(ValueError, match="no place in an index"):
        load_plain(pickle.dumps(Trap(trap)))
    with pytest.raises(ValueError, match="no plain data"):
        load_plain(b"no pickle")
    assert not trap.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o775, 0o777, 0o1777])
def test_a_folder_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "index"
    commit(folder, "a")
    engine = embedded.open_engine(folder)
    folder.chmod(mode)
    try:
        with pytest.raises(IndexNotTrustedError, match="chmod go-w"):
            embedded.open_engine(folder)
        with pytest.raises(IndexNotTrustedError, match="chmod go-w"):
            embedded.open_writer(folder, FINGERPRINT)
        embedded.open_engine(folder, trust=True).close()
    finally:
        folder.chmod(0o755)
    embedded.open_engine(folder).close()
    engine.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_refresh_judges_what_it_opens(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    commit(folder, "a")
    engine = embedded.open_engine(folder)
    commit(folder, "b")
    latest = latest_toc(folder)
    assert latest is not None
    latest[1].chmod(0o666)
    with pytest.raises(IndexNotTrustedError, match="chmod go-w"):
        engine.refreshed()
    latest[1].chmod(0o644)
    elsewhere = latest[1].rename(tmp_path / "elsewhere.toc")
    latest[1].symlink_to(elsewhere)
    with pytest.raises(IndexStateError, match="cannot be read"):
        engine.refreshed()
    assert engine.manifest.reports == 1
    engine.close()


def let_rest(folder: Path) -> None:
    """Make a folder one that has not changed for long."""
    long_ago = folder.stat().st_mtime_ns - 10 * SETTLED_NS
    os.utime(folder, ns=(long_ago, long_ago))


def settled_engine(folder: Path) -> embedded.WhooshEngine:
    """A snapshot that has found its folder at rest."""
    commit(folder, "a")
    engine = embedded.open_engine(folder)
    let_rest(folder)
    assert engine.refreshed() is engine
    return engine


def test_a_folder_that_did_not_change_is_not_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    engine = settled_engine(folder)
    listings: list[Path] = []

    def listed(asked: Path) -> tuple[int, Path] | None:
        listings.append(asked)
        return latest_toc(asked)

    monkeypatch.setattr(reading, "latest_toc", listed)
    assert engine.refreshed() is engine
    assert not listings
    # whatever comes into the folder makes it be looked through again
    (folder / "other").touch()
    assert engine.refreshed() is engine
    assert listings == [folder]
    commit(folder, "b")
    assert engine.refreshed().manifest.reports == 2


def test_a_toc_that_was_written_over_is_seen_in_an_old_folder(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    engine = settled_engine(folder)
    latest = latest_toc(folder)
    assert latest is not None
    latest[1].write_bytes(b"damaged")
    let_rest(folder)
    with pytest.raises(IndexDamagedError):
        engine.refreshed()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_generous_umask_makes_an_index_that_is_trusted(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        commit(tmp_path / "index", "a")
    finally:
        os.umask(before)
    embedded.open_engine(tmp_path / "index").close()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)
def test_a_file_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    commit(folder, "a")
    latest = latest_toc(folder)
    assert latest is not None
    os.chown(latest[1], 12345, -1)
    with pytest.raises(IndexNotTrustedError, match=r"uid 12345.*GONGKAI_TRUST_INDEX"):
        embedded.open_engine(folder)
