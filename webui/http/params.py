"""URL parameters -> SearchRequest.

Strict: what is unknown, repeated or malformed is refused by name, never ignored.

PARAMETERS is the table of what can be asked; reading it and describing it (openapi.py) loop over
the same rows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from index.model.errors import RequestError
from index.model.fields import FACET_NAMES, FACETS, SORTS, Facet
from index.model.problems import Code
from index.model.value_names import CLOSED_VALUES, OPEN_TO_CURATORS
from index.query.field_values import day_called, year_digits
from index.search.request import (
    EXCLUDED_PREFIX,
    LIMITS,
    MATCH_MODES,
    UNKNOWN,
    SearchRequest,
    typed_values,
)

__all__ = [
    "PARAMETERS",
    "REGION",
    "SEARCH_NAMES",
    "TABLE_FORMATS",
    "Parameter",
    "check_length",
    "from_page",
    "only",
    "page_format",
    "parse_facet",
    "parse_search",
    "read_integer",
    "read_region",
    "with_format",
]

QUERY_CHARACTERS = 512
REGION_CHARACTERS = 200
# 20 or -1, in ASCII: int() would also take １２ and 1_000, and a number of 5,000 digits.
_INTEGER_PATTERN = re.compile(r"-?[0-9]{1,9}")
_ON_WORDS = ("on", "1")
_OFF_WORDS = ("off", "0")
_SWITCH_WORDS = (*_ON_WORDS, *_OFF_WORDS)
# Parameters that are years.
_YEARS = ("year", "not_year", "year_from", "year_to")
# A table is a page or JSON by itself.
TABLE_FORMATS = ("json", "csv")
# Characters of a wrong value or name that a message repeats.
_QUOTED_VALUE = 40
_QUOTED_NAME = 60

Arguments = MultiDict[str, str]


def read_integer(name: str, raw: str) -> int:
    """A whole number in ASCII digits. Raises RequestError."""
    if not _INTEGER_PATTERN.fullmatch(raw):
        facts = {"name": name, "value": raw[:_QUOTED_VALUE]}
        raise RequestError(name, Code.REQUEST_NOT_INTEGER, facts)
    return int(raw)


def _year(name: str, raw: str) -> int:
    year = read_integer(name, year_digits(raw))
    if not 1 <= year <= 9999:
        raise RequestError(name, Code.REQUEST_BAD_YEAR, {"name": name, "value": year})
    return year


def _date(name: str, raw: str) -> dt.date:
    """The day that is typed; of a month or a year the first, or the last where it is an end."""
    day = day_called(raw, last=name.endswith("_to"))
    if day is None:
        facts = {"name": name, "value": raw[:_QUOTED_VALUE]}
        raise RequestError(name, Code.REQUEST_BAD_DATE, facts)
    return day


def _text(_name: str, raw: str) -> str:
    return raw


# facets=level,year; facets= asks for none, and left out it asks for all.
def _list(_name: str, raw: str) -> tuple[str, ...]:
    return tuple(raw.split(",")) if raw else ()


def _switch(name: str, raw: str) -> bool:
    if raw not in _SWITCH_WORDS:
        facts = {"value": raw[:_QUOTED_VALUE], "allowed": _SWITCH_WORDS}
        raise RequestError(name, Code.REQUEST_NOT_ALLOWED, facts)
    return raw in _ON_WORDS


@dataclass(frozen=True, slots=True)
class Parameter:
    """One URL parameter.

    `schema` is the JSON Schema of one value. `read` turns (name, raw) into the value and
    raises RequestError.
    """

    name: str
    schema: Mapping[str, Any]
    description: str
    read: Callable[[str, str], Any] = _text
    repeatable: bool = False


def _filter(facet: Facet) -> Parameter:
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if facet.name in CLOSED_VALUES and facet.name not in OPEN_TO_CURATORS:
        values = [*CLOSED_VALUES[facet.name], UNKNOWN]
        schema = {"type": "string", "enum": values}
    if facet.kind == "number":
        # the only facet of this kind is a year
        schema = {"type": "string", "pattern": f"^([0-9]{{1,4}}|{UNKNOWN})$"}
    description = f"{facet.label_en}; repeat it to choose several, which are OR-ed."
    if facet.name in CLOSED_VALUES:
        description += " As pages print it or people shorten it, too."
    if facet.name == "agency":
        description += " A short name that only one body has does as well."
    if facet.kind == "path":
        description += (
            " A path from the province down, joined by /; takes all below it."
        )
    description += f" {UNKNOWN} (or unknown) is the reports without one."
    return Parameter(facet.name, schema, description, repeatable=True)


def _exclusion(facet: Facet) -> Parameter:
    """Leaves out what the filter of this facet would choose."""
    chosen = _filter(facet)
    description = f"{facet.label_en} that no report may have; repeat it for several."
    description += f" {UNKNOWN} (or unknown) leaves out the reports without one."
    return replace(chosen, name=EXCLUDED_PREFIX + facet.name, description=description)


def _count(name: str, low: int, high: int, default: int, description: str) -> Parameter:
    schema = {"type": "integer", "minimum": low, "maximum": high, "default": default}
    return Parameter(name, schema, description, read_integer)


_YEAR_SCHEMA = {"type": "integer", "minimum": 1, "maximum": 9999}
_DAY_SCHEMA = {"type": "string", "format": "date"}
_FACET_PATTERN = "|".join(FACET_NAMES)
# Its values are the defaults.
_DEFAULTS = SearchRequest()

Q = Parameter(
    "q",
    {"type": "string", "maxLength": QUERY_CHARACTERS, "default": ""},
    "The query; its language is described at /help. Empty browses everything under the filters.",
)
FILTERS = tuple(map(_filter, FACETS))
EXCLUSIONS = tuple(map(_exclusion, FACETS))
MATCH = Parameter(
    "match",
    {"type": "string", "enum": list(MATCH_MODES), "default": _DEFAULTS.match},
    "How bare runs are read. whole: each as it stands; words (or all): all words of them; "
    "any: most of the words; auto: the first of these that finds a report. "
    "`query.matched` says which it was.",
)
WHERE = Parameter(
    "where",
    {"type": "string", "minLength": 1},
    "A condition on a number of the statutory tables, such as applications_new>=100; "
    "repeat it for several.",
    repeatable=True,
)
PARAMETERS = (
    Q,
    *FILTERS,
    *EXCLUSIONS,
    Parameter("year_from", _YEAR_SCHEMA, "First year of the reporting period.", _year),
    Parameter("year_to", _YEAR_SCHEMA, "Last year of the reporting period.", _year),
    Parameter(
        "published_from",
        _DAY_SCHEMA,
        "First day of publication; of a month (2022-01) or a year its first.",
        _date,
    ),
    Parameter(
        "published_to",
        _DAY_SCHEMA,
        "Last day of publication; of a month or a year its last.",
        _date,
    ),
    WHERE,
    MATCH,
    Parameter(
        "sort",
        {"type": "string", "enum": list(SORTS), "default": _DEFAULTS.sort},
        "Order; - is descending.",
    ),
    _count("size", 1, LIMITS.size, _DEFAULTS.size, "Hits a page."),
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
        {"type": "string", "pattern": f"^(({_FACET_PATTERN})(,({_FACET_PATTERN}))*)?$"},
        "Facets to count, joined by commas; empty for none, all when left out.",
        _list,
    ),
    _count(
        "facet_size",
        1,
        LIMITS.facet_size,
        _DEFAULTS.facet_size,
        "Values of each facet.",
    ),
    Parameter(
        "fields",
        {"type": "string", "minLength": 1},
        "Members of a hit to give, joined by commas; all when left out.",
        _list,
    ),
    _count("snippets", 0, LIMITS.snippets, _DEFAULTS.snippets, "Snippets a hit."),
    Parameter(
        "synonyms",
        {"type": "string", "enum": list(_SWITCH_WORDS), "default": "off"},
        "on: bare words also find what means the same; the answer's `notes` say what was searched.",
        _switch,
    ),
    Parameter(
        "fold",
        {"type": "string", "enum": list(_SWITCH_WORDS), "default": "off"},
        "on: copies of one report are one hit, with the others listed in `copies`; "
        "totals and facets count it once.",
        _switch,
    ),
    Parameter(
        "explain",
        {"type": "string", "enum": list(_SWITCH_WORDS), "default": "0"},
        "1: the parts of each score.",
        _switch,
    ),
)
SEARCH_NAMES = tuple(parameter.name for parameter in PARAMETERS)
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
    "fields",
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
            facts = {"name": name[:_QUOTED_NAME], "known": known}
            raise RequestError(name, Code.REQUEST_UNKNOWN_PARAMETER, facts)
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


def with_format(args: Arguments) -> tuple[str, Arguments]:
    """The format that is asked for, one of TABLE_FORMATS, and the other parameters.

    Raises RequestError.
    """
    kind = args.get("format", TABLE_FORMATS[0])
    if kind not in TABLE_FORMATS:
        facts = {"value": kind[:_QUOTED_VALUE], "allowed": TABLE_FORMATS}
        raise RequestError("format", Code.REQUEST_NOT_ALLOWED, facts)
    rest = [(k, v) for k, v in args.items(multi=True) if k != "format"]
    return kind, MultiDict(rest)


def page_format(args: Arguments) -> str:
    """ "csv" where a page is asked for as a table, else "html"."""
    return "csv" if args.get("format") == "csv" else "html"


def from_page(args: Arguments, names: Iterable[str]) -> Arguments:
    """The parameters of a page that it knows and that are filled in.

    What others add to an address, as utm_source and fbclid, asks for nothing. A form sends every
    field, filled in or not. Years may be typed in full-width or Chinese digits.
    """
    known = frozenset(names)
    given = [
        (name, _year_typed(value) if name in _YEARS else value)
        for name, value in args.items(multi=True)
        if name in known and value.strip()
    ]
    return MultiDict(given)


def _year_typed(value: str) -> str:
    """A year in ASCII digits; what is no year stays as it was typed."""
    digits = year_digits(value)
    return digits if digits.isdecimal() else value


def parse_search(
    args: Arguments, extra: Iterable[str] = (), skip: Iterable[str] = ()
) -> SearchRequest:
    """The search that the parameters ask for.

    `extra` are names that the caller reads itself, `skip` are names that make no sense here. Raises
    RequestError.
    """
    skipped = set(skip)
    table = {p.name: p for p in PARAMETERS if p.name not in skipped}
    repeatable = {name for name, parameter in table.items() if parameter.repeatable}
    single = MultiDict(
        [(k, v) for k, v in args.items(multi=True) if k not in repeatable]
    )
    values = only(single, [*table, *extra])
    fields: dict[str, Any] = {
        name: table[name].read(name, raw)
        for name, raw in values.items()
        if name in table
    }
    # both say where the page begins, and may contradict each other
    if "page" in fields and "cursor" in fields:
        raise RequestError("cursor", Code.REQUEST_PAGE_AND_CURSOR)
    chosen = {name: _values(args, name) for name in FACET_NAMES if name in args}
    return SearchRequest(
        filters=chosen,
        without=_without(args),
        where=_several(args, WHERE.name),
        **fields,
    )


def _without(args: Arguments) -> dict[str, tuple[str, ...]]:
    """The values that are left out, by their facets."""
    without = {}
    for name in FACET_NAMES:
        parameter = EXCLUDED_PREFIX + name
        if parameter in args:
            without[name] = _values(args, parameter)
    return without


def _values(args: Arguments, name: str) -> tuple[str, ...]:
    """The values of a facet that a parameter chooses or leaves out."""
    return typed_values(name, _several(args, name))


def _several(args: Arguments, name: str) -> tuple[str, ...]:
    """The values of a repeatable parameter, each once."""
    values = args.getlist(name)
    if len(values) > LIMITS.values:
        raise RequestError(
            name,
            Code.REQUEST_TOO_MANY_VALUES,
            {"name": name, "count": len(values), "limit": LIMITS.values},
        )
    # an empty filter would match nothing, silently
    if "" in values:
        raise RequestError(name, Code.REQUEST_WITHOUT_VALUE, {"name": name})
    # the same value twice is one: ?level=a&level=a
    return tuple(dict.fromkeys(values))


def read_region(values: Mapping[str, str]) -> str:
    """The path of a region, "" for the whole country. Raises RequestError."""
    # 广东省/ and 广东省 are one place
    region = values.get("region", "").strip("/")
    if len(region) > REGION_CHARACTERS:
        raise RequestError(
            "region", Code.REQUEST_REGION_TOO_LONG, {"length": len(region)}
        )
    return region


def parse_facet(args: Arguments) -> tuple[SearchRequest, str, int]:
    """The search, the text to contain and the number of values of a list of one facet."""
    request = parse_search(args, extra=("contains", "size"), skip=PAGING)
    size = read_integer("size", args.get("size", "100"))
    if not 1 <= size <= LIMITS.facet_size:
        raise RequestError(
            "size",
            Code.REQUEST_OUT_OF_RANGE,
            {"name": "size", "value": size, "low": 1, "high": LIMITS.facet_size},
        )
    return request, args.get("contains", ""), size
