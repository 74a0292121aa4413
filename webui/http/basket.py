"""The reports that a reader has picked to compare: a cookie keeps them from page to page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, quote_plus, unquote, urlencode

from flask import Flask, Response, request

from index.model.errors import ReportNotFoundError
from index.search.root import ROOT, below
from webui.http.addresses import address, extended, report_path
from webui.http.context import room

__all__ = [
    "BASKET_COOKIE",
    "MAX_REPORTS",
    "Basket",
    "keep",
    "picked",
    "register",
    "way_back",
]

BASKET_COOKIE = "compare"
# Reports abreast; more do not fit and are a matter for an export.
MAX_REPORTS = 6
# A browser keeps 4,096 bytes of a cookie.
_MAX_COOKIE_BYTES = 3_500
# A day in seconds: a comparison is made in one sitting.
_COOKIE_MAX_AGE = 86_400


@dataclass(frozen=True, slots=True)
class Item:
    """A picked report as every page names it."""

    id: str
    name: str
    year: int | None
    url: str
    drop_url: str


class Basket:
    """What is picked, for the templates; reports are read only where something is in it."""

    def __init__(self) -> None:
        self.ids = picked()
        self.is_full = len(self.ids) >= MAX_REPORTS

    @cached_property
    def here(self) -> str:
        """The address of this page, to come back to, as a value in a query."""
        return quote_plus(_here(), errors="replace")

    @property
    def items(self) -> list[Item]:
        """The picked reports that the index has."""
        out = []
        for report_id in self.ids:
            try:
                report = room().searcher.report(report_id)
            except ReportNotFoundError:
                continue
            name = report.agency or report.title or report.source
            drop = self.url("drop", report_id)
            item = Item(
                report_id,
                name,
                report.year,
                report_path(report_id),
                drop,
            )
            out.append(item)
        return out

    @property
    def compare_url(self) -> str:
        """The page of these reports abreast."""
        return address("/compare", id=list(self.ids))

    @property
    def clear_url(self) -> str:
        """This page with nothing picked."""
        return address("/compare/clear", back=_here())

    def url(
        self,
        action: str,
        report_id: str,
        place: str = "",
    ) -> str:
        """This page with a report picked ("add") or not ("drop"), at a `place` of it."""
        picked_id = quote_plus(report_id, errors="replace")
        back = self.here + quote_plus(place)
        return f"{below(f'/compare/{action}')}?id={picked_id}&back={back}"


def picked() -> tuple[str, ...]:
    """The ids of the picked reports, in the order in which they were picked."""
    raw = request.cookies.get(BASKET_COOKIE, "")
    ids = [unquote(part) for part in raw.split("&") if part]
    return tuple(dict.fromkeys(ids))[:MAX_REPORTS]


def keep(
    response: Response,
    ids: list[str],
) -> None:
    """Have the reader's browser remember these reports; what does not fit is left out."""
    path = ROOT.get() or "/"
    value = "&".join(
        quote(
            report_id,
            safe="",
            errors="replace",
        )
        for report_id in ids
    )
    if not ids or len(value) > _MAX_COOKIE_BYTES:
        response.delete_cookie(BASKET_COOKIE, path=path)
        return
    response.set_cookie(
        BASKET_COOKIE,
        value,
        max_age=_COOKIE_MAX_AGE,
        path=path,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def _here() -> str:
    """The address of this page, to come back to."""
    path = below(quote(request.path, errors="replace"))
    query = urlencode(list(request.args.items(multi=True)), errors="replace")
    return extended(path, query)


def way_back(asked: str) -> str:
    """An address of this site to return to; its entry for what is none."""
    home = below("/")
    # //other.example and /\other.example lead to other sites
    is_ours = asked.startswith(home) and not asked[len(home) :].startswith(("/", "\\"))
    return asked if is_ours and asked.isprintable() else home


def register(app: Flask) -> None:
    """Tell the templates what is picked."""
    app.context_processor(lambda: {"basket": Basket()})
