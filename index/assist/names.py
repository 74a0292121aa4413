"""What bodies and places are called in a query: their whole names and the usual shorter ones."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import (
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from functools import partial

from index.assist.values import IndexFormCache, Values
from index.query.names import PLACE_ENDINGS
from index.query.nodes import Keyword, Node, PathPrefix

__all__ = ["KnownNames", "NameParts", "name_parts"]

# A name that more bodies or places share names none of them: every county has a 教育局.
MAX_NAMESAKES = 40

# The most frequent values whose names are known.
MAX_NAMED_VALUES = 60_000

# Characters of the longest name that is looked for in a query.
LONGEST_NAME = 24

# 省市区县旗州盟乡镇: where a place ends inside the name of a body.
PLACE_ENDS_IN_BODIES = PLACE_ENDINGS[:9]

# These, 道 and 部, which the name of a place may leave out: 龙岗 for 龙岗区.
OPTIONAL_PLACE_ENDS = PLACE_ENDINGS[:11]


class NameParts:
    """The parts (ends or beginnings) of the names of all values that a facet has had.

    It goes on from snapshot to snapshot and only grows: a commit brings few new values, and a part
    whose values have gone names nothing. Threads may share it.
    """

    def __init__(
        self,
        forms: IndexFormCache,
        parts: Callable[[Sequence[str]], list[str]],
    ) -> None:
        self.of = parts
        self.having: frozenset[str] = frozenset()
        self._forms = forms
        self._values: frozenset[str] = frozenset()
        self._listed: Sequence[str] | None = None
        self._adding = threading.Lock()

    def add(self, values: Sequence[str]) -> None:
        """Take in all values that a snapshot lists."""
        with self._adding:
            # the same list: no commit since has brought a new value
            if values is self._listed:
                return
            new = [value for value in values if value not in self._values]
            self.having |= set(self.of(self._forms.of(new)))
            self._values |= set(new)
            self._listed = values


class _FacetNames:
    """Name -> the values of one facet that it may stand for, the most frequent first.

    All names of a value share one `part` (their end, or their beginning). A new generation looks at
    the parts of new values alone. Values are counted and put to their parts when a query first has
    one of them, and names are spelt out for the parts that queries have: few name anything.
    """

    def __init__(
        self,
        known: Callable[[], Values],
        parts: NameParts,
        names: Callable[[str], Iterable[str]],
    ) -> None:
        self._known = known
        self._parts = parts.of
        self.having = parts.having
        self._names = names
        self._numbers: dict[str, list[int]] = {}
        self._spelt: dict[str, dict[str, list[str]]] = {}

    def called(self, name: str) -> Sequence[str]:
        """The values that have this name."""
        (part,) = self._parts([name])
        if part not in self.having:
            return ()
        if part not in self._spelt:
            self._spelt[part] = self._spell_out(part)
        return self._spelt[part].get(name, ())

    def _spell_out(self, part: str) -> dict[str, list[str]]:
        values_by_name: dict[str, list[str]] = defaultdict(list)
        known = self._known()
        # of a part whose values have gone there are none
        for number in self._by_part(known).get(part, ()):
            for name in self._names(known.forms[number]):
                values_by_name[name].append(known.values[number])
        return dict(values_by_name)

    def _by_part(self, known: Values) -> dict[str, list[int]]:
        """The numbers of the values that have each part."""
        if not self._numbers:
            numbers = defaultdict(list)
            named = known.forms[:MAX_NAMED_VALUES]
            for number, part in enumerate(self._parts(named)):
                numbers[part].append(number)
            # other threads see all of it or nothing
            self._numbers = numbers
        return self._numbers


class KnownNames:
    """The names of the bodies and places of a snapshot."""

    def __init__(
        self,
        values: Callable[[str], Values],
        parts: Mapping[str, NameParts],
    ) -> None:
        """`values` counts those of a facet; `parts` are `name_parts`, with all values added."""
        self._bodies = _FacetNames(
            partial(values, "agency"), parts["agency"], _body_names
        )
        self._places = _FacetNames(
            partial(values, "region"), parts["region"], _place_names
        )

    def named(self, run: str) -> Iterator[Node]:
        """The bodies and places named in a run, from the left, of several the longest name."""
        body_ends = self._body_ends(run)
        start = 0
        while start < len(run) - 1:
            begins_place = _beginning(run[start : start + 2]) in self._places.having
            # The longest name first: 龙岗区教育局 is not a place and a body.
            for end in range(
                min(len(run), start + LONGEST_NAME),
                start + 1,
                -1,
            ):
                if not begins_place and end not in body_ends:
                    continue
                node = self._node(run[start:end])
                if node is not None:
                    yield node
                    start = end - 1
                    break
            start += 1

    def _body_ends(self, run: str) -> set[int]:
        """The positions of a run where the name of a body may end."""
        ends = self._bodies.having
        return {
            position
            for position in range(2, len(run) + 1)
            if ends
            & {
                run[position - 2 : position],
                _end(run[:position]),
            }
        }

    def _node(self, name: str) -> Node | None:
        bodies, places = (
            self._bodies.called(name),
            self._places.called(name),
        )
        if 0 < len(bodies) <= MAX_NAMESAKES:
            return Keyword("agency", tuple(bodies))
        if 0 < len(places) <= MAX_NAMESAKES:
            return PathPrefix(
                "region",
                tuple(tuple(place.split("/")) for place in places),
            )
        return None


def _end(form: str) -> str:
    """The last three characters, which all names of a body share.

    Only a whole name may be shorter.
    """
    return form[-3:]


def _beginning(form: str) -> str:
    """The first two characters of the last step, which all names of a place share."""
    return form.rpartition("/")[2][:2]


def _ends(forms: Sequence[str]) -> list[str]:
    """`_end` of each: a call for each would take most of the time."""
    return [form[-3:] for form in forms]


def _beginnings(forms: Sequence[str]) -> list[str]:
    """`_beginning` of each."""
    return [form[form.rfind("/") + 1 :][:2] for form in forms]


def name_parts(forms: IndexFormCache) -> dict[str, NameParts]:
    """By facet, the parts by which names are found; no value is added yet."""
    return {
        "agency": NameParts(forms, _ends),
        "region": NameParts(forms, _beginnings),
    }


def _body_names(form: str) -> Iterator[str]:
    """深圳市龙岗区教育局, 龙岗区教育局 and 教育局."""
    yield form
    for start in range(2, len(form) - 2):
        if form[start - 1] in PLACE_ENDS_IN_BODIES:
            yield form[start:]


def _place_names(form: str) -> Iterator[str]:
    """龙岗区 and 龙岗 for 广东省/深圳市/龙岗区."""
    name = form.rpartition("/")[2]
    yield name
    if len(name) > 2 and name[-1] in OPTIONAL_PLACE_ENDS:
        yield name[:-1]
