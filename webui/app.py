"""The factory: settings and a searcher in, a WSGI application out."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, request, url_for
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from index.model.settings import Settings
from index.search.searcher import Searcher
from webui.api.endpoint import api
from webui.api.machine import machine
from webui.http import caching, problems, security
from webui.http.context import Room, product_version, room
from webui.http.telemetry import Metrics
from webui.ports import SearcherPort
from webui.report.marks import marked
from webui.research.pages import research
from webui.search.pages import pages
from webui.words.messages import said

__all__ = ["create_app"]

_TEXT = ("html", "css", "javascript", "csv", "plain")
_APPLICATION = (
    "json",
    "problem+json",
    "x-ndjson",
    "xml",
    "atom+xml",
    "opensearchdescription+xml",
)
_COMPRESSED = [
    *(f"text/{t}" for t in _TEXT),
    *(f"application/{t}" for t in _APPLICATION),
    "image/svg+xml",
]


def create_app(
    settings: Settings | None = None, *, searcher: SearcherPort | None = None
) -> Flask:
    """The application over an index.

    Without `searcher` the index of the settings is opened. Raises IndexStateError when it cannot
    be.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    app.config.update(
        COMPRESS_MIMETYPES=_COMPRESSED,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    app.url_map.merge_slashes = False  # an id may hold two slashes
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["gongkai"] = Room(
        settings, searcher or Searcher.open(settings, warm=True), Metrics()
    )
    _install(app)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n, x_prefix=n)  # type: ignore[method-assign]
    return app


def _install(app: Flask) -> None:
    """Handlers and what stands around them.

    What is registered first sees the answer last: compression.
    """
    Compress(app)
    security.register(app)
    app.extensions["gongkai"].metrics.watch(app)
    caching.register(app)
    app.after_request(_whole)
    problems.register(app)
    for blueprint in (api, machine, pages, research):
        app.register_blueprint(blueprint)
    _templates(app)


def _whole(response: Response) -> Response:
    """Our static files are small: read whole they are compressed whole, and closed with the answer."""
    if request.endpoint == "static":
        response.direct_passthrough = False
        response.get_data()
    return response


def _templates(app: Flask) -> None:
    app.jinja_env.filters["marked"] = marked
    app.jinja_env.filters["said"] = said
    app.jinja_env.filters["thousands"] = lambda number: f"{number:,}"
    digests = {p.name: _digest(p) for p in Path(app.static_folder or "").glob("*.*")}

    def asset(name: str) -> str:
        """A file of static/, its address changing with its content so that it may be kept for a
        year.
        """
        return url_for("static", filename=name, v=digests.get(name))

    app.jinja_env.globals.update(
        asset=asset,
        version=product_version(),
        manifest_of=lambda: room().searcher.manifest,
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
