"""Flat numbers out of the tables, by the names of `index.model.metrics`.

A number is there only when every cell of it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from index.model.forms import FORMS, RESULT_COLUMNS
from index.model.statistics import Figure
from indexer.statistics.checks import outcomes
from indexer.statistics.recognise import Grid
from indexer.statistics.values import Number, plain

__all__ = ["figures"]

# Rows of part 三 whose 总计 is a metric.
_TOTAL_ROWS = (
    "new",
    "carried_in",
    "granted",
    "partly_granted",
    "handled",
    "carried_out",
)
# Outcomes of several rows each: (三)不予公开, (四)无法提供, (五)不予处理, (六)其他处理.
_OUTCOME_FAMILIES = ("refused", "unavailable", "not_processed", "other")
# Form -> metric -> row and column of part 二.
_PROACTIVE_CELLS = {
    "gb2019": {
        "licences": ("licences", "decisions"),
        "penalties": ("penalties", "decisions"),
        "coercive_measures": ("coercive_measures", "decisions"),
        "fee_items": ("fees", "items"),
        "procurement_items": ("procurement", "items"),
        "procurement_yuan": ("procurement", "amount"),
        "regulations_new": ("regulations", "made"),
        "normative_new": ("normative", "made"),
        "normative_published": ("normative", "published_total"),
    },
    "gb2021": {
        "licences": ("licences", "decisions"),
        "penalties": ("penalties", "decisions"),
        "coercive_measures": ("coercive_measures", "decisions"),
        "fee_yuan": ("fees", "amount"),
        "regulations_made": ("regulations", "made"),
        "regulations_in_force": ("regulations", "in_force"),
        "normative_made": ("normative", "made"),
        "normative_in_force": ("normative", "in_force"),
    },
}
# Metric -> row of the annex. Its refusals, handled and unavailable applications are defined
# otherwise than the later forms': left out.
_ANNEX_ROWS = {
    "proactive_total": "proactive",
    "normative_documents": "normative",
    "website_items": "website",
    "wechat_items": "wechat",
    "applications_new": "received",
    "applications_granted": "answered.granted",
    "applications_partly_granted": "answered.partly_granted",
    "reviews_total": "reviews",
    "suits_total": "suits",
    "fees_charged_yuan": "fees",
    **{
        f"{kind}_{result}": f"{kind}.{result}"
        for kind in ("reviews", "suits")
        for result in ("upheld", "corrected", "other")
    },
}


def figures(grid: Grid) -> dict[str, Figure | None]:
    """The numbers that the tables state; those that cannot be told are left out."""
    found: dict[str, Number | None] = {}
    if grid.form == "stat2014":
        found = {
            name: _number(grid, "annex", row, "value")
            for name, row in _ANNEX_ROWS.items()
        }
    elif grid.form in FORMS:
        found = {**_applications(grid), **_review(grid), **_proactive(grid)}
    return {name: plain(value) for name, value in found.items() if value is not None}


def _number(grid: Grid, table: str, row: str, column: str) -> Number | None:
    value = grid.value(table, row, column)
    # an amount without its unit is no amount of money; none at all is none in any unit
    if value is not None and column == "amount" and value.unit != "元" and value.value:
        return None
    return value.value if value is not None else None


def _added(numbers: Iterable[Number | None]) -> Number | None:
    total: Number = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _applications(grid: Grid) -> dict[str, Number | None]:
    out = {
        f"applications_{row}": _number(grid, "applications", row, "total")
        for row in _TOTAL_ROWS
    }
    for family, members in _families(outcomes(grid)):
        out[f"applications_{family}"] = _added(
            _number(grid, "applications", r, "total") for r in members
        )
    return out


@cache
def _families(rows: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The kinds of outcomes that are counted as one, each with its rows."""
    return tuple(
        (f, tuple(r for r in rows if r == f or r.startswith(f"{f}.")))
        for f in _OUTCOME_FAMILIES
    )


def _review(grid: Grid) -> dict[str, Number | None]:
    out = {
        f"reviews_{c.key}": _number(grid, "review", "review", c.key)
        for c in RESULT_COLUMNS
    }
    for c in RESULT_COLUMNS:
        suits = (
            _number(grid, "review", block, c.key)
            for block in ("suit_direct", "suit_after_review")
        )
        out[f"suits_{c.key}"] = _added(suits)
    return out


def _proactive(grid: Grid) -> dict[str, Number | None]:
    return {
        name: _number(grid, "proactive", *cell)
        for name, cell in _PROACTIVE_CELLS[grid.form].items()
    }
