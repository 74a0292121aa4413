"""The text of a report in index form, line by line, with the way back to its own characters."""

from __future__ import annotations

from bisect import bisect_right

from index.analysis.normaliser import Folded, fold

__all__ = ["TAIWAN", "Reading"]

TAIWAN = ("资讯公开", "信息公开")
"""The one wording of converting mirrors that matters here; as long as the mainland one, so that spans stay."""


class Reading:
    """A display text, its index form, and its lines as half-open spans of the index form (empty lines left out).

    The index form drops line breaks between Chinese characters, so that patterns run across them; what depends on
    lines asks for `lines`.
    """

    def __init__(self, text: str, folded: Folded | None = None) -> None:
        folded = folded or fold(text)
        self.text, self.offsets = text, folded.offsets
        self.form = folded.form.replace(*TAIWAN)
        self.lines = self._lines()

    def _lines(self) -> list[tuple[int, int]]:
        out, start = [], 0
        for line in self.text.split("\n"):
            a, b = self._position(start), self._position(start + len(line))
            start += len(line) + 1
            while a < b and self.form[a] == " ":
                a += 1
            while a < b and self.form[b - 1] == " ":
                b -= 1
            if a < b:
                out.append((a, b))
        return out

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

    def line(self, number: int) -> str:
        """The index form of a line."""
        start, end = self.lines[number]
        return self.form[start:end]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The display span of form[start:end]."""
        return self.offsets.span(start, end)

    def quote(self, start: int, end: int) -> str:
        """The report's own characters of form[start:end]."""
        a, b = self.span(start, end)
        return self.text[a:b]
