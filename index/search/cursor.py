"""Cursors: how a list is continued past the page window, as an opaque text in a URL."""

from __future__ import annotations

import base64
import binascii
import json
import math

from index.engines.seam import EngineHit
from index.model.errors import RequestError
from index.model.problems import Code
from index.search.request import SearchRequest

__all__ = ["decode_cursor", "encode_cursor", "listed_before"]

# A doc-id hash has 53 bits, so that JSON written in any language keeps it.
HASH_BOUND = 1 << 53
# More hits than any index has.
LISTED_BOUND = 1 << 40


def encode_cursor(request: SearchRequest, last: EngineHit, listed: int = 0) -> str:
    """The cursor that continues a list behind its hit `last`.

    It holds the order, the hit's sort key and its doc-id hash, so that it works only for the same
    order; and how many hits were listed, so that the list knows its end.
    """
    raw = json.dumps(
        [request.sort, last.key, last.id_hash, listed],
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
    key, id_hash, _ = _decoded(request, request.cursor)
    return key, id_hash


def listed_before(request: SearchRequest) -> int:
    """How many hits stand before the page of a request. Raises RequestError."""
    if request.cursor is None:
        return (request.page - 1) * request.size
    return _decoded(request, request.cursor)[2]


def _decoded(request: SearchRequest, cursor: str) -> tuple[float | None, int, int]:
    """The sort key and doc-id hash of the hit before, and how many hits were listed."""
    wrong = RequestError("cursor", Code.REQUEST_BAD_CURSOR)
    try:
        # base64 wants its length to be a multiple of four; URLs are spared the = signs.
        padded = cursor + "=" * (-len(cursor) % 4)
        sort, key, id_hash, listed = json.loads(
            base64.urlsafe_b64decode(padded.encode())
        )
    except (
        ValueError,
        binascii.Error,
        TypeError,
        RecursionError,
    ):
        raise wrong from None
    if not (_is_below(id_hash, HASH_BOUND) and _is_below(listed, LISTED_BOUND)):
        raise wrong
    if key is not None and not _is_finite_number(key):
        raise wrong
    if sort != request.sort:
        raise wrong
    return key, id_hash, listed


def _is_below(value: object, bound: int) -> bool:
    """Whether a JSON value is a whole number from 0 to below the bound; `true` is none."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and 0 <= value < bound  # type: ignore[operator]


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
