"""The text of a report in index form, line by line, with the way back to its own characters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from index.analysis.normaliser import Folded, fold

__all__ = ["TAIWAN_WORDING", "Reading"]

Span = tuple[int, int]

HEAD_LINES, FOOT_LINES = 8, 13
"""Lines at either end in which titles, dates and signatures are looked for; one more for what
stands over a date.
"""

# The one wording of converting mirrors that matters here; as long as the mainland one,
# so that spans stay.
TAIWAN_WORDING = ("资讯公开", "信息公开")


class Reading:
    """A display text, its index form, and its outer lines as half-open spans of the index form,
    empty ones left out.

    The index form drops line breaks between Chinese characters, so that patterns run across them;
    what depends on lines asks for `head` and `foot`, the first and the last ones: nobody reads
    lines in between.
    """

    def __init__(self, text: str, folded: Folded | None = None) -> None:
        folded = folded or fold(text)
        self.text, self.offsets = text, folded.offsets
        self.form = folded.form.replace(*TAIWAN_WORDING)
        self.head = list(
            islice(filter(None, map(self._line, _downwards(text))), HEAD_LINES)
        )
        self.foot = list(
            islice(filter(None, map(self._line, _upwards(text))), FOOT_LINES)
        )[::-1]

    def _line(self, place: Span) -> Span | None:
        """The place in the form of a line of the display text, without white space round it;

        None for an empty one.
        """
        a, b = map(self._position, place)
        while a < b and self.form[a] == " ":
            a += 1
        while a < b and self.form[b - 1] == " ":
            b -= 1
        return (a, b) if a < b else None

    def _position(self, display: int) -> int:
        """The first position of the form that came from `display` or later."""
        offsets = self.offsets
        run = bisect_right(offsets.display, display) - 1
        if run < 0:
            return 0
        end = offsets.form[run + 1] if run + 1 < len(offsets.form) else len(self.form)
        if offsets.block[run]:
            return offsets.form[run] if display == offsets.display[run] else end
        return min(offsets.form[run] + display - offsets.display[run], end)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The display span of form[start:end]."""
        return self.offsets.span(start, end)

    def quote(self, start: int, end: int) -> str:
        """The report's own characters of form[start:end]."""
        a, b = self.span(start, end)
        return self.text[a:b]


def _downwards(text: str) -> Iterator[Span]:
    """The places of the lines of a text from the first to the last."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield start, end
        start = end + 1
    yield start, len(text)


def _upwards(text: str) -> Iterator[Span]:
    """The places of the lines of a text from the last to the first."""
    end = len(text)
    while (start := text.rfind("\n", 0, end) + 1) > 0:
        yield start, end
        end = start - 1
    yield 0, end
