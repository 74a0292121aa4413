"""What is Chinese on a page in another language is marked so: voices and fonts go by it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Protocol

from markupsafe import Markup, escape

from webui.words.messages import gettext, page_language

__all__ = ["chinese", "chinese_attribute", "han_runs", "listed", "quoted", "titled"]

_HAN_PATTERN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# A run of Chinese: Han characters and what stands between them, 公开 year 2018 apart.
_RUN_PATTERN = re.compile(
    rf"{_HAN_PATTERN.pattern}(?:[^\s“”<>&]*{_HAN_PATTERN.pattern})?"
)


class Titled(Protocol):
    """A report, a hit, or the card of one."""

    @property
    def title(self) -> str | None:
        """The title; None where the report has none."""


_NO_ATTRIBUTE = Markup()


def _tag(script: str | None) -> str:
    """The language tag of Chinese in a script: Hans, Hant or Hant-TW."""
    return "zh-Hant" if (script or "").startswith("Hant") else "zh-Hans"


def chinese_attribute(text: Any, script: str | None = None) -> Markup:
    """The attribute `lang` for an element that holds this text.

    Empty where it has no Han character, where it is in the language of the page, and on a page in
    simplified Chinese: there every text was Chinese before pages had languages.
    """
    tag = _tag(script)
    own = page_language()
    if own in (tag, "zh-Hans") or not _HAN_PATTERN.search(str(text)):
        return _NO_ATTRIBUTE
    return Markup(' lang="{}"').format(tag)


def chinese(text: Any, script: str | None = None) -> Any:
    """The text in an element of its own language, where the page has another.

    None and "" stay what they are, so that `or` can follow.
    """
    attribute = chinese_attribute(text, script) if text else ""
    if not attribute:
        return text
    return Markup("<span{}>{}</span>").format(attribute, text)


def han_runs(text: Any) -> Markup:
    """A sentence of ours with what it quotes: its Chinese parts are marked.

    On a Chinese page nothing tells the sentence from the quotation.
    """
    whole = escape(text)
    if page_language().startswith("zh"):
        return whole
    # it was escaped before the marks were put around its parts
    return Markup(_RUN_PATTERN.sub(_marked, whole))  # noqa: S704


def _marked(run: re.Match[str]) -> str:
    return f'<span lang="zh-Hans">{run[0]}</span>'


def listed(items: Iterable[Any]) -> Markup:
    """Names one after the other, as in 甲、乙."""
    separator = escape(gettext("、"))
    shown = [chinese(item) for item in items]
    return separator.join(shown)


def quoted(items: Iterable[str]) -> Markup:
    """Strings one after the other, each in quotation marks."""
    between = escape(gettext("”“"))
    shown = [chinese(item) for item in items]
    return Markup("“{}”").format(between.join(shown))


def titled(report: Titled) -> Any:
    """The title of a report, or that it has none."""
    script = getattr(report, "script", None)
    return chinese(report.title, script) or gettext("（无题名）")
