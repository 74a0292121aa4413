"""What a title says: the body, the year, and nothing that it does not say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.analysis.normaliser import fold_line
from indexer.metadata.dates import YEAR_REGEX, year_of
from indexer.metadata.reading import TAIWAN_WORDING

__all__ = ["Title", "read_title"]

SUBJECT_PATTERN = re.compile(
    "(?:政府|政务|环境|行政|高校|学校|企业|单位|部门|办事|主动)?信息公开|政务公开|政府信息(?!公开)|依法行政"
)
EDGE_PATTERN = re.compile(
    r"^(?:附件?\d*[::.]?|转发?[::]|关于|印发|公布|发布|公示|报送|上报|呈报|的|[-—·.,、:;。|_>]|\(|\))+"
    r"|(?:关于|有关|开展|推进|实施|本级|的|[-—·.,、:;。|_>]|\(|\))+$"
)
YEAR_WORD_PATTERN = re.compile(
    rf"\(?({YEAR_REGEX})\s?(?:年度|学年度?|年|度)?\)?(?:全年|工作|本级)?"
)
YEAR_RANGE_PATTERN = re.compile(
    rf"({YEAR_REGEX})年?[-至到~]({YEAR_REGEX})(?:学年|年|度)"
)
SITE_PATTERN = re.compile(
    r"(?:_|\||--|-(?=[^-]*(?:网|门户|在线|公开平台|政务公开)$)).*$"
)
NEXT_YEAR_PATTERN = re.compile(
    rf"{YEAR_REGEX}年?度?(?:工作)?(?:计划|要点|打算|安排|思路|重点)"
)
SITE_NAME_PATTERN = re.compile("(?:网|门户|在线|平台|首页|专栏)$")
MONTH_PATTERN = re.compile(r"年?\s?\d{1,2}月")


@dataclass(frozen=True, slots=True)
class Title:
    """A title read.

    `agency` is in index form and empty where the title names none; `sure` is False where the year
    was mended or chosen among several.
    """

    form: str
    agency: str
    year: int | None
    sure: bool = True


@lru_cache(maxsize=256)
def read_title(title: str) -> Title:
    """The parts of a title; the last few are kept, for most reports repeat theirs in the text.

    >>> read_title("关于龙岗区教育局2018年政府信息公开年报")
    Title(form='关于龙岗区教育局2018年政府信息公开年报', agency='龙岗区教育局', year=2018, sure=True)
    """
    form = re.sub(r"[\s《》\"'“”#*【】]", "", fold_line(title)).replace(*TAIWAN_WORDING)
    form = SITE_PATTERN.sub("", form) or form
    year, sure = _year(form)
    return Title(form, _agency(form), year, sure)


def _year(form: str) -> tuple[int | None, bool]:
    """The reporting year among the years of a title: next year's plan and months are passed over."""
    if m := YEAR_RANGE_PATTERN.search(form):
        return year_of(m[2]), False
    plain = NEXT_YEAR_PATTERN.sub("", form)
    found = [
        m
        for m in re.finditer(YEAR_REGEX, plain)
        if not MONTH_PATTERN.match(plain, m.end())
    ]
    found = found or list(re.finditer(YEAR_REGEX, plain))
    years = [y for m in found if (y := year_of(m[0]))]
    if not years:
        return None, False
    at = SUBJECT_PATTERN.search(plain)
    before = [y for m in found if (y := year_of(m[0])) and at and m.end() <= at.start()]
    distinct = set(years)
    if len(distinct) == 1:
        return years[0], all(len(re.sub(r"\s", "", m[0])) == 4 for m in found)
    return (
        ((before or years)[-1], False)
        if len(set(before or years)) == 1
        else (None, False)
    )


def _agency(form: str) -> str:
    """The name before the subject, or in brackets after it, without years and connecting words."""
    at = SUBJECT_PATTERN.search(form)
    if at is None:
        return ""
    head = form[: at.start()]
    if head.endswith("人民") and form[at.start() : at.start() + 2] == "政府":
        head += "政府"
    head = _trim(
        re.sub(
            r"\([^()]*\)$",
            "",
            YEAR_WORD_PATTERN.sub("|", YEAR_RANGE_PATTERN.sub("|", head)).rstrip("|"),
        )
    )
    if not head and (
        tail := re.search(r"(?:报告|年报|总结)[-_(]+([\u4e00-\u9fff]{3,30})\)?$", form)
    ):
        head = tail[1]
    parts = [
        p
        for part in re.split(r"[|_>—-]|(?<=[室厅局委办府])关于", head)
        if (p := _trim(part))
    ]
    named = [p for p in parts if not SITE_NAME_PATTERN.search(p)] or parts
    return max(named[-1:] if "关于" in head else named, key=len) if named else ""


def _trim(name: str) -> str:
    while (shorter := EDGE_PATTERN.sub("", name)) != name:
        name = shorter
    return name
