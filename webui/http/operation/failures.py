"""Searches that found nothing or were refused, in a file for the curator.

Nothing in it tells who asked. A query may itself name a person, so it is written only when a second
client has asked it too, with long numbers taken out, and dated to the day. Of refused searches only
the reason is written.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import secrets
import threading
from collections import OrderedDict
from hashlib import blake2b
from pathlib import Path

from index.model.problems import Code

__all__ = ["Failures"]

LOG = logging.getLogger("gongkai")
# Clients that must have asked a query before it is written.
LEAST_ASKERS = 2
# Queries whose askers are remembered; those asked longest ago are forgotten.
MAX_QUERIES = 10_000
# Telephone numbers, identity numbers, numbers of cases.
LONG_NUMBER_PATTERN = re.compile(r"\d[\d\- ]{3,}\d[XxＸ]?")


class Failures:
    """Adds to the file; without a file it does nothing. Threads may share it."""

    def __init__(self, file: str) -> None:
        self.file = Path(file) if file else None
        # clients are remembered as digests that mean nothing outside this process
        self._salt = secrets.token_bytes(16)
        self._askers: OrderedDict[str, set[bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def found_nothing(self, q: str, client: str) -> None:
        """A query of a client found nothing."""
        if self.file is None:
            return
        masked = LONG_NUMBER_PATTERN.sub("#", " ".join(q.split()))
        asker = blake2b(client.encode(), digest_size=8, key=self._salt).digest()
        with self._lock:
            askers = self._askers.setdefault(masked, set())
            self._askers.move_to_end(masked)
            was_known = len(askers) >= LEAST_ASKERS
            if not was_known:
                askers.add(asker)
            if len(self._askers) > MAX_QUERIES:
                self._askers.popitem(last=False)
            is_known = len(askers) >= LEAST_ASKERS
            if is_known and not was_known:
                self._write({"kind": "nothing", "q": masked})

    def refused(self, code: Code) -> None:
        """A query was refused for this reason."""
        if self.file is not None:
            with self._lock:
                self._write({"kind": "refused", "code": code.value})

    def _write(self, members: dict[str, str]) -> None:
        """Add a line. The caller holds the lock."""
        assert self.file is not None
        day = dt.datetime.now(dt.UTC).date().isoformat()
        line = json.dumps({"day": day, **members}, ensure_ascii=False)
        data = f"{line}\n".encode("utf-8", "replace")
        try:
            # one write at the end of the file: processes do not cut into each other's lines
            with self.file.open("ab", buffering=0) as file:
                file.write(data)
        except OSError as error:
            LOG.error("cannot write %s (%s)", self.file, error)  # noqa: TRY400
