"""What was used last is kept, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

__all__ = ["Recent"]


class Recent:
    """The results used last, up to a number of bytes. Safe for threads."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self.kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.lock = threading.Lock()

    def get(
        self, key: Hashable, make: Callable[[], Any], size_of: Callable[[Any], int]
    ) -> Any:
        """What is kept under `key`, made now if it is not."""
        with self.lock:
            found = self.kept.get(key)
            if found is not None:
                self.kept.move_to_end(key)
                return found[0]
        made = make()
        size = size_of(made) + 200
        with self.lock:
            if key not in self.kept and size <= self.most // 4:
                self.kept[key] = (made, size)
                self.size += size
                while self.size > self.most:
                    self.size -= self.kept.popitem(last=False)[1][1]
        return made
