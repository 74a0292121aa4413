"""Snippets: the pieces of a text that show best where a query stands in it.

No text is cut into words here.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from index.search.marks import Span
from index.search.response import Snippet

__all__ = ["snippets"]

# Marks among which the best windows are looked for.
MAX_WINDOWS = 400

# Characters of a snippet, about two lines of a page.
SNIPPET_WIDTH = 110
# As much as ends with a stop: first of a sentence, else of a part of one (，、：).
UP_TO_STOPS = tuple(
    re.compile(f"(?s:.*)[{stops}]")
    for stops in (
        "。！？；\n!?;",
        "。！？；\n!?;，、,：: \u3000",
    )
)


def snippets(
    display: str,
    marks: list[Span],
    most: int,
) -> tuple[Snippet, ...]:
    """Up to `most` pieces that together show as much as they can of what was asked.

    They stand in the order of the text.

    A report without marks in its text is shown by its opening.
    """
    if most == 0 or not display:
        return ()
    if not marks:
        return (
            _cut(
                display,
                0,
                min(len(display), SNIPPET_WIDTH),
                [],
            ),
        )
    chosen = sorted(_best(display, marks, most))
    return tuple(_cut(display, *window, marks) for window in chosen)


def _best(
    display: str,
    marks: list[Span],
    most: int,
) -> list[Span]:
    """The windows with most different marked texts, then most marks, that do not overlap.

    Marks that touch count as one long text: a run that stands whole says more than its words apart.
    """
    windows = _windows(display, _worthiest(marks))
    windows.sort()
    chosen: list[Span] = []
    for _, _, start, end in windows:
        if _meets(chosen, start, end):  # nor can it be grown beside them
            continue
        grown = _grown(display, start, end)
        if not _meets(chosen, *grown):
            chosen.append(grown)
            if len(chosen) == most:
                break
    return chosen


def _worthiest(marks: list[Span]) -> list[Span]:
    """The marks of the MAX_WINDOWS longest texts; of equally long ones, the first."""
    if len(marks) <= MAX_WINDOWS:
        return marks
    texts = _touching(marks)
    # sorted() keeps the order of the report among texts of one length
    longest = sorted(texts, key=lambda text: text[0] - text[1])[:MAX_WINDOWS]
    chosen = {start for start, _, _ in longest}
    kept: list[Span] = []
    position = 0
    for start, _, count in texts:
        if start in chosen:
            kept += marks[position : position + count]
        position += count
    return kept


def _windows(
    display: str,
    marks: list[Span],
) -> list[tuple[int, int, int, int]]:
    """(minus worth, minus the marks inside, start, end) of the window from each mark on."""
    texts = _touching(marks)
    kinds = [display[start:end] for start, end, _ in texts]
    held = dict.fromkeys(kinds, 0)
    if len(held) == 1 and len(texts) == len(marks):
        return _windows_of_one(marks)
    windows = []
    last = worth = inside = 0
    for n, (start, end, count) in enumerate(texts):
        while last < len(texts) and (
            last <= n or texts[last][1] - start <= SNIPPET_WIDTH
        ):
            kind = kinds[last]
            if not held[kind]:
                worth += len(kind) ** 2
            held[kind] += 1
            inside += texts[last][2]
            last += 1
        # the reach of the last is the furthest: texts neither overlap nor touch
        windows.append((-worth, -inside, start, texts[last - 1][1]))
        held[kinds[n]] -= 1
        if not held[kinds[n]]:
            worth -= (end - start) ** 2
        inside -= count
    return windows


def _windows_of_one(
    marks: list[Span],
) -> list[tuple[int, int, int, int]]:
    """The same where all marks are one text, apart from each other: most questions are one word."""
    windows, last, count = [], 0, len(marks)
    for n, (start, _) in enumerate(marks):
        reach = start + SNIPPET_WIDTH
        while last < count and (marks[last][1] <= reach or last <= n):
            last += 1
        windows.append((0, n - last, start, marks[last - 1][1]))
    return windows


def _meets(
    chosen: list[Span],
    start: int,
    end: int,
) -> bool:
    for a, b in chosen:  # noqa: SIM110  a generator costs more than the three it looks at
        if start < b and a < end:
            return True
    return False


def _touching(
    marks: list[Span],
) -> list[tuple[int, int, int]]:
    """(start, end, how many marks) of the marks, those that touch as one."""
    out: list[tuple[int, int, int]] = []
    for start, end in marks:
        if out and out[-1][1] == start:
            out[-1] = (out[-1][0], end, out[-1][2] + 1)
        else:
            out.append((start, end, 1))
    return out


def _grown(
    display: str,
    start: int,
    end: int,
) -> Span:
    """The window grown to WIDTH, from a stop to a stop where there is one near."""
    spare = max(0, SNIPPET_WIDTH - (end - start))
    left = _stop_before(display, start, spare * 2 // 5)
    right = _stop_after(display, end, max(0, SNIPPET_WIDTH - (end - left)))
    return left, right


def _stop_before(
    display: str,
    position: int,
    reach: int,
) -> int:
    low = max(0, position - reach)
    for stops in UP_TO_STOPS:
        if found := stops.match(display, low, position):
            return found.end()
    return low


def _stop_after(
    display: str,
    position: int,
    reach: int,
) -> int:
    high = min(len(display), position + reach)
    for stops in UP_TO_STOPS:
        if found := stops.match(display, position + reach // 2 + 1, high):
            return found.end()
    return high


def _cut(
    display: str,
    start: int,
    end: int,
    marks: list[Span],
) -> Snippet:
    while start < end and display[start].isspace():
        start += 1
    while end > start and display[end - 1].isspace():
        end -= 1
    # A place that the end of the piece would cut in two is not marked: half a word is not what was
    # asked for.
    first, last = (
        bisect_left(marks, (start, 0)),
        bisect_left(marks, (end, 0)),
    )
    inside = tuple((a - start, b - start) for a, b in marks[first:last] if b <= end)
    return Snippet(display[start:end], inside, start)
