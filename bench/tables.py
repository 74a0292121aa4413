"""Kept figures as Markdown: one section a size."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.measure import Times, percentile
from bench.peers import ENGINE_NAMES
from bench.questions import KINDS

__all__ = ["by_kind", "section", "table", "times_of"]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, figures right-aligned."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def times_of(kept: dict[str, Any]) -> Times:
    """Times as they were before they were kept: JSON makes strings of the numbers of questions."""
    return Times(
        *({int(n): v for n, v in kept[which].items()} for which in ("first", "again"))
    )


def section(size: dict[str, Any]) -> str:
    """All tables of a size."""
    count = size["count"]
    load = " and ".join(f"{x:.1f}" for x in size["load"])
    about = (
        f"{size['date']}, commit {size['commit']}, {size['machine']}. "
        f"Texts {size['utf8'] / 1e6:.0f} MB as UTF-8. "
        f"Load of the machine at the beginning and at the end: {load}."
    )
    questions = size["requests"]["questions"]
    parts = [
        f"## {count:,} reports",
        " ".join([about, *(f"{reason}." for reason in size.get("skipped", ()))]),
        f"### Whole requests: {len(questions)} questions, milliseconds",
        _requests(size, "times"),
        "### The same in turns of one question",
        _requests(size, "single"),
        "### The median by kind, milliseconds, first asked",
        _kinds(size),
        "### Do the answers agree?",
        _agreement(size),
        "### Exact strings, the set and its size only, milliseconds",
        _exact(size),
        "### Building, size, memory",
        _builds(size),
        _ingest(size),
    ]
    return "\n\n".join(parts)


def _requests(size: dict[str, Any], way: str) -> str:
    kept = size["requests"]
    ours = times_of(kept[way]["gongkai"])
    rows = []
    for name, times in ((name, times_of(t)) for name, t in kept[way].items()):
        among = list(times.first)
        mine, theirs = (t.medians("first", among) for t in (ours, times))
        again = times.medians("again")
        figures = [
            percentile(values, share)
            for values in (theirs, again)
            for share in (0.5, 0.95)
        ]
        ratios = [
            percentile(theirs, share) / percentile(mine, share) for share in (0.5, 0.95)
        ]
        shown = [f"{n:.2f}" for n in figures] + [f"{r:.2f}" for r in ratios]
        rows.append(
            [
                ENGINE_NAMES[name][0],
                *shown,
                str(len(among)),
                f"{kept['bytes'][name] / 1024:.0f}",
            ]
        )
    head = [
        "",
        "p50",
        "p95",
        "again p50",
        "again p95",
        "times ours, p50",
        "p95",
        "questions",
        "KB an answer",
    ]
    return table(head, rows)


def _kinds(size: dict[str, Any]) -> str:
    kept = size["requests"]
    times = {ENGINE_NAMES[name][0]: times_of(t) for name, t in kept["times"].items()}
    return by_kind([question["kind"] for question in kept["questions"]], times)


def by_kind(kinds: Sequence[str], times: Mapping[str, Times]) -> str:
    """The median of each engine, by its title, for each kind; `kinds` has that of each question."""
    rows = []
    for kind in KINDS:
        among = [number for number, own in enumerate(kinds) if own == kind]
        medians = [own.medians("first", among) for own in times.values()]
        shown = [f"{statistics.median(m):.2f}" if m else "-" for m in medians]
        rows.append([kind, *shown])
    return table(["", *times], rows)


def _agreement(size: dict[str, Any]) -> str:
    rows = []
    for name, kinds in size["requests"]["agreement"].items():
        for kind, a in kinds.items():
            if a["asked"]:
                figures = (a["asked"], a["totals"], a["fewer"], a["more"], a["facets"])
                rows.append([f"{ENGINE_NAMES[name][0]}, {kind}", *map(str, figures)])
    return table(
        [
            "",
            "asked",
            "same total",
            "finds fewer",
            "finds more",
            "of the same total: same facets",
        ],
        rows,
    )


def _exact(size: dict[str, Any]) -> str:
    rows = []
    for kind, kept in size["exact"].items():
        for name, key in (("Gongkai", "ours"), ("tantivy-py, pair phrase", "theirs")):
            times = times_of(kept[key])
            if not times.first:
                continue
            first, again = times.medians("first"), times.medians("again")
            figures = [
                percentile(first, 0.5),
                percentile(first, 0.95),
                max(first),
                percentile(again, 0.5),
            ]
            differ = str(len(kept["differ"])) if key == "theirs" else ""
            rows.append(
                [
                    f"{kind}, {name}",
                    str(kept["strings"]),
                    *(f"{f:.2f}" for f in figures),
                    differ,
                ]
            )
    return table(
        ["", "strings", "p50", "p95", "max", "again p50", "other totals"], rows
    )


def _builds(size: dict[str, Any]) -> str:
    rows = []
    for name, b in size["builds"].items():
        served = size["serving"][name]
        rows.append(
            [
                ENGINE_NAMES[name][0]
                + f" {b['version']}"
                + (" (built earlier)" if b["reused"] else ""),
                f"{b['seconds']:.0f}",
                f"{size['count'] / b['seconds']:.0f}",
                f"{b['cpu'] / size['count'] * 1e3:.1f}",
                f"{b['anonymous']:.0f}",
                f"{b['bytes'] / 1e6:.0f}",
                f"{b['bytes'] / size['utf8']:.2f}",
                f"{served['open_s']:.2f} / {served['cold_s']:.2f}",
                f"{served['anonymous']:.0f} + {served['mapped']:.0f}",
            ]
        )
    head = [
        "",
        "build s",
        "reports/s",
        "CPU ms a report",
        "peak MB",
        "index MB",
        "times UTF-8",
    ]
    return table(
        [*head, "first answer s, cached / from disk", "serving MB, own + mapped"], rows
    )


def _ingest(size: dict[str, Any]) -> str:
    ingest = size["ingest"]
    lines = []
    if "naive" in ingest:
        n = ingest["naive"]
        lines.append(
            f"The usual stack (ChineseAnalyzer into Whoosh, a writer a core): "
            f"{n['reports'] / n['seconds']:.0f} reports/s over {n['reports']}, "
            f"{n['cpu'] / n['reports'] * 1e3:.1f} CPU ms a report, "
            f"{n['cpu'] / n['reports'] / (size['builds']['gongkai']['cpu'] / size['count']):.1f} "
            "times ours."
        )
    p, u = ingest["plain"], size["update"]
    lines.append(
        "Ours without reading, repair, metadata and statistics: "
        f"{p['reports'] / p['seconds']:.0f} reports/s over "
        f"{p['reports']}, {p['cpu'] / p['reports'] * 1e3:.1f} CPU ms a report."
    )
    lines.append(
        f"One report added and found by a running reader: {u['called_s']:.2f} s from the call, "
        f"{u['command_s']:.2f} s from the start of `gongkai index`."
    )
    return "\n".join(lines)
