"""Opens the index of the settings: the one place that chooses an engine.

An engine has one class here, and one row of INDEX_CLASSES.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from index.engines import whoosh
from index.engines.fingerprint import fingerprint
from index.engines.seam import (
    Document,
    Engine,
    Prepared,
    Writer,
)
from index.engines.shared import kernels
from index.model.errors import IndexStateError, SettingsError
from index.model.settings import Settings

if TYPE_CHECKING:
    from index.engines.opensearch import Place

__all__ = [
    "INDEX_CLASSES",
    "alias_of",
    "back_up_index",
    "check_index",
    "compact_index",
    "open_engine",
    "open_writer",
    "prepare",
    "restore_index",
]


# A name that needs no change to be an alias.
ALIAS_PATTERN = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
NOT_OF_ALIAS = re.compile(r"[^a-z0-9_-]+")
ALIAS_PREFIX = "gongkai-"
DIGEST_LENGTH = 12
SNAPSHOTS_ADVICE = (
    "an index in a cluster is backed up by the snapshots of OpenSearch, "
    "not {place}; see docs/cluster.md"
)


# ---------------------------------------------------------------------- in a cluster
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


@dataclass(frozen=True, slots=True)
class _ClusterIndex:
    """An index in an OpenSearch cluster."""

    settings: Settings

    def open_engine(self) -> Engine:
        engine: Engine = _opensearch().open_engine(
            _place(self.settings),
            fingerprint=fingerprint(),
        )
        return engine

    def open_writer(
        self,
        *,
        rebuild: bool,
        wait_s: float | None,
    ) -> Writer:
        writer: Writer = _opensearch().open_writer(
            _place(self.settings),
            fingerprint(),
            rebuild=rebuild,
            wait_s=wait_s,
        )
        return writer

    def check(self) -> list[str]:
        faults: list[str] = _opensearch().check(_place(self.settings))
        return faults

    def compact(self) -> None:
        _opensearch().compact(_place(self.settings))

    def back_up(self, destination: Path) -> None:
        raise IndexStateError(SNAPSHOTS_ADVICE.format(place=f"in {destination}"))

    def restore(self, source: Path) -> None:
        raise IndexStateError(SNAPSHOTS_ADVICE.format(place=f"in {source}"))

    @staticmethod
    def prepare(document: Document) -> Prepared:
        prepared: Prepared = _opensearch().prepare(document)
        return prepared


# ---------------------------------------------------------------------- in a folder
@dataclass(frozen=True, slots=True)
class _FolderIndex:
    """An index in a folder of this machine, of the embedded engine."""

    settings: Settings

    def open_engine(self) -> Engine:
        kernels.use(self.settings.kernels)
        return whoosh.open_engine(
            self.settings.index,
            fingerprint=fingerprint(),
            trust=self.settings.trust_index,
        )

    def open_writer(
        self,
        *,
        rebuild: bool,
        wait_s: float | None,
    ) -> Writer:
        return whoosh.open_writer(
            self.settings.index,
            fingerprint(),
            rebuild=rebuild,
            wait_s=wait_s,
            trust=self.settings.trust_index,
            positions=self.settings.word_positions,
        )

    def check(self) -> list[str]:
        return whoosh.check(
            self.settings.index,
            trust=self.settings.trust_index,
        )

    def compact(self) -> None:
        whoosh.compact(
            self.settings.index,
            fingerprint(),
            trust=self.settings.trust_index,
            positions=self.settings.word_positions,
        )

    def back_up(self, destination: Path) -> None:
        whoosh.backup(
            self.settings.index,
            destination,
            trust=self.settings.trust_index,
        )

    def restore(self, source: Path) -> None:
        whoosh.restore(
            source,
            self.settings.index,
            trust=self.settings.trust_index,
        )

    @staticmethod
    def prepare(document: Document) -> Prepared:
        return whoosh.prepare(document)


# ---------------------------------------------------------------------- which engine
class _Index(Protocol):
    """What can be done with the index of some settings, whichever engine keeps it."""

    def open_engine(self) -> Engine: ...

    def open_writer(
        self,
        *,
        rebuild: bool,
        wait_s: float | None,
    ) -> Writer: ...

    def check(self) -> list[str]: ...

    def compact(self) -> None: ...

    def back_up(self, destination: Path) -> None: ...

    def restore(self, source: Path) -> None: ...


# Name of an engine, one of the settings' choices -> the class of its indexes.
INDEX_CLASSES: Mapping[str, type[_FolderIndex | _ClusterIndex]] = {
    "whoosh": _FolderIndex,
    "opensearch": _ClusterIndex,
}


def _index_of(settings: Settings) -> _Index:
    """The index of the settings, not yet opened. Raises SettingsError."""
    index_class = INDEX_CLASSES.get(settings.engine)
    if index_class is None:
        names = " or ".join(INDEX_CLASSES)
        raise SettingsError(f"GONGKAI_ENGINE is {settings.engine!r}; give {names}")
    return index_class(settings)


# ---------------------------------------------------------------------- opening
def open_engine(settings: Settings) -> Engine:
    """The index of the settings, for reading. Raises IndexStateError."""
    return _index_of(settings).open_engine()


def open_writer(
    settings: Settings,
    *,
    rebuild: bool = False,
    wait_s: float | None = None,
) -> Writer:
    """The index of the settings, for writing; made where there is none. Raises IndexStateError.

    Another writer is waited for `wait_s` seconds, or as long as the engine holds to be short.
    """
    return _index_of(settings).open_writer(rebuild=rebuild, wait_s=wait_s)


def prepare(document: Document, engine: str = "whoosh") -> Prepared:
    """The document as `Writer.put` takes it most quickly; any process may do it."""
    return INDEX_CLASSES[engine].prepare(document)


def check_index(settings: Settings) -> list[str]:
    """Every fault of the index of the settings, in words; empty when it is well."""
    return _index_of(settings).check()


def back_up_index(settings: Settings, destination: Path) -> None:
    """Copy the index of the settings into a new folder. Raises IndexStateError."""
    _index_of(settings).back_up(destination)


def restore_index(settings: Settings, source: Path) -> None:
    """Replace the index of the settings by a backup of it. Raises IndexStateError."""
    _index_of(settings).restore(source)


def compact_index(settings: Settings) -> None:
    """Merge what the index of the settings consists of. Raises IndexStateError."""
    _index_of(settings).compact()
