"""What is answered: one response, from which the page, the JSON and the command line's table are
made.

Snippets are text plus spans, never HTML. All spans are [start, end) code points into the text
beside them.

An answer is made of a hundred small values, made once and written once: plain dataclasses take a
quarter of the time of frozen ones to make, and orjson writes them in a sixth of the time of those
with slots. Nothing changes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from index.model.fields import Use, names_for
from index.model.json_codec import to_json
from index.model.problems import Code, Facts, Note

__all__ = [
    "HIT_FIELDS",
    "CopyOf",
    "FacetResult",
    "FacetValue",
    "Hit",
    "QueryEcho",
    "ScorePart",
    "SearchResponse",
    "Snippet",
    "TableCell",
    "WiderReading",
]

Span = tuple[int, int]


# What stands where a sentence was cut off, and between the parts of a place in a table.
ELLIPSIS = "…"
PART_SEPARATOR = " · "


@dataclass
class TableCell:
    """A place in a statutory table: the value that stands in a row under a column.

    `table` is a key of `index.model.forms.TABLE_TITLES`. `row`, `column` and `value` are as
    printed, without the number in front of a row. The marks are [start, end) code points of the
    part that they are called after.
    """

    table: str
    row: str
    column: str
    value: str
    row_marks: tuple[Span, ...] = ()
    column_marks: tuple[Span, ...] = ()
    value_marks: tuple[Span, ...] = ()


@dataclass
class Snippet:
    """A piece of a report's text: `offset` is where it starts there, `marks` lie on `text`.

    `cut_before` and `cut_after` say that a sentence was cut off there. `cell` is the place in a
    statutory table that the piece shows; it is None in running text.
    """

    text: str
    marks: tuple[Span, ...]
    offset: int
    cut_before: bool = False
    cut_after: bool = False
    cell: TableCell | None = None

    def shown(self) -> tuple[str, tuple[Span, ...]]:
        """What a reader is shown, with the marks on it: text with … or row · column · value.

        >>> Snippet("公开", ((0, 2),), 7, cut_before=True).shown()
        ('…公开', ((1, 3),))
        """
        if self.cell is None:
            before = ELLIPSIS if self.cut_before else ""
            after = ELLIPSIS if self.cut_after else ""
            return before + self.text + after, _moved(self.marks, len(before))
        return _cell_shown(self.cell)


def _moved(
    marks: tuple[Span, ...],
    by: int,
) -> tuple[Span, ...]:
    return tuple((start + by, end + by) for start, end in marks)


def _cell_shown(cell: TableCell) -> tuple[str, tuple[Span, ...]]:
    parts = (
        (cell.row, cell.row_marks),
        (cell.column, cell.column_marks),
        (cell.value, cell.value_marks),
    )
    text = ""
    marks: tuple[Span, ...] = ()
    for part, own in parts:
        if text:
            text += PART_SEPARATOR
        marks += _moved(own, len(text))
        text += part
    return text, marks


@dataclass
class ScorePart:
    """One part of a score: the score is the plain sum of its parts.

    `share` is how much of the score it is in percent: at least 0.01, and 100 in all parts together.
    `code` and `facts` say which part it is; `name` and `detail`, why it has its value, are English.
    """

    name: str
    value: float
    detail: str
    code: Code
    facts: Facts
    share: float = 0.0

    @classmethod
    def of(
        cls,
        note: Note,
        value: float,
        reason: Note | None,
    ) -> ScorePart:
        """The part that an engine explains so."""
        detail = reason.message() if reason else ""
        return cls(note.message(), value, detail, note.code, note.facts)


@dataclass
class Hit:
    """A report as a list shows it.

    It begins with the fields of FIELDS that have Use.HIT, named and ordered as here; a test holds
    the two together. `occurrences` is None for a query without words, `explanation` unless asked
    for. `card` is the report's index card, marked, where the query stands in it.
    """

    id: str
    source: str
    url: str | None
    title: str | None
    agency: str | None
    level: str | None
    year: int | None
    region: list[str] | None
    published: str | None
    indexed: str | None
    score: float
    occurrences: int | None
    title_marks: tuple[Span, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    explanation: tuple[ScorePart, ...] | None = None
    copies: tuple[CopyOf, ...] = ()
    card: Snippet | None = None


# The fields of a report with which a hit begins, in its order.
HIT_FIELDS = tuple(f.name for f in fields(Hit) if f.name in names_for(Use.HIT))


@dataclass
class CopyOf:
    """The same report elsewhere, folded into a hit."""

    id: str
    source: str
    url: str | None
    title: str | None


@dataclass
class FacetValue:
    """One value of a facet with its count under the other facets' filters, and the URL that chooses
    or drops it.
    """

    value: str
    label: str
    count: int
    selected: bool
    toggle_url: str


@dataclass
class FacetResult:
    """A counted facet: chosen values first, then by count.

    `truncated` says that `total_values` are more. `unknown` are the reports without a value: it is
    counted, chosen and dropped as the values are, and is none of them.
    """

    values: tuple[FacetValue, ...]
    total_values: int
    truncated: bool
    unknown: FacetValue


@dataclass
class WiderReading:
    """The next looser matching mode in which the same query finds more.

    `match` is its name, `total` how many reports it finds, `url` asks for it.
    """

    match: str
    total: int
    url: str


@dataclass
class QueryEcho:
    """The query as it was understood.

    `matched` is the matching mode of the whole answer: "whole" (every run as it stands), "words"
    (all words of them) or "any" (most of the words); `wider` is the next looser one, where it finds
    more. `relaxed` says that nobody asked for "any" and that nothing stricter finds anything.

    `normalised` has its strings in the form that is searched, a space between them: it is no query.
    `explained` says it back in words. `suggestions` are corrected queries, each of which finds
    something. `synonyms` are the bare words that have some, whether they were searched (`notes`
    says so, in English, and `note_codes` as codes) or not.
    """

    q: str
    normalised: str
    words: tuple[str, ...]
    filters: Mapping[str, Any]
    relaxed: bool = False
    notes: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    explained: str = ""
    synonyms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    note_codes: tuple[Note, ...] = ()
    matched: str = "whole"
    wider: WiderReading | None = None


@dataclass
class SearchResponse:
    """The answer to a SearchRequest.

    `next` and `previous` are endpoint URLs that work as they stand.
    """

    query: QueryEcho
    total: int
    occurrences: int | None
    took_ms: float
    page: int
    size: int
    next: str | None
    previous: str | None
    hits: tuple[Hit, ...]
    facets: Mapping[str, FacetResult] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The response as the endpoint gives it: JSON in UTF-8."""
        return to_json(self)
