"""What a browser shows of a tree of HTML: hidden and struck out text goes, raised digits stay
apart, lists get their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import lxml.etree
from lxml.html import HtmlElement

from index.model.problems import Code, Facts, Problem
from indexer.formats.numbering import WRITERS
from indexer.formats.profiles import DROPPED_TAGS

__all__ = [
    "Hidden",
    "drop",
    "joined_apart",
    "length_of",
    "letters_of",
    "raised",
    "show",
    "struck_out",
    "texts_of",
]

# style="display: none"
_HIDDEN_PATTERN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE
)
_STRUCK_PATTERN = re.compile(r"text-decoration[^;:]*:[^;]*line-through", re.IGNORECASE)
_RAISED_PATTERN = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
# what one of these patterns needs
_MARKED_STYLE_PATTERN = re.compile(
    r"display|visibility|line-through|vertical-align", re.IGNORECASE
)
# .draft, #old {display: none}: a rule of a style sheet within the page
# Characters of the selectors of a rule.
MAX_SELECTORS = 500
_TEXTS = lxml.etree.XPath("descendant-or-self::text()", smart_strings=False)
_SELECTOR_PATTERN = re.compile(r"[a-zA-Z][\w-]*|(?:[a-zA-Z][\w-]*)?[.#][\w-]+")
_CSS_COMMENT_PATTERN = re.compile(r"/\*.*?\*/", re.DOTALL)
# how an item begins that has its number in its text: 1., (二), ①, 三、
_NUMBERED_PATTERN = re.compile(
    r"\s*[(（]?[\d一二三四五六七八九十①-⑳]{1,3}[.、．)）\s①-⑳]|\s*[①-⑳]"
)
_WORDS_PATTERN = re.compile(r"\w+")

STRUCK_TAGS = ("del", "s", "strike")
_RAISED_BY_TAG = {
    "sup": str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
    "sub": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋"),
}
# Bytes of style sheets that are looked at.
MAX_STYLE = 1 << 20


@dataclass(slots=True)
class Hidden:
    """What a tree held that no reader sees: letters and digits of hidden text, struck out runs."""

    letters: int = 0
    struck: list[str] = field(default_factory=list)


def letters_of(
    text: str,
) -> int:
    """Letters, digits and Chinese characters."""
    # by runs, which are fewer than letters
    return sum(map(len, _WORDS_PATTERN.findall(text)))


def show(
    root: HtmlElement,
) -> Hidden:
    """Take out of a tree what a reader does not see, and write what only a browser adds."""
    hidden = Hidden()
    rules = _style_rules(root)
    total = length_of(root)
    struck: list[HtmlElement] = []
    for element in list(root.iter()):
        tag = element.tag
        if not isinstance(tag, str) or tag in DROPPED_TAGS or tag == "head":
            drop(element)
            continue
        looks = _looks(element, rules)
        # some systems hide the body itself until a script shows it
        if "hidden" in looks:
            length = length_of(element)
            if length * 2 < total:
                hidden.letters += length
                drop(element)
        elif "struck" in looks:
            struck.append(element)
        elif "sup" in looks or "sub" in looks:
            _raise(element, "sup" if "sup" in looks else "sub")
        elif tag == "ol":
            _number(element)
    for element in struck:
        _strike(element, hidden)
    return hidden


_LOOK_BY_TAG = {
    **dict.fromkeys(STRUCK_TAGS, frozenset(("struck",))),
    "sup": frozenset(("sup",)),
    "sub": frozenset(("sub",)),
}
_NO_LOOKS: frozenset[str] = frozenset()


def _looks(
    element: HtmlElement,
    rules: _Rules,
) -> Collection[str]:
    """Which of hidden, struck, sup and sub an element is, by its tag, its style and its class."""
    looks: Collection[str] = _LOOK_BY_TAG.get(str(element.tag), _NO_LOOKS)
    style = element.get("style")
    if style and _MARKED_STYLE_PATTERN.search(style):
        looks = {*looks, *_style_looks(style)}
    if element.get("hidden") is not None or _is_by(rules.hidden, element):
        looks = {*looks, "hidden"}
    if _is_by(rules.struck, element):
        looks = {*looks, "struck"}
    return looks


def _style_looks(
    style: str,
) -> Iterator[str]:
    if _HIDDEN_PATTERN.search(style):
        yield "hidden"
    if _STRUCK_PATTERN.search(style):
        yield "struck"
    if match := _RAISED_PATTERN.search(style):
        yield match[1][:3].lower()


@dataclass(slots=True)
class _Rules:
    """Simple selectors, in lower case: ".draft", "#old", "del"."""

    hidden: set[str] = field(default_factory=set)
    struck: set[str] = field(default_factory=set)


def _style_rules(
    root: HtmlElement,
) -> _Rules:
    """What the style sheets in the page hide or strike out, by a class, an id or a tag alone."""
    rules = _Rules()
    for style in root.iter("style"):
        sheet = _CSS_COMMENT_PATTERN.sub("", (style.text or "")[:MAX_STYLE])
        # rules for print or for narrow screens are not for this reader
        if "@media" in sheet:
            sheet = sheet.partition("@media")[0]
        for named, pattern in (
            (rules.hidden, _HIDDEN_PATTERN),
            (rules.struck, _STRUCK_PATTERN),
        ):
            for match in pattern.finditer(sheet):
                # the rule that it stands in
                start = sheet.rfind("{", 0, match.start())
                before = sheet.rfind("}", 0, max(start, 0)) + 1
                selectors = sheet[max(before, start - MAX_SELECTORS) : max(start, 0)]
                named.update(_simple(selectors))
    return rules


def _simple(
    selectors: str,
) -> list[str]:
    every = (selector.strip().lower() for selector in selectors.split(","))
    return [selector for selector in every if _SELECTOR_PATTERN.fullmatch(selector)]


def _is_by(
    rules: set[str],
    element: HtmlElement,
) -> bool:
    """Whether a selector names an element."""
    if not rules:
        return False
    tag = str(element.tag)
    names = [f".{name}" for name in (element.get("class") or "").lower().split()[:20]]
    if identity := element.get("id"):
        names.append("#" + identity.strip().lower())
    return tag in rules or any(n in rules or tag + n in rules for n in names)


def drop(
    element: HtmlElement,
) -> None:
    """Take an element out of its tree; what follows it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def texts_of(
    element: HtmlElement,
) -> list[str]:
    """The pieces of text in an element; quicker than its `itertext`, which makes objects."""
    texts: list[str] = _TEXTS(element)
    return texts


def length_of(
    element: HtmlElement,
) -> int:
    """Characters of an element, without white space round its pieces."""
    return sum(map(len, map(str.strip, texts_of(element))))


def _strike(
    element: HtmlElement,
    hidden: Hidden,
) -> None:
    """Take out a run that is struck out; the digits on its two sides stay two numbers."""
    text = " ".join("".join(element.itertext()).split())
    if text:
        hidden.struck.append(text[:100])
    tail = element.tail or ""
    if _before(element)[-1:].isdigit() and tail[:1].isdigit():
        element.tail = " " + tail
    drop(element)


def _before(
    element: HtmlElement,
) -> str:
    """The text that stands right before an element within its parent."""
    previous = element.getprevious()
    if previous is None:
        parent = element.getparent()
        return "" if parent is None else parent.text or ""
    return previous.tail or "".join(previous.itertext())


def _raise(
    element: HtmlElement,
    kind: str,
) -> None:
    """Raised or lowered digits beside others are written as such: 10³, never 103.

    Behind letters they stay as they are, so that CO2 and m2 are found as people type them.
    """
    text = "".join(element.itertext())
    bare = text.strip()
    is_digits = bare.isascii() and bare.lstrip("+-").isdigit() and len(bare) <= 6
    if not is_digits:
        return
    is_beside = _before(element).rstrip()[-1:].isdigit()
    if is_beside or (element.tail or "").lstrip()[:1].isdigit():
        for child in list(element):
            child.drop_tag()
        element.text = bare.translate(_RAISED_BY_TAG[kind])


def raised(
    text: str,
    kind: str,
) -> str:
    """A run that Word raises or lowers; digits become such characters.

    >>> raised("3", "superscript"), raised("a", "superscript"), raised("2", "baseline")
    ('³', 'a', '2')
    """
    tag = {"superscript": "sup", "subscript": "sub"}.get(kind)
    is_digits = text.strip().lstrip("+-").isdigit()
    return text.translate(_RAISED_BY_TAG[tag]) if tag and is_digits else text


def struck_out(
    struck: list[str],
) -> list[Problem]:
    """What is told of runs that are struck out."""
    runs = [text.strip()[:100] for text in struck if text.strip()]
    if not runs:
        return []
    facts: Facts = {"count": len(runs), "runs": runs[:5]}
    return [Problem(Code.FORMAT_STRUCK_OUT, facts)]


def joined_apart(
    parts: list[str],
    text: str,
    is_cut: bool,
) -> list[str]:
    """`text` behind `parts`; where a run was left out between two digits they stay two numbers."""
    behind = parts[-1][-1:] if parts else ""
    if is_cut and behind.isdigit() and text[:1].isdigit():
        return [*parts, " ", text]
    return [*parts, text]


def _number(
    ordered: HtmlElement,
) -> None:
    """Write the numbers of a list before its items, unless the items have some of their own."""
    items = [child for child in ordered if child.tag == "li"]
    style = ordered.get("style") or ""
    named = re.search(r"list-style(?:-type)?\s*:\s*([\w-]+)", style)
    kind = named[1] if named else ordered.get("type") or "decimal"
    texts = ["".join(item.itertext())[:12] for item in items]
    if kind == "none" or any(map(_NUMBERED_PATTERN.match, texts)):
        return
    write = WRITERS.get(kind, str)
    number = _integer(ordered.get("start"), 1)
    step = -1 if ordered.get("reversed") is not None else 1
    for item in items:
        number = _integer(item.get("value"), number)
        mark = write(number) + (
            "、" if kind.endswith(("graphic", "informal")) else ". "
        )
        # the mark belongs to the first line of the item
        first = next((e for e in item.iter() if (e.text or "").strip()), item)
        first.text = mark + (first.text or "").lstrip()
        number += step


def _integer(
    raw: str | None,
    default: int,
) -> int:
    try:
        value = int(raw or "")
    except ValueError:
        return default
    return value if abs(value) < 100_000 else default
