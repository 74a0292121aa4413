"""Parses what a reader types.

Every error carries the position at fault and says what would be right.

Whatever cannot be parsed is refused: a query must never turn into one that matches everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from index.model.errors import QueryError
from index.model.fields import Use, fields_for
from index.model.metrics import METRIC_NAMES
from index.query.codes import TYPED_YEAR
from index.query.syntax import (
    MOST_CHARACTERS,
    MOST_CLAUSES,
    MOST_DEPTH,
    QUOTES,
    And,
    Field,
    Negated,
    Or,
    Proximity,
    Quoted,
    Run,
    Syntax,
    unparse,
)

__all__ = ["FIELDS", "parse", "unparse"]

# `agency~` takes in predecessors and successors.
NAMED = (*(field.query_name for field in fields_for(Use.QUERY)), "agency~")
# What may stand before a colon: the facets, the texts, the dates, and the numbers of
# the statutory tables.
FIELDS = (*NAMED, *METRIC_NAMES)

TOKEN = re.compile(
    # empty brackets are a blank to be filled in, as questions have them
    r"(?P<space>\s+|[(（]\s*[)）])"
    rf"|(?P<open>(?!{TYPED_YEAR})[(（])"
    r"|(?P<close>[)）])"
    r"|(?P<near>NEAR/(?P<distance>\d{1,6})(?=[\s(（)）\"“＂「『]|$))"
    r"|(?P<word>(?:AND|OR|NOT)(?=[\s(（)）\"“＂「『]|$))"
    r"|(?P<minus>-(?!-))"
    r"|(?P<bang>[!！](?=[\"“＂「『]))"
    rf"|(?P<quote>(?!{TYPED_YEAR})[\"“＂「『])"
    r"|(?P<field>[A-Za-z_]{2,40}~?:(?!//))"
    rf"|(?P<run>(?:[^\s()（）\"“＂「『]|{TYPED_YEAR})+)"
)
TILDE = re.compile(r"~(\d{1,6})")
END = r"((?:[^.\s]|(?<=\d)\.(?=\d))*)"  # an end may have decimals
RANGE = re.compile(rf"{END}\.\.{END}")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the query: `kind` is a name of TOKEN, `value` what it says."""

    kind: str
    value: str
    position: int
    number: int | None = None

    @property
    def end(self) -> int:
        """Where a run or the name of a field ends."""
        return self.position + len(self.value)


@lru_cache(maxsize=256)  # an answer asks for the tree of its query several times
def parse(query: str) -> Syntax | None:
    """The tree of a query, None for an empty one. Raises QueryError.

    >>> unparse(parse("公开 (收费  OR 费用) -免费"))
    '公开 (收费 OR 费用) -免费'
    """
    if len(query) > MOST_CHARACTERS:
        raise QueryError(
            f"a query may have {MOST_CHARACTERS} characters, this has {len(query)}; shorten it",
            MOST_CHARACTERS,
        )
    tokens = tokenise(query)
    clauses = [t for t in tokens if t.kind in ("run", "quote")]
    if len(clauses) > MOST_CLAUSES:
        raise QueryError(
            f"a query may have {MOST_CLAUSES} clauses, this has {len(clauses)}; leave some out",
            clauses[MOST_CLAUSES].position,
        )
    if not tokens and query.strip():
        raise QueryError("there is nothing here to search for; type a word", 0)
    return _Parser(tokens, len(query)).query() if tokens else None


def tokenise(query: str) -> list[Token]:
    """The pieces of a query, white space left out."""
    out: list[Token] = []
    at = 0
    while at < len(query):
        match = TOKEN.match(query, at)
        if (
            match is None
        ):  # a closing quote of a kind that was not opened is read as text
            match = re.compile(r".", re.DOTALL).match(query, at)
            assert match is not None
        kind = match.lastgroup if match.lastgroup != "distance" else "near"
        kind = "near" if match.groupdict().get("near") else (kind or "run")
        if kind == "quote":
            token, at = _quoted(query, at)
            out.append(token)
            continue
        if (
            kind == "minus"
            and out
            and out[-1].kind in ("run", "field")
            and out[-1].end == at
        ):
            kind = "run"
        if kind != "space":
            number = int(match["distance"]) if kind == "near" else None
            out.append(Token(kind, match.group(), at, number))
        at = match.end()
    return _joined(out)


def _quoted(query: str, at: int) -> tuple[Token, int]:
    close = query.find(QUOTES[query[at]], at + 1)
    if close < 0 and query[at] == "“":
        # closed by a straight mark, or by one that leans the wrong way
        close = max(query.find('"', at + 1), query.find("“", at + 1))
    if close < 0:
        raise QueryError(
            f"the quotation mark at {at} is not closed; add {QUOTES[query[at]]}", at
        )
    text, end = query[at + 1 : close], close + 1
    within = TILDE.match(query, end)
    number = int(within.group(1)) if within else None
    return Token("quote", text, at, number), within.end() if within else end


def _joined(tokens: list[Token]) -> list[Token]:
    """Runs that the pattern cut at a hyphen stand together again: A-1312/B is one run."""
    out: list[Token] = []
    for token in tokens:
        last = out[-1] if out else None
        if (
            token.kind == "run"
            and last
            and last.kind == "run"
            and last.end == token.position
        ):
            out[-1] = Token("run", last.value + token.value, last.position)
        else:
            out.append(token)
    return out


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[Token], length: int) -> None:
        self.tokens, self.length, self.at, self.depth = tokens, length, 0, 0

    def peek(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def query(self) -> Syntax:
        tree = self.any_of()
        if (token := self.peek()) is not None:
            raise QueryError(
                f"the closing bracket at {token.position} has no opening one; remove it",
                token.position,
            )
        return tree

    def any_of(self) -> Syntax:
        start = self.here()
        operands = [self.all_of()]
        while (token := self.peek()) and token.kind == "word" and token.value == "OR":
            self.take()
            operands.append(self.all_of())
        return operands[0] if len(operands) == 1 else Or(tuple(operands), start)

    def all_of(self) -> Syntax:
        start = self.here()
        operands = [self.item()]
        while (
            (token := self.peek())
            and token.kind != "close"
            and not (token.kind == "word" and token.value == "OR")
        ):
            if token.kind == "word" and token.value == "AND":
                self.take()
            operands.append(self.item())
        return operands[0] if len(operands) == 1 else And(tuple(operands), start)

    def item(self) -> Syntax:
        token = self.peek()
        if token and (
            token.kind == "minus" or (token.kind == "word" and token.value == "NOT")
        ):
            self.take()
            return self.nested(
                lambda: Negated(self.item(), token.position), token.position
            )
        return self.near()

    def near(self) -> Syntax:
        first = self.excluded(self.atom())
        operands, distances, start = [first], [], self.here()
        while (token := self.peek()) and token.kind == "near":
            self.take()
            distances.append(token.number or 0)
            operands.append(self.excluded(self.atom()))
        if not distances:
            return first
        strings = [o for o in operands if isinstance(o, Run | Quoted)]
        if len(strings) != len(operands):
            raise QueryError(
                "NEAR stands between words or quoted strings only; take brackets and fields away",
                start,
            )
        return Proximity(tuple(strings), max(distances), strings[0].position)

    def excluded(self, node: Syntax) -> Syntax:
        while (token := self.peek()) and token.kind == "bang":
            self.take()
            quoted = self.peek()
            assert quoted is not None  # the pattern of `bang` looks ahead
            self.take()
            if not isinstance(node, Run | Quoted):
                raise QueryError(
                    '!"..." follows the word or string that it narrows', token.position
                )
            node = replace(node, outside=(*node.outside, quoted.value))
        return node

    def atom(self) -> Syntax:
        token = self.peek()
        if token is None:
            raise QueryError(
                "something to search for is missing at the end; add a word or remove the operator",
                self.length,
            )
        if token.kind == "open":
            return self.nested(self.bracket, token.position)
        if token.kind == "field":
            return self.field()
        self.take()
        if token.kind == "quote":
            if not token.value.strip():
                raise QueryError(
                    f"the quotation at {token.position} is empty; put the string between the marks",
                    token.position,
                )
            return Quoted(token.value, token.position, token.number)
        if token.kind == "run":
            return Run(token.value, token.position)
        raise QueryError(
            f"{token.value!r} at {token.position} cannot stand here; quote it to search for it",
            token.position,
        )

    def bracket(self) -> Syntax:
        opening = self.take()
        tree = self.any_of()
        if self.peek() is None:
            raise QueryError(
                f"the bracket at {opening.position} is not closed; add )",
                opening.position,
            )
        self.take()
        return tree

    def field(self) -> Syntax:
        token = self.take()
        name = token.value[:-1].lower()
        if name not in FIELDS:
            raise QueryError(
                f"there is no field {name}; there are {', '.join(NAMED)} and the numbers of the tables, such as "
                f"{METRIC_NAMES[0]}; quote it to search for the text",
                token.position,
            )
        value = self.peek()
        after = token.position + len(token.value)
        if (
            value is None
            or value.position != after
            or value.kind not in ("run", "quote")
        ):
            raise QueryError(f"{name}: needs its value right after the colon", after)
        self.take()
        if value.kind == "run" and (match := RANGE.fullmatch(value.value)):
            return Field(
                name,
                "",
                token.position,
                low=match[1] or None,
                high=match[2] or None,
                is_range=True,
            )
        return Field(name, value.value, token.position, quoted=value.kind == "quote")

    def nested(self, rule: Callable[[], Syntax], position: int) -> Syntax:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise QueryError(
                f"brackets and NOT may nest {MOST_DEPTH} deep; flatten the query",
                position,
            )
        tree = rule()
        self.depth -= 1
        return tree

    def here(self) -> int:
        token = self.peek()
        return token.position if token else self.length
