"""What an index is written with is told from the things themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.analysis import tokenizer, wording
from index.documents.identity import digest_of
from index.engines import fingerprint as module
from index.engines.fingerprint import (
    fingerprint,
    reading_fingerprint,
    source_code,
)
from index.model import fields, metrics


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    fingerprint.cache_clear()
    yield
    fingerprint.cache_clear()


def parts() -> dict[str, str]:
    fingerprint.cache_clear()
    return dict(fingerprint())


def changed(before: dict[str, str]) -> set[str]:
    return {name for name, digest in parts().items() if digest != before[name]}


def test_the_same_things_have_the_same_fingerprint() -> None:
    assert parts() == parts()
    assert reading_fingerprint() == reading_fingerprint()


def test_each_part_is_a_sha256_of_its_own() -> None:
    names = {"schema", "metrics", "normaliser", "segmenter", "wording", "whoosh"}
    assert set(parts()) == names
    assert len(set(parts().values())) == len(parts())
    assert all(len(digest) == 16 for digest in parts().values())


@pytest.mark.parametrize("name", ["name", "attribute", "kind"])
def test_another_facet_is_another_schema(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = parts()
    first, *others = fields.FACETS
    changes = {name: "path" if name == "kind" else "other"}
    other = replace(first, **changes)  # type: ignore[arg-type]
    assert other != first
    monkeypatch.setattr(fields, "FACETS", (other, *others))
    assert changed(before) == {"schema"}


@pytest.mark.parametrize("table", ["FACETS", "SEARCHED_FIELDS", "NUMBERS"])
def test_a_lost_row_of_the_fields_is_another_schema(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = parts()
    monkeypatch.setattr(fields, table, tuple(getattr(fields, table))[:-1])
    assert changed(before) == {"schema"}


@pytest.mark.parametrize(
    "change", [{"name": "other"}, {"unit": "x"}, {"templates": ()}]
)
def test_another_metric_is_another_fingerprint(
    change: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = parts()
    first, *others = metrics.METRICS
    monkeypatch.setattr(module, "METRICS", (replace(first, **change), *others))  # type: ignore[arg-type]
    assert changed(before) == {"metrics"}


def test_another_wording_is_another_fingerprint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = parts()
    monkeypatch.setattr(module, "WORDINGS", wording.WORDINGS[1:])
    assert changed(before) == {"wording"}


def test_another_segmenter_is_another_fingerprint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = parts()
    monkeypatch.setattr(module, "segmenter_name", lambda: "another 1.0")
    assert changed(before) == {"segmenter"}


def test_another_version_of_opencc_is_another_fingerprint(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = parts()
    monkeypatch.setattr(module, "normaliser_name", lambda: "opencc 9")
    assert changed(before) == {"normaliser"}


@pytest.mark.parametrize(
    ("room", "name", "part"),
    [
        ("analysis", "normaliser.py", "normaliser"),
        ("analysis", "characters.py", "normaliser"),
        ("analysis", "offsets.py", "normaliser"),
        ("analysis", "tokenizer.py", "segmenter"),
        ("analysis", "words.txt", "segmenter"),
        ("analysis", "wording.py", "wording"),
        ("documents", "builder.py", "schema"),
        ("documents", "stored.py", "schema"),
        ("analysis", "whoosh_fields.py", "whoosh"),
        ("files", "schema.py", "whoosh"),
        ("files", "blocks.py", "whoosh"),
        ("storage", "layout.py", "whoosh"),
    ],
)
def test_other_code_or_data_is_another_fingerprint(
    room: str, name: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = parts()
    attribute = f"{room.upper()}_FOLDER"
    folder: Path = getattr(module, attribute)
    for path in folder.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(module, attribute, tmp_path)
    assert changed(before) == set(), "a copy is the same"
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write("\nother = 1\n")
    assert changed(before) == {part}


def test_comments_docstrings_and_layout_make_no_index_stale(tmp_path: Path) -> None:
    bare, told = tmp_path / "bare.py", tmp_path / "told.py"
    bare.write_text("def f(a):\n    return a + 1\n", encoding="utf-8")
    told.write_text(
        '"""A module."""\n\n# why\ndef f(\n    a\n):\n    """Adds "one".\n\n    >>> f(1)\n'
        '    2\n    """\n    # because\n    return a + 1\n',
        encoding="utf-8",
    )
    assert source_code(bare) == source_code(told)
    bare.write_text("def f(a):\n    return a + 2\n", encoding="utf-8")
    assert source_code(bare) != source_code(told)


def test_parts_do_not_run_together() -> None:
    assert digest_of(["ab", "c"]) != digest_of(["a", "bc"])
    assert digest_of([b"ab"]) != digest_of(["ab"])


def test_the_segmenter_that_is_not_installed_is_told() -> None:
    assert tokenizer.segmenter_name()


@pytest.mark.parametrize("values", [[], ["a"], [b"a", 1, ("x",)]])
def test_a_digest_has_sixteen_hexadecimal_digits(values: list[object]) -> None:
    assert re.fullmatch("[0-9a-f]{16}", digest_of(values))
