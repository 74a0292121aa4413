"""Every address of QUESTIONS.md answers, over the sample reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from index.model.settings import Settings
from index.search.searcher import Searcher
from indexer.build import build
from tests.conftest import CORPUS, ROOT
from webui import create_app

ADDRESSES = re.findall(
    r"`(/[^`]+)`", (ROOT / "QUESTIONS.md").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    settings = Settings(
        index=Path(tmp_path_factory.mktemp("questions")) / "index", jobs=1
    )
    build([CORPUS], settings)
    searcher = Searcher.open(settings)
    yield create_app(settings, searcher=searcher).test_client()
    searcher.engine.close()


def test_there_are_ten() -> None:
    assert len(ADDRESSES) >= 10


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_answers(client: FlaskClient, address: str) -> None:
    answer = client.get(quote(address, safe="/?=&"))
    assert answer.status_code == 200, answer.text[:300]
    assert len(answer.data) > 100
