"""Text plus spans -> markup.

The text is escaped first and marked afterwards: a report is never HTML.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from index.search.response import Span

__all__ = ["marked"]


def marked(text: str, marks: Iterable[Span]) -> Markup:
    """The text with <mark> around each span; spans are [start, end) code points and may not
    overlap.

    >>> marked("公开 <b>", [(0, 2)])
    Markup('<mark>公开</mark> &lt;b&gt;')
    """
    out, at = [], 0
    for start, end in sorted(marks):
        if start < at or end <= start:
            continue
        out += [
            escape(text[at:start]),
            Markup("<mark>{}</mark>").format(text[start:end]),
        ]
        at = end
    return Markup("").join([*out, escape(text[at:])])
