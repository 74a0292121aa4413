"""`gongkai serve`, also `python -m webui`: the pages and the endpoint on a production WSGI server."""

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
        message = f"gongkai: cannot listen on {settings.host}:{settings.port} ({error}); choose another --port"
        click.echo(message, err=True)
        sys.exit(1)
    signal.signal(signal.SIGTERM, _stop)
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
    gc.set_threshold(20_000, 20, 20)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    """The server's loop takes this as the sign to finish what it has begun and to return."""
    raise SystemExit(0)


def _addresses(server: Any) -> list[str]:
    """Where the server listens; a name such as localhost may stand for several addresses."""
    listening = getattr(server, "effective_listen", None) or [
        (server.effective_host, server.effective_port)
    ]
    return [f"http://{f'[{h}]' if ':' in h else h}:{p}/" for h, p in listening]


if __name__ == "__main__":
    serve()
