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
    rf"[?？](?:(?=[。！!，,、])|(?<=[{gloss.HAN_CLASS}]\?)(?={gloss.READING_REGEX}\)))"
)

MIN_POSTERIOR = 0.85
# In simplified text runs are longer and lose more pairs; no such document is known, so
# that less is ventured.
MIN_POSTERIOR_SIMPLIFIED = 0.95

# Nats by which a repair must be likelier than the text as received.
MIN_GAIN = 6.0

SEQUENCE_WEIGHT = 0.7
WORD_WEIGHT = 0.5
# Characters of repaired text above an event that it is told of: enough to hold the list
# marker before it.
SEEN_CHARACTERS = 4000

# Repairs weighed of those that end at the same place; longer ones have more to explain,
# and score lower before it.
TRIED_REPAIRS = 50

CONTEXT_LENGTH = 8
# Nats lost for every bracket or quotation mark of the line that a repair leaves without
# its partner.
OPEN_BRACKET_COST = 4.0

BRACKET_PAIRS = ("“”", "《》", "()", "「」")
UNLIKELY_PATTERN = re.compile(
    r"^[　\n]*[）)》”、，。,;；:：！？]|。[。，、；：！？）—,;:!?)]|。[”』」][，、,是的等]|[，、,][。，、,]"
)
MARKER_PATTERN = re.compile(r"　*[（(]([一二三四五六七八九十]{1,3})[）)]")
LIST_MARKERS_PATTERN = re.compile(r"(?:^|\n)\s*[（(]([一二三四五六七八九十]{1,3})[）)]")
HAN_NUMERALS = [t + u for t in ("", "十", "二十") for u in ("", *"一二三四五六七八九")][
    1:
]
RECEIVED_GLOSS_PATTERN = re.compile(rf"[（(]({gloss.READING_REGEX})[)）]")
WIDE_FORMS = {",": "，", "!": "！"}
# A lost byte, and as far as what is out of step can be expected to go.
NEAR_DAMAGE_PATTERN = re.compile("[?？][。！!，,、]?[^，,。、;；:\n]*")

DELIMITER_CHARACTERS = frozenset("。！!，,、")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The best repair of an event, its posterior, and by how much it beats the text as received."""

    text: str
    end: int
    posterior: float
    gain: float


@cache
def _script(*, traditional: bool) -> Script:
    model = language_model.load()
    return Script(
        model, model.simplified_only if traditional else model.traditional_only
    )


@dataclass(eq=False)
class Document:
    """A document with events, and what they share: its script, its glosses, its own way of writing."""

    received: str
    model: language_model.LanguageModel = field(default_factory=language_model.load)

    @cached_property
    def traditional(self) -> bool:
        """Whether the document is in traditional characters."""
        kinds = [self.model.traditional_only, self.model.simplified_only]
        traditional, simplified = (
            sum(c in kind for c in self.received) for kind in kinds
        )
        return traditional > simplified

    @cached_property
    def script(self) -> Script:
        """The characters that the document can have."""
        return _script(traditional=self.traditional)

    @cached_property
    def glosses(self) -> gloss.Glosses:
        """The tonal glosses in view."""
        return gloss.survey(self.received, tones=True)

    @cached_property
    def folded(self) -> bool:
        """Whether full-width forms were folded to half width, as in all that this tool left."""
        return not re.search("[\uff01-\uff5e]", self.received)

    @cached_property
    def sequences(self) -> Sequences:
        """The scores of sequences, with the clean text of the document counted in."""
        clean = NEAR_DAMAGE_PATTERN.sub(
            "\n", gloss.GLOSS_PATTERN.sub(r"\1", self.received)
        )
        return Sequences(self.model, clean)


def find(text: str, findings: Findings) -> list[Edit]:
    """The repairs of a document, and what is certainly damaged but not surely repaired."""
    del findings
    document = Document(text)
    out: list[Edit] = []
    done, at, search = "", 0, 0
    while m := GATE_PATTERN.search(text, search):
        done = (done + text[at : m.start()])[-SEEN_CHARACTERS:]
        edit = _event(document, m.start(), done)
        at, search = m.start(), m.start() + 1
        if edit is None:
            continue
        out = [e for e in out if e.end <= edit.start]
        out.append(edit)
        if edit.applied:
            done += edit.after
            at = search = edit.end
    return out


def _event(document: Document, start: int, done: str) -> Edit | None:
    """What becomes of the damage at `start`; `done` is the text before it, repaired."""
    text = document.received
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line_end = (
        len(text) if line_end < 0 else line_end - text.endswith("\r", 0, line_end)
    )
    before = RECEIVED_GLOSS_PATTERN.sub("", done[done.rfind("\n") + 1 :]).lstrip()
    marker = LIST_MARKERS_PATTERN.findall(done)[-1:]
    event = Event(
        document, text[line_start:line_end], start - line_start, before, "".join(marker)
    )
    verdict = event.verdict()
    if verdict is None or verdict.gain < MIN_GAIN:
        return None
    end = line_start + verdict.end
    if verdict.posterior < (
        MIN_POSTERIOR if document.traditional else MIN_POSTERIOR_SIMPLIFIED
    ):
        return Edit(
            start,
            end,
            text[start:end],
            REPAIR_KIND,
            round(verdict.posterior, 3),
            applied=False,
        )
    after = _shown(verdict.text, folded=document.folded)
    return Edit(start, end, after, REPAIR_KIND, round(verdict.posterior, 3))


def _shown(text: str, *, folded: bool) -> str:
    """A repair in the form of the text around it."""
    text = text.replace(LOST_MARK, "?")
    return (
        text.translate(language_model.FOLD_TABLE) if folded else text.replace("　", "")
    )


@dataclass(eq=False)
class Event:
    """One damaged place:

    `line[start]` is its "?", `before` the repaired line before it, glosses taken out.
    """

    document: Document
    line: str
    start: int
    before: str
    marker: str

    @property
    def injected(self) -> bool:
        """Whether a gloss was put inside a pair, rather than a delimiter found there."""
        return self.line[self.start + 1 : self.start + 2] not in DELIMITER_CHARACTERS

    @property
    def at_line_start(self) -> bool:
        """Whether nothing visible stands before: an indent, dropped since, may have been cut."""
        return not self.line[: self.start].strip()

    def verdict(self) -> Verdict | None:
        """Weigh every repair that the forward model turns into what was received."""
        found = list(self.verified(self.candidates()))
        if not found:
            return None
        horizon = max(c.end for c in found)
        scored = sorted(
            ((self.score(c.text, c.end, horizon), c) for c in found), reverse=True
        )
        top, best = scored[0]
        total = sum(math.exp(s - top) for s, _ in scored)
        received = self.score(self.line[self.start : best.end], best.end, horizon)
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
        lattice = Lattice(
            self.line, self.document.script, self.document.sequences, len(self.context)
        )
        states, at = self._after_gloss() if self.injected else self._after_cut()
        kept: Counter[int] = Counter()
        out = []
        for c in lattice.candidates(states, at):
            kept[c.end] += 1
            if kept[c.end] <= TRIED_REPAIRS:
                out.append(c._replace(text=c.text[len(self.context) :]))
        return out

    def _after_cut(self) -> tuple[list[State], int]:
        """The characters whose trail byte was taken for the first byte of the delimiter."""
        ((first, second),) = codes_of(self.line[self.start + 1])
        rows = self.document.script.by_trail.get(first, ())
        sequences, seen = self.document.sequences, self.seen
        return [
            State(
                sequences.next(seen, c),
                second,
                self.context + c,
                (seen + sequences.form(c))[-2:],
                0,
            )
            for _, c in rows
        ], self.start + 2

    def _after_gloss(self) -> tuple[list[State], int]:
        """The characters that the gloss was meant for: begun by the trail byte of the one before
        it.
        """
        m = READING_CLOSED.match(self.line, self.start + 1)
        codes = codes_of(self.line[self.start - 1])
        if m is None or not codes:
            return [], self.start
        trail = codes[0][1]
        leads = [
            t
            for t in range(0x81, 0xFF)
            if self._is_glossed(PAIR_TABLE[trail << 8 | t], m[1])
        ]
        return [State(0.0, lead, self.context, self.seen, 0) for lead in leads], m.end()

    def _is_glossed(self, c: str, reading: str) -> bool:
        return (
            c.isalpha()
            and reading in gloss.readings(c)
            and c not in self.document.glosses.seen_bare
        )

    def verified(self, candidates: list[Candidate]) -> Iterator[Candidate]:
        """Those that the forward model turns into exactly what was received."""
        left = codes_of(self.before[-1:]) if self.before and not self.injected else ()
        for c in candidates:
            if not self._cut_before(left, c.text[:1]) and self._reproduces(c):
                yield c

    @staticmethod
    def _cut_before(left: tuple[tuple[int, int], ...], c: str) -> bool:
        """Whether the tool would have cut between the character before and the repair."""
        right = codes_of(c)
        return (
            bool(left and right) and bytes((left[0][1], right[0][0])) in DELIMITER_BYTES
        )

    def _reproduces(self, c: Candidate) -> bool:
        body = c.text.removesuffix("(")
        glosses = dict(self.document.glosses.reading)
        start, end, tail = self.start, c.end, ""
        lost = self.line[end - 1] in "?？"
        if m := (READING_CLOSED if body != c.text else RECEIVED_GLOSS_PATTERN).match(
            self.line, end
        ):
            if m[1] in gloss.readings(body[-1]):
                glosses[body[-1]] = unicodedata.normalize("NFC", m[1])
                end = m.end()
        elif lost and self.line[end : end + 1] in DELIMITER_CHARACTERS:
            tail = self.line[end]
            end += 1
        if self.injected:
            start -= 1
            body = self.line[start] + body
            code = body.encode("gbk", "replace")[1:3]
            if m := READING_CLOSED.match(self.line, self.start + 1):
                glosses[code.decode("gbk", "replace")] = m[1]
        try:
            made = damage(
                body.replace(LOST_MARK, "0") + WIDE_FORMS.get(tail, tail), glosses
            )
        except UnicodeEncodeError:
            return False
        return made == self.line[start:end].translate(language_model.FOLD_TABLE)

    def score(self, text: str, end: int, horizon: int) -> float:
        """How likely the line is with `text` up to `end`, seen to a little past `horizon`."""
        sequences, body = (
            self.document.sequences,
            text.removesuffix("(").replace(LOST_MARK, "0"),
        )
        if text.endswith("(") and (m := READING_CLOSED.match(self.line, end)):
            end = m.end()
        right = self.right(end, horizon)
        total = SEQUENCE_WEIGHT * sequences.text(self.seen, body + right)
        total += WORD_WEIGHT * self.document.model.word_score(
            self.document.model.simplify(self.before[-CONTEXT_LENGTH:] + body + right)
        )
        total -= 10 * len(
            UNLIKELY_PATTERN.findall((self.before[-1:] or "\n") + body + right[:2])
        )
        line = (self.before + body + self.line[end:]).translate(
            language_model.FOLD_TABLE
        )
        total -= OPEN_BRACKET_COST * sum(
            abs(line.count(pair[0]) - line.count(pair[1])) for pair in BRACKET_PAIRS
        )
        return total + self._in_list(body + right)

    def right(self, end: int, horizon: int) -> str:
        """The text after a repair, glosses taken out: all that another repair explains, and on to
        the next damage.
        """
        near, far = (
            self.line[end:horizon],
            self.line[max(end, horizon) : max(end, horizon) + 4 * CONTEXT_LENGTH],
        )
        far = RECEIVED_GLOSS_PATTERN.sub("", far)
        seen = far.split("?", 1)[0][:CONTEXT_LENGTH]
        return (
            RECEIVED_GLOSS_PATTERN.sub("", near)
            + seen
            + ("\n" if seen == far and len(far) < CONTEXT_LENGTH else "")
        )

    def _in_list(self, body: str) -> float:
        """What the list marker before says of this one."""
        m = MARKER_PATTERN.match(body) if self.at_line_start else None
        if m is None:
            return -5.0 if body.startswith(("　（", "　(")) else 0.0
        if m[1] == "一" or m[1] not in HAN_NUMERALS:
            return 0.0 if m[1] == "一" else -5.0
        ahead = HAN_NUMERALS.index(m[1]) - (
            HAN_NUMERALS.index(self.marker) if self.marker in HAN_NUMERALS else -1
        )
        return {1: 3.0, 2: 1.0, 3: 0.0}.get(ahead, -3.0)
