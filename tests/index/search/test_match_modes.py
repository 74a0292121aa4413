"""A run typed bare: as it stands, as words, or most of them; an answer is of one reading."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from index.documents.builder import analyse
from index.engines.opening import open_engine, open_writer
from index.engines.seam import EngineQuery, Matches
from index.engines.whoosh.reading.engine import WhooshEngine
from index.model.problems import Code
from index.model.report import Report
from index.model.settings import Settings
from index.search.marks import MAX_MARKS
from index.search.request import SearchRequest
from index.search.response import SearchResponse
from index.search.searcher import Searcher

PIECES = (
    "信息",
    "公开",
    "信息公开",
    "收费",
    "行政复议",
    "的",
    "和",
    "办理",
    "，",
    "。",
)
LONG = "many"
TIMES = MAX_MARKS + 2_000


def made() -> dict[str, str]:
    """Texts by id: random pieces, one of 的 alone, one with a string thousands of times."""
    rng = random.Random(3)
    texts = {f"r{i}": "".join(rng.choices(PIECES, k=12)) for i in range(120)}
    texts["only"] = "的的的。" * 9
    texts[LONG] = "审批事项，" * TIMES
    return texts


TEXTS = made()


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    settings = Settings(index=Path(tmp_path_factory.mktemp("readings")))
    writer = open_writer(settings)
    for name, text in TEXTS.items():
        year = 2018 + len(name) % 2
        report = Report(id=name, source=name, title=name, text=text, year=year)
        writer.put(analyse(report, "digest"))
    writer.commit()
    engine = open_engine(settings)
    yield Searcher(engine)
    engine.close()


def asked(
    searcher: Searcher, q: str, match: str = "auto", **more: int
) -> SearchResponse:
    return searcher.search(SearchRequest(q=q, match=match, size=100, **more))  # type: ignore[arg-type]


def marked(answer: SearchResponse) -> set[str]:
    """The marked texts of all snippets."""
    found: set[str] = set()
    for hit in answer.hits:
        for snippet in hit.snippets:
            found |= {snippet.text[start:end] for start, end in snippet.marks}
    return found


def holding(*words: str) -> set[str]:
    return {name for name, text in TEXTS.items() if all(word in text for word in words)}


@pytest.mark.parametrize(
    "run", ["信息公开", "公开收费", "收费的", "办理行政复议", "的"]
)
def test_a_run_that_stands_is_counted_as_it_stands(
    searcher: Searcher, run: str
) -> None:
    answer = asked(searcher, run)
    assert answer.query.matched == "whole"
    assert {hit.id for hit in answer.hits} == holding(run)
    assert answer.occurrences == sum(text.count(run) for text in TEXTS.values())
    assert answer.query.words == (run,)
    assert marked(answer) == {run}


def test_a_run_that_stands_nowhere_is_read_as_words(searcher: Searcher) -> None:
    answer = asked(searcher, "收费的行政复议的办理")
    words = ("收费", "行政复议", "办理")
    assert answer.query.matched == "words"
    assert answer.query.words == words
    assert {hit.id for hit in answer.hits} == holding(*words)
    counted = [TEXTS[name].count(word) for name in holding(*words) for word in words]
    assert answer.occurrences == sum(counted)
    assert marked(answer) == set(words)
    assert "各词" in answer.query.explained
    assert "“的”" not in answer.query.explained


def test_what_is_chosen_is_what_is_answered(searcher: Searcher) -> None:
    totals = {
        m: asked(searcher, "信息收费", m).total for m in ("whole", "words", "any")
    }
    assert totals["whole"] == len(holding("信息收费"))
    assert totals["words"] == len(holding("信息", "收费"))
    assert totals["any"] == len(holding("信息") | holding("收费"))
    assert asked(searcher, "信息收费", "all").total == totals["words"]
    assert asked(searcher, "信息收费", "whole").query.matched == "whole"


def test_the_next_looser_reading_is_told_with_its_address(searcher: Searcher) -> None:
    answer = asked(searcher, "信息收费")
    wider = answer.query.wider
    assert answer.query.matched == "whole"
    assert wider is not None
    assert wider.match == "words"
    assert wider.total > answer.total
    values = dict(parse_qsl(urlsplit(wider.url).query))
    assert asked(searcher, values["q"], values["match"]).total == wider.total
    assert asked(searcher, "收费").query.wider is None


def test_filters_decide_the_reading(searcher: Searcher) -> None:
    # only the report of the year 2018 has this run whole
    assert asked(searcher, "审批事项").query.matched == "whole"
    year = 2019 if len(LONG) % 2 == 0 else 2018
    narrowed = asked(searcher, "审批事项", year_from=year, year_to=year)
    assert narrowed.total == 0


def test_numbers_and_exports_are_of_the_same_reading(searcher: Searcher) -> None:
    request = SearchRequest(q="收费的行政复议的办理", facets=("year",))
    answer = searcher.search(request)
    exported = {report.id for report in searcher.export(request)}
    assert exported == holding("收费", "行政复议", "办理")
    counted = sum(value.count for value in answer.facets["year"].values)
    assert counted == answer.total
    assert searcher.facet(request, "year", "", 5).values[0].count <= answer.total


def test_a_quoted_string_stays_required(searcher: Searcher) -> None:
    answer = asked(searcher, '"行政复议" 无人知晓之事')
    assert {hit.id for hit in answer.hits} == holding("行政复议")
    assert [note.code for note in answer.query.note_codes] == [
        Code.ANSWER_NO_WORD_BESIDE
    ]
    both = asked(searcher, '"行政复议" 收费 无人知晓')
    assert {hit.id for hit in both.hits} == holding("行政复议", "收费")


@pytest.mark.parametrize("firm", ["行政?议", "(行政复议 OR 收费)", "text:行政复议"])
def test_what_is_not_quoted_is_not_called_so(searcher: Searcher, firm: str) -> None:
    answer = asked(searcher, f"{firm} 无人知晓之事")
    (note,) = answer.query.note_codes
    assert note.code is Code.ANSWER_NO_WORD_BESIDE
    assert "quot" not in note.message()
    assert "引号" not in note.message("zh-Hans")
    assert "无人知晓" not in answer.query.explained


def test_what_is_excluded_is_read_as_it_stands(searcher: Searcher) -> None:
    answer = asked(searcher, "公开收费 -信息收费")
    wanted = holding("公开收费") - holding("信息收费")
    assert {hit.id for hit in answer.hits} == wanted


def test_function_words_alone_are_asked_for(searcher: Searcher) -> None:
    answer = asked(searcher, "的 和", "words")
    assert {hit.id for hit in answer.hits} == holding("的", "和")
    beside = asked(searcher, "收费 的", "words")
    assert beside.occurrences == sum(text.count("收费") for text in TEXTS.values())


def test_places_of_a_report_are_counted_past_the_marks(searcher: Searcher) -> None:
    found = searcher.marked(LONG, "审批事项")
    assert found.occurrences == TIMES
    assert len(found.text_marks) == MAX_MARKS
    assert asked(searcher, "审批事项").hits[0].occurrences == TIMES


def test_a_report_is_marked_in_the_reading_that_it_answers(searcher: Searcher) -> None:
    name = min(holding("信息", "收费") - holding("信息收费"))
    found = searcher.marked(name, "信息收费")
    assert (found.matched, found.words) == ("words", ("信息", "收费"))
    assert not searcher.marked(name, "信息收费", match="whole").occurrences
    some = min(holding("信息") - holding("收费"))
    loosely = searcher.marked(some, "信息收费", match="any")
    assert loosely.matched == "any"
    assert loosely.occurrences == TEXTS[some].count("信息")


def test_snippets_show_the_longest_places_first(searcher: Searcher) -> None:
    text = "信息，" * 900 + "信息公开收费" + "，收费" * 900
    report = Report(id="late", source="late", title="late", text=text)
    writer = open_writer(Settings(index=searcher.engine.store.folder))  # type: ignore[attr-defined]
    writer.put(analyse(report, "digest"))
    writer.commit()
    searcher.refresh()
    answer = asked(searcher, "信息公开 收费", "words")
    hit = next(hit for hit in answer.hits if hit.id == "late")
    assert any("信息公开收费" in snippet.text for snippet in hit.snippets)


@pytest.mark.parametrize("together", [1, 2, 3, 8])
@pytest.mark.parametrize(
    "q", ["信息 收费 医保 公开 低保", "收费 行政复议 医保", "医保 低保", "信公开息费"]
)
def test_however_many_are_asked_at_once_the_reading_is_one(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch, together: int, q: str
) -> None:
    alone = asked(searcher, q)
    rounds = []

    def counted(self: WhooshEngine, queries: Sequence[EngineQuery]) -> list[Matches]:
        rounds.append(len(queries))
        return [self.search(query) for query in queries]

    monkeypatch.setattr(WhooshEngine, "questions_at_once", together)
    monkeypatch.setattr(WhooshEngine, "search_many", counted)
    answer = Searcher(searcher.engine).search(SearchRequest(q=q, size=100))
    assert (answer.query.matched, answer.total) == (alone.query.matched, alone.total)
    assert [hit.id for hit in answer.hits] == [hit.id for hit in alone.hits]
    assert answer.query.suggestions == alone.query.suggestions
    assert max(rounds) <= together
    if together == 8:
        assert len(rounds) <= 2, "one for the words, one for the corrections"
