"""What one app holds: settings, searcher, metrics. Handlers reach it through `room()`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request

from index.model.json_codec import to_json
from index.model.settings import Settings
from index.search.searcher import Searcher
from webui.http.exports import Exports
from webui.http.telemetry import Metrics

__all__ = ["Room", "base_url", "json_response", "origin", "product_version", "room"]


@dataclass(frozen=True, slots=True)
class Room:
    """The app's own things."""

    settings: Settings
    searcher: Searcher
    metrics: Metrics
    exports: Exports


def room() -> Room:
    """Those of the app that answers the present request."""
    own: Room = current_app.extensions["gongkai"]
    return own


def origin() -> str:
    """The scheme and host of the public address."""
    parts = urlsplit(base_url())
    return f"{parts.scheme}://{parts.netloc}"


def base_url() -> str:
    """The public address without a slash at its end: the setting, or where this request came in."""
    return (room().settings.base_url or request.url_root).rstrip("/")


def product_version() -> str:
    """The version of the installed package."""
    try:
        return version("gongkai")
    except PackageNotFoundError:
        # a checkout that was never installed
        return "0"


def json_response(
    value: Any, status: int = 200, mimetype: str = "application/json"
) -> Response:
    """JSON in UTF-8, members in the order of the contract.

    A lone surrogate of a damaged text becomes "?".
    """
    return Response(to_json(value), status, mimetype=mimetype)
