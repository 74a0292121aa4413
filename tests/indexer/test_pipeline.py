"""One document's way, end to end: what was damaged, what was given, what may not be lost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.model.report import Repair, Report
from index.model.settings import Settings
from indexer import pipeline
from indexer.build import build
from indexer.corpus import Skip, walk
from indexer.page import Known, Page, Source
from indexer.pipeline import report_id, report_of
from indexer.repair import Repaired, undo
from tests.conftest import CORPUS, ROOT

TRUTH = json.loads(
    (ROOT / "tests" / "data" / "corpus_truth.json").read_text(encoding="utf-8")
)


def source(text: str, *, suffix: str = ".txt", known: Known | None = None) -> Source:
    data = text.encode()
    return Source(
        "a" + suffix,
        "/nowhere/a",
        suffix,
        data,
        hashlib.sha256(data).hexdigest(),
        known or Known(),
    )


def corpus() -> Iterator[Source]:
    for item in walk([CORPUS], Settings.from_environment()):
        if not isinstance(item, Skip):
            yield item


REPORTS: dict[str, tuple[Source, Report]] = {}


@pytest.fixture(scope="module")
def reports() -> dict[str, tuple[Source, Report]]:
    if not REPORTS:
        REPORTS.update(
            {s.name.removeprefix("corpus/"): (s, report_of(s)) for s in corpus()}
        )
    return REPORTS


def test_every_sample_is_read(reports: dict[str, tuple[Source, Report]]) -> None:
    assert set(reports) == set(TRUTH)


@pytest.mark.parametrize("field", ["agency", "level", "region", "year", "published"])
def test_nothing_is_wrong(
    reports: dict[str, tuple[Source, Report]], field: str
) -> None:
    """Right or said to be unknown: a value that is there is the true one."""
    wrong = {}
    for name, (_, report) in reports.items():
        value, want = getattr(report, field), TRUTH[name][field]
        if value is not None and value != want:
            wrong[name] = (value, want)
    assert not wrong


@pytest.mark.parametrize(
    ("field", "least"),
    [("agency", 0.9), ("level", 0.95), ("region", 0.95), ("year", 0.97)],
)
def test_nearly_all_is_known(
    reports: dict[str, tuple[Source, Report]], field: str, least: float
) -> None:
    there = [n for n, t in TRUTH.items() if t[field] is not None]
    assert sum(
        getattr(reports[n][1], field) == TRUTH[n][field] for n in there
    ) >= least * len(there)


def test_repairs_can_be_undone(reports: dict[str, tuple[Source, Report]]) -> None:
    repaired = [r for _, r in reports.values() if r.repairs]
    assert len(repaired) >= 4
    for report in repaired:
        received = undo(report.text, report.repairs)
        for step in report.repairs:
            assert received[step.start : step.end] == step.before
            assert report.text[step.display[0] : step.display[1]] == step.after


def test_a_record_survives_storing(reports: dict[str, tuple[Source, Report]]) -> None:
    for _, report in reports.values():
        assert Report.from_stored(json.loads(json.dumps(report.stored()))) == report


def test_a_glossed_title_is_repaired_with_its_text() -> None:
    body = (
        "區(qū)委、區(qū)政府、區(qū)直各局、區(qū)屬單位、各街區(qū)認真落實政府信息公開條例，全年主動公開信息一百條。"
        * 4
    )
    report = report_of(
        source(body, known=Known(title="龍崗區(qū)二〇一八年政府信息公開工作年度報告"))
    )
    assert report.title == "龍崗區(qū)二〇一八年政府信息公開工作年度報告".replace(
        "(qū)", ""
    )
    assert "(qū)" not in report.text
    assert report.repairs
    assert all(
        undo(report.text, report.repairs)[s.start : s.end] == s.before
        for s in report.repairs
    )


def test_ids_are_given_then_from_the_url_then_from_the_path() -> None:
    given = report_id(source("x", known=Known(id="mine", url="http://a.gov.cn/1")))
    by_url = report_id(source("x", known=Known(url="http://a.gov.cn/1")))
    by_path = report_id(source("x"))
    assert given == "mine"
    assert len({given, by_url, by_path}) == 3
    assert by_url == report_id(
        source("other text", known=Known(url="http://a.gov.cn/1"))
    )


def test_a_host_that_is_known_tells_namesakes_apart(tmp_path: Path) -> None:
    body = (
        "根据《中华人民共和国政府信息公开条例》的规定，现公布{}2018年政府信息公开工作年度报告。"
        + "主动公开政府信息12条。" * 8
    )
    names = [
        "福州市鼓楼区教育局",
        "福州市鼓楼区民政局",
        "福州市鼓楼区财政局",
        "鼓楼区审计局",
    ]
    records = [
        {
            "id": n,
            "url": f"http://www.gl.example.gov.cn/{i}.html",
            "title": f"{n}2018年政府信息公开工作年度报告",
            "text": body.format(n),
        }
        for i, n in enumerate(names)
    ]
    path = tmp_path / "a.jsonl"
    path.write_text(
        "\n".join(json.dumps(r, ensure_ascii=False) for r in records), encoding="utf-8"
    )
    settings = Settings(index=tmp_path / "index", jobs=1)
    build([path], settings)
    from index.search.searcher import Searcher

    report = Searcher.open(settings).report("鼓楼区审计局")
    assert report.region == ["福建省", "福州市", "鼓楼区"]


def test_a_repair_across_title_and_text_leaves_both_as_they_are_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    title, text = "望海市档案局2018年政府信息公开年度报告", "一、概述。"
    end = len(title)

    def across(whole: str) -> Repaired:
        """A step over the line between them, where there is one."""
        if "\n" not in whole:
            return Repaired(whole, (), ())
        place = (end - 1, end + 2)
        step = Repair("gloss", *place, "告\n一", "告\n一", 0.9, display=place)
        return Repaired(whole, (step,), ())

    monkeypatch.setattr(pipeline, "repair", across)
    page = Page(text=text, title=title)
    assert pipeline._repaired(page) == (title, Repaired(text, (), ()))


def test_numbers_that_contradict_each_other_are_kept_where_nothing_else_is_stated() -> (
    None
):
    text = "2021年,我局全年共收到政府信息公开申请12件。经统计,全年收到政府信息公开申请15件。"
    (statement,) = report_of(source(text)).statistics.prose
    assert [other.value for other in statement.conflict or ()] == [12, 15]
