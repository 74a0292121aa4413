"""Every regular expression over text is linear: twice the text takes about twice the time.

Each compiled pattern of both rooms is run over long runs of what its own repeats match. How it is
used is read from the code: one that is only matched at a place is only matched at the beginning.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from re import _constants as codes
from re import _parser as parser
from types import FrameType
from typing import Any

import pytest

import index
import indexer
from tests.conftest import ROOT

SEARCHING = {"search", "finditer", "findall", "sub", "subn", "split"}
SHORT_RUN = 12_500
LONG_RUN = 50_000
# A linear pattern takes four times as long for the long run, a quadratic one sixteen times.
MOST_GROWTH = 9.0
# What is faster than this over the long run needs no comparison.
FAST_SECONDS = 0.1
MOST_SECONDS = 10.0
# What its text is bounded by, and why that holds.
BOUNDED = {
    "index.query": "a query has up to 512 characters",
    "index.search": "a query has up to 512 characters, a snippet a few hundred",
    "index.assist": "a query has up to 512 characters",
    "index.model": "names and values, not documents",
    "index.engines": "names of files",
    "indexer.places": "names of the gazetteer",
    "indexer.metadata.naming": "names and lines that are cut before",
    "indexer.metadata.title": "a title has up to 120 characters",
}
CANDIDATES = '中1a \n、一月(：-局市\t,.<"A·。（　'


def modules() -> Iterator[Any]:
    for package in (index, indexer):
        found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        for row in found:
            if not row.name.endswith("__main__"):
                yield importlib.import_module(row.name)


def patterns() -> dict[str, re.Pattern[Any]]:
    """Every pattern that stands under a name of a module, by the module and the name."""
    found = {}
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                found[f"{module.__name__}.{name}"] = value
    return {name: found[name] for name in sorted(found)}


def methods() -> dict[str, set[str]]:
    """Which methods are called on each name, anywhere in the code."""
    used: dict[str, set[str]] = {}
    for room in ("index", "indexer"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    used.setdefault(node.value.id, set()).add(node.attr)
    return used


# ---------------------------------------------------------------------- what repeats match
def sample(tree: Any) -> str:
    """Some text that a part of a pattern matches."""
    return "".join(piece(code, value) for code, value in tree)


def piece(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.NOT_LITERAL:
        return next(c for c in CANDIDATES if ord(c) != value)
    if code is codes.ANY:
        return "中"
    if code is codes.IN:
        return member(value)
    if code is codes.BRANCH:
        return sample(value[1][0])
    if code is codes.SUBPATTERN:
        return sample(value[-1])
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return sample(value[2]) * max(value[0], 1)
    return ""


def member(items: Any) -> str:
    is_negated = bool(items) and items[0][0] is codes.NEGATE
    for candidate in CANDIDATES:
        if any(holds(item, candidate) for item in items) != is_negated:
            return candidate
    code, value = items[-1]
    return chr(value[0] if code is codes.RANGE else value)


def holds(item: Any, candidate: str) -> bool:
    code, value = item
    if code is codes.LITERAL:
        return bool(value == ord(candidate))
    if code is codes.RANGE:
        return bool(value[0] <= ord(candidate) <= value[1])
    if code is codes.CATEGORY:
        name = str(value)
        kinds = {
            "DIGIT": candidate.isdigit(),
            "SPACE": candidate.isspace(),
            "WORD": candidate.isalnum(),
        }
        kind = name.rpartition("_")[2]
        return kinds[kind] != ("NOT" in name)
    return False


def units(tree: Any) -> Iterator[str]:
    """What each repeat of a pattern repeats."""
    for code, value in tree:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            if value[1] > 1:
                yield sample(value[2])
            yield from units(value[2])
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from units(branch)
        elif code in (codes.SUBPATTERN, codes.ASSERT, codes.ASSERT_NOT):
            yield from units(value[-1])
        elif code is codes.ATOMIC_GROUP:
            yield from units(value)


# ---------------------------------------------------------------------- time
def seconds(run: Callable[[Any], object], text: Any) -> float:
    def on_alarm(_: int, __: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, on_alarm)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    began = time.process_time()
    try:
        run(text)
    except TimeoutError:
        return float("inf")
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - began


def slow_runs(pattern: re.Pattern[Any], *, searched: bool) -> list[str]:
    """What makes the pattern take more than linear time."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    head = sample(tree)

    def run(text: Any) -> object:
        if searched:
            return sum(1 for _ in pattern.finditer(text))
        return pattern.match(text), pattern.fullmatch(text)

    slow = []
    for unit in {*units(tree)} - {""}:
        for start in {"", head}:
            texts = [
                start + unit * (count // len(unit)) + "\x01"
                for count in (SHORT_RUN, LONG_RUN)
            ]
            if isinstance(pattern.pattern, bytes):
                short, long = (text.encode("latin-1", "replace") for text in texts)
                times = [seconds(run, short), seconds(run, long)]
            else:
                times = [seconds(run, text) for text in texts]
            if times[1] > max(FAST_SECONDS, MOST_GROWTH * times[0]):
                slow.append(f"{start[:12]!r} and {unit[:12]!r} again and again")
    return slow


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such timer")
def test_every_pattern_over_text_is_linear() -> None:
    used = methods()
    slow = {}
    found = patterns()
    assert len(found) > 150
    for name, pattern in found.items():
        if name.startswith(tuple(BOUNDED)):
            continue
        called = used.get(name.rpartition(".")[2], set())
        is_only_matched = called and not called & SEARCHING
        runs = slow_runs(pattern, searched=not is_only_matched)
        if runs:
            slow[name] = runs
    assert slow == {}


def test_the_probe_sees_what_is_not_linear() -> None:
    assert slow_runs(re.compile(r"a+b"), searched=True)
    assert not slow_runs(re.compile(r"a+b"), searched=False)
    assert not slow_runs(re.compile(r"(?<!a)a++b"), searched=True)
    assert slow_runs(re.compile(r"a*a*b"), searched=False)
