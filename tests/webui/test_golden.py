"""Pages and answers stand as they were reviewed.

A change of them is a diff: `python -m tests.webui.golden`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.webui.golden import ADDRESSES, FOLDER, sample_client, shown


@pytest.fixture(scope="module")
def client() -> Iterator[FlaskClient]:
    with sample_client() as made:
        yield made


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_shows_what_was_reviewed(client: FlaskClient, name: str) -> None:
    assert shown(client, name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def test_no_file_is_left_over() -> None:
    assert {p.stem for p in FOLDER.glob("*.txt")} == set(ADDRESSES)
