"""What one request may cost."""

from __future__ import annotations

from flask import Flask, g

from index.model.budget import MILLION, Budget, limited
from webui.http.context import room

__all__ = ["register"]


def _before() -> None:
    settings = room().settings
    budget = Budget(settings.request_seconds, settings.request_work * MILLION)
    g.limited = limited(budget)
    g.limited.__enter__()


def _teardown(_error: BaseException | None) -> None:
    scope = g.pop("limited", None)
    if scope is not None:
        scope.__exit__(None, None, None)


def register(app: Flask) -> None:
    """Give every request of the app a budget."""
    app.before_request(_before)
    app.teardown_request(_teardown)
