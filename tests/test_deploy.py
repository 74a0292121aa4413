"""What deploy/ says is what the program knows."""

from __future__ import annotations

import re

import pytest

from index.model.settings import SETTINGS
from indexer.cli import main
from tests.conftest import ROOT

FILES = sorted(path for path in (ROOT / "deploy").iterdir() if path.is_file())
NAMES = {f"GONGKAI_{name.upper()}" for name, _, _ in SETTINGS}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_settings_exist(path: object) -> None:
    text = (ROOT / "deploy" / str(path)).read_text(encoding="utf-8")
    assert set(re.findall(r"GONGKAI_[A-Z_]+", text)) <= NAMES


@pytest.mark.parametrize("name", ["gongkai.service", "gongkai-index.service"])
def test_its_commands_exist(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    (line,) = re.findall(r"^ExecStart=\S+/gongkai (.+)$", text, re.MULTILINE)
    command, *arguments = line.split()
    with main.make_context("gongkai", [command]) as context:
        found = main.get_command(context, command)
    assert found is not None
    options = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in arguments if word.startswith("--")} <= options


def test_the_container_does_not_run_as_root() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER (?!root|0)\w+$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
