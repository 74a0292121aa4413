"""Several measures of the same reports, abreast, and their groups in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from index.engines.seam import Engine, EngineQuery
from index.model.errors import RequestError
from index.model.problems import Code
from index.studies.aggregate import Aggregate, Group, aggregate

__all__ = [
    "MAX_MEASURES",
    "ORDER_FIGURES",
    "OWN_ORDER",
    "REPORTS_ORDER",
    "as_lines",
    "orders",
    "side_by_side",
]

# As many as a table has room for.
MAX_MEASURES = 6
# What groups can be ordered by besides a measure's total: MEASURE.share and so on.
ORDER_FIGURES = (
    "share",
    "used",
    "median",
    "q1",
    "q3",
    "minimum",
    "maximum",
)
# What a table tells of a measure beside the first one.
ABREAST_FIGURES = ("total", "used", "above", "below", "share")
# What is the same for every measure of a group.
GROUP_COLUMNS = ("value", "label", "reports", "template")
# Orders that belong to no measure: the groups' own, and the number of reports.
OWN_ORDER, REPORTS_ORDER = "group", "reports"


def side_by_side(
    engine: Engine,
    query: EngineQuery,
    measures: Sequence[str],
    by: str = "year",
    *,
    scope: str | None = None,
    template: str | None = None,
    region: Sequence[str] = (),
    order: str = "",
) -> Aggregate:
    """The first measure, with the others in `others`.

    All have the scope of the first, and the same groups in the same order. `order` is one of
    `orders`, with - before it for the largest first; "" is the groups' own order. Raises
    RequestError.
    """
    _check(measures, order)
    aggregates: list[Aggregate] = []
    for measure in measures:
        drawn = aggregate(
            engine,
            query,
            measure,
            by,
            scope=scope,
            template=template,
            region=region,
        )
        # what cannot be added up for the first is not added up for the others
        scope = scope or drawn.scope
        aggregates.append(drawn)
    positions = _positions(aggregates, order)
    first, *others = (_in_order(drawn, positions) for drawn in aggregates)
    return replace(first, others=tuple(others))


def orders(measures: Sequence[str]) -> tuple[str, ...]:
    """What the groups of these measures can be ordered by.

    >>> orders(["licences"])[:4]
    ('group', 'reports', 'licences', 'licences.share')
    """
    names = [OWN_ORDER, REPORTS_ORDER]
    for measure in measures:
        names.append(measure)
        names += [f"{measure}.{figure}" for figure in ORDER_FIGURES]
    return tuple(names)


def as_lines(aggregate: Aggregate) -> tuple[list[str], list[list[Any]]]:
    """Header and lines of a table: the first measure whole, of each other one ABREAST_FIGURES.

    Each figure is headed by its measure, as in `licences.total`: a table that was taken away
    says what it counts.
    """
    own = [field.name for field in fields(Group)]
    header = [
        name if name in GROUP_COLUMNS else f"{aggregate.measure}.{name}" for name in own
    ]
    for other in aggregate.others:
        header += [f"{other.measure}.{name}" for name in ABREAST_FIGURES]
    lines: list[list[Any]] = []
    for number, group in enumerate(aggregate.groups):
        line = [getattr(group, name) for name in own]
        for other in aggregate.others:
            abreast = other.groups[number]
            line += [getattr(abreast, name) for name in ABREAST_FIGURES]
        lines.append(line)
    return header, lines


def _check(
    measures: Sequence[str],
    order: str,
) -> None:
    if len(measures) > MAX_MEASURES:
        raise RequestError(
            "measure",
            Code.REQUEST_TOO_MANY_VALUES,
            {
                "name": "measure",
                "count": len(measures),
                "limit": MAX_MEASURES,
            },
        )
    allowed = orders(measures)
    if order and order.removeprefix("-") not in allowed:
        raise RequestError(
            "order",
            Code.REQUEST_NOT_ALLOWED,
            {
                "value": order[:60],
                "allowed": allowed,
            },
        )


def _positions(
    aggregates: Sequence[Aggregate],
    order: str,
) -> list[int]:
    """The positions of the groups in the order that is asked for."""
    name = order.removeprefix("-")
    is_descending = order.startswith("-")
    count = len(aggregates[0].groups)
    if name in ("", OWN_ORDER):
        own = list(range(count))
        return own[::-1] if is_descending else own
    keys = _keys(aggregates, name)
    known = [n for n in range(count) if keys[n] is not None]
    unknown = [n for n in range(count) if keys[n] is None]
    # equal ones stay in the groups' own order, whichever way
    sign = -1 if is_descending else 1
    known.sort(key=lambda n: sign * (keys[n] or 0))
    return known + unknown


def _keys(
    aggregates: Sequence[Aggregate],
    name: str,
) -> list[float | None]:
    """What each group is ordered by."""
    if name == REPORTS_ORDER:
        return [group.reports for group in aggregates[0].groups]
    measure, _, figure = name.partition(".")
    attribute = figure or "total"
    keys: list[float | None] = []
    for drawn in aggregates:
        if drawn.measure == measure:
            keys = [getattr(group, attribute) for group in drawn.groups]
    return keys


def _in_order(
    drawn: Aggregate,
    positions: Sequence[int],
) -> Aggregate:
    groups = tuple(drawn.groups[n] for n in positions)
    return replace(drawn, groups=groups)
