"""Templates -> pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template

from webui.words import labels

__all__ = ["address", "html_page"]


def html_page(template: str, **values: Any) -> Response:
    """One page. A lone surrogate of a damaged text becomes "?"."""
    body = render_template(template, labels=labels, **values)
    return Response(body.encode("utf-8", "replace"), mimetype="text/html")


def address(path: str, **values: object) -> str:
    """A URL below `path`; parameters that are empty are left out, lists are repeated.

    >>> address("/coverage", region=""), address("/compare", id=["a", "b"])
    ('/coverage', '/compare?id=a&id=b')
    """
    given = {k: v for k, v in values.items() if v not in (None, "", [], ())}
    query = urlencode(given, doseq=True, errors="replace")
    return f"{path}?{query}" if query else path
