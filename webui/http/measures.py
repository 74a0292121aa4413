"""What can be added up over a search, and the parameters that ask for it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from index.model.errors import RequestError
from index.model.problems import Code
from index.search.request import SearchRequest
from index.studies.aggregate import BY, SCOPES, Measure, measures
from webui.http.addresses import address
from webui.http.params import (
    PAGING,
    SEARCH_NAMES,
    Arguments,
    Parameter,
    parse_search,
)

__all__ = [
    "DEFAULT_MEASURE",
    "MEASURES",
    "NUMBERS_NAMES",
    "NUMBERS_PARAMETERS",
    "Asked",
    "parse_numbers",
]

MEASURES = {m.name: m for m in measures()}
# What the page shows until something is chosen: reports of every form and time state it.
DEFAULT_MEASURE = "applications_new"

_TEMPLATES = tuple(
    dict.fromkeys(itertools.chain.from_iterable(m.templates for m in MEASURES.values()))
)
NUMBERS_PARAMETERS = (
    Parameter(
        "measure",
        {"type": "string", "enum": list(MEASURES)},
        "What to add up, a number of the tables or a ratio of two. "
        "Without any parameter: figures of the whole index.",
    ),
    Parameter(
        "by",
        {"type": "string", "enum": list(BY), "default": BY[0]},
        "What to group by.",
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
)


# What a page of numbers knows: a search, and what to add up.
NUMBERS_NAMES = (
    *(parameter.name for parameter in NUMBERS_PARAMETERS),
    *(name for name in SEARCH_NAMES if name not in PAGING),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; `measure` None: nothing was chosen yet."""

    request: SearchRequest
    measure: Measure | None
    by: str
    scope: str | None
    template: str | None

    def url(self, path: str, measure: Measure) -> str:
        """The question as a URL below `path`, defaults left out."""
        by = None if self.by == BY[0] else self.by
        own = address(
            path, measure=measure.name, by=by, scope=self.scope, template=self.template
        )
        # the search's own parameters go on after those of the measure
        return "&".join(
            part for part in (own, urlencode(self.request.params())) if part
        )


def parse_numbers(args: Arguments) -> Asked:
    """The search, what to add up and how. Raises RequestError."""
    names = [parameter.name for parameter in NUMBERS_PARAMETERS]
    request = parse_search(args, extra=names, skip=PAGING)
    given = [parameter for parameter in NUMBERS_PARAMETERS if parameter.name in args]
    values = {p.name: _one_of(p, args[p.name]) for p in given}
    return Asked(
        request=request,
        measure=MEASURES.get(values.get("measure", "")),
        by=values.get("by", BY[0]),
        scope=values.get("scope"),
        template=values.get("template"),
    )


def _one_of(parameter: Parameter, value: str) -> str:
    # every one of these parameters is a choice; its schema lists what can be chosen
    allowed: Sequence[str] = parameter.schema["enum"]
    if value not in allowed:
        raise RequestError(
            parameter.name,
            Code.REQUEST_NOT_ALLOWED,
            {"value": value[:60], "allowed": allowed},
        )
    return value
