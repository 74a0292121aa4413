"""Reports like a report: those of its own body, other bodies' that say the same, and the same
report published again.

    sentences -> probes -> how many bodies say each -> plain sentences -> reports with most of their
    probes -> alignment

There is no index for this: an engine finds any string. A sentence is looked up by two or three
probes, pieces between its numbers, and counts as said by a body whose report has at least two of
them, so that a word that was changed does not hide it. What many bodies say is boilerplate.
Everything is bounded, and the same at every call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from index.analysis.wording import is_taiwan_worded, mainland_text
from index.documents.stored import head_of
from index.engines.seam import Engine, EngineQuery, FacetAsked, Found
from index.model.errors import RequestError
from index.model.problems import Code
from index.query.nodes import (
    AllOf,
    AnyOf,
    AtLeast,
    Everything,
    Keyword,
    Node,
    Not,
    Ranking,
    String,
)
from index.studies.passages import (
    Card,
    Commonness,
    Passages,
    Prose,
    Sentence,
    aligned,
    compared,
    is_boilerplate,
    passages_of,
    prose,
    shares,
)
from index.studies.series import heads_of_body

__all__ = [
    "Copies",
    "Copy",
    "Neighbour",
    "Novelty",
    "Similar",
    "Year",
    "copies",
    "novelty",
    "passages",
    "similar",
]

# Characters of a probe.
#
# Shorter ones are found in too many sentences, longer ones break at every edit.
PROBE = 12

LEAST_PROBE = 8
PROBES = 3
# So many sentences are looked up, spread over the report; a longer report's others are
# taken for plain.
MOST_SENTENCES = 80

BOILERPLATE_BODIES = 10
# What more than 10 bodies say, and more than one in a hundred, is boilerplate.
BOILERPLATE_SHARE = 0.01

# No body has more reports than that: reports whose body is unknown are counted as so
# many a body.
YEARS = 20

# Probes in so few reports find those that copied.
#
# Measured over 50,000 reports: with more common ones as well, fewer of the planted
# origins come first, and it takes longer.
RARE_PROBE = 25

# Of a report that has fewer rare probes the next rarest are used: what thirty townships
# copied is copied too.
ENOUGH_PROBES = 6

# Candidates that are aligned beyond those asked for: the engine ranks by probes, the
# answer by letters.
MORE = 10

MOST = 50
# Of two reports of one body for one year that share so much one is a copy of the other,
# perhaps revised.
SAME_BODY = 0.5

# Of two reports for one year, or of unknown years, that share so much to the last digit
# one is a copy of the other.
SAME_TEXT = 0.95

NUMBER = re.compile(r"\d")


# ---------------------------------------------------------------------- answers
@dataclass(frozen=True, slots=True)
class Neighbour:
    """A report that shares something.

    `share` is the part of the asked report's plain letters that stands in it.

    `passages` counts the stretches that are shared, without boilerplate, `letters` what they hold.
    `also` are more reports of the same body that were found, most shared first: one body is one
    line of a list.
    """

    card: Card
    share: float
    passages: int
    letters: int
    also: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """The same report in another place. `same_body` is False where a site names another body.

    `share` is the part of the asked report's letters that stands in it to the last digit.
    """

    card: Card
    source: str
    url: str | None
    published: str | None
    share: float
    same_body: bool


@dataclass(frozen=True, slots=True)
class Copies:
    """A report and its copies, the first published first."""

    report: Card
    copies: tuple[Copy, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Similar:
    """What is like a report:

    `copies` are the same report, `own_years` the same body's for other years, nearest first.

    `neighbours` are other bodies' reports, most shared first, one a body. `sentences` of the report
    were compared, `boilerplate` of them are what so many bodies say.
    """

    report: Card
    copies: tuple[Copy, ...]
    own_years: tuple[Neighbour, ...]
    neighbours: tuple[Neighbour, ...]
    sentences: int
    boilerplate: int

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Year:
    """The report of another year, with all that is shared."""

    card: Card
    shared: Passages


@dataclass(frozen=True, slots=True)
class Novelty:
    """How much of a report its body had said before, and how much it says again after.

    `previous` is the report for the year before, or the last before it that is in this corpus: its
    card says which year; `following` likewise. `copied` is the part of its own plain letters that
    stands in `previous`, `novel` is the rest; None where there is no such report, or the report
    says nothing of its own.
    """

    report: Card
    previous: Year | None
    following: Year | None

    @property
    def copied(self) -> float | None:
        """0 to 1."""
        return None if self.previous is None else self.previous.shared.share

    @property
    def novel(self) -> float | None:
        """0 to 1."""
        return None if self.copied is None else round(1 - self.copied, 4)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "copied": self.copied, "novel": self.novel}


# ---------------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class _Read:
    """A report ready to be compared."""

    head: Mapping[str, Any]
    prose: Prose

    @property
    def card(self) -> Card:
        return Card(
            *(self.head[name] for name in ("id", "title", "agency", "year", "region"))
        )


def _read(found: Found) -> _Read:
    return _Read(
        head_of(found.contents.head),
        prose(found.contents.display, found.contents.texts["text"]),
    )


# ---------------------------------------------------------------------- probes
def probes(read: Prose, sentence: Sentence) -> tuple[str, ...]:
    """Up to three pieces of a sentence, without digits, from its beginning, middle and end."""
    form = read.text.form
    pieces = []
    for run in re.split(NUMBER, form[sentence.start : sentence.end]):
        pieces += [run[at : at + PROBE] for at in range(0, len(run), PROBE)]
    pieces = [p.strip() for p in pieces]
    pieces = list(dict.fromkeys(p for p in pieces if len(p) >= LEAST_PROBE))
    if len(pieces) <= PROBES:
        return tuple(pieces)
    return pieces[0], pieces[len(pieces) // 2], pieces[-1]


@dataclass(frozen=True, slots=True)
class _Told:
    """What an index knows of a report's sentences: how common each is, and the probes that find
    others like it.
    """

    common: Commonness
    probes: tuple[str, ...]


class _Lookup:
    """Looks sentences up in one snapshot."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        facets = (FacetAsked("agency", 0),)
        everything = engine.search(EngineQuery(Everything(), size=0, facets=facets))
        bodies = max(everything.facets[0].total_values, everything.total // YEARS)
        self.limit = max(BOILERPLATE_BODIES, int(bodies * BOILERPLATE_SHARE))

    def told(self, read: Prose) -> _Told:
        """Looks up the sentences of a report, at most MOST_SENTENCES of them."""
        taiwan, count = is_taiwan_worded(read.text.form), len(read.sentences)
        step = max(1, -(-count // MOST_SENTENCES))
        asked = {
            n: [_string(p, taiwan=taiwan) for p in probes(read, read.sentences[n])]
            for n in range(0, count, step)
        }
        common = Commonness(
            tuple(self._bodies(asked.get(n, ())) for n in range(count)), self.limit
        )
        plain = [
            s
            for n, strings in asked.items()
            if not is_boilerplate(read, n, common)
            for s in strings
        ]
        return _Told(
            common,
            tuple(dict.fromkeys(form for s in self._rarest(plain) for form in s.forms)),
        )

    def _rarest(self, strings: Iterable[String]) -> list[String]:
        """Those that are found in another report too, the rare ones, and enough of the others."""
        counted = [
            (self.engine.count_strings(s)[0], n, s)
            for n, s in enumerate(dict.fromkeys(strings))
        ]
        shared = sorted(c for c in counted if c[0] >= 2)
        return [
            s
            for at, (count, _, s) in enumerate(shared)
            if count <= RARE_PROBE or at < ENOUGH_PROBES
        ]

    def _bodies(self, strings: Sequence[String]) -> int:
        """The reports of how many bodies have two of the strings, or the one there is."""
        if not strings:
            return 0
        node: Node = AtLeast(tuple(strings), min(2, len(strings)))
        answer = self.engine.search(
            EngineQuery(node, size=0, facets=(FacetAsked("agency", 0),))
        )
        return max(answer.facets[0].total_values, answer.total // YEARS)

    def candidates(self, told: _Told, among: Node, size: int) -> list[_Read]:
        """The reports with most probes, among those that satisfy a condition."""
        if not told.probes or size <= 0:
            return []
        condition = AllOf((AnyOf(tuple(String((p,)) for p in told.probes)), among))
        query = EngineQuery(condition, ranking=Ranking(runs=told.probes), size=size)
        return [_read(found) for found in self.engine.search(query).hits]


def _string(probe: str, *, taiwan: bool) -> String:
    """A probe, in a Taiwan-worded report also as the mainland says it."""
    return (
        String(tuple(dict.fromkeys((probe, mainland_text(probe)))))
        if taiwan
        else String((probe,))
    )


# ---------------------------------------------------------------------- asking
def passages(engine: Engine, report_id: str, other_id: str) -> Passages:
    """What two reports share. Raises ReportNotFoundError, RequestError where both are one."""
    if report_id == other_id:
        raise RequestError("other", Code.REQUEST_SAME_REPORT)
    own, other = _read(engine.get(report_id)), _read(engine.get(other_id))
    return compared(
        (own.card, other.card),
        own.prose,
        other.prose,
        _Lookup(engine).told(own.prose).common,
    )


def similar(engine: Engine, report_id: str, size: int = 10) -> Similar:
    """The reports that share most with one. Raises ReportNotFoundError, RequestError."""
    if not 1 <= size <= MOST:
        raise RequestError(
            "size",
            Code.REQUEST_OUT_OF_RANGE,
            {"name": "size", "value": size, "low": 1, "high": MOST},
        )
    own, lookup = _read(engine.get(report_id)), _Lookup(engine)
    told = lookup.told(own.prose)
    heads = [h for h in heads_of_body(engine, own.head) if h["id"] != report_id]
    body = [_read(engine.get(h["id"])) for h in _nearest(own.head, heads)[:MOST]]
    names = tuple(sorted({h["agency"] for h in (own.head, *heads) if h["agency"]}))
    others = lookup.candidates(
        told, Not(Keyword("agency", names)) if names else Everything(), 2 * size + MORE
    )
    others = [o for o in others if o.head["id"] != report_id]
    same = _copies(own, body, others)
    known = {c.card.id for c in same}
    return Similar(
        report=own.card,
        copies=tuple(same),
        own_years=tuple(
            _neighbour(own, o, told.common) for o in body if o.head["id"] not in known
        )[:size],
        neighbours=_by_body(
            _neighbour(own, o, told.common) for o in others if o.head["id"] not in known
        )[:size],
        sentences=len(own.prose.sentences),
        boilerplate=sum(
            is_boilerplate(own.prose, n, told.common)
            for n in range(len(own.prose.sentences))
        ),
    )


def _nearest(
    own: Mapping[str, Any], heads: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """The years round a report's own first; the year before stands before the year after."""

    def distance(head: Mapping[str, Any]) -> tuple[int, int, str]:
        if own["year"] is None or head["year"] is None:
            return 9999, head["year"] or 9999, head["id"]
        return abs(head["year"] - own["year"]), head["year"], head["id"]

    return sorted(heads, key=distance)


def _neighbour(own: _Read, other: _Read, common: Commonness) -> Neighbour:
    pairs = aligned(own.prose, other.prose)
    share, _ = shares(own.prose, other.prose, pairs, common)
    plain = [p for p in pairs if not is_boilerplate(own.prose, p.own, common)]
    letters = sum(len(own.prose.sentences[p.own].letters) for p in plain)
    count = len(passages_of(own.prose, other.prose, plain, common, differences=False))
    return Neighbour(other.card, share or 0.0, count, letters)


def _by_body(neighbours: Iterable[Neighbour]) -> tuple[Neighbour, ...]:
    """The neighbours that share something, most first, those of one body behind its best one."""
    found: dict[str, list[Neighbour]] = {}
    for n in sorted(
        (n for n in neighbours if n.letters),
        key=lambda n: (-n.share, -n.letters, n.card.id),
    ):
        found.setdefault(n.card.agency or n.card.id, []).append(n)
    return tuple(
        replace(first, also=tuple(n.card for n in rest))
        for first, *rest in found.values()
    )


# ---------------------------------------------------------------------- copies
def copies(engine: Engine, report_id: str) -> Copies:
    """The same report in other places. Raises ReportNotFoundError."""
    own = _read(engine.get(report_id))
    body: list[_Read] = []
    if own.head["agency"] and own.head["year"]:
        condition = AllOf(
            (
                Keyword("agency", (own.head["agency"],)),
                Keyword("year", (str(own.head["year"]),)),
            )
        )
        found = engine.search(EngineQuery(condition, size=MOST)).hits
        body = [_read(f) for f in found if f.id != report_id]
    known = {report_id, *(b.head["id"] for b in body)}
    strings = _spread(
        [p for s in own.prose.sentences for p in probes(own.prose, s)], 12
    )
    others: list[_Read] = []
    if strings:
        node = AtLeast(
            tuple(String((s,)) for s in strings), max(1, len(strings) * 3 // 4)
        )
        hits = engine.search(
            EngineQuery(node, ranking=Ranking(runs=strings), size=MOST)
        ).hits
        others = [_read(f) for f in hits if f.id not in known]
    return Copies(own.card, tuple(_copies(own, body, others)))


def _spread(strings: Sequence[str], count: int) -> tuple[str, ...]:
    """Some of the strings, from all over."""
    distinct = list(dict.fromkeys(strings))
    step = max(1, len(distinct) // count)
    return tuple(distinct[step // 2 :: step][:count])


def _copies(own: _Read, body: Iterable[_Read], others: Iterable[_Read]) -> list[Copy]:
    made = [
        _copy(own, o, same_body=same)
        for group, same in ((body, True), (others, False))
        for o in group
    ]
    return sorted(
        (c for c in made if c is not None),
        key=lambda c: (c.published or "9999", c.card.id),
    )


def _copy(own: _Read, other: _Read, *, same_body: bool) -> Copy | None:
    """The other report as a copy, if it is one."""
    years = own.head["year"], other.head["year"]
    if None not in years and years[0] != years[1]:
        return None
    there, back = (
        _to_the_digit(own.prose, other.prose),
        _to_the_digit(other.prose, own.prose),
    )
    revised = same_body and None not in years and max(there, back) >= SAME_BODY
    if not revised and min(there, back) < SAME_TEXT:
        return None
    head = other.head
    return Copy(
        other.card, head["source"], head["url"], head["published"], there, same_body
    )


def _to_the_digit(a: Prose, b: Prose) -> float:
    """The part of the first text's letters whose sentences stand in the second with the same
    numbers.
    """
    if not a.sentences:
        return float(a.text.form == b.text.form)
    there = {_written(b, s) for s in b.sentences}
    return round(
        sum(len(s.letters) for s in a.sentences if _written(a, s) in there) / a.letters,
        4,
    )


def _written(read: Prose, sentence: Sentence) -> str:
    """The letters and digits of a sentence."""
    return sentence.letters + "".join(
        re.findall(r"\d", read.text.form[sentence.start : sentence.end])
    )


# ---------------------------------------------------------------------- from year to year
def novelty(engine: Engine, report_id: str) -> Novelty:
    """A report held against its body's last one before and first one after.

    Raises ReportNotFoundError.
    """
    own = _read(engine.get(report_id))
    year = own.head["year"]
    if year is None:
        return Novelty(own.card, None, None)
    heads = [h for h in heads_of_body(engine, own.head) if h["year"] is not None]
    common = _Lookup(engine).told(own.prose).common

    def held(head: Mapping[str, Any] | None) -> Year | None:
        if head is None:
            return None
        other = _read(engine.get(head["id"]))
        return Year(
            other.card, compared((own.card, other.card), own.prose, other.prose, common)
        )

    return Novelty(
        own.card,
        held(_last(h for h in heads if h["year"] < year)),
        held(_first(heads, year)),
    )


def _last(heads: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The first published report of the last year."""
    return max(heads, key=lambda h: h["year"], default=None)


def _first(heads: Iterable[Mapping[str, Any]], year: int) -> Mapping[str, Any] | None:
    """The first published report of the first year behind one."""
    return min(
        (h for h in heads if h["year"] > year), key=lambda h: h["year"], default=None
    )
