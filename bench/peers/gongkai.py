"""Our own: built by `gongkai index` in processes of its own, asked through Searcher, answered as
the endpoint does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench.peers import FACET_SIZE, FACETS, HITS_PER_PAGE
from bench.questions import Question
from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher

__all__ = ["ENGINE", "request"]


def request(question: Question) -> SearchRequest:
    """The question as the endpoint would read it."""
    filters: dict[str, tuple[str, ...]] = {}
    if question.level:
        filters["level"] = (question.level,)
    if question.year:
        filters["year"] = (str(question.year),)
    sort = "-year" if question.by_year else "relevance"
    return SearchRequest(
        q=question.typed,
        filters=filters,
        sort=sort,
        size=HITS_PER_PAGE,
        facets=FACETS,
        facet_size=FACET_SIZE,
        snippets=3,
    )


class Gongkai:
    """The embedded engine behind the whole read side."""

    searcher: Searcher

    def build(self, reports: Path, count: int, folder: Path) -> None:
        """`count` is all of the file: the command takes files whole."""
        command = [
            sys.executable,
            "-m",
            "indexer",
            "index",
            str(reports),
            "--index",
            str(folder),
            "--json",
        ]
        said = json.loads(
            subprocess.run(command, check=True, capture_output=True, text=True).stdout
        )
        if said["reports"] != count:
            raise RuntimeError(
                f"{said['reports']} of {count} reports are in the index: {said['skipped'][:3]}"
            )

    def open(self, folder: Path) -> None:
        self.searcher = Searcher.open(Settings(index=folder), warm=True)

    def settle(self) -> None:
        """Wait until the blocks of the index are checked.

        A server has done that a second after it was started.
        """
        if self.searcher.warming is not None:
            self.searcher.warming.join()

    def ask(self, question: Question) -> bytes | None:
        return self.searcher.search(request(question)).encoded()

    def close(self) -> None:
        self.searcher.engine.close()


ENGINE = Gongkai
