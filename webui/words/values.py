"""The value of a report's field in words."""

from __future__ import annotations

from typing import Any

from webui.words import labels
from webui.words.messages import gettext as _
from webui.words.numerals import day

__all__ = ["field_words"]

# Fields whose values are names of ours -> what the values are called.
_VALUE_TABLES = {
    "kind": labels.KINDS,
    "tables_status": labels.TABLES_STATUSES,
    "scope": labels.SCOPES,
}

# Fields whose values are Chinese words of ours.
_OWN_WORDS = ("level", "org_type", "line")


def field_words(name: str, value: Any) -> str | None:
    """The value of a field in words; None when it is unknown.

    >>> field_words("region", ["广东省", "深圳市"]), field_words("year", None)
    ('广东省 / 深圳市', None)
    >>> field_words("script", "Hant-TW")
    '繁体（Hant-TW）'
    """
    if value is None or value == "":
        return None
    if isinstance(value, list):
        return " / ".join(map(str, value))
    if name == "script":
        return _script_words(str(value))
    table = _VALUE_TABLES.get(name)
    if table is not None:
        return table.get(str(value), str(value))
    if name == "published":
        return day(str(value))
    if name == "period":
        first, _slash, last = str(value).partition("/")
        if not last:
            # a damaged record is shown as it is
            return first
        return _("%(first)s 至 %(last)s", first=day(first), last=day(last))
    if name in _OWN_WORDS:
        return labels.valued(str(value))
    return str(value)


def _script_words(tag: str) -> str:
    # Hans, Hant or Hant-TW: the first four letters are the script's ISO 15924 code
    script = tag[:4]
    words = labels.SCRIPTS.get(script, script)
    if tag == script:
        return words
    return _("%(script)s（%(tag)s）", script=words, tag=tag)
