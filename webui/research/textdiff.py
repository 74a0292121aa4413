"""Two texts abreast: sections by their headings, then sentences, then the characters of sentences
that are alike.

Sentences are compared in index form, so that another script or white space is no difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from index.analysis.normaliser import fold_line
from webui.text.blocks import blocks
from webui.text.layers import spread

__all__ = ["LONGEST", "Piece", "Section", "compared"]

# Characters of a text; longer ones are not set abreast.
LONGEST = 80_000

_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]*\n*|[。！？；]+\n*")
_ENUMERATOR = re.compile(r"^[一二三四五六七八九十]{1,3}、")
_ALIKE, _CHARACTERS, _WORK = 0.5, 600, 20_000_000
"""From what ratio on two sentences are versions of one, up to what length that is looked for, and
how much in all.

The work on a pair is the product of its lengths; past the sum, sentences are marked whole.
"""

# Sentences of a chapter from which on those that keep coming back are no anchors: each
# would be tried with each.
_MANY = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage:

    `shared` stands in both texts, otherwise `left` and `right` differ; one of them may be empty.
    """

    shared: bool
    left: Markup
    right: Markup


@dataclass(slots=True)
class Section:
    """One chapter of either text or of both."""

    left: str
    right: str
    pieces: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Chapter:
    heading: str
    sentences: list[str]

    @property
    def key(self) -> str:
        return _ENUMERATOR.sub("", fold_line(self.heading).strip())


@dataclass(slots=True)
class _Budget:
    """What work is left for comparing sentences character by character."""

    left: int = _WORK

    def takes(self, a: str, b: str) -> bool:
        """Whether a pair is compared so."""
        self.left -= len(a) * len(b)
        return max(len(a), len(b)) <= _CHARACTERS and self.left >= 0


def compared(left: str, right: str) -> tuple[list[Section], float, float]:
    """The sections, and which part of the characters of each text stands in the other, from 0 to 1."""
    a, b = _chapters(left), _chapters(right)
    sections: list[Section] = []
    shared, budget = 0, _Budget()
    for one, other in _aligned(a, b):
        section, same = _section(one, other, budget)
        sections.append(section)
        shared += same
    return sections, _part(shared, a), _part(shared, b)


def _part(shared: int, chapters: Iterable[_Chapter]) -> float:
    total = sum(len(fold_line(s).strip()) for c in chapters for s in c.sentences)
    return min(1.0, shared / total) if total else 0.0


def _chapters(text: str) -> list[_Chapter]:
    out = [_Chapter("", [])]
    for block in blocks(spread(text, [])):
        if block.kind == "heading":
            out.append(_Chapter(block.lines[0].text.strip(), []))
        else:
            body = "".join(line.text + "\n" for line in block.lines)
            out[-1].sentences.extend(s for s in _SENTENCE.findall(body) if s.strip())
    return [c for c in out if c.heading or c.sentences]


def _aligned(
    a: Sequence[_Chapter], b: Sequence[_Chapter]
) -> Iterable[tuple[_Chapter | None, _Chapter | None]]:
    matcher = SequenceMatcher(
        None, [c.key for c in a], [c.key for c in b], autojunk=False
    )
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal" or (kind == "replace" and a2 - a1 == b2 - b1):
            yield from zip(a[a1:a2], b[b1:b2], strict=True)
        else:
            yield from ((c, None) for c in a[a1:a2])
            yield from ((None, c) for c in b[b1:b2])


def _section(
    one: _Chapter | None, other: _Chapter | None, budget: _Budget
) -> tuple[Section, int]:
    section = Section(one.heading if one else "", other.heading if other else "")
    a, b = (one.sentences if one else []), (other.sentences if other else [])
    folded = [[fold_line(s).strip() for s in side] for side in (a, b)]
    shared = 0
    matcher = SequenceMatcher(None, folded[0], folded[1], autojunk=len(b) > _MANY)
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            shared += sum(map(len, folded[0][a1:a2]))
            section.pieces.append(Piece(True, _plain(a[a1:a2]), _plain(b[b1:b2])))
        else:
            section.pieces.append(_difference(a[a1:a2], b[b1:b2], budget))
    return section, shared


def _plain(sentences: Iterable[str]) -> Markup:
    return escape("".join(sentences).strip("\n"))


def _difference(a: Sequence[str], b: Sequence[str], budget: _Budget) -> Piece:
    """Sentences in the same place: what their versions share is not marked, the rest is."""
    left: list[Markup] = []
    right: list[Markup] = []
    for i in range(max(len(a), len(b))):
        one, other = (side[i] if i < len(side) else "" for side in (a, b))
        marked = (
            _characters(one, other, budget)
            if one and other
            else (_marked(one), _marked(other))
        )
        left.append(marked[0])
        right.append(marked[1])
    return Piece(False, Markup("").join(left), Markup("").join(right))


def _marked(text: str) -> Markup:
    body = text.rstrip("\n")
    return (
        Markup("<b>{}</b>{}").format(body, text[len(body) :]) if body else escape(text)
    )


def _characters(a: str, b: str, budget: _Budget) -> tuple[Markup, Markup]:
    """Two sentences with what differs marked; all of them where they are not versions of one."""
    if not budget.takes(a, b):
        return _marked(a), _marked(b)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.quick_ratio() < _ALIKE or matcher.ratio() < _ALIKE:
        return _marked(a), _marked(b)
    left, right = Markup(), Markup()
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        same = kind == "equal"
        left += escape(a[a1:a2]) if same else _marked(a[a1:a2])
        right += escape(b[b1:b2]) if same else _marked(b[b1:b2])
    return left, right
