"""What one year carries into the next."""

from __future__ import annotations

import pytest

from index.model.statistics import Statistics
from index.studies.series import YearCheck, cross_year_checks
from indexer.page import Page
from indexer.statistics import read_statistics
from tests.indexer.statistics.forms import text_of

CARRIED = "上年结转政府信息公开申请数量\n"


def after(form: str, **edits: str) -> tuple[YearCheck, ...]:
    """The checks of a report against itself as the year before, after edits of the later one: old
    text = new text.
    """
    earlier = text_of(form)
    later = earlier.replace(
        f"{CARRIED}6\n0\n0\n0\n0\n1\n7",
        f"{CARRIED}{edits.pop('carried', '6/0/0/0/0/0/6')}".replace("/", "\n"),
    )
    for old, new in edits.items():
        later = later.replace(old.replace("_", "\n"), new.replace("_", "\n"))
    both = [
        read_statistics(Page(text=text), text).statistics for text in (earlier, later)
    ]
    return cross_year_checks(*both)


def failed(
    checks: tuple[YearCheck, ...],
) -> dict[str, tuple[float | None, float | None]]:
    return {c.id: (c.left, c.right) for c in checks if c.status == "fail"}


def test_what_is_carried_in_was_carried_out() -> None:
    checks = after("gb2021")
    assert [c.id for c in checks if c.id.startswith("X1")][-1] == "X1.total"
    assert not [
        c
        for c in checks
        if c.id.startswith("X1") and c.status == "fail" and c.left == c.right
    ]


def test_a_broken_chain_says_both_numbers() -> None:
    assert failed(after("gb2021", carried="9/0/0/0/0/0/9"))["X1.total"] == (9, 6)


def test_documents_in_force() -> None:
    right = after("gb2021", 行政规范性文件_4_2_31="行政规范性文件_4_2_33")
    assert next(c.status for c in right if c.id == "X2.normative") == "pass"
    assert failed(after("gb2021"))["X2.normative"] == (31, 33)


def test_items_of_the_form_of_2019() -> None:
    assert failed(after("gb2019"))["X3.licences"] == (187, 196)
    assert next(c for c in after("gb2019") if c.id == "X3.fees").right == 6


@pytest.mark.parametrize("earlier", [Statistics(), Statistics("prose")])
def test_unknown_gives_no_check(earlier: Statistics) -> None:
    later = read_statistics(Page(text=text_of("gb2021")), text_of("gb2021")).statistics
    assert cross_year_checks(earlier, later) == ()
