"""How fast the embedded engine builds and answers: `python -m bench.engine 10000`.

Synthetic reports of about 1,000 words: jieba's dictionary by its own frequencies, broken by phrases
that nearly every real report has. Prints reports a second, bytes a report by kind of part, and
milliseconds a question by kind.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

import jieba

from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetMap
from index.engines import whoosh
from index.engines.seam import Document, EngineQuery, FacetRequest, Filter
from index.model.fields import FACET_NAMES
from index.query.nodes import (
    AllOf,
    AnyOf,
    Everything,
    Keyword,
    Near,
    Node,
    NumberRange,
    Ranking,
    String,
    Wildcard,
)

FINGERPRINT = {"bench": "1"}
FREQUENT_PHRASES = [
    "政府信息公开工作年度报告",
    "依申请公开政府信息",
    "主动公开政府信息",
    "行政复议",
    "行政诉讼",
    "不予公开",
    "中华人民共和国政府信息公开条例",
    "收费及减免情况",
    "存在的主要问题及改进措施",
    "网站",
]
WORDS_OF_PHRASE = {
    p: list(jieba.cut_for_search(p)) for p in FREQUENT_PHRASES
}  # words as the indexer would give them, cut once
FACETS = tuple(FacetRequest(name, 20) for name in FACET_NAMES)


class Vocabulary:
    """jieba's words of two to four characters with their frequencies."""

    def __init__(self) -> None:
        jieba.initialize()
        pairs = sorted(
            (
                (f, w)
                for w, f in jieba.dt.FREQ.items()
                if f and 1 <= len(w) <= 4 and w.isalpha()
            ),
            reverse=True,
        )
        self.words = [w for _, w in pairs[:120_000]]
        self.weights = list(accumulate(f**0.8 for f, _ in pairs[:120_000]))

    def draw(self, rng: random.Random, count: int) -> list[str]:
        return rng.choices(self.words, cum_weights=self.weights, k=count)


def documents(count: int, vocabulary: Vocabulary, seed: int = 1) -> Iterator[Document]:
    """`count` synthetic reports."""
    rng = random.Random(seed)
    for number in range(count):
        yield one(number, rng, vocabulary)


def one(number: int, rng: random.Random, vocabulary: Vocabulary) -> Document:
    tokens = vocabulary.draw(rng, max(50, int(rng.gauss(900, 300))))
    for _ in range(rng.randrange(10, 40)):
        tokens.insert(rng.randrange(len(tokens)), rng.choice(FREQUENT_PHRASES))
    for i in range(11, len(tokens), 12):
        tokens[i] += "，"
    city, county = rng.randrange(30), rng.randrange(12)
    agency = f"第{rng.randrange(3000)}号机关"
    text, title = "".join(tokens), f"{agency}2018年政府信息公开工作年度报告"
    body = Counter(w for t in tokens for w in WORDS_OF_PHRASE.get(t, [t.rstrip("，")]))
    # a line break dropped every eighty characters or so
    rows = [(i, i + n, 0) for n, i in enumerate(range(0, len(text), 80))]
    return Document(
        id=f"r{number}",
        digest=f"{number:016x}",
        source=f"reports/{number}.html",
        head=b"",
        rest=b"",
        display=text,
        texts={
            "title": Folded(title, OffsetMap()),
            "text": Folded(text, OffsetMap.of_rows(rows)),
            "card": Folded("", OffsetMap()),
        },
        wording={"title": None, "text": None},
        words={
            "title": {agency: 1, "年度": 1, "报告": 1},
            "headings": dict.fromkeys(tokens[:20], 1),
            "body": dict(body),
        },
        keywords={
            "agency": agency,
            "level": rng.choice(["省级", "地市级", "县区级", "县区级", "乡镇街道级"]),
            "region": (f"省{city % 7}", f"市{city}", f"区{city}-{county}"),
            "line": rng.choice(["教育", "文旅", "卫健", "公安"]),
            "org_type": "部门",
            "tables": "ok",
        },
        numbers={
            "year": rng.randrange(2008, 2024),
            "published": 737000 + rng.randrange(4000),
        },
    )


# ---------------------------------------------------------------------- questions
def asked(words: list[str], *, phrase: bool = False) -> EngineQuery:
    """A question as the rewriter would put it."""
    strings = tuple(String((w,)) for w in words)
    condition: Node = AllOf(strings) if len(strings) > 1 else strings[0]
    ranking = Ranking(tuple(words), () if phrase else ("".join(words),))
    return EngineQuery(
        condition=condition, counted=condition, ranking=ranking, facets=FACETS
    )


def questions(
    vocabulary: Vocabulary, texts: list[str], seed: int = 2
) -> dict[str, list[EngineQuery]]:
    rng = random.Random(seed)
    common, rare = vocabulary.words[20:220], vocabulary.words[20_000:60_000]

    def cut(n: int) -> str:
        text = rng.choice(texts)
        at = rng.randrange(len(text) - n)
        return text[at : at + n]

    makers: dict[str, Callable[[], EngineQuery]] = {
        "common word": lambda: asked([rng.choice(common)]),
        "rare word": lambda: asked([rng.choice(rare)]),
        "two words": lambda: asked(rng.sample(common, 2)),
        "two words, one rare": lambda: asked([rng.choice(common), rng.choice(rare)]),
        "frequent string 3-8": lambda: asked(
            [rng.choice(FREQUENT_PHRASES)[:8]], phrase=True
        ),
        "string of 3-8": lambda: asked([cut(rng.randrange(3, 9))], phrase=True),
        "one character": lambda: asked([rng.choice("的公开市人𠮷")], phrase=True),
        "filtered": lambda: EngineQuery(
            condition=String((rng.choice(common),)),
            filters=(
                Filter(Keyword("level", ("县区级",)), facet="level"),
                Filter(NumberRange("year", 2015, 2020), facet="year"),
            ),
            facets=FACETS,
        ),
        "either": lambda: EngineQuery(
            condition=AnyOf(
                (s := String((rng.choice(common),)), t := String((rng.choice(rare),)))
            ),
            counted=AnyOf((s, t)),
            ranking=Ranking((s.forms[0], t.forms[0])),
            facets=FACETS,
        ),
        "browse": lambda: EngineQuery(sort="-published", facets=FACETS),
        "outside": lambda: EngineQuery(
            condition=(s := String(("公开",), outside=("不予公开",))),
            counted=s,
            ranking=Ranking(("公开",)),
            facets=FACETS,
        ),
        "near": lambda: EngineQuery(
            condition=Near((String((rng.choice(common),)), String(("公开",))), 10),
            facets=FACETS,
        ),
        "wildcard": lambda: EngineQuery(
            condition=Wildcard(rng.choice(common) + "?" + rng.choice(common)[0]),
            facets=FACETS,
        ),
        "no such string": lambda: EngineQuery(
            condition=String(("魑魅魍魉之域",)), counted=Everything(), facets=FACETS
        ),
    }
    return {kind: [make() for _ in range(20)] for kind, make in makers.items()}


def timed(engine: whoosh.WhooshEngine, queries: list[EngineQuery]) -> list[float]:
    out = []
    for query in queries:
        start = time.perf_counter()
        engine.search(query)
        out.append((time.perf_counter() - start) * 1e3)
    return sorted(out)


def told(kind: str, cold: list[float], warm: list[float]) -> str:
    figures = [
        f"{statistics.median(x):9.2f} {x[int(len(x) * 0.95) - 1]:9.2f}"
        for x in (cold, warm)
    ]
    return f"{kind:22}" + "   ".join(figures)


def sizes(engine: whoosh.WhooshEngine, count: int) -> None:
    total: Counter[str] = Counter()
    for live in engine.segments:
        pack = live.segment.pack
        for name in pack.names():
            total[name.rpartition(".")[0] or name.partition(":")[0]] += pack.part(
                name
            ).array.nbytes
    for name, size in total.most_common():
        print(f"  {name:10} {size / count:9.0f} bytes a report")


def private_mb() -> float:
    fields: dict[str, int] = defaultdict(int)
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split()[:2]
        fields[name] += int(value)
    return fields["Anonymous:"] / 1024


def build(folder: Path, count: int, vocabulary: Vocabulary) -> list[str]:
    texts: list[str] = []
    spent = wall = 0.0
    utf8 = 0
    writer = whoosh.open_writer(folder, FINGERPRINT)
    for document in documents(count, vocabulary):
        if document.id.endswith("7"):
            texts = [*texts[-500:], document.texts["text"].form]
        utf8 += len(document.texts["text"].form.encode())
        start, cpu = time.perf_counter(), time.process_time()
        writer.put(document)
        wall, spent = (
            wall + time.perf_counter() - start,
            spent + time.process_time() - cpu,
        )
    start, cpu = time.perf_counter(), time.process_time()
    writer.commit()
    wall, spent = wall + time.perf_counter() - start, spent + time.process_time() - cpu
    disk = sum(f.stat().st_size for f in folder.iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count} reports: {count / wall:.0f} a second, "
        f"{spent / count * 1e3:.2f} CPU ms each; peak {peak:.0f} MB"
    )
    print(
        f"text {utf8 / count:.0f} bytes each as UTF-8; index "
        f"{disk / count:.0f} bytes each, {disk / utf8:.2f} times"
    )
    return texts


def update(folder: Path, vocabulary: Vocabulary, count: int = 5) -> None:
    engine = whoosh.open_engine(folder)
    out = []
    for document in documents(count, vocabulary, seed=9):
        start = time.perf_counter()
        writer = whoosh.open_writer(folder, FINGERPRINT)
        writer.put(document)
        writer.commit()
        engine = engine.refreshed()
        engine.search(EngineQuery())
        out.append((time.perf_counter() - start) * 1e3)
    print(
        f"one report replaced and visible: {statistics.median(out):.0f} ms, at most {max(out):.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument(
        "--folder",
        type=Path,
        help="keep the index here; an index that is there is used as it is",
    )
    given = parser.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp(prefix="bench"))
    vocabulary = Vocabulary()
    if (folder / "MAIN_WRITELOCK").exists():
        texts = [d.texts["text"].form for d in documents(200, vocabulary)]
    else:
        texts = build(folder, given.count, vocabulary)
    start = time.perf_counter()
    engine = whoosh.open_engine(folder)
    engine.search(asked(["公开"]))
    print(
        f"opened and one question answered: {(time.perf_counter() - start) * 1e3:.0f} "
        f"ms; {len(engine.segments)} segments"
    )
    sizes(engine, engine.manifest.reports)
    print(f"{'milliseconds':22}first asked: p50 p95    asked again: p50 p95")
    everything: tuple[list[float], list[float]] = ([], [])
    for kind, queries in questions(vocabulary, texts).items():
        cold, warm = timed(engine, queries), timed(engine, queries)
        everything[0].extend(cold)
        everything[1].extend(warm)
        print(told(kind, cold, warm))
    print(told("all", *(sorted(x) for x in everything)))
    print(f"private memory {private_mb():.0f} MB")
    update(folder, vocabulary)
    if not given.folder:
        shutil.rmtree(folder)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
