"""What can be added up over a search, and the parameters that ask for it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from index.model.errors import RequestError
from index.model.problems import Code
from index.model.value_names import CLOSED_VALUES
from index.query.field_values import value_called
from index.search.request import SearchRequest
from index.studies.aggregate import BY, SCOPES, Aggregate, Measure, measures
from index.studies.side_by_side import MAX_MEASURES
from webui.http.addresses import address, extended
from webui.http.context import room
from webui.http.params import (
    PAGING,
    SEARCH_NAMES,
    Arguments,
    Parameter,
    parse_search,
)

__all__ = [
    "DEFAULT_MEASURES",
    "MEASURES",
    "NUMBERS_NAMES",
    "NUMBERS_PARAMETERS",
    "FiguresRequest",
    "added_up",
    "parse_numbers",
]

MEASURES = {m.name: m for m in measures()}
# What the page shows until something is chosen: how much was asked for, and what was refused.
DEFAULT_MEASURES = ("applications_new", "applications_refused")

_TEMPLATES = tuple(
    dict.fromkeys(itertools.chain.from_iterable(m.templates for m in MEASURES.values()))
)
NUMBERS_PARAMETERS = (
    Parameter(
        "measure",
        {"type": "string", "enum": list(MEASURES)},
        "What to add up, a number of the tables or a ratio of two; repeat it to have up to "
        f"{MAX_MEASURES} abreast. Without it: how many annual reports there are.",
        repeatable=True,
    ),
    Parameter(
        "by",
        {"type": "string", "enum": list(BY), "default": BY[0]},
        "What to group by. region: the places directly below the one chosen; province, city, "
        "county: all of that kind in the search.",
    ),
    Parameter(
        "scope",
        {"type": "string", "enum": list(SCOPES)},
        "self: reports of a body on itself; aggregate: consolidated reports. "
        "They are never added up together; without it, the one that more reports have.",
    ),
    Parameter(
        "template",
        {"type": "string", "enum": list(_TEMPLATES)},
        "Only reports of this form.",
    ),
    Parameter(
        "order",
        {"type": "string", "maxLength": 80, "default": "group"},
        "What groups are ordered by: group, reports, a measure (its total), or "
        "MEASURE.share|used|median|q1|q3|minimum|maximum; - is descending. Unknown comes last.",
    ),
)
_MEASURE, *_CHOICES, _ORDER = NUMBERS_PARAMETERS


# What a page of numbers knows: a search, and what to add up.
NUMBERS_NAMES = (
    *(parameter.name for parameter in NUMBERS_PARAMETERS),
    *(name for name in SEARCH_NAMES if name not in PAGING),
)


@dataclass(frozen=True, slots=True)
class FiguresRequest:
    """What is asked for; without `measures` nothing was chosen yet."""

    request: SearchRequest
    measures: tuple[Measure, ...]
    by: str
    scope: str | None
    template: str | None
    order: str = ""

    @property
    def names(self) -> list[str]:
        """The names of the measures."""
        return [measure.name for measure in self.measures]

    def url(self, path: str) -> str:
        """The question as a URL below `path`, defaults left out."""
        by = None if self.by == BY[0] else self.by
        own = address(
            path,
            measure=self.names,
            by=by,
            scope=self.scope,
            template=self.template,
            order=self.order,
        )
        # the search's own parameters go on after those of the measures
        return extended(own, urlencode(self.request.params()))


def parse_numbers(args: Arguments) -> FiguresRequest:
    """The search, what to add up and how. Raises RequestError."""
    single = [(k, v) for k, v in args.items(multi=True) if k != _MEASURE.name]
    names = [parameter.name for parameter in (*_CHOICES, _ORDER)]
    request = parse_search(MultiDict(single), extra=names, skip=PAGING)
    given = [parameter for parameter in _CHOICES if parameter.name in args]
    values = {p.name: _one_of(p, args[p.name]) for p in given}
    chosen = dict.fromkeys(args.getlist(_MEASURE.name))
    return FiguresRequest(
        request=request,
        measures=tuple(MEASURES[_one_of(_MEASURE, name)] for name in chosen),
        by=values.get("by", BY[0]),
        scope=values.get("scope"),
        template=values.get("template"),
        order=args.get(_ORDER.name, ""),
    )


def added_up(asked: FiguresRequest) -> Aggregate:
    """The answer; without a measure, that of the first default. Raises RequestError."""
    return room().searcher.side_by_side(
        asked.request,
        asked.names or DEFAULT_MEASURES[:1],
        asked.by,
        asked.scope,
        asked.template,
        asked.order,
    )


def _one_of(parameter: Parameter, value: str) -> str:
    # every one of these parameters is a choice; its schema lists what can be chosen
    allowed: Sequence[str] = parameter.schema["enum"]
    if parameter.name in CLOSED_VALUES:
        value = value_called(parameter.name, value, allowed) or value
    if value not in allowed:
        raise RequestError(
            parameter.name,
            Code.REQUEST_NOT_ALLOWED,
            {"value": value[:60], "allowed": allowed},
        )
    return value
