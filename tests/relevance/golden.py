"""Golden rankings over the sample corpus, one readable file a query, reviewed as diffs.

`python -m tests.relevance.golden` writes them anew.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.model.settings import Settings
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from indexer.build import build
from tests.conftest import CORPUS

FOLDER = Path(__file__).with_name("golden")
SHOWN = 8

QUERIES = {
    "body-and-year": "略阳县 2022",
    "body-by-short-name": "湄潭县国土局 2017",
    "changed-body": "agency~:湄潭县自然资源局",
    "damaged": "漳州市 林业局 2016",
    "either": "title:年报 OR 行政诉讼 不予公开",
    "exact": '"规范性文件"',
    "misspelt": "行政复仪",
    "near": "公开 NEAR/10 收费",
    "pinyin": "niandu baogao",
    "place-year-subject": "汶川 2020 主动公开",
    "question": "哪个镇的报告说到地震灾后重建的信息公开？",
    "relaxed": "渔业资源 旅游景区 档案利用",
    "synonym": "信访",
    "traditional": "檔案局 資訊公開",
    "wildcard": "公开*指南",
    "words": "依申请公开 收费",
}


@contextmanager
def corpus_searcher() -> Iterator[Searcher]:
    """A searcher over the sample corpus."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(index=Path(folder) / "index", jobs=1)
        build([CORPUS], settings)
        searcher = Searcher.open(settings)
        yield searcher
        searcher.engine.close()


def ranking(searcher: Searcher, query: str) -> str:
    """What a reader sees of a query: how it was understood, and the first hits."""
    answer = searcher.search(SearchRequest(q=query, size=SHOWN, facets=(), snippets=0))
    rows = [
        f"query: {query}",
        f"read as: {answer.query.explained}",
        f"total: {answer.total}",
    ]
    rows += ["relaxed"] * answer.query.relaxed
    rows += [f"did you mean: {s}" for s in answer.query.suggestions]
    rows += [f"synonyms of {w}: {' '.join(s)}" for w, s in answer.query.synonyms]
    return (
        "\n".join(
            [*rows, "", *(f"{_place(h.source)} | {h.title}" for h in answer.hits)]
        )
        + "\n"
    )


def _place(source: str) -> str:
    return source.replace("\\", "/").rpartition("corpus/")[2]


def main() -> None:
    with corpus_searcher() as searcher:
        for name, query in QUERIES.items():
            (FOLDER / f"{name}.txt").write_text(
                ranking(searcher, query), encoding="utf-8"
            )


if __name__ == "__main__":
    main()
