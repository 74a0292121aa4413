"""Pages as trees, and their text without white space."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from lxml import html as lxml_html
from lxml.html import HtmlElement

__all__ = ["number", "page_at", "text"]


def page_at(client: FlaskClient, url: str, status: int = 200) -> HtmlElement:
    """The page at an address, which must answer with this status."""
    answer = client.get(url)
    assert answer.status_code == status, answer.data[:400]
    assert answer.mimetype == "text/html"
    return lxml_html.fromstring(answer.get_data(as_text=True))


def text(element: HtmlElement) -> str:
    """What an element says, without white space."""
    return re.sub(r"\s+", "", element.text_content())


def number(element: HtmlElement) -> int:
    """The number that an element shows, without its separators and words."""
    return int(re.sub(r"\D", "", element.text_content()))
