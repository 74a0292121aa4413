"""Forms, chips, limits of parameters and the pages between: every sign, every border."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from index.model.errors import RequestError
from index.model.problems import Code, Note
from index.search.request import LIMITS, SearchRequest
from index.search.response import Hit, ScorePart
from index.studies.aggregate import Bin
from webui.api.feeds import sitemap_index
from webui.http.params import (
    SEARCH_NAMES,
    check_length,
    from_page,
    parse_facet,
    parse_search,
    read_integer,
    read_region,
)
from webui.plots.charts import YearChart, year_chart
from webui.plots.plots import Plot, Point, _round_up, _runs
from webui.research.textdiff import compared
from webui.search import paging
from webui.search.scores import parts
from webui.search.wherebar import _range, chosen_numbers, joined
from webui.text.blocks import blocks
from webui.text.layers import spread
from webui.text.lines import Line
from webui.words import labels
from webui.words.chips import chips, condition_words

SIGNS = {">=": "≥", "<=": "≤", ">": "＞", "<": "＜", "=": "＝", "!=": "≠"}


def args(*pairs: tuple[str, str]) -> MultiDict[str, str]:
    return MultiDict(list(pairs))


# ---------------------------------------------------------------------- conditions
@pytest.mark.parametrize("sign", SIGNS)
def test_the_form_takes_every_comparison(sign: str) -> None:
    form = [
        ("where_name", "year"),
        ("where_sign", sign),
        ("where_value", " 2,018 "),
        ("q", "公开"),
    ]
    found = joined(args(*form))
    assert found is not None
    assert list(found.items(multi=True)) == [
        ("q", "公开"),
        ("where", f"year{sign}2018"),
    ]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_chip_says_every_comparison(sign: str) -> None:
    assert condition_words(f"fee_yuan{sign}100") == (
        "行政事业性收费（元）",
        f"{SIGNS[sign]} 100",
    )
    assert labels.COMPARISONS[sign] == SIGNS[sign]


@pytest.mark.parametrize(
    "form",
    [
        [("where_name", "year"), ("where_value", "3")],
        [("where_sign", "="), ("where_value", "3")],
        [("where_name", "year"), ("where_sign", "=="), ("where_value", "3")],
        [("where_name", " "), ("where_sign", "="), ("where_value", "3")],
    ],
)
def test_half_a_condition_lacks_its_number_or_its_comparison(
    form: list[tuple[str, str]],
) -> None:
    with pytest.raises(RequestError, match="lacks its number or its comparison"):
        joined(args(*form))


def test_a_form_that_was_not_sent_or_not_filled_in_adds_nothing() -> None:
    assert joined(args(("q", "公开"))) is None
    found = joined(args(("q", "公开"), ("where_value", "")))
    assert found is not None
    assert list(found.items()) == [("q", "公开")]


def test_the_numbers_that_a_search_names_are_named_once() -> None:
    asked = SearchRequest(
        where=("fee_yuan>1", "licences<2", "fee_yuan<9", "nonsense"), sort="-penalties"
    )
    assert chosen_numbers(asked) == ["fee_yuan", "licences", "penalties"]
    assert chosen_numbers(SearchRequest(sort="licences")) == ["licences"]
    assert chosen_numbers(SearchRequest(sort="-year", where=("year>2018",))) == []


@pytest.mark.parametrize(
    ("low", "high", "where", "words"),
    [
        (0, 1, ("x>=0", "x<1"), "0"),
        (10, 20, ("x>=10", "x<20"), "10–19"),
        (10, 20, ("x>=10", "x<=20"), "10–20"),
        (9_000, 10_000, ("x>=9000", "x<10000"), "9,000–9,999"),
        (0.5, 1, ("x>=0.5", "x<1"), "0.5–1"),
        (0, 0.5, ("x>=0", "x<0.5"), "0–0.5"),
        (5, 5, ("x>=5", "x<=5"), "5"),
    ],
)
def test_a_bin_is_named_by_the_last_number_inside(
    low: float, high: float, where: tuple[str, str], words: str
) -> None:
    assert _range(Bin(low, high, 3, where)) == words


def test_every_part_of_a_search_is_a_chip_that_takes_it_away() -> None:
    asked = parse_search(
        args(
            ("q", "公开"), ("level", "县区级"), ("region", "广东省/深圳市"), ("tables", "inconsistent"),
            ("scope", "aggregate"), ("template", "gb2021"), ("year_from", "2013"), ("year_to", "2020"),
            ("published_from", "2014-01-02"), ("published_to", "2020-03-04"), ("where", "fee_yuan>=1"),
            ("where", "licences!=2"), ("page", "2"),
        )
    )  # fmt: skip
    found = chips(asked)
    assert [(c.label, c.value, c.filter) for c in found] == [
        ("检索词", "公开", False),
        ("层级", "县区级", True),
        ("地区", "广东省 / 深圳市", True),
        (labels.FACET_LABELS["tables"], "勾稽不符", True),
        (labels.FACET_LABELS["scope"], "汇总所属机关", True),
        (labels.FACET_LABELS["template"], "2021 年格式", True),
        ("年度不早于", "2013", True),
        ("年度不晚于", "2020", True),
        ("发布不早于", "2014-01-02", True),
        ("发布不晚于", "2020-03-04", True),
        ("行政事业性收费（元）", "≥ 1", True),
        ("行政许可处理决定", "≠ 2", True),
    ]
    whole = [p for p in asked.params() if p[0] != "page"]
    for chip, gone in zip(found, whole, strict=True):
        rest = parse_qs(urlsplit(chip.url).query)
        assert sum(map(len, rest.values())) == len(whole) - 1
        assert gone[1] not in rest.get(gone[0], [])
    assert chips(SearchRequest()) == []


# ---------------------------------------------------------------------- parameters
@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("0", 0),
        ("-1", -1),
        ("999999999", 999_999_999),
        ("1000000000", None),
        ("--1", None),
        ("", None),
    ],
)
def test_a_whole_number_has_nine_digits_at_most(raw: str, number: int | None) -> None:
    if number is not None:
        assert read_integer("size", raw) == number
    else:
        with pytest.raises(RequestError, match="give a whole number"):
            read_integer("size", raw)


BORDERS = [
    ("size", 1, LIMITS.size), ("page", 1, 1000), ("facet_size", 1, LIMITS.facet_size),
    ("snippets", 0, LIMITS.snippets), ("year_from", 1, 9999), ("year_to", 1, 9999),
]  # fmt: skip


@pytest.mark.parametrize(("name", "low", "high"), BORDERS)
def test_a_parameter_is_read_up_to_its_borders(name: str, low: int, high: int) -> None:
    assert LIMITS.size == 100
    assert (LIMITS.facet_size, LIMITS.snippets, LIMITS.values, LIMITS.window) == (
        1000,
        5,
        200,
        10_000,
    )
    for value in (low, high):
        assert getattr(parse_search(args((name, str(value)))), name) == value
    for value in (low - 1, high + 1):
        with pytest.raises(RequestError) as caught:
            parse_search(args((name, str(value))))
        assert caught.value.parameter == name


@pytest.mark.parametrize("name", ["synonyms", "fold", "explain"])
def test_a_switch_is_on_or_off(name: str) -> None:
    for raw, on in (("on", True), ("1", True), ("off", False), ("0", False)):
        assert getattr(parse_search(args((name, raw))), name) is on
    with pytest.raises(RequestError, match="is not one of on, 1, off, 0"):
        parse_search(args((name, "yes")))


def test_lengths_are_checked_at_their_borders() -> None:
    check_length("字" * 512)
    with pytest.raises(RequestError, match="512 characters, this has 513"):
        check_length("字" * 513)
    assert read_region({"region": "/" + "字" * 200 + "/"}) == "字" * 200
    assert read_region({}) == ""
    with pytest.raises(RequestError, match="201 characters"):
        read_region({"region": "字" * 201})


def test_two_hundred_values_are_read_each_once() -> None:
    many = [("agency", str(n)) for n in range(200)]
    assert len(parse_search(args(*many)).filters["agency"]) == 200
    with pytest.raises(RequestError, match="201 times; at most 200"):
        parse_search(args(*many, ("agency", "x")))
    assert parse_search(args(("line", "税务"), ("line", "税务"))).filters == {
        "line": ("税务",)
    }
    with pytest.raises(RequestError, match="without a value"):
        parse_search(args(("where", "")))


def test_a_list_of_a_facet_has_its_own_size() -> None:
    request, contains, size = parse_facet(args(("q", "公开"), ("contains", "深圳")))
    assert (request.q, contains, size) == ("公开", "深圳", 100)
    assert parse_facet(args(("size", "1")))[2] == 1
    assert parse_facet(args(("size", "1000")))[2] == 1000


def test_blank_fields_of_a_form_are_dropped_and_repeated_ones_kept() -> None:
    given = args(("q", " "), ("level", "省级"), ("level", "地市级"), ("sort", ""))
    assert list(from_page(given, SEARCH_NAMES).items(multi=True)) == [
        ("level", "省级"),
        ("level", "地市级"),
    ]


# ---------------------------------------------------------------------- the pager
@pytest.mark.parametrize(
    ("page", "total", "shown"),
    [
        (1, 10, []),
        (1, 11, [1, 2]),
        (1, 100, [1, 2, 3, None, 10]),
        (4, 100, [1, 2, 3, 4, 5, 6, None, 10]),
        (5, 100, [1, None, 3, 4, 5, 6, 7, None, 10]),
        (7, 100, [1, None, 5, 6, 7, 8, 9, 10]),
        (9, 100, [1, None, 7, 8, 9, 10]),
        (10, 100, [1, None, 8, 9, 10]),
        (1000, 20_000, [1, None, 998, 999, 1000]),
    ],
)
def test_the_pager_shows_the_ends_and_two_on_each_side(
    page: int, total: int, shown: list[int | None]
) -> None:
    steps = paging.steps(SearchRequest(page=page), total)
    assert [s.number for s in steps] == shown
    assert [s.number for s in steps if s.number and s.url is None] == (
        [page] if shown else []
    )
    for step in steps:
        if step.url and step.number != 1:
            assert step.url.endswith(f"page={step.number}")
    assert paging.steps(SearchRequest(cursor="x"), total) == []


# ---------------------------------------------------------------------- drawings
@pytest.mark.parametrize(
    ("value", "top"),
    [
        (-1, 0), (0, 0), (1, 1), (1.5, 2), (2, 2), (3, 4), (4, 4), (5, 8), (8, 8), (9, 10), (10, 10), (11, 20),
        (41, 80), (96, 100), (10_000, 10_000), (0.31, 0.4), (0.1, 0.1), (0.05, 0.08), (0.9, 1),
    ],
)  # fmt: skip
def test_the_top_of_a_scale_has_round_quarters(value: float, top: float) -> None:
    assert _round_up(value) == top


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (None, ["0", "1", "2", "3", "4"]),
        (3, ["0", "1", "2", "3", "4"]),
        (5, ["0", "2", "4", "6", "8"]),
        (7_999, ["0", "2,000", "4,000", "6,000", "8,000"]),
        (9_999, ["0", "2,500", "5,000", "7,500", "1万"]),
        (10_000, ["0", "2,500", "5,000", "7,500", "1万"]),
        (10_001, ["0", "5,000", "1万", "1.5万", "2万"]),
    ],
)
def test_the_labels_of_an_axis(most: float | None, ticks: list[str]) -> None:
    drawn = Plot([Point("2018", 1, 1, most)], "甲", "合计", " 件").columns
    assert [
        piece.split("<")[0].split(">")[1] for piece in drawn.split('class="tick"')[1:]
    ] == ticks


def test_lines_join_neighbours_of_one_kind_only() -> None:
    points = [
        Point("1", 1, 1, 1.0),
        Point("2", 1, 1, 1.0, follows=True),
        Point("3", 1, 1, None, follows=True),
        Point("4", 1, 1, 1.0, follows=True),
        Point("5", 1, 1, 1.0, follows=True, broken=True),
        Point("6", 1, 1, 1.0, follows=True),
        Point("8", 1, 1, 1.0),
    ]
    assert _runs(points) == [[0, 1], [3], [4, 5], [6]]
    assert _runs([]) == []


def test_a_chart_of_years_has_those_without_a_report() -> None:
    chart = YearChart({2018: 4, 2015: 1})
    assert chart.rows == [(2015, 1), (2016, 0), (2017, 0), (2018, 4)]
    assert chart.label == "各年度报告数，2015 至 2018 年，最多的一年 4 份"
    assert YearChart({}).label == "没有注明年度的报告"
    assert year_chart({}) is None
    assert 'class="chart"' in YearChart(dict.fromkeys(range(2010, 2019), 1)).svg
    assert 'class="chart many"' in YearChart(dict.fromkeys(range(2010, 2020), 1)).svg
    assert 'height="2"' in YearChart({2015: 1, 2016: 1000}).svg


# ---------------------------------------------------------------------- scores, feeds
def hit(*explained: ScorePart) -> Hit:
    head = ("1", "a.txt", None, None, None, None, None, None, None, None)
    return Hit(*head, 1.0, None, (), (), explained or None)


def part_of(code: Code, size: float, **facts: str | list[str]) -> ScorePart:
    return ScorePart.of(Note(code, facts), size, None)


@pytest.mark.parametrize(
    ("explained", "label"),
    [
        (part_of(Code.SCORE_RUN_IN_TITLE, 1.5, text="公开"), "题名里整串连着“公开”"),
        (part_of(Code.SCORE_RUN, 1.5, text="公开"), "整串连着“公开”"),
        (part_of(Code.SCORE_WORD, 1.5, text="公开"), "词语“公开”"),
        (part_of(Code.SCORE_PAIR, 1.5, text="公开"), "相邻的字“公开”"),
        (
            part_of(Code.SCORE_BOOST, 1.5, facet="year", value=["2018"]),
            "检索词指明 年度 2018",
        ),
    ],
)
def test_a_part_of_a_score_is_named(explained: ScorePart, label: str) -> None:
    (part,) = parts(hit(explained))
    assert ("".join(part.label.split()), part.value) == ("".join(label.split()), 1.5)


def test_eight_parts_are_shown_and_the_rest_as_one() -> None:
    eight = [part_of(Code.SCORE_WORD, 1.0, text=str(n)) for n in range(8)]
    assert len(parts(hit(*eight))) == 8
    more = [part_of(Code.SCORE_WORD, value, text="x") for value in (2.0, 0.5)]
    (*_, last) = parts(hit(*eight, *more))
    assert (last.label, last.value) == ("其余 2 项", 2.5)
    assert parts(hit()) == []


def test_the_sitemap_index_lists_every_file() -> None:
    text = sitemap_index("https://x", 2)
    assert "/sitemap-1.xml" in text
    assert "/sitemap-2.xml" in text
    assert "/sitemap-0.xml" not in text
    assert "/sitemap-3.xml" not in text


# ---------------------------------------------------------------------- texts
@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("一、总体情况", "heading"),
        ("十二、" + "字" * 39, "heading"),
        ("十二、" + "字" * 40, "paragraph"),
        ("一、总体情况。", "paragraph"),
        ("一、总体情况：", "paragraph"),
        ("一二三四、总体", "paragraph"),
        ("一、本年新收政府信息公开申请", "paragraph"),
        ("四、结转下年度继续办理", "paragraph"),
        ("五、结转下年度继续办理", "heading"),
        ("甲 | 乙 | 丙", "barred"),
        ("甲\t乙\t丙", "barred"),
        ("甲 | 乙", "paragraph"),
    ],
)
def test_what_a_line_is(line: str, kind: str) -> None:
    (block,) = blocks(spread(line, []))
    assert block.kind == kind


@pytest.mark.parametrize(("lines", "kind"), [(5, "paragraph"), (6, "cells")])
@pytest.mark.parametrize("length", [1, 24])
def test_six_short_lines_are_a_flattened_table(
    lines: int, kind: str, length: int
) -> None:
    assert {b.kind for b in blocks(spread("\n".join(["字" * length] * lines), []))} == {
        kind
    }


def test_a_line_longer_than_a_cell_is_a_paragraph() -> None:
    assert [b.kind for b in blocks(spread("\n".join(["字" * 25] * 6), []))] == [
        "paragraph"
    ] * 6


@pytest.mark.parametrize(
    "text", ["12", "1,204", "-3", "5.5%", "—", "/", "－１", "1，000", "12.5 ％"]
)
def test_what_stands_for_a_figure(text: str) -> None:
    assert Line(0, text, spread(text, [])[0].html).number is (text != "－１")


def test_an_empty_text_has_one_empty_line_and_no_block() -> None:
    (line,) = spread("", [])
    assert (line.start, line.text, line.html) == (0, "", "")
    assert blocks([line]) == []
    assert compared("", "") == ([], 0.0, 0.0)


@pytest.mark.parametrize(
    ("left", "right", "marked"),
    [
        ("甲乙丙丁。", "甲乙戊己。", "甲乙<b>丙丁</b>。"),
        ("甲乙丙丁戊己。", "甲庚辛壬癸子。", "<b>甲乙丙丁戊己。</b>"),
        (
            "甲" * 599,
            "甲" * 598 + "乙",
            "甲" * 598 + "<b>甲</b>",
        ),  # with its line end, 600
        ("甲" * 600, "甲" * 599 + "乙", f"<b>{'甲' * 600}</b>"),
    ],
)
def test_versions_of_one_sentence_are_compared_by_character(
    left: str, right: str, marked: str
) -> None:
    (section,), _, _ = compared(left, right)
    assert str(section.pieces[0].left).rstrip() == marked
