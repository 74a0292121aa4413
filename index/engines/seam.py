"""THE SEAM.

An engine is asked one value and answers with one type; analysis happens before it, wording after
it.

`Engine` reads, `Writer` writes. The contract suite in tests/engines runs over every implementation:
the sets, counts, occurrences, facets, filters and clear-cut orders of all engines agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Protocol

import numpy as np

from index.analysis.normaliser import Folded
from index.query.nodes import Everything, Node, Ranking

__all__ = [
    "Columns",
    "Contents",
    "Document",
    "Engine",
    "EngineQuery",
    "FacetAsked",
    "FacetCount",
    "FacetCounts",
    "Found",
    "Manifest",
    "Matches",
    "Prepared",
    "Writer",
]


class Contents(Protocol):
    """What is kept of a report, read when it is asked for.

    `head` and `rest` are bytes that only `index.documents.stored` understands; `display` is the
    text as it is shown. `texts` and `wording` are as in Document.
    """

    @property
    def head(self) -> bytes:
        """What a list shows."""

    @property
    def rest(self) -> bytes:
        """All that is neither head nor text."""

    @property
    def display(self) -> str:
        """The display text."""

    @property
    def texts(self) -> Mapping[str, Folded]:
        """The index forms."""

    @property
    def wording(self) -> Mapping[str, Folded | None]:
        """The lines in mainland wording."""


@dataclass(slots=True)
class Document:
    """A report made ready for an engine; an engine keeps its Contents.

    `texts` holds for each of TEXT_FIELDS the index form with its way back to the display text;
    `wording` for each field the lines that read otherwise in mainland wording (None for nearly all
    reports). `words` holds search-mode tokens and their counts for the ranked fields "title",
    "headings" and "body". `keywords` has one value (or a path) a facet, or nothing; `numbers` only
    what is known.
    """

    id: str
    digest: str
    source: str
    head: bytes
    rest: bytes
    display: str
    texts: dict[str, Folded]
    wording: dict[str, Folded | None]
    words: dict[str, dict[str, int]]
    keywords: dict[str, str | tuple[str, ...]]
    numbers: dict[str, float]


@dataclass(frozen=True, slots=True)
class FacetAsked:
    """One facet to count: the `size` most frequent values, those in `always` even at zero, those
    with `contains`.
    """

    name: str
    size: int
    always: tuple[str, ...] = ()
    contains: str = ""


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """One question.

    A report matches when it satisfies `condition` and every filter. `filters` are keyed by facet
    name (or another name for those that are no facet); a facet is counted over the reports that
    satisfy the condition and every filter but the one under its own name. `counted` are the strings
    whose non-overlapping places are counted. `after` continues behind the (sort key, tie) of a hit;
    otherwise `offset` skips. `fold` names a number: of the reports that match and share it only the
    one with the smallest tie is kept, in hits, totals and facets alike.
    """

    condition: Node = field(default_factory=Everything)
    filters: Mapping[str, Node] = field(default_factory=dict)
    ranking: Ranking = field(default_factory=Ranking)
    counted: Node = field(default_factory=Everything)
    sort: str = "relevance"
    offset: int = 0
    size: int = 10
    after: tuple[float | None, int] | None = None
    facets: tuple[FacetAsked, ...] = ()
    fold: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One report that an engine found.

    `key` is what it was sorted by (None: it has no such value), `tie` a number that is the report's
    own for good (of 53 bits) and settles equals, ascending. `occurrences` is None when nothing was
    counted.
    """

    id: str
    score: float
    key: float | None
    tie: int
    occurrences: int | None
    contents: Contents


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value and how many reports have it. Paths are joined by "/"."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The counts of one facet, most frequent first;

    `total_values` counts all values with at least one report.
    """

    name: str
    counts: tuple[FacetCount, ...]
    total_values: int


@dataclass(frozen=True, slots=True)
class Matches:
    """The answer: exact totals, one page of hits, and the facets asked for."""

    total: int
    occurrences: int | None
    hits: tuple[Found, ...]
    facets: tuple[FacetCounts, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the index says of itself:

    `generation` grows with each commit, `fingerprint` is what it was written with.
    """

    generation: int
    reports: int
    fingerprint: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Columns:
    """The values of every matching report, in one order throughout: what sums and quartiles are
    made of.

    A number is NaN where it is unknown; a facet is an index into its values, -1 where there is
    none, paths joined by "/" and whole.
    """

    reports: int
    numbers: Mapping[str, np.ndarray[Any, np.dtype[np.float64]]]
    facets: Mapping[str, tuple[np.ndarray[Any, np.dtype[np.int64]], tuple[str, ...]]]


class Engine(Protocol):
    """A snapshot of an index. Threads may share it."""

    @property
    def manifest(self) -> Manifest:
        """What the index says of itself."""

    def search(self, query: EngineQuery) -> Matches:
        """Answer one question."""

    def get(self, report_id: str) -> Found:
        """One report by its id. Raises ReportNotFoundError."""

    def explain(self, query: EngineQuery, report_id: str) -> Mapping[str, Any]:
        """Why a report has its score: {"total": float, "parts": [part]}.

        A part is {"note": Note, "value": float, "reason": Note or None}: what it is for, how much
        it adds, and why so much.
        """

    def count_strings(self, node: Node) -> tuple[int, int]:
        """(reports, occurrences) of a condition, without hits: for suggestions and relaxing."""

    def frequencies(self, kind: str, texts: Sequence[str]) -> Sequence[int]:
        """In about how many reports each text stands:

        `kind` is "word" (as ranking counts words) or "pair" (two neighbouring characters of title
        or text). At least 1 where it stands; deleted reports may still count. Cheap by the
        thousand: what corrections and completions are weighed by.
        """

    def scan(self, condition: Node, filters: Sequence[Node] = ()) -> Iterator[Found]:
        """Every report that matches, in no promised order, without holding them all: for exports."""

    def columns(
        self, query: EngineQuery, numbers: Sequence[str], facets: Sequence[str]
    ) -> Columns:
        """Numbers and facet values of all reports that a query finds; its paging, ranking and
        facets do not matter.
        """

    def sources(self) -> Mapping[str, tuple[str, str]]:
        """id -> (digest, source) of every report: what a build needs to know what has changed."""

    def refreshed(self) -> Engine:
        """The newest snapshot; itself if nothing changed."""

    def warm(self) -> Thread:
        """Prepare what questions will need, for servers: in the background, by the thread that is
        given back.
        """

    def close(self) -> None:
        """Let go of files."""


class Prepared(Protocol):
    """A document that an engine has made ready for its writer, in whatever process, and that is
    quick to hand on.
    """

    @property
    def id(self) -> str:
        """The id of the report."""


class Writer(Protocol):
    """Collects changes and publishes them all at once; nothing is visible before `commit`."""

    def put(self, document: Document | Prepared) -> None:
        """Add the report, or replace the one of the same id; what is Prepared was made ready by the
        same engine.
        """

    def delete(self, report_id: str) -> None:
        """Take the report out; no error when there is none."""

    def clear(self) -> None:
        """Take every report out: the commit will hold only what is put after this."""

    def commit(self) -> None:
        """Publish. Durable when it returns."""

    def cancel(self) -> None:
        """Forget everything since the last commit."""
