"""Where a report names its body: title, signature, what it says of itself, source line.

Never site chrome.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from index.analysis.characters import BASIC_HAN_CLASS
from index.analysis.normaliser import fold_line
from indexer.metadata.dates import DAY_REGEX
from indexer.metadata.reading import Reading
from indexer.metadata.title import Title, read_title
from indexer.places import Gazetteer

__all__ = ["GOVERNMENT_WORDS", "Name", "Selves", "names_of"]

HAN_CHARACTER = f"[{BASIC_HAN_CLASS}]"
BODY_ENDINGS = (
    "人民政府办公[室厅]|政府办公[室厅]|人民政府|办事处|街道办|管理委员会|管委会|委员会"
    "|办公室|办公厅|税务局|海关|分局|局|厅|委|办|中心|总队|支队|大队|调查队|大学|学院"
    "|医院|公司|街道|总局|管理处|处|署|部|院|会|所|镇|乡"
)
ORG_REGEX = rf"{HAN_CHARACTER}{{2,34}}?(?:{BODY_ENDINGS})"
PLAIN_REGEX = rf"{HAN_CHARACTER}{{2,34}}?"
MADE_VERBS = "(?:制定|制订|修订|出台|建立|完善|编制)"

# (weight, how, sign, pattern): what a report says of itself, looked for in its whole text.
#
# Where a pattern can begin with a single character and look back from it, the search skips to that
# character. The two that start at every clause are slow: they are looked for only around their
# sign. Every match of such a pattern holds a match of its sign.
SELF_PATTERNS = (
    (
        0.85,
        "announces",
        None,
        # 现将龙岗区教育局2018年
        re.compile(rf"将(?<=[现特兹]将)({PLAIN_REGEX})(?:20\d\d|二[〇○零])"),
    ),
    (
        0.85,
        "announces",
        None,
        # 现向社会公布龙岗区教育局2018年
        re.compile(
            r"(?:现|特|兹|并)将?(?:予以|向社会)?(?:公布|公开|发布|编制)"
            rf"({PLAIN_REGEX})(?:20\d\d|二[〇○零])"
        ),
    ),
    (
        0.85,
        "announces",
        None,
        # 要求,将龙岗区教育局2018年度政府信息公开
        re.compile(
            rf"将(?:(?<=[,。]将)|(?<=[,。]现将))({ORG_REGEX})"
            r"(?:20\d\d|二[〇○零])\S{0,2}\s?年?度?(?:政府|政务)?信息公开"
        ),
    ),
    (
        0.85,
        "compiled by",
        None,
        # 本报告由龙岗区教育局负责编制
        re.compile(
            rf"由({ORG_REGEX})(?:负责|组织|根据|依据|按照|汇总|统一|牵头)*"
            r"(?:编制|撰写|发布|公布|编写)"
        ),
    ),
    (
        0.8,
        "compiled by",
        re.compile(r"制(?:(?<=编制)|作)(?:了)?(?:并公布)?(?:本|20\d\d|政府信息公开)"),
        # 龙岗区教育局编制本报告
        re.compile(
            rf"(?:^|[。,;])({ORG_REGEX})(?:组织|牵头)?(?:编制|制作)(?:了)?(?:并公布)?"
            r"(?:本|20\d\d|政府信息公开)"
        ),
    ),
    (
        0.85,
        "contact",
        None,
        # 如有疑问,请与龙岗区教育局办公室联系
        re.compile(
            rf"(?:请|可)(?:直接|径)?(?:与|向|同|和|致电|联系)({ORG_REGEX})[^,。;]{{0,18}}?"
            r"(?:联系|咨询|反映|索取|查询|\(|[,,。])"
        ),
    ),
    (
        0.85,
        "own guide",
        None,
        # 《龙岗区教育局政府信息公开指南》
        re.compile(
            rf"《({ORG_REGEX})(?:政府|政务)?(?:信息)?公开(?:工作)?(?:指南|目录)"
        ),
    ),
    (
        0.85,
        "below called",
        re.compile(r"\((?:以下|下)?简?(?:统)?称"),
        # 龙岗区教育局(以下简称"我局")
        re.compile(
            rf"(?:^|[,。;:])({ORG_REGEX})\((?:以下|下)?简?(?:统)?称[:\"]*"
            rf"(?:我|本|[区市县]?{HAN_CHARACTER}{{0,4}}[局委办厅])"
        ),
    ),
    (
        0.8,
        "own rules",
        None,
        # 制定了《龙岗区教育局政府信息公开制度》
        re.compile(
            rf"《(?:(?<={MADE_VERBS}《)|(?<={MADE_VERBS}了《))({ORG_REGEX})"
            r"(?:政府|政务)?信息公开[^《》]{1,24}》"
        ),
    ),
    (
        0.8,
        "own report",
        None,
        # 《龙岗区教育局2018年
        re.compile(rf"《({ORG_REGEX})20\d\d年"),
    ),
    (
        0.75,
        "subsite",
        None,
        # 深圳政府在线横岗街道子网站
        re.compile(rf"在线({HAN_CHARACTER}{{2,8}}(?:街道|镇|乡|局|办))子网站"),
    ),
)
# Characters before a sign that are looked at: a mark, the longest ORG_REGEX, 组织编.
BEFORE_SIGN = 45
# Characters behind it: quotation marks and a short name.
BEHIND_SIGN = 24
# Names that are read of each kind.
MAX_NAMES = 3

# What leads up to a name: 由(龙岗区教育局)编制, 请与(...)联系
LEAD_PATTERN = re.compile(
    "(?:关于|按照|根据|依据|以及|通过|对于|请与|请向|直接与|与|向|由|将|和|及|在|对|经|为"
    "|是|到|从|把|其|该|各|全|现|特|可以|可|也可|如有疑问|联系人|联系|单位|部门|地址|致电"
    "|公众|公民|社会|本|以|并)"
)
# The office inside a body that answers the telephone: 龙岗区教育局办公室, 龙岗区政府信息公开科.
INNER_OFFICE_PATTERN = re.compile(
    rf"(?P<body>.{{2,}}(?:局|厅|[^室]委|处|院|委员会|管委会|办))(?:机关)?"
    rf"(?:办公室|党政办|综合办|(?!公室){HAN_CHARACTER}{{1,8}}[科股室])"
    rf"|(?P<government>.{{2,}}政府)"
    rf"(?:信息公开{HAN_CHARACTER}{{0,6}}|政务公开{HAN_CHARACTER}{{0,6}})"
)

# What names no body of its own: 我局, 区办公室, 本网, 管理员, 县人民政府
GENERIC_PATTERN = re.compile(
    rf"(?:我|本|该|全|各){HAN_CHARACTER}{{0,6}}"
    r"|[省市区县局委厅办]?(?:机关)?(?:党政|综合|秘书|政务公开|信息公开|行政)?"
    r"(?:办公[室厅]|综合[科股室]|办公室|党政办|综合办|政办|网站|政府|科|股|处|局|委|办)"
    r"|本站|原创|本网|网站|管理员|佚名|中国政府网|信息中心|互联网"
    r"|(?:省|市|区|县|镇|乡|街道)(?:人民)?政府"
    r"|(?:省|市|区|县)?(?:政府|政务)信息公开(?:工作)?(?:领导小组)?(?:办公室)?|\d+"
)
# a sentence is no name
SENTENCE_PATTERN = re.compile("以下简称|信息公开条例|有关规定")
OWN_TITLE_PATTERN = re.compile("信息公开.{0,8}(?:报告|年报|总结)$")
# 来源:龙岗区教育局, 发布机构: 区府办
SOURCE_PATTERN = re.compile(
    r"(?:来源|发布机构|信息来源|发布单位|责任单位|公开单位|编制单位|发文机关|发布者)"
    r"\s?[::]\s?([^\s,。;|:]{2,40})"
)
# the next label, run together with the source: 来源:区府办浏览次数
AFTER_SOURCE_PATTERN = re.compile(
    r"(?:浏览|字号|作者|点击|发布|时间|日期|阅读|访问|打印|字体|编辑|【|\().*$"
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
SELF_WORD_PATTERNS = tuple(
    re.compile(
        f"{own}(?<!自.)"
        "(局|委|办|厅|街道|镇|乡|区|县|市|省|院|校|队|关|中心|处|州|旗|盟)(?![级地人])"
    )
    for own in "我本"
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

    @property
    def kind(self) -> str | None:
        """What it calls itself most, if it does so clearly."""
        most = self.counts.most_common(2)
        if not most or most[0][1] < 2:
            return None
        word, count = most[0]
        is_clear = len(most) == 1 or count >= 2 * most[1][1]
        return word if is_clear else None

    def contradict(self, name: str) -> bool:
        """Whether a report that calls itself so is not that of a body of this name."""
        kind = self.kind
        if kind in GOVERNMENT_WORDS:
            return re.search("(?:政府|办公[室厅]|[区县市省州旗])$", name) is None
        if kind in ("局", "厅", "镇", "乡", "街道"):
            return kind not in name
        return False

    @classmethod
    def of(cls, form: str) -> Selves:
        """The counts of a text in index form."""
        return cls(
            Counter(kind for own in SELF_WORD_PATTERNS for kind in own.findall(form))
        )


def names_of(
    title: Title | None, meta: Mapping[str, str], reading: Reading, gazetteer: Gazetteer
) -> list[Name]:
    """Every name that the report might be of, in order of precedence."""
    names: list[Name] = []
    if title and title.agency and not GENERIC_PATTERN.fullmatch(title.agency):
        names.append(
            Name(
                text=title.agency,
                source="title",
                rule="title",
                weight=0.95,
                quote=title.form,
            )
        )
    names += _signatures(reading, gazetteer)
    names += _said(reading, gazetteer)
    names += _own_title(reading)
    names += _sources(meta, reading, gazetteer)
    return [name for name in names if _plausible(name.text)]


def _plausible(text: str) -> bool:
    is_generic = GENERIC_PATTERN.fullmatch(text) or SENTENCE_PATTERN.search(text)
    return len(text) >= 2 and not is_generic


def clean(text: str, gazetteer: Gazetteer) -> str:
    """A name without what led up to it and without the office inside it; 和平区 keeps its 和."""
    while not any(gazetteer.prefixes(text)):
        lead = LEAD_PATTERN.match(text)
        if lead is None:
            break
        text = text[lead.end() :]
    inner = INNER_OFFICE_PATTERN.fullmatch(text)
    if inner:
        return inner["body"] or inner["government"]
    return text


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
    span = offset + start, offset + end
    text = clean(match[1], gazetteer)
    return Name(
        text=text,
        source=source,
        rule=rule,
        weight=weight,
        span=span,
        quote=reading.quote(*span),
    )


def _said(reading: Reading, gazetteer: Gazetteer) -> Iterator[Name]:
    for weight, rule, sign, pattern in SELF_PATTERNS:
        matches = pattern.finditer(reading.form)
        if sign:
            matches = _around(sign, pattern, reading.form)
        for match in islice(matches, MAX_NAMES):
            yield _name(reading, gazetteer, match, 0, "body", rule, weight)


def _around(
    sign: re.Pattern[str], pattern: re.Pattern[str], form: str
) -> Iterator[re.Match[str]]:
    """The matches of a pattern, each of which holds a match of `sign`."""
    searched = 0
    for place in sign.finditer(form):
        start = max(searched, place.start() - BEFORE_SIGN)
        match = pattern.search(form, start, place.end() + BEHIND_SIGN)
        if match:
            yield match
            searched = match.end()


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
        bare = re.sub(r"^(?:来源|信息来源)\s?[::]", "", text)
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
