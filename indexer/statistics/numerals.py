"""Counts that a sentence writes in Chinese numerals: 受理依申请公开两件, 收到申请十二件."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

__all__ = ["COUNT_NUMERALS", "han_value", "with_digits"]

_DIGIT_VALUES = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_DIGIT_VALUES |= {"两": 2, "〇": 0}
# as cheques and treaties have them, so that nobody adds a stroke
_DIGIT_VALUES |= {digit: n for n, digit in enumerate("壹贰叁肆伍陆柒捌玖", 1)}
_DIGIT_VALUES["参"] = 3  # 參 in simplified characters
_PLACE_VALUES = {"十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
# 廿三 is 23
_TENS = str.maketrans({"廿": "二十", "卅": "三十", "卌": "四十"})
_ZERO_SIGNS = "零〇"
_MYRIAD = 10_000
# Every character of a count in numerals.
COUNT_NUMERALS = "零〇一二两三四五六七八九十百千万壹贰叁参肆伍陆柒捌玖拾佰仟廿卅卌"
# 第二十条 is an article, 数十件 and 3万条 are no numbers in numerals alone, 队伍 is a troop
_COUNT_PATTERN = re.compile(
    rf"(?<![第几数上近半头队大登\d.,{COUNT_NUMERALS}])([{COUNT_NUMERALS}]+)(?:余|多)?(?=([条件宗次项份起例篇个元]))"
)
# One of them, looked for from its unit: the search skips to that.
_SIGN_PATTERN = re.compile(rf"[条件宗次项份起例篇个元](?<=[余多{COUNT_NUMERALS}].)")
# 未收到一件申请 is a denial; 每公开一条 says of each.
_NO_COUNT_PATTERN = re.compile("未|没|无|每|不(?!予)")
_CLAUSE_PATTERN = re.compile("[,。;、:()]")
# Behind 一件 the sentence ends, or tells what is counted.
# 一次性, 一件事, 受理一次办结 count nothing.
_ONE_PATTERN = re.compile(
    "$|[,;、()]|政府|政务|信息|申请|依申请|公开|行政|复议|诉讼|规范性|公民|群众|案"
)
# 一起: one case, or together.
_HAPPENED_PATTERN = re.compile("发生|收到|接到|引发|引起|受理|提起|出现|共|计|为")
_TOGETHER_PATTERN = re.compile("[与和同跟及将把连]")
# Characters before a count in which its clause is looked at.
_CLAUSE_REACH = 16


def han_value(numeral: str) -> int | None:
    """The number that a numeral says; None for what says none, or two.

    >>> han_value("三百二十"), han_value("两万零五十"), han_value("三四"), han_value("三百二")
    (320, 20050, None, None)
    >>> han_value("廿三"), han_value("卌五"), han_value("叁佰贰拾壹")
    (23, 45, 321)
    """
    numeral = numeral.translate(_TENS)
    head, myriad, rest = numeral.partition("万")
    if not myriad:
        return _below_myriad(numeral)
    high = _below_myriad(head)
    low = _below_myriad(rest) if rest else 0
    if not high or low is None:
        return None
    # 三万二 is 32,000 as it is spoken
    is_spoken = rest and low < _MYRIAD / 10 and rest[0] not in _ZERO_SIGNS
    return None if is_spoken else high * _MYRIAD + low


def _below_myriad(numeral: str) -> int | None:
    total, place = 0, _MYRIAD
    digit: int | None = None
    is_padded = False
    for sign in numeral:
        if sign in _ZERO_SIGNS and digit is None:
            is_padded = True
        elif sign in _DIGIT_VALUES and digit is None:
            digit = _DIGIT_VALUES[sign]
        elif sign in _PLACE_VALUES and _PLACE_VALUES[sign] < place:
            place = _PLACE_VALUES[sign]
            if digit is None and (total or place > 10):
                return None
            total += (1 if digit is None else digit) * place
            digit, is_padded = None, False
        else:
            return None
    if digit is None:
        return total or None
    # 三百二 is 320 as it is spoken
    is_spoken = 10 < place < _MYRIAD and not is_padded
    return None if is_spoken else total + digit


def with_digits(sentence: str) -> tuple[str, Sequence[int]]:
    """A sentence with its counts in digits, and where each of its characters came from.

    >>> with_digits("受理依申请公开十二件")[0]
    '受理依申请公开12件'
    """
    # 〇件 and 零件
    sentence = sentence.replace("〇", "零")
    if not _SIGN_PATTERN.search(sentence):
        return sentence, range(len(sentence))
    out: list[str] = []
    origins: list[int] = []
    at = 0
    for start, end, value in _counts(sentence):
        digits = str(value)
        out += (sentence[at:start], digits)
        origins.extend(range(at, start))
        origins += [start] * (len(digits) - 1) + [end - 1]
        at = end
    if not at:
        return sentence, range(len(sentence))
    out.append(sentence[at:])
    origins.extend(range(at, len(sentence)))
    return "".join(out), origins


def _counts(sentence: str) -> Iterator[tuple[int, int, int]]:
    for match in _COUNT_PATTERN.finditer(sentence):
        start, end = match.span(1)
        near = sentence[max(0, start - _CLAUSE_REACH) : start]
        clause = _CLAUSE_PATTERN.split(near)[-1]
        if _NO_COUNT_PATTERN.search(clause):
            continue
        numeral, unit = match.groups()
        if numeral == "一" and not _is_one(clause, unit, sentence[match.end() + 1 :]):
            continue
        if value := han_value(numeral):
            yield start, end, value


def _is_one(clause: str, unit: str, rest: str) -> bool:
    """Whether 一 and a unit between `clause` and `rest` count one."""
    if not _ONE_PATTERN.match(rest):
        return False
    if unit != "起":
        return True
    happened = _HAPPENED_PATTERN.search(clause) is not None
    return happened and not _TOGETHER_PATTERN.search(clause)
