"""The direction of the imports inside webui: each folder knows only those below it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

# From the bottom up. Folders of one row do not know each other: what two pages share
# stands below them.
LAYERS = (
    ("words", "text", "plots"),
    ("http",),
    ("report", "search", "research", "site", "api"),
    ("app",),
    ("serving",),
    ("__init__", "__main__"),
)
HEIGHT = {name: height for height, row in enumerate(LAYERS) for name in row}
MODULES = sorted((ROOT / "webui").rglob("*.py"))


def part_of(module: str) -> str:
    """webui.search.pages -> search, webui -> __init__."""
    return [*module.split("."), "__init__"][1]


def imported(path: Path) -> set[str]:
    """The parts of webui that a module imports."""
    parts = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("webui"):
            parts.add(part_of(node.module or ""))
    return parts


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_go_down(path: Path) -> None:
    own = path.relative_to(ROOT / "webui").with_suffix("").parts[0]
    for other in imported(path) - {own}:
        assert HEIGHT[other] < HEIGHT[own], f"{own} imports {other}"
