"""What the read side needs of a searcher: the pages and the endpoint know this and nothing behind
it.

`index.search.searcher.Searcher` satisfies it, and so does the searcher of the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from index.engines.seam import Manifest
from index.model.report import Report
from index.search.request import SearchRequest
from index.search.response import FacetResult, SearchResponse, Span
from index.studies.aggregate import Aggregate, Histogram
from index.studies.coverage import Coverage
from index.studies.series import Series
from index.studies.similar import Novelty, Similar

__all__ = ["MarkedReportPort", "SearcherPort", "SuggestionPort"]


class MarkedReportPort(Protocol):
    """A report with the places of a query, in code points of `report.title` and `report.text`."""

    @property
    def report(self) -> Report:
        """The whole report."""

    @property
    def title_marks(self) -> Sequence[Span]:
        """Places in the title."""

    @property
    def text_marks(self) -> Sequence[Span]:
        """Places in the text."""


class SuggestionPort(Protocol):
    """One completion:

    `kind` says what it is (an agency, a word of the index ...), `count` how many reports have it.
    """

    @property
    def text(self) -> str:
        """What to show."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def count(self) -> int:
        """In how many reports."""

    @property
    def query(self) -> str:
        """What finds them."""


class SearcherPort(Protocol):
    """Answers requests over one index. Threads share it."""

    @property
    def manifest(self) -> Manifest:
        """What the index says of itself."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """Raises RequestError and QueryError on what cannot be asked."""

    def report(self, report_id: str) -> Report:
        """Raises ReportNotFoundError."""

    def marked(self, report_id: str, q: str) -> MarkedReportPort:
        """One report with the places of a query. Raises ReportNotFoundError, QueryError."""

    def facet(
        self, request: SearchRequest, name: str, contains: str, size: int
    ) -> FacetResult:
        """The values of one facet that contain a string."""

    def suggest(self, prefix: str, size: int) -> Sequence[SuggestionPort]:
        """Completions of what was typed so far."""

    def stats(self) -> dict[str, Any]:
        """Figures of the whole index, plain JSON values."""

    def coverage(self, region: str = "") -> Coverage:
        """Which bodies of a region have a report for which year.

        Raises RequestError for an unknown region.
        """

    def aggregate(
        self,
        request: SearchRequest,
        measure: str,
        by: str = "year",
        scope: str | None = None,
        template: str | None = None,
    ) -> Aggregate:
        """A number or ratio over everything that a request finds. Raises RequestError."""

    def histogram(self, request: SearchRequest, name: str, bins: int = 12) -> Histogram:
        """How a number is spread over everything that a request finds. Raises RequestError."""

    def similar(self, report_id: str, size: int = 10) -> Similar:
        """What is like a report. Raises ReportNotFoundError."""

    def previous_year(self, report_id: str) -> Novelty:
        """What a report took over from its body's year before. Raises ReportNotFoundError."""

    def series(self, report_id: str) -> Series:
        """The body's reports by year, held against each other. Raises ReportNotFoundError."""

    def export(self, request: SearchRequest) -> Iterator[Report]:
        """Every matching report, without holding them all."""

    def refresh(self) -> None:
        """Take up the newest generation. Raises IndexStateError."""
