"""Opens the index of the settings: the one place that chooses an engine."""

from __future__ import annotations

from pathlib import Path

from index.documents.identity import fingerprint
from index.engines import whoosh
from index.engines.seam import (
    Document,
    Engine,
    Prepared,
    Writer,
)
from index.model.settings import Settings

__all__ = [
    "back_up_index",
    "check_index",
    "compact_index",
    "open_engine",
    "open_writer",
    "prepare",
    "restore_index",
]


def open_engine(settings: Settings) -> Engine:
    """The index of the settings, for reading. Raises IndexStateError."""
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
    return whoosh.open_writer(
        settings.index,
        fingerprint(),
        rebuild=rebuild,
        wait_s=wait_s,
        trust=settings.trust_index,
        positions=settings.word_positions,
    )


def prepare(document: Document) -> Prepared:
    """The document as `Writer.put` takes it most quickly; any process may do it."""
    return whoosh.prepare(document)


def check_index(settings: Settings) -> list[str]:
    """Every fault of the index of the settings, in words; empty when it is well."""
    return whoosh.check(
        settings.index,
        trust=settings.trust_index,
    )


def back_up_index(settings: Settings, destination: Path) -> None:
    """Copy the index of the settings into a new folder. Raises IndexStateError."""
    whoosh.backup(settings.index, destination, trust=settings.trust_index)


def restore_index(settings: Settings, source: Path) -> None:
    """Replace the index of the settings by a backup of it. Raises IndexStateError."""
    whoosh.restore(source, settings.index, trust=settings.trust_index)


def compact_index(settings: Settings) -> None:
    """Merge what the index of the settings consists of. Raises IndexStateError."""
    whoosh.compact(
        settings.index,
        fingerprint(),
        trust=settings.trust_index,
        positions=settings.word_positions,
    )
