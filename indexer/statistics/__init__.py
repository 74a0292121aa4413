"""The statutory tables and the numbers that sentences state: what a report counts, and whether it
adds up.

text and tables -> segments (label, values) -> form by its labels -> rows and columns -> identities
-> figures
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from index.model.problems import Code, Problem
from index.model.report import Check
from indexer.page import Page
from indexer.statistics.checks import identities
from indexer.statistics.figures import figures
from indexer.statistics.prose import Stated, stated
from indexer.statistics.reading import reading
from indexer.statistics.recognise import Grid, form_of, recognise
from indexer.statistics.record import tables_json
from indexer.statistics.segments import Segment, of_tables, of_text
from indexer.statistics.together import merged, missing

__all__ = ["Statistics", "read_statistics"]

# Every report speaks of 公开, in simplified or traditional characters; what does not is none, and
# costs nothing.
_GATE = re.compile("公[开開]|[资資][讯訊]")
_HEADED = re.compile(
    r"^[^\w\n]*三\W{0,3}收到和处理政府(?:信息|资讯)公开申请", re.MULTILINE
)
_CHAPTERS = re.compile(
    r"^[^\w\n]*[一二三四五六]\W{0,3}[^\n]{0,12}(?:主动公开|依申请公开|申请|收费|复议|诉讼)",
    re.MULTILINE,
)


@dataclass(slots=True)
class Statistics:
    """What the tables and sentences of a report say in numbers.

    `template` is gb2019, gb2021, stat2014, mixed, prose, or None for what is no report. `metrics`
    has the names of `index.model.metrics`; absent is absent. `status` speaks of the tables alone
    and is one of `index.model.report.TABLES_STATUSES`.
    """

    template: str | None = None
    metrics: dict[str, int | float | None] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)
    prose: list[dict[str, Any]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    status: str = "absent"
    problems: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """What a record holds beside the checks, as plain values."""
        return {
            "template": self.template,
            "metrics": self.metrics,
            "tables": self.tables,
            "prose": self.prose,
        }


def read_statistics(page: Page, text: str, year: int | None = None) -> Statistics:
    """The numbers of one report.

    `text` is the display text, into which all spans point; `page` gives the tables with their cells
    where the format has them. `year` is the reporting year, against which the form is held and by
    which it is never chosen.
    """
    if not _GATE.search(text):
        return Statistics()
    source = reading(text)
    flat = of_text(source, text)
    celled = of_tables(page.tables, taiwan=source.taiwan)
    form, found = form_of([*celled, *flat])
    out = Statistics(template=form)
    grid: Grid | None = None
    absent: list[Problem] = []
    if form == "mixed":
        out.problems.append(
            Problem(
                Code.TABLES_BOTH_FORMS,
                {"old": list(found["gb2019"]), "new": list(found["gb2021"])},
            )
        )
    elif form is not None:
        grid = _grid(form, flat, celled)
        out.tables, out.checks, out.metrics = (
            tables_json(grid),
            identities(grid),
            figures(grid),
        )
        absent = missing(grid)
        out.problems += [*absent, *grid.problems, *grid.notes, *_untimely(form, year)]
    facts = stated(source, text, grid.extent if grid else None)
    _state(out, facts)
    out.status = _status(out, grid, source.form, is_whole=not absent)
    if form is None:
        out.template = _formless(out, facts, source.form)
    return out


def _grid(form: str, flat: list[Segment], celled: list[Segment]) -> Grid:
    """The tables from their cells, with what only the text has, and with the places in the text."""
    from_text = recognise(flat, form)
    return merged(recognise(celled, form), from_text) if celled else from_text


def _untimely(form: str, year: int | None) -> Iterable[Problem]:
    """A form that is not that of the year: said, never mended."""
    expected = {
        "gb2019": (2019, 2020),
        "gb2021": (2021, 9999),
        "stat2014": (2014, 2018),
    }[form]
    if year is not None and not expected[0] <= year <= expected[1]:
        yield Problem(Code.TABLES_UNTIMELY_FORM, {"form": form, "year": year})


# Numbers of the tables of 2019 and 2021: where their cells are lost, a sentence may
# speak of another office's.
_TABLED = ("applications_new", "reviews_total", "suits_total")


def _state(out: Statistics, facts: list[Stated]) -> None:
    """Add what sentences state: a number where the tables have none, a contradiction where they
    have another.
    """
    tabled = out.template in ("gb2019", "gb2021", "mixed")
    for fact in facts:
        row = fact.as_json()
        printed = out.metrics.get(fact.name)
        if printed is not None:
            row["table"] = printed
            if (
                fact.value is not None
                and fact.value != printed
                and not fact.approximate
            ):
                out.checks.append(
                    Check(
                        f"T1.{fact.name}",
                        "正文与统计表一致",
                        "fail",
                        fact.value,
                        printed,
                        (f"prose.{fact.name}",),
                    )
                )
        elif fact.value is not None and not (tabled and fact.name in _TABLED):
            out.metrics[fact.name] = fact.value
        out.prose.append(row)


def _status(out: Statistics, grid: Grid | None, form: str, *, is_whole: bool) -> str:
    """Identities decide; T1 does not, since it says nothing of the tables alone."""
    if grid is None:
        return (
            "unreadable"
            if out.template == "mixed" or _HEADED.search(form)
            else "absent"
        )
    statuses = [c.status for c in out.checks if not c.id.startswith("T1.")]
    if not any(line.values for lines in grid.lines.values() for line in lines.values()):
        return "unreadable"
    if "fail" in statuses:
        return "inconsistent"
    return (
        "partial"
        if "n/a" in statuses or not is_whole or grid.problems
        else "consistent"
    )


def _formless(out: Statistics, facts: list[Stated], form: str) -> str | None:
    """A report without tables, or no report at all."""
    if out.status == "unreadable":
        return None
    return "prose" if facts and _CHAPTERS.search(form) else None
