"""Where the strings of a query stand in the texts of one stream.

A string node is a String or a Wildcard. Spans are counted in units of all texts joined.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.engines.shared.arrays import Array
from index.engines.shared.units import findable, units_of
from index.engines.whoosh.reading.wildcard import (
    NO_SPANS,
    Spans,
    fits_of,
)
from index.engines.whoosh.storage.grams import Grams
from index.engines.whoosh.storage.spans import (
    choose,
    inside,
    touches,
)
from index.model.budget import spend
from index.model.fields import is_searched
from index.query.nodes import String, Wildcard

__all__ = [
    "Span",
    "StringNode",
    "displayed",
    "may_overlap",
    "overlap_in_part",
    "spans_by_text",
    "spans_of",
    "together",
    "touching",
]

StringNode = String | Wildcard
Span = tuple[int, int]


# ---------------------------------------------------------------------- overlaps
def may_overlap(
    a: StringNode,
    b: StringNode,
) -> bool:
    """Whether an occurrence of one can share a character with an occurrence of the other."""
    if isinstance(a, Wildcard) or isinstance(b, Wildcard):
        return True
    return any(_can_share(x, y) for x in a.forms for y in b.forms)


def _can_share(
    x: str,
    y: str,
) -> bool:
    # 公开 lies in 信息公开; 信息公 and 公开 share 公
    return x in y or y in x or overlap_in_part(x, y)


def overlap_in_part(
    x: str,
    y: str,
) -> bool:
    """Whether one string can begin inside another, or itself, and reach beyond it."""
    shorter = min(len(x), len(y))
    return any(
        # 信息公 ends with 公, and 公开 begins with it
        x[-n:] == y[:n] or y[-n:] == x[:n]
        for n in range(1, shorter)
    )


# ---------------------------------------------------------------------- spans
def spans_of(
    node: StringNode,
    name: str,
    grams: Grams,
) -> Spans:
    """Every allowed span of a string node in the stream `name`, overlapping ones too."""
    if not is_searched(name, node.field):
        return NO_SPANS
    if isinstance(node, Wildcard):
        return fits_of(node, grams)
    spans = []
    # the wordings of one thing: who types 网路 asks for 网络 too
    for form in dict.fromkeys(node.forms):
        if findable(form):
            units = units_of(form)
            starts, texts = grams.find(units)
            spend(len(starts))
            spans.append((starts, starts + len(units), texts))
    starts, ends, texts = _joined(spans)
    # 公开 outside 不予公开
    for form in node.outside:
        if findable(form) and len(starts):
            units = units_of(form)
            outer, _ = grams.find(units)
            is_outside = ~inside(
                starts,
                ends,
                outer,
                len(units),
            )
            starts = starts[is_outside]
            ends = ends[is_outside]
            texts = texts[is_outside]
    return starts, ends, texts


def together(
    nodes: Sequence[StringNode],
    name: str,
    grams: Grams,
) -> Spans:
    """All allowed spans of several string nodes in one stream."""
    return _joined([spans_of(node, name, grams) for node in nodes])


def _joined(spans: Sequence[Spans]) -> Spans:
    filled = [span for span in spans if len(span[0])]
    if not filled:
        return NO_SPANS
    if len(filled) == 1:
        return filled[0]
    starts, ends, texts = (
        np.concatenate(column) for column in zip(*filled, strict=True)
    )
    return starts, ends, texts


# ---------------------------------------------------------------------- of single texts
def touching(
    nodes: Sequence[StringNode],
    name: str,
    grams: Grams,
) -> dict[int, list[Span]]:
    """By wording: its counted spans that touch what was replaced (units of all wordings)."""
    starts, ends, texts = together(nodes, name, grams)
    chosen = choose(starts, ends)
    is_touching = touches(
        starts[chosen],
        ends[chosen],
        grams.block_starts,
        grams.block_ends,
    )
    chosen = chosen[is_touching]
    return _by_text(starts[chosen], ends[chosen], texts[chosen])


def spans_by_text(
    spans: Spans,
    wanted: set[int],
) -> dict[int, list[Span]]:
    """By text: the counted spans of the texts wanted."""
    starts, ends, texts = spans
    # chosen among all texts at once: texts do not overlap
    chosen = choose(starts, ends)
    chosen = chosen[np.isin(texts[chosen], list(wanted))]
    return _by_text(starts[chosen], ends[chosen], texts[chosen])


def _by_text(
    starts: Array,
    ends: Array,
    texts: Array,
) -> dict[int, list[Span]]:
    spans: dict[int, list[Span]] = {}
    for start, end, text in zip(
        starts.tolist(),
        ends.tolist(),
        texts.tolist(),
        strict=True,
    ):
        spans.setdefault(text, []).append((start, end))
    return spans


def displayed(
    grams: Grams,
    text: int,
    span: Span,
) -> Span:
    """A span in units of all texts joined, as code points of the display text of its text."""
    text_start = grams.offsets[text]
    units = np.array([*span, text_start], np.int64)
    # the map of a text counts from its own beginning
    start, end, base = grams.characters(units).tolist()
    return grams.offset_map(text).span(start - base, end - base)
