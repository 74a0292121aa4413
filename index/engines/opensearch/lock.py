"""One writer at a time: a document that says who writes and until when.

It is taken and kept by compare-and-set. A writer that was killed keeps nobody waiting longer than
LEASE_S.
"""

from __future__ import annotations

import secrets
import threading
import time
from typing import Any

from index.engines.opensearch.server import (
    ConflictError,
    NotThereError,
    Server,
)
from index.model.errors import GongkaiError, IndexLockedError

__all__ = ["WriterLock"]

LEASE_S = 60.0
RENEWAL_S = 15.0
RETRY_S = 0.25
# One document an index that is written to.
LOCK_INDEX = "gongkai.locks"
LOCK_SETTINGS = {
    "settings": {
        "index": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            # a minute by default, in which the whole cluster would not be green
            "unassigned.node_left.delayed_timeout": "2s",
        }
    },
    "mappings": {
        "dynamic": "strict",
        "properties": {"owner": {"type": "keyword"}, "until": {"type": "double"}},
    },
}


class WriterLock:
    """The right to write to one index, until it is given back or its owner dies."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.document = f"/{LOCK_INDEX}/_doc/{server.place.alias}"
        self.owner = secrets.token_hex(8)
        self._held: tuple[int, int] | None = None
        self._mutex = threading.Lock()
        self._ended = threading.Event()

    def acquire(self, wait_s: float) -> None:
        """Wait so long for another writer. Raises IndexLockedError."""
        deadline = time.monotonic() + wait_s
        while not self._take():
            if time.monotonic() >= deadline:
                raise IndexLockedError(
                    f"another process is writing to {self.server.place}; "
                    "wait until it has finished, or give --wait"
                )
            time.sleep(RETRY_S)
        self._ended = threading.Event()
        threading.Thread(
            target=self._keep,
            args=(self._ended,),
            daemon=True,
        ).start()

    def _take(self) -> bool:
        try:
            held = self.server.call("GET", self.document)
        except NotThereError:
            return self._create()
        # a request that was repeated meets what it has written itself
        if held["_source"]["owner"] == self.owner:
            self._held = (held["_seq_no"], held["_primary_term"])
            return self.renew()
        # clocks of two machines may differ by much less than a lease
        if held["_source"]["until"] > time.time():
            return False
        self._held = (held["_seq_no"], held["_primary_term"])
        return self.renew()

    def _create(self) -> bool:
        try:
            self.server.call("GET", f"/{LOCK_INDEX}/_alias")
        except NotThereError:
            self.server.create_index(LOCK_INDEX, LOCK_SETTINGS)
        return self._write(op_type="create")

    def renew(self) -> bool:
        """Hold on; False when another writer has taken over."""
        with self._mutex:
            if self._held is None:
                return False
            number, term = self._held
            if self._write(if_seq_no=number, if_primary_term=term):
                return True
            # a node that died may have written, and its answer was lost: the repeated
            # request then meets our own
            return self._is_ours()

    def _is_ours(self) -> bool:
        try:
            found = self.server.call("GET", self.document)
        except NotThereError:
            return False
        if found["_source"]["owner"] != self.owner:
            return False
        self._held = (found["_seq_no"], found["_primary_term"])
        return True

    def _write(self, **params: Any) -> bool:
        body = {"owner": self.owner, "until": time.time() + LEASE_S}
        try:
            written = self.server.call(
                "PUT",
                self.document,
                body,
                **params,
            )
        except ConflictError:
            self._held = None
            return False
        self._held = (written["_seq_no"], written["_primary_term"])
        return True

    def _keep(self, ended: threading.Event) -> None:
        while not ended.wait(RENEWAL_S):
            try:
                if not self.renew():
                    return
            except GongkaiError:
                # the cluster is away: the lease tells whether it was too long
                continue

    def release(self) -> None:
        """Give it back; no error when it is lost already."""
        self._ended.set()
        with self._mutex:
            held = self._held
            self._held = None
        if held is None:
            return
        try:
            self.server.call(
                "DELETE",
                self.document,
                if_seq_no=held[0],
                if_primary_term=held[1],
            )
        except GongkaiError:
            return
