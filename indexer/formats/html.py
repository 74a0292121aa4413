"""HTML as Chinese government websites write it: from table layouts of 2005 and Word exports to
today's systems.

The body is looked for in three ways: the containers of known content systems, readability, then the
whole page less its chrome. What is found is flattened line by line and cell by cell, so that
nothing within it is lost.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Sequence

import lxml.etree
import lxml.html
import readability
from lxml.html import HtmlElement

from index.model.problems import Code, Problem
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import (
    Framed,
    Line,
    frame,
    header_fields,
    is_chrome,
    is_title,
    squeeze,
)
from indexer.formats.flatten import Flat, flatten
from indexer.formats.profiles import (
    BODIES,
    COLUMNS,
    DROPPED_CLASSES,
    DROPPED_TAGS,
    GENERIC_BODIES,
    HEADINGS,
    META,
)
from indexer.page import Decoded, Page, Source

__all__ = ["read_html", "read_markup"]

# Letters and digits below which a page is blank.
LEAST = 5
# Characters below which a container is not believed to hold the body, unless the whole
# page is short.
LEAST_BODY = 80
# Tags beyond which a page is read without a tree, whose elements cost a kilobyte each;
# reports have 20,000 at most.
MAX_TAGS = 500_000
# Elements beyond which readability, which scores each of them several times, is not
# asked.
MAX_READABILITY = 20_000
MAX_WIDENINGS = 4
# Characters beyond which a block of links is not looked for.
MAX_LINKS = 5000
MAX_CHROME_LINES = 200
# When the tree has less than this share of the markup's characters, the parser gave up:
# read without a tree.
SALVAGE = 0.5
MAX_META = 500
MARK = "data-gongkai-n"

_HAN = re.compile(r"[\u3400-\u9fff]")
_RAW_DROP = re.compile(
    r"<(script|style|noscript)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)",
    re.IGNORECASE | re.DOTALL,
)
_RAW_BREAK = re.compile(
    r"<(?:/?(?:p|div|tr|td|th|table|li|ul|h[1-6])|br)\b[^<>]{0,2000}>", re.IGNORECASE
)
_RAW_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,2000}>")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SITE = re.compile(r"(官网|网|网站|门户|门户网站|首页|欢迎您)$")
_SENTENCES = re.compile(r"[\u3400-\u9fff].{28,}。|。.{28,}[\u3400-\u9fff]")
_TITLE_SPLIT = re.compile(
    r"\s*(?:[_|｜]|\s[-–—]{1,2}\s|--+|——|\s*[-–—]\s*(?=\S{2,20}(?:网|门户|政府|平台|委员会|局|厅|部)$))\s*"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def read_html(source: Source) -> Page:
    """The report in an HTML file.

    Raises InputError when the bytes are no text or the page is blank.
    """
    decoded = decode(source.data)
    return read_markup(decoded.text, decoded=decoded, title=source.known.title)


def read_markup(
    markup: str, *, decoded: Decoded | None = None, title: str | None = None
) -> Page:
    """The report in markup that is text already.

    A `title` that is known is taken out of the body where it stands.
    """
    markup = _CONTROLS.sub("", markup)
    if markup.count("<") > MAX_TAGS:
        return _salvage(markup, decoded, Code.FORMAT_TOO_MANY_TAGS)
    root = _parse(markup)
    if root is None or _gave_up(root, markup):
        return _salvage(markup, decoded, Code.FORMAT_NESTED_TOO_DEEP)
    meta = _meta(root)
    page_title = _text_of(root, "//title")
    _clean(root)
    chosen = _containers(root)
    flat = flatten(root, chosen)
    header = _header(flat.before)
    best = title or _title(root, flat, {**header.meta, **meta}, page_title)
    framed = _framed(flat, best, header)
    framed.meta = {**framed.meta, **{k: v for k, v in meta.items() if k != "title"}}
    return finish(framed, flat.tables, "html", decoded, LEAST)


def _parse(markup: str) -> HtmlElement | None:
    # bytes, because lxml refuses text that declares an encoding; without huge_tree depth and
    # entities are bounded
    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True
    )
    try:
        return lxml.html.document_fromstring(markup.encode("utf-8"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return None


def _gave_up(root: HtmlElement, markup: str) -> bool:
    """The parser stops at its depth limit without a word: compare what it kept with what there was."""
    kept = sum(len(_HAN.findall(text)) for text in root.itertext())
    there = len(_HAN.findall(_RAW_TAG.sub("", _RAW_DROP.sub("", markup))))
    return there > 50 and kept < SALVAGE * there


def _salvage(markup: str, decoded: Decoded | None, why: Code) -> Page:
    """The text without a tree, where the markup is too deep or too broken to have one."""
    bare = _RAW_BREAK.sub("\n", _RAW_DROP.sub("", markup))
    text = entities.unescape(_RAW_TAG.sub("", bare))
    lines = [Line(line) for raw in text.split("\n") if (line := " ".join(raw.split()))]
    page = finish(frame(lines), [], "html", decoded, LEAST)
    page.problems.append(Problem(why))
    return page


def _meta(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        key = META.get(
            (element.get("name") or element.get("property") or "").strip().lower()
        )
        value = (element.get("content") or "").strip()
        if key and value and len(value) <= MAX_META:
            found.setdefault(key, value)
    return found


def _text_of(root: HtmlElement, xpath: str) -> str:
    found = root.xpath(xpath)
    return " ".join("".join(found[0].itertext()).split())[:MAX_META] if found else ""


def _clean(root: HtmlElement) -> None:
    """Take out what a reader of the page does not see."""
    total = _length(root)
    for element in list(root.iter()):
        tag = element.tag
        # some systems hide the body itself until a script shows it
        hidden = _is_hidden(element) and _length(element) * 2 < total
        if hidden or not isinstance(tag, str) or tag in DROPPED_TAGS or tag == "head":
            _drop(element)


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or bool(
        _HIDDEN.search(element.get("style") or "")
    )


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _length(element: HtmlElement) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _lengths(root: HtmlElement) -> dict[HtmlElement, int]:
    """`_length` of every element, in one pass: asking each for itself would cost depth times size."""
    lengths: dict[HtmlElement, int] = {}
    for element in reversed(list(root.iter())):
        own = len((element.text or "").strip()) if isinstance(element.tag, str) else 0
        lengths[element] = own + sum(
            lengths[child] + len((child.tail or "").strip()) for child in element
        )
    return lengths


def _containers(root: HtmlElement) -> set[HtmlElement]:
    """The elements that hold the body; nested ones by their outermost, separate ones all together."""
    total = _length(root)
    for profiles in (BODIES, GENERIC_BODIES):
        found = _outermost(
            [e for group in _select(root, profiles).values() for e in group]
        )
        length = sum(map(_length, found))
        if length >= LEAST_BODY or length * 2 > total > 0:
            if profiles is BODIES:
                return _largest(found)
            _drop_chrome(root)
            return _widened(_largest(found), root)
    _drop_chrome(root)
    return _readable(root) or {root}


def _select(
    root: HtmlElement, selectors: Sequence[str]
) -> dict[str, list[HtmlElement]]:
    """The elements of each selector, in the order of `selectors`; one pass over the page for all of
    them.
    """
    found: dict[str, list[HtmlElement]] = {
        selector.lower(): [] for selector in selectors
    }
    for element in root.iter():
        names = [
            element.tag,
            *(f".{c}" for c in (element.get("class") or "").lower().split()[:20]),
        ]
        if identity := element.get("id"):
            names.append("#" + identity.strip().lower())
        for name in names:
            if name in found:
                found[name].append(element)
    return found


def _outermost(found: Sequence[HtmlElement]) -> list[HtmlElement]:
    every = set(found)
    return [
        e
        for e in dict.fromkeys(found)
        if not any(above in every for above in e.iterancestors())
    ]


def _largest(found: Sequence[HtmlElement]) -> set[HtmlElement]:
    """The longest container and those that are parts of the same document: all but the small ones
    beside a long one.
    """
    longest = max(map(_length, found))
    return {e for e in found if _length(e) * 20 >= longest}


def _widened(chosen: set[HtmlElement], root: HtmlElement) -> set[HtmlElement]:
    """A container of no certain name, or what is around it, when sentences of the document stand
    outside it.
    """
    for _ in range(MAX_WIDENINGS):
        flat = flatten(root, chosen)
        outside = sum(
            len(text) for text in [*flat.before, *flat.after] if _SENTENCES.search(text)
        )
        if outside < LEAST_BODY or outside * 50 < sum(
            len(line.text) for line in flat.lines
        ):
            break
        parents = [parent for e in chosen if (parent := e.getparent()) is not None]
        if not parents:
            break
        chosen = set(_outermost(parents))
    return chosen


def _drop_chrome(root: HtmlElement) -> None:
    """Without a sure container: navigation, footers and lists of links go."""
    lengths = _lengths(root)
    for element in list(
        root.iter("nav", "footer", "aside", "header", "div", "ul", "table", "section")
    ):
        words = set(
            re.split(
                r"[\s_-]+",
                f"{element.get('class') or ''} {element.get('id') or ''}".lower(),
            )
        )
        named = element.tag in ("nav", "footer", "aside") or not words.isdisjoint(
            DROPPED_CLASSES
        )
        if lengths[element] * 3 < lengths[root] and (
            named or _is_links(element, lengths)
        ):
            _drop(element)


def _is_links(element: HtmlElement, lengths: dict[HtmlElement, int]) -> bool:
    links = element.findall(".//a") if lengths[element] < MAX_LINKS else []
    return len(links) > 3 and sum(lengths[a] for a in links) > 0.6 * lengths[element]


def _readable(root: HtmlElement) -> set[HtmlElement]:
    """The elements that readability takes for the article, in our own tree, so that its cleaning
    loses no cell.
    """
    numbered = dict[str, HtmlElement]()
    for n, element in enumerate(root.iter()):
        if n > MAX_READABILITY:
            return set()
        element.set(MARK, str(n))
        numbered[str(n)] = element
    try:
        summary = readability.Document(
            lxml.html.tostring(root, encoding="unicode")
        ).summary(html_partial=True)
        article = lxml.html.fragment_fromstring(summary, create_parent=True)
    # readability raises whatever its parsers raise; the whole page is the answer then
    except Exception:  # noqa: BLE001
        return set()
    marked = [
        numbered[mark] for e in article.iter() if (mark := e.get(MARK)) in numbered
    ]
    found = _outermost(marked)
    return set(found) if sum(map(_length, found)) >= LEAST_BODY else set()


def _header(before: Sequence[str]) -> Framed:
    """Facts told above the body: "label：value" lines, and label cells followed by their value."""
    out = Framed([])
    skip = -1
    for n, text in enumerate(before):
        if n == skip:
            continue
        line = text
        if (
            text.endswith(("：", ":"))
            and n + 1 < len(before)
            and header_fields(text) is not None
        ):
            line, skip = text + before[n + 1], n + 1
        if (fields := header_fields(line)) is None:
            continue
        for key, value in fields.items():
            out.meta.setdefault(key, value)
        out.meta["header"] = (
            f"{out.meta['header']}\n{line}" if "header" in out.meta else line
        )
    return out


def _title(
    root: HtmlElement, flat: Flat, meta: dict[str, str], page_title: str
) -> str | None:
    """The title: what the page says of itself, a heading above the body, or its <title> less the
    site's name.
    """
    if found := meta.get("title"):
        return _clean_title(found, meta)
    cleaned = _clean_title(page_title, meta)
    headings = [
        h
        for group in _select(root, HEADINGS).values()
        for e in group[:5]
        if (h := _heading(e))
    ]
    agreed = [h for h in headings if squeeze(h) in squeeze(page_title)]
    named = [h for h in headings if is_title(h)]
    if best := (agreed or named):
        return max(best, key=len) if agreed else best[0]
    if frame(flat.lines).title or not _HAN.search(cleaned or ""):
        return None
    return cleaned or (headings[0] if headings else None)


def _heading(element: HtmlElement) -> str | None:
    text = " ".join("".join(element.itertext()).split())
    return (
        text
        if 4 <= len(text) <= 100
        and not is_chrome(text)
        and squeeze(text) not in COLUMNS
        else None
    )


def _clean_title(title: str, meta: dict[str, str]) -> str | None:
    """The part of <title> that is not the name of the site or of its column."""
    names = {squeeze(meta[key]) for key in ("site", "column") if key in meta}
    parts = [
        p
        for p in _TITLE_SPLIT.split(title.strip())
        if p and squeeze(p) not in names | COLUMNS
    ]
    if not parts:
        return None
    named = next((p for p in parts if is_title(p)), parts[0])
    return None if _SITE.search(named) else named


def _framed(flat: Flat, title: str | None, header: Framed) -> Framed:
    framed = frame(flat.lines, title)
    if title is None and framed.title is None:
        framed.title = next((t for t in reversed(flat.before) if is_title(t)), None)
    around = [*flat.before, *flat.after]
    framed.chrome = [*framed.chrome, *around][:MAX_CHROME_LINES]
    headers = [h for h in (header.meta.get("header"), framed.meta.get("header")) if h]
    framed.meta = {
        **framed.meta,
        **{k: v for k, v in header.meta.items() if k not in ("title", "issuer")},
    }
    if headers:
        framed.meta["header"] = "\n".join(headers)
    if issuer := header.meta.get("issuer"):
        framed.meta.setdefault("source", issuer)
    return framed
