"""bm25s ranks by words, and nothing else: no totals, facets, filters, strings or snippets.

Its top 10 is timed.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.peers import HITS_PER_PAGE
from bench.questions import Question
from bench.reports import prepared

__all__ = ["ENGINE"]

bm25s: Any = import_module("bm25s")
BM25_METHOD = "lucene"


class Bm25s:
    """Sparse matrices of scores, memory-mapped."""

    retriever: Any

    def build(self, reports: Path, count: int, folder: Path) -> None:
        vocabulary: dict[str, int] = {}
        numbers = [
            [vocabulary.setdefault(w, len(vocabulary)) for w in r.words]
            for r in prepared(reports, count)
        ]
        retriever = bm25s.BM25(method=BM25_METHOD)
        retriever.index((numbers, vocabulary), show_progress=False)
        retriever.save(str(folder), show_progress=False)

    def open(self, folder: Path) -> None:
        self.retriever = bm25s.BM25.load(str(folder), mmap=True)

    def close(self) -> None:
        del self.retriever

    def ask(self, question: Question) -> bytes | None:
        if (
            question.string
            or question.level
            or question.by_year
            or (len(question.words) > 1 and not question.any_word)
        ):
            return None
        found, scores = self.retriever.retrieve(
            [list(question.words)], k=HITS_PER_PAGE, show_progress=False
        )
        hits = [
            {"id": int(n), "score": float(s)}
            for n, s in zip(found[0], scores[0], strict=True)
            if s > 0
        ]
        return json.dumps({"total": None, "hits": hits, "facets": {}}).encode()


ENGINE = Bm25s
