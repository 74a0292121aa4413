"""An LRU cache that is bounded by bytes, not by entries."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

__all__ = ["LruCache"]

# What one entry costs beside its arrays: the key, the tuple and the dictionary's slot.
ENTRY_BYTES = 200
# A result larger than a quarter of the cache would push out too much of the rest.
MAX_ENTRY_DIVISOR = 4


class LruCache:
    """Keeps the results that were used last, up to `max_bytes`. Safe for threads."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.size = 0
        self.entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.lock = threading.Lock()

    def get(
        self,
        key: Hashable,
        make: Callable[[], Any],
        size_of: Callable[[Any], int],
    ) -> Any:
        """The result under `key`; `make` computes it when it is not cached.

        Two threads may compute the same result at once: `make` runs outside the lock.
        """
        with self.lock:
            entry = self.entries.get(key)
            if entry is not None:
                self.entries.move_to_end(key)
                return entry[0]
        result = make()
        size = size_of(result) + ENTRY_BYTES
        with self.lock:
            if key not in self.entries and size <= self.max_bytes // MAX_ENTRY_DIVISOR:
                self.entries[key] = (result, size)
                self.size += size
                self._shrink()
        return result

    def _shrink(self) -> None:
        """Drop what was used longest ago. The caller holds the lock."""
        while self.size > self.max_bytes:
            _, (_, size) = self.entries.popitem(last=False)
            self.size -= size
