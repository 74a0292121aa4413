"""What a title says: the body, the year, and nothing that it does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.analysis.characters import BASIC_HAN_CLASS
from index.analysis.normaliser import fold_line
from indexer.metadata.dates import YEAR_REGEX, year_of
from indexer.metadata.reading import TAIWAN_WORDING

__all__ = ["Title", "read_title", "title_in"]

# 政府信息公开, 信息公开, 政务公开: what the report is of, before which its body is named
SUBJECT_PATTERN = re.compile(
    "(?:政府|政务|环境|行政|高校|学校|企业|单位|部门|办事|主动)?信息公开"
    "|[政检警院厂]务公开|司法公开|审判公开|政府信息(?!公开)|依法行政"
)
# 附件1:, 转发:, 关于, 报送 before a name, 关于, 推进, 的 after it, and marks
EDGE_PATTERN = re.compile(
    r"^(?:附件?\d*[:.]?|转发?:|关于|印发|公布|发布|公示|报送|上报|呈报|的"
    r"|[-—·.,、:;。|_>]|\(|\))+"
    r"|(?:关于|有关|开展|推进|实施|本级|的|[-—·.,、:;。|_>]|\(|\))+$"
)
# 2018年度, (2018年), 2018学年, 2018年全年
YEAR_WORD_PATTERN = re.compile(
    rf"\(?({YEAR_REGEX})\s?(?:年度|学年度?|年|度)?\)?(?:全年|工作|本级)?"
)
# 2017-2018学年: the second year is the reporting one
YEAR_RANGE_PATTERN = re.compile(
    rf"({YEAR_REGEX})年?[-至到~]({YEAR_REGEX})(?:学年|年|度)"
)
# _深圳政府在线, |龙岗区政府网, --政务公开, -龙岗门户: the name of the site behind the title
SITE_PATTERN = re.compile(
    r"(?:_|\||--|-(?=[^-]*(?:网|门户|在线|公开平台|政务公开)$)).*$"
)
# 2018年总结和2019年工作计划: the second is no reporting year
NEXT_YEAR_PATTERN = re.compile(
    rf"{YEAR_REGEX}年?度?(?:工作)?(?:计划|要点|打算|安排|思路|重点)"
)
SITE_NAME_PATTERN = re.compile("(?:网|门户|在线|平台|首页|专栏)$")
# 政府信息公开年报(龙岗区教育局): the body stands behind
BODY_BEHIND_PATTERN = re.compile(
    rf"(?:报告|年报|总结)[-_(]+([{BASIC_HAN_CLASS}]{{3,30}})\)?$"
)
# 龙岗区政府网|教育局, 教育局关于...: where a head may be parted into names
PART_PATTERN = re.compile(r"[|_>—-]|(?<=[室厅局委办府])关于")
# 标题:, 标    题, 标 题 |, [标题], 信息名称: the label of a card before a title, as printed
LABEL_PATTERN = re.compile(
    r"^[\s|\[【［]*(?:标\s*[题題]|標\s*題|(?:信息)?名\s*[称稱])[\s:\uff1a|\]】］]*"
)
# the empty cells behind it
CELLS_PATTERN = re.compile(r"\s*\|[\s|]*$")
REPORT_PATTERN = re.compile(
    r"(?:[信資资]息?[息訊讯]|政[务務])公[开開].{0,8}(?:[报報]告|年[报報])$"
)
SENTENCE_PATTERN = re.compile("[。;;,,]")
# Characters of the longest title.
MAX_TITLE = 60
# what follows the year of a day: 2019年3月
MONTH_PATTERN = re.compile(r"年?\s?\d{1,2}月")


@dataclass(frozen=True, slots=True)
class Title:
    """A title read.

    `form` and `agency` are in index form; `agency` is empty where the title names none. `sure` is
    False where the year was mended or chosen among several. `printed` is the title as it stands.
    """

    form: str
    agency: str
    year: int | None
    sure: bool = True
    printed: str = ""


def title_in(title: str | None, lines: Sequence[str]) -> str | None:
    """The title of a report whose page gives `title`, and whose text begins with `lines`.

    The label of a card is taken off. An entry of a menu (政府信息公开年报), or none at all, gives
    way to a line that names a year and is a title.
    """
    given = _bare(title) or title if title else None
    if given and (read_title(given).year or read_title(given).agency):
        return given
    for line in lines:
        bare = _bare(line)
        is_labelled = bare != line.strip(" |")
        is_line = (given or is_labelled) and 8 <= len(bare) <= MAX_TITLE
        if not is_line or SENTENCE_PATTERN.search(bare):
            continue
        if REPORT_PATTERN.search(bare) and read_title(bare).year:
            return bare
    return given


def _bare(title: str) -> str:
    return CELLS_PATTERN.sub("", LABEL_PATTERN.sub("", title))


@lru_cache(maxsize=256)
def read_title(title: str) -> Title:
    """The parts of a title; the last few are kept, for most reports repeat theirs in the text.

    >>> read_title("关于龙岗区教育局2018年政府信息公开年报").agency
    '龙岗区教育局'
    """
    form = re.sub(r"[\s《》\"'“”#*【】]", "", fold_line(title))
    form = form.replace(*TAIWAN_WORDING)
    form = SITE_PATTERN.sub("", form) or form
    year, sure = _year(form)
    return Title(form, _agency(form), year, sure, " ".join(title.split()))


def _year(form: str) -> tuple[int | None, bool]:
    """The reporting year among the years of a title, and whether it is sure.

    The year of next year's plan is passed over, and so are months.
    """
    if spanned := YEAR_RANGE_PATTERN.search(form):
        return year_of(spanned[2]), False
    plain = NEXT_YEAR_PATTERN.sub("", form)
    every = list(re.finditer(YEAR_REGEX, plain))
    matches = [year for year in every if not MONTH_PATTERN.match(plain, year.end())]
    dated = [(year_of(match[0]), match) for match in matches or every]
    years = [year for year, _ in dated if year]
    if not years:
        return None, False
    if len(set(years)) == 1:
        # 202020 was mended
        is_plain = all(len(re.sub(r"\s", "", match[0])) == 4 for _, match in dated)
        return years[0], is_plain
    subject = SUBJECT_PATTERN.search(plain)
    before: list[int] = []
    if subject:
        before = [year for year, m in dated if year and m.end() <= subject.start()]
    candidates = before or years
    if len(set(candidates)) == 1:
        return candidates[-1], False
    return None, False


def _agency(form: str) -> str:
    """The name before the subject, or in brackets after it, without years and connecting words."""
    subject = SUBJECT_PATTERN.search(form)
    if subject is None:
        return ""
    start = subject.start()
    head = form[:start]
    if head.endswith("人民") and form[start : start + 2] == "政府":
        # 龙岗区人民政府信息公开年报: 政府 is of the name, not of the subject
        head += "政府"
    # years part what stands before and behind them
    parted = YEAR_WORD_PATTERN.sub("|", YEAR_RANGE_PATTERN.sub("|", head)).rstrip("|")
    head = _trim(re.sub(r"\([^()]*\)$", "", parted))
    if not head and (tail := BODY_BEHIND_PATTERN.search(form)):
        head = tail[1]
    trimmed = map(_trim, PART_PATTERN.split(head))
    parts = [part for part in trimmed if part]
    named = [part for part in parts if not SITE_NAME_PATTERN.search(part)] or parts
    if not named:
        return ""
    return named[-1] if "关于" in head else max(named, key=len)


def _trim(name: str) -> str:
    while (shorter := EDGE_PATTERN.sub("", name)) != name:
        name = shorter
    return name
