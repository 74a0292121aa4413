"""Counting: how often the strings of a question stand in each report.

Occurrences are leftmost, then longest, without overlaps; a stored script counts them. Where the
strings of a question can overlap neither each other nor themselves, their frequencies in the index
say the same and cost a fraction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from index.engines.opensearch.conditions import Query, StringNode, script_node
from index.engines.opensearch.layout import form_of, map_of, wording_of
from index.engines.opensearch.scripts import COUNT_SCRIPT
from index.model.fields import SEARCHED_FIELDS, is_searched
from index.query.nodes import String

__all__ = ["count_script", "occurrence_sum"]


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
    only = _only_form(own)
    if only is not None:
        stream["only"] = only
    return stream


def _only_form(nodes: Sequence[StringNode]) -> str | None:
    """The one string that is counted, where it is a plain one."""
    if len(nodes) != 1:
        return None
    node = nodes[0]
    if isinstance(node, String) and len(node.forms) == 1 and not node.outside:
        return node.forms[0]
    return None


def occurrence_sum(
    nodes: Sequence[StringNode],
    *,
    worded: bool,
) -> Query:
    """The aggregation that adds up the places in all reports."""
    return {"sum": {"script": count_script(nodes, worded=worded)}}
