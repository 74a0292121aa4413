"""Conditions: what a node is asked as. Terms and phrases find, stored scripts decide.

A string of one or two characters is a term, a longer one a phrase of its pairs. Where more must
be decided (exclusion, patterns, nearness), phrases narrow and a script looks at what is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, assert_never

from index.engines.opensearch.layout import (
    facet_field,
    form_of,
    number_field,
    whole_field,
    wording_of,
)
from index.engines.opensearch.scripts import HOLDS_SCRIPT
from index.engines.shared.units import findable, storable
from index.model.errors import RequestError
from index.model.fields import SEARCHED_FIELDS, is_searched
from index.model.problems import Code
from index.query.nodes import (
    MAX_NEAR_OPERANDS,
    NO_VALUE,
    AllOf,
    AnyOf,
    AtLeast,
    Everything,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    NumberRange,
    PathPrefix,
    String,
    Wildcard,
)

__all__ = [
    "ALL",
    "NONE",
    "Query",
    "all_of",
    "any_of",
    "compiled",
    "form_query",
    "script_node",
]

Query = dict[str, Any]
StringNode = String | Wildcard

ALL: Query = {"match_all": {}}
NONE: Query = {"match_none": {}}
WILD_SIGNS = "*?"
# What a clause of OpenSearch may hold at most; more are put together in groups.
MAX_CLAUSES = 500


def all_of(queries: Iterable[Query]) -> Query:
    """What satisfies every query."""
    wanted = [query for query in queries if query != ALL]
    if not wanted:
        return ALL
    if len(wanted) == 1:
        return wanted[0]
    return {"bool": {"filter": wanted}}


def any_of(queries: Iterable[Query]) -> Query:
    """What satisfies at least one query."""
    wanted = [query for query in queries if query != NONE]
    if not wanted:
        return NONE
    if len(wanted) == 1:
        return wanted[0]
    if len(wanted) > MAX_CLAUSES:
        groups = range(0, len(wanted), MAX_CLAUSES)
        return any_of([any_of(wanted[at : at + MAX_CLAUSES]) for at in groups])
    return {
        "bool": {
            "should": wanted,
            "minimum_should_match": 1,
        }
    }


def _none_of(query: Query) -> Query:
    return {"bool": {"must_not": [query]}}


def compiled(node: Node, *, worded: bool) -> Query:
    """The query of a node. `worded` says whether any report has lines in mainland wording."""
    match node:
        case Everything():
            return ALL
        case Nothing():
            return NONE
        case String() | Wildcard():
            return _string(node, worded=worded)
        case Near():
            return _near(node, worded=worded)
        case AllOf(operands):
            return all_of([compiled(one, worded=worded) for one in operands])
        case AnyOf(operands):
            return any_of([compiled(one, worded=worded) for one in operands])
        case AtLeast(operands, least):
            queries = [compiled(one, worded=worded) for one in operands]
            return _at_least(queries, least)
        case Not(operand):
            return _none_of(compiled(operand, worded=worded))
        case Keyword(name, values):
            return _by_value(whole_field(name), values)
        case PathPrefix(name, prefixes):
            return _by_value(facet_field(name), ["/".join(path) for path in prefixes])
        case NumberRange(name, low, high):
            return _range(name, low, high)
        case _:
            assert_never(node)


def _by_value(field: str, values: Sequence[str]) -> Query:
    """The reports that have one of the values of a facet, with NO_VALUE also those without one."""
    given = [storable(value) for value in values if value != NO_VALUE]
    queries: list[Query] = [{"terms": {field: given}}] if given else []
    if NO_VALUE in values:
        queries.append(_none_of({"exists": {"field": field}}))
    return any_of(queries)


def _range(
    name: str,
    low: float | None,
    high: float | None,
) -> Query:
    bounds = {"gte": low, "lte": high}
    given = {key: value for key, value in bounds.items() if value is not None}
    if not given:
        return {"exists": {"field": number_field(name)}}
    return {"range": {number_field(name): given}}


def _at_least(queries: Sequence[Query], least: int) -> Query:
    if least <= 0:
        return ALL
    if least > len(queries):
        return NONE
    # each of its own: Lucene would join two clauses that are equal
    should = [{"constant_score": {"filter": query}} for query in queries]
    return {
        "bool": {
            "should": should,
            "minimum_should_match": least,
        }
    }


# ---------------------------------------------------------------------- strings
def _searched(field: str | None, *, worded: bool) -> list[str]:
    """The fields in which a string is looked for, with their wordings."""
    fields = [name for name in SEARCHED_FIELDS if is_searched(name, field)]
    if worded:
        fields += [wording_of(name) for name in fields]
    return fields


def form_query(form: str, fields: Sequence[str]) -> Query:
    """The reports that hold a string of characters in one of the fields."""
    if not findable(form):
        return NONE
    if len(form) == 1:
        return any_of([{"term": {f"{field}.one": form}} for field in fields])
    if len(form) == 2:
        return any_of([{"term": {field: form}} for field in fields])
    return any_of([{"match_phrase": {field: form}} for field in fields])


def _forms(forms: Iterable[str], fields: Sequence[str]) -> Query:
    return any_of([form_query(form, fields) for form in dict.fromkeys(forms)])


def _string(node: StringNode, *, worded: bool) -> Query:
    fields = _searched(node.field, worded=worded)
    narrowed = _narrowed(node, fields)
    if isinstance(node, String) and not node.outside:
        return narrowed
    told = script_node(node)
    if told is None or narrowed == NONE:
        return NONE
    return all_of([narrowed, _holds(told, fields)])


def _narrowed(node: StringNode, fields: Sequence[str]) -> Query:
    """What can hold a node: each fixed piece of a pattern must stand somewhere."""
    if isinstance(node, String):
        return _forms(node.forms, fields)
    pieces = [sign for sign in _signs(node.pattern) if sign not in WILD_SIGNS]
    return all_of([form_query(piece, fields) for piece in dict.fromkeys(pieces)])


def _holds(told: Query, fields: Sequence[str]) -> Query:
    script = {
        "id": HOLDS_SCRIPT,
        "params": {
            "streams": [form_of(field) for field in fields],
            "node": told,
        },
    }
    return {"script": {"script": script}}


def _near(node: Near, *, worded: bool) -> Query:
    if len(node.operands) > MAX_NEAR_OPERANDS:
        raise RequestError("q", Code.QUERY_NEAR_TOO_MANY, {"limit": MAX_NEAR_OPERANDS})
    if not node.operands:
        return NONE
    told = []
    queries = []
    fields: dict[str, None] = {}
    for operand in node.operands:
        own = _searched(operand.field, worded=worded)
        one = script_node(operand)
        if one is None:
            return NONE
        told.append({**one, "streams": [form_of(field) for field in own]})
        queries.append(_narrowed(operand, own))
        fields.update(dict.fromkeys(own))
    near = {"operands": told, "distance": node.distance}
    return all_of([*queries, _holds(near, list(fields))])


# ---------------------------------------------------------------------- what scripts are told
def script_node(node: StringNode) -> Query | None:
    """A node as the scripts take it; None for what no text can hold."""
    if isinstance(node, String):
        forms = [form for form in dict.fromkeys(node.forms) if findable(form)]
        if not forms:
            return None
        outside = [form for form in node.outside if findable(form)]
        return {"forms": forms, "outside": outside}
    if not findable(node.pattern):
        return None
    signs = _signs(node.pattern)
    fixed = [sign for sign in signs if sign not in WILD_SIGNS]
    if not fixed:
        return None
    return {
        "signs": signs,
        "first": fixed[0],
        "lead": signs.index(fixed[0]),
        "widest": node.widest,
    }


def _signs(pattern: str) -> list[str]:
    """A pattern in its signs and the strings between them.

    A star at either end stands for nothing, so it is left out.

    >>> _signs("*?公开*例*")
    ['?', '公开', '*', '例']
    """
    fixed = [at for at, sign in enumerate(pattern) if sign not in WILD_SIGNS]
    if not fixed:
        return []
    lead = pattern[: fixed[0]].replace("*", "")
    tail = pattern[fixed[-1] + 1 :].replace("*", "")
    signs: list[str] = []
    is_open = False
    for sign in lead + pattern[fixed[0] : fixed[-1] + 1] + tail:
        if sign in WILD_SIGNS:
            signs.append(sign)
            is_open = False
        elif is_open:
            signs[-1] += sign
        else:
            signs.append(sign)
            is_open = True
    return signs
