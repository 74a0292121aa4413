"""The contract suite runs over every engine: each is a way to open a writer and a snapshot of one
index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

import pytest

from index.engines import whoosh
from index.engines.seam import Document, Engine, Writer
from tests.index.engines.reference import ReferenceEngine, ReferenceWriter, Shelf

FINGERPRINT = {"schema": "1", "normaliser": "1"}


class Index(Protocol):
    """One index of one engine."""

    def writer(self) -> Writer: ...

    def engine(self) -> Engine: ...


class ReferenceIndex:
    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(FINGERPRINT)

    def writer(self) -> Writer:
        return ReferenceWriter(self.shelf)

    def engine(self) -> Engine:
        return ReferenceEngine(self.shelf)


class WhooshIndex:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "index"
        whoosh.create(self.folder, FINGERPRINT)

    def writer(self) -> Writer:
        return whoosh.open_writer(self.folder, FINGERPRINT)

    def engine(self) -> Engine:
        return whoosh.open_engine(self.folder, fingerprint=FINGERPRINT)


INDEXES: dict[str, Callable[[Path], Index]] = {
    "reference": ReferenceIndex,
    "whoosh": WhooshIndex,
}


@pytest.fixture(params=sorted(INDEXES))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return INDEXES[request.param](tmp_path)


def filled(index: Index, documents: Iterable[Document]) -> Engine:
    """The index with these documents put, in one commit."""
    writer = index.writer()
    for document in documents:
        writer.put(document)
    writer.commit()
    return index.engine()
