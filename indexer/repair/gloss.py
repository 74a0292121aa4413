"""Pinyin put in brackets after characters, 區(qū), and taken out again.

A real report explains the reading of a rare name here and there, 單(shàn)縣. A damaging tool
glosses the same common characters always, and all others never: that is what tells them apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

from pypinyin.pinyin_dict import pinyin_dict

from indexer.repair import language_model
from indexer.repair.edits import Edit
from indexer.repair.table import Findings

__all__ = [
    "GATE_PATTERN",
    "HAN_CLASS",
    "READING_REGEX",
    "Glosses",
    "readings",
    "strip",
    "survey",
]

HAN_CLASS = "\u3400-\u9fff\uf900-\ufaff"
READING_REGEX = (
    "(?:[a-zāáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹ]|[\u0300\u0301\u0304\u0308\u030c]){1,12}"
)
GLOSS_PATTERN = re.compile(rf"([{HAN_CLASS}])([(（])({READING_REGEX})([)）])")
GATE_PATTERN = re.compile(rf"[(（]{READING_REGEX}[)）]")
PLAIN_PATTERN = re.compile("[a-zü]+")

# Glosses a document must show before any is taken out, where nothing else speaks of
# damage.
MIN_GLOSSES = 5

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
    """Every reading of a character without its tone; ü also as u and v, as tools without it write."""
    plain = {_without_tone(r) for r in readings(c)}
    return frozenset(plain | {r.replace("ü", x) for r in plain for x in "uv"})


def _without_tone(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading)
    return unicodedata.normalize(
        "NFC", re.sub("[\u0300\u0301\u0304\u030c]", "", letters)
    )


@dataclass(frozen=True, slots=True)
class Glosses:
    """The glosses of a document: where, and of which characters;

    `reading` has those that are always glossed.
    """

    places: tuple[re.Match[str], ...]
    reading: dict[str, str]
    seen_bare: frozenset[str]


def survey(text: str, *, tones: bool) -> Glosses:
    """Look through a document for glosses with tones, or for ones without."""
    if "(" not in text and "（" not in text:
        return Glosses((), {}, frozenset())
    places = tuple(
        m for m in GLOSS_PATTERN.finditer(text) if _is_gloss(m[1], m[3], tones=tones)
    )
    glossed = Counter(m[1] for m in places)
    bare = Counter(c for c in text if c in glossed)
    always = {c for c, n in glossed.items() if (bare[c] - n) * BARE_TOLERANCE <= n}
    return Glosses(
        places,
        {m[1]: unicodedata.normalize("NFC", m[3]) for m in places if m[1] in always},
        frozenset(set(text) - always),
    )


def _is_gloss(c: str, reading: str, *, tones: bool) -> bool:
    if PLAIN_PATTERN.fullmatch(reading) and not tones:
        return reading in toneless(c)
    return tones and unicodedata.normalize("NFC", reading) in readings(c)


def strip(text: str, findings: Findings) -> list[Edit]:
    """Take the glosses out of a document in which a tool put them."""
    out = []
    for tones in (True, False):
        found = survey(text, tones=tones)
        if _by_tool(
            found, 1 if tones and findings.applied("gbk_out_of_step") else MIN_GLOSSES
        ):
            places = (m for m in found.places if m[1] in found.reading)
            kind = "gloss" if tones else "gloss_toneless"
            out += [
                Edit(m.start(2), m.end(4), "", kind, 0.99 if tones else 0.95)
                for m in places
            ]
    return sorted(out, key=lambda e: e.start)


def _by_tool(found: Glosses, minimum: int) -> bool:
    """Whether a tool glossed: enough of them, nearly all of characters never seen bare, and those
    common ones.
    """
    always = sum(m[1] in found.reading for m in found.places)
    if always < minimum or always < 0.8 * len(found.places):
        return False
    model = language_model.load()
    common = sum(
        model.single.get(model.simplify(c), -99.0) > COMMON_LOG for c in found.reading
    )
    return common >= 0.6 * len(found.reading)
