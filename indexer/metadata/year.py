"""The reporting year: what the title says, what the statistics cover, what the text speaks of.

Never the signature.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass

from index.model.problems import Code, Problem
from index.model.report import Fact
from indexer.metadata.dates import DAY, FIRST_YEAR, LAST_YEAR, YEAR, day_of, year_of
from indexer.metadata.reading import Reading
from indexer.metadata.title import Title

__all__ = ["Period", "period_of", "year_fact"]

COVERED = re.compile(
    r"(?:期限|时限|时间|区间|起止|时段|期间|周期|数据|统计)[^。;]{0,24}?"
    rf"{DAY}起?[^。;\d]{{0,8}}?(?:(?P<y2>{YEAR})\s?年\s?|(?:当年|同年))?(?P<m2>\d{{1,2}})\s?月\s?(?P<d2>\d{{1,2}})\s?日"
)
WHOLE_YEAR = re.compile(
    r"(?P<y>(?<!\d)20\d\d)\s?年\s?(?P<m>0?1)\s?月\s?(?P<d>0?1)\s?日起?[^。;\d]{0,6}?"
    r"(?:(?P<y2>20\d\d)\s?年\s?)?(?P<m2>12)\s?月\s?(?P<d2>31)\s?日"
)
SELF = re.compile(
    rf"(?P<y>{YEAR})\s?年?度?(?:的|我[局委办厅区县市镇乡省街]道?|本[局单机]\S?)?(?:政府|政务)?信息公开(?:工作)?(?:年度|情况|的)*(?:报告|年报|总结)"
)
SPOKEN = re.compile(
    rf"(?P<y>{YEAR})\s?年度?(?!\s?\d{{1,2}}\s?月)(?!度?(?:工作)?(?:计划|要点|打算|安排))"
)
QUOTED = re.compile(r"《[^《》]{0,60}》|\((?:20\d\d)\)\s?\d+\s?号")
FUTURE = re.compile(
    r"年,?(?:我|本|全)?[局委办厅区县市镇乡省院站队街]?道?(?:将|要继续|计划|打算|拟)"
)


@dataclass(frozen=True, slots=True)
class Period:
    """The days that the statistics cover, ISO, inclusive; `span` is in index form."""

    first: str
    last: str
    span: tuple[int, int]

    @property
    def year(self) -> int:
        """The year that holds most of its days."""
        if self.first[:4] == self.last[:4]:
            return int(self.last[:4])
        first, last = map(dt.date.fromisoformat, (self.first, self.last))
        days = Counter(
            (first + dt.timedelta(n)).year for n in range((last - first).days + 1)
        )
        return days.most_common(1)[0][0]

    @property
    def is_calendar_year(self) -> bool:
        """Whether it runs from 1 January to 31 December of one year."""
        return self.first[:4] == self.last[:4] and (self.first[4:], self.last[4:]) == (
            "-01-01",
            "-12-31",
        )

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"


def period_of(reading: Reading) -> Period | None:
    """The period that the report says its numbers cover."""
    for pattern in (COVERED, WHOLE_YEAR):
        for m in pattern.finditer(reading.form):
            first = day_of(m)
            last = f"{year_of(m['y2'] or m['y'])}-{int(m['m2']):02d}-{int(m['d2']):02d}"
            if first and _is_day(last) and first < last and _days(first, last) <= 400:
                return Period(first, last, (m.start("y"), m.end()))
    return None


def year_fact(
    reading: Reading, title: Title | None, period: Period | None, published: str | None
) -> tuple[Fact | None, list[Problem]]:
    """The reporting year with its evidence, and what contradicts it."""
    named = title.year if title else None
    agree = named is not None and period is not None and period.year == named
    spoken: Counter[int] = (
        Counter() if agree else _spoken(reading)
    )  # where they agree nothing else is asked
    problems: list[Problem] = []
    if named and title and period and period.year != named:
        problems.append(
            Problem(Code.YEAR_AGAINST_PERIOD, {"year": named, "period": str(period)})
        )
    if period and not period.is_calendar_year:
        problems.append(Problem(Code.YEAR_NO_CALENDAR_YEAR, {"period": str(period)}))
    fact: Fact | None
    if named and title:
        fact = _from_title(title, named, period, spoken)
    elif period:
        fact = _from_period(reading, period, spoken)
    else:
        fact = _from_text(reading, spoken, published)
    if (
        fact
        and published
        and isinstance(fact.value, int)
        and (gap := int(published[:4]) - fact.value) not in range(4)
    ):
        problems.append(
            Problem(
                Code.YEAR_AGAINST_PUBLICATION,
                {"year": fact.value, "published": published},
            )
        )
        if gap < 0:
            fact = Fact(
                fact.value,
                fact.source,
                fact.confidence * 0.6,
                fact.rule,
                fact.evidence,
                fact.span,
                fact.alternatives,
            )
    return fact, problems


def _from_title(
    title: Title, named: int, period: Period | None, spoken: Counter[int]
) -> Fact:
    agrees = period is not None and period.year == named
    clashes = period is not None and not agrees
    confidence = 0.99 if agrees else 0.95 if title.sure else 0.8
    if clashes:
        confidence = (
            0.85 if spoken[named] > spoken[period.year if period else 0] else 0.6
        )
    elif not agrees and spoken and spoken[named] == 0:
        confidence -= 0.15
    rule = (
        "title and period agree"
        if agrees
        else "title"
        if title.sure
        else "title, mended or chosen"
    )
    others = () if agrees or period is None else (period.year,)
    return Fact(named, "title", confidence, rule, title.form, None, others)


def _from_period(reading: Reading, period: Period, spoken: Counter[int]) -> Fact:
    top = spoken.most_common(1)[0][0] if spoken else period.year
    confidence = 0.93 if top == period.year else 0.75
    if not period.is_calendar_year:
        confidence -= 0.15
    others = () if top == period.year else (top,)
    return Fact(
        period.year,
        "body",
        confidence,
        "period of the statistics",
        reading.quote(*period.span),
        reading.span(*period.span),
        others,
    )


def _from_text(
    reading: Reading, spoken: Counter[int], published: str | None
) -> Fact | None:
    head = reading.form[:600]
    unquoted = QUOTED.sub(lambda q: " " * len(q[0]), head)
    if (m := SELF.search(unquoted) or SELF.search(head)) and (year := year_of(m["y"])):
        confidence, rule = 0.9, "the report names itself"
        span: tuple[int, int] | None = m.span()
    elif spoken:
        first = SPOKEN.search(unquoted[:400])
        opening = year_of(first["y"]) if first else None
        year, count = spoken.most_common(1)[0]
        agrees = opening == year and count > sum(spoken.values()) / 2
        confidence, rule = (
            (0.85, "first and most often spoken of")
            if agrees
            else (0.4, "most often spoken of")
        )
        span = first.span() if first and agrees else None
    else:
        return None
    if published and int(published[:4]) == year:
        # reports appear in the year after: this is likely the plan, or the date itself
        confidence *= 0.5
    others = tuple(y for y, _ in spoken.most_common(3) if y != year)
    quote, place = (reading.quote(*span), reading.span(*span)) if span else (None, None)
    return Fact(year, "body", confidence, rule, quote, place, others)


def _spoken(reading: Reading) -> Counter[int]:
    """How often the text speaks of each year: not in titles of other documents, in dates, or in
    plans.
    """
    body = QUOTED.sub("", reading.form)
    found: Counter[int] = Counter()
    for m in SPOKEN.finditer(body):
        year = year_of(m["y"])
        if (
            year
            and FIRST_YEAR <= year <= LAST_YEAR
            and not FUTURE.match(body, m.end() - 1)
        ):
            found[year] += 1
    return found


def _days(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days + 1


def _is_day(iso: str) -> bool:
    try:
        dt.date.fromisoformat(iso)
    except ValueError:
        return False
    return True
