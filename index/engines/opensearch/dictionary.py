"""How many reports hold a word or a pair, by the thousand: looked up in the terms of each shard.

A made-up document that consists of the terms is sent to every shard, which tells in how many of its
documents each one stands. Reports that died count until they are deleted.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from index.engines.opensearch.layout import RANKED_FIELDS, WORD_SIGN
from index.engines.opensearch.server import Server
from index.engines.whoosh.storage.units import findable
from index.model.fields import TEXT_FIELDS

__all__ = ["Dictionary"]

# Words and pairs in one question to each shard.
TERMS_AT_A_TIME = 5_000
# Shards are met by chance: so many names find each of a hundred.
MAX_ROUTINGS = 2_000


class Dictionary:
    """The terms of one index. Threads may share it."""

    def __init__(self, server: Server, index: str) -> None:
        self.server = server
        self.index = index
        self._lock = threading.Lock()
        self._routings: Sequence[str] = ()

    def frequencies(self, kind: str, texts: Sequence[str]) -> list[int]:
        """In about how many reports each text stands: the most of any field."""
        wanted = [text for text in dict.fromkeys(texts) if _is_term(text)]
        counts: Counter[str] = Counter()
        for start in range(0, len(wanted), TERMS_AT_A_TIME):
            counts.update(self._asked(kind, wanted[start : start + TERMS_AT_A_TIME]))
        return [counts[text] for text in texts]

    def _asked(self, kind: str, texts: Sequence[str]) -> Mapping[str, int]:
        fields = [*_fields(kind)]
        made_up = {name: WORD_SIGN.join(texts) for name in fields}
        asked = {
            "doc": made_up,
            "fields": fields,
            "per_field_analyzer": dict.fromkeys(fields, "lines"),
            "term_statistics": True,
            "field_statistics": False,
            "positions": False,
            "offsets": False,
        }
        docs = [
            {**asked, "_index": self.index, "routing": routing}
            for routing in self._shards()
        ]
        answered = self.server.call("POST", "/_mtermvectors", {"docs": docs})
        by_field = {name: Counter[str]() for name in fields}
        for shard in answered["docs"]:
            for name, told in shard["term_vectors"].items():
                if name in by_field:
                    by_field[name].update(_held(told))
        most: dict[str, int] = {}
        for counts in by_field.values():
            for text, count in counts.items():
                most[text] = max(count, most.get(text, 0))
        return most

    def _shards(self) -> Sequence[str]:
        """A routing value that leads to each shard."""
        with self._lock:
            if not self._routings:
                self._routings = [*self._found_shards()]
            return self._routings

    def _found_shards(self) -> Iterator[str]:
        path = f"/{self.index}/_search_shards"
        count = len(self.server.call("GET", path)["shards"])
        seen: set[int] = set()
        for number in range(MAX_ROUTINGS):
            if len(seen) == count:
                return
            routing = str(number)
            [copies] = self.server.call("GET", path, routing=routing)["shards"]
            shard = copies[0]["shard"]
            if shard not in seen:
                seen.add(shard)
                yield routing


def _fields(kind: str) -> Sequence[str]:
    if kind == "word":
        return [f"words_{name}" for name in RANKED_FIELDS]
    return TEXT_FIELDS


def _is_term(text: str) -> bool:
    return findable(text) and WORD_SIGN not in text


def _held(told: Any) -> dict[str, int]:
    """Term -> documents, of one field in one shard."""
    return {
        text: term["doc_freq"]
        for text, term in told["terms"].items()
        if "doc_freq" in term
    }
