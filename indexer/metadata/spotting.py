"""Names of bodies read whole: from where one may begin to its last ending.

The first ending is often not the last one: 成都市公安局青羊区分局. What ends a name is the first
word that no name holds: 坚持, 联系, 政府信息公开.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.analysis.characters import BASIC_HAN_CLASS
from indexer.places import Gazetteer

__all__ = [
    "HAN_CHARACTER",
    "MAX_NAME",
    "Spotted",
    "ends_as_body",
    "shorten",
    "spot",
    "strip_lead",
    "within",
]

HAN_CHARACTER = f"[{BASIC_HAN_CLASS}]"
# Characters of the longest name, with what may stand in brackets inside it.
MAX_NAME = 44

# 坪山区委(区政府)办公室, 宁波国家高新区(新材料科技城)管委会: a bracket inside a name
INNER_BRACKET_REGEX = (
    rf"\((?:[省市区县州旗]?(?:人民)?政府|{HAN_CHARACTER}{{1,8}}[城区园])\)"
)
RUN_PATTERN = re.compile(
    rf"(?:{HAN_CHARACTER}|{INNER_BRACKET_REGEX}(?={HAN_CHARACTER}))+"
)
# What no name holds, after its first two characters. Words that are also parts of names
# say what must not follow: 将乐县, 未央区, 社会工作部, 依法治市办公室, 对外贸易, 无为市.
STOP_WORDS = (
    "坚持|认真|高度|积极|主动|紧紧|紧密|紧扣|紧抓|严格|严把|按照|根据|依据|依照|依托|遵照|遵循|参照|围绕"
    "|深入|深刻|全面|扎实|切实|进一步|持续|不断|继续|始终|一直|通过|结合|在|对(?![外口])|把|将(?!乐)"
    '|以(?=习|政|公|深|党|贯|推|增|提|人|群|服|加|强|建|促|依|实|高|打|"|《)'
    "|共(?=[收计有主办受发接处公])|未(?!央)|没有|收到|受理|接到|接受|办理|处理|答复|公开|公布|发布|公示|公告"
    "|编制|制定|制订|修订|印发|出台|组织(?!部)|加强|加大|加快|强化|完善|推进(?!办|中心|委)|推行|推动|开展"
    "|落实|贯彻|成立|建立|健全|召开|举办|突出|聚焦|立足|充分|及时|准确|依法(?!治)|重视|着力|大力|努力|稳步"
    "|政府信息|政务信息(?!中心)|政务公开|信息公开|依申请|工作(?!委|部|局|办|站|室)|的|了|等|(?<!无)为(?!民)"
    "|本年|本级|本报告|全年|今年|年度|自(?=20)|共计|累计|总计|网站|门户|官网|微信|微博|联系|咨询|反映|索取"
    "|查询|查阅|栏目|专栏|子网站|履行|行政复议|行政诉讼|现(?=将|公|就|向|予|对)|特(?=向|此|编)|并(?=[^力])"
    "|及办公|及其|及所属|及各|及下属|以及|(?<!国)各(?!族)|电话|地址|邮编|大楼|负责|牵头|统一|汇总|综合各|综合20"
    "|综合全|是(?!山)|有(?=关|效|序|力)|做好|做到|被|已|能够|从(?!化|江)|按时|与(?=有关|各)|我(?=[局市县区镇乡街校])"
    "|报告|年报|主要|如下|就(?!业)|[一二三四五六七八](?=、)|\\d"
)


# What begins an alternative of a pattern, behind what must stand before it.
FIRST_PATTERN = re.compile(
    r"(?:^|\|)(?:\(\?(?:<[!=][^)]*\)|:))*"
    rf"(?P<first>{HAN_CHARACTER}|\[{HAN_CHARACTER}+\]|\\d)"
)


def _led(words: str) -> re.Pattern[str]:
    """A pattern that looks at one character before it tries many words: the same, in less time."""
    firsts = [found["first"].strip("[]") for found in FIRST_PATTERN.finditer(words)]
    characters = "".join(dict.fromkeys(firsts))
    return re.compile(f"(?=[{characters}])(?:{words})")


STOP_PATTERN = _led(STOP_WORDS)
# How the name of a body ends, and what must not follow: 局长, 办理, 乡镇, 市民.
ENDING_PATTERN = _led(
    "人民政府|行政公署|(?<=[省市区县州旗镇乡])政府|街道办(?!事)|办事处|管委会|委员会(?!会)|联合会|办公[室厅]"
    "|(?<!全)(?<!各)局(?![长势部面域])|厅(?![长级])|委(?![托员派书任会])|办(?![公理法事结证学案件])"
    "|(?<!事)处(?![理罚长置于室级分])|中心(?!工作|城|任务|组)|[总支大]队|调查队|大学|学院|学校|[中小]学(?!校)"
    "|幼儿园|医院|卫生院|公司|集团|税务所|海关|公署|检察院|法院|供销社|合作社"
    "|(?<=[国卫社交环住农商水财司教公民科审监])署|街道(?!工|党|社|中|各|的)|(?<![乡城村集市重场])镇(?![域长村街级党乡区])"
    "|(?<![城])乡(?![镇村长土级党愁亲规建])"
    "|(?:园区|开发区|高新区|新区|度假区|示范区|试验区|实验区|保税区|合作区|管理区|风景区|产业园|工业园|新城)"
    "|研究院|设计院|科学院|基金理事会|馆(?!员)|总站|总社|气象部门|部(?=$|\\()"
)
# 由(龙岗区教育局)编制, 请与(...)联系: what leads up to a name
LEAD_PATTERN = re.compile(
    "(?:关于|按照|根据|依据|以及|通过|对于|请与|请向|直接与|与|向|由|将|和|及|在|对|经|为"
    "|是|到|从|把|其|该|各|全(?!国)|现|特|可以|可|也可|如有疑问|联系人|联系|单位|部门|地址|致电"
    "|公众|公民|社会|本年度报告|本报告|年度报告|本|以|并|公布|公开|发布|编制|制定|如对本|请)"
)
# The office inside a body that answers the telephone: 龙岗区教育局办公室.
INNER_OFFICE_PATTERN = re.compile(
    "(?P<body>.{2,}(?:局|厅|[^室]委|处|[学法察]院|委员会|管委会|(?<!府)办|街道|[乡镇](?:人民政府|(?=党政|党委|综合|社会事务|经济发展))|队|公司|大学|中心|海关))"
    r"(?:机关|学校)?"
    rf"(?:(?:党政|党政综合|综合|综合管理|行政|党委|工委|政务|政策法规|法制|宣传|文秘|秘书|政工|信息)?"
    rf"(?:办|办公室{HAN_CHARACTER}{{0,8}})|(?<=[局厅委])(?:指挥|宣传|信息|政务|办事|数据)中心"
    rf"|(?!公室|室){HAN_CHARACTER}{{1,10}}?[科股室](?<!公室)|(?<=厅){HAN_CHARACTER}{{2,8}}处)"
)
# 鹿城区人民政府及办公室, 拱北海关关区: what hangs on a name
TAIL_PATTERN = re.compile("(?:及(?:其)?(?:办公[室厅]|部门)|(?<=海关)关区)$")
# 宁波国家高新区(新材料科技城)管委会: what only explains
EXPLAINED_PATTERN = re.compile(rf"(?<=区)\({HAN_CHARACTER}{{2,9}}\)(?={HAN_CHARACTER})")
# Characters before a name of a place that may be no part of the name.
MAX_LEAD = 9
# 政府信息公开工作领导小组办公室: a group is no body
GROUP_PATTERN = re.compile("(?:领导小组|工作小组|协调小组)(?:办公室|办)?$")


@dataclass(frozen=True, slots=True)
class Spotted:
    """A name as it stands in form[start:end]; `whole` where a word that no name holds follows."""

    text: str
    start: int
    end: int
    whole: bool


def strip_lead(text: str, gazetteer: Gazetteer) -> str:
    """A name without what led up to it; 和平区 keeps its 和."""
    while not any(gazetteer.prefixes(text)):
        lead = LEAD_PATTERN.match(text)
        if lead is None:
            break
        text = text[lead.end() :]
    if gazetteer.chains(text):
        return text
    for start in range(1, min(MAX_LEAD, len(text) - 4)):
        if ENDING_PATTERN.search(text, 0, start):
            break
        if any(
            len(name) > 2 or name[-1] in "市县"
            for name, _ in gazetteer.prefixes(text, start)
        ):
            return text[start:]
    return text


def ends_as_body(text: str) -> bool:
    """Whether a name ends as the names of bodies do."""
    return any(end.end() == len(text) for end in ENDING_PATTERN.finditer(text, 1))


def shorten(text: str) -> str:
    """A name without the office inside it and without what hangs on it.

    >>> shorten("龙岗区教育局办公室"), shorten("龙岗区人民政府及办公室")
    ('龙岗区教育局', '龙岗区人民政府')
    """
    text = EXPLAINED_PATTERN.sub("", TAIL_PATTERN.sub("", text))
    while inner := INNER_OFFICE_PATTERN.fullmatch(text):
        text = inner["body"]
    return text


def spot(form: str, start: int, gazetteer: Gazetteer) -> Spotted | None:
    """The name that begins at `start` of an index form, with its last ending."""
    run = RUN_PATTERN.match(form, start, start + MAX_NAME)
    if run is None:
        return None
    # one character more is seen: what stops at 一 asks for the 、 behind it
    stop = STOP_PATTERN.search(form, start + 2, run.end() + 1)
    limit = stop.start() if stop else run.end()
    end = 0
    for ending in ENDING_PATTERN.finditer(form, start, limit):
        if ending.start() > start:
            end = ending.end()
    if not end:
        # a place alone: 眉山市
        places = gazetteer.chains(form[start:limit])
        end = start + max((stop for stop, _ in places), default=0)
    if end < start + 2:
        return None
    return Spotted(form[start:end], start, end, end == limit)


def within(text: str, form: str, span: tuple[int, int]) -> tuple[int, int]:
    """The place of a cleaned name in the span that it was read from; all of it where it differs."""
    place = form.find(text, *span)
    return (place, place + len(text)) if place >= 0 else span
