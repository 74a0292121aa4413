"""The index card on a page: shown on demand, open where the query stands in it."""

from __future__ import annotations

from index.model.report import Report
from tests.webui.conftest import Serve
from tests.webui.pages import page_at, text

NUMBER = "某水发〔2021〕3号"
CARDED = Report(
    "carded",
    "a.txt",
    "我局公开政府信息31条。",
    title="水务局2020年年报",
    card={"索引号": "<00612>", "文号": NUMBER},
)


def test_a_card_is_shown_on_demand(serve: Serve) -> None:
    client = serve([CARDED])
    section = page_at(client, "/reports/carded").xpath(
        "//section[@aria-labelledby='card']"
    )[0]
    lines = [text(line) for line in section.xpath(".//li")]
    assert lines == ["索引号：<00612>", f"文号：{NUMBER}"]
    assert section.xpath(".//details[@open]") == []


def test_a_card_is_open_at_its_hit(serve: Serve) -> None:
    page = page_at(serve([CARDED]), f"/reports/carded?q={NUMBER}")
    section = page.xpath("//section[@aria-labelledby='card']//details[@open]")[0]
    assert [text(mark) for mark in section.xpath(".//mark[@id='hit-1']")] == [NUMBER]


def test_a_report_without_a_card_has_no_section(serve: Serve) -> None:
    page = page_at(serve([Report("plain", "a.txt", "正文")]), "/reports/plain")
    assert page.xpath("//section[@aria-labelledby='card']") == []


def test_a_list_shows_the_card_that_was_found(serve: Serve) -> None:
    client = serve([CARDED])
    page = page_at(client, f"/search?q={NUMBER}")
    snippets = [text(p) for p in page.xpath("//p[@class='snippet']")]
    assert any("信息卡" in snippet and NUMBER in snippet for snippet in snippets)
    notice = " ".join(
        text(p) for p in page.xpath("//p[@class='notice' or @class='hint']")
    )
    assert "题名和正文里都没有" in notice


def test_the_endpoint_gives_the_card_and_its_marks(serve: Serve) -> None:
    client = serve([CARDED])
    (hit,) = client.get(f"/api/v1/search?q={NUMBER}").get_json()["hits"]
    ((start, end),) = hit["card"]["marks"]
    assert hit["card"]["text"][start:end] == NUMBER
    record = client.get(f"/api/v1/reports/carded?q={NUMBER}").get_json()
    assert record["card"] == CARDED.card
    assert len(record["card_marks"]) == record["occurrences"] == 1
