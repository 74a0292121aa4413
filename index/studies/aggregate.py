"""Figures over many reports: a number or a ratio by year, level, region or line.

Each figure says how many reports stand behind it. A report is used when it states the number and
its tables add up as far as they can be read; the answer says how many others there are. Reports of
a body itself and of a whole area (scope) are never added up together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np

from index.engines.seam import Columns, Engine, EngineQuery
from index.model.errors import RequestError
from index.model.metrics import GB_FORMS, METRICS
from index.model.problems import Code, Note
from index.model.report import LEVELS
from index.query.nodes import AllOf, Everything
from index.studies.divisions import BY, DIVISIONS, division_of, facet_of
from index.studies.kinds import IS_OTHER, of_reports

__all__ = [
    "BY",
    "Aggregate",
    "Bin",
    "Group",
    "Histogram",
    "Measure",
    "aggregate",
    "histogram",
    "measures",
]

Array = np.ndarray[Any, np.dtype[Any]]
# A body itself, or all bodies of its area in one report.
SCOPES = ("self", "aggregate")
# Table statuses whose numbers are used. Inconsistent tables are used only when they are asked for.
USED_STATUSES = ("consistent", "partial", "absent")


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that can be drawn.

    `kind` is "metric" or "ratio". A ratio divides the total of the metrics `over` by that of the
    metrics `under`; `formula_zh` says so to readers. `templates` are the forms that state it. `of`
    are the metrics that a metric is a share of, where there are any.
    """

    name: str
    label_zh: str
    label_en: str
    unit: str
    kind: str
    formula_zh: str
    templates: tuple[str, ...]
    over: tuple[str, ...] = ()
    under: tuple[str, ...] = ()
    of: tuple[str, ...] = ()


# Outcomes of reviews and lawsuits; those still pending are no outcome.
DECIDED_REVIEWS = (
    "reviews_upheld",
    "reviews_corrected",
    "reviews_other",
)
DECIDED_SUITS = (
    "suits_upheld",
    "suits_corrected",
    "suits_other",
)
HANDLED = ("applications_handled",)
DUE = ("applications_new", "applications_carried_in")
# A metric -> what it is a share of. The ratios below divide by the same; a test holds it.
SHARES_OF = {
    "applications_granted": HANDLED,
    "applications_partly_granted": HANDLED,
    "applications_refused": HANDLED,
    "applications_unavailable": HANDLED,
    "applications_not_processed": HANDLED,
    "applications_other": HANDLED,
    "applications_carried_out": DUE,
    **dict.fromkeys(DECIDED_REVIEWS, DECIDED_REVIEWS),
    **dict.fromkeys(DECIDED_SUITS, DECIDED_SUITS),
}
RATIOS = (
    Measure(
        "grant_rate",
        "公开率",
        "Grant rate",
        "%",
        "ratio",
        "（予以公开+部分公开）÷本年办理总计",
        GB_FORMS,
        (
            "applications_granted",
            "applications_partly_granted",
        ),
        HANDLED,
    ),
    Measure(
        "refusal_rate",
        "不予公开率",
        "Refusal rate",
        "%",
        "ratio",
        "不予公开÷本年办理总计",
        GB_FORMS,
        ("applications_refused",),
        HANDLED,
    ),
    Measure(
        "unavailable_rate",
        "无法提供率",
        "Unavailable rate",
        "%",
        "ratio",
        "无法提供÷本年办理总计",
        GB_FORMS,
        ("applications_unavailable",),
        HANDLED,
    ),
    Measure(
        "not_processed_rate",
        "不予处理率",
        "Not-processed rate",
        "%",
        "ratio",
        "不予处理÷本年办理总计",
        GB_FORMS,
        ("applications_not_processed",),
        HANDLED,
    ),
    Measure(
        "carry_out_rate",
        "结转率",
        "Carry-over rate",
        "%",
        "ratio",
        "结转下年度÷（本年新收+上年结转）",
        GB_FORMS,
        ("applications_carried_out",),
        DUE,
    ),
    Measure(
        "review_correction_rate",
        "复议纠错率",
        "Correction rate in review",
        "%",
        "ratio",
        "复议纠正÷（维持+纠正+其他结果），不计尚未审结",
        GB_FORMS,
        ("reviews_corrected",),
        DECIDED_REVIEWS,
    ),
    Measure(
        "suit_loss_rate",
        "诉讼败诉率",
        "Loss rate in litigation",
        "%",
        "ratio",
        "诉讼纠正÷（维持+纠正+其他结果），不计尚未审结",
        GB_FORMS,
        ("suits_corrected",),
        DECIDED_SUITS,
    ),
)


def measures() -> tuple[Measure, ...]:
    """All numbers, and the ratios made of them."""
    plain = (
        Measure(
            m.name,
            m.label_zh,
            m.label_en,
            m.unit,
            "metric",
            m.label_zh,
            m.templates,
            of=SHARES_OF.get(m.name, ()),
        )
        for m in METRICS
    )
    return (*RATIOS, *plain)


def measure_named(name: str) -> Measure:
    """The measure of a name. Raises RequestError."""
    for measure in measures():
        if measure.name == name:
            return measure
    raise RequestError(
        "measure",
        Code.REQUEST_UNKNOWN_MEASURE,
        {"name": name, "measures": [m.name for m in measures()]},
    )


@dataclass(frozen=True, slots=True)
class Group:
    """One bar or point. `reports` is N, `used` is n; without a used report every figure is None.

    `total` is the total of all reports; of a ratio, it is the total above divided by the total
    below. Median and quartiles are over the single reports. `template` is the most frequent form.
    `share` is `above` divided by `below`: the totals of a ratio's two sides, or of a metric and of
    what it is a share of, over the reports that state both.
    """

    value: str
    label: str
    reports: int
    used: int
    total: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    template: str | None = None
    above: float | None = None
    below: float | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The groups of one measure.

    `notes` say in English what was left out, `note_codes` the same as codes. `breaks` are the
    years in which the form changed: no line may be drawn across them. `others` are further measures
    of the same reports, with the same groups in the same order.
    """

    measure: str
    by: str
    groups: tuple[Group, ...]
    reports: int
    used: int
    scope: str | None
    notes: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    note_codes: tuple[Note, ...] = ()
    others: tuple[Aggregate, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Bin:
    """Reports whose number is at least `low` and less than `high` (the last bin includes it)."""

    low: float
    high: float
    count: int
    where: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Histogram:
    """How a number is spread. `missing` reports do not state it."""

    name: str
    bins: tuple[Bin, ...]
    missing: int

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(slots=True)
class _Table:
    """The columns that one aggregate needs, one row a report.

    A row's value is NaN where it is unknown. `keys` are positions in `labels` and `templates` those
    in `template_names`, -1 where there is none. `used` says which reports count. `over` divided by
    `under` is the ratio or share; both are NaN where there is none.
    """

    values: Array
    over: Array
    under: Array
    used: Array
    keys: Array
    labels: list[str]
    templates: Array
    template_names: tuple[str, ...]
    notes: list[Note] = field(default_factory=list)
    scope: str | None = None


def aggregate(
    engine: Engine,
    query: EngineQuery,
    measure: str,
    by: str = "year",
    *,
    scope: str | None = None,
    template: str | None = None,
    region: Sequence[str] = (),
    inconsistent: bool = False,
) -> Aggregate:
    """One measure over what a query finds.

    `scope` is "self" or "aggregate" (a whole area); without it the one that more reports have.
    `region` is the path below which regions are told apart. Raises RequestError.
    """
    wanted = measure_named(measure)
    _check(wanted, by, scope, template)
    metrics = [*wanted.over, *wanted.under] or [measure, *wanted.of]
    facets = (facet_of(by), "scope", "template", "tables")
    columns = engine.columns(of_reports(query), metrics, facets)
    table = _table(columns, wanted, by, region)
    table.notes += _other_documents(engine, query)
    if by in DIVISIONS:
        _drop(table, table.keys >= 0, Code.ANSWER_ABOVE_DIVISION)
    _select(
        table,
        columns,
        scope,
        template,
        inconsistent=inconsistent,
    )
    table.notes += _outside_groups(table)
    groups = _groups(table, wanted, by)
    return Aggregate(
        measure=measure,
        by=by,
        groups=groups,
        reports=columns.reports,
        used=int(table.used.sum()),
        scope=table.scope,
        notes=tuple(note.message() for note in table.notes),
        note_codes=tuple(table.notes),
        breaks=_breaks(groups) if by == "year" else (),
    )


def _groups(table: _Table, measure: Measure, by: str) -> tuple[Group, ...]:
    """The figures of every group, in the groups' own order."""
    members = _members(table.keys)
    # A facet has values that none of these reports has.
    ordered = [number for number in _order(table, by) if number in members]
    return tuple(_group(table, measure, n, members[n]) for n in ordered)


def _outside_groups(table: _Table) -> list[Note]:
    """How many reports count in the total and in no group, because they do not say which."""
    count = int((table.used & (table.keys < 0)).sum())
    return [Note(Code.ANSWER_IN_NO_GROUP, {"count": count})] if count else []


def _other_documents(engine: Engine, query: EngineQuery) -> list[Note]:
    """How many documents are found that are no annual reports: they are never counted."""
    condition = AllOf((query.condition, IS_OTHER))
    others = replace(query, condition=condition, counted=Everything(), size=0)
    count = engine.search(others).total
    return [Note(Code.ANSWER_OTHER_DOCUMENTS, {"count": count})] if count else []


def _check(
    measure: Measure,
    by: str,
    scope: str | None,
    template: str | None,
) -> None:
    """Refuse what cannot be drawn. Raises RequestError."""
    if by not in BY:
        raise RequestError("by", Code.REQUEST_NOT_ALLOWED, {"value": by, "allowed": BY})
    if scope is not None and scope not in SCOPES:
        raise RequestError(
            "scope",
            Code.REQUEST_NOT_ALLOWED,
            {"value": scope, "allowed": SCOPES},
        )
    if template is not None and template not in measure.templates:
        facts = {
            "measure": measure.name,
            "templates": measure.templates,
            "template": template,
        }
        raise RequestError("template", Code.REQUEST_MEASURE_NOT_IN_FORM, facts)


def _table(
    columns: Columns,
    measure: Measure,
    by: str,
    region: Sequence[str],
) -> _Table:
    if measure.kind == "ratio":
        over = np.sum(
            [columns.numbers[n] for n in measure.over],
            axis=0,
        )
        under = np.sum(
            [columns.numbers[n] for n in measure.under],
            axis=0,
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(under > 0, over / under, math.nan)
    else:
        values = over = columns.numbers[measure.name]
        under = np.full(len(values), math.nan)
        if measure.of:
            under = np.sum([columns.numbers[n] for n in measure.of], axis=0)
    ordinals, names = columns.facets[facet_of(by)]
    if by == "region":
        ordinals, names = _children(ordinals, names, tuple(region))
    elif by in DIVISIONS:
        ordinals, names = _divided(ordinals, names, by)
    templates, template_names = columns.facets["template"]
    return _Table(
        values=values,
        over=over,
        under=under,
        used=~np.isnan(values),
        keys=ordinals,
        labels=list(names),
        templates=templates,
        template_names=template_names,
    )


def _children(
    ordinals: Array,
    names: tuple[str, ...],
    region: tuple[str, ...],
) -> tuple[Array, tuple[str, ...]]:
    """Paths cut to one step below a region; the region itself stays a group of its own."""
    depth = len(region) + 1
    cut = ["/".join(name.split("/")[:depth]) for name in names]
    positions = {name: i for i, name in enumerate(dict.fromkeys(cut))}
    # The last entry is for -1, a report without a region.
    table = np.array([*(positions[name] for name in cut), -1], np.int64)
    return table[ordinals], tuple(positions)


def _divided(
    ordinals: Array,
    names: tuple[str, ...],
    division: str,
) -> tuple[Array, tuple[str, ...]]:
    """Paths cut to their province, city or county; -1 for a place above it."""
    positions: dict[str, int] = {}
    cut: list[int] = []
    for name in names:
        part = division_of(name.split("/"), division)
        position = -1
        if part is not None:
            position = positions.setdefault("/".join(part), len(positions))
        cut.append(position)
    # The last entry is for -1, a report without a region.
    table = np.array([*cut, -1], np.int64)
    return table[ordinals], tuple(positions)


def _members(keys: Array) -> dict[int, Array]:
    """The rows of each group, by its number; rows without a group are under -1."""
    if not len(keys):
        return {}
    rows = np.argsort(keys, kind="stable")
    numbers, starts = np.unique(keys[rows], return_index=True)
    ends = [*starts[1:].tolist(), len(rows)]
    rows_by_group: dict[int, Array] = {}
    for number, start, end in zip(numbers.tolist(), starts.tolist(), ends, strict=True):
        rows_by_group[number] = rows[start:end]
    return rows_by_group


def _select(
    table: _Table,
    columns: Columns,
    scope: str | None,
    template: str | None,
    *,
    inconsistent: bool,
) -> None:
    """Leave out what must not be joined or trusted, and say how much that is."""
    statuses, status_names = columns.facets["tables"]
    allowed = (*USED_STATUSES, "inconsistent") if inconsistent else USED_STATUSES
    # A report without a status (-1) has no table that could be wrong.
    trusted = _in(status_names, allowed, absent=True)[statuses]
    _drop(
        table,
        trusted,
        Code.ANSWER_TABLES_NOT_TRUSTED,
    )
    if template is not None:
        same_form = _in(table.template_names, (template,))[table.templates]
        _drop(table, same_form, Code.ANSWER_OTHER_FORM)
    scopes, scope_names = columns.facets["scope"]
    table.scope = scope or _usual_scope(table, scopes, scope_names)
    if table.scope is not None:
        same_scope = _in(scope_names, (table.scope,))[scopes]
        _drop(
            table,
            same_scope,
            Code.ANSWER_OTHER_SCOPE,
        )
    unstated = columns.reports - int(np.count_nonzero(~np.isnan(table.values)))
    if unstated:
        table.notes.append(Note(Code.ANSWER_NOT_STATED, {"count": unstated}))


def _in(
    names: Sequence[str],
    allowed: Sequence[str],
    *,
    absent: bool = False,
) -> Array:
    """A boolean for each name: whether it is allowed. One more entry at the end holds `absent`.

    Reports without a value have the ordinal -1, which indexes that last entry.
    """
    return np.array([*(name in allowed for name in names), absent])


def _usual_scope(
    table: _Table, scopes: Array, scope_names: Sequence[str]
) -> str | None:
    """The scope of most used reports, of equals the body itself; None where none has any."""
    counts: dict[str, int] = {}
    for position, name in enumerate(scope_names):
        counts[name] = int(np.count_nonzero(table.used & (scopes == position)))
    usual = max(
        counts,
        key=lambda name: (counts[name], name == "self"),
        default=None,
    )
    return usual if usual is not None and counts[usual] else None


def _drop(table: _Table, kept: Array, code: Code) -> None:
    lost = int(np.count_nonzero(table.used & ~kept))
    if lost:
        table.notes.append(Note(code, {"count": lost}))
    table.used = table.used & kept


def _order(table: _Table, by: str) -> Iterable[int]:
    numbers = range(len(table.labels))
    if by == "level":
        ranks = {level: rank for rank, level in enumerate(LEVELS)}
        return sorted(
            numbers,
            key=lambda i: ranks.get(table.labels[i], len(LEVELS)),
        )
    if by == "line":
        counts = np.bincount(
            table.keys[table.keys >= 0],
            minlength=len(table.labels),
        )
        return sorted(
            numbers,
            key=lambda i: (
                -int(counts[i]),
                table.labels[i],
            ),
        )
    return sorted(numbers, key=lambda i: table.labels[i])


def _group(
    table: _Table,
    measure: Measure,
    number: int,
    rows: Array,
) -> Group:
    """The figures of one group, whose reports are `rows`."""
    used = rows[table.used[rows]]
    value, values = table.labels[number], table.values[used]
    label = value.rsplit("/", 1)[-1]
    if not len(values):
        return Group(value, label, len(rows), 0)
    above, below, share = _share(table, used)
    q1, median, q3 = (float(q) for q in np.percentile(values, (25, 50, 75)))
    is_ratio = measure.kind == "ratio"
    return Group(
        value=value,
        label=label,
        reports=len(rows),
        used=len(values),
        total=share if is_ratio else float(values.sum()),
        median=median,
        q1=q1,
        q3=q3,
        minimum=float(values.min()),
        maximum=float(values.max()),
        template=_usual_form(table, used),
        above=above,
        below=below,
        share=share,
    )


def _share(
    table: _Table, used: Array
) -> tuple[float | None, float | None, float | None]:
    """The two totals of a ratio or share, and the one divided by the other."""
    both = used[table.under[used] > 0]
    if not len(both):
        return None, None, None
    above = float(table.over[both].sum())
    below = float(table.under[both].sum())
    return above, below, above / below


def _usual_form(table: _Table, used: Array) -> str | None:
    """The form that most of the used reports have; None where no form is known."""
    forms = table.templates[used]
    # -1 is a report whose form is not known
    known = forms[forms >= 0]
    if not len(known):
        return None
    return table.template_names[int(np.bincount(known).argmax())]


def _breaks(groups: Sequence[Group]) -> tuple[str, ...]:
    """The years in which most reports have another form than in the year before."""
    known = [group for group in groups if group.template]
    return tuple(
        later.value
        for earlier, later in pairwise(known)
        if earlier.template != later.template
    )


# Edges of bins: 1, 2, 5, 10, 20, 50, 100, as most counts are small.
BIN_STEPS = (1, 2, 5)


def histogram(
    engine: Engine,
    query: EngineQuery,
    name: str,
    bins: int = 12,
) -> Histogram:
    """How a number is spread over what a query finds, in at most `bins` steps (1, 2, 5, 10)."""
    values = engine.columns(query, (name,), ()).numbers[name]
    known = values[~np.isnan(values)]
    if not len(known):
        return Histogram(name, (), len(values))
    edges = _edges(float(known.min()), float(known.max()), bins)
    counts, _ = np.histogram(known, edges)
    spread: list[Bin] = []
    for (low, high), count in zip(pairwise(edges), counts.tolist(), strict=True):
        # numpy's last bin has both its edges.
        sign = "<=" if high == edges[-1] else "<"
        where = (
            f"{name}>={low:g}",
            f"{name}{sign}{high:g}",
        )
        spread.append(Bin(low, high, count, where))
    return Histogram(
        name,
        tuple(spread),
        missing=len(values) - len(known),
    )


def _edges(low: float, high: float, bins: int) -> list[float]:
    # Numbers as close together and as high are years: one bin each.
    if low >= 1000 and high - low < 200:
        return [float(n) for n in range(int(low), int(high) + 2)]
    edges = [min(low, 0.0), 1.0]
    power = 1.0
    while edges[-1] <= high:
        edges += [step * power for step in BIN_STEPS if step * power > edges[-1]]
        power *= 10
    edges = [e for i, e in enumerate(edges) if i == 0 or edges[i - 1] <= high]
    # Too many bins: every second inner edge goes.
    while len(edges) > bins + 1:
        edges = [edges[0], *edges[1:-1:2], edges[-1]]
    return edges
