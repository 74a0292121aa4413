"""The rows of links above the figures: what to group by, which year, which place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from index.query.nodes import NO_VALUE
from index.search.request import LIMITS, SearchRequest
from index.studies.aggregate import BY
from webui.http.context import room
from webui.http.measures import FiguresRequest
from webui.words import labels
from webui.words.messages import gettext as _

__all__ = ["Link", "Strip", "strips"]


@dataclass(frozen=True, slots=True)
class Link:
    """One choice. The current one has no address."""

    label: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Strip:
    """Choices of one kind."""

    label: str
    links: list[Link]


def strips(asked: FiguresRequest) -> list[Strip]:
    """What can be chosen with one click; a kind without a choice is left out."""
    groupings = [
        Link(
            labels.group_label(by) if by != "region" else _("下一级地区"),
            # another grouping has an order of its own
            replace(asked, by=by, order="").url("/numbers"),
            current=by == asked.by,
        )
        for by in BY
    ]
    found = [
        Strip(_("分组"), groupings),
        Strip(_("年度"), _years(asked)),
        Strip(_("地区"), _places(asked)),
    ]
    return [strip for strip in found if len(strip.links) > 1]


def _chosen(
    asked: FiguresRequest,
    facet: str,
    value: str | None,
) -> str:
    """The same question with one value of a facet, or with all."""
    filters = {k: v for k, v in asked.request.filters.items() if k != facet}
    if value is not None:
        filters[facet] = (value,)
    request: SearchRequest = asked.request.with_(filters=filters)
    return replace(asked, request=request).url("/numbers")


def _values(
    asked: FiguresRequest,
    facet: str,
    contains: str = "",
) -> list[str]:
    result = room().searcher.facet(asked.request, facet, contains, LIMITS.facet_size)
    return [value.value for value in result.values]


def _years(asked: FiguresRequest) -> list[Link]:
    chosen = asked.request.filters.get("year", ())
    links = [Link(_("全部"), _chosen(asked, "year", None), current=not chosen)]
    for year in sorted(_values(asked, "year"), reverse=True):
        current = chosen == (year,)
        links.append(Link(year, _chosen(asked, "year", year), current=current))
    return links + _unknown(asked, "year")


def _unknown(asked: FiguresRequest, facet: str) -> list[Link]:
    """What is chosen, where it is the reports without a value alone."""
    if asked.request.filters.get(facet) != (NO_VALUE,):
        return []
    label = labels.facet_value(facet, NO_VALUE)
    return [Link(label, _chosen(asked, facet, NO_VALUE), current=True)]


def _places(asked: FiguresRequest) -> list[Link]:
    """The way from the country down to the place chosen, and the places directly below it."""
    chosen = asked.request.filters.get("region", ())
    links = [Link(_("全国"), _chosen(asked, "region", None), current=not chosen)]
    if len(chosen) > 1:
        return links
    links += _unknown(asked, "region")
    path = chosen[0].split("/") if any(chosen) else []
    for depth, name in enumerate(path, 1):
        place = "/".join(path[:depth])
        current = depth == len(path)
        links.append(Link(name, _chosen(asked, "region", place), current=current))
    above = "/".join(path)
    prefix = f"{above}/" if above else ""
    for place in sorted(_values(asked, "region", above)):
        name = place.removeprefix(prefix)
        if place.startswith(prefix) and name and "/" not in name:
            links.append(Link(name, _chosen(asked, "region", place)))
    return links
