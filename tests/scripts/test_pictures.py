"""The READMEs open on pictures of the results page, and these are of what the tree holds now."""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

import pytest

from scripts import pictures
from tests.conftest import ROOT

ADVICE = "run: make pictures"
PICTURE_PATTERN = re.compile(r"<picture>.*?</picture>", re.DOTALL)
PATH_PATTERN = re.compile(r'(?:src|srcset)="([^"]+)"')


def png_size(path: Path) -> tuple[int, int]:
    """Width and height, which stand at the start of a PNG."""
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n", f"{path.name} is no PNG; {ADVICE}"
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def opening(readme: str) -> str:
    """The picture of a README, which stands above its first section."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    above = text.partition("\n## ")[0]
    found = PICTURE_PATTERN.search(above)
    assert found, f"{readme} does not open on a picture"
    return found[0]


def test_pictures_are_of_the_tree_as_it_is() -> None:
    assert not pictures.faults(), ADVICE


@pytest.mark.parametrize(("readme", "language", "_"), pictures.READMES)
def test_a_readme_opens_on_its_pictures(readme: str, language: str, _: str) -> None:
    picture = opening(readme)
    names = PATH_PATTERN.findall(picture)
    dark, light = (pictures.picture_path(language, s) for s in ("dark", "light"))
    assert [ROOT / name for name in names] == [dark, light]
    assert 'media="(prefers-color-scheme: dark)"' in picture.partition(names[0])[0]
    assert re.search(r'alt="[^"]{20,}"', picture)
    for path in (dark, light):
        assert path.is_file(), f"{path.name} is missing; {ADVICE}"
        assert png_size(path) == pictures.PICTURE_SIZE, ADVICE
        assert path.stat().st_size <= pictures.MAX_PICTURE_BYTES


def test_light_and_dark_differ() -> None:
    shown = {path.read_bytes() for path in pictures.FOLDER.glob("*.png")}
    assert len(shown) == len(pictures.READMES) * len(pictures.SCHEMES), ADVICE


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with a file of each kind that pictures are made of, and current pictures."""
    for pattern in pictures.SOURCES.values():
        path = tmp_path / pattern.replace("*", "sample")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("before", encoding="utf-8")
    folder = tmp_path / "docs/pictures"
    folder.mkdir(parents=True)
    monkeypatch.setattr(pictures, "ROOT", tmp_path)
    monkeypatch.setattr(pictures, "FOLDER", folder)
    monkeypatch.setattr(pictures, "RECORD", folder / "pictures.json")
    for _, language, _ in pictures.READMES:
        for scheme in pictures.SCHEMES:
            pictures.picture_path(language, scheme).touch()
    pictures.write_record(pictures.source_digests())
    return tmp_path


def test_nothing_is_said_of_current_pictures(copy: Path) -> None:
    assert pictures.faults() == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("corpus/sample", "corpus"),
        ("corpus/new.html", "corpus"),
        ("webui/templates/sample.html", "templates"),
        ("webui/static/sample", "styles and scripts"),
        ("index/words/locale/sample/LC_MESSAGES/sample.po", "words"),
        ("scripts/pictures.py", "pictures.py"),
    ],
)
def test_what_changed_is_named(copy: Path, path: str, name: str) -> None:
    (copy / path).write_text("after", encoding="utf-8")
    assert [fault.partition(" (")[0] for fault in pictures.faults()] == [
        f"the pictures are older than: {name}"
    ]


def test_what_is_missing_is_named(copy: Path) -> None:
    pictures.picture_path("en", "dark").unlink()
    pictures.RECORD.unlink()
    assert pictures.faults() == [
        "docs/pictures/results-en-dark.png is missing",
        "docs/pictures/pictures.json is missing",
    ]


def test_a_check_says_what_to_run(
    copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["pictures.py", "--check"])
    assert pictures.main() == 0
    pictures.RECORD.unlink()
    assert pictures.main() == 1
    said = capsys.readouterr().out
    assert said == f"docs/pictures/pictures.json is missing; {ADVICE}\n"
