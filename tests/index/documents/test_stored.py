"""A report survives being kept, and a list reads only its front."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from index.documents.builder import analyse
from index.documents.stored import (
    HEAD,
    PARTS,
    SHOWN,
    head_of,
    parts_of,
    report_of,
    shown_of,
)
from index.model.problems import Code, Problem
from index.model.report import Check, Fact, Provenance, Repair, Report

REPORT = Report(
    id="r",
    source="a/b.txt",
    text="政府信息公开𠮷\n第二行",
    title="报告",
    region=["广东省", "深圳市"],
    year=2018,
    repairs=[Repair("gloss", 1, 5, "(qū)", "", 0.99, display=(1, 1))],
    evidence={
        "region": Fact(
            ["广东省"], "title", 0.9, alternatives=(["湖南省"],), span=(0, 2)
        ),
        "year": Fact(2018, "body", 0.8),
    },
    statistics={
        "template": "gb2019",
        "metrics": {"licences": 5},
        "tables": [{"rows": []}],
    },
    checks=[
        Check("R1.new", "新收", "pass", 3, 3, ("a", "b")),
        Check("R2", "二", "n/a"),
    ],
    problems=[Problem(Code.TABLES_ROWS_MISSING, {"table": "review", "rows": ["总计"]})],
    provenance=Provenance("/x/b.txt", "00", "text", "utf-8", "utf-8"),
)


def kept(report: Report) -> Report:
    return report_of(analyse(report, "digest"))


def test_round_trip() -> None:
    assert kept(REPORT) == REPORT


def test_front() -> None:
    head = analyse(REPORT, "").head
    assert head_of(head) == {name: getattr(REPORT, name) for name in HEAD}
    assert list(shown_of(head)) == [getattr(REPORT, name) for name in SHOWN]


def test_text_is_not_kept_twice() -> None:
    document = analyse(REPORT, "")
    assert "第二行".encode() not in document.head + b"".join(parts_of(REPORT).values())
    assert document.display == REPORT.text


SPANS = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 10_000), st.integers(0, 99)).map(
        lambda p: [p[0], p[0] + p[1]]
    ),
)
CELLS = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"column": st.text(max_size=3), "value": st.integers(), "span": SPANS}
        ),
        st.fixed_dictionaries({"column": st.text(max_size=3)}),
    ),
    max_size=4,
)
TABLES = st.lists(
    st.lists(
        st.builds(dict, id=st.text(max_size=3), cells=CELLS, raw=st.none()), max_size=4
    ),
    max_size=3,
)


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


@given(TABLES)
def test_any_table(tables: list[list[Mapping[str, Any]]]) -> None:
    """Whatever rows and cells have in common, and wherever their spans are unknown or go back."""
    statistics = {"tables": [{"id": "t", "rows": rows} for rows in tables]}
    report = dataclasses.replace(REPORT, statistics=statistics)
    assert kept(report).statistics == plain(statistics)


@given(st.text(max_size=50), st.one_of(st.none(), st.text(max_size=20)))
def test_any_text(text: str, title: str | None) -> None:
    back = kept(Report("i", "s", text, title=title))
    assert back.text == text
    assert (back.title is None) == (title is None)


def test_parts() -> None:
    assert tuple(parts_of(REPORT)) == PARTS
