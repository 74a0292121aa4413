"""The contract of THE SEAM, case by case, over every engine."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from index.analysis.normaliser import Folded
from index.analysis.offsets import OffsetMap
from index.engines.seam import EngineQuery, FacetCount, FacetRequest, Filter
from index.model.errors import ReportNotFoundError
from index.model.problems import Code
from index.query.nodes import (
    NO_PATH,
    NO_VALUE,
    AllOf,
    AnyOf,
    AtLeast,
    Everything,
    Keyword,
    Near,
    Node,
    Not,
    Nothing,
    NumberRange,
    PathPrefix,
    Ranking,
    String,
    Wildcard,
)
from tests.index.engines.conftest import FINGERPRINT, Index, filled
from tests.index.engines.samples import document, folded, kept

TEXTS = {
    "a": "政府信息公开条例，依申请公开。不予公开的信息",
    "b": "公开公开公开。主动公开信息",
    "c": "𠮷野家😀😀😀在建工程",
    "d": "aaaaa bab A1312",
    "e": "",
}


def ids(index: Index, node: Node) -> str:
    found = index.engine().search(EngineQuery(condition=node, size=100))
    assert found.total == len(found.hits)
    return "".join(sorted(f.id for f in found.hits))


@pytest.fixture
def five(index: Index) -> Index:
    filled(index, [document(i, text, f"标题{i}") for i, text in TEXTS.items()])
    return index


@pytest.mark.parametrize(
    ("node", "want"),
    [
        (String(("公开",)), "ab"),
        (String(("开",)), "ab"),
        (String(("在建工程",)), "c"),
        (String(("工程",)), "c"),
        (String(("信息公开条例",)), "a"),
        (String(("公开，",)), ""),
        (String(("😀",)), "c"),
        (String(("😀😀",)), "c"),
        (String(("𠮷野",)), "c"),
        (String(("\udc00",)), ""),
        (String(("\0",)), ""),
        (String(("aaa",)), "d"),
        (String(("aaaaaa",)), ""),
        (String(("工程", "条例")), "ac"),
        (String(("标题a",)), "a"),
        (String(("标题",), "title"), "abcde"),
        (String(("标题",), "text"), ""),
        (String(("标题a政",)), ""),
        (String(("公开" * 256,)), ""),
        (String(("公开",), outside=("不予公开", "主动公开", "公开公")), "ab"),
        (String(("公开",), outside=("公开公开",)), "ab"),
        (String(("不予公开",), outside=("不予公开",)), ""),
        (String(("予公",), outside=("不予公开",)), ""),
        (Wildcard("公?公"), "b"),
        (Wildcard("信*例"), "a"),
        (Wildcard("信*信"), ""),
        (Wildcard("例*申", widest=20), ""),
        (Wildcard("😀?😀"), ""),
        (Wildcard("a?a"), "d"),
        (Wildcard("?野*程"), ""),
        (Wildcard("?野"), "c"),
        (Wildcard("*野*"), "c"),
        (Near((String(("条例",)), String(("申请",))), 2), "a"),
        (Near((String(("申请",)), String(("条例",))), 2), "a"),
        (Near((String(("申请",)), String(("条例",))), 1), ""),
        (Near((String(("公开",)), String(("公开",))), 0), "b"),
        (Near((String(("𠮷",)), String(("在建",))), 5), "c"),
        (Near((String(("𠮷",)), String(("在建",))), 4), ""),
        (Near((String(("标题a",)), String(("政府",))), 10), ""),
        (Near((String(("信息",)), String(("政府",)), String(("条例",))), 2), "a"),
        (AllOf((String(("公开",)), String(("条例",)))), "a"),
        (AllOf(()), "abcde"),
        (AnyOf((String(("工程",)), String(("条例",)))), "ac"),
        (AnyOf(()), ""),
        (AtLeast((String(("公开",)), String(("条例",)), String(("主动",))), 2), "ab"),
        (Not(String(("公开",))), "cde"),
        (Everything(), "abcde"),
        (Nothing(), ""),
        (Keyword("agency", ("文旅局",)), ""),
        (NumberRange("year"), ""),
    ],
)
def test_sets(five: Index, node: Node, want: str) -> None:
    assert ids(five, node) == want


@pytest.mark.parametrize(
    ("counted", "want"),
    [
        (String(("公开",)), {"a": 3, "b": 4}),
        (String(("公开公开",)), {"b": 1}),
        (String(("aa",)), {"d": 2}),
        (String(("a",)), {"d": 6, "a": 1}),
        (String(("😀😀",)), {"c": 1}),
        (String(("公开", "公开公开")), {"a": 3, "b": 3}),
        (AnyOf((String(("公开",)), String(("开公",)))), {"a": 3, "b": 4}),
        (AnyOf((String(("公开",)), String(("公开",)))), {"a": 3, "b": 4}),
        (AnyOf((String(("公开",)), String(("信息",)))), {"a": 5, "b": 5}),
        (String(("公开",), outside=("不予公开", "公开公")), {"a": 2, "b": 2}),
        (Wildcard("公?"), {"a": 3, "b": 4}),
        (AnyOf((Wildcard("公*息"), String(("公开",)))), {"a": 3, "b": 4}),
        (Near((String(("条例",)), String(("申请",))), 2), {"a": 2}),
    ],
)
def test_occurrences(five: Index, counted: Node, want: dict[str, int]) -> None:
    found = five.engine().search(
        EngineQuery(condition=counted, counted=counted, sort="occurrences")
    )
    assert {f.id: f.occurrences for f in found.hits} == want
    assert found.occurrences == sum(want.values())
    assert five.engine().count_strings(counted) == (len(want), sum(want.values()))


def test_nothing_counted_is_none(five: Index) -> None:
    found = five.engine().search(EngineQuery(sort="occurrences"))
    assert found.occurrences is None
    assert {(f.occurrences, f.key) for f in found.hits} == {(None, None)}


def test_wording_is_searched_and_only_what_was_replaced_is_counted(
    index: Index,
) -> None:
    wording = Folded("规范性文件与公开", OffsetMap((0, 5), (0, 6), (6, 0)))
    filled(
        index,
        [
            document("t", "规范性档案与公开", wording=wording),
            document("u", "规范性文件"),
        ],
    )
    engine = index.engine()
    for form, want in (
        ("规范性文件", 2),
        ("件与", 1),
        ("规范性", 2),
        ("公开", 1),
        ("与公", 1),
    ):
        node = String((form,))
        assert (
            engine.search(EngineQuery(condition=node, counted=node)).occurrences == want
        ), form
    assert kept(engine.get("t").contents)[-1] == {"title": None, "text": wording}
    assert engine.search(EngineQuery(condition=String(("公开规范",)))).total == 0


def test_a_card_is_searched_by_name_only(index: Index) -> None:
    rows = [
        document("a", "公开", card="文号公开3号"),
        document("b", "公开公开"),
        document("c", "", card="公开"),
    ]
    engine = filled(index, rows)
    nodes: dict[Node, tuple[int, int]] = {
        String(("公开",)): (2, 3),
        String(("公开",), "card"): (2, 2),
        AnyOf((String(("公开",)), String(("公开",), "card"))): (3, 5),
        Wildcard("文?公", "card"): (1, 1),
        String(("文号",)): (0, 0),
        Not(String(("文号",), "card")): (2, 0),
    }
    for node, want in nodes.items():
        assert engine.count_strings(node) == want, node
    assert engine.frequencies("pair", ["文号", "公开"])[1] == 2
    assert engine.get("a").contents.card.form == "文号公开3号"


def test_found_gives_back_what_was_put(index: Index) -> None:
    given = document(
        "x", "公开信息公开信息𠮷", "标题", doubled=True, agency="文旅局", year=2018
    )
    found = filled(index, [given, document("y", "")]).get("x")
    assert (found.id, *kept(found.contents)) == ("x", *kept(given))
    assert (found.key, found.occurrences) == (None, None)


def test_no_such_report(five: Index) -> None:
    with pytest.raises(ReportNotFoundError):
        five.engine().get("z")
    with pytest.raises(ReportNotFoundError):
        five.engine().explain(EngineQuery(), "z")


# ---------------------------------------------------------------------- facets
@pytest.fixture
def faceted(index: Index) -> Index:
    rows = [
        ("1", "文旅局", ("甲省", "乙市"), 2018),
        ("2", "文旅局", ("甲省", "乙市", "丙区"), 2019),
        ("3", "教育局", ("甲省",), 2019),
        ("4", "教育局", ("丁省", "戊市"), None),
        ("5", None, (), 2020),
    ]
    filled(
        index, [document(i, "公开", agency=a, region=r, year=y) for i, a, r, y in rows]
    )
    return index


@pytest.mark.parametrize(
    ("filters", "want"),
    [
        (
            (),
            {
                "agency": {"教育局": 2, "文旅局": 2},
                "year": {"2019": 2, "2018": 1, "2020": 1},
            },
        ),
        (
            (Filter(Keyword("agency", ("文旅局",)), "agency"),),
            {"agency": {"教育局": 2, "文旅局": 2}, "year": {"2018": 1, "2019": 1}},
        ),
        (
            (
                Filter(Keyword("agency", ("文旅局",)), "agency"),
                Filter(Keyword("year", ("2019",)), "year"),
            ),
            {"agency": {"教育局": 1, "文旅局": 1}, "year": {"2018": 1, "2019": 1}},
        ),
        (
            (Filter(PathPrefix("region", (("甲省",),)), "region"),),
            {"agency": {"文旅局": 2, "教育局": 1}, "year": {"2019": 2, "2018": 1}},
        ),
        (
            (Filter(NumberRange("year", 2019, None)),),
            {"agency": {"教育局": 1, "文旅局": 1}, "year": {"2019": 2, "2020": 1}},
        ),
        (
            # two filters of one facet: it is counted without both
            (
                Filter(Keyword("agency", ("文旅局",)), "agency"),
                Filter(Keyword("agency", ("教育局",)), "agency"),
            ),
            {"agency": {"教育局": 2, "文旅局": 2}, "year": {}},
        ),
    ],
)
def test_facets_are_counted_under_the_other_filters(
    faceted: Index, filters: tuple[Filter, ...], want: dict[str, dict[str, int]]
) -> None:
    query = EngineQuery(
        filters=filters, facets=tuple(FacetRequest(n, 10) for n in want)
    )
    found = faceted.engine().search(query).facets
    assert {f.name: {c.value: c.count for c in f.counts} for f in found} == want
    assert [list(w) for w in want.values()] == [
        [c.value for c in f.counts] for f in found
    ]


@pytest.mark.parametrize(
    ("filters", "want"),
    [
        ((), {"agency": 1, "year": 1, "region": 1, "line": 5}),
        (
            (Filter(Keyword("agency", (NO_VALUE,)), "agency"),),
            {"agency": 1, "year": 0, "region": 1, "line": 1},
        ),
        (
            (
                Filter(Keyword("agency", (NO_VALUE, "教育局")), "agency"),
                Filter(PathPrefix("region", (NO_PATH, ("丁省",))), "region"),
            ),
            {"agency": 1, "year": 1, "region": 1, "line": 2},
        ),
        (
            (Filter(Not(Keyword("year", (NO_VALUE,)))),),
            {"agency": 1, "year": 0, "region": 1, "line": 4},
        ),
        (
            (Filter(Keyword("line", (NO_VALUE,)), "line"), Filter(Nothing())),
            {"agency": 0, "line": 0},
        ),
    ],
)
def test_reports_without_a_value_are_counted_under_the_other_filters(
    faceted: Index, filters: tuple[Filter, ...], want: dict[str, int]
) -> None:
    """However few values are asked for, and whatever they contain."""
    engine = faceted.engine()
    for asked in (FacetRequest("", 10), FacetRequest("", 1, ("无",), "文")):
        facets = tuple(replace(asked, name=name) for name in want)
        found = engine.search(EngineQuery(filters=filters, facets=facets)).facets
        assert {facet.name: facet.unknown for facet in found} == want


@pytest.mark.parametrize(
    ("node", "want"),
    [
        (Keyword("agency", (NO_VALUE,)), "5"),
        (Keyword("agency", ("教育局", NO_VALUE)), "345"),
        (Not(Keyword("agency", (NO_VALUE,))), "1234"),
        (Keyword("year", (NO_VALUE, "2018")), "14"),
        (Keyword("region", (NO_VALUE, "甲省")), "35"),
        (PathPrefix("region", (NO_PATH,)), "5"),
        (PathPrefix("region", (("甲省", "乙市"), NO_PATH)), "125"),
        (Not(PathPrefix("region", (NO_PATH, ("丁省",)))), "123"),
        (Keyword("line", (NO_VALUE,)), "12345"),
        (AnyOf((Keyword("line", ("税务", NO_VALUE)), Nothing())), "12345"),
        (Keyword("agency", ()), ""),
    ],
)
def test_the_empty_value_is_that_of_reports_without_one(
    faceted: Index, node: Node, want: str
) -> None:
    engine = faceted.engine()
    hits = engine.search(EngineQuery(condition=node)).hits
    assert "".join(sorted(hit.id for hit in hits)) == want
    assert engine.search(EngineQuery(filters=(Filter(node),))).total == len(want)


def test_paths_are_counted_under_each_prefix(faceted: Index) -> None:
    facet = (
        faceted.engine()
        .search(EngineQuery(facets=(FacetRequest("region", 3),)))
        .facets[0]
    )
    assert facet.counts == (
        FacetCount("甲省", 3),
        FacetCount("甲省/乙市", 2),
        FacetCount("丁省", 1),
    )
    assert facet.total_values == 5


def test_facet_values_always_listed_and_looked_for(faceted: Index) -> None:
    asked = (
        FacetRequest("agency", 1, always=("无此局", "文旅局")),
        FacetRequest("region", 9, contains="市"),
    )
    agency, region = faceted.engine().search(EngineQuery(facets=asked)).facets
    assert agency.counts == (
        FacetCount("教育局", 2),
        FacetCount("文旅局", 2),
        FacetCount("无此局", 0),
    )
    assert agency.total_values == 2
    assert [c.value for c in region.counts] == [
        "甲省/乙市",
        "丁省/戊市",
        "甲省/乙市/丙区",
    ]
    assert region.total_values == 3


def test_columns_are_the_values_of_what_a_query_finds(faceted: Index) -> None:
    engine = faceted.engine()
    query = EngineQuery(filters=(Filter(NumberRange("year", 2019, None)),))
    found = engine.columns(query, ("year", "never"), ("agency", "region"))
    assert found.reports == engine.search(query).total == 3
    agencies, regions = (
        [values[n] if n >= 0 else None for n in numbers.tolist()]
        for numbers, values in (found.facets["agency"], found.facets["region"])
    )
    # in one order throughout
    years = found.numbers["year"].tolist()
    assert set(zip(years, agencies, regions, strict=True)) == {
        (2019, "文旅局", "甲省/乙市/丙区"),
        (2019, "教育局", "甲省"),
        (2020, None, None),
    }
    assert all(math.isnan(n) for n in found.numbers["never"].tolist())


# ---------------------------------------------------------------------- order and pages
@pytest.mark.parametrize(
    ("sort", "want"),
    [
        ("year", [2018, 2019, 2019, 2020, None]),
        ("-year", [2020, 2019, 2019, 2018, None]),
    ],
)
def test_sorted_by_number_unknown_last(
    faceted: Index, sort: str, want: list[int | None]
) -> None:
    hits = faceted.engine().search(EngineQuery(sort=sort)).hits
    assert [f.key for f in hits] == want
    assert all(a.id_hash < b.id_hash for a, b in pairwise(hits) if a.key == b.key)


@pytest.mark.parametrize("sort", ["relevance", "year", "-year", "occurrences"])
def test_pages_join_without_gap_or_double(index: Index, sort: str) -> None:
    filled(
        index,
        [
            document(
                f"d{i}", "公开" * (i % 4 + 1), year=2015 + i % 5 if i % 3 else None
            )
            for i in range(23)
        ],
    )
    node = String(("公开",))
    query: dict[str, Any] = {
        "condition": node,
        "counted": node,
        "ranking": Ranking(("公开",), ("公开",)),
        "sort": sort,
    }
    engine = index.engine()
    whole = engine.search(EngineQuery(**query, size=100)).hits
    by_offset = [
        f.id
        for at in range(0, 30, 5)
        for f in engine.search(EngineQuery(**query, size=5, offset=at)).hits
    ]
    by_cursor, last = [], None
    while page := engine.search(EngineQuery(**query, size=4, after=last)).hits:
        by_cursor += [f.id for f in page]
        last = (page[-1].key, page[-1].id_hash)
    assert [f.id for f in whole] == by_offset == by_cursor
    assert len(set(by_cursor)) == 23


def test_rarer_words_title_and_whole_runs_rank_higher(index: Index) -> None:
    texts = [document(f"n{i}", "公开，信息，其他内容") for i in range(8)]
    filled(
        index,
        [
            *texts,
            document("whole", "信息，很多很多别的内容，公开信息"),
            document("title", "别的", "公开信息"),
            document("apart", "公开，公开，信息，信息，公开，信息", "公开，信息"),
        ],
    )
    both = AllOf((String(("公开",)), String(("信息",))))
    query = EngineQuery(
        condition=both, ranking=Ranking(("公开", "信息"), ("公开信息",)), size=20
    )
    hits = index.engine().search(query).hits
    assert [f.id for f in hits[:3]] == ["title", "whole", "apart"]
    for found in hits:
        explained = index.engine().explain(query, found.id)
        assert explained["total"] == pytest.approx(found.score)
        assert sum(p["value"] for p in explained["parts"]) == pytest.approx(found.score)
        assert found.key == found.score


def test_score_does_not_depend_on_the_history_of_the_index(index: Index) -> None:
    query = EngineQuery(
        condition=String(("公开",)),
        ranking=Ranking(("公开", "信息"), ("公开",), ("公开", "信息")),
        size=50,
    )
    texts = [
        document(f"d{i}", "公开，" * (i % 3 + 1) + "信息，" * (i % 5), f"标题，{i}")
        for i in range(30)
    ]
    for d in texts:
        filled(
            index,
            [
                document(d.id, "公开，信息，旧的内容很长很长"),
                document(f"{d.id}x", "信息"),
            ],
        )
    writer = index.writer()
    for d in texts:
        writer.delete(f"{d.id}x")
        writer.put(d)
    writer.commit()
    aged = [(f.id, f.score) for f in index.engine().search(query).hits]
    filled(index, [])
    writer = index.writer()
    writer.clear()
    for d in texts:
        writer.put(d)
    writer.commit()
    fresh = [(f.id, f.score) for f in index.engine().search(query).hits]
    assert [i for i, _ in aged] == [i for i, _ in fresh]
    assert [s for _, s in aged] == pytest.approx([s for _, s in fresh])


# ---------------------------------------------------------------------- changes
def test_last_put_wins_also_in_one_writer(index: Index) -> None:
    filled(
        index,
        [
            document("a", "一"),
            document("a", "二"),
            document("b", "一"),
            document("a", "三"),
        ],
    )
    assert ids(index, String(("三",))) == "a"
    assert ids(index, String(("二",))) == ""
    filled(index, [document("a", "四")])
    assert ids(index, Everything()) == "ab"
    assert ids(index, String(("四",))) == "a"


def test_delete_clear_and_cancel(index: Index) -> None:
    filled(index, [document(i, "公开") for i in "abc"])
    writer = index.writer()
    writer.delete("a")
    writer.delete("never")
    writer.put(document("d", "公开"))
    writer.delete("d")
    writer.commit()
    assert ids(index, String(("公开",))) == "bc"
    writer = index.writer()
    writer.put(document("e", "公开"))
    writer.delete("b")
    writer.cancel()
    assert ids(index, Everything()) == "bc"
    writer = index.writer()
    writer.clear()
    writer.put(document("f", "公开"))
    writer.commit()
    assert ids(index, Everything()) == "f"


def test_snapshots_stay_as_they_are(index: Index) -> None:
    old = filled(index, [document(i, "公开" * 3) for i in "abc"])
    assert old.refreshed() is old
    for round_ in range(8):
        filled(index, [document(i, f"信息{round_}") for i in "abcd"])
    assert (
        old.search(
            EngineQuery(condition=String(("公开",)), counted=String(("公开",)))
        ).occurrences
        == 9
    )
    assert old.get("a").contents.head == b"a: " + ("公开" * 3).encode()
    new = old.refreshed()
    assert new.search(EngineQuery(condition=String(("信息7",)))).total == 4
    assert new.manifest.generation > old.manifest.generation
    assert new.refreshed() is new


def test_manifest_and_sources(five: Index) -> None:
    engine = five.engine()
    assert engine.manifest.reports == 5
    assert dict(engine.manifest.fingerprint) == FINGERPRINT
    assert engine.sources()["a"] == (f"digest of {TEXTS['a']}", "seeds/a.txt")


def test_what_is_known_of_some_reports(five: Index) -> None:
    engine = five.engine()
    everything = engine.sources()
    assert engine.known(["b", "nowhere", "e", "b"]) == {
        name: everything[name] for name in "be"
    }
    assert engine.known([]) == {}
    filled(five, [document("b", "另一份")])
    assert engine.known(["b"]) == {"b": everything["b"]}, "it is of its generation"
    newer = engine.refreshed()
    assert newer.known(["b"])["b"] == ("digest of 另一份", "seeds/b.txt")


def test_several_questions_are_answered_as_one_by_one(five: Index) -> None:
    engine = five.engine()
    string = String(("公开",))
    queries = [
        EngineQuery(string, counted=string, facets=(FacetRequest("agency", 3),)),
        EngineQuery(Nothing()),
        EngineQuery(Everything(), size=2, sort="-year"),
        EngineQuery(string, ranking=Ranking(("公开",), ("公开",), ("公开",)), size=1),
        EngineQuery(Wildcard("公?公"), counted=Wildcard("公?公"), size=0),
    ]
    for many, alone in zip(
        engine.search_many(queries), map(engine.search, queries), strict=True
    ):
        assert [hit.id for hit in many.hits] == [hit.id for hit in alone.hits]
        assert [hit.score for hit in many.hits] == [hit.score for hit in alone.hits]
        assert many.facets == alone.facets
        assert (many.total, many.occurrences) == (alone.total, alone.occurrences)
    assert engine.search_many([]) == []
    nodes: list[Node] = [string, Nothing(), String(("aa",))]
    assert engine.count_many(nodes) == [engine.count_strings(node) for node in nodes]
    assert engine.count_many([]) == []


def test_scan_gives_every_match(five: Index) -> None:
    engine = five.engine()
    assert {f.id for f in engine.scan(Everything())} == set("abcde")
    assert {f.id for f in engine.scan(String(("公开",)), [String(("条例",))])} == {"a"}


def test_empty_index(index: Index) -> None:
    engine = index.engine()
    query = EngineQuery(
        condition=Not(String(("公",))),
        ranking=Ranking(("公",), ("公",), ("公开",)),
        facets=(FacetRequest("year", 3),),
    )
    found = engine.search(query)
    assert (found.total, found.hits, found.facets[0].counts) == (0, (), ())
    assert list(engine.scan(Everything())) == []
    assert engine.count_strings(String(("公",))) == (0, 0)


def test_long_texts_and_many_places(index: Index) -> None:
    long = "甲乙" * 40_000 + "丙丁戊" + "甲" * 700 + "𠮷" * 70_000 + "尾"
    engine = filled(
        index,
        [
            document("before", "甲乙"),
            document("long", long),
            document("after", "丙丁戊尾"),
        ],
    )
    for form in (
        "甲",
        "甲乙",
        "乙甲",
        "乙丙丁戊甲",
        "甲甲",
        "𠮷",
        "𠮷𠮷",
        "𠮷尾",
        "尾",
        "丙丁",
    ):
        node = String((form,))
        found = engine.search(
            EngineQuery(condition=node, counted=node, sort="occurrences")
        )
        assert found.occurrences == sum(
            t.count(form) for t in ("甲乙", long, "丙丁戊尾")
        ), form
    assert engine.get("long").contents.texts["text"] == folded(long)


def test_frequencies(index: Index) -> None:
    """They weigh: nothing where there is nothing, at least one where there is, and roughly the
    number of reports.
    """
    engine = filled(index, [document(i, text, f"标题{i}") for i, text in TEXTS.items()])
    pairs = ["公开", "信息", "标题", "题a", "工程", "开公", "息a", "没有", "😀😀", "A1"]
    assert list(engine.frequencies("pair", pairs)) == [2, 2, 5, 1, 1, 1, 0, 0, 1, 1]
    words = ["标题a", "bab", "aaaaa", "没有", "公开公开公开"]
    assert list(engine.frequencies("word", words)) == [1, 1, 1, 0, 1]
    assert (
        list(engine.frequencies("word", []))
        == list(engine.frequencies("pair", []))
        == []
    )
    writer = index.writer()
    writer.delete("d")
    writer.put(document("f", "bab 公开", "标题f"))
    writer.commit()
    assert 1 <= index.engine().frequencies("word", ["bab"])[0] <= 2
    assert 3 <= index.engine().frequencies("pair", ["公开"])[0] <= 4


def test_boosts(index: Index) -> None:
    """What a report had better be adds its share, is explained, and never outweighs a whole run."""
    engine = filled(
        index,
        [
            document(i, "公开 信息", year=y)
            for i, y in (("a", 2017), ("b", 2018), ("c", 2018))
        ],
    )
    boosts = (
        (Keyword("year", ("2018",)), 0.4),
        (PathPrefix("region", (("甲省",),)), 0.4),
    )
    query = EngineQuery(ranking=Ranking(("信息",), boosts=boosts))
    assert [f.id for f in engine.search(query).hits][2] == "a"
    scores = {f.id: f.score for f in engine.search(query).hits}
    assert scores["b"] - scores["a"] == pytest.approx(0.4)  # S is at least 1
    parts = engine.explain(query, "b")["parts"]
    assert [p["value"] for p in parts if p["note"].code is Code.SCORE_BOOST] == [
        pytest.approx(0.4)
    ]
    assert not [
        p
        for p in engine.explain(query, "a")["parts"]
        if p["note"].code is Code.SCORE_BOOST
    ]
