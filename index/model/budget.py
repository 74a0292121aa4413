"""What one answer may cost: a deadline, and a measure of work that is the same on any machine.

A unit of work is one element of an array that is gone through, or one character of a text.
Whoever asks sets the budget (`limited`); whoever works spends from it (`spend`). Without a budget
nothing is limited: a build, the command line.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from index.model.errors import TooCostlyError
from index.model.problems import Code

__all__ = [
    "MILLION",
    "Budget",
    "limited",
    "limited_each",
    "seconds_left",
    "spend",
]

Item = TypeVar("Item")
# The settings count work in millions.
MILLION = 1_000_000


class Budget:
    """So many seconds from now, and so many units of work. Of one thread."""

    def __init__(self, seconds: float = math.inf, work: float = math.inf) -> None:
        self.seconds = seconds
        self.deadline = time.monotonic() + seconds
        self.work_left = work

    def spend(self, work: int) -> None:
        """Take so much off. Raises TooCostlyError when it, or the time, is used up."""
        self.work_left -= work
        if self.work_left < 0:
            raise TooCostlyError(Code.REQUEST_TOO_MUCH_WORK)
        if time.monotonic() > self.deadline:
            facts = {"seconds": self.seconds}
            raise TooCostlyError(Code.REQUEST_TOO_SLOW, facts)


_budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


def spend(work: int) -> None:
    """Take so much off the budget of this request, if it has one. Raises TooCostlyError."""
    budget = _budget.get()
    if budget is not None:
        budget.spend(work)


def seconds_left() -> float:
    """How long this request may still take; infinity where nothing limits it."""
    budget = _budget.get()
    if budget is None:
        return math.inf
    return max(0.0, budget.deadline - time.monotonic())


@contextmanager
def limited(budget: Budget | None) -> Iterator[None]:
    """Run the body of the `with` statement under this budget.

    None removes the limit. Use it for work that is cached for later requests: it must not fail
    because one request has little time left.
    """
    token = _budget.set(budget)
    try:
        yield
    finally:
        _budget.reset(token)


def limited_each(budget: Budget, items: Iterator[Item]) -> Iterator[Item]:
    """The same items, each made within the budget.

    A streamed answer is made after its request was handled, so it carries its budget along.
    """
    while True:
        with limited(budget):
            # a reader who takes an item late has used up time too
            spend(1)
            try:
                item = next(items)
            except StopIteration:
                return
        yield item
