"""From a name to a body: its place, its tier, what it is called without its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.metadata.bodies import (
    CENTRAL_NAME_BY_SHORT,
    CENTRAL_NAMES,
    line_of,
    org_type_of,
    system_of,
)
from indexer.places import Gazetteer, Place, Resolution, ancestors

__all__ = ["Body", "locate"]

PREFIX_PATTERN = re.compile(
    "^(?:国家税务总局|中华人民共和国|国家统计局|中国人民银行|国家外汇管理局|国家金融监督管理总局|中国银保监会|中国银监会|中国证监会|"
    "中国保监会|中国银行保险监督管理委员会|国家矿山安全监察局|国家能源局|国家移民管理局|中共|中国共产党)(?=[\u4e00-\u9fff]{2})"
)
INNER_GOVERNMENT_PATTERN = re.compile(
    "(?<=[省市县区旗州])(?:人民)?政府(?=[\u4e00-\u9fff]{1,8}(?:街道|镇|乡|苏木))"
)
BRANCH_PATTERN = re.compile(
    "(?:局|厅|委员会|委|支队|中心)(?P<short>[\u4e00-\u9fff]{2,8}?)(?P<end>[区县市旗]?)"
    "(?:环境)?(?:分局|管理局|管理处|监管局|监察大队|大队|税务所|分中心|管理部|执法大队)$"
)
DIVISION_PATTERN = re.compile(
    "^(?P<name>[\u4e00-\u9fff]{1,7}?(?<!城)(?<!都)(?<!社)(?<!辖)(?<!小)(?<!山)(?<!库)(?<!矿)(?<!景)(?<!灾)(?<!牧)(?<!林)(?<!园)(?<!地)"
    "[区县市旗])(?=$|人民政府|政府|[\u4e00-\u9fff]{2,24}(?:局|委|办|厅|室|会|中心|处|队|街道|镇|乡|院|所|站)$)"
)
TOWNSHIP_PATTERN = re.compile(
    "^([\u4e00-\u9fff]{1,8}?(?:街道|镇|民族乡|乡|苏木))(?=办|人民|政府|党|$)"
)
# 横岗街道党工委、办事处: the report is the office's.
PARTY_PATTERN = re.compile("(?<=[街道镇乡])(?:党工委|党委)[、和,]?")

# Streets inside a functional zone are printed without the word: 大鹏新区南澳办事处.
OFFICE_PATTERN = re.compile("(?!驻)([\u4e00-\u9fff]{2,4})办事处")

ZONE_PATTERN = re.compile(
    "^(?!.*中心$)[\u4e00-\u9fff]{0,12}?(?:新区|开发区|高新区|经开区|经济区|园区|保税区|度假区|示范区|试验区|实验区|合作区|管理区|"
    "风景区|风景名胜区|产业园|工业园|科技园|保税港|自贸区|自由贸易|新城|片区|集聚区)"
)
WIDE_AREA_PATTERN = re.compile(
    "流域|(?:华北|华东|华南|华中|东北|西北|西南|中南)|长江|黄河|珠江|海河|淮河|松辽|太湖|水利委员会|铁路监督管理局|特派员办事处"
)
CORPS_PATTERN = re.compile("^新疆生产建设兵团|^(?:新疆)?兵团")
# Characters that reading machines and typists put for rarer ones in names of places:
# 沐阳 for 沭阳, 颖上 for 颍上.
CONFUSED_CHARACTERS = str.maketrans("沐毫径末己士千洒晴漂颖", "沭亳泾未已土干洒晴溧颍")

# What a place that no list has calls itself still tells its tier.
TOWNSHIP_END_PATTERN = re.compile("(?:街道(?:办事处|办)?|[镇乡](?:人民政府)?)$")

XINJIANG_CODE = "650000"
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

    `status`: "central", "unique", "context", "ambiguous", "misread" (one character set right),
    "unlisted" (under a known place, but not known there), "none". `rest` is the name without its
    place, `township` a township under `place` that the gazetteer does not list, `tier` None where
    the name does not settle it. `kept` is True where the full name is the body's name as printed
    (vertical bodies, branches): nothing is put before it.
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

    @property
    def is_placed(self) -> bool:
        """Whether it is known where the body is (a central one is everywhere)."""
        return self.status in ("central", "unique", "context", "misread")

    @property
    def is_government(self) -> bool:
        """Whether the name names a place and no body of it."""
        return self.place is not None and self.rest in (
            "",
            "人民政府",
            "政府",
            "行政公署",
            "行署",
        )

    @property
    def org_type(self) -> str:
        """The type of the body."""
        if self.township:
            return org_type_of(self.township + self.rest)
        if self.place and not self.place.tier and not self.rest:
            return "功能区管委会"
        if (
            self.place
            and self.place.tier == 4
            and self.rest in ("", "人民政府", "政府")
        ):
            return org_type_of(self.place.name)
        if self.place and self.place.tier == 4 and self.rest.startswith("办"):
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
        return gazetteer.path(self.place, year) + (
            [self.township] if self.township else []
        )

    def full_name(
        self, gazetteer: Gazetteer, year: int | None, rest: str | None = None
    ) -> str:
        """The canonical name: from the city down (a province's own bodies begin with the province),
        written out.
        """
        if self.place is None or self.kept:
            return re.sub("管委会$", "管理委员会", self.printed)
        above = [p.name for p in gazetteer.above(self.place, year)]
        if above and not above[0].endswith("市"):
            above = above[1:]
        own = self._own(rest if rest is not None else self.rest)
        return "".join([*above, self.place.name, self.township or "", own])

    def _own(self, rest: str) -> str:
        lowest = self.township or (self.place.name if self.place else "")
        if lowest.endswith(("街道", "地区")) and self.tier == 4:
            is_office = rest in ("", "办") or (
                lowest.endswith("街道") and rest in ("人民政府", "政府")
            )
            return "办事处" if is_office else rest
        if rest in ("", "政府") and self.place and self.place.tier:
            return "人民政府"
        return (
            "管理委员会"
            if rest in ("", "管委会") and self.place and not self.place.tier
            else rest
        )


def locate(
    name: str, gazetteer: Gazetteer, year: int | None, context: Sequence[str] = ()
) -> Body:
    """What body a name (index form) is of. `context` holds codes of places spoken of around it."""
    plain = name.removeprefix("中华人民共和国")
    if plain in CENTRAL_NAMES:
        return Body(
            CENTRAL_NAME_BY_SHORT.get(plain, plain), "central", plain, tier=0, kept=True
        )
    if m := CORPS_PATTERN.match(name):
        return _corps(name, name[m.end() :], gazetteer, year)
    system = system_of(name)
    plain = PREFIX_PATTERN.sub("", name)
    path = PARTY_PATTERN.sub("", INNER_GOVERNMENT_PATTERN.sub("", plain))
    found = gazetteer.resolve(path, year=year, context=context)
    by_stem = False
    if found.status == "none" and not WIDE_AREA_PATTERN.search(name):
        by_stem = system is not None or plain != name
        short = gazetteer.resolve(path, year=year, context=context, stems=True)
        found = _capped(short) if by_stem else _spoken_of(short, path, context)
        by_stem = by_stem or ZONE_PATTERN.match(path[found.end :]) is not None
    if found.status == "none" and (m := OFFICE_PATTERN.fullmatch(path)):
        path = m[1] + "街道办事处"
        found = gazetteer.resolve(path, year=year, context=context)
    if found.status == "none":
        return _misread(name, path, system, gazetteer, year) or _placeless(name, system)
    body = _body(name, path, found, system, gazetteer, kept=by_stem or plain != name)
    return _unlisted(_branch(body, gazetteer, year), gazetteer) if body.place else body


def _spoken_of(short: Resolution, path: str, context: Sequence[str]) -> Resolution:
    """衡阳文体广新局 is of 衡阳市 where the report speaks of 衡阳市; a 厅 is a province's."""
    is_provincial = path.endswith("厅")
    places = [
        p
        for p in short.candidates
        if (p.code in context and p.tier <= 3) or (is_provincial and p.tier == 1)
    ]
    if len(places) != 1:
        return Resolution("none")
    return Resolution("context", places[0], tuple(places), short.end, places[0].tier)


def _capped(found: Resolution) -> Resolution:
    """A short name may stand for a city, not for a county: 黄埔海关 is not of 黄埔区."""
    return Resolution("none") if found.tier is None or found.tier > 2 else found


def _body(
    name: str,
    path: str,
    found: Resolution,
    system: str | None,
    gazetteer: Gazetteer,
    *,
    kept: bool,
) -> Body:
    rest, place, tier, township = path[found.end :], found.place, found.tier, None
    if place and tier in (0, 3) and (m := OFFICE_PATTERN.fullmatch(rest)):
        listed = [
            p for p in gazetteer.named(m[1] + "街道") if place.code in ancestors(p.code)
        ]
        if listed:
            return Body(
                name, found.status, "办事处", listed[0], 4, None, (), system, kept
            )
        township, rest, tier = m[1] + "街道", "办事处", 4
    elif tier != 4 and (m := TOWNSHIP_PATTERN.match(rest)):
        township, rest, tier = m[1], rest[m.end() :], 4
    elif tier != 4 and (ZONE_PATTERN.match(rest) or not tier):
        tier = None
    bare = (
        place is not None
        and place.tier >= 3
        and path.startswith(place.name[:2])
        and found.end == len(place.name)
    )
    return Body(
        name,
        found.status,
        rest,
        place,
        tier,
        township,
        found.candidates,
        system,
        kept,
        bare,
    )


def _corps(name: str, rest: str, gazetteer: Gazetteer, year: int | None) -> Body:
    """新疆生产建设兵团 has the tier of a province; that of its divisions is not one of GB/T 2260."""
    place = gazetteer.of_code(XINJIANG_CODE, year)
    tier = None if re.match("第?[一二三四五六七八九十]+[师团]", rest) else 1
    return Body(name, "unique", rest, place, tier, kept=True)


def _misread(
    name: str, path: str, system: str | None, gazetteer: Gazetteer, year: int | None
) -> Body | None:
    """The name with the one confusion undone that makes a place of it."""
    mended = path.translate(CONFUSED_CHARACTERS)
    if mended == path:
        return None
    found = gazetteer.resolve(mended, year=year)
    if found.place is None or mended[: found.end] == path[: found.end]:
        return None
    body = _body(name, mended, found, system, gazetteer, kept=False)
    return Body(
        name,
        "misread",
        body.rest,
        body.place,
        body.tier,
        body.township,
        body.candidates,
        system,
    )


def _placeless(name: str, system: str | None) -> Body:
    tier = next((t for word, t in TIER_BY_WORD.items() if name.startswith(word)), None)
    if tier is None and TOWNSHIP_END_PATTERN.search(name):
        tier = 4
    elif (
        tier is None
        and (m := DIVISION_PATTERN.match(name))
        and m["name"][-1] in "县旗区"
        and not ZONE_PATTERN.match(name)
    ):
        tier = 3
    return Body(name, "none", name, tier=tier, system=system, kept=True)


def _branch(body: Body, gazetteer: Gazetteer, year: int | None) -> Body:
    """深圳市生态环境局龙岗管理局 belongs to 龙岗区: a branch has the tier of what it serves."""
    m = BRANCH_PATTERN.search(body.rest)
    if m is None or body.place is None or body.place.tier not in (1, 2):
        return body
    named = gazetteer.stems.get(m["short"], []) + gazetteer.named(m["short"] + m["end"])
    below = [
        p
        for p in named
        if p.tier in (2, 3)
        and body.place.code in ancestors(p.code)
        and p.name.endswith(m["end"])
    ]
    nearest = [p for p in below if p.tier == min(q.tier for q in below)]
    live = list(dict.fromkeys(gazetteer.of_time(nearest, year))) if nearest else []
    if len(live) != 1:
        return replace(body, tier=None, kept=True)
    return replace(body, place=live[0], tier=live[0].tier, kept=True)


def _unlisted(body: Body, gazetteer: Gazetteer) -> Body:
    """A division that its parent does not have: misread by a character, or not to be placed (never
    its parent's).
    """
    if (
        body.kept
        or body.township
        or body.place is None
        or body.place.tier not in (1, 2, 3)
    ):
        return body
    if (
        body.rest.endswith("人民政府")
        and body.rest != "人民政府"
        and not DIVISION_PATTERN.match(body.rest)
    ):
        return replace(body, status="unlisted", place=None, tier=None)
    m = DIVISION_PATTERN.match(body.rest)
    if m is None or body.tier is None or body.place.tier == 3:
        return body
    near = _nearest(m["name"], body.place, gazetteer)
    if len(near) == 1:
        rest = body.rest[m.end() :]
        return replace(
            body, status="misread", place=near[0], tier=near[0].tier, rest=rest
        )
    tier = None if body.place.tier == 1 and m["name"].endswith("市") else 3
    return replace(
        body, status="unlisted", place=None, tier=tier, candidates=tuple(near)
    )


def _nearest(name: str, parent: Place, gazetteer: Gazetteer) -> list[Place]:
    """Places below a parent whose name differs from this one in one character; short names differ
    in all.
    """
    if len(name) < 3:
        return []
    if sure := [
        p
        for p in gazetteer.named(name.translate(CONFUSED_CHARACTERS))
        if parent.code in ancestors(p.code)
    ]:
        return sure
    return [
        place
        for known, places in gazetteer.by_name.items()
        if len(known) == len(name)
        and known[-1] == name[-1]
        and sum(map(str.__ne__, known, name)) == 1
        for place in places
        if place.tier in (2, 3) and parent.code in ancestors(place.code)
    ]
