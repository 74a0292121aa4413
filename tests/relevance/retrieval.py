"""Questions and the passages that answer them, asked through Searcher as a reader would, and how
high they come.

`python -m tests.relevance.retrieval [SET...]` prints a table against plain BM25 over pairs of
characters and against tantivy over jieba's words; without tantivy (`pip install tantivy`) its
columns say so.
"""

from __future__ import annotations

import heapq
import json
import math
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import ir_measures
from ir_measures import RR, R

from index.analysis.normaliser import fold_line
from index.analysis.tokenizer import tokenizer
from index.model.report import Report
from index.query.evidence import pairs_of
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from tests import indexes
from tests.conftest import SHARED

SETS = {
    "cmrc": "cmrc2018_simplified",
    "drcd": "drcd_traditional",
    "xquad": "xquad_zh",
    "ncp": "ncp_policy_qa",
}
DEPTH = 10
MEASURES = (RR @ DEPTH, R @ 1)
HAS_TANTIVY = find_spec("tantivy") is not None


@dataclass(frozen=True, slots=True)
class Questions:
    """A question set: reports, and (question, id of the report that answers it) by question id."""

    reports: tuple[Report, ...]
    questions: dict[str, tuple[str, str]]

    @classmethod
    def read(cls, name: str, every: int = 1) -> Questions:
        """A set of the shared data, every n-th question of it."""
        folder = SHARED / "data" / "retrieval" / SETS[name]
        reports = [
            Report(id=d["id"], source=name, title=d["title"], text=d["text"])
            for d in lines(folder / "corpus.jsonl")
        ]
        asked = {
            q["id"]: (q["text"], q["doc"]) for q in lines(folder / "queries.jsonl")
        }
        return cls(tuple(reports), dict(list(asked.items())[::every]))


def lines(path: Path) -> Iterator[dict[str, str]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def plain(question: str) -> str:
    """The question without signs that are operators: a reader types words."""
    return "".join(c if c.isalnum() else " " for c in question).strip()


@contextmanager
def searcher_over(reports: Sequence[Report]) -> Iterator[Searcher]:
    """A searcher over an index made for the occasion."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "index"
        with indexes.searcher_over(place, reports) as searcher:
            yield searcher


def asked(searcher: Searcher, question: str) -> list[str]:
    """The ids of the first page."""
    request = SearchRequest(q=plain(question), size=DEPTH, facets=(), snippets=0)
    return [h.id for h in searcher.search(request).hits]


def measured(
    questions: Questions, answer: Callable[[str], list[str]]
) -> dict[str, float]:
    """MRR@10 and recall@1 of a way to answer, by their names in ir-measures."""
    run, qrels = [], []
    for number, (question, right) in questions.questions.items():
        qrels.append(ir_measures.Qrel(number, right, 1))
        run += [
            ir_measures.ScoredDoc(number, found, float(-at))
            for at, found in enumerate(answer(question))
        ]
    values = ir_measures.calc_aggregate(MEASURES, qrels, run)
    return {str(measure): float(value) for measure, value in values.items()}


def form_of(report: Report) -> str:
    """What the others index: title and text, folded as ours are, so that script decides nothing."""
    return fold_line((report.title or "") + "\n" + report.text)


class Bigrams:
    """BM25 over pairs of characters and nothing else: what has to be beaten."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.lengths: dict[str, int] = {}
        for report in reports:
            counts = Counter(pairs_of(form_of(report)))
            self.lengths[report.id] = sum(counts.values())
            for pair, count in counts.items():
                self.postings[pair].append((report.id, count))
        self.mean = sum(self.lengths.values()) / len(self.lengths)

    def __call__(self, question: str) -> list[str]:
        scores: defaultdict[str, float] = defaultdict(float)
        for pair in set(pairs_of(fold_line(question))):
            found = self.postings.get(pair, [])
            idf = math.log(
                1 + (len(self.lengths) - len(found) + 0.5) / (len(found) + 0.5)
            )
            for report, count in found:
                norm = 1.2 * (0.25 + 0.75 * self.lengths[report] / self.mean)
                scores[report] += idf * count * 2.2 / (count + norm)
        return heapq.nlargest(DEPTH, scores, key=scores.__getitem__)


class Tantivy:
    """tantivy's BM25 over jieba's words in search mode, any word of the question: a good engine as
    it is set up.

    Words are cut by the segmenter and the dictionaries that we use, and joined by spaces, because
    tantivy has no segmenter for Chinese.
    """

    def __init__(self, reports: Sequence[Report]) -> None:
        self.tantivy: Any = import_module("tantivy")
        schema = self.tantivy.SchemaBuilder()
        schema.add_text_field(
            "id", stored=True, tokenizer_name="raw", index_option="basic"
        )
        schema.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        self.schema = schema.build()
        index = self.tantivy.Index(self.schema)
        writer = index.writer(num_threads=1)
        for report in reports:
            writer.add_document(
                self.tantivy.Document(
                    id=report.id, words=" ".join(_words(form_of(report)))
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self.searcher = index.searcher()

    def __call__(self, question: str) -> list[str]:
        one = self.tantivy.Query.term_query
        should = self.tantivy.Occur.Should
        clauses = [
            (should, one(self.schema, "words", w))
            for w in dict.fromkeys(_words(fold_line(question)))
        ]
        found = self.searcher.search(self.tantivy.Query.boolean_query(clauses), DEPTH)
        return [self.searcher.doc(address).get_first("id") for _, address in found.hits]


def _words(form: str) -> list[str]:
    """Words without white space in them."""
    return [w for token in tokenizer().search_tokens(form) for w in token.split()]


OURS, BIGRAMS, TANTIVY = "gongkai", "BM25 over bigrams", "tantivy with jieba"


def compared(questions: Questions) -> dict[str, dict[str, float]]:
    """The measures of each way to answer, ours first; tantivy only where it is installed."""
    with searcher_over(questions.reports) as searcher:
        out = {OURS: measured(questions, lambda q: asked(searcher, q))}
    out[BIGRAMS] = measured(questions, Bigrams(questions.reports))
    if HAS_TANTIVY:
        out[TANTIVY] = measured(questions, Tantivy(questions.reports))
    return out


def row(name: str, count: int, values: dict[str, dict[str, float]]) -> str:
    """A row of the table: MRR@10 and recall@1 of each."""
    cells = [
        " / ".join(f"{values[way][str(m)]:.4f}" for m in MEASURES)
        if way in values
        else "not installed"
        for way in (OURS, BIGRAMS, TANTIVY)
    ]
    return "| " + " | ".join([name, str(count), *cells]) + " |"


def main(names: Sequence[str]) -> None:
    print(f"| MRR@10 / recall@1 | questions | {OURS} | {BIGRAMS} | {TANTIVY} |")
    print("|---|---|---|---|---|")
    for name in names or SETS:
        questions = Questions.read(name)
        print(row(name, len(questions.questions), compared(questions)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
