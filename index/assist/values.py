"""The values of facets in index form: bodies and places, which hardly change from one snapshot to
the next.

A value is folded once in the life of a process, a thousand in one go: one by one takes ten times as
long.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from index.analysis.normaliser import fold, fold_line
from index.engines.seam import Engine, EngineQuery, FacetAsked

__all__ = ["Values", "forms_of", "values_of"]

ALL = 1_000_000
AT_ONCE = 1_000
# A character that no name has, that folding leaves alone, and that joins with no white
# space.
BETWEEN = "\ue000"


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one facet in a snapshot, most frequent first, their index forms, and how many
    reports have each.
    """

    values: Sequence[str]
    forms: Sequence[str]
    counts: Sequence[int]


_FORMS: dict[str, str] = {}
_KNOWN: WeakKeyDictionary[Engine, dict[str, Values]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def values_of(engine: Engine, name: str) -> Values:
    """All values of a facet, looked up once a snapshot."""
    with _LOCK:
        known = _KNOWN.setdefault(engine, {})
        if name not in known:
            counts = (
                engine.search(EngineQuery(size=0, facets=(FacetAsked(name, ALL),)))
                .facets[0]
                .counts
            )
            found = [c.value for c in counts]
            known[name] = Values(found, forms_of(found), [c.count for c in counts])
        return known[name]


def forms_of(texts: Sequence[str]) -> list[str]:
    """The index forms of short texts, as `fold_line` makes them, kept for good.

    >>> forms_of(["廣東省", "廣東省/深圳市", " Ａ "])
    ['广东省', '广东省/深圳市', 'a']
    """
    new = [text for text in dict.fromkeys(texts) if text not in _FORMS]
    for at in range(0, len(new), AT_ONCE):
        some = new[at : at + AT_ONCE]
        # what is its own form is kept as one string, not as two
        _FORMS.update(
            (text, text if form == text else form)
            for text, form in zip(some, _folded(some), strict=True)
        )
    return [_FORMS[text] for text in texts]


def _folded(texts: Sequence[str]) -> list[str]:
    found = fold(BETWEEN.join(texts)).form.split(BETWEEN)
    return (
        [form.strip() for form in found]
        if len(found) == len(texts)
        else [fold_line(text) for text in texts]
    )
