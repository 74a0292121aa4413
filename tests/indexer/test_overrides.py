"""A curator's file: what it may hold, and what a wrong one is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.model.errors import TableFileError
from indexer.overrides import Overrides


def load(tmp_path: Path, text: str | bytes) -> Overrides:
    path = tmp_path / "overrides.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Overrides.load(path)


def test_corrections_are_found_by_id_and_by_url(tmp_path: Path) -> None:
    rows = load(
        tmp_path,
        "\ufeffid,url,field,value,reason\r\nr1,,year,2018,cover\r\n,http://a/x,region,广东省/深圳市,header\r\n"
        'r1,,agency,"甲局, 乙局",merged\r\n',
    )
    assert len(rows) == 2
    assert {n: o.value for n, o in rows.of("r1", None).items()} == {
        "year": 2018,
        "agency": "甲局, 乙局",
    }
    assert rows.of(None, "http://a/x")["region"].value == ["广东省", "深圳市"]
    assert rows.of("r2", None) == {}
    assert rows.of("r1")["year"].reason == "cover"


def test_an_empty_value_says_unknown(tmp_path: Path) -> None:
    assert (
        load(tmp_path, "id,field,value,reason\nr1,year,,torn off\n")
        .of("r1")["year"]
        .value
        is None
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("id,field,value\n", 1),
        ("name,field,value,reason\n", 1),
        ("id,field,value,reason\nr1,size,3,x\n", 2),
        ("id,field,value,reason\nr1,year,2018,x\nr1,year,18,x\n", 3),
        ("id,field,value,reason\nr1,level,局级,x\n", 2),
        ("id,field,value,reason\nr1,published,2019/1/2,x\n", 2),
        ("id,field,value,reason\nr1,published,2019-02-30,x\n", 2),
        ("id,field,value,reason\n,year,2018,x\n", 2),
        ("id,field,value,reason\nr1,year,2018\n", 2),
        ("id,field,value,reason\nr1,year,2018,x,y\n", 2),
        ("id,field,value,reason\nr1,year,2018,x\nr1,year,2019,x\n", 3),
        ('id,field,value,reason\nr1,year,"2018,x\n', 2),
        (b"id,field,value,reason\nr1,agency,\xc9\xee,x\n", 2),
    ],
)
def test_a_wrong_file_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, line: int
) -> None:
    with pytest.raises(TableFileError) as told:
        load(tmp_path, text)
    assert told.value.line == line
    assert told.value.path.endswith("overrides.csv")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match="cannot be read"):
        Overrides.load(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "year", ["abc", "²⁰¹⁸", "２０１８", "-2018", "1999", "2101", "2018.0"]
)
def test_a_year_is_four_digits(tmp_path: Path, year: str) -> None:
    with pytest.raises(TableFileError, match="write four digits, 2018"):
        load(tmp_path, f"id,field,value,reason\nr1,year,{year},x\n")


@pytest.mark.parametrize("year", [2000, 2018, 2100])
def test_years_of_a_century_are_taken(tmp_path: Path, year: int) -> None:
    rows = load(tmp_path, f"id,field,value,reason\nr1,year,{year},x\n")
    assert rows.of("r1")["year"].value == year
