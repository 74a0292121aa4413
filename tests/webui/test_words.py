"""Every row of the tables of words: what the fields, values and errors of the pages are called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from index.model.fields import FACETS
from index.model.metrics import METRICS
from index.model.value_names import PRINTED_VALUES
from indexer.formats import FORMATS
from indexer.repair import REPAIRERS
from webui.plots.figures import compact, figure, percent
from webui.words import labels, syntax

ROOM = Path(__file__).parents[1] / "data" / "webui"
WORDS = json.loads((ROOM / "words.json").read_text("utf-8"))


@pytest.mark.parametrize("table", WORDS)
def test_a_table_of_words_says_what_was_reviewed(table: str) -> None:
    assert {str(k): v for k, v in getattr(labels, table).items()} == WORDS[table]
    assert list(getattr(labels, table)) == list(
        WORDS[table]
    )  # the order is that of the pages


def test_no_table_of_words_is_left_out() -> None:
    derived = {"FACET_LABELS", "METRICS", "NUMBERS", "FACET_VALUES"}
    derived |= {"MEASURES", "FORMULAS", "facet_value", "valued", "group_label"}
    assert set(labels.__all__) - derived == set(WORDS)


def test_what_is_derived_has_a_word_for_every_row() -> None:
    assert {f.name: f.label_zh for f in FACETS} == labels.FACET_LABELS
    assert {m.name: m.label_zh for m in METRICS} == labels.METRICS
    dates = {"year": "年度", "published": "发布日期", "indexed": "收录时间"}
    assert dates | dict(labels.METRICS) == labels.NUMBERS
    values = labels.FACET_VALUES
    assert values["tables"] is labels.TABLES_STATUSES
    assert values["scope"] is labels.SCOPES
    assert values["template"] is labels.TEMPLATES


def test_every_kind_of_repair_has_a_word() -> None:
    kinds = {repairer.name for repairer in REPAIRERS}
    assert kinds | {"gloss_toneless", "character_lost"} == set(labels.REPAIRS)


def test_every_format_has_a_name() -> None:
    # lines of JSON are no document by themselves: a report that one gives says `jsonl`
    names = {form.name for form in FORMATS} | {"jsonl"}
    assert names == set(labels.FORMATS)


def test_the_help_shows_what_can_be_asked() -> None:
    assert {"relaxed", "named", "misspelt", "synonym"} == set(syntax.HELP_EXAMPLES)
    assert len(syntax.SYNTAX_ROWS) == len({typed for typed, _ in syntax.SYNTAX_ROWS})
    assert all(
        typed and meaning.endswith("。") for typed, meaning in syntax.SYNTAX_ROWS
    )


@pytest.mark.parametrize(
    ("value", "axis", "full"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1,000", "1,000"),
        (9_999, "9,999", "9,999"),
        (10_000, "1万", "10,000"),
        (-9_999, "-9,999", "-9,999"),
        (-10_000, "-1万", "-10,000"),
        (10_060, "1.01万", "10,060"),
        (9_994_000, "999万", "9,994,000"),
        (9_995_000, "1,000万", "9,995,000"),
        (12_345_678, "1,235万", "12,345,678"),
        (-12_345_678, "-1,235万", "-12,345,678"),
        (99_994_999, "9,999万", "99,994,999"),
        (100_000_000, "1亿", "100,000,000"),
        (150_000_000_000, "1,500亿", "150,000,000,000"),
        (12.5, "12.5", "12.5"),
        (1234.5, "1,234", "1,234.5"),
        (12.345, "12.3", "12.35"),
        (12.004, "12", "12"),
        (0.5, "0.5", "0.5"),
    ],
)
def test_a_number_on_an_axis_and_in_full(value: float, axis: str, full: str) -> None:
    assert compact(value) == axis
    assert figure(value) == full


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0%"),
        (0.0004, "0.04%"),
        (0.0005, "0.1%"),
        (-0.0004, "-0.04%"),
        (0.1, "10%"),
        (0.125, "12.5%"),
        (0.31264, "31.3%"),
        (1, "100%"),
        (2.5, "250%"),
    ],
)
def test_a_ratio_is_a_percentage(value: float, said: str) -> None:
    assert percent(value) == said
    assert figure(value, ratio=True) == said
    assert compact(value, ratio=True) == said


def test_no_number_is_no_words() -> None:
    assert figure(None) == ""
    assert figure(None, ratio=True) == ""


def test_what_a_query_takes_for_a_value_is_what_the_pages_print() -> None:
    for facet, printed in PRINTED_VALUES.items():
        table = labels.FACET_VALUES[facet].table
        assert printed == {words: value for value, words in table.items()}
