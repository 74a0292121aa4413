"""Conditions: which documents of a segment satisfy a node. Deleted ones may be among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

import numpy as np

from index.engines.whoosh.reading.accumulate import add_at
from index.engines.whoosh.reading.segment import Segment
from index.engines.whoosh.reading.selection import Selection
from index.engines.whoosh.storage.pack import Array
from index.query.nodes import (
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

__all__ = ["select"]


def select(node: Node, segment: Segment) -> Selection:
    """The documents of a segment that satisfy the node."""
    match node:
        case Everything():
            return Selection(segment.count)
        case Nothing():
            return Selection(segment.count, np.empty(0, np.intp))
        case String() | Wildcard():
            return Selection(segment.count, segment.hits((node,)).documents)
        case Near():
            return Selection(segment.count, segment.near(node))
        case Keyword(name, values):
            return _by_value(segment, name, segment.ordinals(name), values)
        case PathPrefix(name, prefixes):
            return _by_value(segment, name, segment.ordinals_below(name), prefixes)
        case NumberRange(name, low, high):
            return Selection(
                segment.count, mask=_in_range(segment.number(name), low, high)
            )
        case _:
            return _combined(node, segment)


def _combined(node: AllOf | AnyOf | AtLeast | Not, segment: Segment) -> Selection:
    match node:
        case AllOf(operands):
            found = Selection(segment.count)
            for operand in operands:
                found &= select(operand, segment)
            return found
        case AnyOf(operands):
            return Selection.any_of(
                segment.count, [select(operand, segment) for operand in operands]
            )
        case AtLeast(operands, least):
            count = np.zeros(segment.count, np.int16)
            for operand in operands:
                add_at(count, select(operand, segment).documents, np.int16(1))
            return Selection(segment.count, mask=count >= least)
        case Not(operand):
            return Selection(segment.count, mask=~select(operand, segment).mask)
        case _:
            assert_never(node)


def _by_value(
    segment: Segment, name: str, ordinals: Mapping[Any, list[int]], names: Iterable[Any]
) -> Selection:
    """The documents whose value has one of the names."""
    column, _ = segment.facet(name)
    wanted = sorted({ordinal for one in names for ordinal in ordinals.get(one, ())})
    if not wanted:
        return Selection(segment.count, np.empty(0, np.intp))
    if len(wanted) == 1:
        return Selection(segment.count, mask=column == column.dtype.type(wanted[0]))
    table = np.zeros(wanted[-1] + 2, bool)
    table[wanted] = True
    return Selection(segment.count, mask=table.take(column, mode="clip"))


def _in_range(values: Array, low: float | None, high: float | None) -> Array:
    mask = ~np.isnan(values)
    if low is not None:
        mask &= values >= low
    if high is not None:
        mask &= values <= high
    return mask
