"""Two texts abreast: sections by their headings, then sentences, then characters.

Characters are compared only in sentences that are alike. Sentences are compared
normalised, so that another script or white space is no difference.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from index.analysis.normaliser import fold_line
from webui.text.blocks import blocks
from webui.text.layers import spread

__all__ = ["LONGEST_TEXT", "Piece", "Section", "compared"]

# Characters of a text; longer ones are not set abreast.
LONGEST_TEXT = 80_000

# 收到申请5件。 with its stop and line end; stops that stand alone are a sentence too.
_SENTENCE_PATTERN = re.compile(r"[^。！？；\n]+[。！？；]*\n*|[。！？；]+\n*")
# 三、 before a heading: another number does not make another chapter.
_ENUMERATOR_PATTERN = re.compile(r"^[一二三四五六七八九十]{1,3}、")
# From this similarity on two sentences are versions of one.
_LEAST_SIMILARITY = 0.5
# Up to this many characters that is looked for.
_LONGEST_SENTENCE = 600
# SequenceMatcher compares each character with each: the work on a pair is the product of
# its lengths. Past this sum for a pair of reports, sentences are marked whole.
_WORK_LIMIT = 20_000_000
# From so many sentences in a chapter on, those that keep coming back are no anchors: each
# would be tried with each.
_MANY_SENTENCES = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage.

    `shared`: it stands in both texts. Otherwise left and right differ; one may be empty.
    """

    shared: bool
    left: Markup
    right: Markup


@dataclass(slots=True)
class Section:
    """One chapter of either text or of both; `left` and `right` are its headings."""

    left: str
    right: str
    pieces: list[Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Chapter:
    heading: str
    sentences: list[str]

    @property
    def key(self) -> str:
        """The heading without its number, normalised: equal keys are the same chapter."""
        return _ENUMERATOR_PATTERN.sub("", fold_line(self.heading).strip())

    @property
    def normalised(self) -> list[str]:
        return [fold_line(sentence).strip() for sentence in self.sentences]


_NO_CHAPTER = _Chapter("", [])


@dataclass(slots=True)
class _Budget:
    """What work is left for comparing sentences character by character."""

    left: int = _WORK_LIMIT

    def takes(
        self,
        left: str,
        right: str,
    ) -> bool:
        """Whether a pair is compared so; its work is charged either way."""
        self.left -= len(left) * len(right)
        longest = max(len(left), len(right))
        return longest <= _LONGEST_SENTENCE and self.left >= 0


def compared(
    left: str,
    right: str,
) -> tuple[list[Section], float, float]:
    """The sections, and for each text the part of its characters that stands in the other.

    The parts are fractions from 0 to 1.
    """
    left_chapters = _chapters(left)
    right_chapters = _chapters(right)
    sections: list[Section] = []
    shared = 0
    budget = _Budget()
    for left_chapter, right_chapter in _aligned(left_chapters, right_chapters):
        section, shared_here = _section(left_chapter, right_chapter, budget)
        sections.append(section)
        shared += shared_here
    return sections, _part(shared, left_chapters), _part(shared, right_chapters)


def _part(
    shared: int,
    chapters: Iterable[_Chapter],
) -> float:
    total = 0
    for chapter in chapters:
        total += sum(map(len, chapter.normalised))
    return min(1.0, shared / total) if total else 0.0


def _chapters(text: str) -> list[_Chapter]:
    """The chapters in order; what stands before the first heading has an empty one."""
    out = [_Chapter("", [])]
    for block in blocks(spread(text, [])):
        if block.kind == "heading":
            out.append(_Chapter(block.lines[0].text.strip(), []))
            continue
        body = "".join(f"{line.text}\n" for line in block.lines)
        for sentence in _SENTENCE_PATTERN.findall(body):
            if sentence.strip():
                out[-1].sentences.append(sentence)
    return [chapter for chapter in out if chapter.heading or chapter.sentences]


def _aligned(
    left: Sequence[_Chapter], right: Sequence[_Chapter]
) -> Iterable[tuple[_Chapter, _Chapter]]:
    """Chapters of the same heading, or in the same place, as pairs; the others alone."""
    left_keys = [chapter.key for chapter in left]
    right_keys = [chapter.key for chapter in right]
    matcher = SequenceMatcher(
        None,
        left_keys,
        right_keys,
        autojunk=False,
    )
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        # as many renamed chapters on both sides: each is the other's
        renamed = kind == "replace" and a2 - a1 == b2 - b1
        if kind == "equal" or renamed:
            yield from zip(left[a1:a2], right[b1:b2], strict=True)
        else:
            yield from ((chapter, _NO_CHAPTER) for chapter in left[a1:a2])
            yield from ((_NO_CHAPTER, chapter) for chapter in right[b1:b2])


def _section(
    left: _Chapter,
    right: _Chapter,
    budget: _Budget,
) -> tuple[Section, int]:
    """A section, and how many normalised characters its chapters share."""
    section = Section(left.heading, right.heading)
    left_keys = left.normalised
    many = len(right.sentences) > _MANY_SENTENCES
    matcher = SequenceMatcher(
        None,
        left_keys,
        right.normalised,
        autojunk=many,
    )
    shared = 0
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        left_part = left.sentences[a1:a2]
        right_part = right.sentences[b1:b2]
        if kind == "equal":
            shared += sum(map(len, left_keys[a1:a2]))
            piece = Piece(True, _plain(left_part), _plain(right_part))
        else:
            piece = _difference(left_part, right_part, budget)
        section.pieces.append(piece)
    return section, shared


def _plain(sentences: Iterable[str]) -> Markup:
    return escape("".join(sentences).strip("\n"))


def _difference(
    left: Sequence[str],
    right: Sequence[str],
    budget: _Budget,
) -> Piece:
    """Sentences in the same place: what their versions share is not marked, the rest is."""
    left_html: list[Markup] = []
    right_html: list[Markup] = []
    for left_text, right_text in itertools.zip_longest(left, right, fillvalue=""):
        if left_text and right_text:
            left_marked, right_marked = _characters(left_text, right_text, budget)
        else:
            left_marked = _marked(left_text)
            right_marked = _marked(right_text)
        left_html.append(left_marked)
        right_html.append(right_marked)
    return Piece(False, Markup("").join(left_html), Markup("").join(right_html))


def _marked(text: str) -> Markup:
    """The text in <b>, its line ends behind it."""
    body = text.rstrip("\n")
    if not body:
        return escape(text)
    return Markup("<b>{}</b>{}").format(body, text[len(body) :])


def _characters(
    left: str,
    right: str,
    budget: _Budget,
) -> tuple[Markup, Markup]:
    """Two sentences with what differs marked; all of them where they are not versions of one."""
    if not budget.takes(left, right):
        return _marked(left), _marked(right)
    matcher = SequenceMatcher(
        None,
        left,
        right,
        autojunk=False,
    )
    # quick_ratio is an upper bound and much cheaper
    if matcher.quick_ratio() < _LEAST_SIMILARITY or matcher.ratio() < _LEAST_SIMILARITY:
        return _marked(left), _marked(right)
    left_html = Markup()
    right_html = Markup()
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        show = escape if kind == "equal" else _marked
        left_html += show(left[a1:a2])
        right_html += show(right[b1:b2])
    return left_html, right_html
