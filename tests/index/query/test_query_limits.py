"""The edges of the query language: what is just allowed, side by side and in depth."""

from __future__ import annotations

import datetime as dt

import pytest

from index.model.errors import QueryError
from index.model.problems import Code, Note
from index.query.evidence import pairs_of
from index.query.nodes import AllOf, Everything, Near, NumberRange, String
from index.query.parser import parse, unparse
from index.query.quotation import QUOTES
from index.query.remarks import remarks
from index.query.resolve import resolve
from index.query.runs import words_of
from index.query.syntax import (
    MAX_CHARACTERS,
    MAX_CLAUSES,
    MAX_DEPTH,
    And,
    Negated,
    Or,
    Proximity,
    Quoted,
    Run,
)


def refused(query: str) -> int:
    """The position at which a query is refused."""
    with pytest.raises(QueryError) as caught:
        resolve(parse(query), lambda _, __: [])
    return caught.value.position


# ---------------------------------------------------------------------- limits of a query
def test_the_limits_are_those_of_the_contract() -> None:
    assert (MAX_CHARACTERS, MAX_CLAUSES, MAX_DEPTH) == (512, 32, 8)


def test_exactly_the_longest_query_is_read() -> None:
    assert parse("字" * 512) == Run("字" * 512, 0)
    assert refused("字" * 513) == 512


def test_exactly_the_most_clauses_are_read() -> None:
    tree = parse(" ".join(["公", '"开"'] * 16))
    assert isinstance(tree, And)
    assert len(tree.operands) == 32
    assert (
        refused(" ".join(["公", '"开"'] * 16 + ["费"]))
        == len(" ".join(["公", '"开"'] * 16)) + 1
    )


@pytest.mark.parametrize("depth", range(1, 9))
def test_brackets_nest_to_the_limit(depth: int) -> None:
    assert parse("(" * depth + "公开" + ")" * depth) == Run("公开", depth)
    assert parse("NOT " * depth + "公开") is not None


def test_one_bracket_more_is_refused_at_its_place() -> None:
    assert refused("(" * 9 + "公开" + ")" * 9) == 8
    assert refused("NOT " * 9 + "公开") == 32
    assert refused("收费 " + "(" * 9 + "公开" + ")" * 9) == 11


@pytest.mark.parametrize("count", [9, 13, 16])
def test_groups_side_by_side_do_not_nest(count: int) -> None:
    tree = parse(" ".join(["(公开 OR 收费)"] * count))
    assert isinstance(tree, And)
    assert len(tree.operands) == count
    assert all(isinstance(o, Or) for o in tree.operands)
    denied = parse(" ".join(["-公开"] * count))
    assert isinstance(denied, And)
    assert [type(o) for o in denied.operands] == [Negated] * count


def test_the_widest_distance_has_six_digits() -> None:
    assert parse('"公开 收费"~999999') == Quoted("公开 收费", 0, 999_999)
    assert parse("公 NEAR/999999 开") == Proximity(
        (Run("公", 0), Run("开", 14)), 999_999, 0
    )


def test_of_several_distances_the_widest_holds() -> None:
    tree = parse("公 NEAR/3 开 NEAR/9 费 NEAR/5 用")
    assert isinstance(tree, Proximity)
    assert (len(tree.operands), tree.distance) == (4, 9)


def test_a_distance_of_0_is_kept() -> None:
    assert parse('"公开 收费"~0') == Quoted("公开 收费", 0, 0)
    assert resolve(parse("公开 NEAR/0 收费"), lambda _, __: []).condition() == Near(
        (String(("公开",)), String(("收费",))), 0
    )


# ---------------------------------------------------------------------- marks
@pytest.mark.parametrize(("opening", "closing"), QUOTES.items())
def test_every_kind_of_mark_quotes(opening: str, closing: str) -> None:
    assert parse(f"公开 {opening}不予 公开{closing}~3") == And(
        (Run("公开", 0), Quoted("不予 公开", 3, 3)), 0
    )
    assert parse(f"公开 !{opening}不予公开{closing}") == Run("公开", 0, ("不予公开",))
    assert parse(f"公开 ！{opening}不予公开{closing}") == Run("公开", 0, ("不予公开",))


def test_a_straight_mark_that_is_not_closed_is_refused_where_it_opens() -> None:
    assert refused('公开 "不予公开') == 3


@pytest.mark.parametrize("opening", ['"', "“", "「", "『", "＂"])
def test_marks_with_nothing_between_are_refused_where_they_open(opening: str) -> None:
    assert refused(f"公开 {opening}{QUOTES[opening]} 收费") == 3


@pytest.mark.parametrize("opening", ["“", "「", "『", "＂"])
def test_another_mark_that_is_not_closed_is_text(opening: str) -> None:
    tree = parse(f"公开 {opening}不予公开")
    asked = resolve(tree, lambda _, __: []).condition("whole")
    assert asked == AllOf((String(("公开",)), String(("不予公开",))))
    assert Note(Code.QUERY_QUOTATION_AS_TEXT) in remarks(f"公开 {opening}不予公开")


@pytest.mark.parametrize("typed", ["”公开“", "什么又叫”角瓜“？", "“公开”", "公开”"])
def test_marks_turned_the_wrong_way_are_text(typed: str) -> None:
    assert resolve(parse(typed), lambda _, __: []).condition("whole") != Everything()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        *(("“为村”", "为村"), ("“为村“", "为村"), ('“为村"', "为村")),
        *(("“为“村”", "为“村"), ('"为村”', "为村")),
    ],
)
def test_a_mark_that_leans_the_wrong_way_closes_too(typed: str, text: str) -> None:
    assert parse(typed) == Quoted(text, 0)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('"公开” "收费"', '"公开" "收费"'),
        ('"公开“', '"公开"'),
        ('＂公开"', '"公开"'),
        ('"公开＂ 收费', '"公开" 收费'),
        ('「公开"', '"公开"'),
        ("「公开” 收费", '"公开" 收费'),
        ('"公开“ -"收费”', '"公开" -"收费"'),
        ('“公开" "收费”', '"公开" "收费"'),
        ('“公开" OR "收费”', '"公开" OR "收费"'),
        ("“公开“ “收费“", '"公开" "收费"'),
        ("“公开“ “收费”", '"公开" "收费"'),
        ('“公开” "收费“', '"公开" "收费"'),
        ('"公开“ NEAR/10 "收费"', '"公开" NEAR/10 "收费"'),
        ('"公开”~5 "收费"', '"公开"~5 "收费"'),
        ('(标题："公开“ OR "收费")', 'title:"公开" OR "收费"'),
    ],
)
def test_a_string_ends_at_the_mark_that_was_meant(typed: str, printed: str) -> None:
    tree = parse(typed)
    assert tree is not None
    assert unparse(tree) == printed


@pytest.mark.parametrize(
    "text",
    [
        *("说“公开”的", 'a “b” c "d" e', "a” b", "a “b c", "为”村", "”公开", "“公开"),
        *("「公开」“收费”", '国办发"2019"5号', "公开“ -", '说"公开" 的'),
    ],
)
@pytest.mark.parametrize(("opening", "closing"), QUOTES.items())
def test_marks_that_are_balanced_hold_what_stands_between_them(
    text: str, opening: str, closing: str
) -> None:
    if opening in text or closing in text:
        return
    tree = parse(f"{opening}{text}{closing}")
    assert tree == Quoted(text, 0)
    assert parse(unparse(tree)) == tree


def test_a_straight_mark_is_not_closed_by_the_end_of_another_string() -> None:
    assert refused('"公开 “收费”') == 0


def test_several_exclusions_narrow_one_string() -> None:
    typed = '公开 !"不予公开" !"未公开"'
    read = parse(typed)
    assert read == Run("公开", 0, ("不予公开", "未公开"))
    assert unparse(read) == typed


def test_a_string_that_holds_a_mark_is_printed_between_others() -> None:
    assert unparse(Quoted('说"公开"的', 0)) == '“说"公开"的”'
    assert parse(unparse(Quoted('说"公开"的', 0))) == Quoted('说"公开"的', 0)


# ---------------------------------------------------------------------- positions
def test_every_node_carries_its_place() -> None:
    tree = parse("  公开 (收费 OR -费用) title:年报")
    assert isinstance(tree, And)
    run, either, title = tree.operands
    assert isinstance(either, Or)
    assert (tree.position, run.position, either.position, title.position) == (
        2,
        2,
        6,
        17,
    )
    assert [o.position for o in either.operands] == [6, 12]


# Folding leaves nothing of it.
INVISIBLE = "\u200b"


@pytest.mark.parametrize(
    ("query", "position"),
    [
        (f'公开 "{INVISIBLE}"', 3),
        (f'公开 "{INVISIBLE}"~3', 3),
        (f'公开 {INVISIBLE} !"不予公开"', 3),
        (f'公开 title:"{INVISIBLE}"', 3),
        (f"公开 -{INVISIBLE}", 4),
        ("公开 (收费", 3),
        ("公开 收费)", 5),
        ("公开 OR OR 收费", 6),
        ("公开 NEAR/3", 9),
        ("公开 year:", 8),
        ("公开 year: 2018", 8),
        ('公开 (收费 OR 费用) !"费"', 14),
        ('公开 ""', 3),
    ],
)
def test_the_place_at_fault_is_told(query: str, position: int) -> None:
    assert refused(query) == position


# ---------------------------------------------------------------------- ranges and dates
def only_range(query: str) -> NumberRange:
    """The one range that a query of one field asks for."""
    ((node,),) = resolve(parse(query), lambda _, __: []).ranges.values()
    assert isinstance(node, NumberRange)
    return node


def day(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2019", "2019-01-01", "2019-12-31"),
        ("2019-01", "2019-01-01", "2019-01-31"),
        ("2019-02", "2019-02-01", "2019-02-28"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2019-11", "2019-11-01", "2019-11-30"),
        ("2019-12", "2019-12-01", "2019-12-31"),
        ("2019-3-7", "2019-03-07", "2019-03-07"),
        ("２０１９-0３", "2019-03-01", "2019-03-31"),
    ],
)
def test_a_date_is_all_its_days(typed: str, first: str, last: str) -> None:
    whole = NumberRange("published", day(first), day(last))
    assert only_range(f"published:{typed}") == whole
    assert only_range(f"published:{typed}..{typed}") == whole
    assert only_range(f"published:{typed}..") == NumberRange(
        "published", day(first), None
    )
    assert only_range(f"published:..{typed}") == NumberRange(
        "published", None, day(last)
    )


@pytest.mark.parametrize(
    "typed",
    [
        "2019-00",
        "2019-13",
        "2019-02-29",
        "2019-4-31",
        "0000",
        "9999",
        "19",
        "2019-1-1-1",
    ],
)
def test_no_date_is_refused(typed: str) -> None:
    assert refused(f"公开 published:{typed}") == 3


@pytest.mark.parametrize("typed", ["999999999999999", "0", "-5", "0.000001", "１２"])
def test_a_number_of_the_tables(typed: str) -> None:
    number = float(typed)
    assert only_range(f"applications_new:{typed}") == NumberRange(
        "applications_new", number, number
    )
    assert only_range(f"applications_new:{typed}..") == NumberRange(
        "applications_new", number, None
    )
    assert only_range(f"applications_new:..{typed}") == NumberRange(
        "applications_new", None, number
    )


@pytest.mark.parametrize(
    "typed", ["1234567890123456", "0.1234567", "1e5", "--5", "5.", "+5"]
)
def test_no_number_is_refused(typed: str) -> None:
    assert refused(f"公开 applications_new:{typed}") == 3


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [("2018..2020", 2018, 2020), ("2018..", 2018, None), ("..2020", None, 2020)],
)
def test_a_range_of_years(typed: str, low: int | None, high: int | None) -> None:
    assert only_range(f"year:{typed}") == NumberRange("year", low, high)


@pytest.mark.parametrize("typed", ["201", "20188", "201x", "2018..20x"])
def test_no_year_is_refused(typed: str) -> None:
    assert refused(f"公开 year:{typed}") == 3


def test_the_ends_of_a_range_may_have_decimals() -> None:
    assert only_range("fee_yuan:0.5..14.62") == NumberRange("fee_yuan", 0.5, 14.62)
    assert only_range("fee_yuan:0.5..") == NumberRange("fee_yuan", 0.5, None)
    assert refused("公开 fee_yuan:1...2") == 3


@pytest.mark.parametrize(
    "name", ["agency", "level", "region", "line", "org_type", "tables", "agency~"]
)
def test_a_facet_of_words_has_no_range(name: str) -> None:
    assert refused(f"公开 {name}:a..b") == 3


# ---------------------------------------------------------------------- words
@pytest.mark.parametrize(
    ("form", "pairs"),
    [
        ("", []),
        ("公", []),
        ("公开", ["公开"]),
        ("公,开", []),
        ("公开,信息", ["公开", "信息"]),
        ("a1公", ["a1", "1公"]),
    ],
)
def test_pairs_stand_beside_each_other(form: str, pairs: list[str]) -> None:
    assert pairs_of(form) == pairs


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("到有", ["到有"]),
        ("a到", ["a", "到"]),
        ("1到", ["1", "到"]),
        ("2019年", ["2019", "年"]),
        ("年2019", ["年", "2019"]),
        ("共98.5%的", ["共", "98.5%", "的"]),
    ],
)
def test_two_characters_are_one_word_and_a_code_is_cut_out(
    form: str, words: list[str]
) -> None:
    assert words_of(form) == words


@pytest.mark.parametrize("typed", ['"公开 收费"~{}', "公开 NEAR/{} 收费"])
@pytest.mark.parametrize("digits", ["9", "999999", "1000000", "1" + "0" * 200])
def test_a_distance_has_as_many_digits_as_are_typed(typed: str, digits: str) -> None:
    tree = parse(typed.format(digits))
    distance = tree.within if isinstance(tree, Quoted) else None
    if isinstance(tree, Proximity):
        distance = tree.distance
    # no text is longer than the greatest
    assert distance == min(int(digits), 999_999)
