"""What the load measures: which answers are faults, and the picture of a run."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from bench.load import _fault, _query
from bench.load_plot import picture
from bench.questions import Question

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("path", "status", "body", "fault"),
    [
        ("/api/v1/search?q=a", 200, b'{"total":3}', ""),
        ("/api/v1/search?q=a", 200, b"{}", "no total /api/v1/search?q=a"),
        ("/api/v1/search?q=a", 503, b'{"total":3}', "503 /api/v1/search?q=a"),
        ("/search?q=a", 200, b"<html></html>\n", ""),
        ("/search?q=a", 200, b"<html><body>", "cut /search?q=a"),
        ("/reports/a", 404, b"<html></html>", "404 /reports/a"),
    ],
)
def test_a_fault_is_told(path: str, status: int, body: bytes, fault: str) -> None:
    assert _fault(path, status, body) == fault


def test_a_question_becomes_an_address() -> None:
    asked = Question("k", ("公开",), level="省级", year=2019)
    assert _query(asked) == "q=%E5%85%AC%E5%BC%80&level=%E7%9C%81%E7%BA%A7&year=2019"
    assert _query(Question("k", string="a b", by_year=True)) == "q=%22a+b%22&sort=-year"


def test_the_picture_begins_at_nought_and_has_a_line_a_run() -> None:
    run: dict[str, Any] = {
        "processes": 2,
        "samples": [
            (0.0, 100.0, 50, 0),
            (10.0, 200.0, 50, 400),
            (20.0, 200.0, 50, 600),
        ],
    }
    drawn = etree.fromstring(picture({"runs": [run, run | {"processes": 1}]}).encode())
    lines = drawn.findall(f"{SVG}polyline")
    assert len(lines) == 6
    memory = [point.split(",") for point in lines[0].get("points", "").split()]
    heights = [float(y) for _, y in memory]
    # twice the memory stands twice as high above the bottom of its panel
    bottom = 46 + 6 + 120
    assert bottom - heights[1] == pytest.approx(2 * (bottom - heights[0]), abs=0.2)
    rates = lines[4].get("points", "").split()
    assert len(rates) == 2
    texts = [text.text for text in drawn.findall(f"{SVG}text")]
    assert texts[:2] == ["2 processes", "1 process"]
