"""Quotation marks: which mark ends the string that another one begins.

The marks of print and that of ASCII are typed for each other all the time: an input method bends
one of them, and leaves the other straight. The rule:

A string ends at the closing mark of its own kind. Where there is none, it ends at the next double
mark ("“”＂) that belongs to no pair. A double mark behind a word ends it earlier, where the next
one stands before a word and so begins another string, as in "公开” "收费". A straight mark is
never left over where it can end a string: it would be refused.

Marks of one kind nest, as in “说“公开”的”. Doubled marks are one: ““公开”” and ""公开"" are 公开.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

__all__ = ["QUOTES", "closing_mark", "quoted", "string_in"]

# Opening -> closing quotation marks: any of them makes a string.
QUOTES = {'"': '"', "“": "”", "＂": "＂", "「": "」", "『": "』"}
DOUBLE_MARKS = frozenset('"“”＂')
OPENING_DOUBLE = DOUBLE_MARKS & QUOTES.keys()
# What stands behind the end of a string: white space, a bracket, the distance of ~10.
BEHIND_STRING = re.compile(r"[\s()（）]|[~～]\d|$")
# ""公开"": as many marks at both ends, and the string within.
DOUBLED = re.compile(
    r"""("{2,}|＂{2,})(?P<text>[^\s"“”＂](?:[^"“”＂]*[^\s"“”＂])?)\1(?=[\s()（）]|[~～]\d|$)"""
)
# What stands before a string: white space, a bracket, a minus, an exclamation or a colon.
BEFORE_STRING = re.compile(r"[\s()（）\-－−!！:：]")


def closing_mark(query: str, start: int) -> int:
    """Where the string ends that the mark at `start` begins; -1 if nothing ends it.

    >>> closing_mark('"公开” "收费"', 0), closing_mark('"公开 “收费”', 0)
    (3, -1)
    """
    if doubled := DOUBLED.match(query, start):
        return doubled.end() - 1
    nesting = _nesting_close(query, start)
    if nesting >= 0:
        return nesting
    own = query.find(QUOTES[query[start]], start + 1)
    if own >= 0 and query[start] not in DOUBLE_MARKS:
        return own
    end = own if own >= 0 else len(query)
    marks = list(_unpaired(query, start + 1, end))
    if own < 0:
        return _other_kind(query, start, marks)
    for mark in marks:
        ends = _holds(query, start, mark) and _ends_word(query, mark)
        if ends and _begins_string(query, mark + 1, own):
            return mark
    return own


def string_in(query: str, start: int, close: int) -> tuple[int, int]:
    """[start, end) of the string between two marks; doubled marks are one.

    >>> string_in("““公开””", 0, 5), string_in("““公开”的”", 0, 6)
    ((2, 4), (1, 6))
    """
    if doubled := DOUBLED.match(query, start):
        return doubled.span("text")
    first, end = start + 1, close
    while query[first] == query[start] and _balanced(query, first) == end - 1:
        first, end = first + 1, end - 1
    return first, end


def quoted(text: str) -> str:
    """A string between marks that it does not end in.

    >>> quoted('说"公开"的')
    '“说"公开"的”'
    """
    printed = [opening + text + closing for opening, closing in QUOTES.items()]
    strings = [p for p in printed if _is_string(p)]
    # a mark that opens inside and is not closed there may be closed by what follows
    closed = (p for p in strings if p[0] not in text or _balanced(p, 0) >= 0)
    return next(closed, strings[0])


def _is_string(printed: str) -> bool:
    """Whether this is read as the string between its outer marks."""
    last = len(printed) - 1
    if closing_mark(printed, 0) != last:
        return False
    return string_in(printed, 0, last) == (1, last)


def _balanced(query: str, start: int) -> int:
    """Where the mark at `start` is closed when marks of its kind nest; -1 for nowhere."""
    opening, closing = query[start], QUOTES[query[start]]
    if opening == closing:
        return -1
    depth = 0
    for position in range(start, len(query)):
        if query[position] == opening:
            if position > start and BEHIND_STRING.match(query, position + 1):
                return -1  # it ends a word: “公开“ is bent twice the same way
            depth += 1
        elif query[position] == closing:
            depth -= 1
            if not depth:
                return position
    return -1


def _nesting_close(query: str, start: int) -> int:
    """Where a string with others of its kind inside ends; -1 where there are none.

    A mark of another kind that belongs to no pair inside bends one of them.
    """
    close = _balanced(query, start)
    if query.find(query[start], start + 1, close) < 0:
        return -1
    own = (query[start], QUOTES[query[start]])
    bent = (query[mark] not in own for mark in _unpaired(query, start + 1, close))
    return -1 if any(bent) else close


def _other_kind(query: str, start: int, marks: Sequence[int]) -> int:
    """Which of `marks` ends a string that no mark of its own kind ends; -1 for none."""
    straight = [mark for mark in marks if query[mark] == '"']
    # an empty string is no string, but a straight mark that ends nothing would be refused
    filled = [mark for mark in marks if _holds(query, start, mark)] or straight
    if query[start] == '"' or (query[start] in DOUBLE_MARKS and not straight):
        # “公开“收费: bent twice the same way
        return next(iter(filled), -1)
    ends = (mark for mark in filled if mark in straight or _ends_word(query, mark))
    return next(ends, -1)


def _unpaired(query: str, start: int, end: int) -> Iterator[int]:
    """The double marks between `start` and `end` that are not in a pair there."""
    position = start
    while position < end:
        close = _pair_end(query, position, end)
        if close >= 0:
            position = close
        elif query[position] in DOUBLE_MARKS:
            yield position
        position += 1


def _pair_end(query: str, start: int, end: int) -> int:
    """Where the pair ends that begins here, as those of “说"公开"的” do; -1 for none."""
    closing = QUOTES.get(query[start])
    if closing is None or BEHIND_STRING.match(query, start + 1):
        return -1
    close = query.find(closing, start + 1, end)
    # a straight mark before a word opens, whatever stood before it
    straight = closing == query[start]
    if close > 0 and straight and query[close - 1].isspace():
        return -1
    return close


def _holds(query: str, start: int, close: int) -> bool:
    """Whether anything stands between two marks."""
    return bool(query[start + 1 : close].strip())


def _ends_word(query: str, mark: int) -> bool:
    follows = not BEFORE_STRING.match(query, mark - 1)
    return follows and BEHIND_STRING.match(query, mark + 1) is not None


def _begins_string(query: str, start: int, own: int) -> bool:
    """Whether a mark up to the string's `own` closing one begins another string."""
    for position in range(start, own + 1):
        if query[position] not in OPENING_DOUBLE:
            continue
        before_word = not BEHIND_STRING.match(query, position + 1)
        if before_word and BEFORE_STRING.match(query, position - 1):
            return any(mark in DOUBLE_MARKS for mark in query[position + 1 :])
    return False
