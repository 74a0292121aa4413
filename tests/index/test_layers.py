"""The direction of the imports inside index: each part knows only those below it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

# From the bottom up. Parts of one row do not know each other.
LAYERS = (
    ("words",),
    ("model",),
    ("analysis",),
    ("query",),
    ("engines/seam", "engines/weights"),
    ("documents", "engines/shared"),
    ("engines/whoosh", "engines/opensearch"),
    ("engines/fingerprint",),
    ("engines/opening",),
    ("assist", "studies"),
    ("search",),
)
# The same inside the embedded engine.
WHOOSH_LAYERS = (
    ("trust",),
    ("storage",),
    ("files",),
    ("reading", "writing", "check"),
    ("upkeep",),
    ("__init__",),
)
INDEX = ROOT / "index"
WHOOSH = INDEX / "engines" / "whoosh"


def heights(layers: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    return {part: height for height, row in enumerate(layers) for part in row}


HEIGHT = heights(LAYERS)
WHOOSH_HEIGHT = heights(WHOOSH_LAYERS)


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def imported(path: Path) -> Iterator[Path]:
    """The modules and folders of ours that a module imports, without their ending."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            module = ROOT.joinpath(*(node.module or "").split("."))
            yield module
            # from index.engines import whoosh
            yield from (module / alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield ROOT.joinpath(*alias.name.split("."))


def is_module(path: Path) -> bool:
    return path.is_dir() or path.with_suffix(".py").is_file()


def part_of(path: Path) -> str:
    """index/query/parser -> query, index/engines/seam -> engines/seam; else nothing."""
    if not path.is_relative_to(INDEX) or not is_module(path):
        return ""
    names = path.relative_to(INDEX).parts
    if names[:1] == ("engines",):
        names = names[:2]
        return "/".join(names) if len(names) == 2 else ""
    return names[0] if names else ""


def part_of_whoosh(path: Path) -> str:
    """index/engines/whoosh/files/part -> files; else nothing."""
    if not path.is_relative_to(WHOOSH) or not is_module(path):
        return ""
    names = path.relative_to(WHOOSH).parts
    return names[0] if names else "__init__"


@pytest.mark.parametrize(
    "path", modules(INDEX), ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_imports_go_down(path: Path) -> None:
    own = part_of(path.with_suffix(""))
    if own in ("", "__init__", "engines/__init__"):
        assert not any(part_of(other) for other in imported(path))
        return
    for other in map(part_of, imported(path)):
        if other not in ("", own):
            assert HEIGHT[other] < HEIGHT[own], f"{own} imports {other}"


@pytest.mark.parametrize(
    "path", modules(WHOOSH), ids=lambda p: p.relative_to(WHOOSH).as_posix()
)
def test_imports_go_down_in_the_embedded_engine(path: Path) -> None:
    own = part_of_whoosh(path.with_suffix(""))
    others = {part_of_whoosh(other) for other in imported(path)}
    for other in others - {"", own}:
        assert WHOOSH_HEIGHT[other] < WHOOSH_HEIGHT[own], f"{own} imports {other}"


def test_every_part_has_a_place() -> None:
    parts = {part_of(path.with_suffix("")) for path in modules(INDEX)}
    assert parts - {"", "__init__", "engines/__init__"} == set(HEIGHT)
    parts = {part_of_whoosh(path.with_suffix("")) for path in modules(WHOOSH)}
    assert parts == set(WHOOSH_HEIGHT)
