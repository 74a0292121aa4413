"""The values chosen beside a query as the index has them: 河西区 is one path, 海宁财政局 a body.

A place or a kind that does not exist is refused. A body that no report is from is no error, because
there may be reports of it tomorrow: the answer is empty, and a note says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from index.analysis.normaliser import fold_line
from index.assist.snapshot import Snapshot
from index.model.problems import Code, Note
from index.model.value_names import CLOSED_VALUES, OPEN_TO_CURATORS
from index.query.field_values import means_unknown, value_called
from index.query.names import MAX_NAMED_PATHS, is_called, like_names
from index.query.nodes import NO_VALUE
from index.query.parser import parse
from index.query.syntax import fields_of
from index.search.regions import region_path
from index.search.request import (
    EXCLUDED_PREFIX,
    SearchRequest,
    unknown_value,
)

__all__ = ["body_called", "of_unknown_bodies", "unknown_body", "with_known_values"]

# Facet -> the values chosen.
Chosen = Mapping[str, tuple[str, ...]]
# Fields of a query that name bodies.
BODY_FIELDS = ("agency", "agency~")


def with_known_values(snapshot: Snapshot, request: SearchRequest) -> SearchRequest:
    """The request with its places, bodies and kinds as the index has them. Raises RequestError."""
    filters = _known(snapshot, request.filters, "")
    without = _known(snapshot, request.without, EXCLUDED_PREFIX)
    if filters == request.filters and without == request.without:
        return request
    return replace(request, filters=filters, without=without)


def _known(snapshot: Snapshot, chosen: Chosen, prefix: str) -> Chosen:
    known = dict(chosen)
    for name, look_up in LOOK_UPS.items():
        if name not in chosen:
            continue
        values = [
            look_up(snapshot, value, prefix + name) if value != NO_VALUE else value
            for value in chosen[name]
        ]
        known[name] = tuple(dict.fromkeys(values))
    return known


def _body(snapshot: Snapshot, name: str, _parameter: str) -> str:
    return body_called(snapshot, name) or name


def _org_type(snapshot: Snapshot, typed: str, parameter: str) -> str:
    return _kind(snapshot, "org_type", typed, parameter)


def _line(snapshot: Snapshot, typed: str, parameter: str) -> str:
    return _kind(snapshot, "line", typed, parameter)


def _kind(snapshot: Snapshot, facet: str, typed: str, parameter: str) -> str:
    """A value of a facet whose rules give few, and a curator may give others."""
    if typed in CLOSED_VALUES[facet]:
        return typed
    given = snapshot.values(facet).values
    value = value_called(facet, typed, given)
    if value is None:
        others = [other for other in given if other not in CLOSED_VALUES[facet]]
        raise unknown_value(parameter, typed, [*CLOSED_VALUES[facet], *others])
    return value


# Facet -> what finds the value that was meant.
LOOK_UPS: Mapping[str, Callable[[Snapshot, str, str], str]] = {
    "region": region_path,
    "agency": _body,
    "org_type": _org_type,
    "line": _line,
}
assert set(OPEN_TO_CURATORS) < set(LOOK_UPS)


# ---------------------------------------------------------------------- bodies
def body_called(snapshot: Snapshot, name: str) -> str | None:
    """The body that a name means: itself in any script, or the only one that may be called so."""
    known = snapshot.values("agency")
    if name in known.values:
        return name
    form = fold_line(name)
    if form in known.forms:
        return known.values[known.forms.index(form)]
    called = _called_so(snapshot, form)
    return called[0] if len(called) == 1 else None


def unknown_body(snapshot: Snapshot, name: str) -> Note:
    """What is said of a body that no report is from, with the names that are like it."""
    known = snapshot.values("agency")
    form = fold_line(name)
    names = _called_so(snapshot, form)[:MAX_NAMED_PATHS]
    if not names:
        names = [known.values[n] for n in like_names(known.forms, form)]
    if not names:
        return Note(Code.REQUEST_UNKNOWN_AGENCY, {"agency": name})
    return Note(Code.ANSWER_UNKNOWN_AGENCY, {"agency": name, "names": names})


def of_unknown_bodies(
    snapshot: Snapshot, request: SearchRequest, total: int
) -> tuple[Note, ...]:
    """A note for each body that the request names, chosen or typed, and that no report is from.

    What was typed is looked at where `total` reports are none.
    """
    names = list(_chosen_unknown(snapshot, request))
    if not total:
        names += _typed(snapshot, request.q)
    return tuple(unknown_body(snapshot, name) for name in dict.fromkeys(names))


def _chosen_unknown(snapshot: Snapshot, request: SearchRequest) -> Iterator[str]:
    for chosen in (request.filters, request.without):
        for name in chosen.get("agency", ()):
            if name != NO_VALUE and name not in snapshot.values("agency").values:
                yield name


def _typed(snapshot: Snapshot, q: str) -> Iterator[str]:
    for field in fields_of(parse(q)):
        name = field.value.strip()
        is_unknown = not field.quoted and means_unknown(name)
        is_named = field.name in BODY_FIELDS and name != "" and not is_unknown
        if is_named and not _called_so(snapshot, fold_line(name)):
            yield name


def _called_so(snapshot: Snapshot, form: str) -> Sequence[str]:
    """The bodies that may be called so, the most frequent first."""
    known = snapshot.values("agency")
    if not form:
        return []
    pairs = zip(known.values, known.forms, strict=True)
    return [value for value, full in pairs if is_called(form, full)]
