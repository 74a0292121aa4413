import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from webui.__main__ import serve

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from tests.webui.fake import FakeSearcher, sample_reports
from webui import app
app.Searcher.open = classmethod(lambda cls, settings, warm: FakeSearcher(sample_reports()))
from webui.__main__ import serve
serve()
"""


def test_without_an_index_it_says_what_to_run(tmp_path):
    result = CliRunner().invoke(serve, ["--index", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "gongkai" in result.stderr
    assert "index" in result.stderr


def test_a_setting_without_meaning_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("GONGKAI_THREADS", "many")
    result = CliRunner().invoke(serve, ["--index", str(tmp_path)])
    assert result.exit_code == 1
    assert "GONGKAI_THREADS" in result.stderr


def test_a_taken_port_is_said():
    program = PROGRAM.format(root=str(ROOT))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-c", program, "--port", str(taken.getsockname()[1])]
        ended = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=False
        )
    assert ended.returncode == 1
    assert "choose another --port" in ended.stderr


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM ends a Windows process at once")
def test_it_prints_its_address_answers_and_ends_cleanly():
    program = PROGRAM.format(root=str(ROOT))
    command = [sys.executable, "-c", program, "--port", "0", "--threads", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            address = server.stdout.readline().strip()
            with urllib.request.urlopen(address + "-/readyz", timeout=30) as answer:
                assert answer.status == 200
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
