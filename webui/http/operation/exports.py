"""The exports under way: how many at a time, and how long each may take."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from index.model.budget import MILLION, Budget, limited_each
from index.model.errors import TooCostlyError
from index.model.problems import Code
from index.model.report import Report
from index.model.settings import Settings

__all__ = ["Exports"]


class Exports:
    """The exports that one process sends.

    An export occupies a thread until its reader has taken it: others must be left for everybody
    else.
    """

    def __init__(self, settings: Settings) -> None:
        self.limit = settings.exports or max(1, settings.threads // 2)
        self.seconds = settings.export_seconds
        self.work = settings.request_work * MILLION
        self._free = threading.BoundedSemaphore(self.limit)

    def begin(self) -> Export:
        """One more. Raises TooCostlyError when there are as many as may be."""
        if not self._free.acquire(blocking=False):
            facts = {"limit": self.limit}
            raise TooCostlyError(Code.REQUEST_TOO_MANY_EXPORTS, facts)
        return Export(self)

    def end(self) -> None:
        """One is sent, or given up."""
        self._free.release()


class Export:
    """One export under way, until all of it is read or its reader goes away."""

    def __init__(self, exports: Exports) -> None:
        self.exports = exports
        self.budget = Budget(exports.seconds, exports.work)
        self._lock = threading.Lock()
        self._ended = False

    def limited(self, reports: Iterator[Report]) -> Iterator[Report]:
        """The reports, within the time that an export may take."""
        yield from limited_each(self.budget, reports)
        self.end()

    def end(self) -> None:
        """Make room for another; once is enough."""
        with self._lock:
            was_ended = self._ended
            self._ended = True
        if not was_ended:
            self.exports.end()
