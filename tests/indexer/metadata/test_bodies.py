"""Each row of the tables of bodies: what a name printed on a report is understood as."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.metadata import bodies
from indexer.metadata.bodies import line_of, org_type_of, successors, system_of
from tests.indexer.metadata.test_derive import read

DATA = Path(__file__).parents[2] / "data" / "metadata" / "bodies.json"
KNOWN = json.loads(DATA.read_text(encoding="utf-8"))
TITLE = "{}2018年政府信息公开工作年度报告"
TEXT = "2018年,我单位依法公开政府信息。"


def central(name: str) -> tuple[str | None, str | None, list[str] | None, str]:
    """Name, level, region and rule of a body named in a title."""
    got = read(TEXT, TITLE.format(name))
    return got.agency, got.level, got.region, got.evidence["agency"].rule


def local(name: str, text: str = TEXT) -> tuple[str, float]:
    """What a name in the title is written out as, without its city, and how sure that is."""
    got = read(text, TITLE.format(f"衡阳市{name}"))
    assert got.agency
    return got.agency.removeprefix("衡阳市"), got.evidence["agency"].confidence


@pytest.mark.parametrize("name", KNOWN["central"])
def test_a_body_of_the_state_council(name: str) -> None:
    agency, level, region, rule = central(name)
    assert (agency, level, region) == (name, "国家级", None)
    assert rule == "title: as printed"


@pytest.mark.parametrize("short", KNOWN["central_short"])
def test_a_short_name_of_a_body_of_the_state_council(short: str) -> None:
    agency, level, region, _ = central(short)
    assert agency == KNOWN["central_short"][short]
    assert (level, region) == ("国家级", None)


@pytest.mark.parametrize("short", KNOWN["short"])
def test_a_short_name_is_written_out(short: str) -> None:
    full, confidence = local(short)
    assert full == KNOWN["short"][short]
    # what a short name stands for differs from place to place, but for a few
    assert confidence == (0.95 if short in KNOWN["certain"] else 0.76)


def test_a_formal_name_stays_beside_a_longer_one() -> None:
    for name in KNOWN["formal"]:
        longer = f"衡阳市{name[:-1]}水产畜牧{name[-1]}"
        text = f"{TEXT}{longer}是主管部门。"
        assert local(name, text)[0] == name


def test_another_name_is_the_longer_one_of_the_report() -> None:
    text = f"{TEXT}衡阳市园林水产畜牧局是主管部门。"
    assert local("园林局", text)[0] == "园林水产畜牧局"


@pytest.mark.parametrize("line", KNOWN["lines"])
def test_each_word_of_a_line(line: str) -> None:
    names = KNOWN["lines"][line]
    assert {name: line_of(name) for name in names} == dict.fromkeys(names, line)


@pytest.mark.parametrize("system", KNOWN["systems"])
def test_each_body_of_a_system(system: str) -> None:
    names = KNOWN["systems"][system]
    assert {name: system_of(name) for name in names} == dict.fromkeys(names, system)


@pytest.mark.parametrize("kind", KNOWN["types"])
def test_each_ending_of_a_type(kind: str) -> None:
    names = KNOWN["types"][kind]
    assert {name: org_type_of(name) for name in names} == dict.fromkeys(names, kind)


def test_a_body_of_a_system_has_the_type_of_it() -> None:
    assert org_type_of("税务局", vertical=True) == "垂直管理机构"
    assert org_type_of("甲乙丙") == "其他"


@pytest.mark.parametrize(("before", "after", "year", "line"), KNOWN["renames"], ids=str)
def test_each_rename(before: str, after: str, year: int, line: str) -> None:
    first, *_ = successors(before)
    assert (first.after, first.year, first.line) == (after, year, line)
    assert all(rename.year > year for rename in successors(before, since=year))
    assert successors(before, since=year - 1)[0] == first


def test_every_row_is_tested() -> None:
    assert set(KNOWN["central"]) | set(KNOWN["central_short"]) == bodies.CENTRAL_NAMES
    assert set(KNOWN["central_short"]) == set(bodies.CENTRAL_NAME_BY_SHORT)
    assert set(KNOWN["short"]) == set(bodies.FULL_NAME_BY_SHORT)
    assert set(KNOWN["formal"]) == bodies.FORMAL_NAMES
    assert set(KNOWN["certain"]) == bodies.CERTAIN_SHORT_NAMES
    assert list(KNOWN["lines"]) == [line for line, _ in bodies.LINE_PATTERNS]
    assert list(KNOWN["systems"]) == [system for system, _ in bodies.SYSTEM_PATTERNS]
    assert len(KNOWN["renames"]) == len(bodies.RENAMES)


@pytest.mark.parametrize(
    ("line", "is_title"),
    [
        ("衡阳市教育局2018年政府信息公开工作年度报告", True),
        ("衡阳市教育局,2018年政府信息公开工作年度报告", False),
        ("衡阳市教育局:2018年政府信息公开工作年度报告", False),
        ("2018年政府信息公开工作年度报告", False),
    ],
)
def test_a_line_like_a_title_names_its_body(line: str, is_title: bool) -> None:
    got = read(f"首页\n{line}\n{TEXT}")
    rules = [fact.rule for fact in got.evidence.values()]
    assert any(rule.startswith("line like a title") for rule in rules) == is_title
