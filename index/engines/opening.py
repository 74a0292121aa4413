"""Opens the index of the settings: the one place that chooses an engine."""

from __future__ import annotations

from index.documents.identity import fingerprint
from index.engines import whoosh
from index.engines.seam import (
    Document,
    Engine,
    Prepared,
    Writer,
)
from index.model.settings import Settings

__all__ = ["check_index", "open_engine", "open_writer", "prepare"]


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
