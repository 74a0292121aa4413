"""Which lines outside the body of a page read like sentences of a report."""

from __future__ import annotations

import pytest

from indexer.formats.strays import MIN_SENTENCE, is_reportlike


@pytest.mark.parametrize(
    ("ideographs", "others", "reportlike"),
    [
        (6, 7, False),
        (7, 6, False),  # exactly half of 14 characters
        (7, 7, False),
        (8, 6, True),
        (8, 7, False),  # exactly half of 16
        (9, 7, True),
        (20, 19, False),
        (20, 18, True),
    ],
)
def test_more_than_half_of_a_sentence_is_ideographs(
    ideographs: int, others: int, reportlike: bool
) -> None:
    text = "文" * ideographs + "a" * others + "。"
    assert is_reportlike(text) is reportlike


@pytest.mark.parametrize(
    ("length", "reportlike"), [(13, False), (14, True), (15, True), (60, True)]
)
def test_a_sentence_has_at_least_14_characters(length: int, reportlike: bool) -> None:
    assert MIN_SENTENCE == 14
    assert is_reportlike("文" * (length - 1) + "。") is reportlike


@pytest.mark.parametrize(
    "text",
    [
        "全年主动公开政府信息一百二十条",  # no full stop
        "打开微信，使用扫一扫即可分享至朋友圈。",
        "您访问的链接即将离开本网站，请确认。",
        "本网站的内容未经许可不得转载，违者必究。",
        "发布时间:2019-03-14 来源:某县教育局办公室。",
    ],
)
def test_what_a_site_says_of_itself_is_not_reportlike(text: str) -> None:
    assert not is_reportlike(text)


def test_a_sentence_of_a_report_is_reportlike() -> None:
    assert is_reportlike("全年主动公开政府信息120条，同比增长8%。")
