"""A searcher over a list of reports that does what a reader with Ctrl+F would do: enough to test
the read side.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace

from index.engines.seam import Manifest
from index.model.errors import QueryError, ReportNotFoundError, RequestError
from index.model.fields import FACETS
from index.model.problems import Code, Note, Problem
from index.model.report import Check, Fact, Provenance, Repair, Report
from index.search.request import LIMITS, SearchRequest
from index.search.response import (
    FacetResult,
    FacetValue,
    Hit,
    QueryEcho,
    SearchResponse,
    Snippet,
)
from index.studies.aggregate import Aggregate, Bin, Group, Histogram
from index.studies.coverage import Body, Cell, Child, Coverage
from index.studies.passages import Card, Passages
from index.studies.series import Link, Series, YearCheck
from index.studies.similar import Copy, Neighbour, Novelty, Similar, Year

WHERE = re.compile(r"([a-z_]+)(>=|<=|=|>|<)(-?\d{1,18}(?:\.\d{1,9})?)")


def _card(report: Report) -> Card:
    return Card(report.id, report.title, report.agency, report.year, report.region)


@dataclass
class FakeSearcher:
    """Words are what white space parts; quotes are dropped. It is for tests only."""

    reports: list[Report]
    generation: int = 7
    broken: Exception | None = None
    searches: int = 0

    @property
    def manifest(self) -> Manifest:
        return Manifest(self.generation, len(self.reports), {"schema": "1"})

    def refresh(self) -> None:
        if self.broken is not None:
            raise self.broken

    def search(self, request: SearchRequest) -> SearchResponse:
        self.searches += 1
        words = _words(request.q)
        found, relaxed = self._found(request, words), False
        if request.match == "auto" and len(words) > 1 and not found:
            found = [
                r
                for r in self.reports
                if _kept(r, request) and any(_spans(r.text, (w,)) for w in words)
            ]
            relaxed = bool(found)
        start = int(request.cursor or 0) if (request.cursor or "0").isdigit() else 0
        start = start if request.cursor else (request.page - 1) * request.size
        part = found[start : start + request.size]
        more = start + request.size < len(found)
        return SearchResponse(
            QueryEcho(
                request.q,
                request.q,
                words,
                dict(request.filters),
                relaxed,
                ("提示：可以加引号",) if relaxed else (),
            ),
            len(found),
            sum(_count(r, words) for r in found) if words else None,
            1.25,
            request.page,
            request.size,
            self._next(request) if more else None,
            request.at_page(request.page - 1).url() if request.page > 1 else None,
            tuple(_hit(r, words, request.snippets) for r in part),
            {
                n: self.facet(request, n, "", request.facet_size)
                for n in _facets(request)
            },
        )

    def similar(self, report_id: str, size: int = 10) -> Similar:
        own, others = (
            self._card(report_id),
            [r for r in self.reports if r.id != report_id],
        )
        near = tuple(Neighbour(_card(r), 0.25, 2, 80) for r in others[:size])
        copy = tuple(
            Copy(_card(r), r.source, r.url, r.published, 1.0, True) for r in others[:1]
        )
        return Similar(own, copy, near[:1], near[1:], 9, 3)

    def previous_year(self, report_id: str) -> Novelty:
        own = self._card(report_id)
        cards = [_card(r) for r in self.reports if r.id != report_id]
        years = [Year(c, Passages(own, c, 0.5, 0.4, ())) for c in cards]
        return Novelty(own, *(years[:2] if len(years) > 1 else (None, None)))

    def series(self, report_id: str) -> Series:
        checks = (
            YearCheck("X1.total", "上年结转", "pass", 1, 1),
            YearCheck("X2", "现行有效", "fail", 4, 5, soft=True),
        )
        card = self._card(report_id)
        return Series(
            report_id,
            (card.agency or "",),
            None,
            card.region,
            None,
            (),
            (Link(2017, 2018, "0", report_id, checks),),
        )

    def _card(self, report_id: str) -> Card:
        return _card(self.report(report_id))

    def _next(self, request: SearchRequest) -> str:
        page = request.page + 1
        if page * request.size > LIMITS.window:
            return request.at_cursor(str(request.page * request.size)).url()
        return request.at_page(page).url()

    def _found(
        self, request: SearchRequest, words: tuple[str, ...], but: str = ""
    ) -> list[Report]:
        enough = any if request.match == "any" else all
        return [
            r
            for r in self.reports
            if _kept(r, request, but)
            and (
                not words or enough(_spans(f"{r.title}\n{r.text}", (w,)) for w in words)
            )
        ]

    def facet(
        self, request: SearchRequest, name: str, contains: str, size: int
    ) -> FacetResult:
        counts: Counter[str] = Counter()
        for report in self._found(request, _words(request.q), but=name):
            counts.update(_values(report, name))
        chosen = request.filters.get(name, ())
        values = [
            v
            for v in dict.fromkeys([*chosen, *(v for v, _ in counts.most_common())])
            if contains in v
        ]
        made = [
            FacetValue(v, v, counts[v], v in chosen, request.toggled(name, v).url())
            for v in values[:size]
        ]
        return FacetResult(tuple(made), len(values), len(values) > size)

    def report(self, report_id: str) -> Report:
        for report in self.reports:
            if report.id == report_id:
                return report
        raise ReportNotFoundError(report_id)

    def marked(self, report_id: str, q: str) -> SimpleNamespace:
        report, words = self.report(report_id), _words(q)
        return SimpleNamespace(
            report=report,
            title_marks=_spans(report.title or "", words),
            text_marks=_spans(report.text, words),
        )

    def suggest(self, prefix: str, size: int) -> list[SimpleNamespace]:
        counts = Counter(
            r.agency for r in self.reports if r.agency and prefix in r.agency
        )
        return [
            SimpleNamespace(text=a, kind="agency", count=n, query=f"agency:{a}")
            for a, n in counts.most_common(size)
        ]

    def stats(self) -> dict[str, object]:
        return {
            "reports": len(self.reports),
            "year": dict(Counter(str(r.year) for r in self.reports)),
        }

    def coverage(self, region: str = "") -> Coverage:
        path = region.split("/") if region else []
        inside = [r for r in self.reports if path == (r.region or [])[: len(path)]]
        if path and not inside:
            facts = {"region": region}
            raise RequestError("region", Code.REQUEST_UNKNOWN_REGION, facts)
        years = tuple(sorted({r.year for r in inside if r.year}))
        below = sorted(
            {
                "/".join(r.region[: len(path) + 1])
                for r in inside
                if len(r.region or ()) > len(path)
            }
        )
        bodies = _bodies(
            [r for r in inside if r.region == path and r.agency and r.year], years
        )
        return Coverage(
            region,
            years,
            bodies,
            tuple(self._child(b) for b in below),
            len(inside),
            sum(bool(c.late) for b in bodies for c in b.years.values()),
            sum(len(b.missing) for b in bodies),
            sum(r.year is None for r in inside),
        )

    def _child(self, region: str) -> Child:
        counts = Counter(
            r.year for r in self.reports if region in _values(r, "region") and r.year
        )
        return Child(region, region.split("/")[-1], sum(counts.values()), dict(counts))

    def aggregate(
        self,
        request: SearchRequest,
        measure: str,
        by: str = "year",
        scope: str | None = None,
        template: str | None = None,
    ) -> Aggregate:
        found = self._found(request, _words(request.q))
        values = sorted({v for r in found for v in _values(r, by)})
        groups = [
            _group(v, [r for r in found if v in _values(r, by)], measure)
            for v in values
        ]
        used = sum(len(_numbers([r], measure)) for r in found)
        breaks = ("2019",) if measure == "licences" and by == "year" else ()
        notes = (Note(Code.ANSWER_OTHER_FORM, {"count": 1}),) if breaks else ()
        return Aggregate(
            measure,
            by,
            tuple(groups),
            len(found),
            used,
            scope or "self",
            tuple(note.message() for note in notes),
            breaks,
            notes,
        )

    def histogram(self, request: SearchRequest, name: str, bins: int = 12) -> Histogram:
        found = self._found(request, _words(request.q))
        numbers = _numbers(found, name)
        edges = [0.0, 1.0, 5.0, 10.0, 20.0, 50.0][: bins + 1]
        made = [
            Bin(
                a,
                b,
                sum(a <= n < b for n in numbers),
                (f"{name}>={a:g}", f"{name}<{b:g}"),
            )
            for a, b in itertools.pairwise(edges)
        ]
        return Histogram(
            name, tuple(made) if numbers else (), len(found) - len(numbers)
        )

    def export(self, request: SearchRequest) -> Iterator[Report]:
        if series := re.fullmatch('agency~:"(.+)"', request.q):
            lines = {r.line for r in self.reports if r.agency == series[1]}
            places = [r.region for r in self.reports if r.agency == series[1]]
            yield from (
                r
                for r in self.reports
                if r.agency and r.line in lines and r.region in places
            )
            return
        words = _words(request.q)
        yield from self._found(request, words)


def _numbers(reports: list[Report], measure: str) -> list[float]:
    """Every fourth report states nothing, none states procurement; a ratio is that of the number
    and a hundred.
    """
    if measure == "procurement_yuan":
        return []
    known = [r.statistics.get("metrics", {}).get("applications_new") for r in reports]
    values = [float(v) for v in known if v is not None and v % 4 != 3]
    return [v / 100 for v in values] if measure.endswith("_rate") else values


def _group(value: str, reports: list[Report], measure: str) -> Group:
    numbers = sorted(_numbers(reports, measure))
    n = len(numbers)
    if not n:
        return Group(value, value, len(reports), 0)
    total = sum(numbers) / n if measure.endswith("_rate") else sum(numbers)
    quarters = (numbers[n // 2], numbers[n // 4], numbers[3 * n // 4])
    return Group(
        value,
        value.rsplit("/", 1)[-1],
        len(reports),
        n,
        total,
        *quarters,
        numbers[0],
        numbers[-1],
        "gb2019",
    )


def _bodies(reports: list[Report], years: tuple[int, ...]) -> tuple[Body, ...]:
    """Bodies by name; every third report is late, every fifth has no date."""
    bodies: dict[str, Body] = {}
    for i, report in enumerate(reports):
        body = bodies.setdefault(
            report.agency, Body([report.agency], report.org_type, report.line)
        )
        if report.year in body.years:
            body.years[report.year] = replace(
                body.years[report.year], copies=body.years[report.year].copies + 1
            )
            continue
        late = None if i % 5 == 4 else i % 3 == 1
        published = None if late is None else report.published
        body.years[report.year] = Cell(
            report.id, report.agency, published, late, report.tables_status
        )
    for body in bodies.values():
        body.missing = [
            y for y in range(min(body.years), years[-1] + 1) if y not in body.years
        ]
    return tuple(bodies.values())


def _words(q: str) -> tuple[str, ...]:
    if len(q) > 512:
        facts = {"limit": 512, "length": len(q)}
        raise QueryError(Code.QUERY_TOO_LONG, 512, facts)
    if q.count('"') % 2:
        raise QueryError(Code.QUERY_QUOTATION_OPEN, q.rindex('"'), {"mark": '"'})
    if q.strip() == "*":
        raise QueryError(Code.QUERY_WILDCARD_ALONE, 0)
    return tuple(q.replace('"', "").split())


def _spans(text: str, words: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    pattern = "|".join(map(re.escape, words))
    return (
        tuple((m.start(), m.end()) for m in re.finditer(pattern, text)) if words else ()
    )


def _count(report: Report, words: tuple[str, ...]) -> int:
    return len(_spans(report.title or "", words)) + len(_spans(report.text, words))


def _values(report: Report, name: str) -> list[str]:
    value = getattr(report, next(f.attribute for f in FACETS if f.name == name))
    if isinstance(value, list):
        return ["/".join(value[: i + 1]) for i in range(len(value))]
    return [] if value is None else [str(value)]


def _kept(report: Report, request: SearchRequest, but: str = "") -> bool:
    for name, chosen in request.filters.items():
        if name != but and not set(chosen) & set(_values(report, name)):
            return False
    for condition in request.where:
        if not WHERE.fullmatch(condition):
            facts = {"value": condition[:40]}
            raise RequestError("where", Code.REQUEST_BAD_CONDITION, facts)
    year = report.year or 0
    return (request.year_from or 0) <= year <= (request.year_to or 9999)


def _facets(request: SearchRequest) -> tuple[str, ...]:
    return (
        tuple(f.name for f in FACETS if f.shown)
        if request.facets is None
        else request.facets
    )


def _hit(report: Report, words: tuple[str, ...], snippets: int) -> Hit:
    marks = _spans(report.text, words)
    pieces = []
    for start, end in marks[:snippets]:
        begin = max(0, start - 20)
        pieces.append(
            Snippet(
                report.text[begin : end + 30].replace("\n", " "),
                ((start - begin, end - begin),),
                begin,
            )
        )
    return Hit(
        report.id,
        report.source,
        report.url,
        report.title,
        report.agency,
        report.level,
        report.year,
        report.region,
        report.published,
        1.0,
        _count(report, words) if words else None,
        _spans(report.title or "", words),
        tuple(pieces),
    )


HOSTILE = "<script>alert('公开')</script>公开 & <b>公开</b>"
TEXT = """一、总体情况
{year}年，本机关按照《中华人民共和国政府信息公开条例》的要求，做好政府信息公开工作。全年主动公开政府信息{n}条，依申请公开{m}件。
二、主动公开政府信息情况
本年在门户网站公开政府信息{n}条，其中规范性文件若干件，均按规定解读。行政复议案件零件，行政诉讼案件零件。
三、收到和处理政府信息公开申请情况
本列数据的勾稽关系为
自然人
法人
总计
予以公开
{m}
0
{m}
四、存在的主要问题及改进情况
工作人员业务能力有待提高，公开的及时性不够。下一步加强培训，完善公开机制。"""


def _report(i: int) -> Report:
    places = [
        ["广东省", "深圳市", "龙岗区"],
        ["广东省", "深圳市"],
        ["湖南省", "衡阳市"],
        ["广东省"],
    ]
    levels = ["县区级", "地市级", "地市级", "省级"]
    names = ["深圳市龙岗区财政局", "深圳市教育局", "衡阳市水利局", "广东省农业厅"]
    k, year = i % 4, 2012 + i % 11
    agency = names[k] if i < 24 else f"某市第{i}局"
    text = TEXT.format(year=year, n=100 + i, m=i)
    span = (text.index(str(year)), text.index(str(year)) + 4)
    return Report(
        id=f"r{i}",
        source=f"reports/{i:03}.txt",
        text=text,
        title=f"{agency}{year}年政府信息公开工作年度报告",
        url=f"https://example.gov.cn/{i}.html",
        agency=agency,
        level=levels[k],
        org_type="部门",
        line="财政",
        region=places[k],
        year=year,
        published=f"{year + 1}-03-{i % 28 + 1:02}",
        script="Hans",
        tables_status=("consistent", "partial", "absent")[i % 3],
        evidence={
            "agency": Fact(agency, "title", 0.97, "agency before the year", agency),
            "year": Fact(
                year, "body", 0.9, "first sentence", f"{year}年", span, (year - 1,)
            ),
        },
        statistics={
            "metrics": {
                "applications_new": i,
                "applications_granted": i,
                "procurement_yuan": None,
            }
        },
        checks=[
            Check("total", "三（七）总计等于各项之和", "pass", 12, 12),
            Check(
                "carried",
                "新收加结转等于办结加结转下年",
                "fail" if i % 3 == 1 else "pass",
                12,
                11,
            ),
        ],
        provenance=Provenance(
            "/somewhere/secret.txt",
            f"{i:064x}",
            "text",
            "gb18030",
            "strict decoding succeeded",
        ),
    )


def _repaired() -> Report:
    """A traditional report with glosses taken out, one character mended and one place that nothing
    mends.
    """
    received = (
        "一、總體情況\n龍崗區(qū)政府信息公開工作，由區(qū)辦公室承擔。收到申請3件，?ㄒ唬已全部答復。\n"
        "二、其他\n公開渠道不斷拓寬。"
    )
    first, second, gbk = (
        received.index("(qū)"),
        received.rindex("(qū)"),
        received.index("?ㄒ唬"),
    )
    text = received.replace("(qū)", "")
    at = text.index("?ㄒ唬")
    text = text.replace("?ㄒ唬", "（一）")
    bad = text.index("拓寬")
    return Report(
        id="hant/1",
        source="mirror/001.txt",
        text=text,
        title="龍崗區2018年政府信息公開工作年度報告",
        level="县区级",
        year=2018,
        region=["广东省", "深圳市", "龙岗区"],
        script="Hant-TW",
        repairs=[
            Repair("gloss", first, first + 4, "(qū)", "", 0.99, display=(first, first)),
            Repair(
                "gloss",
                second,
                second + 4,
                "(qū)",
                "",
                0.99,
                display=(second - 4, second - 4),
            ),
            Repair("gbk", gbk, gbk + 3, "?ㄒ唬", "（一）", 0.9, display=(at, at + 3)),
            Repair(
                "tail",
                bad + 8,
                bad + 10,
                "拓寬",
                "拓寬",
                0.5,
                applied=False,
                display=(bad, bad + 2),
            ),
        ],
        problems=[Problem(Code.FORMAT_LITTLE_TEXT)],
        provenance=Provenance("/x", "ab" * 32, "html", "utf-8", "declared"),
    )


ROWS = (
    ("new", "本年新收政府信息公开申请数量", ("3", "1", "4")),
    ("refused.secret", "属于国家秘密", ("", "/", "0")),
    ("refused.internal", "属于三类内部事务信息", ("1", "若干", "2")),
    ("handled", "总计", ()),
)
COLUMNS = (("natural", "自然人"), ("commercial", "商业企业"), ("total", "总计"))
SEMANTICS = {"": "blank", "/": "na", "若干": "text", "0": "zero"}


def _tabled() -> Report:
    """A report with a table of which every kind of cell is one, and a sentence that contradicts it."""
    text, rows = "一、总体情况\n新收申请5件。\n二、申请情况\n", []
    for key, label, printed in ROWS:
        text += label
        cells = []
        for (column, head), raw in zip(COLUMNS, printed, strict=False):
            span = [len(text) + 3, len(text) + 3 + len(raw)] if raw else None
            text += f" | {raw}"
            number = int(raw) if raw.isdigit() else None
            kind = SEMANTICS.get(raw, "number")
            cells.append(
                {
                    "column": column,
                    "label": head,
                    "raw": raw,
                    "value": number,
                    "semantics": kind,
                    "unit": None,
                }
                | {"span": span}
            )
        text += "\n" if printed else " | 7 | 8\n"
        rows.append(
            {
                "id": key,
                "label": label,
                "cells": cells,
                "raw": None if printed else ["7", "8"],
            }
        )
    at = text.index("新收申请5件")
    prose = {
        "name": "applications_new",
        "value": 5,
        "approximate": True,
        "conflict": [5, 6],
        "table": 4,
    }
    prose |= {"evidence": "新收申请5件", "span": [at, at + 6]}
    tables = [
        {"id": "applications", "label": "收到和处理政府信息公开申请情况", "rows": rows}
    ]
    terms = tuple(f"applications.new.{c}" for c, _ in COLUMNS)
    return Report(
        id="gb1",
        source="tables/1.html",
        text=text,
        title="衡阳市水利局2021年政府信息公开工作年度报告",
        agency="衡阳市水利局",
        level="地市级",
        region=["湖南省", "衡阳市"],
        year=2021,
        tables_status="inconsistent",
        statistics={
            "template": "gb2021",
            "metrics": {"applications_new": 4, "applications_refused": 2},
            "tables": tables,
            "prose": [prose],
        },
        checks=[
            Check(
                "R1.secret", "属于国家秘密:各类申请人之和 = 总计", "pass_blank0", 0, 0
            ),
            Check("R1.new", "本年新收:各类申请人之和 = 总计", "fail", 5, 4, terms),
            Check("R1.handled", "总计:各类申请人之和 = 总计", "n/a"),
        ],
        problems=[
            Problem(
                Code.TABLES_ROWS_MISSING,
                {"table": "applications", "rows": ["予以公开", "部分公开"]},
            ),
            Problem(
                Code.TABLES_ROW_UNASSIGNED, {"row": "总计", "count": 2, "values": "7 8"}
            ),
            Problem(Code.FORMAT_LITTLE_TEXT),
        ],
    )


def sample_reports() -> list[Report]:
    """Thirty plain reports, a damaged traditional one, a hostile one and one of which nothing is
    known.
    """
    hostile = replace(
        _report(1),
        id="x1",
        title="<img src=x onerror=alert(1)>公开",
        text=HOSTILE * 20,
        url="javascript:alert(1)",
    )
    bare = Report(id="bare", source="unknown.txt", text="公开工作。")
    return [*(_report(i) for i in range(30)), _repaired(), _tabled(), hostile, bare]
