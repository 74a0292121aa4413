"""Coverage of a region: which bodies have a report for which year, what is missing or late.

A missing report is one that is not in this corpus; whether it was published nobody can say from
here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from index.documents.stored import head_of
from index.engines.seam import (
    Engine,
    EngineQuery,
    FacetRequest,
)
from index.model.errors import RequestError
from index.model.problems import Code
from index.query.nodes import (
    AllOf,
    Everything,
    Keyword,
    Node,
    Not,
    PathPrefix,
)
from index.studies.kinds import reports_of

__all__ = [
    "COVERAGE_COLUMNS",
    "Body",
    "BodyYear",
    "Child",
    "Coverage",
    "coverage",
    "deadline",
]

# They are listed before the departments.
GOVERNMENT_TYPES = ("人民政府", "政府办公机构")
# More than any index has.
MAX_YEARS = 200
ALL_REGIONS = 1_000_000

# The revised regulations of 2019 (令711号, art. 49) moved departments to 31 January,
# from the report for 2019 on.
DEPARTMENTS_EARLIER_SINCE = 2019


@dataclass(frozen=True, slots=True)
class BodyYear:
    """One report of a body for a year. `late` is None where no date of publication is known."""

    id: str
    agency: str
    published: str | None
    late: bool | None
    tables_status: str | None = None
    copies: int = 1


@dataclass(slots=True)
class Body:
    """One body, under all its names in order of time, and its reports by year."""

    names: list[str]
    org_type: str | None
    line: str | None
    years: dict[int, BodyYear] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Child:
    """A region directly below, with the number of its reports by year."""

    region: str
    label: str
    reports: int
    years: dict[int, int]


# The columns of `Coverage.lines`: the body, then its report for the year.
COVERAGE_COLUMNS = (
    "agency",
    "org_type",
    "line",
    "year",
    "id",
    "published",
    "late",
    "region",
    "reports",
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The bodies of a region itself, and the regions below it.

    `region` is a path, "" for the whole country.
    """

    region: str
    years: tuple[int, ...]
    bodies: tuple[Body, ...]
    children: tuple[Child, ...]
    reports: int
    late: int
    missing: int
    without_year: int

    def lines(self) -> Iterator[tuple[Any, ...]]:
        """One line a body and year, then one a region below and year: COVERAGE_COLUMNS.

        A year without a report has no id; a region below has no body.
        """
        for body in self.bodies:
            about = (body.names[-1], body.org_type, body.line)
            for year in sorted({*body.years, *body.missing}):
                cell = body.years.get(year)
                known: tuple[Any, ...] = (None, None, None, self.region, 0)
                if cell is not None:
                    own = (cell.id, cell.published, cell.late)
                    known = (*own, self.region, cell.copies)
                yield (*about, year, *known)
        for child in self.children:
            for year, reports in sorted(child.years.items()):
                counted = (child.region, reports)
                yield (None, None, None, year, None, None, None, *counted)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; years are strings there."""
        return asdict(self)


def deadline(year: int, org_type: str | None) -> dt.date:
    """The last day on which the report for a year is in time.

    31 March for governments, and for all before the regulations of 2019; 31 January for departments
    since.

    >>> deadline(2018, "部门").isoformat(), deadline(2019, "部门").isoformat()
    ('2019-03-31', '2020-01-31')
    >>> deadline(2019, "人民政府").isoformat()
    '2020-03-31'
    """
    is_earlier = org_type == "部门" and year >= DEPARTMENTS_EARLIER_SINCE
    return dt.date(year + 1, 1 if is_earlier else 3, 31)


def coverage(engine: Engine, region: str = "") -> Coverage:
    """The coverage of one region. Raises RequestError where the index has no such region."""
    path = tuple(p for p in region.split("/") if p)
    whole_region: Node = PathPrefix("region", (path,)) if path else Everything()
    inside = reports_of(whole_region)
    facets = (
        FacetRequest("year", MAX_YEARS),
        FacetRequest("region", ALL_REGIONS, contains=region),
    )
    whole = engine.search(EngineQuery(inside, size=0, facets=facets))
    if path and not whole.total:
        facts = {"region": region, "paths": []}
        raise RequestError("region", Code.REQUEST_UNKNOWN_REGION, facts)
    counts = {f.name: {c.value: c.count for c in f.counts} for f in whole.facets}
    years = tuple(sorted(int(y) for y in counts["year"]))
    below = sorted(p for p in counts["region"] if _is_child(p, path))
    children = _children(
        engine,
        inside,
        years,
        {p: counts["region"][p] for p in below},
    )
    bodies = _bodies(engine, path, below, years)
    return Coverage(
        region="/".join(path),
        years=years,
        bodies=tuple(bodies),
        children=children,
        reports=whole.total,
        late=sum(bool(c.late) for b in bodies for c in b.years.values()),
        missing=sum(len(b.missing) for b in bodies),
        without_year=whole.total - sum(counts["year"].values()),
    )


def _is_child(value: str, path: tuple[str, ...]) -> bool:
    parts = tuple(value.split("/"))
    return len(parts) == len(path) + 1 and parts[: len(path)] == path


def _children(
    engine: Engine,
    inside: Node,
    years: Iterable[int],
    reports: Mapping[str, int],
) -> tuple[Child, ...]:
    """The regions of `reports` (path -> number of reports), with their reports by year."""
    if not reports:
        return ()
    by_region: dict[str, dict[int, int]] = {path: {} for path in reports}
    for year in years:
        query = EngineQuery(
            AllOf((inside, Keyword("year", (str(year),)))),
            size=0,
            facets=(FacetRequest("region", ALL_REGIONS),),
        )
        for count in engine.search(query).facets[0].counts:
            if count.value in by_region:
                by_region[count.value][year] = count.count
    return tuple(
        Child(
            region=path,
            label=path.rpartition("/")[2],
            reports=count,
            years=by_region[path],
        )
        for path, count in reports.items()
    )


def _bodies(
    engine: Engine,
    path: tuple[str, ...],
    below: list[str],
    years: tuple[int, ...],
) -> list[Body]:
    """The bodies whose region is exactly this one; those of the whole country have none."""
    heads = [
        head_of(found.contents.head) for found in engine.scan(_own_reports(path, below))
    ]
    # Of several reports for a year the first published is shown.
    heads.sort(
        key=lambda h: (
            h["year"] or 0,
            h["published"] or "9999",
            h["id"],
        )
    )
    grouped: dict[str, Body] = {}
    for head in heads:
        if head["agency"] and head["year"]:
            _add(grouped, head)
    bodies = _joined(list(grouped.values()))
    for body in bodies:
        span = range(min(body.years), max(years) + 1)
        body.missing = [year for year in span if year not in body.years]

    def governments_first(
        body: Body,
    ) -> tuple[bool, str, str]:
        # "~" sorts after every name of a line, so bodies without a line come last
        is_department = body.org_type not in GOVERNMENT_TYPES
        return (
            is_department,
            body.line or "~",
            body.names[-1],
        )

    return sorted(bodies, key=governments_first)


def _own_reports(path: tuple[str, ...], below: list[str]) -> Node:
    """The condition of a report of a region itself."""
    if not path:
        return Keyword("level", ("国家级",))
    inside = PathPrefix("region", (path,))
    if not below:
        return inside
    children = PathPrefix(
        "region",
        tuple(tuple(child.split("/")) for child in below),
    )
    return AllOf((inside, Not(children)))


def _add(grouped: dict[str, Body], head: Mapping[str, Any]) -> None:
    """Put a report into the cell of its body and year."""
    agency, year = head["agency"], head["year"]
    body = grouped.setdefault(
        agency,
        Body([agency], head["org_type"], head["line"]),
    )
    if year in body.years:
        first = body.years[year]
        body.years[year] = replace(first, copies=first.copies + 1)
        return
    published, late = head["published"], None
    if published:
        late = dt.date.fromisoformat(published) > deadline(year, head["org_type"])
    body.years[year] = BodyYear(
        head["id"], agency, published, late, head["tables_status"]
    )


def _joined(bodies: list[Body]) -> list[Body]:
    """A department that was renamed is one body: one line, and no year under both names."""
    joined: list[Body] = []
    for body in sorted(bodies, key=lambda b: min(b.years)):
        earlier = next(
            (other for other in joined if _succeeds(body, other)),
            None,
        )
        if earlier is None:
            joined.append(body)
        else:
            earlier.names += [name for name in body.names if name not in earlier.names]
            earlier.years |= body.years
    return joined


def _succeeds(later: Body, earlier: Body) -> bool:
    return (
        later.line is not None
        and later.line == earlier.line
        and later.org_type == earlier.org_type == "部门"
        and max(earlier.years) < min(later.years)
    )
