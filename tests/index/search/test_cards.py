"""What stands only in an index card is found, marked and said to stand there; it changes no count
of titles and texts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.model.problems import Code
from index.model.report import Report
from index.search.request import SearchRequest
from index.search.response import SearchResponse
from index.search.searcher import Searcher
from tests.indexes import searcher_over

OWN = "某水发〔2021〕3号"
REPORTS = (
    Report(
        "carded",
        "a.txt",
        "我局主动公开政府信息31条。",
        title="水务局2020年年报",
        card={"索引号": "00612/2021-00077", "文号": OWN, "公开方式": "主动公开"},
    ),
    Report("citing", "b.txt", "依照某教发〔2021〕8号公开，主动公开5条。", card={}),
    Report("other", "c.txt", "收费零元。", card={"文号": "某教发〔2021〕8号"}),
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("cards")
    with searcher_over(folder, REPORTS) as opened:
        yield opened


def codes(answer: SearchResponse) -> list[Code]:
    return [note.code for note in answer.query.note_codes]


def marked(answer: SearchResponse) -> list[str]:
    """What is marked in the cards of the hits."""
    cards = [hit.card for hit in answer.hits if hit.card]
    return [card.text[start:end] for card in cards for start, end in card.marks]


@pytest.mark.parametrize("q", [f'"{OWN}"', OWN, "某水發[2021]3號", "00612/2021-00077"])
def test_what_only_a_card_has_is_found_and_marked_there(
    searcher: Searcher, q: str
) -> None:
    answer = searcher.search(SearchRequest(q=q))
    assert [hit.id for hit in answer.hits] == ["carded"]
    assert (answer.total, answer.occurrences, answer.query.matched) == (1, 1, "whole")
    assert len(marked(answer)) == 1
    assert Code.ANSWER_IN_CARD in codes(answer)


def test_cards_change_no_count_of_texts(searcher: Searcher) -> None:
    for q, total in (("主动公开", 2), ("某教发〔2021〕8号", 1), ('"公开方式"', 1)):
        answer = searcher.search(SearchRequest(q=q))
        assert (answer.total, answer.occurrences) == (total, total)
        assert (Code.ANSWER_IN_CARD in codes(answer)) == (q == '"公开方式"')
    assert searcher.search(SearchRequest(q="-公开方式 收费")).total == 1


def test_one_string_in_the_text_and_one_in_the_card(searcher: Searcher) -> None:
    answer = searcher.search(SearchRequest(q=f'31条 "{OWN}"'))
    assert [hit.id for hit in answer.hits] == ["carded"]
    assert (answer.occurrences, marked(answer)) == (2, [OWN])
    assert answer.hits[0].snippets[0].marks


def test_a_card_is_asked_for_by_name(searcher: Searcher) -> None:
    answer = searcher.search(SearchRequest(q='card:"某教发〔2021〕8号"'))
    assert [hit.id for hit in answer.hits] == ["other"]
    assert (answer.occurrences, codes(answer)) == (1, [])
    assert searcher.search(SearchRequest(q="card:主动公开")).total == 1
    assert searcher.search(SearchRequest(q="信息卡:某*发")).total == 2
    assert searcher.search(SearchRequest(q='text:"某教发"')).total == 1


def test_looser_readings_ask_no_card(searcher: Searcher) -> None:
    for match in ("words", "any"):
        answer = searcher.search(SearchRequest(q='"00612/2021"', match=match))
        assert answer.total == 0


def test_what_stands_nowhere_is_not_found(searcher: Searcher) -> None:
    answer = searcher.search(SearchRequest(q='"某水发〔2021〕4号"'))
    assert (answer.total, codes(answer)) == (0, [])


def test_a_report_is_opened_at_its_card(searcher: Searcher) -> None:
    found = searcher.marked("carded", f'"{OWN}"')
    ((start, end),) = found.card_marks
    assert found.report.card_text[start:end] == OWN
    assert (found.occurrences, found.matched) == (1, "whole")
    assert searcher.marked("carded", "主动公开").card_marks == ()


def test_exports_and_sums_are_of_the_same_reports(searcher: Searcher) -> None:
    request = SearchRequest(q=f'"{OWN}"', size=1)
    assert [r.id for r in searcher.export(request)] == ["carded"]
