"""Templates -> pages, tables -> files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, render_template

from index.documents.exports import table
from webui.words import labels

__all__ = ["csv_file", "html_page"]


def csv_file(
    name: str, header: Iterable[str], lines: Iterable[Iterable[Any]]
) -> Response:
    """A table as a CSV file to take away."""
    body = table(header, lines)
    response = Response(body, content_type="text/csv; charset=utf-8")
    disposition = f'attachment; filename="gongkai-{name}.csv"'
    response.headers["Content-Disposition"] = disposition
    return response


def html_page(template: str, **values: Any) -> Response:
    """One page. A lone surrogate of a damaged text becomes "?"."""
    body = render_template(template, labels=labels, **values)
    return Response(body.encode("utf-8", "replace"), mimetype="text/html")
