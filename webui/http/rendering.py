"""Templates -> pages."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from webui.words import labels

__all__ = ["html_page"]


def html_page(template: str, **values: Any) -> Response:
    """One page. A lone surrogate of a damaged text becomes "?"."""
    body = render_template(template, labels=labels, **values)
    return Response(body.encode("utf-8", "replace"), mimetype="text/html")
