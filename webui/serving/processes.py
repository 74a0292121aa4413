"""Several processes behind the same listening sockets: all cores answer, and one may die.

The parent binds and never answers. Every process has the sockets open, so a connection that waits
is taken by whichever is free, and none is lost with a process that dies: with SO_REUSEPORT each
would have a queue of its own, lost with it. All map the same files of the index into memory.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType
from typing import Any

from index.model.settings import Settings
from webui.http.operation.board import FIGURES, Board
from webui.serving.connections import refuse_new
from webui.serving.worker import work

__all__ = ["METRICS_FOLDER", "Processes"]

LOG = logging.getLogger("gongkai")
# Where prometheus-client looks for the figures of all processes.
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# Seconds between two looks at the processes.
LOOK_INTERVAL_S = 0.5
# A process that dies as soon as it is started is started again later and later.
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
# Who has lived so long was not a failed start.
SETTLED_S = 10.0


@dataclass(slots=True)
class Worker:
    """One place for a process: the process, when it was started, and how long to wait next."""

    process: BaseProcess | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY_S
    not_before: float = 0.0


class Processes:
    """Starts the processes, starts them again when they die, and ends them."""

    def __init__(
        self, settings: Settings, sockets: list[socket.socket], count: int
    ) -> None:
        self.settings = settings
        self.sockets = sockets
        # forked from the parent a process would hold its threads' locks; Windows has only spawn
        has_fork = "forkserver" in multiprocessing.get_all_start_methods()
        self.context: Any = multiprocessing.get_context(
            "forkserver" if has_fork else "spawn"
        )
        if has_fork:
            # what is loaded once is shared by all
            self.context.set_forkserver_preload(["webui.serving.worker"])
        self.board = Board(self.context.RawArray("d", FIGURES * count))
        self.workers = [Worker() for _ in range(count)]
        self.is_stopping = False

    def run(self) -> None:
        """Keep the processes running until SIGTERM or SIGINT; SIGHUP replaces each by a new one."""
        with _metrics_folder():
            for name in ("SIGTERM", "SIGINT"):
                signal.signal(getattr(signal, name), self._on_stop)
            if hasattr(signal, "SIGHUP"):
                signal.signal(signal.SIGHUP, self._on_reload)
            while not self.is_stopping:
                self._keep_running()
                sentinels = [w.process.sentinel for w in self.workers if w.process]
                if sentinels:
                    wait(sentinels, LOOK_INTERVAL_S)
                else:
                    time.sleep(LOOK_INTERVAL_S)
            self._end()

    def _on_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _on_reload(self, _signal: int, _frame: FrameType | None) -> None:
        # in a thread: a signal handler may not wait
        threading.Thread(target=self._reload, daemon=True).start()

    def _reload(self) -> None:
        """End one process after the other, each when the one before is answering again."""
        for number, worker in enumerate(self.workers):
            old = worker.process
            if old is None:
                continue
            old.terminate()
            deadline = time.monotonic() + 2 * self.settings.stop_seconds
            while time.monotonic() < deadline:
                is_new = worker.process is not None and worker.process is not old
                if is_new and self.board.figures[FIGURES * number] > worker.started:
                    break
                time.sleep(LOOK_INTERVAL_S / 5)

    def _keep_running(self) -> None:
        now = time.monotonic()
        for number, worker in enumerate(self.workers):
            process = worker.process
            if process is not None and self.board.is_silent(number):
                LOG.error("process %d hangs and is ended", process.pid)
                process.kill()
                process.join()
            if process is not None and not process.is_alive():
                self._bury(number, worker, process, now)
            if worker.process is None and now >= worker.not_before:
                self._start(number, worker)

    def _bury(
        self, number: int, worker: Worker, process: BaseProcess, now: float
    ) -> None:
        """Note that a process has died, and when to start the next one."""
        lived = now - worker.started
        worker.delay = (
            FIRST_DELAY_S
            if lived > SETTLED_S
            else min(LONGEST_DELAY_S, 2 * worker.delay)
        )
        worker.not_before = now if lived > SETTLED_S else now + worker.delay
        if process.exitcode:
            LOG.error("process %d died (%s)", process.pid, process.exitcode)
        else:
            # told to end, by a reload or by its owner
            worker.not_before = now
        process.close()
        worker.process = None
        self.board.clear(number)

    def _start(self, number: int, worker: Worker) -> None:
        arguments = (self.settings, self.sockets, number, self.board.figures)
        process = self.context.Process(target=work, args=arguments)
        process.start()
        worker.process = process
        worker.started = time.monotonic()

    def _end(self) -> None:
        """End the processes; who does not finish in time is killed."""
        for own in self.sockets:
            refuse_new(own)
            own.close()
        running = [w.process for w in self.workers if w.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + self.settings.stop_seconds + 2
        for process in running:
            process.join(max(0.1, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()


@contextlib.contextmanager
def _metrics_folder() -> Iterator[None]:
    """A folder in which the processes keep their figures, for as long as the server runs."""
    folder = tempfile.mkdtemp(prefix="gongkai-metrics-")
    # prometheus-client reads this when it is first imported, in each process
    os.environ[METRICS_FOLDER] = folder
    try:
        yield
    finally:
        os.environ.pop(METRICS_FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)
