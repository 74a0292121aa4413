"""What can be asked: one frozen request, the same for the page, the endpoint and the command line.

The request knows how it is written as URL parameters, so that every link on a page and every `next`
of the endpoint is made in one place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from urllib.parse import quote_plus

from index.model.errors import RequestError
from index.model.fields import FACET_KINDS, FACET_NAMES, SORTS
from index.model.often import made_often
from index.model.problems import Code
from index.model.value_names import CLOSED_VALUES, OPEN_TO_CURATORS, UNKNOWN_WORDS
from index.query.field_values import (
    means_unknown,
    value_called,
    year_digits,
)
from index.query.nodes import NO_VALUE
from index.query.where import canonical
from index.search.response import Hit
from index.search.root import below

__all__ = [
    "API_SEARCH",
    "EXCLUDED_PREFIX",
    "HIT_MEMBERS",
    "LIMITS",
    "MATCH_MODES",
    "PAGE_SEARCH",
    "STRICT_MODES",
    "UNKNOWN",
    "SearchRequest",
    "Toggles",
    "first_mode",
    "typed_values",
    "unknown_value",
    "written_value",
]

# The members of a hit, as `fields` chooses among them.
HIT_MEMBERS = tuple(member.name for member in fields(Hit))
# Where a request is written to as a URL.
API_SEARCH, PAGE_SEARCH = "/api/v1/search", "/search"
# How strictly bare runs are matched, the strictest first: each as one string, all words of them,
# most of the words.
STRICT_MODES = ("whole", "words", "any")
# The first mode that finds something, or one of them; `all` is another name of `words`.
MATCH_MODES = ("auto", *STRICT_MODES, "all")
# Characters of the longest value that is remembered as it is written in a URL. Long queries are
# written anew each time, because they would fill the memory.
MAX_KEPT_VALUE = 64
# The parameter of values that no report may have: not_level.
EXCLUDED_PREFIX = "not_"
# How NO_VALUE is written where values are: year=不详.
UNKNOWN = UNKNOWN_WORDS[0]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may ask for; past a limit it is refused, never cut."""

    size: int = 100
    window: int = 10_000
    facet_size: int = 1_000
    snippets: int = 5
    values: int = 200


LIMITS = Limits()


@made_often(frozen=True, slots=True)
class SearchRequest:
    """One search.

    `filters` maps facet names to chosen values: OR-ed within a facet, AND-ed across. `without` maps
    them to values that no report may have. NO_VALUE stands for the reports without a value;
    `typed_values` and `written_value` stand between these values and what is typed. `facets` names
    the facets to count (None: all). `cursor` continues a list past `page * size == 10,000`. `fold`
    shows copies of one report as one hit. `synonyms` also searches what means the same as a bare
    word; `explain` asks for the parts of each score. `fields` are the members that a hit shall have
    (None: all). Without a query "relevance" is newest first. Raises RequestError on what cannot be.
    """

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None
    published_from: dt.date | None = None
    published_to: dt.date | None = None
    where: tuple[str, ...] = ()
    match: str = "auto"
    sort: str = "relevance"
    size: int = 10
    page: int = 1
    cursor: str | None = None
    facets: tuple[str, ...] | None = None
    facet_size: int = 20
    snippets: int = 3
    synonyms: bool = False
    fold: bool = False
    explain: bool = False
    fields: tuple[str, ...] | None = None
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be asked, naming the parameter."""
        _within("size", self.size, 1, LIMITS.size)
        _within("page", self.page, 1, LIMITS.window)
        _within(
            "facet_size",
            self.facet_size,
            1,
            LIMITS.facet_size,
        )
        _within("snippets", self.snippets, 0, LIMITS.snippets)
        _one_of("match", self.match, MATCH_MODES)
        if self.match == "all":
            object.__setattr__(self, "match", "words")
        _one_of("sort", self.sort, SORTS)
        if self.fields is not None:
            # a hit without members says nothing
            for name in self.fields or ("",):
                _one_of("fields", name, HIT_MEMBERS)
        for name in self.facets or ():
            _one_of("facets", name, FACET_NAMES)
        if self.where:
            object.__setattr__(self, "where", tuple(map(canonical, self.where)))
        for name in ("filters", "without"):
            chosen = getattr(self, name)
            prefix = EXCLUDED_PREFIX if name == "without" else ""
            checked = {
                facet: _checked(facet, values, prefix + facet)
                for facet, values in chosen.items()
            }
            if checked != chosen:
                object.__setattr__(self, name, checked)
        if self.cursor is None and self.page * self.size > LIMITS.window:
            raise RequestError(
                "page", Code.REQUEST_PAST_WINDOW, {"limit": LIMITS.window}
            )

    # ------------------------------------------------------------------ as a URL
    def params(self) -> list[tuple[str, str]]:
        """The request as URL parameters, defaults left out, in a stable order."""
        out: list[tuple[str, str]] = [("q", self.q)] if self.q else []
        out += _chosen_params(self.filters, "")
        out += _chosen_params(self.without, EXCLUDED_PREFIX)
        for name in (
            "year_from",
            "year_to",
            "published_from",
            "published_to",
        ):
            if (value := getattr(self, name)) is not None:
                out.append((name, str(value)))
        out += [("where", w) for w in self.where]
        if self.facets is not None:
            out.append(("facets", ",".join(self.facets)))
        for name in (
            "match",
            "sort",
            "size",
            "facet_size",
            "snippets",
        ):
            if getattr(self, name) != getattr(DEFAULT_REQUEST, name):
                out.append((name, str(getattr(self, name))))
        if self.synonyms:
            out.append(("synonyms", "on"))
        if self.fold:
            out.append(("fold", "on"))
        if self.explain:
            out.append(("explain", "1"))
        if self.fields is not None:
            out.append(("fields", ",".join(self.fields)))
        if self.cursor is not None:
            out.append(("cursor", self.cursor))
        elif self.page != 1:
            out.append(("page", str(self.page)))
        return out

    def url(self, path: str = API_SEARCH) -> str:
        """The request as a URL of the page or endpoint `path`."""
        written = [_written(name, value) for name, value in self.params()]
        return _joined(below(path), written)

    # ------------------------------------------------------------------ neighbours of a request
    def toggled(self, facet: str, value: str) -> SearchRequest:
        """This request with one facet value chosen, or no longer chosen, from the first page."""
        chosen = self.filters.get(facet, ())
        without = tuple(v for v in chosen if v != value)
        now = without if value in chosen else (*chosen, value)
        filters = {k: v for k, v in {**self.filters, facet: now}.items() if v}
        return replace(self, filters=filters, page=1, cursor=None)

    def excluded(self, facet: str, value: str) -> SearchRequest:
        """This request without the reports that have a value, or with them again."""
        out = self.without.get(facet, ())
        others = tuple(v for v in out if v != value)
        now = others if value in out else (*out, value)
        without = {k: v for k, v in {**self.without, facet: now}.items() if v}
        # what is left out can not be asked for at the same time
        chosen = self.filters.get(facet, ())
        kept = tuple(v for v in chosen if v != value)
        filters = {k: v for k, v in {**self.filters, facet: kept}.items() if v}
        return self.with_(filters=filters, without=without)

    def at_page(self, page: int) -> SearchRequest:
        """This request at another page."""
        return replace(self, page=page, cursor=None)

    def at_cursor(self, cursor: str) -> SearchRequest:
        """This request continued behind a hit."""
        return replace(self, page=1, cursor=cursor)

    def with_(self, **changes: object) -> SearchRequest:
        """This request with some parameters changed, from the first page."""
        return replace(self, **{"page": 1, "cursor": None, **changes})  # type: ignore[arg-type]


def first_mode(match: str) -> str:
    """The matching mode that a request tries first.

    >>> first_mode("auto"), first_mode("any")
    ('whole', 'any')
    """
    return "whole" if match == "auto" else match


class Toggles:
    """The URLs of one request's neighbours: what they have in common is made once."""

    def __init__(self, request: SearchRequest, path: str = API_SEARCH) -> None:
        params = request.params()
        # A neighbour begins on its first page.
        paging = ("cursor", "page")
        self.request, self.own_path = request, path
        self.path = below(path)
        self.parts = [
            (
                PARAMETER_ORDER.get(name, len(PARAMETER_ORDER)),
                _written(name, v),
            )
            for name, v in params
            if name not in paging
        ]

    def urls(self, facet: str, values: Iterable[str]) -> list[str]:
        """`request.toggled(facet, value).url(path)` for each of some values."""
        return self._each(facet, self.request.filters.get(facet, ()), values)

    def exclusions(self, facet: str, values: Sequence[str]) -> list[str]:
        """`request.excluded(facet, value).url(path)` for each of some values."""
        absent = self.request.without.get(facet, ())
        urls = self._each(EXCLUDED_PREFIX + facet, absent, values)
        for place, value in enumerate(values):
            # what is chosen is given up too: few values are
            if value in self.request.filters.get(facet, ()):
                other = self.request.excluded(facet, value)
                urls[place] = other.url(self.own_path)
        return urls

    def _each(
        self, parameter: str, chosen: tuple[str, ...], values: Iterable[str]
    ) -> list[str]:
        """The URLs with each value put into a parameter, or taken out of it."""
        place = PARAMETER_ORDER[parameter]
        before = [part for at, part in self.parts if at < place]
        after = [part for at, part in self.parts if at > place]
        kept = [_choice(parameter, v) for v in chosen]
        # All that the URLs of values not yet chosen have in common.
        head = f"{self.path}?" + "".join(f"{part}&" for part in before + kept)
        tail = "".join(f"&{part}" for part in after)
        return [
            self._url(
                before + [_choice(parameter, v) for v in chosen if v != value] + after
            )
            if value in chosen
            else head + _choice(parameter, value) + tail
            for value in values
        ]

    def page(self, number: int) -> str:
        """`request.at_page(number).url(path)`."""
        return self._url(
            [part for _, part in self.parts]
            + ([f"page={number}"] if number != 1 else [])
        )

    def cursor(self, cursor: str) -> str:
        """`request.at_cursor(cursor).url(path)`."""
        return self._url([*(part for _, part in self.parts), f"cursor={cursor}"])

    def _url(self, parts: Sequence[str]) -> str:
        return _joined(self.path, parts)


def _joined(path: str, parts: Sequence[str]) -> str:
    return f"{path}?{'&'.join(parts)}" if parts else path


def _written(name: str, value: str) -> str:
    """A parameter as a URL has it."""
    if len(value) > MAX_KEPT_VALUE:
        return _write(name, value)
    return _write_once(name, value)


def _write(name: str, value: str) -> str:
    return f"{name}={quote_plus(value, errors='replace')}"


# Values of facets and usual queries come again and again.
_write_once = lru_cache(maxsize=1 << 14)(_write)


def _chosen_params(
    chosen: Mapping[str, tuple[str, ...]], prefix: str
) -> list[tuple[str, str]]:
    """The values of all facets as URL parameters whose names have the prefix."""
    # most requests choose nothing: this is asked for several times an answer
    if not chosen:
        return []
    return [
        (prefix + name, written_value(value))
        for name in FACET_NAMES
        for value in chosen.get(name, ())
    ]


def _choice(name: str, value: str) -> str:
    """A value of a facet as a URL has it."""
    if len(value) > MAX_KEPT_VALUE:
        return _write_choice(name, value)
    return _write_choice_once(name, value)


def _write_choice(name: str, value: str) -> str:
    return _write(name, written_value(value))


_write_choice_once = lru_cache(maxsize=1 << 14)(_write_choice)


def typed_values(parameter: str, typed: Iterable[str]) -> tuple[str, ...]:
    """The values of a facet that are typed: NO_VALUE for 不详, the word itself where it is quoted.

    Raises RequestError about the parameter where nothing is typed.

    >>> typed_values("year", ["不詳", "2018"]), typed_values("agency", ["unknown", '"不详"'])
    (('', '2018'), ('', '不详'))
    """
    values = tuple(typed)
    # an empty filter would match nothing, silently
    if "" in values:
        raise RequestError(parameter, Code.REQUEST_WITHOUT_VALUE, {"name": parameter})
    return tuple(map(_typed_value, values))


def _typed_value(typed: str) -> str:
    if means_unknown(typed):
        return NO_VALUE
    is_quoted = len(typed) > 1 and typed[0] == typed[-1] == '"'
    return typed[1:-1] if is_quoted and means_unknown(typed[1:-1]) else typed


def written_value(value: str) -> str:
    """A value of a facet as it is typed.

    >>> written_value(""), written_value("不详"), written_value("2018")
    ('不详', '"不详"', '2018')
    """
    if value == NO_VALUE:
        return UNKNOWN
    # a body may be called so: it is not unknown
    return f'"{value}"' if means_unknown(value) else value


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise RequestError(
            name,
            Code.REQUEST_OUT_OF_RANGE,
            {"name": name, "value": value, "low": low, "high": high},
        )


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise RequestError(
            name, Code.REQUEST_NOT_ALLOWED, {"value": value, "allowed": allowed}
        )


def _checked(name: str, values: tuple[str, ...], parameter: str) -> tuple[str, ...]:
    """The chosen values of a facet as indexes have them: 县 is 县区级, 2021年 is 2021.

    `parameter` is what an error is about. NO_VALUE, and values that only an index can know, stay as
    they are.
    """
    _one_of(name, name, FACET_NAMES)
    if len(values) > LIMITS.values:
        raise RequestError(
            parameter,
            Code.REQUEST_TOO_MANY_CHOSEN,
            {"name": parameter, "limit": LIMITS.values},
        )
    checked = (
        _checked_value(name, value, parameter) if value != NO_VALUE else value
        for value in values
    )
    return tuple(dict.fromkeys(checked))


def _checked_value(name: str, value: str, parameter: str) -> str:
    """One value that reports have. Raises RequestError."""
    if FACET_KINDS[name] == "number":
        year = year_digits(value)
        # Four digits: the only facet of numbers is the year.
        if not (year.isascii() and year.isdigit() and len(year) <= 4):
            facts = {"name": parameter, "value": year}
            raise RequestError(parameter, Code.REQUEST_BAD_FACET_VALUE, facts)
        return year
    if name in CLOSED_VALUES:
        return _called(name, value, parameter)
    return value


def _called(facet: str, typed: str, parameter: str) -> str:
    """The value that was typed, of a facet with few of them. Raises RequestError."""
    allowed = CLOSED_VALUES[facet]
    value = value_called(facet, typed, allowed)
    if value is not None:
        return value
    if facet in OPEN_TO_CURATORS:
        # a curator may have given another, which an index knows
        return typed
    raise unknown_value(parameter, typed, allowed)


def unknown_value(parameter: str, typed: str, allowed: Sequence[str]) -> RequestError:
    """The error for a value that a facet does not have; it names those that it has."""
    facts = {"name": parameter, "value": typed, "allowed": tuple(allowed)}
    return RequestError(parameter, Code.REQUEST_UNKNOWN_VALUE, facts)


# The order of the first parameters of a URL; all others come behind.
_FIRST_PARAMETERS = (
    "q",
    *FACET_NAMES,
    *(EXCLUDED_PREFIX + name for name in FACET_NAMES),
)
PARAMETER_ORDER = {name: place for place, name in enumerate(_FIRST_PARAMETERS)}

# All defaults: what a URL leaves out.
DEFAULT_REQUEST = SearchRequest()
