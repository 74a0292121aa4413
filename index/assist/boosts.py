"""Years, places and bodies named in a query: reports of that year, place or body had better come
first.

Naming one excludes nothing: a report of 2019 that speaks of 2018 is still found, below those of
2018.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from weakref import WeakKeyDictionary

from index.assist.values import Values, forms_of, values_of
from index.engines.seam import Engine
from index.query.names import PLACE_ENDINGS
from index.query.nodes import Keyword, Node, PathPrefix
from index.query.reference_numbers import DOCUMENT_NUMBER

__all__ = ["boosts"]

# The first year that was reported on.
FIRST_YEAR = 2008

# What all boosts give together, as a share of the most that words can: less than a
# whole run gives.
SHARE = 0.8

# A name that so many bodies or places share names none of them.
MOST_VALUES = 40

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
    for match in YEAR.finditer(DOCUMENT_NUMBER.sub(" ", run)):
        if FIRST_YEAR <= int(match.group()) <= dt.datetime.now(tz=dt.UTC).year:
            yield Keyword("year", (match.group(),))


class _Names:
    """What may be written for the values of one facet -> those values, the most frequent first.

    All names of a value have a `part` in common: its names are spelt out when a query has that
    part.
    """

    def __init__(
        self,
        known: Values,
        part: Callable[[str], str],
        names: Callable[[str], Iterable[str]],
    ) -> None:
        self.part, self.names = part, names
        self.having: dict[str, list[str]] = defaultdict(list)
        for value, form in islice(
            zip(known.values, known.forms, strict=True), MOST_NAMES
        ):
            self.having[part(form)].append(value)
        self.spelt: dict[str, dict[str, list[str]]] = {}

    def called(self, name: str) -> Sequence[str]:
        """The values that have this name."""
        part = self.part(name)
        if part not in self.having:
            return ()
        if part not in self.spelt:
            self.spelt[part] = self._spelt(self.having[part])
        return self.spelt[part].get(name, ())

    def _spelt(self, values: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for value, form in zip(values, forms_of(values), strict=True):
            for name in self.names(form):
                found[name].append(value)
        return dict(found)


class _Known:
    """The names of the bodies and places of a snapshot."""

    def __init__(self, engine: Engine) -> None:
        self.bodies = _Names(values_of(engine, "agency"), _end, _of_body)
        self.places = _Names(values_of(engine, "region"), _beginning, _of_place)

    def named(self, run: str) -> Iterator[Node]:
        """The bodies and places named in a run, the longest names first from the left."""
        ends = {
            n
            for n in range(2, len(run) + 1)
            if self.bodies.having.keys() & {run[n - 2 : n], _end(run[:n])}
        }
        at = 0
        while at < len(run) - 1:
            begins = _beginning(run[at : at + 2]) in self.places.having
            for end in range(min(len(run), at + LONGEST), at + 1, -1):
                node = self._node(run[at:end]) if begins or end in ends else None
                if node is not None:
                    yield node
                    at = end - 1
                    break
            at += 1

    def _node(self, name: str) -> Node | None:
        bodies, places = self.bodies.called(name), self.places.called(name)
        if 0 < len(bodies) <= MOST_VALUES:
            return Keyword("agency", tuple(bodies))
        if 0 < len(places) <= MOST_VALUES:
            return PathPrefix("region", tuple(tuple(p.split("/")) for p in places))
        return None


def _end(form: str) -> str:
    """What all names of a body end in: only a body's whole name may be shorter."""
    return form[-3:]


def _beginning(form: str) -> str:
    """What all names of a place begin with."""
    return form.rpartition("/")[2][:2]


def _of_body(form: str) -> Iterator[str]:
    """深圳市龙岗区教育局, 龙岗区教育局 and 教育局."""
    yield form
    for at in range(2, len(form) - 2):
        if form[at - 1] in PLACE_ENDINGS[:9]:
            yield form[at:]


def _of_place(form: str) -> Iterator[str]:
    """龙岗区 and 龙岗 for 广东省/深圳市/龙岗区."""
    name = form.rpartition("/")[2]
    yield name
    if len(name) > 2 and name[-1] in PLACE_ENDINGS[:11]:
        yield name[:-1]


_KNOWN: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()
_LOCK = threading.Lock()


def _known(engine: Engine) -> _Known:
    """The names of a snapshot, made once."""
    with _LOCK:
        if engine not in _KNOWN:
            _KNOWN[engine] = _Known(engine)
        return _KNOWN[engine]
