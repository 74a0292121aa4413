"""Matching modes: how strictly a bare query is matched, and which mode is used for the answer.

- "whole": every run is matched as one string.
- "words": every run is cut into words, and all words must occur.
- "any": most of the words must occur.

`match=auto` uses the first mode that finds a report. The whole answer (totals, occurrences,
marks, facets, exports, figures) then uses that one mode.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from index.assist.snapshot import Snapshot
from index.engines.seam import Engine, EngineHit, EngineQuery, Matches
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
CARD_MODES = ("auto", "whole")

__all__ = ["answered", "looser", "plan_for_hit", "settled", "totals", "wider"]


def settled(
    snapshot: Snapshot,
    request: SearchRequest,
) -> Plan:
    """The plan of a request in the mode that answers it. Raises RequestError, QueryError."""
    engine = snapshot.engine
    plan = make_plan(snapshot, replace(request, facets=()))
    if request.match not in CARD_MODES:
        return _in_asked_mode(engine, plan)

    def counted(query: EngineQuery) -> Matches:
        return engine.search(_only_total(query))

    return _answered(engine, plan, request, counted)[0]


def answered(
    engine: Engine, plan: Plan, request: SearchRequest
) -> tuple[Plan, Matches]:
    """The plan in the mode that answers a request, and its matches."""
    return _answered(engine, plan, request, engine.search)


def _answered(
    engine: Engine,
    plan: Plan,
    request: SearchRequest,
    search: Callable[[EngineQuery], Matches],
) -> tuple[Plan, Matches]:
    """The plan of the first mode that finds a report, or of the last one tried; its matches.

    `search` asks the engine for a whole answer, or for its total alone.
    """
    plan = _in_asked_mode(engine, plan)
    matches = search(plan.query)
    if matches.total or request.match not in CARD_MODES:
        return plan, matches
    carded = in_cards(plan)
    if carded is not None and (found := search(carded.query)).total:
        return carded, found
    if request.match != "auto":
        return plan, matches
    # the looser modes are looked for only here: the loosest takes several searches
    for other in looser(engine, plan):
        plan, matches = other, search(other.query)
        if matches.total:
            break
    return plan, matches


def plan_for_hit(
    hit: EngineHit,
    plan: Plan,
    match: str,
) -> Plan:
    """The plan in the mode in which one report matches, for marking it."""
    resolved = plan.resolved
    if plan.mode == "any":
        least = min(1, len(resolved.distinctive))
        return _in_mode(plan, "any", resolved.condition("any", least))
    is_read = match in CARD_MODES and plan.mode == "whole"
    if not is_read or all(_stands(node, hit) for node in resolved.whole):
        return plan
    carded = in_cards(plan)
    if carded is not None and _stands(carded.query.condition, hit):
        return carded
    if match == "auto":
        return _in_mode(plan, "words", resolved.condition("words"))
    return plan


def in_cards(plan: Plan) -> Plan | None:
    """The plan of the mode "whole" that looks for each string in index cards too.

    It is asked only when no title and no text has the strings, so that cards change no count of
    texts. None where there is no string to look for.
    """
    if plan.mode != "whole":
        return None
    condition = _with_cards(plan.query.condition)
    if condition == plan.query.condition:
        return None
    carded = _in_mode(plan, "whole", condition)
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
    hit: EngineHit,
) -> bool:
    """Whether the strings that a node asks for stand in a report."""
    match node:
        case String(forms, field):
            names = TEXT_FIELDS if field is None else (field,)
            contents = hit.contents
            held = {**contents.texts, CARD_FIELD: contents.card}
            texts = [held[name] for name in names]
            wordings = map(contents.wording.get, names)
            texts += filter(None, wordings)
            searched = "\0".join(text.form for text in texts)
            return any(form in searched for form in forms)
        case AllOf(operands):
            return all(_stands(operand, hit) for operand in operands)
        case AnyOf(operands):
            return any(_stands(operand, hit) for operand in operands)
        case _:
            # a condition without plain strings is the same in every mode
            return True


def _in_asked_mode(
    engine: Engine,
    plan: Plan,
) -> Plan:
    """The plan in the mode that was asked for; "auto" begins with "whole"."""
    if plan.mode != "any":
        return plan
    return _any_of(engine, plan) or plan


def looser(
    engine: Engine,
    plan: Plan,
) -> Iterator[Plan]:
    """The plans in looser modes that are other queries, the stricter first."""
    in_words = _in_words(plan)
    if in_words is not None:
        plan = in_words
        yield plan
    if plan.mode != "any":
        relaxed = _any_of(engine, plan)
        if relaxed is not None:
            yield relaxed


def _in_words(plan: Plan) -> Plan | None:
    """The plan in the mode "words", where that is a looser query."""
    words = plan.resolved.condition("words")
    if plan.mode != "whole" or words == plan.query.condition:
        return None
    return _in_mode(plan, "words", words)


def wider(
    engine: Engine, plan: Plan, total: int, request: SearchRequest
) -> WiderReading | None:
    """The next looser mode that finds more reports than `total`; None where none does."""
    if not total or plan.mode == "any":
        return None

    def reading(mode: str, found: int) -> WiderReading:
        return WiderReading(mode, found, request.with_(match=mode).url())

    in_words = _in_words(plan)
    has_all = plan.query.condition == plan.resolved.condition("words")
    if in_words is not None:
        plan = in_words
        found = _total(engine, plan.query)
        if found > total:
            return reading("words", found)
        has_all = found > 0
    # a report that has all words has all distinctive ones: how many some report has is known
    best = len(plan.resolved.distinctive) if has_all else None
    relaxed = _any_of(engine, plan, best)
    if relaxed is None:
        return None
    found = _total(engine, relaxed.query)
    return reading("any", found) if found > total else None


def _total(
    engine: Engine,
    query: EngineQuery,
) -> int:
    """How many reports a query finds."""
    return engine.search(_only_total(query)).total


def _only_total(query: EngineQuery) -> EngineQuery:
    """A query for the total alone: neither hits nor occurrences are needed."""
    return replace(query, size=0, counted=Everything(), facets=())


def _in_mode(
    plan: Plan,
    mode: str,
    condition: Node,
) -> Plan:
    query = replace(plan.query, condition=condition, counted=condition)
    return replace(plan, mode=mode, query=query)


# ---------------------------------------------------------------------- the mode "any"
def _any_of(
    engine: Engine,
    plan: Plan,
    best: int | None = None,
) -> Plan | None:
    """The plan for the mode "any". None where it would be the same query as "words".

    `best` is how many of the distinctive words some report has at most, where that is known.
    """
    resolved = plan.resolved
    distinctive = len(resolved.distinctive)
    is_beside_strings = bool(strings_of(resolved.condition("any")))
    if distinctive < 2 and not (distinctive and is_beside_strings):
        return None
    best = _most_words(engine, plan) if best is None else best
    if not best and not is_beside_strings:
        return None
    # A report needs a third of the words that the best report has, and at most best - 2. A lower
    # bound finds more: the best answer to a question does not always repeat its words.
    least = min(best, max(1, min(best - 2, math.ceil(best / 3))))
    relaxed = _in_mode(plan, "any", resolved.condition("any", least))
    if not least:
        # "独派" 主张: the quoted string stands, and no word beside it
        return replace(relaxed, notes=(*plan.notes, Note(Code.ANSWER_NO_WORD_BESIDE)))
    if best == distinctive:
        return relaxed
    ranking = replace(plan.evidence.traces(), boosts=plan.query.ranking.boosts)
    return replace(relaxed, query=replace(relaxed.query, ranking=ranking))


def _most_words(
    engine: Engine,
    plan: Plan,
) -> int:
    """How many of the distinctive words some report has at most.

    What has so many words also has fewer, so the number is found by bisection, or by cutting into
    more parts where an engine answers several questions at once.
    """
    low, high = 0, len(plan.resolved.distinctive)
    while low < high:
        cuts = min(engine.questions_at_once, high - low)
        steps = ((high - low) * n / (cuts + 1) for n in range(1, cuts + 1))
        tried = [low + math.ceil(step) for step in steps]
        conditions = [plan.resolved.condition("any", least) for least in tried]
        queries = [replace(plan.query, condition=asked) for asked in conditions]
        for least, total in zip(tried, totals(engine, queries), strict=True):
            if not total:
                high = least - 1
                break
            low = least
    return low


def totals(engine: Engine, queries: Sequence[EngineQuery]) -> list[int]:
    """How many reports each query finds, asked together."""
    asked = [_only_total(query) for query in queries]
    return [matches.total for matches in engine.search_many(asked)]
