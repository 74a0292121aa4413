"""The language of a page: asked for in its address, remembered, or preferred by the browser."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property, lru_cache
from html import unescape
from typing import cast
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

from babel import Locale, UnknownLocaleError
from flask import Flask, Request, Response, request
from markupsafe import escape
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

from index.model.errors import RequestError
from index.model.problems import Code
from index.search.root import ROOT
from index.words import LANGUAGES, term
from webui.http.addresses import LANGUAGE, in_language
from webui.words.messages import (
    DEFAULT_LANGUAGE,
    page_language,
    set_page_language,
)

__all__ = ["PARAMETER", "PageRequest", "choices", "matching", "register"]

# The parameter of every page, and the cookie that remembers it.
PARAMETER = LANGUAGE
# A year in seconds.
_COOKIE_MAX_AGE = 31_536_000
# Addresses that programs read are in one language and know no such parameter.
_MACHINE_PATHS = (
    "/api/",
    "/-/",
    "/openapi.json",
    "/metrics",
    "/sitemap",
    "/robots.txt",
    "/static/",
)
# A link or a form to a page of this site. Links in a head lead to pages too: next, alternate.
_LINK_PATTERN = re.compile(r'(<(?:a|link)\b[^>]*?\bhref=")(/[^"]*)(")')
_FORM_PATTERN = re.compile(r"<form\b[^>]*>")


class PageRequest(Request):
    """A request whose `args` are without the language: every page takes it, none reads it."""

    @cached_property
    def in_a_language(self) -> bool:
        """Whether the answer is for people."""
        return not self.path.startswith(_MACHINE_PATHS)

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The parameters of the address."""
        own = self._all_args
        if not self.in_a_language or PARAMETER not in own:
            return own
        rest = [pair for pair in own.items(multi=True) if pair[0] != PARAMETER]
        return ImmutableMultiDict(rest)

    @cached_property
    def asked_language(self) -> str | None:
        """What the address asks for, as it was typed; None for an address without it."""
        return self._all_args.get(PARAMETER) if self.in_a_language else None

    @cached_property
    def _all_args(self) -> MultiDict[str, str]:
        own: MultiDict[str, str] = super().args
        if not _is_utf8(self.query_string):
            own = _read_as_gb(self.query_string) or own
        # werkzeug has put them in the place of ours
        self.__dict__.pop("args", None)
        return own


def _is_utf8(query: bytes) -> bool:
    try:
        unquote_to_bytes(query).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_as_gb(query: bytes) -> MultiDict[str, str] | None:
    """The parameters of an address that was escaped in GB18030, as older sites do.

    None where it was not.
    """
    try:
        pairs = parse_qsl(
            query.decode("latin-1"),
            keep_blank_values=True,
            encoding="gb18030",
            errors="strict",
        )
    except ValueError:
        return None
    return ImmutableMultiDict(pairs)


@lru_cache(maxsize=256)
def matching(tag: str) -> str | None:
    """The language of ours that a tag asks for; None when there is none.

    >>> matching("zh-TW"), matching("zh"), matching("en-GB"), matching("fr")
    ('zh-Hant', 'zh-Hans', 'en', None)
    """
    try:
        asked = Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        # "*", or something that is no tag
        return None
    for known in LANGUAGES:
        own = Locale.parse(known, sep="-")
        # zh alone is read as simplified Chinese, as Unicode's likely subtags say
        script = asked.script or "Hans"
        if own.language == asked.language and own.script in (None, script):
            return known
    return None


def _preferred(tags: Iterable[str]) -> str:
    """The first language of ours among these tags; else the default."""
    for tag in tags:
        known = matching(tag)
        if known is not None:
            return known
    return DEFAULT_LANGUAGE


def _page_request() -> PageRequest:
    # the proxy stands for the object that `register` had the app make
    return cast("PageRequest", request)


def _choose() -> None:
    asked = _page_request().asked_language
    remembered = request.cookies.get(PARAMETER, "")
    accepted = [tag for tag, quality in request.accept_languages if quality]
    set_page_language(_preferred([asked or "", remembered, *accepted]))
    # the page that says so is in the language that the reader had
    if asked is not None and matching(asked) is None:
        facts = {"value": asked[:40], "allowed": list(LANGUAGES)}
        raise RequestError(PARAMETER, Code.REQUEST_NOT_ALLOWED, facts)


def choices() -> list[tuple[str, str, str]]:
    """The languages as (tag, own name, this page in it)."""
    out = []
    for tag in LANGUAGES:
        parameters = [*request.args.items(multi=True), (PARAMETER, tag)]
        query = urlencode(parameters, errors="replace")
        out.append((tag, term("language", "name", tag), f"?{query}"))
    return out


def _after(response: Response) -> Response:
    if not _page_request().in_a_language:
        return response
    response.vary.update(["Accept-Language", "Cookie"])
    asked = _page_request().asked_language
    if asked is None or matching(asked) is None:
        return response
    response.set_cookie(
        PARAMETER,
        page_language(),
        max_age=_COOKIE_MAX_AGE,
        path=ROOT.get() or "/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    # a reader who takes no cookies keeps the language by the links
    if response.mimetype == "text/html" and response.status_code != 304:
        _keep(response)
    return response


def _keep(response: Response) -> None:
    language = page_language()
    if response.location:
        response.location = in_language(response.location, language)
        return
    field = f'<input type="hidden" name="{PARAMETER}" value="{language}">'
    page = response.get_data(as_text=True)
    page = _LINK_PATTERN.sub(_kept_link, page)
    page = _FORM_PATTERN.sub(lambda form: form[0] + field, page)
    response.set_data(page)


def _kept_link(link: re.Match[str]) -> str:
    url = unescape(link[2])
    path = url.removeprefix(ROOT.get())
    if path.startswith((*_MACHINE_PATHS, "//")):
        return link[0]
    return link[1] + str(escape(in_language(url, page_language()))) + link[3]


def register(app: Flask) -> None:
    """Choose the language before every handler, and remember it after it."""
    app.request_class = PageRequest
    app.before_request(_choose)
    app.after_request(_after)
    # the thread answers other requests, some of which end before a language is chosen
    app.teardown_request(_forget)


def _forget(_: BaseException | None) -> None:
    set_page_language()
