"""Each kind of damage at its borders: which characters, how many of them, and what is recorded of
it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.model.problems import Code, Problem
from indexer.repair import REPAIRERS, Repaired, gbk, gloss, mojibake, repair, undo
from indexer.repair.edits import Edit, apply, compose
from indexer.repair.table import Findings

TABLES = json.loads(
    (Path(__file__).parents[2] / "data" / "repair" / "characters.json").read_text(
        "utf-8"
    )
)
KINDS = (
    "utf8_as_latin",
    "utf8_as_chinese",
    "gbk_out_of_step",
    "gloss",
    "private_use",
    "invisible",
    "radical",
)


def steps(got: Repaired) -> list[tuple[str, str, str, float, bool]]:
    return [(s.kind, s.before, s.after, s.confidence, s.applied) for s in got.repairs]


def test_the_repairers_stand_in_their_order() -> None:
    assert tuple(r.name for r in REPAIRERS) == KINDS


# ---------------------------------------------------------------------- single characters
@pytest.mark.parametrize("code", TABLES["radicals"])
def test_a_radical_is_the_character_that_it_stands_for(code: str) -> None:
    got = repair(f"甲{chr(int(code, 16))}乙")
    assert got.text == f"甲{TABLES['radicals'][code]}乙"
    assert steps(got)[0][0] == "radical"
    assert steps(got)[0][3:] == (0.97, True)


@pytest.mark.parametrize("point", [0x2E7F, 0x2E80, 0x2FD6])
def test_what_stands_for_no_character_stays(point: int) -> None:
    assert repair(f"甲{chr(point)}乙").text == f"甲{chr(point)}乙"


@pytest.mark.parametrize("code", TABLES["private"])
def test_a_private_character_that_is_known_is_named(code: str) -> None:
    got = repair(f"甲{chr(int(code, 16))}乙")
    assert got.text == f"甲{TABLES['private'][code]}乙"
    assert steps(got) == [
        ("private_use", chr(int(code, 16)), TABLES["private"][code], 0.9, True)
    ]


@pytest.mark.parametrize("c", ["\ue000", "\uf8ff", "\ue004"])
def test_a_private_character_that_nobody_knows_is_marked(c: str) -> None:
    got = repair(f"甲{c}乙")
    assert got.text == f"甲{c}乙"
    assert steps(got) == [("private_use", c, c, 0.0, False)]


def test_a_character_that_is_lost_is_marked_as_such() -> None:
    got = repair("甲\ufffd\ufffd乙\ue004")
    assert [s[0] for s in steps(got)] == [
        "character_lost",
        "character_lost",
        "private_use",
    ]
    assert got.problems == (
        Problem(Code.REPAIR_LEFT, {"count": 2, "kind": "character_lost"}),
        Problem(Code.REPAIR_LEFT, {"count": 1, "kind": "private_use"}),
    )


INVISIBLE = """00 08 0b 0c 0e 1f 7f 80 9f ad 61c 200b 200f 2028 2029 202a 202e 2060 2069 feff fff9 fffb"""
VISIBLE = "09 0a 0d 20 7e a0 ac ae 61b 61d 200a 2010 2027 202f 205f 206a fefe fff8 fffc"
LINE_ENDS = ["0b", "0c", "85", "2028", "2029"]


@pytest.mark.parametrize("code", INVISIBLE.split())
def test_what_cannot_be_seen_goes(code: str) -> None:
    c = chr(int(code, 16))
    got = repair(f"甲{c}乙")
    after = "\n" if code in LINE_ENDS else ""
    assert steps(got) == [("invisible", c, after, 0.99, True)]
    assert got.text == f"甲{after}乙"


@pytest.mark.parametrize("code", VISIBLE.split())
def test_what_can_be_seen_stays(code: str) -> None:
    text = f"甲{chr(int(code, 16))}乙"
    assert repair(text) == Repaired(text, (), ())


def test_line_ends_in_a_row_are_one() -> None:
    assert repair("甲\u200b\x85\u2028乙").text == "甲\n乙"


# ---------------------------------------------------------------------- UTF-8 read as something
# else what code page 1252 shows for the bytes 0x80 to 0x9F, but for the five that it lacks
CP1252 = bytes(
    b for b in range(0x80, 0xA0) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
).decode("cp1252")


@pytest.mark.parametrize("c", CP1252)
def test_each_character_of_code_page_1252_is_a_byte(c: str) -> None:
    (byte,) = c.encode("cp1252")
    text = bytes((0xE4, 0xB8, byte)).decode() + "国"
    assert repair(f"见{text.encode().decode('cp1252')}。").text == f"见{text}。"


@pytest.mark.parametrize("c", "。、，（）一龥《》“”①→—")
def test_each_kind_of_character_comes_back_from_latin(c: str) -> None:
    text = f"政{c}府"
    received = text.encode().decode("latin-1")
    (step,) = repair(received).repairs
    assert (step.kind, step.after, step.confidence) == ("utf8_as_latin", text, 0.99)


@pytest.mark.parametrize(("text", "repaired"), [("政", False), ("政府", True)])
def test_one_character_is_no_run(text: str, repaired: bool) -> None:
    received = text.encode().decode("latin-1")
    assert (repair(received).text == text) is repaired


def test_a_byte_order_mark_in_a_run_goes() -> None:
    assert repair("\ufeff政府信息".encode().decode("latin-1")).text == "政府信息"


@pytest.mark.parametrize("text", ["ÀÁÂÃÄÅÆÇ", "ääääääää", "éééééé", "ÿÿÿÿÿÿ"])
def test_western_letters_in_a_row_are_no_damage(text: str) -> None:
    assert repair(text) == Repaired(text, (), ())


@pytest.mark.parametrize(
    "text", ["政府信息", "年度报告", "政务服务", "工作情况", "（政府）"]
)
def test_text_comes_back_from_gbk(text: str) -> None:
    received = text.encode().decode("gbk")
    got = repair(f"标题：{received}\n")
    assert got.text == f"标题：{text}\n"
    assert {s[0] for s in steps(got)} == {"utf8_as_chinese"}
    assert {s[3] for s in steps(got)} == {0.98}


@pytest.mark.parametrize("run", ["涓", "涓浗", "淇℃伅"])
def test_two_characters_are_the_least_that_is_read_again(run: str) -> None:
    assert (len(run.encode("gbk")) >= mojibake.MIN_BYTES) == bool(repair(run).repairs)


def test_what_words_do_not_speak_for_is_not_read_again() -> None:
    for text in ("鋼板、", "锟斤拷锟斤拷", "支持鄉鎮村公共設施,船用鋼板、船用油漆"):
        assert repair(text).text == text


# ---------------------------------------------------------------------- glosses
def glossed(n: int, *, tool: str = "區(qū)", rest: str = "") -> str:
    return "。".join([tool + "政府"] * n) + rest


@pytest.mark.parametrize(("n", "stripped"), [(4, False), (5, True)])
@pytest.mark.parametrize(
    ("tool", "kind", "confidence"),
    [
        ("區(qū)", "gloss", 0.99),
        ("区（qū）", "gloss", 0.99),
        ("区(qu)", "gloss_toneless", 0.95),
        ("女(nv)", "gloss_toneless", 0.95),
    ],
)
def test_five_glosses_speak_of_a_tool(
    tool: str, kind: str, confidence: float, n: int, stripped: bool
) -> None:
    got = repair(glossed(n, tool=tool))
    assert got.text == (glossed(n, tool=tool[0]) if stripped else glossed(n, tool=tool))
    assert steps(got) == [(kind, tool[1:], "", confidence, True)] * (
        n if stripped else 0
    )


def test_one_gloss_is_enough_beside_other_damage() -> None:
    got = repair("本年度的各項工作已經全部完成?,F將區(qū)有關情況報告如下:")
    assert got.text == "本年度的各項工作已經全部完成。現將區有關情況報告如下:"


@pytest.mark.parametrize(("bare", "stripped"), [(1, True), (2, False)])
def test_six_glosses_forgive_one_bare_character(bare: int, stripped: bool) -> None:
    assert ("(" not in repair(glossed(6, rest="。區" * bare)).text) is stripped


@pytest.mark.parametrize(("others", "stripped"), [(2, True), (3, False)])
def test_nearly_all_glosses_are_those_of_the_tool(others: int, stripped: bool) -> None:
    # 單 is glossed once and stands bare elsewhere, as people do it
    rest = "".join(f"。{c}(qū){c}" for c in "岖驱躯"[:others])
    text = glossed(8, rest=rest)
    assert len(gloss.survey(text, tones=True).places) == 8 + others
    assert ("區(" not in repair(text).text) is stripped


@pytest.mark.parametrize(("c", "reading"), [("犍", "qián"), ("盱", "xū")])
def test_glosses_of_rare_characters_are_those_of_people(c: str, reading: str) -> None:
    text = f"{c}({reading})政府。" * 6
    assert repair(text).text == text


@pytest.mark.parametrize(
    "bracketed", ["區(qú)", "區(quū)", "區(QŪ)", "區(府)", "區(qū", "A(qū)"]
)
def test_what_is_no_reading_of_its_character_is_no_gloss(bracketed: str) -> None:
    text = glossed(6, tool=bracketed)
    assert repair(text).text == text


def test_readings_have_tones_or_none() -> None:
    assert gloss.readings("區") >= {"qū", "ōu"}
    assert gloss.toneless("女") >= {"nü", "nu", "nv"}
    assert gloss.readings("区公") == gloss.readings("A") == frozenset()


def test_a_survey_tells_what_is_always_glossed_and_what_stands_bare() -> None:
    found = gloss.survey("區(qū)政府、務(wù)局、務", tones=True)
    assert [m[0] for m in found.places] == ["區(qū)", "務(wù)"]
    assert found.reading == {"區": "qū"}
    assert "務" in found.seen_bare
    assert "政" in found.seen_bare
    assert "區" not in found.seen_bare
    assert gloss.survey("區政府", tones=True) == gloss.Glosses((), {}, frozenset())


# ---------------------------------------------------------------------- bytes of GBK
@pytest.mark.parametrize(
    ("point", "data"),
    [
        (0xDFFF, None),
        (0xE000, b"\xaa\xa1"),
        (0xE05D, b"\xaa\xfe"),
        (0xE05E, b"\xab\xa1"),
        (0xE233, b"\xaf\xfe"),
        (0xE234, b"\xf8\xa1"),
        (0xE4C5, b"\xfe\xfe"),
        (0xE4C6, b"\xa1\x40"),
        (0xE504, b"\xa1\x7e"),
        (0xE505, b"\xa1\x80"),
        (0xE525, b"\xa1\xa0"),
        (0xE526, b"\xa2\x40"),
        (0xE765, b"\xa7\xa0"),
        (0xE766, None),
        (0x4E00, b"\xd2\xbb"),
        (0x41, b"A"),
        (0x20BB7, None),
    ],
)
def test_a_character_has_bytes(point: int, data: bytes | None) -> None:
    if not 0xD800 <= point < 0xE000:
        assert gbk.encode(chr(point)) == data


@pytest.mark.parametrize(
    ("c", "pairs"),
    [
        ("公", ((0xB9, 0xAB),)),
        ("!", ((0xA3, 0xA1),)),
        ("~", ((0xA1, 0xAB),)),
        (" ", ()),
        ("\x7f", ()),
        ("𠮷", ()),
    ],
)
def test_a_character_that_was_folded_has_the_bytes_of_the_wide_one(
    c: str, pairs: tuple[tuple[int, int], ...]
) -> None:
    assert gbk.codes_of(c) == pairs


@pytest.mark.parametrize(
    ("lead", "trail", "gap"),
    [
        (0xA1, 0xA1, True),
        (0xA1, 0xA2, False),
        (0xB9, 0xAB, False),
        (0xAA, 0xA1, True),
        (0xA1, 0x20, False),
    ],
)
def test_a_pair_without_a_trace(lead: int, trail: int, gap: bool) -> None:
    assert gbk.is_gap(lead, trail) is gap


def test_damage_is_shown_wide_where_the_tool_did_not_fold() -> None:
    assert gbk.damage("（六）　甲", {}, folded=False) == "（六）　甲"
    assert gbk.damage("（六）　甲", {}) == "(六)甲"
    with pytest.raises(UnicodeEncodeError):
        gbk.damage("𠮷", {})


# ---------------------------------------------------------------------- what is recorded
def test_marks_lie_where_they_lie_in_the_text_as_received() -> None:
    received = "\u200b甲\ue004乙\u200b丙\ufffd"
    got = repair(received)
    assert got.text == "甲\ue004乙丙\ufffd"
    assert [(s.kind, s.start, s.end, s.display) for s in got.repairs] == [
        ("invisible", 0, 1, (0, 0)),
        ("private_use", 2, 3, (1, 2)),
        ("invisible", 4, 5, (3, 3)),
        ("character_lost", 6, 7, (4, 5)),
    ]
    assert undo(got.text, got.repairs) == received


def test_what_damage_hid_is_looked_for_again() -> None:
    received = "政\u200b府信息".encode().decode("latin-1")
    got = repair(received)
    assert got.text == "政府信息"
    assert [s[0] for s in steps(got)] == ["utf8_as_latin+invisible"]
    assert undo(got.text, got.repairs) == received


def test_edits_that_are_not_made_are_not_applied() -> None:
    edits = [
        Edit(0, 1, "子", "x", 0.9),
        Edit(1, 2, "丑", "x", 0.1, applied=False),
        Edit(3, 3, "寅", "x", 0.9),
    ]
    assert apply("甲乙丙", edits) == "子乙丙寅"
    assert apply("", []) == ""


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ([], [(1, 2, "子")], [(1, 2, "子")]),
        ([(1, 2, "子")], [], [(1, 2, "子")]),
        ([(0, 1, "子丑")], [(2, 3, "寅")], [(0, 1, "子丑"), (1, 2, "寅")]),
        ([(0, 1, "子丑")], [(1, 3, "寅")], [(0, 2, "子寅")]),
        ([(0, 1, "子")], [(1, 1, "寅")], [(0, 1, "子"), (1, 1, "寅")]),
        ([(1, 2, "")], [(1, 1, "寅")], [(1, 2, "寅")]),
        ([(0, 2, "子丑寅")], [(1, 1, "卯")], [(0, 2, "子卯丑寅")]),
    ],
)
def test_edits_of_two_passes_as_one(
    first: list[tuple[int, int, str]],
    second: list[tuple[int, int, str]],
    both: list[tuple[int, int, str]],
) -> None:
    text = "甲乙丙丁"
    one = [Edit(*e, "a", 0.9) for e in first]
    middle = apply(text, one)
    two = [Edit(*e, "b", 0.8) for e in second]
    found = compose(middle, one, two)
    assert [(e.start, e.end, e.after) for e in found] == both
    assert apply(text, found) == apply(middle, two)


def test_an_edit_of_both_is_as_sure_as_the_less_sure() -> None:
    one, two = (
        [Edit(0, 2, "子丑", "a", 0.9)],
        [Edit(1, 3, "寅", "b", 0.8), Edit(0, 1, "", "a", 0.95)],
    )
    (found,) = compose("子丑丙", one, sorted(two, key=lambda e: e.start))
    assert (found.kind, found.confidence) == ("a+b", 0.8)


def test_findings_know_which_kinds_were_applied() -> None:
    findings = Findings()
    assert not findings.applied("gloss")
    findings.edits.append(Edit(0, 1, "", "gloss", 0.9, applied=False))
    assert not findings.applied("gloss")
    findings.edits.append(Edit(0, 1, "", "gloss", 0.9))
    assert findings.applied("gloss")
    assert not findings.applied("radical")


@pytest.mark.parametrize(
    ("received", "marked"),
    [
        ("????根据条例,编制本报告。", "????"),
        ("一、总体情况\n?2021年", ""),
        ("一、总体情况\n?我局公开信息。", "?"),
        ("一、情况\n????(一)公开\n????2021年", "????????"),
        ("第二条?本制度所称信息", "?"),
        ("第十二条?本制度所称信息", "?"),
        ("我局??公开信息", "??"),
        # questions, addresses
        ("为什么??答复如下", ""),
        ("这是什么?答", ""),
        ("见 http://www.example.cn/a?b=1 网页", ""),
        ("真的吗?!", ""),
    ],
)
def test_lone_question_marks_are_marked_and_stay(received: str, marked: str) -> None:
    got = repair(received)
    assert got.text == received
    assert "".join(step.before for step in got.repairs) == marked
    assert {step.kind for step in got.repairs} <= {"character_lost"}
