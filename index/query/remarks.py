"""What was typed and read otherwise than it may have been meant: it is said, never passed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

from index.model.problems import Code, Note
from index.query.field_values import year_digits
from index.query.parser import (
    CHINESE_METRICS,
    NAMED_FIELDS,
    Token,
    field_name,
    half_width,
    parse,
    tokenise,
)
from index.query.reference_numbers import TYPED_YEAR
from index.query.runs import WILDCARD_PATTERN
from index.query.syntax import (
    And,
    Field,
    Negated,
    Or,
    Proximity,
    Quoted,
    Run,
    Syntax,
)

__all__ = ["exchanged", "remarks"]

# QQ:12345 and 联系电话:010, but no address as in http://
BEFORE_COLON = re.compile(r"(\w{2,40})[:：](?!//)")
# Quotation marks of print. A straight one that is not closed is refused.
QUOTATION_MARKS = re.compile("[“”「」『』＂]")
BRACKETED_YEAR = re.compile(TYPED_YEAR)
# Words of other engines -> ours.
OTHER_OPERATORS = {
    "and": "AND",
    "or": "OR",
    "not": "NOT",
    "&": "AND",
    "&&": "AND",
    "|": "OR",
    "||": "OR",
}
# near, near/5, w/5 and AROUND of AROUND(5)
NEARNESS = re.compile(r"(?:near|around)(?:/(\d+))?|(?:w|n|adj)/(\d+)", re.IGNORECASE)
# What the words of help take for an example.
USUAL_DISTANCE = "10"
FOREIGN_FORMS = (
    "/.+/",  # /公.开/
    # 公开~1, and what stands behind "公开"~; but 3~5 is a range
    r"(?:.*\D)?~(?:\d(?:\.\d+)?)?",
    r".*\^[\d.]+",  # 公开^2
    r"\+.*",  # +公开
    r"!\w.*",  # !公开
    r"@\w.*",  # @title
    r"[\[{].+|.+[\]}]",  # [a and b] of [a TO b]
    r".+(?:&&|\|).+",  # 公开||公示
    r"\w+:?[<>]=?.*",  # year>2018, and fee:>3 where there is no such field
)
FOREIGN_SYNTAX = re.compile("|".join(FOREIGN_FORMS))
# 公？开 and 公开?: so few characters ask no question, so a wildcard may have been meant. So it may
# by several marks at the end: 行政复议??.
QUESTION_MARK = re.compile(r"\w{1,3}(?:？\w{1,3}|[?？])|\w+[?？]{2,}")
# title=年报
EQUATION = re.compile(r"(\w+)=.+")
# /公(开|示)/, which brackets cut into several runs
PATTERN_WITH_BRACKETS = re.compile(r"(?:^|(?<=[\s(（]))/\S*[(（]\S*/(?=\s|$)")


@lru_cache(maxsize=256)
def remarks(query: str) -> tuple[Note, ...]:
    """The notes on a query. Raises QueryError for one that is refused.

    >>> [note.code.value for note in remarks("QQ:12345 or 公开")]
    ['query.no-field', 'query.operator-as-text']
    """
    tokens = tokenise(query)
    notes = [note for token in tokens for note in _of_token(token, tokens)]
    if _ends_sentence_before_string(tokens):
        notes.append(Note(Code.QUERY_EXCLAMATION_MARK))
    patterns = PATTERN_WITH_BRACKETS.findall(query)
    notes += [Note(Code.QUERY_FOREIGN_SYNTAX, {"token": typed}) for typed in patterns]
    tree = parse(query)
    if tree is not None:
        notes += _of_tree(tree)
    # each once: facts are mappings, and cannot be hashed
    return tuple(note for n, note in enumerate(notes) if note not in notes[:n])


def _ends_sentence_before_string(tokens: Sequence[Token]) -> bool:
    """Whether an exclamation mark stands alone, or before a string: it may leave something out."""
    for token, following in zip_longest(tokens, tokens[1:]):
        text = half_width(token.value) if token.kind == "run" else ""
        is_before_string = following is not None and following.kind == "quote"
        if text == "!" or (text.endswith("!") and is_before_string):
            return True
    return False


def _of_tree(node: Syntax) -> Iterator[Note]:
    match node:
        case Field():
            if exchanged(node.low, node.high):
                facts = {"low": node.low, "high": node.high}
                yield Note(Code.QUERY_ENDS_EXCHANGED, facts)
        case Negated(operand, _):
            # what is excluded is neither counted nor marked
            for note in _of_tree(operand):
                if note.code is not Code.QUERY_NEAR_COUNTS_ALL:
                    yield note
        case And(operands, _) | Or(operands, _):
            for operand in operands:
                yield from _of_tree(operand)
        case Proximity(operands, _, _):
            yield Note(Code.QUERY_NEAR_COUNTS_ALL)
            runs = [operand.text for operand in operands if isinstance(operand, Run)]
            yield from _wildcards_as_text(runs)
        case Quoted(text, _, int(), _):
            yield Note(Code.QUERY_NEAR_COUNTS_ALL)
            yield from _wildcards_as_text(text.split())
        case Run(text, _, outside) if outside and WILDCARD_PATTERN.search(text):
            yield Note(
                Code.QUERY_WILDCARD_EXCEPTS_NOTHING,
                {"token": text, "outside": outside},
            )
        case _:
            return


def _wildcards_as_text(words: Iterable[str]) -> Iterator[Note]:
    """What is near something is a string: 公?开 stands there as it is typed."""
    for word in words:
        if WILDCARD_PATTERN.search(word):
            yield Note(Code.QUERY_WILDCARD_AS_TEXT, {"token": word})


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
    if QUESTION_MARK.fullmatch(token.value):
        yield Note(Code.QUERY_QUESTION_MARK, {"token": token.value})
    operator = _operator(text)
    if operator and len(tokens) > 1:
        facts = {"token": token.value, "operator": operator}
        yield Note(Code.QUERY_OPERATOR_AS_TEXT, facts)
    elif FOREIGN_SYNTAX.fullmatch(text) or _is_equation(text):
        yield Note(Code.QUERY_FOREIGN_SYNTAX, {"token": token.value})
    elif before is not None and before[1] in CHINESE_METRICS:
        yield Note(Code.QUERY_NO_NUMBER, {"name": before[1]})
    elif before is not None and not text[0].isdigit():
        yield Note(Code.QUERY_NO_FIELD, {"name": before[1], "fields": NAMED_FIELDS})


def _operator(text: str) -> str:
    """Our operator for another engine's; empty for what is none.

    >>> _operator("And"), _operator("w/5"), _operator("near"), _operator("公开")
    ('AND', 'NEAR/5', 'NEAR/10', '')
    """
    near = NEARNESS.fullmatch(text)
    if near is not None:
        distance = near[1] or near[2] or USUAL_DISTANCE
        return f"NEAR/{distance}"
    return OTHER_OPERATORS.get(text.lower(), "")


def _is_equation(text: str) -> bool:
    """Whether this is title=年报: a field of ours with a sign that is not ours."""
    equation = EQUATION.fullmatch(text)
    return equation is not None and field_name(f"{equation[1]}:") is not None
