"""The engine of several machines: an index in an OpenSearch cluster, for `gongkai[cluster]`.

`layout` says how a report lies there, `writer` puts it there, `engine` asks. `server` alone knows
the client; `scripts` is what the nodes compute.
"""

from __future__ import annotations

from collections.abc import Mapping

from index.engines.opensearch.engine import OpenSearchEngine
from index.engines.opensearch.layout import prepare
from index.engines.opensearch.server import Place, Server
from index.engines.opensearch.state import (
    check_fingerprint,
    check_scripts,
    read_state,
)
from index.engines.opensearch.writer import OpenSearchWriter, purge
from index.model.errors import (
    IndexStateError,
    IndexUnavailableError,
)

__all__ = [
    "OpenSearchEngine",
    "OpenSearchWriter",
    "Place",
    "check",
    "compact",
    "open_engine",
    "open_writer",
    "prepare",
]

MERGE_S = 3_600.0


def open_engine(
    place: Place,
    *,
    fingerprint: Mapping[str, str] | None = None,
) -> OpenSearchEngine:
    """The newest generation of an index.

    Raises IndexUnavailableError, IndexMissingError and IndexStaleError (it was written with another
    `fingerprint`, or its scripts are gone).
    """
    server = Server(place)
    try:
        server.verify()
        state = read_state(server)
        check_fingerprint(server, state, fingerprint)
        check_scripts(server)
    except BaseException:
        server.close()
        raise
    return OpenSearchEngine(server, state, wanted=fingerprint)


def open_writer(
    place: Place,
    fingerprint: Mapping[str, str],
    *,
    rebuild: bool = False,
    wait_s: float | None = None,
) -> OpenSearchWriter:
    """A writer of an index, which is made where there is none. Raises IndexStateError."""
    server = Server(place)
    server.verify()
    return OpenSearchWriter(
        server,
        fingerprint,
        rebuild=rebuild,
        wait_s=wait_s,
    )


def check(place: Place) -> list[str]:
    """Every fault of an index, in words; empty when it is well. Raises IndexUnavailableError."""
    try:
        engine = open_engine(place)
    except IndexUnavailableError:
        raise
    except IndexStateError as error:
        return [str(error)]
    try:
        return engine.faults()
    finally:
        engine.close()


def compact(place: Place) -> None:
    """Take out what has died, and merge the segments of each shard. Raises IndexStateError."""
    engine = open_engine(place)
    try:
        purge(engine.server, engine.state)
        engine.server.call(
            "POST",
            f"/{engine.state.index}/_forcemerge",
            seconds=MERGE_S,
            only_expunge_deletes="true",
        )
    finally:
        engine.close()
