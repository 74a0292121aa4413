"""What repairing costs and how well it does: python bench/repair.py [--shared DIR] [--documents N]
[--held-out].

Prints the cost of scanning clean text, the processor time of a damaged event, the share of damaged
lines that come back exactly, the precision of what was applied, and how many lines of clean text
were changed. Damage is simulated (tests/indexer/repair/damage.py) on work reports and laws turned
traditional, which the language model has not seen. `--held-out` uses the third of the documents
that was never looked at while tuning.
"""

from __future__ import annotations

import argparse
import bisect
import gzip
import hashlib
import itertools
import json
import random
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import opencc  # noqa: E402 - the checkout must be found first

from indexer.repair import Repaired, characters, language_model, repair  # noqa: E402
from tests.indexer.repair import damage  # noqa: E402

LINES_A_REPORT = 40
GLOSSES_A_REPORT = 30
CLEAN_CHARACTERS = 1_000_000


@dataclass(slots=True)
class Tally:
    """What became of damaged documents."""

    harmed: int = 0
    exact: int = 0
    applied: int = 0
    right: int = 0
    marked: int = 0
    changed_wrongly: int = 0
    seconds: float = 0.0


def documents(shared: Path, source: str) -> Iterator[tuple[str, list[str]]]:
    """Identifier and paragraphs of each document."""
    if source == "work reports":
        path = shared / "data/work_reports/state_council_1954_2022.jsonl"
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            yield record["id"], re.split("\n|　　+", record["text"])
        return
    with gzip.open(shared / "data/laws/laws.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in itertools.islice(lines, 0, None, 20):
            record = json.loads(line)
            yield record["id"], record["text"].split("\n")


def traditional(lines: list[str]) -> list[str]:
    """Paragraphs character by character in traditional form, where GBK can write them."""
    convert = opencc.OpenCC("s2t").convert
    table: dict[int, str] = {}
    for c in {c for line in lines for c in line}:
        table[ord(c)] = convert(c)
    out = (line.strip().replace(" ", "").translate(table) for line in lines)
    return [
        line
        for line in out
        if 15 < len(line) < 400 and not re.search("[?？<]", line) and in_gbk(line)
    ]


def in_gbk(line: str) -> bool:
    """Whether GBK can write a paragraph."""
    return line.encode("gbk", "ignore").decode("gbk") == line


def samples(shared: Path, source: str, *, held_out: bool) -> list[list[str]]:
    """Stretches of documents, shuffled; a third of the documents is held out."""
    out = []
    for identifier, paragraphs in documents(shared, source):
        third = int(hashlib.sha256(identifier.encode()).hexdigest(), 16) % 3
        if (third == 0) is held_out:
            lines = traditional(paragraphs)
            out += [
                lines[k : k + LINES_A_REPORT]
                for k in range(0, min(len(lines), 120), LINES_A_REPORT)
            ]
    random.Random(5).shuffle(out)
    return out


def judge(tally: Tally, document: damage.Damaged, got: Repaired) -> None:
    """Count one document."""
    lines = got.text.split("\n")
    harmed = set(document.harmed)
    for k, (line, clean) in enumerate(zip(lines, document.clean, strict=True)):
        tally.harmed += k in harmed
        tally.exact += k in harmed and line == clean
        tally.changed_wrongly += k not in harmed and line != clean
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    for step in got.repairs:
        if "gbk" in step.kind:
            k = bisect.bisect_right(starts, step.display[0]) - 1
            made = got.text[slice(*step.display)]
            tally.marked += not step.applied
            tally.applied += step.applied
            tally.right += step.applied and made in document.clean[k]


def damaged(shared: Path, source: str, count: int, *, held_out: bool) -> Tally:
    """Damage and repair `count` stretches."""
    tally = Tally()
    for seed, lines in enumerate(samples(shared, source, held_out=held_out)[:count]):
        document = damage.damage(lines, seed, GLOSSES_A_REPORT)
        begun = time.process_time()
        got = repair("\n".join(document.damaged))
        tally.seconds += time.process_time() - begun
        judge(tally, document, got)
    return tally


def clean(shared: Path, *, to_traditional: bool) -> tuple[int, int, float]:
    """Characters, changed lines and seconds of a million characters of clean text."""
    convert = opencc.OpenCC("s2t").convert
    size, changed, seconds = 0, 0, 0.0
    for source in ("work reports", "laws"):
        for _, lines in documents(shared, source):
            text = characters.INVISIBLE_PATTERN.sub("", "\n".join(lines))
            text = convert(text) if to_traditional else text
            begun = time.process_time()
            got = repair(text)
            seconds += time.process_time() - begun
            changed += sum(
                a != b
                for a, b in zip(text.split("\n"), got.text.split("\n"), strict=True)
            )
            size += len(text)
            if size > CLEAN_CHARACTERS * (1 + (source == "laws")):
                break
    return size, changed, seconds


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--documents", type=int, default=25)
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    begun = time.process_time()
    language_model.load()
    print(f"language model loaded in {time.process_time() - begun:.2f} s")
    for source in ("work reports", "laws"):
        t = damaged(
            options.shared, source, options.documents, held_out=options.held_out
        )
        events = max(1, t.applied + t.marked)
        print(
            f"{source}: {t.exact}/{t.harmed} damaged lines "
            f"exact ({t.exact / max(1, t.harmed):.1%}), "
            f"{t.right}/{t.applied} applied repairs right "
            f"({t.right / max(1, t.applied):.1%}), {t.marked} marked, "
            f"{t.changed_wrongly} undamaged lines wrong, "
            f"{1000 * t.seconds / events:.0f} ms an event",
            flush=True,
        )
    for to_traditional in (False, True):
        size, changed, seconds = clean(options.shared, to_traditional=to_traditional)
        name = "traditional" if to_traditional else "simplified"
        print(
            f"clean {name}: {changed} lines changed in {size} "
            f"characters, {1e9 * seconds / size:.0f} µs per 1,000"
        )


if __name__ == "__main__":
    main()
