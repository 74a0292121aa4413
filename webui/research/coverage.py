"""What the page of a region's coverage shows: bodies against years, and the regions below."""

from __future__ import annotations

from dataclasses import dataclass

from index.studies.coverage import Body, BodyYear, Child, Coverage
from webui.http.addresses import address, report_path
from webui.words.messages import gettext as _
from webui.words.messages import msgid
from webui.words.numerals import day

__all__ = ["BodyRow", "CoverageView", "Mark", "coverage_view"]

_COUNTRY = msgid("全国")
# Whether a report was late (None: its date is unknown) -> (class of the cell, its word).
_STATES = {
    None: ("undated", msgid("在库")),
    True: ("late", msgid("迟发")),
    False: ("in_time", msgid("按期")),
}
# The stylesheet has tints heat-0 to heat-4.
_DEEPEST_TINT = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """One cell of the matrix.

    `state` is in_time, late, undated, missing or before. Without `url` it is plain text.
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
    """A region below.

    `counts` has for each year (year, reports, address of the reports, tint from 0 to 4).
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
    """The coverage as a page has it: every year, the last first, those without a report too."""
    years: list[int] = []
    if found.years:
        years = list(range(max(found.years), min(found.years) - 1, -1))
    names = found.region.split("/") if found.region else []
    most = 1
    for child in found.children:
        most = max(most, *child.years.values(), 1)
    return CoverageView(
        coverage=found,
        label=names[-1] if names else _(_COUNTRY),
        trail=_trail(names),
        years=years,
        rows=[_body_row(body, years) for body in found.bodies],
        children=[_child_row(child, years, most) for child in found.children],
        search_url=address("/search", region=found.region),
    )


def _trail(names: list[str]) -> list[tuple[str, str]]:
    """The way from the country down to the region above the last of the names."""
    if not names:
        return []
    trail = [(_(_COUNTRY), address("/coverage"))]
    for depth, name in enumerate(names[:-1], 1):
        trail.append((name, address("/coverage", region="/".join(names[:depth]))))
    return trail


def _body_row(body: Body, years: list[int]) -> BodyRow:
    first = min(body.years)
    *former, name = body.names
    # with former names the page of the body must show its whole series
    url = address("/bodies", agency=name, series=1 if former else None)
    marks = [_mark(body.years.get(year), year, first) for year in years]
    return BodyRow(name, former, url, marks)


def _mark(cell: BodyYear | None, year: int, first: int) -> Mark:
    if cell is None:
        # before its first report here the body may not have existed
        if year < first:
            return Mark(year, "before", "")
        return Mark(year, "missing", _("未收录"))
    state, word = _STATES[cell.late]
    more = _("发布日期不详")
    if cell.published:
        more = _("%(day)s 发布", day=day(cell.published))
    copies_url = None
    if cell.copies > 1:
        copies_url = address("/search", agency=cell.agency, year=year)
    return Mark(
        year=year,
        state=state,
        word=_(word),
        more=more,
        url=report_path(cell.id),
        copies=cell.copies,
        copies_url=copies_url,
    )


def _child_row(child: Child, years: list[int], most: int) -> ChildRow:
    counts = []
    for year in years:
        reports = child.years.get(year, 0)
        url = address("/search", region=child.region, year=year)
        # rounded up: a single report has a tint already
        tint = -(-_DEEPEST_TINT * reports // most)
        counts.append((year, reports, url, tint))
    return ChildRow(
        label=child.label,
        url=address("/coverage", region=child.region),
        reports=child.reports,
        search_url=address("/search", region=child.region),
        counts=counts,
    )
