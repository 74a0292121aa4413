"""What the page of a region's coverage shows: bodies against years, and the regions below."""

from __future__ import annotations

from dataclasses import dataclass

from index.studies.coverage import Body, Cell, Child, Coverage
from webui.http.addresses import address, report_path

__all__ = ["BodyRow", "CoverageView", "Mark", "coverage_view"]


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell of the matrix:

    `state` is in_time, late, undated, missing or before; without `url` it is plain.
    """

    year: int
    state: str
    word: str
    more: str = ""
    url: str | None = None
    copies: int = 1
    copies_url: str | None = None


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One body: `former` are its names before, the newest last."""

    name: str
    former: list[str]
    url: str
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A region below: (year, reports, address of the reports, depth of tint from 0 to 4) for each
    year.
    """

    label: str
    url: str
    reports: int
    search_url: str
    counts: list[tuple[int, int, str, int]]


@dataclass(frozen=True, slots=True)
class CoverageView:
    """Everything the template needs.

    `trail` are the regions above, from the country down, as (label, address).
    """

    coverage: Coverage
    label: str
    trail: list[tuple[str, str]]
    years: list[int]
    rows: list[BodyRow]
    children: list[ChildRow]
    search_url: str


def coverage_view(found: Coverage) -> CoverageView:
    """The coverage as a page has it: every year from the last to the first, those without a report
    too.
    """
    years = (
        list(range(max(found.years), min(found.years) - 1, -1)) if found.years else []
    )
    parts = found.region.split("/") if found.region else []
    trail = [("全国", address("/coverage"))] if parts else []
    trail += [
        (p, address("/coverage", region="/".join(parts[: i + 1])))
        for i, p in enumerate(parts[:-1])
    ]
    most = max((n for child in found.children for n in child.years.values()), default=1)
    return CoverageView(
        coverage=found,
        label=parts[-1] if parts else "全国",
        trail=trail,
        years=years,
        rows=[_row(body, years) for body in found.bodies],
        children=[_child(child, years, most) for child in found.children],
        search_url=address("/search", region=found.region),
    )


def _row(body: Body, years: list[int]) -> BodyRow:
    first = min(body.years)
    name = body.names[-1]
    url = address("/bodies", agency=name, series=1 if len(body.names) > 1 else None)
    return BodyRow(
        name, body.names[:-1], url, [_mark(body.years.get(y), y, first) for y in years]
    )


def _mark(cell: Cell | None, year: int, first: int) -> Mark:
    if cell is None:
        return (
            Mark(year, "before", "")
            if year < first
            else Mark(year, "missing", "未收录")
        )
    state, word = {
        None: ("undated", "在库"),
        True: ("late", "迟发"),
        False: ("in_time", "按期"),
    }[cell.late]
    more = f"{cell.published} 发布" if cell.published else "发布日期不详"
    copies = (
        address("/search", agency=cell.agency, year=year) if cell.copies > 1 else None
    )
    return Mark(year, state, word, more, report_path(cell.id), cell.copies, copies)


def _child(child: Child, years: list[int], most: int) -> ChildRow:
    counts = []
    for year in years:
        n = child.years.get(year, 0)
        counts.append(
            (
                year,
                n,
                address("/search", region=child.region, year=year),
                -(-4 * n // most),
            )
        )
    below = address("/coverage", region=child.region)
    return ChildRow(
        child.label,
        below,
        child.reports,
        address("/search", region=child.region),
        counts,
    )
