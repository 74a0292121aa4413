"""Counting: how often the strings of a question stand in each report.

Occurrences are leftmost, then longest, without overlaps; a stored script counts them. Where the
strings of a question can overlap neither each other nor themselves, their frequencies in the index
say the same and cost a fraction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from index.engines.opensearch.conditions import (
    Query,
    StringNode,
    any_of,
    form_query,
    script_node,
)
from index.engines.opensearch.layout import form_of, map_of, wording_of
from index.engines.opensearch.scripts import COUNT_SCRIPT, SUM_SCRIPT
from index.engines.shared.units import findable
from index.model.fields import SEARCHED_FIELDS, is_searched
from index.query.nodes import String, only_form

__all__ = ["count_script", "overlaps_of", "total_of", "total_questions"]

# Where strings can overlap in more ways than this, the script counts everything.
MAX_OVERLAPS = 50


def count_script(
    nodes: Sequence[StringNode],
    *,
    worded: bool,
) -> Query:
    """The script that counts the places of these nodes in a report."""
    streams = []
    for field in SEARCHED_FIELDS:
        stream = _stream(field, nodes, worded=worded)
        if stream is not None:
            streams.append(stream)
    return {"id": COUNT_SCRIPT, "params": {"streams": streams}}


def _stream(
    field: str,
    nodes: Sequence[StringNode],
    *,
    worded: bool,
) -> dict[str, Any] | None:
    """One searched text, with the nodes that are looked for in it."""
    own = [node for node in nodes if is_searched(field, node.field)]
    told = [one for one in map(script_node, own) if one is not None]
    if not told:
        return None
    stream: dict[str, Any] = {"form": form_of(field), "nodes": told}
    if worded:
        wording = wording_of(field)
        stream["wording"] = form_of(wording)
        stream["wording_map"] = map_of(wording)
        stream["form_map"] = map_of(field)
    only = only_form(own)
    if only is not None:
        stream["only"] = only
    return stream


# ---------------------------------------------------------------------- totals
def total_questions(
    nodes: Sequence[StringNode],
    found: Query,
    *,
    worded: bool,
) -> list[dict[str, Any]]:
    """The requests whose sums together are how often the nodes stand in what is `found`.

    Reports in which two places can overlap, or that have a wording, are counted by the script, all
    others by frequencies.
    """
    forms = _plain_forms(nodes)
    overlaps = None if forms is None else overlaps_of(forms)
    if forms is None or overlaps is None:
        return [_summed([found], count_script(nodes, worded=worded))]
    field = nodes[0].field
    fields = [name for name in SEARCHED_FIELDS if is_searched(name, field)]
    decided = [form_query(form, fields) for form in overlaps]
    if worded:
        wordings = [wording_of(name) for name in fields]
        decided += [{"exists": {"field": wording}} for wording in wordings]
    questions = [_by_frequency(forms, fields, found, decided)]
    if decided:
        script = count_script(nodes, worded=worded)
        questions.append(_summed([found, any_of(decided)], script))
    return questions


def total_of(answers: Sequence[Mapping[str, Any]]) -> int:
    """The sum of what the requests of `total_questions` were answered."""
    return sum(round(one["aggregations"]["sum"]["value"]) for one in answers)


def _summed(filters: Sequence[Query], script: Query) -> dict[str, Any]:
    return {
        "size": 0,
        "query": {"bool": {"filter": [*filters]}},
        "aggs": {"sum": {"sum": {"script": script}}},
    }


def _by_frequency(
    forms: Sequence[str],
    fields: Sequence[str],
    found: Query,
    left_out: Sequence[Query],
) -> dict[str, Any]:
    """The request whose scores are frequencies, added up."""
    should = [frequency_query(form, field) for form in forms for field in fields]
    return {
        "size": 0,
        "query": {
            "bool": {
                "filter": [found],
                "must_not": [*left_out],
                "should": should,
                "minimum_should_match": 1,
            }
        },
        "aggs": {"sum": {"sum": {"script": {"id": SUM_SCRIPT}}}},
    }


def frequency_query(form: str, field: str) -> Query:
    """A query whose score is how often a string stands in a field.

    A phrase scores once for each of its pairs.
    """
    if len(form) == 1:
        return {"term": {f"{field}.one": {"value": form}}}
    if len(form) == 2:
        return {"term": {field: {"value": form}}}
    boost = 1 / (len(form) - 1)
    return {"match_phrase": {field: {"query": form, "boost": boost}}}


def _plain_forms(nodes: Sequence[StringNode]) -> list[str] | None:
    """The strings, where nothing but strings of one field is counted; else None."""
    forms: dict[str, None] = {}
    for node in nodes:
        if not isinstance(node, String) or node.outside:
            return None
        if node.field != nodes[0].field:
            return None
        forms.update(dict.fromkeys(filter(findable, node.forms)))
    # what cannot stand in a text is left to the script, which counts nothing
    return [*forms] if forms else None


def overlaps_of(forms: Sequence[str]) -> list[str] | None:
    """The strings of which a report holds one wherever two places overlap; None: too many.

    >>> overlaps_of(["公开"]), overlaps_of(["公开公"])
    ([], ['公开公开公'])
    >>> overlaps_of(["信息公开", "公开"])
    ['信息公开']
    """
    joined: dict[str, None] = {}
    for first in forms:
        for second in forms:
            if first != second and second in first:
                joined[first] = None
            shorter = min(len(first), len(second))
            for width in range(1, shorter):
                if first.endswith(second[:width]):
                    joined[first + second[width:]] = None
            if len(joined) > MAX_OVERLAPS:
                return None
    return [*joined]
