"""The display text, kept as what tells it from its index form.

Nearly all of a display text can be told from the form and its way back: line breaks stand where
white space was dropped, and most characters are themselves. What is left is a table of characters
(，for the form's ",", 開 for 开) and a list of places that follow neither: a tenth of what the text
takes deflated, and as quick to read.

    u32 characters | u16 entries of the table | u16 bytes of a gap | u32 places | the gaps between the places
    | all characters as UTF-8: the table's left side, its right side, one a place
"""

from __future__ import annotations

import struct
from collections import Counter
from functools import cache
from itertools import accumulate, count
from operator import add

import numpy as np

from index.analysis.normaliser import Folded, code_points, is_encodable, of_code_points
from index.engines.whoosh.storage.pack import Array
from index.engines.whoosh.storage.postings import run_lengths

__all__ = ["packed", "unpacked"]

HEADER = struct.Struct("<IHHI")
# What is taken to stand where the form has nothing, and in place of what was expanded.
DROPPED = "\n"

# Up to so many entries of a table are replaced one after the other, which takes a
# microsecond each.
FEW = 24


def packed(folded: Folded, display: str) -> bytes:
    """What `unpacked` needs beside the form.

    Half surrogate pairs become question marks, as no encoding writes them.
    """
    display = (
        display
        if is_encodable(display)
        else display.encode("utf-8", "replace").decode()
    )
    skeleton, codes = _skeleton(folded, len(display)), code_points(display)
    left, right = _table(skeleton, code_points(skeleton), codes)
    places = np.flatnonzero(code_points(_replaced(skeleton, left, right)) != codes)
    gaps = np.append(places[:1], np.diff(places))
    width = 2 if not len(gaps) or int(gaps.max()) <= 0xFFFF else 4
    others = of_code_points(codes[places])
    header = HEADER.pack(len(display), len(left), width, len(places))
    return (
        header + gaps.astype(f"<u{width}").tobytes() + (left + right + others).encode()
    )


def unpacked(folded: Folded, data: bytes) -> str:
    """The display text."""
    length, entries, width, places = HEADER.unpack_from(data)
    end = HEADER.size + width * places
    characters = data[end:].decode()
    left, right, others = (
        characters[:entries],
        characters[entries : 2 * entries],
        characters[2 * entries :],
    )
    text = _replaced(_skeleton(folded, length), left, right)
    if not places:
        return text
    pieces: list[str] = []
    at = 0
    gaps = memoryview(data)[HEADER.size : end].cast("H" if width == 2 else "I")
    for place, other in zip(accumulate(gaps), others, strict=True):
        pieces += (text[at:place], other)
        at = place + 1
    return "".join(pieces) + text[at:]


def _skeleton(folded: Folded, length: int) -> str:
    """The characters of the form at their places in the display text, and DROPPED at all others."""
    form, offsets = folded.form, folded.offsets
    if offsets.is_identity and len(form) == length:
        return form
    ends = (*offsets.form[1:], len(form))
    if tuple(map(add, offsets.form, count())) == offsets.display and not any(
        offsets.block
    ):
        # nearly always: one line break is dropped at a time, and nothing is expanded
        text = DROPPED.join(
            [form[start:end] for start, end in zip(offsets.form, ends, strict=True)]
        )
        return (text + DROPPED * (length - len(text)))[:length]
    pieces: list[str] = []
    at = 0
    for start, end, display, block in zip(
        offsets.form, ends, offsets.display, offsets.block, strict=True
    ):
        if display > at:
            pieces.append(DROPPED * (display - at))
        pieces.append(DROPPED * block if block else form[start:end])
        at = display + (block or end - start)
    return ("".join(pieces) + DROPPED * (length - at))[:length]


def _table(skeleton: str, have: Array, want: Array) -> tuple[str, str]:
    """The characters that nearly always stand for another, and those.

    None of the one is among the other, so that they can be replaced in any order.
    """
    differ = np.flatnonzero(have != want)
    pairs = np.sort(have[differ].astype(np.int64) << 32 | want[differ])
    at, gains = run_lengths(pairs)
    pairs = pairs[at]
    changed: Counter[int] = Counter()
    for pair, gain in zip(pairs.tolist(), gains.tolist(), strict=True):
        changed[pair >> 32] += gain
    order = np.argsort(-gains, kind="stable")
    order = order[gains[order] > 1]  # one place is named as briefly as an entry
    chosen: dict[str, str] = {}
    for pair, gain in zip(pairs[order].tolist(), gains[order].tolist(), strict=True):
        a, b = chr(pair >> 32), chr(pair & 0xFFFFFFFF)
        free = (
            a not in chosen
            and a not in chosen.values()
            and b not in chosen
            and a <= "\uffff"
        )
        if free and gain > skeleton.count(a) - changed[ord(a)] + 1:
            chosen[a] = b
    return "".join(chosen), "".join(chosen.values())


def _replaced(text: str, left: str, right: str) -> str:
    """The text with the characters of `left` replaced by those of `right`."""
    if len(left) <= FEW:
        for a, b in zip(left, right, strict=True):
            text = text.replace(a, b)
        return text
    codes, table = code_points(text), _identity().copy()
    table[code_points(left)] = code_points(right)
    low = codes < len(table)
    return of_code_points(np.where(low, table[np.where(low, codes, 0)], codes))


@cache
def _identity() -> Array:
    return np.arange(0x10000, dtype=np.int32)
