"""Conditions: which documents of a segment satisfy a node. Deleted ones may be among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

import numpy as np

from index.engines.shared.arrays import Array
from index.engines.whoosh.reading.accumulate import add_at
from index.engines.whoosh.reading.segment import Segment
from index.engines.whoosh.reading.selection import Selection
from index.model.budget import spend
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


def select(
    node: Node,
    segment: Segment,
) -> Selection:
    """The documents of a segment that satisfy the node."""
    count = segment.count
    spend(count)
    match node:
        case Everything():
            return Selection(count)
        case Nothing():
            return Selection(count, np.empty(0, np.intp))
        case String() | Wildcard():
            hits = segment.strings.hits((node,))
            return Selection(count, hits.documents)
        case Near():
            return Selection(count, segment.strings.near(node))
        case Keyword(name, values):
            return _by_value(
                segment,
                name,
                segment.ordinals(name),
                values,
            )
        case PathPrefix(name, prefixes):
            return _by_value(
                segment,
                name,
                segment.ordinals_below(name),
                prefixes,
            )
        case NumberRange(name, low, high):
            mask = _in_range(
                segment.number(name),
                low,
                high,
            )
            return Selection(
                count,
                mask=mask,
            )
        case _:
            return _combined(node, segment)


def _combined(
    node: AllOf | AnyOf | AtLeast | Not,
    segment: Segment,
) -> Selection:
    match node:
        case AllOf(operands):
            # all documents: the first operand takes their place at no cost
            selection = Selection(segment.count)
            for operand in operands:
                selection &= select(operand, segment)
            return selection
        case AnyOf(operands):
            parts = [select(operand, segment) for operand in operands]
            return Selection.any_of(segment.count, parts)
        case AtLeast(operands, least):
            # a query has at most 512 characters, so two bytes count its words
            satisfied = np.zeros(segment.count, np.int16)
            for operand in operands:
                documents = select(operand, segment).documents
                add_at(
                    satisfied,
                    documents,
                    np.int16(1),
                )
            return Selection(
                segment.count,
                mask=satisfied >= least,
            )
        case Not(operand):
            return Selection(
                segment.count,
                mask=~select(operand, segment).mask,
            )
        case _:
            assert_never(node)


def _by_value(
    segment: Segment,
    name: str,
    ordinals_of: Mapping[Any, list[int]],
    values: Iterable[Any],
) -> Selection:
    """The documents whose facet has one of the values."""
    column, _ = segment.facet(name)
    ordinals: set[int] = set()
    for value in values:
        ordinals.update(ordinals_of.get(value, ()))
    if not ordinals:
        return Selection(segment.count, np.empty(0, np.intp))
    if len(ordinals) == 1:
        # compared in the column's own type: a plain int would widen the column
        ordinal = column.dtype.type(ordinals.pop())
        return Selection(
            segment.count,
            mask=column == ordinal,
        )
    # one more than the largest, so that larger ordinals are clipped to False
    table = np.zeros(max(ordinals) + 2, bool)
    table[sorted(ordinals)] = True
    return Selection(
        segment.count,
        mask=table.take(
            column,
            mode="clip",
        ),
    )


def _in_range(
    values: Array,
    low: float | None,
    high: float | None,
) -> Array:
    # unknown is in no range, not even in an open one
    mask = ~np.isnan(values)
    if low is not None:
        mask &= values >= low
    if high is not None:
        mask &= values <= high
    return mask
