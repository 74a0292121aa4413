"""The numbers of pages below the results."""

from __future__ import annotations

from dataclasses import dataclass

from index.search.request import LIMITS, PAGE_SEARCH, SearchRequest

__all__ = ["Step", "steps"]

# Pages named on each side of the present one: 1 … 4 5 [6] 7 8 … 20.
_NEIGHBOURS = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One number. Without `url` it is the present page, without `number` a gap."""

    number: int | None
    url: str | None = None


def steps(asked: SearchRequest, total: int) -> list[Step]:
    """The pages of a search with `total` hits: first, last and those around the present one.

    Empty for a single page, and where a cursor is used: it knows no numbers.
    """
    # pages end at the window of 10,000 hits; past it there is only the cursor
    full_pages = -(-total // asked.size)
    last = min(full_pages, LIMITS.window // asked.size)
    if asked.cursor is not None or last < 2:
        return []
    low = max(1, asked.page - _NEIGHBOURS)
    high = min(last, asked.page + _NEIGHBOURS)
    out: list[Step] = []
    before = 0
    for number in sorted({1, last, *range(low, high + 1)}):
        if number - before > 1:
            out.append(Step(None))
        out.append(_step(asked, number))
        before = number
    return out


def _step(asked: SearchRequest, number: int) -> Step:
    if number == asked.page:
        return Step(number)
    return Step(number, asked.at_page(number).url(PAGE_SEARCH))
