"""The pieces of a sentence by which others like it are found."""

from __future__ import annotations

import pytest

from index.analysis.normaliser import fold
from index.studies.passages import Prose, Sentence
from index.studies.similar import LEAST_PROBE_LENGTH, PROBE_LENGTH, probes

LETTERS = "".join(chr(0x4E00 + n) for n in range(200))


def pieces(text: str, before: str = "") -> tuple[str, ...]:
    """The probes of a sentence that stands behind other text."""
    folded = fold(before + text)
    return probes(Prose(folded, ()), Sentence(len(before), len(folded.form), text))


def cut(start: int, length: int = PROBE_LENGTH) -> str:
    return LETTERS[start : start + length]


@pytest.mark.parametrize("before", ["", "甲乙丙。"])
@pytest.mark.parametrize(
    ("length", "starts"),
    [
        (7, []),
        (8, [0]),
        (12, [0]),
        (19, [0]),
        (24, [0, 12]),
        (36, [0, 12, 24]),
        (48, [0, 24, 36]),
        (60, [0, 24, 48]),
        (72, [0, 36, 60]),
    ],
)
def test_the_beginning_the_middle_and_the_end(
    before: str, length: int, starts: list[int]
) -> None:
    text = fold(LETTERS[:length]).form
    assert len(text) == length
    assert pieces(text, before) == tuple(text[at : at + PROBE_LENGTH] for at in starts)


def test_a_piece_has_no_digits_and_is_long_enough() -> None:
    text = "我局主动公开政府信息12条办理申请3件0"
    assert pieces(text) == ("我局主动公开政府信息",)
    assert all(len(p) >= LEAST_PROBE_LENGTH for p in pieces(text))


def test_a_piece_that_comes_again_is_looked_up_once() -> None:
    assert pieces("我局主动公开政府信息共1我局主动公开政府信息共") == (
        "我局主动公开政府信息共",
    )
