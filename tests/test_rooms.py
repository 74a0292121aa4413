"""The direction of the rooms: indexer -> index <- webui, and which module alone may import which
library.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

ROOMS = ("index", "indexer", "webui")
MODULES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))
MAY_NOT_SEE = {
    "index": {"indexer", "webui"},
    "indexer": {"webui"},
    "webui": {"indexer"},
}
ONLY_IN: dict[str, str | tuple[str, ...]] = {
    # Whoosh pickles our analyzer into every index by the name of its module: it stands apart from
    # the engine, so that stock Whoosh opens an index of ours by importing little.
    "whoosh": ("index/engines/whoosh/", "index/analysis/whoosh_fields.py"),
    "opensearchpy": "index/engines/opensearch/server.py",
    "jieba": "index/analysis/tokenizer.py",
    "rjieba": "index/analysis/tokenizer.py",
    "opencc": "index/analysis/normaliser.py",
    "flask": "webui/",
    "werkzeug": "webui/",
    "waitress": "webui/",
}
# What every module may import: these import nothing of ours, or only one another.
ALONE = {
    "index/query/nodes.py": set(),
    "index/words/__init__.py": set(),
    "index/model/problems.py": {"index.words"},
    "index/model/statistics.py": set(),
    "index/model/report.py": {"index.model.problems", "index.model.statistics"},
}


def imports(path: Path) -> set[str]:
    """The top-level names that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add((node.module or "").partition(".")[0])
    return found


def our_modules(path: Path) -> set[str]:
    """The modules of ours that a module imports from."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.partition(".")[0] in ROOMS
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_direction(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    seen = imports(path)
    assert not seen & MAY_NOT_SEE[name.partition("/")[0]]
    assert not [
        lib for lib in seen if lib in ONLY_IN and not name.startswith(ONLY_IN[lib])
    ]
    if name in ALONE:
        assert our_modules(path) == ALONE[name]


def test_no_drawers() -> None:
    assert not [p for p in MODULES if p.stem in ("utils", "helpers", "common", "misc")]
