"""What was typed and read otherwise than it may have been meant: it is said, never passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from index.model.problems import Code, Note
from index.query.field_values import year_digits
from index.query.parser import NAMED_FIELDS, Token, half_width, parse, tokenise
from index.query.reference_numbers import TYPED_YEAR
from index.query.syntax import Field, Syntax, operands_of

__all__ = ["exchanged", "remarks"]

# QQ:12345 and 联系电话:010, but no address as in http://
BEFORE_COLON = re.compile(r"(\w{2,40})[:：](?!//)")
# Quotation marks of print. A straight one that is not closed is refused.
QUOTATION_MARKS = re.compile("[“”「」『』＂]")
BRACKETED_YEAR = re.compile(TYPED_YEAR)
# Words of other engines -> ours.
OTHER_OPERATORS = {"and": "AND", "or": "OR", "not": "NOT", "&&": "AND", "||": "OR"}
# /公.开/, 公开~1, 公开^2, +公开, and [a and b] of [a TO b]
FOREIGN_SYNTAX = re.compile(r"/.+/|.+~\d?|.+\^\d+|\+.+|[\[{].+|.+[\]}]")
# field:>3 where there is no such field
COMPARISON = re.compile(r"\w+[:：][<>]=?.*")


@lru_cache(maxsize=256)
def remarks(query: str) -> tuple[Note, ...]:
    """The notes on a query. Raises QueryError for one that is refused.

    >>> [note.code.value for note in remarks("QQ:12345 or 公开")]
    ['query.no-field', 'query.operator-as-text']
    """
    tokens = tokenise(query)
    notes = [note for token in tokens for note in _of_token(token, tokens)]
    tree = parse(query)
    if tree is not None:
        notes += _of_ranges(tree)
    # each once: facts are mappings, and cannot be hashed
    return tuple(note for n, note in enumerate(notes) if note not in notes[:n])


def _of_ranges(tree: Syntax) -> Iterator[Note]:
    for node in operands_of(tree):
        if isinstance(node, Field) and exchanged(node.low, node.high):
            facts = {"low": node.low, "high": node.high}
            yield Note(Code.QUERY_ENDS_EXCHANGED, facts)


def exchanged(low: object, high: object) -> bool:
    """Whether the ends of a range, as typed, stand the wrong way round.

    >>> exchanged("2020", "2018"), exchanged("2018-3", "2018-12"), exchanged("5", None)
    (True, False, False)
    """
    if not low or not high:
        return False
    first, last = _parts(low), _parts(high)
    return bool(first and last) and first > last


def _parts(end: object) -> list[float]:
    """2018-03 as [2018, 3]: dates and numbers are compared part by part."""
    parts = re.split(r"(?<=\d)-", year_digits(str(end)))
    try:
        return [float(part) for part in parts]
    except ValueError:
        return []


def _of_token(token: Token, tokens: Sequence[Token]) -> Iterator[Note]:
    if token.kind != "run":
        return
    text = half_width(token.value)
    before = BEFORE_COLON.match(text)
    if QUOTATION_MARKS.search(BRACKETED_YEAR.sub("", token.value)):
        yield Note(Code.QUERY_QUOTATION_AS_TEXT)
    if text.lower() in OTHER_OPERATORS and len(tokens) > 1:
        operator = OTHER_OPERATORS[text.lower()]
        facts = {"token": token.value, "operator": operator}
        yield Note(Code.QUERY_OPERATOR_AS_TEXT, facts)
    elif FOREIGN_SYNTAX.fullmatch(text) or COMPARISON.fullmatch(text):
        yield Note(Code.QUERY_FOREIGN_SYNTAX, {"token": token.value})
    elif before is not None and not text[0].isdigit():
        yield Note(Code.QUERY_NO_FIELD, {"name": before[1], "fields": NAMED_FIELDS})
