"""Errors as answers:

RFC 9457 problems for machines, a page for people. What went wrong is named, with its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from index.model.errors import (
    IndexStateError,
    QueryError,
    ReportNotFoundError,
    RequestError,
)
from webui.http.context import json_response
from webui.words.messages import chinese

__all__ = ["KINDS", "MACHINE", "Problem", "problem_response", "register"]

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

# kind -> (title of the problem, heading of the page, its first sentence).
#
# Each has its place at /help#problem-KIND.
KINDS = {
    "query": (
        "The query cannot be parsed",
        "检索式有误",
        "这个检索式读不懂，所以没有检索。",
    ),
    "request": (
        "The request cannot be answered as asked",
        "请求有误",
        "这个网址里有不能照办的要求。",
    ),
    "report": (
        "No such report",
        "没有这份报告",
        "编号不对，或者报告已经从索引里删去。请重新检索，找到它现在的编号。",
    ),
    "index": (
        "The index cannot be used as it is",
        "索引暂不可用",
        "索引需要维护，请稍后再试，或告诉管理员下面这句话。",
    ),
}

_HTTP = {
    404: ("没有这个页面", "网址可能写错了，或者页面已经不在。"),
    405: ("不支持这种请求方法", "这里只能读取，不能提交。"),
    500: ("服务器出错了", "这是程序的错误，日志里有详细记录。"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One error. `kind` None is a plain HTTP error."""

    status: int
    detail: str
    kind: str | None = None
    parameter: str | None = None
    position: int | None = None

    @property
    def title(self) -> str:
        """The sentence that is the same for every problem of the kind."""
        return KINDS[self.kind][0] if self.kind else HTTPStatus(self.status).phrase

    @property
    def heading(self) -> str:
        """The same for the page."""
        return (
            KINDS[self.kind][1]
            if self.kind
            else _HTTP.get(self.status, (self.title, ""))[0]
        )

    @property
    def sentence(self) -> str:
        """What a reader of the page is told first; `detail` follows for who can use it."""
        return KINDS[self.kind][2] if self.kind else _HTTP.get(self.status, ("", ""))[1]

    @property
    def words(self) -> str | None:
        """The detail in Chinese, where there is one."""
        return chinese(self.detail)

    def members(self) -> dict[str, str | int]:
        """The members of the problem document."""
        out: dict[str, str | int] = {
            "type": f"/help#problem-{self.kind}" if self.kind else "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": request.full_path.removesuffix("?"),
        }
        if self.parameter is not None:
            out["parameter"] = self.parameter
        if self.position is not None:
            out["position"] = self.position
        return out


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
    if isinstance(error, QueryError):
        return problem_response(
            Problem(400, error.detail, "query", error.parameter, error.position)
        )
    return problem_response(Problem(400, error.detail, "request", error.parameter))


def _on_missing(error: ReportNotFoundError) -> Response:
    return problem_response(Problem(404, str(error), "report"))


def _on_index(error: IndexStateError) -> Response:
    current_app.logger.error("index: %s", error)
    return problem_response(Problem(503, str(error), "index"))


def _on_http(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < 400:  # a redirect is no error
        return error.get_response()
    response = problem_response(Problem(error.code, error.description or error.name))
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
    app.register_error_handler(IndexStateError, _on_index)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_anything)
