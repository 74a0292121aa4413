"""Figures over many reports, against totals by hand: nulls, conflicts, mixed scopes and forms."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator

import pytest

from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer
from index.model.errors import RequestError
from index.model.metrics import METRIC_NAMES
from index.model.problems import Code
from index.model.report import LEVELS, Report
from index.model.settings import Settings
from index.model.statistics import Statistics
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from index.studies.aggregate import BY, measures
from index.studies.divisions import DIVISIONS

STATUSES = (
    "consistent",
    "consistent",
    "consistent",
    "partial",
    "inconsistent",
    "unreadable",
    "absent",
)


def made(count: int = 300) -> list[Report]:
    rng = random.Random(5)
    reports = []
    for i in range(count):
        year = rng.randrange(2017, 2024)
        template = "prose" if year < 2019 else "gb2019" if year < 2021 else "gb2021"
        metrics: dict[str, int | None] = {}
        if rng.random() < 0.9:
            metrics["applications_new"] = rng.randrange(0, 200)
        if template != "prose" and rng.random() < 0.9:
            handled = rng.choice([0, rng.randrange(1, 90)])
            granted = rng.randrange(0, handled + 1)
            partly = rng.randrange(0, handled - granted + 1)
            metrics |= {
                "applications_handled": handled,
                "applications_granted": granted,
                "applications_partly_granted": partly,
            }
        report = Report(
            f"r{i}", f"{i}.txt", "政府信息公开" + "收费" * (i % 3), "报告", year=year
        )
        report.statistics = Statistics(template, metrics)
        report.tables_status = "absent" if template == "prose" else rng.choice(STATUSES)
        report.scope = rng.choice(["self", "self", "aggregate", None])
        report.level = rng.choice([*LEVELS, None])
        report.region = rng.choice(
            [
                None,
                ["广东省"],
                ["广东省", "深圳市"],
                ["广东省", "深圳市", "龙岗区"],
                ["湖南省"],
            ]
        )
        report.line = rng.choice(["教育", "民政", None])
        reports.append(report)
    return reports


REPORTS = made()


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    settings = Settings(index=tmp_path_factory.mktemp("aggregate"))
    for part in (REPORTS[:100], REPORTS[100:]):
        writer = open_writer(settings)
        for report in part:
            writer.put(analyse(report, "d"))
        writer.commit()
    engine = open_engine(settings)
    yield Searcher(engine)
    engine.close()


def value_of(report: Report, measure: str) -> tuple[float, float] | None:
    metrics = report.statistics.metrics
    if measure == "grant_rate":
        names = (
            "applications_granted",
            "applications_partly_granted",
            "applications_handled",
        )
        granted, partly, handled = (metrics.get(name) for name in names)
        if granted is None or partly is None or not handled:
            return None
        return granted + partly, handled
    value = metrics.get(measure)
    return None if value is None else (value, 1)


def group_of(report: Report, by: str) -> str | None:
    if by == "region":
        return report.region[0] if report.region else None
    if by in DIVISIONS:
        depth = DIVISIONS.index(by) + 1
        path = report.region or []
        return "/".join(path[:depth]) if len(path) >= depth else None
    value = getattr(report, by)
    return None if value is None else str(value)


def used(report: Report, measure: str, scope: str) -> bool:
    trusted = report.tables_status in ("consistent", "partial", "absent")
    return value_of(report, measure) is not None and trusted and report.scope == scope


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("measure", ["applications_new", "grant_rate"])
@pytest.mark.parametrize("scope", ["self", "aggregate"])
def test_against_brute_force(
    searcher: Searcher, by: str, measure: str, scope: str
) -> None:
    found = searcher.aggregate(SearchRequest(q="收费"), measure, by, scope)
    having = [r for r in REPORTS if "收费" in r.text]
    assert found.reports == len(having)
    # a report above a division belongs to none of its places
    placed = [r for r in having if by not in DIVISIONS or group_of(r, by)]
    assert found.used == sum(used(r, measure, scope) for r in placed)
    wanted = {g for r in having if (g := group_of(r, by)) is not None}
    assert {g.value for g in found.groups} == wanted
    for group in found.groups:
        inside = [r for r in having if group_of(r, by) == group.value]
        pairs = [
            p for r in inside if used(r, measure, scope) and (p := value_of(r, measure))
        ]
        assert (group.reports, group.used) == (len(inside), len(pairs))
        if not pairs:
            assert (group.total, group.median, group.q1) == (None, None, None)
            continue
        ratio = measure == "grant_rate"
        total = sum(a for a, _ in pairs) / (sum(b for _, b in pairs) if ratio else 1)
        values = [a / b for a, b in pairs]
        assert group.total == pytest.approx(total)
        assert group.median == pytest.approx(statistics.median(values))
        assert (group.minimum, group.maximum) == pytest.approx(
            (min(values), max(values))
        )
        if len(values) > 1:
            quartiles = statistics.quantiles(values, n=4, method="inclusive")
            assert (group.q1, group.q3) == pytest.approx((quartiles[0], quartiles[2]))


def test_scopes_are_never_joined(searcher: Searcher) -> None:
    found = searcher.aggregate(SearchRequest(), "applications_new")
    assert found.scope == "self"
    assert Code.ANSWER_OTHER_SCOPE in {note.code for note in found.note_codes}
    both = [
        searcher.aggregate(SearchRequest(), "applications_new", scope=s).used
        for s in ("self", "aggregate")
    ]
    assert found.used == both[0] != both[1]


def test_forms_are_told_where_they_change(searcher: Searcher) -> None:
    assert searcher.aggregate(SearchRequest(), "applications_new").breaks == (
        "2019",
        "2021",
    )
    one = searcher.aggregate(SearchRequest(), "applications_new", template="gb2019")
    assert {g.value for g in one.groups if g.used} == {"2019", "2020"}
    assert one.breaks == ()


def test_regions_are_told_apart_below_the_one_chosen(searcher: Searcher) -> None:
    below = searcher.aggregate(
        SearchRequest(filters={"region": ("广东省",)}), "applications_new", "region"
    )
    assert [g.value for g in below.groups] == ["广东省", "广东省/深圳市"]
    assert [g.label for g in below.groups] == ["广东省", "深圳市"]


def test_nothing_found_is_no_error(searcher: Searcher) -> None:
    found = searcher.aggregate(SearchRequest(q="没有这个词"), "grant_rate")
    assert (found.reports, found.used, found.scope) == (0, 0, None)
    assert all(g.used == 0 for g in found.groups)


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        (("nosuch",), "measure"),
        (("grant_rate", "agency"), "by"),
        (("grant_rate", "year", "both"), "scope"),
        (("grant_rate", "year", "self", "prose"), "template"),
    ],
)
def test_what_cannot_be_drawn_is_named(
    searcher: Searcher, arguments: tuple[str, ...], parameter: str
) -> None:
    with pytest.raises(RequestError) as caught:
        searcher.aggregate(SearchRequest(), *arguments)
    assert caught.value.parameter == parameter


def test_histogram_counts_every_report_once(searcher: Searcher) -> None:
    found = searcher.histogram(SearchRequest(), "applications_new")
    known = [
        r for r in REPORTS if r.statistics.metrics.get("applications_new") is not None
    ]
    assert sum(b.count for b in found.bins) == len(known)
    assert found.missing == len(REPORTS) - len(known)
    for bin_ in found.bins:
        assert (
            searcher.search(SearchRequest(where=bin_.where, size=1)).total == bin_.count
        )
    years = searcher.histogram(SearchRequest(), "year")
    assert [b.low for b in years.bins] == list(range(2017, 2024))
    with pytest.raises(RequestError):
        searcher.histogram(SearchRequest(), "nosuch")


def test_measures_are_made_of_metrics() -> None:
    for measure in measures():
        assert measure.name in METRIC_NAMES or set(measure.over + measure.under) <= set(
            METRIC_NAMES
        )
        assert measure.label_zh
    assert len({m.name for m in measures()}) == len(measures())


def test_sorting_by_a_number(searcher: Searcher) -> None:
    answer = searcher.search(SearchRequest(sort="-applications_new", size=100))
    by_id = {r.id: r.statistics.metrics.get("applications_new") for r in REPORTS}
    values = [by_id[h.id] or 0 for h in answer.hits]
    assert values == sorted(values, reverse=True)
