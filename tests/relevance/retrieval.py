"""Questions and the passages that answer them, asked through Searcher as a reader would, and how high they come.

`python -m tests.relevance.retrieval [SET...]` prints a table against plain BM25 over pairs of characters.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ir_measures
from ir_measures import RR, R

from index.analysis.analyzer import analyse
from index.analysis.normaliser import fold_line
from index.engines import open_engine, open_writer
from index.query.rewrite import pairs_of
from index.report import Report
from index.request import SearchRequest
from index.search import Searcher
from index.settings import Settings
from tests.conftest import SHARED

SETS = {"cmrc": "cmrc2018_simplified", "drcd": "drcd_traditional", "xquad": "xquad_zh", "ncp": "ncp_policy_qa"}
DEPTH = 10


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
            Report(id=d["id"], source=name, title=d["title"], text=d["text"]) for d in lines(folder / "corpus.jsonl")
        ]
        asked = {q["id"]: (q["text"], q["doc"]) for q in lines(folder / "queries.jsonl")}
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
        settings = Settings(index=Path(folder) / "index")
        writer = open_writer(settings)
        for report in reports:
            writer.put(analyse(report, "digest"))
        writer.commit()
        engine = open_engine(settings)
        yield Searcher(engine)
        engine.close()


def asked(searcher: Searcher, question: str) -> list[str]:
    """The ids of the first page."""
    request = SearchRequest(q=plain(question), size=DEPTH, facets=(), snippets=0)
    return [h.id for h in searcher.search(request).hits]


def measured(questions: Questions, answer: Callable[[str], list[str]]) -> dict[str, float]:
    """MRR@10 and R@10 of a way to answer."""
    run, qrels = [], []
    for number, (question, right) in questions.questions.items():
        qrels.append(ir_measures.Qrel(number, right, 1))
        run += [ir_measures.ScoredDoc(number, found, float(-at)) for at, found in enumerate(answer(question))]
    values = ir_measures.calc_aggregate([RR @ DEPTH, R @ DEPTH], qrels, run)
    return {str(measure): float(value) for measure, value in values.items()}


class Bigrams:
    """BM25 over pairs of characters and nothing else: what has to be beaten."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.postings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self.lengths: dict[str, int] = {}
        for report in reports:
            counts = Counter(pairs_of(fold_line((report.title or "") + "\n" + report.text)))
            self.lengths[report.id] = sum(counts.values())
            for pair, count in counts.items():
                self.postings[pair].append((report.id, count))
        self.mean = sum(self.lengths.values()) / len(self.lengths)

    def __call__(self, question: str) -> list[str]:
        scores: Counter[str] = Counter()
        for pair in set(pairs_of(fold_line(question))):
            found = self.postings.get(pair, [])
            idf = math.log(1 + (len(self.lengths) - len(found) + 0.5) / (len(found) + 0.5))
            for report, count in found:
                norm = 1.2 * (0.25 + 0.75 * self.lengths[report] / self.mean)
                scores[report] += idf * count * 2.2 / (count + norm)
        return [report for report, _ in scores.most_common(DEPTH)]


def main(names: Sequence[str]) -> None:
    print("| set | questions | MRR@10 | R@10 | MRR@10 of bigrams |")
    print("|---|---|---|---|---|")
    for name in names or SETS:
        questions = Questions.read(name)
        base = measured(questions, Bigrams(questions.reports))
        with searcher_over(questions.reports) as searcher:
            ours = measured(questions, lambda q: asked(searcher, q))
        row = (len(questions.questions), *(f"{v:.4f}" for v in (ours["RR@10"], ours["R@10"], base["RR@10"])))
        print("|", " | ".join(map(str, (name, *row))), "|", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
