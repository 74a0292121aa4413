"""How much comes back of prose that the language model has not seen, and how often what is applied
is right.
"""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path

import opencc
import pytest

from indexer.repair import repair
from tests.indexer.repair.damage import damage


def paragraphs(shared: Path) -> list[str]:
    """Paragraphs of laws, in traditional characters one by one."""
    with gzip.open(shared / "data/laws/laws.jsonl.gz", "rt", encoding="utf-8") as rows:
        texts = [json.loads(row)["text"] for row in itertools.islice(rows, 0, 1200, 40)]
    lines = [
        line.strip().replace(" ", "")
        for text in texts
        for line in text.split("\n")[:50]
    ]
    convert = opencc.OpenCC("s2t").convert
    table = {ord(c): convert(c) for c in set("".join(lines))}
    turned = (
        line.translate(table)
        for line in lines
        if 15 < len(line) < 300 and not set(line) & set("?<#")
    )
    return [
        line for line in turned if line.encode("gbk", "ignore").decode("gbk") == line
    ]


@pytest.mark.shared
def test_damaged_laws_come_back(shared: Path) -> None:
    lines = paragraphs(shared)
    harmed, exact, applied, right, wrong = 0, 0, 0, 0, 0
    for seed, start in enumerate(range(0, len(lines), 40)):
        document = damage(lines[start : start + 40], seed, 30)
        got = repair("\n".join(document.damaged))
        repaired = got.text.split("\n")
        harmed += len(document.harmed)
        exact += sum(repaired[k] == document.clean[k] for k in document.harmed)
        wrong += sum(
            a != b
            for k, (a, b) in enumerate(zip(repaired, document.clean, strict=True))
            if k not in document.harmed
        )
        made = [
            got.text[slice(*s.display)]
            for s in got.repairs
            if s.applied and "gbk" in s.kind
        ]
        applied += len(made)
        right += sum(any(piece in line for line in document.clean) for piece in made)
    assert harmed > 50, harmed
    assert exact >= 0.75 * harmed
    assert right >= 0.95 * applied
    assert wrong == 0
