"""Sentences of a report: patterns whose slots take words of the right kind for the body's line of
work.

`lines.txt` holds the words of each line of work, `patterns.txt` the patterns of each chapter,
`topics.txt` the long tail; each is read once. What a body says it says again next year with other
numbers, as real bodies do: three sentences in five stay, two change.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

__all__ = ["Voice", "lines_of_work", "patterns"]

WORDS_FOLDER = Path(__file__).parent
# {百}, {事项}: a slot of a pattern
_SLOT_PATTERN = re.compile(r"\{([^}]+)\}")
_LINE_SLOTS = ("信息", "事项", "人群", "申请", "问题", "改进")

# Literal and slot, alternating; the last slot is empty.
Pattern = tuple[tuple[str, str], ...]


@cache
def lines_of_work() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Line of work -> kind of word -> words."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    line = ""
    for row in _rows("lines.txt"):
        if row.startswith("["):
            line = row.strip("[]")
        else:
            kind, _, words = row.partition(": ")
            found.setdefault(line, {})[kind] = tuple(words.split())
    return found


@cache
def patterns(reformed: bool) -> Mapping[str, tuple[Pattern, ...]]:
    """Chapter -> its patterns, of the time before 2019 or since."""
    found: dict[str, list[Pattern]] = {}
    chapter = ""
    for row in _rows("patterns.txt"):
        if row.startswith("["):
            chapter = row.strip("[]")
            continue
        text = row
        if row[:6] in ("<2019 ", ">2018 "):
            if (row[0] == ">") != reformed:
                continue
            text = row[6:]
        found.setdefault(chapter, []).append(_compiled(text))
    return {chapter: tuple(made) for chapter, made in found.items()}


def _rows(name: str) -> list[str]:
    text = (WORDS_FOLDER / name).read_text(encoding="utf-8")
    return [row for row in text.splitlines() if row and not row.startswith("#")]


def _compiled(text: str) -> Pattern:
    cut = _SLOT_PATTERN.split(text)
    return tuple(zip(cut[::2], [*cut[1::2], ""], strict=True))


# -- the long tail: names that nobody else bears

_SURNAME_CHARACTERS = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
    "余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙"
    "史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤"
)
_VILLAGE_ENDINGS = (
    "家庄村",
    "家湾村",
    "家坪村",
    "家沟村",
    "家营村",
    "家河村",
    "家桥村",
    "家岭村",
    "家店村",
    "家塘村",
    "家寨村",
    "家堡村",
    "家坝村",
    "家山村",
    "家铺村",
    "家楼村",
    "家洼村",
    "家圩村",
    "家埠村",
    "家院社区",
    "家巷社区",
    "家园社区",
)
_AUSPICIOUS_CHARACTERS = (
    "安宝昌成诚德顶东丰福富高光广海恒宏华汇吉佳建金锦康乐联龙隆美民明南宁鹏平谦庆荣瑞"
    "润晟盛顺泰天通旺祥鑫兴旭阳益永裕远振正中卓"
)
_TRADE_WORDS = (
    "科技",
    "建设",
    "实业",
    "置业",
    "物流",
    "食品",
    "环保",
    "农业",
    "医药",
    "建材",
    "机械",
    "商贸",
    "旅游",
    "物业",
    "检测",
    "新能源",
    "电子",
    "纺织",
    "化工",
    "水务",
)
_COMPANY_FORMS = ("有限公司", "有限责任公司", "集团有限公司", "股份有限公司")
_ROAD_ENDINGS = ("路", "路", "街", "大道", "东路", "西路", "北街", "巷")
_SUMMER_MONTHS = ("5", "6", "7", "8", "9")
_PERIOD_WORDS = ("季度", "月", "半年", "年")


def _village(u: float) -> str:
    n = int(u * len(_SURNAME_CHARACTERS) * len(_VILLAGE_ENDINGS))
    return (
        _SURNAME_CHARACTERS[n // len(_VILLAGE_ENDINGS)]
        + _VILLAGE_ENDINGS[n % len(_VILLAGE_ENDINGS)]
    )


def _two(n: int) -> str:
    size = len(_AUSPICIOUS_CHARACTERS)
    return (
        _AUSPICIOUS_CHARACTERS[n // size % size]
        + _AUSPICIOUS_CHARACTERS[(n * 7 + 3) % size]
    )


def _road(u: float) -> str:
    n = int(u * 1_000_003)
    return _two(n) + _ROAD_ENDINGS[n % len(_ROAD_ENDINGS)]


def _company(u: float) -> str:
    n = int(u * 1_000_003)
    return (
        _two(n)
        + _TRADE_WORDS[n % len(_TRADE_WORDS)]
        + _COMPANY_FORMS[n // 20 % len(_COMPANY_FORMS)]
    )


# Slot -> the number that a fraction of chance makes. Counts are skewed as counts are: many small
# ones, few large.
_NUMBER_SLOTS: Mapping[str, Callable[[float], str]] = {
    "个": lambda u: str(1 + int(u * u * 9)),
    "十": lambda u: str(3 + int(12 / (0.14 + u))),
    "百": lambda u: str(24 + int(90 / (0.06 + u))),
    "千": lambda u: str(300 + int(900 / (0.05 + u))),
    "万": lambda u: f"{0.3 + 4 / (0.1 + u):.1f}",
    "率": lambda u: f"{100 - u * 14:.1f}%",
    "钱": lambda u: f"{2 + 9 / (0.1 + u):.1f}",
    "月": lambda u: _SUMMER_MONTHS[int(u * 5)],
    "期": lambda u: _PERIOD_WORDS[int(u * u * 4)],
}


@cache
def _topics() -> tuple[str, ...]:
    return tuple(word for row in _rows("topics.txt") for word in row.split())


def _topic(u: float) -> str:
    """The list is in order of frequency, and so is what is drawn from it."""
    return _topics()[int(u * u * len(_topics()))]


_PUBLIC_WORKS = (
    "河道治理",
    "道路改造",
    "供水工程",
    "安置小区",
    "文化广场",
    "产业园",
    "标准厂房",
    "排水管网",
    "中心小学",
    "卫生院",
    "养老中心",
    "农贸市场",
    "停车场",
    "公园",
    "桥梁加固",
    "污水处理站",
    "冷链仓库",
    "便民服务中心",
    "防洪堤",
    "光伏电站",
    "灌区配套",
    "垃圾中转站",
)


def _project(u: float) -> str:
    n = int(u * 1_000_003)
    return (
        _two(n) + _PUBLIC_WORKS[n % len(_PUBLIC_WORKS)] + ("项目" if n % 3 else "工程")
    )


_TAIL_SLOTS: Mapping[str, Callable[[float], str]] = {
    "村": _village,
    "路": _road,
    "公司": _company,
    "热点": _topic,
    "项目": _project,
}
# Kind of body -> offices inside it that do the work, and what its units are called.
_OFFICE_NAMES = {
    "部": (("办公厅", "政策法规司", "综合司", "规划财务司"), "司局"),
    "厅": (("办公室", "政策法规处", "综合处", "规划财务处"), "处室"),
    "局": (("办公室", "法规股", "综合股", "政务服务股"), "股室"),
    "府": (("政府办公室", "司法局", "政务公开办", "大数据中心"), "部门"),
    "乡": (("党政综合办公室", "便民服务中心", "财政所", "司法所"), "办所"),
}


def _offices(level: str, line: str) -> tuple[tuple[str, ...], str]:
    if line == "综合":
        return _OFFICE_NAMES["府"]
    if level == "乡镇街道级":
        return _OFFICE_NAMES["乡"]
    return _OFFICE_NAMES[{"国家级": "部", "省级": "厅"}.get(level, "局")]


@dataclass(slots=True)
class Voice:
    """One body's manner of writing, kept from year to year.

    `words` maps a slot to its words in the body's own order. `order` has its patterns, of the time
    since 2019 (True) and before, by chapter. `floats` is the body's own chance, for what stays from
    year to year.
    """

    words: dict[str, Sequence[str]]
    order: dict[bool, dict[str, list[Pattern]]]
    floats: list[float]
    constant: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        chance: Random,
        line: str,
        level: str,
        own: str,
        place: str,
        towns: Sequence[str],
    ) -> Voice:
        """The voice of a body.

        `place` is the place it governs or serves, `towns` those it may name: none for a township.
        """
        words: dict[str, Sequence[str]] = {}
        for kind in _LINE_SLOTS:
            shuffled = list(lines_of_work()[line][kind])
            chance.shuffle(shuffled)
            words[kind] = shuffled
        offices, unit = _offices(level, line)
        if towns:
            words["地"] = chance.sample(list(towns), min(len(towns), 9))
        else:
            # a township speaks of its villages and communities, which no gazetteer here knows
            words["地"] = [_village(chance.random()) for _ in range(9)]
        constant = {
            "我": own,
            "内设": unit,
            "股": offices[0],
            "股2": offices[1 + int(chance.random() * 3)],
            "简": _stem(place),
            # 区, 县, 市; the name of a central body has no such end
            "域": place[-1] if len(place) < 8 else "地",
        }
        order = {reformed: _own_order(chance, reformed) for reformed in (False, True)}
        floats = [chance.random() for _ in range(512)]
        return cls(words, order, floats, constant)

    def chapter(
        self, name: str, count: int, year: int, step: int, floats: Sequence[float]
    ) -> list[str]:
        """`count` sentences of a chapter as they stand in `year`.

        `step` is the number of the year among the body's, `floats` that year's own chance.
        """
        order = self.order[year >= 2019][name]
        spare = max(1, len(order) - count)
        base = _CHAPTER_OFFSETS[name]
        sentences: list[str] = []
        for number in range(count):
            # three sentences in five stay from year to year
            stays = number % 5 < 3
            turn = number
            if not stays and number < len(order):
                later = count + (number + step * 3) % spare
                turn = min(later, len(order) - 1)
            pattern = order[turn % len(order)]
            year_turn = 0 if stays else step + 1
            sentence = self._filled(pattern, base + number * 7, year_turn, floats)
            sentences.append(sentence)
        return sentences

    def _filled(
        self, pattern: Pattern, position: int, turn: int, floats: Sequence[float]
    ) -> str:
        """A pattern with its slots filled, by the floats from `position` on."""
        parts: list[str] = []
        own = floats if turn else self.floats
        words = self.words
        constant = self.constant
        for literal, slot in pattern:
            parts.append(literal)
            if not slot:
                break
            position += 1
            if slot in _NUMBER_SLOTS:
                parts.append(_NUMBER_SLOTS[slot](floats[position % 512]))
            elif slot in constant:
                parts.append(constant[slot])
            elif slot in _TAIL_SLOTS:
                parts.append(_TAIL_SLOTS[slot](own[position % 512]))
            else:
                choices = words[slot.rstrip("2")]
                parts.append(choices[(position + turn) % len(choices)])
        return "".join(parts)


# Chapter -> where its chance begins among the floats of a body.
_CHAPTER_OFFSETS = {
    "组织": 0,
    "制度": 61,
    "公开": 122,
    "平台": 183,
    "监督": 244,
    "申请": 305,
    "问题": 366,
    "改进": 427,
}


def _own_order(chance: Random, reformed: bool) -> dict[str, list[Pattern]]:
    order: dict[str, list[Pattern]] = {}
    for chapter, of_chapter in patterns(reformed).items():
        shuffled = list(of_chapter)
        chance.shuffle(shuffled)
        order[chapter] = shuffled
    return order


def _stem(place: str) -> str:
    return place[:-1] if len(place) > 2 else place
