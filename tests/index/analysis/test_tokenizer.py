"""Words: the field's own, and the same from both segmenters."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.normaliser import fold
from index.analysis.tokenizer import domain_words, is_word, tokenizer
from tests.conftest import CORPUS


def test_words_of_the_field_stay_whole() -> None:
    assert tokenizer().words("依申请公开的规范性文件") == [
        "依申请公开",
        "的",
        "规范性文件",
    ]
    assert "申请" in tokenizer().search_tokens("依申请公开")


def test_the_list_is_in_index_form_and_without_doubles() -> None:
    words = [w for w, _, _ in domain_words()]
    assert len(words) == len(set(words))
    assert all(fold(w).form == w for w in words)


def test_signs_are_no_words() -> None:
    assert tokenizer().words("、。 -- （）") == []


@given(st.text(st.sampled_from("政府信息公开和，。a1 \n-_№①𠮷"), max_size=60))
def test_counted_are_the_search_tokens(form: str) -> None:
    assert tokenizer().counts(form) == Counter(tokenizer().search_tokens(form))


@pytest.mark.skipif(
    not find_spec("rjieba"), reason="rjieba has no wheel here; jieba cuts alone"
)
class TestBothSegmenters:
    def test_corpus(self) -> None:
        for path in sorted(CORPUS.glob("*.txt"))[:8]:
            form = "".join(
                c
                for c in fold(path.read_text("utf-8", "ignore")).form
                if not (c.isascii() and c.isalnum())
            )
            assert tokenizer("rjieba").search_tokens(form) == tokenizer(
                "jieba"
            ).search_tokens(form)

    @given(
        st.text(
            st.sampled_from("政府信息公开依申请规范性文件年度报告的和，。行复议诉讼"),
            max_size=60,
        )
    )
    def test_any_chinese(self, form: str) -> None:
        assert tokenizer("rjieba").words(form) == tokenizer("jieba").words(form)


def test_the_newest_han_characters_are_words() -> None:
    """A Python that is older than the character must not take it for a sign."""
    assert is_word("\U00032230")
    assert is_word("\U0002ebf7")
    assert not is_word("😀")
