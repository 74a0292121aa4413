"""The text of a report in index form, line by line, with the way back to its own characters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from index.analysis.normaliser import Folded, fold

__all__ = ["TAIWAN_WORDING", "Reading"]

Span = tuple[int, int]

# Lines at either end in which titles, dates and signatures are looked for; one more for what
# stands over a date.
HEAD_LINES = 8
FOOT_LINES = 13

# The one wording of converting mirrors that matters here; as long as the mainland one,
# so that spans stay.
TAIWAN_WORDING = ("资讯公开", "信息公开")


class Reading:
    """A display text, its index form, and its outer lines.

    `head` and `foot` are the first and the last lines, as half-open spans of the index form,
    empty ones left out. The index form drops line breaks between Chinese characters, so that
    patterns run across them; what depends on lines asks for `head` and `foot`. Nobody reads lines
    in between.
    """

    def __init__(self, text: str, folded: Folded | None = None) -> None:
        folded = folded or fold(text)
        self.text = text
        self.offsets = folded.offsets
        self.form = folded.form.replace(*TAIWAN_WORDING)
        first_lines = filter(None, map(self._line, _downwards(text)))
        last_lines = filter(None, map(self._line, _upwards(text)))
        self.head = list(islice(first_lines, HEAD_LINES))
        self.foot = list(islice(last_lines, FOOT_LINES))
        self.foot.reverse()

    def _line(self, place: Span) -> Span | None:
        """The span of a line in the index form, without white space round it.

        `place` is its span in the display text. None for an empty line.
        """
        start, end = map(self._position, place)
        form = self.form
        while start < end and form[start] == " ":
            start += 1
        while start < end and form[end - 1] == " ":
            end -= 1
        return (start, end) if start < end else None

    def _position(self, display: int) -> int:
        """The first position of the index form that came from `display` or later."""
        offsets = self.offsets
        run = bisect_right(offsets.display, display) - 1
        if run < 0:
            return 0
        is_last = run + 1 >= len(offsets.form)
        end = len(self.form) if is_last else offsets.form[run + 1]
        begin = offsets.form[run]
        into = display - offsets.display[run]
        if offsets.block[run]:
            # a block has no positions inside: 區(qū) is one character of the form
            return begin if into == 0 else end
        return min(begin + into, end)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The display span of form[start:end]."""
        return self.offsets.span(start, end)

    def quote(self, start: int, end: int) -> str:
        """The report's own characters of form[start:end]."""
        first, last = self.span(start, end)
        return self.text[first:last]


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
