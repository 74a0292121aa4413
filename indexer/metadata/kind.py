"""Whether a document is an annual report on information disclosure at all.

Notices on how to write one, guides, rules, templates, news and bulletins speak of the same things.
Each sign below speaks for a report or against it; their sum decides, and is told with the sign that
weighs most.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from index.model.report import ANNUAL_REPORT, OTHER_KIND, Fact
from indexer.metadata.reading import Reading
from indexer.metadata.title import Title

__all__ = ["Told", "kind_of"]

# Characters from the beginning that are looked at: the chapters of a long report come later, but
# its opening and its first chapter tell enough.
REACH = 2000
# The sum of what speaks for a report from which nothing more is asked of it.
ENOUGH = 5.0
# A text this short says too little to be told for something else without a sign against it.
MIN_TELLING = 200
# The sum from which a document is taken for a report.
MIN_SCORE = 2.0

NUMERAL = "[一二三四五六七八九十]"
# (what it reads as, pattern over the title): what is no report by its name
TITLE_SIGNS = (
    ("notice", "通知|意见|批复|复函|公告|通告|通报|方案|要点|讲话|函"),
    ("rules", "制度|办法|细则|规定|条例|规则|规范|标准|规程"),
    (
        "guide",
        "指南|说明|须知|流程图?|目录|清单|申请表|一览表|问答|解读|答复书|告知书|决定书",
    ),
    # 安排表, 网站工作年度报表; but 政府信息公开情况统计表 is a part of a report
    (
        "template",
        "(?:报|安排|计划|任务|分工|分解|登记|汇总|评分)表|模板|范本|范文|参考文本|样本|格式|写作",
    ),
    (
        "other report",
        "(?:绩效|评价|自评|预算|决算|审计|统计|调查|调研|评估|法治政府)[^局队厅]{0,8}报告|[预决]算(?:信息)?(?:公开|说明)",
    ),
    (
        "bulletin",
        "(?:召开|举行|举办|组织|开展)[^,。]{0,40}(?:会议?|班|培训|活动|检查|督查)|会议?(?:召开|举行)|公报|简报|新闻|动态|摘要|推进会|培训班?|座谈会|会议|现场会|名单|排名",
    ),
)
# 一图读懂《2021年某省政府信息公开工作年度报告》
EXPLAINED_PATTERN = re.compile("^(?:一图读懂|一图看懂|图解|图说|解读)|^什么是|[?]$")
# 我局扎实做好政府信息公开工作: a headline; with a number before it, a heading
HEADLINE_PATTERN = re.compile(
    rf"^(?!{NUMERAL}|[(\d]).{{2,}}(?:做好|推进|开展|加强|抓好|提升)"
    "[^,。]{0,8}(?:信息|政务)公开(?:工作|水平|质效|质量)+$"
)
HEADLINE_ENDINGS = ("工作", "水平", "质效", "质量")
TITLE_PATTERNS = tuple(
    (name, re.compile(rf"(?:{words})(?:\([^()]*\))?[》】]?$"))
    for name, words in TITLE_SIGNS
)
REPORT_TITLE_PATTERN = re.compile(
    r"(?:信息|政务|校务|环境|检务|警务|司法|审判|院务|厂务)[^,。]{0,3}公开.{0,14}(?:报告|年报|总结|(?:年度报告|年报)(?:全文|公开))(?:\([^()]*\))?[》】]?$"
    "|(?:年度|年)(?:政府|政务)?信息公开(?:年度|工作|总体|的)*情况$"
    "|information disclosure (?:annual )?report$"
)
# 关于印发《深圳市盐田区2017年政府信息公开工作年度报告》的通知: the report follows
COVERING_PATTERN = re.compile("(?:年度报告|年报)》?的(?:函|通知)$")
QUOTED_PATTERN = re.compile("《[^《》]*》")


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for a report (a positive weight) or against one.

    `least` is how often it must stand; with `each` every different match counts, up to that many.
    Each match holds one of `words`: where none of them stands, the pattern need not be tried.
    """

    weight: float
    name: str
    pattern: re.Pattern[str]
    least: int = 1
    each: int = 0
    words: tuple[str, ...] = ()


SIGNS = (
    Sign(
        3.0,
        "tables",
        re.compile(
            "本列数据的勾稽关系|本年新收政府信息公开申请|本年制发件数|本年新制作 ?数量"
            r"|第二十条第\(?[一五六八九]\)?项"
        ),
    ),
    Sign(
        2.0,
        "opening",
        re.compile(
            # at most characters nothing begins: a look ahead costs less than to try every way
            "(?=[编公发形完本所统数信政制t])(?:"
            "(?:编制|公布|发布|形成|完成)本(?:年度)?报告"
            "|本(?:年度)?报告(?:中)?(?:是|所列|根据|依据|由|全文|内容|包括)"
            "|本年报(?:中)?(?:是|所列|根据|依据|由|全文|内容|包括)|所列数据"
            "|统计[^。;]{0,8}(?:期限|时限|时间|区间|起止)|数据[^。;]{0,8}(?:期限|时限|时间|起止)"
            "|(?:信息公开|政务公开)[^。;]{0,24}(?:报告|总结|汇报|公布|公告)如下"
            "|(?:公布|发布|编制|制定)[^。;]{2,50}(?:信息|政务)公开[^。;]{0,8}(?:年度)?(?:报告|年报)(?![编的制])"
            "|this (?:annual )?report (?:has been|is|was) (?:prepared|compiled))"
        ),
    ),
    Sign(
        1.0,
        "chapters",
        re.compile(
            rf"{NUMERAL}、 ?(?:(?:工作|基本|信息公开)?(?:总体|基本)情况"
            "|(?:情况|工作|信息公开)?概[述况]|基本概况"
            r"|(?:政府)?(?:信息)?主动公开|收到和处理|(?:政府)?(?:信息)?依申请公开|公开依申请|(?:政府信息公开)?(?:的)?收费"
            "|[^。]{0,20}行政复议|[^。]{0,12}(?:主要)?(?:问题|不足)|其他需要报告)"
        ),
        each=4,
    ),
    Sign(
        1.5,
        "figures of its own",
        re.compile(
            r"(?=[我本2全一])(?:[我本](?:局|委|办|厅|街|镇|乡|区|县|市|省|校|队|关|中心|处|旗|单位)|20\d\d年度?|全年|本年度?|一年来)[^。]{0,60}"
            "(?:公开|收到|受理|发布|接到)[^。;]{0,24}?(?:\\d[余多万]{0,2}(?:条|件|次|篇|宗|份|个)|申请)"
        ),
    ),
    Sign(
        1.0,
        "its own work",
        re.compile(
            "(?:20..年度?|一年来|今年以?来?|全年)[^。]{0,80}(?:信息|政务)公开[^。]{0,60}"
        ),
    ),
    Sign(
        1.0,
        "itself",
        re.compile(
            "我(?:局|委|办|厅|街|镇|乡|区|县|市|省|校|院|队|关|处|旗|州|团|单位)"
        ),
    ),
    Sign(
        1.0,
        "itself again",
        re.compile("我(?:局|委|办|厅|街|镇|乡|省|校|院|队|关|处|旗|州|团)"),
        least=3,
    ),
    Sign(
        -5.0,
        "notice",
        re.compile(
            "通知如下|请遵照执行|请认真遵照执行|(?:印发|转发)(?:给)?你们|认真贯彻(?:执行|落实)。"
            "|请(?:各单位|各部门|你们|于)[^。]{0,30}(?:报送|上报|落实)"
        ),
        words=("通知如下", "遵照执行", "你们", "认真贯彻", "请各", "请于"),
    ),
    Sign(
        -5.0,
        "rules",
        re.compile(
            rf"第(?<![》例法据照和、由按《].){NUMERAL}{{1,3}}(?:条(?![的规款第和、,中])|章)"
            "|本(?:制度|办法|规定|细则|规则)(?:由|自|所称|适用)"
        ),
        least=2,
    ),
    Sign(
        -5.0,
        "guide",
        re.compile(
            r"(?=[编制本受申公自])(?:(?:编制|制定)了?(?:[^。]{0,16})?(?:本|《)(?:[^。《]{0,16})?指南|本指南|受理(?:机构|时间):"
            r"|(?:申请人|公民)(?:可以|应当|填写|提出申请)[^。]{0,20}(?:填写|申请表|身份证)|申请公开(?:政府信息)?的?(?:流程|程序):"
            r"|自收到申请之日起)"
        ),
        words=(
            *("指南", "受理机构:", "受理时间:", "填写", "申请表", "身份证"),
            *("流程", "程序", "自收到申请之日起"),
        ),
    ),
    Sign(
        -12.0,
        "template",
        re.compile(
            # 规范文件 and 示范文本 are words of reports
            "由会员分享|珍藏版|文档下载|(?<![规示典模])范文(?![明件本书化])"
            "|参考文本|××|xx ?[市县区镇乡局年]|XX ?[市县区镇乡局年]"
            r"|〇〇[市县局]|\*\*[市县局]"
        ),
        words=(
            *("由会员分享", "珍藏版", "文档下载", "范文", "参考文本"),
            *("××", "xx", "XX", "〇〇", "**"),
        ),
    ),
    Sign(
        -5.0,
        "company report",
        re.compile("董事会|监事会|股东大会|每股收益|上市公司|主营业务"),
        least=2,
        words=("董事会", "监事会", "股东大会", "每股收益", "上市公司", "主营业务"),
    ),
    Sign(
        -4.0,
        "bulletin",
        re.compile(
            "地区生产总值|本报讯|本网讯|记者[ (:]|增加值|绩效评价|支出绩效|检务公开"
            "|(?:比上年|比去年|较上年)(?:同期)?增长"
        ),
        words=(
            *("地区生产总值", "本报讯", "本网讯", "记者", "增加值", "绩效"),
            *("检务公开", "比上年", "比去年", "较上年"),
        ),
    ),
    # news of a meeting; a report tells of one too, in fewer words
    Sign(
        -4.0,
        "bulletin",
        re.compile(
            "(?=[会出参培日近月讲授])(?:会议(?:要求|强调|指出|认为|通报|安排)|(?:出席|参加)(?:了)?(?:此次|本次)?(?:会议|培训)|培训会(?:上|在)"
            r"|[日近]前,|近日|月\d{1,2}日(?:上午|下午)?,[^。]{0,40}(?:召开|举办|举行)|(?:讲解|授课)了)"
        ),
        least=2,
        words=(
            "会议要求",
            "会议强调",
            "会议指出",
            "日前",
            "日上午",
            "日下午",
            "培训会",
            "近日",
            "前,",
            "出席",
            "讲解",
        ),
    ),
    # what a government tells its congress
    Sign(
        -5.0,
        "other report",
        re.compile("请予审议|请审议|各位(?:代表|委员)[,:]"),
        words=("审议", "各位"),
    ),
    # questions and answers
    Sign(
        -5.0,
        "guide",
        re.compile(r"(?:^|[。?])问:|[?] ?[\[(]?答[\])]?:"),
        words=("答:",),
    ),
    # the list of sites that a site's yearly table is of
    Sign(
        -5.0,
        "template",
        re.compile("填报单位:|填表(?:人|单位|日期):|独立用户访问总量"),
        words=("填报单位", "填表", "独立用户"),
    ),
    Sign(
        -2.0,
        "salutation",
        re.compile(
            "^[^。]{0,160}各(?:县|市|区|镇|乡|省|部门|单位|处室|科室|有关)[^。:]{0,80}:(?!.{0,20}\\d)"
        ),
    ),
)


FOR = tuple(sign for sign in SIGNS if sign.weight > 0)
AGAINST = tuple(sign for sign in SIGNS if sign.weight < 0)
# What is found of one sign.
MAX_MATCHES = 6
# Whatever else stands there, these make no report.
NEVER_REPORTS = ("template", "company report")
# One of these a report has.
OWN_SIGNS = {"title", "tables", "opening", "chapters", "itself"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a document is, with the strongest sign, and what it reads as where it is no report."""

    fact: Fact
    reads_as: str | None


def kind_of(reading: Reading, title: Title | None) -> Told:
    """The kind of a document as a fact: an annual report, something else, or not to be told."""
    found = sorted(_signs(reading, title), key=lambda sign: -abs(sign[0]))
    score = sum(weight for weight, _, _ in found)
    if not {name for _, name, _ in found} & OWN_SIGNS:
        # figures alone are those of a bulletin
        score = min(score, 0.0)
    against = [sign for sign in found if sign[0] < 0]
    is_report = score >= MIN_SCORE
    speaking = [sign for sign in found if (sign[0] > 0) == is_report]
    chance = 1 / (1 + math.exp(MIN_SCORE - 0.25 - score))
    is_silent = not against and len(reading.form) < MIN_TELLING
    value = ANNUAL_REPORT if is_report else None if is_silent else OTHER_KIND
    confidence = chance if is_report else 1 - chance
    span = speaking[0][2] if speaking else None
    names = ", ".join(name for _, name, _ in found)
    fact = Fact(
        value=value,
        source="body" if span else "title",
        confidence=max(0.5, confidence) if value else 0.5,
        rule=f"reads as: {names}" if names else "no sign of a report",
        evidence=reading.quote(*span) if span else title.printed if title else None,
        span=reading.span(*span) if span else None,
        alternatives=_others(found, is_report=is_report),
    )
    reads_as = against[0][1] if against else "no report"
    return Told(fact, reads_as if value == OTHER_KIND else None)


Found = tuple[float, str, tuple[int, int] | None]


def _others(found: list[Found], *, is_report: bool) -> tuple[str, ...]:
    """The kind that lost, where some sign speaks for it."""
    loser = OTHER_KIND if is_report else ANNUAL_REPORT
    return (loser,) if any((sign[0] < 0) == is_report for sign in found) else ()


def _signs(reading: Reading, title: Title | None) -> Iterator[Found]:
    form = reading.form[:REACH]
    # what stands in 《...》 is the title of another document; as long, so that spans stay
    bare = QUOTED_PATTERN.sub(lambda quoted: "《" * len(quoted[0]), form)
    named = list(_named(reading, title))
    yield from named
    is_titled = any(weight > 0 for weight, _, _ in named)
    wanted = ENOUGH - sum(weight for weight, _, _ in named)
    for sign in AGAINST:
        if found := _found(sign, bare):
            weight, name, span = found
            # a report too may speak of its guide, or of growth
            weight *= 0.5 if is_titled and name not in NEVER_REPORTS else 1.0
            wanted -= weight
            yield weight, name, span
    for sign in FOR:
        if wanted <= 0:
            break
        if found := _found(sign, form if sign.name == "opening" else bare):
            wanted -= found[0]
            yield found
    if form.count("公开") < 3 and len(form) >= MIN_TELLING:
        yield -3.0, "another subject", None


def _found(sign: Sign, text: str) -> Found | None:
    for word in sign.words:
        if word in text:
            break
    else:
        if sign.words:
            return None
    matches = list(islice(sign.pattern.finditer(text), MAX_MATCHES))
    if len(matches) < sign.least:
        return None
    times = min(sign.each, len({match[0] for match in matches})) or 1
    return sign.weight * times, sign.name, matches[0].span()


def _named(reading: Reading, title: Title | None) -> Iterator[Found]:
    """What the title says, or the first lines where the page has none."""
    names: list[tuple[str, tuple[int, int] | None]] = []
    if title:
        names.append((title.form, None))
    lines = reading.head[:6]
    for (start, end), (_, below) in pairwise(lines):
        # 关于政府信息公开工作年度报告 / 有关事项的通知: one title on two lines
        is_begun = reading.form.startswith("关于", start) and below - start <= 70
        span = start, below if is_begun else end
        names.append((reading.form[start:end], (start, end)))
        if is_begun:
            names.append((reading.form[span[0] : span[1]], span))
    for name, place in names:
        line = re.sub(r"^(?:信息)?名称[ |:]*|[ |]+$", "", name)
        # a title stands alone, or before the first heading on one line
        line = re.split(rf" {NUMERAL}、| ?[|]", line)[0].strip()
        if not 4 <= len(line) <= 70 or re.search("[。;]", line):
            continue
        if COVERING_PATTERN.search(line):
            return
        if EXPLAINED_PATTERN.search(line):
            yield -5.0, "guide", place
            return
        if line.endswith(HEADLINE_ENDINGS) and HEADLINE_PATTERN.search(line):
            yield -5.0, "bulletin", place
            return
        for kind, pattern in TITLE_PATTERNS:
            if pattern.search(line) and not line.startswith(("《", "根据", "按照")):
                yield -5.0, kind, place
                return
        # 关于政府信息公开工作年度报告 begins the title of a notice; 关于...情况的报告 is one
        is_begun = line.startswith("关于") and not re.search(
            "的(?:报告|总结|年报)$", line
        )
        if REPORT_TITLE_PATTERN.search(line) and not is_begun:
            yield 3.0, "title", place
            return
