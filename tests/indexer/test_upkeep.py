"""The command line's writers: one waits for another, one keeps in step, backups come back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest
from click.testing import CliRunner, Result

from index.engines.opening import open_engine, open_writer
from index.model.settings import Settings
from indexer.cli import main

REPORT = (
    "衡阳市教育局{year}年政府信息公开工作年度报告\n\n"
    + "根据《中华人民共和国政府信息公开条例》的规定，现公布年度报告。\n" * 4
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], prog_name="gongkai")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    write(folder, 2018)
    return folder


def write(folder: Path, year: int) -> None:
    (folder / f"{year}.txt").write_text(REPORT.format(year=year), encoding="utf-8")


def names(index: Path) -> set[str]:
    engine = open_engine(Settings(index=index))
    try:
        return {source for _, source in engine.sources().values()}
    finally:
        engine.close()


# ---------------------------------------------------------------------- one writer
def test_a_second_writer_is_told_who_writes(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    writer = open_writer(Settings(index=index))
    try:
        result = run("index", "--wait", 0, folder, "--index", index)
    finally:
        writer.cancel()
    assert result.exit_code == 1
    assert f"process {os.getpid()} on " in result.stderr
    assert "--wait" in result.stderr
    assert "since 20" in result.stderr


@pytest.mark.parametrize("waiting", [["--wait"], ["--wait", "60"], ["--wait=60"]])
def test_a_second_writer_waits(
    folder: Path, tmp_path: Path, waiting: list[str]
) -> None:
    index = tmp_path / "index"
    writer = open_writer(Settings(index=index))
    timer = Timer(0.5, writer.cancel)
    timer.start()
    result = run("index", *waiting, folder, "--index", index)
    timer.join()
    assert result.exit_code == 0, result.output
    assert names(index) == {"reports/2018.txt"}


# ---------------------------------------------------------------------- watching
@pytest.fixture
def watcher(folder: Path, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = Path(sys.executable).with_name("gongkai")
    index = folder / "index"
    process = subprocess.Popen(
        [command, "index", folder, "--watch", "--json", "--index", index],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def tally(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    found: dict[str, object] = json.loads(process.stdout.readline())
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_watching_keeps_in_step_until_told_to_end(
    folder: Path, watcher: subprocess.Popen[str]
) -> None:
    index = folder / "index"
    assert tally(watcher)["added"] == 1
    write(folder, 2019)
    assert tally(watcher)["added"] == 1
    assert names(index) == {"reports/2018.txt", "reports/2019.txt"}
    (folder / "2018.txt").unlink()
    assert tally(watcher)["deleted"] == 1
    assert names(index) == {"reports/2019.txt"}
    watcher.send_signal(signal.SIGTERM)
    out, errors = watcher.communicate(timeout=60)
    assert (watcher.returncode, out, errors) == (0, "", "")


def test_watching_a_folder_that_is_not_there(tmp_path: Path) -> None:
    result = run("index", tmp_path / "no", "--watch", "--index", tmp_path / "index")
    assert result.exit_code == 2
    assert "no such file or folder" in result.stderr


# ---------------------------------------------------------------------- copies
def test_backup_restore_and_compact(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    for year in (2016, 2017):
        write(folder, year)
        run("index", folder, "--index", index)
    result = run("backup", tmp_path / "backup", "--index", index)
    assert (result.exit_code, result.stdout[:17]) == (0, "3 reports backed ")
    write(folder, 2020)
    run("index", folder, "--index", index)
    result = run("restore", tmp_path / "backup", "--index", index)
    assert (result.exit_code, result.stdout[:18]) == (0, "3 reports restored")
    assert "reports/2020.txt" not in names(index)
    result = run("compact", "--index", index)
    assert (result.exit_code, result.stdout[:19]) == (0, "3 reports compacted")
    assert run("check", "--index", index).exit_code == 0


# ---------------------------------------------------------------------- a rebuild
def test_readers_are_served_during_a_rebuild(folder: Path, tmp_path: Path) -> None:
    settings = Settings(index=tmp_path / "index")
    run("index", folder, "--index", settings.index)
    reader = open_engine(settings)
    writer = open_writer(settings, rebuild=True)
    writer.clear()
    assert reader.refreshed().manifest.reports == 1
    newcomer = open_engine(settings)
    assert newcomer.manifest.reports == 1
    writer.cancel()
    for engine in (reader, newcomer):
        engine.close()
    assert names(settings.index) == {"reports/2018.txt"}
