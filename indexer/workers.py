"""Processes that read documents under limits of memory, processor time and wall time.

A document that ends or hangs its process costs itself alone: the process is started again, and the
rest of its batch goes on there. This module loads none of the readers, so that the command line can
have them loaded by another process while it loads its own.
"""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import queue
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from threading import Event, Lock, Thread
from types import ModuleType
from typing import Any

from index.model.settings import Settings

__all__ = ["Answer", "Limits", "Pool", "warm"]

# What one job becomes; a string is the reason why it becomes nothing.
Answer = Callable[[Any], Any]

# What the fork server loads once for all its workers.
PRELOADED_MODULE = "indexer.build"

# Jobs that are sent together weigh no more than this, so that a worker that cannot even
# take a large document in has only that one.
BATCH_BYTES = 8 << 20
MEGABYTE = 1 << 20
STATUS_OF_MEMORY = 77
# Seconds that a process may take to load what it needs, and to end after its pipe has.
START_SECONDS = 300.0
END_SECONDS = 2.0

_START_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take, beyond what a process needs that reads none; 0 is no limit."""

    memory_mb: int = 0
    cpu_s: int = 0
    wall_s: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits of the settings."""
        return cls(
            settings.document_memory_mb,
            settings.document_cpu_s,
            settings.document_wall_s,
        )

    @property
    def memory_reason(self) -> str:
        """Why there is no report of a document that takes too much memory."""
        return (
            f"needs more than {self.memory_mb} MB of memory; "
            "split it, or raise GONGKAI_DOCUMENT_MEMORY_MB"
        )

    @property
    def cpu_reason(self) -> str:
        """Why there is no report of a document that takes too much processor time."""
        return (
            f"takes more than {self.cpu_s} seconds of processor time; "
            "split it, or raise GONGKAI_DOCUMENT_CPU_S"
        )

    @property
    def wall_reason(self) -> str:
        """Why there is no report of a document that takes too long."""
        return (
            f"is not read after {self.wall_s} seconds; "
            "split it, or raise GONGKAI_DOCUMENT_WALL_S"
        )


class Pool:
    """So many processes that answer jobs. They start at their first batch."""

    def __init__(self, answer: Answer, processes: int, limits: Limits) -> None:
        self._threads = ThreadPoolExecutor(processes)
        self._workers = [_Worker(answer, limits) for _ in range(processes)]
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def submit(self, jobs: Sequence[Any]) -> Future[list[Any]]:
        """The answers to come, one a job, in order; a job must have `data_bytes`."""
        return self._threads.submit(self._answers, jobs)

    def _answers(self, jobs: Sequence[Any]) -> list[Any]:
        worker = self._idle.get()
        try:
            return worker.answers(jobs)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End the processes, and forget what is not answered yet."""
        for worker in self._workers:
            worker.close()
        self._threads.shutdown(wait=True, cancel_futures=True)


class _Worker:
    """One process, started when it is needed and again after it has died."""

    def __init__(self, answer: Answer, limits: Limits) -> None:
        self.answer = answer
        self.limits = limits
        self.process: Any = None
        self.pipe: Connection | None = None
        # jobs answered since the process was started
        self.answered = 0
        self.closed = Event()

    def answers(self, jobs: Sequence[Any]) -> list[Any]:
        """One answer a job, in order."""
        answers: list[Any] = []
        for group in _light_groups(jobs):
            wanted = len(answers) + len(group)
            while len(answers) < wanted:
                left = group[len(answers) - wanted :]
                answers += self._attempt(left)
        return answers

    def _attempt(self, jobs: Sequence[Any]) -> list[Any]:
        """Answers to the first of the jobs, until the process ended on one of them.

        That one is tried again when the process had answered others: they may have used up its
        memory. Else its answer is the reason.
        """
        answers: list[Any] = []
        try:
            pipe = self._started()
            pipe.send(jobs)
            for _ in jobs:
                if not pipe.poll(self.limits.wall_s or None):
                    self._kill()
                    return [*answers, self.limits.wall_reason]
                answers.append(pipe.recv())
                self.answered += 1
        except (EOFError, OSError):
            is_fresh = self.answered == 0
            reason = self._reason()
            if is_fresh or reason == self.limits.cpu_reason:
                answers.append(reason)
        return answers

    def _started(self) -> Connection:
        if self.closed.is_set():
            raise RuntimeError("these workers are closed")
        if self.pipe is not None:
            return self.pipe
        context = _context()
        ours, theirs = context.Pipe()
        process = context.Process(  # type: ignore[attr-defined]  # typeshed has it on each context
            target=_serve, args=(theirs, self.answer, self.limits), daemon=True
        )
        with _safe_path():
            process.start()
        # only one that runs can be killed, and `close` may come from another thread
        self.process = process
        if self.closed.is_set():
            self._kill()
            raise RuntimeError("these workers are closed")
        theirs.close()
        self.pipe = ours
        self.answered = 0
        # the time of a document begins when its reader is ready
        if ours.poll(START_SECONDS):
            ours.recv()
        return ours

    def _reason(self) -> str:
        """Why the process ended, in words for the tally."""
        if self.process is None:
            return "no process to read it could be started; see what limits this user"
        self.process.join(END_SECONDS)
        status = self.process.exitcode
        self._kill()
        if status == STATUS_OF_MEMORY:
            return self.limits.memory_reason
        if status == -getattr(signal, "SIGXCPU", 0):
            return self.limits.cpu_reason
        return (
            "reading it ended the process that did (a crash or too much memory); "
            "take it out or convert it"
        )

    def _kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()
        if self.pipe is not None:
            self.pipe.close()
        self.process = None
        self.pipe = None

    def close(self) -> None:
        """End the process; a thread that waits for it gets no answer."""
        self.closed.set()
        process = self.process
        if process is not None:
            process.kill()
            process.join()


def _light_groups(jobs: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The jobs in order, in groups whose data weigh no more than BATCH_BYTES together."""
    group: list[Any] = []
    weight = 0
    for job in jobs:
        if group and weight + job.data_bytes > BATCH_BYTES:
            yield group
            group = []
            weight = 0
        group.append(job)
        weight += job.data_bytes
    if group:
        yield group


# ---------------------------------------------------------------------- starting
def warm() -> None:
    """Have the readers loaded by the process that workers are forked from; returns at once."""
    if "forkserver" in multiprocessing.get_all_start_methods():
        from multiprocessing import forkserver  # noqa: PLC0415  Windows has none

        _context()
        with _safe_path():
            forkserver.ensure_running()


def _context() -> BaseContext:
    """How workers start: never forked from this process.

    A forked one would keep the index locked if this one is killed.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([PRELOADED_MODULE])
    return context


@contextlib.contextmanager
def _safe_path() -> Iterator[None]:
    """Python started in here does not import from the current folder.

    multiprocessing starts its servers by `python -c`, which puts that folder first: the reports of
    a stranger may lie there beside a numpy.py.
    """
    name = "PYTHONSAFEPATH"
    with _START_LOCK:
        before = os.environ.get(name)
        os.environ[name] = "1"
        try:
            yield
        finally:
            if before is None:
                del os.environ[name]
            else:
                os.environ[name] = before


# ---------------------------------------------------------------------- in the worker
def _serve(pipe: Connection, answer: Answer, limits: Limits) -> None:
    """Answer jobs until the pipe is closed."""
    # Ctrl-C reaches the whole group; the build ends its workers itself
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    _limit_memory(limits.memory_mb)
    try:
        pipe.send("ready")
        while True:
            for job in pipe.recv():
                _limit_cpu(limits.cpu_s)
                pipe.send(answer(job))
    except MemoryError:
        # what the document took is still held: only a new process is sure to be free of it
        os._exit(STATUS_OF_MEMORY)
    except (EOFError, OSError):
        return


def _resource() -> ModuleType | None:
    """The module of limits; None on Windows, where wall time alone is limited."""
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415

    return resource


def _limit_memory(megabytes: int) -> None:
    resource = _resource()
    if resource is None:
        return
    # a crash must not fill the disk
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if megabytes:
        _lower(resource, resource.RLIMIT_DATA, _data_bytes() + megabytes * MEGABYTE)


def _limit_cpu(seconds: int) -> None:
    resource = _resource()
    if resource is None or not seconds:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = math.ceil(used.ru_utime + used.ru_stime) + seconds
    _lower(resource, resource.RLIMIT_CPU, allowed)


def _lower(resource: ModuleType, kind: int, wanted: int) -> None:
    """Set the soft limit, as far as the hard one lets."""
    _, hard = resource.getrlimit(kind)
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(kind, (soft, hard))


def _data_bytes() -> int:
    """What the process has of private memory now, in bytes; 0 where the system does not tell."""
    try:
        fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return int(fields[5]) * os.sysconf("SC_PAGE_SIZE")


def _end_with_parent() -> None:
    """A worker whose build was killed must not go on with its document."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        Thread(target=_wait_and_end, args=(parent.sentinel,), daemon=True).start()


def _wait_and_end(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
