"""The values of a facet as items of a list: what a page has most of.

They are put together here and not in a template, which would escape and look up each of some four
hundred parts on its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from webui.search.facets import Value
from webui.words.marking import chinese
from webui.words.messages import msgid, template_text
from webui.words.numerals import grouped

__all__ = ["values_as_items"]

# What an item holds for a value that is chosen, and for one that is not.
_CHOSEN = ' class="chosen" aria-current="true"'
_HIDDEN = '<span class="hidden">{}</span>'


def values_as_items(values: Sequence[Value], unknown: Value | None = None) -> Markup:
    """Values of a facet, each a link that chooses it and one that leaves it out.

    `unknown` stands below them, for the reports that have none.
    """
    unit = _HIDDEN.format(f" {template_text('份')}")
    removes = _HIDDEN.format(template_text(msgid("，已选，点击移除")))
    leaves_out = template_text(msgid("除外"))
    items = []
    for value in (*values, unknown) if unknown else values:
        label = escape(chinese(value.label))
        chosen, said = (_CHOSEN, removes) if value.selected else ("", "")
        items.append(
            f'<li class="depth-{value.depth}{" unknown" if value is unknown else ""}">'
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
