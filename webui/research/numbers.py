"""What the page of a search's numbers shows: the choosers, the plots, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.studies.aggregate import Aggregate, Group, Measure
from index.studies.divisions import facet_of
from index.studies.side_by_side import OWN_ORDER, REPORTS_ORDER
from webui.http.addresses import as_csv
from webui.http.measures import FiguresRequest
from webui.plots.figures import figure
from webui.plots.plots import Plot, Point
from webui.words import labels
from webui.words.messages import gettext as _
from webui.words.messages import msgid, pgettext

__all__ = ["NumbersView", "Row", "as_table", "choices", "numbers_view"]

# Measures whose names begin so -> the heading that they stand under in the chooser.
_RATIO_PREFIX = "ratio:"
_FAMILY_PREFIXES = {
    _RATIO_PREFIX: msgid("比率"),
    "applications_": msgid("依申请公开"),
    "reviews_": msgid("行政复议"),
    "suits_": msgid("行政诉讼"),
}
_OTHER_FAMILY = msgid("主动公开与其他")
# How a single measure is spread over the reports, in the order of the columns.
_SPREAD_LABELS = {
    "median": msgid("中位数"),
    "q1": msgid("下四分位"),
    "q3": msgid("上四分位"),
    "minimum": msgid("最小"),
    "maximum": msgid("最大"),
}
# The grouping one level down: the figures of a province link to those of its cities.
_BELOW = {"region": "region", "province": "city", "city": "county"}
# A county is the third step of a path: towns are not drilled into.
_LOWEST_DEPTH = 3
# More bars than these are a list: the table has them all.
_MOST_BARS = 20


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `cells` as read, `values` as a spreadsheet takes them.

    `url` leads to the same table sorted by it; `sorted` is ascending, descending or none.
    """

    label: str
    cells: list[str]
    values: list[float | str | None]
    url: str = ""
    sorted: str = "none"


@dataclass(frozen=True, slots=True)
class Row:
    """One group, already worded.

    `url` leads to its reports, `deeper` to the same figures of the places below it.
    """

    label: str
    cells: list[str]
    url: str
    deeper: str
    broken: bool


@dataclass(frozen=True, slots=True)
class NumbersView:
    """Everything below the choosers.

    `sums` plots totals, `spread` medians and quartiles of the first measure. `shares` say what
    each share divides. The last of the columns is text.
    """

    measure: Measure
    found: Aggregate
    sums: Plot
    spread: Plot
    head: Column
    columns: list[Column]
    rows: list[Row]
    shares: list[str]
    over_years: bool
    counted: bool
    undrawn: int
    scope: str
    json_url: str
    csv_url: str
    unit: str


def choices(measures: Sequence[Measure]) -> list[tuple[str, list[Measure]]]:
    """The measures by family, for a select with groups; families without any are left out."""
    families: dict[str, list[Measure]] = {
        label: [] for label in (*_FAMILY_PREFIXES.values(), _OTHER_FAMILY)
    }
    for measure in measures:
        families[_family(measure)].append(measure)
    return [(_(label), members) for label, members in families.items() if members]


def _family(measure: Measure) -> str:
    name = measure.name
    if measure.kind == "ratio":
        name = _RATIO_PREFIX + name
    for prefix, label in _FAMILY_PREFIXES.items():
        if name.startswith(prefix):
            return label
    return _OTHER_FAMILY


def numbers_view(
    asked: FiguresRequest,
    found: Aggregate,
) -> NumbersView:
    """An answer, worded and drawn."""
    measure = asked.measures[0]
    ratio = measure.kind == "ratio"
    unit = unit_words(measure)
    over_years = asked.by == "year"
    groups = _by_year(found.groups) if over_years else found.groups[:_MOST_BARS]
    drawn = replace(found, groups=groups)
    sums, spread = _plots(asked, drawn, unit, ratio=ratio)
    columns = _columns(asked, found)
    page_url = asked.url("/numbers")
    return NumbersView(
        measure=measure,
        found=found,
        sums=sums,
        spread=spread,
        head=_head(asked, found),
        columns=columns,
        unit=unit,
        rows=_rows(asked, found, columns),
        shares=_shares(asked.measures),
        over_years=over_years,
        counted=any(one.used for one in (found, *found.others)),
        undrawn=len(found.groups) - len(groups),
        scope=labels.SCOPES.get(found.scope or "", _("不分口径")),
        json_url=asked.url("/api/v1/stats"),
        csv_url=as_csv(page_url),
    )


def _plots(
    asked: FiguresRequest, found: Aggregate, unit: str, *, ratio: bool
) -> tuple[Plot, Plot]:
    """The totals, and the medians with quartiles, of the first measure."""
    spaced_unit = f" {unit}" if unit else ""
    names = {
        "measure": labels.MEASURES[found.measure],
        "facet": labels.group_label(asked.by),
    }
    sums_title = _("%(measure)s，按%(facet)s的合计", **names)
    if ratio:
        sums_title = _("%(measure)s，按%(facet)s的总体比率", **names)
    sums = Plot(
        _points(found, asked.by, "total"),
        sums_title,
        total_words(asked.measures[0]),
        spaced_unit,
        ratio,
    )
    spread = Plot(
        _points(found, asked.by, "median"),
        _("%(measure)s，按%(facet)s的中位数和中间一半报告的范围", **names),
        _("中位数"),
        spaced_unit,
        ratio,
    )
    return sums, spread


def unit_words(measure: Measure) -> str:
    """What a number counts, in words; nothing for a ratio."""
    return "" if measure.kind == "ratio" else pgettext("unit", measure.unit)


def total_words(measure: Measure) -> str:
    """What the total of a measure is called."""
    return _("总体比率") if measure.kind == "ratio" else _("合计")


# ---------------------------------------------------------------------- the table
def _head(
    asked: FiguresRequest,
    found: Aggregate,
) -> Column:
    """The column of the groups themselves."""
    words = [labels.facet_value(facet_of(asked.by), g.label) for g in found.groups]
    values: list[float | str | None] = [group.value for group in found.groups]
    label = labels.group_label(asked.by)
    return _sortable(asked, Column(label, words, values), OWN_ORDER)


def _columns(
    asked: FiguresRequest,
    found: Aggregate,
) -> list[Column]:
    """The figures of each measure, how many reports there are, and their form."""
    columns: list[Column] = []
    several = len(asked.measures) > 1
    everything = (found, *found.others)
    for measure, one in zip(asked.measures, everything, strict=True):
        columns += _columns_of(asked, measure, one, several=several)
    reports = [float(group.reports) for group in found.groups]
    columns.append(_figures(asked, _("报告"), reports, REPORTS_ORDER))
    forms = [group.template or "" for group in found.groups]
    words = [labels.TEMPLATES.get(form, form) for form in forms]
    columns.append(Column(_("多用格式"), words, [*words]))
    return columns


def _columns_of(
    asked: FiguresRequest, measure: Measure, found: Aggregate, *, several: bool
) -> list[Column]:
    """Its total and share and, where it stands alone, how it is spread."""
    name = measure.name
    ratio = measure.kind == "ratio"
    own = labels.MEASURES[name] if several else total_words(measure)
    shown = [("total", own, name, ratio)]
    if measure.of:
        shown.append(
            ("share", _share_label(own, several=several), f"{name}.share", True)
        )
    if not several:
        for figure_name, label in _SPREAD_LABELS.items():
            shown.append((figure_name, _(label), f"{name}.{figure_name}", ratio))
    columns = []
    for attribute, label, order, is_ratio in shown:
        values = [getattr(group, attribute) for group in found.groups]
        columns.append(
            _figures(
                asked,
                label,
                values,
                order,
                ratio=is_ratio,
            )
        )
    used = [float(group.used) for group in found.groups]
    used_label = _("%(measure)s：计入", measure=own) if several else _("计入")
    columns.append(_figures(asked, used_label, used, f"{name}.used"))
    return columns


def _share_label(
    own: str,
    *,
    several: bool,
) -> str:
    return _("%(measure)s：占比", measure=own) if several else _("占比")


def _figures(
    asked: FiguresRequest,
    label: str,
    values: list[float | None] | list[float],
    order: str,
    *,
    ratio: bool = False,
) -> Column:
    cells = [figure(value, ratio=ratio) for value in values]
    return _sortable(asked, Column(label, cells, [*values]), order)


def _sortable(
    asked: FiguresRequest,
    column: Column,
    order: str,
) -> Column:
    """The column with the address of the table sorted by it; figures begin with the largest."""
    is_text = order == OWN_ORDER
    current = asked.order or OWN_ORDER
    first = order if is_text else f"-{order}"
    second = f"-{order}" if is_text else order
    state = "none"
    if current.removeprefix("-") == order:
        state = "descending" if current.startswith("-") else "ascending"
    following = second if current == first else first
    url = replace(asked, order=following).url("/numbers")
    return replace(column, url=url, sorted=state)


def _shares(measures: Sequence[Measure]) -> list[str]:
    """What each share divides, in words."""
    said = []
    for measure in measures:
        if measure.of:
            below = "＋".join(labels.METRICS[name] for name in measure.of)
            above = labels.MEASURES[measure.name]
            said.append(
                f"{above} ÷ {below}" if "＋" not in below else f"{above} ÷（{below}）"
            )
    return said


def _rows(
    asked: FiguresRequest,
    found: Aggregate,
    columns: Sequence[Column],
) -> list[Row]:
    rows = []
    for number, group in enumerate(found.groups):
        rows.append(
            Row(
                label=labels.facet_value(facet_of(asked.by), group.label),
                cells=[column.cells[number] for column in columns],
                url=_narrowed(asked, group).request.url("/search"),
                deeper=_deeper(asked, group),
                broken=asked.by == "year" and group.value in found.breaks,
            )
        )
    return rows


def _narrowed(
    asked: FiguresRequest,
    group: Group,
) -> FiguresRequest:
    """The same question of one group alone."""
    chosen = {
        **asked.request.filters,
        facet_of(asked.by): (group.value,),
    }
    return replace(asked, request=asked.request.with_(filters=chosen))


def _deeper(
    asked: FiguresRequest,
    group: Group,
) -> str:
    """The figures of the places below a group; "" where it has none."""
    below = _BELOW.get(asked.by)
    steps = group.value.split("/")
    whole = asked.request.filters.get("region", ())
    is_whole = asked.by == "region" and group.value in whole
    if below is None or is_whole or len(steps) >= _LOWEST_DEPTH:
        return ""
    return replace(_narrowed(asked, group), by=below, order="").url("/numbers")


def as_table(
    view: NumbersView, asked: FiguresRequest, said: Sequence[str]
) -> tuple[list[str], list[list[float | str | None]]]:
    """The table of the page as lines to take away, with the same rows, order and columns.

    First stand the lines of `said`, then the heads; the first line is returned apart.
    """
    lines: list[list[float | str | None]] = [[line] for line in said[1:]]
    heads = [view.head.label, *(column.label for column in view.columns)]
    if facet_of(asked.by) == "region":
        heads.insert(1, _("地区全名"))
    lines.append([*heads])
    for number, name in enumerate(view.head.cells):
        line: list[float | str | None] = [name]
        if facet_of(asked.by) == "region":
            line.append(view.head.values[number])
        line += [_whole(column.values[number]) for column in view.columns]
        lines.append(line)
    return [said[0]], lines


def _whole(value: float | str | None) -> float | str | None:
    """A number of things without ".0"."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


# ---------------------------------------------------------------------- points of a plot
def _points(
    found: Aggregate,
    by: str,
    name: str,
) -> list[Point]:
    """The points of the plot of "total" or "median"."""
    if by == "year":
        return _points_by_year(found, name)
    return [_point(group, by, name) for group in found.groups]


def _by_year(groups: Sequence[Group]) -> tuple[Group, ...]:
    """A line of years goes from the first to the last, however the table is sorted."""
    return tuple(sorted(groups, key=lambda group: int(group.value)))


def _points_by_year(
    found: Aggregate,
    name: str,
) -> list[Point]:
    points: list[Point] = []
    before: int | None = None
    for group in found.groups:
        year = int(group.value)
        if before is not None:
            points += _gap(before, year)
        point = _point(group, "year", name)
        if before is not None and year - before == 1:
            point = replace(point, follows=True)
        if group.value in found.breaks:
            point = replace(point, broken=True)
        points.append(point)
        before = year
    return _trimmed(points)


def _gap(
    before: int,
    year: int,
) -> list[Point]:
    """The years between two groups: without a report they are still years."""
    return [
        Point(
            str(missing),
            0,
            0,
            None,
        )
        for missing in range(before + 1, year)
    ]


def _trimmed(points: list[Point]) -> list[Point]:
    """Without the years before the first and after the last value: the table has them."""
    stated = [i for i, point in enumerate(points) if point.value is not None]
    return points[stated[0] : stated[-1] + 1] if stated else []


def _point(
    group: Group,
    by: str,
    name: str,
) -> Point:
    # quartiles lie around a median; around a total they would mean nothing
    has_spread = name == "median"
    return Point(
        label=labels.facet_value(facet_of(by), group.label),
        n=group.used,
        of=group.reports,
        value=getattr(group, name),
        low=group.q1 if has_spread else None,
        high=group.q3 if has_spread else None,
    )
