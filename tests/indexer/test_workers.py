"""Reading under limits: what one document does to its process costs that document alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from index.model.settings import Settings
from indexer.build import FEW_DOCUMENTS, build
from indexer.workers import Limits, Pool, warm

# On a busy machine two seconds of the processor may take a minute.
LIMITS = Limits(memory_mb=300, cpu_s=2, wall_s=300)
REPORT = (
    "衡阳市教育局2018年政府信息公开工作年度报告\n\n"
    + "根据《中华人民共和国政府信息公开条例》的规定，现公布2018年年度报告。\n" * 5
)


@dataclass(frozen=True)
class Job:
    """What a document does to its reader."""

    act: str
    data_bytes: int = 10


def act(job: Job) -> str:
    """Do it, in the worker."""
    if job.act == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif job.act == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif job.act == "memory":
        return str(len(bytearray(1 << 30)))
    elif job.act == "cpu":
        while True:
            pass
    elif job.act == "hang":
        time.sleep(600)
    elif job.act == "pid":
        return str(os.getpid())
    return f"read {job.act}"


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(act, 1, LIMITS)
    yield pool
    pool.close()


def answers(pool: Pool, *acts: str) -> list[str]:
    return pool.submit([Job(name) for name in acts]).result(timeout=600)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("die", "ended the process"),
        ("crash", "ended the process"),
        ("memory", "GONGKAI_DOCUMENT_MEMORY_MB"),
        ("cpu", "GONGKAI_DOCUMENT_CPU_S"),
    ],
)
def test_a_document_costs_only_itself(pool: Pool, name: str, reason: str) -> None:
    found = answers(pool, "a", name, "b", name, "c")
    assert found[::2] == ["read a", "read b", "read c"]
    assert reason in found[1]
    assert reason in found[3]
    assert answers(pool, "d") == ["read d"]


def test_a_document_that_hangs_is_given_up() -> None:
    pool = Pool(act, 1, Limits(wall_s=1))
    try:
        found = answers(pool, "a", "hang", "b")
    finally:
        pool.close()
    assert found[::2] == ["read a", "read b"]
    assert "GONGKAI_DOCUMENT_WALL_S" in found[1]


def test_the_process_stays_warm(pool: Pool) -> None:
    first, second = answers(pool, "pid", "pid")
    assert first == second == answers(pool, "pid")[0]
    assert first != str(os.getpid())


def test_large_documents_travel_alone(pool: Pool) -> None:
    jobs = [Job(str(number), data_bytes=5 << 20) for number in range(5)]
    found = pool.submit(jobs).result(timeout=600)
    assert found == [f"read {number}" for number in range(5)]


def test_many_batches_over_two_processes() -> None:
    pool = Pool(act, 2, LIMITS)
    try:
        batches = [[Job(f"{n}-{i}") for i in range(8)] for n in range(12)]
        futures = [pool.submit(batch) for batch in batches]
        found = [future.result(timeout=600) for future in futures]
    finally:
        pool.close()
    assert found == [[f"read {job.act}" for job in batch] for batch in batches]


def test_closing_ends_what_hangs() -> None:
    pool = Pool(act, 1, Limits())
    future = pool.submit([Job("hang")])
    while not pool._workers[0].process:
        time.sleep(0.01)
    pool.close()
    assert future.done()


# ---------------------------------------------------------------------- real documents
def self_drawing_pdf() -> bytes:
    """A PDF whose form object draws itself twice: without a limit it never ends."""
    body = b"/X Do /X Do"
    resources = b"/Resources << /XObject << /X 5 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R %s >>"
        % resources,
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] %s /Length %d >>"
        b"\nstream\n%s\nendstream" % (resources, len(body), body),
    ]
    parts = [b"%PDF-1.4\n"]
    for number, content in enumerate(objects, 1):
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    parts.append(b"trailer << /Root 1 0 R >>\n")
    return b"".join(parts)


def settings_for(tmp_path: Path, jobs: int) -> Settings:
    return Settings(
        index=tmp_path / "index",
        jobs=jobs,
        document_memory_mb=400,
        document_cpu_s=10,
        document_wall_s=60,
    )


@pytest.mark.parametrize("count", [3, FEW_DOCUMENTS + 6])
def test_a_pdf_that_draws_itself_costs_itself(tmp_path: Path, count: int) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:03}.txt").write_text(f"{REPORT}{number}", encoding="utf-8")
    (folder / "001.pdf").write_bytes(self_drawing_pdf())
    tally = build([folder], settings_for(tmp_path, 2))
    assert tally.added == count
    assert [skip["source"] for skip in tally.skipped] == ["reports/001.pdf"]
    assert len(tally.skipped[0]["reason"]) > 10


HOSTILE_NAMES = (
    *("numpy.py", "indexer/__init__.py", "index/__init__.py", "whoosh/__init__.py"),
    *("multiprocessing/__init__.py", "signal.py", "socket.py", "threading.py"),
)


@pytest.mark.parametrize("count", [1, FEW_DOCUMENTS + 6])
def test_nothing_is_imported_from_the_folder_of_the_reports(
    tmp_path: Path, count: int
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in HOSTILE_NAMES:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        trap = f"open({str(tmp_path / 'trapped')!r}, 'a').write({name!r})\n"
        path.write_text(trap, encoding="utf-8")
    for number in range(count):
        page = f"<html><body><p>{REPORT}{number}</p></body></html>"
        (folder / f"{number:03}.html").write_text(page, encoding="utf-8")
    command = Path(sys.executable).with_name("gongkai")
    done = subprocess.run(
        [command, "index", ".", "--index", tmp_path / "index", "--jobs", "2"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert f"{count} added" in done.stdout, done.stderr
    assert not (tmp_path / "trapped").exists()


def test_warming_leaves_the_environment_alone() -> None:
    before = dict(os.environ)
    warm()
    assert dict(os.environ) == before


def test_a_partial_is_an_answer() -> None:
    pool = Pool(partial(act), 1, LIMITS)
    try:
        assert answers(pool, "a") == ["read a"]
    finally:
        pool.close()


def test_a_process_that_cannot_be_started_is_said(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise EOFError

    monkeypatch.setattr(BaseProcess, "start", refuse)
    assert all("could be started" in answer for answer in answers(pool, "a", "b"))
