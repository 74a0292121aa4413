"""Of all names that a report gives, the one whose report it is, written out, with what speaks for
and against it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.model.problems import Code, Problem
from indexer.metadata.bodies import ABBREVIATIONS, CERTAIN, DEPARTMENT, FORMAL
from indexer.metadata.locating import Body, locate
from indexer.metadata.naming import GOVERNMENTS, HAN, Name, Selves
from indexer.metadata.reading import Reading
from indexer.places import Gazetteer, ancestors

__all__ = ["Judged", "Verdict", "judge"]

# How much of a name's weight is left when its place is found this way.
FACTORS = {
    "central": 1.0,
    "unique": 1.0,
    "context": 0.85,
    "misread": 0.6,
    "ambiguous": 0.4,
    "unlisted": 0.45,
    "none": 0.45,
}

# Where a report may also name another body: who posted it, who answers questions.
MAY_BE_OTHERS = ("source line", "contact", "own guide")

CONTRADICTED = 0.55
AGREEMENT = 0.04
DISAGREEMENT = 0.15
BODY = re.compile(f"(?:{DEPARTMENT.pattern})|(?:政府|街道|[镇乡区县市旗省])$")
ENDS = {"办": ("办公室", "办"), "局": ("局",), "委": ("委员会", "委"), "厅": ("厅",)}


@dataclass(frozen=True, slots=True)
class Judged:
    """A name, the body it is taken for, and how sure that is."""

    name: Name
    body: Body
    confidence: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The winner and the others, best first;

    `agency` is the canonical name and `how` says how it was written out.
    """

    best: Judged
    others: tuple[Judged, ...]
    agency: str
    how: str
    confidence: float
    problems: list[Problem] = field(default_factory=list)


def judge(
    names: Sequence[Name],
    reading: Reading,
    gazetteer: Gazetteer,
    year: int | None,
    context: Sequence[str],
) -> Verdict | None:
    """The body whose report this is; None if the report names none."""
    selves = Selves.of(reading.form)
    # title, signature and sentences mostly give one name
    bodies = {
        text: locate(text, gazetteer, year, context)
        for text in dict.fromkeys(n.text for n in names)
    }
    judged = [_judged(n, bodies[n.text], context, selves) for n in names]
    judged = [
        _placed_by_another(j, judged)
        for j in judged
        if j.body.status != "none" or BODY.search(j.name.text)
    ]
    if not judged:
        return None
    ranked = sorted(judged, key=lambda j: -j.confidence)
    best = _department(ranked[0], ranked, selves)
    others = tuple(j for j in ranked if j is not best)
    confidence, problems = _weighed(best, others)
    agency, how, factor = _written_out(best.body, reading, gazetteer, year)
    return Verdict(best, others, agency, how, round(confidence * factor, 3), problems)


def _judged(name: Name, body: Body, context: Sequence[str], selves: Selves) -> Judged:
    factor = FACTORS[body.status]
    if body.bare and body.place and body.status == "unique":
        factor *= _support(body, context)
    government = name.rule == "compiled by" and selves.kind in GOVERNMENTS
    if (name.rule in MAY_BE_OTHERS or government) and selves.contradict(name.text):
        factor *= CONTRADICTED
    return Judged(name, body, name.weight * factor)


def _support(body: Body, context: Sequence[str]) -> float:
    """A lone township or county, unique among the listed, still needs its surroundings not to speak
    of others.
    """
    assert body.place is not None
    above = [*ancestors(body.place.code), body.place.code]
    if any(
        code in above
        for code in context
        if code != body.place.code or body.place.tier == 3
    ):
        return 1.0
    if len(body.place.name) == 2 and body.place.name.endswith("区"):
        return 0.5  # 西区 is one place in the books, and a part of many a town
    if not context:
        return 0.95
    provinces = {code[:2] for code in context}
    return (
        0.95
        if body.place.code[:2] in provinces
        else 0.7
        if body.place.tier == 3
        else 0.5
    )


def _placed_by_another(one: Judged, judged: Sequence[Judged]) -> Judged:
    """A name without its place (教育局, 市教育局) is that of a fuller name ending with it."""
    if one.body.status != "none":
        return one
    core = re.sub("^[省市区县](?=[^省市区县])", "", one.name.text)
    fuller = [
        j
        for j in judged
        if j.body.is_placed
        and j.body.place
        and len(core) >= 2
        and _same(core, j.body.rest)
    ]
    if not fuller:
        return one
    best = max(fuller, key=lambda j: j.confidence)
    return Judged(one.name, best.body, max(best.confidence, one.name.weight * 0.9))


def _same(core: str, rest: str) -> bool:
    return (
        rest == core
        or ABBREVIATIONS.get(core) == rest
        or ABBREVIATIONS.get(rest) == core
    )


def _department(best: Judged, ranked: Sequence[Judged], selves: Selves) -> Judged:
    """A title with a place and no body is the government's, unless the report calls itself 我局 and
    a body signs it.
    """
    if not best.body.is_government or selves.kind not in (
        "局",
        "委",
        "办",
        "厅",
        "院",
        "队",
        "中心",
    ):
        return best
    for j in ranked:
        if (
            j.body.place == best.body.place
            and not j.body.is_government
            and j.body.rest.endswith(selves.kind)
        ):
            return Judged(j.name, j.body, min(j.confidence, 0.8))
    return replace(best, confidence=best.confidence * 0.5)


def _weighed(best: Judged, others: Sequence[Judged]) -> tuple[float, list[Problem]]:
    """The confidence after hearing the others: another kind of source that agrees or disagrees
    about the place.
    """
    confidence, problems = best.confidence, []
    placed = [
        j
        for j in others
        if j.body.is_placed and j.body.place and j.name.source != best.name.source
    ]
    if any(_agree(best.body, j.body) for j in placed):
        confidence = min(0.99, confidence + AGREEMENT)
    elif best.body.place and (
        against := [
            j for j in placed if j.name.source in ("title", "signature", "given")
        ]
    ):
        confidence -= DISAGREEMENT
        problems.append(
            Problem(
                Code.BODY_CONFLICT,
                {
                    "source": best.name.source,
                    "name": best.name.text,
                    "other_source": against[0].name.source,
                    "other_name": against[0].name.text,
                },
            )
        )
    return confidence, problems


def _agree(one: Body, other: Body) -> bool:
    if one.place is None or other.place is None:
        return False
    same = (
        one.place.name == other.place.name
        and one.place.code[:2] == other.place.code[:2]
    )  # renumbered since
    return (
        same
        or one.place.code == other.place.code
        or one.place.code in ancestors(other.place.code)
    )


def _written_out(
    body: Body, reading: Reading, gazetteer: Gazetteer, year: int | None
) -> tuple[str, str, float]:
    """The canonical name, how it was had, and what is left of the confidence."""
    if body.status == "central":
        return body.printed, "as printed", 1.0
    rest = body.rest
    if body.place and rest and rest not in FORMAL:
        if full := _in_text(body, reading):
            return (
                body.full_name(gazetteer, year, full),
                "short name written out in the report",
                1.0,
            )
        if full := ABBREVIATIONS.get(rest):
            sure = rest in CERTAIN
            how = (
                "short name written out"
                if sure
                else "short name written out by table, unverified"
            )
            return body.full_name(gazetteer, year, full), how, 1.0 if sure else 0.8
    return (
        body.full_name(gazetteer, year),
        "as printed" if body.kept else "with its place",
        1.0,
    )


def _in_text(body: Body, reading: Reading) -> str | None:
    """龙岗区文产办 is 龙岗区文化产业发展办公室 where the report says so.

    The same place, the same first character, and the short name's characters in order.
    """
    assert body.place is not None
    short, kind = body.rest[:-1], body.rest[-1:]
    if kind not in ENDS or not 1 < len(short) <= 6:
        return None
    found: Counter[str] = Counter()
    ends = "|".join(ENDS[kind])
    lowest = re.escape(body.township or body.place.name)
    for m in re.finditer(
        rf"{lowest}({re.escape(short[0])}{HAN}{{1,24}}?(?:{ends}))", reading.form
    ):
        if len(m[1]) > len(body.rest) and _subsequence(short, m[1]):
            found[m[1]] += 1
    return found.most_common(1)[0][0] if found else None


def _subsequence(short: str, long: str) -> bool:
    characters = iter(long)
    return all(c in characters for c in short)
