"""Numbers of paragraphs in Word: the document says only which list a paragraph belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.etree import _Element

from indexer.formats.numbering import WRITERS
from indexer.formats.office.package import local_name, value_of

__all__ = ["Numbering"]

# %1, %2: where the number of a level stands in the text of a mark
_PLACE_PATTERN = re.compile(r"%([1-9])")
MAX_LEVELS = 9
# Styles that are based on each other, beyond which there is a circle.
MAX_BASES = 10


@dataclass(slots=True)
class _Level:
    kind: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    """One list: its levels, and the numbers reached so far, shared by lists of one kind."""

    levels: dict[int, _Level]
    reached: dict[int, int]


@dataclass(slots=True)
class Numbering:
    """The lists of a document. `mark` is asked of every paragraph, in the order of the text."""

    lists: dict[str, _List] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        numbering: _Element | None,
        styles: _Element | None,
    ) -> Numbering:
        """From the parts numbering.xml and styles.xml, either of which may be missing."""
        found = cls()
        if numbering is None:
            return found
        abstract: dict[str, _List] = {}
        for element in numbering:
            if local_name(element) == "abstractNum":
                identity = value_of(element, "", "abstractNumId")
                abstract[identity] = _List(_levels(element), {})
            elif local_name(element) == "num":
                _add(found.lists, element, abstract)
        found.styles = {} if styles is None else _numbered_styles(styles)
        return found

    def mark(
        self,
        paragraph: _Element,
    ) -> str:
        """What stands before a paragraph, such as "1. " or "（二）"; "" where it has no number."""
        number, level = self._place(paragraph)
        known = self.lists.get(number)
        if known is None or level not in known.levels:
            return ""
        own = known.levels[level]
        if own.kind in ("bullet", "none"):
            return ""
        known.reached[level] = known.reached.get(level, own.start - 1) + 1
        for deeper in range(level + 1, MAX_LEVELS):
            known.reached.pop(deeper, None)
        written = _PLACE_PATTERN.sub(lambda m: _written(known, int(m[1]) - 1), own.text)
        is_wide = written[-1:] in "、）】．" or not written
        return written if is_wide else written + " "

    def _place(
        self,
        paragraph: _Element,
    ) -> tuple[str, int]:
        """The list and the level of a paragraph, its own or those of its style."""
        properties = _child(paragraph, "pPr")
        style = value_of(_child(properties, "pStyle"), "")
        number, level = self.styles.get(style, ("", 0))
        own = _child(properties, "numPr")
        if own is not None:
            number = value_of(_child(own, "numId"), number)
            level = _integer(value_of(_child(own, "ilvl"), ""), level)
        return number, level


def _child(
    parent: _Element | None,
    name: str,
) -> _Element | None:
    if parent is None:
        return None
    return next((child for child in parent if local_name(child) == name), None)


def _integer(
    text: str,
    default: int,
) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default


def _levels(abstract: _Element) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for element in abstract:
        if local_name(element) != "lvl":
            continue
        number = _integer(value_of(element, "", "ilvl"), 0)
        levels[number] = _Level(
            kind=value_of(_child(element, "numFmt"), "decimal"),
            text=value_of(_child(element, "lvlText"), ""),
            start=_integer(value_of(_child(element, "start"), ""), 1),
        )
    return levels


def _add(
    lists: dict[str, _List], element: _Element, abstract: dict[str, _List]
) -> None:
    base = abstract.get(value_of(_child(element, "abstractNumId"), ""))
    if base is None:
        return
    levels = dict(base.levels)
    is_restarted = False
    for override in element:
        if local_name(override) != "lvlOverride":
            continue
        number = _integer(value_of(override, "", "ilvl"), 0)
        start = _child(override, "startOverride")
        if start is not None and number in levels:
            old = levels[number]
            levels[number] = _Level(
                old.kind, old.text, _integer(value_of(start, ""), 1)
            )
            is_restarted = True
    # lists of one kind go on counting, unless one says that it begins anew
    reached = {} if is_restarted else base.reached
    lists[value_of(element, "", "numId")] = _List(levels, reached)


def _numbered_styles(styles: _Element) -> dict[str, tuple[str, int]]:
    own: dict[str, tuple[str, int]] = {}
    bases: dict[str, str] = {}
    for style in styles:
        identity = value_of(style, "", "styleId")
        bases[identity] = value_of(_child(style, "basedOn"), "")
        numbered = _child(_child(style, "pPr"), "numPr")
        if numbered is not None:
            level = _integer(value_of(_child(numbered, "ilvl"), ""), 0)
            own[identity] = (value_of(_child(numbered, "numId"), ""), level)
    found: dict[str, tuple[str, int]] = {}
    for identity in bases:
        base = identity
        for _ in range(MAX_BASES):
            if base in own or not base:
                break
            base = bases.get(base, "")
        if base in own:
            found[identity] = own[base]
    return found


def _written(
    known: _List,
    level: int,
) -> str:
    own = known.levels.get(level, _Level())
    number = known.reached.get(level, own.start)
    return WRITERS.get(own.kind, str)(number)
