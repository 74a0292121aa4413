"""What one app holds: settings, searcher, metrics. Handlers reach it through `room()`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request
from werkzeug.sansio.utils import host_is_trusted

from index.model.json_codec import to_json
from index.model.settings import Settings
from index.search.searcher import Searcher
from webui.http.operation.board import Board
from webui.http.operation.exports import Exports
from webui.http.operation.failures import Failures
from webui.http.telemetry import Metrics

__all__ = ["Room", "base_url", "json_response", "origin", "product_version", "room"]

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
# [::1]:8080
IPV6_PATTERN = re.compile(r"\[([0-9a-fA-F:.]{2,45})\](?::[0-9]{1,5})?")
# What a server listens on that listens on all addresses.
ANY_HOSTS = ("0.0.0.0", "::", "")  # noqa: S104


@dataclass(frozen=True, slots=True)
class Room:
    """The app's own things."""

    settings: Settings
    searcher: Searcher
    metrics: Metrics
    exports: Exports
    failures: Failures
    board: Board | None = None


def room() -> Room:
    """Those of the app that answers the present request."""
    own: Room = current_app.extensions["gongkai"]
    return own


def origin() -> str:
    """The scheme and host of the public address."""
    parts = urlsplit(base_url())
    return f"{parts.scheme}://{parts.netloc}"


def base_url() -> str:
    """The public address without a slash at its end.

    It is that of the settings, else the one that was asked for where its host is trusted, else
    the one that the server listens on: whoever asks could have written any name into Host.
    """
    settings = room().settings
    if settings.base_url:
        return settings.base_url.rstrip("/")
    if _is_trusted(request.host, settings):
        return request.url_root.rstrip("/")
    # listening on every address it has none of its own
    is_any = settings.host in ANY_HOSTS
    host = LOOPBACK_HOSTS[0] if is_any else settings.host
    host = f"[{host}]" if ":" in host else host
    return f"{request.scheme}://{host}:{settings.port}{request.root_path}".rstrip("/")


def _is_trusted(asked: str, settings: Settings) -> bool:
    """Whether links may carry the host that was asked for; its port does not matter."""
    named = (name.strip() for name in settings.trusted_hosts.split(","))
    trusted = [*LOOPBACK_HOSTS, settings.host, *filter(None, named)]
    # werkzeug does not know the addresses of IPv6
    literal = IPV6_PATTERN.fullmatch(asked)
    if literal is not None:
        return literal[1] in trusted
    return host_is_trusted(asked, [name for name in trusted if ":" not in name])


@cache  # it is read from a file, and each answer says it
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
