"""Coverage: for a region, which bodies have a report for which year, which years are missing, and
what came late.

A missing report is one that is not in this corpus; whether it was published nobody can say from
here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from index.documents.stored import head_of
from index.engines.seam import Engine, EngineQuery, FacetAsked
from index.model.errors import RequestError
from index.model.problems import Code
from index.query.nodes import AllOf, Everything, Keyword, Node, Not, PathPrefix

__all__ = ["Body", "Cell", "Child", "Coverage", "coverage", "deadline"]

GOVERNMENTS = ("人民政府", "政府办公机构")
# The revised regulations of 2019 (令711号, art. 49) moved departments to 31 January,
# from the report for 2019 on.
DEPARTMENTS_EARLIER_SINCE = 2019


@dataclass(frozen=True, slots=True)
class Cell:
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
    years: dict[int, Cell] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Child:
    """A region directly below, with the number of its reports by year."""

    region: str
    label: str
    reports: int
    years: dict[int, int]


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

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; years are strings there."""
        return asdict(self)


def deadline(year: int, org_type: str | None) -> dt.date:
    """The last day on which the report for a year is in time.

    31 March for governments, and for all before the regulations of 2019; 31 January for departments
    since.

    >>> deadline(2018, "部门").isoformat(), deadline(2019, "部门").isoformat(), deadline(2019, "人民政府").isoformat()
    ('2019-03-31', '2020-01-31', '2020-03-31')
    """
    departments = year >= DEPARTMENTS_EARLIER_SINCE and org_type == "部门"
    return dt.date(year + 1, 1, 31) if departments else dt.date(year + 1, 3, 31)


def coverage(engine: Engine, region: str = "") -> Coverage:
    """The coverage of one region. Raises RequestError where the index has no such region."""
    path = tuple(p for p in region.split("/") if p)
    inside: Node = PathPrefix("region", (path,)) if path else Everything()
    facets = (FacetAsked("year", 200), FacetAsked("region", 1_000_000, (), region))
    whole = engine.search(EngineQuery(inside, size=0, facets=facets))
    if path and not whole.total:
        raise RequestError("region", Code.REQUEST_UNKNOWN_REGION, {"region": region})
    counts = {f.name: {c.value: c.count for c in f.counts} for f in whole.facets}
    years = tuple(sorted(int(y) for y in counts["year"]))
    below = sorted(p for p in counts["region"] if _is_child(p, path))
    children = _children(engine, inside, years, {p: counts["region"][p] for p in below})
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
    engine: Engine, inside: Node, years: Iterable[int], found: Mapping[str, int]
) -> tuple[Child, ...]:
    by_region: dict[str, dict[int, int]] = {p: {} for p in found}
    for year in years if found else ():
        query = EngineQuery(
            AllOf((inside, Keyword("year", (str(year),)))),
            size=0,
            facets=(FacetAsked("region", 1_000_000),),
        )
        for count in engine.search(query).facets[0].counts:
            if count.value in by_region:
                by_region[count.value][year] = count.count
    return tuple(Child(p, p.rsplit("/", 1)[-1], found[p], by_region[p]) for p in found)


def _bodies(
    engine: Engine, path: tuple[str, ...], below: list[str], years: tuple[int, ...]
) -> list[Body]:
    """The bodies whose region is exactly this one; those of the whole country have none."""
    if path:
        own: Node = PathPrefix("region", (path,))
        if below:
            own = AllOf(
                (
                    own,
                    Not(
                        PathPrefix("region", tuple(tuple(p.split("/")) for p in below))
                    ),
                )
            )
    else:
        own = Keyword("level", ("国家级",))
    reports = [head_of(f.contents.head) for f in engine.scan(own)]
    grouped: dict[tuple[str, ...], Body] = {}
    for report in sorted(
        reports, key=lambda r: (r["year"] or 0, r["published"] or "9999", r["id"])
    ):
        if report["agency"] and report["year"]:
            _add(grouped, report)
    bodies = _joined(list(grouped.values()))
    for body in bodies:
        first, last = min(body.years), max(years)
        body.missing = [y for y in range(first, last + 1) if y not in body.years]
    return sorted(
        bodies,
        key=lambda b: (b.org_type not in GOVERNMENTS, b.line or "~", b.names[-1]),
    )


def _add(grouped: dict[tuple[str, ...], Body], report: Mapping[str, Any]) -> None:
    agency, year = report["agency"], report["year"]
    body = grouped.setdefault(
        (agency,), Body([agency], report["org_type"], report["line"])
    )
    if year in body.years:
        first = body.years[year]
        body.years[year] = Cell(
            first.id,
            agency,
            first.published,
            first.late,
            first.tables_status,
            first.copies + 1,
        )
        return
    published, late = report["published"], None
    if published:
        late = dt.date.fromisoformat(published) > deadline(year, report["org_type"])
    body.years[year] = Cell(
        report["id"], agency, published, late, report["tables_status"]
    )


def _joined(bodies: list[Body]) -> list[Body]:
    """A department that was renamed is one body: one line, and no year under both names."""
    out: list[Body] = []
    for body in sorted(bodies, key=lambda b: min(b.years)):
        before = next((o for o in out if _succeeds(body, o)), None)
        if before is None:
            out.append(body)
        else:
            before.names += [n for n in body.names if n not in before.names]
            before.years |= body.years
    return out


def _succeeds(later: Body, earlier: Body) -> bool:
    return (
        later.line is not None
        and later.line == earlier.line
        and later.org_type == earlier.org_type == "部门"
        and max(earlier.years) < min(later.years)
    )
