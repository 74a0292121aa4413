"""The text as the tables are read in: index form with its line breaks and tabs kept, and the way back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.analysis.normaliser import Folded, fold
from index.analysis.wording import is_taiwan_worded

__all__ = ["Reading", "reading", "squeeze"]

# Folding drops a line break between two Chinese characters; these stand for breaks and tabs while it does.
_KEPT = str.maketrans({"\n": "\ue000", "\t": "\ue001"})
_BACK = str.maketrans({"\ue000": "\n", "\ue001": "\t"})
_ENUMERATOR = re.compile(r"(?<![\d.,])[(]?\d{1,2}\s?(?:[.、](?!\d)|[)])")
_NOT_LABEL = re.compile(r"[^\w]+|_+")


@dataclass(frozen=True, slots=True)
class Reading:
    """`form` is the index form with "\\n" and "\\t"; `taiwan` says that its labels are in Taiwan wording."""

    form: str
    folded: Folded
    taiwan: bool

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the display text that form[start:end] came from."""
        return self.folded.offsets.span(start, end)


def reading(text: str) -> Reading:
    """A display text, ready for its tables and sentences to be read."""
    folded = fold(text.translate(_KEPT))
    return Reading(folded.form.translate(_BACK), folded, is_taiwan_worded(folded.form))


def squeeze(form: str) -> str:
    """A label without enumerators, white space and punctuation.

    >>> squeeze("2. 其他法律行政法规\\n禁止公开"), squeeze("(七)总计")
    ('其他法律行政法规禁止公开', '七总计')
    """
    return _NOT_LABEL.sub("", _ENUMERATOR.sub("", form))
