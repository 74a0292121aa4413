"""Hashes that the index stores: of report ids and of words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from index.analysis.tokenizer import MAX_WORD_LENGTH
from index.engines.shared.arrays import Array

__all__ = ["id_hash_of", "word_keys"]

HASH_BITS = 53
# Words that share their first 64 characters share a key.
WORD_CHARACTERS = MAX_WORD_LENGTH
# One odd random weight a character: an odd factor loses no bit modulo 2 ** 64.
WORD_WEIGHTS = np.frombuffer(
    hashlib.shake_256(b"gongkai words").digest(8 * WORD_CHARACTERS), "<u8"
) | np.uint64(1)
# (shift, factor): the factors of MurmurHash3's finaliser of 64 bits.
MIX_STEPS = (
    (33, 0xFF51AFD7ED558CCD),
    (29, 0xC4CEB9FE1A85EC53),
    (32, 1),
)


def id_hash_of(report_id: str) -> int:
    """The doc-id hash: the first 53 bits of the id's SHA-256.

    It is the report's own for good and settles equal ranks. A float holds 53 bits exactly, and so
    does a number in JavaScript.
    """
    data = report_id.encode("utf-8", "surrogatepass")
    first = hashlib.sha256(data).digest()[:8]
    return int.from_bytes(first, "big") >> (64 - HASH_BITS)


def word_keys(words: Sequence[str]) -> Array:
    """The keys (u64) of words in the field "title"; the other ranked fields have the next two.

    A weighted sum of the first 64 characters, mixed, for all words at once. Two words with one key
    would rank alike and nothing more: words never decide what matches.
    """
    if not words:
        return np.empty(0, np.uint64)
    longest = max(map(len, words))
    width = max(1, min(WORD_CHARACTERS, longest))
    # numpy pads each word with NUL to the same width; a NUL adds nothing to the sum
    padded = np.array(words, f"<U{width}")
    characters = padded.view("<u4").reshape(len(words), width)
    keys: Array = characters.astype(np.uint64) @ WORD_WEIGHTS[:width]
    for shift, factor in MIX_STEPS:
        keys = (keys ^ (keys >> np.uint64(shift))) * np.uint64(factor)
    # the lowest two bits are free for the number of the field
    return keys & ~np.uint64(3)
