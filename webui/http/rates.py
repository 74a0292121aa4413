"""How many requests one client may make, where the settings limit it."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse_many

from index.model.errors import SettingsError
from index.model.settings import Settings

__all__ = ["register"]

# Endpoints that a supervisor or a page itself asks for.
_FREE_ENDPOINTS = (
    "static",
    "machine.healthz",
    "machine.readyz",
    "machine.version",
    "machine.metrics",
)


def register(app: Flask, settings: Settings) -> None:
    """Count the requests of each client over all addresses. Raises SettingsError."""
    if not settings.rate_limit:
        return
    try:
        parse_many(settings.rate_limit)
    except ValueError:
        raise SettingsError(
            f"GONGKAI_RATE_LIMIT is {settings.rate_limit!r}; write it as 120/minute"
        ) from None
    limiter = Limiter(
        get_remote_address,
        application_limits=[settings.rate_limit],
        headers_enabled=True,
        storage_uri="memory://",
    )
    limiter.request_filter(_is_free)
    limiter.init_app(app)


def _is_free() -> bool:
    return request.endpoint in _FREE_ENDPOINTS
