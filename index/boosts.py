"""Years, places and bodies named in a query: reports of that year, place or body had better come first.

Naming one excludes nothing: a report of 2019 that speaks of 2018 is still found, below those of 2018.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from index.analysis.normaliser import fold
from index.engine import Engine, EngineQuery, FacetAsked
from index.query.codes import DOCUMENT
from index.query.names import PLACE_END
from index.query.nodes import Keyword, Node, PathPrefix

__all__ = ["boosts"]

FIRST_YEAR = 2008
"""The first year that was reported on."""

SHARE = 0.8
"""What all boosts give together, as a share of the most that words can: less than a whole run gives."""

MOST_VALUES = 40
"""A name that so many bodies or places share names none of them."""

MOST_NAMES = 60_000
LONGEST = 24
YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")


def boosts(engine: Engine, runs: Iterable[str]) -> tuple[tuple[Node, float], ...]:
    """What is named in the bare runs of a query, in index form, each with its weight."""
    nodes: list[Node] = []
    for run in runs:
        nodes += _years(run)
        if any(c > "\u3400" for c in run):
            nodes += _known(engine).named(run)
    found = tuple(dict.fromkeys(nodes))
    return tuple((node, min(SHARE / 2, SHARE / len(found))) for node in found)


def _years(run: str) -> Iterator[Node]:
    """The years named; that of a document's number says when the document was written."""
    for match in YEAR.finditer(DOCUMENT.sub(" ", run)):
        if FIRST_YEAR <= int(match.group()) <= dt.datetime.now(tz=dt.UTC).year:
            yield Keyword("year", (match.group(),))


@dataclass(slots=True)
class _Names:
    """What may be written for the bodies and places of a snapshot -> their values."""

    agencies: dict[str, list[str]] = field(default_factory=dict)
    regions: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, engine: Engine) -> _Names:
        asked = tuple(FacetAsked(name, MOST_NAMES) for name in ("agency", "region"))
        agencies, regions = engine.search(EngineQuery(size=0, facets=asked)).facets
        made = cls()
        for value, form in _folded([c.value for c in agencies.counts]):
            for name in _of_body(form):
                made.agencies.setdefault(name, []).append(value)
        for value, form in _folded([c.value for c in regions.counts]):
            for name in _of_place(form.rpartition("/")[2]):
                made.regions.setdefault(name, []).append(value)
        return made

    def named(self, run: str) -> Iterator[Node]:
        """The bodies and places named in a run, the longest names first from the left."""
        at = 0
        while at < len(run) - 1:
            for end in range(min(len(run), at + LONGEST), at + 1, -1):
                node = self._node(run[at:end])
                if node is not None:
                    yield node
                    at = end - 1
                    break
            at += 1

    def _node(self, name: str) -> Node | None:
        bodies, places = self.agencies.get(name, ()), self.regions.get(name, ())
        if 0 < len(bodies) <= MOST_VALUES:
            return Keyword("agency", tuple(bodies))
        if 0 < len(places) <= MOST_VALUES:
            return PathPrefix("region", tuple(tuple(p.split("/")) for p in places))
        return None


def _folded(values: list[str]) -> Iterator[tuple[str, str]]:
    """Values with their index forms; folded in one go, which is many times faster than one by one."""
    forms = fold("|".join(values)).form.split("|")
    return zip(values, forms, strict=True) if len(forms) == len(values) else zip(values, values, strict=True)


def _of_body(form: str) -> Iterator[str]:
    """深圳市龙岗区教育局, 龙岗区教育局 and 教育局."""
    yield form
    for at in range(2, len(form) - 2):
        if form[at - 1] in PLACE_END[:9]:
            yield form[at:]


def _of_place(form: str) -> Iterator[str]:
    """龙岗区 and 龙岗."""
    yield form
    if len(form) > 2 and form[-1] in PLACE_END[:11]:
        yield form[:-1]


_KNOWN: WeakKeyDictionary[Engine, _Names] = WeakKeyDictionary()
_LOCK = threading.Lock()


def _known(engine: Engine) -> _Names:
    """The names of a snapshot, made once."""
    with _LOCK:
        if engine not in _KNOWN:
            _KNOWN[engine] = _Names.of(engine)
        return _KNOWN[engine]
