"""The pages over the real searcher.

Its index is written once: it is the embedded engine's, because a page asks for columns and
completions, for which the plain engine of the contract suite is too slow or has no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from index.model.report import Report
from index.model.settings import Settings
from index.search.searcher import Searcher
from tests.indexes import write_index
from tests.webui.samples import sample_reports
from webui import create_app

Serve = Callable[[Iterable[Report]], FlaskClient]


@pytest.fixture(scope="session")
def sample_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An index of the sample reports. Tests do not write to it."""
    return write_index(tmp_path_factory.mktemp("samples"), sample_reports())


@pytest.fixture(scope="session")
def searcher(sample_settings: Settings) -> Searcher:
    """The searcher of the sample reports, the same for every test."""
    return Searcher.open(sample_settings)


@pytest.fixture
def reports() -> dict[str, Report]:
    """The sample reports by their ids; a test may change them and serve them."""
    return {report.id: report for report in sample_reports()}


@pytest.fixture
def app(sample_settings: Settings, searcher: Searcher) -> Flask:
    """An application of its own over the shared searcher."""
    app = create_app(sample_settings, searcher=searcher)
    app.testing = True
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the sample reports."""
    return app.test_client()


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """serve(reports): a client over an index of these reports alone."""

    def over(reports: Iterable[Report]) -> FlaskClient:
        app = create_app(write_index(tmp_path / "index", reports))
        app.testing = True
        return app.test_client()

    return over
