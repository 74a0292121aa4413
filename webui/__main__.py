"""`gongkai serve`, also `python -m webui`: pages and endpoint on a production WSGI server."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import click

from index.engines.opening import open_engine
from index.model.errors import IndexStateError, SettingsError
from index.model.settings import Settings
from webui.app import create_app
from webui.http.operation.logs import begin_logging
from webui.serving.connections import Server, bound
from webui.serving.processes import Processes
from webui.serving.worker import end_by_signals, prepare

__all__ = ["serve"]


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
    "--threads",
    type=click.IntRange(1, 256),
    help="Requests that each process answers at a time. [8]",
)
@click.option(
    "--processes",
    type=click.IntRange(0, 256),
    help="Processes that answer; 0 is one a core. [1]",
)
def serve(
    index: Path | None,
    host: str | None,
    port: int | None,
    threads: int | None,
    processes: int | None,
) -> None:
    """Serve the web pages and the JSON endpoint over an index."""
    try:
        settings = Settings.from_environment(
            index=index, host=host, port=port, threads=threads, processes=processes
        )
    except SettingsError as error:
        click.echo(f"gongkai: {error}", err=True)
        sys.exit(1)
    begin_logging(settings)
    try:
        sockets = bound(settings)
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        message = f"gongkai: cannot listen on {place} ({error}); choose another --port"
        click.echo(message, err=True)
        sys.exit(1)
    try:
        _run(settings, sockets)
    except (IndexStateError, SettingsError) as error:
        click.echo(f"gongkai: {error}", err=True)
        sys.exit(1)
    finally:
        for own in sockets:
            own.close()


def _run(settings: Settings, sockets: list[socket.socket]) -> None:
    """Answer, in this process or in several, until told to stop."""
    count = settings.processes or os.cpu_count() or 1
    if count > 1:
        # a broken index is said at once, not by every process
        open_engine(settings).close()
        _say(sockets)
        Processes(settings, sockets, count).run()
        return
    app = create_app(settings)
    server = Server(app, settings, sockets, is_alone=True)
    end_by_signals(server)
    prepare(app)
    _say(sockets)
    server.run()


def _say(sockets: list[socket.socket]) -> None:
    """Print the addresses: with --port 0 only these lines tell which port it is."""
    for own in sockets:
        host, port = own.getsockname()[:2]
        click.echo(_url(host, port))


def _url(host: str, port: int) -> str:
    # ::1 is written in brackets, http://[::1]:8080/
    if ":" in host:
        host = f"[{host}]"
    return f"http://{host}:{port}/"


if __name__ == "__main__":
    serve()
