"""A report survives being kept, and a list reads only its front."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.report import Check, Fact, Provenance, Repair, Report
from index.stored import HEAD, from_bytes, head_of, text_of, to_bytes

REPORT = Report(
    id="r",
    source="a/b.txt",
    text="政府信息公开𠮷\n第二行",
    title="报告",
    region=["广东省", "深圳市"],
    year=2018,
    repairs=[Repair("gloss", 1, 5, "(qū)", "", 0.99, display=(1, 1))],
    evidence={
        "region": Fact(["广东省"], "title", 0.9, alternatives=(["湖南省"],), span=(0, 2)),
        "year": Fact(2018, "body", 0.8),
    },
    statistics={"template": "gb2019", "metrics": {"licences": 5}, "tables": [{"rows": []}]},
    checks=[Check("R1.new", "新收", "pass", 3, 3, ("a", "b"))],
    problems=["p"],
    provenance=Provenance("/x/b.txt", "00", "text", "utf-8", "utf-8"),
)


def test_round_trip() -> None:
    assert from_bytes(to_bytes(REPORT)) == REPORT


def test_front() -> None:
    stored = to_bytes(REPORT)
    assert head_of(stored) == {name: getattr(REPORT, name) for name in HEAD}
    assert text_of(stored) == REPORT.text


@given(st.text(max_size=50), st.one_of(st.none(), st.text(max_size=20)))
def test_any_text(text: str, title: str | None) -> None:
    back = from_bytes(to_bytes(Report("i", "s", text, title=title)))
    assert back.text == text.encode("utf-8", "replace").decode()
    assert (back.title is None) == (title is None)
