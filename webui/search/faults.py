"""What is wrong with what was asked is said beside its field; the rest of the search stays."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from index.model.errors import QueryError, RequestError
from index.model.problems import Code
from index.query.parser import parse
from index.query.syntax import Run
from index.search.request import PAGE_SEARCH, SearchRequest
from index.search.response import QueryEcho, SearchResponse
from webui.http.context import room
from webui.http.params import Arguments, parse_search
from webui.http.searching import answer
from webui.words import labels
from webui.words.chips import comparison_words
from webui.words.faults import said_plainly
from webui.words.messages import gettext as _

__all__ = ["Fault", "found_or_faults", "is_read_otherwise"]

# What has a meaning in a query besides its words.
_SIGNS_PATTERN = re.compile(r"[^\w\s]|\b(?:AND|OR|NOT|NEAR(?:/\d+)?)\b")
# A condition on a number as its form makes it, whatever was typed as the number.
_TYPED_PATTERN = re.compile(r"([a-z_]+)\s*(>=|<=|!=|=|>|<)(.*)", re.DOTALL)
# A search has fewer parameters that can be wrong than this.
_MAX_FAULTS = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that could not be read: `typed` is what stood in the field.

    `position` is the place in a query, `plain` a query of its words alone with its address.
    `condition` is a condition on a number taken apart: (name, sign, number).
    """

    words: str
    typed: str
    position: int | None = None
    plain: tuple[str, str] | None = None
    condition: tuple[str, str, str] | None = None

    @property
    def named(self) -> str:
        """What could not be read, as a reader knows it: a number by its label."""
        if self.condition is None or self.condition[0] not in labels.METRICS.table:
            return self.typed
        name, sign, number = self.condition
        return f"{labels.METRICS[name]} {comparison_words(sign, number)}"


Faults = dict[str, Fault]


def found_or_faults(args: Arguments) -> tuple[SearchRequest, SearchResponse, Faults]:
    """The search that is asked for, its answer, and by parameter what could not be read.

    What could not be read is left out of the search. Where the query itself cannot be read,
    nothing is searched. Raises RequestError for what no parameter is to blame for.
    """
    faults: Faults = {}
    rest = args
    while True:
        asked = None
        try:
            asked = parse_search(rest)
            return asked, answer(asked), faults
        except RequestError as error:
            name = error.parameter or ""
            if name not in rest or len(faults) >= _MAX_FAULTS:
                raise
            faults[name] = _fault(error, name, rest)
            if name == "q" and asked is not None:
                return asked, _nothing(asked), faults
            rest = _without(rest, name, faults[name].typed)


def _without(args: Arguments, name: str, typed: str) -> Arguments:
    """The parameters without the one that could not be read."""
    pairs = list(args.items(multi=True))
    others = [pair for pair in pairs if pair != (name, typed)]
    if len(others) == len(pairs):
        others = [pair for pair in pairs if pair[0] != name]
    return MultiDict(others)


def _fault(error: RequestError, name: str, args: Arguments) -> Fault:
    given = args.getlist(name)
    facts = error.note.facts
    # a place is named as the region, and a year without its 年
    named = str(facts.get("value", facts.get("region", "")))
    # of several conditions the one that is named
    typed = next((value for value in given if value.startswith(named)), given[0])
    sentence = said_plainly(error.note)
    words = sentence[:1].upper() + sentence[1:]
    if error.note.code is Code.REQUEST_NOT_ALLOWED:
        # the values are names that programs use
        words = _("“%(value)s”不是可选的值。", value=named)
    if name == "q":
        return _fault_of_query(error, typed, args, words)
    condition = None
    taken_apart = _TYPED_PATTERN.fullmatch(typed)
    if name == "where" and taken_apart is not None:
        condition = (taken_apart[1], taken_apart[2], taken_apart[3])
        if error.note.code is Code.REQUEST_BAD_CONDITION:
            words = _("“%(number)s”不是数；请写数字，例如 100。", number=condition[2])
    return Fault(words, typed, condition=condition)


def _fault_of_query(
    error: RequestError, typed: str, args: Arguments, words: str
) -> Fault:
    position = None
    if isinstance(error, QueryError):
        position = error.position
        room().failures.refused(error.note.code)
    return Fault(words, typed, position, _plain(typed, args))


def _plain(typed: str, args: Arguments) -> tuple[str, str] | None:
    """The words of a query alone, with their address, where they find something."""
    words = " ".join(_SIGNS_PATTERN.sub(" ", typed).split())
    if not words or words == typed:
        return None
    others = [pair for pair in args.items(multi=True) if pair[0] != "q"]
    try:
        asked = parse_search(MultiDict([("q", words), *others]))
        found = room().searcher.search(
            replace(asked, size=1, page=1, cursor=None, snippets=0, facets=())
        )
    except RequestError:
        return None
    return (words, asked.url(PAGE_SEARCH)) if found.total else None


def _nothing(asked: SearchRequest) -> SearchResponse:
    return SearchResponse(
        query=QueryEcho(asked.q, "", (), {}),
        total=0,
        occurrences=None,
        took_ms=0.0,
        page=1,
        size=asked.size,
        next=None,
        previous=None,
        hits=(),
    )


def is_read_otherwise(q: str, matched: str) -> bool:
    """Whether the page must explain the query: it is not just one string, matched as typed."""
    try:
        tree = parse(q)
    except QueryError:
        return False
    is_plain = isinstance(tree, Run) and not tree.outside and tree.text == q.strip()
    return tree is not None and not (is_plain and matched == "whole")
