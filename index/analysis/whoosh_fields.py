"""The classes of ours that a Whoosh index names: its analyzers, its field of words, its schema.

Whoosh pickles the schema into the index, and a pickle names classes by their modules. They stand
here, apart from the engine, so that stock Whoosh opens an index of ours by importing little.

>>> [token.text for token in WordAnalyzer()("資訊公開")]
['资讯', '公开']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from whoosh.analysis import Analyzer, Token
from whoosh.columns import NumericColumn
from whoosh.fields import (
    NUMERIC,
    TEXT,
    FieldType,
    Schema,
)
from whoosh.query import (
    And,
    Every,
    Not,
    Or,
    Query,
    Term,
    Wildcard,
)

from index.analysis.normaliser import Folded, fold
from index.analysis.tokenizer import MAX_WORD_LENGTH, tokenizer
from index.analysis.wording import (
    is_taiwan_worded,
    mainland_forms,
    mainland_whole,
)

__all__ = [
    "Figure",
    "PathAnalyzer",
    "ReportSchema",
    "WordAnalyzer",
    "Words",
]

# Whoosh's own mode names: "index" for a document (and for marking one), "query" for a question.
QUERY_MODE = "query"
WILDCARD_PATTERN = re.compile(r"(\*+|\?)")


class WordAnalyzer(Analyzer):  # type: ignore[misc]  # Whoosh ships no types
    """Cuts a text into the words that are indexed: normalised, then jieba's search mode.

    Positions are consecutive. Character offsets are code points into the text as it was given. A
    Taiwan-worded document is read in mainland wording, as the index does it.
    """

    def __call__(
        self,
        value: str,
        *,
        positions: bool = False,
        chars: bool = False,
        keeporiginal: bool = False,
        removestops: bool = True,
        start_pos: int = 0,
        start_char: int = 0,
        mode: str = "",
        **options: Any,
    ) -> Iterator[Token]:
        """The tokens of a text. Whoosh wants one Token object, changed for each word."""
        folded = _read(value, mode)
        token = Token(
            positions,
            chars,
            removestops=removestops,
            mode=mode,
            **options,
        )
        spans = tokenizer().search_spans(folded.form)
        for position, (word, start, end) in enumerate(spans, start_pos):
            token.text = word[:MAX_WORD_LENGTH]
            token.boost = 1.0
            token.stopped = False
            if positions:
                token.pos = position
            if chars or keeporiginal:
                first, behind = folded.offsets.span(start, end)
                token.startchar = start_char + first
                token.endchar = start_char + behind
                token.original = value[first:behind]
            yield token


def _read(
    text: str,
    mode: str,
) -> Folded:
    """The form of a text in which its words are cut."""
    folded = fold(text)
    if mode != QUERY_MODE and is_taiwan_worded(folded.form):
        return mainland_whole(folded)
    return folded


class PathAnalyzer(Analyzer):  # type: ignore[misc]
    """Reads a path: a document is found under every prefix of it, a question asks for one.

    >>> [token.text for token in PathAnalyzer()("广东省/深圳市", mode="index")]
    ['广东省', '广东省/深圳市']
    """

    def __call__(
        self,
        value: str,
        *,
        positions: bool = False,
        chars: bool = False,
        start_pos: int = 0,
        start_char: int = 0,
        mode: str = "",
        **options: Any,
    ) -> Iterator[Token]:
        """The tokens of a path."""
        token = Token(positions, chars, mode=mode, **options)
        token.boost = 1.0
        names = value.split("/")
        depths = range(1, len(names) + 1)
        if mode == QUERY_MODE:
            depths = range(len(names), len(names) + 1)
        for position, depth in enumerate(depths, start_pos):
            token.text = "/".join(names[:depth])
            if positions:
                token.pos = position
            if chars:
                token.startchar = start_char
                token.endchar = start_char + len(token.text)
            yield token


class Words(TEXT):  # type: ignore[misc]
    """A field of words, which reads its part of a question itself.

    `-收费` leaves out reports with 收费. `行*议`, `公?` and `公**` stand for words that look so.
    (Whoosh's parser takes one star off the end before the field sees the text, as in `公*`.) What
    is typed in Taiwan wording also finds the mainland wording: 資訊公開 finds 信息公开.
    """

    def __init__(
        self,
        *,
        stored: bool = False,
        positions: bool = False,
    ) -> None:
        super().__init__(
            analyzer=WordAnalyzer(),
            phrase=positions,
            stored=stored,
        )

    def self_parsing(self) -> bool:
        """Whether the parser hands the text of a question to `parse_query`."""
        return True

    def parse_query(
        self,
        fieldname: str,
        qstring: str,
        boost: float = 1.0,
    ) -> Query | None:
        """The question of one run of text; None where it has no word."""
        if qstring == "*":
            return Every(fieldname, boost=boost)
        wanted = qstring.removeprefix("-")
        # Whoosh's parser leaves these signs in the text of nothing but a pattern.
        if WILDCARD_PATTERN.search(wanted):
            query = self._pattern(fieldname, wanted, boost)
        else:
            query = self._words(fieldname, wanted, boost)
        if query is None or wanted == qstring:
            return query
        return Not(query)

    def _pattern(
        self,
        fieldname: str,
        pattern: str,
        boost: float,
    ) -> Query:
        """The words of a pattern. Its signs are kept, the text between them is normalised."""
        parts = WILDCARD_PATTERN.split(pattern)
        form = "".join(
            part[:1] if WILDCARD_PATTERN.fullmatch(part) else fold(part).form
            for part in parts
        )
        # A pattern that ends with its only sign becomes a Prefix.
        return Wildcard(fieldname, form, boost=boost).normalize()

    def _words(
        self,
        fieldname: str,
        wanted: str,
        boost: float,
    ) -> Query | None:
        """All words of a text, in one of its wordings."""
        readings = [
            self._all_of(fieldname, form, boost)
            for form in mainland_forms(fold(wanted).form)
        ]
        found = [reading for reading in readings if reading is not None]
        if not found:
            return None
        return found[0] if len(found) == 1 else Or(found)

    def _all_of(
        self,
        fieldname: str,
        form: str,
        boost: float,
    ) -> Query | None:
        words = dict.fromkeys(self.process_text(form, mode=QUERY_MODE))
        terms = [Term(fieldname, word, boost=boost) for word in words]
        if not terms:
            return None
        return terms[0] if len(terms) == 1 else And(terms)


class Figure(NUMERIC):  # type: ignore[misc]
    """A number of the statutory tables. It is NaN where a report does not state it.

    NaN is not smaller, equal or larger than anything, so that a report without the number never
    passes for one that states a very large one.
    """

    def __init__(self) -> None:
        # the largest sortable value is NaN; Whoosh's own column of floats cannot be written
        unknown = (1 << 64) - 1
        super().__init__(
            float,
            shift_step=0,
            sortable=NumericColumn("Q", default=unknown),
        )


class ReportSchema(Schema):  # type: ignore[misc]
    """A schema that can be read when it is printed: one line a field."""

    def __str__(self) -> str:
        width = max(map(len, self.names()), default=0)
        lines = [f"{name:{width}}  {_told(field)}" for name, field in self.items()]
        return "\n".join(lines)


def _told(field: FieldType) -> str:
    """What a field is, in words."""
    kind = "keyword"
    if isinstance(field, TEXT):
        kind = "words, normalised and cut by jieba"
        if field.format.supports("positions"):
            kind += ", with positions"
    elif isinstance(field, Figure):
        kind = "number, nan where it is not stated"
    elif isinstance(field, NUMERIC):
        kind = "whole number"
    elif isinstance(field.analyzer, PathAnalyzer):
        kind = "path, found under each of its prefixes"
    elif not field.indexed:
        kind = "kept only"
    facts = {
        "unique": field.unique,
        "sortable": field.column_type is not None,
        "stored": field.stored,
    }
    label = getattr(field, "label", "")
    told = ", ".join([kind, *(name for name, is_so in facts.items() if is_so)])
    return f"{told} ({label})" if label else told
