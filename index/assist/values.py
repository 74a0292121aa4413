"""The values of a facet with their index forms.

The names of bodies and places hardly change from one snapshot to the next, so each is folded once
and its form goes on to the next snapshot. A thousand are folded in one go: one by one takes ten
times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.analysis.normaliser import fold, fold_line
from index.engines.seam import (
    Engine,
    EngineQuery,
    FacetRequest,
)

__all__ = ["IndexFormCache", "Values", "read_values"]

# More than any index has bodies.
ALL_VALUES = 1_000_000

# Texts that are folded as one.
BATCH_SIZE = 1_000

# A character of the private use area: no name has it, folding leaves it alone, and white space
# beside it is not dropped as between two Chinese characters.
SEPARATOR = "\ue000"


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one facet in a snapshot, the most frequent first.

    `forms[n]` is the index form of `values[n]`, and `counts[n]` reports have it.
    """

    values: Sequence[str]
    forms: Sequence[str]
    counts: Sequence[int]


class IndexFormCache:
    """The index forms of short texts, each computed once. Threads may share it."""

    def __init__(self) -> None:
        self._forms: dict[str, str] = {}

    def of(self, texts: Sequence[str]) -> list[str]:
        """The index forms, as `fold_line` makes them.

        >>> IndexFormCache().of(["廣東省", "廣東省/深圳市", " Ａ "])
        ['广东省', '广东省/深圳市', 'a']
        """
        unknown = [text for text in dict.fromkeys(texts) if text not in self._forms]
        for start in range(0, len(unknown), BATCH_SIZE):
            batch = unknown[start : start + BATCH_SIZE]
            # A text that is its own form is held as one string, not as two equal ones.
            self._forms.update(
                (text, text if form == text else form)
                for text, form in zip(batch, _folded(batch), strict=True)
            )
        return [self._forms[text] for text in texts]


def _folded(texts: Sequence[str]) -> list[str]:
    forms = fold(SEPARATOR.join(texts)).form.split(SEPARATOR)
    if len(forms) != len(texts):  # a text has the separator itself
        return [fold_line(text) for text in texts]
    return [form.strip() for form in forms]


def read_values(engine: Engine, name: str, forms: IndexFormCache) -> Values:
    """All values of a facet in a snapshot."""
    query = EngineQuery(size=0, facets=(FacetRequest(name, ALL_VALUES),))
    counts = engine.search(query).facets[0].counts
    values = [count.value for count in counts]
    return Values(
        values,
        forms.of(values),
        [count.count for count in counts],
    )
