"""Why a report ranks where it does, in Chinese: the parts of its score, the greatest first."""

from __future__ import annotations

from dataclasses import dataclass

from index.search.response import Hit
from webui.words import labels

__all__ = ["Part", "parts"]

# So many parts are shown one by one; the others as one.
_MAX_PARTS = 8
# How the engine names the parts of a score -> what they are for. A longer name stands
# before its beginning: "whole run in title 收费" is no "whole run ".
_PART_PREFIXES = {
    "whole run in title ": "题名里整串连着",
    "whole run ": "整串连着",
    "word ": "词语",
    "pair ": "相邻的字",
    "boost ": "检索词指明",
}
_BOOST_PREFIX = "boost "


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
    named = [Part(*_named(part.name), part.value) for part in hit.explanation or ()]
    shown = named[:_MAX_PARTS]
    others = named[_MAX_PARTS:]
    rest = sum(part.value for part in others)
    # the parts must add up to the score that stands above them
    if rest:
        shown.append(Part("其余", f"{len(others)} 项", rest))
    return shown


def _named(name: str) -> tuple[str, str]:
    """A part's name as (label, what it is for).

    >>> _named("word 收费"), _named("boost year 2018"), _named("other")
    (('词语', '“收费”'), ('检索词指明', '年度 2018'), ('', 'other'))
    """
    for prefix, label in _PART_PREFIXES.items():
        if name.startswith(prefix):
            subject = name.removeprefix(prefix)
            return label, _subject_words(subject, boost=prefix == _BOOST_PREFIX)
    return "", name


def _subject_words(subject: str, *, boost: bool) -> str:
    """What a part is for; a boost names a facet and its value, as in "year 2018"."""
    facet, _, value = subject.partition(" ")
    if boost and facet in labels.FACET_LABELS:
        return f"{labels.FACET_LABELS[facet]} {value}"
    return f"“{subject}”"
