"""Keeps an index in step with folders: a build at the start, and one after each change."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

from watchfiles import Change, watch

from index.model.errors import GongkaiError
from index.model.settings import Settings

__all__ = ["keep_in_step"]

# Files that come in together are read together: a build begins when nothing has changed for
# the first of these times, or when the second is over.
QUIET_MS = 1_000
MOST_WAIT_MS = 30_000
# After a build that failed (a full disk), another one is tried though nothing has changed.
RETRY_SECONDS = 60.0


class _StoppedError(BaseException):
    """A build is given up because the program is to end."""


class _Keeper:
    """One run of builds, until `stop` is set."""

    def __init__(
        self, build: Callable[[], object], tell: Callable[[GongkaiError], object]
    ) -> None:
        self.build_once = build
        self.tell = tell
        self.stop = Event()
        self.is_building = False
        # when a build that failed is tried again; infinity where none failed
        self.retry_at = 0.0

    def build(self) -> None:
        """Build; a failure is told, and when to try again is noted."""
        self.retry_at = float("inf")
        self.is_building = True
        try:
            self.build_once()
        except GongkaiError as error:
            self.tell(error)
            self.retry_at = time.monotonic() + RETRY_SECONDS
        finally:
            self.is_building = False

    def on_signal(self, _: int, __: FrameType | None) -> None:
        """End: at once while a build runs, else when the watcher looks next."""
        self.stop.set()
        if self.is_building:
            raise _StoppedError

    @contextmanager
    def stopped_by_signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C end it."""
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self.on_signal) for number in numbers}
        try:
            yield
        except _StoppedError:
            return
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def keep_in_step(
    paths: Sequence[Path],
    settings: Settings,
    build: Callable[[], object],
    tell: Callable[[GongkaiError], object],
) -> None:
    """Build now and after each change under the paths, until SIGTERM or Ctrl-C.

    A build that fails is told, and tried again later. One that is under way at the end is given up:
    the index stays as it was.
    """
    index = os.path.realpath(settings.index)

    def is_wanted(_: Change, path: str) -> bool:
        # an index may lie under the folder that it is made of
        real = os.path.realpath(path)
        return real != index and not real.startswith(index + os.sep)

    keeper = _Keeper(build, tell)
    # the watcher runs before the first build, so that what changes during it is seen
    changes = watch(
        *paths,
        watch_filter=is_wanted,
        debounce=MOST_WAIT_MS,
        step=QUIET_MS,
        stop_event=keeper.stop,
        rust_timeout=QUIET_MS,
        yield_on_timeout=True,
    )
    with keeper.stopped_by_signals():
        for changed in changes:
            if changed or time.monotonic() >= keeper.retry_at:
                keeper.build()
