"""Conditions on numbers beside the results: the form, how a chosen number is spread, and what each
hit states.
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
from index.studies.aggregate import Bin, Histogram
from webui.http.context import room
from webui.http.params import Arguments
from webui.plots.figures import figure
from webui.words import labels

__all__ = ["FORM", "Spread", "chosen_numbers", "joined", "spread", "stated"]

# The fields of the form; the page turns them into one `where`, which is what its
# address keeps.
FORM = ("where_name", "where_sign", "where_value")


def joined(args: Arguments) -> Arguments | None:
    """The parameters with the form's three fields as one condition;

    None when the form was not sent.

    Raises RequestError when a field of it is missing.
    """
    if not any(name in args for name in FORM):
        return None
    rest = MultiDict([(k, v) for k, v in args.items(multi=True) if k not in FORM])
    name, sign, value = (args.get(n, "").strip() for n in FORM)
    if not value:
        return rest
    if not name or sign not in labels.COMPARISONS:
        raise RequestError("where", Code.REQUEST_CONDITION_INCOMPLETE)
    rest.add("where", f"{name}{sign}{value.replace(',', '')}")
    return rest


def chosen_numbers(asked: SearchRequest) -> list[str]:
    """The numbers of the tables that a search names, in a condition or in its order."""
    named = [match[1] for w in asked.where if (match := CONDITION_PATTERN.fullmatch(w))]
    return list(
        dict.fromkeys(
            n for n in [*named, asked.sort.removeprefix("-")] if n in METRIC_NAMES
        )
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """How the reports of a search are spread over a number: (words, count, address, share of the
    largest in %).
    """

    label: str
    bins: list[tuple[str, int, str, int]]
    missing: int


def spread(asked: SearchRequest, name: str) -> Spread:
    """The spread of one number under every condition but those on itself."""
    others = tuple(
        w
        for w in asked.where
        if not (m := CONDITION_PATTERN.fullmatch(w)) or m[1] != name
    )
    found: Histogram = room().searcher.histogram(asked.with_(where=others), name)
    most = max((b.count for b in found.bins), default=1) or 1
    bins = [
        (
            _range(b),
            b.count,
            asked.with_(where=(*others, *b.where)).url(PAGE_SEARCH),
            round(100 * b.count / most),
        )
        for b in found.bins
        if b.count
    ]
    return Spread(labels.METRICS[name], bins, found.missing)


def _range(bin_: Bin) -> str:
    """The bin in words; whole numbers are named by the last one inside.

    >>> _range(Bin(0, 1, 3, ("x>=0", "x<1"))), _range(Bin(10, 20, 3, ("x>=10", "x<20")))
    ('0', '10–19')
    """
    whole = bin_.low == int(bin_.low) and bin_.high == int(bin_.high)
    closed = "<=" in bin_.where[-1]
    last = bin_.high if closed or not whole else bin_.high - 1
    return (
        figure(bin_.low) if last == bin_.low else f"{figure(bin_.low)}–{figure(last)}"
    )


def stated(hits: Iterable[Hit], names: list[str]) -> dict[str, list[tuple[str, str]]]:
    """What each hit states of the numbers asked for, by its id; nothing is read when no number is."""
    if not names:
        return {}
    out = {}
    for hit in hits:
        metrics = room().searcher.report(hit.id).statistics.get("metrics") or {}
        known = [
            (labels.METRICS[n], figure(metrics[n]))
            for n in names
            if metrics.get(n) is not None
        ]
        out[hit.id] = known
    return out
