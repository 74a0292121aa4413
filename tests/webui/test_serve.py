"""`gongkai serve` as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from index.model.settings import Settings
from tests.conftest import ROOT
from webui.__main__ import serve


def command(settings: Settings, *options: str) -> list[str]:
    return [sys.executable, "-m", "webui", "--index", str(settings.index), *options]


def test_without_an_index_it_says_what_to_run(tmp_path: Path) -> None:
    result = CliRunner().invoke(serve, ["--index", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "gongkai" in result.stderr
    assert "index" in result.stderr


def test_a_setting_without_meaning_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GONGKAI_THREADS", "many")
    result = CliRunner().invoke(serve, ["--index", str(tmp_path)])
    assert result.exit_code == 1
    assert "GONGKAI_THREADS" in result.stderr


def test_a_taken_port_is_said(sample_settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            command(sample_settings, "--port", port),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 1
    assert "choose another --port" in ended.stderr


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a Windows process at once")
def test_it_prints_its_address_answers_and_ends_cleanly(
    sample_settings: Settings,
) -> None:
    arguments = command(sample_settings, "--port", "0", "--threads", "2")
    with subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().strip()
            with urllib.request.urlopen(address + "-/readyz", timeout=30) as answer:
                assert answer.status == 200
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
