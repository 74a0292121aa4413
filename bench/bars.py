"""The bars that were set for the embedded engine, one by one: the figure, and whether bar and
stretch are reached.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.measure import percentile
from bench.tables import table, times_of

__all__ = ["SPEED_BARS", "bars"]

Size = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """`figure` gives the values that are judged, all of which must reach `bar`;

    `more` says that more is better.
    """

    name: str
    count: int
    figure: Callable[[Size], tuple[float, ...] | None]
    bar: float
    stretch: float
    unit: str
    more: bool = False

    def reached(self, values: tuple[float, ...], bound: float) -> bool:
        """Whether the bound is met by all values."""
        return all(v >= bound if self.more else v <= bound for v in values)


def _against(name: str, *shares: float) -> Callable[[Size], tuple[float, ...] | None]:
    def figure(size: Size) -> tuple[float, ...] | None:
        kept = size["requests"].get("single", {})
        if name not in kept:
            return None
        theirs, ours = times_of(kept[name]), times_of(kept["gongkai"])
        a, b = (t.medians("first", list(theirs.first)) for t in (theirs, ours))
        return tuple(percentile(a, share) / percentile(b, share) for share in shares)

    return figure


def _frequent(size: Size) -> tuple[float, ...] | None:
    kept = size["exact"]["frequent"]
    ours, theirs = (times_of(kept[key]).medians("first") for key in ("ours", "theirs"))
    return (
        tuple(percentile(theirs, s) / percentile(ours, s) for s in (0.5, 0.95))
        if theirs
        else None
    )


def _rare(size: Size) -> tuple[float, ...] | None:
    kept = size["exact"]["rare"]
    ours, theirs = (times_of(kept[key]).medians("first") for key in ("ours", "theirs"))
    return (percentile(ours, 0.95) / percentile(theirs, 0.95),) if theirs else None


def _ingest(size: Size) -> tuple[float, ...] | None:
    """Our whole pipeline, although the usual stack neither repairs nor derives."""
    naive, ours = size["ingest"].get("naive"), size["builds"]["gongkai"]
    return (
        (size["count"] / ours["seconds"] / (naive["reports"] / naive["seconds"]),)
        if naive
        else None
    )


def _plain_ingest(size: Size) -> tuple[float, ...] | None:
    naive, ours = size["ingest"].get("naive"), size["ingest"]["plain"]
    return (
        (ours["reports"] / ours["seconds"] / (naive["reports"] / naive["seconds"]),)
        if naive
        else None
    )


def _disk(size: Size) -> tuple[float, ...]:
    return (size["builds"]["gongkai"]["bytes"] / size["utf8"],)


def _peak(size: Size) -> tuple[float, ...]:
    return (size["builds"]["gongkai"]["anonymous"] / 1024,)


def _of(*path: str) -> Callable[[Size], tuple[float, ...]]:
    def figure(size: Size) -> tuple[float, ...]:
        value: Any = size
        for name in path:
            value = value[name]
        return (value,)

    return figure


SPEED_BARS = (
    Bar(
        "whole request, tantivy over ours, turns of one, p50, p95",
        50_000,
        _against("tantivy", 0.5, 0.95),
        3,
        4,
        "times",
        more=True,
    ),
    Bar(
        "the same, p50",
        200_000,
        _against("tantivy", 0.5),
        2,
        4,
        "times",
        more=True,
    ),
    Bar(
        "the same, p95",
        200_000,
        _against("tantivy", 0.95),
        4,
        6,
        "times",
        more=True,
    ),
    Bar(
        "whole request, stock Whoosh over ours, turns of one, p50",
        50_000,
        _against("whoosh", 0.5),
        100,
        300,
        "times",
        more=True,
    ),
    Bar(
        "frequent strings, tantivy over ours, p50, p95",
        200_000,
        _frequent,
        1,
        2,
        "times",
        more=True,
    ),
    Bar("rare strings, ours over tantivy, p95", 200_000, _rare, 1, 0.5, "times"),
    Bar(
        "ingest of text, over the usual stack",
        50_000,
        _plain_ingest,
        8,
        15,
        "times",
        more=True,
    ),
    Bar(
        "the same with repair, metadata and statistics",
        50_000,
        _ingest,
        6,
        8,
        "times",
        more=True,
    ),
    Bar("index on disk over the UTF-8 text", 50_000, _disk, 2.6, 2, "times"),
    Bar(
        "opening, first answer",
        50_000,
        _of("serving", "gongkai", "open_s"),
        0.3,
        0.1,
        "s",
    ),
    Bar(
        "serving, private memory after 100 questions",
        200_000,
        _of("serving", "gongkai", "anonymous"),
        400,
        200,
        "MB",
    ),
    Bar("building, peak memory of all processes", 200_000, _peak, 2, 1, "GB"),
    Bar(
        "one report added, visible to a running reader",
        50_000,
        _of("update", "called_s"),
        1,
        0.2,
        "s",
    ),
)


def bars(sizes: Mapping[int, Size]) -> str:
    """The table.

    A bar whose size was not measured is judged by the largest that was, and says so.
    """
    head = ["", "at", "figure", "bar", "stretch", ""]
    return table(head, [_row(bar, sizes) for bar in SPEED_BARS])


def _row(bar: Bar, sizes: Mapping[int, Size]) -> list[str]:
    count = bar.count if bar.count in sizes else max(sizes)
    at = f"{count:,}" + (
        "" if count == bar.count else f" (the bar is at {bar.count:,})"
    )
    sign = "≥" if bar.more else "≤"
    bounds = [f"{sign} {bound:g} {bar.unit}" for bound in (bar.bar, bar.stretch)]
    values = bar.figure(sizes[count])
    if values is None:
        return [bar.name, at, "not measured", *bounds, "its peer is not there"]
    reached = "stretch reached" if bar.reached(values, bar.stretch) else "reached"
    said = reached if bar.reached(values, bar.bar) else "**not reached**"
    said += "" if count == bar.count else " at this size"
    return [bar.name, at, ", ".join(f"{v:.2f}" for v in values), *bounds, said]
