"""The parts of a search in words, each with the address of the search without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from index.query.where import CONDITION_PATTERN
from index.search.request import PAGE_SEARCH, SearchRequest
from webui.words import labels
from webui.words.messages import Words, msgid
from webui.words.messages import gettext as _

__all__ = ["Chip", "chips", "comparison_words", "condition_words"]

_RANGE_LABELS = Words(
    {
        "year_from": msgid("年度不早于"),
        "year_to": msgid("年度不晚于"),
        "published_from": msgid("发布不早于"),
        "published_to": msgid("发布不晚于"),
    }
)


@dataclass(frozen=True, slots=True)
class Chip:
    """One part: `url` is the search without it; `filter` is False for the query itself."""

    label: str
    value: str
    url: str
    filter: bool = True


def _on_search(request: SearchRequest) -> str:
    return request.url(PAGE_SEARCH)


def chips(
    asked: SearchRequest, url: Callable[[SearchRequest], str] = _on_search
) -> list[Chip]:
    """Every part of a search; `url` gives the address of a search on the page that shows them."""
    out: list[Chip] = []
    if asked.q:
        out.append(Chip(_("检索词"), asked.q, url(asked.with_(q="")), filter=False))
    for name, values in asked.filters.items():
        for value in values:
            words = labels.facet_value(name, value)
            without = url(asked.toggled(name, value))
            # a region is a path, 广东省/深圳市: spaces let it break across lines
            shown = words.replace("/", " / ")
            out.append(Chip(labels.FACET_LABELS[name], shown, without))
    for name, values in asked.without.items():
        for value in values:
            shown = labels.facet_value(name, value).replace("/", " / ")
            within = url(asked.excluded(name, value))
            label = _("%(facet)s除外", facet=labels.FACET_LABELS[name])
            out.append(Chip(label, shown, within))
    for name, label in _RANGE_LABELS.items():
        limit = getattr(asked, name)
        if limit is not None:
            out.append(Chip(label, str(limit), url(asked.with_(**{name: None}))))
    for condition in asked.where:
        others = tuple(other for other in asked.where if other != condition)
        name_words, sign_words = condition_words(condition)
        out.append(Chip(name_words, sign_words, url(asked.with_(where=others))))
    return out


def condition_words(condition: str) -> tuple[str, str]:
    """A condition on a number as a name and what is asked of it.

    >>> condition_words("applications_new>=100"), condition_words("nonsense")
    (('本年新收申请', '≥ 100'), ('数值条件', 'nonsense'))
    """
    match = CONDITION_PATTERN.fullmatch(condition)
    if match is None:
        return _("数值条件"), condition
    name, sign, number = match[1], match[2], match[3]
    return labels.NUMBERS.get(name, name), comparison_words(sign, number)


def comparison_words(sign: str, number: str) -> str:
    """What a condition asks of its number: `number` stands as it was typed.

    >>> comparison_words(">=", "100")
    '≥ 100'
    """
    return f"{labels.COMPARISONS[sign]} {number}"
