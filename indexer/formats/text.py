"""Plain text, most often what a crawl kept of a page: the report with the site's lines above and
below it.
"""

from __future__ import annotations

from indexer.decode import decode
from indexer.formats.body import finish
from indexer.formats.chrome import Line, frame
from indexer.page import Page, Source

__all__ = ["read_text"]


def read_text(source: Source) -> Page:
    """The report in a plain text file.

    Raises InputError when the bytes are no text or there is none.
    """
    decoded = decode(source.data)
    # zero bytes are what some programs fill a file up with
    text = decoded.text.replace("\x00", "")
    lines = [Line(line) for line in text.splitlines()]
    return finish(frame(lines), [], "text", decoded)
