"""Cursors: how a list is continued past the page window, as an opaque text in a URL."""

from __future__ import annotations

import base64
import binascii
import json
import math

from index.engines.seam import Found
from index.model.errors import RequestError
from index.model.problems import Code
from index.search.request import SearchRequest

__all__ = ["decode_cursor", "encode_cursor"]

# A doc-id hash has 53 bits, so that JSON written in any language keeps it.
HASH_BOUND = 1 << 53


def encode_cursor(request: SearchRequest, last: Found) -> str:
    """The cursor that continues a list behind its hit `last`.

    It holds the order, the hit's sort key and its doc-id hash, so that it works only for the same
    order.
    """
    raw = json.dumps(
        [request.sort, last.key, last.id_hash],
        separators=(",", ":"),
    )
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def decode_cursor(
    request: SearchRequest,
) -> tuple[float | None, int] | None:
    """The (sort key, doc-id hash) of the hit before; None for a request without a cursor.

    Raises RequestError for what `encode_cursor` cannot have made for this order.
    """
    if request.cursor is None:
        return None
    wrong = RequestError("cursor", Code.REQUEST_BAD_CURSOR)
    try:
        # base64 wants its length to be a multiple of four; URLs are spared the = signs.
        padded = request.cursor + "=" * (-len(request.cursor) % 4)
        sort, key, id_hash = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (
        ValueError,
        binascii.Error,
        TypeError,
        RecursionError,
    ):
        raise wrong from None
    if (
        isinstance(id_hash, bool)
        or not isinstance(id_hash, int)
        or not 0 <= id_hash < HASH_BOUND
    ):
        raise wrong
    if key is not None and not _is_finite_number(key):
        raise wrong
    if sort != request.sort:
        raise wrong
    return key, id_hash


def _is_finite_number(value: object) -> bool:
    """Whether a JSON value is a number that a sort key can be.

    `true` is an int to isinstance; Python's JSON has NaN, Infinity and integers of any length.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
