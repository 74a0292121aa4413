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
from dataclasses import dataclass, field

import lxml.etree
import lxml.html
import readability
from lxml.html import HtmlElement

from index.analysis.characters import IDEOGRAPH_CLASS, IDEOGRAPH_PATTERN
from index.model.problems import Code, Facts, Problem
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import (
    MAX_TITLE_LINES,
    Framed,
    Line,
    frame,
    header_fields,
    is_chrome,
    is_title,
    squeeze,
    title_apart,
)
from indexer.formats.elsewhere import elsewhere
from indexer.formats.flatten import Flat, flatten
from indexer.formats.profiles import (
    BODY_SELECTORS,
    COLUMN_NAMES,
    DROPPED_CLASSES,
    GENERIC_SELECTORS,
    HEADING_SELECTORS,
    META_KEYS,
)
from indexer.formats.strays import is_reportlike, is_site_text, outermost, strays
from indexer.formats.visible import (
    Hidden,
    drop,
    length_of,
    letters_of,
    show,
    texts_of,
)
from indexer.page import Decoded, Page, Source
from indexer.plausible import read_again

__all__ = ["is_markup", "read_html", "read_markup"]

SNIFFED_BYTES = 4096
# Letters and digits below which a page is blank.
MIN_LETTERS = 5
# Characters below which a container is not believed to hold the body, unless the whole
# page is short.
MIN_BODY_LENGTH = 80
# Tags beyond which a page is read without a tree, whose elements cost a kilobyte each;
# reports have 20,000 at most.
MAX_TAGS = 500_000
# Elements beyond which readability, which scores each of them several times, is not
# asked.
MAX_READABILITY = 20_000
# How often a container may be given up for what is around it.
MAX_WIDENINGS = 4
# Characters beyond which a block of links is not looked for.
MAX_LINK_BLOCK = 5000
# Lines of chrome that are kept.
MAX_CHROME_LINES = 2000
# Letters and digits, and the share of a page, from which what is lost is told.
MAX_LOST_LETTERS = 40
MAX_LOST_SHARE = 0.05
# When the tree has less than this share of the markup's characters, the parser gave up:
# read without a tree.
MIN_KEPT_SHARE = 0.5
# Characters of a value of <meta> that is believed.
MAX_META = 500
MARK_ATTRIBUTE = "data-gongkai-n"

# byte order marks of UTF-8 and UTF-16, and white space
_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_MARKUP_PATTERN = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|table|div|p|title|script)\b",
    re.IGNORECASE,
)

# Chinese characters
# <script>...</script> and comments, up to the end where they are not closed
_RAW_DROP = re.compile(
    r"<(script|style|noscript)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)",
    re.IGNORECASE | re.DOTALL,
)
# <p>, </tr>, <br>: tags that end a line
_RAW_BREAK = re.compile(
    r"<(?:/?(?:p|div|tr|td|th|table|li|ul|h[1-6])|br)\b[^<>]{0,2000}>", re.IGNORECASE
)
_IDEOGRAPHS_PATTERN = re.compile(f"[{IDEOGRAPH_CLASS}]+")
_RAW_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,2000}>")
# 深圳政府在线网站, 欢迎您: a <title> that names the site alone
_SITE_PATTERN = re.compile(r"(官网|网|网站|门户|门户网站|首页|欢迎您)$")
# a line of 30 characters or more with a full stop; anchored, so that each line is read once
_SENTENCE_PATTERN = re.compile(
    r"(?m)^[^\n\u3400-\u9fff]*+[\u3400-\u9fff].{28,}。"
    r"|^[^\n。]*+。.{28,}[\u3400-\u9fff]"
)
# 年度报告_深圳市龙岗区, 年报 - 龙岗政府在线: where a <title> is cut
_TITLE_SPLIT = re.compile(
    r"\s*(?:[_|｜]|\s[-–—]{1,2}\s|--+|——|\s*[-–—]\s*(?=\S{2,20}(?:网|门户|政府|平台|委员会|局|厅|部)$))\s*"
)
# what XML cannot hold
_CONTROL_PATTERN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]"
)


# What stands behind the end of a page is shown all the same, and lxml would drop it: programs
# write one page behind another. What browsers without frames show lxml takes for no markup.
_PASSED_TAG_PATTERN = re.compile(r"</(?:body|html)\s*>|</?noframes\s*>", re.IGNORECASE)


def is_markup(
    data: bytes,
) -> bool:
    """Whether the first bytes are those of an HTML page, with or without a mark."""
    head = data[:SNIFFED_BYTES].replace(b"\x00", b"").lstrip(_BEFORE_MARKUP)
    is_drawing = (
        head[:5].lower() in (b"<svg ", b"<?xml") and b"<html" not in head.lower()
    )
    is_tagged = head.startswith(b"<") and not is_drawing
    return is_tagged and _MARKUP_PATTERN.search(head) is not None


def read_html(
    source: Source,
) -> Page:
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
    again = read_again(markup, escapes=False)
    if again:
        markup = again[0]
    markup = _CONTROL_PATTERN.sub("", markup)
    if markup.count("<") > MAX_TAGS:
        return _salvage(markup, decoded, Code.FORMAT_TOO_MANY_TAGS)
    root = _parse(markup)
    if root is None or _gave_up(root, markup):
        return _salvage(markup, decoded, Code.FORMAT_NESTED_TOO_DEEP)
    meta = _meta(root)
    page_title = _text_of(root, "//title")
    around = elsewhere(root)
    hidden = show(root)
    visible = _letters(root)
    around.refuse_blank(visible)
    body = _containers(root)
    flat = _completed(root, body, page_title)
    header = _header(flat.before)
    best = title or _title(root, flat, {**header.meta, **meta}, page_title)
    framed = _framed(flat, best, header)
    framed.meta = {**framed.meta, **{k: v for k, v in meta.items() if k != "title"}}
    framed.chrome += body.dropped
    page = finish(framed, flat.tables, "html", decoded, MIN_LETTERS)
    page.problems += _told(page, hidden, visible)
    page.problems += around.told(visible)
    if again:
        page.problems.append(Problem(Code.FORMAT_READ_AGAIN, {"encoding": again[1]}))
    return page


def _letters(
    root: HtmlElement,
) -> int:
    return letters_of("\n".join(texts_of(root)))


def _told(
    page: Page,
    hidden: Hidden,
    visible: int,
) -> list[Problem]:
    """What of the page is neither text nor title nor kept as chrome."""
    problems: list[Problem] = []
    if hidden.struck:
        facts: Facts = {"count": len(hidden.struck), "runs": hidden.struck[:5]}
        problems.append(Problem(Code.FORMAT_STRUCK_OUT, facts))
    kept = sum(map(letters_of, (page.text, page.title or "", *page.chrome)))
    lost = visible - kept
    if lost > MAX_LOST_LETTERS and lost > MAX_LOST_SHARE * visible:
        percent = round(100 * lost / visible)
        problems.append(Problem(Code.FORMAT_UNACCOUNTED, {"percent": percent}))
    return problems


def _parse(
    markup: str,
) -> HtmlElement | None:
    # without huge_tree, depth and entities are bounded
    parser = lxml.html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
    )
    markup = _PASSED_TAG_PATTERN.sub("", markup)
    try:
        # bytes, because lxml refuses text that declares an encoding
        return lxml.html.document_fromstring(markup.encode("utf-8"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return None


def _gave_up(
    root: HtmlElement,
    markup: str,
) -> bool:
    """Whether the parser stopped at its depth limit, which it does without a word.

    What it kept is compared with what there was.
    """
    kept = _ideographs("".join(texts_of(root)))
    # with what stands in tags and scripts: nearly always that is enough to tell
    if kept >= MIN_KEPT_SHARE * _ideographs(markup):
        return False
    there = _ideographs(_RAW_TAG.sub("", _RAW_DROP.sub("", markup)))
    return there > 50 and kept < MIN_KEPT_SHARE * there


def _ideographs(
    text: str,
) -> int:
    return sum(map(len, _IDEOGRAPHS_PATTERN.findall(text)))


def _salvage(
    markup: str,
    decoded: Decoded | None,
    why: Code,
) -> Page:
    """The text without a tree, where the markup is too deep or too broken to have one."""
    bare = _RAW_BREAK.sub("\n", _RAW_DROP.sub("", markup))
    text = entities.unescape(_RAW_TAG.sub("", bare))
    squeezed = (" ".join(row.split()) for row in text.split("\n"))
    lines = [Line(line) for line in squeezed if line]
    page = finish(frame(lines), [], "html", decoded, MIN_LETTERS)
    page.problems.append(Problem(why))
    return page


def _meta(
    root: HtmlElement,
) -> dict[str, str]:
    """What the <meta> elements say, by the keys of Page.meta; the first of a kind counts."""
    meta: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property") or ""
        key = META_KEYS.get(name.strip().lower())
        value = (element.get("content") or "").strip()
        if key and value and len(value) <= MAX_META:
            meta.setdefault(key, value)
    return meta


def _text_of(
    root: HtmlElement,
    xpath: str,
) -> str:
    elements = root.xpath(xpath)
    if not elements:
        return ""
    text = "".join(elements[0].itertext())
    return " ".join(text.split())[:MAX_META]


def _lengths(
    root: HtmlElement,
) -> dict[HtmlElement, int]:
    """`length_of` of every element, in one pass.

    Asking each for itself would cost depth times size.
    """
    lengths: dict[HtmlElement, int] = {}
    # children stand behind their parents, so that backwards they come first
    for element in reversed(list(root.iter())):
        length = 0
        if isinstance(element.tag, str):
            length = len((element.text or "").strip())
        for child in element:
            length += lengths[child] + len((child.tail or "").strip())
        lengths[element] = length
    return lengths


@dataclass(slots=True)
class _Body:
    """The elements that hold the body, and the text of those that were dropped as chrome.

    `sure` says that they are containers of a known name.
    """

    chosen: set[HtmlElement]
    sure: bool = False
    dropped: list[str] = field(default_factory=list)


def _containers(
    root: HtmlElement,
) -> _Body:
    """The elements that hold the body.

    Of nested ones the outermost, separate ones all together.
    """
    total = length_of(root)
    dropped: list[str] = []
    for profiles in (BODY_SELECTORS, GENERIC_SELECTORS):
        selected: list[HtmlElement] = []
        for group in _select(root, profiles).values():
            selected += group
        every = outermost(selected)
        length = sum(map(length_of, every))
        # of a short page the container may be short too
        if length < MIN_BODY_LENGTH and not length * 2 > total > 0:
            continue
        if profiles is BODY_SELECTORS:
            return _Body(_largest(every), sure=True)
        dropped = _drop_chrome(root)
        return _Body(_widened(_largest(every), root), dropped=dropped)
    dropped = _drop_chrome(root)
    return _Body(_readable(root) or {root}, dropped=dropped)


def _completed(
    root: HtmlElement,
    body: _Body,
    page_title: str,
) -> Flat:
    """The lines of the body, and with it those of the report that stand outside its elements."""
    flat = flatten(root, body.chosen)
    around = [*flat.before, *flat.after]
    numbers = sum(text.isdigit() for text in around)
    is_closed = body.sure and numbers < 4 and not any(map(is_reportlike, around))
    if not around or is_closed:
        return flat
    found = strays(root, body.chosen, page_title, strict=body.sure)
    if not found:
        return flat
    body.chosen = set(outermost([*body.chosen, *found]))
    return flatten(root, body.chosen)


def _select(
    root: HtmlElement, selectors: Sequence[str]
) -> dict[str, list[HtmlElement]]:
    """The elements of each selector, in the order of `selectors`.

    One pass over the page serves all of them.
    """
    selected: dict[str, list[HtmlElement]] = {}
    for selector in selectors:
        selected[selector.lower()] = []
    for element in root.iter():
        names = [element.tag]
        # some pages have hundreds of classes
        classes = (element.get("class") or "").lower().split()[:20]
        names += [f".{name}" for name in classes]
        if identity := element.get("id"):
            names.append("#" + identity.strip().lower())
        for name in names:
            if name in selected:
                selected[name].append(element)
    return selected


def _largest(
    elements: Sequence[HtmlElement],
) -> set[HtmlElement]:
    """The longest container and those that are parts of the same document.

    Small ones beside a long one are not.
    """
    longest = max(map(length_of, elements))
    return {element for element in elements if length_of(element) * 20 >= longest}


def _widened(
    chosen: set[HtmlElement],
    root: HtmlElement,
) -> set[HtmlElement]:
    """A container of no certain name, or what is around it.

    It is given up when sentences of the document stand outside it.
    """
    for _ in range(MAX_WIDENINGS):
        flat = flatten(root, chosen)
        around = [*flat.before, *flat.after]
        outside = sum(len(text) for text in around if _SENTENCE_PATTERN.search(text))
        inside = sum(len(line.text) for line in flat.lines)
        if outside < MIN_BODY_LENGTH or outside * 50 < inside:
            break
        parents = [element.getparent() for element in chosen]
        holders = [parent for parent in parents if parent is not None]
        if not holders:
            break
        chosen = set(outermost(holders))
    return chosen


# Elements that may be chrome as a whole, and those that are by their name.
_CHROME_TAGS = (
    "nav",
    "footer",
    "aside",
    "header",
    "div",
    "ul",
    "table",
    "section",
)
_SURE_CHROME_TAGS = ("nav", "footer", "aside")


def _drop_chrome(
    root: HtmlElement,
) -> list[str]:
    """Without a sure container: navigation, footers and lists of links go.

    Gives their text, a line for each.
    """
    lengths = _lengths(root)
    dropped: list[str] = []
    for element in list(root.iter(*_CHROME_TAGS)):
        # what holds a third of the page is no chrome, whatever it is called
        if lengths[element] * 3 >= lengths[root]:
            continue
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        words = set(re.split(r"[\s_-]+", names))
        is_named = not words.isdisjoint(DROPPED_CLASSES)
        is_named = is_named or element.tag in _SURE_CHROME_TAGS
        if _is_links(element, lengths) or (is_named and _is_site(element)):
            dropped.append(" ".join(" ".join(element.itertext()).split()))
            drop(element)
    return dropped


def _is_site(
    element: HtmlElement,
) -> bool:
    """Whether what is named like chrome is chrome: a note of the report has a sentence, no link,
    and nothing that the foot of a site says.
    """
    if element.find(".//a") is not None:
        return True
    text = "".join(element.itertext())
    return "。" not in text or is_site_text(text)


def _is_links(
    element: HtmlElement,
    lengths: dict[HtmlElement, int],
) -> bool:
    if lengths[element] >= MAX_LINK_BLOCK:
        return False
    links = element.findall(".//a")
    linked = sum(lengths[link] for link in links)
    return len(links) > 3 and linked > 0.6 * lengths[element]


def _readable(
    root: HtmlElement,
) -> set[HtmlElement]:
    """The elements that readability takes for the article.

    They are those of our own tree, marked by numbers, so that its cleaning loses no cell.
    """
    numbered: dict[str, HtmlElement] = {}
    for number, element in enumerate(root.iter()):
        if number > MAX_READABILITY:
            return set()
        mark = str(number)
        element.set(MARK_ATTRIBUTE, mark)
        numbered[mark] = element
    try:
        markup = lxml.html.tostring(root, encoding="unicode")
        summary = readability.Document(markup).summary(html_partial=True)
        article = lxml.html.fragment_fromstring(summary, create_parent=True)
    # readability raises whatever its parsers raise; the whole page is the answer then
    except Exception:  # noqa: BLE001
        return set()
    marks = [element.get(MARK_ATTRIBUTE) for element in article.iter()]
    marked = [numbered[mark] for mark in marks if mark in numbered]
    article_parts = outermost(marked)
    if sum(map(length_of, article_parts)) < MIN_BODY_LENGTH:
        return set()
    return set(article_parts)


def _header(
    before: Sequence[str],
) -> Framed:
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
    """The title: what the page says of itself, a heading, or its <title>.

    A heading stands above the body; of a <title> the name of the site goes.
    """
    if stated := meta.get("title"):
        return _clean_title(stated, meta)
    cleaned = _clean_title(page_title, meta)
    headings: list[str] = []
    for group in _select(root, HEADING_SELECTORS).values():
        headings += filter(None, map(_heading, group[:5]))
    whole = squeeze(page_title)
    inside = frame(flat.lines).title
    agreed = [heading for heading in headings if squeeze(heading) in whole]
    agreed = sorted(agreed, key=len, reverse=True)
    for heading in agreed[:1] or filter(is_title, headings):
        # a title over two headings has its body in the first one
        is_part = inside and squeeze(inside).endswith(squeeze(heading))
        return inside if is_part else heading
    if inside or not IDEOGRAPH_PATTERN.search(cleaned or ""):
        return None
    return cleaned


def _heading(
    element: HtmlElement,
) -> str | None:
    text = " ".join("".join(element.itertext()).split())
    if not 4 <= len(text) <= 100 or is_chrome(text):
        return None
    return None if squeeze(text) in COLUMN_NAMES else text


def _clean_title(
    title: str,
    meta: dict[str, str],
) -> str | None:
    """The part of <title> that is not the name of the site or of its column."""
    names = {squeeze(meta[key]) for key in ("site", "column") if key in meta}
    names |= COLUMN_NAMES
    every = filter(None, _TITLE_SPLIT.split(title.strip()))
    parts = [part for part in every if squeeze(part) not in names]
    if not parts:
        return None
    named = next(filter(is_title, parts), parts[0])
    return None if _SITE_PATTERN.search(named) else named


def _title_before(
    before: Sequence[str],
) -> str | None:
    """The last title above the body, with the lines above it over which it goes."""
    for place in reversed(range(len(before))):
        line = before[place]
        if is_title(line):
            near = before[max(0, place - MAX_TITLE_LINES + 1) : place + 1]
            whole, _ = title_apart("\n".join(near))
            return whole if whole and whole.endswith(line.strip()) else line
    return None


def _framed(
    flat: Flat,
    title: str | None,
    header: Framed,
) -> Framed:
    framed = frame(flat.lines, title)
    if title is None and framed.title is None:
        framed.title = _title_before(flat.before)
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
