"""The pages for people.

Their state is the URL alone; every control is a link or a form, and no script is needed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from index.documents.identity import is_current
from index.model.fields import FACET_NAMES, FACETS, NUMBERS, Facet
from index.search.request import API_SEARCH, LIMITS, PAGE_SEARCH, SearchRequest
from index.search.response import FacetResult, FacetValue, Hit, SearchResponse
from webui.api.feeds import report_path
from webui.http.context import base_url, room
from webui.http.params import PAGING, only, parse_search, without_blanks
from webui.http.rendering import html_page
from webui.http.searching import answer
from webui.plots.charts import YearChart, year_chart
from webui.report.view import ReportView, received_view, report_view
from webui.search import scores
from webui.search.chips import chips
from webui.search.wherebar import chosen_numbers, joined, spread, stated
from webui.words import labels, syntax

__all__ = ["pages"]

pages = Blueprint("pages", __name__)
# Values of a facet beside the results; the others are one link away.
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet as a link. `depth` is its depth in a tree."""

    label: str
    count: int
    selected: bool
    url: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """One facet beside the results."""

    name: str
    label: str
    values: list[Value]
    more_url: str | None
    total_values: int
    chart: YearChart | None = None


def _page_url(url: str) -> str:
    """The page for an address of the endpoint."""
    query = urlsplit(url).query
    return PAGE_SEARCH + ("?" + query if query else "")


# ---------------------------------------------------------------------- facets
def _value_label(facet: Facet, value: FacetValue) -> str:
    if facet.kind == "path":
        return value.value.rsplit("/", 1)[-1]
    return labels.FACET_VALUES.get(facet.name, {}).get(value.value, value.label)


def _ordered(facet: Facet, values: tuple[FacetValue, ...]) -> list[FacetValue]:
    """A tree by path; what has an order of its own in it; the rest as it came, chosen values first."""
    if facet.kind == "path":
        return _tree(values)
    if facet.kind == "number":
        return sorted(values, key=lambda v: (not v.selected, -int(v.value)))
    order = {value: i for i, value in enumerate(facet.order)}
    return sorted(
        values, key=lambda v: (not v.selected, order.get(v.value, len(order)))
    )


def _tree(values: tuple[FacetValue, ...]) -> list[FacetValue]:
    """Each value below what it belongs to, the larger branches first."""
    counts = {v.value: v.count for v in values}

    def way(value: FacetValue) -> list[tuple[int, str]]:
        parts = value.value.split("/")
        return [
            (-counts.get("/".join(parts[: i + 1]), 0), part)
            for i, part in enumerate(parts)
        ]

    return sorted(values, key=way)


def _values(facet: Facet, result: FacetResult) -> list[Value]:
    return [
        Value(
            _value_label(facet, v),
            v.count,
            v.selected,
            _page_url(v.toggle_url),
            min(v.value.count("/"), 4) if facet.kind == "path" else 0,
        )
        for v in _ordered(facet, result.values)
    ]


def _shown(facet: Facet, result: FacetResult) -> FacetResult:
    """The values beside the results: all chosen ones, then the most frequent; a tree keeps the way
    to each.
    """
    limit = {"path": 10, "number": 8}.get(facet.kind, SHOWN)
    kept = [v for i, v in enumerate(result.values) if v.selected or i < limit]
    names = {v.value for v in kept}
    parents = {
        "/".join(n.split("/")[:i]) for n in names for i in range(1, n.count("/") + 1)
    }
    kept += [
        v for v in result.values if facet.kind == "path" and v.value in parents - names
    ]
    return replace(result, values=tuple(kept))


def _group(facet: Facet, result: FacetResult, asked: SearchRequest) -> Group:
    shown = _shown(facet, result)
    more = result.total_values > len(shown.values)
    chart = None
    if facet.kind == "number":
        chart = year_chart({int(v.value): v.count for v in result.values if v.count})
    url = asked.with_(sort="relevance").url("/facets/" + facet.name) if more else None
    return Group(
        facet.name,
        facet.label_zh,
        _values(facet, shown),
        url,
        result.total_values,
        chart,
    )


def _groups(asked: SearchRequest, response: SearchResponse) -> list[Group]:
    found = ((f, response.facets[f.name]) for f in FACETS if f.name in response.facets)
    return [_group(f, result, asked) for f, result in found if result.values]


# ---------------------------------------------------------------------- the parts of a search
_IN_FORM = ("q", "sort", "match", "year_from", "year_to", "page", "cursor")


def _kept(asked: SearchRequest) -> list[tuple[str, str]]:
    """What the form sends along unseen, so that a new query keeps the filters."""
    return [(k, v) for k, v in asked.params() if k not in _IN_FORM]


@dataclass(frozen=True, slots=True)
class Step:
    """One number below the results; without `url` it is the present page, without `number` a gap."""

    number: int | None
    url: str | None = None


def _steps(asked: SearchRequest, total: int) -> list[Step]:
    last = min(-(-total // asked.size), LIMITS.window // asked.size)
    if asked.cursor is not None or last < 2:
        return []
    wanted = sorted(
        {1, last, *range(max(1, asked.page - 2), min(last, asked.page + 2) + 1)}
    )
    out: list[Step] = []
    for number in wanted:
        if out and number - (out[-1].number or 0) > 1:
            out.append(Step(None))
        out.append(
            Step(
                number,
                None
                if number == asked.page
                else asked.at_page(number).url(PAGE_SEARCH),
            )
        )
    return out


def _hit_url(hit: Hit, q: str) -> str:
    query = "?" + urlencode({"q": q}) if q else ""
    return report_path(hit.id) + query + ("#hit-1" if q and hit.occurrences else "")


def _bare(asked: SearchRequest) -> SearchRequest:
    """What is asked without how it is shown."""
    blank = SearchRequest()
    return replace(asked, **{name: getattr(blank, name) for name in PAGING})


def _explain_url(asked: SearchRequest, response: SearchResponse) -> str | None:
    """The same page with or without the parts of each score, where the order is made of them."""
    if asked.sort != "relevance" or response.occurrences is None or not response.hits:
        return None
    return replace(asked, explain=not asked.explain).url(PAGE_SEARCH)


def _alternates(asked: SearchRequest) -> dict[str, str]:
    """The same result for machines."""
    bare = _bare(asked)
    export = bare.url("/api/v1/export")
    joined = export + ("&" if "?" in export else "?")
    return {
        "json": asked.url(API_SEARCH),
        "atom": bare.url("/feed.atom"),
        "csv": joined + "format=csv",
        "jsonl": joined + "format=jsonl",
    }


# ---------------------------------------------------------------------- the pages
@pages.get("/")
def home() -> BaseResponse:
    """The entry; with a query it is the search."""
    if request.args:
        return redirect(
            PAGE_SEARCH + "?" + urlencode(list(request.args.items(multi=True))), 302
        )
    asked = SearchRequest(
        size=1,
        snippets=0,
        facets=("level", "year", "region"),
        facet_size=LIMITS.facet_size,
    )
    response = room().searcher.search(asked)
    bare = SearchRequest()
    doors = {
        f.name: [
            (v.label, v.count, bare.toggled(f.name, v.value).url(PAGE_SEARCH))
            for v in _ordered(f, response.facets[f.name].values)
            if "/" not in v.value
        ]
        for f in FACETS
        if f.name in ("level", "region") and f.name in response.facets
    }
    years = response.facets["year"].values if "year" in response.facets else ()
    chart = year_chart({int(v.value): v.count for v in years if v.count})
    return html_page(
        "home.html",
        total=response.total,
        chart=chart,
        doors=doors,
        examples=syntax.WORKED,
    )


@pages.get(PAGE_SEARCH)
def search() -> BaseResponse:
    """The results of a search."""
    if (args := joined(request.args)) is not None:
        return redirect(
            PAGE_SEARCH + "?" + urlencode(list(without_blanks(args).items(multi=True))),
            302,
        )
    asked = parse_search(without_blanks(request.args))
    numbers = chosen_numbers(asked)
    response = answer(asked)
    return html_page(
        "search.html",
        asked=asked,
        response=response,
        groups=_groups(asked, response),
        chips=chips(asked),
        kept=_kept(asked),
        steps=_steps(asked, response.total),
        alternates=_alternates(asked),
        previous_url=response.previous and _page_url(response.previous),
        next_url=response.next and _page_url(response.next),
        hit_url=_hit_url,
        conditioned=asked.with_().params(),
        spreads=[spread(asked, name) for name in numbers[:2]],
        stated=stated(response.hits, numbers),
        numbers_url=_bare(asked).url("/numbers"),
        fold_url=asked.with_(fold=not asked.fold).url(PAGE_SEARCH),
        synonyms_url=asked.with_(synonyms=not asked.synonyms).url(PAGE_SEARCH),
        explain_url=_explain_url(asked, response),
        score_parts=scores.parts,
        loose_url=asked.with_(match="any").url(PAGE_SEARCH),
        bare_url=SearchRequest(q=asked.q).url(PAGE_SEARCH),
    )


@pages.get("/facets/<name>")
def facet(name: str) -> Response:
    """Every value of one facet under a search, with a search among them."""
    if name not in FACET_NAMES:
        raise NotFound(
            f"there is no facet {name!r}; there are {', '.join(FACET_NAMES)}"
        )
    args = without_blanks(request.args)
    asked = parse_search(args, extra=("contains",), skip=("page", "cursor"))
    contains = args.get("contains", "")
    kind = next(f for f in FACETS if f.name == name)
    result = room().searcher.facet(asked, name, contains, LIMITS.facet_size)
    return html_page(
        "facet.html",
        facet=kind,
        contains=contains,
        result=result,
        values=_values(kind, result),
        params=asked.params(),
        back_url=asked.url(PAGE_SEARCH),
        chips=chips(asked),
    )


@pages.get("/reports/<path:report_id>")
def report(report_id: str) -> Response:
    """One report, opened at the places of a query."""
    values = only(without_blanks(request.args), ("q", "view"))
    q = values.get("q", "")
    if values.get("view", "repaired") == "received":
        view: ReportView = received_view(room().searcher.report(report_id))
    elif q:
        view = report_view(room().searcher.marked(report_id, q))
    else:
        view = report_view(room().searcher.report(report_id))
    path = report_path(view.report.id)
    return html_page(
        "report.html",
        view=view,
        report=view.report,
        q=q,
        path=path,
        permalink=base_url() + path,
        json_url="/api/v1" + path,
        back_url=SearchRequest(q=q).url(PAGE_SEARCH),
        generation=room().searcher.manifest.generation,
    )


@pages.get("/help")
def help_page() -> Response:
    """The query language, with examples that can be tried."""
    only(request.args, ())
    condition = (
        "applications_new>=100" if "applications_new" in NUMBERS else "year>=2018"
    )
    url = lambda q: SearchRequest(q=q).url(PAGE_SEARCH)  # noqa: E731 - a name for the template, used nowhere else
    return html_page(
        "help.html",
        rows=syntax.ROWS,
        url=url,
        numbers=NUMBERS,
        condition=condition,
        **syntax.SHOWN,
    )


@pages.get("/about")
def about() -> Response:
    """What this is, and what its figures mean."""
    only(request.args, ())
    manifest = room().searcher.manifest
    return html_page(
        "about.html", manifest=manifest, derivation_current=is_current(manifest)
    )
