"""Numbers in sentences, sentence by sentence:

`facts` has a number, or the numbers of a conflict.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.page import Page
from indexer.statistics import prose, read_statistics

DATA = Path(__file__).parents[2] / "data" / "statistics"
CASES = [
    json.loads(line)
    for line in (DATA / "prose.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:40])
def test_sentence(case: dict[str, Any]) -> None:
    text = "信息公开。\n" + case["text"]
    found = read_statistics(Page(text=text), text, 2016)
    facts = {
        f.name: [c.value for c in f.conflict] if f.conflict else f.value
        for f in found.statistics.prose
    }
    assert facts == case["facts"]
    assert [f.name for f in found.statistics.prose if f.approximate] == case.get(
        "approximate", []
    )
    for fact in found.statistics.prose:
        assert fact.span is not None
        start, end = fact.span
        assert (
            text[start:end]
            == fact.evidence
            == case.get("evidence", {}).get(fact.name, fact.evidence)
        )


def test_a_conflict_is_no_metric() -> None:
    text = "我局主动公开政府信息共100条。我局主动公开政府信息共120条。"
    found = read_statistics(Page(text=text), text)
    assert found.statistics.metrics == {}
    conflict = found.statistics.prose[0].conflict or ()
    assert [text[slice(*c.span)] for c in conflict] == [
        "主动公开政府信息共100条",
        "主动公开政府信息共120条",
    ]


def test_silence_is_unknown() -> None:
    text = "一、概述\n二、主动公开情况\n主动公开政府信息共100条。\n三、依申请公开情况\n按规定办理。"
    found = read_statistics(Page(text=text), text)
    assert found.statistics.template == "prose"
    assert found.statistics.metrics == {"proactive_total": 100}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:40])
def test_no_rule_is_spared_a_sentence_that_it_finds_something_in(
    case: dict[str, Any],
) -> None:
    sentence = "".join(case["text"].split())
    finding = {r for r in prose._STATEMENT_RULES if r.pattern.search(sentence)}
    assert finding <= set(prose._rules_for(sentence))
    if finding:
        assert prose._TELLING_PATTERN.search(case["text"])


def test_most_sentences_are_of_some_rule() -> None:
    sentences = ["".join(case["text"].split()) for case in CASES]
    finding = [
        s for s in sentences if any(r.pattern.search(s) for r in prose._STATEMENT_RULES)
    ]
    assert len(finding) > len(CASES) / 2


@pytest.mark.parametrize(
    "printed",
    [
        "收到申请 12 件",
        "收到申请 1.2 万 件",
        "收到申请 3 0 余 件",
        "没 有收到",
        "收到申请 0 件",
        "收到申请零件",
        "收到申请〇件",
        "收到申请肆件",
    ],
)
def test_a_count_is_seen_through_its_white_space(printed: str) -> None:
    assert prose._TELLING_PATTERN.search(printed)


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        ("政府信息公开行政诉讼案件〇件。", {"suits_total": 0}),
        ("全年共收到政府信息公开申请〇件。", {"applications_new": 0}),
        ("全年共收到政府信息公开申请廿三件。", {"applications_new": 23}),
        ("全年主動公開政府資訊參佰貳拾壹條。", {"proactive_total": 321}),
    ],
)
def test_old_and_formal_numerals_are_read(sentence: str, facts: object) -> None:
    found = read_statistics(Page(text=sentence), sentence)
    assert {f.name: f.value for f in found.statistics.prose} == facts


def test_the_heading_above_decides_what_an_application_is_for() -> None:
    sentence = "全年收到公民申请 12 件,均已答复。"
    for heading, facts in (
        ("三、依申请公开情况", {"applications_new": 12}),
        ("三、行政许可", {}),
    ):
        text = f"一、概述\n信息公开。\n{heading}\n{sentence}"
        found = read_statistics(Page(text=text), text)
        assert {f.name: f.value for f in found.statistics.prose} == facts
