"""Title, agency, level, region, year and date of publication: each with its evidence, or said to be
unknown.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from index.analysis.normaliser import Folded, fold_line
from index.model.problems import Code, Facts, Problem
from index.model.report import LEVELS, OTHER_KIND, Fact, FactValue
from indexer.metadata.hosts import HostTable
from indexer.metadata.judging import Judged, Verdict, judge
from indexer.metadata.kind import heading_of, kind_of
from indexer.metadata.locating import Body
from indexer.metadata.naming import Name, Selves, names_of
from indexer.metadata.published import published_fact
from indexer.metadata.reading import Reading
from indexer.metadata.surroundings import context_of
from indexer.metadata.title import Title, read_title, title_in
from indexer.metadata.year import period_of, year_fact
from indexer.overrides import Overrides
from indexer.page import Known, Page, Source
from indexer.places import Gazetteer

__all__ = ["MIN_CONFIDENCE", "Derived", "derive"]

# What is less likely is said to be unknown, with the candidates kept.
MIN_CONFIDENCE = 0.5
# Candidates that are kept of those that lost.
MAX_ALTERNATIVES = 8

# Stands for a place where a central body has none.
CENTRAL_CODE = "000000"
# 我局, 我镇: the type of a body that calls itself so, and its level where that is settled.
TYPE_BY_SELF: dict[str | None, tuple[str, str | None]] = {
    "局": ("部门", None),
    "镇": ("乡镇政府", LEVELS[4]),
    "乡": ("乡镇政府", LEVELS[4]),
    "街道": ("街道办事处", LEVELS[4]),
    "校": ("公共企事业", None),
    "市": ("人民政府", None),
    "县": ("人民政府", None),
}
LEVEL_OF_TIER = dict(enumerate(LEVELS))


@dataclass(slots=True)
class Derived:
    """The metadata of a report.

    Fields are as in Report, None where unknown. `evidence` has the Fact behind each.
    """

    title: str | None = None
    kind: str | None = None
    agency: str | None = None
    agency_printed: str | None = None
    agency_id: str | None = None
    level: str | None = None
    org_type: str | None = None
    line: str | None = None
    region: list[str] | None = None
    year: int | None = None
    period: str | None = None
    published: str | None = None
    scope: str | None = None
    evidence: dict[str, Fact] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def take(self, name: str, fact: Fact | None) -> None:
        """Set a field from a fact.

        Where its value is not likely enough, the field stays unknown and the value is kept among
        the candidates.
        """
        if fact is None:
            return
        if fact.confidence < MIN_CONFIDENCE and fact.value is not None:
            candidates = (fact.value, *fact.alternatives)
            fact = replace(fact, value=None, alternatives=candidates)
        confidence = _rounded(fact.confidence)
        if confidence != fact.confidence:
            fact = replace(fact, confidence=confidence)
        self.evidence[name] = fact
        setattr(self, name, fact.value)


@lru_cache(maxsize=256)
def _rounded(confidence: float) -> float:
    return round(max(0.0, min(1.0, confidence)), 3)


def derive(
    page: Page,
    text: str,
    source: Source,
    *,
    overrides: Overrides | None = None,
    hosts: HostTable | None = None,
    gazetteer: Gazetteer | None = None,
    report_id: str | None = None,
    folded: Folded | None = None,
) -> Derived:
    """The metadata of a report.

    `text` is the repaired display text of its body; spans are code points of it. `folded` is the
    index form of `text` where the caller has it already: folding is half of the work.

    Precedence: overrides, what the corpus says, title, signature, what the report says of itself,
    source line. The host of its URL only tells namesakes apart.
    """
    gazetteer = gazetteer or Gazetteer.load()
    reading = Reading(text, folded)
    known = source.known
    derived = Derived()
    title = _title(derived, page, known, reading)
    _what(derived, reading, title)
    _dates(derived, page, reading, title)
    _given_dates(derived, known)
    url = known.url or page.meta.get("url")
    region = known.region or (hosts.region(url) if hosts else None)
    number = page.meta.get("index_number", "")
    context = context_of(reading, title, gazetteer, region, number)
    names = _given_names(known) + names_of(title, page.meta, reading, gazetteer)
    verdict = judge(names, reading, gazetteer, derived.year, context)
    if verdict:
        _body(derived, verdict, reading, gazetteer)
    _own_kind(derived, reading)
    _given_body(derived, known)
    _override(derived, overrides, (report_id, known.id, source.name, url))
    return derived


def _own_kind(out: Derived, reading: Reading) -> None:
    """The level and the type of a report that names no body, by what it calls itself."""
    kind = Selves.of(reading.form).kind
    if kind not in TYPE_BY_SELF:
        return
    org_type, level = TYPE_BY_SELF[kind]
    rule = "what it calls itself"
    for name, value in (("level", level), ("org_type", org_type)):
        if value and getattr(out, name) is None:
            fact = Fact(
                value=value, source="body", confidence=0.85, rule=rule, evidence=kind
            )
            out.take(name, fact)


def _given_names(known: Known) -> list[Name]:
    """The name that the corpus gives: it is judged like the others, for its place."""
    if not known.agency:
        return []
    given = Name(
        text=fold_line(known.agency),
        source="given",
        rule="given",
        weight=1.0,
        quote=known.agency,
    )
    return [given]


def _title(out: Derived, page: Page, known: Known, reading: Reading) -> Title | None:
    lines = [reading.quote(*line) for line in reading.head]
    title = known.title or title_in(page.title, lines)
    if not title:
        return None
    if known.title:
        fact = Fact(
            value=title,
            source="given",
            confidence=1.0,
            rule="title",
            evidence=title,
        )
    else:
        fact = Fact(
            value=title,
            source="page",
            confidence=0.95,
            rule="title",
            evidence=title,
        )
    out.take("title", fact)
    return read_title(title)


def _what(out: Derived, reading: Reading, title: Title | None) -> None:
    told = kind_of(reading, title)
    out.take("kind", told.fact)
    if told.reads_as:
        facts: Facts = {"reads_as": told.reads_as}
        out.problems.append(Problem(Code.KIND_OTHER, facts))
    heading = None if out.title or out.kind != "other" else heading_of(reading)
    if heading is not None:
        line = reading.quote(*heading).strip()
        fact = Fact(
            value=line, source="body", confidence=0.85, rule="title", evidence=line
        )
        out.take("title", fact)


def _dates(out: Derived, page: Page, reading: Reading, title: Title | None) -> None:
    out.take("published", published_fact(page.meta, reading, page.chrome))
    period = period_of(reading)
    if period:
        quote, span = reading.quote(*period.span), reading.span(*period.span)
        rule = "period of the statistics"
        out.take(
            "period",
            Fact(
                value=str(period),
                source="body",
                confidence=0.95,
                rule=rule,
                evidence=quote,
                span=span,
            ),
        )
    fact, problems = year_fact(reading, title, period, out.published)
    if out.kind == OTHER_KIND:
        # a notice on the reports for 2016 is no report for 2016
        fact = fact and replace(fact, confidence=0.0)
        problems = []
    out.take("year", fact)
    out.problems += problems


def _body(
    out: Derived, verdict: Verdict, reading: Reading, gazetteer: Gazetteer
) -> None:
    best, body = verdict.best, verdict.best.body
    out.problems += verdict.problems
    out.agency_printed = best.name.text
    others = _alternatives(verdict, gazetteer, out.year)
    agency = verdict.agency
    confidence = verdict.confidence
    out.take("agency", _fact(best, agency, confidence, verdict.how, reading, others))
    sure = confidence
    if best.confidence:
        sure *= best.place_confidence / best.confidence
    sure = min(sure, 0.99)
    _region(out, best, sure, reading, gazetteer)
    _level(out, best, sure, reading)
    if out.agency is not None:
        _kind(out, best, confidence, reading)
        code = body.place.code if body.place else None
        if body.tier == 0:
            code = CENTRAL_CODE
        out.agency_id = f"{code}/{out.agency}" if code else None
    if body.status == "misread" and body.place:
        facts = {"printed": best.name.text, "place": body.place.name}
        out.problems.append(Problem(Code.PLACE_MISREAD, facts))


def _region(
    out: Derived, best: Judged, sure: float, reading: Reading, gazetteer: Gazetteer
) -> None:
    body = best.body
    if region := body.region(gazetteer, out.year):
        out.take("region", _fact(best, region, sure, body.status, reading, ()))
        return
    if not body.candidates:
        return
    named = body.candidates[:MAX_ALTERNATIVES]
    paths = tuple(gazetteer.path(place, out.year) for place in named)
    out.take("region", _fact(best, None, 0.4, "namesakes", reading, paths))
    if body.status == "ambiguous":
        facts: Facts = {"count": len(body.candidates), "name": body.candidates[0].name}
        out.problems.append(Problem(Code.PLACE_AMBIGUOUS, facts))


def _level(out: Derived, best: Judged, sure: float, reading: Reading) -> None:
    tier = best.body.tier
    if tier is None:
        return
    level = LEVEL_OF_TIER[tier]
    confidence = sure if best.body.is_placed else 0.85 * best.name.weight
    rule = "tier of the place"
    out.take("level", _fact(best, level, confidence, rule, reading, ()))


def _kind(out: Derived, best: Judged, sure: float, reading: Reading) -> None:
    body = best.body
    out.take("org_type", _fact(best, body.org_type, sure, "name", reading, ()))
    if line := body.line:
        out.take("line", _fact(best, line, sure, "name", reading, ()))
    # a government down to the county reports for all its departments
    is_aggregate = body.is_government and (body.tier or 9) <= 3
    scope = "aggregate" if is_aggregate else "self"
    out.take("scope", _fact(best, scope, sure, "name", reading, ()))


def _alternatives(
    verdict: Verdict, gazetteer: Gazetteer, year: int | None
) -> tuple[FactValue, ...]:
    """The names that lost, best first; of an ambiguous one, its name in each place."""
    body = verdict.best.body
    bodies: list[Body] = []
    if body.status == "ambiguous":
        namesakes = body.candidates[:MAX_ALTERNATIVES]
        bodies += [replace(body, place=place) for place in namesakes]
    bodies += [other.body for other in verdict.others]
    names = dict.fromkeys(other.full_name(gazetteer, year) for other in bodies)
    names.pop(verdict.agency, None)
    return tuple(names)[:MAX_ALTERNATIVES]


def _fact(
    best: Judged,
    value: FactValue,
    confidence: float,
    rule: str,
    reading: Reading,
    others: tuple[FactValue, ...],
) -> Fact:
    name = best.name
    return Fact(
        value=value,
        source=name.source,
        confidence=confidence,
        rule=f"{name.rule}: {rule}",
        evidence=name.quote or name.text,
        span=reading.span(*name.span) if name.span else None,
        alternatives=others,
    )


def _given_dates(out: Derived, known: Known) -> None:
    if known.year is not None:
        if isinstance(known.year, int) and 2000 <= known.year <= 2100:
            _give(out, "year", known.year)
        else:
            facts = {"value": str(known.year)}
            out.problems.append(Problem(Code.GIVEN_BAD_YEAR, facts))
    if known.published is not None:
        try:
            day = dt.date.fromisoformat(known.published[:10])
        except ValueError:
            facts = {"value": known.published}
            out.problems.append(Problem(Code.GIVEN_BAD_DATE, facts))
        else:
            _give(out, "published", day.isoformat())


def _given_body(out: Derived, known: Known) -> None:
    if known.agency:
        _give(out, "agency", known.agency)
        if out.agency_id:
            code = out.agency_id.partition("/")[0]
            out.agency_id = f"{code}/{known.agency}"
        else:
            out.agency_id = None
    if known.level in LEVELS:
        _give(out, "level", known.level)
    elif known.level is not None:
        out.problems.append(
            Problem(
                Code.GIVEN_BAD_LEVEL, {"value": known.level, "levels": list(LEVELS)}
            )
        )
    if known.region:
        _give(out, "region", list(known.region))


def _give(out: Derived, name: str, value: FactValue) -> None:
    derived = out.evidence.get(name)
    others: tuple[FactValue, ...] = ()
    if derived and derived.value not in (None, value):
        others = (derived.value,)
    out.take(
        name,
        Fact(
            value=value,
            source="given",
            confidence=1.0,
            rule="given",
            alternatives=others,
        ),
    )


def _override(
    out: Derived, overrides: Overrides | None, keys: tuple[str | None, ...]
) -> None:
    if not overrides:
        return
    for name, correction in overrides.of(*keys).items():
        before: Any = getattr(out, name)
        value = correction.value
        others = (before,) if before is not None and before != value else ()
        rule = correction.reason or "override"
        out.take(
            name,
            Fact(
                value=value,
                source="override",
                confidence=1.0,
                rule=rule,
                alternatives=others,
            ),
        )
        if name == "agency":
            code = (out.agency_id or CENTRAL_CODE).split("/")[0]
            out.agency_id = f"{code}/{value}"
