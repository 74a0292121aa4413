"""What an index says of itself: `_meta` of its mapping, which one request publishes as a whole.

An alias names the index that is read. `_meta` holds the generation that readers filter by, the
fingerprints, and what a build asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from index.engines.opensearch.layout import layout_name
from index.engines.opensearch.scripts import SOURCES
from index.engines.opensearch.server import NotThereError, Server
from index.engines.opensearch.vocabulary import Written
from index.engines.seam import Manifest
from index.model.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexStaleError,
)

__all__ = [
    "META_S",
    "REBUILD_HINT",
    "State",
    "check_fingerprint",
    "check_scripts",
    "publish",
    "read_state",
]

REBUILD_HINT = "run: gongkai index PATH... --rebuild"
# What needs the elected node is given up sooner than a search: it may be being elected.
META_S = "8s"


@dataclass(frozen=True, slots=True)
class State:
    """The index that an alias names, and what it was published as."""

    index: str
    manifest: Manifest
    layout: str
    vocabulary: Written

    def to_meta(self) -> dict[str, Any]:
        """As `_meta` holds it."""
        return {
            "generation": self.manifest.generation,
            "reports": self.manifest.reports,
            "fingerprint": dict(self.manifest.fingerprint),
            "id": self.manifest.id,
            "derivation": self.manifest.derivation,
            "layout": self.layout,
            "vocabulary": {
                "generation": self.vocabulary.generation,
                "parts": dict(self.vocabulary.parts),
            },
        }


def read_state(server: Server) -> State:
    """The newest generation. Raises IndexMissingError, IndexDamagedError."""
    place = server.place
    try:
        found = server.call(
            "GET",
            f"/{place.alias}/_mapping",
            filter_path="*.mappings._meta",
            # every node has confirmed a commit, so the nearest knows it; none needs be elected
            local="true",
        )
    except NotThereError:
        raise IndexMissingError(
            f"there is no index {place}; run: gongkai index PATH..."
        ) from None
    if len(found) != 1:
        raise IndexDamagedError(
            f"the index {place} says nothing of itself; {REBUILD_HINT}"
        )
    name, mapping = next(iter(found.items()))
    meta = mapping["mappings"]["_meta"]
    manifest = Manifest(
        generation=meta["generation"],
        reports=meta["reports"],
        fingerprint=meta["fingerprint"],
        id=meta["id"],
        derivation=meta["derivation"],
    )
    # an index of an older layout is refused later, by name
    vocabulary = Written(**meta.get("vocabulary", {"generation": 0, "parts": {}}))
    return State(name, manifest, meta["layout"], vocabulary)


def publish(server: Server, state: State) -> None:
    """Make a generation the one that readers see: in one change of the cluster's state."""
    answered = server.call(
        "PUT",
        f"/{state.index}/_mapping",
        {"_meta": state.to_meta()},
        cluster_manager_timeout=META_S,
    )
    if not answered.get("acknowledged"):
        raise IndexDamagedError(
            f"the nodes did not confirm the commit of {server.place}; run it again"
        )


def check_fingerprint(
    server: Server,
    state: State,
    fingerprint: Mapping[str, str] | None,
) -> None:
    """Refuse what was written in another way. Raises IndexStaleError."""
    if fingerprint is None:
        return
    have = {**state.manifest.fingerprint, "opensearch": state.layout}
    want = {**fingerprint, "opensearch": layout_name()}
    differences = [
        f"{name} {have.get(name, 'nothing')} instead of {want.get(name, 'nothing')}"
        for name in dict.fromkeys((*have, *want))
        if have.get(name) != want.get(name)
    ]
    if differences:
        told = "; ".join(differences)
        raise IndexStaleError(
            f"the index {server.place} was written with {told}; {REBUILD_HINT}"
        )


def check_scripts(server: Server) -> None:
    """See that the cluster has what it is to compute. Raises IndexStaleError."""
    for name in SOURCES:
        if server.lacks_script(name):
            raise IndexStaleError(
                f"the cluster of {server.place} has lost the script {name}; "
                "run: gongkai index PATH..."
            )
