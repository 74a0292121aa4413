"""The writer: a commit is a generation.

Reports are sent while they come, born in the next generation, which no reader looks at. A commit
marks what they replace as died in that generation, makes all of it visible to searches, counts it,
and then publishes the number of the generation in one request. A writer that dies before leaves
what nobody sees; the next one takes it away.
"""

from __future__ import annotations

import random
import secrets
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import pairwise
from typing import Any

from index.engines.opensearch.conditions import Query, all_of
from index.engines.opensearch.engine import living
from index.engines.opensearch.layout import (
    MAPPING,
    PreparedReport,
    key_of,
    layout_name,
    prepare,
    settings_of,
)
from index.engines.opensearch.lock import WriterLock
from index.engines.opensearch.scripts import REVIVE_SCRIPT, SOURCES
from index.engines.opensearch.server import NotThereError, Server
from index.engines.opensearch.state import (
    State,
    check_fingerprint,
    publish,
    read_state,
)
from index.engines.opensearch.vocabulary import (
    KINDS,
    Counts,
    Tally,
    Written,
    forget,
    read_counts,
    write_counts,
)
from index.engines.seam import Document, Manifest, Prepared
from index.model.errors import (
    GongkaiError,
    IndexDamagedError,
    IndexLockedError,
    IndexMissingError,
    IndexUnavailableError,
)
from index.model.json_codec import to_json

__all__ = ["OpenSearchWriter", "purge"]

LOCK_WAIT_S = 10.0
# A request of this many bytes keeps a node busy for about a second.
BULK_BYTES = 4_000_000
BULK_S = 120.0
REQUESTS_UNDER_WAY = 2
# Items that a busy node has turned away are sent again, later each time.
BULK_ATTEMPTS = 8
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
BUSY_STATUSES = (429, 502, 503, 504)
KEYS_AT_A_TIME = 5_000
# Changing reports by a query takes as long as there are many.
QUERY_S = 3_600.0
# Readers of an index that a rebuild has replaced have this long.
KEPT_MS = 600_000

Line = tuple[bytes, bytes]


class OpenSearchWriter:
    """Collects changes and publishes them as one generation."""

    def __init__(
        self,
        server: Server,
        fingerprint: Mapping[str, str],
        *,
        rebuild: bool = False,
        wait_s: float | None = None,
    ) -> None:
        self.server = server
        self.fingerprint = dict(fingerprint)
        self.rebuild = rebuild
        self.wait_s = LOCK_WAIT_S if wait_s is None else wait_s
        self.lock = WriterLock(server)
        self.is_open = False
        self.senders = ThreadPoolExecutor(REQUESTS_UNDER_WAY)
        self._open()

    def _open(self) -> None:
        """Begin a generation. Raises IndexLockedError, IndexStaleError."""
        self.lock.acquire(self.wait_s)
        try:
            self._begin()
        except BaseException:
            self.lock.release()
            raise
        self.is_open = True

    def _begin(self) -> None:
        self.before = self._state()
        self.changed: set[str] = set()
        self.put_keys: set[str] = set()
        self.lines: list[Line] = []
        self.bytes = 0
        self.sending: deque[Future[None]] = deque()
        self.tallies = {kind: Tally() for kind in KINDS}
        # an index of our own that no alias names yet
        self.created = ""
        for name, source in SOURCES.items():
            if self.server.lacks_script(name):
                script = {"lang": "painless", "source": source}
                self.server.call("PUT", f"/_scripts/{name}", {"script": script})
        if self.before is None or self.rebuild:
            self.index = self._create()
        else:
            check_fingerprint(self.server, self.before, self.fingerprint)
            self.index = self.before.index
            self._undo()
        self.generation = 1
        if self.before is not None:
            self.generation = self.before.manifest.generation + 1

    def _state(self) -> State | None:
        try:
            return read_state(self.server)
        except IndexMissingError:
            return None
        except IndexDamagedError:
            if not self.rebuild:
                raise
            return None

    def _create(self) -> str:
        place = self.server.place
        name = f"{place.alias}.{_now_ms()}"
        body = {"settings": settings_of(place.shards), "mappings": MAPPING}
        self.server.create_index(name, body)
        self.created = name
        return name

    def _undo(self) -> None:
        """Take away what a writer has left that did not commit."""
        assert self.before is not None
        published = self.before.manifest.generation
        self._refresh()
        born: Query = {"range": {"born": {"gt": published}}}
        died: Query = {"range": {"died": {"gt": published}}}
        if self._count(born):
            self._by_query("_delete_by_query", {"query": born})
        if self._count(died):
            revived = {"query": died, "script": {"id": REVIVE_SCRIPT}}
            self._by_query("_update_by_query", revived)

    def _by_query(self, operation: str, body: Mapping[str, Any]) -> None:
        _by_query(self.server, self.index, operation, body)

    def _refresh(self) -> None:
        self.server.call("POST", f"/{self.index}/_refresh", seconds=BULK_S)

    def _count(self, query: Query) -> int:
        return _count(self.server, self.index, query)

    # ------------------------------------------------------------------ collecting
    def put(self, document: Document | Prepared) -> None:
        """Add the report, or replace the one of the same id."""
        if not self.is_open:
            self._open()
        if isinstance(document, Document):
            document = prepare(document)
        assert isinstance(document, PreparedReport), "prepared for another engine"
        if document.key in self.put_keys:
            # requests that are under way may arrive in any order
            self._drain()
        self.put_keys.add(document.key)
        self.changed.add(document.key)
        for kind, tally in self.tallies.items():
            tally.add(document.keys[kind])
        action = {"index": {"_id": self._name(document.key, self.generation)}}
        born = b'{"born":%d,' % self.generation
        self._send(to_json(action), born + document.body[1:])

    def delete(self, report_id: str) -> None:
        """Take the report out; no error when there is none."""
        if not self.is_open:
            self._open()
        key = key_of(report_id)
        self.changed.add(key)
        if key in self.put_keys:
            self.put_keys.discard(key)
            self._drain()
            action = {"delete": {"_id": self._name(key, self.generation)}}
            self._send(to_json(action), b"")

    def clear(self) -> None:
        """Take every report out: the commit will hold only what is put after this."""
        if not self.is_open:
            self._open()
        self.lines = []
        self.bytes = 0
        self._drain()
        self.tallies = {kind: Tally() for kind in KINDS}
        self.put_keys = set()
        self.changed = set()
        self._drop_created()
        self.index = self._create()

    def _name(self, key: str, generation: int) -> str:
        return f"{key}@{generation}"

    # ------------------------------------------------------------------ sending
    def _send(self, action: bytes, body: bytes) -> None:
        self.lines.append((action, body))
        self.bytes += len(action) + len(body)
        if self.bytes >= BULK_BYTES:
            self._flush()

    def _flush(self) -> None:
        """Send what was collected, beside the reading of further reports."""
        lines = self.lines
        self.lines = []
        self.bytes = 0
        # a cluster that is slower than the reading slows it down
        while len(self.sending) >= REQUESTS_UNDER_WAY:
            self.sending.popleft().result()
        self.sending.append(self.senders.submit(self._bulk, lines))

    def _drain(self) -> None:
        """Send what was collected, and wait until all of it has arrived."""
        if self.lines:
            self._flush()
        while self.sending:
            self.sending.popleft().result()

    def _bulk(self, lines: Sequence[Line]) -> None:
        """Send actions until each is done. Raises IndexUnavailableError when one is refused."""
        pause = FIRST_PAUSE_S
        for _ in range(BULK_ATTEMPTS):
            if not lines:
                return
            lines = self._tried(lines)
            if lines:
                # not all writers at once again
                time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  no secret
                pause = min(2 * pause, LONGEST_PAUSE_S)
        if lines:
            raise IndexUnavailableError(
                f"the nodes of {self.server.place} are too busy to take reports; "
                "the index is as it was; try again later"
            )

    def _tried(self, lines: Sequence[Line]) -> list[Line]:
        """Send actions once; those that are to be sent again."""
        parts = [
            action + b"\n" + (body + b"\n" if body else b"") for action, body in lines
        ]
        answered = self.server.call(
            "POST",
            f"/{self.index}/_bulk",
            b"".join(parts),
            seconds=BULK_S,
            filter_path="errors,items.*.status,items.*.error",
        )
        if not answered["errors"]:
            return []
        again = []
        for line, item in zip(lines, answered["items"], strict=True):
            [told] = item.values()
            if told["status"] in BUSY_STATUSES:
                again.append(line)
            elif told["status"] >= 300 and "error" in told:
                reason = told["error"].get("reason", "no reason given")
                raise IndexUnavailableError(
                    f"{self.server.place} refused a report ({reason[:200]}); "
                    "the index is as it was; please report this"
                )
        return again

    # ------------------------------------------------------------------ publishing
    def commit(self, derivation: str = "") -> None:
        """Publish. Durable when it returns."""
        if not self.is_open:
            self._open()
        try:
            self._commit(derivation)
        except BaseException:
            self.cancel()
            raise
        self.is_open = False
        self.created = ""
        self.rebuild = False
        self.lock.release()

    def _commit(self, derivation: str) -> None:
        self._drain()
        self._refresh()
        if not self.created:
            self._bury()
        born = self._count({"term": {"born": self.generation}})
        if born != len(self.put_keys):
            raise IndexDamagedError(
                f"{born} of {len(self.put_keys)} reports arrived in {self.server.place}; "
                "the index is as it was; run it again"
            )
        state = self._next(derivation)
        if not self.lock.renew():
            raise IndexLockedError(
                f"another process has begun to write to {self.server.place}; "
                "the index is as it was; run it again"
            )
        if self.created:
            # reports on one node alone would be lost with it
            self.server.wait_for_copies(self.created)
        publish(self.server, state)
        if self.created:
            self._turn_to(self.created)
        else:
            purge(self.server, state)
            forget(self.server, self.index, state.vocabulary)

    def _next(self, derivation: str) -> State:
        id_ = secrets.token_hex(8)
        derived = derivation
        if self.before is not None:
            id_ = self.before.manifest.id
            derived = derivation or self.before.manifest.derivation
        manifest = Manifest(
            generation=self.generation,
            reports=self._count(living(self.generation)),
            fingerprint=self.fingerprint,
            id=id_,
            derivation=derived,
        )
        vocabulary = self._write_vocabulary()
        return State(self.index, manifest, layout_name(), vocabulary)

    def _write_vocabulary(self) -> Written:
        """Add what was put to the counts of the last commit."""
        before = Written(0, {})
        if self.before is not None and not self.created:
            before = self.before.vocabulary
            if not self.put_keys:
                return before
        counts = {}
        for kind, tally in self.tallies.items():
            known = read_counts(self.server, self.index, before, kind)
            counts[kind] = tally.total().plus(known or Counts.nothing())
        return write_counts(self.server, self.index, self.generation, counts)

    def _bury(self) -> None:
        """Mark what this generation replaces or deletes; readers of older ones still see it."""
        buried = False
        dead = {"died": self.generation, "died_at": _now_ms()}
        for keys in _groups(sorted(self.changed), KEYS_AT_A_TIME):
            lines = [
                (
                    to_json({"update": {"_id": name}}),
                    to_json({"doc": dead}),
                )
                for name in self._replaced(keys)
            ]
            for some in _groups(lines, KEYS_AT_A_TIME // 10):
                self._bulk(some)
                buried = True
        if buried:
            self._refresh()

    def _replaced(self, keys: Sequence[str]) -> Iterator[str]:
        """The documents of these reports that the generation before sees."""
        seen = living(self.generation - 1)
        body: dict[str, Any] = {
            "size": KEYS_AT_A_TIME,
            "query": all_of([seen, {"terms": {"key": [*keys]}}]),
            "_source": False,
            "track_total_hits": False,
        }
        hits = self.server.search(self.index, body)["hits"]["hits"]
        for hit in hits:
            yield hit["_id"]

    def _turn_to(self, name: str) -> None:
        """Let the alias name this index; the one before is kept for its readers."""
        alias = self.server.place.alias
        actions: list[dict[str, Any]] = [{"add": {"index": name, "alias": alias}}]
        if self.before is not None:
            old = {"index": self.before.index, "alias": alias, "must_exist": False}
            actions.append({"remove": old})
        self.server.call("POST", "/_aliases", {"actions": actions})
        self._drop_old(name)

    def _drop_old(self, current: str) -> None:
        """Delete what was replaced long ago, but never the last one."""
        alias = self.server.place.alias
        found = self.server.call("GET", f"/{alias}.*/_alias")
        stamps = {}
        for name in found:
            stamp = name.rpartition(".")[2]
            if stamp.isdecimal():
                stamps[name] = int(stamp)
        names = sorted(stamps, key=stamps.__getitem__)
        # each was replaced when its successor was made, or later
        for name, successor in pairwise(names):
            is_old = stamps[successor] < _now_ms() - KEPT_MS
            is_last = successor == current
            if is_old and not is_last and name != current:
                self._drop(name)

    def _drop(self, name: str) -> None:
        try:
            self.server.call("DELETE", f"/{name}")
        except NotThereError:
            return

    def _drop_created(self) -> None:
        if self.created:
            self._drop(self.created)
        self.created = ""

    def cancel(self) -> None:
        """Forget everything since the last commit."""
        if not self.is_open:
            return
        self.is_open = False
        wait(self.sending)
        try:
            # what was sent already is of no generation: the next writer takes it away too
            if self.created:
                self._drop_created()
            elif self.changed and self.lock.renew():
                self._undo()
        except GongkaiError:
            return
        finally:
            self.lock.release()


def _groups(values: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _count(server: Server, index: str, query: Query) -> int:
    body = {"size": 0, "track_total_hits": True, "query": query}
    return int(server.search(index, body)["hits"]["total"]["value"])


def _by_query(
    server: Server,
    index: str,
    operation: str,
    body: Mapping[str, Any],
) -> None:
    server.call(
        "POST",
        f"/{index}/{operation}",
        body,
        seconds=QUERY_S,
        refresh="true",
        conflicts="proceed",
    )


def purge(server: Server, state: State) -> None:
    """Delete what died so long ago that no reader sees it any more."""
    dead = all_of(
        [
            {"range": {"died": {"lte": state.manifest.generation}}},
            {"range": {"died_at": {"lte": _now_ms() - KEPT_MS}}},
        ]
    )
    if _count(server, state.index, dead):
        _by_query(server, state.index, "_delete_by_query", {"query": dead})
