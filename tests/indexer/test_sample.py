"""Generated reports: their tables add up, shards agree, and the truth says what the text says."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from index.model.report import LEVELS
from indexer.sample import Sample, generate, write_samples
from indexer.sample.damage import (
    DAMAGE_KINDS,
    GLOSSED_CHARACTERS,
    gbk_slipped,
    glossed,
    kangxi,
    taiwan_worded,
)
from indexer.sample.generate import FAULT_RATES, YEARS_PER_BODY
from indexer.sample.shapes import SHAPE_FRAMES
from indexer.sample.tables import (
    broken_identities,
    grids,
    html_tables,
    metrics,
    stat2014_rows,
    text_tables,
)

COUNT = 600


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(generate(COUNT, seed=3))


def test_identities_hold_unless_the_truth_says_otherwise(samples: list[Sample]) -> None:
    tabled = [(s, s.tables) for s in samples if s.tables is not None]
    assert len(tabled) > COUNT / 3
    for sample, tables in tabled:
        broken = broken_identities(tables)
        assert broken == (
            ["R1.handled", "R2.6", "R3.6"]
            if "wrong total" in sample.truth["faults"]
            else []
        )


def test_no_cell_is_negative(samples: list[Sample]) -> None:
    for sample in samples:
        if sample.tables is not None:
            assert all(
                n >= 0 for row in sample.tables.applications.values() for n in row
            )


def test_each_year_begins_where_the_last_one_ended(samples: list[Sample]) -> None:
    pairs = 0
    for first, second in pairwise(samples):
        same = first.id[-7:] != second.id[-7:] and int(second.id[-7:]) % YEARS_PER_BODY
        if same and first.tables is not None and second.tables is not None:
            pairs += 1
            assert second.truth["year"] == first.truth["year"] + 1
            assert (
                second.tables.applications["carried_in"]
                == first.tables.applications["carried_out"]
            )
            if first.tables.template == second.tables.template == "gb2021":
                now, then = (
                    tables.proactive["行政规范性文件"]
                    for tables in (second.tables, first.tables)
                )
                assert int(now[2]) == int(then[2]) + int(now[0]) - int(now[1])
    assert pairs > 50


def test_shards_made_apart_are_the_same() -> None:
    whole = [s.text for s in generate(40, seed=5)]
    assert [s.text for s in generate(13, seed=5, start=20)] == whole[20:33]
    assert [s.text for s in generate(20, seed=6)] != whole[:20]


def test_bodies_keep_to_the_reform(samples: list[Sample]) -> None:
    for sample in samples:
        year, agency = sample.truth["year"], sample.truth["agency_printed"]
        assert not (
            year >= 2019
            and re.search("国土资源局|环境保护局|工商行政管理局|卫生和计划生育", agency)
        ), agency
        assert not (
            year <= 2018
            and re.search("自然资源局|生态环境局|市场监督|卫生健康|退役军人", agency)
        ), agency


def test_form_fits_the_year(samples: list[Sample]) -> None:
    for sample in samples:
        year, template = sample.truth["year"], sample.truth["template"]
        assert (
            template
            in {True: ("prose",), False: ("prose", "gb2019", "gb2021")}[year < 2019]
        )
        assert (template == "gb2021") == (year >= 2021)


def test_truth_agrees_with_the_text(samples: list[Sample]) -> None:
    for sample in samples:
        truth, text = sample.truth, sample.text
        assert truth["level"] in LEVELS
        assert f"{truth['year']}年12月31日" in text
        if truth["script"] == "Hans":
            assert truth["agency_printed"] in text
            assert text.startswith(
                truth["title"]
                or ("发布时间", "根据", "本报告", truth["agency_printed"])
            )
        if truth["published"] is not None:
            year, month, day = truth["published"].split("-")
            assert (
                truth["published"] in text
                or f"{year}年{int(month)}月{int(day)}日" in text
            )
        if truth["template"] == "prose" and truth["script"] == "Hans":
            assert f"政府信息共{truth['metrics']['proactive_total']}条" in text
            asked = truth["metrics"]["applications_new"]
            assert (f"收到政府信息公开申请{asked}件" in text) or (
                not asked and "未收到政府信息公开申请" in text
            )


def test_metrics_are_the_printed_numbers(samples: list[Sample]) -> None:
    for sample in samples:
        if sample.tables is not None:
            assert sample.truth["metrics"] == metrics(sample.tables)
            lines = text_tables(sample.tables, " ")
            handled = next(line for line in lines if line.startswith("(七)总计"))
            assert (
                int(handled.split()[-1])
                == sample.truth["metrics"]["applications_handled"]
            )


def test_faults_come_at_their_rates() -> None:
    faults = [fault for s in generate(3000, seed=9) for fault in s.truth["faults"]]
    for fault in FAULT_RATES:
        assert 15 < faults.count(fault) < 150, fault


def test_truth_names_the_status_of_the_tables(samples: list[Sample]) -> None:
    for sample in samples:
        expected = "consistent" if sample.tables else "absent"
        expected = (
            "inconsistent" if "wrong total" in sample.truth["faults"] else expected
        )
        expected = "partial" if "lost zeros" in sample.truth["faults"] else expected
        assert sample.truth["tables_status"] == expected


def test_reports_of_a_body_repeat_part_of_last_year(samples: list[Sample]) -> None:
    first, second = samples[0], samples[1]
    shared = set(first.text.split("。")) & set(second.text.split("。"))
    assert 0 < len(shared) < len(first.text.split("。"))


def test_no_slot_is_left_open(samples: list[Sample]) -> None:
    assert not [s.id for s in samples if "{" in s.text or "}" in s.text]


def test_html_has_every_cell(samples: list[Sample]) -> None:
    tables = next(s.tables for s in samples if s.tables is not None)
    markup = html_tables(tables)
    assert markup.count("<tr>") == markup.count("</tr>")
    rows = len(tables.applications)
    assert len(re.findall(r"<td>\d+</td>", markup)) >= rows * 7 + 15


def test_every_shape_carries_title_and_body(samples: list[Sample]) -> None:
    seen = set()
    for sample in samples[:60]:
        markup = sample.html()
        seen |= {shape for shape in SHAPE_FRAMES if shape in markup.lower()}
        if sample.truth["script"] == "Hans":
            assert sample.title in markup or sample.truth["title"] is None
        assert markup.rstrip().endswith("</html>")
    assert {"zoom", "ucap", "pages", "trs", "word"} <= seen


def test_jsonl_gives_nothing_that_is_to_be_derived(tmp_path: Path) -> None:
    assert write_samples(30, tmp_path / "out", 2, truth=tmp_path / "truth.jsonl") == 30
    records = [
        json.loads(line)
        for line in (tmp_path / "out/reports-00001.jsonl")
        .read_text("utf-8")
        .splitlines()
    ]
    truths = [
        json.loads(line)
        for line in (tmp_path / "truth.jsonl").read_text("utf-8").splitlines()
    ]
    assert [set(r) for r in records] == [{"id", "url", "text"}] * 30
    assert [r["id"] for r in records] == [t["id"] for t in truths]
    assert truths[4]["source"] == "reports-00001.jsonl#5"


def test_mixed_files_decode_as_written(tmp_path: Path) -> None:
    write_samples(24, tmp_path / "out", 2, truth=tmp_path / "truth.jsonl", form="mixed")
    files = sorted(p for p in (tmp_path / "out").rglob("*") if p.is_file())
    truths = {
        t["source"]: t
        for t in map(
            json.loads, (tmp_path / "truth.jsonl").read_text("utf-8").splitlines()
        )
    }
    assert len(files) == 24
    assert {p.suffix for p in files} == {".txt", ".html"}
    for path in files:
        data = path.read_bytes()
        truth = truths[path.relative_to(tmp_path / "out").as_posix()]
        texts = [data.decode(e, "replace") for e in ("utf-8-sig", "gb18030")]
        assert any(str(truth["year"]) in t and "\ufffd" not in t for t in texts)


def test_damage_is_the_damage_of_the_mirrors() -> None:
    assert glossed("區政府") == "區(qū)政府"
    assert glossed("區政府", toned=False) == "區(qu)政府"
    assert kangxi("文⼯作") == "⽂⼯作"
    # an ideographic space and a bracket fall out of step at the byte pair of a full stop
    assert gbk_slipped("（一）組織") == "?。ㄒ唬┙M織"
    assert taiwan_worded("規範性文件") == "規範性檔案"


@pytest.mark.parametrize("kind", sorted(DAMAGE_KINDS))
def test_damage_changes_text_and_keeps_lines(kind: str) -> None:
    text = (
        "深圳市龍崗區政府信息公開工作，現將有關情況報告如下。\n"
        f"（一）組織領導情況。\n{GLOSSED_CHARACTERS}"
    )
    damaged = DAMAGE_KINDS[kind](text)
    assert damaged != text
    assert damaged.count("\n") == 2


def test_annex_sums_follow_from_their_parts() -> None:
    rows = {
        label: value
        for label, _, value in stat2014_rows(
            {"in_person": 2, "online": 3, "granted": 5}
        )
    }
    assert rows["(一)收到申请数"] == "5"
    assert rows["(三)申请答复数"] == "5"


def test_titles_are_worded_as_offices_word_them(samples: list[Sample]) -> None:
    plain = [s for s in samples if s.truth["script"] == "Hans" and s.truth["title"]]
    assert len(plain) > COUNT / 2
    for sample in plain:
        name = re.escape(sample.truth["agency_printed"])
        year = sample.truth["year"]
        worded = (
            rf"{name}{year}年度?政府信息公开(?:工作)?年度报告"
            rf"|{year}年{name}政府信息公开工作年度报告"
            rf"|{name}关于{year}年政府信息公开工作情况的报告"
        )
        assert re.fullmatch(worded, sample.truth["title"]), sample.truth["title"]


def test_every_table_is_a_rectangle(samples: list[Sample]) -> None:
    seen = set()
    for sample in samples:
        if sample.tables is None or sample.tables.template in seen:
            continue
        seen.add(sample.tables.template)
        for _, grid in grids(sample.tables):
            covered: Counter[tuple[int, int]] = Counter()
            for number, row in enumerate(grid):
                column = 0
                for _, across, down in row:
                    while (number, column) in covered:
                        column += 1
                    for step in range(down):
                        for beside in range(across):
                            covered[number + step, column + beside] += 1
                    column += across
            width = 1 + max(column for _, column in covered)
            assert set(covered.values()) == {1}
            assert len(covered) == width * len(grid)
    assert len(seen) >= 2
