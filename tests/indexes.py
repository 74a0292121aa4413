"""Indexes over reports of a test, without files and their reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer
from index.model.report import Report
from index.model.settings import Settings
from index.search.searcher import Searcher

__all__ = ["searcher_over", "write_index"]


def write_index(folder: Path, reports: Iterable[Report]) -> Settings:
    """An index of these reports, in one commit; more calls add to it."""
    settings = Settings(index=folder)
    writer = open_writer(settings)
    for report in reports:
        writer.put(analyse(report, report.id))
    writer.commit()
    return settings


@contextmanager
def searcher_over(folder: Path, reports: Iterable[Report]) -> Iterator[Searcher]:
    """A searcher over an index of these reports, open as long as it is used."""
    engine = open_engine(write_index(folder, reports))
    yield Searcher(engine)
    engine.close()
