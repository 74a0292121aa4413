"""Pinyin put in brackets after characters, 區(qū), and taken out again.

A real report explains the reading of a rare name here and there, 單(shàn)縣. A damaging tool
glosses the same common characters always, and all others never: that is what tells them apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache

from pypinyin.pinyin_dict import pinyin_dict

from index.analysis.characters import PRINTED_HAN_CLASS
from indexer.repair import language_model
from indexer.repair.edits import Edit
from indexer.repair.table import Findings

__all__ = [
    "GATE_PATTERN",
    "READING_REGEX",
    "Glosses",
    "readings",
    "strip",
    "survey",
]

# A syllable of pinyin, its tones composed (qū) or as combining marks.
READING_REGEX = (
    "(?:[a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹ]|[\u0300\u0301\u0304\u0308\u030c]){1,12}"
)
# 區(qū), 區（qū）, 會(huì ), 和(he)(he): some tools leave a blank, some gloss twice
GLOSS_PATTERN = re.compile(
    rf"([{PRINTED_HAN_CLASS}])([(（]) ?({READING_REGEX}) ?([)）](?:[(（] ?\3 ?[)）])*)"
)
GATE_PATTERN = re.compile(rf"[(（] ?{READING_REGEX} ?[)）]")
# (qu): some mirrors write the reading without its tone
PLAIN_PATTERN = re.compile("[a-zü]+")

# Glosses a document must show before any is taken out, where nothing else speaks of
# damage.
MIN_GLOSSES = 5

# Glosses and glossed characters from which a tool that glosses now and then is known.
MIN_SCATTERED_GLOSSES = 15
MIN_SCATTERED_CHARACTERS = 10

# Glosses for each bare one that is forgiven: a character is missed where another gloss
# was put between its bytes.
BARE_TOLERANCE = 6

# Log probability of a character that prose uses often: tools gloss such, people gloss
# rare names.
COMMON_LOG = -10.5


@cache
def readings(c: str) -> frozenset[str]:
    """Every reading of a character, with tones, in composed form."""
    found = pinyin_dict.get(ord(c), "") if len(c) == 1 else ""
    return frozenset(unicodedata.normalize("NFC", r) for r in found.split(",") if r)


@cache
def toneless(c: str) -> frozenset[str]:
    """Every reading of a character without its tone.

    ü is also given as u and v: tools without it write lü as lu or lv.
    """
    plain = {_without_tone(reading) for reading in readings(c)}
    spelled = {reading.replace("ü", letter) for reading in plain for letter in "uv"}
    return frozenset(plain | spelled)


def _without_tone(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading)
    # the four tones; U+0308, the two dots of ü, is not among them
    bare = re.sub("[\u0300\u0301\u0304\u030c]", "", letters)
    return unicodedata.normalize("NFC", bare)


@dataclass(frozen=True, slots=True)
class Glosses:
    """The glosses of a document.

    `places` are the matches of GLOSS_PATTERN. `reading` maps the characters that are always
    glossed to their readings. `seen_bare` holds all other characters of the document.
    """

    places: tuple[re.Match[str], ...]
    reading: dict[str, str]
    seen_bare: frozenset[str]


def survey(text: str, *, tones: bool) -> Glosses:
    """Look through a document for glosses with tones, or for ones without."""
    if "(" not in text and "（" not in text:
        return Glosses((), {}, frozenset())
    places = tuple(
        match
        for match in GLOSS_PATTERN.finditer(text)
        if _is_gloss(match[1], match[3], tones=tones)
    )
    glossed = Counter(match[1] for match in places)
    all_of = Counter(c for c in text if c in glossed)
    always: set[str] = set()
    for character, count in glossed.items():
        bare = all_of[character] - count
        if bare * BARE_TOLERANCE <= count:
            always.add(character)
    reading: dict[str, str] = {}
    for match in places:
        if match[1] in always:
            reading[match[1]] = unicodedata.normalize("NFC", match[3])
    return Glosses(places, reading, frozenset(set(text) - always))


def _is_gloss(c: str, reading: str, *, tones: bool) -> bool:
    if PLAIN_PATTERN.fullmatch(reading) and not tones:
        return reading in toneless(c)
    return tones and unicodedata.normalize("NFC", reading) in readings(c)


def strip(text: str, findings: Findings) -> list[Edit]:
    """Take the glosses out of a document in which a tool put them."""
    edits: list[Edit] = []
    for tones in (True, False):
        glosses = survey(text, tones=tones)
        if _is_scattered(glosses):
            reading = {match[1]: match[3] for match in glosses.places}
            glosses = replace(glosses, reading=reading)
        # the tool that cut GBK bytes glossed too: then one gloss is enough
        cut_by_tool = tones and findings.applied("gbk_out_of_step")
        if not _by_tool(glosses, 1 if cut_by_tool else MIN_GLOSSES):
            continue
        kind = "gloss" if tones else "gloss_toneless"
        confidence = 0.99 if tones else 0.95
        for match in glosses.places:
            if match[1] in glosses.reading:
                edit = Edit(
                    start=match.start(2),
                    end=match.end(4),
                    after="",
                    kind=kind,
                    confidence=confidence,
                )
                edits.append(edit)
    return sorted(edits, key=lambda edit: edit.start)


def _is_scattered(glosses: Glosses) -> bool:
    """Whether a tool glossed some occurrences of many common characters and left others bare.

    People gloss a few rare ones.
    """
    characters = {match[1] for match in glosses.places}
    if len(glosses.places) < MIN_SCATTERED_GLOSSES:
        return False
    is_varied = len(characters) >= MIN_SCATTERED_CHARACTERS
    return is_varied and _common_share(characters) >= 0.8


def _common_share(characters: Collection[str]) -> float:
    """How many of these characters prose uses often, of 1."""
    model = language_model.load()
    scores = [model.single.get(model.simplify(c), -99.0) for c in characters]
    return sum(score > COMMON_LOG for score in scores) / max(1, len(scores))


def _by_tool(glosses: Glosses, minimum: int) -> bool:
    """Whether a tool glossed.

    There must be enough glosses, nearly all of characters never seen bare, and most of these
    characters must be common ones.
    """
    always = sum(match[1] in glosses.reading for match in glosses.places)
    if always < minimum or always < 0.8 * len(glosses.places):
        return False
    return _common_share(glosses.reading) >= 0.6
