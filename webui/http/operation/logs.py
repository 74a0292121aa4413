"""The log: text or JSON, each request with its id.

No line says who asked or what for, unless a setting asks for it.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time

from flask import Flask, Response, g, has_request_context, request

from index.model.settings import Settings

__all__ = ["begin_logging", "register"]

TEXT_FORMAT = "%(asctime)s %(name)s %(levelname)s %(message)s"
# What a proxy may have given a request as its id.
REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_log = logging.getLogger("gongkai.requests")


class JsonFormatter(logging.Formatter):
    """One JSON object a line; `facts` of a record become members."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        seconds = int(record.created)
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        members: dict[str, object] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "request_id" in g:
            members["request_id"] = g.request_id
        members |= getattr(record, "facts", {})
        if record.exc_info:
            members["exception"] = self.formatException(record.exc_info)
        return json.dumps(members, ensure_ascii=False)


def begin_logging(settings: Settings) -> None:
    """Write the log to standard error in the form of the settings."""
    handler = logging.StreamHandler()
    is_json = settings.log_format == "json"
    handler.setFormatter(JsonFormatter() if is_json else logging.Formatter(TEXT_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def _before(trusts_proxy: bool) -> None:
    g.log_began = time.perf_counter()
    given = request.headers.get("X-Request-ID", "")
    # who is not a proxy of ours could make two requests look like one
    is_known = trusts_proxy and REQUEST_ID_PATTERN.fullmatch(given)
    g.request_id = given if is_known else secrets.token_hex(8)


def _named(response: Response) -> Response:
    if "request_id" in g:
        response.headers["X-Request-ID"] = g.request_id
    return response


def _logged(response: Response) -> Response:
    if "request_id" in g:
        spent = (time.perf_counter() - g.log_began) * 1000
        # an endpoint's name, never a path: a path may hold a query
        facts = {
            "endpoint": request.endpoint,
            "method": request.method,
            "status": response.status_code,
            "ms": round(spent, 1),
        }
        _log.info("request", extra={"facts": facts})
    return response


def register(app: Flask, settings: Settings) -> None:
    """Give every request an id; the JSON log has a line for each."""
    trusts_proxy = settings.trusted_proxies > 0
    app.before_request(lambda: _before(trusts_proxy))
    if settings.log_format == "json":
        app.after_request(_logged)
    app.after_request(_named)
