"""The contract suite runs over every engine: each is a way to open a writer and a snapshot of one
index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from index.engines import whoosh
from index.engines.seam import Document, Engine, Writer
from index.engines.shared import kernels
from tests.index.engines import cluster
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


class OpenSearchIndex:
    """The index of this run in the cluster of the tests, emptied: to make one takes seconds."""

    def __init__(self, folder: Path) -> None:
        self.place = cluster.emptied(FINGERPRINT)

    def writer(self) -> Writer:
        return cluster.opensearch().open_writer(self.place, FINGERPRINT)

    def engine(self) -> Engine:
        return cluster.opensearch().open_engine(self.place, fingerprint=FINGERPRINT)


# The engine whoosh without its compiled kernels, where they were built.
NUMPY = "whoosh with numpy"

INDEXES: dict[str, Callable[[Path], Index]] = {
    "opensearch": OpenSearchIndex,
    "reference": ReferenceIndex,
    "whoosh": WhooshIndex,
    NUMPY: WhooshIndex,
}


def parameters(names: Iterable[str]) -> list[Any]:
    """Engines as parameters of a test; that of the cluster is skipped where there is none."""
    return [
        pytest.param(name, marks=cluster.MARKS if name == "opensearch" else ())
        for name in sorted(names)
    ]


@pytest.fixture(params=parameters(INDEXES))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Index:
    return INDEXES[request.param](tmp_path)


@pytest.fixture(autouse=True)
def _kernels(request: pytest.FixtureRequest) -> Iterator[None]:
    """No compiled kernels in the tests whose engine is to compute with numpy."""
    callspec = getattr(request.node, "callspec", None)
    if callspec is not None and NUMPY in callspec.params.values():
        kernels.use("numpy")
    yield
    kernels.use("auto")


@pytest.fixture(autouse=True, scope="session")
def _swept() -> Iterator[None]:
    yield
    cluster.sweep()


def filled(index: Index, documents: Iterable[Document]) -> Engine:
    """The index with these documents put, in one commit."""
    writer = index.writer()
    for document in documents:
        writer.put(document)
    writer.commit()
    return index.engine()
