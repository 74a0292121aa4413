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
    if name in ("host", "base_url"):
        return raw
    if name in ("trust_index", "log_queries", "word_positions"):
        return raw.strip().lower() in ("1", "true", "yes", "on")
    try:
        return int(raw)
    except ValueError:
        raise SettingsError(
            f"GONGKAI_{name.upper()} is {raw!r}; give a whole number"
        ) from None


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
        "the public address, for links in feeds and sitemaps; without it the request's own",
    ),
    ("trusted_proxies", "0", "how many proxies in front may set X-Forwarded headers"),
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
