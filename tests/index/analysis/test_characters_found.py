"""Every kind of character that reports have, found in an index as it is typed, bare and quoted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.analysis.normaliser import fold
from index.analysis.tokenizer import tokenizer
from index.model.report import Report
from index.search.request import SearchRequest
from index.search.searcher import Searcher
from tests.indexes import searcher_over

# (a text, what finds it, what must not)
TABLE: list[tuple[str, list[str], list[str]]] = [
    # marks of items, digits that are raised, fractions
    (
        "主动公开①，依申请②办理",
        ["①", "公开①", "申请②办理"],
        ["公开1", "申请2办理", "1"],
    ),
    ("见附注㉑与❸及㊀", ["附注㉑", "❸", "㊀"], ["附注21", "一"]),
    ("⑴受理 ⑵答复", ["⑴受理", "(2)答复"], []),
    ("受理10³件", ["10³件", "10^3件"], ["103件", "103"]),
    ("收到12²4件", ["12²4件"], ["122", "24件", "1224件"]),
    ("共³55件", ["55件", "³55件"], ["355件"]),
    ("面积350㎡以上，50m²以下", ["350㎡", "350m2", "50m2"], []),
    ("占3½成", ["3½成", "½"], ["31"]),
    ("⒈5月发布", ["5月发布"], ["1.5月"]),
    ("排放CO₂与PM₂.₅", ["CO2", "co₂", "PM2.5"], []),
    # words of other scripts
    ("Café与lǚshī两处", ["Café", "cafe\u0301", "lǚshī", "LǙSHĪ"], ["cafe", "lǚs hī"]),
    ("Straße, Œuvre", ["straße", "œuvre"], []),
    ("ئۇيغۇر تىلى", ["ئۇيغۇر", "ي\u0654ۇيغۇر", "تىلى"], ["ئۇ يغۇر"]),
    ("བོད་རང་སྐྱོང་ལྗོངས།", ["བོད་རང་སྐྱོང་ལྗོངས", "ལྗོངས", "སྐྱོང་ལྗོངས"], ["བད"]),
    ("ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ", ["ᠮᠣᠩᠭᠣᠯ", "ᠬᠡᠯᠡ"], []),
    ("Монгол хэлний", ["монгол", "ХЭЛНИИ\u0306"], ["мон гол"]),
    ("한국어 정보공개", ["한국어", "정보공개", "\u1112\u1161\u11ab국어"], []),
    ("ꆈꌠꁱꂷ", ["ꆈꌠ", "ꁱꂷ"], []),
    # mixed with Latin letters and signs
    ("使用C++和C#编程", ["C++", "c#", "C++和C#"], ["c+++"]),
    ("在A股上市，发T恤", ["A股", "a股上市", "T恤"], ["B股"]),
    ("执行GB/T 33746-2017", ["GB/T 33746-2017"], []),
    ("采用５Ｇ与ＩＰ地址", ["5G", "ip地址"], []),
    # what cannot be seen, composed letters
    ("葛\U000e0100城与邉\ufe00某", ["葛城", "邉某", "葛\U000e0101城"], []),
    ("信\U000e0041\U000e0042\U000e007f息\u200d公\u2060开", ["信息公开"], []),
    ("Vie\u0323\u0302t Nam", ["Việt"], []),
    ("か\u3099く", ["がく"], []),
    # the zero of a year as keyboards give it
    ("二○一八年和二◯一九年", ["二〇一八年", "二○一八年", "二〇一九年"], []),
    # rare characters, and where GB 18030 once had them
    ("姓\ue863与\U000241fe", ["䶮", "\ue863", "姓䶮与\U000241fe", "\ue855"], []),
    ("部件\ue81e\ue826", ["\u9fb4", "\ue826", "部件\u9fb4\u9fb5"], []),
    ("拼音\ue7c7与\ue7c8", ["ḿ", "ǹ"], []),
    ("\U00031350某\U000323af", ["\U00031350", "\U00031350某\U000323af"], []),
    ("\U0002ebf0字\U0002ee5d", ["\U0002ebf0", "字\U0002ee5d"], []),
    ("⺠生⽂化", ["民生", "文化"], []),
    # blanks that only shape a text
    ("共 15 件，第 3 条", ["共15件", "共 15件", "第3条", "15件，第3"], ["1 5件"]),
    ("国办发〔2019〕 5 号", ["〔2019〕5号", "国办发[2019]5号"], []),
    ("① 主动 公开", ["①主动公开", "主动公开"], []),
    ("政 府\n信\u3000息", ["政府信息"], []),
]
# A word of another script or a mixed one, which stays whole.
WORDS = [
    "café",
    "lǚshī",
    "ئۇيغۇر",
    "བོད་རང་སྐྱོང་ལྗོངས",
    "ᠮᠣᠩᠭᠣᠯ",
    "монгол",
    "한국어",
    "œuvre",
    "c++",
    "a股",
    "①",
]


@pytest.fixture(scope="module")
def searcher() -> Iterator[Searcher]:
    reports = [
        Report(id=f"r{number}", source="a", title=None, text=text)
        for number, (text, _, __) in enumerate(TABLE)
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        searcher_over(Path(folder) / "index", reports) as opened,
    ):
        yield opened


def found(searcher: Searcher, query: str, match: str = "auto") -> set[str]:
    request = SearchRequest(q=query, match=match, size=100)
    return {hit.id for hit in searcher.search(request).hits}


@pytest.mark.parametrize("number", range(len(TABLE)), ids=[row[0] for row in TABLE])
def test_what_stands_in_a_report_is_found(searcher: Searcher, number: int) -> None:
    text, finds, misses = TABLE[number]
    own = f"r{number}"
    for query in [*finds, text]:
        assert own in found(searcher, f'"{query}"'), query
    for query in finds:
        assert own in found(searcher, query, "whole"), query
        assert own in found(searcher, query, "words"), query
    for query in misses:
        assert own not in found(searcher, f'"{query}"'), query
        # a blank stands between two runs, which may both be found
        bare = "" if " " in query else found(searcher, query, "whole")
        assert own not in bare, query


@pytest.mark.parametrize("word", WORDS)
def test_a_word_stays_whole(word: str) -> None:
    text = fold(f"关于 {word} 的").form
    assert word in tokenizer().words(text)
    assert word in tokenizer("jieba").words(text)
    spans = {token: (a, b) for token, a, b in tokenizer().search_spans(text)}
    start, end = spans[word]
    assert text[start:end] == word


def test_syllables_of_tibetan_count_too() -> None:
    tokens = list(tokenizer().search_spans("བོད་ལྗོངས"))
    assert tokens == [("བོད", 0, 3), ("ལྗོངས", 4, 9), ("བོད་ལྗོངས", 0, 9)]


def test_a_long_run_of_letters_is_cut_at_once() -> None:
    run = "a" * 200_000 + " é"
    assert tokenizer().words(run)[-1] == "é"
