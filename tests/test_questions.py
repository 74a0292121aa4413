"""Every address of QUESTIONS.md answers its question over the sample reports, with the answer that
was reviewed.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from lxml import html as lxml_html
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

from index.model.settings import Settings
from index.search.searcher import Searcher
from indexer.build import build
from tests.conftest import CORPUS, ROOT
from webui import create_app

ADDRESSES = re.findall(
    r"`(/[^`]+)`", (ROOT / "QUESTIONS.md").read_text(encoding="utf-8")
)
ANSWERS = json.loads(
    (Path(__file__).parent / "data" / "questions.json").read_text("utf-8")
)
ROWS = "//main//table//tr | //main//p[@class='total'] | //ol[@class='hits']/li//h3"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    settings = Settings(
        index=Path(tmp_path_factory.mktemp("questions")) / "index", jobs=1
    )
    build([CORPUS], settings)
    searcher = Searcher.open(settings)
    yield create_app(settings, searcher=searcher).test_client()
    searcher.engine.close()


def answer_of(response: TestResponse) -> Any:
    """What an answer says: rows of tables and hits, JSON, or the titles and agencies of its CSV."""
    if response.is_json:
        return response.get_json()
    text = response.get_data(as_text=True)
    if response.mimetype == "text/csv":
        rows = list(csv.reader(text.lstrip("\ufeff").splitlines()))
        columns = [rows[0].index(name) for name in ("title", "agency")]
        return [",".join(row[column] for column in columns) for row in rows]
    return [_row(row) for row in lxml_html.document_fromstring(text).xpath(ROWS)]


def _row(element: HtmlElement) -> str:
    cells = [c for c in element if c.tag in ("th", "td")] or [element]
    return " | ".join(" ".join(cell.text_content().split()) for cell in cells)


def test_there_are_ten() -> None:
    assert len(ADDRESSES) >= 10
    assert list(ANSWERS) == ADDRESSES


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_answers_its_question(client: FlaskClient, address: str) -> None:
    response = client.get(quote(address, safe="/?=&"))
    assert response.status_code == 200, response.text[:300]
    assert answer_of(response) == ANSWERS[address]
