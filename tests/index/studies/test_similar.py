"""Reports like a report, over an index with planted copies, statutory sentences, a renamed body and
a mirror.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from index.model.errors import ReportNotFoundError, RequestError
from index.model.report import Report
from index.search.searcher import Searcher
from index.studies.passages import NO_LETTERS
from index.studies.similar import Similar
from tests.index.studies.test_passages import edited, sentence
from tests.indexes import searcher_over

STATUTORY = (
    "根据《中华人民共和国政府信息公开条例》的规定，编制本年度报告并向社会公布。",
    "公众可以在政府网站下载本报告，如有疑问请与我单位办公室联系。",
)
BODIES, YEARS, SENTENCES = 24, (2017, 2018, 2019), 20
KEPT = 12
# Sentences of a report: how many of them are looked up, spread over the report.
LOOKED_UP = {1: 1, 79: 79, 80: 80, 81: 41, 160: 80, 161: 54}


def body_years(rng: random.Random, number: int) -> list[Report]:
    """Three years of a body, of which each keeps KEPT sentences of the year before with other
    numbers.
    """
    told = [sentence(rng) for _ in range(SENTENCES)]
    out = []
    for year in YEARS:
        text = "\n".join((STATUTORY[0], *told, STATUTORY[1]))
        report = Report(
            id=f"b{number}-{year}",
            source=f"made/{number}/{year}.txt",
            title=f"第{number}局{year}年报告",
            text=text,
            agency=f"第{number}局",
            level="县区级",
            org_type="部门",
            year=year,
            region=["甲省", "乙市", f"第{number}县"],
            published=f"{year + 1}-01-20",
        )
        out.append(report)
        told = [edited(rng, s) for s in told[:KEPT]] + [
            sentence(rng) for _ in range(SENTENCES - KEPT)
        ]
        rng.shuffle(told)
    return out


def made() -> dict[str, Report]:
    rng = random.Random(41)
    reports = {r.id: r for n in range(BODIES) for r in body_years(rng, n)}
    # the third body takes over half of the first one's report for 2018, in its own for 2019
    lines = reports["b0-2018"].text.split("\n")[1:11]
    copier = reports["b3-2019"]
    copier.text = "\n".join(
        [*(edited(rng, s) for s in lines), *copier.text.split("\n")[11:]]
    )
    # the fifth was called otherwise in 2017
    for year in YEARS:
        reports[f"b5-{year}"].line = "文旅"
    reports["b5-2017"].agency = "第五体育局"
    twin = reports["b7-2019"]
    reports["mirror"] = Report(
        "mirror",
        "mirror/x.html",
        twin.text,
        title=twin.title,
        year=2019,
        agency="某网站",
    )
    reports["again"] = Report(
        *("again", "elsewhere/y.html", twin.text.replace("编制", "編制")),
        title=twin.title,
        year=2019,
        agency=twin.agency,
        published="2020-03-01",
    )
    reports["empty"] = Report(
        "empty", "made/empty.txt", "无", agency="第0局", year=2016
    )
    reports["unknown"] = Report(
        "unknown", "made/unknown.txt", sentence(rng) + sentence(rng)
    )
    return reports


REPORTS = made()


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    folder = tmp_path_factory.mktemp("index")
    with searcher_over(folder, REPORTS.values()) as opened:
        yield opened


def test_the_body_that_was_copied_comes_first(searcher: Searcher) -> None:
    answer = searcher.similar("b3-2019")
    best, *others = answer.neighbours
    assert best.card.id == "b0-2018"
    assert 0.35 < best.share < 0.65
    assert best.passages >= 1
    assert {c.agency for c in best.also} == {"第0局"}
    assert all(o.share < best.share for o in others)
    assert answer.copies == ()


def test_the_copied_sentences_and_no_others_are_shown(searcher: Searcher) -> None:
    answer = searcher.passages("b3-2019", "b0-2018")
    text, origin = REPORTS["b3-2019"].text, REPORTS["b0-2018"].text
    plain = [p for p in answer.passages if not p.boilerplate]
    shown = "\n".join(text[slice(*p.own)] for p in plain).split("\n")
    assert shown == text.split("\n")[:10]
    assert (
        "\n".join(origin[slice(*p.other)] for p in plain).split("\n")
        == origin.split("\n")[1:11]
    )


def test_statutory_sentences_are_boilerplate(searcher: Searcher) -> None:
    answer = searcher.passages("b2-2018", "b9-2018")
    assert [
        REPORTS["b2-2018"].text[slice(*p.own)] for p in answer.passages if p.boilerplate
    ] == list(STATUTORY)
    assert all((p.bodies or 0) >= BODIES - 1 for p in answer.passages)
    assert answer.share == 0.0
    assert searcher.similar("b2-2018").boilerplate == len(STATUTORY)


def test_own_years_are_told_apart_from_other_bodies(searcher: Searcher) -> None:
    answer = searcher.similar("b2-2018")
    assert [n.card.id for n in answer.own_years] == ["b2-2017", "b2-2019"]
    assert not {n.card.agency for n in answer.neighbours} & {"第2局"}


def test_shares_agree_with_the_side_by_side(searcher: Searcher) -> None:
    answer: Similar = searcher.similar("b3-2019")
    for neighbour in (*answer.own_years, *answer.neighbours):
        both = searcher.passages("b3-2019", neighbour.card.id)
        assert neighbour.share == both.share
        assert neighbour.passages == sum(not p.boilerplate for p in both.passages)
        assert neighbour.letters == sum(
            p.letters for p in both.passages if not p.boilerplate
        )


@pytest.mark.parametrize("report_id", ["b7-2019", "again", "mirror"])
def test_copies_fold_to_one_report(searcher: Searcher, report_id: str) -> None:
    others = {"b7-2019", "again", "mirror"} - {report_id}
    found = searcher.copies(report_id)
    assert {c.card.id for c in found.copies} == others
    assert {c.card.id for c in searcher.similar(report_id).copies} == others
    assert {c.card.id: c.same_body for c in found.copies}.get("mirror", False) is False
    assert not others & {n.card.id for n in searcher.similar(report_id).own_years}


@pytest.mark.parametrize("report_id", ["b2-2018", "b3-2019", "empty", "unknown"])
def test_years_and_neighbours_are_no_copies(searcher: Searcher, report_id: str) -> None:
    assert searcher.copies(report_id).copies == ()


def test_novelty_is_the_known_share(searcher: Searcher) -> None:
    answer = searcher.novelty("b2-2018")
    assert answer.previous is not None
    assert answer.following is not None
    assert (answer.previous.card.id, answer.following.card.id) == ("b2-2017", "b2-2019")
    lines = REPORTS["b2-2018"].text.split("\n")[1:-1]
    before = REPORTS["b2-2017"].text
    letters = [len(NO_LETTERS.sub("", s)) for s in lines]
    shown = [
        REPORTS["b2-2018"].text[slice(*p.own)]
        for p in answer.previous.shared.passages
        if not p.boilerplate
    ]
    kept = {s for piece in shown for s in piece.split("\n")}
    assert len(kept) == KEPT
    assert answer.copied == pytest.approx(
        sum(n for s, n in zip(lines, letters, strict=True) if s in kept) / sum(letters),
        abs=1e-3,
    )
    assert answer.novel == pytest.approx(1 - (answer.copied or 0))
    assert not kept <= set(before.split("\n"))


def test_the_first_year_has_nothing_before_it(searcher: Searcher) -> None:
    first = searcher.novelty("b2-2017")
    assert (first.previous, first.copied, first.novel) == (None, None, None)
    assert searcher.novelty("unknown").following is None


def test_a_renamed_body_is_held_against_its_old_name(searcher: Searcher) -> None:
    answer = searcher.novelty("b5-2018")
    assert answer.previous is not None
    assert answer.previous.card.agency == "第五体育局"
    assert (answer.copied or 0) > 0.4


@pytest.mark.parametrize(
    "report_id", [*sorted(REPORTS)[::5], "empty", "unknown", "mirror"]
)
def test_every_report_answers_the_same_twice(
    searcher: Searcher, report_id: str
) -> None:
    first = searcher.similar(report_id, size=3)
    assert first == searcher.similar(report_id, size=3)
    assert first.to_json()["report"]["id"] == report_id
    ids = [c.card.id for c in first.copies] + [
        n.card.id for n in (*first.own_years, *first.neighbours)
    ]
    ids += [card.id for n in first.neighbours for card in n.also]
    assert report_id not in ids
    assert len(ids) == len(set(ids))
    assert all(0 < n.share <= 1 for n in first.neighbours)
    bodies = [n.card.agency for n in first.neighbours if n.card.agency]
    assert len(bodies) == len(set(bodies))


def test_what_cannot_be_asked(searcher: Searcher) -> None:
    with pytest.raises(ReportNotFoundError):
        searcher.similar("nobody")
    with pytest.raises(ReportNotFoundError):
        searcher.passages("b2-2018", "nobody")
    with pytest.raises(RequestError, match="itself"):
        searcher.passages("b2-2018", "b2-2018")
    with pytest.raises(RequestError, match="between 1 and 50"):
        searcher.similar("b2-2018", size=0)


@pytest.fixture(scope="module")
def common_sentences(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """Reports of so many sentences (their ids), all of which twelve bodies say."""
    rng = random.Random(43)
    told = [sentence(rng) for _ in range(max(LOOKED_UP))]
    reports = [
        Report(f"body-{n}", f"made/{n}.txt", "\n".join(told), agency=f"第{n}局")
        for n in range(12)
    ]
    reports += [
        Report(str(count), f"asked/{count}.txt", "\n".join(told[:count]))
        for count in LOOKED_UP
    ]
    folder = tmp_path_factory.mktemp("common")
    with searcher_over(folder, reports) as opened:
        yield opened


@pytest.mark.parametrize("count", LOOKED_UP)
def test_80_sentences_are_looked_up_at_most(
    common_sentences: Searcher, count: int
) -> None:
    answer = common_sentences.similar(str(count))
    assert answer.sentences == count
    # those that are not looked up are taken for plain
    assert answer.boilerplate == LOOKED_UP[count]
