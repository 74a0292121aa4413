"""Runs of GBK read one byte out of step, put back.

A repair is made only if the forward model turns it into exactly what was received, if it is far
likelier than the text as received, and if it is far likelier than every other repair.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property

from index.analysis.characters import HAN_NUMERALS, PRINTED_HAN_CLASS
from indexer.repair import gloss, language_model
from indexer.repair.edits import Edit
from indexer.repair.gbk import DELIMITER_BYTES, PAIR_TABLE, codes_of, damage
from indexer.repair.lattice import LOST_MARK, READING_CLOSED, Candidate, Lattice, State
from indexer.repair.script import Script, Sequences
from indexer.repair.table import Findings

__all__ = ["GATE_PATTERN", "REPAIR_KIND", "find"]

REPAIR_KIND = "gbk_out_of_step"
# A lost lead byte before what looked like a delimiter; or a trail byte lost to the
# gloss put before it.
GATE_PATTERN = re.compile(
    rf"[?？](?:(?=[。！!，,、])|(?<=[{PRINTED_HAN_CLASS}]\?)(?={gloss.READING_REGEX}\)))"
)

# Posterior probability from which a repair is made.
MIN_POSTERIOR = 0.85
# In simplified text runs are longer and lose more pairs; no such document is known, so
# that less is ventured.
MIN_POSTERIOR_SIMPLIFIED = 0.95

# Nats by which a repair must be likelier than the text as received.
MIN_GAIN = 6.0

# Sequences and words say much the same of a text, so that neither counts in full.
SEQUENCE_WEIGHT = 0.7
WORD_WEIGHT = 0.5
# Characters of repaired text above an event that are looked at: enough to hold the list marker
# before it.
SEEN_CHARACTERS = 4000

# Repairs weighed of those that end at the same place; longer ones have more to explain,
# and score lower before it.
TRIED_REPAIRS = 50

# Characters on either side of a repair that its score depends on.
CONTEXT_LENGTH = 8
# Nats lost for every bracket or quotation mark of the line that a repair leaves without its
# partner.
OPEN_BRACKET_COST = 4.0
# Nats lost for every place that nobody writes so.
UNLIKELY_COST = 10
# Log probability of a character below which a repair may not put it where a gloss was: 垻 has
# little but its bytes to speak for it.
INVENTED_LOG = -10.0
# Nats, for a bracket at the beginning of a line that holds no numeral.
WRONG_MARKER = -5.0

BRACKET_PAIRS = ("“”", "《》", "()", "「」")
# What nobody writes: a line that begins with a closing mark, two marks in a row (。，), a full stop
# inside a sentence (。」的).
UNLIKELY_PATTERN = re.compile(
    r"^[　\n]*[）)》”、，。,;；:：！？]"
    r"|。[。，、；：！？）—,;:!?)]"
    r"|。[”』」][，、,是的等]"
    r"|[，、,][。，、,]"
)
# （三）, indented by ideographic spaces
MARKER_PATTERN = re.compile(rf"　*[（(]([{HAN_NUMERALS}]{{1,3}})[）)]")
# the same at the beginning of any line
LIST_MARKERS_PATTERN = re.compile(rf"(?:^|\n)\s*[（(]([{HAN_NUMERALS}]{{1,3}})[）)]")
# 一 to 二十九, in order
ORDERED_NUMERALS = [
    tens + ones for tens in ("", "十", "二十") for ones in ("", *"一二三四五六七八九")
][1:]
# (qū): a gloss as it stands after its character
RECEIVED_GLOSS_PATTERN = re.compile(rf"[（(]({gloss.READING_REGEX})[)）]")
# The tool looked for full-width marks; the text as received may have been folded since.
WIDE_FORMS = {",": "，", "!": "！"}
# A lost byte, and as far as what is out of step can be expected to go.
NEAR_DAMAGE_PATTERN = re.compile("[?？][。！!，,、]?[^，,。、;；:\n]*")

DELIMITER_CHARACTERS = frozenset("。！!，,、")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The best repair of an event.

    `posterior` is its probability among all repairs. `gain` is by how many nats it beats the text
    as received.
    """

    text: str
    end: int
    posterior: float
    gain: float


@cache
def _script(*, traditional: bool) -> Script:
    model = language_model.load()
    excluded = model.simplified_only if traditional else model.traditional_only
    return Script(model, excluded)


@dataclass(eq=False)
class Document:
    """A document with events, and what these share.

    That is its script, its glosses, and its own way of writing.
    """

    received: str
    model: language_model.LanguageModel = field(default_factory=language_model.load)

    @cached_property
    def traditional(self) -> bool:
        """Whether the document is in traditional characters."""
        traditional_only = self.model.traditional_only
        simplified_only = self.model.simplified_only
        traditional = sum(c in traditional_only for c in self.received)
        simplified = sum(c in simplified_only for c in self.received)
        return traditional > simplified

    @cached_property
    def script(self) -> Script:
        """The characters that the document can have."""
        return _script(traditional=self.traditional)

    @cached_property
    def glosses(self) -> gloss.Glosses:
        """The glosses with tones that the document shows."""
        return gloss.survey(self.received, tones=True)

    @cached_property
    def folded(self) -> bool:
        """Whether full-width forms were folded to half width, as in all that this tool left."""
        return not re.search("[\uff01-\uff5e]", self.received)

    @cached_property
    def sequences(self) -> Sequences:
        """The scores of sequences, with the clean text of the document counted in."""
        without_glosses = gloss.GLOSS_PATTERN.sub(r"\1", self.received)
        clean = NEAR_DAMAGE_PATTERN.sub("\n", without_glosses)
        return Sequences(self.model, clean)

    def is_invented(self, repair: str) -> bool:
        """Whether a repair puts in a rare character that the document has nowhere."""
        for c in repair:
            score = self.model.single.get(self.model.simplify(c), -99.0)
            if c.isalpha() and score < INVENTED_LOG and c not in self.received:
                return True
        return False


def find(text: str, findings: Findings) -> list[Edit]:
    """The repairs of a document, and what is certainly damaged but not surely repaired."""
    del findings
    document = Document(text)
    edits: list[Edit] = []
    # the repaired text so far, and up to where of `text` it goes
    repaired = ""
    copied = 0
    search_from = 0
    while gate := GATE_PATTERN.search(text, search_from):
        start = gate.start()
        repaired = (repaired + text[copied:start])[-SEEN_CHARACTERS:]
        copied = start
        search_from = start + 1
        edit = _event(document, start, repaired)
        if edit is None:
            continue
        edits = [earlier for earlier in edits if earlier.end <= edit.start]
        edits.append(edit)
        if edit.applied:
            repaired += edit.after
            copied = search_from = edit.end
    return edits


def _event(document: Document, start: int, repaired: str) -> Edit | None:
    """What becomes of the damage at `start`; `repaired` is the repaired text before it."""
    text = document.received
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    if line_end < 0:
        line_end = len(text)
    elif text.endswith("\r", 0, line_end):
        line_end -= 1
    line_before = repaired[repaired.rfind("\n") + 1 :]
    before = RECEIVED_GLOSS_PATTERN.sub("", line_before).lstrip()
    markers = LIST_MARKERS_PATTERN.findall(repaired)
    event = Event(
        document,
        line=text[line_start:line_end],
        start=start - line_start,
        before=before,
        marker=markers[-1] if markers else "",
    )
    verdict = event.verdict()
    if verdict is None or verdict.gain < MIN_GAIN:
        return None
    end = line_start + verdict.end
    posterior = round(verdict.posterior, 3)
    traditional = document.traditional
    needed = MIN_POSTERIOR if traditional else MIN_POSTERIOR_SIMPLIFIED
    is_invented = event.injected and document.is_invented(verdict.text)
    if verdict.posterior < needed or is_invented:
        received = text[start:end]
        return Edit(
            start=start,
            end=end,
            after=received,
            kind=REPAIR_KIND,
            confidence=posterior,
            applied=False,
        )
    after = _shown(verdict.text, folded=document.folded)
    return Edit(
        start=start,
        end=end,
        after=after,
        kind=REPAIR_KIND,
        confidence=posterior,
    )


def _shown(text: str, *, folded: bool) -> str:
    """A repair in the form of the text around it."""
    text = text.replace(LOST_MARK, "?")
    return (
        text.translate(language_model.FOLD_TABLE) if folded else text.replace("　", "")
    )


@dataclass(eq=False)
class Event:
    """One damaged place.

    `line[start]` is its "?". `before` is the repaired line before it, glosses taken out. `marker`
    is the numeral of the last list marker above (三 of （三）), or "".
    """

    document: Document
    line: str
    start: int
    before: str
    marker: str

    @property
    def injected(self) -> bool:
        """Whether a gloss was put inside a pair, rather than a delimiter found there."""
        follows = self.line[self.start + 1 : self.start + 2]
        return follows not in DELIMITER_CHARACTERS

    @property
    def at_line_start(self) -> bool:
        """Whether nothing visible stands before: an indent, dropped since, may have been cut."""
        return not self.line[: self.start].strip()

    def verdict(self) -> Verdict | None:
        """Weigh every repair that the forward model turns into what was received."""
        verified = list(self.verified(self.candidates()))
        if not verified:
            return None
        horizon = max(candidate.end for candidate in verified)
        scored = [(self.score(c.text, c.end, horizon), c) for c in verified]
        scored.sort(reverse=True)
        top, best = scored[0]
        total = sum(math.exp(score - top) for score, _ in scored)
        as_received = self.line[self.start : best.end]
        received = self.score(as_received, best.end, horizon)
        return Verdict(best.text, best.end, 1 / total, top - received)

    @cached_property
    def context(self) -> str:
        """The repaired text that the repair continues."""
        return ("\n" + self.before)[-CONTEXT_LENGTH:]

    @cached_property
    def seen(self) -> str:
        """Its end in the form that sequences are asked in."""
        return ("\n\n" + self.document.model.simplify(self.context))[-2:]

    def candidates(self) -> list[Candidate]:
        """The repairs that the lattice finds, best first."""
        document = self.document
        context = len(self.context)
        lattice = Lattice(self.line, document.script, document.sequences, context)
        states, position = self._after_gloss() if self.injected else self._after_cut()
        of_end: Counter[int] = Counter()
        tried: list[Candidate] = []
        for candidate in lattice.candidates(states, position):
            of_end[candidate.end] += 1
            if of_end[candidate.end] <= TRIED_REPAIRS:
                tried.append(candidate._replace(text=candidate.text[context:]))
        return tried

    def _after_cut(self) -> tuple[list[State], int]:
        """The characters whose trail byte was taken for the first byte of the delimiter."""
        ((first, second),) = codes_of(self.line[self.start + 1])
        sequences = self.document.sequences
        seen = self.seen
        states: list[State] = []
        for _, c in self.document.script.by_trail.get(first, ()):
            score = sequences.next(seen, c)
            seen_then = (seen + sequences.form(c))[-2:]
            states.append(State(score, second, self.context + c, seen_then, 0))
        return states, self.start + 2

    def _after_gloss(self) -> tuple[list[State], int]:
        """The characters that the gloss was meant for.

        The trail byte of the character before is their lead byte: "?qū)" stands where the two
        bytes that the tool glossed were of two characters.
        """
        glossed = READING_CLOSED.match(self.line, self.start + 1)
        codes = codes_of(self.line[self.start - 1])
        if glossed is None or not codes:
            return [], self.start
        trail = codes[0][1]
        states = [
            State(0.0, lead, self.context, self.seen, 0)
            for lead in range(0x81, 0xFF)
            if self._is_glossed(PAIR_TABLE[trail << 8 | lead], glossed[1])
        ]
        return states, glossed.end()

    def _is_glossed(self, c: str, reading: str) -> bool:
        return (
            c.isalpha()
            and reading in gloss.readings(c)
            and c not in self.document.glosses.seen_bare
        )

    def verified(self, candidates: list[Candidate]) -> Iterator[Candidate]:
        """Those that the forward model turns into exactly what was received."""
        left = codes_of(self.before[-1:]) if self.before and not self.injected else ()
        for candidate in candidates:
            if self._cut_before(left, candidate.text[:1]):
                continue
            if self._reproduces(candidate):
                yield candidate

    @staticmethod
    def _cut_before(left: tuple[tuple[int, int], ...], c: str) -> bool:
        """Whether the tool would have cut between the character before and the repair."""
        right = codes_of(c)
        if not left or not right:
            return False
        trail = left[0][1]
        lead = right[0][0]
        return bytes((trail, lead)) in DELIMITER_BYTES

    def _reproduces(self, candidate: Candidate) -> bool:
        """Whether the tool makes of the candidate what was received, to the last character."""
        body = candidate.text.removesuffix("(")
        glosses = dict(self.document.glosses.reading)
        start = self.start
        end = candidate.end
        tail = ""
        is_lost = self.line[end - 1] in "?？"
        # the opening bracket of a gloss is swallowed where the candidate ends with one
        is_swallowed = body != candidate.text
        pattern = READING_CLOSED if is_swallowed else RECEIVED_GLOSS_PATTERN
        if glossed := pattern.match(self.line, end):
            if glossed[1] in gloss.readings(body[-1]):
                glosses[body[-1]] = unicodedata.normalize("NFC", glossed[1])
                end = glossed.end()
        elif is_lost and self.line[end : end + 1] in DELIMITER_CHARACTERS:
            tail = self.line[end]
            end += 1
        if self.injected:
            start -= 1
            body = self.line[start] + body
            # the trail byte of the first and the lead byte of the second character
            code = body.encode("gbk", "replace")[1:3]
            if glossed := READING_CLOSED.match(self.line, self.start + 1):
                glosses[code.decode("gbk", "replace")] = glossed[1]
        written = body.replace(LOST_MARK, "0") + WIDE_FORMS.get(tail, tail)
        try:
            damaged = damage(written, glosses)
        except UnicodeEncodeError:
            return False
        received = self.line[start:end].translate(language_model.FOLD_TABLE)
        return damaged == received

    def score(self, text: str, end: int, horizon: int) -> float:
        """How likely the line is with `text` up to `end`, in nats.

        What follows is looked at to a little past `horizon`, so that repairs of different lengths
        are asked of the same text.
        """
        model = self.document.model
        sequences = self.document.sequences
        body = text.removesuffix("(").replace(LOST_MARK, "0")
        if text.endswith("("):
            glossed = READING_CLOSED.match(self.line, end)
            end = glossed.end() if glossed else end
        right = self.right(end, horizon)
        total = SEQUENCE_WEIGHT * sequences.text(self.seen, body + right)
        around = self.before[-CONTEXT_LENGTH:] + body + right
        total += WORD_WEIGHT * model.word_score(model.simplify(around))
        joint = (self.before[-1:] or "\n") + body + right[:2]
        total -= UNLIKELY_COST * len(UNLIKELY_PATTERN.findall(joint))
        line = self.before + body + self.line[end:]
        line = line.translate(language_model.FOLD_TABLE)
        unpaired = 0
        for pair in BRACKET_PAIRS:
            unpaired += abs(line.count(pair[0]) - line.count(pair[1]))
        total -= OPEN_BRACKET_COST * unpaired
        return total + self._in_list(body + right)

    def right(self, end: int, horizon: int) -> str:
        """The text after a repair, glosses taken out.

        It is all that another repair explains, and goes on to the next damage.
        """
        near = self.line[end:horizon]
        far_start = max(end, horizon)
        far = self.line[far_start : far_start + 4 * CONTEXT_LENGTH]
        near = RECEIVED_GLOSS_PATTERN.sub("", near)
        far = RECEIVED_GLOSS_PATTERN.sub("", far)
        clean = far.split("?", 1)[0][:CONTEXT_LENGTH]
        line_ends = clean == far and len(far) < CONTEXT_LENGTH
        return near + clean + ("\n" if line_ends else "")

    def _in_list(self, body: str) -> float:
        """What the list marker before says of this one: （三） follows （二）, in nats."""
        marked = MARKER_PATTERN.match(body) if self.at_line_start else None
        if marked is None:
            return WRONG_MARKER if body.startswith(("　（", "　(")) else 0.0
        numeral = marked[1]
        if numeral == "一":
            return 0.0
        if numeral not in ORDERED_NUMERALS:
            return WRONG_MARKER
        previous = -1
        if self.marker in ORDERED_NUMERALS:
            previous = ORDERED_NUMERALS.index(self.marker)
        ahead = ORDERED_NUMERALS.index(numeral) - previous
        # damage above may have hidden a marker or two
        return {1: 3.0, 2: 1.0, 3: 0.0}.get(ahead, -3.0)
