"""What stands in deploy/ fits the program, and is taken by the tools that read it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from index.model.settings import SETTINGS
from indexer.cli import main
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
UNITS = [path for path in FILES if path.suffix in (".service", ".timer")]
SETTING_NAMES = {f"GONGKAI_{name.upper()}" for name, _, _ in SETTINGS}
COMMAND_PATTERN = re.compile(r"^ExecStart=\S+/gongkai (.+)$", re.MULTILINE)


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_settings_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"GONGKAI_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert named <= SETTING_NAMES


def assert_is_known(words: list[str]) -> None:
    """A command with its options is what `--help` lists."""
    command, *given = words
    shown = CliRunner().invoke(main, [command, "--help"])
    assert shown.exit_code == 0, command
    for option in given:
        if option.startswith("--"):
            assert option in shown.output


@pytest.mark.parametrize("name", ["gongkai.service", "gongkai-index.service"])
def test_a_unit_runs_a_command_that_exists(name: str) -> None:
    (command,) = COMMAND_PATTERN.findall(text_of(name))
    assert_is_known(command.split())


def test_a_container_is_not_root_and_tells_its_health() -> None:
    lines = text_of("Containerfile").splitlines()
    last_user = [line for line in lines if line.startswith("USER ")][-1]
    assert last_user == "USER 10001:10001"
    assert "useradd --uid 10001" in text_of("Containerfile")
    health = text_of("Containerfile").partition("HEALTHCHECK")[2]
    assert "/-/healthz" in health.partition("ENTRYPOINT")[0]


def test_services_of_the_composition_run_commands_that_exist() -> None:
    services = yaml.safe_load(text_of("compose.yaml"))["services"]
    assert set(services) == {"serve", "index"}
    assert_is_known(services["index"]["command"])
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert (ROOT / service["build"]["dockerfile"]).is_file()
    # only this machine reaches what has no encryption of its own
    assert services["serve"]["ports"] == ["127.0.0.1:8080:8080"]


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not installed (apt-get install systemd)",
)
def test_systemd_takes_the_units() -> None:
    names = [str(path) for path in UNITS]
    said = subprocess.run(
        ["systemd-analyze", "verify", *names],
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    others = [
        line
        for line in said.splitlines()
        # the program is not installed there on a machine of tests
        if "gongkai" in line and "is not executable" not in line
    ]
    assert others == []


@pytest.mark.skipif(
    shutil.which("nginx") is None,
    reason="nginx is not installed (apt-get install nginx-light)",
)
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    site = tmp_path / "site.conf"
    site.write_text(
        text_of("nginx.conf").replace("listen 80;", f"listen unix:{tmp_path}/socket;")
    )
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/errors;\nevents {{}}\n"
        f"http {{ access_log off; include {site}; }}\n"
    )
    tested = subprocess.run(
        ["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False
    )
    assert tested.returncode == 0, tested.stderr
