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
# Characters beyond that, in which the end of a clause is still looked for.
CLAUSE_REACH = 40
# Where a sentence ends, and where a part of one does.
SENTENCE_STOPS = "。！？；\n!?;"
CLAUSE_STOPS = f"{SENTENCE_STOPS}，、,：: \u3000"
# A bracket or quotation mark that closes stays with the stop inside it.
CLOSING = "”’」』）)"
CLOSING_SIGNS = f"[{CLOSING}]*"
UP_TO_SENTENCE = re.compile(f"(?s:.*)[{SENTENCE_STOPS}]{CLOSING_SIGNS}")
UP_TO_CLAUSE = re.compile(f"(?s:.*)[{CLAUSE_STOPS}]{CLOSING_SIGNS}")
CLAUSE_END = re.compile(f"[{CLAUSE_STOPS}]{CLOSING_SIGNS}")
# What is not written between a cut and its sentence.
BLANKS = " \t\u3000"


def snippets(
    display: str,
    marks: list[Span],
    most: int,
    whole: list[Span] | None = None,
) -> tuple[Snippet, ...]:
    """Up to `most` snippets of a text, chosen to show as much of the query as they can.

    `whole` holds the positions of whole runs, where `marks` holds the positions of their words.
    Snippets that show a whole run come first. Each of the two groups is in the order of the text.
    A report without marks is shown by its first sentences.
    """
    if most == 0 or not display:
        return ()
    if not marks:
        end = _stop_after(
            display,
            0,
            SNIPPET_WIDTH,
        )
        return (_cut(display, 0, end, []),)
    first = _best(display, whole, most, []) if whole else []
    others = _best(
        display,
        marks,
        most,
        first,
    )
    windows = (*sorted(first), *sorted(others))
    return tuple(_cut(display, *window, marks) for window in windows)


def _best(
    display: str,
    marks: list[Span],
    most: int,
    taken: list[Span],
) -> list[Span]:
    """Windows that do not overlap, the best first: most different strings, then most marks.

    They overlap none of `taken` either, and are at most `most` together with `taken`. Marks that
    touch count as one long string, because a whole run tells more than its single words.
    """
    if len(taken) >= most:
        return []
    windows = _windows(display, _worthiest(marks))
    windows.sort()
    chosen = list(taken)
    for _, _, start, end in windows:
        if _meets(chosen, start, end):  # nor can it be grown beside them
            continue
        grown = _grown(
            display,
            start,
            end,
        )
        if not _meets(chosen, *grown):
            chosen.append(grown)
            if len(chosen) == most:
                break
    return chosen[len(taken) :]


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
    held = dict.fromkeys(
        kinds,
        0,
    )
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
    """`_windows` for marks of one string only, none touching another. Most queries are one word."""
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
    left = _stop_before(
        display,
        start,
        spare * 2 // 5,
    )
    right = _stop_after(display, end, max(0, SNIPPET_WIDTH - (end - left)))
    return left, right


def _stop_before(
    display: str,
    position: int,
    reach: int,
) -> int:
    """Where a piece begins: behind a sentence in reach, else behind a part of one."""
    low = max(
        0,
        position - reach,
    )
    if found := UP_TO_SENTENCE.match(display, low, position):
        return found.end()
    if low == 0:
        return 0
    furthest = max(0, position - max(reach, CLAUSE_REACH))
    if found := UP_TO_CLAUSE.match(display, furthest, position):
        return found.end()
    return low if furthest else 0


def _stop_after(
    display: str,
    position: int,
    reach: int,
) -> int:
    """Where a piece ends: with a sentence in the second half of the reach, else with a clause."""
    high = position + reach
    if high >= len(display):
        return len(display)
    middle = position + reach // 2 + 1
    for stop in (UP_TO_SENTENCE, UP_TO_CLAUSE):
        if found := stop.match(display, middle, high):
            return found.end()
    furthest = high + CLAUSE_REACH
    if found := CLAUSE_END.search(display, high, furthest):
        return found.end()
    if furthest >= len(display):
        return len(display)
    if found := UP_TO_CLAUSE.match(display, position, high):
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
    end = _without_heading(display, start, end, marks)
    # A place that the end of the piece would cut in two is not marked: half a word is not what was
    # asked for.
    first, last = (
        bisect_left(marks, (start, 0)),
        bisect_left(marks, (end, 0)),
    )
    inside = tuple((a - start, b - start) for a, b in marks[first:last] if b <= end)
    return Snippet(
        display[start:end],
        inside,
        start,
        cut_before=_is_cut_before(display, start),
        cut_after=_is_cut_after(display, end),
    )


def _without_heading(
    display: str,
    start: int,
    end: int,
    marks: list[Span],
) -> int:
    """The end of a piece without a line behind its marks that only heads what follows."""
    line_break = display.rfind("\n", start, end)
    if line_break <= start:
        return end
    reached = bisect_left(marks, (end, 0))
    last_end = marks[reached - 1][1] if reached else start
    if line_break < max(last_end, start + 1):
        return end
    line = display[line_break:end].strip()
    is_whole = end < len(display) and display[end] == "\n"
    is_heading = is_whole and not any(stop in line for stop in SENTENCE_STOPS)
    return line_break if is_heading else end


def _is_cut_before(
    display: str,
    start: int,
) -> bool:
    """Whether a sentence goes on across the beginning of a piece."""
    if start and display[start - 1] in SENTENCE_STOPS:
        # nearly always
        return False
    near = display[max(0, start - SNIPPET_WIDTH) : start]
    before = near.rstrip(BLANKS).rstrip(CLOSING)
    return bool(before) and before[-1] not in SENTENCE_STOPS


def _is_cut_after(
    display: str,
    end: int,
) -> bool:
    """Whether a sentence goes on across the end of a piece."""
    if end and display[end - 1] in SENTENCE_STOPS:
        # nearly always
        return False
    last = display[max(0, end - SNIPPET_WIDTH) : end].rstrip(CLOSING)
    if last and last[-1] in SENTENCE_STOPS:
        return False
    after = display[end : end + SNIPPET_WIDTH].lstrip(BLANKS)
    return bool(after) and after[0] != "\n"
