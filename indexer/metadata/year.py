"""The reporting year: what the title says, what the statistics cover, what the text speaks of.

Never the signature.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, replace

from index.model.problems import Code, Facts, Problem
from index.model.report import Fact
from indexer.metadata.dates import (
    DAY_REGEX,
    FIRST_YEAR,
    LAST_YEAR,
    YEAR_REGEX,
    day_of,
    year_of,
)
from indexer.metadata.reading import Reading
from indexer.metadata.title import Title

__all__ = ["Period", "period_of", "year_fact"]

# 统计期限自2018年1月1日起至12月31日止
COVERED_PATTERN = re.compile(
    r"(?:期限|时限|时间|区间|起止|时段|期间|周期|数据|统计)[^。;]{0,24}?"
    rf"{DAY_REGEX}起?[^。;\d]{{0,8}}?"
    rf"(?:(?P<y2>{YEAR_REGEX})\s?年\s?|(?:当年|同年))?"
    r"(?P<m2>\d{1,2})\s?月\s?(?P<d2>\d{1,2})\s?日"
)
# 2018年1月1日至2018年12月31日, wherever it stands
WHOLE_YEAR_PATTERN = re.compile(
    r"(?P<y>(?<!\d)20\d\d)\s?年\s?(?P<m>0?1)\s?月\s?(?P<d>0?1)\s?日起?[^。;\d]{0,6}?"
    r"(?:(?P<y2>20\d\d)\s?年\s?)?(?P<m2>12)\s?月\s?(?P<d2>31)\s?日"
)
# 2018年度政府信息公开工作报告, 2018年我局信息公开年报
OWN_NAME_PATTERN = re.compile(
    rf"(?P<y>{YEAR_REGEX})\s?年?度?"
    r"(?:的|我[局委办厅区县市镇乡省街]道?|本[局单机]\S?)?"
    r"(?:政府|政务)?信息公开(?:工作)?(?:年度|情况|的)*(?:报告|年报|总结)"
)
# 2018年, but no day (2018年3月) and no plan (2019年工作计划)
SPOKEN_YEAR_PATTERN = re.compile(
    rf"(?P<y>{YEAR_REGEX})\s?年度?(?!\s?\d{{1,2}}\s?月)"
    r"(?!度?(?:工作)?(?:计划|要点|打算|安排))"
)
# 截至2022年12月31日, 截止2022年底
YEAR_END_PATTERN = re.compile(
    rf"截[至止]到?(?P<y>{YEAR_REGEX})\s?年?\s?(?:12\s?月\s?31\s?日|年?[底末])"
)
# what a mirror that was translated by machine makes of a title
ENGLISH_PATTERN = re.compile(
    r"(?P<y>20\d\d) (?:annual )?(?:government )?information disclosure"
)
# 《2016年政务公开工作要点》, (2016)12号: documents that the report speaks of
QUOTED_PATTERN = re.compile(r"《[^《》]{0,60}》|\((?:20\d\d)\)\s?\d+\s?号")
# 2019年,我局将
FUTURE_PATTERN = re.compile(
    r"年,?(?:我|本|全)?[局委办厅区县市镇乡省院站队街]?道?"
    r"(?:将|要继续|计划|打算|拟)"
)


@dataclass(frozen=True, slots=True)
class Period:
    """The days that the statistics cover: ISO dates, both included. `span` is in index form."""

    first: str
    last: str
    span: tuple[int, int]

    @property
    def year(self) -> int:
        """The year that holds most of its days."""
        if self.first[:4] == self.last[:4]:
            return int(self.last[:4])
        first = dt.date.fromisoformat(self.first)
        days = range(_days(self.first, self.last))
        years = Counter((first + dt.timedelta(day)).year for day in days)
        return years.most_common(1)[0][0]

    @property
    def is_calendar_year(self) -> bool:
        """Whether it runs from 1 January to 31 December of one year."""
        is_one_year = self.first[:4] == self.last[:4]
        ends = (self.first[4:], self.last[4:])
        return is_one_year and ends == ("-01-01", "-12-31")

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"


def period_of(reading: Reading) -> Period | None:
    """The period that the report says its numbers cover."""
    for pattern in (COVERED_PATTERN, WHOLE_YEAR_PATTERN):
        for match in pattern.finditer(reading.form):
            first = day_of(match)
            year = year_of(match["y2"] or match["y"])
            month, day = int(match["m2"]), int(match["d2"])
            last = f"{year}-{month:02d}-{day:02d}"
            if not first or not _is_day(last) or first >= last:
                continue
            # some cover thirteen months; more is not one report
            if _days(first, last) <= 400:
                return Period(first, last, (match.start("y"), match.end()))
    return None


def year_fact(
    reading: Reading, title: Title | None, period: Period | None, published: str | None
) -> tuple[Fact | None, list[Problem]]:
    """The reporting year with its evidence, and what contradicts it."""
    named = title.year if title else None
    agree = named is not None and period is not None and period.year == named
    # where they agree nothing else is asked
    spoken: Counter[int] = Counter() if agree else _spoken(reading)
    problems: list[Problem] = []
    if named and period and period.year != named:
        facts: Facts = {"year": named, "period": str(period)}
        problems.append(Problem(Code.YEAR_AGAINST_PERIOD, facts))
    if period and not period.is_calendar_year:
        problems.append(Problem(Code.YEAR_NO_CALENDAR_YEAR, {"period": str(period)}))
    fact: Fact | None
    if named and title:
        fact = _from_title(title, named, period, spoken)
    elif period:
        fact = _from_period(reading, period, spoken)
    else:
        fact = _from_text(reading, spoken, published)
    if fact and published and isinstance(fact.value, int):
        gap = int(published[:4]) - fact.value
        # late reports appear up to three years after
        if gap not in range(4):
            facts = {"year": fact.value, "published": published}
            problems.append(Problem(Code.YEAR_AGAINST_PUBLICATION, facts))
        if gap < 0:
            fact = replace(fact, confidence=fact.confidence * 0.6)
    return fact, problems


def _from_title(
    title: Title, named: int, period: Period | None, spoken: Counter[int]
) -> Fact:
    if period is not None and period.year == named:
        rule = "title and period agree"
        return Fact(
            value=named,
            source="title",
            confidence=0.99,
            rule=rule,
            evidence=title.printed,
        )
    rule = "title" if title.sure else "title, mended or chosen"
    confidence = 0.95 if title.sure else 0.8
    others: tuple[int, ...] = ()
    if period is not None:
        confidence = 0.85 if spoken[named] > spoken[period.year] else 0.6
        others = (period.year,)
    elif spoken and spoken[named] == 0:
        confidence -= 0.15
    return Fact(
        value=named,
        source="title",
        confidence=confidence,
        rule=rule,
        evidence=title.printed,
        alternatives=others,
    )


def _from_period(reading: Reading, period: Period, spoken: Counter[int]) -> Fact:
    most = spoken.most_common(1)[0][0] if spoken else period.year
    agrees = most == period.year
    confidence = 0.93 if agrees else 0.75
    if not period.is_calendar_year:
        confidence -= 0.15
    return Fact(
        value=period.year,
        source="body",
        confidence=confidence,
        rule="period of the statistics",
        evidence=reading.quote(*period.span),
        span=reading.span(*period.span),
        alternatives=() if agrees else (most,),
    )


def _from_text(
    reading: Reading, spoken: Counter[int], published: str | None
) -> Fact | None:
    head = reading.form[:600]
    # as long as the head, so that spans stay
    unquoted = QUOTED_PATTERN.sub(lambda quoted: " " * len(quoted[0]), head)
    own = OWN_NAME_PATTERN.search(unquoted) or OWN_NAME_PATTERN.search(head)
    year = year_of(own["y"]) if own else None
    span: tuple[int, int] | None = None
    most, mostly = spoken.most_common(1)[0] if spoken else (year, 0)
    # an earlier report may be listed among what was published
    is_listed = most != year and mostly >= 2 * max(1, spoken[year or 0])
    year_end = YEAR_END_PATTERN.search(head) or ENGLISH_PATTERN.search(head)
    if own and year and not is_listed:
        confidence, rule = 0.9, "the report names itself"
        span = own.span()
    elif is_listed and mostly > sum(spoken.values()) / 2:
        year, confidence, rule = most, 0.75, "most often spoken of"
    elif year_end and not spoken:
        year = year_of(year_end["y"])
        confidence, rule = 0.8, "the last day that it counts"
        span = year_end.span()
    elif spoken:
        first = SPOKEN_YEAR_PATTERN.search(unquoted[:400])
        opening = year_of(first["y"]) if first else None
        year, count = spoken.most_common(1)[0]
        confidence, rule = 0.4, "most often spoken of"
        if first and opening == year and count > sum(spoken.values()) / 2:
            confidence, rule = 0.85, "first and most often spoken of"
            span = first.span()
    else:
        return None
    if published and int(published[:4]) == year:
        # reports appear in the year after: this is likely the plan, or the date itself
        confidence *= 0.5
    return _of_body(reading, year, confidence, rule, span, spoken)


def _of_body(
    reading: Reading,
    year: int | None,
    confidence: float,
    rule: str,
    span: tuple[int, int] | None,
    spoken: Counter[int],
) -> Fact:
    others = tuple(other for other, _ in spoken.most_common(3) if other != year)
    span = span or _spoken_at(reading, year)
    quote = reading.quote(*span) if span else None
    place = reading.span(*span) if span else None
    return Fact(
        value=year,
        source="body",
        confidence=confidence,
        rule=rule,
        evidence=quote,
        span=place,
        alternatives=others,
    )


def _spoken_at(reading: Reading, year: int | None) -> tuple[int, int] | None:
    """Where a text first speaks of a year, in index form."""
    for match in SPOKEN_YEAR_PATTERN.finditer(reading.form):
        if year_of(match["y"]) == year:
            return match.span()
    return None


def _spoken(reading: Reading) -> Counter[int]:
    """How often the text speaks of each year.

    Titles of other documents, dates and plans do not count.
    """
    body = QUOTED_PATTERN.sub("", reading.form)
    years: Counter[int] = Counter()
    for match in SPOKEN_YEAR_PATTERN.finditer(body):
        year = year_of(match["y"])
        if not year or not FIRST_YEAR <= year <= LAST_YEAR:
            continue
        if not FUTURE_PATTERN.match(body, match.end() - 1):
            years[year] += 1
    return years


def _days(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days + 1


def _is_day(iso: str) -> bool:
    try:
        dt.date.fromisoformat(iso)
    except ValueError:
        return False
    return True
