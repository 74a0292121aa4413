"""What processes use: memory with mapped files told apart, processor time, and the load of the
machine. Linux only.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "Memory",
    "Ran",
    "descendants",
    "environment",
    "evict",
    "folder_bytes",
    "machine",
    "memory_of",
    "run",
]

MEGABYTE = 1 << 20
EVERY_S = 0.2
BYTECODE_FOLDER = Path(__file__).resolve().parent / "work" / "bytecode"


@dataclass(frozen=True, slots=True)
class Memory:
    """MB: what is the process's own, and what it shares with the page cache (mapped files)."""

    anonymous: float
    mapped: float


def memory_of(pid: int | str = "self") -> Memory:
    """Memory of a process by /proc/PID/smaps_rollup, pages shared with others counted by their
    share.
    """
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split()[:2]
        sizes[name.rstrip(":")] = int(value) / 1024
    return Memory(sizes["Pss_Anon"] + sizes.get("Pss_Shmem", 0), sizes["Pss_File"])


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished command: wall and processor seconds with all its children, peak memory of all of
    them, last line.
    """

    seconds: float
    cpu: float
    peak: Memory
    said: Any


def run(module: str, *arguments: str) -> Ran:
    """Runs `python -m module`, whose last line is JSON. Raises CalledProcessError."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", module, *arguments]
    child = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    watch = _Watch(child.pid)
    watch.start()
    out, err = child.communicate()
    watch.over.set()
    watch.join()
    seconds, after = (
        time.perf_counter() - began,
        resource.getrusage(resource.RUSAGE_CHILDREN),
    )
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, out, err[-2000:])
    reaped = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(
        seconds,
        max(reaped, sum(watch.cpu.values())),
        watch.peak,
        json.loads(out.strip().splitlines()[-1]),
    )


def environment() -> dict[str, str]:
    """Ours for what is measured, with bytecode kept whatever ours says: an installed package is
    compiled too.
    """
    environment = os.environ | {
        "PYTHONHASHSEED": "0",
        "PYTHONPYCACHEPREFIX": str(BYTECODE_FOLDER),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


class _Watch(threading.Thread):
    """Looks at a process and all below it, several times a second: peak memory, and processor
    seconds by process.

    Workers of a fork server are waited for by nobody above it, so their processor time is seen only
    here.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, Memory(0, 0), threading.Event()
        self.cpu: dict[int, float] = {}

    def run(self) -> None:
        while not self.over.wait(EVERY_S):
            pids = descendants(self.pid)
            now = [m for pid in pids if (m := _memory_if_there(pid)) is not None]
            self.cpu |= {
                pid: spent for pid in pids if (spent := _cpu_if_there(pid)) is not None
            }
            total = Memory(sum(m.anonymous for m in now), sum(m.mapped for m in now))
            self.peak = max(self.peak, total, key=lambda m: m.anonymous)


def _memory_if_there(pid: int) -> Memory | None:
    try:
        return memory_of(pid)
    except (OSError, KeyError):
        return None


def _cpu_if_there(pid: int) -> float | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    """A process and all below it, by id."""
    out = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                out += descendants(int(child))
    except OSError:
        pass
    return out


def folder_bytes(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def evict(folder: Path) -> None:
    """Asks the system to forget the pages of the files below a folder, so that the next reader
    finds them on disk.
    """
    for file in folder.rglob("*"):
        if file.is_file():
            handle = os.open(file, os.O_RDONLY)
            try:
                os.fsync(handle)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def machine() -> str:
    """One line: processor, cores, memory, system, Python."""
    cpu = next(
        (
            x.partition(":")[2].strip()
            for x in _lines("/proc/cpuinfo")
            if x.startswith("model name")
        ),
        "",
    )
    total = next(
        (
            int(x.split()[1]) // (1 << 20)
            for x in _lines("/proc/meminfo")
            if x.startswith("MemTotal")
        ),
        0,
    )
    python = f"Python {platform.python_version()}"
    return (
        f"{cpu or platform.machine()}, {os.cpu_count()} "
        f"cores, {total} GB, {platform.system()} {python}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
