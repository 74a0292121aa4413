"""Provinces, cities and counties: which part of a region's path each of them is.

A path goes from the province down. Its second step is most often a city, its third a county, but
not everywhere: districts stand directly below Beijing, and some counties directly below a province.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["BY", "DIVISIONS", "division_of", "facet_of"]

Path = tuple[str, ...]

# What regions can be grouped by, from the top down.
DIVISIONS = ("province", "city", "county")
# What figures can be grouped by; region is the places directly below the one chosen.
BY = ("year", "level", "region", *DIVISIONS, "line")
# Their districts stand directly below them.
MUNICIPALITIES = frozenset(("北京市", "天津市", "上海市", "重庆市"))
# County-level places directly below a province: codes 419001 to 659013 of GB/T 2260.
COUNTY_NAMES = """
    济源市 仙桃市 潜江市 天门市 神农架林区
    五指山市 琼海市 文昌市 万宁市 东方市 定安县 屯昌县 澄迈县 临高县
    白沙黎族自治县 昌江黎族自治县 乐东黎族自治县 陵水黎族自治县
    保亭黎族苗族自治县 琼中黎族苗族自治县
    石河子市 阿拉尔市 图木舒克市 五家渠市 北屯市 铁门关市 双河市
    可克达拉市 昆玉市 胡杨河市 新星市 白杨市 草湖市
"""
COUNTIES_BELOW_PROVINCES = frozenset(COUNTY_NAMES.split())
# What stands below these cities are towns and streets: they have no counties.
CITIES_WITHOUT_COUNTIES = frozenset(("东莞市", "中山市", "儋州市", "嘉峪关市"))


def facet_of(by: str) -> str:
    """The facet whose values are grouped by `by`.

    >>> facet_of("county"), facet_of("year")
    ('region', 'year')
    """
    return "region" if by in DIVISIONS else by


def division_of(path: Sequence[str], division: str) -> Path | None:
    """The part of a path that is its province, city or county.

    None where the place stands above that division, as a province has no city. A municipality is
    its own city, and so is a county directly below a province.

    >>> division_of(("广东省", "深圳市", "龙岗区", "平湖街道"), "county")
    ('广东省', '深圳市', '龙岗区')
    >>> division_of(("北京市", "海淀区"), "county"), division_of(("北京市", "海淀区"), "city")
    (('北京市', '海淀区'), ('北京市',))
    >>> division_of(("广东省", "深圳市"), "county") is None
    True
    """
    depth = _depth(path, division)
    if depth is None or len(path) < depth:
        return None
    return tuple(path[:depth])


def _depth(path: Sequence[str], division: str) -> int | None:
    """How many steps of a path its division takes; None where it has no such division."""
    if division == "province":
        return 1
    is_city = division == "city"
    if path and path[0] in MUNICIPALITIES:
        return 1 if is_city else 2
    if is_city:
        return 2
    second = path[1] if len(path) > 1 else ""
    if second in CITIES_WITHOUT_COUNTIES:
        return None
    return 2 if second in COUNTIES_BELOW_PROVINCES else 3
