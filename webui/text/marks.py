"""A short text with its hits marked.

The text is escaped first and marked afterwards: a report is never HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from index.search.response import Span

__all__ = ["marked"]

# What stands in HTML as something else.
_ESCAPED_SIGN = re.compile(r"""[&<>"']""")


def marked(text: str, marks: Iterable[Span]) -> Markup:
    """The text with <mark> around each span.

    Spans are [start, end) code points. Of spans that overlap the first is marked.

    >>> marked("公开 <b>", [(0, 2)])
    Markup('<mark>公开</mark> &lt;b&gt;')
    """
    # most texts have nothing to escape, and are looked through once
    escaped = _escaped if _ESCAPED_SIGN.search(text) else str
    pieces: list[str] = []
    position = 0
    for start, end in sorted(marks):
        if start < position or end <= start:
            continue
        before = escaped(text[position:start])
        inside = escaped(text[start:end])
        pieces.append(f"{before}<mark>{inside}</mark>")
        position = end
    pieces.append(escaped(text[position:]))
    return Markup("".join(pieces))  # noqa: S704  each piece was escaped


def _escaped(text: str) -> str:
    return str(escape(text))
