"""URL parameters -> SearchRequest.

Strict: what is unknown, repeated or malformed is refused by name, never ignored.

PARAMETERS is the table of what can be asked; reading it and describing it (openapi.py) loop over
the same rows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from index.model.errors import RequestError
from index.model.fields import FACET_NAMES, FACETS, SORTS
from index.model.problems import Code
from index.search.request import LIMITS, MATCHES, SearchRequest

__all__ = [
    "PARAMETERS",
    "REGION",
    "Parameter",
    "check_length",
    "only",
    "parse_facet",
    "parse_search",
    "read_integer",
    "read_region",
    "without_blanks",
]

QUERY_CHARACTERS = 512
REGION_CHARACTERS = 200
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ON, _OFF = ("on", "1"), ("off", "0")
Arguments = MultiDict[str, str]


def read_integer(name: str, raw: str) -> int:
    """A whole number in ASCII digits. Raises RequestError."""
    if not _INTEGER.fullmatch(raw):
        raise RequestError(
            name, Code.REQUEST_NOT_INTEGER, {"name": name, "value": raw[:40]}
        )
    return int(raw)


def _year(name: str, raw: str) -> int:
    if not 1 <= (year := read_integer(name, raw)) <= 9999:
        raise RequestError(name, Code.REQUEST_BAD_YEAR, {"name": name, "value": year})
    return year


def _date(name: str, raw: str) -> dt.date:
    try:
        if _DATE.fullmatch(raw):
            return dt.date.fromisoformat(raw)
    except ValueError:
        pass
    raise RequestError(name, Code.REQUEST_BAD_DATE, {"name": name, "value": raw[:40]})


def _text(_name: str, raw: str) -> str:
    return raw


def _list(_name: str, raw: str) -> tuple[str, ...]:
    return tuple(raw.split(",")) if raw else ()


def _switch(name: str, raw: str) -> bool:
    if raw not in (*_ON, *_OFF):
        raise RequestError(
            name,
            Code.REQUEST_NOT_ALLOWED,
            {"value": raw[:40], "allowed": (*_ON, *_OFF)},
        )
    return raw in _ON


@dataclass(frozen=True, slots=True)
class Parameter:
    """One URL parameter:

    `schema` is the JSON Schema of one value, `read` turns (name, raw) into the value.
    """

    name: str
    schema: Mapping[str, Any]
    description: str
    read: Callable[[str, str], Any] = _text
    repeatable: bool = False


def _filter(name: str, kind: str, label: str) -> Parameter:
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if kind == "number":
        schema = {"type": "string", "pattern": "^[0-9]{1,4}$"}
    note = (
        " A path from the province down, joined by /; takes all below it."
        if kind == "path"
        else ""
    )
    return Parameter(
        name,
        schema,
        f"{label}; repeat it to choose several, which are OR-ed.{note}",
        repeatable=True,
    )


def _count(name: str, low: int, high: int, default: int, description: str) -> Parameter:
    schema = {"type": "integer", "minimum": low, "maximum": high, "default": default}
    return Parameter(name, schema, description, read_integer)


_YEAR = {"type": "integer", "minimum": 1, "maximum": 9999}
_DAY = {"type": "string", "format": "date"}
_FACET = "|".join(FACET_NAMES)
_BLANK = SearchRequest()

Q = Parameter(
    "q",
    {"type": "string", "maxLength": QUERY_CHARACTERS, "default": ""},
    "The query; its language is described at /help. Empty browses everything under the filters.",
)
FILTERS = tuple(_filter(f.name, f.kind, f.label_en) for f in FACETS)
MATCH = Parameter(
    "match",
    {"type": "string", "enum": list(MATCHES), "default": _BLANK.match},
    "all: every word; any: at least one; auto: all, and when no report has them all, those with most of them.",
)
WHERE = Parameter(
    "where",
    {"type": "string", "minLength": 1},
    "A condition on a number of the statutory tables, such as applications_new>=100; repeat it for several.",
    repeatable=True,
)
PARAMETERS = (
    Q,
    *FILTERS,
    Parameter("year_from", _YEAR, "First year of the reporting period.", _year),
    Parameter("year_to", _YEAR, "Last year of the reporting period.", _year),
    Parameter("published_from", _DAY, "First day of publication.", _date),
    Parameter("published_to", _DAY, "Last day of publication.", _date),
    WHERE,
    MATCH,
    Parameter(
        "sort",
        {"type": "string", "enum": list(SORTS), "default": _BLANK.sort},
        "Order; - is descending.",
    ),
    _count("size", 1, LIMITS.size, _BLANK.size, "Hits a page."),
    _count(
        "page",
        1,
        LIMITS.window,
        1,
        f"Page from 1; page * size may reach {LIMITS.window}.",
    ),
    Parameter(
        "cursor",
        {"type": "string"},
        "Continues a list: taken from `next`, not made up.",
    ),
    Parameter(
        "facets",
        {"type": "string", "pattern": f"^(({_FACET})(,({_FACET}))*)?$"},
        "Facets to count, joined by commas; empty for none, all when left out.",
        _list,
    ),
    _count(
        "facet_size", 1, LIMITS.facet_size, _BLANK.facet_size, "Values of each facet."
    ),
    _count("snippets", 0, LIMITS.snippets, _BLANK.snippets, "Snippets a hit."),
    Parameter(
        "synonyms",
        {"type": "string", "enum": [*_ON, *_OFF], "default": "off"},
        "on: bare words also find what means the same; the answer's `notes` say what was searched.",
        _switch,
    ),
    Parameter(
        "fold",
        {"type": "string", "enum": [*_ON, *_OFF], "default": "off"},
        "on: copies of one report are one hit, with the others listed in `copies`; totals and facets count it once.",
        _switch,
    ),
    Parameter(
        "explain",
        {"type": "string", "enum": [*_ON, *_OFF], "default": "0"},
        "1: the parts of each score.",
        _switch,
    ),
)
REGION = Parameter(
    "region",
    {"type": "string", "maxLength": REGION_CHARACTERS, "default": ""},
    "A path from the province down, joined by /; empty is the whole country.",
)
# Parameters that say how to show a result, not what is in it.
PAGING = (
    "page",
    "cursor",
    "size",
    "facets",
    "facet_size",
    "snippets",
    "sort",
    "explain",
)


def only(args: Arguments, names: Iterable[str]) -> dict[str, str]:
    """The parameters as a dict, each of `names` at most once and nothing else.

    Raises RequestError.
    """
    known = tuple(names)
    for name, values in args.lists():
        if name not in known:
            raise RequestError(
                name,
                Code.REQUEST_UNKNOWN_PARAMETER,
                {"name": name[:60], "known": known},
            )
        if len(values) > 1:
            raise RequestError(
                name, Code.REQUEST_REPEATED, {"name": name, "count": len(values)}
            )
    return args.to_dict()


def check_length(q: str) -> None:
    """Refuse what the parser, which is not asked here, would refuse as too long.

    Raises RequestError.
    """
    if len(q) > QUERY_CHARACTERS:
        raise RequestError(
            "q", Code.QUERY_TOO_LONG, {"limit": QUERY_CHARACTERS, "length": len(q)}
        )


def without_blanks(args: Arguments) -> Arguments:
    """The parameters of a page without empty ones: a form sends every field, filled in or not."""
    return MultiDict(
        [(name, value) for name, value in args.items(multi=True) if value.strip()]
    )


def parse_search(
    args: Arguments, extra: Iterable[str] = (), skip: Iterable[str] = ()
) -> SearchRequest:
    """The search that the parameters ask for.

    `extra` are names that the caller reads itself, `skip` are names that make no sense here. Raises
    RequestError.
    """
    table = {p.name: p for p in PARAMETERS if p.name not in tuple(skip)}
    others = MultiDict(
        [
            (k, v)
            for k, v in args.items(multi=True)
            if not (k in table and table[k].repeatable)
        ]
    )
    values = only(others, [*table, *extra])
    fields: dict[str, Any] = {
        k: table[k].read(k, v) for k, v in values.items() if k in table
    }
    if "page" in fields and "cursor" in fields:
        raise RequestError("cursor", Code.REQUEST_PAGE_AND_CURSOR)
    chosen = {name: _several(args, name) for name in FACET_NAMES if name in args}
    return SearchRequest(filters=chosen, where=_several(args, WHERE.name), **fields)


def _several(args: Arguments, name: str) -> tuple[str, ...]:
    """The values of a repeatable parameter, each once."""
    values = args.getlist(name)
    if len(values) > LIMITS.values:
        raise RequestError(
            name,
            Code.REQUEST_TOO_MANY_VALUES,
            {"name": name, "count": len(values), "limit": LIMITS.values},
        )
    if "" in values:
        raise RequestError(name, Code.REQUEST_WITHOUT_VALUE, {"name": name})
    return tuple(dict.fromkeys(values))


def read_region(values: Mapping[str, str]) -> str:
    """The path of a region, "" for the whole country. Raises RequestError."""
    region = values.get("region", "").strip("/")
    if len(region) > REGION_CHARACTERS:
        raise RequestError(
            "region", Code.REQUEST_REGION_TOO_LONG, {"length": len(region)}
        )
    return region


def parse_facet(args: Arguments) -> tuple[SearchRequest, str, int]:
    """The search, the string and the number of values that a list of one facet's values asks for."""
    request = parse_search(args, extra=("contains", "size"), skip=PAGING)
    size = read_integer("size", args.get("size", "100"))
    if not 1 <= size <= LIMITS.facet_size:
        raise RequestError(
            "size",
            Code.REQUEST_OUT_OF_RANGE,
            {"name": "size", "value": size, "low": 1, "high": LIMITS.facet_size},
        )
    return request, args.get("contains", ""), size
