"""Reports like a report: its own body's, those of others that say the same, and its copies.

    sentences -> probes -> how many bodies say each -> plain sentences -> reports with most of their
    probes -> alignment

There is no index for this: an engine finds any string. A sentence is looked up by up to three
probes, which are pieces between its numbers. A body says it when one of its reports has at least
two of them, so that a word that was changed does not hide it. What many bodies say is boilerplate.
Everything is bounded, and the same at every call.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from operator import itemgetter
from typing import Any

from index.analysis.wording import (
    is_taiwan_worded,
    mainland_text,
)
from index.documents.stored import head_of
from index.engines.seam import (
    Engine,
    EngineHit,
    EngineQuery,
    FacetRequest,
)
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
    Commonness,
    Passages,
    Prose,
    ReportSummary,
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
    "ComparedReport",
    "Copies",
    "Copy",
    "Neighbour",
    "Novelty",
    "Similar",
    "copies",
    "novelty",
    "passages",
    "similar",
]

# Characters of a probe.
#
# Shorter ones are found in too many sentences, longer ones break at every edit.
PROBE_LENGTH = 12

# A shorter rest between two numbers is no probe: 件,同比增长 stands everywhere.
LEAST_PROBE_LENGTH = 8

# Probes of one sentence.
MAX_PROBES = 3

# The most sentences of a report that are looked up, spread evenly over it. In a longer report
# those that are not looked up count as not boilerplate.
MAX_PROBED_SENTENCES = 80

# A sentence is boilerplate when more than 10 bodies use it, and more than 1 % of all bodies.
BOILERPLATE_BODIES = 10
BOILERPLATE_SHARE = 0.01

# No body has more reports than this. For reports whose body is unknown, reports / MAX_YEARS is
# therefore the least possible number of bodies.
MAX_YEARS = 20

# A probe is rare when at most this many reports contain it. Rare probes find copies.
#
# Measured over 50,000 reports: with more common ones as well, fewer of the planted
# origins come first, and it takes longer.
RARE_PROBE_REPORTS = 25

# The fewest probes to search with. Where a report has fewer rare ones, the next rarest are
# added: text that thirty townships copied is still a copy.
MIN_PROBES = 6

# Candidates to align beyond the number asked for: the engine orders by probes, the answer
# by letters.
SPARE_CANDIDATES = 10

# Reports that one answer lists.
MAX_SIZE = 50

# The least shared part of two reports of one body for one year that makes one a revision of
# the other.
SAME_BODY_SHARE = 0.5

# The least shared part, digits included, of two reports for one year (or of unknown years)
# that makes them copies.
SAME_TEXT_SHARE = 0.95

# Probes for copies, spread over a text.
COPY_PROBES = 12

DIGIT_PATTERN = re.compile(r"\d")


# ---------------------------------------------------------------------- answers
@dataclass(frozen=True, slots=True)
class Neighbour:
    """A report that shares something.

    `share` is the part of the asked report's plain letters that stands in it.

    `passages` counts the stretches that are shared, without boilerplate, `letters` what they hold.
    `also` are more reports of the same body that were found, most shared first: one body is one
    line of a list.
    """

    card: ReportSummary
    share: float
    passages: int
    letters: int
    also: tuple[ReportSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """The same report in another place. `same_body` is False where a site names another body.

    `share` is the part of the asked report's letters that stands in it to the last digit.
    """

    card: ReportSummary
    source: str
    url: str | None
    published: str | None
    share: float
    same_body: bool


@dataclass(frozen=True, slots=True)
class Copies:
    """A report and its copies, the first published first."""

    report: ReportSummary
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

    report: ReportSummary
    copies: tuple[Copy, ...]
    own_years: tuple[Neighbour, ...]
    neighbours: tuple[Neighbour, ...]
    sentences: int
    boilerplate: int

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ComparedReport:
    """The report of another year, with all that is shared."""

    card: ReportSummary
    shared: Passages


@dataclass(frozen=True, slots=True)
class Novelty:
    """How much of a report its body had said before, and how much it says again after.

    `previous` is the body's last report before it in this corpus; its card says for which year.
    `following` is the first one after it. `copied` and `novel` are shares from 0 to 1, without
    boilerplate. They are None without a previous report, or where a report is all boilerplate.
    """

    report: ReportSummary
    previous: ComparedReport | None
    following: ComparedReport | None

    @property
    def copied(self) -> float | None:
        """The share of this report's letters that the previous one has too."""
        return None if self.previous is None else self.previous.shared.share

    @property
    def novel(self) -> float | None:
        """The share that is new. None without a previous report."""
        return None if self.copied is None else round(1 - self.copied, 4)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            **asdict(self),
            "copied": self.copied,
            "novel": self.novel,
        }


# ---------------------------------------------------------------------- reading
@dataclass(frozen=True, slots=True)
class _Read:
    """A report ready to be compared."""

    head: Mapping[str, Any]
    prose: Prose

    @property
    def card(self) -> ReportSummary:
        return ReportSummary(
            id=self.head["id"],
            title=self.head["title"],
            agency=self.head["agency"],
            year=self.head["year"],
            region=self.head["region"],
        )


def _read(hit: EngineHit) -> _Read:
    contents = hit.contents
    text = contents.texts["text"]
    return _Read(
        head_of(contents.head),
        prose(contents.display, text),
    )


# ---------------------------------------------------------------------- probes
def probes(read: Prose, sentence: Sentence) -> tuple[str, ...]:
    """Up to three pieces of a sentence, without digits, from its beginning, middle and end."""
    distinct: dict[str, None] = {}
    for run in DIGIT_PATTERN.split(read.text.form[sentence.start : sentence.end]):
        for start in range(0, len(run), PROBE_LENGTH):
            piece = run[start : start + PROBE_LENGTH].strip()
            if len(piece) >= LEAST_PROBE_LENGTH:
                distinct[piece] = None
    pieces = tuple(distinct)
    if len(pieces) <= MAX_PROBES:
        return pieces
    return pieces[0], pieces[len(pieces) // 2], pieces[-1]


@dataclass(frozen=True, slots=True)
class _SentenceLookup:
    """The result of looking up a report's sentences in the index.

    `common` says how many bodies use each sentence. `probes` are the rare strings of the report;
    a search for them finds reports that share text with it.
    """

    common: Commonness
    probes: tuple[str, ...]


class _Lookup:
    """Looks sentences up in one snapshot."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        facets = (FacetRequest("agency", 0),)
        everything = engine.search(EngineQuery(Everything(), size=0, facets=facets))
        bodies = max(
            everything.facets[0].total_values,
            everything.total // MAX_YEARS,
        )
        self.limit = max(
            BOILERPLATE_BODIES,
            int(bodies * BOILERPLATE_SHARE),
        )

    def look_up(self, read: Prose) -> _SentenceLookup:
        """Look up the sentences of a report, at most MAX_PROBED_SENTENCES of them."""
        strings = self._strings(read)
        found = self._bodies(strings)
        bodies = [found.get(n, 0) for n in range(len(read.sentences))]
        common = Commonness(tuple(bodies), self.limit)
        plain: list[String] = []
        for number, of_sentence in strings.items():
            if not is_boilerplate(read, number, common):
                plain += of_sentence
        forms = dict.fromkeys(
            form for string in self._rarest(plain) for form in string.forms
        )
        return _SentenceLookup(common, tuple(forms))

    def _strings(self, read: Prose) -> dict[int, list[String]]:
        """The probes of the sentences that are looked up, spread over the report, by number."""
        is_taiwan = is_taiwan_worded(read.text.form)
        count = len(read.sentences)
        step = max(1, math.ceil(count / MAX_PROBED_SENTENCES))
        strings: dict[int, list[String]] = {}
        for number in range(0, count, step):
            pieces = probes(read, read.sentences[number])
            strings[number] = [_string(piece, taiwan=is_taiwan) for piece in pieces]
        return strings

    def _rarest(self, strings: Iterable[String]) -> list[String]:
        """The strings that other reports contain too: all rare ones, and the next rarest.

        Of the latter only as many as make MIN_PROBES in all.
        """
        shared: list[tuple[int, int, String]] = []
        once = list(dict.fromkeys(strings))
        counts = self.engine.count_many(once)
        for number, (string, (reports, _)) in enumerate(zip(once, counts, strict=True)):
            if reports >= 2:
                shared.append((reports, number, string))
        shared.sort(key=itemgetter(0, 1))
        return [
            string
            for rank, (reports, _, string) in enumerate(shared)
            if reports <= RARE_PROBE_REPORTS or rank < MIN_PROBES
        ]

    def _bodies(self, strings: Mapping[int, Sequence[String]]) -> dict[int, int]:
        """For each sentence with strings, how many bodies have a report with two of them.

        Or with the one there is.
        """
        looked_up = [number for number, of_sentence in strings.items() if of_sentence]
        queries = []
        for number in looked_up:
            of_sentence = tuple(strings[number])
            node = AtLeast(of_sentence, min(2, len(of_sentence)))
            facets = (FacetRequest("agency", 0),)
            queries.append(EngineQuery(node, size=0, facets=facets))
        bodies = {}
        for number, matches in zip(
            looked_up, self.engine.search_many(queries), strict=True
        ):
            # a body has a report a year
            by_years = matches.total // MAX_YEARS
            bodies[number] = max(matches.facets[0].total_values, by_years)
        return bodies

    def candidates(
        self, sentences: _SentenceLookup, among: Node, size: int
    ) -> list[_Read]:
        """The reports with most probes, among those that satisfy a condition."""
        if not sentences.probes or size <= 0:
            return []
        condition = AllOf(
            (
                AnyOf(tuple(String((p,)) for p in sentences.probes)),
                among,
            )
        )
        query = EngineQuery(
            condition,
            ranking=Ranking(runs=sentences.probes),
            size=size,
        )
        return [_read(found) for found in self.engine.search(query).hits]


def _string(probe: str, *, taiwan: bool) -> String:
    """A probe, in a Taiwan-worded report also as the mainland says it."""
    if not taiwan:
        return String((probe,))
    return String(tuple(dict.fromkeys((probe, mainland_text(probe)))))


# ---------------------------------------------------------------------- asking
def passages(engine: Engine, report_id: str, other_id: str) -> Passages:
    """What two reports share. Raises ReportNotFoundError, RequestError where both are one."""
    if report_id == other_id:
        raise RequestError(
            "other",
            Code.REQUEST_SAME_REPORT,
        )
    own = _read(engine.get(report_id))
    other = _read(engine.get(other_id))
    common = _Lookup(engine).look_up(own.prose).common
    return compared(
        (own.card, other.card),
        own.prose,
        other.prose,
        common,
    )


def similar(engine: Engine, report_id: str, size: int = 10) -> Similar:
    """The reports that share most with one. Raises ReportNotFoundError, RequestError."""
    if not 1 <= size <= MAX_SIZE:
        raise RequestError(
            "size",
            Code.REQUEST_OUT_OF_RANGE,
            {"name": "size", "value": size, "low": 1, "high": MAX_SIZE},
        )
    own = _read(engine.get(report_id))
    lookup = _Lookup(engine)
    sentences = lookup.look_up(own.prose)
    heads = [h for h in heads_of_body(engine, own.head) if h["id"] != report_id]
    nearest = _nearest(own.head, heads)[:MAX_SIZE]
    body = [_read(engine.get(head["id"])) for head in nearest]
    elsewhere = _not_of_body((own.head, *heads))
    candidates = lookup.candidates(sentences, elsewhere, 2 * size + SPARE_CANDIDATES)
    others = [read for read in candidates if read.head["id"] != report_id]
    same_report = _copies(own, body, others)
    copy_ids = {copy.card.id for copy in same_report}
    own_years = [
        _neighbour(own, read, sentences.common)
        for read in body
        if read.head["id"] not in copy_ids
    ]
    neighbours = [
        _neighbour(own, read, sentences.common)
        for read in others
        if read.head["id"] not in copy_ids
    ]
    count = len(own.prose.sentences)
    return Similar(
        report=own.card,
        copies=tuple(same_report),
        own_years=tuple(own_years[:size]),
        neighbours=_by_body(neighbours)[:size],
        sentences=count,
        boilerplate=sum(
            is_boilerplate(own.prose, n, sentences.common) for n in range(count)
        ),
    )


def _not_of_body(
    heads: Iterable[Mapping[str, Any]],
) -> Node:
    """The condition of a report of another body than these reports have, under any name."""
    names = {head["agency"] for head in heads if head["agency"]}
    return Not(Keyword("agency", tuple(sorted(names)))) if names else Everything()


def _nearest(
    own: Mapping[str, Any],
    heads: Iterable[Mapping[str, Any]],
) -> list[Mapping[str, Any]]:
    """The years round a report's own first; the year before stands before the year after."""

    def distance(
        head: Mapping[str, Any],
    ) -> tuple[int, int, str]:
        if own["year"] is None or head["year"] is None:
            return 9999, head["year"] or 9999, head["id"]
        return (
            abs(head["year"] - own["year"]),
            head["year"],
            head["id"],
        )

    return sorted(heads, key=distance)


def _neighbour(own: _Read, other: _Read, common: Commonness) -> Neighbour:
    pairs = aligned(own.prose, other.prose)
    share, _ = shares(own.prose, other.prose, pairs, common)
    plain = [p for p in pairs if not is_boilerplate(own.prose, p.own, common)]
    letters = sum(len(own.prose.sentences[p.own].letters) for p in plain)
    count = len(
        passages_of(
            own.prose,
            other.prose,
            plain,
            common,
            differences=False,
        )
    )
    return Neighbour(other.card, share or 0.0, count, letters)


def _by_body(
    neighbours: Iterable[Neighbour],
) -> tuple[Neighbour, ...]:
    """One neighbour for each body, the largest share first.

    A body's other reports are listed in `also` of its best one. Neighbours without shared letters
    are dropped.
    """
    sharing = sorted(
        (neighbour for neighbour in neighbours if neighbour.letters),
        key=lambda neighbour: (
            -neighbour.share,
            -neighbour.letters,
            neighbour.card.id,
        ),
    )
    by_body: dict[str, list[Neighbour]] = {}
    for neighbour in sharing:
        # A report whose body is unknown stands for itself.
        body = neighbour.card.agency or neighbour.card.id
        by_body.setdefault(body, []).append(neighbour)
    return tuple(
        replace(
            best,
            also=tuple(neighbour.card for neighbour in rest),
        )
        for best, *rest in by_body.values()
    )


# ---------------------------------------------------------------------- copies
def copies(engine: Engine, report_id: str) -> Copies:
    """The same report in other places. Raises ReportNotFoundError."""
    own = _read(engine.get(report_id))
    body = [
        _read(found) for found in _same_year(engine, own.head) if found.id != report_id
    ]
    known = {report_id, *(read.head["id"] for read in body)}
    others = [
        _read(found) for found in _same_text(engine, own.prose) if found.id not in known
    ]
    return Copies(own.card, tuple(_copies(own, body, others)))


def _same_year(engine: Engine, head: Mapping[str, Any]) -> Sequence[EngineHit]:
    """The reports of a report's body for its year."""
    if not head["agency"] or not head["year"]:
        return ()
    body = Keyword("agency", (head["agency"],))
    year = Keyword("year", (str(head["year"]),))
    return engine.search(EngineQuery(AllOf((body, year)), size=MAX_SIZE)).hits


def _same_text(engine: Engine, read: Prose) -> Sequence[EngineHit]:
    """The reports that have three of four probes, from all over a text."""
    pieces = [piece for s in read.sentences for piece in probes(read, s)]
    spread = _spread(pieces, COPY_PROBES)
    if not spread:
        return ()
    least = max(1, len(spread) * 3 // 4)
    node = AtLeast(tuple(String((piece,)) for piece in spread), least)
    query = EngineQuery(node, ranking=Ranking(runs=spread), size=MAX_SIZE)
    return engine.search(query).hits


def _spread(strings: Sequence[str], count: int) -> tuple[str, ...]:
    """Some of the strings, from all over."""
    distinct = list(dict.fromkeys(strings))
    step = max(1, len(distinct) // count)
    return tuple(distinct[step // 2 :: step][:count])


def _copies(
    own: _Read,
    body: Iterable[_Read],
    others: Iterable[_Read],
) -> list[Copy]:
    """Those that are copies, the first published first."""
    judged = [_copy(own, read, same_body=True) for read in body]
    judged += [_copy(own, read, same_body=False) for read in others]
    return sorted(
        (copy for copy in judged if copy is not None),
        key=lambda copy: (
            copy.published or "9999",
            copy.card.id,
        ),
    )


def _copy(own: _Read, other: _Read, *, same_body: bool) -> Copy | None:
    """The other report as a copy, if it is one."""
    own_year, other_year = (
        own.head["year"],
        other.head["year"],
    )
    are_dated = own_year is not None and other_year is not None
    if are_dated and own_year != other_year:
        return None
    share = _to_the_digit(own.prose, other.prose)
    share_back = _to_the_digit(other.prose, own.prose)
    # One body publishes one report a year: what shares half of it is a revision.
    is_revised = same_body and are_dated and max(share, share_back) >= SAME_BODY_SHARE
    if not is_revised and min(share, share_back) < SAME_TEXT_SHARE:
        return None
    return Copy(
        card=other.card,
        source=other.head["source"],
        url=other.head["url"],
        published=other.head["published"],
        share=share,
        same_body=same_body,
    )


def _to_the_digit(a: Prose, b: Prose) -> float:
    """The share (0 to 1) of a's letters in sentences that b contains with the same digits."""
    if not a.sentences:
        return float(a.text.form == b.text.form)
    written = {_written(b, sentence) for sentence in b.sentences}
    letters = sum(
        len(sentence.letters)
        for sentence in a.sentences
        if _written(a, sentence) in written
    )
    return round(letters / a.letters, 4)


def _written(read: Prose, sentence: Sentence) -> str:
    """The letters of a sentence, then its digits."""
    digits = DIGIT_PATTERN.findall(read.text.form[sentence.start : sentence.end])
    return sentence.letters + "".join(digits)


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
    common = _Lookup(engine).look_up(own.prose).common

    def compared_with(
        head: Mapping[str, Any] | None,
    ) -> ComparedReport | None:
        if head is None:
            return None
        other = _read(engine.get(head["id"]))
        cards = own.card, other.card
        return ComparedReport(
            other.card,
            compared(cards, own.prose, other.prose, common),
        )

    earlier = [head for head in heads if head["year"] < year]
    return Novelty(
        report=own.card,
        previous=compared_with(_latest_report(earlier)),
        following=compared_with(_first_report_after(heads, year)),
    )


def _latest_report(
    heads: Iterable[Mapping[str, Any]],
) -> Mapping[str, Any] | None:
    """The first published report of the last year."""
    return max(heads, key=lambda h: h["year"], default=None)


def _first_report_after(
    heads: Iterable[Mapping[str, Any]], year: int
) -> Mapping[str, Any] | None:
    """The first published report of the first year behind one."""
    return min(
        (h for h in heads if h["year"] > year),
        key=lambda h: h["year"],
        default=None,
    )
