"""Divisions that their parent does not have: misread by a character, or in no list."""

from __future__ import annotations

import pytest

from indexer.metadata.locating import locate
from indexer.places import Gazetteer


@pytest.mark.parametrize(
    ("name", "place", "tier", "rest"),
    [
        ("杭州市余抗区教育局", "余杭区", 3, "教育局"),
        ("杭州市余航区人民政府办公室", "余杭区", 3, "人民政府办公室"),
        ("杭州市萧三区财政局", "萧山区", 3, "财政局"),
        ("沈阳市皇故区财政局", "皇姑区", 3, "财政局"),
        ("衡阳市石皷区教育局", "石鼓区", 3, "教育局"),
        ("宿迁市沐阳县财政局", "沭阳县", 3, "财政局"),
        ("浙江省杭洲市水务局", "杭州市", 2, "水务局"),
        ("江苏省苏川市财政局", "苏州市", 2, "财政局"),
    ],
)
def test_a_division_misread_by_one_character_is_the_one_like_it(
    name: str, place: str, tier: int, rest: str
) -> None:
    body = locate(name, Gazetteer.load(), 2018)
    assert body.place is not None
    assert (body.status, body.place.name) == ("misread", place)
    assert (body.tier, body.rest) == (tier, rest)


@pytest.mark.parametrize(
    ("name", "tier", "candidates"),
    [
        # several are like it
        ("深圳市龙冈区教育局", 3, {"龙岗区", "龙华区"}),
        ("衡阳市衡某县财政局", 3, {"衡阳县", "衡南县", "衡山县", "衡东县"}),
        # below a province a 市 may be a city or a county
        ("广东省深川市教育局", None, {"深圳市", "吴川市"}),
        # none is: short names differ in one character too easily
        ("杭州市甲区教育局", 3, set()),
    ],
)
def test_a_division_that_is_not_told_is_not_placed(
    name: str, tier: int | None, candidates: set[str]
) -> None:
    body = locate(name, Gazetteer.load(), 2018)
    assert (body.status, body.place, body.tier) == ("unlisted", None, tier)
    assert {place.name for place in body.candidates} == candidates


@pytest.mark.parametrize("name", ["广东省某某人民政府", "深圳市某某人民政府"])
def test_a_government_that_no_list_has_is_not_its_parent(name: str) -> None:
    body = locate(name, Gazetteer.load(), 2018)
    assert (body.status, body.place, body.tier) == ("unlisted", None, None)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("深圳市教育局", "深圳市"),
        ("深圳市人民政府", "深圳市"),
        ("深圳市龙岗区教育局", "龙岗区"),
    ],
)
def test_a_listed_place_stays_what_it_is(name: str, place: str) -> None:
    body = locate(name, Gazetteer.load(), 2018)
    assert body.place is not None
    assert (body.status, body.place.name) == ("unique", place)
