"""The analyzer that stock Whoosh uses on an index of ours."""

from __future__ import annotations

import pickle

import pytest
from whoosh.qparser import QueryParser
from whoosh.query import And, Not, Or, Prefix, Term, Wildcard

from index.analysis.normaliser import fold
from index.analysis.tokenizer import tokenizer
from index.analysis.whoosh_fields import PathAnalyzer, WordAnalyzer, Words
from index.engines.whoosh.files.schema import report_schema
from tests.conftest import CORPUS

TEXTS = (
    "依申请公开",
    "主動公開政府資訊２０条",
    "政 府\n信息公开目录㈠Ａ-1312/B",
    "𠮷野家公開公開公開",
    "",
    "，。！",
    "www.gd.gov.cn和中华人民共和国政府信息公开条例",
)


def read(text: str, mode: str = "index") -> list[tuple[str, int, int, int]]:
    tokens = WordAnalyzer()(text, positions=True, chars=True, mode=mode)
    # one Token object is changed for every word
    return [(t.text, t.pos, t.startchar, t.endchar) for t in tokens]


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_those_that_are_indexed(text: str) -> None:
    form = fold(text).form
    told = read(text)
    assert [word for word, *_ in told] == tokenizer().search_tokens(form)
    assert [position for _, position, *_ in told] == list(range(len(told)))
    for word, _, start, end in told:
        # ㈠ is (一): its three signs came from one character
        assert fold(text[start:end]).form in (word, f"({word})")


def test_a_whole_sample_report_is_cut_alike() -> None:
    (path, *_) = sorted(CORPUS.rglob("*.txt"))
    text = path.read_bytes().decode("utf-8", "replace")
    told = read(text)
    assert len(told) > 100
    counts: dict[str, int] = {}
    for word, *_ in told:
        counts[word] = counts.get(word, 0) + 1
    assert counts == tokenizer().counts(fold(text).form)


def test_a_taiwan_worded_document_is_read_in_mainland_wording() -> None:
    text = "規範性檔案、行動裝置、簡訊、程式、套用與資訊，公開"
    told = {word: text[start:end] for word, _, start, end in read(text)}
    assert told["规范性文件"] == "規範性檔案"
    assert told["信息"] == "資訊"
    assert told["公开"] == "公開"
    asked = [word for word, *_ in read(text, "query")]
    assert "资讯" in asked, "a question is read as it is typed"


def test_a_path_is_found_under_its_prefixes_and_asked_whole() -> None:
    def texts(mode: str) -> list[str]:
        return [token.text for token in PathAnalyzer()("甲/乙/丙", mode=mode)]

    assert texts("index") == ["甲", "甲/乙", "甲/乙/丙"]
    assert texts("query") == ["甲/乙/丙"]


def test_it_pickles_small_and_equal() -> None:
    analyzer = WordAnalyzer()
    assert pickle.loads(pickle.dumps(analyzer, 2)) == analyzer
    assert len(pickle.dumps(analyzer, 2)) < 100
    assert len(pickle.dumps(report_schema(), 2)) < 20_000


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("收费", Term("text", "收费")),
        ("收費", Term("text", "收费")),
        ("-收费", Not(Term("text", "收费"))),
        ("公**", Prefix("text", "公")),
        ("行*議", Wildcard("text", "行*议")),
        ("Ａ1?", Wildcard("text", "a1?")),
        ("-复?議", Not(Wildcard("text", "复?议"))),
        ("title:机**", Prefix("title", "机")),
        ("公开 -收费", And([Term("text", "公开"), Not(Term("text", "收费"))])),
        ("公開收費", And([Term("text", "公开"), Term("text", "收费")])),
        (
            "資訊公開",
            Or(
                [
                    And([Term("text", "资讯"), Term("text", "公开")]),
                    And([Term("text", "信息"), Term("text", "公开")]),
                ]
            ),
        ),
    ],
)
def test_questions(typed: str, query: object) -> None:
    assert QueryParser("text", report_schema()).parse(typed) == query


def test_words_may_have_positions() -> None:
    assert Words(positions=True).supports("positions")
    assert not Words().supports("positions")
