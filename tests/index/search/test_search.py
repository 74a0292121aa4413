"""The laws, held against brute force over a small index: strings, counts, facets, paging, marks."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlparse

import pytest

from index.analysis.normaliser import fold, fold_line
from index.analysis.wording import is_taiwan_worded, mainland
from index.documents.builder import analyse, day_number
from index.engines.fingerprint import fingerprint
from index.engines.opening import open_engine, open_writer
from index.model.errors import QueryError, ReportNotFoundError, RequestError
from index.model.report import LEVELS, Fact, Report
from index.model.settings import Settings
from index.search.cursor import encode_cursor
from index.search.plan import make_plan
from index.search.request import SearchRequest, typed_values
from index.search.response import SearchResponse
from index.search.searcher import Searcher
from tests.indexes import searcher_over

PHRASES = (
    *(
        "政府信息公开",
        "主动公开政府信息",
        "依申请公开",
        "收费",
        "行政复议",
        "行政诉讼案件",
        "在建工程",
        "不予公开",
    ),
    *(
        "规范性文件",
        "門戶網站",
        "信息公\n开",
        "国办发〔2019〕5号",
        "１２件",
        "资讯",
        "计划",
        "。",
        "，",
        "\n",
        "A-1312/B",
        "公公公",
    ),
)
REGIONS = (
    ["广东省"],
    ["广东省", "深圳市"],
    ["广东省", "深圳市", "龙岗区"],
    ["湖南省", "衡阳市"],
    None,
)


def made(count: int = 160, seed: int = 7) -> list[Report]:
    """Reports of random phrases; the last ones are Taiwan-worded."""
    rng = random.Random(seed)
    reports = []
    for i in range(count):
        text = "".join(rng.choice(PHRASES) for _ in range(rng.randrange(1, 40)))
        if i >= count - 5:
            text += "入口網站公布規範性檔案，最佳化程式，線上訪談。"
        reports.append(
            Report(
                id=f"r{i}",
                source=f"made/{i}.txt",
                title=rng.choice(["年度报告", "政府信息公开报告", "收费情况"]) + str(i),
                text=text,
                agency=rng.choice(["甲局", "乙局", "丙局", None]),
                level=rng.choice([*LEVELS, None]),
                year=rng.choice([2017, 2018, 2019, None]),
                region=rng.choice(REGIONS),
                published=rng.choice(["2019-03-11", "2020-01-31", None]),
                evidence={"agency": Fact("甲局", "title", 0.95, span=(0, 2))},
            )
        )
    return reports


def places(report: Report, string: str) -> int:
    """How often a string stands in a report: in its own words, and where only its mainland wording
    has it.
    """
    count = 0
    for display in (report.title or "", report.text):
        own, wording = (
            fold(display),
            mainland(fold(display))
            if is_taiwan_worded(fold(report.text).form)
            else None,
        )
        pattern = re.compile(re.escape(string))
        spans = list(own.spans(pattern))
        other = [] if wording is None else wording.spans(pattern)
        count += len(spans) + sum(
            not any(s[0] < b and a < s[1] for a, b in spans) for s in other
        )
    return count


REPORTS = made()
FORMS = {r.id: (fold(r.title or "").form, fold(r.text).form) for r in REPORTS}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("index")
    with searcher_over(folder, REPORTS) as opened:
        yield opened


def every_page(searcher: Searcher, request: SearchRequest) -> list[str]:
    """The ids of all pages, followed by `next` as a script would."""
    ids: list[str] = []
    answer: SearchResponse = searcher.search(request)
    for _ in range(1000):
        ids += [h.id for h in answer.hits]
        if answer.next is None:
            return ids
        answer = searcher.search(request_of(answer.next))
    raise AssertionError("the pages do not end")


def request_of(url: str) -> SearchRequest:
    """A URL of the endpoint as a request."""
    numbers = {"size", "page", "snippets", "facet_size"}
    values: dict[str, object] = {"filters": {}}
    for name, value in parse_qsl(urlparse(url).query, keep_blank_values=True):
        if name in ("level", "year", "agency", "region"):
            filters = values["filters"]
            assert isinstance(filters, dict)
            filters[name] = (*filters.get(name, ()), *typed_values(name, [value]))
        elif name == "facets":
            values[name] = tuple(v for v in value.split(",") if v)
        else:
            values[name] = int(value) if name in numbers else value
    return SearchRequest(**values)  # type: ignore[arg-type]


STRINGS = [
    "公",
    "公开",
    "息公开主",
    "政府信息公开",
    "复议案件",
    "工程",
    "12件",
    "国办发(2019)5号",
    "公公",
    "a-1312/b",
    "开。",
    "没有的字符串",
]


@pytest.mark.parametrize("string", STRINGS)
def test_a_quoted_string_is_ctrl_f(searcher: Searcher, string: str) -> None:
    answer = searcher.search(SearchRequest(q=f'"{string}"', size=100))
    in_text = {r.id: places(r, string) for r in REPORTS}
    assert answer.total == sum(1 for n in in_text.values() if n)
    assert answer.occurrences == sum(in_text.values())
    for hit in answer.hits:
        assert hit.occurrences == in_text[hit.id]
        for snippet in hit.snippets:
            assert snippet.marks or string in FORMS[hit.id][0]
            assert all(fold_line(snippet.text[a:b]) == string for a, b in snippet.marks)


@pytest.mark.parametrize("seed", range(8))
def test_random_strings(searcher: Searcher, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(12):
        form = rng.choice(list(FORMS.values()))[1]
        start = rng.randrange(len(form))
        string = form[start : start + rng.randrange(1, 9)].strip()
        if not string or '"' in string:
            continue
        answer = searcher.search(SearchRequest(q=f'"{string}"', size=1, facets=()))
        counts = [places(r, string) for r in REPORTS]
        assert (answer.total, answer.occurrences) == (
            sum(1 for n in counts if n),
            sum(counts),
        ), string


def test_a_bare_word_matches_wherever_its_characters_stand(searcher: Searcher) -> None:
    answer = searcher.search(SearchRequest(q="工程", size=100))
    assert {h.id for h in answer.hits} == {
        i for i, (t, x) in FORMS.items() if "工程" in t + "\n" + x
    }


@pytest.mark.parametrize(
    "forms",
    [
        ("信息公开", "信息公開"),
        ("规范性文件", "規範性文件", "規範性檔案", "规范性档案"),
        ("计划", "計畫", "計劃"),
    ],
)
def test_one_question_any_script(searcher: Searcher, forms: tuple[str, ...]) -> None:
    answers = [
        searcher.search(SearchRequest(q=f'"{f}"', size=100, facets=())) for f in forms
    ]
    assert answers[0].total
    assert (
        len({(a.total, a.occurrences, tuple(h.id for h in a.hits)) for a in answers})
        == 1
    )


def test_taiwan_wording_keeps_its_own_words_too(searcher: Searcher) -> None:
    both = [
        searcher.search(SearchRequest(q=f'"{q}"', size=100)).total
        for q in ("最佳化", "優化", "線上")
    ]
    assert both == [5, 5, 5]


def kept(report: Report, chosen: dict[str, tuple[str, ...]], but: str = "") -> bool:
    def holds(name: str, values: tuple[str, ...]) -> bool:
        value = getattr(report, name)
        if value is None:
            return "" in values
        if name == "region":
            paths = [p.split("/") for p in values if p]
            return any(value[: len(p)] == p for p in paths)
        return str(value) in values

    return all(holds(name, values) for name, values in chosen.items() if name != but)


@pytest.mark.parametrize("seed", range(24))
def test_facets_totals_and_pages_agree_with_brute_force(
    searcher: Searcher, seed: int
) -> None:
    rng = random.Random(seed)
    word = rng.choice(["公开", "收费", "", "复议"])
    chosen: dict[str, tuple[str, ...]] = {}
    if rng.random() < 0.7:
        chosen["level"] = tuple(rng.sample(LEVELS, rng.randrange(1, 3)))
    if rng.random() < 0.6:
        chosen["year"] = tuple(rng.sample(["2017", "2018", "2019"], 2))
    if rng.random() < 0.5:
        chosen["region"] = (rng.choice(["广东省", "广东省/深圳市", "湖南省/衡阳市"]),)
    for name in ("level", "year", "region", "agency"):
        # the reports without a value, alone or beside values
        if rng.random() < 0.25:
            chosen[name] = (*chosen.get(name, ()), "")
    request = SearchRequest(
        q=word,
        filters=chosen,
        size=7,
        snippets=0,
        facets=("agency", "level", "year", "region"),
    )
    answer = searcher.search(request)
    having = [r for r in REPORTS if word in FORMS[r.id][0] + "\n" + FORMS[r.id][1]]
    assert sorted(every_page(searcher, request)) == sorted(
        r.id for r in having if kept(r, chosen)
    )
    for name, facet in answer.facets.items():
        rows = [getattr(r, name) for r in having if kept(r, chosen, but=name)]
        if name == "region":
            want = Counter(
                "/".join(p[: k + 1]) for p in rows if p for k in range(len(p))
            )
        else:
            want = Counter(str(v) for v in rows if v is not None)
        assert {v.value: v.count for v in facet.values if v.count} == dict(want)
        taken = chosen.get(name, ())
        assert {v.value for v in facet.values if v.selected} == {*taken} - {""}
        unknown = facet.unknown
        assert (unknown.count, unknown.selected) == (rows.count(None), "" in taken)
        toggled = searcher.search(request_of(unknown.toggle_url)).facets[name].unknown
        assert (toggled.count, toggled.selected) == (unknown.count, "" not in taken)


@pytest.mark.parametrize(
    "sort", ["year", "-year", "published", "-published", "occurrences", "relevance"]
)
def test_sorting_and_cursors(searcher: Searcher, sort: str) -> None:
    request = SearchRequest(q="公开", sort=sort, size=9, facets=(), snippets=0)
    ids = every_page(searcher, request)
    assert len(ids) == len(set(ids)) == searcher.search(request).total
    name = sort.removeprefix("-")
    if name in ("year", "published"):
        by_id = {r.id: r for r in REPORTS}
        keys = [
            by_id[i].year if name == "year" else day_number(by_id[i].published)
            for i in ids
        ]
        known = [k for k in keys if k is not None]
        assert keys == known + [None] * (len(keys) - len(known))
        assert known == sorted(known, reverse=sort.startswith("-"))


def test_cursors_reach_what_pages_reach(searcher: Searcher) -> None:
    request = SearchRequest(q="", size=50, facets=(), snippets=0, sort="-year")
    whole = every_page(searcher, request)
    first = searcher.engine.search(make_plan(searcher.snapshot, request).query)

    rest: list[str] = []
    cursor = encode_cursor(request, first.hits[-1])
    while cursor:
        found = searcher.engine.search(
            make_plan(searcher.snapshot, request.at_cursor(cursor)).query
        )
        rest += [h.id for h in found.hits]
        cursor = encode_cursor(request, found.hits[-1]) if found.hits else ""
    assert [h.id for h in first.hits] + rest == whole


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "e30",
        "W10",
        "WyJ5ZWFyIiwxLDJd",
        "WyJyZWxldmFuY2UiLCJhIiwxXQ",
        "!!",
        "公",
    ],
)
def test_foreign_cursors_are_refused(searcher: Searcher, cursor: str) -> None:
    with pytest.raises(RequestError) as caught:
        searcher.search(SearchRequest(q="公开", cursor=cursor))
    assert caught.value.parameter == "cursor"


def test_whole_runs_come_first(searcher: Searcher) -> None:
    ids = [
        h.id
        for h in searcher.search(
            SearchRequest(q="信息公开", match="words", size=100, facets=())
        ).hits
    ]
    whole = [any("信息公开" in form for form in FORMS[i]) for i in ids]
    assert whole == sorted(whole, reverse=True)
    assert any(whole)


def test_relaxed_says_so(searcher: Searcher) -> None:
    question = "在建工程的行政诉讼案件与无人知晓之事"
    answer = searcher.search(SearchRequest(q=question, size=100))
    assert answer.query.relaxed
    assert answer.total
    assert "在建工程" in FORMS[answer.hits[0].id][1]
    assert searcher.search(SearchRequest(q=question, match="all")).total == 0
    assert not searcher.search(SearchRequest(q='"没有的字符串" "更没有"')).query.relaxed


def test_any(searcher: Searcher) -> None:
    ids = every_page(
        searcher, SearchRequest(q="工程 诉讼", match="any", size=100, facets=())
    )
    assert set(ids) == {
        i for i, (t, x) in FORMS.items() if "工程" in x or "诉讼" in t + x
    }


def test_marks_of_a_report(searcher: Searcher) -> None:
    marked = searcher.marked("r0", "公开")
    text = marked.report.text
    assert [fold_line(text[a:b]) for a, b in marked.text_marks] == ["公开"] * FORMS[
        "r0"
    ][1].count("公开")
    assert marked.report == REPORTS[0]
    with pytest.raises(ReportNotFoundError):
        searcher.marked("nosuch", "公开")
    with pytest.raises(QueryError):
        searcher.marked("r0", '"')


def test_around_a_search(searcher: Searcher) -> None:
    facet = searcher.facet(SearchRequest(q="公开"), "region", "深圳", 10)
    assert {v.value for v in facet.values} == {"广东省/深圳市", "广东省/深圳市/龙岗区"}
    assert searcher.suggest("甲", 5)[0].text == "甲局"
    assert searcher.suggest("", 5) == []
    assert searcher.stats()["reports"] == len(REPORTS)
    assert {
        r.id for r in searcher.export(SearchRequest(filters={"level": ("省级",)}))
    } == {r.id for r in REPORTS if r.level == "省级"}
    assert searcher.manifest.reports == len(REPORTS)
    assert dict(searcher.manifest.fingerprint) == fingerprint()


def test_typed_and_chosen_filters_become_one(searcher: Searcher) -> None:
    both = searcher.search(
        SearchRequest(
            q="level:省级", filters={"level": ("地市级",)}, size=100, facets=("level",)
        )
    )
    assert both.total == sum(r.level in ("省级", "地市级") for r in REPORTS)
    assert both.query.filters["level"] == ["地市级", "省级"]
    assert sum(v.count for v in both.facets["level"].values) == sum(
        r.level is not None for r in REPORTS
    )


def test_where_and_ranges(searcher: Searcher) -> None:
    late = sum((r.year or 0) >= 2018 for r in REPORTS)
    assert searcher.search(SearchRequest(where=("year>=2018",))).total == late
    assert searcher.search(SearchRequest(year_from=2018)).total == late
    assert searcher.search(SearchRequest(q="year:2018..")).total == late
    published = sum(r.published == "2019-03-11" for r in REPORTS)
    assert searcher.search(SearchRequest(q="published:2019-03")).total == published


def test_reading_while_writing(tmp_path: Path) -> None:
    settings = Settings(index=tmp_path)
    for batch in _tens(REPORTS[:30]):
        writer = open_writer(settings)
        for report in batch:
            writer.put(analyse(report, "d"))
        before = open_engine(settings) if (tmp_path / "seen").exists() else None
        writer.commit()
        after = open_engine(settings)
        if before is not None:
            assert before.manifest.reports == after.manifest.reports - 10
            assert before.refreshed().manifest.reports == after.manifest.reports
            before.close()
        (tmp_path / "seen").touch()
        after.close()


def _tens(reports: list[Report]) -> Iterator[list[Report]]:
    for i in range(0, len(reports), 10):
        yield reports[i : i + 10]
