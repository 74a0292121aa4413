"""Templates -> pages, tables -> files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from flask import Response, render_template
from markupsafe import Markup

from index.documents.exports import table
from webui.words import labels
from webui.words.messages import page_language

__all__ = ["csv_file", "html_page", "number_options", "number_orders"]

# Every number, in both orders, in every language would be some four hundred.
_KEPT_FRAGMENTS = 64


def csv_file(
    name: str, header: Iterable[str], lines: Iterable[Iterable[Any]]
) -> Response:
    """A table as a CSV file to take away."""
    body = table(header, lines)
    response = Response(body, content_type="text/csv; charset=utf-8")
    disposition = f'attachment; filename="gongkai-{name}.csv"'
    response.headers["Content-Disposition"] = disposition
    return response


def number_orders(chosen: str) -> Markup:
    """The options of an order by a number, the `chosen` one selected."""
    return _kept("number_orders.html", chosen, page_language())


def number_options(chosen: str) -> Markup:
    """The options of a choice among the numbers, the `chosen` one selected."""
    known = chosen if chosen in labels.METRICS else ""
    return _kept("number_options.html", known, page_language())


@lru_cache(maxsize=_KEPT_FRAGMENTS)
def _kept(template: str, chosen: str, _language: str) -> Markup:
    """A part of pages that depends on their language and on what is chosen, and on nothing else."""
    made = render_template(template, labels=labels, chosen=chosen)
    return Markup(made.strip())  # noqa: S704  a template escapes what it is given


def html_page(template: str, **values: Any) -> Response:
    """One page. A lone surrogate of a damaged text becomes "?"."""
    body = render_template(template, labels=labels, **values)
    return Response(body.encode("utf-8", "replace"), mimetype="text/html")
