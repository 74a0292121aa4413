"""Counts in Chinese numerals: what they say, and where none is said."""

from __future__ import annotations

import pytest

from indexer.statistics.numerals import han_value, with_digits

DIGITS = "零一二三四五六七八九"


def written(number: int) -> str:
    """A number under 10,000 as it is written in full."""
    out, is_padded = "", False
    for place, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            out += ("零" if is_padded else "") + DIGITS[digit] + sign
        is_padded = bool(out) and not digit
    return out


def test_every_number_is_read() -> None:
    assert all(han_value(written(number)) == number for number in range(1, 10_000))


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("两百", 200),
        ("一万二千", 12_000),
        ("三万零五十", 30_050),
        ("十二万", 120_000),
        ("三四", None),
        ("二〇一八", None),
        ("三百二", None),
        ("三万二", None),
        ("百", None),
        ("万", None),
        ("零", None),
        ("十百", None),
        ("一万一万", None),
        ("廿", 20),
        ("卅六", 36),
        ("贰仟零伍", 2005),
        ("廿百", None),
    ],
)
def test_a_numeral(numeral: str, value: int | None) -> None:
    assert han_value(numeral) == value


@pytest.mark.parametrize(
    ("sentence", "counted"),
    [
        ("受理依申请公开十二件", "受理依申请公开12件"),
        ("一是收到申请两件,二是答复二十一件", "一是收到申请2件,二是答复21件"),
        ("收到申请一件", "收到申请1件"),
        ("发生一起行政复议", "发生1起行政复议"),
        ("与行政诉讼一起", "与行政诉讼一起"),
        ("一次性告知", "一次性告知"),
        ("未收到一件申请", "未收到一件申请"),
        ("第二十条", "第二十条"),
        ("3万条", "3万条"),
        ("数十件", "数十件"),
        ("每公开两条", "每公开两条"),
        ("公开信息廿三条", "公开信息23条"),
        ("公开信息叁佰贰拾壹条,申请肆件", "公开信息321条,申请4件"),
        ("加强公开队伍条件建设", "加强公开队伍条件建设"),
    ],
)
def test_counts_are_in_digits(sentence: str, counted: str) -> None:
    assert with_digits(sentence)[0] == counted


def test_characters_stay_where_they_came_from() -> None:
    sentence = "主动公开三百二十条,申请五件"
    counted, origins = with_digits(sentence)
    assert counted == "主动公开320条,申请5件"
    assert len(origins) == len(counted)
    start, end = counted.index("3"), counted.index("条")
    assert sentence[origins[start] : origins[end]] == "三百二十"
    assert sentence[origins[counted.index("5")]] == "五"
