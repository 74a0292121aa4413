"""From what an engine found to hits as a list shows them: marks, snippets, copies, score parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.documents.builder import COPY_NUMBER, copy_number
from index.documents.stored import head_of, head_reader, report_of
from index.engines.seam import (
    Engine,
    EngineHit,
    EngineQuery,
    Matches,
)
from index.model.fields import CARD_FIELD, TEXT_FIELDS
from index.query.nodes import AnyOf, Node, NumberRange
from index.search.marks import MAX_MARKS, Marker
from index.search.response import HIT_FIELDS, CopyOf, Hit, ScorePart, Snippet
from index.search.snippets import snippets
from index.search.table_places import in_tables

__all__ = [
    "card_marks",
    "field_marks",
    "hits_of",
    "with_copies",
    "with_explanations",
]

# The fields of a stored head with which a hit begins.
_shown = head_reader(HIT_FIELDS)

# The least share of a score that is shown, in percent: no part is said to be nothing.
SMALLEST_SHARE = 0.01

# Copies that a hit lists; a circular that everybody posted has hundreds.
MAX_COPIES = 20


def hits_of(
    condition: Node,
    matches: Matches,
    max_snippets: int,
    runs: Sequence[Node] = (),
) -> tuple[Hit, ...]:
    """The hits of an answer, marked with what the condition asks for.

    `runs` are the whole runs that the condition takes apart: their places are shown first.
    """
    marker = Marker.of(condition)
    whole = Marker.of(AnyOf(tuple(runs))) if runs else None
    return tuple(_hit(hit, marker, max_snippets, whole) for hit in matches.hits)


def _hit(
    engine_hit: EngineHit,
    marker: Marker,
    max_snippets: int,
    whole: Marker | None,
) -> Hit:
    contents = engine_hit.contents
    title, text = field_marks(engine_hit, marker)
    pieces: tuple[Snippet, ...] = ()
    if max_snippets:
        first = None if whole is None else field_marks(engine_hit, whole)[1]
        # the text is put together each time that it is asked for
        display = contents.display
        pieces = snippets(display, text, max_snippets, first)
        pieces = in_tables(pieces, text, contents, display)
    score = round(engine_hit.score, 4)
    # Behind the fields of the head: what this search found.
    here = (score, engine_hit.occurrences, tuple(title), pieces)
    hit = Hit(*(*_shown(contents.head), *here))
    card = card_marks(engine_hit, marker)
    if card:
        hit.card = Snippet(report_of(contents).card_text, tuple(card), 0)
    return hit


def card_marks(hit: EngineHit, marker: Marker) -> list[tuple[int, int]]:
    """The marks of the index card, code points of its text; most queries ask for none."""
    if not marker.asks(CARD_FIELD):
        return []
    return marker.marks(CARD_FIELD, hit.contents.card, None)


def field_marks(
    hit: EngineHit, marker: Marker, most: int | None = MAX_MARKS
) -> list[list[tuple[int, int]]]:
    """The marks of each of TEXT_FIELDS, [start, end) code points of its display text.

    At most `most` of each; None is all.
    """
    texts, wording = (
        hit.contents.texts,
        hit.contents.wording,
    )
    return [
        marker.marks(name, texts[name], wording.get(name), most) for name in TEXT_FIELDS
    ]


# ---------------------------------------------------------------------- copies
def with_copies(
    engine: Engine, hits: tuple[Hit, ...], matches: Matches
) -> tuple[Hit, ...]:
    """The hits, each with the copies that were collapsed into it."""
    pairs = zip(hits, matches.hits, strict=True)
    return tuple(replace(hit, copies=_copies(engine, found)) for hit, found in pairs)


def _copies(engine: Engine, hit: EngineHit) -> tuple[CopyOf, ...]:
    """The other reports with the same text, a bounded number."""
    number = copy_number(hit.contents.texts["text"].form)
    if number is None:
        return ()
    # One more than are shown, as the report itself is among them.
    same_text = EngineQuery(
        NumberRange(COPY_NUMBER, number, number),
        size=MAX_COPIES + 1,
    )
    same = engine.search(same_text).hits
    heads = [head_of(other.contents.head) for other in same if other.id != hit.id]
    return tuple(
        CopyOf(
            head["id"],
            head["source"],
            head["url"],
            head["title"],
        )
        for head in heads[:MAX_COPIES]
    )


# ---------------------------------------------------------------------- explanations
def with_explanations(
    engine: Engine,
    hits: tuple[Hit, ...],
    query: EngineQuery,
) -> tuple[Hit, ...]:
    """The hits, each with the parts of its score under a query."""
    return tuple(
        replace(
            hit,
            explanation=_explanation(engine, query, hit.id),
        )
        for hit in hits
    )


def _explanation(
    engine: Engine, query: EngineQuery, report_id: str
) -> tuple[ScorePart, ...]:
    """The parts of a score, greatest first."""
    parts = [
        ScorePart.of(part["note"], round(part["value"], 4), part["reason"])
        for part in engine.explain(query, report_id)["parts"]
    ]
    parts.sort(key=lambda part: -part.value)
    return tuple(_with_shares(parts))


def _with_shares(parts: Sequence[ScorePart]) -> Iterator[ScorePart]:
    """The parts, greatest first, with their shares in percent."""
    total = sum(part.value for part in parts)
    if not total:
        # a query of filters only: nothing ranks
        return
    shares = [max(SMALLEST_SHARE, round(100 * p.value / total, 2)) for p in parts]
    # the shares are rounded, so the greatest one is set to make the sum exactly 100
    shares[0] = round(100 - sum(shares[1:]), 2)
    for part, share in zip(parts, shares, strict=True):
        yield replace(part, share=share)
