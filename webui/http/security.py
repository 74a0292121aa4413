"""Headers that every answer carries: nothing runs here but this program's own script and style."""

from __future__ import annotations

from flask import Flask, Response, request

__all__ = ["register"]

# Reports hold text of foreign sites. Were one ever shown unescaped, nothing in it would run.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# What a web search engine may keep: result pages would be endless.
_INDEXABLE_ENDPOINTS = (
    "search.home",
    "report.report",
    "site.help_page",
    "site.about",
    "static",
)


def _after(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    # a browser must not guess that the text of a report is a script
    response.headers["X-Content-Type-Options"] = "nosniff"
    # an address holds a query: other sites are not told it
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.path.startswith("/api/v1/"):
        # everything here is public: a script of any site may read it
        response.headers["Access-Control-Allow-Origin"] = "*"
    if request.endpoint not in _INDEXABLE_ENDPOINTS or request.query_string:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def register(app: Flask) -> None:
    """Add the headers to every answer of the app."""
    app.after_request(_after)
