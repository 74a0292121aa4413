"""UTF-16 units: what texts are stored and searched as.

A character of the first plane is one unit. A rarer one (𠮷, 😀) is two: a high and a low surrogate.
"""

from __future__ import annotations

import numpy as np

from index.analysis.normaliser import is_encodable
from index.engines.shared.arrays import Array

__all__ = ["findable", "low_surrogates", "storable", "units_of", "units_until"]

# NUL ends a stored text, and lone surrogates cannot be encoded.
REPLACEMENTS = {
    0: 0xFFFD,
    **dict.fromkeys(range(0xD800, 0xE000), 0xFFFD),
}


def storable(text: str) -> str:
    """The text with U+FFFD in place of NUL and lone surrogates, which no decoded report holds."""
    if not is_encodable(text):
        return text.translate(REPLACEMENTS)
    if "\0" in text:
        return text.replace("\0", "\ufffd")
    return text


def units_of(text: str) -> Array:
    """The UTF-16 units (u16) of a text."""
    return np.frombuffer(storable(text).encode("utf-16-le"), "<u2")


def units_until(
    text: str,
    end: int,
) -> int:
    """How many units the first `end` characters take."""
    return len(text[:end].encode("utf-16-le")) // 2


def low_surrogates(units: Array) -> Array:
    """The positions (u32) of the second units of pairs."""
    # U+DC00 to U+DFFF
    return np.flatnonzero((units & 0xFC00) == 0xDC00).astype("<u4")


def findable(form: str) -> bool:
    """Whether a text can hold the string at all."""
    return bool(form) and storable(form) == form
