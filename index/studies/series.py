"""The reports of one body through the years, and the checks between consecutive years.

What one year carries out, the next one carries in. A body is followed through its renaming: a
department of the same line, level and place whose years do not overlap with its own is what it was
before, or became (国土资源局, 自然资源局). A missing year is one that is not in this corpus; no
more is known of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from index.documents.stored import head_of, report_of
from index.engines.seam import Engine, EngineQuery
from index.model import forms
from index.model.report import Report
from index.model.statistics import Statistics
from index.query.nodes import AllOf, AnyOf, Keyword, Node, PathPrefix

__all__ = [
    "Link",
    "Series",
    "YearCheck",
    "YearReport",
    "cross_year_checks",
    "heads_of_body",
    "series",
]

Head = Mapping[str, Any]

# Reports that are looked at for one body, the first years first.
MAX_REPORTS = 400

# In the table 其他 stands under 法人或其他组织; alone it would say nothing.
APPLICANTS = tuple(
    (column.key, "其他组织" if column.key == "other_org" else column.label)
    for column in forms.APPLICANT_COLUMNS
)


def _rows_with(form: str, column: str) -> tuple[tuple[str, str], ...]:
    """The rows of part 二 that have a column, as key and label."""
    return tuple(
        (row.key, row.label)
        for clause, row in forms.clause_rows(form)
        if any(other.key == column for other in clause.columns)
    )


# 规章 and 行政规范性文件: what is in force at the end of a year.
DOCUMENTS = _rows_with("gb2021", "in_force")
# 行政许可 to 行政事业性收费: items at the start of a year and their change.
ITEMS = _rows_with("gb2019", "change")


# ---------------------------------------------------------------------- answers
@dataclass(frozen=True, slots=True)
class YearCheck:
    """One identity across two years.

    `left` stands in the later report; `right` follows from the earlier one. `status` is "pass" or
    "fail". A `soft` one may fail lawfully: documents are taken over when bodies are merged. `cells`
    name what was added up as report.table.row.column: later.applications.carried_in.total.
    """

    id: str
    label: str
    status: str
    left: float
    right: float
    cells: tuple[str, ...] = ()
    soft: bool = False


@dataclass(frozen=True, slots=True)
class YearReport:
    """The report of one year. `copies` are other reports of the same body and year, by id."""

    year: int
    id: str
    agency: str | None
    title: str | None
    published: str | None
    template: str | None
    tables_status: str | None
    scope: str | None
    metrics: dict[str, float]
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Two years that follow each other.

    `renamed`: the body has another name. `reformed`: the statutory form is another one, so numbers
    may not be joined. `unchanged`: every number of the table of applications is that of the year
    before, and not all are 0. `checks` is empty where the tables cannot be compared.
    """

    earlier: int
    later: int
    earlier_id: str
    later_id: str
    checks: tuple[YearCheck, ...] = ()
    renamed: bool = False
    reformed: bool = False
    unchanged: bool = False

    @property
    def breaks(self) -> tuple[YearCheck, ...]:
        """The identities that do not hold, soft ones left out."""
        return tuple(c for c in self.checks if c.status == "fail" and not c.soft)


@dataclass(frozen=True, slots=True)
class Series:
    """A body's reports by year.

    `names` are in order of time, `undated` the ids of reports without a year.
    """

    report: str
    names: tuple[str, ...]
    level: str | None
    region: list[str] | None
    line: str | None
    years: tuple[YearReport, ...] = ()
    links: tuple[Link, ...] = ()
    missing: tuple[int, ...] = ()
    undated: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


# ---------------------------------------------------------------------- who is the same body
@dataclass(slots=True)
class _Group:
    """The reports under one name."""

    agency: str
    heads: list[Head] = field(default_factory=list)

    @property
    def years(self) -> set[int]:
        return {h["year"] for h in self.heads if h["year"] is not None}


def heads_of_body(engine: Engine, head: Head) -> list[Head]:
    """The heads of the reports of the body that published this one, by year, date and id.

    The report itself is always among them. At most MAX_REPORTS are looked at: no body has so many,
    but a name that was read wrongly may.
    """
    agency = head["agency"]
    if agency is None:
        return [head]
    query = EngineQuery(_same_body(head), sort="year", size=MAX_REPORTS)
    found = [head_of(hit.contents.head) for hit in engine.search(query).hits]
    others = [other for other in found if other["id"] != head["id"]]
    groups: dict[str, _Group] = {}
    for other in (head, *others):
        name = other["agency"]
        if name == agency or _same_post(head, other):
            groups.setdefault(name, _Group(name)).heads.append(other)
    own = groups.pop(agency)
    chain = _chain(own, list(groups.values()))
    return sorted(
        (h for group in chain for h in group.heads),
        key=_by_time,
    )


def _by_time(head: Head) -> tuple[int, str, str]:
    return (
        head["year"] or 9999,
        head["published"] or "9999",
        head["id"],
    )


def _same_body(head: Head) -> Node:
    own = Keyword("agency", (head["agency"],))
    if head["org_type"] != "部门" or head["line"] is None or head["level"] is None:
        return own
    post: list[Node] = [
        Keyword("line", (head["line"],)),
        Keyword("level", (head["level"],)),
    ]
    if head["region"]:
        post.append(PathPrefix("region", (tuple(head["region"]),)))
    return AnyOf((own, AllOf(tuple(post))))


def _same_post(head: Head, other: Head) -> bool:
    """Whether a department of another name has the same line, level and place."""
    if not other["agency"]:
        return False
    fields = ("org_type", "line", "level", "region")
    # An empty region is no region.
    return all((head[name] or None) == (other[name] or None) for name in fields)


def _chain(own: _Group, others: list[_Group]) -> list[_Group]:
    """The names of one body through its renamings, in order of time.

    Starting from `own`, groups with earlier years are added in front, the nearest first. Then
    groups with later years are added at the end. Groups whose years overlap those already in the
    chain are never added.
    """
    chain = [own]
    dated = sorted(
        (g for g in others if g.years),
        key=lambda g: g.agency,
    )
    while own.years:
        first = min(min(group.years) for group in chain if group.years)
        last = max(max(group.years) for group in chain if group.years)
        before = [group for group in dated if max(group.years) < first]
        after = [group for group in dated if min(group.years) > last]
        if before:
            chain.insert(
                0,
                max(
                    before,
                    key=lambda g: (
                        max(g.years),
                        len(g.years),
                    ),
                ),
            )
        elif after:
            chain.append(
                min(
                    after,
                    key=lambda g: (
                        min(g.years),
                        -len(g.years),
                    ),
                )
            )
        else:
            break
        dated = [group for group in dated if group not in chain]
    return chain


# ---------------------------------------------------------------------- the series
def series(engine: Engine, report_id: str) -> Series:
    """The series of the body that published a report. Raises ReportNotFoundError."""
    head = head_of(engine.get(report_id).contents.head)
    heads = heads_of_body(engine, head)
    by_year: dict[int, list[Head]] = {}
    for other in heads:
        if other["year"] is not None:
            by_year.setdefault(other["year"], []).append(other)
    # Of several reports for a year the first published counts.
    first = {
        year: report_of(engine.get(same_year[0]["id"]).contents)
        for year, same_year in by_year.items()
    }
    years = tuple(_entry(year, first[year], by_year[year]) for year in by_year)
    links = [
        _link(first[earlier.year], first[later.year])
        for earlier, later in pairwise(years)
        if later.year == earlier.year + 1
    ]
    names = dict.fromkeys(h["agency"] for h in heads if h["agency"])
    span = range(min(by_year), max(by_year) + 1) if by_year else ()
    return Series(
        report=report_id,
        names=tuple(names),
        level=head["level"],
        region=head["region"],
        line=head["line"],
        years=years,
        links=tuple(links),
        missing=tuple(year for year in span if year not in by_year),
        undated=tuple(h["id"] for h in heads if h["year"] is None),
    )


def _entry(year: int, report: Report, heads: Sequence[Head]) -> YearReport:
    metrics = report.statistics.metrics
    return YearReport(
        year=year,
        id=report.id,
        agency=report.agency,
        title=report.title,
        published=report.published,
        template=report.template,
        tables_status=report.tables_status,
        scope=report.scope,
        metrics={name: value for name, value in metrics.items() if value is not None},
        copies=tuple(h["id"] for h in heads[1:]),
    )


def _link(earlier: Report, later: Report) -> Link:
    assert earlier.year is not None
    assert later.year is not None
    # The numbers of a body itself and of its whole area cannot be compared.
    scopes = earlier.scope, later.scope
    checks: tuple[YearCheck, ...] = ()
    if earlier.scope == later.scope or None in scopes:
        checks = cross_year_checks(earlier.statistics, later.statistics)
    return Link(
        earlier=earlier.year,
        later=later.year,
        earlier_id=earlier.id,
        later_id=later.id,
        checks=checks,
        renamed=earlier.agency != later.agency,
        reformed=earlier.template != later.template,
        unchanged=_unchanged(earlier.statistics, later.statistics),
    )


# ---------------------------------------------------------------------- identities across years
Cells = dict[tuple[str, str, str], float]


def cross_year_checks(earlier: Statistics, later: Statistics) -> tuple[YearCheck, ...]:
    """The identities over the statistics of two consecutive reports of one body.

    X1: what is carried in is what the year before carried out, by applicant, or in total where no
    table was read. X2 (gb2021, soft): documents in force are those of the year before, plus made,
    less repealed. X3 (gb2019, soft): items at the end of the year before are those of its start
    plus the change. Only identities with both sides known are given: absent is not 0.
    """
    before, after = cells_of(earlier), cells_of(later)
    checks = [_carried(before, after, key, label) for key, label in APPLICANTS]
    both = {earlier.template, later.template}
    if both == {"gb2021"}:
        checks += [_in_force(before, after, row, label) for row, label in DOCUMENTS]
    if both == {"gb2019"}:
        checks += [_items(before, after, row, label) for row, label in ITEMS]
    return tuple(check for check in checks if check is not None)


def cells_of(statistics: Statistics) -> Cells:
    """The numbers of the tables by (table, row, column); the two that are carried also from the
    metrics.
    """
    cells: Cells = {}
    for key in ("carried_in", "carried_out"):
        value = statistics.metrics.get(f"applications_{key}")
        if value is not None:
            cells["applications", key, "total"] = value
    for table in statistics.tables:
        for row in table.rows:
            for cell in row.cells:
                if cell.value is not None and row.id is not None:
                    cells[table.id, row.id, cell.column] = cell.value
    return cells


def _carried(before: Cells, after: Cells, key: str, label: str) -> YearCheck | None:
    return _checked(
        f"X1.{key}",
        f"{label}：上年结转 = 上一年度报告的结转下年度",
        [
            (
                after,
                "later",
                ("applications", "carried_in", key),
                1,
            )
        ],
        [
            (
                before,
                "earlier",
                ("applications", "carried_out", key),
                1,
            )
        ],
    )


def _in_force(before: Cells, after: Cells, row: str, label: str) -> YearCheck | None:
    return _checked(
        f"X2.{row}",
        f"{label}：现行有效 = 上年现行有效 + 本年制发 - 本年废止",
        [
            (
                after,
                "later",
                ("proactive", row, "in_force"),
                1,
            )
        ],
        [
            (
                before,
                "earlier",
                ("proactive", row, "in_force"),
                1,
            ),
            (after, "later", ("proactive", row, "made"), 1),
            (
                after,
                "later",
                ("proactive", row, "repealed"),
                -1,
            ),
        ],
        soft=True,
    )


def _items(before: Cells, after: Cells, row: str, label: str) -> YearCheck | None:
    return _checked(
        f"X3.{row}",
        f"{label}：上一年项目数量 = 上一年度报告的项目数量 + 增减",
        [(after, "later", ("proactive", row, "items"), 1)],
        [
            (before, "earlier", ("proactive", row, name), 1)
            for name in ("items", "change")
        ],
        soft=True,
    )


# The cells of a report, which report it is ("earlier", "later"), a cell, and its sign (1, -1).
Term = tuple[Cells, str, tuple[str, str, str], int]


def _checked(
    name: str,
    label: str,
    left: Sequence[Term],
    right: Sequence[Term],
    *,
    soft: bool = False,
) -> YearCheck | None:
    left_total = _total(left)
    right_total = _total(right)
    if left_total is None or right_total is None:
        return None
    terms = (*left, *right)
    return YearCheck(
        id=name,
        label=label,
        status="pass" if left_total == right_total else "fail",
        left=left_total,
        right=right_total,
        cells=tuple(f"{report}.{'.'.join(cell)}" for _, report, cell, _ in terms),
        soft=soft,
    )


def _total(terms: Iterable[Term]) -> float | None:
    """The sum, to the hundredth as money is printed; None where a term is not known."""
    known = [(cells.get(cell), sign) for cells, _, cell, sign in terms]
    if any(value is None for value, _ in known):
        return None
    total = round(sum((value or 0) * sign for value, sign in known), 2)
    return int(total) if total == int(total) else total


def _unchanged(earlier: Statistics, later: Statistics) -> bool:
    before = _applications(earlier)
    after = _applications(later)
    # One row alone may be the same by chance: all applicants with nothing carried out.
    return len(before) > len(APPLICANTS) and before == after and any(before.values())


def _applications(statistics: Statistics) -> Cells:
    """The cells of the table of applications."""
    cells = cells_of(statistics)
    return {cell: value for cell, value in cells.items() if cell[0] == "applications"}
