"""Numbers that a report states in sentences: few kinds, and only where the sentence can mean
nothing else.

Silence is unknown, not 0: only an explicit negation says none. Two different numbers for one thing
are a conflict and stay one. Categories are never added up: they need not cover the whole, and
channels repeat one another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from index.analysis.characters import HAN_NUMERALS
from index.analysis.wording import WORDINGS
from index.model.statistics import Contradiction, Figure, Statement
from indexer.statistics.numerals import COUNT_NUMERALS, with_digits
from indexer.statistics.reading import Reading
from indexer.statistics.values import plain

__all__ = ["stated"]

# 近1,200; 3.5万余; 0
_NUMBER_PATTERN = (
    r"(?P<about>近|约|超过|超|逾|不少于)?(?P<n>\d[\d,]{0,14}(?:\.\d{1,4})?)"
    r"(?P<scale>万|亿)?(?P<more>余|多)?"
)
# Units in which requests are counted.
_CASE_UNITS = "(?:条|件|宗|次|项|份|起|例)"
# 政府信息公开申请, 依申请公开政府信息, 申请
_REQUEST_PATTERN = (
    "(?:政府|政务)?(?:信息)?(?:公开)?(?:依申请公开(?:的)?(?:政府|政务)?信息(?:数量)?|依申请公开请求|依申请公开政府信息|依申请的?信息公开|依申请公开|政府信息依申请公开|申请公开政府信息"
    "|公开申请|公开的申请|申请)"
)
# 收到[公民、法人和其他组织提出的]申请: who applied, without another number.
_WHO_PATTERN = "(?:[^。;,\\d]{0,24}?)"
# 比去年增加, 历年累计: the number that follows is not of this year.
_EARLIER_YEAR = "(?:去年|上年|上一年|同期|以来|历年|往年)[^,。;]{0,12}$"
# One of several items in a list is not the total.
_LISTED_ITEM = _EARLIER_YEAR + "|(?:公开|、|其中[:,]?)$"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A way to state a number.

    `holds` are words that stand in all that the pattern finds, spared in sentences without them.
    `before` must not be found in the 30 characters before it, nor `within` in it; `needs` must
    stand in the sentence or in the heading that it is under.
    """

    name: str
    holds: tuple[str, ...]
    pattern: re.Pattern[str]
    before: re.Pattern[str] | None = None
    within: re.Pattern[str] | None = None
    zero: bool = False
    needs: str = ""

    def takes(self, before: str, matched: str) -> bool:
        """Whether neither what stands before a match nor what is in it speaks against it."""
        if self.before and self.before.search(before):
            return False
        return not (self.within and self.within.search(matched))


def _count(
    name: str,
    holds: str,
    pattern: str,
    before: str = _EARLIER_YEAR,
    within: str = "",
    needs: str = "",
) -> _Rule:
    return _Rule(
        name,
        tuple(holds.split()),
        re.compile(pattern.replace("<N>", _NUMBER_PATTERN)),
        re.compile(before),
        re.compile(within) if within else None,
        needs=needs,
    )


def _none(
    name: str, holds: str, pattern: str, within: str = "", needs: str = ""
) -> _Rule:
    return _Rule(
        name,
        tuple(holds.split()),
        re.compile(pattern),
        None,
        re.compile(within) if within else None,
        zero=True,
        needs=needs,
    )


# 行政复议申请, 网络申请: applications of another kind, or a part of them.
_OTHER_APPLICATIONS = (
    "复议|诉讼|减免|不予|许可|审批|救助|更正|登记|转办"
    "|网络|网上|当面|传真|信函|邮件|电子|重复|结转|补正"
)
# 其中审结2件: a part of the reviews.
_SUBSET_WORDS = "审结|纠错|纠正|败诉|撤销|变更|违法|超期|逾期|维持|其中"
_HAPPENED_VERBS = "(?:发生|收到|出现|产生|接到|引发|引起|涉及|提起|存在|受理|有|因)"


def _remedy(name: str, word: str) -> list[_Rule]:
    """What is said of reviews and of lawsuits, in the same words."""
    what = f"(?:行政)?{word}"
    case = f"{what}(?:案件|申请|案|事项|情况|数)?"
    # 复议机关, 复议后败诉 speak of something else
    other_things = f"(?!机关|机构|决定|渠道|法|应诉|{_SUBSET_WORDS})"
    after = f"{other_things}(?![^。;,]{{0,8}}(?:{_SUBSET_WORDS}|败诉))"
    return [
        _count(
            name,
            word,
            f"{case}(?:共|共计|总数|数量|总计)?(?:为|有)?<N>(?:件|起|宗|例|次)",
            within=_SUBSET_WORDS,
        ),
        _count(
            name,
            word,
            "(?:发生|收到|引发|受理|被提起|接到)(?:的)?<N>(?:件|起|宗|例|次)"
            f"[^。;,\\d]{{0,20}}{what}(?![、和及或])",
            within=_SUBSET_WORDS,
        ),
        _none(
            name,
            word,
            f"(?:未|从未|均未|尚未)(?:有|曾|被)?{_HAPPENED_VERBS}[^。;,]{{0,44}}?{what}{after}",
            within=_SUBSET_WORDS,
        ),
        _none(
            name,
            word,
            f"(?:没有|(?<![均])无)[^。;,]{{0,44}}?{what}{after}",
            within=_SUBSET_WORDS,
        ),
        _none(
            name,
            word,
            f"{what}[^。;,\\d]{{0,14}}?(?:均为|为|共|各|都是)?[0零](?:件|起|宗|例|次)"
            f"|{what}(?:(?:案件|申请)?数量?|[、和及](?:行政)?(?:诉讼|复议))?(?:均|都)?为[0零](?![\\d.])",
            within=_SUBSET_WORDS,
        ),
    ]


# What a report counts on the one site that it publishes on: its total, where it counts no other
# channel.
_ON_ITS_SITE = "proactive_on_site"
# 办理依申请公开55件: what was dealt with is what came in, where nothing else is said of that.
_DEALT_WITH = "applications_dealt_with"
_FEE_WORDS = "(?:费用|收费|处理费|检索费|复制费|邮寄费|工本费|任何费|有关费)"
_STATEMENT_RULES: tuple[_Rule, ...] = (
    _count(
        "proactive_total",
        "主动 公开 信息",
        "主动(?:向社会|对外)?公开(?:各类|的|了)?(?:我?[本局镇乡县市区街]{0,2}|街道|办事处)?(?:各类)?(?:政府|政务)?信息(?:的)?(?:数量|总数量|总数|总量|数)?(?:全年)?(?:累计|共计|合计|总计|共)?"
        "(?:有|为|达到|达)?<N>(?:条|件|篇)",
        _LISTED_ITEM,
        within="申请|文件",
    ),
    _count(
        "proactive_total",
        "主动公开 条",
        "(?:政府|政务)?信息(?:共|累计)?主动公开(?:了|共|共计|累计)?<N>条",
        _LISTED_ITEM,
    ),
    _count(
        "proactive_total",
        "信息 公开 条",
        r"(?<=\d年)度?(?:政府|政务)信息(?:累计|共计|合计|总计|共)(?:主动)?公开<N>条",
        _LISTED_ITEM,
    ),
    _count(
        "proactive_total",
        "主动公开 条 信息",
        "主动公开(?:了)?<N>条(?:政府|政务)?信息",
        _LISTED_ITEM,
    ),
    _count(
        "proactive_total",
        "公开 条",
        "(?:(?:主动公开|(?<!政府)信息公开)(?:总数|总量|数量|数)|公开(?:各类)?(?:政府|政务)信息总[数量])(?:共|为|达|是)*<N>条",
        _LISTED_ITEM,
        within="申请",
    ),
    _count(
        "proactive_total",
        "公开 信息 条",
        "(?:[我本](?:局|委|办|厅|镇|乡|县|市|区|街道?|院|校|中心|队|单位)|对外|向社会)(?:共|共计|累计)?公开"
        "(?:各类)?(?:政府|政务)?信息(?:共|共计)?<N>条",
        _LISTED_ITEM,
    ),
    # 累计主动公开信息406条,其中2015年度新增51条
    _count(
        "proactive_total",
        "主动公开 其中 条",
        "其中,?(?:20..年度?|本年度?|今年)(?:新增|主动公开|公开)(?:主动公开)?(?:(?:政府)?信息)?<N>条",
    ),
    # 累计主动公开政府信息3450条,其中本年120条
    _count(
        "proactive_total",
        "公开 信息 其中 条",
        r"公开[^。;\d]{0,12}信息[^。;,\d]{0,6}\d[\d,]*条[,(]?其中[,:]?(?:20\d\d年度?|本年度?|今年|当年)<N>条",
    ),
    # 累计收到政府信息公开申请156件,其中本年度新收12件
    _count(
        "applications_new",
        "申请 其中",
        rf"申请[^。;,\d]{{0,8}}\d[\d,]*{_CASE_UNITS}[,(]?其中[,:]?(?:20\d\d年度?|本年度?|今年|当年)"
        rf"(?:共|新增|新收|收到|受理|接收|接到)*(?:(?:政府)?信息公开)?(?:申请)?<N>{_CASE_UNITS}",
        before="(?:复议|诉讼|减免|许可|救助)$",
        within=_OTHER_APPLICATIONS,
        needs="公开",
    ),
    _count(
        "applications_new",
        "依申请公开 其中",
        rf"依申请公开[^。;,\d]{{0,8}}\d[\d,]*{_CASE_UNITS}[,(]?其中[,:]?(?:20\d\d年度?|本年度?|今年|当年)"
        rf"(?:共|新增|新收|收到|受理|接收|接到)*<N>{_CASE_UNITS}",
        before="(?!)",
        within=_OTHER_APPLICATIONS,
    ),
    _count(
        _ON_ITS_SITE,
        "主动 公开 信息 条",
        "(?:主动在[^,。;]{2,16}(?:网站|平台)(?:上)?公开|(?:网站|平台)上?(?:共|累计|共新增|新增)?主动公开)(?:各类|的)?(?:政府|政务)?信息"
        "(?:共|共计|累计)?<N>条",
        within="微信|微博|重点领域|省政府|市政府网",
    ),
    _count(
        "proactive_total",
        "信息 条",
        "(?:全年|累计|共计|合计|总计|共)(?:对外)?(?:主动)?(?:公开|发布)(?:各类)?(?:政府|政务)?信息(?:数量|总数|数)?(?:共|达|为)?<N>条",
    ),
    _count(
        "applications_new",
        "申请",
        f"(?:收到|受理|接收|接到|新收|新增)(?:到)?(?:的)?{_WHO_PATTERN}{_REQUEST_PATTERN}(?:的)?(?:办理)?(?:事项|政府信息|件|表)?(?:共计|总计|总数|数量|总量|数|量|共)*"
        f"(?:为|达|有)?<N>{_CASE_UNITS}",
        within=_OTHER_APPLICATIONS,
        needs="公开",
    ),
    _count(
        _DEALT_WITH,
        "办理 申请",
        f"办理(?:了)?(?:的)?(?:(?:政府)?信息)?(?:依申请|公开申请)(?:的)?(?:政府信息|信息)?(?:公开)?(?:政府信息|事项|申请|件)?(?:共计|共)?<N>{_CASE_UNITS}",
    ),
    _count(
        _DEALT_WITH,
        "依申请公开",
        "依申请公开(?:的)?(?:政府)?(?:信息)?(?:共|共计)?<N>(?:件|宗|份|起|例)",
        before=_EARLIER_YEAR + "|[未无予意的网络中结复上面真函箱]$",
    ),
    _count(
        "applications_new",
        "公开 申请",
        "(?:依申请公开|公开申请)(?:政府信息|信息)?(?:受理)?(?:数量|总数|总量|件数|数|量)(?:共|为|达|是)*"
        f"<N>{_CASE_UNITS}",
        before=_EARLIER_YEAR + "|[予意的网络中结复上年面真函箱]$",
        within=_OTHER_APPLICATIONS,
    ),
    _count(
        "applications_new",
        "申请",
        f"(?:收到|受理|接收|接到|新收)<N>(?:{_CASE_UNITS}|个)[^。;,\\d]{{0,16}}(?:申请|依申请公开)",
        within=_OTHER_APPLICATIONS,
        needs="公开",
    ),
    _count(
        "applications_new",
        "依申请公开 次",
        "(?<![未无])依申请公开<N>次",
    ),
    _count(
        "applications_new",
        "处理 申请",
        f"(?:共|累计|总计)处理(?:了)?政府信息(?:依申请)?公开申请(?:共|共计)?<N>{_CASE_UNITS}",
        within=_OTHER_APPLICATIONS,
    ),
    _count(
        "applications_carried_in",
        "结 申请",
        f"(?:上年|上一年|往年)(?:度)?(?:转结|结转|转入)(?:的)?(?:政府信息)?(?:依申请)?(?:公开)?申请(?:数量|共|共计|为)?<N>{_CASE_UNITS}",
        before="(?!)",
    ),
    _count(
        "applications_carried_in",
        "上 结转 件",
        "上(?:一)?年(?:度)?结转<N>件",
        before="(?!)",
        needs="申请",
    ),
    _none(
        "applications_new",
        "公开 申请",
        "(?:未|没有|从未|均未|尚未|无)(?:有)?(?:接收到|收到|接收|接到|受理)(?:过)?[^。;]{0,40}?"
        "(?:公开[^。;,]{0,10}申请|申请公开|依申请公开)",
        within=_OTHER_APPLICATIONS,
    ),
    _none(
        "applications_new",
        "申请",
        "(?:未|没有|从未|均未)(?:接收到|收到|接到|受理)(?:过)?(?:任何|相关|书面)?申请",
        needs="依申请",
    ),
    _none(
        "applications_new",
        "公开 申请",
        "依申请公开(?:的)?(?:政府信息|信息)?(?:申请)?(?:为)?[0零](?:件|条|宗)",
    ),
    _none(
        "applications_new",
        "公开 申请",
        "(?:依申请公开|公开申请)(?:政府信息|信息)?(?:办理|受理)?(?:数量|总数|总量|件数|数|量)?(?:均|共)?为[0零]",
    ),
    _none(
        "applications_new",
        "依申请公开",
        "(?:(?:没|没有|未|无)(?:发生|涉及|出现|产生)|没有|无)(?:任何)?(?:政府信息)?依申请公开(?:(?:政府)?信息)?(?:的)?(?:情况|事项|申请|业务|件)",
    ),
    # 全年无依申请
    _none(
        "applications_new",
        "依申请",
        "(?:20..年度?|全年|本年度?|年度|年内)(?:均|也|尚)?(?:没有|未有|无)(?:任何)?依申请(?:公开)?(?=[,、]|$)",
    ),
    _none(
        "applications_new",
        "公开 申请",
        "(?:没有|(?<!均)无)(?:公民|申请人|人|群众)[^。;]{0,24}(?:依申请公开|公开[^。;,]{0,6}申请|申请公开)",
    ),
    _none(
        "applications_new",
        "申请 零",
        "(?:收到|受理)[^。;,\\d]{0,16}申请(?:数量|数)?(?:为|共)?零(?:件|条|宗)?",
        within=_OTHER_APPLICATIONS,
    ),
    _none(
        "fees_charged_yuan",
        "费",
        f"(?:未|没有|从未|均未|尚未|无)(?:[向对][^。;,]{{0,12}})?(?:收取|发生|产生|涉及)(?:过|任何)?[^。;,]{{0,24}}?{_FEE_WORDS}(?!的?减免)",
    ),
    _none(
        "fees_charged_yuan",
        "费",
        "(?:未|没有)(?:向[^。;,]{0,12})?(?:进行|实行)?收费|收费(?:金额|总额)?(?:为|共)?[0零]元"
        "|零收费|无(?:任何)?收费(?=情况|$|,)",
    ),
    _count(
        "fees_charged_yuan",
        "费",
        f"收取[^。;,\\d]{{0,24}}{_FEE_WORDS}(?:共计|合计|共|总计|人民币)?<N>(?P<money>万元|元)",
    ),
    *_remedy("reviews_total", "复议"),
    *_remedy("suits_total", "诉讼"),
    _count(
        "wechat_items",
        "微信",
        "微信[^。;,\\d]{0,24}?(?:发布|推送|公开|刊发|推出)[^。;,\\d]{0,12}?<N>(?:条|篇|次)",
        within="微博|客户端|抖音|阅读|粉丝|关注",
    ),
    _count(
        "website_items",
        "信息 条",
        "(?:网站|门户网|政府网|政府在线|在线)[^。;,\\d]{0,14}?(?:发布|公开|更新|上传)[^。;,\\d]{0,10}?信息[^。;,\\d]{0,6}?<N>条",
        within="访问|点击|浏览|微信|微博|专栏|栏目|重点领域",
    ),
    _count(
        "normative_documents",
        "规范性文件",
        "(?:公布|发布|制定|公开|制发|出台|印发)[^。;,\\d]{0,8}规范性文件(?:共|共计)?<N>(?:件|份|条|个)",
    ),
)
# 截至2020年底,累计[主动公开政府信息40215条]: a running total, of all years.
_RUNNING_TOTAL_PATTERN = re.compile(
    "截[至止][^,。;]{2,24}[,]?[^,。;]{0,10}(?:累计|共计)[^,。;]{0,8}$"
    # 自2008年《条例》实施以来; but 自2021年以来 is of the year
    r"|[自从](?!今年|本年|20\d\d年(?:度?以|0?1月))[^。;]{2,30}?(?:以来|至今)[,]?[^,。;]{0,16}$"
)
# 通过网站、公开栏、广播等形式[主动公开信息3120条]: several channels are all of them
_ALL_CHANNELS_PATTERN = re.compile(
    "(?:通过|利用|采[用取]|在)[^。;]{2,60}、[^。;]{2,40}(?:等(?:多种|各种|各类|不同)?(?:方式|形式|渠道|途径|平台|载体|媒介|方法)*|多种(?:方式|形式|渠道|途径))[,]?[^,。;]{0,10}$"
    "|(?:各种|各类|多种|以上|上述)(?:方式|形式|渠道|途径|平台)[,]?[^,。;]{0,10}$"
)
# 四大微博,全年累计[发布信息342条]
_MICROBLOG_PATTERN = re.compile("(?:微博|微信|公众号|抖音|客户端)[^。;]{0,40}$")
# 通过微信公众号[发布信息265条]: the number counts one channel.
_CHANNEL_PATTERN = re.compile(
    r"(?:通过|在|利用|依托|经)[^,。;]{2,24}$|(?:网站|网|在线|微信|微博|公众号|平台|重点领域|专栏|公报|新媒体|栏目)[^,。;]{0,8}$"
)
# 累计收到申请156件[,其中本年12件]: the year's number is a part of what was counted before.
_PART_OF_YEAR_PATTERN = re.compile(
    r"[,(]?其中[,:]?(?:20\d\d年度?|本年度?|今年|当年)"
    r"(?:新增|新收|收到|受理|接收|接到|发生|主动|政府|信息|依申请|公开|发布|申请)*\d"
)
# 全年累计 is of the year; 截至年底累计 and 开通以来累计 are of all years.
_YEAR_PATTERN = re.compile(r"全年|本年|今年|当年|年内|(?<!上)年度|20\d\d年|二零..年")
_UP_TO_PATTERN = re.compile("截[至止]|以来|至今|历年|往年|开[通办]|[自从][^,]{0,20}起")
_CLAUSE_SIGNS = ",;:("
_COUNTED_PATTERN = re.compile(r"\d[万亿余多]*[条件宗次项份起例篇个元]")
_WEBSITE_PATTERN = re.compile(r"网站|门户|在线|网(?=[”\"》]|上|共|累|主|$)")
_SUBJECT_PATTERN = re.compile("公开|申请|复议|诉讼|微信|网站|规范性文件|费")
_SENTENCE_ENDS = "。;!?"
_CLAUSE_ENDS = "。;!?:,、)"
# 三、 (二) 4. open a heading.
_HEADING_PATTERN = re.compile(
    rf"\s*(?:[{HAN_NUMERALS}]+、|\([{HAN_NUMERALS}]+\)|\d{{1,2}}[.、])"
)
# Characters of a line that fills a page; a shorter one ends where it ends.
WIDE_LINE = 25
_SCALE_FACTORS = {"万": 10_000, "亿": 100_000_000, None: 1}


def stated(
    source: Reading, text: str, without: tuple[int, int] | None = None
) -> list[Statement]:
    """The numbers that a text states outside its tables.

    `without` is the extent of those in the form.
    """
    by_name: dict[str, list[Statement]] = {}
    spans = _Spans()
    lines = _parted(source.form, without)
    headings = _Headings(source.form, lines)
    for start, end in _holding(_TELLING_PATTERN, lines):
        sentence = source.form[start:end]
        if not _SUBJECT_PATTERN.search(sentence):
            continue
        for claim in _claims(sentence, taiwan=source.taiwan):
            if claim.needs and claim.needs not in headings.above(start):
                continue
            spans.see(claim)
            statements = by_name.setdefault(claim.name, [])
            if all(claim.value != other.value for other in statements):
                statements.append(_statement(claim, start, source, text))
    for name, statements in by_name.items():
        by_name[name] = spans.of_the_year(name, statements)
    on_site = by_name.pop(_ON_ITS_SITE, [])
    if on_site and _is_sole(on_site, by_name):
        by_name["proactive_total"] = [replace(on_site[0], name="proactive_total")]
    dealt_with = by_name.pop(_DEALT_WITH, [])
    received = by_name.get("applications_new", [])
    # a denial beside it is a contradiction; another number is that of what came in
    if dealt_with and not any(statement.value for statement in received):
        named = [replace(fact, name="applications_new") for fact in dealt_with]
        values = {statement.value for statement in named}
        denied = [statement for statement in received if statement.value not in values]
        by_name["applications_new"] = [*named, *denied]
    return [_settled(statements) for statements in by_name.values()]


class _Spans:
    """Which numbers are said of the year, and which of all years up to its end."""

    def __init__(self) -> None:
        # (name, value): of a running total, and of the year
        self.running: set[tuple[str, Figure]] = set()
        self.yearly: set[tuple[str, Figure]] = set()

    def see(self, claim: _Claim) -> None:
        if claim.value is not None and claim.reach == "running":
            self.running.add((claim.name, claim.value))
        elif claim.value is not None and claim.reach == "year":
            self.yearly.add((claim.name, claim.value))

    def of_the_year(self, name: str, statements: list[Statement]) -> list[Statement]:
        """The statements without running totals beside a number of the year that is no greater."""
        least = min(
            (value for other, value in self.yearly if other == name), default=None
        )
        if least is None:
            return statements
        return [
            fact
            for fact in statements
            if (name, fact.value) not in self.running - self.yearly
            or (fact.value is not None and fact.value < least)
        ]


def _is_sole(
    on_site: Sequence[Statement], by_name: Mapping[str, Sequence[Statement]]
) -> bool:
    """Whether what a report counts on its site is all that it counts."""
    others = [
        other.value
        for name in ("proactive_total", "website_items", "wechat_items")
        for other in by_name.get(name, ())
    ]
    values = {statement.value for statement in on_site}
    return len(values) == 1 and values.issuperset(others)


def _statement(claim: _Claim, start: int, source: Reading, text: str) -> Statement:
    """A claim of the sentence that begins at `start` of the form, with its place in the text."""
    span = source.span(start + claim.start, start + claim.end)
    return Statement(
        name=claim.name,
        value=claim.value,
        approximate=claim.approximate,
        evidence=text[span[0] : span[1]],
        span=span,
    )


def _settled(statements: Sequence[Statement]) -> Statement:
    """One number where all agree, else the conflict."""
    first = statements[0]
    if len(statements) == 1:
        return first
    conflict = tuple(
        Contradiction(other.value, other.evidence, other.span)
        for other in statements
        if other.span is not None
    )
    return replace(
        first,
        value=None,
        approximate=any(other.approximate for other in statements),
        conflict=conflict,
    )


def _parted(form: str, without: tuple[int, int] | None) -> str:
    """The form with a sentence a line and nothing in the extent `without`; each character stays
    where it is.
    """
    out = _unbroken(form)
    if without:
        out = out[: without[0]] + "\n" * (without[1] - without[0]) + out[without[1] :]
    for mark in _SENTENCE_ENDS:
        out = out.replace(mark, "\n")
    return out + "\n"


def _holding(sign: re.Pattern[str], lines: str) -> Iterator[tuple[int, int]]:
    """Places of the lines that hold a sign."""
    end = 0
    while match := sign.search(lines, end):
        start = lines.rfind("\n", 0, match.start()) + 1
        end = lines.find("\n", match.end())
        yield start, end


class _Headings:
    """The headings that speak of what is counted, looked for as far as they are asked for."""

    def __init__(self, form: str, lines: str) -> None:
        self.form, self.places = form, _holding(_SUBJECT_PATTERN, lines)
        self.at, self.heading = -1, ""

    def above(self, start: int) -> str:
        """The heading that a sentence is or stands under; sentences come in their order."""
        while self.at < start and (place := next(self.places, None)):
            self.at, end = place
            if end - self.at < 2 * WIDE_LINE and _HEADING_PATTERN.match(
                self.form[self.at : end]
            ):
                self.heading = self.form[self.at : end]
        return self.heading


def _unbroken(form: str) -> str:
    """A line break ends a sentence unless the line is as wide as the page and goes on: then a space
    stands for it.
    """
    *lines, last = form.split("\n")
    out = [line + (" " if _goes_on(line) else "\n") for line in lines]
    return "".join(out) + last


def _goes_on(line: str) -> bool:
    """Whether a sentence goes on in the next line."""
    if len(line) < WIDE_LINE or line.rstrip()[-1:] in _CLAUSE_ENDS:
        return False
    is_heading = len(line) < 2 * WIDE_LINE and _HEADING_PATTERN.match(line)
    return not is_heading


class _Claim(NamedTuple):
    """A number that a sentence states, and where in it.

    `needs` must stand in the heading above the sentence. `reach` is "year" where the sentence says
    so, "running" for a total of all years, else empty.
    """

    name: str
    value: Figure | None
    approximate: bool
    start: int
    end: int
    needs: str
    reach: str


def _claims(form: str, *, taiwan: bool) -> Iterator[_Claim]:
    """What the sentence states, in the order of the rules."""
    sentence = _TAIWAN_PATTERN.sub(_mainland, form) if taiwan else "".join(form.split())
    counted, places = with_digits(sentence)
    rules = _rules_for(counted)
    if not rules:
        return
    origins: Sequence[int] = range(len(form))
    if sentence != form:
        origins = _origins(form, taiwan=taiwan)
    if counted != sentence:
        origins = [origins[place] for place in places]
        sentence = counted
    for rule in rules:
        for match in rule.pattern.finditer(sentence):
            before = sentence[max(0, match.start() - 80) : match.start()]
            if not rule.takes(before[-30:], match.group()):
                continue
            name = _channel(rule.name, before, match.group())
            if name is None or _PART_OF_YEAR_PATTERN.match(sentence, match.end()):
                continue
            value, approximate = (0, False) if rule.zero else _number(match)
            yield _Claim(
                name=name,
                value=value,
                approximate=approximate,
                start=origins[match.start()],
                end=origins[match.end() - 1] + 1,
                needs="" if rule.needs in sentence else rule.needs,
                reach="" if rule.zero else _reach(sentence, match.start("n")),
            )


def _reach(sentence: str, at: int) -> str:
    """What the number at a place of a sentence counts: "year", "running" for all years, or ""."""
    clause = max(sentence.rfind(sign, 0, at) for sign in _CLAUSE_SIGNS) + 1
    summed = sentence.rfind("累计", clause, at)
    end = at if summed < 0 else summed
    # a year that is named before another number is of that number
    counted = [match.end() for match in _COUNTED_PATTERN.finditer(sentence, 0, end)]
    head = sentence[counted[-1] if counted else 0 : end]
    if _UP_TO_PATTERN.search(head):
        return "running" if summed >= 0 else ""
    if _YEAR_PATTERN.search(head):
        return "year"
    return "running" if summed >= 0 else ""


def _rules_for(sentence: str) -> tuple[_Rule, ...]:
    """The rules that may find something: most sentences hold no count and no denial, or nothing
    that is counted.
    """
    counts = _COUNT_PATTERN.search(sentence) is not None
    denies = _DENIAL_PATTERN.search(sentence) is not None
    if not (counts or denies):
        return ()
    words = tuple([word for word in _RULE_WORDS if word in sentence])
    return _rules_of(words, counts, denies)


@cache
def _rules_of(words: tuple[str, ...], counts: bool, denies: bool) -> tuple[_Rule, ...]:
    return tuple(
        rule
        for rule in _STATEMENT_RULES
        if (denies if rule.zero else counts) and set(words).issuperset(rule.holds)
    )


_RULE_WORDS = tuple(
    dict.fromkeys(word for rule in _STATEMENT_RULES for word in rule.holds)
)
# Each begins with a set of characters, to which the search skips, and then looks back.
_COUNT_PATTERN = re.compile(r"[条件宗次项份起例篇个元](?<=[\d,余多万亿].)")
# What stands in all that the rules for a count find, and in all that those for none
# find.
_DENIAL_PATTERN = re.compile(
    "[未没无零条件宗起例次元为](?:(?<=[未没无零])|(?<=0.)|(?<=为)(?=0))"
)

# One of both, in a text that still has its white space.
_TELLING_PATTERN = re.compile(
    r"[未没无零〇条件宗次项份起例篇个元为](?:(?<=[未没无零〇])"
    rf"|(?<=[\d,余多亿{COUNT_NUMERALS}\s].)|(?<=为)(?=\s?0))"
)


def _channel(name: str, before: str, matched: str) -> str | None:
    """What a count of published items counts: all of them, or those of the channel named before."""
    if name not in ("proactive_total", _ON_ITS_SITE):
        return name
    if _RUNNING_TOTAL_PATTERN.search(before + matched[:2]):
        return None
    if _ALL_CHANNELS_PATTERN.search(before):
        return "proactive_total"
    found = _CHANNEL_PATTERN.search(before)
    if name == _ON_ITS_SITE:
        return None if "微" in before[-12:] else name
    if "发布" in matched and _MICROBLOG_PATTERN.search(before):
        return None
    if found is None:
        return name
    is_site = _WEBSITE_PATTERN.search(found.group()) is not None
    if is_site and "微" not in found.group() + matched:
        return "website_items"
    return None


def _number(match: re.Match[str]) -> tuple[Figure | None, bool]:
    parts = match.groupdict()
    number = Decimal(parts["n"].replace(",", "")) * _SCALE_FACTORS[parts["scale"]]
    if parts.get("money") == "万元":
        number *= 10_000
    return plain(number), bool(parts["about"] or parts["more"])


_MAINLAND_WORDS = {w.taiwan: w.mainland for w in WORDINGS}
_TAIWAN_PATTERN = re.compile(
    "|".join(sorted(map(re.escape, _MAINLAND_WORDS), key=len, reverse=True)) + r"|\s+"
)
_SPACE_PATTERN = re.compile(r"\s+")


def _mainland(match: re.Match[str]) -> str:
    """A Taiwan wording in mainland wording; nothing for white space."""
    return _MAINLAND_WORDS.get(match.group(), "")


def _origins(form: str, *, taiwan: bool) -> list[int]:
    """Where in the form each character of a sentence came from that lost its white space and Taiwan
    wording.
    """
    origins: list[int] = []
    at = 0
    for match in (_TAIWAN_PATTERN if taiwan else _SPACE_PATTERN).finditer(form):
        origins.extend(range(at, match.start()))
        new = _mainland(match)
        origins.extend([match.start()] * (len(new) - 1) + [match.end() - 1] * bool(new))
        at = match.end()
    origins.extend(range(at, len(form)))
    return origins
