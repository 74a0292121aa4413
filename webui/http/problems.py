"""Errors as answers:

RFC 9457 problems for machines, a page for people. What went wrong is named, with its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as BaseResponse

from index.model.errors import (
    IndexStateError,
    QueryError,
    ReportNotFoundError,
    RequestError,
    TooCostlyError,
)
from index.model.problems import Note
from index.search.root import below
from index.words import term
from webui.http.context import json_response, room
from webui.words.faults import said_plainly
from webui.words.messages import MACHINE_LANGUAGE, page_language

__all__ = [
    "KINDS",
    "MACHINE",
    "NotHereError",
    "Problem",
    "problem_response",
    "register",
]

# Addresses that programs read: their errors are problem documents.
MACHINE = (
    "/api/",
    "/-/",
    "/openapi.json",
    "/metrics",
    "/opensearch.xml",
    "/feed.atom",
    "/sitemap",
    "/robots.txt",
)

# The kinds of errors of ours. Each is explained at /help#problem-KIND; its title and its first
# sentence stand in the catalogues, with those of the HTTP statuses.
KINDS = ("query", "request", "cost", "report", "index")


class NotHereError(NotFound):
    """There is no such thing; `note` says what was asked for."""

    def __init__(self, note: Note) -> None:
        super().__init__(note.message(MACHINE_LANGUAGE))
        self.note = note


@dataclass(frozen=True, slots=True)
class Problem:
    """One error as it is answered. `detail` is for machines, `note` for people.

    `kind` is one of KINDS, or None for a plain HTTP error.
    """

    status: int
    detail: str
    kind: str | None = None
    note: Note | None = None
    parameter: str | None = None
    position: int | None = None

    @property
    def title(self) -> str:
        """The sentence that is the same for every problem of the kind."""
        if self.kind is None:
            return HTTPStatus(self.status).phrase
        return term("error-title", self.kind, MACHINE_LANGUAGE)

    @property
    def heading(self) -> str:
        """The title on a page."""
        return self._on_page("error-title") or self.title

    @property
    def sentence(self) -> str:
        """The first sentence of an error page, for every reader; `words` add technical detail."""
        return self._on_page("error-lead")

    def _on_page(self, context: str) -> str:
        """The words for the kind or the status; nothing for a status that has none."""
        name = self.kind or str(self.status)
        words = term(context, name, page_language())
        return "" if words == name else words

    @property
    def words(self) -> str | None:
        """What went wrong, in the language of the page."""
        return None if self.note is None else said_plainly(self.note)

    def members(self) -> dict[str, Any]:
        """The members of the problem document."""
        members: dict[str, Any] = {
            "type": below(f"/help#problem-{self.kind}") if self.kind else "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": below(request.full_path.removesuffix("?")),
        }
        if self.note is None:
            members["code"] = f"http.{self.status}"
        else:
            members |= self.note.as_json()
        if self.parameter is not None:
            members["parameter"] = self.parameter
        if self.position is not None:
            members["position"] = self.position
        return members


def problem_response(problem: Problem) -> Response:
    """The problem as a document for machines, or as a page."""
    if request.path.startswith(MACHINE):
        response = json_response(
            problem.members(), problem.status, "application/problem+json"
        )
    else:
        page = render_template(
            "error.html", problem=problem, q=request.args.get("q", "")
        )
        response = Response(
            page.encode("utf-8", "replace"), problem.status, mimetype="text/html"
        )
    if problem.status == 503:
        response.headers["Retry-After"] = "10"
    return response


def _on_request_error(error: RequestError) -> Response:
    detail = error.note.message(MACHINE_LANGUAGE)
    position = error.position if isinstance(error, QueryError) else None
    kind = "request" if position is None else "query"
    if kind == "query":
        room().failures.refused(error.note.code)
    return problem_response(
        Problem(400, detail, kind, error.note, error.parameter, position)
    )


def _on_missing(error: ReportNotFoundError) -> Response:
    detail = error.note.message(MACHINE_LANGUAGE)
    return problem_response(Problem(404, detail, "report", error.note))


def _on_cost(error: TooCostlyError) -> Response:
    detail = error.note.message(MACHINE_LANGUAGE)
    return problem_response(Problem(503, detail, "cost", error.note))


def _on_index(error: IndexStateError) -> Response:
    current_app.logger.error("index: %s", error)
    return problem_response(Problem(503, str(error), "index", Note(error.code)))


def _on_http(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < 400:  # a redirect is no error
        return error.get_response()
    note = error.note if isinstance(error, NotHereError) else None
    detail = error.description or error.name
    response = problem_response(Problem(error.code, detail, note=note))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def _on_anything(error: Exception) -> Response:
    current_app.logger.error("unexpected: %s", type(error).__name__, exc_info=error)
    return problem_response(
        Problem(
            500, "an error of this program; its log has the details, please report it"
        )
    )


def register(app: Flask) -> None:
    """Answer every error of the app."""
    app.register_error_handler(RequestError, _on_request_error)
    app.register_error_handler(ReportNotFoundError, _on_missing)
    app.register_error_handler(TooCostlyError, _on_cost)
    app.register_error_handler(IndexStateError, _on_index)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_anything)
