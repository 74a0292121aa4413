"""What a query says about the reports that it wants: the words that rank, kind by kind."""

from __future__ import annotations

import pytest

from index.model.fields import TEXT_FIELDS
from index.query.evidence import Evidence, evidence
from index.query.parser import parse


def of(query: str) -> Evidence:
    return evidence(parse(query))


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_a_quoted_field_ranks_by_its_string(field: str) -> None:
    found = of(f'{field}:"信息公开年报"')
    assert found.words == ("信息公开年报",)
    assert found.tokens == ("信息", "公开", "年报")
    assert found.runs == ()
    assert found.pairs == ()


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_a_field_ranks_like_a_bare_run(field: str) -> None:
    found = of(f"{field}:信息公开年报")
    bare = of("信息公开年报")
    assert found.words == bare.words == ("信息", "公开", "年报")
    assert found.tokens == bare.tokens
    assert found.runs == bare.runs == ("信息公开年报",)
    assert found.pairs == bare.pairs == ("信息", "息公", "公开", "开年", "年报")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("收费", ("收费",)),
        ('"收费"', ("收费",)),
        ("收费 -公开", ("收费",)),
        ("-公开", ()),
        ("agency:甲局", ()),
        ("year:2018", ()),
        ('收费 OR "减免"', ("收费", "减免")),
        ("收费 收费", ("收费",)),
        ("收*费", ("收*费",)),
    ],
)
def test_what_ranks(query: str, words: tuple[str, ...]) -> None:
    assert of(query).words == words


def test_nothing_typed_says_nothing() -> None:
    assert evidence(None) == Evidence()


def test_a_wildcard_finds_and_does_not_rank() -> None:
    assert of("收*费").tokens == ()


@pytest.mark.parametrize(
    ("query", "bare"),
    [("衡阳 公开", ("衡阳", "公开")), ('"衡阳" 公开', ("公开",)), ("title:衡阳", ())],
)
def test_only_bare_runs_may_name_a_place(query: str, bare: tuple[str, ...]) -> None:
    assert of(query).bare == bare


def test_synonyms_speak_only_when_asked() -> None:
    tree = parse("年报")
    plain = evidence(tree)
    wide = evidence(tree, synonymous=True)
    assert plain.tokens == ("年报",)
    assert wide.tokens[0] == "年报"
    assert len(wide.tokens) > 1
    assert plain.synonyms == wide.synonyms == {"年报": ("年度报告",)}
