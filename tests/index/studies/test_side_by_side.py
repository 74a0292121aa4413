"""Measures abreast, against sums by hand; and every order of their groups."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator

import pytest

from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer
from index.model.errors import RequestError
from index.model.metrics import METRIC_NAMES
from index.model.problems import Code
from index.model.report import Report
from index.model.settings import Settings
from index.model.statistics import Statistics
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from index.studies.aggregate import Group
from index.studies.side_by_side import MAX_MEASURES, ORDER_FIGURES, orders

NEW, REFUSED = "applications_new", "applications_refused"
GUANGDONG = SearchRequest(filters={"region": ("广东省",)})
PLACES = (
    ["广东省", "深圳市", "龙岗区"],
    ["广东省", "深圳市", "福田区"],
    ["广东省", "广州市", "天河区"],
    ["广东省", "广州市"],
    ["广东省"],
    ["湖北省", "仙桃市"],
    None,
)


def made(count: int = 160) -> list[Report]:
    rng = random.Random(11)
    reports = []
    for number in range(count):
        report = Report(f"r{number}", "r.txt", "政府信息公开", "报告", year=2021)
        report.region = rng.choice(PLACES)
        report.scope = "self"
        report.tables_status = "consistent"
        report.kind = rng.choice(["annual_report", None, "annual_report", "other"])
        stated = {
            NEW: rng.randrange(90),
            REFUSED: rng.randrange(9),
            "applications_handled": rng.randrange(10, 60),
        }
        metrics = {k: v for k, v in stated.items() if rng.random() < 0.8}
        report.statistics = Statistics("gb2021", dict(metrics))
        reports.append(report)
    return reports


REPORTS = made()


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    settings = Settings(index=tmp_path_factory.mktemp("abreast"))
    writer = open_writer(settings)
    for report in REPORTS:
        writer.put(analyse(report, report.id))
    writer.commit()
    engine = open_engine(settings)
    yield Searcher(engine)
    engine.close()


def counties() -> dict[str, list[Report]]:
    found: dict[str, list[Report]] = defaultdict(list)
    for report in REPORTS:
        path = report.region or []
        if report.kind != "other" and path[:1] == ["广东省"] and len(path) == 3:
            found["/".join(path)].append(report)
    return found


def test_counties_of_a_province_with_the_share_refused(searcher: Searcher) -> None:
    found = searcher.side_by_side(GUANGDONG, (NEW, REFUSED), "county")
    (refused,) = found.others
    wanted = counties()
    assert [g.value for g in found.groups] == sorted(wanted)
    assert [g.value for g in refused.groups] == sorted(wanted)
    for new_group, refused_group in zip(found.groups, refused.groups, strict=True):
        stated = [r.statistics.metrics for r in wanted[new_group.value]]
        assert new_group.reports == len(stated)
        assert new_group.total == sum(m.get(NEW) or 0 for m in stated)
        assert new_group.share is None
        assert refused_group.total == sum(m.get(REFUSED) or 0 for m in stated)
        both = [m for m in stated if {REFUSED, "applications_handled"} <= set(m)]
        above = sum(m[REFUSED] or 0 for m in both)
        below = sum(m["applications_handled"] or 0 for m in both)
        assert (refused_group.above, refused_group.below) == (above, below)
        assert refused_group.share == above / below


def test_a_share_is_the_ratio_of_the_same_name(searcher: Searcher) -> None:
    found = searcher.side_by_side(SearchRequest(), (REFUSED, "refusal_rate"), "city")
    (rate,) = found.others
    assert [g.share for g in found.groups] == [g.total for g in rate.groups]
    assert any(g.share for g in found.groups)


def test_what_is_not_of_a_county_is_said(searcher: Searcher) -> None:
    found = searcher.side_by_side(GUANGDONG, (NEW,), "county")
    said = {note.code: note.facts["count"] for note in found.note_codes}
    inside = [r for r in REPORTS if (r.region or [])[:1] == ["广东省"]]
    above = [r for r in inside if r.kind != "other" and len(r.region or []) < 3]
    stating = [r for r in above if NEW in r.statistics.metrics]
    assert said[Code.ANSWER_ABOVE_DIVISION] == len(stating)
    assert said[Code.ANSWER_OTHER_DOCUMENTS] == sum(r.kind == "other" for r in inside)


def test_what_is_in_no_group_is_said(searcher: Searcher) -> None:
    found = searcher.side_by_side(SearchRequest(), (NEW,), "level")
    inside = sum(group.used for group in found.groups)
    said = {note.code: note.facts["count"] for note in found.note_codes}
    assert said.get(Code.ANSWER_IN_NO_GROUP, 0) == found.used - inside > 0
    every_year = searcher.side_by_side(SearchRequest(), (NEW,), "year")
    if sum(group.used for group in every_year.groups) == every_year.used:
        codes = {note.code for note in every_year.note_codes}
        assert Code.ANSWER_IN_NO_GROUP not in codes


def figure_of(group: Group, figure: str) -> float | None:
    value: float | None = getattr(group, figure)
    return value


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("figure", ["total", *ORDER_FIGURES])
@pytest.mark.parametrize("measure", [NEW, REFUSED])
def test_every_order(searcher: Searcher, measure: str, figure: str, sign: str) -> None:
    order = measure if figure == "total" else f"{measure}.{figure}"
    found = searcher.side_by_side(
        SearchRequest(), (NEW, REFUSED), "county", order=sign + order
    )
    both = {one.measure: one for one in (found, *found.others)}
    values = [figure_of(group, figure) for group in both[measure].groups]
    known = [value for value in values if value is not None]
    assert values[: len(known)] == sorted(known, reverse=bool(sign))
    names = [[group.value for group in one.groups] for one in both.values()]
    assert names[0] == names[1]


def test_the_groups_own_order_and_that_of_reports(searcher: Searcher) -> None:
    def names(order: str) -> list[str]:
        found = searcher.side_by_side(SearchRequest(), (NEW,), "city", order=order)
        return [group.value for group in found.groups]

    assert names("") == names("group") == names("-group")[::-1]
    found = searcher.side_by_side(SearchRequest(), (NEW,), "city", order="-reports")
    counts = [group.reports for group in found.groups]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("order", ["nosuch", "--reports", "applications_new.nosuch"])
def test_an_unknown_order_is_refused_with_those_there_are(
    searcher: Searcher, order: str
) -> None:
    with pytest.raises(RequestError) as caught:
        searcher.side_by_side(SearchRequest(), (NEW,), order=order)
    assert caught.value.parameter == "order"
    assert "applications_new.share" in str(caught.value)


def test_so_many_measures_and_no_more(searcher: Searcher) -> None:
    most = METRIC_NAMES[:MAX_MEASURES]
    assert len(searcher.side_by_side(SearchRequest(), most).others) == MAX_MEASURES - 1
    with pytest.raises(RequestError) as caught:
        searcher.side_by_side(SearchRequest(), METRIC_NAMES[: MAX_MEASURES + 1])
    assert caught.value.parameter == "measure"


def test_orders_name_every_figure() -> None:
    assert f"{REFUSED}.share" in orders((NEW, REFUSED))
    assert f"{REFUSED}.share" not in orders((NEW,))
