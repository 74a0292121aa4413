"""The engines that are compared.

Each builds from the same file, opens, and answers a Question with JSON.

An answer is {"total", "hits": [{"id", "title", "snippets"}], "facets": {name: {value: count}}}. Our
own engine gives the whole response of its endpoint instead, and its facets with URLs.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from bench.questions import Question

__all__ = ["ENGINE_NAMES", "FACETS", "Peer", "build_version", "missing", "peer"]

FACETS = ("agency", "level", "year", "region")
FACET_SIZE = 20
HITS_PER_PAGE = 10


class Peer(Protocol):
    """One engine."""

    def build(self, reports: Path, count: int, folder: Path) -> None:
        """Writes the index of the first `count` reports of a file."""

    def open(self, folder: Path) -> None:
        """Opens it for reading, with nothing kept from before."""

    def ask(self, question: Question) -> bytes | None:
        """The answer as JSON; None if this engine cannot answer it."""

    def close(self) -> None:
        """Lets go of it."""


# Module -> what it is called, and the modules it needs.
ENGINE_NAMES = {
    "gongkai": ("Gongkai", ()),
    "tantivy": ("tantivy-py", ("tantivy",)),
    "fts5": ("SQLite FTS5", ("sqlite3",)),
    "bm25s": ("bm25s, top 10 only", ("bm25s",)),
    "whoosh": ("stock Whoosh", ("whoosh", "rjieba")),
}


def peer(name: str) -> Peer:
    """A fresh one."""
    module: Any = import_module(f"bench.peers.{name}")
    made: Peer = module.ENGINE()
    return made


def missing(name: str) -> str | None:
    """Why a peer cannot be measured here; None if it can."""
    absent = [m for m in ENGINE_NAMES[name][1] if find_spec(m) is None]
    return (
        f"{ENGINE_NAMES[name][0]} is skipped: {', '.join(absent)} "
        "not installed (uv sync --group bench)"
        if absent
        else None
    )


def build_version(name: str) -> str:
    """The version of what is measured."""
    if name == "fts5":
        return str(import_module("sqlite3").sqlite_version)
    distribution = {"whoosh": "whoosh-reloaded"}.get(name, name)
    return version(distribution)
