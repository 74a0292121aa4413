"""Wildcards in the texts of a stream: the fits that `index.query.wildcards` finds in one text.

Arrays do it where a character is one unit and the fixed parts are letters; elsewhere it is done
text by text.
"""

from __future__ import annotations

import numpy as np

from index.analysis.normaliser import letters
from index.engines.shared.arrays import Array
from index.engines.shared.units import (
    findable,
    units_of,
    units_until,
)
from index.engines.whoosh.storage.grams import Grams
from index.engines.whoosh.storage.spans import NO_VALUES
from index.model.budget import spend
from index.query.nodes import Wildcard
from index.query.wildcards import Pattern, compiled

__all__ = ["NO_SPANS", "Spans", "fits_of"]

# (starts, ends, texts): spans in units of all texts joined.
Spans = tuple[Array, Array, Array]

NO_SPANS: Spans = (NO_VALUES, NO_VALUES, NO_VALUES)


# ---------------------------------------------------------------------- in a stream
def fits_of(
    node: Wildcard,
    grams: Grams,
) -> Spans:
    """Every span where a wildcard fits: the shortest from each start."""
    pattern = compiled(node.pattern, node.widest)
    if pattern is None or not all(findable(part) for part in pattern.parts):
        return NO_SPANS
    texts = _texts_with_all_parts(pattern, grams)
    if not len(texts):
        return NO_SPANS
    if not pattern.is_plain:
        return _fits_by_text(pattern, grams, texts)
    starts, ends = _fits_by_positions(pattern, grams)
    text_numbers = grams.text_at(starts)
    if not len(grams.low_surrogates):
        return starts, ends, text_numbers
    # `?` is one character, and 𠮷 is two units: such texts are looked through
    has_astral = np.zeros(grams.count + 1, bool)
    has_astral[grams.text_at(grams.low_surrogates)] = True
    is_plain = ~has_astral[text_numbers]
    slow = _fits_by_text(pattern, grams, texts[has_astral[texts]])
    quick = (starts[is_plain], ends[is_plain], text_numbers[is_plain])
    starts, ends, text_numbers = (
        np.concatenate(pair) for pair in zip(quick, slow, strict=True)
    )
    return starts, ends, text_numbers


def _texts_with_all_parts(
    pattern: Pattern,
    grams: Grams,
) -> Array:
    """The texts in which every fixed part stands; the rarest part is looked for first."""
    parts = {*pattern.parts}
    texts: Array | None = None

    def frequency(part: str) -> int:
        return grams.frequency(units_of(part))

    for part in sorted(parts, key=frequency):
        having, _ = grams.counted(units_of(part))
        texts = having if texts is None else texts[np.isin(texts, having)]
        if not len(texts):
            break
    assert texts is not None
    return texts


# ---------------------------------------------------------------------- by arrays
def _fits_by_positions(
    pattern: Pattern,
    grams: Grams,
) -> tuple[Array, Array]:
    """(starts, ends) of fits in texts of two-byte characters, part by part from the last.

    All fixed characters are letters, so the nearest next part gives the shortest fit: whatever lies
    between is of one run in any case.
    """
    starts, finals = _last_part(pattern, grams)
    for number in reversed(range(len(pattern.parts) - 1)):
        if not len(starts):
            return NO_VALUES, NO_VALUES
        starts, finals = _earlier_part(
            pattern,
            grams,
            number,
            (starts, finals),
        )
    lead, _ = pattern.gaps[0]
    # a text does not begin before the first unit
    has_room = starts >= lead
    starts = starts[has_room] - lead
    finals = finals[has_room]
    is_free = _free(
        grams,
        starts,
        np.full(len(starts), lead),
    )
    return starts[is_free], finals[is_free]


def _last_part(
    pattern: Pattern,
    grams: Grams,
) -> tuple[Array, Array]:
    """(starts, ends) of fits of the last fixed part and the free characters after it."""
    units = units_of(pattern.parts[-1])
    starts, _ = grams.find(units)
    ends = starts + len(units)
    tail, _ = pattern.gaps[-1]
    is_free = _free(
        grams,
        ends,
        np.full(len(ends), tail),
    )
    return starts[is_free], ends[is_free] + tail


def _earlier_part(
    pattern: Pattern,
    grams: Grams,
    number: int,
    following: tuple[Array, Array],
) -> tuple[Array, Array]:
    """(starts, ends) of fits that begin with part `number`.

    `following` is the same pair for part `number + 1`. A fit ends where its following fit ends.
    """
    next_starts, next_finals = following
    spend(len(next_starts))
    units = units_of(pattern.parts[number])
    starts, _ = grams.find(units)
    ends = starts + len(units)
    least, most = pattern.gaps[number + 1]
    nearest = next_starts.searchsorted(ends + least)
    exists = nearest < len(next_starts)
    nearest = np.minimum(nearest, len(next_starts) - 1)
    is_near = exists & (next_starts[nearest] <= ends + most)
    starts = starts[is_near]
    ends = ends[is_near]
    nearest = nearest[is_near]
    is_free = _free(
        grams,
        ends,
        next_starts[nearest] - ends,
    )
    return starts[is_free], next_finals[nearest[is_free]]


def _free(
    grams: Grams,
    starts: Array,
    widths: Array,
) -> Array:
    """Whether only letters and digits stand in the `widths` units from each start."""
    is_free = np.ones(len(starts), bool)
    # all starts step by step together; those that fail or are done leave
    left = np.flatnonzero(widths > 0)
    step = 0
    while len(left):
        spend(len(left))
        is_letter = letters()[grams.units.take(starts[left] + step)]
        is_free[left[~is_letter]] = False
        step += 1
        left = left[is_letter & (widths[left] > step)]
    return is_free


# ---------------------------------------------------------------------- by text
def _fits_by_text(
    pattern: Pattern,
    grams: Grams,
    texts: Array,
) -> Spans:
    """Fits in some texts, each looked through."""
    spans: list[tuple[int, int, int]] = []
    for number in texts.tolist():
        text = grams.text(number)
        base = int(grams.offsets[number])
        # without the NUL behind it
        unit_count = int(grams.offsets[number + 1]) - base - 1
        has_astral = len(text) != unit_count
        spend(len(text))
        # the pattern counts characters, spans are counted in units
        for start, end in pattern.fits(text):
            if has_astral:
                start, end = units_until(text, start), units_until(text, end)  # noqa: PLW2901
            spans.append((base + start, base + end, number))
    if not spans:
        return NO_SPANS
    starts, ends, numbers = np.array(spans, np.int64).T
    return starts, ends, numbers
