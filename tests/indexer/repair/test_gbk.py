"""The forward model held against the simulator, which was written apart from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.repair import gbk
from tests.indexer.repair.damage import damage_line

GLOSSED = {"區": "qū", "務": "wù", "實": "shí", "動": "dòng", "現": "xiàn", "勵": "lì"}


@given(st.text("區務實動現勵聞類公開，。、！：（）《》“”　0aA一六省小校", max_size=30))
def test_both_models_say_the_same(text: str) -> None:
    assert gbk.damage(text, GLOSSED) == damage_line(text, GLOSSED, indent=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("完成。現將", "完成?,F將"),
        ("　　（一）組織", "?。ㄒ唬┙M織"),
        ("新聞類、", "新聞?lì)?、"),
        ("（六）", "（六）".translate(str.maketrans("（）", "()"))),
    ],
)
def test_what_the_tool_shows(text: str, shown: str) -> None:
    assert gbk.damage(text, {"勵": "lì"}) == shown


def test_private_use_characters_have_bytes() -> None:
    assert gbk.encode("\ue000") == b"\xaa\xa1"
    assert gbk.encode("\ue234") == b"\xf8\xa1"
    assert gbk.encode("\ue4c6") == b"\xa1\x40"
    assert gbk.encode("\ue505") == b"\xa1\x80"
