"""Asking engines in turn, and what their times and answers come to."""

from __future__ import annotations

import gc
import json
import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.peers import FACET_SIZE
from bench.questions import Question

__all__ = ["Agreement", "Asked", "Times", "agreement", "alternate", "percentile"]

Ask = Callable[[Any], Any]


@dataclass(slots=True)
class Times:
    """Milliseconds of one engine by number of question: asked for the first time since opening, and
    at once again.
    """

    first: dict[int, list[float]] = field(default_factory=dict)
    again: dict[int, list[float]] = field(default_factory=dict)

    def medians(self, which: str, among: Sequence[int] | None = None) -> list[float]:
        """The median over the passes of each question, or of those `among` that were asked."""
        times: dict[int, list[float]] = getattr(self, which)
        return [
            statistics.median(times[n])
            for n in (times if among is None else among)
            if n in times
        ]


@dataclass(slots=True)
class Asked:
    """An engine that takes turns:

    `every` asks it only each so many questions, and in the first pass only.
    """

    open: Callable[[], Ask]
    close: Callable[[], None]
    every: int = 1
    times: Times = field(default_factory=Times)
    answers: dict[int, Any] = field(default_factory=dict)


def alternate(
    engines: Mapping[str, Asked],
    warm: Sequence[Any],
    questions: Sequence[Any],
    passes: int,
    turn: int = 1,
) -> None:
    """Asks all questions of all engines in turn, `passes` times, each time opened anew and warmed
    with other questions.

    A turn is `turn` questions, so that each engine is asked some while the caches of the processor
    are its own. Opening anew drops what an engine remembers of results, so that `first` is what a
    question costs that nobody has asked; the files stay in the system's cache. The engine that
    begins changes with each turn.
    """
    for number in range(passes):
        here = {name: e for name, e in engines.items() if number == 0 or e.every == 1}
        asks = {name: e.open() for name, e in here.items()}
        for name, engine in here.items():
            for question in warm[:: engine.every]:
                asks[name](question)
        gc.collect()
        names = list(here)
        for start in range(0, len(questions), turn):
            begins = start // turn % len(names)
            for name in names[begins:] + names[:begins]:
                for at in range(start, min(start + turn, len(questions))):
                    if at % here[name].every == 0:
                        _time(here[name], asks[name], at, questions[at])
        for engine in here.values():
            engine.close()


def _time(engine: Asked, ask: Ask, number: int, question: Any) -> None:
    began = time.perf_counter()
    answer = ask(question)
    middle = time.perf_counter()
    if answer is None:
        return
    ask(question)
    ended = time.perf_counter()
    engine.answers[number] = answer
    engine.times.first.setdefault(number, []).append((middle - began) * 1e3)
    engine.times.again.setdefault(number, []).append((ended - middle) * 1e3)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed; nan of none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(slots=True)
class Agreement:
    """How many questions an engine answered, and how "
    "many of our totals and facets it agrees with."""

    asked: int = 0
    totals: int = 0
    fewer: int = 0
    more: int = 0
    facets: int = 0


def agreement(
    questions: Sequence[Question], ours: Mapping[int, Any], theirs: Mapping[int, Any]
) -> dict[str, Agreement]:
    """By how it was asked; facets are compared where the totals are the same."""
    out = {kind: Agreement() for kind in ("words", "strings", "one or two characters")}
    for number, question in enumerate(questions):
        if number not in theirs or number not in ours:
            continue
        a, b = json.loads(ours[number]), json.loads(theirs[number])
        if b["total"] is None:
            continue
        tally = out[_way(question)]
        tally.asked += 1
        tally.fewer += b["total"] < a["total"]
        tally.more += b["total"] > a["total"]
        if a["total"] == b["total"]:
            tally.totals += 1
            tally.facets += all(
                _same(a["facets"][name]["values"], counts)
                for name, counts in b["facets"].items()
            )
    return out


def _way(question: Question) -> str:
    if not question.string:
        return "words"
    return "strings" if len(question.string) > 2 else "one or two characters"


def _same(ours: list[dict[str, Any]], theirs: dict[str, int]) -> bool:
    """The same counts of the same values, but for those at the end of a list that was cut: equals
    fall as they may.
    """
    counted = {v["value"]: v["count"] for v in ours if v["count"]}
    cut = max(min(c.values()) if len(c) >= FACET_SIZE else 0 for c in (counted, theirs))
    a, b = ({v: n for v, n in c.items() if v and n > cut} for c in (counted, theirs))
    return a == b
