"""Chooses the body that published a report, from all names that the report gives.

`judge` weighs the names against each other, writes the best one out in full (市教育局 becomes
深圳市教育局), and lists the names that contradict it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.analysis.characters import is_subsequence
from index.model.problems import Code, Problem
from indexer.metadata.bodies import (
    CERTAIN_SHORT_NAMES,
    DEPARTMENT_PATTERN,
    FORMAL_NAMES,
    FULL_NAME_BY_SHORT,
    ZONE_BODY_PATTERN,
    line_of,
)
from indexer.metadata.locating import Body, locate
from indexer.metadata.naming import GOVERNMENT_WORDS, Name, Selves
from indexer.metadata.reading import Reading
from indexer.metadata.spotting import HAN_CHARACTER
from indexer.metadata.surroundings import placed
from indexer.places import Gazetteer, ancestors

__all__ = ["Judged", "Verdict", "judge"]

# Factor on the weight of a name, by how its place was found: it gives the confidence of the name.
NAME_FACTORS = {
    "central": 1.0,
    "unique": 1.0,
    "context": 0.97,
    "misread": 0.6,
    "ambiguous": 0.85,
    "named": 0.95,
    "unlisted": 0.55,
    "none": 0.74,
}
# The same for the confidence of the place.
PLACE_FACTORS = {
    **NAME_FACTORS,
    "context": 0.85,
    "ambiguous": 0.4,
}
# Below this confidence a place is not put before a name.
MIN_PLACED = 0.5
# Confidence won by each other way in which a report gives the same name, and the most of it.
REPEATED_BONUS = 0.03
MAX_REPEATED_BONUS = 0.09

# Where a report may also name another body: who posted it, who answers questions.
RULES_OF_OTHERS = (
    "source line",
    "contact",
    "address",
    "subject",
    "announces",
    "own rules",
    "cited rules",
    "below called",
)
# What a department calls itself: 我局, 我委.
DEPARTMENT_WORDS = ("局", "委", "办", "厅", "院", "队", "中心")

# What is left of a name's weight where the report calls itself something else (我局 for 区政府).
CONTRADICTED_FACTOR = 0.55
# Confidence won or lost where a name from another kind of source agrees or disagrees.
AGREEMENT_BONUS = 0.04
DISAGREEMENT_COST = 0.15
# 教育局, 龙岗区政府, 横岗街道: what ends so names a body
BODY_PATTERN = re.compile(
    f"(?:{DEPARTMENT_PATTERN.pattern})|(?:政府|街道|[镇乡区县市旗省])$"
)
ZONE_OFFICE_PATTERN = re.compile("(?:管委会|管理委员会)$")
# 市教育局, 区统计局: a tier and no name of a place
TIER_PATTERN = re.compile("^(?:自治区|自治州|自治县|[省市区县州旗](?=[^省市区县州旗]))")
BRANCH_END_PATTERN = re.compile("(?:分局|管理局|管理处|分中心|支队|大队|分院)$")
# Characters of the longest name that is taken without a place.
MAX_UNPLACED = 16
# How a short name ends -> how the name that it is short for may end.
ENDINGS_OF_KIND = {
    "办": ("办公室", "办"),
    "局": ("局",),
    "委": ("委员会", "委"),
    "厅": ("厅",),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A name, the body it is taken for, how sure that is, and how sure its place is."""

    name: Name
    body: Body
    confidence: float
    place_confidence: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """The winner and the others, best first.

    `agency` is the canonical name; `how` says how it was written out.
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
    # title, signature and sentences mostly give one name: it is located once
    bodies: dict[str, Body] = {}
    for name in names:
        if name.text not in bodies:
            body = locate(name.text, gazetteer, year, context)
            bodies[name.text] = placed(body, reading, gazetteer, year)
    every = [_judged(name, bodies[name.text], context, selves) for name in names]
    judged = [
        _placed_by_another(entry, every) for entry in every if _is_body(entry.body)
    ]
    if not judged:
        return None
    ranked = sorted(judged, key=lambda entry: -_standing(entry, judged))
    best = _department(_longest(ranked), ranked, selves)
    others = tuple(entry for entry in ranked if entry is not best)
    confidence, problems = _weighed(best, others)
    confidence += _repeated(best, others)
    if best.body.place and best.place_confidence < MIN_PLACED:
        # 西区教育局 is one in the books, and many in the towns
        body = replace(best.body, place=None, kept=True)
        best = replace(best, body=body)
    best = replace(best, name=_in_full(best, reading))
    agency, how, factor = _written_out(best.body, reading, gazetteer, year)
    confidence = round(min(0.99, confidence * factor), 3)
    return Verdict(
        best=best,
        others=others,
        agency=agency,
        how=how,
        confidence=confidence,
        problems=problems,
    )


def _in_full(judged: Judged, reading: Reading) -> Name:
    """The name as it stands in full where the report gives it so: the evidence of its place."""
    name, full = judged.name, judged.body.printed
    start = reading.form.find(full) if len(full) > len(name.text) else -1
    if name.span is None or start < 0:
        return name
    span = start, start + len(full)
    return replace(name, text=full, span=span, quote=reading.quote(*span))


def _is_body(body: Body) -> bool:
    """Whether a name without a place is of a kind that bodies are of: 区统计局, 水务局."""
    if body.status != "none":
        return True
    core = TIER_PATTERN.sub("", body.printed)
    if core in FORMAL_NAMES or core in FULL_NAME_BY_SHORT:
        return True
    if ZONE_BODY_PATTERN.search(core) or line_of(core):
        return BODY_PATTERN.search(core) is not None and len(core) <= MAX_UNPLACED
    return re.search("(?:[镇乡]|街道)(?:人民政府|办事处)?$", core) is not None


def _standing(
    entry: Judged,
    judged: Sequence[Judged],
) -> float:
    return entry.confidence + _repeated(entry, judged)


def _repeated(
    entry: Judged,
    judged: Sequence[Judged],
) -> float:
    """What other ways of giving the same name add."""
    text = entry.name.text
    rules: set[str] = set()
    for other in judged:
        theirs = other.name.text
        is_same = theirs.endswith(text) or text.endswith(theirs)
        if is_same or other.body == entry.body:
            rules.add(other.name.rule)
    rules.discard(entry.name.rule)
    return min(MAX_REPEATED_BONUS, REPEATED_BONUS * len(rules))


def _longest(ranked: Sequence[Judged]) -> Judged:
    """The best, or the branch of it that is named nearly as surely: 十堰市生态环境局竹山分局."""
    best = ranked[0]
    for entry in ranked[1:]:
        text = entry.name.text
        is_longer = text.startswith(best.name.text) and len(text) > len(best.name.text)
        if is_longer and BRANCH_END_PATTERN.search(text) and entry.confidence >= 0.7:
            return entry
    return best


def _judged(
    name: Name,
    body: Body,
    context: Sequence[str],
    selves: Selves,
) -> Judged:
    factor, place_factor = NAME_FACTORS[body.status], PLACE_FACTORS[body.status]
    if body.bare and body.place and body.status == "unique":
        support = _support(body, context)
        place_factor *= support
        if name.source == "body":
            factor *= max(0.85, support)
    # 本报告由区政府编制, says a report that calls itself 我区: that office compiled it for all
    is_for_all = name.rule == "compiled by" and selves.kind in GOVERNMENT_WORDS
    may_be_other = name.rule in RULES_OF_OTHERS or is_for_all
    if may_be_other and selves.contradict(name.text):
        factor *= CONTRADICTED_FACTOR
        place_factor *= CONTRADICTED_FACTOR
    return Judged(
        name,
        body,
        name.weight * factor,
        name.weight * place_factor,
    )


def _support(
    body: Body,
    context: Sequence[str],
) -> float:
    """The factor (0.5 to 1) by which the surroundings support a place named without its parent.

    A county or township name may be unique in the gazetteer and still mean another place. The
    factor is low when the report speaks of other places only.
    """
    place = body.place
    assert place is not None
    above = [*ancestors(place.code), place.code]
    for code in context:
        is_own = code == place.code and place.tier != 3
        if code in above and not is_own:
            return 1.0
    if len(place.name) == 2 and place.name.endswith("区"):
        # 西区 is one place in the books, and a part of many a town
        return 0.5
    if not context:
        return 0.95
    provinces = {code[:2] for code in context}
    if place.code[:2] in provinces:
        return 0.95
    return 0.7 if place.tier == 3 else 0.5


def _placed_by_another(
    entry: Judged,
    judged: Sequence[Judged],
) -> Judged:
    """A name without a place takes the place of a longer name that ends with it.

    教育局 takes it from 龙岗区教育局, if the report names that too.
    """
    if entry.body.status != "none":
        return entry
    core = TIER_PATTERN.sub("", entry.name.text)
    if len(core) < 2:
        return entry
    fuller: list[Judged] = []
    for other in judged:
        is_placed = other.body.is_placed and other.body.place
        if is_placed and _same(core, other.body.rest):
            fuller.append(other)
        elif is_placed and ZONE_OFFICE_PATTERN.sub("", core) == other.body.rest:
            # 临淄区齐城农业高新区 places 齐城农业高新区管委会
            body = replace(other.body, printed=entry.name.text, kept=True)
            fuller.append(replace(other, body=body))
    if not fuller:
        return entry
    best = max(fuller, key=lambda other: other.confidence)
    confidence = max(best.confidence, entry.name.weight * 0.9)
    place_confidence = max(best.place_confidence, entry.name.weight * 0.9)
    return Judged(
        entry.name,
        best.body,
        confidence,
        place_confidence,
    )


def _same(
    core: str,
    rest: str,
) -> bool:
    return (
        rest == core
        or FULL_NAME_BY_SHORT.get(core) == rest
        or FULL_NAME_BY_SHORT.get(rest) == core
    )


def _department(
    best: Judged,
    ranked: Sequence[Judged],
    selves: Selves,
) -> Judged:
    """A title with a place and no body is the government's.

    Unless the report calls itself 我局: then it is that of the body which signs it.
    """
    kind = selves.kind
    if not best.body.is_government or kind not in DEPARTMENT_WORDS:
        return best
    for entry in ranked:
        body = entry.body
        is_of_place = body.place == best.body.place and not body.is_government
        if is_of_place and body.rest.endswith(kind):
            confidence = min(entry.confidence, 0.8)
            return Judged(
                entry.name,
                body,
                confidence,
                entry.place_confidence,
            )
    return replace(best, confidence=best.confidence * 0.5)


def _weighed(
    best: Judged,
    others: Sequence[Judged],
) -> tuple[float, list[Problem]]:
    """The confidence after hearing the others, and what contradicts.

    Only another kind of source counts: it agrees or disagrees about the place.
    """
    placed: list[Judged] = []
    for other in others:
        is_placed = other.body.is_placed and other.body.place
        if is_placed and other.name.source != best.name.source:
            placed.append(other)
    if any(_agree(best.body, other.body) for other in placed):
        return min(0.99, best.confidence + AGREEMENT_BONUS), []
    against = [
        other
        for other in placed
        if other.name.source in ("title", "signature", "given")
    ]
    if not best.body.place or not against:
        return best.confidence, []
    name, other_name = best.name, against[0].name
    facts = {
        "source": name.source,
        "name": name.text,
        "other_source": other_name.source,
        "other_name": other_name.text,
    }
    problem = Problem(Code.BODY_CONFLICT, facts)
    return best.confidence - DISAGREEMENT_COST, [problem]


def _agree(
    one: Body,
    other: Body,
) -> bool:
    if one.place is None or other.place is None:
        return False
    code, other_code = one.place.code, other.place.code
    if code == other_code or code in ancestors(other_code):
        return True
    # a place that was renumbered since has two codes of one province
    return one.place.name == other.place.name and code[:2] == other_code[:2]


def _written_out(
    body: Body, reading: Reading, gazetteer: Gazetteer, year: int | None
) -> tuple[str, str, float]:
    """The canonical name, how it was had, and what is left of the confidence."""
    if body.status == "central":
        return body.printed, "as printed", 1.0
    rest = body.rest
    if body.place and rest and rest not in FORMAL_NAMES:
        if full := _in_text(body, reading):
            how = "short name written out in the report"
            return body.full_name(gazetteer, year, full), how, 1.0
        if full := FULL_NAME_BY_SHORT.get(rest):
            name = body.full_name(gazetteer, year, full)
            if rest in CERTAIN_SHORT_NAMES:
                return name, "short name written out", 1.0
            return name, "short name written out by table, unverified", 0.8
    how = "as printed" if body.kept else "with its place"
    return body.full_name(gazetteer, year), how, 1.0


def _in_text(
    body: Body,
    reading: Reading,
) -> str | None:
    """龙岗区文产办 is 龙岗区文化产业发展办公室 where the report says so.

    The same place, the same first character, and the short name's characters in order.
    """
    assert body.place is not None
    short, kind = body.rest[:-1], body.rest[-1:]
    if kind not in ENDINGS_OF_KIND or not 1 < len(short) <= 6:
        return None
    lowest = re.escape(body.township or body.place.name)
    first = re.escape(short[0])
    endings = "|".join(ENDINGS_OF_KIND[kind])
    pattern = rf"{lowest}({first}{HAN_CHARACTER}{{1,24}}?(?:{endings}))"
    longer: Counter[str] = Counter()
    for match in re.finditer(pattern, reading.form):
        if len(match[1]) > len(body.rest) and is_subsequence(short, match[1]):
            longer[match[1]] += 1
    return longer.most_common(1)[0][0] if longer else None
