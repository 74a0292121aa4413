"""Every setting in one table: name, default, meaning.

Read from the environment at entry points only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import platformdirs

from index.model.errors import SettingsError

__all__ = ["CHOICES", "SETTINGS", "Settings"]

CHECKOUT_FOLDER = Path(__file__).resolve().parent.parent.parent


def default_index() -> Path:
    """`index/data` in a checkout, the user's data directory for an installed copy."""
    # an installed copy must not write beside its own code: a package may be read-only
    if (CHECKOUT_FOLDER / "pyproject.toml").is_file():
        return CHECKOUT_FOLDER / "index" / "data"
    return Path(platformdirs.user_data_dir("gongkai", appauthor=False)) / "index"


# The least and the most of each number that is not any number from 0 on.
RANGES = {
    "port": (0, 65535),
    "threads": (1, 256),
    "jobs": (0, 64),
    "processes": (0, 256),
    "max_file_mb": (1, 1 << 20),
    "request_seconds": (1, 3600),
    "request_work": (1, 1 << 40),
    "export_seconds": (1, 86_400),
    "connections": (1, 1 << 20),
    "idle_seconds": (1, 86_400),
    "max_body_mb": (1, 1 << 20),
}
# The most of every other number.
MAX_SETTING_NUMBER = 1 << 40
# How a setting that is text has to be written, and what to give instead of another one.
PATTERNS = {
    # perhaps with a path; a query or a fragment has no meaning in it
    "base_url": (
        re.compile(r"https?://[^/?#\s]+(?:/[^?#\s]*)?"),
        "an address, as https://reports.example.org",
    ),
}
# What may be written for a setting that is one of some words.
CHOICES = {
    "engine": ("whoosh", "opensearch"),
    "kernels": ("auto", "numpy"),
    "log_format": ("text", "json"),
}
# The key of what a setting means, in the metadata of its field.
MEANING = "meaning"
Default = TypeVar("Default")


def _setting(default: Default, meaning: str) -> Default:
    """A field with its default, whose type says how the environment is read."""
    return field(default=default, metadata={MEANING: meaning})


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set: one row a setting, with its default and meaning.

    The environment name is GONGKAI_ and the field's name in capitals.
    """

    index: Path = field(
        metadata={
            MEANING: "the folder of the index; with the engine opensearch, its name"
        }
    )
    engine: str = _setting(
        "whoosh",
        "what keeps the index: whoosh (a folder of this machine) or opensearch (a cluster)",
    )
    kernels: str = _setting(
        "auto",
        "what the engine whoosh computes with: auto (compiled code, where it was built) or numpy",
    )
    # a password may stand in it: it is never printed
    opensearch_url: str = field(
        default="",
        repr=False,
        metadata={
            MEANING: "the cluster of the engine opensearch, as https://user:password@host:9200; "
            "commas between several"
        },
    )
    opensearch_ca: str = _setting(
        "",
        "the file of the authority that signed the cluster's certificate; empty: the system's",
    )
    opensearch_shards: int = _setting(
        1, "into how many shards a new index of the engine opensearch is cut"
    )
    host: str = _setting("127.0.0.1", "the address that `serve` listens on")
    port: int = _setting(8080, "the port that `serve` listens on; 0 takes a free one")
    threads: int = _setting(8, "how many requests `serve` answers at a time")
    jobs: int = _setting(0, "how many processes read reports; 0 is one a core")
    max_file_mb: int = _setting(
        100, "larger files are skipped, with their reason in the tally"
    )
    document_memory_mb: int = _setting(
        2048, "memory that reading one document may take; 0 is no limit"
    )
    document_cpu_s: int = _setting(
        300, "processor seconds that reading one document may take; 0 is no limit"
    )
    document_wall_s: int = _setting(
        900,
        "seconds after which a document that is not read is given up; 0 is no limit",
    )
    base_url: str = _setting(
        "",
        "the public address, for links in feeds and sitemaps; else the request's trusted host",
    )
    notice: str = _setting(
        "", "a sentence at the top of every page, such as what its reports are"
    )
    trusted_proxies: int = _setting(
        0, "how many proxies in front may set X-Forwarded headers"
    )
    trusted_hosts: str = _setting(
        "",
        "names that links may call this server by, commas between; loopback and `host` always",
    )
    processes: int = _setting(1, "how many processes answer; 0 is one a core")
    request_seconds: int = _setting(
        10, "an answer that takes longer is given up, with a 503"
    )
    request_work: int = _setting(
        500,
        "an answer that goes through more millions of positions, rows and characters is given up",
    )
    export_seconds: int = _setting(600, "an export that takes longer is cut off")
    exports: int = _setting(
        0, "how many exports each process sends at a time; 0 is half its threads"
    )
    connections: int = _setting(
        1000,
        "how many connections each process holds; past it those that wait longest are closed",
    )
    idle_seconds: int = _setting(
        30,
        "a connection is closed on which nothing moves, or a request is not complete, for so long",
    )
    stop_seconds: int = _setting(
        10, "how long `serve` finishes answers when it is told to stop"
    )
    max_body_mb: int = _setting(4, "a request with a larger body is refused unread")
    rate_limit: str = _setting(
        "",
        "requests a client may make, such as `120/minute`; counted by each process; empty: any",
    )
    log_format: str = _setting(
        "text", "`json` writes each line of the log as one object"
    )
    failed_queries: str = _setting(
        "",
        "a file to which searches are added that found nothing or were refused, for the curator",
    )
    trust_index: bool = _setting(
        False, "1 opens an index that other users could have written"
    )
    log_queries: bool = _setting(False, "1 writes each query to the log")
    word_positions: bool = _setting(
        False,
        "1 builds an index whose words have positions, for quoted phrases in Whoosh itself",
    )

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, **given: object
    ) -> Settings:
        """The settings of the environment, with what is `given` (None: not given) on top."""
        environment = os.environ if environment is None else environment
        values: dict[str, object] = {"index": default_index()}
        for f in fields(cls):
            # empty is the same as not set: a line of a file of settings without a value
            if raw := environment.get("GONGKAI_" + f.name.upper(), "").strip():
                values[f.name] = _parse(f, raw)
        values.update({k: v for k, v in given.items() if v is not None})
        return cls(**values)  # type: ignore[arg-type]


def _parse(setting: Field[Any], raw: str) -> object:
    if setting.name == "index":
        return Path(raw)
    named = f"GONGKAI_{setting.name.upper()} is {raw!r}"
    if isinstance(setting.default, str):
        choices = CHOICES.get(setting.name)
        if choices is not None and raw not in choices:
            raise SettingsError(f"{named}; give {' or '.join(choices)}")
        shape = PATTERNS.get(setting.name)
        if shape is not None and not shape[0].fullmatch(raw):
            raise SettingsError(f"{named}; give {shape[1]}")
        return raw
    if isinstance(setting.default, bool):
        return raw.lower() in ("1", "true", "yes", "on")
    try:
        number = int(raw)
    except ValueError:
        raise SettingsError(f"{named}; give a whole number") from None
    least, most = RANGES.get(setting.name, (0, MAX_SETTING_NUMBER))
    if not least <= number <= most:
        raise SettingsError(f"{named}; give a number from {least} to {most}")
    return number


def _shown_default(setting: Field[Any]) -> str:
    """The default as it would be written into the environment."""
    if setting.name == "index":
        return "index/data, or the user's data directory"
    if isinstance(setting.default, bool):
        return str(int(setting.default))
    return str(setting.default)


# (name, default, meaning): printed by `gongkai settings` and in the docs.
SETTINGS = tuple(
    (setting.name, _shown_default(setting), setting.metadata[MEANING])
    for setting in fields(Settings)
)
