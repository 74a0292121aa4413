"""Whole documents: what is recorded, undone and marked; real, simulated and clean ones."""

from __future__ import annotations

import contextlib
import difflib
import itertools
import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.repair import REPAIRERS, Repaired, mojibake, repair, undo
from tests.indexer.repair.damage import Damaged, damage

PIECES = [
    "?,F",
    "?。ㄒ唬┙M",
    "區(qū)",
    "務(wù)",
    "?!",
    "\n",
    "ä¸­å›½",
    "淇℃伅",
    "\u200b",
    "⼯",
    "\ue004",
    "\uf0b7",
    "公開",
    "情況",
    "(",
    ")",
    "?lì)",
    "、",
    "。",
]

# Written for these tests; the language model has not seen it.
PROSE = """\
為了做好本年度的工作,我們召開了全體人員參加的動員會議。現在各科室都已經制定計劃。
(一)領導重視,分工明確。“公開是常態”的觀念深入人心。
(二)健全制度,規範程序。《實施辦法》規定了公開的範圍、方式和時限。
(三)加強培訓,提高素質。全年舉辦培訓班三期,參加人員一百餘人次。
(四)積極宣傳,擴大影響。通過報刊、電視、網絡等媒體進行宣傳。現場解答群眾提問。
各單位要按照職責分工抓好落實。《指南》應當及時修訂,並向社會公布。
辦公室負責組織協調,其他部門密切配合。“誰主管誰負責”是基本要求。
存在的問題主要有以下幾個方面:一是人員不足;二是經費緊張;三是設備陳舊。
下一步,我們將繼續努力,不斷提高服務質量和工作水平,為經濟社會發展作出新的貢獻。
""".splitlines()


def well_formed(received: str, got: Repaired) -> None:
    """What every record promises."""
    assert undo(got.text, got.repairs) == received
    at = 0
    for step in got.repairs:
        assert at <= step.start < step.end
        at = step.end
        assert received[step.start : step.end] == step.before
        assert got.text[slice(*step.display)] == step.after
        assert step.applied or step.after == step.before


@settings(max_examples=40)
@given(st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
def test_any_mixture_of_damage_can_be_undone(received: str) -> None:
    well_formed(received, repair(received))


@settings(max_examples=60)
@given(st.text(max_size=60))
def test_any_text_can_be_undone(received: str) -> None:
    well_formed(received, repair(received))


def restored(document: Damaged) -> tuple[int, int]:
    """Damaged lines that came back, and wrong lines."""
    received = "\n".join(document.damaged)
    got = repair(received)
    well_formed(received, got)
    lines = got.text.split("\n")
    harmed = document.harmed
    exact = sum(lines[k] == document.clean[k] for k in harmed)
    wrong = sum(
        lines[k] != document.clean[k] for k in range(len(lines)) if k not in harmed
    )
    return exact, wrong


@pytest.mark.parametrize("seed", range(4))
def test_our_own_prose_comes_back(seed: int) -> None:
    document = damage(PROSE, seed, 12)
    exact, wrong = restored(document)
    assert len(document.harmed) >= 5
    assert wrong == 0
    assert exact >= 0.75 * len(document.harmed)


def test_what_is_not_sure_stays_and_is_marked() -> None:
    received = "各項工作有序推進?!?018年全年共公開信息。\n現在公開的是信息。"
    got = repair(received)
    (step,) = got.repairs
    assert not step.applied
    assert step.confidence < 0.85
    assert got.text == received
    well_formed(received, got)


def test_private_use_that_nobody_knows_is_marked_and_said() -> None:
    got = repair("工作\ue004完成")
    assert got.text == "工作\ue004完成"
    assert [(s.kind, s.applied) for s in got.repairs] == [("private_use", False)]
    assert len(got.problems) == 1


@pytest.mark.shared
@pytest.mark.parametrize("number", ["001", "003"])
def test_the_real_damaged_reports_come_back(shared: Path, number: str) -> None:
    received = next((shared / "corpus/seeds").glob(f"{number}*")).read_text("utf-8")
    want = next((shared / "corpus/gold").glob(f"{number}*.repaired.txt")).read_text(
        "utf-8"
    )
    got = repair(received)
    well_formed(received, got)

    def squeeze(text: str) -> str:
        return re.sub(r"\s+", "", text).replace("（", "(").replace("）", ")")

    assert list(difflib.unified_diff([squeeze(got.text)], [squeeze(want)])) == []


@pytest.mark.shared
@pytest.mark.parametrize("number", ["000", "002", "004"])
def test_the_real_clean_reports_are_left_alone(shared: Path, number: str) -> None:
    received = next((shared / "corpus/seeds").glob(f"{number}*")).read_text("utf-8")
    steps = json.dumps([asdict(step) for step in repair(received).repairs])
    assert "gloss" not in steps
    assert "gbk" not in steps


@pytest.mark.shared
def test_clean_text_is_left_alone(shared: Path) -> None:
    path = shared / "data/work_reports/state_council_1954_2022.jsonl"
    for line in path.read_text("utf-8").splitlines()[::6]:
        text = json.loads(line)["text"]
        assert repair(text).text == text


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)
)
def test_what_a_gate_finds_holds_a_sign(text: str) -> None:
    for repairer in REPAIRERS:
        if repairer.signs and repairer.gate.search(text):
            assert re.search(f"[{repairer.signs}]", text), repairer.name


def test_utf8_in_gbk_is_seen_in_any_two_characters_and_not_in_a_count_of_readers() -> (
    None
):
    seen = 0
    for pair in map(
        "".join, itertools.product("政府信息公开年度报告情况主动一龥", repeat=2)
    ):
        with contextlib.suppress(
            UnicodeDecodeError
        ):  # not every pair of bytes is a character
            assert mojibake.TWO_AS_GBK_PATTERN.search(pair.encode().decode("gbk")), pair
            seen += 1
    assert seen > 50
    assert not mojibake.TWO_AS_GBK_PATTERN.search(
        "发布时间:2019-03-11 浏览次数:12 浏览量"
    )
