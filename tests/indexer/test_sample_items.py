"""The items of part 二 in generated reports: what one year adds, the next one begins with."""

from __future__ import annotations

import re
from itertools import pairwise

from indexer.sample import generate
from indexer.sample.generate import YEARS_PER_BODY

ROWS = ("行政许可", "其他对外管理服务事项", "行政处罚", "行政强制", "行政事业性收费")


def test_the_items_of_a_year_are_those_before_and_the_change() -> None:
    changes = set()
    for first, second in pairwise(generate(900, seed=4)):
        if not int(second.id[-7:]) % YEARS_PER_BODY:
            continue
        if first.tables is None or second.tables is None:
            continue
        if not first.tables.template == second.tables.template == "gb2019":
            continue
        if first.id[-7:] == second.id[-7:]:
            continue
        for row in ROWS[:4]:
            items, change, *_ = first.tables.proactive[row]
            after, *_ = second.tables.proactive[row]
            assert int(items) + int(change) == int(after), row
            changes.add(change)
    assert "0" in changes
    assert all(re.fullmatch(r"[+-][1-9]\d*|0", change) for change in changes)
    assert any(change.startswith("+") for change in changes)
    assert any(change.startswith("-") for change in changes)
