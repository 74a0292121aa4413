"""URLs of pages and of the endpoint, below the site's own address."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from werkzeug.routing import PathConverter

__all__ = ["ReportIdConverter", "address", "report_path"]


class ReportIdConverter(PathConverter):
    """Any id in a path: werkzeug's own takes neither a slash at the beginning nor a line break."""

    regex = "(?s:.+)"
    # an expression without a slash would be taken for one segment of the path
    part_isolating = False


def address(path: str, **values: object) -> str:
    """A URL below `path`; parameters that are empty are left out, lists are repeated.

    >>> address("/coverage", region=""), address("/compare", id=["a", "b"])
    ('/coverage', '/compare?id=a&id=b')
    """
    given = {
        name: value for name, value in values.items() if value not in (None, "", [], ())
    }
    # a lone surrogate of a damaged text has no UTF-8: it becomes "?"
    query = urlencode(given, doseq=True, errors="replace")
    return f"{path}?{query}" if query else path


def report_path(report_id: str) -> str:
    """The page of a report, as a URL path; a slash inside the id is escaped."""
    return "/reports/" + quote(report_id, safe="", errors="replace")
