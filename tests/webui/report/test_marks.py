"""Counts on the page of a report are exact; marks may stop at a limit, and then that is said."""

from __future__ import annotations

from index.model.report import Report
from index.search.marks import MAX_MARKS
from tests.webui.conftest import Serve

MANY = MAX_MARKS + 7


def test_a_report_with_very_many_places_counts_all_and_says_how_many_are_marked(
    serve: Serve,
) -> None:
    report = Report(id="many", source="a.txt", title="年报", text="公开了，" * MANY)
    client = serve([report])
    page = client.get("/reports/many?q=公开").get_data(as_text=True)
    assert f"共 {MANY:,} 处" in page
    assert f"只标出前 {MAX_MARKS:,} 处" in page
    assert f'id="hit-{MAX_MARKS}"' in page
    assert f'id="hit-{MAX_MARKS + 1}"' not in page


def test_where_all_places_are_marked_nothing_is_said(serve: Serve) -> None:
    report = Report(id="few", source="a.txt", title="年报", text="公开了，" * 7)
    page = serve([report]).get("/reports/few?q=公开").get_data(as_text=True)
    assert "共 7 处" in page
    assert "只标出前" not in page
