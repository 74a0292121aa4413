"""The display text comes back from its form, whatever was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.normaliser import Folded, fold
from index.analysis.offsets import OffsetBuilder
from index.engines.shared.display import (
    MAX_SEQUENTIAL_REPLACEMENTS,
    _replaced,
    packed,
    unpacked,
)
from index.engines.shared.units import storable

PIECES = st.sampled_from(
    [
        "政府信息",
        "資訊公開",
        "，",
        ",",
        " ",
        "\n",
        "\u3000",
        "㈠",
        "Ａ",
        "a",
        "𠮷",
        "１",
        "\0",
        "。\n",
        "﷽",
    ]
)


def again(display: str) -> str:
    folded = fold(display)
    kept = Folded(storable(folded.form), folded.offsets)
    return unpacked(kept, packed(kept, display))


@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
def test_any_text(display: str) -> None:
    assert again(display) == display.encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    "display",
    [
        "",
        "政府資訊公開工作年度報告書，"
        * 40,  # more characters differ than are replaced one by one
        "".join(map(chr, range(0x4E00, 0x5600))) * 2,
        "公开 公开\n公开\u3000" * 30,  # what stands for a line break is itself replaced
        "公开" + "\n" * 70_000 + "x，" * 3,
        "\ud800公开",
    ],
)
def test_hard_texts(display: str) -> None:
    assert again(display) == display.encode("utf-8", "replace").decode()


def test_little_is_kept_of_a_traditional_text() -> None:
    display = "本機關依據政府資訊公開條例，主動公開政府資訊，受理人民申請。\n" * 50
    folded = fold(display)
    assert len(packed(folded, display)) < len(display) // 10


def test_a_way_back_that_does_not_fit_loses_nothing() -> None:
    builder = OffsetBuilder()
    builder.linear(3, 2)
    folded = Folded("公开", builder.build())
    assert unpacked(folded, packed(folded, "x")) == "x"


@pytest.mark.parametrize(
    "count", [0, 1, MAX_SEQUENTIAL_REPLACEMENTS, MAX_SEQUENTIAL_REPLACEMENTS + 1, 200]
)
def test_characters_are_replaced_alike_by_short_and_long_tables(count: int) -> None:
    left = "".join(chr(0x4E00 + n) for n in range(count))
    right = "".join(chr(0x8000 + n) for n in range(count))
    # 𠮷 is beyond the table, and 乀 is in the longest one alone
    text = "一𠮷丁乀公开\n" * 3
    expected = text.translate(str.maketrans(left, right))
    assert _replaced(text, left, right) == expected
