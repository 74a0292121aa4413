"""Years and days as reports write them: 2018, 二〇一八, 202020, 2019年03月11日, 2019-03-14 09:17,
二〇一九年三月.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from index.analysis.characters import HAN_NUMERALS

__all__ = [
    "DAY_REGEX",
    "FIRST_YEAR",
    "LAST_YEAR",
    "YEAR_REGEX",
    "day_of",
    "days_in",
    "year_of",
]

# Guangzhou reported from 2003 on, five years before it was asked of everybody.
FIRST_YEAR = 2003
LAST_YEAR = 2040

# 二〇一九, 二○一九, 二零一九, 二O一九: what typists and reading machines put for a zero
ZERO_SIGNS = "〇○零oO0◯Ｏ"
DIGIT_BY_SIGN = {
    **dict.fromkeys(ZERO_SIGNS, "0"),
    **{c: str(i) for i, c in enumerate("一二三四五六七八九", 1)},
}
# 二〇一八, also with white space between the digits
HAN_YEAR_REGEX = (
    rf"二\s?[{ZERO_SIGNS}]\s?[{ZERO_SIGNS}一二三四]\s?[{ZERO_SIGNS}一二三四五六七八九]"
)
# A year; also one with digits struck twice (202020年), which `year_of` reads or
# refuses.
#
# No digit stands before it; that is asked after its first one, so that the search can
# skip to what begins a year.
YEAR_REGEX = rf"(?:2(?<!\d2)0\d\d(?!\d)|2(?<!\d2)0\d{{3,6}}(?=\s?年)|{HAN_YEAR_REGEX})"

HAN_NUMBER_REGEX = f"[{HAN_NUMERALS}廿卅]{{1,3}}"
# 2019年03月11日, 2019-03-14, 二〇一九年三月十一日
DAY_REGEX = (
    rf"(?P<y>2(?<!\d2)0\d\d|{HAN_YEAR_REGEX})\s?(?:年|[-/.])\s?"
    rf"(?P<m>\d{{1,2}}|{HAN_NUMBER_REGEX})\s?(?:月|[-/.])\s?"
    rf"(?P<d>\d{{1,2}}(?!\d)|{HAN_NUMBER_REGEX})(?:\s?[日号])?"
)
_DAY_PATTERN = re.compile(DAY_REGEX)


@lru_cache(maxsize=1024)
def year_of(text: str) -> int | None:
    """The year that YEAR_REGEX matched.

    >>> year_of("二〇一八"), year_of("202020"), year_of("202019")
    (2018, 2020, None)
    """
    digits = "".join(DIGIT_BY_SIGN.get(c, c) for c in text if not c.isspace())
    if not digits.isascii() or not digits.isdigit():
        return None
    # 202020年 was struck twice: every four digits in a row are tried
    tried = {int(digits[start : start + 4]) for start in range(len(digits) - 3)}
    years = [year for year in tried if FIRST_YEAR <= year <= LAST_YEAR]
    return years[0] if len(years) == 1 else None


def day_of(match: re.Match[str]) -> str | None:
    """The ISO date of a match of DAY_REGEX, if there is such a day."""
    year = year_of(match["y"]) or 0
    try:
        return dt.date(year, _number(match["m"]), _number(match["d"])).isoformat()
    except ValueError:
        return None


def days_in(text: str) -> list[tuple[str, int, int]]:
    """The days that a text names, with their spans."""
    days: list[tuple[str, int, int]] = []
    for match in _DAY_PATTERN.finditer(text):
        day = day_of(match)
        if day:
            days.append((day, match.start(), match.end()))
    return days


def _number(text: str) -> int:
    """A number up to 39.

    >>> _number("三十一"), _number("十"), _number("07"), _number("廿五")
    (31, 10, 7, 25)
    """
    if text.isascii():
        return int(text)
    text = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = text.rpartition("十")
    return int(DIGIT_BY_SIGN.get(tens, "1") if ten else 0) * 10 + int(
        DIGIT_BY_SIGN.get(ones, "0")
    )
