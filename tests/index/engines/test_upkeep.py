"""Backup, restore and compaction: nothing is lost, and readers see the old state or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.engines import whoosh as embedded
from index.engines.seam import EngineQuery
from index.engines.whoosh.storage.store import Store, latest_toc
from index.model.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexStateError,
)
from index.query.nodes import String
from tests.index.engines.samples import document

FINGERPRINT = {"schema": "1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def put(folder: Path, *names: str, deleted: tuple[str, ...] = ()) -> None:
    with embedded.open_writer(folder, FINGERPRINT) as writer:
        for name in names:
            writer.put(document(name, "公开", f"年度报告 {name}"))
        for name in deleted:
            writer.delete(name)


def ids(folder: Path) -> set[str]:
    engine = embedded.open_engine(folder)
    try:
        assert engine.search(EngineQuery(String(("公开",)))).total == len(
            engine.sources()
        )
        return set(engine.sources())
    finally:
        engine.close()


def test_a_backup_is_the_index_and_comes_back(folder: Path, tmp_path: Path) -> None:
    put(folder, "a", "b")
    put(folder, "c", deleted=("a",))
    identity = Store(folder).read().index_id
    embedded.backup(folder, tmp_path / "backup")
    assert ids(tmp_path / "backup") == {"b", "c"}
    assert embedded.check(tmp_path / "backup") == []
    put(folder, "d", deleted=("b",))
    reader = embedded.open_engine(folder)
    number = reader.manifest.generation
    embedded.restore(tmp_path / "backup", folder)
    assert set(reader.sources()) == {"c", "d"}, "an open reader keeps its generation"
    assert set(reader.refreshed().sources()) == {"b", "c"}
    reader.close()
    assert ids(folder) == {"b", "c"}
    generation = Store(folder).read()
    assert generation.index_id == identity
    assert generation.number > number
    assert embedded.check(folder) == []
    put(folder, "e")
    assert ids(folder) == {"b", "c", "e"}


def test_a_lost_index_comes_back(folder: Path, tmp_path: Path) -> None:
    put(folder, "a")
    embedded.backup(folder, tmp_path / "backup")
    embedded.restore(tmp_path / "backup", tmp_path / "new" / "index")
    assert ids(tmp_path / "new" / "index") == {"a"}


def test_a_backup_needs_no_lock(folder: Path, tmp_path: Path) -> None:
    put(folder, "a")
    writer = embedded.open_writer(folder, FINGERPRINT)
    try:
        embedded.backup(folder, tmp_path / "backup")
    finally:
        writer.cancel()
    assert ids(tmp_path / "backup") == {"a"}


def test_a_damaged_backup_is_not_restored(folder: Path, tmp_path: Path) -> None:
    put(folder, "a")
    embedded.backup(folder, tmp_path / "backup")
    (pack,) = (tmp_path / "backup").glob("*.arr")
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 1
    pack.write_bytes(content)
    put(folder, "b")
    with pytest.raises(IndexDamagedError, match="not whole"):
        embedded.restore(tmp_path / "backup", folder)
    assert ids(folder) == {"a", "b"}


def test_wrong_places(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="gongkai index"):
        embedded.backup(folder, tmp_path / "backup")
    put(folder, "a")
    with pytest.raises(IndexStateError, match="not empty"):
        embedded.backup(folder, folder)
    with pytest.raises(IndexMissingError, match="folder of a backup"):
        embedded.restore(tmp_path / "nowhere", folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(IndexDamagedError, match="there is no index"):
        embedded.restore(tmp_path / "empty", folder)
    with pytest.raises(IndexMissingError):
        embedded.compact(tmp_path / "nowhere", FINGERPRINT)
    assert ids(folder) == {"a"}


def test_compaction_leaves_one_segment_without_the_dead(folder: Path) -> None:
    for number in range(3):
        put(folder, f"a{number}", f"b{number}")
    put(folder, "c", deleted=("a0",))
    reader = embedded.open_engine(folder)
    before = set(reader.sources())
    embedded.compact(folder, FINGERPRINT)
    (segment,) = Store(folder).read().segments
    assert segment.doc_count_all() == len(before) == 6
    assert not segment.deleted_count()
    assert set(reader.sources()) == before
    reader.close()
    assert ids(folder) == before
    assert embedded.check(folder) == []
    compacted = latest_toc(folder)
    embedded.compact(folder, FINGERPRINT)
    assert latest_toc(folder) == compacted, "there is nothing more to do"
