"""Classes of characters: one table, whoever reads it."""

from __future__ import annotations

import re
import unicodedata

import pytest

from index.analysis.characters import (
    HAN_CLASS,
    HEADING_PATTERN,
    INVISIBLE_CLASS,
    RADICAL_CLASS,
    RADICAL_EQUIVALENTS,
    VARIATION_CLASS,
    class_members,
)
from index.analysis.normaliser import fold
from indexer.repair.characters import find_invisible, find_radicals
from indexer.repair.table import Findings

# What repair and index once read differently, as Unicode's Equivalent_Unified_Ideograph has it.
DISPUTED = dict(
    zip(
        "⺋⺗⺢⺣⺤⺥⺯⺱⺹⺺⺾⺿⻀⻃⻏⻖⻟⻠⻲",
        "㔾心氺灬爫爫糹罓耂肀艹艹艹覀邑阝飠饣亀",
        strict=True,
    )
)


def repaired(text: str) -> str:
    edits = find_radicals(text, Findings())
    return "".join(edit.after for edit in edits) or text


def test_kangxi_radicals_are_their_decomposition() -> None:
    for code in range(0x2F00, 0x2FD6):
        assert RADICAL_EQUIVALENTS[chr(code)] == unicodedata.normalize(
            "NFKC", chr(code)
        )


@pytest.mark.parametrize("radical", "⺟⻳")
def test_the_supplement_agrees_with_its_two_decompositions(radical: str) -> None:
    assert RADICAL_EQUIVALENTS[radical] == unicodedata.normalize("NFKC", radical)


@pytest.mark.parametrize(("radical", "ideograph"), DISPUTED.items())
def test_disputed_radicals_are_what_unicode_says(radical: str, ideograph: str) -> None:
    assert RADICAL_EQUIVALENTS[radical] == ideograph


def test_every_assigned_radical_but_the_repetition_mark_stands_for_an_ideograph() -> (
    None
):
    assigned = {c for c in class_members(RADICAL_CLASS) if unicodedata.name(c, "")}
    assert assigned - RADICAL_EQUIVALENTS.keys() == {"⺀"}
    assert all(
        unicodedata.name(ideograph).startswith("CJK UNIFIED IDEOGRAPH")
        for ideograph in RADICAL_EQUIVALENTS.values()
    )


def test_repair_and_index_agree_on_every_radical() -> None:
    for radical, ideograph in RADICAL_EQUIVALENTS.items():
        assert repaired(radical) == ideograph
        assert fold(radical).form == fold(ideograph).form


@pytest.mark.parametrize(
    "char",
    [
        "\N{SOFT HYPHEN}",
        "\N{COMBINING GRAPHEME JOINER}",
        "\N{ZERO WIDTH SPACE}",
        "\N{RIGHT-TO-LEFT MARK}",
        "\N{LEFT-TO-RIGHT ISOLATE}",
        "\N{POP DIRECTIONAL ISOLATE}",
        "\N{WORD JOINER}",
        "\N{ZERO WIDTH NO-BREAK SPACE}",
        "\N{INTERLINEAR ANNOTATION ANCHOR}",
        "\N{TAG LATIN SMALL LETTER A}",
        "\N{CANCEL TAG}",
    ],
    ids=unicodedata.name,
)
def test_what_cannot_be_seen_is_repaired_and_not_searched(char: str) -> None:
    text = f"政{char}府"
    assert fold(text).form == "政府"
    (edit,) = find_invisible(text, Findings())
    assert (edit.start, edit.end, edit.after) == (1, 2, "")


def test_variation_selectors_are_kept_for_display_only() -> None:
    for selector in class_members(VARIATION_CLASS) + "\U000e0100":
        assert fold(f"葛{selector}城").form == "葛城"
        assert find_invisible(f"葛{selector}城", Findings()) == []


def test_nothing_invisible_is_han() -> None:
    invisible = class_members(INVISIBLE_CLASS)
    assert len(invisible) > 30
    assert re.search(f"[{HAN_CLASS}]", invisible) is None


@pytest.mark.parametrize(
    ("line", "is_heading"),
    [
        ("一、概述", True),
        ("　　（二）主动公开情况", True),
        ("第三章 附则", True),
        ("十二．其他需要报告的事项", True),
        ("一、概述。", False),
        ("1、概述", False),
        ("一、" + "很" * 39, False),
        ("一、" + "很" * 38, True),
        ("一、概", False),
    ],
)
def test_headings(line: str, is_heading: bool) -> None:
    assert (HEADING_PATTERN.fullmatch(line) is not None) is is_heading
