"""`gongkai serve`, also `python -m webui`: pages and endpoint on a production WSGI server."""

from __future__ import annotations

import gc
import logging
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import click
import waitress

from index.model.errors import IndexStateError, SettingsError
from index.model.settings import Settings
from webui.app import create_app

__all__ = ["collect_less", "serve"]

# New objects before a collection of the youngest generation; younger collections before
# one of the next. Those of Python 3.11 are 700, 10, 10.
_COLLECTOR_THRESHOLDS = (20_000, 20, 20)


@click.command()
@click.option(
    "--index", type=click.Path(path_type=Path), help="The folder of the index."
)
@click.option("--host", help="The address to listen on. [127.0.0.1]")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="The port to listen on; 0 takes a free one. [8080]",
)
@click.option(
    "--threads", type=click.IntRange(1, 256), help="Requests answered at a time. [8]"
)
def serve(
    index: Path | None, host: str | None, port: int | None, threads: int | None
) -> None:
    """Serve the web pages and the JSON endpoint over an index."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    try:
        settings = Settings.from_environment(
            index=index, host=host, port=port, threads=threads
        )
        app = create_app(settings)
    except (IndexStateError, SettingsError) as error:
        click.echo(f"gongkai: {error}", err=True)
        sys.exit(1)
    try:
        server = waitress.create_server(
            app, host=settings.host, port=settings.port, threads=settings.threads
        )
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        message = f"gongkai: cannot listen on {place} ({error}); choose another --port"
        click.echo(message, err=True)
        sys.exit(1)
    # systemd and Docker stop a service with SIGTERM
    signal.signal(signal.SIGTERM, _stop)
    # with --port 0 only this line tells which port it is
    for address in _addresses(server):
        click.echo(address)
    collect_less()
    server.run()


def collect_less() -> None:
    """Let the garbage collector look less often, and never again at what was loaded.

    An answer makes some thousands of small objects, none in a cycle; by default the collector looks
    at them every 700, and at the lists of all bodies of the country with them: a fifth of the time
    of a request.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR_THRESHOLDS)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """The server's loop takes this as the sign to finish what it has begun and to return."""
    raise SystemExit(0)


def _addresses(server: Any) -> list[str]:
    """Where the server listens; a name such as localhost may stand for several addresses."""
    # waitress has effective_listen only when it listens on several sockets
    listening = getattr(server, "effective_listen", None)
    if not listening:
        listening = [(server.effective_host, server.effective_port)]
    return [_url(host, port) for host, port in listening]


def _url(host: str, port: int) -> str:
    # ::1 is written in brackets, http://[::1]:8080/
    if ":" in host:
        host = f"[{host}]"
    return f"http://{host}:{port}/"


if __name__ == "__main__":
    serve()
