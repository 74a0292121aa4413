"""What an engine is asked: finished nodes, all text in index form.

This module imports nothing of ours. Every node is immutable and hashable. Engines take them apart
with `match` and end in `assert_never`, so that a new node is named by mypy in every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain

__all__ = [
    "NO_PATH",
    "NO_VALUE",
    "AllOf",
    "AnyOf",
    "AtLeast",
    "Everything",
    "Keyword",
    "Near",
    "Node",
    "Not",
    "Nothing",
    "NumberRange",
    "PathPrefix",
    "String",
    "Wildcard",
    "strings_of",
]


@dataclass(frozen=True, slots=True)
class Everything:
    """Every report."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No report."""


@dataclass(frozen=True, slots=True)
class String:
    """Reports in whose text one of `forms` occurs as a string of characters.

    `forms` are the wordings of one thing (the one asked for first); `field` is one of
    SEARCHED_FIELDS, or None for title and text. `outside` are strings: an occurrence that lies
    inside an occurrence of one of them does not count.
    """

    forms: tuple[str, ...]  # 资讯 and 信息
    field: str | None = None
    outside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Reports with a run that fits `pattern`.

    `*` stands for 0 to `widest` characters of one run, `?` for exactly one. A run ends at white
    space, punctuation and the ends of the text.
    """

    pattern: str  # 公?条例
    field: str | None = None
    widest: int = 20


# Engines look for chains of operands in every set of them: 2 ** 5 sets.
MAX_NEAR_OPERANDS = 5


@dataclass(frozen=True, slots=True)
class Near:
    """Reports in which the operands stand near each other, in any order.

    Between neighbours are at most `distance` characters.
    """

    operands: tuple[String, ...]
    distance: int


@dataclass(frozen=True, slots=True)
class AllOf:
    """Reports that satisfy every operand."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Reports that satisfy at least one operand."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Reports that satisfy at least `least` of the operands."""

    operands: tuple[Node, ...]
    least: int


@dataclass(frozen=True, slots=True)
class Not:
    """Reports that do not satisfy the operand."""

    operand: Node


# Stand for the reports without the facet; no report has an empty value.
NO_VALUE = ""
NO_PATH: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Keyword:
    """Reports whose facet `name` is one of `values` (numbers as decimal strings).

    With NO_VALUE also those without the facet.
    """

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathPrefix:
    """Reports whose path facet `name` begins with one of `prefixes`, each from the top down.

    With NO_PATH also those without the facet.
    """

    name: str
    prefixes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Reports whose number `name` is at least `low` and at most `high`; None is open.

    A report without the number never matches.
    """

    name: str
    low: float | None = None
    high: float | None = None


Node = (
    Everything
    | Nothing
    | String
    | Wildcard
    | Near
    | AllOf
    | AnyOf
    | AtLeast
    | Not
    | Keyword
    | PathPrefix
    | NumberRange
)


def only_form(nodes: Sequence[String | Wildcard]) -> str | None:
    """The one form of the one string, if the nodes are no more than that.

    >>> only_form([String(("公开",))]), only_form([String(("公开", "公開"))])
    ('公开', None)
    """
    if len(nodes) != 1:
        return None
    node = nodes[0]
    if isinstance(node, String) and len(node.forms) == 1 and not node.outside:
        return node.forms[0]
    return None


def strings_of(node: Node) -> tuple[String | Wildcard, ...]:
    """The strings that `node` asks to be present, in order, each once.

    They are what is counted, marked and shown in snippets.

    >>> strings_of(AllOf((String(("公开",)), Not(String(("收费",))))))
    (String(forms=('公开',), field=None, outside=()),)
    """
    match node:
        case String() | Wildcard():
            return (node,)
        # what stands below NOT must be absent, and is no string to mark
        case AllOf(operands) | AnyOf(operands) | AtLeast(operands) | Near(operands):
            below = chain.from_iterable(strings_of(operand) for operand in operands)
            return tuple(dict.fromkeys(below))
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """What relevance is made of.

    An engine's score is the plain sum of the parts; its `explain` names each.

    `words` are search-mode tokens, ranked by BM25F over title, headings and body; `runs` are the
    runs as typed, each adding a bonus where it stands whole; `pairs` are neighbouring characters,
    ranked by BM25 where a question is too long for its words to be trusted. `boosts` are what a
    report had better be, each with its weight, a share of the greatest sum that all words and pairs
    could give.
    """

    words: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    pairs: tuple[str, ...] = field(default=())
    boosts: tuple[tuple[Node, float], ...] = ()
