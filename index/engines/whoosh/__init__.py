"""The embedded engine.

Whoosh keeps schema, segments and commits; arrays beside each segment find, count and rank.
"""

from index.engines.whoosh.check import check
from index.engines.whoosh.reading.engine import WhooshEngine, open_engine
from index.engines.whoosh.upkeep import backup, compact, restore
from index.engines.whoosh.writing.prepared import prepare
from index.engines.whoosh.writing.writer import (
    WhooshWriter,
    create,
    open_writer,
)

__all__ = [
    "WhooshEngine",
    "WhooshWriter",
    "backup",
    "check",
    "compact",
    "create",
    "open_engine",
    "open_writer",
    "prepare",
    "restore",
]
