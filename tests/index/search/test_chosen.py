"""Bodies and kinds chosen beside a query, by the names that people have for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.model.errors import RequestError
from index.model.problems import Code
from index.model.report import Report
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from tests.indexes import write_index

BODIES = (
    "浙江省海宁市财政局",
    "深圳市龙岗区文化广电旅游体育局",
    "杭州市教育局",
    "宁波市教育局",
    "汉中市略阳县人民政府",
)
# What is chosen -> the body that it means.
MEANT = {
    "海宁市财政局": "浙江省海宁市财政局",
    "海寧市財政局": "浙江省海宁市财政局",
    "龙岗区文旅局": "深圳市龙岗区文化广电旅游体育局",
    "略阳县政府": "汉中市略阳县人民政府",
    "杭州市教育局": "杭州市教育局",
    "杭州市敎育局": "杭州市教育局",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    return _over(tmp_path_factory.mktemp("chosen"), BODIES)


def _over(folder: Path, bodies: tuple[str, ...]) -> Searcher:
    reports = []
    for number, body in enumerate(bodies):
        report = Report(f"r{number}", "r.txt", "公开", "报告", year=2020)
        report.agency = body
        report.org_type, report.line = "部门", "某某专线"
        reports.append(report)
    return Searcher.open(write_index(folder, reports))


def by(*bodies: str, q: str = "") -> SearchRequest:
    return SearchRequest(q=q, filters={"agency": bodies} if bodies else {})


@pytest.mark.parametrize("typed", MEANT)
def test_a_short_name_is_the_body_that_the_field_finds(
    searcher: Searcher, typed: str
) -> None:
    found = searcher.search(by(typed))
    assert found.query.filters["agency"] == [MEANT[typed]]
    assert [hit.agency for hit in found.hits] == [MEANT[typed]]
    field = searcher.search(by(q=f"agency:{typed}"))
    assert [hit.id for hit in field.hits] == [hit.id for hit in found.hits]
    assert not found.query.notes
    assert searcher.body(typed) == MEANT[typed]
    without = SearchRequest(without={"agency": (typed,)})
    assert searcher.search(without).total == len(BODIES) - 1


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("教育局", ["杭州市教育局", "宁波市教育局"]),
        ("杭州市教育厅", ["杭州市教育局"]),
        ("海宁财政厅", ["浙江省海宁市财政局"]),
    ],
)
def test_a_name_of_none_or_several_is_told_those_like_it(
    searcher: Searcher, typed: str, named: list[str]
) -> None:
    found = searcher.search(by(typed))
    assert found.total == 0
    (note,) = found.query.note_codes
    assert note.code is Code.ANSWER_UNKNOWN_AGENCY
    assert set(named) <= set(note.facts["names"])  # type: ignore[arg-type]
    assert searcher.aggregate(by(typed), "applications_new").note_codes[-1] == note
    assert searcher.body(typed) is None


def test_a_name_like_no_other_is_told_too(searcher: Searcher) -> None:
    for asked in (by("Atlantis"), by(q="机关：Atlantis"), by(q="-agency:火星局")):
        notes = searcher.search(asked).query.note_codes
        unknown = [n for n in notes if n.code is Code.REQUEST_UNKNOWN_AGENCY]
        # where something is found, an unknown body left out changes nothing
        assert len(unknown) == (not asked.q.startswith("-"))


def test_one_known_body_beside_an_unknown_one_is_found(searcher: Searcher) -> None:
    found = searcher.search(by("杭州市教育局", "Atlantis"))
    assert found.total == 1
    assert len(found.query.notes) == 1


def test_a_kind_that_a_curator_gave_is_known(searcher: Searcher) -> None:
    assert searcher.search(SearchRequest(filters={"line": ("某某专线",)})).total == 5
    assert searcher.search(SearchRequest(filters={"line": ("某某",)})).total == 5
    assert searcher.search(SearchRequest(q="条线：某某")).total == 5
    # a kind that there is, though no report has it
    assert searcher.search(SearchRequest(filters={"line": ("教育局",)})).total == 0
    assert searcher.search(SearchRequest(q="条线：人社")).total == 0


@pytest.mark.parametrize("chosen", ["filters", "without"])
def test_a_kind_that_there_is_not_is_refused(searcher: Searcher, chosen: str) -> None:
    request = SearchRequest(**{chosen: {"line": ("胡说",)}})  # type: ignore[arg-type]
    with pytest.raises(RequestError) as caught:
        searcher.search(request)
    assert caught.value.parameter == ("line" if chosen == "filters" else "not_line")
    assert "税务" in str(caught.value)
    assert "某某专线" in str(caught.value)


# ---------------------------------------------------------------------- what is unknown
def _unknown_over(folder: Path) -> Searcher:
    """Two reports of which nothing is known, one of a body that is called 不详, one of another."""
    reports = []
    for number, (agency, region) in enumerate(
        [
            (None, None),
            (None, None),
            ("不详", ["不详"]),
            ("杭州市教育局", ["浙江省", "杭州市"]),
        ]
    ):
        report = Report(f"r{number}", "r.txt", f"公开{number}", "报告")
        report.agency, report.region = agency, region
        if agency:
            report.year, report.line, report.level = 2020, "教育", "地市级"
        reports.append(report)
    return Searcher.open(write_index(folder, reports))


@pytest.fixture(scope="module")
def partly(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    return _unknown_over(tmp_path_factory.mktemp("unknown"))


def ids(searcher: Searcher, request: SearchRequest) -> str:
    hits = searcher.search(request).hits
    return "".join(sorted(hit.id.removeprefix("r") for hit in hits))


@pytest.mark.parametrize("facet", ["agency", "region", "year", "line", "level"])
def test_what_is_unknown_is_chosen_left_out_and_typed_alike(
    partly: Searcher, facet: str
) -> None:
    chosen = SearchRequest(filters={facet: ("",)})
    typed = SearchRequest(q=f"{facet}:不详")
    assert ids(partly, chosen) == ids(partly, typed) == "01"
    for request in (chosen, typed):
        answer = partly.search(request)
        assert answer.query.filters == {facet: ["不详"]}
        assert answer.query.note_codes == ()
        unknown = answer.facets[facet].unknown
        assert (unknown.value, unknown.count, unknown.selected) == ("不详", 2, True)
    without = SearchRequest(without={facet: ("",)})
    assert (
        ids(partly, without) == ids(partly, SearchRequest(q=f"-{facet}:不详")) == "23"
    )
    left_out = partly.search(without)
    assert left_out.query.filters == {f"not_{facet}": ["不详"]}
    assert left_out.facets[facet].unknown.count == 0
    assert {report.id for report in partly.export(chosen)} == {"r0", "r1"}


def test_several_values_and_what_is_unknown_are_one_choice(partly: Searcher) -> None:
    request = SearchRequest(
        q="region:杭州,不详", filters={"agency": ("", "杭州市教育局")}
    )
    assert ids(partly, request) == "013"
    both = SearchRequest(q="year:不详", filters={"year": ("2020",)})
    assert ids(partly, both) == "0123"
    assert ids(partly, SearchRequest(q="year:不详 year:2018..")) == ""


@pytest.mark.parametrize("facet", ["agency", "region"])
def test_a_value_that_is_called_so_is_none(partly: Searcher, facet: str) -> None:
    answer = partly.search(SearchRequest(facets=(facet,)))
    [named] = [v for v in answer.facets[facet].values if v.value == "不详"]
    assert named.count == 1
    # the word in quotation marks: 不详 alone would be what is unknown
    assert f"?{facet}=%22%E4%B8%8D%E8%AF%A6%22&" in named.toggle_url
    assert ids(partly, SearchRequest(filters={facet: ("不详",)})) == "2"
    assert ids(partly, SearchRequest(q=f'{facet}:"不详"')) == "2"


def test_the_values_of_a_facet_that_contain_a_text_leave_the_unknown_as_they_are(
    partly: Searcher,
) -> None:
    for chosen in ((), ("",), ("", "杭州市教育局")):
        request = SearchRequest(filters={"agency": chosen} if chosen else {})
        for contains in ("", "教育", "无"):
            found = partly.facet(request, "agency", contains, 9)
            assert (found.unknown.count, found.unknown.selected) == (2, "" in chosen)
            assert "" not in [value.value for value in found.values]


def test_a_facet_that_no_report_has_is_unknown_of_all(partly: Searcher) -> None:
    request = SearchRequest(facets=("kind", "template"))
    for facet in partly.search(request).facets.values():
        assert (facet.values, facet.unknown.count) == ((), 4)
    assert ids(partly, SearchRequest(filters={"template": ("", "prose")})) == "0123"
