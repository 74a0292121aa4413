"""Repairs, derives and searches damaged texts and queries: python scripts/fuzz_texts.py.

Texts of generated reports are damaged at random and read whole: decoding, repairs, metadata and
statistics. What was received must come back from the repairs. Queries are put together at random
from operators, fields and words; each is answered over a small index, or refused with a code.
Anything else is a fault, and its seed is printed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from index.documents.builder import analyse
from index.engines.opening import open_writer
from index.model.errors import InputError, RequestError, TooCostlyError
from index.model.settings import Settings
from index.query.parser import FIELDS, parse, unparse
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from indexer.page import Source
from indexer.pipeline import report_of
from indexer.repair import repair, undo
from indexer.sample import generate
from indexer.sample.damage import DAMAGE_KINDS
from scripts.fuzz_formats import under_limit

REPORTS = 60
MATCHES = ("auto", "whole", "words", "any")
TEXT_PIECES = (
    *("?", "\ufffd", "锟斤拷", "(gōng", "kāi)", "\x00", "\u200b", "\u3000", "\ud800"),
    *(
        "鎴愭灉",
        "Ã¤",
        "⽂",
        "[?]",
        "<b>",
        "&amp;",
        "\r\n",
        "\u202e",
        "1" * 40,
        "一" * 40,
    ),
)
QUERY_PIECES = (
    *(
        "公开",
        "信息公开",
        "收费",
        "的",
        "不予公开",
        "資訊",
        "2018",
        "𠮷",
        "é",
        "a",
        "。",
    ),
    *('"', "“", "”", "「", "」", "(", ")", "（", "）", "-", "－", "!", "*", "?", "？"),
    *(
        " AND ",
        " OR ",
        " NOT ",
        " NEAR/5 ",
        " NEAR/999999 ",
        "~3",
        "..",
        ":",
        "：",
        "/",
    ),
    *(" ", "\u3000", "\u200b", "\ud800", "\x00", "^2", "[", "]", "year:2015..2020"),
    *(f"{name}:" for name in FIELDS[:40]),
)


def damaged(text: str, chance: random.Random) -> str:
    """A text with one to thirty faults."""
    out = text
    for _ in range(chance.randint(1, 30)):
        place = chance.randrange(len(out) + 1)
        length = chance.randint(1, 80)
        kind = chance.randrange(4)
        if kind == 0:
            out = out[:place] + chance.choice(TEXT_PIECES) + out[place:]
        elif kind == 1:
            out = out[:place] + out[place + length :]
        elif kind == 2:
            out = out[:place] + out[place : place + length] * 2 + out[place + length :]
        else:
            _, spoil = chance.choice(list(DAMAGE_KINDS.items()))
            part = out[place : place + length]
            try:
                part = spoil(part)
            except (IndexError, ValueError):
                # this damage needs more text than there is
                continue
            out = out[:place] + part + out[place + length :]
    return out


def text_fault(seed: int, texts: list[str]) -> str:
    """What is wrong with reading one damaged text; nothing where all is well."""
    chance = random.Random(f"text {seed}")
    text = damaged(chance.choice(texts), chance)
    repaired = repair(text)
    if undo(repaired.text, repaired.repairs) != text:
        return "what was received does not come back"
    encoding = chance.choice(("utf-8", "gb18030", "utf-16", "big5hkscs"))
    data = text.encode(encoding, "replace")
    try:
        report = report_of(Source("a.txt", "/a.txt", ".txt", data, f"{seed:064x}"))
    except InputError as error:
        return "" if error.reason else "refused without a reason"
    for name, fact in report.evidence.items():
        if not 0 <= fact.confidence <= 1:
            return f"the confidence of {name} is {fact.confidence}"
    return ""


def query_fault(seed: int, searcher: Searcher) -> str:
    """What is wrong with the answer to one query; nothing where all is well."""
    chance = random.Random(f"query {seed}")
    query = "".join(chance.choices(QUERY_PIECES, k=chance.randint(1, 24)))[:512]
    try:
        tree = parse(query)
        printed = unparse(tree) if tree is not None else ""
        again = parse(printed)
        if tree is not None and (again is None or unparse(again) != printed):
            return f"{query!r} is printed otherwise when it is read again"
        answer = searcher.search(SearchRequest(q=query, match=chance.choice(MATCHES)))
    except (RequestError, TooCostlyError):
        return ""
    if len(answer.hits) != min(answer.total, answer.size):
        return f"{query!r} has {len(answer.hits)} hits of {answer.total}"
    return ""


def _searcher(folder: Path) -> Searcher:
    settings = Settings(index=folder)
    writer = open_writer(settings)
    for number, sample in enumerate(generate(REPORTS, seed=7)):
        data = sample.text.encode()
        report = report_of(
            Source(f"{number}.txt", f"/{number}", ".txt", data, f"{number:064x}")
        )
        writer.put(analyse(report, "digest"))
    writer.commit()
    return Searcher.open(settings)


def main() -> int:
    """Damage texts and make queries for so many seconds; 1 where there was a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="in all (600)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    given = parser.parse_args()
    texts = [sample.text for sample in generate(REPORTS, seed=3)]
    outcomes: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="gongkai-fuzz-") as folder:
        searcher = _searcher(Path(folder))
        seed = given.seed
        started = time.monotonic()
        while time.monotonic() - started < given.seconds:
            looks = {
                "text": lambda s=seed: text_fault(s, texts),
                "query": lambda s=seed: query_fault(s, searcher),
            }
            for kind, look in looks.items():
                fault = under_limit(look)
                outcomes[kind] += 1
                if fault:
                    outcomes["faults"] += 1
                    print(f"{kind} {seed}: {fault}", flush=True)
            seed += 1
    print(
        f"{outcomes['text']} texts, {outcomes['query']} queries, {outcomes['faults']} faults"
    )
    return 1 if outcomes["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
