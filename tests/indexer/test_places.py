"""The gazetteer: what names resolve to, and what a wrong file is told."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from index.analysis.normaliser import fold
from index.model.errors import TableFileError
from indexer.places import Gazetteer, ancestors

FOUND = [
    # text, year, context, path, rest
    ("深圳市光明区2019年", 2019, (), ["广东省", "深圳市", "光明区"], "2019年"),
    ("光明新区管委会", 2015, (), ["广东省", "深圳市", "光明新区"], "管委会"),
    ("横岗街道办事处", 2018, (), ["广东省", "深圳市", "龙岗区", "横岗街道"], "办事处"),
    ("深圳市横岗街道", 2018, (), ["广东省", "深圳市", "龙岗区", "横岗街道"], ""),
    ("杭州市江干区教育局", 2018, (), ["浙江省", "杭州市", "江干区"], "教育局"),
    ("襄樊市财政局", 2009, (), ["湖北省", "襄樊市"], "财政局"),
    ("襄阳市财政局", 2012, (), ["湖北省", "襄阳市"], "财政局"),
    ("莱芜市钢城区", 2017, (), ["山东省", "莱芜市", "钢城区"], ""),
    ("济南市钢城区", 2020, (), ["山东省", "济南市", "钢城区"], ""),
    ("崇文区", 2009, (), ["北京市", "崇文区"], ""),
    ("浦东新区", 2018, (), ["上海市", "浦东新区"], ""),
    ("重庆市云阳县", 2018, (), ["重庆市", "云阳县"], ""),
    ("济源市", 2018, (), ["河南省", "济源市"], ""),
    ("东莞市虎门镇", 2018, (), ["广东省", "东莞市", "虎门镇"], ""),
    ("湘西州教育局", 2018, (), ["湖南省", "湘西土家族苗族自治州"], "教育局"),
    ("内蒙古呼和浩特市", 2018, (), ["内蒙古自治区", "呼和浩特市"], ""),
    ("深圳龙岗区教育局", 2018, (), ["广东省", "深圳市", "龙岗区"], "教育局"),
    (
        "前郭县民政局",
        2018,
        (),
        ["吉林省", "松原市", "前郭尔罗斯蒙古族自治县"],
        "民政局",
    ),
    ("土右旗民政局", 2018, (), ["内蒙古自治区", "包头市", "土默特右旗"], "民政局"),
    ("干县人民政府", 2018, (), ["陕西省", "咸阳市", "乾县"], "人民政府"),
    ("鼓楼区人民政府", 2018, ("350100",), ["福建省", "福州市", "鼓楼区"], "人民政府"),
    ("城关镇人民政府", 2018, ("120114",), ["天津市", "武清区", "城关镇"], "人民政府"),
    ("朝阳区教育局", 2018, ("110000",), ["北京市", "朝阳区"], "教育局"),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@pytest.mark.parametrize(("text", "year", "context", "path", "rest"), FOUND)
def test_a_name_path_resolves(
    gazetteer: Gazetteer,
    text: str,
    year: int | None,
    context: Any,
    path: list[str],
    rest: str,
) -> None:
    found = gazetteer.resolve(text, year=year, context=context)
    assert found.place is not None
    assert (gazetteer.path(found.place, year), text[found.end :]) == (path, rest)


@pytest.mark.parametrize(
    ("text", "tier", "least"),
    [
        ("鼓楼区人民政府", 3, 4),
        ("朝阳区教育局", 3, 2),
        ("城关镇人民政府", 4, 20),
        ("光明街道办事处", 4, 5),
    ],
)
def test_what_many_places_are_called_stays_ambiguous(
    gazetteer: Gazetteer, text: str, tier: int, least: int
) -> None:
    found = gazetteer.resolve(text, year=2018)
    assert (found.status, found.place, found.tier) == ("ambiguous", None, tier)
    assert len(found.candidates) >= least


@pytest.mark.parametrize(
    "text", ["", "办公室", "文化局", "信息公开", "某某市", "市和县", "A", "深圳海关"]
)
def test_no_place_is_no_place(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.resolve(text).status == "none"


def test_a_short_name_counts_alone_only_on_request(gazetteer: Gazetteer) -> None:
    found = gazetteer.resolve("深圳海关", stems=True)
    assert found.place is not None
    assert (found.place.name, found.end) == ("深圳市", 2)


def test_names_are_kept_in_index_form(gazetteer: Gazetteer) -> None:
    apart = [n for n in gazetteer.by_name if fold(n).form != n]
    assert apart == []


def test_every_place_lies_in_a_province(gazetteer: Gazetteer) -> None:
    orphans = [
        p
        for codes in gazetteer.by_code.values()
        for p in codes
        if p.tier != 1 and not gazetteer.above(p)
    ]
    assert orphans == []


def test_there_are_all_tiers(gazetteer: Gazetteer) -> None:
    now = [p for codes in gazetteer.by_code.values() for p in codes if p.until is None]
    counts = [sum(p.tier == tier for p in now) for tier in (1, 2, 3, 4)]
    assert counts[0] == 34
    assert counts[1] == 333
    assert counts[2] > 2840
    assert counts[3] > 39000


def test_mentions_are_context_only_where_unambiguous(gazetteer: Gazetteer) -> None:
    found = gazetteer.mentions("福州市鼓楼区按照省、市和县要求,在龙岗区办理")
    assert dict(found) == {"350100": 1, "440307": 1}


@pytest.mark.parametrize(
    ("code", "above"),
    [
        ("440000", ()),
        ("440300", ("440000",)),
        ("440307", ("440000", "440300")),
        ("440307003", ("440000", "440300", "440307")),
        ("440300F1A2B", ("440000", "440300")),
    ],
)
def test_ancestors(code: str, above: tuple[str, ...]) -> None:
    assert ancestors(code) == above


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"110000\t\xe5\x8c\x97\xe4\xba\xac\xe5\xb8\x82\n\xff\xfe\n", 2),
        ("110000\t北京市\n11000\t北京\n".encode(), 2),
        ("110000\t北京市\tx\n".encode(), 1),
        (b"110000\n", 1),
        ("110000\t北京市\t\t\t\t\n".encode(), 1),
        (("110000\t" + "北" * 99 + "\n").encode(), 1),
        (b"\0" * (17 << 20), 1),
    ],
)
def test_a_wrong_file_is_told_with_its_line(
    tmp_path: Path, content: bytes, line: int
) -> None:
    path = tmp_path / "places.tsv.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(TableFileError) as told:
        Gazetteer.load(path)
    assert (told.value.path, told.value.line) == (str(path), line)


# the time in a gzip header must not become a part of the name of a test: workers collect at
# different times
@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"110000", mtime=0)[:-9]],
    ids=["empty", "text", "cut"],
)
def test_a_file_that_is_no_gzip_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "places.tsv.gz"
    path.write_bytes(content)
    if content:
        with pytest.raises(TableFileError, match="cannot be read"):
            Gazetteer.load(path)
    else:
        assert Gazetteer.load(path).by_name.keys() >= {"光明新区"}


@pytest.mark.parametrize(
    "row", ["光明新区\t4403", "光明新区\t440300\t2007\t2018\t9", "光明新区\t440300\t07"]
)
def test_a_wrong_zone_is_told(tmp_path: Path, row: str) -> None:
    path = tmp_path / "zones.tsv"
    path.write_text("# zones\n" + row + "\n", encoding="utf-8")
    with pytest.raises(TableFileError) as told:
        Gazetteer.load(zones=path)
    assert told.value.line == 2
