"""Stock Whoosh, well set up: jieba's search-mode tokens numbered one after the other, sortable
columns for facets.

`naive` is the usual stack, jieba's own ChineseAnalyzer, which is what the speed of building is
compared with.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from bench.peers import FACETS, HITS_PER_PAGE
from bench.questions import Question
from bench.reports import prepared, records
from index.analysis.tokenizer import domain_words

__all__ = ["ENGINE", "naive"]

analysis: Any = import_module("whoosh.analysis")
fields: Any = import_module("whoosh.fields")
highlight: Any = import_module("whoosh.highlight")
whoosh_index: Any = import_module("whoosh.index")
query: Any = import_module("whoosh.query")
sorting: Any = import_module("whoosh.sorting")
rjieba: Any = import_module("rjieba")
LIMIT_MB = 512


class Words(analysis.Tokenizer):  # type: ignore[misc]  # Whoosh ships no types
    """Search-mode tokens with their places, by rjieba with this project's words."""

    def __init__(self) -> None:
        self.cutter: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return {"cutter": None}

    def __call__(self, value: str, **options: Any) -> Iterator[Any]:
        if self.cutter is None:
            self.cutter = rjieba.Jieba()
            for word, frequency, tag in domain_words():
                self.cutter.add_word(word, frequency, tag)
        token = analysis.Token(
            options.get("positions"), options.get("chars"), mode=options.get("mode", "")
        )
        places = (
            (w, a, b)
            for w, a, b in self.cutter.tokenize(value, "search")
            if any(c.isalnum() for c in w)
        )
        for number, (word, start, end) in enumerate(places):
            token.original = token.text = word
            token.boost, token.stopped = 1.0, False
            token.pos, token.startchar, token.endchar = number, start, end
            yield token


def schema(analyzer: Any) -> Any:
    """The fields of a report."""
    return fields.Schema(
        id=fields.ID(stored=True),
        title=fields.STORED,
        text=fields.TEXT(analyzer=analyzer, stored=True, phrase=True),
        agency=fields.ID(stored=True, sortable=True),
        level=fields.ID(stored=True, sortable=True),
        year=fields.NUMERIC(int, stored=True, sortable=True),
        region=fields.KEYWORD(commas=True),
    )


class Whoosh:
    """One process, one segment where it fits."""

    searcher: Any

    def build(self, reports: Path, count: int, folder: Path) -> None:
        folder.mkdir(parents=True)
        index = whoosh_index.create_in(folder, schema(Words()))
        writer = index.writer(limitmb=LIMIT_MB)
        for r in prepared(reports, count):
            writer.add_document(
                id=r.id,
                title=r.title,
                text=r.form,
                agency=r.agency,
                level=r.level,
                year=r.year,
                region=",".join(r.places),
            )
        writer.commit()

    def open(self, folder: Path) -> None:
        self.searcher = whoosh_index.open_dir(folder).searcher()

    def close(self) -> None:
        self.searcher.close()

    def ask(self, question: Question) -> bytes | None:
        condition = self._condition(question)
        filters = {
            name: query.Term(name, self.searcher.schema[name].to_bytes(value))
            for name, value in (("level", question.level), ("year", question.year))
            if value
        }
        options = {"sortedby": "year", "reverse": True} if question.by_year else {}
        free = [name for name in FACETS if name not in filters]
        found = self._search(condition, filters, free, limit=HITS_PER_PAGE, **options)
        facets = {name: _counts(found, name) for name in free}
        for name in filters:
            others = {k: v for k, v in filters.items() if k != name}
            facets[name] = _counts(
                self._search(condition, others, [name], limit=1), name
            )
        found.fragmenter = highlight.ContextFragmenter(maxchars=110, surround=50)
        hits = [
            _hit(hit) for hit in islice(found, HITS_PER_PAGE)
        ]  # with groupedby the limit is ignored
        return json.dumps(
            {"total": len(found), "hits": hits, "facets": facets}, ensure_ascii=False
        ).encode()

    def _condition(self, question: Question) -> Any:
        words = question.words
        if question.string:
            words = tuple(
                t.text
                for t in self.searcher.schema["text"].analyzer(
                    question.string, positions=True
                )
            )
            return (
                query.Phrase("text", list(words))
                if len(words) > 1
                else query.Term("text", question.string)
            )
        terms = [query.Term("text", word) for word in words]
        return (
            terms[0]
            if len(terms) == 1
            else (query.Or(terms) if question.any_word else query.And(terms))
        )

    def _search(
        self, condition: Any, filters: dict[str, Any], names: list[str], **options: Any
    ) -> Any:
        grouped = sorting.Facets()
        for name in names:
            grouped.add_facet(
                name,
                sorting.FieldFacet(
                    name, allow_overlap=name == "region", maptype=sorting.Count
                ),
            )
        narrowed = query.And(list(filters.values())) if filters else None
        return self.searcher.search(
            condition, filter=narrowed, groupedby=grouped, **options
        )


def _counts(found: Any, name: str) -> dict[str, int]:
    counts = sorted(found.groups(name).items(), key=lambda item: -item[1])[:20]
    return {k.decode() if isinstance(k, bytes) else str(k): n for k, n in counts}


def _hit(hit: Any) -> dict[str, Any]:
    shown = {name: hit.get(name) for name in ("id", "title", "agency", "level", "year")}
    return shown | {"snippets": [{"text": hit.highlights("text", top=3)}]}


def naive(reports: Path, count: int, folder: Path) -> None:
    """The usual stack over the first `count` reports:

    ChineseAnalyzer, and a writer for each core.
    """
    analyzer = import_module("jieba.analyse").ChineseAnalyzer()
    folder.mkdir(parents=True)
    index = whoosh_index.create_in(folder, schema(analyzer))
    cores = os.cpu_count() or 1
    options = {"procs": cores, "multisegment": True} if cores > 1 else {}
    writer = index.writer(limitmb=LIMIT_MB // cores, **options)
    for record in records(reports, count):
        writer.add_document(
            id=record["id"],
            title=record["title"],
            text=record["text"],
            agency=record.get("agency") or "",
            level=record.get("level") or "",
            year=record.get("year") or 0,
            region=",".join(record.get("region") or []),
        )
    writer.commit()


ENGINE = Whoosh
