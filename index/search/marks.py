"""Marks: the positions of a query in a report.

Matches are found in the index form and converted to spans of the display text. So a mark covers the
published characters, in whatever script. The same rule as for counting applies: take the leftmost
match, the longest one if several start there, then continue where it ends. The time grows with the
text and the query only: what a reader typed is never compiled to a regular expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import le

from index.analysis.normaliser import Folded
from index.model.budget import spend
from index.model.fields import SEARCHED_FIELDS, is_searched
from index.query.nodes import Node, String, Wildcard, strings_of
from index.query.wildcards import Pattern, compiled, occurrences

__all__ = ["MAX_MARKS", "Marker", "Span"]

Span = tuple[int, int]
# Marks of one field: a report that has 的 ten thousand times is marked as far as this.
MAX_MARKS = 5_000


@dataclass(frozen=True, slots=True)
class Sought:
    """What may be marked in one field.

    `strings` holds pairs: a string, and the longer strings inside which it is not marked (公开
    but not in 不予公开). `patterns` holds the wildcards.
    """

    strings: tuple[tuple[str, tuple[str, ...]], ...]
    patterns: tuple[Pattern, ...]

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, leaves: tuple[String | Wildcard, ...]) -> Sought:
        """What these strings and wildcards ask for, each once."""
        strings: dict[tuple[str, tuple[str, ...]], None] = {}
        patterns: dict[Pattern, None] = {}
        for leaf in leaves:
            if isinstance(leaf, Wildcard):
                pattern = compiled(leaf.pattern, leaf.widest)
                if pattern is not None:
                    patterns[pattern] = None
            else:
                forms = filter(None, leaf.forms)
                strings |= dict.fromkeys((form, leaf.outside) for form in forms)
        return cls(tuple(strings), tuple(patterns))

    @property
    def only(self) -> str | None:
        """The one string that is sought, where that is all: most questions are one word."""
        if len(self.strings) != 1 or self.patterns:
            return None
        form, outside = self.strings[0]
        return None if outside else form

    def spans(self, form: str, most: int | None) -> list[Span]:
        """The matches in one index form, without overlaps, at most `most` of them."""
        spend(len(form) * (len(self.strings) + 1))
        if self.only is not None:
            return _apart(self.only, form, most)
        found: list[Span] = []
        for string, outside in self.strings:
            found += _places(string, outside, form)
        for pattern in self.patterns:
            found += [(start, -end) for start, end in pattern.fits(form)]
        # ends are negative: of those that start together the longest comes first
        found.sort()
        spans: list[Span] = []
        reached = 0
        for start, minus_end in found:
            if start < reached:
                continue
            reached = -minus_end
            spans.append((start, reached))
            if len(spans) == most:
                break
        return spans


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds the positions of a query in a report: exactly those that its occurrences count.

    `sought` has one entry for each of SEARCHED_FIELDS.
    """

    sought: Mapping[str, Sought]

    @classmethod
    def of(cls, condition: Node) -> Marker:
        """The marker of a condition: all that it asks to be present."""
        leaves = strings_of(condition)
        sought = {}
        for name in SEARCHED_FIELDS:
            own = tuple(leaf for leaf in leaves if is_searched(name, leaf.field))
            sought[name] = Sought.of(own)
        return cls(sought)

    def asks(self, field: str) -> bool:
        """Whether anything is looked for in a field."""
        sought = self.sought[field]
        return bool(sought.strings or sought.patterns)

    def marks(
        self,
        field: str,
        text: Folded,
        wording: Folded | None,
        most: int | None = MAX_MARKS,
    ) -> list[Span]:
        """The display spans of one field, sorted, overlapping ones joined.

        At most `most` of the text and of its wording; None is all.
        """
        sought = self.sought[field]
        if not self.asks(field):
            return []
        found = sought.spans(text.form, most)
        if not found and wording is None:
            # as in most titles
            return []
        spans = text.offsets.spans(found)
        if wording is not None:
            # 線 stands in 線上 itself, and in 在線, which 線上 also reads as: it is marked once.
            worded = wording.offsets.spans(sought.spans(wording.form, most))
            spans += _outside(worded, spans)
            spans.sort()
        elif not any(text.offsets.block):
            # Each character has its own position, and matches do not overlap.
            return spans
        return _joined(spans)


def _apart(string: str, form: str, most: int | None) -> list[Span]:
    """Where a string stands, without overlaps."""
    spans: list[Span] = []
    length = len(string)
    start = form.find(string)
    # a text has fewer places than characters
    enough = len(form) if most is None else most
    while start >= 0 and len(spans) < enough:
        end = start + length
        spans.append((start, end))
        start = form.find(string, end)
    return spans


def _places(string: str, outside: tuple[str, ...], form: str) -> list[Span]:
    """(start, minus end) of every place of a string that lies in no place of `outside`."""
    starts = occurrences(form, string)
    length = len(string)
    if not outside:
        return [(start, -(start + length)) for start in starts]
    ways = [
        (longer, shift)
        for longer in outside
        for shift in range(len(longer))
        if longer.startswith(string, shift)
    ]
    places: list[Span] = []
    for start in starts:
        # 公开 is not marked where it is the end of 不公开
        inside = False
        for longer, shift in ways:
            if start >= shift and form.startswith(longer, start - shift):
                inside = True
                break
        if not inside:
            places.append((start, -(start + length)))
    return places


def _outside(spans: list[Span], others: list[Span]) -> list[Span]:
    """The sorted spans that share no character with one of the sorted `others`."""
    free = []
    number = 0
    reach = 0
    for start, end in spans:
        # all that begin before this one ends; the furthest end among them tells
        while number < len(others) and others[number][0] < end:
            reach = max(reach, others[number][1])
            number += 1
        if reach <= start:
            free.append((start, end))
    return free


def _joined(spans: list[Span]) -> list[Span]:
    """Sorted spans without overlaps."""
    starts = [start for start, _ in spans]
    if all(map(le, [end for _, end in spans], starts[1:])):  # nearly always
        return spans
    out: list[Span] = []
    reached = -1
    for start, end in spans:
        if start < reached:
            out[-1] = (out[-1][0], max(end, reached))
        else:
            out.append((start, end))
        reached = max(end, reached)
    return out
