"""Where a report names its body: title, signature, what it says of itself, source line.

Never site chrome.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from index.analysis.normaliser import fold_line
from indexer.metadata.bodies import CENTRAL_NAMES
from indexer.metadata.dates import DAY_REGEX
from indexer.metadata.reading import Reading
from indexer.metadata.spotting import (
    GROUP_PATTERN,
    HAN_CHARACTER,
    TAIL_PATTERN,
    ends_as_body,
    shorten,
    spot,
    strip_lead,
    within,
)
from indexer.metadata.title import Title, read_title
from indexer.places import Gazetteer

__all__ = ["GOVERNMENT_WORDS", "Name", "Selves", "names_of"]

BODY_ENDINGS = (
    "人民政府办公[室厅]|政府办公[室厅]|人民政府|办事处|街道办|管理委员会|管委会|委员会"
    "|办公室|办公厅|税务局|海关|分局|局|厅|委|办|中心|总队|支队|大队|调查队|大学|学院"
    "|医院|公司|街道|总局|管理处|处|署|部|院|会|所|镇|乡"
)
ORG_REGEX = rf"{HAN_CHARACTER}{{2,34}}?(?:{BODY_ENDINGS})"
# (以下简称我局): what may stand between a name and what follows it
CALLED_REGEX = r"(?:\((?:以下|下)?[简统]?称[^()]{0,40}\))?"


# What no name begins with: 我局, 全市, 通过, 按照, 主动; but 通州区, 全椒县, 本溪市, 公安局.
NOT_BEGINNING = (
    "(?![我该其以并也已未]|本(?!溪)|全(?=[市县区省年面镇乡局体力])|各(?=[级县市区部单])|通过|按照|根据|依据|严格"
    "|认真|加[强大快]|主[动要]|公[开布示]|政府信息|政务公开|信息公开|积极|进一步|坚持|深入|不断|共[收计有]|[收受]"
    "|一是|二是|三是|对(?!口)|在|为|是|将(?!乐)|由|每|截[至止]|没有|结合|建立|健全|完善|制定|切实|及时|\\(|[一二三四五六]、)"
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A pattern that shows where the name of a body begins: `sign` before it, `behind` after it.

    Only the first `reach` characters are searched; 0 searches the whole text. `is_whole` requires
    that the word after the name cannot be part of a name. `is_rare`: `sign` matches often and
    `behind` rarely, so `behind` is searched first to save time.
    """

    weight: float
    rule: str
    sign: re.Pattern[str]
    behind: re.Pattern[str] | None = None
    reach: int = 0
    is_whole: bool = False
    is_rare: bool = False


# What a report says of itself.
ANCHORS = (
    # 现公布龙岗区教育局2018年, 向社会公布2018年度某县民政局信息公开年度报告
    Anchor(
        0.88,
        "announces",
        re.compile(
            # a set of characters first, to which the search skips
            r"[公发编制撰现会特兹,。](?:(?<=[公发])布|(?<=编)制|(?<=制)定|(?<=撰)写|(?<=[现会特])公开"
            r"|(?<=[现特兹,。])将)(?:了|完成)?(?:20\d\d年?度?的?)?"
            rf"{NOT_BEGINNING}"
        ),
        re.compile(
            rf"{CALLED_REGEX},?的?(?:20\d\d|二[〇○零]|(?:政府|政务|环境)?信息公开|政务公开|年度报告)"
        ),
        reach=700,
    ),
    # 本报告由龙岗区教育局根据...编制
    Anchor(
        0.88,
        "compiled by",
        re.compile("由"),
        re.compile(
            rf"{CALLED_REGEX}(?!(?:负责)?(?:综合|汇总)(?:20..年度?)?[各全])[^。;]{{0,90}}?(?:编制|撰写|编写|发布|公布|汇总)(?!的(?!20|二|本|年|政府信息))"
        ),
        reach=1200,
    ),
    # 石璜镇2022年度政府信息公开年度报告 | 一、基本情况: a title that runs on
    Anchor(
        0.9,
        "line like a title",
        re.compile(r"(?:^|[|:.\d] ?|报告 ?)(?:20\d\d年?度? ?)?"),
        re.compile(
            r"(?:20\d\d|二[〇○零].{1,2}) ?年?度? ?(?:(?:政府|政务)?信息|[政检警]务|司法|审判)公开"
            r"(?:工作)? ?(?:年度)?(?:报告|年报|总结|情况(?!报告|汇报|公布|通报|如下))"
        ),
        reach=300,
        is_whole=False,
        is_rare=True,
    ),
    # 如有疑问,请与龙岗区教育局办公室联系; 请联系:龙岗区教育局
    Anchor(
        0.85,
        "contact",
        re.compile(
            "[请可联](?:(?<=[请可])(?:直接|径)?(?:与|向|同|和|致电|联系|拨打):?(?:我局|我办)?"
            "|(?<=联)系(?:(?:单位|部门|方式)?:|(?<=请联系)))"
        ),
        re.compile(
            r"[^,。;]{0,24}?(?:联系|咨询|反映|索取|查询|\(|[,.。;:]|电话|地址|$)"
        ),
    ),
    # 地址:永嘉县溪下乡人民政府党政综合办公室
    Anchor(
        0.62,
        "address",
        re.compile("[地单机](?:(?<=地)址|(?<=[单机])[位构关](?:名称)?):"),
        re.compile(r"[,.。;(]|邮|电|[一1][、.]|$"),
        is_whole=True,
    ),
    # 2025年,霍城县水利局坚持
    Anchor(
        0.8,
        "subject",
        re.compile(
            rf"(?:20\d\d|二[〇○零].{{1,2}})学?年(?:度|以来|来|初|上半年)?,?{NOT_BEGINNING}"
        ),
        reach=1200,
        is_whole=True,
    ),
    # 根据要求,编制; 深圳市教育局高度重视
    Anchor(
        0.7,
        "subject",
        re.compile(
            rf"(?:[。;]|概述|情况|^){NOT_BEGINNING}"
            # an ending, and one character of what must follow it
            "(?=[^,。;]{1,43}?[府处会室厅委办心队学院校园司团所关署道镇乡区城馆站社部门局)省市县州盟旗场]"
            "[坚认高积紧严按深全扎切进持不结始通政信共主在2])"
        ),
        re.compile(
            "坚持|认真|高度|积极|紧紧|严格|按照|深入|全面|扎实|切实|进一步|持续|不断|结合|始终"
            "|通过|(?:20..年)?(?:政府|政务)?信息公开|政务公开|共|主动|在"
        ),
        reach=800,
        is_whole=True,
    ),
    # 为规范公开工作,盱眙县审计局对2019年度工作进行了总结
    Anchor(
        0.75,
        "subject",
        re.compile(rf",{NOT_BEGINNING}(?=[^,。;]{{4,30}}[对现特编])"),
        re.compile(
            "对(?:20|二|本年)|(?:现|特)(?:将|编制)|(?:组织)?编制(?:了|形成|完成)|编制20"
        ),
        reach=200,
        is_rare=True,
    ),
    # 发布机构台山市川岛镇人民政府成文日期: a card whose blanks are gone
    Anchor(
        0.7,
        "source line",
        re.compile(f"(?:发布|发文)(?:机构|机关|单位)(?={HAN_CHARACTER})"),
        reach=600,
    ),
    # 汇总南平市各县(市、区)、市政府各有关部门政府信息公开工作情况编制而成
    Anchor(
        0.85,
        "compiled of",
        re.compile(r"(?:综合|汇总|根据|和)(?:了)?(?:20\d\d年度?)?"),
        re.compile(r"各.{2,60}?编制"),
        reach=700,
        is_rare=True,
    ),
)
# 《龙岗区教育局政府信息公开指南》, 《龙岗区教育局2018年政府信息公开年度报告》
QUOTED_PATTERN = re.compile(
    rf"《({HAN_CHARACTER}{{2,30}}?(?:\({HAN_CHARACTER}{{2,8}}\){HAN_CHARACTER}{{2,12}}?)?)"
    r"(?:(?P<report>(?:20\d\d|二[〇○零].{1,2})年?度?[^《》]{0,24}(?:报告|年报)》)"
    r"|(?P<rules>(?:(?<!人民)政府|政务)?(?:信息与)?(?:(?<!人民)政府|政务)?(?:信息)?公开[^《》]{0,24}》))"
)
# 制定了《龙岗区教育局政府信息公开制度》, against 根据《深圳市政府信息公开规定》
MADE_PATTERN = re.compile(
    "(?:制定|制订|修订|出台|建立|完善|编制|更新|修改)(?:完善|发布|印发)?了?(?:《[^《》]*》[、和,及]?)*$"
)
CITED_PATTERN = re.compile(
    "(?:根据|按照|依据|贯彻|遵照|依照|落实|遵循|学习|对照|转发|参照|关于)[^。;]{0,60}$"
)
# 龙岗区教育局(以下简称"我局")
CALLED_PATTERN = re.compile(
    r"\((?:以下|下)?(?:简称|统称|称)[:\"“]*(?!《)"
    rf"(?:我|本|{HAN_CHARACTER}{{1,12}}(?<![例定法知]))"
)
BEFORE_CALLED_PATTERN = re.compile(f"({HAN_CHARACTER}{{3,36}})$")
# 深圳政府在线横岗街道子网站
SUBSITE_PATTERN = re.compile(rf"在线({HAN_CHARACTER}{{2,8}}(?:街道|镇|乡|局|办))子网站")
# Names that are read of each kind.
MAX_NAMES = 4
# Characters from where a name begins to the end of what must follow it.
MAX_BEHIND = 400

# What names no body of its own: 我局, 区办公室, 本网, 管理员, 县人民政府
GENERIC_PATTERN = re.compile(
    rf"(?:我|本|该|全(?!国)|各|其|相关|有关|上级|下级){HAN_CHARACTER}{{0,12}}"
    r"|[省市区县局委厅办]?(?:机关)?(?:党政|综合|秘书|政务公开|信息公开|行政)?"
    r"(?:办公[室厅]|综合[科股室]|办公室|党政办|综合办|政办|网站|政府|科|股|处|局|委|办)"
    r"|(?:人民)?政府办(?:公[室厅])?|(?:单位|街道|乡镇|政府|机关|园区|学校|医院|公司|中心|集团)"
    r"|(?:省|市|区|县|镇|乡|州|旗)?(?:委|党委|党工委|纪委)(?:、?[省市区县州旗镇乡]?(?:人民)?政府)?"
    r"|本站|原创|本网|网站|管理员|佚名|中国政府网|信息中心|互联网"
    r"|(?:省|市|区|县|镇|乡|街道)?(?:人民)?政府"
    r"|(?:省|市|区|县)?(?:政府|政务)信息公开(?:工作)?(?:领导小组)?(?:办公室)?|\d+"
)
# a sentence is no name
SENTENCE_PATTERN = re.compile(
    "以下简称|信息公开条例|有关规定|情况|日期|索引号|[我本][局市县区镇乡街单机委办]|建设中|相关|有关|各级|所在"
)
OWN_TITLE_PATTERN = re.compile(
    "(?:信息|[政检警]务|司法|审判)公开.{0,8}(?:报告|年报|总结)$"
)
# 来源:龙岗区教育局, 发布机构 | 区府办, [发布机构] 区府办
SOURCE_PATTERN = re.compile(
    r"(?:来源|稿源|(?:发布|发文|制发|编制|公开|责任|信息提供)(?:机构|机关|单位|部门|主体)|发布者)"
    r"\s?[:|\])]+\s?([^\s,。;|:]{2,40})"
)
# the next label, run together with the source: 来源:区府办浏览次数
AFTER_SOURCE_PATTERN = re.compile(
    r"(?:浏览|发文|成文|生成|文号|索引|主题|有效|字号|作者|点击|发布|时间|日期|阅读|访问|打印|字体|编辑|【|\().*$"
)
# the title of some document
TITLE_PATTERN = re.compile("《[^《》]*》")
# who reports on all: 本市各级行政机关, 各县(市、区)、各部门
AREA_PATTERN = re.compile(
    "各(?:(?<=[省市区县州旗]各)级|[区县市州][^。]{0,12}各(?:有关)?部门)"
)
# a line that is a date and nothing else
DAY_LINE_PATTERN = re.compile(rf"\W{{0,2}}{DAY_REGEX}\W{{0,2}}")
# 龙岗区教育局(公章)
SIGNED_PATTERN = re.compile(rf"({HAN_CHARACTER}{{3,36}})\s*(?:\((?:公章|盖章|章)\))?")
SIGNED_AND_DATED_PATTERN = re.compile(
    rf"{SIGNED_PATTERN.pattern}\W{{0,6}}{DAY_REGEX}\W{{0,2}}"
)
WHOLE_LINE_PATTERN = re.compile(f"({ORG_REGEX})")
# a source that is a name and nothing else
NAME_PATTERN = re.compile(f"{HAN_CHARACTER}{{2,36}}")
# 我局, 本街道; but no 自我, 我级, 本地, 本人
SELF_WORD_PATTERN = re.compile(
    "([我本])(?<!自.)"
    "(局|委|办(?!理)|厅|街道?|镇|乡|区|县|市|省|院|校|队|关|中心|处|州|旗|盟|团|园区)(?![级地人])"
)
# a street speaks of itself without 我
STREET_PATTERN = re.compile(
    "[,。;:]街道(?=累计|共|未|始终|认真|高度|严格|积极|全面|通过|坚持|按照|主动)"
)
# Lines at the end in which a signature is looked for.
TAIL_LINES = 12
# Lines at the beginning that may be a title or tell the source.
HEAD_LINES = 6

# What a government calls itself: 我区, 我县.
GOVERNMENT_WORDS = ("区", "县", "市", "省", "州", "旗")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands, in index form.

    `source` and `rule` say where and how it was read, `weight` how much that weighs. `span` is in
    index form, `quote` in the report's own characters.
    """

    text: str
    source: str
    rule: str
    weight: float
    span: tuple[int, int] | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Selves:
    """How a report speaks of itself: 我局 eleven times, 我区 never."""

    counts: Counter[str]
    areas: Counter[str]

    @property
    def kind(self) -> str | None:
        """What it calls itself most, if it does so clearly.

        A department speaks of 我市 too; a government hardly ever of 我局.
        """
        bodies = self.counts
        spoken = bodies if 3 * bodies.total() >= self.areas.total() else self.areas
        most = spoken.most_common(2)
        if not most or (spoken is self.areas and most[0][1] < 2):
            return None
        word, count = most[0]
        is_clear = len(most) == 1 or count >= 2 * most[1][1]
        return word if is_clear else None

    def contradict(self, name: str) -> bool:
        """Whether a report that calls itself so is not that of a body of this name."""
        kind = self.kind
        if kind in GOVERNMENT_WORDS:
            own = "(?:政府|办公[室厅]|管委会|管理委员会|[区县市省州旗])$"
            return re.search(own, name) is None
        if kind in ("局", "厅", "镇", "乡", "街道", "校", "队", "关", "办"):
            words = {"校": "[学校院]", "办": "办|政府"}.get(kind, kind)
            return re.search(words, name) is None
        return False

    @classmethod
    @lru_cache(maxsize=4)
    def of(cls, form: str) -> Selves:
        """The counts of a text in index form."""
        bodies: Counter[str] = Counter()
        areas: Counter[str] = Counter()
        for own, word in SELF_WORD_PATTERN.findall(form):
            kind = "街道" if word == "街" else word
            if kind not in GOVERNMENT_WORDS:
                bodies[kind] += 1
            elif own == "我":
                # 本市 is what a department of a city says too
                areas[kind] += 1
        # 2025年度,街道未收到政府信息公开申请
        bodies["街道"] += len(STREET_PATTERN.findall(form))
        return cls(+bodies, areas)


def names_of(
    title: Title | None, meta: Mapping[str, str], reading: Reading, gazetteer: Gazetteer
) -> list[Name]:
    """Every name that the report might be of, in order of precedence."""
    names: list[Name] = []
    if title and title.agency and not GENERIC_PATTERN.fullmatch(title.agency):
        names.append(
            Name(
                text=TAIL_PATTERN.sub("", title.agency),
                source="title",
                rule="title",
                weight=0.95,
                quote=title.printed,
            )
        )
    names += _signatures(reading, gazetteer)
    names += _own_title(reading)
    certain = _certain(names, gazetteer)
    said = list(_said(reading, gazetteer, certain))
    names += said
    if not any(name.text == certain for name in said):
        names += _quoted(reading, gazetteer)
    names += _sources(meta, reading, gazetteer)
    if not any(name.source in ("title", "signature") for name in names):
        names += _own_area(reading, gazetteer)
    return [name for name in names if _plausible(name.text)]


def _certain(names: Sequence[Name], gazetteer: Gazetteer) -> str:
    """The name in the title where it is that of a body and no mere place."""
    for name in names:
        is_title = name.rule in ("title", "line like a title")
        if is_title and not gazetteer.named(name.text):
            return name.text
    return ""


def _plausible(text: str) -> bool:
    # 国务院扶贫开发领导小组办公室 is a body, other groups are none
    if text in CENTRAL_NAMES:
        return True
    is_generic = GENERIC_PATTERN.fullmatch(text) or SENTENCE_PATTERN.search(text)
    return len(text) >= 2 and not is_generic and not GROUP_PATTERN.search(text)


def clean(text: str, gazetteer: Gazetteer) -> str:
    """A name without what led up to it and without the office inside it; 和平区 keeps its 和."""
    return shorten(strip_lead(text, gazetteer))


def _signatures(reading: Reading, gazetteer: Gazetteer) -> Iterator[Name]:
    """A name on a line of its own beside the date at the end, or before the date on one line."""
    spans = reading.foot
    lines = [reading.form[start:end] for start, end in spans]
    count = len(lines)
    for number in range(count - 1, max(-1, count - 1 - TAIL_LINES), -1):
        line = lines[number]
        if len(line) > 64:
            continue
        if DAY_LINE_PATTERN.fullmatch(line):
            rule = "signature over a date"
            for beside in (number - 1, number + 1):
                if not 0 <= beside < count:
                    continue
                if signed := SIGNED_PATTERN.fullmatch(lines[beside]):
                    start = spans[beside][0]
                    yield _signature(reading, gazetteer, signed, start, rule, 0.9)
        elif signed := SIGNED_AND_DATED_PATTERN.fullmatch(line):
            start = spans[number][0]
            rule = "signature before a date"
            yield _signature(reading, gazetteer, signed, start, rule, 0.9)
    if count and (whole := WHOLE_LINE_PATTERN.fullmatch(lines[-1])):
        yield _signature(reading, gazetteer, whole, spans[-1][0], "last line", 0.8)


def _signature(
    reading: Reading,
    gazetteer: Gazetteer,
    signed: re.Match[str],
    start: int,
    rule: str,
    weight: float,
) -> Name:
    return _name(reading, gazetteer, signed, start, "signature", rule, weight)


def _name(
    reading: Reading,
    gazetteer: Gazetteer,
    match: re.Match[str],
    offset: int,
    source: str,
    rule: str,
    weight: float,
) -> Name:
    """The first group of a match in form[offset:] as a name."""
    start, end = match.span(1)
    text = clean(match[1], gazetteer)
    span = within(text, reading.form, (offset + start, offset + end))
    return Name(
        text=text,
        source=source,
        rule=rule,
        weight=weight,
        span=span,
        quote=reading.quote(*span),
    )


def _said(reading: Reading, gazetteer: Gazetteer, certain: str) -> Iterator[Name]:
    """The names at the places where a report names its own body.

    Once the name that the title is `certain` of is said again, nothing more is asked.
    """
    for anchor in ANCHORS:
        if certain and anchor.rule == "line like a title":
            continue
        names = list(islice(_anchored(anchor, reading, gazetteer), MAX_NAMES))
        yield from names
        if certain and any(name.text == certain for name in names):
            return
    for match in islice(SUBSITE_PATTERN.finditer(reading.form), MAX_NAMES):
        yield _name(reading, gazetteer, match, 0, "body", "subsite", 0.75)


def _anchored(anchor: Anchor, reading: Reading, gazetteer: Gazetteer) -> Iterator[Name]:
    form = reading.form
    if anchor.is_rare and not _can_stand(anchor, form):
        return
    searched = 0
    for sign in anchor.sign.finditer(form, 0, anchor.reach or len(form)):
        start = sign.end()
        if start < searched or _is_quoted(form, start):
            continue
        spotted = spot(form, start, gazetteer)
        if spotted is None or (anchor.is_whole and not spotted.whole):
            continue
        if anchor.behind and not anchor.behind.match(form, spotted.end):
            continue
        text = clean(spotted.text, gazetteer)
        if not _plausible(text):
            continue
        searched = spotted.end
        span = within(text, form, (spotted.start, spotted.end))
        yield Name(
            text=text,
            source="body",
            rule=anchor.rule,
            weight=anchor.weight,
            span=span,
            quote=reading.quote(*span),
        )


def _can_stand(anchor: Anchor, form: str) -> bool:
    """Whether what must follow a name stands anywhere within reach."""
    reach = anchor.reach + MAX_BEHIND
    return bool(anchor.behind and anchor.behind.search(form, 0, reach))


def _is_quoted(form: str, place: int) -> bool:
    """Whether a place lies inside 《...》, the title of some document."""
    first = max(0, place - 60)
    return form.rfind("《", first, place) > form.rfind("》", first, place)


def _quoted(reading: Reading, gazetteer: Gazetteer) -> Iterator[Name]:
    """The body in the titles of what it wrote: its guide, its rules, its report."""
    form = reading.form
    for match in islice(QUOTED_PATTERN.finditer(form), 3 * MAX_NAMES):
        before = form[max(0, match.start() - 70) : match.start()]
        is_made = MADE_PATTERN.search(before) is not None
        is_cited = not is_made and CITED_PATTERN.search(before) is not None
        if match["report"]:
            rule, weight = "own report", 0.85
        elif is_cited:
            rule, weight = "cited rules", 0.5
        else:
            rule, weight = "own rules", 0.78 if is_made else 0.7
        name = _name(reading, gazetteer, match, 0, "body", rule, weight)
        # laws of a province carry its name; rules of a body end as bodies do
        is_whole = ends_as_body(name.text) and not gazetteer.named(name.text)
        if match["report"] or is_whole:
            yield name
    for match in islice(CALLED_PATTERN.finditer(form), MAX_NAMES):
        first = max(0, match.start() - 36)
        called = BEFORE_CALLED_PATTERN.search(form[first : match.start()])
        if called:
            rule = "below called"
            yield _name(reading, gazetteer, called, first, "body", rule, 0.8)


def _own_title(reading: Reading) -> Iterator[Name]:
    """A line near the beginning that is a title, where the page has none."""
    for start, end in reading.head[:HEAD_LINES]:
        line = reading.form[start:end]
        if not 8 <= len(line) <= 60 or not OWN_TITLE_PATTERN.search(line):
            continue
        if re.search("[,。;:>]", line):
            continue
        agency = read_title(line).agency
        if agency:
            span = start, end
            rule = "line like a title"
            yield Name(
                text=agency,
                source="body",
                rule=rule,
                weight=0.85,
                span=span,
                quote=reading.quote(*span),
            )


def _own_area(reading: Reading, gazetteer: Gazetteer) -> Iterator[Name]:
    """The government of the one 市 that a report on all its bodies calls 本市."""
    form = reading.form
    if not AREA_PATTERN.search(form) or Selves.of(form).counts:
        return
    words = Counter(re.findall("[本我]([省市区县州旗])(?!级)", form))
    for word, count in words.most_common(1):
        spoken = [
            place
            for code in gazetteer.mentions(form)
            if (place := gazetteer.of_code(code)) and place.name.endswith(word)
        ]
        if count > 1 and len(spoken) == 1:
            # 《上海市政府信息公开规定》 names it too, and is another document
            bare = TITLE_PATTERN.sub(lambda quoted: "《" * len(quoted[0]), form)
            first = max(bare.find(spoken[0].name), form.find(spoken[0].name))
            span = first, first + len(spoken[0].name)
            yield Name(
                text=spoken[0].name,
                source="body",
                rule="own area",
                weight=0.65,
                span=span if first >= 0 else None,
                quote=spoken[0].name,
            )


def _sources(
    meta: Mapping[str, str], reading: Reading, gazetteer: Gazetteer
) -> Iterator[Name]:
    rule = "source line"
    stated: list[str] = []
    if source := meta.get("source"):
        stated.append(fold_line(source))
    header = fold_line(meta.get("header", ""))
    stated += [match[1] for match in SOURCE_PATTERN.finditer(header)]
    for text in stated:
        bare = re.sub(r"^(?:来源|信息来源)\s?:", "", text)
        bare = AFTER_SOURCE_PATTERN.sub("", bare).strip(" -—")
        name = clean(bare, gazetteer)
        if NAME_PATTERN.fullmatch(name):
            yield Name(
                text=name,
                source="source line",
                rule=rule,
                weight=0.7,
                quote=name,
            )
    for start, end in reading.head[:HEAD_LINES]:
        match = SOURCE_PATTERN.search(reading.form, start, min(end, start + 120))
        if match is None:
            continue
        name = clean(AFTER_SOURCE_PATTERN.sub("", match[1]), gazetteer)
        if NAME_PATTERN.fullmatch(name):
            span = match.span(1)
            yield Name(
                text=name,
                source="source line",
                rule=rule,
                weight=0.7,
                span=span,
                quote=reading.quote(*span),
            )
