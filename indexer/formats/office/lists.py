"""Numbers of paragraphs in Word and OpenDocument, which say only to which list one belongs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.etree import _Element

from indexer.formats.numbering import WRITERS
from indexer.formats.office.package import Package, local_name, value_of

__all__ = ["LIST_ELEMENTS", "Numbering", "OpenLists", "has_numbers"]

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
        if not self.lists:
            return ""
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
        return _spaced(written)

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


def has_numbers(
    package: Package,
) -> bool:
    """Whether paragraphs of a Word document may have numbers.

    Most have none, and their styles, which are long, need not be parsed.
    """
    names = set(package.names)
    if "word/numbering.xml" not in names:
        return False
    parts = names.intersection(_TEXT_PARTS)
    texts = list(map(package.bytes_of, parts))
    if len(texts) == 0 or any(b"numPr" in text for text in texts):
        return True
    if "word/styles.xml" not in names:
        return False
    styles = package.bytes_of("word/styles.xml")
    used: set[bytes] = set()
    for text in texts:
        used.update(_USED_STYLE_PATTERN.findall(text))
    return b"numPr" in styles and _is_numbered(used, styles)


def _is_numbered(
    used: set[bytes],
    styles: bytes,
) -> bool:
    """Whether one of the used styles, or one that it is based on, numbers paragraphs."""
    numbered: set[bytes] = set()
    bases: dict[bytes, bytes] = {}
    # nearly always the prefix is that of Word
    chunks = styles.split(b"<w:style ")
    if len(chunks) == 1:
        chunks = _STYLE_PATTERN.split(styles)
    if len(chunks) == 1:
        return True
    for chunk in chunks[1:]:
        identity = _IDENTITY_PATTERN.search(chunk)
        base = _BASE_PATTERN.search(chunk)
        if identity is None:
            return True
        bases[identity[1]] = base[1] if base else b""
        if b"numPr" in chunk:
            numbered.add(identity[1])
    for name in used:
        for _ in range(MAX_BASES):
            if name in numbered:
                return True
            name = bases.get(name, b"")  # noqa: PLW2901  from style to style
    return False


# Where paragraphs stand that may have numbers.
_TEXT_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_USED_STYLE_PATTERN = re.compile(rb"pStyle\s[^>]*?val=[\"']([^\"']*)")
_STYLE_PATTERN = re.compile(rb"<(?:\w+:)?style\s")
_IDENTITY_PATTERN = re.compile(rb"styleId=[\"']([^\"']*)")
_BASE_PATTERN = re.compile(rb"basedOn\s[^>]*?val=[\"']([^\"']*)")


def _spaced(
    mark: str,
) -> str:
    """A mark as it stands before a text: wide ones need no blank."""
    is_wide = mark[-1:] in "、）】．" or not mark
    return mark if is_wide else mark + " "


def _child(
    parent: _Element | None,
    name: str,
) -> _Element | None:
    if parent is None:
        return None
    # in whichever namespace
    return parent.find("{*}" + name)


def _integer(
    text: str,
    default: int,
) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default


def _levels(
    abstract: _Element,
) -> dict[int, _Level]:
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


def _numbered_styles(
    styles: _Element,
) -> dict[str, tuple[str, int]]:
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


# ---------------------------------------------------------------------- OpenDocument
LIST_ELEMENTS = ("list", "list-item", "list-header")
# The style of headings, which has no name of its own.
_OUTLINE_STYLE = "\x00outline"
# How OpenDocument names ways to count beside 1, a, A, i, I: by their first numbers.
_KIND_BY_SIGN = {"一": "chineseCounting", "①": "decimalEnclosedCircle"}


@dataclass(frozen=True, slots=True)
class _Marks:
    """How a level of a list style is numbered; `shown` is how many levels stand in a mark."""

    kind: str
    before: str
    behind: str
    start: int
    shown: int


@dataclass(slots=True)
class OpenLists:
    """The lists of an OpenDocument text: `enter`, `mark` and `leave` in the order of the text."""

    styles: dict[str, dict[int, _Marks]] = field(default_factory=dict)
    # name of a style -> the number reached on each level
    reached: dict[str, dict[int, int]] = field(default_factory=dict)
    # names of the styles of the lists that are open
    open: list[str] = field(default_factory=list)
    # whether the next paragraph is the first one of an item, and the number that the item gives
    is_item: bool = False
    number: int | None = None

    def learn(
        self,
        element: _Element,
    ) -> None:
        """Note a style of lists or of headings."""
        name = local_name(element)
        if name not in ("list-style", "outline-style"):
            return
        levels: dict[int, _Marks] = {}
        for child in element:
            if not local_name(child).endswith(("-style-number", "outline-level-style")):
                continue
            if kind := value_of(child, "", "num-format"):
                level = _integer(value_of(child, "", "level"), 1)
                levels[level] = _Marks(
                    kind=_KIND_BY_SIGN.get(kind[0], kind),
                    before=value_of(child, "", "num-prefix"),
                    behind=value_of(child, "", "num-suffix"),
                    start=_integer(value_of(child, "", "start-value"), 1),
                    shown=_integer(value_of(child, "", "display-levels"), 1),
                )
        is_list = name == "list-style"
        self.styles[value_of(element, "", "name") if is_list else _OUTLINE_STYLE] = (
            levels
        )

    def enter(
        self,
        element: _Element,
    ) -> None:
        """A list or an item of one begins."""
        name = local_name(element)
        if name != "list":
            self.is_item = name == "list-item"
            raw = value_of(element, "", "start-value")
            self.number = _integer(raw, 1) if raw else None
            return
        inherited = self.open[-1] if self.open else ""
        style = value_of(element, inherited, "style-name")
        self.open.append(style)
        if value_of(element, "", "continue-numbering") != "true":
            self._forget(style, len(self.open))

    def leave(
        self,
        element: _Element,
    ) -> None:
        """It ends."""
        self.is_item = False
        if local_name(element) == "list":
            self.open.pop()

    def mark(
        self,
        paragraph: _Element,
    ) -> str:
        """What stands before a paragraph or a heading, such as "1. "."""
        if self.is_item:
            self.is_item = False
            return self._counted(self.open[-1], len(self.open), self.number)
        if local_name(paragraph) != "h" or self.open:
            return ""
        if value_of(paragraph, "", "is-list-header") == "true":
            return ""
        level = _integer(value_of(paragraph, "", "outline-level"), 1)
        return self._counted(_OUTLINE_STYLE, level, None)

    def _forget(
        self,
        style: str,
        level: int,
    ) -> None:
        reached = self.reached.setdefault(style, {})
        for deeper in [known for known in reached if known >= level]:
            del reached[deeper]

    def _counted(
        self,
        style: str,
        level: int,
        number: int | None,
    ) -> str:
        levels = self.styles.get(style, {})
        own = levels.get(level)
        if own is None:
            return ""
        self._forget(style, level + 1)
        reached = self.reached.setdefault(style, {})
        last = reached.get(level, own.start - 1)
        reached[level] = last + 1 if number is None else number
        parts: list[str] = []
        for one in range(max(1, level - own.shown + 1), level + 1):
            marks = levels.get(one)
            if marks is not None:
                value = reached.setdefault(one, marks.start)
                parts.append(WRITERS.get(marks.kind, str)(value))
        return _spaced(own.before + ".".join(parts) + own.behind)
