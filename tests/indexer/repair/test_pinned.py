"""The figures of the repair, pinned: what is weighed, how likely each reading is, and what the
models say.

A constant that is changed moves them. They are then to be judged by `test_floor.py`, and written
down anew.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from indexer.repair import language_model, out_of_step, repair
from indexer.repair.language_model import Style
from indexer.repair.out_of_step import Document, Event
from indexer.repair.script import Script, Sequences

ROWS = json.loads(
    (Path(__file__).parents[2] / "data" / "repair" / "pinned.json").read_text("utf-8")
)


@pytest.fixture(scope="module")
def model() -> language_model.LanguageModel:
    return language_model.load()


@pytest.fixture(scope="module")
def script(model: language_model.LanguageModel) -> Script:
    return Script(model, model.simplified_only)


@pytest.mark.parametrize("row", ROWS, ids=lambda r: r["line"][:8])
def test_an_event_is_weighed_as_it_was(row: dict[str, Any]) -> None:
    line, start = row["line"], row["start"]
    event = Event(
        Document(line + "\n現在公開的是信息。"),
        line,
        start,
        line[:start].lstrip(),
        "一",
    )
    found = event.candidates()
    assert len(found) == row["candidates"]
    assert [[c.text, c.end] for c in found[:3]] == [
        [text, end] for text, end, _ in row["first"]
    ]
    assert [c.score for c in found[:3]] == pytest.approx(
        [s for _, _, s in row["first"]], abs=2e-4
    )
    if row["verdict"] is None:
        assert event.verdict() is None
    else:
        text, end, posterior, gain = row["verdict"]
        verdict = event.verdict()
        assert verdict is not None
        assert (verdict.text, verdict.end) == (text, end)
        assert verdict.posterior == pytest.approx(posterior, abs=2e-5)
        assert verdict.gain == pytest.approx(gain, abs=2e-4)


def test_there_are_verdicts_of_every_kind() -> None:
    posteriors = [row["verdict"][2] for row in ROWS if row["verdict"]]
    assert min(posteriors) < 0.5
    assert any(0.5 < p < 0.9 for p in posteriors)
    assert max(posteriors) > 0.99
    assert any(row["verdict"] is None for row in ROWS)


@pytest.mark.parametrize(
    ("received", "repaired", "confidence"),
    [
        (
            "這就是“以公開為常態?!?\n下面分別說明。",
            "這就是“以公開為常態。”\n下面分別說明。",
            0.957,
        ),
        (
            "(一)組織領導。\n?。ǘ┙∪贫?,規範程序。\n(三)公開。",
            "(一)組織領導。\n(二)健全制度,規範程序。\n(三)公開。",
            0.878,
        ),
    ],
)
def test_what_is_likely_enough_is_done(
    received: str, repaired: str, confidence: float
) -> None:
    got = repair(received)
    assert got.text == repaired
    assert [step.confidence for step in got.repairs] == pytest.approx(
        [confidence], abs=2e-3
    )


@pytest.mark.parametrize(
    ("received", "applied"),
    [
        ("這就是“以公開為常態?!?\n下面分別說明。", True),
        ("(一)組織領導。\n?。ǘ┙∪贫?,規範程序。\n(三)公開。", True),
        ("各項工作有序推進?!?018年全年共公開信息。", False),
    ],
)
def test_how_sure_a_repair_is_has_three_decimals(received: str, applied: bool) -> None:
    (step,) = repair(received).repairs
    assert step.applied is applied
    assert 0 < step.confidence < 1
    assert step.confidence == round(step.confidence, 3)
    # at three decimals, not at fewer
    assert step.confidence != round(step.confidence, 2)


@pytest.mark.parametrize("traditional", [True, False])
def test_less_is_ventured_in_simplified_text(
    traditional: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = "(一)組織領導。\n?。ǘ┙∪贫?,規範程序。\n(三)公開。"  # 0.878
    monkeypatch.setattr(Document, "traditional", traditional)
    monkeypatch.setattr(Document, "script", Document(received + "這個為學對說").script)
    (step,) = repair(received).repairs
    assert step.applied is traditional


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("政府信息公开工作", -25.6765),
        ("公", -9.4963),
        ("𠮷", -19.0),
        ("", 0.0),
        ("依申请公开的办理情况如下", -44.7942),
    ],
)
def test_words_have_scores(
    model: language_model.LanguageModel, text: str, score: float
) -> None:
    assert model.word_score(text) == pytest.approx(score, abs=1e-3)


@pytest.mark.parametrize(
    ("a", "b", "p"),
    [
        ("信", "息", 0.398852),
        ("公", "开", 0.0371383),
        ("息", "，", 1e-7),
        ("息", ",", 0.056728),
        ("，", "公", 0.00248792),
        ("甲", "𠮷", 1e-7),
        ("\n", "一", 0.0143165),
        ("公", "A", 5.73854e-05),
    ],
)
def test_pairs_have_probabilities(
    model: language_model.LanguageModel, a: str, b: str, p: float
) -> None:
    assert model.pair(a, b) == pytest.approx(p, rel=1e-4)


@pytest.mark.parametrize(
    ("before", "c", "p"),
    [
        ("信息", "公", 0.26291),
        ("政府", "信", 0.345424),
        ("\n\n", "一", 0.0056703),
        ("息公", "开", 0.950569),
        ("甲乙", "丙", 0.001),
    ],
)
def test_sequences_of_our_prose(
    model: language_model.LanguageModel, before: str, c: str, p: float
) -> None:
    assert model.prose.mix(before, c, 0.001) == pytest.approx(p, rel=1e-3)


def test_two_counts_become_one_with_a_weight() -> None:
    joined = Style("甲乙甲丙").joined(Style("甲乙"), 3.0)
    assert joined.twos["甲乙"] == 1 + 3
    assert joined.threes["\n甲乙"] == 1 + 3
    assert joined.threes["乙甲丙"] == 1
    assert joined.after_one["甲"] == (2.0 + 3, 2 + 1)
    assert joined.after_two["\n甲"] == (1.0 + 3, 1 + 1)
    # Witten-Bell: as many chances are left to the shorter context as it has shown successors
    one = (4 + 3 * 0.5) / (5 + 3)
    assert joined.mix("\n甲", "乙", 0.5) == pytest.approx((4 + 2 * one) / (4 + 2))


@pytest.mark.parametrize(
    ("before", "c", "score"),
    [
        ("信息", "公", -1.4227),
        ("\n\n", "　", -0.1),
        ("甲乙", "　", -14.0),
        ("(一", ")", math.log(0.9)),
        ("(一", "二", math.log(0.02)),
        ("(一", "公", math.log(1e-4)),
        ("信息", "Ａ", -18.1214),
        ("信息", "，", -1.4103),
        ("信息", "１", -15.1257),
    ],
)
def test_a_character_has_a_score_after_two(
    model: language_model.LanguageModel, before: str, c: str, score: float
) -> None:
    sequences = Sequences(model, "現在公開的是信息。")
    assert sequences.next(before, c) == pytest.approx(score, abs=1e-3)
    assert sequences.next(before, c) == sequences.next(before, c)


def test_the_score_of_a_text_is_the_sum_of_its_characters(
    model: language_model.LanguageModel,
) -> None:
    sequences = Sequences(model, "現在公開的是信息。")
    assert sequences.text("\n\n", "政府信息公開") == pytest.approx(-12.8239, abs=1e-3)
    assert sequences.text("\n\n", "") == 0


def test_the_characters_of_a_script(script: Script) -> None:
    assert len(script.known) == 8586
    assert (len(script.by_lead), len(script.by_trail)) == (119, 190)
    assert (len(script.gap_rows), sum(map(len, script.gap_rows.values()))) == (23, 1649)
    assert sum(map(len, script.before_gap.values())) == 1277
    assert script.after_gap(0xA1, 0xC4) == ["從", "壞", "災"]
    assert [c for _, c in script.between(0xA2, "信")[:4]] == ["將", "國", "對", "會"]
    assert [c for _, c in script.between(0xA1, "信")[:2]] == ["。", "、"]
    assert len(script.between(0xA2, "信")) == 30
    assert "".join(script.begun(0xD0)[:8]) == "行小心新些性形信"
    assert (len(script.begun(0xD0)), len(script.begun(-0xA1))) == (73, 360)
    assert script.begun_read(0xB6, "dòng") == ["洞", "侗", "恫"]


def test_a_document_is_in_the_script_that_more_of_its_characters_are_in() -> None:
    assert Document("區區国").traditional
    assert not Document("区区國").traditional
    assert not Document("一").traditional


def test_full_width_is_folded_where_the_document_has_none() -> None:
    assert Document("甲(乙)　丙").folded
    for wide in ("（", "！", "～"):
        assert not Document(f"甲{wide}乙").folded


def test_list_markers_are_counted_to_twenty_nine() -> None:
    assert out_of_step.ORDERED_NUMERALS[0] == "一"
    assert out_of_step.ORDERED_NUMERALS[9:12] == ["十", "十一", "十二"]
    assert out_of_step.ORDERED_NUMERALS[-1] == "二十九"
    assert len(out_of_step.ORDERED_NUMERALS) == 29


@pytest.mark.parametrize(
    ("marker", "body", "score"),
    [
        ("一", "（二）组", 3.0),
        ("一", "(二)组", 3.0),
        ("一", "　（三）组", 1.0),
        ("一", "（四）组", 0.0),
        ("一", "（五）组", -3.0),
        ("三", "（三）组", -3.0),
        ("", "（二）组", 1.0),
        ("三", "（一）组", 0.0),
        ("一", "（十二十）组", -5.0),
        ("一", "　（组", -5.0),
        ("一", "　(组", -5.0),
        ("一", "　组", 0.0),
    ],
)
def test_a_list_goes_on(marker: str, body: str, score: float) -> None:
    event = Event(Document("甲"), "  ?。", 2, "", marker)
    assert event._in_list(body) == score
    assert Event(Document("甲"), "甲?。", 1, "甲", marker)._in_list("（二）组") == 0.0


def test_a_record_of_a_step_is_no_surer_than_its_posterior() -> None:
    for row in ROWS:
        for step in repair(row["line"]).repairs:
            assert 0 <= step.confidence <= 1
