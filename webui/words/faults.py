"""What went wrong, said without the names that programs use."""

from __future__ import annotations

from typing import Any

from index.model.fields import FACETS
from index.model.problems import Note
from webui.words.labels import FACET_LABELS, facet_value
from webui.words.messages import Words, msgid, page_language

__all__ = ["said_plainly"]

# Parameters of an address -> what the page calls them.
_PARAMETER_LABELS = Words(
    {
        "q": msgid("检索词"),
        "year_from": msgid("起始年度"),
        "year_to": msgid("截止年度"),
        "published_from": msgid("最早发布日期"),
        "published_to": msgid("最晚发布日期"),
        "where": msgid("数值条件"),
        "match": msgid("匹配"),
        "sort": msgid("排序"),
        "size": msgid("每页份数"),
        "page": msgid("页码"),
        "cursor": msgid("翻页标记"),
        "snippets": msgid("摘录数"),
        "facet_size": msgid("筛选值个数"),
    }
)
# Facts that list the values that a parameter or a field may have.
LISTED_FACTS = ("allowed", "values")
_FACET_NAMES = frozenset(facet.name for facet in FACETS)


def said_plainly(note: Note) -> str:
    """A note as a page says it: what an address calls by a name is called as the page does.

    >>> from index.model.problems import Code
    >>> facts = {"name": "size", "value": 500, "low": 1, "high": 100}
    >>> said_plainly(Note(Code.REQUEST_OUT_OF_RANGE, facts))
    '每页份数 是 500；应在 1 与 100 之间。'
    """
    facts = dict(note.facts)
    name = facts.get("name")
    if isinstance(name, str):
        facts["name"] = _called(name)
        for listed in LISTED_FACTS:
            if listed in facts:
                facts[listed] = _values_called(name, facts[listed])
    return Note(note.code, facts).message(page_language())


def _values_called(name: str, values: Any) -> list[str]:
    """The values of a facet as the page prints them; other values stay what they are."""
    facet = name.removeprefix("not_")
    if facet not in _FACET_NAMES:
        return list(values)
    return [facet_value(facet, value) for value in values]


def _called(name: str) -> str:
    bare = name.removeprefix("not_")
    if bare in _FACET_NAMES:
        return FACET_LABELS[bare]
    return _PARAMETER_LABELS.get(name, name)
