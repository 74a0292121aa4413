"""Conditions on numbers beside the results.

The form, how a chosen number is distributed, and what each hit states.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from index.model.errors import RequestError
from index.model.metrics import METRIC_NAMES
from index.model.problems import Code
from index.query.where import CONDITION_PATTERN
from index.search.request import PAGE_SEARCH, SearchRequest
from index.search.response import Hit
from index.studies.aggregate import Bin
from webui.http.context import room
from webui.http.params import Arguments
from webui.plots.figures import figure
from webui.words import labels

__all__ = ["FORM_FIELDS", "Spread", "chosen_numbers", "joined", "spread", "stated"]

# The fields of the form: name, comparison, number. The page turns them into one `where`,
# such as where=applications_new>=100, and its address keeps only that.
FORM_FIELDS = ("where_name", "where_sign", "where_value")


def joined(args: Arguments) -> Arguments | None:
    """The parameters with the form's three fields as one condition.

    None when the form was not sent. Raises RequestError when a field of it is missing.
    """
    if not any(name in args for name in FORM_FIELDS):
        return None
    rest = MultiDict(
        [(k, v) for k, v in args.items(multi=True) if k not in FORM_FIELDS]
    )
    name, sign, value = (args.get(field, "").strip() for field in FORM_FIELDS)
    # the form is sent with every other control of the page: no number is no condition
    if not value:
        return rest
    if not name or sign not in labels.COMPARISONS:
        raise RequestError("where", Code.REQUEST_CONDITION_INCOMPLETE)
    # people copy 1,204 from a page; a condition takes 1204
    number = value.replace(",", "")
    rest.add("where", f"{name}{sign}{number}")
    return rest


def chosen_numbers(asked: SearchRequest) -> list[str]:
    """The numbers of the tables that a search names, in a condition or in its order."""
    named = [_number_of(condition) for condition in asked.where]
    named.append(asked.sort.removeprefix("-"))
    # year and published are numbers too, but no metrics: they have their own controls
    return [name for name in dict.fromkeys(named) if name in METRIC_NAMES]


def _number_of(condition: str) -> str:
    """applications_new>=100 -> applications_new; "" for what is no condition."""
    match = CONDITION_PATTERN.fullmatch(condition)
    return match[1] if match else ""


@dataclass(frozen=True, slots=True)
class Spread:
    """How the reports of a search are distributed over a number.

    A bin is (words, count, address, share of the largest bin in %).
    """

    label: str
    bins: list[tuple[str, int, str, int]]
    missing: int


def spread(
    asked: SearchRequest,
    name: str,
) -> Spread:
    """The distribution of one number under every condition but those on itself."""
    # as a facet is counted under the other facets: or the chosen range would be all there is
    others = tuple(c for c in asked.where if _number_of(c) != name)
    histogram = room().searcher.histogram(asked.with_(where=others), name)
    largest = max((b.count for b in histogram.bins), default=1) or 1
    bins = []
    for bin_ in histogram.bins:
        # a link that finds nothing helps nobody
        if bin_.count:
            narrowed = asked.with_(where=(*others, *bin_.where))
            share = round(100 * bin_.count / largest)
            url = narrowed.url(PAGE_SEARCH)
            bins.append((_range(bin_), bin_.count, url, share))
    return Spread(labels.METRICS[name], bins, histogram.missing)


def _range(bin_: Bin) -> str:
    """The bin in words; whole numbers are named by the last one inside.

    >>> _range(Bin(0, 1, 3, ("x>=0", "x<1"))), _range(Bin(10, 20, 3, ("x>=10", "x<20")))
    ('0', '10–19')
    """
    whole = bin_.low == int(bin_.low) and bin_.high == int(bin_.high)
    last = bin_.high
    # only the last bin includes its upper end; 10 to below 20 is 10–19 in whole numbers
    if whole and "<=" not in bin_.where[-1]:
        last = bin_.high - 1
    if last == bin_.low:
        return figure(bin_.low)
    return f"{figure(bin_.low)}–{figure(last)}"


def stated(
    hits: Iterable[Hit],
    names: list[str],
) -> dict[str, list[tuple[str, str]]]:
    """What each hit states of these numbers, as (label, figure), by its id.

    No report is read when no number is asked for.
    """
    if not names:
        return {}
    out = {}
    for hit in hits:
        metrics = room().searcher.report(hit.id).statistics.metrics
        known = [name for name in names if metrics.get(name) is not None]
        out[hit.id] = [(labels.METRICS[name], figure(metrics[name])) for name in known]
    return out
