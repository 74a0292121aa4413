"""Every setting in one table: name, default, meaning.

Read from the environment at entry points only.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import platformdirs

from index.model.errors import SettingsError

__all__ = ["SETTINGS", "Settings"]

CHECKOUT_FOLDER = Path(__file__).resolve().parent.parent.parent


def default_index() -> Path:
    """`index/data` in a checkout, the user's data directory for an installed copy."""
    # an installed copy must not write beside its own code: a package may be read-only
    if (CHECKOUT_FOLDER / "pyproject.toml").is_file():
        return CHECKOUT_FOLDER / "index" / "data"
    return Path(platformdirs.user_data_dir("gongkai", appauthor=False)) / "index"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set, with its default.

    The environment name is GONGKAI_ and the field's name in capitals.
    """

    index: Path
    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 8
    jobs: int = 0
    max_file_mb: int = 100
    document_memory_mb: int = 2048
    document_cpu_s: int = 300
    document_wall_s: int = 900
    base_url: str = ""
    trusted_proxies: int = 0
    trusted_hosts: str = ""
    processes: int = 1
    request_seconds: int = 10
    request_work: int = 500
    export_seconds: int = 600
    exports: int = 0
    connections: int = 1000
    idle_seconds: int = 30
    stop_seconds: int = 10
    max_body_mb: int = 4
    rate_limit: str = ""
    log_format: str = "text"
    failed_queries: str = ""
    trust_index: bool = False
    log_queries: bool = False
    word_positions: bool = False

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, **given: object
    ) -> Settings:
        """The settings of the environment, with what is `given` (None: not given) on top."""
        environment = os.environ if environment is None else environment
        values: dict[str, object] = {"index": default_index()}
        for f in fields(cls):
            if (raw := environment.get("GONGKAI_" + f.name.upper())) is not None:
                values[f.name] = _parse(f.name, raw)
        values.update({k: v for k, v in given.items() if v is not None})
        return cls(**values)  # type: ignore[arg-type]


def _parse(name: str, raw: str) -> object:
    if name == "index":
        return Path(raw)
    if name in TEXTS:
        return raw
    if name in ("trust_index", "log_queries", "word_positions"):
        return raw.strip().lower() in ("1", "true", "yes", "on")
    try:
        return int(raw)
    except ValueError:
        raise SettingsError(
            f"GONGKAI_{name.upper()} is {raw!r}; give a whole number"
        ) from None


# Settings that are text, taken as they stand.
TEXTS = (
    "host",
    "base_url",
    "trusted_hosts",
    "rate_limit",
    "log_format",
    "failed_queries",
)

# (name, default, meaning): printed by `gongkai settings` and in the docs.
SETTINGS = (
    ("index", "index/data, or the user's data directory", "the folder of the index"),
    ("host", "127.0.0.1", "the address that `serve` listens on"),
    ("port", "8080", "the port that `serve` listens on; 0 takes a free one"),
    ("threads", "8", "how many requests `serve` answers at a time"),
    ("jobs", "0", "how many processes read reports; 0 is one a core"),
    ("max_file_mb", "100", "larger files are skipped, with their reason in the tally"),
    (
        "document_memory_mb",
        "2048",
        "memory that reading one document may take; 0 is no limit",
    ),
    (
        "document_cpu_s",
        "300",
        "processor seconds that reading one document may take; 0 is no limit",
    ),
    (
        "document_wall_s",
        "900",
        "seconds after which a document that is not read is given up; 0 is no limit",
    ),
    (
        "base_url",
        "",
        "the public address, for links in feeds and sitemaps; else the request's trusted host",
    ),
    ("trusted_proxies", "0", "how many proxies in front may set X-Forwarded headers"),
    (
        "trusted_hosts",
        "",
        "names that links may call this server by, commas between; loopback and `host` always",
    ),
    ("processes", "1", "how many processes answer; 0 is one a core"),
    ("request_seconds", "10", "an answer that takes longer is given up, with a 503"),
    (
        "request_work",
        "500",
        "an answer that goes through more millions of positions, rows and characters is given up",
    ),
    ("export_seconds", "600", "an export that takes longer is cut off"),
    (
        "exports",
        "0",
        "how many exports each process sends at a time; 0 is half its threads",
    ),
    (
        "connections",
        "1000",
        "how many connections each process holds; past it those that wait longest are closed",
    ),
    (
        "idle_seconds",
        "30",
        "a connection is closed on which nothing moves, or a request is not complete, for so long",
    ),
    ("stop_seconds", "10", "how long `serve` finishes answers when it is told to stop"),
    ("max_body_mb", "4", "a request with a larger body is refused unread"),
    (
        "rate_limit",
        "",
        "requests a client may make, such as `120/minute`; counted by each process; empty: any",
    ),
    ("log_format", "text", "`json` writes each line of the log as one object"),
    (
        "failed_queries",
        "",
        "a file to which searches are added that found nothing or were refused, for the curator",
    ),
    (
        "trust_index",
        "0",
        "1 opens an index that other users could have written",
    ),
    ("log_queries", "0", "1 writes each query to the log"),
    (
        "word_positions",
        "0",
        "1 builds an index whose words have positions, for quoted phrases in Whoosh itself",
    ),
)
