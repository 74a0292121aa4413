"""Opens the index of the settings: the one place that chooses an engine."""

from __future__ import annotations

import hashlib
import re
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from index.engines import whoosh
from index.engines.fingerprint import fingerprint
from index.engines.seam import (
    Document,
    Engine,
    Prepared,
    Writer,
)
from index.model.errors import IndexStateError, SettingsError
from index.model.settings import CHOICES, Settings

if TYPE_CHECKING:
    from index.engines.opensearch import Place

__all__ = [
    "ENGINES",
    "alias_of",
    "back_up_index",
    "check_index",
    "compact_index",
    "open_engine",
    "open_writer",
    "prepare",
    "restore_index",
]


ENGINES = CHOICES["engine"]
# A name that needs no change to be an alias.
ALIAS_PATTERN = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
NOT_OF_ALIAS = re.compile(r"[^a-z0-9_-]+")
ALIAS_PREFIX = "gongkai-"
DIGEST_LENGTH = 12


# ---------------------------------------------------------------------- which engine
def _is_cluster(settings: Settings) -> bool:
    if settings.engine not in ENGINES:
        raise SettingsError(
            f"GONGKAI_ENGINE is {settings.engine!r}; give {' or '.join(ENGINES)}"
        )
    return settings.engine == "opensearch"


def _opensearch() -> ModuleType:
    """The engine of a cluster. Raises SettingsError where its client is not installed."""
    if find_spec("opensearchpy") is None:
        raise SettingsError(
            "the engine opensearch needs its client; run: pip install 'gongkai[cluster]'"
        )
    from index.engines import opensearch  # noqa: PLC0415  an extra that few install

    return opensearch


def _place(settings: Settings) -> Place:
    """Where the index of the settings lies in the cluster. Raises SettingsError."""
    if not settings.opensearch_url:
        raise SettingsError(
            "the engine opensearch needs a cluster; set GONGKAI_OPENSEARCH_URL to its address, "
            "as https://user:password@host:9200"
        )
    authority = settings.opensearch_ca
    place: Place = _opensearch().Place(
        urls=settings.opensearch_url,
        alias=alias_of(settings.index),
        ca_file=Path(authority) if authority else None,
        shards=settings.opensearch_shards,
    )
    return place


def alias_of(index: Path) -> str:
    """The name of an index in a cluster. A path has one of its own.

    >>> alias_of(Path("reports"))
    'gongkai-reports'
    """
    if len(index.parts) == 1 and ALIAS_PATTERN.fullmatch(index.name):
        return ALIAS_PREFIX + index.name
    path = str(index.absolute())
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
    readable = NOT_OF_ALIAS.sub("-", index.name.lower()).strip("-_")[:30]
    return ALIAS_PREFIX + "-".join(filter(None, (readable, digest[:DIGEST_LENGTH])))


# ---------------------------------------------------------------------- opening
def open_engine(settings: Settings) -> Engine:
    """The index of the settings, for reading. Raises IndexStateError."""
    if _is_cluster(settings):
        place = _place(settings)
        engine: Engine = _opensearch().open_engine(
            place,
            fingerprint=fingerprint(),
        )
        return engine
    return whoosh.open_engine(
        settings.index,
        fingerprint=fingerprint(),
        trust=settings.trust_index,
    )


def open_writer(
    settings: Settings,
    *,
    rebuild: bool = False,
    wait_s: float | None = None,
) -> Writer:
    """The index of the settings, for writing; made where there is none. Raises IndexStateError.

    Another writer is waited for `wait_s` seconds, or as long as the engine holds to be short.
    """
    if _is_cluster(settings):
        place = _place(settings)
        writer: Writer = _opensearch().open_writer(
            place,
            fingerprint(),
            rebuild=rebuild,
            wait_s=wait_s,
        )
        return writer
    return whoosh.open_writer(
        settings.index,
        fingerprint(),
        rebuild=rebuild,
        wait_s=wait_s,
        trust=settings.trust_index,
        positions=settings.word_positions,
    )


def prepare(document: Document, engine: str = "whoosh") -> Prepared:
    """The document as `Writer.put` takes it most quickly; any process may do it."""
    if engine == "opensearch":
        prepared: Prepared = _opensearch().prepare(document)
        return prepared
    return whoosh.prepare(document)


def check_index(settings: Settings) -> list[str]:
    """Every fault of the index of the settings, in words; empty when it is well."""
    if _is_cluster(settings):
        place = _place(settings)
        faults: list[str] = _opensearch().check(place)
        return faults
    return whoosh.check(
        settings.index,
        trust=settings.trust_index,
    )


def back_up_index(settings: Settings, destination: Path) -> None:
    """Copy the index of the settings into a new folder. Raises IndexStateError."""
    _refuse_cluster(settings)
    whoosh.backup(settings.index, destination, trust=settings.trust_index)


def restore_index(settings: Settings, source: Path) -> None:
    """Replace the index of the settings by a backup of it. Raises IndexStateError."""
    _refuse_cluster(settings)
    whoosh.restore(source, settings.index, trust=settings.trust_index)


def compact_index(settings: Settings) -> None:
    """Merge what the index of the settings consists of. Raises IndexStateError."""
    if _is_cluster(settings):
        place = _place(settings)
        _opensearch().compact(place)
        return
    whoosh.compact(
        settings.index,
        fingerprint(),
        trust=settings.trust_index,
        positions=settings.word_positions,
    )


def _refuse_cluster(settings: Settings) -> None:
    if _is_cluster(settings):
        raise IndexStateError(
            "an index in a cluster is backed up by the snapshots of OpenSearch; "
            "see docs/cluster.md"
        )
