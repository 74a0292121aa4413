"""The values of a facet as items of a list: what a page has most of.

They are put together here and not in a template, which would escape and look up each of some four
hundred parts on its own.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from webui.search.facets import Group, Value
from webui.words.marking import chinese
from webui.words.messages import template_text
from webui.words.numerals import grouped

__all__ = ["values_as_items"]

# What an item holds for a value that is chosen, and for one that is not.
_CHOSEN = ' class="chosen" aria-current="true"'
_HIDDEN = '<span class="hidden">{}</span>'


def values_as_items(group: Group) -> Markup:
    """The values of a group, each a link that chooses it and one that leaves it out."""
    unit = _HIDDEN.format(f" {template_text('份')}")
    removes = _HIDDEN.format(template_text("，已选，点击移除"))
    leaves_out = template_text("除外")
    items = []
    for value in group.values:
        label = escape(chinese(value.label))
        chosen, said = (_CHOSEN, removes) if value.selected else ("", "")
        items.append(
            f'<li class="depth-{value.depth}">'
            f'<a href="{escape(value.url)}" rel="nofollow"{chosen}>'
            f'<span class="what">{label}{said}</span> '
            f'<span class="count">{grouped(value.count)}{unit}</span></a>'
            f"{_exclusion(value, leaves_out, label)}</li>"
        )
    return Markup("\n".join(items))  # noqa: S704  all that is not ours was escaped


def _exclusion(value: Value, leaves_out: Markup, label: Markup) -> str:
    """The link to the search without a value; a chosen one has none."""
    if value.selected:
        return ""
    return (
        f'<a class="except" href="{escape(value.without_url)}" rel="nofollow">'
        f"{leaves_out}{_HIDDEN.format(f' {label}')}</a>"
    )
