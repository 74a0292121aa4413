"""The display text, kept as what tells it from its index form.

Most of a display text follows from the form and its OffsetMap: line breaks stand where white space
was dropped, and most characters are themselves. What is left is a table of characters (， for the
form's ",", 開 for 开) and a list of exceptions: places that follow neither. That takes a tenth of
the deflated text and is as quick to read.

    u32 characters | u16 entries of the table | u16 bytes of a gap | u32 exceptions
    | the gaps between the exceptions
    | as UTF-8: the left side of the table, its right side, one character an exception
"""

from __future__ import annotations

import struct
from collections import Counter
from functools import cache
from itertools import accumulate, count
from operator import add

import numpy as np

from index.analysis.normaliser import (
    Folded,
    code_points,
    is_encodable,
    of_code_points,
)
from index.analysis.offsets import OffsetMap
from index.engines.shared import kernels
from index.engines.shared.arrays import Array, run_lengths

__all__ = ["packed", "unpacked"]

HEADER_STRUCT = struct.Struct("<IHHI")
# Placeholder in the skeleton for a display character that the form does not have (a dropped line
# break) or has as several characters.
DROPPED_CHARACTER = "\n"
# Up to this many table entries are replaced one after the other: a microsecond each.
MAX_SEQUENTIAL_REPLACEMENTS = 24
# The left side of the table is of the first plane: numpy looks it up in an array of this size.
FIRST_PLANE = 0x10000
LARGEST_SHORT_GAP = 0xFFFF


def packed(
    folded: Folded,
    display: str,
) -> bytes:
    """What `unpacked` needs beside the form.

    Half surrogate pairs become question marks, because no encoding writes them.
    """
    if not is_encodable(display):
        display = display.encode("utf-8", "replace").decode()
    skeleton = _skeleton(folded, len(display))
    codes = code_points(display)
    left, right = _table(
        skeleton,
        code_points(skeleton),
        codes,
    )
    guessed = code_points(_replaced(skeleton, left, right))
    exceptions = np.flatnonzero(guessed != codes)
    gaps = np.append(exceptions[:1], np.diff(exceptions))
    width = 2
    if len(gaps) and int(gaps.max()) > LARGEST_SHORT_GAP:
        width = 4
    header = HEADER_STRUCT.pack(
        len(display),
        len(left),
        width,
        len(exceptions),
    )
    characters = left + right + of_code_points(codes[exceptions])
    return header + gaps.astype(f"<u{width}").tobytes() + characters.encode()


def unpacked(
    folded: Folded,
    data: bytes,
) -> str:
    """The display text."""
    if kernels.compiled is not None:
        offsets = folded.offsets
        text: str | None = kernels.compiled.display_text(
            folded.form,
            offsets.form,
            offsets.display,
            offsets.block,
            data,
        )
        if text is not None:
            return text
    return _unpacked(folded, data)


def _unpacked(
    folded: Folded,
    data: bytes,
) -> str:
    length, entries, width, exceptions = HEADER_STRUCT.unpack_from(data)
    gaps_end = HEADER_STRUCT.size + width * exceptions
    characters = data[gaps_end:].decode()
    left = characters[:entries]
    right = characters[entries : 2 * entries]
    others = characters[2 * entries :]
    text = _replaced(
        _skeleton(folded, length),
        left,
        right,
    )
    if not exceptions:
        return text
    gap_bytes = memoryview(data)[HEADER_STRUCT.size : gaps_end]
    gaps = gap_bytes.cast("H" if width == 2 else "I")
    pieces: list[str] = []
    start = 0
    for place, other in zip(accumulate(gaps), others, strict=True):
        pieces += (text[start:place], other)
        start = place + 1
    return "".join(pieces) + text[start:]


# ---------------------------------------------------------------------- skeletons
def _skeleton(
    folded: Folded,
    length: int,
) -> str:
    """The characters of the form at their places in the display text; dropped ones elsewhere."""
    form = folded.form
    offsets = folded.offsets
    if offsets.is_identity and len(form) == length:
        return form
    if _drops_single_characters(offsets):
        text = _joined_by_drops(form, offsets)
    else:
        text = _placed(form, offsets)
    missing = length - len(text)
    return (text + DROPPED_CHARACTER * missing)[:length]


def _drops_single_characters(offsets: OffsetMap) -> bool:
    """Whether one character is dropped before each run, and nothing is expanded: nearly always."""
    # then the display position of run n is its form position plus n
    expected = tuple(
        map(
            add,
            offsets.form,
            count(),
        )
    )
    return expected == offsets.display and not any(offsets.block)


def _joined_by_drops(
    form: str,
    offsets: OffsetMap,
) -> str:
    starts = offsets.form
    ends = (*starts[1:], len(form))
    runs = [form[start:end] for start, end in zip(starts, ends, strict=True)]
    return DROPPED_CHARACTER.join(runs)


def _placed(
    form: str,
    offsets: OffsetMap,
) -> str:
    """Each run of the form at its display position."""
    ends = (*offsets.form[1:], len(form))
    pieces: list[str] = []
    length = 0
    runs = zip(offsets.form, ends, offsets.display, offsets.block, strict=True)
    for start, end, display, block in runs:
        if display > length:
            pieces.append(DROPPED_CHARACTER * (display - length))
        if block:
            # ㈠ is (一) in the form: it is an exception or in the table
            pieces.append(DROPPED_CHARACTER * block)
            length = display + block
        else:
            pieces.append(form[start:end])
            length = display + end - start
    return "".join(pieces)


# ---------------------------------------------------------------------- tables
def _table(
    skeleton: str,
    guessed: Array,
    wanted: Array,
) -> tuple[str, str]:
    """The characters that nearly always stand for another one, and those others.

    No character is on both sides, so they can be replaced in any order.
    """
    differs = np.flatnonzero(guessed != wanted)
    # (guessed, wanted) as one number, so that numpy sorts and counts them
    guessed_codes = guessed[differs].astype(np.int64)
    pairs = np.sort(guessed_codes << 32 | wanted[differs])
    first, gains = run_lengths(pairs)
    pairs = pairs[first]
    changed: Counter[int] = Counter()
    for pair, gain in zip(pairs.tolist(), gains.tolist(), strict=True):
        changed[pair >> 32] += gain
    order = np.argsort(-gains, kind="stable")
    # one exception takes as little room as an entry
    order = order[gains[order] > 1]
    chosen: dict[str, str] = {}
    best_pairs = pairs[order].tolist()
    best_gains = gains[order].tolist()
    for pair, gain in zip(best_pairs, best_gains, strict=True):
        old = chr(pair >> 32)
        new = chr(pair & 0xFFFFFFFF)
        if _is_free(old, new, chosen):
            # where the character stands for itself the entry makes a new exception
            losses = skeleton.count(old) - changed[ord(old)] + 1
            if gain > losses:
                chosen[old] = new
    return "".join(chosen), "".join(chosen.values())


def _is_free(
    old: str,
    new: str,
    chosen: dict[str, str],
) -> bool:
    """Whether an entry may be added to the table."""
    if ord(old) >= FIRST_PLANE or old in chosen:
        return False
    return old not in chosen.values() and new not in chosen


def _replaced(
    text: str,
    left: str,
    right: str,
) -> str:
    """The text with the characters of `left` replaced by those of `right`."""
    if len(left) <= MAX_SEQUENTIAL_REPLACEMENTS:
        for old, new in zip(left, right, strict=True):
            text = text.replace(old, new)
        return text
    codes = code_points(text)
    table = _identity_table().copy()
    table[code_points(left)] = code_points(right)
    # 𠮷 is not in the table and stays as it is
    is_low = codes < FIRST_PLANE
    mapped = table[np.where(is_low, codes, 0)]
    return of_code_points(np.where(is_low, mapped, codes))


@cache
def _identity_table() -> Array:
    return np.arange(
        FIRST_PLANE,
        dtype=np.int32,
    )
