"""The syntax of a query as typed: its grammar and its tree, before any analysis.

    query   = or ;
    or      = and { "OR" and } ;
    and     = item { [ "AND" ] item } ;             adjacency is AND, and binds tighter than OR
    item    = ( "-" | "NOT" ) item | near ;
    near    = atom { "NEAR/" number atom } { "!" quoted } ;
    atom    = "(" or ")" | field ":" value | quoted [ "~" number ] | run ;
    value   = quoted | range | run ;
    range   = [ number ] ".." [ number ] ;

Positions are code points of the query as typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from index.model.fields import SEARCHED_FIELDS
from index.query.quotation import quoted

__all__ = [
    "MAX_CHARACTERS",
    "MAX_CLAUSES",
    "MAX_DEPTH",
    "And",
    "Field",
    "Negated",
    "Or",
    "Proximity",
    "Quoted",
    "Run",
    "Syntax",
    "asks_for_strings",
    "fields_of",
    "operands_of",
    "unparse",
]

# What a query may have; past it the query is refused.
MAX_CHARACTERS = 512
MAX_CLAUSES = 32
MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Characters without white space between them, typed bare."""

    text: str
    position: int
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted string; `within` is the number after `~`."""

    text: str
    position: int
    within: int | None = None
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """`name:value`; a range has its two ends in `low` and `high` and an empty value.

    `value_at` is where the value begins in the query.
    """

    name: str
    value: str
    position: int
    quoted: bool = False
    low: str | None = None
    high: str | None = None
    is_range: bool = False
    value_at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negated:
    """What must not be."""

    operand: Syntax
    position: int


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    operands: tuple[Syntax, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of these."""

    operands: tuple[Syntax, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Proximity:
    """These within `distance` characters of each other."""

    operands: tuple[Run | Quoted, ...]
    distance: int
    position: int


Syntax = Run | Quoted | Field | Negated | And | Or | Proximity


def operands_of(tree: Syntax) -> tuple[Syntax, ...]:
    """The operands of the top level: those of its conjunction, or the tree itself."""
    if isinstance(tree, And):
        return tree.operands
    return (tree,)


def fields_of(tree: Syntax | None) -> Iterator[Field]:
    """Every field of a tree, from the left."""
    match tree:
        case Field():
            yield tree
        case Negated(operand, _):
            yield from fields_of(operand)
        case And(operands, _) | Or(operands, _):
            for operand in operands:
                yield from fields_of(operand)
        case _:
            return


def asks_for_strings(tree: Syntax | None) -> bool:
    """Whether a quoted string must stand to the character, in a title, a text or a card.

    One that is left out, a name of a body and words near each other are no such string.
    """
    match tree:
        case Quoted(_, _, within, _):
            return within is None
        case Field(name, quoted=is_quoted):
            return is_quoted and name in SEARCHED_FIELDS
        case Proximity(operands, _, _) | And(operands, _) | Or(operands, _):
            return any(map(asks_for_strings, operands))
        case _:
            return False


def unparse(node: Syntax, *, inside: bool = False) -> str:
    """The tree as a query that parses to the same tree; `inside` puts what needs it in brackets."""
    match node:
        case Run(text, _, outside):
            return text + _outside(outside)
        case Quoted(text, _, within, outside):
            distance = "" if within is None else f"~{within}"
            return quoted(text) + distance + _outside(outside)
        case Field():
            return f"{node.name}:" + _value(node)
        case Negated(operand, _):
            # two hyphens in a row are a dash and not a negation
            printed = unparse(operand, inside=True)
            return f"-({printed})" if printed.startswith("-") else f"-{printed}"
        case And(operands, _):
            return _joined(" ", operands, inside=inside)
        case Or(operands, _):
            return _joined(" OR ", operands, inside=inside)
        case Proximity(operands, distance, _):
            return _joined(f" NEAR/{distance} ", operands, inside=inside)


def _joined(operator: str, operands: tuple[Syntax, ...], *, inside: bool) -> str:
    joined = operator.join(unparse(operand, inside=True) for operand in operands)
    return f"({joined})" if inside else joined


def _outside(outside: tuple[str, ...]) -> str:
    return "".join(f" !{quoted(o)}" for o in outside)


def _value(node: Field) -> str:
    if node.is_range:
        return f"{node.low or ''}..{node.high or ''}"
    return quoted(node.value) if node.quoted else node.value
