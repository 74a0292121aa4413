"""A short text with its hits marked.

The text is escaped first and marked afterwards: a report is never HTML.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from index.search.response import Span

__all__ = ["marked"]


def marked(text: str, marks: Iterable[Span]) -> Markup:
    """The text with <mark> around each span.

    Spans are [start, end) code points. Of spans that overlap the first is marked.

    >>> marked("公开 <b>", [(0, 2)])
    Markup('<mark>公开</mark> &lt;b&gt;')
    """
    pieces: list[Markup] = []
    position = 0
    for start, end in sorted(marks):
        if start < position or end <= start:
            continue
        pieces.append(escape(text[position:start]))
        pieces.append(Markup("<mark>{}</mark>").format(text[start:end]))
        position = end
    pieces.append(escape(text[position:]))
    return Markup("").join(pieces)
