"""Completions while typing: bodies, regions and words of the index, in either script, by pinyin or its initials."""

from __future__ import annotations

from dataclasses import dataclass

from index.analysis.normaliser import fold_line
from index.engine import Engine, EngineQuery, FacetAsked
from index.vocabulary import Entry, vocabulary

__all__ = ["Suggestion", "suggest"]

NAMED = ("agency", "region")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion: `kind` is the facet it is a value of, or "word"; `count` how many reports have it."""

    text: str
    kind: str
    count: int


def suggest(engine: Engine, prefix: str, size: int) -> list[Suggestion]:
    """Completions of the last run of what was typed, most useful first.

    What begins with it comes before what only contains it; letters are also read as pinyin (xinxi, or xxgk).
    A completed word keeps what stands before it; a body or region stands alone.
    """
    *before, last = prefix.split() or [""]
    wanted = fold_line(last)
    if not any(c.isalnum() for c in wanted):
        return []
    words = vocabulary(engine)
    found = words.beginning(wanted, 2 * size)
    if wanted.isascii():
        found += words.sounding(wanted, 2 * size)
    if len(found) < size:
        found += _containing(engine, wanted, size)
    kept = dict.fromkeys(e for e in found if e.kind != "word" or e.form != wanted)
    return [_suggestion(e, before) for e in kept][:size]


def _containing(engine: Engine, wanted: str, size: int) -> list[Entry]:
    """Bodies and regions that contain a text, most reports first."""
    facets = tuple(FacetAsked(name, size, (), wanted) for name in NAMED)
    counted = engine.search(EngineQuery(size=0, facets=facets)).facets
    found = [Entry(c.value, fold_line(c.value.rpartition("/")[2]), f.name, c.count) for f in counted for c in f.counts]
    return sorted(found, key=lambda e: (-e.count, e.value))


def _suggestion(entry: Entry, before: list[str]) -> Suggestion:
    text = " ".join([*before, entry.value]) if entry.kind == "word" else entry.value
    return Suggestion(text, entry.kind, entry.count)
