"""Exact strings, frequent and rare: the set and its size, ours against tantivy's phrase of
character pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measure import Ask, Asked, Times, alternate
from bench.peers import peer
from bench.questions import Drawer
from index.engines.seam import EngineQuery
from index.query.nodes import String

__all__ = ["Exact", "exact"]

MANY, FEW = 60, 40
# Strings that so small a share of the reports has, or three reports, are rare.
RARE_SHARE = 0.0005


@dataclass(slots=True)
class Exact:
    """Times of both engines over one kind of strings;

    `differ` are the strings whose totals are not the same.
    """

    ours: Times
    theirs: Times
    strings: int
    differ: list[str]


class _Ours:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> Ask:
        self.peer: Any = peer("gongkai")
        self.peer.open(self.folder)
        self.peer.settle()
        return self.count

    def close(self) -> None:
        self.peer.close()

    def count(self, text: str) -> int:
        asked = EngineQuery(condition=String((text,)), size=0)
        return int(self.peer.searcher.engine.search(asked).total)


class _Tantivy:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> Ask:
        self.peer: Any = peer("tantivy")
        self.peer.open(self.folder)
        return self.count

    def close(self) -> None:
        self.peer.close()

    def count(self, text: str) -> int:
        return int(self.peer.searcher.search(self.peer.string(text), 1).count)


def exact(
    ours: Path, tantivy: Path | None, drawer: Drawer, count: int, passes: int
) -> dict[str, Exact]:
    """Both kinds of strings in an index of `count` reports."""
    frequent = sorted({drawer.frequent_string("").string for _ in range(MANY)})
    return {
        "frequent": _both(ours, tantivy, frequent, passes),
        "rare": _both(ours, tantivy, _rare(ours, drawer, count), passes),
    }


def _rare(folder: Path, drawer: Drawer, count: int) -> list[str]:
    engine = _Ours(folder)
    ask, found = engine.open(), set[str]()
    for _ in range(FEW * 50):
        text = drawer.passage(3, 8)
        if ask(text) <= max(3, count * RARE_SHARE):
            found.add(text)
        if len(found) == FEW:
            break
    engine.close()
    return sorted(found)


def _both(
    ours: Path, tantivy: Path | None, strings: Sequence[str], passes: int
) -> Exact:
    mine = _Ours(ours)
    engines = {"gongkai": Asked(mine.open, mine.close)}
    if tantivy is not None:
        peer = _Tantivy(tantivy)
        engines["tantivy"] = Asked(peer.open, peer.close)
    alternate(engines, ["政府信息公开", "行政复议案件"], strings, passes)
    a, b = engines["gongkai"], engines.get("tantivy", Asked(mine.open, mine.close))
    differ = [
        s
        for n, s in enumerate(strings)
        if n in b.answers and a.answers[n] != b.answers[n]
    ]
    return Exact(a.times, b.times, len(strings), differ)
