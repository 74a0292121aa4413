"""A report survives being kept, and a list reads only its front."""

from __future__ import annotations

import dataclasses
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import stored
from index.documents.builder import analyse
from index.documents.identity import digest_of
from index.documents.stored import (
    HEAD_FIELDS,
    PART_SIZES,
    REST_PARTS,
    head_of,
    head_reader,
    parts_of,
    report_of,
)
from index.engines import fingerprint as module
from index.engines import opening
from index.engines.fingerprint import fingerprint
from index.model.errors import IndexStaleError
from index.model.problems import Code, Problem
from index.model.report import Fact, Provenance, Repair, Report
from index.model.settings import Settings
from index.model.statistics import (
    Cell,
    CellId,
    Check,
    Contradiction,
    Row,
    Statement,
    Statistics,
    Table,
)

DICTIONARY = stored._dictionaries()["statistics"]

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
    statistics=Statistics("gb2019", {"licences": 5}, (Table("review", "复议"),)),
    checks=[
        Check("R1.new", "新收", "pass", 3, 3, (CellId("a"), CellId("b"))),
        Check("R2", "二", "n/a"),
    ],
    problems=[Problem(Code.TABLES_ROWS_MISSING, {"table": "review", "rows": ["总计"]})],
    provenance=Provenance("/x/b.txt", "00", "text", "utf-8", "utf-8"),
)


def kept(report: Report) -> Report:
    return report_of(analyse(report, "digest"))


def test_round_trip() -> None:
    assert kept(REPORT) == REPORT


def test_head() -> None:
    head = analyse(REPORT, "").head
    assert head_of(head) == {name: getattr(REPORT, name) for name in HEAD_FIELDS}


@pytest.mark.parametrize("names", [HEAD_FIELDS, HEAD_FIELDS[::-1], ("year", "id")])
def test_head_is_read_by_name(names: tuple[str, ...]) -> None:
    read = head_reader(names)
    assert read(analyse(REPORT, "").head) == tuple(getattr(REPORT, n) for n in names)


def test_rest_is_read_by_name() -> None:
    """Columns of a table in another order than ours are the same table."""
    cells = [Cell(c, c, "1", 1, "number", span=(n, n + 1)) for n, c in enumerate("ab")]
    table = Table("review", "复议", (Row("x", "x", tuple(cells)),) * 2)
    report = dataclasses.replace(REPORT, statistics=Statistics("gb2019", {}, (table,)))
    plain = json.loads(parts_of(report)["statistics"])
    other = Document(turned(plain), report)
    assert report_of(other).statistics == report.statistics


def turned(value: Any) -> Any:
    """A JSON value with the keys of all its objects in the opposite order."""
    if isinstance(value, dict):
        return {name: turned(value[name]) for name in reversed(value)}
    return [turned(v) for v in value] if isinstance(value, list) else value


class Document:
    """What an engine gives back, with the statistics written otherwise."""

    def __init__(self, statistics: Any, report: Report) -> None:
        document = analyse(report, "")
        sizes = PART_SIZES.unpack_from(document.rest)
        first = PART_SIZES.size + sizes[0]
        packed = zlib.compressobj(6, zlib.DEFLATED, -15, 9, 0, DICTIONARY)
        part = packed.compress(json.dumps(statistics).encode()) + packed.flush()
        checks = document.rest[PART_SIZES.size : first]
        others = document.rest[first + sizes[1] :]
        self.rest = PART_SIZES.pack(len(checks), len(part)) + checks + part + others
        self.head, self.display = document.head, document.display
        self.texts, self.wording = document.texts, document.wording
        self.card = document.card


def test_another_layout_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index whose heads have another order of fields is stale, never read wrongly."""
    settings = Settings(index=tmp_path)
    current = fingerprint()
    with monkeypatch.context() as patched:
        patched.setattr(module, "STORED_LAYOUT", " ".join(HEAD_FIELDS[::-1]))
        turned_layout = {**current, "schema": digest_of(module._schema())}
        assert turned_layout != current
        patched.setattr(opening, "fingerprint", lambda: turned_layout)
        writer = opening.open_writer(settings)
        writer.put(analyse(REPORT, ""))
        writer.commit()
    with pytest.raises(IndexStaleError):
        opening.open_engine(settings)


def test_text_is_not_kept_twice() -> None:
    document = analyse(REPORT, "")
    assert "第二行".encode() not in document.head + b"".join(parts_of(REPORT).values())
    assert document.display == REPORT.text


SPANS = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 10_000), st.integers(0, 99)).map(
        lambda p: (p[0], p[0] + p[1])
    ),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
CELLS = st.builds(
    Cell,
    column=WORDS,
    label=WORDS,
    raw=st.none() | WORDS,
    value=st.none() | st.integers(),
    semantics=st.sampled_from(("number", "blank")),
    span=SPANS,
)
ROWS = st.builds(
    Row,
    id=st.none() | WORDS,
    label=WORDS,
    cells=st.lists(CELLS, max_size=4).map(tuple),
    raw=st.none() | st.lists(WORDS, min_size=1, max_size=3).map(tuple),
)
TABLES = st.builds(
    Table, id=WORDS, label=WORDS, rows=st.lists(ROWS, max_size=4).map(tuple)
)
STATEMENTS = st.builds(
    Statement,
    name=WORDS,
    value=st.none() | st.integers(),
    approximate=st.booleans(),
    evidence=WORDS,
    span=SPANS,
    conflict=st.none()
    | st.lists(
        st.builds(
            Contradiction, value=st.integers(), evidence=WORDS, span=st.just((1, 2))
        ),
        min_size=1,
        max_size=2,
    ).map(tuple),
    table=st.none() | st.integers(),
)
STATISTICS = st.builds(
    Statistics,
    template=st.none() | st.just("gb2019"),
    metrics=st.dictionaries(WORDS, st.none() | st.integers(), max_size=2),
    tables=st.lists(TABLES, max_size=3).map(tuple),
    prose=st.lists(STATEMENTS, max_size=2).map(tuple),
)


@given(STATISTICS)
def test_any_statistics(statistics: Statistics) -> None:
    """Wherever spans are unknown or go back, and whatever is not there."""
    assert (
        kept(dataclasses.replace(REPORT, statistics=statistics)).statistics
        == statistics
    )


@given(STATISTICS)
def test_plain_statistics(statistics: Statistics) -> None:
    """The object of the record gives the statistics back, and is JSON."""
    plain = json.loads(json.dumps(statistics.to_plain()))
    assert plain == statistics.to_plain()
    assert Statistics.from_plain(plain) == statistics


@given(st.text(max_size=50), st.one_of(st.none(), st.text(max_size=20)))
def test_any_text(text: str, title: str | None) -> None:
    back = kept(Report("i", "s", text, title=title))
    assert back.text == text
    assert (back.title is None) == (title is None)


def test_parts() -> None:
    assert tuple(parts_of(REPORT)) == REST_PARTS


def test_what_a_row_has_in_common_with_the_one_before_is_kept_once() -> None:
    def row(name: str, figures: list[int], start: int) -> Row:
        cells = [
            Cell(
                column,
                label,
                str(n),
                n,
                "number",
                None,
                (start + 2 * i, start + 2 * i + 1),
            )
            for i, (column, label, n) in enumerate(
                zip(("a", "b"), ("自然人", "总计"), figures, strict=True)
            )
        ]
        return Row(name, name, tuple(cells))

    rows = (
        row("first", [1, 2], 10),
        # one cell alone stays whole, and what follows refers to the row before it
        Row(
            "single", "single", (Cell("a", "自然人", "7", 7, "number", None, (20, 21)),)
        ),
        row("second", [3, 4], 30),
        row("same", [3, 4], 40),
        Row(
            "floats",
            "floats",
            tuple(
                c._replace(value=float(c.value or 0)) for c in row("", [3, 4], 50).cells
            ),
        ),
    )
    statistics = Statistics("gb2021", {}, (Table("t", "t", rows),))
    report = Report("a", "a.txt", "公开", statistics=statistics)
    part = parts_of(report)["statistics"].decode()
    assert part.count("总计") == 1
    assert part.count('"3"') == 1
    got = kept(report).statistics.tables[0].rows
    assert got == rows
    assert [type(cell.value) for cell in got[4].cells] == [float, float]
