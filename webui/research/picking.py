"""Reports are picked on one page and compared on another."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from webui.http.basket import MAX_REPORTS, keep, picked, way_back
from webui.http.context import room

__all__ = ["picking_pages"]

picking_pages = Blueprint("picking", __name__)


@picking_pages.get("/compare/<action>")
def pick(action: str) -> BaseResponse:
    """Pick a report, drop one, or drop all; then back to the page where that was done.

    Raises ReportNotFoundError for a report that cannot be compared.
    """
    if action not in ("add", "drop", "clear"):
        raise NotFound
    asked = request.args.get("id", "")
    ids = [] if action == "clear" else [i for i in picked() if i != asked]
    if action == "add" and asked and len(ids) < MAX_REPORTS:
        # an id that the index does not have would break the comparison of the others
        room().searcher.report(asked)
        ids.append(asked)
    response = redirect(way_back(request.args.get("back", "")), 302)
    keep(response, ids)  # type: ignore[arg-type]
    return response
