"""What of a page stands outside the elements that were taken for its body, and is the report's all
the same: the account decides, whatever proposed the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from index.analysis.characters import HEADING_PATTERN, IDEOGRAPH_PATTERN
from indexer.formats.chrome import (
    LINK_SECTIONS,
    header_fields,
    is_chrome,
    is_title,
    squeeze,
)
from indexer.formats.flatten import BLOCK_TAGS
from indexer.formats.profiles import COLUMN_NAMES

__all__ = ["is_reportlike", "is_site_text", "outermost", "strays"]

# Characters from which a line with a full stop is a sentence of a report.
MIN_SENTENCE = 14
# The share of a block's characters that stand in links, from which it is a way to elsewhere.
LINKED_SHARE = 0.6
# Rows with a number from which a table outside the body is one of data.
MIN_NUMBER_ROWS = 2

# 打开微信，点击底部的“发现”，使用“扫一扫”即可将网页分享至朋友圈。 您访问的链接即将离开本网站。
_SITE_SENTENCE_PATTERN = re.compile(
    r"扫一扫|朋友圈|二维码|浏览器|分辨率|您(所)?访问|即将离开|免责|转载|本(网)?站|本网|版权"
    r"|登录|登陆|验证码|客户端|无障碍|纠错|ICP|公网安备|网站标识|网民|评论|^声明[:：]|(>>|»)$"
)
# 主办, 地址, 电话, 版权: what the foot of a site says
_FOOT_PATTERN = re.compile(
    r"主办|承办|版权|备案|网站|地址|邮编|电话|©|copyright|all rights|ICP|首页|导航|联系我们",
    re.IGNORECASE,
)
_NUMBER_PATTERN = re.compile(r"[-+]?[\d,.]+%?")


@dataclass(frozen=True, slots=True)
class _Block:
    """One block outside the body: its own text, and how much of that is in links."""

    element: HtmlElement
    text: str
    linked: int
    is_behind: bool


def is_site_text(text: str) -> bool:
    """Whether an element that is named like chrome says what the foot of a site says."""
    return not text.strip() or _FOOT_PATTERN.search(text) is not None


def is_reportlike(text: str) -> bool:
    """Whether a line is a sentence as reports have them, and not one that a site says of itself."""
    return (
        len(text) >= MIN_SENTENCE
        and "。" in text
        and len(IDEOGRAPH_PATTERN.findall(text)) * 2 > len(text)
        and not _SITE_SENTENCE_PATTERN.search(text)
        and not is_chrome(text)
        and header_fields(text) is None
    )


def strays(
    root: HtmlElement, chosen: set[HtmlElement], page_title: str, *, strict: bool
) -> set[HtmlElement]:
    """The elements outside `chosen` that belong to the report, beside or around it.

    `strict` is for containers of a known name, which hold the report and nothing else: then only
    sentences and tables with numbers count, else all that is not the site's.
    """
    found: set[HtmlElement] = set()
    wanted = squeeze(page_title)
    is_below_title = False
    for block in _blocks(root, chosen):
        text = block.text
        if _ends_report(text) and block.is_behind:
            break
        bare = squeeze(text)
        is_heading = is_title(text) or (len(bare) > 5 and bare in wanted)
        if is_heading:
            is_below_title = True
            continue
        if block.linked > LINKED_SHARE * len(bare):
            continue
        table = _table_of(block.element, chosen)
        has_numbers = table is not None and table not in found and _has_numbers(table)
        if has_numbers and (block.is_behind or is_below_title):
            found.add(table if table is not None else block.element)
        elif is_reportlike(text) or (not strict and _is_loose(block, is_below_title)):
            found.add(_held(block.element, table))
    return found


def _ends_report(text: str) -> bool:
    return is_chrome(text) or squeeze(text).rstrip(":：") in LINK_SECTIONS


def _is_loose(
    block: _Block,
    is_below_title: bool,
) -> bool:
    """A line behind a body of no sure name that the site does not show to be its own.

    Before the body only a heading is one, below the title of the page.
    """
    text = block.text
    is_heading = is_below_title and HEADING_PATTERN.match(text)
    if not block.is_behind and not is_heading:
        return False
    is_site = _SITE_SENTENCE_PATTERN.search(text) or squeeze(text) in COLUMN_NAMES
    return not is_site and header_fields(text) is None


def _blocks(
    root: HtmlElement,
    chosen: set[HtmlElement],
) -> Iterator[_Block]:
    """The blocks outside the chosen elements that have text of their own, in document order."""
    is_behind = False
    stack = [root]
    while stack:
        element = stack.pop()
        if element in chosen:
            is_behind = True
            continue
        text, linked = _own(element, chosen)
        if text:
            yield _Block(element, text, linked, is_behind)
        stack.extend(reversed(list(_inner_blocks(element))))


def _is_inline(
    element: HtmlElement,
    chosen: set[HtmlElement],
) -> bool:
    return element.tag not in BLOCK_TAGS and element not in chosen


def _inner_blocks(element: HtmlElement) -> Iterator[HtmlElement]:
    """The next blocks inside an element, through what is set within a line."""
    stack = list(reversed(element))
    while stack:
        child = stack.pop()
        if child.tag in BLOCK_TAGS:
            yield child
        else:
            stack.extend(reversed(child))


def _own(
    element: HtmlElement,
    chosen: set[HtmlElement],
) -> tuple[str, int]:
    """The text of a block that no block inside it has, and how many characters of it are linked."""
    parts = [element.text or ""]
    linked = 0
    stack = [(child, False) for child in reversed(element)]
    while stack:
        child, in_link = stack.pop()
        if not _is_inline(child, chosen):
            parts.append(child.tail or "")
            continue
        in_link = in_link or child.tag == "a"
        if in_link:
            linked += len(squeeze(child.text or ""))
        parts.extend((child.text or "", child.tail or ""))
        stack.extend((inner, in_link) for inner in reversed(child))
    return " ".join("".join(parts).split()), linked


def _table_of(
    element: HtmlElement,
    chosen: set[HtmlElement],
) -> HtmlElement | None:
    """The table that an element stands in, if no chosen element stands in it too."""
    for above in element.iterancestors("table"):
        holds_chosen = any(one in chosen for one in above.iter())
        return None if holds_chosen else above
    return None


def _held(
    element: HtmlElement,
    table: HtmlElement | None,
) -> HtmlElement:
    """The table around a stray element, which is kept whole if it is no layout."""
    if table is not None and table.find(".//table") is None:
        return table
    return element


def _has_numbers(table: HtmlElement) -> bool:
    rows = 0
    for row in table.iter("tr"):
        cells = ("".join(cell.itertext()).strip() for cell in row.iter("td", "th"))
        rows += any(map(_NUMBER_PATTERN.fullmatch, cells))
        if rows >= MIN_NUMBER_ROWS:
            return True
    return False


def outermost(elements: Sequence[HtmlElement]) -> list[HtmlElement]:
    """Those that none of the others holds, in their order, each once."""
    every = set(elements)
    return [
        element
        for element in dict.fromkeys(elements)
        if not any(above in every for above in element.iterancestors())
    ]
