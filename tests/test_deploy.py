"""What stands in deploy/ fits the program, and is taken by the tools that read it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from index.model.settings import SETTINGS
from indexer.cli import main
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
CLUSTER = DEPLOY / "cluster"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
UNITS = [path for path in FILES if path.suffix in (".service", ".timer")]
SETTING_NAMES = {f"GONGKAI_{name.upper()}" for name, _, _ in SETTINGS}
NODE_NAMES = ("n1", "n2", "n3")
FAKE_CONTAINER = """\
#!/bin/sh
echo "a line that the image prints first"
echo "\\$2y\\$12\\$$PASSWORD"
"""
needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None,
    reason="openssl is not installed (apt-get install openssl)",
)
COMMAND_PATTERN = re.compile(r"^ExecStart=\S+/gongkai (.+)$", re.MULTILINE)


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_settings_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"GONGKAI_[A-Z_]+", path.read_text(encoding="utf-8")))
    assert named <= SETTING_NAMES


def said_by_openssl(*words: str | Path) -> str:
    """What a command of openssl prints."""
    command = ["openssl", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


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


def cluster_services() -> dict[str, Any]:
    """The services of the composition with a cluster."""
    text = (CLUSTER / "compose.yaml").read_text(encoding="utf-8")
    services: dict[str, Any] = yaml.safe_load(text)["services"]
    return services


def test_a_cluster_has_three_nodes_that_keep_their_data_and_tell_their_health() -> None:
    services = cluster_services()
    assert set(services) == {*NODE_NAMES, "serve", "index"}
    for name in NODE_NAMES:
        node = services[name]
        assert node["environment"]["NODE_NAME"] == name
        assert f"{name}:/usr/share/opensearch/data" in node["volumes"]
        assert "_cluster/health" in node["healthcheck"]["test"][1]
        # only Gongkai is reached from outside
        assert "ports" not in node
        assert node["cap_drop"] == ["ALL"]
    assert services["serve"]["ports"] == ["127.0.0.1:8080:8080"]


def test_gongkai_asks_every_node_with_a_password_and_a_certificate() -> None:
    services = cluster_services()
    assert_is_known(services["index"]["command"])
    for name in ("serve", "index"):
        service = services[name]
        told = service["environment"]
        assert told["GONGKAI_ENGINE"] == "opensearch"
        urls = told["GONGKAI_OPENSEARCH_URL"].split(",")
        assert [url.rpartition("@")[2].rpartition("//")[2] for url in urls] == [
            f"{node}:9200" for node in NODE_NAMES
        ]
        assert all(url.startswith("https://") for url in urls)
        assert urls[0].startswith("https://gongkai:${SEARCH_PASSWORD:?")
        mounted = [volume.split(":")[1] for volume in service["volumes"]]
        assert told["GONGKAI_OPENSEARCH_CA"] in mounted
        assert set(service["depends_on"]) == set(NODE_NAMES)
        assert service["build"]["args"]["EXTRAS"] == "warc,cluster"
        assert (CLUSTER / service["build"]["context"]).resolve() == ROOT


def test_what_the_nodes_mount_is_there_or_is_made() -> None:
    ignored = (CLUSTER / ".gitignore").read_text(encoding="utf-8").split()
    for name in NODE_NAMES:
        for volume in cluster_services()[name]["volumes"]:
            source = volume.split(":")[0]
            if source.startswith("./"):
                first = source.split("/")[1]
                assert (CLUSTER / first).exists() or first in ignored


def test_nodes_speak_to_certified_nodes_only() -> None:
    text = (CLUSTER / "opensearch.yml").read_text(encoding="utf-8")
    settings = yaml.safe_load(text)
    assert settings["plugins.security.ssl.http.enabled"] is True
    assert settings["plugins.security.nodes_dn"] == [
        f"CN={name},O=gongkai" for name in NODE_NAMES
    ]
    assert settings["discovery.seed_hosts"] == list(NODE_NAMES)
    # demo certificates are known to everybody
    assert "allow_unsafe_democertificates" not in text


def test_the_user_of_gongkai_may_do_nothing_with_other_indexes() -> None:
    roles = yaml.safe_load((CLUSTER / "roles.yml").read_text(encoding="utf-8"))
    (allowed,) = roles["gongkai"]["index_permissions"]
    assert all(name.startswith("gongkai") for name in allowed["index_patterns"])
    mapping = yaml.safe_load(
        (CLUSTER / "roles_mapping.yml").read_text(encoding="utf-8")
    )
    assert mapping["gongkai"]["users"] == ["gongkai"]
    assert "gongkai" not in mapping["all_access"]["users"]


class TestPreparation:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """A copy of deploy/cluster, and a `docker` that hashes as the image does."""
        copy = tmp_path / "cluster"
        shutil.copytree(CLUSTER, copy)
        program = tmp_path / "programs" / "docker"
        program.parent.mkdir()
        program.write_text(FAKE_CONTAINER)
        program.chmod(0o755)
        return copy

    def prepared(self, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
        programs = folder.parent / "programs"
        environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", **more}
        return subprocess.run(
            ["sh", str(folder / "prepare.sh")],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    @needs_openssl
    def test_each_node_gets_a_certificate_of_its_own_name(self, folder: Path) -> None:
        done = self.prepared(folder)
        assert done.returncode == 0, done.stderr
        secrets = folder / "secrets"
        for name in NODE_NAMES:
            node = secrets / name
            shown = said_by_openssl("x509", "-in", node / "node.pem", "-noout", "-text")
            assert f"DNS:{name}, DNS:localhost" in shown
            verified = said_by_openssl(
                "verify", "-CAfile", secrets / "ca.pem", node / "node.pem"
            )
            assert verified.strip().endswith("OK")
            assert (node / "node.key").stat().st_mode & 0o077 == 0
        (lines,) = [(folder / ".env").read_text().splitlines()]
        passwords = [line.partition("=")[2] for line in lines]
        assert len(set(passwords)) == 2
        users = yaml.safe_load((secrets / "internal_users.yml").read_text())
        hashes = [users[name]["hash"] for name in ("gongkai", "admin")]
        assert hashes == [f"$2y$12${password}" for password in passwords]
        # a password stands in one file only, and on no screen
        assert (folder / ".env").stat().st_mode & 0o077 == 0
        assert not any(password in done.stdout for password in passwords)

    @needs_openssl
    def test_what_is_there_is_never_overwritten(self, folder: Path) -> None:
        (folder / ".env").write_text("SEARCH_PASSWORD=x\n")
        done = self.prepared(folder)
        assert done.returncode == 1
        assert "remove both to begin anew" in done.stderr
        assert (folder / ".env").read_text() == "SEARCH_PASSWORD=x\n"

    @needs_openssl
    def test_an_image_that_does_not_run_leaves_nothing(self, folder: Path) -> None:
        (folder.parent / "programs" / "docker").write_text("#!/bin/sh\necho no\n")
        done = self.prepared(folder)
        assert done.returncode == 1
        assert "did not hash a password" in done.stderr
        left = {path.name for path in folder.iterdir()}
        assert not any(name.startswith(("secrets", ".env")) for name in left)


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
