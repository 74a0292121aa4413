from __future__ import annotations

import pytest

from index.studies.divisions import DIVISIONS, division_of

# A path -> its province, city and county; "" where it has none.
CASES = {
    "广东省": ("广东省", "", ""),
    "广东省/深圳市": ("广东省", "广东省/深圳市", ""),
    "广东省/深圳市/龙岗区": ("广东省", "广东省/深圳市", "广东省/深圳市/龙岗区"),
    "四川省/凉山彝族自治州/西昌市/安哈镇": (
        "四川省",
        "四川省/凉山彝族自治州",
        "四川省/凉山彝族自治州/西昌市",
    ),
    "上海市": ("上海市", "上海市", ""),
    "重庆市/渝中区/七星岗街道": ("重庆市", "重庆市", "重庆市/渝中区"),
    "湖北省/仙桃市": ("湖北省", "湖北省/仙桃市", "湖北省/仙桃市"),
    "海南省/文昌市/文城镇": ("海南省", "海南省/文昌市", "海南省/文昌市"),
    "广东省/东莞市/长安镇": ("广东省", "广东省/东莞市", ""),
    "新疆维吾尔自治区/石河子市": (
        "新疆维吾尔自治区",
        "新疆维吾尔自治区/石河子市",
        "新疆维吾尔自治区/石河子市",
    ),
}


@pytest.mark.parametrize("path", CASES)
def test_the_parts_of_a_path(path: str) -> None:
    parts = [division_of(path.split("/"), division) for division in DIVISIONS]
    assert tuple("/".join(part or ()) for part in parts) == CASES[path]
