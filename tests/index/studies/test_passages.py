"""Shared passages: pairs of texts with a known shared part, edits put in; generated consecutive
years; spans.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from index.analysis.normaliser import fold
from index.studies import passages as passages_module
from index.studies.passages import (
    NO_LETTERS,
    Commonness,
    Passages,
    Prose,
    ReportSummary,
    aligned,
    compared,
    prose,
)
from indexer.sample import Sample, generate
from indexer.sample.grammar import Voice

A, B = (
    ReportSummary(name, None, "甲局", year, None)
    for name, year in (("a", 2020), ("b", 2021))
)


def read(text: str) -> Prose:
    return prose(text, fold(text))


def side_by_side(a: str, b: str, common: Commonness | None = None) -> Passages:
    return compared((A, B), read(a), read(b), common)


# ---------------------------------------------------------------------- texts of our own, with a
# known shared part
WORDS = [
    *(
        "编制目录",
        "更新指南",
        "召开例会",
        "公开预算",
        "回应关切",
        "审查公文",
        "培训人员",
        "设置专栏",
        "发布公报",
    ),
    *(
        "清理文件",
        "修订制度",
        "开展评议",
        "答复申请",
        "征求意见",
        "解读政策",
        "维护网站",
        "核对数据",
        "归集档案",
    ),
    *(
        "公示结果",
        "受理举报",
        "通报进展",
        "走访企业",
        "张贴告示",
        "整理台账",
        "落实经费",
        "明确分工",
    ),
]


def sentence(rng: random.Random) -> str:
    """Words in an order that no other sentence has, with numbers."""
    words = rng.sample(WORDS, rng.randrange(5, 10))
    return (
        "，".join(
            f"{w}{rng.randrange(900)}次" if rng.random() < 0.3 else w for w in words
        )
        + "。"
    )


def edited(rng: random.Random, text: str) -> str:
    """Other numbers, and sometimes one word replaced, left out or put in."""
    words = [
        "".join(str(rng.randrange(10)) if c.isdigit() else c for c in w)
        for w in text[:-1].split("，")
    ]
    at, kind = rng.randrange(len(words)), rng.randrange(4)
    if kind == 0:
        words[at] = "稳妥推进"
    elif kind == 1:
        words.insert(at, "扎实做好")
    elif kind == 2 and len(words) > 5:
        del words[at]
    return "，".join(words) + "。"


def years(
    rng: random.Random, count: int = 40, kept: float = 0.5
) -> tuple[list[str], list[str], set[int]]:
    """The paragraphs of two years, and which of the later ones are those of the year before,
    edited.
    """
    before = [sentence(rng) for _ in range(count)]
    chosen = sorted(rng.sample(range(count), int(count * kept)))
    after = [edited(rng, before[n]) for n in chosen]
    if rng.random() < 0.5:  # a chapter is moved to the front
        middle = len(after) // 2
        after = after[middle:] + after[:middle]
    shared = set(range(len(after)))
    for _ in range(count - len(after)):
        at = rng.randrange(len(after) + 1)
        after.insert(at, sentence(rng))
        shared = {n + (n >= at) for n in shared}
    return before, after, shared


def found(text: str, paragraphs: Sequence[str], passages: Passages) -> set[int]:
    """Which paragraphs lie, at least half of each, inside passages."""
    inside = set()
    at = 0
    for n, paragraph in enumerate(paragraphs):
        at = text.index(paragraph, at)
        end = at + len(paragraph)
        covered = sum(
            max(0, min(end, p.own[1]) - max(at, p.own[0])) for p in passages.passages
        )
        if 2 * covered > len(paragraph):
            inside.add(n)
    return inside


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.7, 1.0])
def test_shared_paragraphs_are_found_whatever_was_edited(kept: float) -> None:
    rng = random.Random(f"shared {kept}")
    right = missed = wrong = 0
    for _ in range(12):
        before, after, shared = years(rng, kept=kept)
        here = "\n".join(after)
        got = found(here, after, side_by_side(here, "\n".join(before)))
        right, missed, wrong = (
            right + len(got & shared),
            missed + len(shared - got),
            wrong + len(got - shared),
        )
    assert missed <= 0.05 * (right + missed)
    assert wrong <= 0.05 * right


@pytest.mark.parametrize("kept", [0.2, 0.6])
def test_the_share_is_the_known_one(kept: float) -> None:
    before, after, shared = years(random.Random(5), count=60, kept=kept)
    answer = side_by_side("\n".join(after), "\n".join(before))
    letters = [len(NO_LETTERS.sub("", p)) for p in after]
    assert answer.share == pytest.approx(
        sum(letters[n] for n in shared) / sum(letters), abs=0.04
    )


# ---------------------------------------------------------------------- generated years
Told = list[tuple[str, bool, str, bool]]


def told(
    monkeypatch: pytest.MonkeyPatch, count: int, seed: int
) -> list[tuple[Sample, Told]]:
    """Generated reports, each with its sentences: (chapter and place, form, sentence, whether it
    stays).
    """
    current: Told = []
    whole: Callable[..., list[str]] = Voice.chapter

    def chapter(
        self: Voice,
        name: str,
        count: int,
        year: int,
        step: int,
        floats: Sequence[float],
    ) -> list[str]:
        out = whole(self, name, count, year, step, floats)
        known = len(self.order[year >= 2019][name])
        current.extend(
            (f"{name}{at}", year >= 2019, s, at % 5 < 3 and at < known)
            for at, s in enumerate(out)
        )
        return out

    monkeypatch.setattr(Voice, "chapter", chapter)
    reports = []
    for sample in generate(count, seed):
        reports.append((sample, current.copy()))
        current.clear()
    return reports


def letters_of(text: str) -> str:
    return NO_LETTERS.sub("", fold(text).form)


def test_recall_and_precision_over_generated_years(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    right = missed = wrong = 0
    for (before, was), (after, now) in pairwise(told(monkeypatch, 180, seed=23)):
        years = (
            after.truth["year"] - before.truth["year"],
            before.truth["script"] == after.truth["script"],
        )
        if years != (1, True):
            continue
        a, b = read(after.text), read(before.text)
        got = {a.sentences[p.own].letters for p in aligned(a, b)}
        stayed = {(place, form) for place, form, _, stays in was if stays}
        for place, form, text, stays in now:
            letters = letters_of(text)
            if len(letters) >= 12:
                shared = stays and (place, form) in stayed
                right += shared and letters in got
                missed += shared and letters not in got
                wrong += not shared and letters in got
    assert right > 1000
    assert right / (right + missed) >= 0.95
    assert right / (right + wrong) >= 0.95


# ---------------------------------------------------------------------- spans and differences
OLD = """全年召开政府信息公开工作例会3次，研究重点领域公开事项。
一、概述
在12个社区设置查询点，方便群众就近查询政府信息。"""
NEW = """全年召开政府信息公开工作例会15次，研究重点领域公开事项。
在14个社区和2个村设置查询点，方便群众就近查询政府信息。
另起炉灶写了一句从来没有写过的话作为结尾。"""


def test_differences_lie_on_the_words_that_changed() -> None:
    answer = side_by_side(NEW, OLD)
    (passage,) = answer.passages
    assert NEW[slice(*passage.own)] == NEW[: NEW.index("\n另起")]
    assert OLD[slice(*passage.other)] == OLD
    changed = [(NEW[slice(*d.own)], OLD[slice(*d.other)]) for d in passage.differences]
    assert ("15", "3") in changed
    assert ("14", "12") in changed
    assert ("和2个村", "") in changed


def rebuilt(
    a: str,
    b: str,
    passage_own: tuple[int, int],
    differences: Sequence[tuple[tuple[int, int], ...]],
) -> str:
    out, at = [], passage_own[0]
    for own, other in differences:
        out += [a[at : own[0]], b[slice(*other)]]
        at = own[1]
    return "".join([*out, a[at : passage_own[1]]])


def test_a_passage_with_its_differences_gives_the_other_text() -> None:
    rng = random.Random(8)
    checked = 0
    for _ in range(5):
        before, after, _ = years(rng)
        a, b = "\n".join(after), "\n".join(before)
        for p in side_by_side(a, b).passages:
            other = rebuilt(a, b, p.own, [(d.own, d.other) for d in p.differences])
            assert fold(other).form == fold(b[slice(*p.other)]).form
            checked += 1
    assert checked > 20


def test_the_other_way_round_the_same_passages() -> None:
    before, after, _ = years(random.Random(4))
    a, b = "\n".join(after), "\n".join(before)
    there, back = side_by_side(a, b), side_by_side(b, a)
    assert {(p.own, p.other) for p in there.passages} == {
        (p.other, p.own) for p in back.passages
    }
    assert (there.share, there.other_share) == (back.other_share, back.share)


def test_scripts_wordings_and_line_breaks_do_not_matter() -> None:
    plain = (
        "我局进一步规范规范性文件的公开程序，通过政府门户网站和在线访谈回应群众关切。"
    )
    taiwan = (
        "我局進一步規範規範性檔案的公開程式，透過政府入口網站和線上訪談回應群眾關切。"
    )
    assert side_by_side(taiwan, plain).share is not None
    lines = (
        "本年度我局进一步规范规范性文件的公开程序和",
        "时限要求，通过政府门户网站和在线访谈等多种形",
        "式回应群众关切，做到件件有着落并且事事有回音",
        "。",
    )
    wrapped = "\n".join(lines)
    assert side_by_side(wrapped, wrapped.replace("\n", "")).share == 1.0
    assert len(read(wrapped).sentences) == 1


def test_cells_of_tables_are_no_prose() -> None:
    cells = (
        "本年新收政府信息公开申请数量 | 12 | 0 | 0 | 0 | 0 | 0 | 12",
        "本机关不掌握相关政府信息",
        "0",
    )
    table = "\n".join((*cells, "没有现成信息需要另行制作", "0"))
    answer = side_by_side(table, table)
    assert (answer.share, answer.passages) == (None, ())


def test_boilerplate_is_flagged_and_discounted() -> None:
    text = "公众可在门户网站下载电子版并提出意见和建议。\n我局在辖区菜市场开设流动公开栏每周更换。"
    answer = side_by_side(
        text, text.replace("流动公开栏", "固定公告牌"), Commonness((900, 1), limit=10)
    )
    assert [(p.boilerplate, p.bodies) for p in answer.passages] == [
        (True, 900),
        (False, 1),
    ]
    assert answer.share == 1.0
    nothing = side_by_side(
        text,
        "公众可在门户网站下载电子版并提出意见和建议。",
        Commonness((900, 1), limit=10),
    )
    assert nothing.share == 0.0


STATUTORY = [
    "本报告所列数据的统计期限自2021年1月1日起至2021年12月31日止。",
    "根据《中华人民共和国政府信息公开条例》第五十条的规定编制本年度报告。",
    "未发生因政府信息公开申请行政复议、提起行政诉讼的情况。",
    "我局提供政府信息没有收取任何检索、复制、邮寄等费用。",
]


@pytest.mark.parametrize("statutory", STATUTORY)
def test_what_the_regulations_make_everybody_say_is_boilerplate_at_once(
    statutory: str,
) -> None:
    plain = "我局在辖区菜市场开设流动公开栏每周更换。"
    answer = side_by_side(
        f"{statutory}{plain}", f"{statutory}另起炉灶写了一句从来没有写过的话作为结尾。"
    )
    assert [(p.boilerplate, p.own) for p in answer.passages] == [
        (True, (0, len(statutory)))
    ]
    assert (answer.share, answer.other_share) == (0.0, 0.0)


@pytest.mark.parametrize(
    "heading",
    [
        "三、依申请公开政府信息办理情况",
        "(四)建立健全工作机制、制度规范情况。",
        "某市某局年度报告全文",
    ],
)
def test_headings_and_titles_are_no_prose(heading: str) -> None:
    assert read(heading).sentences == ()


@pytest.mark.parametrize("text", ["", "\n", "无", "12\n0", "。。。！", "𠮷" * 30])
def test_texts_without_prose(text: str) -> None:
    assert side_by_side(text, OLD).passages == ()
    assert side_by_side(OLD, text).share == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "，".join(f"{n}号公告第{n}次更新内容并且通知各村" for n in range(2000)),
        "同一句话在报告里反复出现了很多很多次而且从来没有改过。" * 900,
        "".join(
            f"第{'甲乙丙丁戊己庚辛'[n % 8]}组第{'子丑寅卯辰巳午未'[n // 8 % 8]}次"
            "在村口张贴公告并且通知各户。"
            for n in range(900)
        ),
        "公开" * 20_000,
    ],
    ids=["no stops", "one sentence", "like sentences", "no comma"],
)
def test_texts_that_repeat_themselves_are_compared_all_the_same(text: str) -> None:
    answer = side_by_side(text, text[30:])
    assert (answer.share is None) == ("，" not in text and "。" not in text)
    assert answer.share is None or answer.share > 0.9


def test_long_texts_say_that_they_are_cut() -> None:
    rng = random.Random(1)
    long = "".join(sentence(rng) for _ in range(700))
    assert side_by_side(long, OLD).cut
    assert not side_by_side(OLD, OLD).cut
    assert side_by_side(OLD, OLD).to_json()["passages"][0]["own"] == (0, len(OLD))


def pairs(a: str, b: str) -> list[tuple[int, int, float]]:
    return [(p.own, p.other, p.likeness) for p in aligned(read(a), read(b))]


def test_sentences_with_the_same_letters_are_wholly_alike() -> None:
    own = "我局主动公开政府信息共12条，及时回应关切。"
    other = "另一句话说的是完全不同的事情和别的内容。我局主动公开政府信息共15条,及时回应关切。"
    assert pairs(own, other) == [(0, 1, 1.0)]


def test_a_repeated_sentence_is_paired_in_order() -> None:
    text = "我局主动公开政府信息，及时回应关切。" * 3
    assert pairs(text, text) == [(0, 0, 1.0), (1, 1, 1.0), (2, 2, 1.0)]
    assert pairs(text, text[: len(text) // 3]) == [(0, 0, 1.0)]


# difflib takes letters that repeat in 200 and more for noise, unless it is told not to
@pytest.mark.parametrize("repeats", [18, 19, 20, 21, 24])
def test_long_sentences_are_compared_letter_by_letter(repeats: int) -> None:
    own = "公开目录并且按时更新" * repeats
    (pair,) = pairs(own + "。", own + "甲乙丙。")
    assert pair[:2] == (0, 0)
    assert 0.8 < pair[2] < 1


def test_the_same_words_in_another_order_are_another_sentence() -> None:
    phrases = [
        "编制目录指南",
        "公开年度预算",
        "回应社会关切",
        "审查发文公文",
        "培训基层人员",
    ]
    own = "".join(phrases)
    other = "".join(reversed(phrases))
    assert pairs(own + "。", other + "。") == []


@pytest.mark.parametrize(
    ("first", "behind", "shown"),
    [
        ((0), 1, (0, 2)),
        (0, 2, (0, 5)),
        # of no tokens it is where they would stand: before the next one, or behind the last
        (0, 0, (0, 0)),
        (1, 1, (3, 3)),
        (2, 2, (5, 5)),
    ],
)
def test_no_tokens_have_a_place_too(
    first: int, behind: int, shown: tuple[int, int]
) -> None:
    folded = fold("公开，收费")
    offsets = folded.offsets
    tokens = [(0, 2), (3, 5)]
    assert passages_module._shown(offsets, tokens, first, behind, 0) == shown
    # and of a text without any, where it begins
    assert passages_module._shown(offsets, [], 0, 0, 0) == (0, 0)
    assert passages_module._shown(offsets, [], 0, 0, 3) == (3, 3)
