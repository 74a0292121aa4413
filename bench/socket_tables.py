"""What was measured at the socket, as text for RESULTS.md: tables, and the bars that were set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.measure import percentile
from bench.servers import SERVED
from bench.tables import by_kind, table, times_of

__all__ = ["section"]

SHARES = (0.5, 0.95)
PREFACE = """Asked by `python -m bench.at_socket` over connections that are kept: our endpoint and
results page, served by `gongkai serve` in one process; Groonga by its own server (TokenBigram, four
drilldowns under all filters, up to three snippets a hit; it remembers whole answers, so its "again"
is no search); OpenSearch of one node (its `cjk` analyser, phrases, terms aggregations under all
filters, three fragments a hit; 2 GB for Java); tantivy and FTS5 behind the smallest function that
answers JSON. The Searcher is asked in the same turns, in the process of the bench."""
TITLES = {"searcher": "Searcher, in the process"} | {
    name: served.title for name, served in SERVED.items()
}


def section(size: Mapping[str, Any]) -> str:
    """All tables of a size."""
    load = " and ".join(f"{x:.1f}" for x in size["load"])
    speed = size["speed"]
    about = (
        f"{size['date']}, commit {size['commit']}, {size['machine']}. Load of the machine at the "
        f"beginning and at the end: {load}. A fixed loop of Python took {speed['python']:.1f} ms, "
        f"one of numpy {speed['numpy']:.1f} ms."
    )
    parts = [
        f"## At the socket, {size['count']:,} reports",
        PREFACE,
        " ".join([about, *(f"{reason}." for reason in size["skipped"])]),
        _bars(size),
        f"### {len(size['kinds'])} questions in turns of ten, milliseconds",
        _times(size, "times"),
        "### The same in turns of one question",
        _times(size, "single"),
        "### The median by kind, milliseconds, first asked",
        _kinds(size),
        "### Do the totals agree?",
        _totals(size),
        "### Requests a second of the endpoint",
        _clients(size),
    ]
    return "\n\n".join(parts)


def _figures(size: Mapping[str, Any], way: str, name: str, which: str) -> list[float]:
    medians = times_of(size[way][name]).medians(which)
    return [percentile(medians, share) for share in SHARES]


def _times(size: Mapping[str, Any], way: str) -> str:
    mine = _figures(size, way, "endpoint", "first")
    rows = []
    for name in size[way]:
        first = _figures(size, way, name, "first")
        again = _figures(size, way, name, "again")
        ratios = [a / b for a, b in zip(first, mine, strict=True)]
        shown = [f"{figure:.2f}" for figure in (*first, *again, *ratios)]
        rows.append([TITLES[name], *shown])
    head = [
        "",
        "p50",
        "p95",
        "again p50",
        "again p95",
        "times the endpoint, p50",
        "p95",
    ]
    return table(head, rows)


def _kinds(size: Mapping[str, Any]) -> str:
    times = {TITLES[name]: times_of(kept) for name, kept in size["times"].items()}
    return by_kind(size["kinds"], times)


def _totals(size: Mapping[str, Any]) -> str:
    rows = [
        [TITLES[name], *(str(own[key]) for key in ("asked", "same", "fewer"))]
        for name, own in size["totals"].items()
    ]
    return table(["", "asked", "same total", "finds fewer"], rows)


def _clients(size: Mapping[str, Any]) -> str:
    rows = [
        [
            f"{own['processes']} processes, {own['clients']} clients",
            f"{own['per_second']:.0f}",
        ]
        for own in size["clients"]
    ]
    return table(["", "requests/s"], rows)


# ---------------------------------------------------------------------- bars
def _bars(size: Mapping[str, Any]) -> str:
    searcher = _figures(size, "times", "searcher", "first")
    endpoint = _figures(size, "times", "endpoint", "first")
    page = _figures(size, "times", "page", "first")
    rows = [
        _at_most("endpoint over Searcher, p50", endpoint[0] / searcher[0], 1.3, 1.15),
        _at_most("page over endpoint, p50", page[0] / endpoint[0], 1.5, 1.25),
    ]
    if "groonga" in size["times"]:
        groonga = _figures(size, "times", "groonga", "first")
        names = ("Groonga over endpoint, p50", "Groonga over endpoint, p95")
        bounds = ((4, 8), (8, 16))
        for name, theirs, mine, (bar, stretch) in zip(
            names, groonga, endpoint, bounds, strict=True
        ):
            rows.append(_at_least(name, theirs / mine, bar, stretch))
    rows.append(_at_least("four clients over one", _gain(size), 1.6, 1.9))
    return table(["", "figure", "bar", "stretch", ""], rows)


def _gain(size: Mapping[str, Any]) -> float:
    """Four clients of two processes over one client of one."""
    own = {(c["processes"], c["clients"]): c["per_second"] for c in size["clients"]}
    return float(own[2, 4] / own[1, 1])


def _at_most(name: str, figure: float, bar: float, stretch: float) -> list[str]:
    said = _said(is_bar=figure <= bar, is_stretch=figure <= stretch)
    return [name, f"{figure:.2f}", f"≤ {bar:g} times", f"≤ {stretch:g} times", said]


def _at_least(name: str, figure: float, bar: float, stretch: float) -> list[str]:
    said = _said(is_bar=figure >= bar, is_stretch=figure >= stretch)
    return [name, f"{figure:.2f}", f"≥ {bar:g} times", f"≥ {stretch:g} times", said]


def _said(*, is_bar: bool, is_stretch: bool) -> str:
    if is_stretch:
        return "stretch reached"
    return "reached" if is_bar else "**not reached**"
