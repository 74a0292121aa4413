"""From a name to a body: its place, its tier, what it is called without its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.analysis.characters import BASIC_HAN_CLASS, HAN_NUMERALS
from indexer.metadata.bodies import (
    CENTRAL_NAME_BY_SHORT,
    CENTRAL_NAMES,
    INSTITUTION_PATTERN,
    UTILITY_PATTERN,
    line_of,
    org_type_of,
    system_of,
)
from indexer.places import (
    ETHNIC_TOWNSHIP_PATTERN,
    Gazetteer,
    Place,
    Resolution,
    ancestors,
)

__all__ = ["Body", "locate"]

HAN = f"[{BASIC_HAN_CLASS}]"
# The upper body before the place: 国家税务总局深圳市税务局, 中国人民银行广州分行
PREFIX_PATTERN = re.compile(
    "^(?:国家税务总局|中华人民共和国|国家统计局|中国人民银行|国家外汇管理局"
    "|国家金融监督管理总局|中国银保监会|中国银监会|中国证监会|中国保监会"
    "|中国(?:银行保险|银行业|保险|证券)监督管理委员会|国家矿山安全监察局|国家能源局|国家移民管理局"
    "|(?:交通运输|水利|生态环境|自然资源|农业农村|应急管理|商务|财政)部"
    f"|中共|中国共产党)(?=[{BASIC_HAN_CLASS}]{{2}})"
)
# 龙岗区人民政府横岗街道办事处: the government stands between two places
INNER_GOVERNMENT_PATTERN = re.compile(
    f"(?<=[省市县区旗州])(?:人民)?政府(?=[{BASIC_HAN_CLASS}]{{1,8}}(?:街道|镇|乡|苏木))"
)
# (深圳市)生态环境局龙岗管理局, (成都市)公安局武侯区分局
BRANCH_PATTERN = re.compile(
    "(?:局|厅|委员会|委|支队|中心)"
    f"(?P<short>[{BASIC_HAN_CLASS}]{{2,8}}?)(?P<end>[区县市旗]?)"
    "(?:环境)?(?:分局|管理局|管理处|监管局|监察大队|大队|税务所|分中心|管理部|执法大队)$"
)
# 龙岗区, 龙岗区教育局; but no 城区, 社区, 辖区, 小区, 山区, 库区, 林区 and the like
DIVISION_PATTERN = re.compile(
    f"^(?!市政)(?P<name>[{BASIC_HAN_CLASS}]{{1,7}}?"
    "(?<!城)(?<!都)(?<!社)(?<!辖)(?<!小)(?<!山)(?<!库)(?<!矿)(?<!景)(?<!灾)(?<!牧)"
    "(?<!林)(?<!园)(?<!地)[区县市旗])"
    f"(?=$|人民政府|政府|[{BASIC_HAN_CLASS}]{{2,24}}"
    "(?:局|委|办|厅|室|会|中心|处|队|街道|镇|乡|院|所|站)$)"
)
# 横岗街道办事处, 布吉镇人民政府, 甘河乡
TOWNSHIP_PATTERN = re.compile(
    f"^([{BASIC_HAN_CLASS}]{{1,8}}?(?:街道|镇|民族乡|乡|苏木))(?=办|人民|政府|党|$)"
)
# 盐城经济技术开发区新城街道办事处: a township, whatever holds it
TOWNSHIP_OFFICE_PATTERN = re.compile("(?:街道办事处|[镇乡]人民政府)$")
# 横岗街道党工委、办事处: the report is the office's.
PARTY_PATTERN = re.compile("(?<=[街道镇乡])(?:党工委|党委)[、和,]?")

# Streets inside a functional zone are printed without the word: 大鹏新区南澳办事处.
OFFICE_PATTERN = re.compile(
    f"(?!驻)([{BASIC_HAN_CLASS}]{{2,4}})(?<!街道)(?<!地区)办事处"
)

# 大鹏新区, 天津经济技术开发区; but no 政务服务中心
ZONE_PATTERN = re.compile(
    f"^(?!.*中心$)[{BASIC_HAN_CLASS}]{{0,12}}?"
    "(?:新区|开发区|高新区|经开区|经济区|园区|保税区|度假区|示范区|试验区|实验区"
    "|合作区|管理区|风景区|风景名胜区|产业园|工业园|科技园|保税港|自贸区|自由贸易"
    "|新城|片区|集聚区)"
)
# Bodies of several provinces, whose first characters name no city: 长江水利委员会
WIDE_AREA_PATTERN = re.compile(
    "流域|(?:华北|华东|华南|华中|东北|西北|西南|中南)|长江|黄河|珠江|海河|淮河|松辽|太湖"
    "|水利委员会|铁路监督管理局|特派员办事处"
)
# 第一师阿拉尔市十六团新开岭镇: what the corps calls itself beside the names of places
CORPS_UNIT_PATTERN = re.compile(
    f"^第?[{HAN_NUMERALS}]{{1,3}}师(?={HAN}{{2}})|(?<=[市镇])第?[{HAN_NUMERALS}]{{1,4}}团(?={HAN}{{2}})"
)
# bodies of a province, whatever else has its name: 海南调查总队
PROVINCIAL_PATTERN = re.compile("(?:总队|厅|监管局)$")
# 新疆生产建设兵团第八师
CORPS_PATTERN = re.compile("^新疆生产建设兵团|^(?:新疆)?兵团")
# Characters that reading machines and typists put for rarer ones in names of places:
# 沐阳 for 沭阳, 颖上 for 颍上.
CONFUSED_CHARACTERS = str.maketrans("沐毫径末己士千洒晴漂颖", "沭亳泾未已土干洒晴溧颍")

# What a place that no list has calls itself still tells its tier.
TOWNSHIP_END_PATTERN = re.compile("(?:街道(?:办事处|办)?|[镇乡](?:人民政府)?)$")

XINJIANG_CODE = "650000"
# What is left of a government's name without its place.
GOVERNMENT_RESTS = ("", "人民政府", "政府", "行政公署", "行署")
# A name that begins with its tier: 区教育局, 县人民政府.
TIER_BY_WORD = {
    "省": 1,
    "自治区": 1,
    "区": 3,
    "县": 3,
    "旗": 3,
    "镇": 4,
    "乡": 4,
    "街道": 4,
}


@dataclass(frozen=True, slots=True)
class Body:
    """A name understood.

    `status` is "central", "unique", "context", "ambiguous", "misread" (one character set right),
    "unlisted" (under a known place, but not known there), "named" (a body of its own that no place
    name begins: 长江大学, 太湖流域管理局, 拱北海关) or "none". `rest` is the name without its
    place. `township` is a township under `place` that the gazetteer does not list. `tier` is None
    where the name does not settle it.

    `kept` is True where the full name is the body's name as printed (vertical bodies, branches):
    nothing is put before it. `bare` is True where nothing stands before a county or township.
    `called` is the short name that stands for that of an autonomous township: 羊昌乡.
    """

    printed: str
    status: str
    rest: str
    place: Place | None = None
    tier: int | None = None
    township: str | None = None
    candidates: tuple[Place, ...] = ()
    system: str | None = None
    kept: bool = False
    bare: bool = False
    called: str = ""

    @property
    def is_placed(self) -> bool:
        """Whether it is known where the body is (a central one is everywhere)."""
        return self.status in ("central", "unique", "context", "misread")

    @property
    def is_government(self) -> bool:
        """Whether the name names a place and no body of it."""
        return self.place is not None and self.rest in GOVERNMENT_RESTS

    @property
    def org_type(self) -> str:
        """The type of the body."""
        if self.township:
            return org_type_of(self.township + self.rest)
        if self.place and not self.place.tier and not self.rest:
            return "功能区管委会"
        if self.place is None and self.status == "ambiguous" and self.tier == 4:
            place = self.candidates[0]
            return replace(self, place=place, status="context").org_type
        if self.place and self.place.tier == 4:
            if self.rest in ("", "人民政府", "政府"):
                return org_type_of(self.place.name)
            if self.rest.startswith("办"):
                return "街道办事处"
        return org_type_of(self.rest, vertical=self.system is not None)

    @property
    def line(self) -> str | None:
        """The functional line."""
        return line_of(self.rest if self.place and not self.kept else self.printed)

    def region(self, gazetteer: Gazetteer, year: int | None) -> list[str] | None:
        """The path of names from the province down."""
        if self.place is None:
            return None
        path = gazetteer.path(self.place, year)
        return [*path, self.township] if self.township else path

    def full_name(
        self, gazetteer: Gazetteer, year: int | None, rest: str | None = None
    ) -> str:
        """The canonical name, written out, from the city down.

        A province's own bodies begin with the province.
        """
        if self.place is None or self.kept:
            return re.sub("管委会$", "管理委员会", self.printed)
        above = [place.name for place in gazetteer.above(self.place, year)]
        # of 广东省深圳市龙岗区 the province goes; 北京市海淀区 begins with a city
        if above and not above[0].endswith("市"):
            above = above[1:]
        own = self._own(rest if rest is not None else self.rest)
        lowest = self.called or self.place.name
        return "".join([*above, lowest, self.township or "", own])

    def _own(self, rest: str) -> str:
        """What stands behind the place: 人民政府 for a place alone, 办事处 for a street."""
        place = self.place
        lowest = self.township or (place.name if place else "")
        if lowest.endswith(("街道", "地区")) and self.tier == 4:
            is_office = rest in ("", "办")
            if lowest.endswith("街道"):
                is_office = is_office or rest in ("人民政府", "政府")
            return "办事处" if is_office else rest
        if place is None:
            return rest
        if place.tier:
            return "人民政府" if rest in ("", "政府") else rest
        return "管理委员会" if rest in ("", "管委会") else rest


def locate(
    name: str, gazetteer: Gazetteer, year: int | None, context: Sequence[str] = ()
) -> Body:
    """What body a name (index form) is of. `context` holds codes of places spoken of around it."""
    plain = name.removeprefix("中华人民共和国")
    if plain in CENTRAL_NAMES:
        printed = CENTRAL_NAME_BY_SHORT.get(plain, plain)
        return Body(
            printed=printed,
            status="central",
            rest=plain,
            tier=0,
            kept=True,
        )
    if corps := CORPS_PATTERN.match(name):
        return _corps(name, name[corps.end() :], gazetteer, year)
    if INSTITUTION_PATTERN.search(name):
        return _institution(name, gazetteer, year, context)
    system = system_of(name)
    plain = CORPS_UNIT_PATTERN.sub("", PREFIX_PATTERN.sub("", name))
    path = PARTY_PATTERN.sub("", INNER_GOVERNMENT_PATTERN.sub("", plain))
    resolved = gazetteer.resolve(path, year=year, context=context)
    by_stem = False
    if resolved.status == "none" and not WIDE_AREA_PATTERN.search(name):
        by_stem = system is not None or plain != name
        short = gazetteer.resolve(path, year=year, context=context, stems=True)
        short = _of_city(short)
        resolved = _capped(short, path)
        is_zone = ZONE_PATTERN.match(path[short.end :]) is not None
        if not by_stem and not (is_zone and short.status == "unique"):
            resolved = _spoken_of(short, path, context)
        elif is_zone:
            resolved = short
        by_stem = by_stem or is_zone
    if resolved.status == "none" and (office := OFFICE_PATTERN.fullmatch(path)):
        path = office[1] + "街道办事处"
        resolved = gazetteer.resolve(path, year=year, context=context)
    if resolved.status == "none":
        misread = _misread(name, path, system, gazetteer, year)
        return misread or _placeless(name, system)
    kept = by_stem or plain != name
    body = _body(name, path, resolved, system, gazetteer, kept=kept)
    if body.place is None:
        return body
    return _unlisted(_branch(body, gazetteer, year), gazetteer)


def _spoken_of(short: Resolution, path: str, context: Sequence[str]) -> Resolution:
    """衡阳文体广新局 is of 衡阳市 where the report speaks of 衡阳市; a 厅 is a province's."""
    is_provincial = path.endswith("厅")
    places: list[Place] = []
    for place in short.candidates:
        is_spoken_of = place.code in context and place.tier <= 3
        if is_spoken_of or (is_provincial and place.tier == 1):
            places.append(place)
    if len(places) != 1:
        return Resolution("none")
    place = places[0]
    return Resolution(
        status="context",
        place=place,
        candidates=tuple(places),
        end=short.end,
        tier=place.tier,
    )


def _of_city(short: Resolution) -> Resolution:
    """Of a city and a county in it that share a short name, the city: 长沙 is no 长沙县."""
    cities = [place for place in short.candidates if place.tier == 2]
    if short.place or len(cities) != 1:
        return short
    city = cities[0]
    others = [place for place in short.candidates if place != city]
    if not all(city.code in ancestors(place.code) for place in others):
        return short
    return replace(short, status="unique", place=city, tier=2)


def _capped(short: Resolution, path: str) -> Resolution:
    """A short name may stand for a city, not for a county: 黄埔海关 is not of 黄埔区."""
    if short.place is None and PROVINCIAL_PATTERN.search(path):
        provinces = [place for place in short.candidates if place.tier == 1]
        if len(provinces) == 1:
            return Resolution(
                status="context",
                place=provinces[0],
                candidates=tuple(provinces),
                end=short.end,
                tier=1,
            )
    # 国家统计局涪陵调查队 is of a county or district
    deepest = 3 if path.endswith("调查队") else 2
    if short.tier is None or short.tier > deepest:
        return Resolution("none")
    return short


def _body(
    name: str,
    path: str,
    resolved: Resolution,
    system: str | None,
    gazetteer: Gazetteer,
    *,
    kept: bool,
) -> Body:
    place = resolved.place
    tier = resolved.tier
    rest = path[resolved.end :]
    body = Body(
        printed=name,
        status=resolved.status,
        rest=rest,
        place=place,
        tier=tier,
        candidates=resolved.candidates,
        system=system,
        kept=kept,
        bare=_is_bare(path, resolved),
        called=_called(path, resolved),
    )
    if place and tier in (0, 3) and (office := OFFICE_PATTERN.fullmatch(rest)):
        return _of_street(body, place, office[1] + "街道", gazetteer)
    if tier == 4:
        return body
    if below := TOWNSHIP_PATTERN.match(rest):
        return replace(body, rest=rest[below.end() :], tier=4, township=below[1])
    if TOWNSHIP_OFFICE_PATTERN.search(rest):
        return replace(body, tier=4)
    if not tier or ZONE_PATTERN.match(rest):
        return replace(body, tier=None)
    return body


def _of_street(body: Body, place: Place, street: str, gazetteer: Gazetteer) -> Body:
    """The office of a street of a district or zone, listed there or not."""
    for listed in gazetteer.named(street):
        if place.code in ancestors(listed.code):
            return replace(
                body,
                rest="办事处",
                place=listed,
                tier=4,
                candidates=(),
                bare=False,
            )
    return replace(body, rest="办事处", tier=4, township=street)


def _called(path: str, resolved: Resolution) -> str:
    """The short name of an autonomous township, as it ends the path of names."""
    place = resolved.place
    if place is None or place.tier != 4 or path[: resolved.end].endswith(place.name):
        return ""
    short = ETHNIC_TOWNSHIP_PATTERN.fullmatch(place.name)
    return short[1] + "乡" if short else ""


def _is_bare(path: str, resolved: Resolution) -> bool:
    """Whether a county or township stands alone, without what holds it."""
    place = resolved.place
    if place is None or place.tier < 3:
        return False
    begins = path.startswith(place.name[:2])
    return begins and resolved.end == len(place.name)


def _institution(
    name: str, gazetteer: Gazetteer, year: int | None, context: Sequence[str]
) -> Body:
    """A school, a hospital, a company: of no tier, and its name is its own.

    湖北工业大学 is not to be written 湖北省工业大学. Where the name gives a division in full, or a
    grid of power its city, the place is known.
    """
    is_utility = UTILITY_PATTERN.search(name) is not None
    resolved = gazetteer.resolve(name, year=year, context=context, stems=is_utility)
    status = resolved.status
    place = resolved.place
    if place is None or (is_utility and place.tier > 2 and status != "unique"):
        status, place = "named", None
    return Body(
        printed=name,
        status=status,
        rest=name,
        place=place,
        kept=True,
    )


def _corps(name: str, rest: str, gazetteer: Gazetteer, year: int | None) -> Body:
    """新疆生产建设兵团 has the tier of a province.

    That of its divisions and regiments (第八师) is none of GB/T 2260.
    """
    place = gazetteer.of_code(XINJIANG_CODE, year)
    is_division = re.match(f"第?[{HAN_NUMERALS}]+[师团]", rest)
    tier = None if is_division else 1
    return Body(
        printed=name,
        status="unique",
        rest=rest,
        place=place,
        tier=tier,
        kept=True,
    )


def _misread(
    name: str, path: str, system: str | None, gazetteer: Gazetteer, year: int | None
) -> Body | None:
    """The name with the one confusion undone that makes a place of it."""
    mended = path.translate(CONFUSED_CHARACTERS)
    if mended == path:
        return None
    resolved = gazetteer.resolve(mended, year=year)
    end = resolved.end
    if resolved.place is None or mended[:end] == path[:end]:
        return None
    body = _body(name, mended, resolved, system, gazetteer, kept=False)
    return replace(body, status="misread", kept=False, bare=False)


def _placeless(name: str, system: str | None) -> Body:
    tier: int | None = None
    is_own = system is not None or WIDE_AREA_PATTERN.search(name) is not None
    if is_own and len(name) >= 4 and name[0] not in "省市区县":
        return Body(
            printed=name,
            status="named",
            rest=name,
            system=system,
            kept=True,
        )
    for word, tier_of_word in TIER_BY_WORD.items():
        if name.startswith(word):
            tier = tier_of_word
            break
    if tier is None and TOWNSHIP_END_PATTERN.search(name):
        tier = 4
    elif tier is None and not ZONE_PATTERN.match(name):
        division = DIVISION_PATTERN.match(name)
        # a 市 may be a city or a county
        if division and division["name"][-1] in "县旗区":
            tier = 3
    return Body(
        printed=name,
        status="none",
        rest=name,
        tier=tier,
        system=system,
        kept=True,
    )


def _branch(body: Body, gazetteer: Gazetteer, year: int | None) -> Body:
    """深圳市生态环境局龙岗管理局 belongs to 龙岗区: a branch has the tier of what it serves."""
    branch = BRANCH_PATTERN.search(body.rest)
    parent = body.place
    if branch is None or parent is None or parent.tier not in (1, 2):
        return body
    short = branch["short"]
    ending = branch["end"]
    named = gazetteer.stems.get(short, []) + gazetteer.named(short + ending)
    below = [
        place
        for place in named
        if place.tier in (2, 3)
        and parent.code in ancestors(place.code)
        and place.name.endswith(ending)
    ]
    nearest_tier = min((place.tier for place in below), default=0)
    nearest = [place for place in below if place.tier == nearest_tier]
    live = list(dict.fromkeys(gazetteer.of_time(nearest, year)))
    if len(live) != 1:
        return replace(body, tier=None, kept=True)
    return replace(body, place=live[0], tier=live[0].tier, kept=True)


def _unlisted(body: Body, gazetteer: Gazetteer) -> Body:
    """A division that its parent does not have.

    It was misread by a character, or is not to be placed; never is it its parent.
    """
    parent = body.place
    rest = body.rest
    if body.kept or body.township or parent is None or parent.tier not in (1, 2, 3):
        return body
    division = DIVISION_PATTERN.match(rest)
    if rest.endswith("人民政府") and rest != "人民政府" and not division:
        return replace(body, status="unlisted", place=None, tier=None)
    if division is None or body.tier is None or parent.tier == 3:
        return body
    name = division["name"]
    near = _nearest(name, parent, gazetteer)
    if len(near) == 1:
        place = near[0]
        behind = rest[division.end() :]
        return replace(
            body, status="misread", place=place, tier=place.tier, rest=behind
        )
    # below a province a 市 may be a city or a county
    tier = None if parent.tier == 1 and name.endswith("市") else 3
    candidates = tuple(near)
    return replace(
        body, status="unlisted", place=None, tier=tier, candidates=candidates
    )


def _nearest(name: str, parent: Place, gazetteer: Gazetteer) -> list[Place]:
    """Places below a parent whose name differs from this one in one character.

    Short names differ in one character too easily.
    """
    if len(name) < 3:
        return []
    mended = name.translate(CONFUSED_CHARACTERS)
    named = gazetteer.named(mended)
    confused = [place for place in named if parent.code in ancestors(place.code)]
    if confused:
        return confused
    near: list[Place] = []
    for known, places in gazetteer.by_name.items():
        if len(known) != len(name) or known[-1] != name[-1]:
            continue
        if sum(map(str.__ne__, known, name)) == 1:
            near += places
    return [
        place
        for place in near
        if place.tier in (2, 3) and parent.code in ancestors(place.code)
    ]
