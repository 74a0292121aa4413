"""Title, agency, level, region, year and date of publication: each with its evidence, or said to be
unknown.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from index.analysis.normaliser import Folded, fold_line
from index.model.problems import Code, Problem
from index.model.report import LEVELS, Fact, FactValue
from indexer.metadata.hosts import HostTable
from indexer.metadata.judging import Judged, Verdict, judge
from indexer.metadata.naming import Name, names_of
from indexer.metadata.published import published_fact
from indexer.metadata.reading import Reading
from indexer.metadata.title import Title, read_title
from indexer.metadata.year import period_of, year_fact
from indexer.overrides import Overrides
from indexer.page import Known, Page, Source
from indexer.places import Gazetteer

__all__ = ["CERTAIN_ENOUGH", "Derived", "derive"]

# What is less likely is said to be unknown, with the candidates kept.
CERTAIN_ENOUGH = 0.5

CENTRAL_CODE = "000000"
LEVEL_OF_TIER = dict(enumerate(LEVELS))
# Places that the text speaks of most: enough to tell 鼓楼区 of 福州市 from its
# namesakes.
CONTEXT = 8


@dataclass(slots=True)
class Derived:
    """The metadata of a report: fields as in Report, None where unknown, and the Fact behind each."""

    title: str | None = None
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
        """Set a field from a fact: its value where that is likely enough, else unknown with the
        candidates kept.
        """
        if fact is None:
            return
        if fact.confidence < CERTAIN_ENOUGH and fact.value is not None:
            fact = replace(
                fact, value=None, alternatives=(fact.value, *fact.alternatives)
            )
        confidence = _rounded(fact.confidence)
        self.evidence[name] = (
            fact
            if confidence == fact.confidence
            else replace(fact, confidence=confidence)
        )
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

    `text` is the repaired display text of its body; spans are code points of it.

    `folded` is the index form of `text` where the caller has it already: folding is half of the
    work.

    Precedence: overrides, what the corpus says, title, signature, what the report says of itself,
    source line. The host of its URL only tells namesakes apart.
    """
    gazetteer = gazetteer or Gazetteer.load()
    reading, known = Reading(text, folded), source.known
    out = Derived()
    title = _title(out, page, known)
    _dates(out, page, reading, title)
    _given_dates(out, known)
    url = known.url or page.meta.get("url")
    region = known.region or (hosts.region(url) if hosts else None)
    context = _context(reading, title, gazetteer, region)
    names = names_of(title, page.meta, reading, gazetteer)
    if known.agency:
        names.insert(
            0, Name(fold_line(known.agency), "given", "given", 1.0, None, known.agency)
        )
    verdict = judge(names, reading, gazetteer, out.year, context)
    if verdict:
        _body(out, verdict, reading, gazetteer)
    _given_body(out, known)
    _override(out, overrides, (report_id, known.id, source.name, url))
    return out


def _title(out: Derived, page: Page, known: Known) -> Title | None:
    title = known.title or page.title
    if not title:
        return None
    given = bool(known.title)
    out.take(
        "title",
        Fact(
            title, "given" if given else "page", 1.0 if given else 0.95, "title", title
        ),
    )
    return read_title(title)


def _dates(out: Derived, page: Page, reading: Reading, title: Title | None) -> None:
    out.take("published", published_fact(page.meta, reading))
    if period := period_of(reading):
        quote, span = reading.quote(*period.span), reading.span(*period.span)
        out.take(
            "period",
            Fact(str(period), "body", 0.95, "period of the statistics", quote, span),
        )
    fact, problems = year_fact(reading, title, period, out.published)
    out.take("year", fact)
    out.problems += problems


def _context(
    reading: Reading,
    title: Title | None,
    gazetteer: Gazetteer,
    region: tuple[str, ...] | None,
) -> list[str]:
    """Codes of the places spoken of; those of the given region, or else of the host, count twice."""
    spoken = gazetteer.mentions(reading.form)
    if title:
        spoken.update(gazetteer.mentions(title.form))
    codes = [code for code, _ in spoken.most_common(CONTEXT)]
    for name in region or ():
        codes += [p.code for p in gazetteer.named(name)] * 2
    return codes


def _body(
    out: Derived, verdict: Verdict, reading: Reading, gazetteer: Gazetteer
) -> None:
    best, body = verdict.best, verdict.best.body
    out.problems += verdict.problems
    out.agency_printed = best.name.text
    others = _alternatives(verdict, gazetteer, out.year)
    out.take(
        "agency",
        _fact(best, verdict.agency, verdict.confidence, verdict.how, reading, others),
    )
    sure = max(best.confidence, verdict.confidence)
    if region := body.region(gazetteer, out.year):
        out.take("region", _fact(best, region, sure, body.status, reading, ()))
    elif body.candidates:
        paths = tuple(gazetteer.path(p, out.year) for p in body.candidates[:8])
        out.take("region", _fact(best, None, 0.4, "namesakes", reading, paths))
        if body.status == "ambiguous":
            out.problems.append(
                Problem(
                    Code.PLACE_AMBIGUOUS,
                    {"count": len(body.candidates), "name": body.candidates[0].name},
                )
            )
    _level(out, best, sure, reading)
    if out.agency is not None:
        _kind(out, best, sure, reading)
        code = (
            CENTRAL_CODE if body.tier == 0 else body.place.code if body.place else None
        )
        out.agency_id = f"{code}/{out.agency}" if code else None
    if best.body.status == "misread" and body.place:
        facts = {"printed": best.name.text, "place": body.place.name}
        out.problems.append(Problem(Code.PLACE_MISREAD, facts))


def _level(out: Derived, best: Judged, sure: float, reading: Reading) -> None:
    tier = best.body.tier
    if tier is None:
        return
    confidence = sure if best.body.is_placed else 0.85 * best.name.weight
    out.take(
        "level",
        _fact(best, LEVEL_OF_TIER[tier], confidence, "tier of the place", reading, ()),
    )


def _kind(out: Derived, best: Judged, sure: float, reading: Reading) -> None:
    body = best.body
    out.take("org_type", _fact(best, body.org_type, sure, "name", reading, ()))
    if line := body.line:
        out.take("line", _fact(best, line, sure, "name", reading, ()))
    aggregate = body.is_government and (body.tier or 9) <= 3
    out.take(
        "scope",
        _fact(best, "aggregate" if aggregate else "self", sure, "name", reading, ()),
    )


def _alternatives(
    verdict: Verdict, gazetteer: Gazetteer, year: int | None
) -> tuple[FactValue, ...]:
    body, out = verdict.best.body, []
    if body.status == "ambiguous":
        out = [
            replace(body, place=p).full_name(gazetteer, year)
            for p in body.candidates[:8]
        ]
    out += [j.body.full_name(gazetteer, year) for j in verdict.others]
    return tuple(dict.fromkeys(name for name in out if name != verdict.agency))[:8]


def _fact(
    best: Judged,
    value: FactValue,
    confidence: float,
    rule: str,
    reading: Reading,
    others: tuple[FactValue, ...],
) -> Fact:
    name = best.name
    span = reading.span(*name.span) if name.span else None
    return Fact(
        value,
        name.source,
        confidence,
        f"{name.rule}: {rule}",
        name.quote or name.text,
        span,
        others,
    )


def _given_dates(out: Derived, known: Known) -> None:
    if known.year is not None:
        if isinstance(known.year, int) and 2000 <= known.year <= 2100:
            _give(out, "year", known.year)
        else:
            out.problems.append(
                Problem(Code.GIVEN_BAD_YEAR, {"value": str(known.year)})
            )
    if known.published is not None:
        try:
            _give(
                out,
                "published",
                dt.date.fromisoformat(known.published[:10]).isoformat(),
            )
        except ValueError:
            out.problems.append(
                Problem(Code.GIVEN_BAD_DATE, {"value": known.published})
            )


def _given_body(out: Derived, known: Known) -> None:
    if known.agency:
        _give(out, "agency", known.agency)
        out.agency_id = (
            f"{out.agency_id.partition('/')[0]}/{known.agency}"
            if out.agency_id
            else None
        )
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
    others = (derived.value,) if derived and derived.value not in (None, value) else ()
    out.take(name, Fact(value, "given", 1.0, "given", None, None, others))


def _override(
    out: Derived, overrides: Overrides | None, keys: tuple[str | None, ...]
) -> None:
    for name, correction in (overrides.of(*keys) if overrides else {}).items():
        before: Any = getattr(out, name)
        others = (before,) if before is not None and before != correction.value else ()
        out.take(
            name,
            Fact(
                correction.value,
                "override",
                1.0,
                correction.reason or "override",
                None,
                None,
                others,
            ),
        )
        if name == "agency":
            out.agency_id = (
                f"{(out.agency_id or CENTRAL_CODE).split('/')[0]}/{correction.value}"
            )
