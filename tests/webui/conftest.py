from pathlib import Path

import pytest

from index.model.settings import Settings
from tests.webui.fake import FakeSearcher, sample_reports
from webui import create_app


@pytest.fixture
def searcher():
    return FakeSearcher(sample_reports())


@pytest.fixture
def app(searcher):
    app = create_app(Settings(index=Path("unused")), searcher=searcher)
    app.testing = True
    return app


@pytest.fixture
def client(app):
    return app.test_client()
