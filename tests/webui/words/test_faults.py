"""What is wrong with a request, in the words of the page."""

from __future__ import annotations

import pytest

from index.model.problems import Code, Note
from webui.http.params import SEARCH_NAMES
from webui.words.faults import _PARAMETER_LABELS, said_plainly


def test_every_name_that_the_page_says_otherwise_is_a_parameter() -> None:
    assert set(_PARAMETER_LABELS.table) <= set(SEARCH_NAMES)


@pytest.mark.parametrize("name", list(_PARAMETER_LABELS.table))
def test_no_parameter_is_named_on_a_page(name: str) -> None:
    note = Note(Code.REQUEST_REPEATED, {"name": name})
    said = said_plainly(note)
    assert name not in said
    assert _PARAMETER_LABELS[name] in said
