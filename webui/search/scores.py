"""Why a report ranks where it does, in Chinese: the parts of its score, the greatest first."""

from __future__ import annotations

from dataclasses import dataclass

from index.search.response import Hit
from webui.words import labels

__all__ = ["Part", "parts"]

# So many parts are shown one by one; the others as one.
MOST = 8

_KINDS = (
    ("whole run in title ", "题名里整串连着"),
    ("whole run ", "整串连着"),
    ("word ", "词语"),
    ("pair ", "相邻的字"),
    ("boost ", "检索词指明"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a score: what it is for, and how much."""

    label: str
    of: str
    value: float


def parts(hit: Hit) -> list[Part]:
    """The parts of a hit's score; empty when they were not asked for.

    They add up to the score.
    """
    found = [Part(*_named(p.name), p.value) for p in hit.explanation or ()]
    rest = sum(p.value for p in found[MOST:])
    return found[:MOST] + (
        [Part("其余", f"{len(found) - MOST} 项", rest)] if rest else []
    )


def _named(name: str) -> tuple[str, str]:
    """A part's name as (label, what it is for).

    >>> _named("word 收费"), _named("boost year 2018"), _named("other")
    (('词语', '“收费”'), ('检索词指明', '年度 2018'), ('', 'other'))
    """
    for start, label in _KINDS:
        if name.startswith(start):
            of = name.removeprefix(start)
            facet, _, value = of.partition(" ")
            known = labels.FACET_LABELS.get(facet) if start == "boost " else None
            return label, f"{known} {value}" if known else f"“{of}”"
    return "", name
