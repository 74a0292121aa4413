"""The statutory tables and the numbers that sentences state: what a report counts, and whether it
adds up.

text and tables -> segments (label, values) -> form by its labels -> rows and columns -> identities
-> figures
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.model.problems import Code, Problem
from index.model.statistics import (
    Check,
    Figure,
    Statement,
    Statistics,
    Table,
    statement_id,
)
from indexer.page import Page
from indexer.statistics.checks import identities
from indexer.statistics.figures import figures
from indexer.statistics.prose import stated
from indexer.statistics.reading import reading
from indexer.statistics.recognise import (
    Grid,
    form_of,
    is_row_of_form,
    recognise,
)
from indexer.statistics.record import tables_of
from indexer.statistics.segments import Segment, of_tables, of_text
from indexer.statistics.together import merged, missing

__all__ = ["CheckedStatistics", "read_statistics"]

# Every report speaks of 公开, in simplified or traditional characters; a text that does not is no
# report, and costs nothing.
_SUBJECT_PATTERN = re.compile("公[开開]|[资資][讯訊]")
# 三、收到和处理政府信息公开申请情况: the heading of the table of applications.
_TABLE_HEADING = re.compile(
    r"^[^\w\n]*三\W{0,3}收到和处理政府(?:信息|资讯)公开申请", re.MULTILINE
)
# 二、主动公开政府信息情况; 四、因政府信息公开申请行政复议的情况: chapters of a report in sentences.
_CHAPTER_HEADING = re.compile(
    r"^[^\w\n]*[一二三四五六]\W{0,3}[^\n]{0,12}(?:主动公开|依申请公开|申请|收费|复议|诉讼)",
    re.MULTILINE,
)
# Form -> the reporting years for which it was prescribed, first and last.
_FORM_YEARS = {
    "stat2014": (2014, 2018),
    "gb2019": (2019, 2020),
    "gb2021": (2021, 9999),
}
# Forms whose tables state the numbers of _ROWS_OF_METRICS.
_TABLED_FORMS = ("gb2019", "gb2021", "mixed")
# Metric of the tables of 2019 and 2021 -> its table and rows: where their cells are lost, a
# sentence may speak of another office's.
_ROWS_OF_METRICS = {
    "applications_new": ("applications", ("new",)),
    "applications_carried_in": ("applications", ("carried_in",)),
    "reviews_total": ("review", ("review",)),
    "suits_total": ("review", ("suit_direct", "suit_after_review")),
}


@dataclass(frozen=True, slots=True)
class CheckedStatistics:
    """The numbers of a report and whether they add up.

    `status` speaks of the tables alone and is one of `index.model.statistics.TABLES_STATUSES`.
    `problems` are sentences for a reader.
    """

    statistics: Statistics = field(default_factory=Statistics)
    checks: tuple[Check, ...] = ()
    status: str = "absent"
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _TableReading:
    """What was read from the tables alone.

    `grid` is None where no table was recognised; `missing` says which rows of its form are not
    there.
    """

    form: str | None
    grid: Grid | None = None
    tables: tuple[Table, ...] = ()
    checks: tuple[Check, ...] = ()
    missing: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_statistics(
    page: Page, text: str, year: int | None = None
) -> CheckedStatistics:
    """The numbers of one report.

    `text` is the display text, into which all spans point; `page` gives the tables with their cells
    where the format has them. `year` is the reporting year, against which the form is held and by
    which it is never chosen.
    """
    # the title may be all of a table's file that says so
    if not _SUBJECT_PATTERN.search(f"{page.title or ''}\n{text}"):
        return CheckedStatistics()
    source = reading(text)
    flat = of_text(source, text)
    celled = of_tables(page.tables, taiwan=source.taiwan)
    read = _read_tables(flat, celled, year)
    metrics = figures(read.grid) if read.grid else {}
    statements = stated(source, text, read.grid.extent if read.grid else None)
    compared = [_with_table(fact, metrics.get(fact.name)) for fact in statements]
    checks = (*read.checks, *_contradicted(compared))
    metrics = metrics | _only_stated(compared, read)
    status = _status(read, source.form)
    template = read.form
    if template is None and status != "unreadable":
        template = _template_of_prose(compared, source.form)
    return CheckedStatistics(
        Statistics(template, metrics, read.tables, tuple(compared)),
        checks,
        status,
        read.problems,
    )


def _read_tables(
    flat: list[Segment], celled: list[Segment], year: int | None
) -> _TableReading:
    form, markers = form_of([*celled, *flat])
    if form is None:
        return _TableReading(None, problems=tuple(_of_no_form(celled)))
    if form == "mixed":
        facts = {"old": list(markers["gb2019"]), "new": list(markers["gb2021"])}
        problem = Problem(Code.TABLES_BOTH_FORMS, facts)
        return _TableReading(form, problems=(problem,))
    grid = _grid(form, flat, celled)
    absent = missing(grid)
    return _TableReading(
        form,
        grid,
        tables_of(grid),
        tuple(identities(grid)),
        tuple(absent),
        (*absent, *grid.problems, *grid.notes, *_untimely(form, year)),
    )


def _of_no_form(celled: Iterable[Segment]) -> Iterator[Problem]:
    """Rows of a statutory table, in cells, that are too few to tell its form: nothing is read."""
    rows = [segment.label for segment in celled if is_row_of_form(segment)]
    if rows:
        named = [row for row in dict.fromkeys(rows) if row]
        yield Problem(Code.TABLES_FORM_UNKNOWN, {"rows": named})


def _grid(form: str, flat: list[Segment], celled: list[Segment]) -> Grid:
    """The tables from their cells, completed by rows and places that only the text has."""
    from_text = recognise(flat, form)
    return merged(recognise(celled, form), from_text) if celled else from_text


def _untimely(form: str, year: int | None) -> Iterator[Problem]:
    """A form that is not that of the year: said, never mended."""
    first, last = _FORM_YEARS[form]
    if year is not None and not first <= year <= last:
        yield Problem(Code.TABLES_UNTIMELY_FORM, {"form": form, "year": year})


# ---------------------------------------------------------------------- sentences against tables
def _with_table(fact: Statement, printed: Figure | None) -> Statement:
    """A stated number with the one that the tables have for it."""
    return fact if printed is None else replace(fact, table=printed)


def _contradicted(statements: Iterable[Statement]) -> Iterator[Check]:
    """T1: the sentences say another number than the tables. 约 3 件 contradicts nothing."""
    for fact in statements:
        if fact.table is None or fact.value is None or fact.approximate:
            continue
        if fact.value != fact.table:
            yield Check(
                f"T1.{fact.name}",
                "正文与统计表一致",
                "fail",
                fact.value,
                fact.table,
                (statement_id(fact.name),),
            )


def _only_stated(
    statements: Iterable[Statement], read: _TableReading
) -> dict[str, Figure | None]:
    """The numbers that sentences state where the tables have none.

    A row that is there and could not be read may have had another number.
    """
    stated_only: dict[str, Figure | None] = {}
    for fact in statements:
        is_open = fact.table is None and fact.value is not None
        if is_open and not _may_be_lost(fact.name, read):
            stated_only[fact.name] = fact.value
    return stated_only


def _may_be_lost(name: str, read: _TableReading) -> bool:
    """Whether the tables have the row of a metric, though not its number."""
    if read.form not in _TABLED_FORMS or name not in _ROWS_OF_METRICS:
        return False
    if read.grid is None:
        return True
    table, rows = _ROWS_OF_METRICS[name]
    lines = read.grid.lines.get(table, {})
    return any(row in lines for row in rows)


# ---------------------------------------------------------------------- what became of it
def _status(read: _TableReading, text_form: str) -> str:
    """Identities decide; T1 does not, since it says nothing of the tables alone."""
    if read.grid is None:
        is_there = read.form == "mixed" or bool(read.problems)
        is_expected = is_there or _TABLE_HEADING.search(text_form)
        return "unreadable" if is_expected else "absent"
    if not _has_values(read.grid):
        return "unreadable"
    statuses = {check.status for check in read.checks}
    if "fail" in statuses:
        return "inconsistent"
    if "n/a" in statuses or read.missing or read.grid.problems:
        return "partial"
    return "consistent"


def _has_values(grid: Grid) -> bool:
    return any(line.values for lines in grid.lines.values() for line in lines.values())


def _template_of_prose(statements: Sequence[Statement], text_form: str) -> str | None:
    """A report without tables is "prose"; a text without chapters or numbers is no report."""
    return "prose" if statements and _CHAPTER_HEADING.search(text_form) else None
