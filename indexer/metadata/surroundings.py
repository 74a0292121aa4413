"""What a report says around a name of where its body is: the places it speaks of, the number of its
card, the name in full elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.analysis.characters import BASIC_HAN_CLASS
from indexer.metadata.locating import Body, locate
from indexer.metadata.reading import Reading
from indexer.metadata.title import Title
from indexer.places import STEM_PATTERN, Gazetteer, Place

__all__ = ["context_of", "placed"]

# Places that the text speaks of most: enough to tell 鼓楼区 of 福州市 from its
# namesakes.
CONTEXT_PLACES = 8
# 索引号: 620702081/2026-00007, 11370305494384218/2020: a division's code begins it, or stands
# behind the two characters that tell the kind of a body in its social credit code.
INDEX_NUMBER_PATTERN = re.compile(r"索\s?引\s?号[\s:|]*(?P<code>\d[\dA-Z]{7,17})")
CREDIT_CODE_PATTERN = re.compile(r"1[1239]\d{6}[\dA-Z]{10}")
# Characters at the beginning in which a card may stand.
CARD_REACH = 600
# What may stand before a name: 开平市 before 翠山湖管委会.
BEFORE_PATTERN = re.compile(f"[{BASIC_HAN_CLASS}]{{2,14}}$")
TIER_WORD_PATTERN = re.compile("^(?:自治[区州县旗]|[省市区县州旗](?=[^省市区县州旗]))")


def context_of(
    reading: Reading,
    title: Title | None,
    gazetteer: Gazetteer,
    region: tuple[str, ...] | None,
    number: str = "",
) -> list[str]:
    """Codes of the places that are spoken of.

    Those of `region`, the given one or else that of the host, stand twice: they count so. So does
    the one whose code begins the index number of the page.
    """
    spoken = gazetteer.mentions(reading.form)
    if title:
        spoken.update(gazetteer.mentions(title.form))
    codes = [code for code, _ in spoken.most_common(CONTEXT_PLACES)]
    for name in region or ():
        codes += [place.code for place in gazetteer.named(name)] * 2
    card = f"索引号:{number} {reading.form[:CARD_REACH]}"
    for found in INDEX_NUMBER_PATTERN.finditer(card):
        code = _division(found["code"], gazetteer)
        codes += [code] * 2 if code else []
    return codes


def _division(
    number: str,
    gazetteer: Gazetteer,
) -> str | None:
    """The code of the division in an index number."""
    is_credit = CREDIT_CODE_PATTERN.match(number) is not None
    code = number[2:8] if is_credit else number[:6]
    return code if gazetteer.of_code(code) else None


def placed(
    body: Body, reading: Reading, gazetteer: Gazetteer, year: int | None
) -> Body:
    """A body whose name leaves its place open, with the place that the report gives elsewhere."""
    if body.status == "ambiguous":
        return _told_by_stems(body, reading, gazetteer)
    if body.status != "none":
        return body
    full = _in_full(body.printed, reading, gazetteer, year)
    return full or body


def _told_by_stems(
    body: Body,
    reading: Reading,
    gazetteer: Gazetteer,
) -> Body:
    """大兴乡 is that of 耿马县 where the report speaks of 耿马."""
    text = reading.form.replace(body.printed, "")
    scores: list[int] = []
    for place in body.candidates:
        above = gazetteer.above(place)
        scores.append(sum(_stem_in(holder, text) for holder in above))
    best = max(scores)
    if not best or scores.count(best) > 1:
        return body
    place = body.candidates[scores.index(best)]
    return replace(body, status="context", place=place, tier=place.tier)


def _stem_in(
    place: Place,
    text: str,
) -> int:
    """How much a text speaks for a place: by its short name, the lower the more."""
    parts = STEM_PATTERN.fullmatch(place.name)
    stem = parts[1] if parts else place.name
    if len(stem) < 2 or stem not in text:
        return 0
    return 2 * place.tier - 1


def _in_full(
    name: str, reading: Reading, gazetteer: Gazetteer, year: int | None
) -> Body | None:
    """市公安局 is that of 如皋市 where the report says 如皋市公安局."""
    tier = TIER_WORD_PATTERN.match(name)
    core = name[tier.end() :] if tier else name
    if len(core) < 3:
        return None
    full: dict[str, Body] = {}
    for before in _before(core, reading.form):
        named = [*_path_ends(before, gazetteer)]
        if not named or (tier and before[-1] != tier[0][-1]):
            continue
        body = locate(named[0] + core, gazetteer, year)
        if body.status == "unique":
            full[body.printed] = body
    bodies = list(full.values())
    if not bodies or len({body.place for body in bodies}) > 1:
        return None
    return replace(bodies[0], printed=bodies[0].printed)


def _before(
    core: str,
    form: str,
) -> Iterator[str]:
    """What Chinese characters stand before each place of a name."""
    place = form.find(core)
    while place >= 0:
        before = BEFORE_PATTERN.search(form[max(0, place - 14) : place])
        if before:
            yield before[0]
        place = form.find(core, place + 1)


def _path_ends(
    before: str,
    gazetteer: Gazetteer,
) -> Sequence[str]:
    """The tails of a text that are paths of names of places, longest first."""
    tails = [before[start:] for start in range(len(before) - 1)]
    return [tail for tail in tails if _is_path(tail, gazetteer)]


def _is_path(
    text: str,
    gazetteer: Gazetteer,
) -> bool:
    return any(end == len(text) for end, _ in gazetteer.chains(text))
