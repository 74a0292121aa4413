"""tantivy-py: a field of jieba's words that ranks, and a field of neighbouring characters that
finds exact strings.

Facets are terms aggregations over fast fields; a facet that is filtered is counted by an
aggregation of its own without its filter. Snippets are one fragment of the length of three, over
the words, as its generator gives them.
"""

from __future__ import annotations

import json
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.peers import FACET_SIZE, FACETS, HITS_PER_PAGE
from bench.questions import Question
from bench.reports import prepared
from index.analysis.tokenizer import tokenizer

__all__ = ["ENGINE"]

tantivy: Any = import_module("tantivy")
HEAP_BYTES = 512 << 20
SNIPPET_CHARACTERS = 330


class Tantivy:
    """Whitespace tokenizers only: what is cut is cut before, and its own n-grams answer phrases
    wrongly.
    """

    index: Any
    searcher: Any

    def __init__(self) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_text_field(
            "id", stored=True, tokenizer_name="raw", index_option="basic"
        )
        schema.add_text_field(
            "title", stored=True, tokenizer_name="raw", index_option="basic"
        )
        schema.add_text_field(
            "words", stored=True, tokenizer_name="whitespace", index_option="freq"
        )
        schema.add_text_field(
            "pairs", tokenizer_name="whitespace", index_option="position"
        )
        for name in ("agency", "level", "region"):
            schema.add_text_field(
                name, stored=True, fast=True, tokenizer_name="raw", index_option="basic"
            )
        schema.add_unsigned_field("year", stored=True, indexed=True, fast=True)
        self.schema = schema.build()

    def build(self, reports: Path, count: int, folder: Path) -> None:
        folder.mkdir(parents=True)
        index = tantivy.Index(self.schema, path=str(folder))
        writer = index.writer(HEAP_BYTES)
        for report in prepared(reports, count):
            document = tantivy.Document()
            document.add_text("id", report.id)
            document.add_text("title", report.title)
            document.add_text("words", " ".join(report.words))
            document.add_text("pairs", " ".join(report.pairs))
            document.add_text("agency", report.agency)
            document.add_text("level", report.level)
            document.add_unsigned("year", report.year)
            for place in report.places:
                document.add_text("region", place)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def open(self, folder: Path) -> None:
        self.index = tantivy.Index.open(str(folder))
        self.searcher = self.index.searcher()

    def close(self) -> None:
        del self.searcher, self.index

    # ------------------------------------------------------------------ asking
    def string(self, text: str) -> Any:
        """An exact string; a single character can be asked only as a word."""
        if len(text) == 1:
            return tantivy.Query.term_query(self.schema, "words", text)
        pairs = [a + b for a, b in pairwise(text)]
        if len(pairs) == 1:
            return tantivy.Query.term_query(self.schema, "pairs", pairs[0])
        return tantivy.Query.phrase_query(self.schema, "pairs", pairs)

    def words(self, words: tuple[str, ...], *, any_word: bool) -> Any:
        """All of the words, or any."""
        occur = tantivy.Occur.Should if any_word else tantivy.Occur.Must
        terms = [
            (occur, tantivy.Query.term_query(self.schema, "words", word))
            for word in words
        ]
        return terms[0][1] if len(terms) == 1 else tantivy.Query.boolean_query(terms)

    def ask(self, question: Question) -> bytes | None:
        condition = (
            self.string(question.string)
            if question.string
            else self.words(question.words, any_word=question.any_word)
        )
        filters = self._filters(question)
        query = self._narrowed(condition, filters, "")
        found = self.searcher.search(
            query, HITS_PER_PAGE, order_by_field="year" if question.by_year else None
        )
        shown = (
            tuple(tokenizer().search_tokens(question.string))
            if question.string
            else question.words
        )
        answer = {
            "total": found.count,
            "hits": self._hits(found, shown),
            "facets": self._facets(condition, filters),
        }
        return json.dumps(answer, ensure_ascii=False).encode()

    def _filters(self, question: Question) -> dict[str, Any]:
        given = {"level": question.level, "year": question.year}
        return {
            k: tantivy.Query.term_query(self.schema, k, v)
            for k, v in given.items()
            if v
        }

    def _narrowed(self, condition: Any, filters: dict[str, Any], but: str) -> Any:
        clauses = [
            (tantivy.Occur.Must, tantivy.Query.const_score_query(f, 0.0))
            for k, f in filters.items()
            if k != but
        ]
        return (
            tantivy.Query.boolean_query([(tantivy.Occur.Must, condition), *clauses])
            if clauses
            else condition
        )

    def _facets(
        self, condition: Any, filters: dict[str, Any]
    ) -> dict[str, dict[str, int]]:
        free = [name for name in FACETS if name not in filters]
        counted = self._counted(self._narrowed(condition, filters, ""), free)
        for name in filters:
            counted |= self._counted(self._narrowed(condition, filters, name), [name])
        return counted

    def _counted(self, query: Any, names: list[str]) -> dict[str, dict[str, int]]:
        asked = {name: {"terms": {"field": name, "size": FACET_SIZE}} for name in names}
        got = self.searcher.aggregate(query, asked)
        return {
            n: {
                str(b["key"]).removesuffix(".0"): b["doc_count"]
                for b in got[n]["buckets"]
            }
            for n in names
        }

    def _hits(self, found: Any, shown: tuple[str, ...]) -> list[dict[str, Any]]:
        words = self.words(shown, any_word=True)
        generator = tantivy.SnippetGenerator.create(
            self.searcher, words, self.schema, "words"
        )
        generator.set_max_num_chars(SNIPPET_CHARACTERS)
        out = []
        for score, address in found.hits:
            document = self.searcher.doc(address)
            snippet = generator.snippet_from_doc(document)
            marks = [(m.start, m.end) for m in snippet.highlighted()]
            hit = {name: document.get_first(name) for name in ("id", "title", *FACETS)}
            out.append(
                {
                    **hit,
                    "score": score,
                    "snippets": [{"text": snippet.fragment(), "marks": marks}],
                }
            )
        return out


ENGINE = Tantivy
