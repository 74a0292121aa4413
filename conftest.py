"""The examples of an extra's modules are tests only where the extra is installed."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore: list[str] = []
if find_spec("opensearchpy") is None:
    collect_ignore.append("index/engines/opensearch")
