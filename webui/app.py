"""The factory: settings and a searcher in, a WSGI application out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from index.model.settings import Settings
from index.search.root import below
from index.search.searcher import Searcher
from webui.api.endpoint import api
from webui.api.machine import machine
from webui.http import (
    addresses,
    basket,
    caching,
    language,
    limits,
    problems,
    rates,
    security,
)
from webui.http.addresses import ReportIdConverter
from webui.http.context import Room, product_version, room
from webui.http.operation import logs
from webui.http.operation.board import Board
from webui.http.operation.exports import Exports
from webui.http.operation.failures import Failures
from webui.http.rendering import number_options, number_orders
from webui.http.telemetry import Metrics
from webui.report.pages import report_pages
from webui.research.pages import research_pages
from webui.research.picking import picking_pages
from webui.search.pages import search_pages
from webui.search.value_items import values_as_items
from webui.site.pages import site_pages
from webui.text.marks import marked
from webui.words.labels import valued
from webui.words.laws import check_words
from webui.words.marking import (
    chinese,
    chinese_attribute,
    han_runs,
    listed,
    quoted,
    titled,
)
from webui.words.messages import (
    gettext,
    ngettext,
    page_language,
    pgettext,
    said,
    template_text,
)
from webui.words.numerals import day, grouped
from webui.words.script import script_words

__all__ = ["create_app"]

# What is worth compressing; pictures and Parquet are compressed already.
_COMPRESSED_TYPES = [
    "text/html",
    "text/css",
    "text/javascript",
    "text/csv",
    "text/plain",
    "application/json",
    "application/problem+json",
    "application/x-ndjson",
    "application/xml",
    "application/atom+xml",
    "application/opensearchdescription+xml",
    "image/svg+xml",
]
# A year in seconds: the address of a static file changes with its content.
_STATIC_MAX_AGE = 31_536_000
_BLUEPRINTS = (
    api,
    machine,
    search_pages,
    report_pages,
    research_pages,
    picking_pages,
    site_pages,
)


# What templates say and show values with.
_FILTERS = {
    "day": day,
    "han": han_runs,
    "law": check_words,
    "listed": listed,
    "marked": marked,
    "quoted": quoted,
    "said": said,
    "thousands": grouped,
    "titled": titled,
    "valued": valued,
    "values_as_items": values_as_items,
    "zh": chinese,
    "zh_attribute": chinese_attribute,
}


def create_app(
    settings: Settings | None = None,
    *,
    searcher: Searcher | None = None,
    board: Board | None = None,
) -> Flask:
    """The application over an index.

    `board` is what the processes of one server know of each other. Without `searcher` the
    index of the settings is opened. Raises IndexStateError when it cannot be.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__)
    # OPTIONS is answered 405 like every method but GET and HEAD
    app.config.update(
        COMPRESS_MIMETYPES=_COMPRESSED_TYPES,
        # of gzip: half the time of level 6, for a tenth more bytes
        COMPRESS_LEVEL=3,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SEND_FILE_MAX_AGE_DEFAULT=_STATIC_MAX_AGE,
    )
    app.url_map.merge_slashes = False  # an id may hold two slashes
    app.url_map.converters["report_id"] = ReportIdConverter
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    searcher = searcher or Searcher.open(settings, warm=True)
    app.extensions["gongkai"] = Room(
        settings=settings,
        searcher=searcher,
        metrics=Metrics(),
        exports=Exports(settings),
        failures=Failures(settings.failed_queries),
        board=board,
    )
    logs.register(app, settings)
    rates.register(app, settings)
    _install(app)
    if settings.trusted_proxies:
        _trust(app, settings.trusted_proxies)
    return app


def _trust(app: Flask, proxies: int) -> None:
    """Believe the X-Forwarded headers of so many proxies, counted from this server."""
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        app.wsgi_app,
        x_for=proxies,
        x_proto=proxies,
        x_host=proxies,
        x_prefix=proxies,
    )


def _install(app: Flask) -> None:
    """Handlers and what stands around them; compression sees the answer last."""
    # what is registered first sees the request first, and the answer last
    addresses.register(app, app.extensions["gongkai"].settings.base_url)
    basket.register(app)
    app.before_request(_leave_refused_encodings)
    Compress(app)
    security.register(app)
    app.extensions["gongkai"].metrics.watch(app)
    limits.register(app)
    # before caching: the same address says something else in another language
    language.register(app)
    caching.register(app)
    app.after_request(_read_static_file)
    problems.register(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
    _install_templates(app)


def _leave_refused_encodings() -> None:
    """Take out of a request the encodings that it refuses: flask-compress ignores q=0."""
    accepted = request.accept_encodings
    if any(quality <= 0 for _, quality in accepted):
        kept = [name for name, quality in accepted if quality > 0]
        request.environ["HTTP_ACCEPT_ENCODING"] = ", ".join(kept)


def _read_static_file(response: Response) -> Response:
    """Load a static file completely before it is sent.

    The files are small. Otherwise the compression would see a stream, and the file would stay open.
    """
    if request.endpoint == "static":
        response.direct_passthrough = False
        response.get_data()
    return response


def _install_templates(app: Flask) -> None:
    static_files = Path(app.static_folder or "").glob("*.*")
    digests = {path.name: _digest(path) for path in static_files}

    def asset(name: str) -> str:
        """The address of a file of static/; it changes with the file's content."""
        return below(f"/static/{name}?v={digests.get(name)}")

    app.jinja_env.filters.update(_FILTERS)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    install = app.jinja_env.install_gettext_callables  # type: ignore[attr-defined]
    install(gettext, ngettext, newstyle=True, pgettext=pgettext)
    app.jinja_env.globals.update(
        # Jinja's own looks its function up, and fills even what has no values, each time
        _=template_text,
        asset=asset,
        counted=_counted,
        language_choices=language.choices,
        page_language=page_language,
        script_words=script_words,
        version=product_version(),
        manifest_of=lambda: room().searcher.manifest,
        number_options=number_options,
        number_orders=number_orders,
        notice=app.extensions["gongkai"].settings.notice,
    )


def _counted(words: str, n: int, **values: Any) -> Markup:
    """What a template says about so many things: `%(n)s` in the words is their number."""
    count = grouped(n)
    # the words are ours and may have tags; the values are escaped
    return Markup(ngettext(words, n)) % {"n": count, **values}  # noqa: S704


def _digest(path: Path) -> str:
    # ten digits tell two versions of one file apart; they are no security
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
