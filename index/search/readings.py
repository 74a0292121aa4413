"""Matching modes: how strictly a bare query is matched, and which mode is used for the answer.

- "whole": every run is matched as one string.
- "words": every run is cut into words, and all words must occur.
- "any": most of the words must occur.

`match=auto` uses the first mode that finds a report. The whole answer (totals, occurrences,
marks, facets, exports, figures) then uses that one mode.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from index.assist.snapshot import Snapshot
from index.engines.seam import Engine, EngineQuery, Found, Matches
from index.model.fields import CARD_FIELD, TEXT_FIELDS
from index.model.problems import Code, Note
from index.query.nodes import (
    AllOf,
    AnyOf,
    Everything,
    Node,
    String,
    strings_of,
)
from index.search.plan import Plan, make_plan
from index.search.request import SearchRequest
from index.search.response import WiderReading

# With these values of `match`, index cards are searched too when no title and no text matches.
CARD_READINGS = ("auto", "whole")

__all__ = ["answered", "looser", "read_in", "settled", "wider"]


def settled(
    snapshot: Snapshot,
    request: SearchRequest,
) -> Plan:
    """The plan of a request in the reading that answers it. Raises RequestError, QueryError."""
    engine = snapshot.engine
    plan = make_plan(snapshot, replace(request, facets=()))
    if request.match not in CARD_READINGS:
        return _first_reading(engine, plan)

    def counted(query: EngineQuery) -> Matches:
        return engine.search(_only_total(query))

    return _answered(engine, plan, request, counted)[0]


def answered(
    engine: Engine, plan: Plan, request: SearchRequest
) -> tuple[Plan, Matches]:
    """The reading that answers a request, and its matches."""
    return _answered(engine, plan, request, engine.search)


def _answered(
    engine: Engine,
    plan: Plan,
    request: SearchRequest,
    search: Callable[[EngineQuery], Matches],
) -> tuple[Plan, Matches]:
    """The plan of the first reading that finds a report, or of the last one tried; its matches.

    `search` asks the engine for a whole answer, or for its total alone.
    """
    plan = _first_reading(engine, plan)
    matches = search(plan.query)
    if matches.total or request.match not in CARD_READINGS:
        return plan, matches
    carded = in_cards(plan)
    if carded is not None and (found := search(carded.query)).total:
        return carded, found
    if request.match != "auto":
        return plan, matches
    # the looser readings are looked for only here: the loosest takes several searches
    for other in looser(engine, plan):
        plan, matches = other, search(other.query)
        if matches.total:
            break
    return plan, matches


def read_in(
    found: Found,
    plan: Plan,
    match: str,
) -> Plan:
    """The plan in the reading that one report answers, for marking it."""
    resolved = plan.resolved
    if plan.reading == "any":
        least = min(1, len(resolved.telling))
        return _read_as(plan, "any", resolved.condition("any", least))
    is_read = match in CARD_READINGS and plan.reading == "whole"
    if not is_read or all(_stands(node, found) for node in resolved.whole):
        return plan
    carded = in_cards(plan)
    if carded is not None and _stands(carded.query.condition, found):
        return carded
    if match == "auto":
        return _read_as(plan, "words", resolved.condition("words"))
    return plan


def in_cards(plan: Plan) -> Plan | None:
    """The plan that looks for each string of the whole reading in index cards too.

    It is asked only when no title and no text has the strings, so that cards change no count of
    texts. None where there is no string to look for.
    """
    if plan.reading != "whole":
        return None
    condition = _with_cards(plan.query.condition)
    if condition == plan.query.condition:
        return None
    carded = _read_as(plan, "whole", condition)
    return replace(carded, notes=(*plan.notes, Note(Code.ANSWER_IN_CARD)))


def _with_cards(node: Node) -> Node:
    """The condition, with each string of title and text allowed in the card instead."""
    match node:
        case String(_, None):
            return AnyOf((node, replace(node, field=CARD_FIELD)))
        case AllOf(operands):
            return AllOf(tuple(map(_with_cards, operands)))
        case AnyOf(operands):
            return AnyOf(tuple(map(_with_cards, operands)))
        case _:
            return node


def _stands(
    node: Node,
    found: Found,
) -> bool:
    """Whether the strings that a node asks for stand in a report."""
    match node:
        case String(forms, field):
            names = TEXT_FIELDS if field is None else (field,)
            contents = found.contents
            held = {**contents.texts, CARD_FIELD: contents.card}
            texts = [held[name] for name in names]
            wordings = map(contents.wording.get, names)
            texts += filter(None, wordings)
            searched = "\0".join(text.form for text in texts)
            return any(form in searched for form in forms)
        case AllOf(operands):
            return all(_stands(operand, found) for operand in operands)
        case AnyOf(operands):
            return any(_stands(operand, found) for operand in operands)
        case _:
            # a condition without plain strings is the same in every reading
            return True


def _first_reading(
    engine: Engine,
    plan: Plan,
) -> Plan:
    """The plan in the reading that was asked for; that of auto is whole."""
    if plan.reading != "any":
        return plan
    return _any_of(engine, plan) or plan


def looser(
    engine: Engine,
    plan: Plan,
) -> Iterator[Plan]:
    """The plans in looser readings that are other queries, the stricter first."""
    words = plan.resolved.condition("words")
    if plan.reading == "whole" and words != plan.query.condition:
        plan = _read_as(plan, "words", words)
        yield plan
    if plan.reading != "any":
        relaxed = _any_of(engine, plan)
        if relaxed is not None:
            yield relaxed


def wider(
    engine: Engine, plan: Plan, total: int, request: SearchRequest
) -> WiderReading | None:
    """The next looser reading that finds more reports than `total`; None where none does."""
    if not total:
        return None
    for other in looser(engine, plan):
        found = _total(engine, other.query)
        if found > total:
            url = request.with_(match=other.reading).url()
            return WiderReading(other.reading, found, url)
    return None


def _total(
    engine: Engine,
    query: EngineQuery,
) -> int:
    """How many reports a query finds."""
    return engine.search(_only_total(query)).total


def _only_total(query: EngineQuery) -> EngineQuery:
    """A query for the total alone: neither hits nor occurrences are needed."""
    return replace(query, size=0, counted=Everything(), facets=())


def _read_as(
    plan: Plan,
    reading: str,
    condition: Node,
) -> Plan:
    query = replace(plan.query, condition=condition, counted=condition)
    return replace(plan, reading=reading, query=query)


# ---------------------------------------------------------------------- the mode "any"
def _any_of(
    engine: Engine,
    plan: Plan,
) -> Plan | None:
    """The plan for the mode "any". None where it would be the same query as "words"."""
    resolved = plan.resolved
    telling = len(resolved.telling)
    is_beside_strings = bool(strings_of(resolved.condition("any")))
    if telling < 2 and not (telling and is_beside_strings):
        return None
    best = _most_words(engine, plan)
    if not best and not is_beside_strings:
        return None
    # A report needs a third of the words that the best report has, and at most best - 2. A lower
    # bound finds more: the best answer to a question does not always repeat its words.
    least = min(best, max(1, min(best - 2, math.ceil(best / 3))))
    relaxed = _read_as(plan, "any", resolved.condition("any", least))
    if not least:
        # "独派" 主张: the quoted string stands, and no word beside it
        return replace(relaxed, notes=(*plan.notes, Note(Code.ANSWER_NO_WORD_BESIDE)))
    if best == telling:
        return relaxed
    ranking = replace(plan.evidence.traces(), boosts=plan.query.ranking.boosts)
    return replace(relaxed, query=replace(relaxed.query, ranking=ranking))


def _most_words(
    engine: Engine,
    plan: Plan,
) -> int:
    """How many of the telling words some report has at most, by bisection."""
    # What has `middle` words also has fewer, so the number can be halved towards.
    low, high = 0, len(plan.resolved.telling)
    while low < high:
        middle = (low + high + 1) // 2
        condition = plan.resolved.condition("any", middle)
        if _total(engine, replace(plan.query, condition=condition)):
            low = middle
        else:
            high = middle - 1
    return low
