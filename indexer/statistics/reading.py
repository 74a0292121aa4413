"""The text as the tables are read in: index form with its white space kept, and the way back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.analysis.normaliser import Folded, fold
from index.analysis.wording import is_taiwan_worded

__all__ = ["Reading", "reading", "squeeze"]

# Folding drops white space between two Chinese characters. In a table that white space sets
# 2.5万元 off from what follows, so these private-use characters stand for it meanwhile.
_KEPT_SPACES = (
    ("\n", "\ue000"),
    ("\t", "\ue001"),
    (" ", "\ue002"),
    ("\u3000", "\ue002"),
    ("\xa0", "\ue002"),
)
_RESTORED_SPACES = (("\ue000", "\n"), ("\ue001", "\t"), ("\ue002", " "))
# "1.", "(2)", "3、", but not the 1 of "1.5". It begins with a set of characters: the search skips
# to them.
_ENUMERATOR_PATTERN = re.compile(
    r"[(\d](?<![\d.,].)(?:(?<=[(])\d{1,2}|(?<=\d)\d?)\s?(?:[.、](?!\d)|[)])"
)
# Letters and digits of a label: 三 and 公开 of "三、公开".
_LABEL_PATTERN = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """`form` is the index form with its white space;

    `taiwan` says that its labels are in Taiwan wording.

    `aligned`: each character of it stands where it stands in the display text.
    """

    form: str
    folded: Folded
    taiwan: bool
    aligned: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the display text that form[start:end] came from; end > start."""
        return (start, end) if self.aligned else self.folded.offsets.span(start, end)


def reading(text: str) -> Reading:
    """A display text, ready for its tables and sentences to be read."""
    folded = fold(_replaced(text, _KEPT_SPACES))
    form = _replaced(folded.form, _RESTORED_SPACES)
    return Reading(
        # of Taiwan's wording the word that all numbers hang on; as long as ours
        form.replace("资讯", "信息"),
        folded,
        is_taiwan_worded(folded.form),
        folded.offsets.is_identity,
    )


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    # for a few characters ten times as fast as `str.translate`, which looks each one up
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def squeeze(form: str) -> str:
    """A label without enumerators, white space and punctuation.

    >>> squeeze("2. 其他法律行政法规\\n禁止公开"), squeeze("(七)总计")
    ('其他法律行政法规禁止公开', '七总计')
    """
    return "".join(_LABEL_PATTERN.findall(_ENUMERATOR_PATTERN.sub("", form)))
