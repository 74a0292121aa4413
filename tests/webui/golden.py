"""What each address shows over the sample reports, one readable file an address, reviewed as diffs.

A page is written as an outline: an element a line, with its attributes and its own text.
`python -m tests.webui.golden` writes all files anew.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask.testing import FlaskClient
from lxml import html as lxml_html
from lxml.html import HtmlElement

from index.documents.builder import analyse
from index.documents.identity import current_derivation
from index.engines.opening import open_writer
from index.model.settings import Settings
from tests.webui.samples import sample_reports
from webui import create_app

FOLDER = Path(__file__).with_name("golden")
SHENZHEN = "region=广东省/深圳市"

PAGES = {
    "about": "/about",
    "body": "/bodies?agency=深圳市教育局",
    "body-series": "/bodies?agency=衡阳市水利局&series=1",
    "compare-three": "/compare?id=r1&id=r5&id=gb1",
    "compare-two": "/compare?id=r1&id=r5",
    "coverage": "/coverage",
    "coverage-region": f"/coverage?{SHENZHEN}",
    "error-missing-report": "/reports/nowhere",
    "error-page": "/nowhere",
    "error-query": '/search?q="公开',
    "error-request": "/search?size=500",
    "facet": "/facets/agency?contains=深圳&q=公开",
    "help": "/help",
    "home": "/",
    "numbers-level": "/numbers?measure=grant_rate&by=level",
    "numbers-year": "/numbers?q=公开",
    "report": "/reports/r1?q=主动公开",
    "report-damaged": "/reports/hant/1",
    "report-hostile": "/reports/x1",
    "report-received": "/reports/hant/1?view=received",
    "report-tables": "/reports/gb1",
    "report-unknown": "/reports/bare",
    "search": "/search?q=依申请公开&size=2&page=8&sort=year",
    "search-conditions": "/search?q=公开&level=地市级&year_from=2013&published_to=2019-12-31&size=1"
    "&where=applications_new>=5&sort=-applications_new",
    "search-empty": "/search?q=没有这样的报告",
    "search-folded": "/search?fold=on&size=1&sort=-year&facets=level",
    "search-scores": "/search?q=教育局&explain=1&size=1&facets=",
    "similar": "/similar/r5",
    "statistics-error": "/numbers?by=agency",
}

MACHINES = {
    "api-coverage": "/api/v1/coverage?region=湖南省",
    "api-error": "/api/v1/search?year_from=0",
    "api-export": "/api/v1/export?q=教育局&year=2013",
    "api-facet": "/api/v1/facets/region?contains=深圳&size=2",
    "api-search": "/api/v1/search?q=教育局&size=1&sort=-year&facets=level&snippets=1",
    "api-stats": "/api/v1/stats?measure=applications_new&by=level",
    "api-suggest": "/api/v1/suggest?q=深圳&size=3",
    "feed": "/feed.atom?q=教育局",
    "openapi": "/openapi.json",
    "opensearch": "/opensearch.xml",
    "robots": "/robots.txt",
    "sitemap": "/sitemap.xml",
}
ADDRESSES = PAGES | MACHINES

# Digests of files, when a process first saw the index, how long a search took, the
# version.
_CHANGING = re.compile(
    r"(?<=[?&]v=)[0-9a-f]{10}|[0-9a-f]{32,64}|(?<=<updated>)20(?!.{8}T00:00:00)[^<]*"
    r"|(?<=用时 )[\d,.]+|(?<=公开 Gongkai )\d+\.\d+\.\d+\w*"
)
_SPACE = re.compile(r"\s+")


@contextmanager
def sample_client() -> Iterator[FlaskClient]:
    """A client of the application over an index of the sample reports."""
    with tempfile.TemporaryDirectory() as folder:
        place = Settings(index=Path(folder), base_url="https://gongkai.example")
        writer = open_writer(place)
        for report in sample_reports():
            writer.put(analyse(report, report.id))
        writer.commit(current_derivation())
        yield create_app(place).test_client()


def shown(client: FlaskClient, name: str) -> str:
    """The answer of an address, one thing a line, without what changes from run to run."""
    answer = client.get(quote(ADDRESSES[name], safe="/?=&"))
    body = _CHANGING.sub("#", answer.get_data(as_text=True).replace("\r\n", "\n"))
    kind = answer.content_type
    head = f"{ADDRESSES[name]}\n{answer.status_code} {kind}\n\n"
    if kind.startswith("text/html"):
        return head + "\n".join(_outline(lxml_html.document_fromstring(body))) + "\n"
    if "json" in kind:
        value = json.loads(body)
        return head + json.dumps(_stable(value), ensure_ascii=False, indent=1) + "\n"
    return head + re.sub(r"(?<=>)(?=<[a-zA-Z])", "\n", body).strip() + "\n"


def _stable(value: dict[str, Any]) -> dict[str, Any]:
    """A JSON answer without its time and its version; of OpenAPI's models, the names."""
    value.pop("took_ms", None)
    if "openapi" in value:
        value["info"] = {k: v for k, v in value["info"].items() if k != "version"}
        value["components"] = sorted(value["components"]["schemas"])
    return value


def _outline(element: HtmlElement, depth: int = 0) -> Iterator[str]:
    """An element and what it holds, an element a line."""
    pad = " " * depth
    named = ((str(name), str(value)) for name, value in element.attrib.items())
    attributes = "".join(f' {name}="{value}"' for name, value in named)
    yield f"{pad}{element.tag!s}{attributes}{_said(element.text)}"
    for child in element:
        if isinstance(child.tag, str):
            yield from _outline(child, depth + 1)
        if tail := _said(child.tail):
            yield f"{pad} {tail.strip()}"


def _said(text: str | None) -> str:
    bare = _SPACE.sub(" ", text or "").strip()
    return f" | {bare}" if bare else ""


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with sample_client() as client:
        for name in ADDRESSES:
            (FOLDER / f"{name}.txt").write_text(shown(client, name), encoding="utf-8")


if __name__ == "__main__":
    main()
