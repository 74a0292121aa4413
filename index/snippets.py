"""Marks and snippets: where a query stands in a report, and the pieces of text that show it best.

Everything is found in the index form and taken back to the display text, so that a mark lies exactly on the
characters as they were published, in whatever script. No text is cut into words here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from index.analysis.normaliser import Folded
from index.query.nodes import Node, String, Wildcard, strings_of
from index.response import Snippet
from index.schema import TEXT_FIELDS

__all__ = ["Marker", "snippets"]

Span = tuple[int, int]
MOST_MARKS = 5_000
MOST_WINDOWS = 400
"""Marks among which the best places are looked for."""

WIDTH = 110
STOPS = re.compile("[。！？；\n!?;]")
SOFT_STOPS = re.compile("[。！？；\n!?;，、,：: \u3000]")


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds the places of a query in a report: exactly those that its occurrences count.

    `patterns` has for each of TEXT_FIELDS the leftmost-longest alternation of all that may be marked there, or None.
    """

    patterns: Mapping[str, re.Pattern[str] | None]

    @classmethod
    def of(cls, condition: Node) -> Marker:
        """The marker of a condition: all that it asks to be present."""
        leaves = strings_of(condition)
        return cls({name: _pattern(tuple(x for x in leaves if x.field in (None, name))) for name in TEXT_FIELDS})

    def marks(self, field: str, text: Folded, wording: Folded | None) -> list[Span]:
        """The display spans of one field, sorted, overlapping ones joined."""
        pattern = self.patterns[field]
        if pattern is None:
            return []
        spans = _found(pattern, text)
        if wording is not None:
            # 線 stands in 線上 itself, and in 在線, which 線上 also reads as: it is one place.
            spans += [s for s in _found(pattern, wording) if not any(s[0] < b and a < s[1] for a, b in spans)]
            spans.sort()
        return _joined(spans)


@lru_cache(maxsize=256)
def _pattern(leaves: tuple[String | Wildcard, ...]) -> re.Pattern[str] | None:
    literal = {form for leaf in leaves if isinstance(leaf, String) for form in leaf.forms}
    outside = {o for leaf in leaves if isinstance(leaf, String) for o in leaf.outside}
    wild = [wildcard_regex(leaf) for leaf in leaves if isinstance(leaf, Wildcard)]
    if not literal and not wild:
        return None
    parts = [f"(?P<not>{'|'.join(map(re.escape, sorted(outside, key=len, reverse=True)))})"] if outside else []
    parts += [re.escape(s) for s in sorted(literal, key=len, reverse=True)] + wild
    return re.compile("|".join(parts))


def wildcard_regex(leaf: Wildcard) -> str:
    """A wildcard as a regular expression: `*` is up to `widest` letters or digits, as few as fit; `?` is one."""
    letter = r"[^\W_]"
    return "".join(
        f"{letter}{{0,{leaf.widest}}}?" if c == "*" else letter if c == "?" else re.escape(c) for c in leaf.pattern
    )


def _found(pattern: re.Pattern[str], text: Folded) -> list[Span]:
    """The display spans of the places of a pattern, in order."""
    matches: Iterable[re.Match[str]] = islice(pattern.finditer(text.form), MOST_MARKS)
    if "not" in pattern.groupindex:
        matches = (m for m in matches if m["not"] is None)
    return text.offsets.spans([span for m in matches if (span := m.span())[1] > span[0]])


def _joined(spans: list[Span]) -> list[Span]:
    """Sorted spans without overlaps."""
    out: list[Span] = []
    reached = -1
    for start, end in spans:
        if start < reached:
            out[-1] = (out[-1][0], max(end, reached))
        else:
            out.append((start, end))
        reached = max(end, reached)
    return out


def snippets(display: str, marks: list[Span], most: int) -> tuple[Snippet, ...]:
    """Up to `most` pieces that together show most of what was asked, in the order of the text.

    A report without marks in its text is shown by its opening.
    """
    if most == 0 or not display:
        return ()
    if not marks:
        return (_cut(display, 0, min(len(display), WIDTH), []),)
    chosen = sorted(_best(display, marks, most))
    return tuple(_cut(display, *window, marks) for window in chosen)


def _best(display: str, marks: list[Span], most: int) -> list[Span]:
    """The windows with most different marked texts, then most marks, that do not overlap.

    Marks that touch count as one long text: a run that stands whole says more than its words apart.
    """
    texts = _touching(marks[:MOST_WINDOWS])
    windows = []
    last = worth = inside = 0
    held: Counter[str] = Counter()
    for n, (start, end, _) in enumerate(texts):
        while last < len(texts) and (last <= n or texts[last][1] - start <= WIDTH):
            kind = display[texts[last][0] : texts[last][1]]
            worth += len(kind) ** 2 if not held[kind] else 0
            held[kind] += 1
            inside += texts[last][2]
            last += 1
        windows.append((-worth, -inside, start, max(end, texts[last - 1][1])))
        kind = display[start:end]
        held[kind] -= 1
        worth -= len(kind) ** 2 if not held[kind] else 0
        inside -= texts[n][2]
    windows.sort()
    chosen: list[Span] = []
    for *_, start, end in windows:
        grown = _grown(display, start, end)
        if all(grown[1] <= a or b <= grown[0] for a, b in chosen):
            chosen.append(grown)
        if len(chosen) == most:
            break
    return chosen


def _touching(marks: list[Span]) -> list[tuple[int, int, int]]:
    """(start, end, how many marks) of the marks, those that touch as one."""
    out: list[tuple[int, int, int]] = []
    for start, end in marks:
        if out and out[-1][1] == start:
            out[-1] = (out[-1][0], end, out[-1][2] + 1)
        else:
            out.append((start, end, 1))
    return out


def _grown(display: str, start: int, end: int) -> Span:
    """The window grown to WIDTH, from a stop to a stop where there is one near."""
    spare = max(0, WIDTH - (end - start))
    left = _stop_before(display, start, spare * 2 // 5)
    right = _stop_after(display, end, max(0, WIDTH - (end - left)))
    return left, right


def _stop_before(display: str, position: int, reach: int) -> int:
    low = max(0, position - reach)
    for stops in (STOPS, SOFT_STOPS):
        found = [m.end() for m in stops.finditer(display, low, position)]
        if found:
            return found[-1]
    return low


def _stop_after(display: str, position: int, reach: int) -> int:
    high = min(len(display), position + reach)
    for stops in (STOPS, SOFT_STOPS):
        found = [m.end() for m in stops.finditer(display, position + reach // 2 + 1, high)]
        if found:
            return found[-1]
    return high


def _cut(display: str, start: int, end: int, marks: list[Span]) -> Snippet:
    while start < end and display[start].isspace():
        start += 1
    while end > start and display[end - 1].isspace():
        end -= 1
    # A place that the end of the piece would cut in two is not marked: half a word is not what was asked for.
    first, last = bisect_left(marks, (start, 0)), bisect_left(marks, (end, 0))
    inside = tuple((a - start, b - start) for a, b in marks[first:last] if b <= end)
    return Snippet(display[start:end], inside, start)
