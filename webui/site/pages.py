"""The pages about this site: the query language, and what its figures mean."""

from __future__ import annotations

from flask import Blueprint, Response

from index.documents.identity import is_current
from index.model.fields import NUMBERS
from index.search.request import PAGE_SEARCH, SearchRequest
from webui.http.context import room
from webui.http.rendering import html_page
from webui.words import syntax

__all__ = ["site_pages"]

site_pages = Blueprint("site", __name__)


@site_pages.get("/help")
def help_page() -> Response:
    """The query language, with examples that can be tried."""
    condition = "year>=2018"
    if "applications_new" in NUMBERS:
        condition = "applications_new>=100"
    return html_page(
        "help.html",
        rows=syntax.SYNTAX_ROWS,
        url=_search_url,
        numbers=NUMBERS,
        condition=condition,
        **syntax.HELP_EXAMPLES,
    )


def _search_url(q: str) -> str:
    return SearchRequest(q=q).url(PAGE_SEARCH)


@site_pages.get("/about")
def about() -> Response:
    """What this is, and what its figures mean."""
    manifest = room().searcher.manifest
    return html_page(
        "about.html", manifest=manifest, derivation_current=is_current(manifest)
    )
