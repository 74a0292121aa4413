"""Reports by the thousand: realistic in form, era, wording and numbers, each with the truth about
it.

Report i of a seed is the same whatever was made before it, so that shards can be made apart. YEARS
consecutive reports are one body in consecutive years.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from random import Random
from typing import Any

from indexer.sample import tables as forms
from indexer.sample.bodies import Bodies, Body
from indexer.sample.figures import Numbers
from indexer.sample.grammar import Voice
from indexer.sample.shapes import PARAGRAPH_FORMS, page

__all__ = ["YEARS_PER_BODY", "Sample", "generate"]

# Consecutive reports of one body.
YEARS_PER_BODY = 6

# the last year that reports are of
_LAST_YEAR = 2025
# How texts part the cells of a row; most put one cell a line.
_CELL_SEPARATORS = ("\n", "\n", "\n", " ", " | ", "\t")
# shapes of web pages, chosen by the id
_PAGE_SHAPES = ("trs", "zoom", "ucap", "pages", "word", "nested")
# First reporting years, as often as each is drawn.
_FIRST_YEARS = (
    2008,
    2009,
    2011,
    2013,
    2014,
    2015,
    2017,
    2018,
    2019,
    2019,
    2020,
    2020,
    2020,
    2020,
    2020,
)

# How often each fault is put in; the truth of a report names those it has.
FAULT_RATES = {
    "no title": 0.03,
    "traditional": 0.02,
    "wrong total": 0.02,
    "lost zeros": 0.02,
}


@dataclass(slots=True)
class Sample:
    """One generated report.

    `lines` is its text. `tables` are its statutory tables (None before their time), which stand
    after line `at`. `truth` says what must be derived from it.
    """

    id: str
    title: str
    lines: list[str]
    truth: dict[str, Any]
    tables: forms.Tables | None = None
    at: int = 0
    separator: str = "\n"

    @property
    def text(self) -> str:
        """The whole report as text, its title first unless that is what it lacks."""
        lines = self.lines
        if self.tables is not None:
            lines = [*lines[: self.at], *self._table_lines(), *lines[self.at :]]
        return self._in_script("\n".join(lines))

    def _in_script(self, text: str) -> str:
        is_traditional = self.truth["script"] == "Hant"
        return text.translate(_traditional()) if is_traditional else text

    def _table_lines(self) -> list[str]:
        assert self.tables is not None
        lines = forms.text_tables(self.tables, self.separator)
        if "lost zeros" in self.truth["faults"]:
            return [line.replace(f"{self.separator}0", "") for line in lines]
        return lines

    def html(self, encoding: str = "utf-8") -> str:
        """The report as a web page in one of the shapes of government sites."""
        # the shape depends on the id alone, so that it is the same in every run
        number = sum(map(ord, self.id))
        shape = _PAGE_SHAPES[number % len(_PAGE_SHAPES)]
        agency = self.truth["agency_printed"]
        head = {
            "title": self.title if self.truth["title"] else "",
            "source": agency,
            "site": f"{agency}网站",
            "published": self.truth["published"] or "",
            "year": str(self.truth["year"]),
            "encoding": encoding,
        }
        return self._in_script(page(shape, head, self._body))

    def _body(self, paragraph: str) -> str:
        first = 0 if "no title" in self.truth["faults"] else 1
        above = self.lines[first : self.at or None]
        parts = [paragraph.format(line) for line in above]
        if self.tables is not None:
            parts.append(forms.html_tables(self.tables, paragraph))
            parts += [paragraph.format(line) for line in self.lines[self.at :]]
        return "\n".join(parts)


assert set(PARAGRAPH_FORMS) >= set(_PAGE_SHAPES)


def generate(count: int, seed: int = 1, start: int = 0) -> Iterator[Sample]:
    """`count` reports of a seed from number `start` on."""
    for i in range(start, start + count):
        yield _report(seed, i)


@dataclass(slots=True)
class _Author:
    """What is the same in all years of a body."""

    body: Body
    first: int
    voice: Voice
    numbers: Numbers
    chance: float


@lru_cache(maxsize=64)
def _author(seed: int, group: int) -> _Author:
    bodies = Bodies.load()
    body = bodies[group + seed * 7919]
    chance = Random((seed << 40) + group)  # noqa: S311  repeatable on purpose
    # all its years must be over
    latest = _LAST_YEAR - YEARS_PER_BODY + 1
    first = max(chance.choice(_FIRST_YEARS), min(body.since, latest))
    place = body.region[-1] if body.region else body.names[1]
    voice = Voice.of(chance, body.line, body.level, body.own, place, body.towns)
    numbers = Numbers((seed << 32) + group, body.level, body.line)
    return _Author(body, first, voice, numbers, chance.random())


def _template(year: int, chance: Random) -> str:
    """2019's reports exist in both forms."""
    if year < 2019 or (year == 2019 and chance.random() < 0.2):
        return "prose"
    return "gb2019" if year < 2021 else "gb2021"


# How titles are worded, as often as each is drawn.
_TITLE_FORMS = (
    "{agency}{year}年政府信息公开工作年度报告",
    "{agency}{year}年政府信息公开工作年度报告",
    "{agency}{year}年度政府信息公开工作年度报告",
    "{year}年{agency}政府信息公开工作年度报告",
    "{agency}{year}年政府信息公开年度报告",
    "{agency}关于{year}年政府信息公开工作情况的报告",
)


def _report(seed: int, i: int) -> Sample:
    group, step = divmod(i, YEARS_PER_BODY)
    author = _author(seed, group)
    year = author.first + step
    chance = Random((seed << 44) + (i << 3) + 1)  # noqa: S311  repeatable on purpose
    template = _template(year, chance)
    name = author.body.name(year)
    title = _TITLE_FORMS[int(author.chance * len(_TITLE_FORMS))].format(
        agency=name, year=year
    )
    faults = _faults(chance, template)
    published = _published(year, author.body, chance)
    head, foot, shown = _dating(published, name, author.body.short(year), chance)
    sample = Sample(
        f"s{seed}-{i:07d}", title, [] if "no title" in faults else [title], {}
    )
    sample.lines += head
    metrics = _compose(sample, author, template, year, step, chance)
    sample.lines += foot or ([name] if "no title" in faults else [])
    sample.truth = _truth(sample, author.body, year, template, faults, shown, metrics)
    _spoil(sample, faults)
    return sample


def _faults(chance: Random, template: str) -> list[str]:
    faults = [
        name
        for name in ("no title", "traditional")
        if chance.random() < FAULT_RATES[name]
    ]
    u = chance.random()
    if (
        template != "prose"
        and u < FAULT_RATES["wrong total"] + FAULT_RATES["lost zeros"]
    ):
        faults.append("wrong total" if u < FAULT_RATES["wrong total"] else "lost zeros")
    return faults


def _published(year: int, body: Body, chance: Random) -> str:
    """The day of publication.

    Since the revised Regulations departments report by the end of January, governments by the end
    of March.
    """
    last_month = 3 if year < 2019 or body.line == "综合" else 1
    month = 1 + int(chance.random() * last_month)
    day = 1 + int(chance.random() * 28)
    return f"{year + 1}-{month:02d}-{day:02d}"


def _dating(
    published: str, name: str, short: str, chance: Random
) -> tuple[list[str], list[str], str | None]:
    """The lines above and below that carry the date, and the date if any does."""
    u = chance.random()
    head: list[str] = []
    foot: list[str] = []
    if u < 0.55:
        visits = int(1 / (0.002 + chance.random()))
        head = [f"发布时间:{published} 来源:{short} 浏览次数:{visits}"]
    if u < 0.25 or u > 0.65:
        year, month, day = (int(part) for part in published.split("-"))
        foot = [name, f"{year}年{month}月{day}日"]
    return head, foot, published if head or foot else None


def _compose(
    sample: Sample, author: _Author, template: str, year: int, step: int, chance: Random
) -> dict[str, int]:
    """The chapters of the report; gives the metrics that it states."""
    body = author.body
    voice = author.voice
    floats = [chance.random() for _ in range(512)]
    short = body.short(year)
    # 龙政〔2018〕12号: governments and departments number their documents apart
    series = "政" if body.line == "综合" else "发"
    number = 1 + int(author.chance * 120) + step
    voice.constant |= {
        "年": str(year),
        "年前": str(year - 3 - step),
        "短": short,
        "文号": f"{short[0]}{series}〔{year}〕{number}号",
    }
    longer = 0.8 + 0.6 * author.chance

    def chapter(name: str, count: int) -> list[str]:
        sentences = max(2, int(count * longer))
        return _paragraphs(voice.chapter(name, sentences, year, step, floats))

    sample.lines.append(_opening(body, year, author.chance))
    if template == "prose":
        return _prose(sample, author, year, chapter)
    return _tabled(sample, author, template, year, chapter, chance)


def _opening(body: Body, year: int, u: float) -> str:
    name = body.name(year)
    openings = (
        f"根据《中华人民共和国政府信息公开条例》规定,现公布{name}{year}年政府信息公开工作年度报告。",
        f"本报告由{name}按照《中华人民共和国政府信息公开条例》的要求编制。",
        f"{name}{year}年度政府信息公开工作情况报告如下。",
    )
    period = f"本报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。"
    return openings[int(u * 89) % 3] + period


def _paragraphs(sentences: list[str]) -> list[str]:
    """Two or three sentences a paragraph."""
    return ["".join(sentences[n : n + 3]) for n in range(0, len(sentences), 3)]


# Fees, and reviews and suits, of three bodies that had none.
_PROSE_CLOSE = (
    (
        "没有收取任何费用。",
        "未发生因政府信息公开申请行政复议、提起行政诉讼的情况。",
    ),
    (
        "提供政府信息未收取费用。",
        "没有因政府信息公开引起的行政复议案件,没有行政诉讼案件。",
    ),
    (
        "按照规定,未向申请人收取任何费用。",
        "全年未发生针对政府信息公开的行政复议和行政诉讼。",
    ),
)

# Name of a chapter, about how many sentences -> its paragraphs.
_Chapter = Callable[[str, int], list[str]]


def _prose(
    sample: Sample, author: _Author, year: int, chapter: _Chapter
) -> dict[str, int]:
    """A report as it was before 2019, its numbers in sentences."""
    own = author.body.own
    numbers = author.numbers
    total = numbers.proactive_total(year)
    received = numbers.applications_in_prose(year)
    fees, suits = _PROSE_CLOSE[int(author.chance * 3)]
    asked = f"{year}年,{own}未收到政府信息公开申请。"
    if received:
        asked = f"{year}年,{own}收到政府信息公开申请{received}件。"
    sample.lines += [
        "一、概述",
        *chapter("组织", 6),
        *chapter("制度", 4),
        *chapter("监督", 3),
        "二、主动公开政府信息情况",
        f"截至{year}年12月31日,{own}主动公开政府信息共{total}条。",
        *chapter("公开", 9),
        *chapter("平台", 5),
        "三、依申请公开政府信息办理情况",
        asked,
        *(chapter("申请", 2) if received else []),
        "四、政府信息公开的收费及减免情况",
        fees,
        "五、因政府信息公开申请行政复议、提起行政诉讼情况",
        suits,
        "六、存在的主要问题及改进情况",
        *chapter("问题", 3),
        *chapter("改进", 4),
    ]
    return {
        "proactive_total": total,
        "applications_new": received,
        "fees_charged_yuan": 0,
        "reviews_total": 0,
        "suits_total": 0,
    }


def _tabled(
    sample: Sample,
    author: _Author,
    template: str,
    year: int,
    chapter: _Chapter,
    chance: Random,
) -> dict[str, int]:
    """A report since 2019, its numbers in the statutory tables."""
    tables = author.numbers.tables(template, year, chance)
    new = tables.applications["new"][6]
    asked = f"新收政府信息公开申请{new}件。" if new else "未收到政府信息公开申请。"
    sample.lines += [
        "一、总体情况",
        "(一)主动公开情况",
        *chapter("公开", 8),
        "(二)依申请公开情况",
        f"{year}年,{author.body.own}{asked}",
        *(chapter("申请", 2) if new else []),
        "(三)政府信息管理情况",
        *chapter("制度", 3),
        "(四)平台建设情况",
        *chapter("平台", 3),
        "(五)监督保障情况",
        *chapter("组织", 2),
        *chapter("监督", 2),
    ]
    sample.tables = tables
    sample.at = len(sample.lines)
    style = int(author.chance * 997) % len(_CELL_SEPARATORS)
    sample.separator = _CELL_SEPARATORS[style]
    fee = ""
    if template == "gb2021":
        fee = "按照《政府信息公开信息处理费管理办法》,本年度未收取信息处理费。"
    sample.lines += [
        "五、存在的主要问题及改进情况",
        *chapter("问题", 3),
        *chapter("改进", 3),
        "六、其他需要报告的事项",
        f"{fee}无其他需要报告的事项。",
    ]
    return forms.metrics(tables)


def _truth(
    sample: Sample,
    body: Body,
    year: int,
    template: str,
    faults: list[str],
    published: str | None,
    metrics: dict[str, int],
) -> dict[str, Any]:
    status = "absent" if template == "prose" else "consistent"
    if "wrong total" in faults:
        status = "inconsistent"
    elif "lost zeros" in faults:
        status = "partial"
    return {
        "id": sample.id,
        "title": None if "no title" in faults else sample.title,
        "agency": body.canonical(year),
        "agency_printed": body.name(year),
        "level": body.level,
        "org_type": body.org_type,
        "region": list(body.region) or None,
        "year": year,
        "published": published,
        "script": "Hant" if "traditional" in faults else "Hans",
        "template": template,
        "tables_status": status,
        "metrics": metrics,
        "faults": faults,
    }


def _spoil(sample: Sample, faults: list[str]) -> None:
    """A total printed one too high; the truth's metrics are what stands printed."""
    if sample.tables is not None and "wrong total" in faults:
        sample.tables.applications["handled"][6] += 1
        sample.truth["metrics"]["applications_handled"] += 1


@cache
def _traditional() -> dict[int, str]:
    """Character by character, as mirrors do it.

    The file has two rows, simplified over traditional.
    """
    path = Path(__file__).with_name("traditional.txt")
    simplified, traditional = path.read_text(encoding="utf-8").split("\n")[1:3]
    return dict(zip(map(ord, simplified), traditional, strict=True))
