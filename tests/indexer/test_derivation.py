"""What reports are derived with: any byte of it changes the fingerprint, and only those."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

from index.documents.identity import current_derivation, is_current
from index.engines import fingerprint
from index.engines.opening import open_engine
from index.engines.seam import Manifest
from index.model.settings import Settings
from indexer.build import build
from indexer.derivation import (
    DERIVING,
    DERIVING_IN_INDEX,
    INDEX_FOLDER,
    ROOM_FOLDER,
    derivation,
    deriving_files,
)

# Modules of index/ that deriving modules may use although no fingerprint covers them:
# classes of errors and codes of problems. They decide no value of a report.
WITHOUT_RULES = {"model/errors.py", "model/problems.py"}


@pytest.fixture(name="room")
def _room(tmp_path: Path) -> Path:
    """A copy of the room that derives."""
    copy = tmp_path / "indexer"
    shutil.copytree(
        ROOM_FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__", "sample")
    )
    return copy


def of(room: Path) -> str:
    derivation.cache_clear()
    return derivation(room)


def test_both_sides_ask_for_the_same() -> None:
    assert current_derivation() == derivation() != ""


def test_a_copy_is_the_same(room: Path) -> None:
    assert of(room) == derivation()


@pytest.mark.parametrize("name", DERIVING)
def test_every_part_counts(name: str, room: Path) -> None:
    before = of(room)
    path = room / name
    if path.is_dir():
        path = max(path.glob("*.py"))
    path.write_bytes(path.read_bytes() + b"\n")
    assert of(room) != before


@pytest.mark.parametrize("name", DERIVING_IN_INDEX)
def test_every_deriving_module_of_index_counts(name: str, tmp_path: Path) -> None:
    copy = tmp_path / "index"
    shutil.copytree(INDEX_FOLDER / "model", copy / "model")
    derivation.cache_clear()
    assert derivation(index_folder=copy) == derivation()
    path = copy / name
    path.write_bytes(path.read_bytes() + b"\n")
    derivation.cache_clear()
    assert derivation(index_folder=copy) != derivation()


def imported_from(room: Path, path: Path) -> set[str]:
    """The files of a room that a module imports, as model/forms.py."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            # from index.model import forms
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    parts = [name.split(".") for name in names]
    files = {"/".join(part[1:]) + ".py" for part in parts if part[0] == room.name}
    return {name for name in files if (room / name).is_file()}


def covered_by_reading(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The modules of index/ whose code the reading fingerprint covers."""
    read: set[str] = set()

    def source_code(path: Path) -> bytes:
        read.add(path.relative_to(INDEX_FOLDER).as_posix())
        return b""

    monkeypatch.setattr(fingerprint, "source_code", source_code)
    for part in fingerprint.READING_PARTS.values():
        part()
    return read


def test_no_deriving_module_imports_what_no_fingerprint_covers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    covered = covered_by_reading(monkeypatch)
    assert "model/report.py" in covered
    covered |= {*DERIVING_IN_INDEX, *WITHOUT_RULES}
    deriving = [path for path in deriving_files() if path.suffix == ".py"]
    deriving += [INDEX_FOLDER / name for name in DERIVING_IN_INDEX]
    imported = {path.name: imported_from(INDEX_FOLDER, path) for path in deriving}
    assert imported["recognise.py"] & {"model/forms.py"}
    uncovered = {name: files - covered for name, files in imported.items()}
    assert {name: files for name, files in uncovered.items() if files} == {}


def test_deriving_modules_import_only_one_another() -> None:
    deriving = [path for path in deriving_files() if path.suffix == ".py"]
    covered = {path.relative_to(ROOM_FOLDER).as_posix() for path in deriving}
    # the digest of a report holds its corrections as they were read
    covered.add("overrides.py")
    for path in deriving:
        assert imported_from(ROOM_FOLDER, path) <= covered, path


def test_every_file_of_a_part_counts(room: Path) -> None:
    names = [path.relative_to(room).as_posix() for path in deriving_files(room)]
    assert "repair/language_model.xz" in names
    assert "statistics/prose.py" in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["cli.py", "build.py", "corpus.py"])
def test_what_derives_nothing_does_not_count(name: str, room: Path) -> None:
    before = of(room)
    (room / name).write_text("", encoding="utf-8")
    assert of(room) == before


def test_a_moved_file_counts(room: Path) -> None:
    before = of(room)
    (room / "repair" / "replay.py").rename(room / "repair" / "replayed.py")
    assert of(room) != before


# ------------------------------------------------------------- an index that is older
TEXT = "某县2019年政府信息公开工作年度报告\n本年度主动公开政府信息{}条。\n"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    for place in ("a", "b"):
        folder = tmp_path / "corpus" / place
        folder.mkdir(parents=True)
        for number in range(3):
            path = folder / f"{place}{number}.txt"
            path.write_text(TEXT.format(f"{number}{place}") * 3, encoding="utf-8")
    return tmp_path / "corpus"


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Settings:
    return Settings(index=tmp_path / "index", jobs=1)


def manifest_of(settings: Settings) -> Manifest:
    engine = open_engine(settings)
    try:
        return engine.manifest
    finally:
        engine.close()


def derive_with(other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.build.derivation", lambda: other)


def test_an_older_index_is_served_says_so_and_is_mended_by_indexing(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        derive_with("0123456789abcdef", before)
        build([folder], settings)
    manifest = manifest_of(settings)
    assert manifest.reports == 6
    assert not is_current(manifest)
    tally = build([folder], settings)
    assert (tally.updated, tally.unchanged, tally.outdated) == (6, 0, 0)
    assert is_current(manifest_of(settings))
    assert build([folder], settings).unchanged == 6


def test_an_index_of_which_a_part_is_older_is_not_current(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        derive_with("0123456789abcdef", before)
        build([folder / "a", folder / "b"], settings)
    tally = build([folder / "a"], settings)
    assert (tally.updated, tally.outdated) == (3, 3)
    assert not is_current(manifest_of(settings))
    tally = build([folder / "b"], settings)
    assert (tally.updated, tally.outdated) == (3, 0)
    assert is_current(manifest_of(settings))


def test_what_cannot_be_read_again_stays_and_is_told(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        derive_with("0123456789abcdef", before)
        build([folder], settings)
    (folder / "a" / "a0.txt").write_bytes(b"")
    tally = build([folder], settings)
    assert (tally.updated, tally.outdated) == (5, 1)
    assert manifest_of(settings).reports == 6
    assert not is_current(manifest_of(settings))


def test_an_index_keeps_its_id_and_another_has_another(
    folder: Path, settings: Settings
) -> None:
    build([folder / "a"], settings)
    first = manifest_of(settings)
    build([folder / "b"], settings)
    second = manifest_of(settings)
    build([folder], settings, rebuild=True)
    third = manifest_of(settings)
    assert first.id == second.id == third.id != ""
    assert first.generation < second.generation < third.generation
    shutil.rmtree(settings.index)
    build([folder / "a"], settings)
    again = manifest_of(settings)
    assert (again.generation, again.reports) == (first.generation, first.reports)
    assert again.id != first.id
