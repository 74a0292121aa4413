"""Why a report ranks where it does, in words: the parts of its score, the greatest first."""

from __future__ import annotations

from dataclasses import dataclass

from index.model.problems import Note
from index.search.response import Hit, ScorePart
from webui.words import labels
from webui.words.messages import ngettext, said

__all__ = ["ScoreLine", "parts"]

# So many parts are shown one by one; the others as one.
_MAX_PARTS = 8


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A part of a score: what it is for, how much, and which part of the whole in words."""

    label: str
    value: float
    share: str


def parts(hit: Hit) -> list[ScoreLine]:
    """The parts of a hit's score; empty when they were not asked for.

    They add up to the score.
    """
    explained = hit.explanation or ()
    named = [_part(_named(part), part.value, hit.score) for part in explained]
    shown = named[:_MAX_PARTS]
    others = named[_MAX_PARTS:]
    rest = sum(part.value for part in others)
    # the parts must add up to the score that stands above them
    if rest:
        words = ngettext("其余 %(n)s 项", len(others), n=len(others))
        shown.append(_part(words, rest, hit.score))
    return shown


def _part(label: str, value: float, score: float) -> ScoreLine:
    """A part with its share of a score.

    >>> _part("词语", 0.5, 2.0).share, _part("词语", 0.001, 900.0).share
    ('25 %', '<1 %')
    """
    share = 100 * value / score if score else 0.0
    said = "<1 %" if share < 1 else f"{share:.0f} %"
    return ScoreLine(label, value, said)


def _named(part: ScorePart) -> str:
    """What a part is for; a facet is named as everywhere on the page.

    >>> from index.model.problems import Code
    >>> facts = {"facet": "year", "value": ["2018"]}
    >>> _named(ScorePart.of(Note(Code.SCORE_BOOST, facts), 0.4, None))
    '检索词指明 年度 2018'
    """
    facts = dict(part.facts)
    facet = facts.get("facet")
    if isinstance(facet, str):
        facts["facet"] = labels.FACET_LABELS.get(facet, facet)
    return said(Note(part.code, facts))
