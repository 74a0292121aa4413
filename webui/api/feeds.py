"""XML for machines: Atom of any search, sitemaps, the OpenSearch description."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from index.search.request import PAGE_SEARCH, SearchRequest
from index.search.response import Hit, SearchResponse
from webui.http.addresses import report_path
from webui.words.labels import valued
from webui.words.messages import gettext as _

__all__ = [
    "SITEMAP_URLS",
    "atom",
    "opensearch",
    "sitemap",
    "sitemap_index",
]

# What sitemaps.org allows in one file.
SITEMAP_URLS = 50_000

_XML_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SITEMAP_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OPENSEARCH_NAMESPACE = "http://a9.com/-/spec/opensearch/1.1/"
# Characters that XML 1.0 cannot hold, not even escaped.
_ILLEGAL_PATTERN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _text(value: str) -> str:
    return escape(_ILLEGAL_PATTERN.sub("\ufffd", value))


def _element(name: str, value: str) -> str:
    return f"<{name}>{_text(value)}</{name}>"


def _link(address: str, relation: str, media_type: str) -> str:
    legal = _ILLEGAL_PATTERN.sub("", address)
    attributes = {"rel": relation, "type": media_type, "href": legal}
    written = " ".join(f"{k}={quoteattr(v)}" for k, v in attributes.items())
    return f"<link {written}/>"


def _entry(hit: Hit, base: str, otherwise: str) -> str:
    """One report; `updated` is when it came into the index.

    Atom demands `updated`. A report of which that is not known has `otherwise`.
    """
    address = base + report_path(hit.id)
    # a date of publication is a day in China
    day = f"{hit.published}T00:00:00+08:00" if hit.published else None
    known = [str(fact) for fact in (hit.agency, valued(hit.level), hit.year) if fact]
    about = _("，").join(known)
    summary = "\n".join(snippet.shown()[0] for snippet in hit.snippets) or about
    parts = [
        _element("id", address),
        _element("title", hit.title or about or hit.source),
        _element("updated", hit.indexed or otherwise),
        _element("published", day) if day else "",
        _link(address, "alternate", "text/html"),
        f"<author>{_element('name', hit.agency or _('不详'))}</author>",
        _element("summary", summary),
    ]
    return "<entry>" + "".join(parts) + "</entry>"


def atom(
    request: SearchRequest, response: SearchResponse, base: str, changed: dt.datetime
) -> str:
    """The feed of a search, its newest report first.

    Without a report that came in at a known time it was updated at `changed`.
    """
    own = base + request.url("/feed.atom")
    page = base + request.url(PAGE_SEARCH)
    when = changed.isoformat(timespec="seconds")
    newest = response.hits[0].indexed if response.hits else None
    head = [
        _element("id", own),
        _element("title", _title(request)),
        _element("updated", newest or when),
        _link(own, "self", "application/atom+xml"),
        _link(page, "alternate", "text/html"),
    ]
    entries = [_entry(hit, base, when) for hit in response.hits]
    body = "".join([*head, *entries])
    return f'{_XML_HEAD}<feed xmlns="http://www.w3.org/2005/Atom">{body}</feed>'


def _title(request: SearchRequest) -> str:
    if not request.q:
        return _("公开：全部报告")
    return _("公开：%(query)s", query=request.q)


def sitemap_index(base: str, files: int) -> str:
    """The list of the sitemap files."""
    # the index file names at most 50,000 files: that is 2,500,000,000 reports
    rows = "".join(
        f"<sitemap>{_element('loc', f'{base}/sitemap-{n}.xml')}</sitemap>"
        for n in range(1, files + 1)
    )
    return (
        f'{_XML_HEAD}<sitemapindex xmlns="{_SITEMAP_NAMESPACE}">{rows}</sitemapindex>'
    )


def sitemap(base: str, ids: Iterable[str]) -> str:
    """One sitemap file."""
    rows = "".join(
        f"<url>{_element('loc', base + report_path(own))}</url>" for own in ids
    )
    return f'{_XML_HEAD}<urlset xmlns="{_SITEMAP_NAMESPACE}">{rows}</urlset>'


def opensearch(base: str) -> str:
    """The description with which a browser or a feed reader searches here."""
    # {searchTerms} is filled in by the browser; ? marks a part that it may leave out
    urls = (
        ("text/html", f"{base}/search?q={{searchTerms}}"),
        ("application/atom+xml", f"{base}/feed.atom?q={{searchTerms}}"),
        (
            "application/json",
            f"{base}/api/v1/search?q={{searchTerms}}&page={{startPage?}}",
        ),
    )
    rows = "".join(
        f"<Url type={quoteattr(kind)} template={quoteattr(url)}/>" for kind, url in urls
    )
    about = _element("ShortName", _("公开 Gongkai")) + _element(
        "Description", _("检索政府信息公开工作年度报告")
    )
    # the reports are in Chinese, whatever the language of the pages
    encoding = "<Language>zh</Language><InputEncoding>UTF-8</InputEncoding>"
    return (
        f'{_XML_HEAD}<OpenSearchDescription xmlns="{_OPENSEARCH_NAMESPACE}">'
        f"{about}{rows}{encoding}</OpenSearchDescription>"
    )
