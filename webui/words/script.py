"""The words of the page's script, which has no catalogue of its own."""

from __future__ import annotations

from typing import Any

from webui.words.labels import FACET_LABELS
from webui.words.messages import gettext as _
from webui.words.messages import ngettext

__all__ = ["script_words"]


def script_words() -> dict[str, Any]:
    """What `gongkai.js` says; `{n}` in it stands for a number."""
    kinds = {
        "agency": FACET_LABELS["agency"],
        "region": FACET_LABELS["region"],
        "word": _("词语"),
        "title": _("题名"),
    }
    return {
        "kinds": kinds,
        "completions": _("补全"),
        "report": ngettext("%(n)s 份", 1, n="{n}"),
        "reports": ngettext("%(n)s 份", 2, n="{n}"),
        "offered_one": ngettext("%(n)s 条补全，按上下键选择", 1, n="{n}"),
        "offered": ngettext("%(n)s 条补全，按上下键选择", 2, n="{n}"),
    }
