"""The bodies that publish reports: every place with its government and departments, in the nation's
proportions.

Bodies are numbered; a permutation spreads the numbers so that the first thousand are already a fair
mixture, and no body comes twice before all have come.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from indexer.places import Gazetteer, Place

__all__ = ["Bodies", "Body"]

# Name and line of work.
_CENTRAL_BODIES = (
    ("教育部", "教育"),
    ("生态环境部", "生态环境"),
    ("自然资源部", "自然资源"),
    ("交通运输部", "交通运输"),
    ("水利部", "水利"),
    ("农业农村部", "农业农村"),
    ("民政部", "民政"),
    ("人力资源和社会保障部", "人力资源社会保障"),
    ("财政部", "财政"),
    ("文化和旅游部", "文化旅游"),
    ("国家市场监督管理总局", "市场监管"),
    ("应急管理部", "应急管理"),
    ("司法部", "司法行政"),
    ("国家发展和改革委员会", "发展改革"),
    ("工业和信息化部", "工业和信息化"),
    ("商务部", "商务"),
    ("审计署", "审计"),
    ("国家统计局", "统计"),
    ("退役军人事务部", "退役军人"),
    ("国家医疗保障局", "医疗保障"),
    ("国家税务总局", "税务"),
    ("中国气象局", "气象"),
    ("国家林业和草原局", "林业"),
    ("国家卫生健康委员会", "卫生健康"),
    ("住房和城乡建设部", "住房城乡建设"),
)
# Names that the reform of 2018 gave; before it the same duties lay with these.
_CENTRAL_BEFORE = {
    "生态环境部": "环境保护部",
    "自然资源部": "国土资源部",
    "农业农村部": "农业部",
    "文化和旅游部": "文化部",
    "国家市场监督管理总局": "国家工商行政管理总局",
    "应急管理部": "国家安全生产监督管理总局",
    "国家林业和草原局": "国家林业局",
    "国家卫生健康委员会": "国家卫生和计划生育委员会",
}
# Lines of work that the reform of 2018 made.
_SINCE_REFORM = ("退役军人", "医疗保障")

# line: name in counties and cities until the reform > since; then the province's where it is not
# the same with 厅
_DEPARTMENT_ROWS = """教育: 教育局
卫生健康: 卫生和计划生育局>卫生健康局 卫生和计划生育委员会>卫生健康委员会
生态环境: 环境保护局>生态环境局
自然资源: 国土资源局>自然资源局
住房城乡建设: 住房和城乡建设局
交通运输: 交通运输局
水利: 水利局
农业农村: 农业局>农业农村局
民政: 民政局
人力资源社会保障: 人力资源和社会保障局
财政: 财政局
文化旅游: 文化体育广电新闻出版局>文化广电和旅游局 文化厅>文化和旅游厅
市场监管: 工商行政管理局>市场监督管理局 工商行政管理局>市场监督管理局
应急管理: 安全生产监督管理局>应急管理局 安全生产监督管理局>应急管理厅
公安: 公安局
司法行政: 司法局
发展改革: 发展和改革局 发展和改革委员会
工业和信息化: 经济和信息化局>工业和信息化局 经济和信息化委员会>工业和信息化厅
商务: 商务局
审计: 审计局
统计: 统计局 统计局
城市管理: 城市管理局>城市管理综合执法局
林业: 林业局>林业和草原局 林业厅>林业和草原局
退役军人: 退役军人事务局
医疗保障: 医疗保障局 医疗保障局"""
# Line of work and form of the name of bodies under an upper body of their own system.
_VERTICAL_BODIES = (("税务", "国家税务总局{}税务局"), ("气象", "{}气象局"))

_LEVEL_BY_TIER = ("国家级", "省级", "地市级", "县区级", "乡镇街道级")


@dataclass(frozen=True, slots=True)
class _Department:
    line: str
    local: tuple[str, str]
    provincial: tuple[str, str]


def _before_after(cell: str) -> tuple[str, str]:
    before, _, after = cell.partition(">")
    return before, after or before


def _departments() -> tuple[_Department, ...]:
    departments: list[_Department] = []
    for row in _DEPARTMENT_ROWS.splitlines():
        line, _, cells = row.partition(": ")
        local, *provincial = cells.split()
        before, after = _before_after(local)
        # the province's 教育局 is a 教育厅
        above = (before[:-1] + "厅", after[:-1] + "厅")
        if provincial:
            above = _before_after(provincial[0])
        departments.append(_Department(line, (before, after), above))
    return tuple(departments)


@dataclass(frozen=True, slots=True)
class Body:
    """One reporting body.

    `names` are its names before the year `renamed` and since, `shorts` the same without what lies
    above; `own` is its word for itself in the text; `towns` are places it may speak of.
    """

    number: int
    names: tuple[str, str]
    shorts: tuple[str, str]
    own: str
    level: str
    org_type: str
    line: str
    region: tuple[str, ...]
    since: int
    towns: tuple[str, ...]
    renamed: int = 2019

    def name(self, year: int) -> str:
        """The name it had in the year it reports on: the reform's names appear in the reports for
        2019.
        """
        return self.names[year >= self.renamed]

    def canonical(self, year: int) -> str:
        """That name from the city down."""
        name = self.name(year)
        is_below_city = len(self.region) > 2 and name.startswith(self.region[2])
        return self.region[1] + name if is_below_city else name

    def short(self, year: int) -> str:
        """That name without the places above."""
        return self.shorts[year >= self.renamed]


class Bodies:
    """All bodies, by number: `bodies[n]` for any n, repeating after `len(bodies)`."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.departments = _departments()
        self.tiers: dict[int, list[Place]] = {1: [], 2: [], 3: [], 4: []}
        for places in gazetteer.by_code.values():
            for place in places:
                stands = place.until is None and (place.since or 0) <= 2019
                if stands and place.tier in self.tiers:
                    self.tiers[place.tier].append(place)
        # townships by the beginning of their code: of a county, a city, a province
        self.towns: dict[str, list[str]] = {}
        for place in self.tiers[4]:
            name = _plain(place.name)
            for length in (6, 4, 2):
                self.towns.setdefault(place.code[:length], []).append(name)
        # how many bodies a place of each tier has: the government, its departments, the vertical
        # bodies
        full = len(self.departments) + len(_VERTICAL_BODIES) + 1
        self.slots = {1: full - 1, 2: full, 3: full, 4: 1}
        local = [len(self.tiers[tier]) * self.slots[tier] for tier in (1, 2, 3, 4)]
        self.ends = list(accumulate([len(_CENTRAL_BODIES), *local]))
        # a step that shares no factor with the count visits every body once
        count = len(self)
        steps = range(int(count * 0.618), count)
        self.step = next(step for step in steps if _coprime(step, count))

    @classmethod
    def load(cls) -> Bodies:
        """The bodies over the shipped gazetteer, made once a process."""
        return _load()

    def __len__(self) -> int:
        return self.ends[-1]

    def __getitem__(self, number: int) -> Body:
        position = number * self.step % len(self)
        tier = next(tier for tier, end in enumerate(self.ends) if position < end)
        if tier == 0:
            return self._central(number, position)
        within = position - self.ends[tier - 1]
        place_number, slot = divmod(within, self.slots[tier])
        return self._local(number, self.tiers[tier][place_number], slot)

    def _central(self, number: int, position: int) -> Body:
        name, line = _CENTRAL_BODIES[position]
        names = (_CENTRAL_BEFORE.get(name, name), name)
        own = "本机关"
        if name.endswith(("部", "局")):
            own = "我" + name[-1]
        return Body(
            number,
            names,
            names,
            own,
            level=_LEVEL_BY_TIER[0],
            org_type="部门",
            line=line,
            region=(),
            since=2019 if line in _SINCE_REFORM else 2008,
            towns=tuple(place.name for place in self.tiers[2]),
        )

    def _local(self, number: int, place: Place, slot: int) -> Body:
        region = tuple(self.gazetteer.path(place))
        prefix = _prefix(place, region)
        since = max(2008, place.since or 0)
        if place.tier == 4:
            return _township(number, place, prefix, region, since)
        below = self.towns.get(place.code[: 2 * place.tier], ())
        towns = tuple(below) or ("城关镇",)
        if slot == 0:
            return Body(
                number,
                names=(f"{prefix}人民政府",) * 2,
                shorts=(place.name,) * 2,
                own="我" + place.name[-1],
                level=_LEVEL_BY_TIER[place.tier],
                org_type="人民政府",
                line="综合",
                region=region,
                since=since,
                towns=towns,
            )
        # provinces have no 城市管理
        departments = [
            department
            for department in self.departments
            if place.tier > 1 or department.line != "城市管理"
        ]
        if slot > len(departments):
            kind = _VERTICAL_BODIES[slot - len(departments) - 1]
            return _vertical(number, place, prefix, region, kind, since, towns)
        department = departments[slot - 1]
        return _departmental(number, place, prefix, region, department, since, towns)


@cache
def _load() -> Bodies:
    return Bodies(Gazetteer.load())


def _coprime(a: int, b: int) -> bool:
    while b:
        a, b = b, a % b
    return a == 1


def _plain(name: str) -> str:
    return name.removesuffix("办事处")


def _prefix(place: Place, region: tuple[str, ...]) -> str:
    """A district is named with its city, a township with its county, others stand alone."""
    if place.tier == 4 and len(region) > 1:
        above = region[-2]
        has_city = above.endswith("区") and len(region) > 2
        city = region[-3] if has_city else ""
        return city + above + _plain(place.name)
    if place.tier == 3 and place.name.endswith("区") and len(region) > 1:
        return region[-2] + place.name
    return place.name


def _vertical(
    number: int,
    place: Place,
    prefix: str,
    region: tuple[str, ...],
    kind: tuple[str, str],
    since: int,
    towns: tuple[str, ...],
) -> Body:
    """Tax offices of state and province became one in 2018.

    Their reports for that year carry the new name.
    """
    line, form = kind
    before, short = form, form
    if line == "税务":
        before, short = "{}国家税务局", "{}税务局"
    return Body(
        number,
        names=(before.format(prefix), form.format(prefix)),
        shorts=(before.format(place.name), short.format(place.name)),
        own="我局",
        level=_LEVEL_BY_TIER[place.tier],
        org_type="垂直管理机构",
        line=line,
        region=region,
        since=since,
        towns=towns,
        renamed=2018,
    )


def _township(
    number: int, place: Place, prefix: str, region: tuple[str, ...], since: int
) -> Body:
    # a street is an office of its district, a town has a government
    is_street = place.name.endswith(("街道", "街道办事处"))
    own = "我乡" if place.name.endswith("乡") else "我镇"
    name = f"{prefix}办事处" if is_street else f"{prefix}人民政府"
    short = _plain(place.name)
    return Body(
        number,
        names=(name, name),
        shorts=(short, short),
        own="我街道" if is_street else own,
        level=_LEVEL_BY_TIER[4],
        org_type="街道办事处" if is_street else "乡镇政府",
        line="街道" if is_street else "乡镇",
        region=region,
        since=since,
        towns=(),
    )


def _departmental(
    number: int,
    place: Place,
    prefix: str,
    region: tuple[str, ...],
    department: _Department,
    since: int,
    towns: tuple[str, ...],
) -> Body:
    before, after = department.provincial if place.tier == 1 else department.local
    if department.line in _SINCE_REFORM:
        since = max(since, 2019)
    own = "我局"
    if after.endswith("委员会"):
        own = "我委"
    elif after.endswith("厅"):
        own = "我厅"
    return Body(
        number,
        names=(prefix + before, prefix + after),
        shorts=(place.name + before, place.name + after),
        own=own,
        level=_LEVEL_BY_TIER[place.tier],
        org_type="部门",
        line=department.line,
        region=region,
        since=since,
        towns=towns,
    )
