"""Where the leaves of a query stand in the texts of one stream: places in units, counted over all
its texts.

Whole strings are found by the grams. A wildcard is fitted with arrays where a character is a unit
and its fixed parts are letters, and text by text elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.analysis.normaliser import letters
from index.engines.whoosh.reading.wildcard import Pattern, compiled
from index.engines.whoosh.storage.grams import Grams, storable, units_of
from index.engines.whoosh.storage.pack import Array
from index.engines.whoosh.storage.spans import EMPTY, choose, inside, touches
from index.query.nodes import String, Wildcard

__all__ = [
    "Leaf",
    "Span",
    "displayed",
    "findable",
    "may_overlap",
    "overlap_in_part",
    "spans_by_text",
    "spans_of",
    "together",
    "touching",
]

Leaf = String | Wildcard
Span = tuple[int, int]
# (starts, ends, texts), places in units.
Spans = tuple[Array, Array, Array]

NO_SPANS: Spans = (EMPTY, EMPTY, EMPTY)


def may_overlap(a: Leaf, b: Leaf) -> bool:
    """Whether a place of one can share a character with a place of the other."""
    if isinstance(a, Wildcard) or isinstance(b, Wildcard):
        return True
    return any(_share(x, y) for x in a.forms for y in b.forms)


def _share(x: str, y: str) -> bool:
    if x in y or y in x:
        return True
    shorter = min(len(x), len(y))
    return any(x[-n:] == y[:n] or y[-n:] == x[:n] for n in range(1, shorter))


def overlap_in_part(x: str, y: str) -> bool:
    """Whether one string can begin inside another, or itself, and reach beyond it."""
    return any(
        x[-n:] == y[:n] or y[-n:] == x[:n] for n in range(1, min(len(x), len(y)))
    )


def findable(form: str) -> bool:
    """Whether a text can hold the string at all."""
    return bool(form) and storable(form) == form


def together(leaves: Sequence[Leaf], name: str, grams: Grams) -> Spans:
    """All allowed places of several leaves in one stream."""
    spans = [spans_of(leaf, name, grams) for leaf in leaves]
    spans = [s for s in spans if len(s[0])]
    if len(spans) < 2:
        return spans[0] if spans else NO_SPANS
    starts, ends, texts = (np.concatenate(part) for part in zip(*spans, strict=True))
    return starts, ends, texts


def touching(leaves: Sequence[Leaf], name: str, grams: Grams) -> dict[int, list[Span]]:
    """The counted places of each wording that touch what was replaced, in units of all wordings
    joined.
    """
    starts, ends, texts = together(leaves, name, grams)
    chosen = choose(starts, ends)
    chosen = chosen[
        touches(starts[chosen], ends[chosen], grams.block_starts, grams.block_ends)
    ]
    return _grouped(starts[chosen], ends[chosen], texts[chosen])


def spans_by_text(spans: Spans, wanted: set[int]) -> dict[int, list[Span]]:
    """The counted places of the texts wanted."""
    starts, ends, texts = spans
    chosen = choose(starts, ends)
    chosen = chosen[np.isin(texts[chosen], list(wanted))]
    return _grouped(starts[chosen], ends[chosen], texts[chosen])


def _grouped(starts: Array, ends: Array, texts: Array) -> dict[int, list[Span]]:
    out: dict[int, list[Span]] = {}
    for start, end, text in zip(
        starts.tolist(), ends.tolist(), texts.tolist(), strict=True
    ):
        out.setdefault(text, []).append((start, end))
    return out


def displayed(grams: Grams, text: int, span: Span) -> Span:
    """A place in units of all texts joined as code points of its display text."""
    start, end, base = grams.characters(
        np.array([*span, grams.off[text]], np.int64)
    ).tolist()
    return grams.offsets(text).span(start - base, end - base)


def spans_of(leaf: Leaf, name: str, grams: Grams) -> Spans:
    """Every allowed place of a leaf in one stream, overlapping ones too."""
    if leaf.field not in (None, name):
        return NO_SPANS
    if isinstance(leaf, Wildcard):
        return _fits(leaf, grams)
    found = []
    for form in dict.fromkeys(leaf.forms):
        if findable(form):
            units = units_of(form)
            places, texts = grams.find(units)
            found.append((places, places + len(units), texts))
    found = [f for f in found if len(f[0])]
    if not found:
        return NO_SPANS
    starts, ends, texts = (
        np.concatenate(p) if len(found) > 1 else p[0] for p in zip(*found, strict=True)
    )
    for form in leaf.outside:
        if findable(form) and len(starts):
            units = units_of(form)
            free = ~inside(starts, ends, grams.find(units)[0], len(units))
            starts, ends, texts = starts[free], ends[free], texts[free]
    return starts, ends, texts


def _fits(leaf: Wildcard, grams: Grams) -> Spans:
    """Every place where a wildcard fits: with arrays where a character is a unit, one text after
    another elsewhere.
    """
    pattern = compiled(leaf.pattern, leaf.widest)
    if pattern is None or not all(findable(p) for p in pattern.parts):
        return NO_SPANS
    texts: Array | None = None
    for part in sorted({*pattern.parts}, key=lambda p: grams.frequency(units_of(p))):
        having = grams.counted(units_of(part))[0]
        texts = having if texts is None else texts[np.isin(texts, having)]
        if not len(texts):
            return NO_SPANS
    assert texts is not None
    if not pattern.is_plain:
        return _fits_by_text(pattern, grams, texts)
    starts, ends = _fits_by_places(pattern, grams)
    numbers = grams.text_at(starts)
    if not len(grams.low):
        return starts, ends, numbers
    odd = np.zeros(grams.count + 1, bool)
    odd[grams.text_at(grams.low)] = True
    even = ~odd[numbers]
    slow = _fits_by_text(pattern, grams, texts[odd[texts]])
    found = ((starts[even], ends[even], numbers[even]), slow)
    starts, ends, numbers = (np.concatenate(part) for part in zip(*found, strict=True))
    return starts, ends, numbers


def _fits_by_places(pattern: Pattern, grams: Grams) -> tuple[Array, Array]:
    """Fits in texts of two-byte characters, when all fixed characters are letters: the nearest part
    is the best.
    """
    following, reached = EMPTY, EMPTY
    for at in range(len(pattern.parts) - 1, -1, -1):
        units = units_of(pattern.parts[at])
        starts = grams.find(units)[0]
        ends = starts + len(units)
        least, most = pattern.gaps[at + 1]
        if at == len(pattern.parts) - 1:
            fits = _free(grams, ends, np.full(len(ends), least))
            starts, finals = starts[fits], ends[fits] + least
        else:
            number = following.searchsorted(ends + least)
            near_enough = number < len(following)
            number = np.minimum(number, len(following) - 1)
            near_enough &= following[number] <= ends + most
            starts, ends, number = (
                starts[near_enough],
                ends[near_enough],
                number[near_enough],
            )
            fits = _free(grams, ends, following[number] - ends)
            starts, finals = starts[fits], reached[number[fits]]
        following, reached = starts, finals
        if not len(starts):
            return EMPTY, EMPTY
    lead = pattern.gaps[0][0]
    inner = following >= lead
    following, reached = following[inner] - lead, reached[inner]
    fits = _free(grams, following, np.full(len(following), lead))
    return following[fits], reached[fits]


def _free(grams: Grams, starts: Array, widths: Array) -> Array:
    """Whether only letters and digits stand in the `widths` units from each start."""
    free = np.ones(len(starts), bool)
    left = np.flatnonzero(widths > 0)
    step = 0
    while len(left):
        good = letters()[grams.units.take(starts[left] + step)]
        free[left[~good]] = False
        step += 1
        left = left[good & (widths[left] > step)]
    return free


def _fits_by_text(pattern: Pattern, grams: Grams, texts: Array) -> Spans:
    """Fits in some texts, each looked through."""
    found: list[tuple[int, int, int]] = []
    for number in texts.tolist():
        text, base = grams.text(number), int(grams.off[number])
        wide = len(text) != int(grams.off[number + 1]) - base - 1
        for start, end in pattern.fits(text):
            a, b = (_units(text, start), _units(text, end)) if wide else (start, end)
            found.append((base + a, base + b, number))
    if not found:
        return NO_SPANS
    starts, ends, numbers = np.array(found, np.int64).T
    return starts, ends, numbers


def _units(text: str, end: int) -> int:
    """How many UTF-16 units the first `end` characters take."""
    return len(text[:end].encode("utf-16-le")) // 2
