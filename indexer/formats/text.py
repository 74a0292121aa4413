"""Plain text, most often what a crawl kept of a page: the report with the site's lines above and
below it. And Markdown, which is read as a reader sees it.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt

from index.model.errors import InputError
from index.model.problems import Code, Problem
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import Line, frame
from indexer.formats.html import read_markup
from indexer.page import Page, Source
from indexer.plausible import read_again

__all__ = ["is_text", "read_markdown", "read_text"]

# What ends a line or a page. Not U+0085, which a byte of a character can look like.
_LINE_END_PATTERN = re.compile("\r\n|[\n\r\v\f\u2028\u2029]")
# 2*3*4: to Markdown the 3 is stressed, and the digits would run together
_PRODUCT_PATTERN = re.compile(r"(?<=\d)<em>(\d+)</em>(?=\d)")
# what is before a Chinese character or a bracket at the beginning of a line
_INDENT_PATTERN = re.compile(r"(?m)^[ \t\u3000]{4,}(?=[^\x00-\x7f])")


def read_text(
    source: Source,
) -> Page:
    """The report in a plain text file.

    Raises InputError when the bytes are no text or there is none.
    """
    decoded = decode(source.data)
    again = read_again(decoded.text)
    text = again[0] if again else decoded.text
    # zero bytes are what some programs fill a file up with
    rows = _LINE_END_PATTERN.split(text.replace("\x00", ""))
    page = finish(frame([Line(row) for row in rows]), [], "text", decoded)
    if again:
        page.problems.append(Problem(Code.FORMAT_READ_AGAIN, {"encoding": again[1]}))
    return page


def is_text(
    data: bytes,
) -> bool:
    """Whether the bytes are a text in an encoding that is known."""
    try:
        return "\x00" not in decode(data).text
    except InputError:
        return False


# [^1]: a note below the text, and [^1] where it belongs
_NOTE_PATTERN = re.compile(r"\[\^([^\]\n]{1,50})\]")
# [备注]: 无。 is text, [1]: http://... the address of a link
_DEFINITION_PATTERN = re.compile(
    r"(?m)^ {0,3}\[([^\]\n]{1,200})\]:(?![ \t]*<?(?:\w+:|[./#]))"
)
# title: ... between lines of hyphens, at the head of a file
_MATTER_PATTERN = re.compile(
    r"\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL
)
_MATTER_TITLE_PATTERN = re.compile(r"(?m)^title:[ \t]*+(.*+)$")


def _without_matter(
    text: str,
) -> tuple[str, str, list[str]]:
    """A text without what stands before it for programs, its title there, and those lines."""
    matter = _MATTER_PATTERN.match(text)
    if matter is None or ":" not in matter[1]:
        return text, "", []
    title = _MATTER_TITLE_PATTERN.search(matter[1])
    shown = title[1].strip(" \t\"'") if title else ""
    return text[matter.end() :], shown, matter[1].split("\n")


@cache
def _markdown() -> MarkdownIt:
    """The parser: CommonMark with tables and struck out runs, as most programs write it."""
    parser = MarkdownIt("commonmark", {"breaks": True})
    return parser.enable(["table", "strikethrough"])


def read_markdown(
    source: Source,
) -> Page:
    """The report in a Markdown file, without the signs that only shape it.

    Raises InputError when the bytes are no text or there is none.
    """
    decoded = decode(source.data)
    again = read_again(decoded.text)
    text = again[0] if again else decoded.text
    text = text.replace("\x00", "").replace("\r\n", "\n")
    text, title, matter = _without_matter(text)
    # four spaces before a paragraph are an indentation in Chinese, and code to Markdown
    text = _INDENT_PATTERN.sub("", text)
    text = _DEFINITION_PATTERN.sub("\n\\\\[\\1\\\\]:", _NOTE_PATTERN.sub(r"[\1]", text))
    body = _PRODUCT_PATTERN.sub(r"*\1*", _markdown().render(text))
    page = read_markup(f"<body>{body}</body>", decoded=decoded, title=title or None)
    page.format = "markdown"
    page.chrome += [line for line in matter if line.strip() and title not in line]
    if again:
        page.problems.append(Problem(Code.FORMAT_READ_AGAIN, {"encoding": again[1]}))
    return page
