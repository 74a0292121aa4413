"""The seam between searching and engines.

An engine takes one type (EngineQuery) and returns one type (Matches). Analysis happens before it,
wording after it. `Engine` reads, `Writer` writes. The contract suite in tests/index/engines runs
over every implementation: sets, counts, occurrences, facets, filters and clear-cut orders of all
engines agree.
"""

from __future__ import annotations

from collections.abc import (
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Protocol

import numpy as np

from index.analysis.normaliser import Folded
from index.model.fields import CARD_FIELD
from index.model.often import made_often
from index.query.nodes import (
    Everything,
    Node,
    Ranking,
)

__all__ = [
    "Columns",
    "Contents",
    "Document",
    "Engine",
    "EngineHit",
    "EngineQuery",
    "FacetCount",
    "FacetCounts",
    "FacetRequest",
    "Filter",
    "Manifest",
    "Matches",
    "Prepared",
    "Writer",
]


Floats = np.ndarray[Any, np.dtype[np.float64]]
Integers = np.ndarray[Any, np.dtype[np.int64]]


# ---------------------------------------------------------------------- documents
class Contents(Protocol):
    """What is kept of a report, read when it is asked for.

    `head` and `rest` are bytes that only `index.documents.stored` understands; `display` is the
    text as it is shown. `texts` holds the index forms of title and text, `card` that of the index
    card; `wording` is as in Document.
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
    def card(self) -> Folded:
        """The index form of the index card."""

    @property
    def wording(self) -> Mapping[str, Folded | None]:
        """The lines in mainland wording."""


@dataclass(slots=True)
class Document:
    """A report made ready for an engine; an engine keeps its Contents.

    `texts` holds for each of SEARCHED_FIELDS the index form with the map back to the display text.
    `wording` holds for each field the lines that read otherwise in mainland wording: 規範性檔案 as
    规范性文件. It is None for nearly all reports. `words` holds search-mode tokens and their counts
    for the ranked fields "title", "headings" and "body". `keywords` has one value (or a path) a
    facet, or nothing; `numbers` has only what is known. `stored` is what a list of hits shows, for
    engines that others read too. `positions` holds where each word stands in its field, counted in
    words; it is empty unless positions are kept.
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
    stored: Mapping[str, object] = field(default_factory=dict)
    positions: Mapping[str, Mapping[str, Sequence[int]]] = field(default_factory=dict)

    @property
    def card(self) -> Folded:
        """The index form of the index card."""
        return self.texts[CARD_FIELD]


# ---------------------------------------------------------------------- questions
@dataclass(frozen=True, slots=True)
class FacetRequest:
    """A request to count one facet.

    The engine returns the `size` most frequent values that contain the text `contains`. It also
    returns every value of `always`, with count 0 where no report has it.
    """

    name: str
    size: int
    always: tuple[str, ...] = ()
    contains: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition in addition to the query's own.

    `facet` names the facet in which the reader chose it, or is None. The counts of that facet
    ignore this filter: a reader who chose 2018 still sees how many reports 2019 has.
    """

    node: Node
    facet: str | None = None


@made_often(frozen=True, slots=True)
class EngineQuery:
    """One question.

    A report matches when it satisfies `condition` and every one of `filters`. A facet is counted
    under the condition and every filter whose `facet` is not its own.

    `counted` holds the strings whose occurrences are counted, without overlaps. `after` is the
    (sort key, doc-id hash) of a hit: the page begins behind it; without it the first `offset` hits
    are skipped. `collapse` is the name of a number: of the matching reports that share it only the
    one with the smallest doc-id hash is kept, in hits, totals and facets alike.
    """

    condition: Node = field(default_factory=Everything)
    filters: tuple[Filter, ...] = ()
    ranking: Ranking = field(default_factory=Ranking)
    counted: Node = field(default_factory=Everything)
    # a name of SORTS
    sort: str = "relevance"
    offset: int = 0
    size: int = 10
    after: tuple[float | None, int] | None = None
    facets: tuple[FacetRequest, ...] = ()
    collapse: str | None = None


# ---------------------------------------------------------------------- answers
@made_often(frozen=True, slots=True)
class EngineHit:
    """One report that an engine found.

    `key` is what it was sorted by; None when it has no such value. `id_hash` is the doc-id hash, a
    number of 53 bits that is the report's own for good: reports with equal keys are sorted by it,
    ascending. `occurrences` is None when nothing was counted.
    """

    id: str
    score: float
    key: float | None
    id_hash: int
    occurrences: int | None
    contents: Contents


@made_often(frozen=True, slots=True)
class FacetCount:
    """A value and how many reports have it. Paths are joined by "/"."""

    value: str
    count: int


@made_often(frozen=True, slots=True)
class FacetCounts:
    """The counts of one facet, most frequent first.

    `total_values` is how many values have at least one report, listed or not. `unknown` is how many
    of the reports that were counted have no value, whatever values were asked for.
    """

    name: str
    counts: tuple[FacetCount, ...]
    total_values: int
    unknown: int = 0


@made_often(frozen=True, slots=True)
class Matches:
    """The answer: exact totals, one page of hits, and the facets asked for."""

    total: int
    occurrences: int | None
    hits: tuple[EngineHit, ...]
    facets: tuple[FacetCounts, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the index says of itself.

    `generation` grows with each commit, `fingerprint` is what it was written with, by
    name. `id` is random and stays with an index for good: two indexes of equal generation
    have two ids. `derivation` is what all its reports were derived with; empty is unknown.
    """

    generation: int
    reports: int
    fingerprint: Mapping[str, str]
    id: str = ""
    derivation: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The values of every matching report, in one order throughout: for totals and quartiles.

    A number is NaN where it is unknown. A facet is an index into its values, -1 where there is
    none; paths are whole and joined by "/".
    """

    reports: int
    numbers: Mapping[str, Floats]
    facets: Mapping[str, tuple[Integers, tuple[str, ...]]]


# ---------------------------------------------------------------------- engines and writers
class Engine(Protocol):
    """A snapshot of an index. Threads may share it."""

    @property
    def manifest(self) -> Manifest:
        """What the index says of itself."""

    def search(self, query: EngineQuery) -> Matches:
        """Answer one question."""

    def search_many(self, queries: Sequence[EngineQuery]) -> list[Matches]:
        """Answer several questions, in their order.

        An engine beyond a network answers them in one round trip, so whoever knows what is to be
        asked next asks it here.
        """

    @property
    def questions_at_once(self) -> int:
        """How many questions to ask together where the answer to one may spare the others.

        1 where a question costs its own work alone, more where it costs a round trip.
        """

    def get(self, report_id: str) -> EngineHit:
        """One report by its id. Raises ReportNotFoundError."""

    def explain(
        self,
        query: EngineQuery,
        report_id: str,
    ) -> Mapping[str, Any]:
        """The parts of a report's score: {"total": float, "parts": [part]}.

        A part is {"note": Note, "value": float, "reason": Note or None}: what it is for, how
        much it adds, and why so much.
        """

    def count_strings(self, node: Node) -> tuple[int, int]:
        """(reports, occurrences) of a condition, without hits: for suggestions and relaxing."""

    def count_many(self, nodes: Sequence[Node]) -> list[tuple[int, int]]:
        """`count_strings` of several conditions, in their order, as `search_many` answers."""

    def frequencies(
        self,
        kind: str,
        texts: Sequence[str],
    ) -> Sequence[int]:
        """The approximate document frequency of each text.

        `kind` is "word" (a token as ranking counts it) or "pair" (two neighbouring characters of
        title or text). The result is at least 1 for a text that occurs. It may include deleted
        reports. Corrections and completions pass thousands of texts in one call, so an engine
        answers a call as a whole, not by a search for each text.
        """

    def listed_values(self, facet: str) -> Sequence[str] | None:
        """All values of a facet, in no promised order, perhaps some that no report has any more.

        Where no value is new it is the object that the snapshot before gave. None where an engine
        cannot list them for less than it takes to count them.
        """

    def scan(
        self,
        condition: Node,
        filters: Sequence[Node] = (),
    ) -> Iterator[EngineHit]:
        """Every report that matches, one at a time and in no promised order: for exports."""

    def ids(self) -> Iterator[str]:
        """The id of every report, always in the same order: for sitemaps. Nothing else is read."""

    def columns(
        self,
        query: EngineQuery,
        numbers: Sequence[str],
        facets: Sequence[str],
    ) -> Columns:
        """Numbers and facet values of all reports that a query finds.

        Its paging, ranking and facets do not matter.
        """

    def sources(self) -> Mapping[str, tuple[str, str]]:
        """id -> (digest, source) of every report: what a build needs to know what has changed."""

    def known(self, ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """`sources` of these reports alone; those that the index does not have are left out."""

    def refreshed(self) -> Engine:
        """The newest snapshot; itself if nothing changed."""

    def warm_up(self) -> Thread:
        """Prepare in the background what questions will need: for servers.

        The thread that does it is returned.
        """

    def close(self) -> None:
        """Let go of files."""


class Prepared(Protocol):
    """A document that an engine has made ready for its writer.

    Any process may prepare it; it is quick to hand to another one.
    """

    @property
    def id(self) -> str:
        """The id of the report."""


class Writer(Protocol):
    """Collects changes and publishes them all at once; nothing is visible before `commit`."""

    def put(self, document: Document | Prepared) -> None:
        """Add the report, or replace the one of the same id.

        A Prepared document comes from the same engine.
        """

    def delete(self, report_id: str) -> None:
        """Take the report out; no error when there is none."""

    def clear(self) -> None:
        """Take every report out: the commit will hold only what is put after this."""

    def commit(self, derivation: str = "") -> None:
        """Publish. Durable when it returns.

        `derivation` is what all reports of the index were derived with; empty leaves what
        the last commit said.
        """

    def cancel(self) -> None:
        """Forget everything since the last commit."""
