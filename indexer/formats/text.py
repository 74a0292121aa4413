"""Plain text, most often what a crawl kept of a page: the report with the site's lines above and
below it.
"""

from __future__ import annotations

import re

from index.model.problems import Code, Problem
from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import Line, frame
from indexer.page import Page, Source
from indexer.plausible import read_again

__all__ = ["read_text"]

# What ends a line or a page. Not U+0085, which a byte of a character can look like.
_LINE_END_PATTERN = re.compile("\r\n|[\n\r\v\f\u2028\u2029]")


def read_text(source: Source) -> Page:
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
